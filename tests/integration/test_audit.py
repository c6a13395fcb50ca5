# test_audit.py -- nq17 audit finds what is wrong with the figures, and only that.
import re
import time

import pytest

from serving import Server
from test_observations import dossiers, load
from test_import import AGENCIES, dossier, office, send, send_csv, versions  # noqa: F401  (office is a fixture)


def last_line(done):
    return done.stdout.splitlines()[-1]


def test_audit_of_an_empty_store(kept_store):
    # the tasks of the catalogue are there, and nothing is said of them
    assert last_line(kept_store.run("audit", "--full")).endswith(" 0 differences")


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
    lines = wrong.stdout.splitlines()
    # how many there are follows what is printed: who has a value has an interval
    assert re.fullmatch(rf"\d+ figures, {len(lines) - 1} differences", lines[-1])
    assert len([l for l in lines if "_total: " in l]) == 4
    assert "half_month_total: agency ALPHA, 2020-06-01, resolved: stored 2, counted 1" in wrong.stdout
    # what is printed follows the wrong sums, and the audit does not
    assert any(l.startswith("observations of 2020: agency ALPHA") and "online-filing denominator" in l for l in lines)
    assert "day_total: agency ALPHA, 2020-06-05, on_time: stored 3, counted 0" in wrong.stdout
    assert ("procedure_total: agency BETA, 2020-06-01, procedure 1.001193, received: "
            "stored 0, counted 1") in wrong.stdout


def test_audit_counts_withdrawals(office):
    send(office, [dossier("W1", "ALPHA", status="withdrawn", resolved_at="", updated_at="2020-06-05T23:00:00Z")])
    assert last_line(office.run("audit", "--full")).endswith(" 0 differences")
    with office.connect() as db:
        assert db.execute("SELECT day::text, dossiers FROM withdrawn_total").fetchall() == [("2020-06-06", 1)]
        db.execute("UPDATE withdrawn_total SET dossiers = 2")
    wrong = office.run("audit", "--full", code=1).stdout
    assert "withdrawn_total: agency ALPHA, 2020-06-06, dossiers: stored 2, counted 1" in wrong


def test_audit_derives_levels_and_heirs_anew(office):
    send(office, versions())
    with office.connect() as db:
        db.execute("UPDATE dossier SET level4 = true")   # derived wrongly, and rolled up so
        db.execute("UPDATE day_total SET level4_online = 1 WHERE resolved > 0")
    assert "level4_online: stored 1, counted 0" in office.run("audit", "--full", code=1).stdout


def test_the_audit_reads_every_agency_and_day(office):
    """It reads them in parts, by processes beside each other: no part is left out."""
    load(office, "dossier", [d for a in ("38", "40", "01", "79", "G01", "G02") for d in dossiers(a, 1, 1)])
    send(office, [dossier(f"D{day}", "ALPHA", received_at=f"{day}T16:59:59.999999Z", resolved_at=f"{day}T17:00:00Z",
                          updated_at="") for day in ("2005-02-14", "2009-12-31", "2010-01-14", "2026-02-28")])
    assert last_line(office.run("audit", "--full")).endswith(" 0 differences")
    with office.connect() as db:
        db.execute("SET search_path = nq17")
        for table, day in (("day_total", "day"), ("half_month_total", "half_month"), ("procedure_total", "half_month")):
            db.execute(f"UPDATE {table} SET received = received + 1, resolved = resolved + 1")
            rows = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            found = db.execute("SELECT count(DISTINCT (agency, day, procedure)), count(*) FROM audit(NULL, NULL) "
                               "WHERE rollup = %s AND stored = counted + 1", (table,)).fetchone()
            assert found == (rows, 2 * rows)
        assert {r[0] for r in db.execute("SELECT DISTINCT agency_id & 1 FROM day_total")} == {0, 1}


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
        wrong = [r[3] for r in runs(db)]
        assert wrong[0] == 0 and wrong[1] >= 1
        shown = db.execute("SELECT page_frame('2020') -> 'audit'").fetchone()[0]
        assert (shown["differences"], shown["right"]) == (wrong[1], False)
    told = office.run("doctor", code=1).stdout
    assert f"{wrong[1]} differences" in next(l for l in told.splitlines() if "audit" in l)
    server = Server(office, "web")
    try:
        told = server.ask("/metrics").body.decode()
    finally:
        server.stop()
    assert f"\nnq17_audit_differences {wrong[1]}\n" in told
    assert 0 <= float(re.search(r"^nq17_audit_age_seconds ([\d.]+)$", told, re.M)[1]) < 100


def everything(office):
    """A record of each type, in a year of its own."""
    send(office, versions())
    load(office, "dossier", [d for a, n in (("38", 2), ("G01", 2), ("40", 5)) for d in dossiers(a, n, 7, due_at="2020-06-16",
                             one_stop=True, paid_online=True, filed_by="staff", satisfaction=4)])
    load(office, "service", [
        {"agency": "38", "procedure": f"1.00000{n}", "name_vi": "x", "level": level, "valid_from": "2020-01-01",
         "help_channel": None if n == 3 else n % 2 == 0, "npsp_integrated": True, "form_fields": 10, "form_fields_prefilled": n,
         **({} if n else {"business_registry": False})}
        for n, level in enumerate(["4", "3", "2", "full", "partial"])] + [
        # of some it was not told whether they have it, nor whether enterprises may use them
        {"agency": a, "procedure": p, "name_vi": "x", "level": "4", "valid_from": "2020-01-01", "form_fields": 20 if a == "42" else 10,
         "form_fields_prefilled": 3, "help_channel": help, "npsp_integrated": False, "business_registry": True,
         "for_enterprises": enterprises}
        for a, p, help, enterprises in (("38", "1.001193", None, True), ("40", "1.001193", True, None),
                                        ("40", "1.000001", None, False), ("42", "1.000001", False, True),
                                        ("42", "1.000002", None, None), ("44", "1.000001", None, True))])
    load(office, "dossier", [d for d in dossiers("38", 2, 3, day="2020-06-17", status="withdrawn", updated_at="2020-06-20")
                             if d.pop("resolved_at")])
    load(office, "fact", [{"agency": a, "fact": f, "value": v, "valid_from": "2020-02-02", "item": i}
                          for a, f, v, i in (("38", "mobile-portal", True, ""), ("G01", "mobile-portal", False, ""),
                                             ("38", "information-disclosure", True, "a"),
                                             ("38", "information-disclosure", False, "b"),
                                             ("38", "satisfaction-disclosure", True, ""))])
    load(office, "count", [
        {"agency": a, "measure": m, "period": p, "breakdown": b, "value": v} for a, m, p, b, v in (
            ("01", "dossiers_resolved", "2020-Q1", "", 50), ("01", "dossiers_resolved", "2020-02", "", 9),
            ("01", "dossiers_resolved", "2020-01", "", 1), ("01", "dossiers_resolved", "2020-03", "", 2),
            ("01", "dossiers_resolved_online", "2020-Q1", "", 20), ("01", "dossiers_resolved", "2020-04", "", 5),
            ("38", "dossiers_resolved", "2020", "", 90), ("38", "documents_exchanged", "2020", "", 10),
            ("38", "documents_exchanged_electronic", "2020", "", 9),
            ("VN", "participants", "2020", "citizen", 1000), ("VN", "participants_verified", "2020", "citizen", 300),
            ("VN", "participants", "2020", "enterprise", 100), ("VN", "participants", "2020-Q3", "", 900))])
    load(office, "milestone", [{"agency": "38", "task": "agency-architecture", "completed_on": "2019-11-20"}])


@pytest.mark.parametrize("function, right, wrong, measure", [
    ("service_figures", "level IN ('4', 'full')", "level IN ('4')", "level4-services numerator"),
    ("service_figures", "count(help_channel)", "count(*)", "help-channel provided"),
    ("fact_figures", "bool_and(h.value)", "bool_or(h.value)", "information-disclosure numerator"),
    ("fact_figures", "valid_from >= first", "valid_from >= stop", "satisfaction-disclosure denominator"),
    ("count_figures", "whole > parts", "whole <> parts", "verified-identity denominator"),
    ("tiled_count", "r.end_day DESC, r.period", "r.end_day, r.period DESC", "online-filing denominator"),
    ("dossier_figures", "greatest(b.denominator, r.resolved)", "b.denominator", "one-stop denominator"),
    ("asean_figures", "1 + count(*)", "count(*)", "asean-rank numerator"),
    ("half_up_units", "2 * n * units", "n * units", " value"),
    ("judgements", "sum(j.numerator)", "max(j.numerator)", "VN, 2020-12-31, online-filing numerator"),
    ("live_observations", "ORDER BY r.four DESC)", "ORDER BY r.four)", " rank"),
    ("reaches", ">= target_n * d", "> target_n * d", " instead of met"),
    ("verdict_of_all", "WHEN 'not_met' = ANY (s) THEN 'not_met'", "WHEN false THEN 'not_met'", "VN, 2020-12-31, one-stop status"),
    ("verdict", "THEN 'undetermined'", "THEN 'not_met'", "instead of undetermined"),
    ("wilson_end", "(4 * d::float8 * d::float8)", "(2 * d::float8 * d::float8)", "interval low"),
    ("live_observations", "lag(r.low) OVER line > r.high", "lag(r.low) OVER line > r.low", " tie group"),
    ("live_observations", "coalesce(s.tied, false)", "false", " tied"),
    ("figure_bounds", "possible + unsent", "possible", "online-filing most numerator"),
    ("figure_bounds", "round_fraction(b.high, b.whole, 6", "round_fraction(b.low, b.whole, 6", " most value"),
    ("live_observations", "- width_bucket(p.four_high, z.lows)", "- width_bucket(p.four_low, z.lows)", "help-channel best rank"),
    ("live_observations", "- (p.four_high > p.four_low)::int", "", "help-channel worst rank"),
    ("live_observations", "(r.eligible AND r.four IS NULL AND r.four_high IS NOT NULL)", "false", "help-channel worst rank"),
    ("ministry_filing_figures", "sum(d.received_online)", "sum(d.resolved_online)", "online-filing/ministry-formula numerator"),
    ("withdrawn_filing_figures", "f.numerator + coalesce(g.online, 0)", "f.numerator", "online-filing/with-withdrawn numerator"),
    ("withdrawn_filing_figures", "w.day < stop", "w.day < first", "38, 2020-12-31, online-filing/with-withdrawn denominator"),
    ("narrowed_service_figures", "o.level4, o.services", "o.level4, o.enterprise", "level4-services/level34-only denominator"),
    ("narrowed_service_figures", "s.for_enterprises IS NOT FALSE", "s.for_enterprises", "business-registry/for-enterprises denominator"),
    ("submitted_form_figures", "s.form_fields * u.times", "s.form_fields", "form-autofill/by-submissions denominator"),
    ("distinct_code_figures", "bool_or(", "bool_and(", "VN, 2020-12-31, npsp-integration/distinct-codes numerator"),
    ("distinct_code_figures", "ORDER BY code, form_fields DESC", "ORDER BY code, form_fields", "VN, 2020-12-31, form-autofill/distinct-codes denominator"),
    ("milestones", "j.done > j.owed_by THEN 'late'", "j.done > j.owed_by THEN 'on_time'", " days"),
])
def test_the_audit_finds_a_formula_that_is_wrong(broken, function, right, wrong, measure):
    """Everything that is printed is worked out twice: a mistake in one of the two shows."""
    with broken.connect() as db:
        found = found_when_wrong(db, function, right, wrong, "{2020,2020-Q1,2020-Q2}")
    assert any(measure in line for line in found), found[:5]


def found_when_wrong(db, function, right, wrong, periods):
    """What the audit finds of PERIODS while FUNCTION has WRONG where it is RIGHT."""
    body = db.execute("SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE proname = %s", (function,)
                      ).fetchone()[0]
    assert right in body
    with db.transaction(force_rollback=True):
        db.execute(body.replace(right, wrong, 1))
        return [line for (line,) in db.execute("SELECT concat(rollup, ': ', agency, ', ', day, ', ', measure) FROM "
                                               "audit(NULL, %s) WHERE figures IS NULL", (periods,))]


def test_the_audit_finds_a_wrong_verdict_before_the_deadline(office):
    """38 fell, G01 rose, 40 stayed where it was: the path to the target does not stay."""
    load(office, "dossier", [d for a, january, june in (("38", 8, 3), ("G01", 1, 5), ("40", 0, 0))
                             for d in dossiers(a, january, 10, day="2026-01-15") + dossiers(a, june, 10, day="2026-06-15")])
    with office.connect() as db:
        db.execute("INSERT INTO target SELECT 'FUTURE', slug, 'test', current_date + 2, direction, 90, 100,"
                   " verified, confidence, clause_vi, clause_en, name_vi, name_en, source"
                   " FROM target WHERE target_id = 'NQ17-02'")
        statuses = dict(db.execute("SELECT agency, status FROM live_observations('2026-06', '{online-filing}')").fetchall())
        assert (statuses["38"], statuses["40"]) == ("behind", "behind")
        # a rise over the whole way, from the first month on
        db.execute("UPDATE target SET deadline = '2099-12-31' WHERE target_id = 'FUTURE'")
        statuses = dict(db.execute("SELECT agency, status FROM live_observations('2026-06', '{online-filing}')").fetchall())
        assert (statuses["38"], statuses["G01"], statuses["40"]) == ("behind", "on_track", "behind")
        right = "path_d > 0"
        assert found_when_wrong(db, "verdict", right, right, "{2026-06}") == []
        for function, right, wrong, agency, measure in (
                ("verdict", "greatest(0, day - path_day)", "0", "40", "on_track instead of behind"),
                ("verdict", "path_d > 0", "false", "G01", "behind instead of on_track"),
                ("path_of_dossiers", "ORDER BY m.agency_id, m.month", "ORDER BY m.agency_id, m.month DESC", "38", "on_track instead of behind")):
            found = found_when_wrong(db, function, right, wrong, "{2026-06}")
            assert f"observations of 2026-06: {agency}, 2026-06-30, online-filing status {measure}" in found, found[:5]


@pytest.fixture(scope="module")
def broken(module_store):
    send_csv(module_store, AGENCIES, "agency")
    everything(module_store)
    wrong = module_store.run("audit", "--full", code=None).stdout
    assert wrong.endswith(" 0 differences\n"), wrong[:2000]
    return module_store


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
