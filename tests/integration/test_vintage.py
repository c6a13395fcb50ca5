# test_vintage.py -- what was published stays: vintages, answers as of then, restatements.
import csv
import datetime
import hashlib
import io
import json
import random
import signal
import time

import psycopg
import pytest

from serving import Server
from test_observations import POPULATION, dossiers, load

LEDGER = ("period,agency,indicator,old_numerator,old_denominator,new_numerator,new_denominator,"
          "cause,batch")
CAUSES = {"late records", "corrections", "register", "definition", "target", "dispute"}


def publish(store, period="2020", *flags, code=0):
    done = store.run("publish", "--period", period, "--by", "Lan", *flags, code=code)
    return json.loads(done.stdout) if code == 0 else done.stderr


def figures(store, *flags, period="2020"):
    return store.run("kpi", "--period", period, "--unverified", "--format", "csv", *flags).stdout


def rows_of(text):
    return {(r["agency"], r["indicator"]): r for r in csv.DictReader(io.StringIO(text))}


def changed(old, new):
    """The figures of two answers of kpi that differ, but for their maturity."""
    def bare(row):
        return row and {k: v for k, v in row.items() if k != "maturity"}
    old, new = rows_of(old), rows_of(new)
    return {key for key in old.keys() | new.keys() if bare(old.get(key)) != bare(new.get(key))}


def ledger(store, *flags, period="2020"):
    out = store.run("restatements", "--period", period, "--format", "csv", *flags).stdout
    assert out.splitlines()[0] == LEDGER
    lines = list(csv.DictReader(io.StringIO(out)))
    assert {line["cause"] for line in lines} <= CAUSES
    return lines


def of(lines, agency, indicator):
    return [(line["cause"], line["batch"]) for line in lines
            if (line["agency"], line["indicator"]) == (agency, indicator)]


def whole(agencies=POPULATION, **fields):
    """Something of every agency, so that one person may publish."""
    return [d for n, a in enumerate(agencies) for d in dossiers(a, 2 + n % 3, 5, **fields)]


def send(store, kind, records):
    answer = load(store, kind, records)
    assert answer["rejected"] == 0, answer["errors"]
    return answer


@pytest.fixture
def office(kept_store):
    send(kept_store, "dossier", whole())
    return kept_store


# ---- publication ---------------------------------------------------------------

def test_publish_prints_what_it_froze(office):
    done = office.run("publish", "--period", "2020", "--by", "Lan", "--lang", "en")
    answer = json.loads(done.stdout)
    assert set(answer) == {"vintage", "period", "published_at", "sha256", "observations"}
    assert (answer["vintage"], answer["period"]) == (1, "2020")
    assert answer["observations"] == len(rows_of(figures(office)))
    assert datetime.datetime.fromisoformat(answer["published_at"]).utcoffset() is not None
    for line in ("85 of 85 agencies", "silent: none", "coverage of online-filing: 100.00%",
                 "open disputes: 0", " 0 differences"):
        assert line in done.stderr
    assert figures(office) == figures(office, "--vintage", 1)
    assert {r["maturity"] for r in rows_of(figures(office)).values()} == {"final"}
    assert {r["maturity"] for r in rows_of(figures(office, period="2021")).values()} == {"provisional"}


def canonical(rows):
    """The canonical form, written apart from docs/vintages.md."""
    rows = sorted(rows, key=lambda r: (r["indicator"].encode(), r["agency"].encode()))
    return "".join(json.dumps(r, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
                   for r in rows).encode()


def test_the_hash_can_be_computed_by_anybody(office):
    answer = publish(office)
    with office.connect("web") as db:
        rows = [line for (line,) in db.execute(
            "SELECT line FROM vintage_observation WHERE vintage_id = 1 ORDER BY random()")]
    assert hashlib.sha256(canonical(rows)).hexdigest() == answer["sha256"]
    shown = office.run("vintages", "show", 1).stdout
    assert shown.encode() == canonical(rows)
    assert "genuine" in office.run("vintages", "verify").stdout
    office.run("vintages", "show", 2, code=1)
    # The counts of agencies by status are an object within the line.
    assert any(isinstance(r["counts"], dict) for r in rows)


def test_nobody_changes_what_was_published(office):
    publish(office)
    attempts = [
        ("web", "INSERT INTO vintage (period) VALUES ('2021')"),
        ("web", "INSERT INTO reopening VALUES (1, 'x', 'a', 'b')"),
        ("collector", "INSERT INTO vintage_observation VALUES (1, 1, 'x', '{}', '{}')"),
        ("reports", "UPDATE vintage SET sha256 = repeat('0', 64)"),
        ("reports", "DELETE FROM vintage_observation"),
        ("reports", "INSERT INTO vintage_observation VALUES (1, 1, 'x', '{}', '{}')"),
        ("owner", "UPDATE vintage_observation SET line = '{}'"),
        ("owner", "DELETE FROM vintage"),
        ("owner", "TRUNCATE vintage_observation, vintage, reopening CASCADE"),
    ]
    for role, statement in attempts:
        with office.connect(role) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute(statement)
    # Whoever gets around all that is found out.
    with office.connect() as db:
        db.execute("ALTER TABLE vintage_observation DISABLE TRIGGER USER")
        db.execute("UPDATE vintage_observation SET line = line || '{\"numerator\": 99}'"
                   " WHERE agency_id = 0 AND indicator = 'online-filing'")
    assert "but the stored rows give" in office.run("vintages", "verify", code=1).stdout


def test_upgrade_keeps_it(office):
    publish(office)
    before = figures(office, "--vintage", 1)
    with office.connect() as db:
        db.execute("UPDATE schema_definition SET sha256 = 'older'")
    office.run("db", "migrate")
    assert figures(office, "--vintage", 1) == before
    assert "genuine" in office.run("vintages", "verify").stdout
    with office.connect() as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.execute("DELETE FROM vintage")


def test_the_same_again_says_so(office):
    first = publish(office)
    done = office.run("publish", "--period", "2020", "--by", "Lan", "--lang", "en")
    again = json.loads(done.stdout)
    assert (again["vintage"], again["sha256"]) == (2, first["sha256"])
    assert "the content is that of vintage 1" in done.stderr
    assert ledger(office) == []
    listed = json.loads(office.run("vintages", "list", "--format", "json").stdout)
    assert [(v["vintage"], v["state"], v["previous"], v["identical"]) for v in listed] == [
        (2, "final", 1, True), (1, "superseded", None, None)]


# ---- what stands against it ------------------------------------------------------

def test_silent_agencies_and_low_coverage(kept_store):
    send(kept_store, "dossier", whole(POPULATION[:42]))
    refused = publish(kept_store, "2020", "--lang", "en", code=1)
    assert "42 of 85 agencies" in refused and "less than 50% of the agencies" in refused
    assert "silent: " + ", ".join(sorted(POPULATION[42:])) in refused
    assert json.loads(kept_store.run("vintages", "--format", "json").stdout) == []
    # One person is not enough, and the same person under another spelling is one.
    accept = ("--accept", "Số liệu đầu tiên")
    publish(kept_store, "2020", *accept, code=1)
    for second in ("Lan", " lan ", ""):
        publish(kept_store, "2020", *accept, "--second", second, code=1)
    publish(kept_store, "2020", "--second", "Minh", code=1)
    publish(kept_store, "2020", *accept, "--second", "Minh")
    vintage, = json.loads(kept_store.run("vintages", "--format", "json").stdout)
    assert (vintage["published_by"], vintage["accepted_by"], vintage["acceptance"]) == (
        "Lan", "Minh", "Số liệu đầu tiên")
    # The office may ask for less, or for more.
    kept_store.run("publish", "--period", "2020-H1", "--publish-coverage", "40")
    kept_store.run("publish", "--period", "2020-Q2", "--publish-coverage", "60", code=1)


def test_a_figure_that_is_not_what_the_records_say(office):
    with office.connect() as db:
        db.execute("UPDATE day_total SET resolved_online = resolved_online + 1"
                   " WHERE agency_id = (SELECT agency_id FROM agency WHERE label = '38')")
    assert "the audit found differences" in publish(office, "2020", "--lang", "en", code=1)
    publish(office, "2020", "--accept", "biết rồi", "--second", "Minh")


def test_an_open_period(office):
    year = str(datetime.date.today().year)
    assert "still open" in publish(office, year, "--lang", "en", "--publish-coverage", 0, code=1)


def test_open_disputes_are_shown(office):
    with office.connect() as db:
        db.execute("INSERT INTO dispute (agency_id, period, indicator, statement, opened_by)"
                   " SELECT agency_id, '2020', 'online-filing', 'thiếu 3 hồ sơ', 'Thanh Hóa'"
                   " FROM agency WHERE label = '38'")
    assert "open disputes: 1" in office.run("publish", "--period", "2020", "--lang", "en").stderr


def test_two_at_once(office):
    both = [office.popen("publish", "--period", "2020", "--by", name) for name in ("Lan", "Minh")]
    answers = [json.loads(p.communicate(timeout=120)[0]) for p in both]
    assert sorted(a["vintage"] for a in answers) == [1, 2]
    assert answers[0]["sha256"] == answers[1]["sha256"]
    listed = json.loads(office.run("vintages", "--format", "json").stdout)
    assert [v["previous"] for v in listed] == [1, None]


@pytest.mark.parametrize("after", [0.02, 0.1, 0.2, 0.3])
def test_killed_in_the_midst(office, after):
    publishing = office.popen("publish", "--period", "2020")
    time.sleep(after)
    publishing.send_signal(signal.SIGKILL)
    publishing.wait()
    again = publish(office)
    with office.connect() as db:
        halves = db.execute("SELECT vintage_id FROM vintage v WHERE observations <>"
                            " (SELECT count(*) FROM vintage_observation o"
                            "   WHERE o.vintage_id = v.vintage_id)").fetchall()
    assert halves == []
    assert office.run("vintages", "verify").stdout.count("genuine") == len(
        json.loads(office.run("vintages", "--format", "json").stdout))
    assert figures(office, "--vintage", again["vintage"]) == figures(office)


# ---- as of ---------------------------------------------------------------------

def test_a_plain_date_is_all_of_that_day(office):
    """What was published in the morning is there."""
    publish(office, "2019", "--accept", "thử", "--second", "Minh")
    with office.connect() as db:
        today, yesterday = db.execute("SELECT office_today()::text, (office_today() - 1)::text").fetchone()
    for command in (("kpi",), ("ranking", "--indicator", "online-filing")):
        office.run(*command, "--period", "2019", "--as-of", today)
        office.run(*command, "--period", "2019", "--as-of", yesterday, code=1)


def test_as_of_answers_for_ever(office):
    office.run("kpi", "--period", "2020", "--as-of", "2026-01-01", code=1)
    first = publish(office)
    asked = {
        "csv": ("kpi", "--period", "2020", "--format", "csv"),
        "json": ("kpi", "--period", "2020", "--format", "json", "--unverified"),
        "one": ("explain", "--period", "2020", "--agency", "38", "--indicator", "online-filing"),
        "model": ("explain", "--period", "2020", "--agency", "VN", "--indicator", "one-stop",
                  "--format", "json"),
    }
    before = {k: office.run(*a, "--as-of", first["published_at"]).stdout for k, a in asked.items()}
    assert json.loads(before["json"])["vintage"] == 1
    listed = json.loads(before["model"])["agencies"]
    assert len(listed) == 85 and sum(a["numerator"] or 0 for a in listed) == json.loads(
        before["model"])["observation"]["numerator"]
    send(office, "dossier", dossiers("38", 7, 7, day="2020-09-09"))
    with office.connect() as db:   # names and definitions change as well
        db.execute("UPDATE agency SET name_vi = 'Tên mới' WHERE label = '38'")
        db.execute("UPDATE indicator SET definition_vi = 'khác', name_vi = 'khác'")
    second = publish(office)
    for key, args in asked.items():
        assert office.run(*args, "--as-of", first["published_at"]).stdout == before[key], key
        assert office.run(*args, "--vintage", 1).stdout == before[key], key
        assert office.run(*args, "--vintage", 2).stdout != before[key], key
    assert figures(office, "--as-of", second["published_at"]) == figures(office)
    # A moment before the first is none, a vintage has one period.
    early = (datetime.datetime.fromisoformat(first["published_at"])
             - datetime.timedelta(microseconds=1)).isoformat()
    for flags in (("--as-of", early), ("--vintage", 3)):
        office.run("kpi", "--period", "2020", *flags, code=1)
    office.run("kpi", "--period", "2020-Q3", "--vintage", 1, code=1)
    for flags in (("--vintage", "one"), ("--as-of", "then"), ("--vintage", 1, "--as-of", early)):
        office.run("kpi", "--period", "2020", *flags, code=2)


def test_reports_as_of(office, tmp_path):
    publish(office)
    def report(name, *flags):
        output = tmp_path / name
        office.run("report", "compliance", "--period", "2020", "--output", output, *flags)
        return output.read_bytes()
    before = report("a.pdf", "--vintage", 1)
    model = json.loads(report("a.json", "--vintage", 1))
    assert (model["maturity"], model["vintage"]) == ("final", 1)
    send(office, "dossier", dossiers("38", 7, 7, day="2020-09-09"))
    assert json.loads(report("b.json"))["maturity"] == "restated"
    assert report("c.pdf", "--vintage", 1) == before
    assert report("d.pdf") != before


def test_pages_and_api_as_of(office):
    server = Server(office, "web")
    try:
        assert server.ask("/api/v1/vintages").json()["vintages"] == []
        assert server.ask("/overview.json").json()["period"] == "2020-Q2"
        first = publish(office)
        vintage, = server.ask("/api/v1/vintages?period=2020").json()["vintages"]
        assert {k: vintage[k] for k in first} == first
        assert server.ask("/api/v1/vintages?period=2020-13").status == 400
        assert server.ask("/api/v1/vintages?perod=2020").status == 400
        # The default is what was published.
        assert server.ask("/overview.json").json()["period"] == "2020"
        moment = first["published_at"].replace("+", "%2B")
        paths = ["/api/v1/observations?period=2020&unverified=1", "/rankings.csv?period=2020",
                 "/agencies/38/online-filing.json?period=2020", "/api/v1/observations.csv?period=2020"]
        before = {(p, pin): server.ask(f"{p}&{pin}").body for p in paths
                  for pin in ("vintage=1", f"as_of={moment}")}
        for path in ("/", "/agencies", "/agencies/38", "/indicators", "/indicators/online-filing", "/method"):
            page = server.ask(f"{path}?vintage=1")
            assert page.status == 200 and b"vintage=1" in page.body
        send(office, "dossier", dossiers("38", 7, 7, day="2020-09-09"))
        live = server.ask("/api/v1/observations?period=2020&agency=38&indicator=online-filing").json()
        assert live["observations"][0]["maturity"] == "restated" and live["vintage"] is None
        assert server.ask("/overview.json?period=2020").json()["frame"]["maturity"] == "restated"
        assert server.ask("/overview.json?vintage=1").json()["frame"]["maturity"] == "final"
        for (path, pin), body in before.items():
            after = server.ask(f"{path}&{pin}").body
            if path.startswith("/agencies"):   # the frame offers the periods that there are now
                after, body = json.loads(after)["explain"], json.loads(body)["explain"]
                assert body["vintage"] == 1 and body["procedures"] == []
            assert after == body, path
        for path in ("/rankings?period=2020-Q3&vintage=1", "/?vintage=7", "/?period=2020&as_of=2020-01-01"):
            assert server.ask(path).status == 404, path
        # A rank is compared with one that was published; the refusal says that there is none.
        moved = server.ask("/agencies/38/online-filing/move?vintage=1&lang=en")
        assert moved.status == 404 and "38 has no rank in 2019 (nothing was published of it)" in moved.body.decode()
        for path in ("/?vintage=x", "/?as_of=then", "/?vintage=1&as_of=2020-01-01"):
            assert server.ask(path).status == 400, path
    finally:
        server.stop()


# ---- the ledger ----------------------------------------------------------------

def sampled(store, records=6000):
    out = store.run("sample", "--records", records, "--from", "2019-06-01", "--to", "2021-06-30").stdout
    return list(csv.DictReader(io.StringIO(out)))


def import_rows(store, rows, kind="dossier"):
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    answer = json.loads(store.run("import", "--type", kind, "--format", "csv", "-",
                                  input=out.getvalue()).stdout)
    assert answer["rejected"] == 0
    return answer


def test_every_change_is_accounted_for(kept_store):
    """5% of the records corrected and 2% coming late, in several batches."""
    rows = sampled(kept_store)
    choice = random.Random(17)
    import_rows(kept_store, rows)
    publish(kept_store)
    before = figures(kept_store, "--vintage", 1)

    corrections = choice.sample(rows, len(rows) // 20)
    for n, row in enumerate(corrections):
        row = dict(row, updated_at="2021-08-01T00:00:00+07:00")
        if n % 3 == 0:
            row["channel"] = "counter" if row["channel"] == "online" else "online"
        elif n % 3 == 1:
            row["satisfaction"] = "1"
        else:
            row["status"] = "void"
        corrections[n] = row
    late = [dict(row, dossier=row["dossier"] + "-L") for row in choice.sample(rows, len(rows) // 50)]
    half = len(corrections) // 2
    batches = [import_rows(kept_store, part)["batch"]
               for part in (corrections[:half], late, corrections[half:])]

    assert figures(kept_store, "--vintage", 1) == before
    now = figures(kept_store)
    moved = changed(before, now)
    lines = ledger(kept_store)
    assert moved and {(line["agency"], line["indicator"]) for line in lines} == moved
    assert {k for k, r in rows_of(now).items() if r["maturity"] == "restated"} == moved
    old, new = rows_of(before), rows_of(now)
    for line in lines:
        key = line["agency"], line["indicator"]
        assert (line["old_numerator"], line["old_denominator"]) == (
            old[key]["numerator"], old[key]["denominator"])
        assert (line["new_numerator"], line["new_denominator"]) == (
            new[key]["numerator"], new[key]["denominator"])
        assert (line["cause"], int(line["batch"])) in [
            ("corrections", batches[0]), ("late records", batches[1]), ("corrections", batches[2])]
    assert len(lines) == len({tuple(line.values()) for line in lines})
    # What each batch is said to have moved, added up, is the whole difference.
    with kept_store.connect("reports") as db:
        sums = db.execute("""
            SELECT a.label, d.slug, sum(d.numerator)::int, sum(d.denominator)::int
              FROM dossier_moves((SELECT standing_batches() - batches FROM vintage), '2020-01-01',
                                 '2021-01-01') d JOIN agency a USING (agency_id)
             WHERE d.slug IN ('online-filing', 'satisfaction', 'on-time')
             GROUP BY 1, 2""").fetchall()
    for agency, slug, numerator, denominator in sums:
        key = agency, slug
        assert int(new[key]["numerator"]) - int(old[key]["numerator"]) == numerator
        assert int(new[key]["denominator"]) - int(old[key]["denominator"]) == denominator

    # Published anew, the same differences stand between the two vintages.
    publish(kept_store)
    assert ledger(kept_store) == lines == ledger(kept_store, "--from", 1, "--to", 2)
    assert ledger(kept_store, "--from", 2) == []
    assert ledger(kept_store, "--to", 2) == lines
    assert {r["maturity"] for r in rows_of(figures(kept_store)).values()} == {"final"}
    assert figures(kept_store, "--vintage", 1) == before


def changed_record(kind, row, choice):
    """ROW as its agency knows it later."""
    row = dict(row, updated_at="2026-06-01T00:00:00+07:00")
    if kind == "service":
        row["level"] = "4" if row["level"] in ("1", "2", "3") else "2"
        row["npsp_integrated"] = choice.choice(["true", "false", ""])
    elif kind == "fact":
        row["value"] = "false" if row["value"] == "true" else "true"
    elif kind == "count":
        row["value"] = str(int(row["value"]) + 1 + choice.randrange(9))
    else:
        row["channel"] = "counter" if row["channel"] == "online" else "online"
    return row


@pytest.mark.parametrize("period", ["2020", "2025"])
def test_every_change_of_any_record_is_accounted_for(kept_store, period):
    """Of records of all types 2% come late and 5% are corrected.  All figures of the vintage and
    of now are compared outside the program, the old bytes and their hash as well."""
    choice, batches = random.Random(4), {}
    folder = kept_store.data / "made-up"
    kept_store.run("sample", "--type", "all", "--records", 5000, "--from", "2019-06-01", "--output", folder)
    made = {kind: list(csv.DictReader(io.StringIO((folder / f"{kind}.csv").read_text(encoding="utf-8"))))
            for kind in ("service", "fact", "count", "dossier")}
    late = {kind: set(choice.sample(range(len(rows)), len(rows) // 50)) for kind, rows in made.items()}
    for kind, rows in made.items():
        import_rows(kept_store, [r for n, r in enumerate(rows) if n not in late[kind]], kind)
    told = publish(kept_store, period, "--accept", "thử", "--second", "Minh")
    then = kept_store.run("vintages", "show", 1).stdout
    before = figures(kept_store, "--vintage", 1, period=period)
    assert hashlib.sha256(then.encode()).hexdigest() == told["sha256"]

    for kind, rows in made.items():
        come = [r for n, r in enumerate(rows) if n not in late[kind]]
        for cause, part in (("corrections", [changed_record(kind, r, choice)
                                             for r in choice.sample(come, len(rows) // 20)]),
                            ("late records", [rows[n] for n in sorted(late[kind])])):
            batches[import_rows(kept_store, part, kind)["batch"]] = kind, cause, part
    now = figures(kept_store, period=period)
    old, new, moved = rows_of(before), rows_of(now), changed(before, now)
    lines = ledger(kept_store, period=period)
    assert len(moved) > 200 and {(line["agency"], line["indicator"]) for line in lines} == moved
    for line in lines:
        key = line["agency"], line["indicator"]
        assert [line[f"{age}_{part}"] for age in ("old", "new") for part in ("numerator", "denominator")] == [
            rows[key][part] for rows in (old, new) for part in ("numerator", "denominator")]
        assert line["batch"], line      # nothing but records came, so each line names one
        kind, cause, _ = batches[int(line["batch"])]
        assert line["cause"] == cause or (kind, line["cause"]) == ("service", "register"), (line, kind, cause)
    # A figure that moved by itself names a batch with a record of the agency's family.
    with kept_store.connect() as db:
        family = {}
        for label, code, lineage in db.execute("SELECT label, code, lineage_id FROM agency"):
            family.setdefault(lineage, set()).update((label, code))
        of_label = dict(db.execute("SELECT label, lineage_id FROM agency").fetchall())
    for line in lines:
        if line["agency"] != "VN" and line["old_numerator"] != line["new_numerator"]:
            _, _, part = batches[int(line["batch"])]
            assert {r["agency"] for r in part} & family[of_label[line["agency"]]], line

    assert kept_store.run("vintages", "show", 1).stdout == then
    assert figures(kept_store, "--vintage", 1, period=period) == before
    assert "genuine" in kept_store.run("vintages", "verify", 1).stdout
    publish(kept_store, period, "--accept", "thử", "--second", "Minh")
    assert ledger(kept_store, "--from", 1, "--to", 2, period=period) == lines
    assert kept_store.run("vintages", "show", 1).stdout == then


def test_late_settlement_of_a_known_dossier_is_late(office):
    case = {"agency": "38", "dossier": "X", "procedure": "1.1", "channel": "online",
            "received_at": "2020-03-01"}
    send(office, "dossier", [case])
    publish(office)
    batch = send(office, "dossier", [case | {"resolved_at": "2020-03-05"}])["batch"]
    lines = ledger(office)
    assert of(lines, "38", "online-filing") == [("late records", str(batch))]
    assert of(lines, "VN", "online-filing") == [("late records", str(batch))]


def test_a_rank_that_others_moved(office):
    publish(office)
    before = figures(office, "--vintage", 1)
    batch = send(office, "dossier", dossiers("01", 50, 50, day="2020-07-07"))["batch"]
    lines = ledger(office)
    moved = changed(before, figures(office))
    assert {(line["agency"], line["indicator"]) for line in lines} == moved
    others = [line for line in lines if line["agency"] == "38" and line["indicator"] == "online-filing"]
    assert [(o["old_numerator"], o["cause"], o["batch"]) for o in others] == [
        (others[0]["new_numerator"], "late records", str(batch))]


def test_other_causes(office):
    service = {"agency": "38", "procedure": "1.001193", "name_vi": "Cấp giấy", "level": "2",
               "valid_from": "2019-06-01", "updated_at": "2019-06-01"}
    send(office, "service", [service])
    send(office, "count", [{"agency": "G03", "measure": "documents_exchanged", "period": "2020",
                            "value": 10}])
    publish(office)
    level = send(office, "service", [service | {"level": "4", "updated_at": "2020-01-01"}])["batch"]
    lines = ledger(office)
    assert of(lines, "38", "level4-services") == [("corrections", str(level))]
    assert of(lines, "38", "level4-filing") == [("register", str(level))]
    count = send(office, "count", [
        {"agency": "G03", "measure": "documents_exchanged_electronic", "period": "2020", "value": 9}])
    assert count["warnings"][0]["code"] == "late_into_published"
    assert of(ledger(office), "G03", "electronic-documents") == [("late records", str(count["batch"]))]
    with office.connect() as db:
        db.execute("UPDATE definition SET version = 2 WHERE slug = 'on-time'")
        db.execute("UPDATE target SET numerator = 30, denominator = 100 WHERE target_id = 'NQ17-02-2020'"
                   " OR slug = 'online-filing'")
        db.execute("UPDATE agency SET records_from = '2020-12-01' WHERE label = '40'")
    lines = ledger(office)
    assert ("definition", "") in of(lines, "06", "on-time")
    assert of(lines, "06", "online-filing") == [("target", "")]
    assert ("register", "") in of(lines, "40", "on-time")
    assert {(line["agency"], line["indicator"]) for line in lines} == changed(
        figures(office, "--vintage", 1), figures(office)) | {
        (line["agency"], "on-time") for line in lines if line["indicator"] == "on-time"}


def test_a_dispute_that_was_accepted(office):
    publish(office)
    batch = send(office, "dossier", dossiers("38", 3, 3, day="2020-02-02"))["batch"]
    assert of(ledger(office), "38", "online-filing") == [("late records", str(batch))]
    with office.connect() as db:
        db.execute("INSERT INTO dispute (agency_id, period, indicator, statement, opened_by, closed_at,"
                   " closed_by, outcome, batch_id)"
                   " SELECT agency_id, '2020', 'online-filing', 'thiếu 3 hồ sơ', 'Thanh Hóa', now(), 'Lan',"
                   " 'accepted', %s FROM agency WHERE label = '38'", (batch,))
    lines = ledger(office)
    assert of(lines, "38", "online-filing") == [("dispute", str(batch))]
    assert of(lines, "VN", "online-filing") == [("dispute", str(batch))]
    assert of(lines, "38", "on-time") in ([], [("late records", str(batch))])


def test_a_withdrawn_batch(office):
    batch = send(office, "dossier", dossiers("38", 3, 3, day="2020-02-02"))["batch"]
    other = send(office, "dossier", dossiers("38", 3, 3, day="2021-02-02"))["batch"]
    publish(office)
    # It stands in published figures now: two people.
    office.run("batch", "withdraw", batch, "--reason", "nhầm", "--by", "Lan")
    assert ledger(office) == []
    office.run("batch", "approve", batch, "--by", "Minh")
    lines = ledger(office)
    assert of(lines, "38", "online-filing") == [("corrections", str(batch))]
    # One whose dossiers were settled in another year does not.
    office.run("batch", "withdraw", other, "--reason", "nhầm", "--by", "Lan")
    assert ledger(office) == lines


def test_rows_late_into_a_published_period(office):
    publish(office)
    answer = send(office, "dossier", dossiers("38", 1, 3, day="2020-02-02")
                  + dossiers("38", 1, 4, day="2021-02-02"))
    warning, = [w for w in answer["warnings"] if w["code"] == "late_into_published"]
    assert warning["agency"] == "38" and warning["message"].startswith("3 ") and "2020" in warning["message"]
    corrected = send(office, "dossier", dossiers("38", 3, 3, day="2020-02-02", updated_at="2020-05-05"))
    assert corrected["corrected"] == 3
    assert [w["agency"] for w in corrected["warnings"]] == ["38"]
    quiet = send(office, "dossier", dossiers("38", 1, 3, day="2021-03-03"))
    assert quiet["warnings"] == []


def test_services_and_facts_late_into_a_published_period(office):
    publish(office)
    publish(office, "2021")

    def service(n, valid_from, **fields):
        return {"agency": "38", "procedure": f"1.00000{n}", "name_vi": "x", "level": "4",
                "valid_from": valid_from, **fields}

    def fact(name, valid_from, **fields):
        return {"agency": "38", "fact": name, "value": True, "valid_from": valid_from, **fields}

    def late(kind, *records):
        return [(w["agency"], w["message"].split()[0], "2020," in w["message"], "2021" in w["message"])
                for w in send(office, kind, list(records))["warnings"] if w["code"] == "late_into_published"]
    assert late("service", service(1, "2019-05-01"), service(2, "2021-06-01"), service(3, "2022-01-01")) == [
        ("38", "2", True, True)]
    assert late("service", service(1, "2019-05-01")) == []               # nothing new
    assert late("service", service(4, "2018-01-01", valid_to="2018-12-31")) == []
    assert late("service", service(1, "2022-02-02")) == []               # it ends the row before
    assert late("service", service(1, "2019-05-01", level="3", updated_at="2023-01-01")) == [("38", "1", True, True)]
    assert late("fact", fact("mobile-portal", "2021-03-03")) == [("38", "1", False, True)]
    assert late("fact", fact("satisfaction-disclosure", "2021-03-03")) == [("38", "1", False, True)]
    assert late("fact", fact("satisfaction-disclosure", "2019-03-03")) == []


# ---- the calendar ----------------------------------------------------------------

def test_calendar_of_decree_09(office):
    rows = json.loads(office.run("vintages", "calendar", "--year", "2020", "--format", "json").stdout)
    assert len(rows) == 19
    by = {r["period"]: r for r in rows}
    assert (by["ND09-2020-03"]["opens"], by["ND09-2020-03"]["closes"], by["ND09-2020-03"]["due"]) == (
        "2020-02-15", "2020-03-14", "2020-03-25")
    assert (by["ND09-2020"]["opens"], by["ND09-2020"]["closes"], by["ND09-2020"]["due"]) == (
        "2019-12-15", "2020-12-14", "2020-12-25")
    assert {r["state"] for r in rows} == {"preview"}
    publish(office, "ND09-2020-Q3")
    with office.connect() as db:
        def state(period, day):
            return db.execute("SELECT period_state(%s, %s)", (period, day)).fetchone()[0]
        assert [state("ND09-2020-03", f"2020-03-{d}") for d in (13, 14, 15, 26)] == [
            "provisional", "provisional", "preview", "preview"]
        assert state("ND09-2020-Q3", "2020-09-01") == "final"
        assert db.execute("SELECT period_due('2020-Q2')").fetchone()[0] is None


def test_reopening_takes_two_people(office):
    reopen = ("vintages", "reopen", "--period", "2020", "--reason", "sai mẫu số")
    office.run(*reopen, "--by", "Lan", "--second", "Minh", code=1)      # nothing published
    publish(office)
    office.run(*reopen, "--by", "Lan", code=2)
    office.run(*reopen, "--by", "Lan", "--second", " LAN", code=1)
    office.run(*reopen, "--by", "Lan", "--second", "Minh")
    office.run(*reopen, "--by", "Lan", "--second", "Minh", code=1)
    vintage, = json.loads(office.run("vintages", "--format", "json").stdout)
    assert (vintage["state"], vintage["reopened_by"], vintage["reopening"]) == (
        "reopened", "Lan, Minh", "sai mẫu số")
    assert {r["maturity"] for r in rows_of(figures(office)).values()} == {"provisional"}
    assert {r["maturity"] for r in rows_of(figures(office, "--vintage", 1)).values()} == {"final"}
    publish(office)
    assert {r["maturity"] for r in rows_of(figures(office)).values()} == {"final"}


def test_usage(store):
    store.run("publish", code=2)
    store.run("publish", "--period", "2020-13", code=2)
    store.run("restatements", "--period", "2020", code=1)
    store.run("restatements", "--period", "then", code=2)
    store.run("restatements", code=2)
    store.run("vintages", "nonsense", code=2)
