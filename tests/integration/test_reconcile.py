# test_reconcile.py -- control totals, lists of codes, freshness, and what the office sets.
import json

from test_import import counts, dossier, office, send, send_csv  # noqa: F401


def rows(store, *args, code=0, **options):
    return json.loads(store.run(*args, "--format", "json", code=code, **options).stdout)


def total(agency, measure, day, value):
    return {"agency": agency, "measure": measure, "period": day, "value": value}


def test_totals_by_day(office):
    send(office, [dossier("D1", resolved_at="2020-06-02"), dossier("D2", channel="counter"),
                  dossier("D3", received_at="2020-06-03"), dossier("V", status="void"),
                  dossier("B1", "BETA")])
    send(office, [total("ALPHA", "dossiers_received", "2020-06-01", 2),
                  total("ALPHA", "dossiers_received", "2020-06-02", 5),
                  total("ALPHA", "dossiers_resolved_online", "2020-06-02", 1),
                  total("ALPHA", "dossiers_received", "2020-06", 99),       # no day
                  total("VN", "dossiers_received", "2020-06-01", 4)], "count")
    asked = ["reconcile", "--from", "2020-06-01", "--to", "2020-06-30"]
    found = rows(office, *asked, "--agency", "ALPHA", code=1)
    assert [(r["day"], r["measure"], r["reported"], r["counted"], r["difference"]) for r in found] == [
        ("2020-06-01", "dossiers_received", 2, 2, 0),
        ("2020-06-02", "dossiers_received", 5, 0, 5),
        ("2020-06-02", "dossiers_resolved_online", 1, 1, 0),
        ("2020-06-03", "dossiers_received", None, 1, None)]
    every = rows(office, *asked, "--all", code=1)
    assert [r for r in every if r["agency"] == "ALPHA"] == found
    assert [(r["day"], r["reported"], r["counted"]) for r in every if r["agency"] == "VN"] == [
        ("2020-06-01", 4, 3), ("2020-06-03", None, 1)]
    assert rows(office, "reconcile", "--from", "2020-06-01", "--to", "2020-06-01", "--agency",
                "ALPHA")[0]["difference"] == 0
    for wrong in (["--agency", "ALPHA"], ["--all"], ["--all", "--agency", "ALPHA"],
                  ["--all", "--list", "x.csv"]):
        office.run(*asked[:-2], *wrong, code=2)
    assert 'no agency "NOBODY"' in office.run(*asked, "--agency", "NOBODY", code=1).stderr


def settled(agency, day, online, total, **fields):
    return [{"agency": agency, "dossier": f"{agency}-{day}-{n}", "procedure": "1.001193", "received_at": day,
             "resolved_at": day, "channel": "online" if n < online else "counter", **fields} for n in range(total)]


def months(store, period, *args, code=0):
    columns = ("numerator", "denominator", "months_numerator", "months_denominator", "unpublished", "causes")
    return {(r["agency"], r["indicator"]): tuple(r[c] for c in columns)
            for r in rows(store, "reconcile", "--period", period, *args, code=code)}


def test_a_quarter_beside_its_published_months(kept_store):
    def publish(*periods):
        for period in periods:
            kept_store.run("publish", "--period", period, "--by", "Lan", "--accept", "thử", "--second", "Minh")
    send(kept_store, settled("01", "2020-01-10", 1, 4) + settled("01", "2020-02-10", 2, 4) + settled("38", "2020-03-10", 0, 2))
    assert months(kept_store, "2020-Q1") == {}
    publish("2020-01", "2020-02", "2020-03")
    assert months(kept_store, "2020-Q1") == {}
    late = settled("01", "2020-02-11", 3, 3)
    corrected = settled("01", "2020-01-10", 2, 2, updated_at="2020-05-01")[1:]
    send(kept_store, late)
    send(kept_store, corrected)
    wanted = (3 + 3 + 1, 8 + 3, 3, 8, None, "corrections, late records")
    found = months(kept_store, "2020-Q1", "--indicator", "online-filing", code=1)
    assert found == {("01", "online-filing"): wanted, ("VN", "online-filing"): (7, 13, 3, 10, None, wanted[5])}
    assert months(kept_store, "2020-Q1", "--agency", "38") == {}
    # The quarter, published, says the same; so do the months once they are published anew.
    publish("2020-Q1")
    assert months(kept_store, "2020-Q1", "--indicator", "online-filing", "--agency", "01", code=1) == {
        ("01", "online-filing"): wanted}
    publish("2020-01", "2020-02")
    assert months(kept_store, "2020-Q1") == {}
    # What is told of the quarter alone is no sum of months, published or not.
    send(kept_store, [total("38", "documents_exchanged", "2020-Q2", 10),
                      total("38", "documents_exchanged_electronic", "2020-Q2", 9)], "count")
    assert months(kept_store, "2020-Q2", code=1) == {
        (a, "electronic-documents"): (9, 10, None, None, "2020-04 2020-05 2020-06", "totals") for a in ("38", "VN")}


def test_a_year_beside_its_months_across_a_merger(kept_store):
    """Each dossier once: of who merged, who followed, and within a month of the decree that
    holds the day of the merger."""
    send(kept_store, settled("44", "2025-06-10", 1, 4) + settled("45", "2025-06-20", 2, 5)
         + settled("44@2025", "2025-07-05", 1, 3) + settled("44@2025", "2025-09-05", 1, 2))
    with kept_store.connect() as db:
        for period, own in (("2025", 14), ("ND09-2025-Q3", 10), ("ND09-2025", 14)):
            figure = db.execute("SELECT denominator FROM live_observations(%s, '{online-filing}') WHERE agency = '44@2025'",
                                (period,)).fetchone()[0]
            assert figure == own
            assert months(kept_store, period) == {}


def test_what_cannot_be_added_up(kept_store):
    kept_store.run("reconcile", "--period", "2020-Q1", "--from", "2020-01-01", code=2)
    kept_store.run("reconcile", "--period", "2020-Q7", code=2)
    kept_store.run("reconcile", "--all", "--indicator", "online-filing", "--from", "2020-01-01", "--to", "2020-01-02", code=2)
    for wrong in (["2020-W12"], ["2020-03"], ["2020", "--indicator", "level4-services"], ["2020", "--indicator", "x"],
                  ["2020", "--agency", "nobody"]):
        kept_store.run("reconcile", "--period", *wrong, code=1)


def test_differences_down_to_codes(office):
    send(office, [dossier("OK", resolved_at="2020-06-02"), dossier("DAY"), dossier("V", status="void"),
                  dossier("ELSE", "BETA"), dossier("MORE"), dossier("OLD", received_at="2020-05-01"),
                  dossier("ALIASED")])
    send(office, [dossier("Q", channel="web")], code=1)
    batch = send(office, [dossier("W")])["batch"]
    office.run("batch", "withdraw", batch, "--reason", "x")
    office.run("alias", "add", "--agency", "ALPHA", "NPSP-1", "ALIASED")
    listed = ("dossier;received_at;resolved_at\nOK;2020-06-01;2020-06-02T10:00:00+07:00\n"
              "DAY;2020-06-05;\nV;;\nELSE;;\nQ;;\nW;;\nGONE;;\nNPSP-1;2020-06-01;\nOLD;;2020-06-03\n")
    asked = ["reconcile", "--agency", "ALPHA", "--from", "2020-06-01", "--to", "2020-06-30", "--list"]
    found = rows(office, *asked, "-", input=listed, code=1)
    assert {r["dossier"]: (r["finding"], r["detail"]) for r in found} == {
        "DAY": ("other_day", "received 2020-06-01"), "V": ("void", None),
        "ELSE": ("other_agency", "BETA"), "Q": ("quarantine", f"batch {batch - 1} line 1: bad_choice"),
        "W": ("withdrawn", f"batch {batch}"), "GONE": ("missing", None),
        "OLD": ("other_day", "received 2020-05-01")}
    # Without days of settlement the list is one of dossiers received.
    found = rows(office, *asked, "-", input="dossier\nOK\nDAY\nNPSP-1\n", code=1)
    assert [(r["dossier"], r["finding"]) for r in found] == [("MORE", "unlisted")]
    assert rows(office, *asked, "-", input="dossier\nOK\nDAY\nALIASED\nMORE\n") == []
    for text, said in (("x\n1\n", "x"), ("dossier,received_at\nA,yesterday\n", "line 2: bad_time"),
                       ("dossier\n", "header")):
        done = office.run("--lang=en", *asked, "-", input=text, code=1)
        assert said in done.stderr


def freshness(store, *args):
    return {(r["agency"], r["type"]): r for r in rows(store, "freshness", *args)}


def test_freshness(office):
    send(office, [dossier("D1"), dossier("B1", "BETA", received_at="2020-06-04")])
    send(office, [total("ALPHA", "participants", "2020-06", 5)], "count")
    with office.connect() as db:
        db.execute("UPDATE batch SET received_at = '2020-06-05 12:00+07'")

    def states(at):
        found = freshness(office, "--at", at)
        return [found[key]["state"] for key in (("ALPHA", "dossier"), ("BETA", "dossier"),
                                                ("ALPHA", "count"), ("BETA", "count"))]
    # ALPHA's batch is new, but it tells of nothing after 1 June.
    assert states("2020-06-05 13:00+07")[:2] == ["late", "fresh"]
    assert states("2020-06-08 00:00:00+07")[1] == "fresh"
    assert states("2020-06-08 00:00:01+07")[1] == "late"
    assert states("2020-06-14 12:00:01+07")[1] == "silent"
    assert states("2020-06-14 12:00:01+07")[2] == "fresh"
    assert states("2020-06-14 12:00:01+07")[-1] == "never"
    office.run("agency", "cadence", "BETA", "dossier", 30)
    assert states("2020-06-14 12:00:01+07")[1] == "fresh"
    office.run("agency", "cadence", "VN", "dossier", 60)
    assert states("2020-06-14 12:00:01+07")[0] == "fresh"
    alpha = freshness(office, "--at", "2020-06-14", "--agency", "ALPHA")
    assert {a for a, _ in alpha} == {"ALPHA"} and len(alpha) == 5
    assert alpha["ALPHA", "dossier"]["last_record"] == "2020-06-01"
    assert alpha["ALPHA", "dossier"]["expected"] == "2020-08-01 00:00:00"
    assert all(r["state"] == "never" for r in freshness(office, "--state", "never").values())
    assert "dossier every 60 days" in office.run("agency", "show", "ALPHA").stdout
    for wrong in (["cadence", "BETA", "agency", 3], ["cadence", "BETA", "dossier", 0],
                  ["source", "BETA", "records"], ["source", "BETA", "other", "--from", "2020-01-01"],
                  ["show"], ["lose"]):
        office.run("agency", *wrong, code=2)
    office.run("freshness", "--state", "odd", code=2)


def figure(store, agency):
    lines = store.run("kpi", "--period", "2020", "--agency", agency, "--indicator", "online-filing",
                      "--format", "csv").stdout.splitlines()
    return tuple(lines[1].split(",")[3:5])


def test_source_of_figures(office):
    send(office, [dossier("D1", resolved_at="2020-06-05")])
    send(office, [total("ALPHA", "dossiers_resolved", f"2020-H{n}", 100) for n in (1, 2)] +
         [total("ALPHA", "dossiers_resolved_online", f"2020-H{n}", 10) for n in (1, 2)], "count")
    assert figure(office, "ALPHA") == ("1", "1")
    office.run("agency", "source", "ALPHA", "totals", "--from", "2020-06-01")
    assert figure(office, "ALPHA") == ("20", "200")
    assert "totals, set by the office" in office.run("agency", "show", "ALPHA").stdout
    office.run("agency", "source", "ALPHA", "records", "--from", "2020-07-01")
    assert figure(office, "ALPHA") == ("10", "100")         # the first half by totals
    office.run("agency", "source", "ALPHA", "auto")
    assert figure(office, "ALPHA") == ("1", "1")
    assert "on records since 2020-06-01" in office.run("agency", "source", "ALPHA", "totals", "--from",
                                                       "2020-09-01", code=1).stderr
    listed = [r for r in rows(office, "agency", "list") if r["agency"] == "ALPHA"]
    assert listed[0]["source"] == "records from 2020-06-01"
    assert "no agency" in office.run("agency", "show", "NOBODY", code=1).stderr
