# test_audit.py -- nq17 audit finds what is wrong with the figures, and only that.
import time

from test_import import dossier, office, send, versions  # noqa: F401  (office is a fixture)


def last_line(done):
    return done.stdout.splitlines()[-1]


def test_audit_of_an_empty_store(kept_store):
    assert last_line(kept_store.run("audit", "--full")) == "0 figures, 0 differences"


def test_audit_finds_each_difference(office):
    send(office, versions() + [dossier("D2", "BETA")])
    right = office.run("audit", "--full")
    figures = int(right.stdout.split()[0])
    assert right.stdout == f"{figures} figures, 0 differences\n" and figures > 0
    assert last_line(office.run("audit")).endswith(" 0 differences")
    with office.connect() as db:
        db.execute("UPDATE day_total SET on_time = on_time + 3 WHERE resolved > 0")
        db.execute("DELETE FROM procedure_total WHERE agency_id = "
                   "(SELECT agency_id FROM agency WHERE code = 'BETA')")
        db.execute("UPDATE half_month_total SET resolved = resolved + 1 WHERE resolved > 0")
    wrong = office.run("audit", "--full", code=1)
    assert last_line(wrong) == f"{figures} figures, 4 differences"
    assert "half_month_total: agency ALPHA, 2020-06-01, resolved: stored 2, counted 1" in wrong.stdout
    assert "day_total: agency ALPHA, 2020-06-05, on_time: stored 3, counted 0" in wrong.stdout
    assert ("procedure_total: agency BETA, 2020-06-01, procedure 1.001193, received: "
            "stored 0, counted 1") in wrong.stdout


def test_audit_derives_levels_and_heirs_anew(office):
    send(office, versions())
    with office.connect() as db:
        db.execute("UPDATE dossier SET level4 = true")   # derived wrongly, and rolled up so
        db.execute("UPDATE day_total SET level4_online = 1 WHERE resolved > 0")
    assert "level4_online: stored 1, counted 0" in office.run("audit", "--full", code=1).stdout


def runs(db):
    return db.execute("SELECT whole, nightly, figures, differences FROM audit_run ORDER BY audit_id").fetchall()


def test_audits_are_kept_and_shown(office):
    assert "not yet" in office.run("doctor", code=None).stdout
    send(office, versions())
    figures = int(office.run("audit", "--full").stdout.split()[0])
    with office.connect() as db:
        assert runs(db) == [(True, False, figures, 0)]
        db.execute("UPDATE day_total SET on_time = on_time + 3 WHERE resolved > 0")
        office.run("audit", code=1)
        assert [r[3] for r in runs(db)] == [0, 1]
        shown = db.execute("SELECT page_frame('2020') -> 'audit'").fetchone()[0]
        assert (shown["differences"], shown["right"]) == (1, False)
    told = office.run("doctor", code=1).stdout
    assert "1 differences" in next(l for l in told.splitlines() if "audit" in l)


def test_the_nightly_audit_is_due_once_after_its_hour(office):
    """3 o'clock in Vietnam; 29 November 2026 is a Sunday."""
    send(office, versions())
    with office.connect() as db:
        db.execute("UPDATE batch SET committed_at = '2026-11-28 12:00+07'")

        def due(at, hour=3):
            return db.execute("SELECT * FROM audit_due(%s, %s)", (hour, at)).fetchone()
        assert due("2026-11-28 23:00+07")[0] is False      # nothing was there by 3
        assert due("2026-11-29 02:59:59+07")[0] is False
        assert due("2026-11-29 03:00+07") == (True, True)
        db.execute("INSERT INTO audit_run (begun_at, whole, nightly, figures, differences) "
                   "VALUES ('2026-11-29 03:00:05+07', true, true, 1, 0)")
        assert due("2026-11-29 03:01+07")[0] is False
        assert due("2026-11-30 02:00+07")[0] is False
        assert due("2026-11-30 03:00+07") == (True, False)
        # one that somebody ran by hand is not the night's
        db.execute("INSERT INTO audit_run (begun_at, whole, nightly, figures, differences) "
                   "VALUES ('2026-11-30 04:00+07', true, false, 1, 0)")
        assert due("2026-11-30 05:00+07")[0] is True


def test_the_collector_audits_by_night(office):
    send(office, versions())
    with office.connect() as db:
        db.execute("UPDATE batch SET committed_at = now() - interval '2 days'")
        collector = office.popen("collect", "--spool", str(office.data / "spool"))
        try:
            for _ in range(300):
                if runs(db):
                    break
                time.sleep(0.1)
            assert [(r[1], r[3]) for r in runs(db)] == [(True, 0)]
        finally:
            collector.terminate()
            _, log = collector.communicate(timeout=60)
        assert "audit: " in log and " 0 differences" in log
        assert len(runs(db)) == 1
