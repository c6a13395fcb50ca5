# test_audit.py -- nq17 audit finds what is wrong with the figures, and only that.
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
    wrong = office.run("audit", "--full", code=1)
    assert last_line(wrong) == f"{figures} figures, 3 differences"
    assert "day_total: agency ALPHA, 2020-06-05, on_time: stored 3, counted 0" in wrong.stdout
    assert ("procedure_total: agency BETA, 2020-06-01, procedure 1.001193, received: "
            "stored 0, counted 1") in wrong.stdout


def test_audit_derives_levels_and_heirs_anew(office):
    send(office, versions())
    with office.connect() as db:
        db.execute("UPDATE dossier SET level4 = true")   # derived wrongly, and rolled up so
        db.execute("UPDATE day_total SET level4_online = 1 WHERE resolved > 0")
    assert "level4_online: stored 1, counted 0" in office.run("audit", "--full", code=1).stdout
