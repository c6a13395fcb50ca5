# test_dispute.py -- figures that agencies contest, agree with or write beside, and the
# office's answers.
import datetime
import json
import re
import subprocess

import psycopg
import pytest

from serving import Server
from test_vintage import dossiers, figures, ledger, of, publish, send, whole

LAN = ("--by", "Lan")
PROVINCE = ("--by", "Thanh Hóa")


@pytest.fixture(scope="module")
def store(module_store):
    """Every test has a year of its own in it."""
    for year in range(2017, 2026):
        send(module_store, "dossier", whole(day=f"{year}-06-15") if year < 2025
             else dossiers("38", 2, 5, day="2025-06-15"))
    return module_store


def contest(store, period, *flags, agency="38", indicator="online-filing", code=0):
    done = store.run("dispute", "open", "--agency", agency, "--indicator", indicator,
                     "--period", period, "--reason", "thiếu 3 hồ sơ", *PROVINCE, *flags, code=code)
    return done.stdout.split()[-1] if code == 0 else done.stderr


def shown(store, number):
    line, = json.loads(store.run("dispute", "show", number, "--format", "json").stdout)
    return line


def listed(store, *flags):
    return json.loads(store.run("dispute", "list", "--format", "json", *flags).stdout)


def answer(store, number, *flags, by="Lan", code=0):
    return store.run("dispute", "answer", number, "--reason", "đã kiểm tra", "--by", by, *flags,
                     code=code).stderr


def objects(store, period, *flags):
    out = store.run("kpi", "--period", period, "--unverified", "--format", "json", *flags).stdout
    return {(o["agency"], o["indicator"]): o for o in json.loads(out)["observations"]}


def test_a_figure_is_contested_before_it_is_published(store):
    number = contest(store, "2018", "--evidence", "https://thanhhoa.gov.vn/bao-cao.pdf")
    line = shown(store, number)
    assert (line["agency"], line["period"], line["indicator"], line["state"]) == (
        "38", "2018", "online-filing", "open")
    assert (line["opened_by"], line["reason"], line["evidence_url"]) == (
        "Thanh Hóa", "thiếu 3 hồ sơ", "https://thanhhoa.gov.vn/bao-cao.pdf")
    assert line["vintage"] is None and line["denominator"] == "5"
    mark = objects(store, "2018")["38", "online-filing"]["dispute"]
    assert mark["open"] == 1 and mark["due_on"] == line["due_on"]
    assert objects(store, "2018")["VN", "online-filing"]["dispute"]["open"] == 1
    # The table and the text of the commands mark it as well.
    table = store.run("kpi", "--period", "2018", "--indicator", "online-filing", "--lang", "en").stdout
    assert [row.split()[0] for row in table.splitlines() if row.endswith("under dispute")] == ["38", "VN"]
    told = [store.run("explain", "--period", "2018", "--agency", agency, "--indicator", "online-filing",
                      "--lang", "en").stdout for agency in ("38", "01")]
    assert f"Open disputes: 1 (answer due {line['due_on']})" in told[0] and "dispute" not in told[1]
    assert objects(store, "2018")["38", "on-time"]["dispute"] is None
    assert "contested already" in contest(store, "2018", code=1)
    assert "open disputes: 1" in store.run("publish", "--period", "2018", *LAN, "--lang", "en").stderr
    # The vintage is marked as of then, for ever.
    then = store.run("kpi", "--period", "2018", "--vintage", 1, "--format", "json").stdout
    assert json.loads(then)["observations"][0]["maturity"] == "final"
    store.run("dispute", "withdraw", number, *PROVINCE)
    assert shown(store, number)["state"] == "withdrawn"
    assert store.run("kpi", "--period", "2018", "--vintage", 1, "--format", "json").stdout == then
    assert objects(store, "2018")["38", "online-filing"]["dispute"] is None
    assert objects(store, "2018", "--vintage", 1)["38", "online-filing"]["dispute"]["open"] == 1
    # So is the figure taken apart, in every form.
    asked = ("explain", "--period", "2018", "--agency", "38", "--indicator", "online-filing", "--vintage", 1)
    whole_figure = json.loads(store.run(*asked, "--format", "json").stdout)
    assert whole_figure["observation"]["dispute"]["open"] == 1 and whole_figure["observation"]["notes"] == []
    text = store.run(*asked, "--lang", "en").stdout
    assert "Open disputes: 1" in text and "Population" not in text     # a vintage keeps no list


def test_what_is_accepted_is_a_restatement(store):
    publish(store, "2019")
    number = contest(store, "2019")
    assert shown(store, number)["vintage"] is not None
    batch = send(store, "dossier", dossiers("38", 3, 3, day="2019-02-02"))["batch"]
    assert of(ledger(store, period="2019"), "38", "online-filing") == [("late records", str(batch))]
    answer(store, number, "--accept")                 # what mends it is named later
    assert shown(store, number)["state"] == "accepted" and shown(store, number)["batch"] is None
    other = send(store, "dossier", dossiers("40", 1, 1, day="2017-02-02"))["batch"]
    assert "brought nothing of this agency" in answer(store, number, "--accept", "--batch", other, code=1)
    answer(store, number, "--accept", "--batch", batch)
    assert shown(store, number)["batch"] == batch
    lines = ledger(store, period="2019")
    assert of(lines, "38", "online-filing") == [("dispute", str(batch))]
    assert of(lines, "VN", "online-filing") == [("dispute", str(batch))]
    assert "is closed" in answer(store, number, "--accept", "--batch", batch, code=1)
    assert objects(store, "2019")["38", "online-filing"]["dispute"] is None
    assert "final" in {o["maturity"] for o in objects(store, "2019").values()}


def test_what_is_rejected_changes_nothing(store):
    before = figures(store, period="2020")
    number = contest(store, "2020")
    assert "nobody answers their own" in answer(store, number, "--reject", by="thanh hóa", code=1)
    assert "mended by no batch" in answer(store, number, "--reject", "--batch", "1", code=1)
    answer(store, number, "--reject")
    line = shown(store, number)
    assert (line["state"], line["closed_by"], line["answer"]) == ("rejected", "Lan", "đã kiểm tra")
    assert "is closed: it was rejected" in answer(store, number, "--accept", code=1)
    store.run("dispute", "withdraw", number, *PROVINCE, code=1)
    assert figures(store, period="2020") == before
    contest(store, "2020")                            # once more, with better reasons


def working_day_after(day, n):
    """Without holidays."""
    while n:
        day += datetime.timedelta(days=1)
        n -= day.isoweekday() < 6
    return day


def test_what_was_written_in_lines_is_printed_in_lines(store, tmp_path):
    """Forms send two letters at the end of a line, sheets send tabs; a report that had them never ended."""
    number = contest(store, "2017", "--reason", "\r\ndòng một\r\n\r\ndòng\thai\n")
    assert shown(store, number)["reason"] == "dòng một\n\ndòng hai"
    with store.connect() as db:      # as it was kept before that was looked at
        db.execute("UPDATE dispute SET statement = E'dòng một\\r\\n\\r\\ndòng\\thai' WHERE dispute_id = %s", (number,))
    path = tmp_path / "evidence.pdf"
    store.run("report", "evidence", "--agency", "38", "--period", "2017", "--output", path)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], text=True, capture_output=True, check=True).stdout
    assert re.search(r"dòng một\s.*dòng hai\s", text, re.DOTALL)


def test_the_clock_counts_working_days(store):
    with store.connect() as db:
        def after(day, n):
            return str(db.execute("SELECT working_day_after(%s, %s)", (day, n)).fetchone()[0])
        assert after("2020-03-06", 1) == "2020-03-09"             # a Friday
        assert after("2020-03-07", 5) == "2020-03-13"
        for n in (1, 4, 5, 6, 20, 250):                           # no holiday in those weeks
            if n < 20:
                assert after("2020-08-03", n) == str(working_day_after(datetime.date(2020, 8, 3), n))
            assert db.execute("SELECT working_days('2020-08-03', %s)", (after("2020-08-03", n),)
                              ).fetchone()[0] == n
        db.execute("INSERT INTO holiday VALUES ('2020-08-04', 'x', 'x', false, 'test')")
        assert after("2020-08-03", 1) == "2020-08-05"
        db.execute("DELETE FROM holiday WHERE source = 'test'")
    store.run("dispute", "clock", 10, "--reason", "quyết định của văn phòng", *LAN)
    number = contest(store, "2021")
    due = shown(store, number)["due_on"]
    with store.connect() as db:
        assert db.execute("SELECT working_day_after(office_today(), 10)::text").fetchone()[0] == due
        assert shown(store, number)["days"] == 10

        def on(day):
            return db.execute("SELECT state, days FROM dispute_list(NULL, '2021', NULL, %s)", (day,)).fetchone()
        assert on(due) == ("open", 0)
        assert on(working_day_after(datetime.date.fromisoformat(due), 10))[0] == "overdue"
        assert on(working_day_after(datetime.date.fromisoformat(due), 10))[1] in range(-10, -4)
        db.execute("UPDATE dispute SET due_on = '2021-01-04' WHERE dispute_id = %s", (number,))
    assert listed(store, "--state", "overdue")[0]["dispute"] == int(number)
    assert int(number) in {d["dispute"] for d in listed(store, "--state", "open", "--agency", "38")}
    assert listed(store, "--agency", "40") == []


def test_a_leader_agrees_with_what_is_said(store):
    agree = ("dispute", "agree", "--agency", "38", "--period", "2022", "--by", "Chủ tịch")
    number = contest(store, "2022")
    assert "dispute is open" in store.run(*agree, code=1).stderr
    store.run("dispute", "withdraw", number, *PROVINCE)
    store.run(*agree)
    store.run(*agree, "--indicator", "help-channel", code=1)      # nothing is said by it
    store.run(*agree, "--indicator", "online-filing")
    def agreed():
        return {a["indicator"]: a["state"] for a in json.loads(store.run(
            "dispute", "agreements", "--period", "2022", "--format", "json").stdout)}
    assert agreed() == {None: "agreed", "online-filing": "agreed"}
    assert "agreed with the figures as they are: 1" in store.run(
        "publish", "--period", "2022", *LAN, "--lang", "en").stderr
    send(store, "dossier", dossiers("38", 3, 3, day="2022-02-02"))
    assert agreed() == {None: "changed", "online-filing": "changed"}
    store.run(*agree)
    assert agreed() == {None: "agreed", "online-filing": "changed"}
    store.run("dispute", "agree", "--agency", "VN", "--period", "2022", code=1)


def test_a_note_stands_beside_a_figure(store):
    add = ("note", "add", "--agency", "38", "--indicator", "online-filing", "--period", "2023", *PROVINCE)
    text = "Cổng dịch vụ công ngừng 3 ngày <b>"
    number = store.run(*add, "--text", text).stdout.split()[-1]
    day = str(datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date())
    assert objects(store, "2023")["38", "online-filing"]["notes"] == [
        {"note": int(number), "on": day, "text": text}]
    vintage = publish(store, "2023")["vintage"]
    store.run(*add, "--text", "đã khắc phục")
    assert [n["text"] for n in objects(store, "2023")["38", "online-filing"]["notes"]] == [text, "đã khắc phục"]
    store.run("note", "remove", number, *LAN)
    assert [n["text"] for n in objects(store, "2023")["38", "online-filing"]["notes"]] == ["đã khắc phục"]
    assert [n["text"] for n in objects(store, "2023", "--vintage", vintage)
            ["38", "online-filing"]["notes"]] == [text]
    lines = json.loads(store.run("note", "list", "--period", "2023", "--format", "json").stdout)
    assert [(n["text"], n["removed_by"]) for n in lines] == [("đã khắc phục", None), (text, "Lan")]
    store.run("note", "remove", number, *LAN, code=1)
    store.run(*add, "--text", "x" * 1001, code=1)


def test_what_is_no_figure_is_refused(store):
    for flags in (("--agency", "999"), ("--agency", "VN"), ("--indicator", "luck")):
        args = {"--agency": "38", "--indicator": "online-filing", "--period": "2024"} | {flags[0]: flags[1]}
        store.run("dispute", "open", *[w for pair in args.items() for w in pair], "--reason", "x", code=1)
        store.run("note", "add", *[w for pair in args.items() for w in pair], "--text", "x", code=1)
    for url in ("javascript:alert(1)", "http://x/\"onclick", "bao-cao.pdf"):
        assert "no address" in contest(store, "2024", "--evidence", url, code=1)
    assert "越" in contest(store, "2024", "--reason", "lý do 越", code=1)      # no report could print it
    for usage in (("open", "--agency", "38"), ("answer", "1", "--reason", "x"), ("nonsense",),
                  ("answer", "1", "--accept", "--reject", "--reason", "x"), ("show",), ("list", "--state", "x"),
                  ("clock", "many", "--reason", "x"), ("show", "x"), ()):
        store.run("dispute", *usage, code=2)
    store.run("dispute", "show", 999999, code=1)
    assert store.run("dispute", "--help").stdout == store.run("dispute", "list", "-h").stdout


def test_the_role_of_a_visitor_decides(store):
    """The pages' connection: what each role may do, whatever rows it reaches."""
    def as_role(role, statement, agency="38"):
        with psycopg.connect(store.conninfo("web"), options="-c search_path=nq17,pg_catalog") as db:
            db.execute("SELECT set_config('nq17.role', %s, true), set_config('nq17.user', 'an', true),"
                       " set_config('nq17.agency', (SELECT agency_id::text FROM agency WHERE label = %s), true)",
                       (role, agency))
            rows = db.execute(statement).fetchall()
            db.rollback()
            return rows
    number = contest(store, "2025")
    may = {"SELECT dispute_open('38', 'online-filing', '2024', 'x', NULL, 'An')": "sender leader office administrator",
           f"SELECT dispute_answer({number}, false, 'x', NULL, 'An')": "office administrator",
           f"SELECT dispute_withdraw({number}, 'x', 'An')": "sender leader office administrator",
           "SELECT agreement_give('38', NULL, '2024', 'An')": "leader office administrator",
           "SELECT note_add('38', 'online-filing', '2024', 'x', 'An')": "sender leader office administrator"}
    for statement, roles in may.items():
        for role in "public viewer sender leader office auditor administrator".split():
            if role in roles.split():
                as_role(role, statement)
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    as_role(role, statement)
    # An agency reaches no other's rows, and cannot answer for the office.
    for statement in list(may)[:1] + list(may)[3:]:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role("leader", statement, agency="40")
    with pytest.raises(psycopg.errors.NoDataFound):
        as_role("leader", list(may)[2], agency="40")
    for change in ("statement = 'y'", "outcome = 'accepted', closed_at = now(), closed_by = 'x'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role("sender", f"UPDATE dispute SET {change} WHERE dispute_id = {number} RETURNING 1")
    seen = "SELECT count(*) FROM dispute_list(NULL, '2025', NULL)"
    assert [as_role(r, seen, a) for r, a in (("viewer", "38"), ("auditor", None), ("leader", "40"), ("public", None))
            ] == [[(1,)], [(1,)], [(0,)], [(0,)]]
    # but that a figure is contested everybody sees
    mark = ("SELECT observation_object(o) -> 'dispute' ->> 'open' FROM observations('2025', wanted => 'online-filing') o"
            " WHERE agency = '38'")
    assert as_role("public", mark, None) == [("1",)]
    with store.connect() as db:
        logged = db.execute("SELECT action, object FROM audit_log WHERE object = %s", (f"dispute:{number}",)).fetchall()
    assert logged == [("dispute_add", f"dispute:{number}")]


def test_pages_that_are_kept_learn_of_a_dispute(store):
    server = Server(store, "web")
    try:
        def mark():
            return server.ask("/api/v1/observations?period=2024&indicator=online-filing&agency=40"
                              ).json()["observations"][0]["dispute"]
        assert mark() is None and mark() is None
        contest(store, "2024", agency="40")
        assert mark()["open"] == 1
    finally:
        server.stop()
