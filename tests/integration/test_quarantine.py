# test_quarantine.py -- refused records wait until they are mended, and no longer.
import csv
import datetime
import hashlib
import io
import json

import openpyxl
import pytest

from test_import import counts, dossier, office, receipt, send, send_csv  # noqa: F401


def waiting(store, *args):
    return json.loads(store.run("quarantine", "list", "--format", "json", *args).stdout)


def settled(store):
    with store.connect() as db:
        return db.execute("SELECT dossier, settled_as, settled_by FROM quarantine "
                          "ORDER BY batch_id, line").fetchall()


def test_list_and_show(office):
    batch = send(office, [dossier("D1", channel="web"), dossier("D2", "NOBODY"),
                          dossier("D3", "BETA", satisfaction=9)], code=1)["batch"]
    assert [(q["line"], q["agency"], q["dossier"], q["code"]) for q in waiting(office)] == [
        (1, "ALPHA", "D1", "bad_choice"), (2, "", "D2", "unknown_agency"),
        (3, "BETA", "D3", "out_of_range")]
    assert [q["dossier"] for q in waiting(office, "--agency", "BETA")] == ["D3"]
    assert [q["dossier"] for q in waiting(office, "--code", "bad_choice", "--field", "channel")] == ["D1"]
    assert waiting(office, "--batch", "999") == []
    table = office.run("quarantine", "list").stdout.splitlines()
    assert len(table) == 4 and table[0].split()[:3] == ["batch", "line", "type"]
    rows = list(csv.DictReader(io.StringIO(
        office.run("quarantine", "list", "--format", "csv").stdout)))
    assert rows[1]["value"] == "NOBODY"
    shown = office.run("quarantine", "show", batch, 3).stdout
    text = json.dumps(dossier("D3", "BETA", satisfaction=9))
    assert f"record             {text}" in shown and hashlib.sha256(text.encode()).hexdigest() in shown
    assert "no refused record on line 9" in office.run("quarantine", "show", batch, 9, code=1).stderr
    for wrong in ([], ["show", "1"], ["export"], ["list", "--batch", "x"], ["list", "more"],
                  ["export", "--batch", "1", "--output", "x.pdf"]):
        office.run("quarantine", *wrong, code=2)


def test_mended_and_sent_again(office, tmp_path):
    text = ("agency;dossier;procedure;channel;received_at;unit\n"
            "ALPHA;D1;1.001193;web;2020-06-01;a\n"
            "ALPHA;D2;1.001193;web;2020-06-01;\"x\ny\"\n"
            "ALPHA;D3;1.001193;online;2020-06-01;c\n")
    batch = send_csv(office, text, code=1)["batch"]
    path = tmp_path / "mended.csv"
    office.run("quarantine", "export", "--batch", batch, "--output", path)
    assert len(list(csv.reader(open(path), delimiter=";"))) == 3
    path.write_text(path.read_text().replace("D1;1.001193;web", "D1;1.001193;online"))
    answer = receipt(office.run("import", path, code=1))
    assert counts(answer) == (2, 1, 0, 0, 0, 1)
    assert settled(office)[0] == ("D1", "accepted", answer["batch"])
    # Withdrawn, what it had settled waits again; what it refused does not.
    office.run("batch", "withdraw", answer["batch"], "--reason", "x")
    assert [(q["batch"], q["dossier"]) for q in waiting(office)] == [(batch, "D1"), (batch, "D2")]


def test_replay_after_the_register_learned(office):
    records = [dossier("D1", "NEW"), dossier("D2", "NEW", channel="web"), dossier("D3", "OTHER")]
    json_batch = send(office, records, code=1)["batch"]
    csv_text = ("agency,dossier,procedure,channel,received_at,unit\n"
                "NEW,C1,1.001193,online,2020-06-01,\"a\nb\"\nNEW,C2,1.001193,web,2020-06-01,\n"
                "NEW,C3,1.001193,online,2020-06-01,\n")
    send_csv(office, csv_text, code=1)
    events = [{"specversion": "1.0", "id": str(i), "source": "/x", "type": "vn.nq17.dossier.v1",
               "data": dossier(f"E{i}", "NEW")} for i in range(2)]
    office.run("import", "--format", "cloudevents", "-", input=json.dumps(events, indent=1), code=1)
    first = office.run("quarantine", "replay", "--code", "unknown_agency", code=1).stdout
    assert [json.loads(line)["rejected"] for line in first.splitlines()] == [2, 2, 2]
    assert len(waiting(office)) == 8                    # nothing is there twice
    send_csv(office, "code,kind,name_vi,valid_from\nNEW,other,Mới,1990-01-01\n", "agency")
    done = office.run("quarantine", "replay", "--lang=en", code=1)
    total = [sum(n) for n in zip(*(counts(json.loads(line)) for line in done.stdout.splitlines()))]
    assert total == [8, 5, 0, 0, 0, 3]
    assert sorted(q["dossier"] for q in waiting(office)) == ["C2", "D2", "D3"]
    with office.connect() as db:
        assert [d for d, in db.execute("SELECT dossier FROM dossier ORDER BY 1")] == \
            ["C1", "C3", "D1", "E0", "E1"]
    assert {s for _, s, by in settled(office) if by} == {"accepted", "refused_again"}
    assert [q["dossier"] for q in waiting(office, "--batch", json_batch)] == []
    assert office.run("quarantine", "replay", "--batch", "999").stdout == ""


def test_a_file_sent_again_settles_unknown_agencies(office):
    records = [dossier("D1", "NEW"), dossier("D2", "ELSE")]
    send(office, records, code=1)
    send_csv(office, "code,kind,name_vi,valid_from\nNEW,other,Mới,1990-01-01\n", "agency")
    send(office, records, code=1)
    assert sorted((q["batch"], q["dossier"]) for q in waiting(office))[0][1] == "D2"
    assert [s[0] for s in settled(office) if s[1] == "accepted"] == ["D1"]


def test_large_texts_are_cut_and_masked_ones_wait(office):
    long = dossier("D1", channel="web", unit="đ" * 50000)
    text = json.dumps(long, ensure_ascii=False)
    send(office, [long, dossier("D2", unit="CCCD 001088012345")], code=1)
    with office.connect() as db:
        kept, length, sha = db.execute("SELECT record, length, encode(sha256, 'hex') FROM quarantine "
                                       "WHERE dossier = 'D1'").fetchone()
    assert 65530 < len(kept.encode()) <= 65536 and text.startswith(kept)
    assert (length, sha) == (len(text.encode()), hashlib.sha256(text.encode()).hexdigest())
    done = office.run("quarantine", "replay")
    assert done.stdout == "" and "2 records cannot be sent again" in done.stderr


def test_json_leaves_as_json(office, tmp_path):
    records = [dossier("D1", channel="web"), dossier("D2", satisfaction=9)]
    batch = send(office, records, code=1)["batch"]
    path = tmp_path / "x.ndjson"
    office.run("quarantine", "export", "--batch", batch, "--code", "bad_choice", "--output", path)
    assert [json.loads(line) for line in path.read_text().splitlines()] == records[:1]
    office.run("quarantine", "export", "--batch", batch, "--output", tmp_path / "x.csv")
    assert len(list(csv.DictReader(open(tmp_path / "x.csv")))) == 2
    assert "there is no batch 99" in office.run("quarantine", "export", "--batch", 99, "--output",
                                                path, code=1).stderr


def test_rows_of_workbooks_and_objects_of_arrays_are_sent_again(office, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["agency", "dossier", "procedure", "channel", "received_at", "unit"])
    for name in ("X1", "X2"):
        sheet.append(["NEW", name, "1.001193", "online", datetime.date(2020, 6, 1), "một; \"hai\", ba"])
    book.save(tmp_path / "a.xlsx")
    office.run("import", "--type", "dossier", tmp_path / "a.xlsx", code=1)
    office.run("import", "--format", "json", "--type", "dossier", "-", input=json.dumps(
        [dossier(f"J{n}", "NEW") for n in range(2)], indent=1), code=1)
    send_csv(office, "code,kind,name_vi,valid_from\nNEW,other,Mới,1990-01-01\n", "agency")
    done = office.run("quarantine", "replay")
    assert [counts(json.loads(line)) for line in done.stdout.splitlines()] == [(2, 2, 0, 0, 0, 0)] * 2
    assert waiting(office) == []
    with office.connect() as db:
        assert db.execute("SELECT dossier FROM dossier ORDER BY 1").fetchall() == [("J0",), ("J1",), ("X1",), ("X2",)]
        assert {u for u, in db.execute("SELECT unit FROM dossier WHERE dossier ~ 'X'")} == {"một; \"hai\", ba"}


# ---- Other types ------------------------------------------------------------------------

SERVICE = "agency,procedure,name_vi,level,valid_from\n"
MENDED = {   # type: header, refused line, mended line, lines that do not mend it
    "service": (SERVICE, "ALPHA,1.001,Cấp phép,9,2020-01-01", "ALPHA,1.001,Cấp phép,4,2020-01-01",
                ["ALPHA,1.002,Cấp phép,4,2020-01-01", "ALPHA,1.001,Cấp phép,4,2020-02-01", "BETA,1.001,Cấp phép,4,2020-01-01"]),
    "fact": ("agency,fact,value,valid_from,item\n", "ALPHA,mobile-portal,maybe,2020-01-01,", "ALPHA,mobile-portal,true,2020-01-01,",
             ["ALPHA,mobile-portal,true,2020-01-01,x", "BETA,mobile-portal,true,2020-01-01,"]),
    "count": ("agency,measure,period,breakdown,value\n", "ALPHA,systems,2020-Q1,,-1", "ALPHA,systems,2020-Q1,,4",
              ["ALPHA,systems,2020-Q2,,4", "ALPHA,systems_connected,2020-Q1,,4", "VN,systems,2020-Q1,,4"]),
    "milestone": ("task,agency,due,completed_on\n", "{task},ALPHA,2020-06-30,2020-13-01", "{task},ALPHA,2020-06-30,2020-06-01",
                  ["{task},BETA,2020-06-30,2020-06-01"]),
    "national": ("series,country,year,value,source\n", "un-egdi-rank,VNM,2020,x,UN", "un-egdi-rank,VNM,2020,86,UN",
                 ["un-egdi-rank,VNM,2018,88,UN", "un-egdi-rank,SGP,2020,11,UN"]),
    "task": ("task,kind,name_vi\n", "T-1,never,Việc", "T-1,task,Việc", ["T-2,task,Việc"]),
}


@pytest.mark.parametrize("kind", MENDED)
def test_every_type_is_mended_by_its_key(office, kind):
    header, wrong, right, others = MENDED[kind]
    with office.connect() as db:
        task = db.execute("SELECT task FROM task WHERE kind = 'task' ORDER BY task LIMIT 1").fetchone()
    wrong, right, *others = (line.format(task=task and task[0]) for line in (wrong, right, *others))
    send_csv(office, header + wrong + "\n", kind, code=1)
    assert len(waiting(office)) == 1
    for other in others:
        send_csv(office, header + other + "\n", kind)
        assert len(waiting(office)) == 1, other
    answer = send_csv(office, header + right + "\n", kind)
    assert waiting(office) == []
    assert [row[1:] for row in settled(office)] == [("accepted", answer["batch"])]
    office.run("batch", "withdraw", answer["batch"], "--reason", "x")
    assert len(waiting(office)) == 1


def test_whose_key_or_agency_cannot_be_read_stays(office):
    """A nation's total does not settle an agency's of the same key, nor one without a period anything."""
    head = "agency,measure,period,breakdown,value\n"
    send_csv(office, head + "NOBODY,systems,2020-Q1,,4\nNOBODY,systems,2020-Q1,,-4\nALPHA,systems,soon,,4\n", "count", code=1)
    for line in ("VN,systems,2020-Q1,,4", "ALPHA,systems,2020-Q1,,4"):
        send_csv(office, head + line + "\n", "count")
        assert [q["line"] for q in waiting(office)] == [2, 3, 4]
    with office.connect() as db:
        assert db.execute("SELECT line, key FROM quarantine ORDER BY line").fetchall() == [
            (2, "systems|2020-Q1|"), (3, None), (4, None)]
        assert db.execute("SELECT line, is_keyless(q) FROM quarantine q ORDER BY line").fetchall() == [
            (2, False), (3, True), (4, True)]
    # Once the name is known, the first of them is mended; of the second nobody knows whose it was.
    send_csv(office, "code,kind,name_vi,valid_from\nNOBODY,other,Ai đó,2019-01-01\n", "agency")
    send_csv(office, head + "NOBODY,systems,2020-Q1,,4\n", "count")
    assert [q["line"] for q in waiting(office)] == [3, 4]


def test_another_types_key_settles_nothing(office):
    """A code that a dossier and a service share; what was refused is another's concern."""
    send_csv(office, SERVICE + "ALPHA,D1,Cấp phép,9,2020-01-01\n", "service", code=1)
    send(office, [dossier("D1")])
    send_csv(office, "agency,fact,value,valid_from,item\nALPHA,mobile-portal,true,2020-01-01,D1\n", "fact")
    assert [q["dossier"] for q in waiting(office)] == ["D1"]
