# test_import.py -- nq17 import: what is taken, what is refused, exactly once.
import csv
import gzip
import io
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
import unicodedata

import psycopg
import pytest

from conftest import BINARY, ROOT
from serving import Server

AGENCIES = "code,kind,name_vi,valid_from\n" + "".join(
    f"{code},other,Cơ quan {code},1990-01-01\n" for code in ("ALPHA", "BETA", "GAMMA"))


def receipt(done):
    return json.loads(done.stdout)


def counts(answer):
    names = ("received", "accepted", "corrected", "duplicate", "stale", "rejected")
    assert answer["received"] == sum(answer[name] for name in names[1:])
    return tuple(answer[name] for name in names)


def send(store, records, kind="dossier", code=0, args=()):
    """Imports RECORDS, a list of dicts, as NDJSON."""
    lines = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    return receipt(store.run("import", "--type", kind, "--format", "ndjson", "--lang=en", *args,
                             "-", input=lines, code=code))


def send_csv(store, text, kind="dossier", code=0, args=()):
    return receipt(store.run("import", "--type", kind, "--lang=en", *args, "-", input=text,
                             code=code))


def dossier(code="D1", agency="ALPHA", **fields):
    record = {"agency": agency, "dossier": code, "procedure": "1.001193", "channel": "online",
              "received_at": "2020-06-01T08:00:00+07:00"}
    return record | fields


@pytest.fixture
def office(kept_store):
    """A store with three agencies outside the Resolution."""
    send_csv(kept_store, AGENCIES, "agency")
    return kept_store


@pytest.fixture(scope="module")
def common_office(module_store):
    """The same for tests that only add dossiers of their own, or nothing at all."""
    send_csv(module_store, AGENCIES, "agency")
    return module_store


# What the totals must be, counted from the records by other means than the merge's.
RECOUNT = """
WITH held AS (
  SELECT d.*, (d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS rday,
         (d.resolved_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS sday
    FROM dossier d
), heirs AS (
  SELECT h.*, (SELECT x.heir_id FROM agency_heir x WHERE x.agency_id = h.agency_id
                AND h.sday BETWEEN x.first_day AND x.last_day) AS heir,
         (SELECT s.level IN ('4', 'full')
            FROM service s, agency_heir x
           WHERE x.agency_id = h.agency_id AND h.rday BETWEEN x.first_day AND x.last_day
             AND s.agency_id = x.heir_id AND s.procedure = h.procedure AND s.valid_from <= h.rday
             AND h.rday <= coalesce(s.valid_to, 'infinity')
           ORDER BY s.valid_from DESC LIMIT 1) AND h.channel = 'online' AS l4
    FROM held h
), rows AS (
  SELECT agency_id, rday AS day, procedure, 1 AS received, (channel = 'online')::int AS ro,
         0 r, 0 o, 0 l, 0 dk, 0 ot, 0 osk, 0 os, 0 pk, 0 po, 0 fk, 0 fa, 0 sc, 0 sa
    FROM heirs WHERE status <> 'void'
  UNION ALL
  SELECT heir, sday, procedure, 0, 0, 1, (channel = 'online')::int, coalesce(l4, false)::int,
         (due_at IS NOT NULL)::int, coalesce(resolved_at <= due_at, false)::int,
         (one_stop IS NOT NULL)::int, coalesce(one_stop, false)::int,
         (paid_online IS NOT NULL)::int, coalesce(paid_online, false)::int,
         (channel = 'online' AND filed_by IS NOT NULL)::int,
         coalesce(channel = 'online' AND filed_by <> 'self', false)::int,
         (satisfaction IS NOT NULL)::int, coalesce(satisfaction > 3, false)::int
    FROM heirs WHERE status = 'resolved'
)
SELECT agency_id, {key}, sum(received), sum(ro), sum(r), sum(o), sum(l), sum(dk), sum(ot),
       sum(osk), sum(os), sum(pk), sum(po), sum(fk), sum(fa), sum(sc), sum(sa)
  FROM rows GROUP BY 1, {group} ORDER BY 1, {group}
"""
COLUMNS = ("received, received_online, resolved, resolved_online, level4_online, due_known, on_time, "
           "one_stop_known, one_stop, paid_known, paid_online, filed_by_known, assisted, scored, "
           "satisfied")
HALF = ("make_date(extract(year FROM day)::int, extract(month FROM day)::int,"
        " CASE WHEN extract(day FROM day) < 15 THEN 1 ELSE 15 END)")


def assert_totals_exact(store):
    with store.connect() as db:
        days = db.execute(f"SELECT agency_id, day, {COLUMNS} FROM day_total ORDER BY 1, 2").fetchall()
        assert days == db.execute(RECOUNT.format(key="day", group="2")).fetchall()
        halves = db.execute(f"SELECT agency_id, half_month, procedure, {COLUMNS} "
                            "FROM procedure_total ORDER BY 1, 2, 3").fetchall()
        assert halves == db.execute(RECOUNT.format(key=f"{HALF}, procedure", group="2, 3")).fetchall()
    return days


def state(store):
    """Everything that must not depend on how the records came."""
    with store.connect() as db:
        return db.execute("""
            SELECT agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
                   updated_at, unit, one_stop, satisfaction, received_day, resolved_day, settled_id,
                   level4 FROM dossier ORDER BY 1, 2""").fetchall(), assert_totals_exact(store)


# ---- The real data set ----------------------------------------------------------

@pytest.fixture
def wabo(shared):
    folder = shared / "data" / "real" / "wabo"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}")
    return folder


def expected_figures(wabo):
    with open(wabo / "expected.csv", newline="") as file:
        return [(r["period"], r["agency"], r["indicator"], r["numerator"], r["denominator"])
                for r in csv.DictReader(file)]


def kpi_figures(store, periods):
    found = []
    for period in periods:
        rows = csv.DictReader(io.StringIO(
            store.run("kpi", "--period", period, "--format", "csv").stdout))
        found += [(r["period"], r["agency"], r["indicator"], r["numerator"], r["denominator"])
                  for r in rows]
    return found


def assert_expected(store, wabo):
    expected = expected_figures(wabo)
    found = kpi_figures(store, sorted({row[0] for row in expected}))
    agencies = {row[1] for row in expected}
    ours = {row for row in found if row[1] in agencies and row[4] not in ("", "0")
            and row[2] in ("online-filing", "on-time")}
    assert ours == set(expected)
    assert_totals_exact(store)


def load_wabo_agencies(store, wabo):
    assert counts(receipt(store.run("import", "--type", "agency", wabo / "agencies.csv"))) == \
        (3, 3, 0, 0, 0, 0)


@pytest.mark.parametrize("name", ["dossiers.csv", "dossiers.ndjson", "dossiers.cloudevents.json"])
def test_wabo(kept_store, wabo, tmp_path, name):
    load_wabo_agencies(kept_store, wabo)
    path = tmp_path / name
    path.write_bytes((wabo / name).read_bytes())
    first = receipt(kept_store.run("import", path, code=1))
    assert counts(first) == (1434, 1432, 0, 0, 0, 2)
    assert sorted(e["dossier"] for e in first["errors"]) == ["case-10862", "case-8267"]
    assert {e["code"] for e in first["errors"]} == {"resolved_before_received"}
    if name.endswith(".csv"):
        lines = path.read_text().splitlines()
        for error in first["errors"]:
            assert error["dossier"] in lines[error["line"] - 1]
    assert_expected(kept_store, wabo)
    again = receipt(kept_store.run("import", path, code=1))
    assert counts(again) == (1434, 0, 0, 1432, 0, 2)
    assert_expected(kept_store, wabo)


def test_wabo_halves_shuffled_and_two_at_once(kept_store, wabo, tmp_path):
    load_wabo_agencies(kept_store, wabo)
    header, *rows = (wabo / "dossiers.csv").read_text().splitlines(keepends=True)
    random.Random(7).shuffle(rows)
    parts = []
    for i in range(2):
        path = tmp_path / f"half{i}.csv"
        path.write_text(header + "".join(rows[i::2] + rows[:100]))
        parts.append(kept_store.popen("import", path))
    answers = []
    for part in parts:
        out, _ = part.communicate(timeout=120)
        answers.append(json.loads(out))
    assert sum(a["accepted"] for a in answers) == 1432
    assert_expected(kept_store, wabo)


# ---- Our own fixture ------------------------------------------------------------

def test_fixture(kept_store, tmp_path):
    send_csv(kept_store, AGENCIES, "agency")
    path = tmp_path / "dossiers.csv"
    path.write_bytes((ROOT / "tests" / "data" / "dossiers.csv").read_bytes())
    answer = receipt(kept_store.run("import", "--lang=en", path, code=1))
    assert counts(answer) == (14, 8, 1, 1, 1, 3)
    assert [(e["line"], e["dossier"], e["field"], e["code"]) for e in answer["errors"]] == [
        (8, "T-006", "resolved_at", "resolved_before_received"),
        (11, "T-008", "channel", "bad_choice"),
        (15, "T-001", "channel", "conflict")]
    assert answer["type"] == "dossier" and len(answer["sha256"]) == 64
    assert list(answer) == ["batch", "type", "received_at", "sha256", "received", "accepted",
                            "corrected", "duplicate", "stale", "rejected", "errors",
                            "errors_truncated", "warnings"]
    with kept_store.connect() as db:
        assert db.execute("SELECT unit FROM dossier WHERE dossier = 'T-007'").fetchone() == \
            ("Sở Tư pháp,\nPhòng 1",)
        kept = db.execute("SELECT line, code, record FROM quarantine ORDER BY line").fetchall()
    assert [row[0] for row in kept] == [8, 11, 15]
    assert kept[0][2] == path.read_text().splitlines()[7]
    assert_totals_exact(kept_store)

    # The errors file, mended and sent back as it is.
    errors = path.with_name("dossiers.csv.errors.csv")
    text = errors.read_text()
    assert text.splitlines()[0].endswith(",nq17_line,nq17_code,nq17_message")
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("2020-03-01T07:00:00+07:00", "2020-03-09T07:00:00+07:00"))
    answer = receipt(kept_store.run("import", "--lang=en", mended, code=1))
    assert counts(answer) == (3, 1, 0, 0, 0, 2)


def test_shipped_error_codes_are_documented():
    table = subprocess.run([str(BINARY), "import", "--codes"], capture_output=True, text=True,
                           check=True).stdout
    assert table in (ROOT / "docs" / "errors.md").read_text()


# ---- Versions -------------------------------------------------------------------

def versions():
    return [dossier(status="received", updated_at="2020-06-01T09:00:00+07:00"),
            dossier(status="processing", updated_at="2020-06-02T09:00:00+07:00", unit="Phòng A"),
            dossier(status="resolved", resolved_at="2020-06-05T09:00:00+07:00", satisfaction=5,
                    updated_at="2020-06-05T09:00:00+07:00", one_stop=True)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_three_versions_in_any_order(common_office, order):
    name = "".join(map(str, order))
    newest, expected = -1, {"accepted": 0, "corrected": 0, "stale": 0}
    for i in order:
        if newest < 0:
            expected["accepted"] += 1
        elif i > newest:
            expected["corrected"] += 1
        else:
            expected["stale"] += 1
        newest = max(newest, i)

    answer = send(common_office, [versions()[i] | {"dossier": f"F{name}"} for i in order])
    assert {key: answer[key] for key in expected} == expected      # in one file
    for i in order:                                                # in files of their own
        send(common_office, [versions()[i] | {"dossier": f"S{name}"}])
    again = send(common_office, [versions()[i] | {"dossier": f"S{name}"} for i in order])
    assert again["duplicate"] == 1 and again["stale"] == 2         # known already
    with common_office.connect() as db:
        for code in (f"F{name}", f"S{name}"):
            row = db.execute("SELECT status, unit, satisfaction, one_stop, version FROM dossier "
                             "WHERE dossier = %s", [code]).fetchone()
            assert row == ("resolved", None, 5, True, 3)
            history = db.execute("SELECT version, updated_at FROM dossier_history WHERE dossier = %s "
                                 "ORDER BY updated_at", [code]).fetchall()
            assert sorted(v for v, _ in history) == [1, 2]         # each once, in any order
            assert len({at for _, at in history}) == 2
    assert_totals_exact(common_office)
    # What is in history already does not get there again.
    send(common_office, [versions()[0] | {"dossier": f"S{name}"}])
    with common_office.connect() as db:
        assert db.execute("SELECT count(*) FROM dossier_history WHERE dossier = %s",
                          [f"S{name}"]).fetchone() == (2,)


def test_same_again_is_duplicate_whatever_its_form(office):
    assert counts(send(office, versions()))[:3] == (3, 1, 2)
    newest = versions()[2]
    assert counts(send(office, [newest, newest])) == (2, 0, 0, 2, 0, 0)
    text = ("agency;dossier;procedure;channel;received_at;resolved_at;satisfaction;one_stop\r\n"
            "ALPHA;D1;1.001193;online;2020-06-01T01:00:00Z;2020-06-05T02:00:00.0000000Z;5;1\r\n")
    assert counts(send_csv(office, "\ufeff" + text)) == (1, 0, 0, 1, 0, 0)


def test_conflicts_name_fields_and_remedy(office):
    send(office, [dossier(unit="A", sector="X")])
    answer = send(office, [dossier(unit="B", sector="Y")], code=1)
    (error,) = answer["errors"]
    assert error["code"] == "conflict" and error["dossier"] == "D1"
    assert "unit, sector" in error["message"] and "updated_at" in error["message"]
    # Smaller with the same status: a conflict if updated_at was not given, else stale.
    earlier = {"received_at": "2020-05-31T08:00:00+07:00"}
    assert counts(send(office, [dossier(**earlier)], code=1))[-1] == 1
    assert counts(send(office, [dossier(**earlier, updated_at="2020-05-31T08:00:00+07:00")])) == \
        (1, 0, 0, 0, 1, 0)
    # With updated_at the newer wins.
    assert counts(send(office, [dossier(unit="B", updated_at="2020-06-02")])) == (1, 0, 1, 0, 0, 0)
    # Equal updated_at: status decides.
    same = {"updated_at": "2020-06-02T23:59:59.999999+07:00", "unit": "B"}
    assert counts(send(office, [dossier(status="withdrawn", **same)])) == (1, 0, 1, 0, 0, 0)
    assert counts(send(office, [dossier(status="processing", **same)])) == (1, 0, 0, 0, 1, 0)
    # The lines of refused records of a merge come with their text.
    with office.connect() as db:
        assert json.loads(db.execute("SELECT record FROM quarantine WHERE code = 'conflict' "
                                     "ORDER BY batch_id LIMIT 1").fetchone()[0])["unit"] == "B"


def test_void_takes_back(office):
    send(office, versions())
    send(office, [dossier(status="void", updated_at="2020-07-01")])
    assert assert_totals_exact(office) == []
    send(office, [dossier(status="processing", updated_at="2020-07-02")])
    assert len(assert_totals_exact(office)) == 1


# ---- Agencies through time ------------------------------------------------------

def label_of(store, code, column="agency_id"):
    with store.connect() as db:
        return db.execute(f"SELECT a.label FROM dossier d JOIN agency a ON a.agency_id = d.{column} "
                          "WHERE d.dossier = %s", [code]).fetchone()[0]


def test_codes_used_again(kept_store):
    june, july = {"received_at": "2025-06-30T23:59:00+07:00"}, {"received_at": "2025-07-01"}
    answer = send(kept_store, [
        dossier("J1", "44", **june), dossier("J2", "44", **july), dossier("J3", "44@2025", **july),
        dossier("J4", "45", **july), dossier("J5", "44@2025", **june), dossier("J6", "99", **july),
        dossier("J7", "VN", **july)], code=1)
    assert [(e["dossier"], e["code"]) for e in answer["errors"]] == [
        ("J4", "agency_not_in_force"), ("J5", "agency_not_in_force"), ("J6", "unknown_agency"),
        ("J7", "agency_not_nation")]
    assert [label_of(kept_store, code) for code in ("J1", "J2", "J3")] == ["44", "44@2025", "44@2025"]


def test_received_before_and_settled_after_a_merger(kept_store):
    june = {"received_at": "2025-06-20T08:00:00+07:00"}
    settled = june | {"resolved_at": "2025-07-02T08:00:00+07:00"}
    # By the old province itself, with its code valid on the day of receipt.
    send(kept_store, [dossier("M1", "45", **settled)])
    # Received by the old one, settled by a record of the new one.
    send(kept_store, [dossier("M2", "45", **june)])
    send(kept_store, [dossier("M2", "44@2025", **settled)])
    # Both in one file.
    answer = send(kept_store, [dossier("M3", "45", **june), dossier("M3", "44@2025", **settled)])
    assert counts(answer) == (2, 1, 1, 0, 0, 0)
    for code in ("M1", "M2", "M3"):
        assert label_of(kept_store, code) == "45"
        assert label_of(kept_store, code, "settled_id") == "44@2025"
    # Settled in June it would have stayed with the old one.
    send(kept_store, [dossier("M4", "45", **june, resolved_at="2025-06-30T23:00:00+07:00")])
    assert label_of(kept_store, "M4", "settled_id") == "45"
    assert_totals_exact(kept_store)


def test_successor_of_two_that_have_the_code(kept_store):
    """Whose dossier it means its moment of receipt tells; else it is one of its own."""
    send(kept_store, [dossier("A1", "44", received_at="2025-06-20"), dossier("A1", "45", received_at="2025-06-21")])
    answer = send(kept_store, [dossier("A1", "44", received_at="2025-07-03"),
                               dossier("A1", "44@2025", received_at="2025-06-21", channel="counter",
                                       updated_at="2025-07-04")])
    assert counts(answer) == (2, 1, 1, 0, 0, 0)
    with kept_store.connect() as db:
        assert db.execute("SELECT a.label, d.channel::text FROM dossier d JOIN agency a USING (agency_id) "
                          "ORDER BY 1").fetchall() == [("44", "online"), ("44@2025", "online"), ("45", "counter")]
    assert_totals_exact(kept_store)


def test_successor_keeps_its_own_codes(kept_store):
    """Two provinces that never met may use the same code on their own."""
    send(kept_store, [dossier("S1", "44", received_at="2025-06-20"),
                      dossier("S1", "45", received_at="2025-06-21")])
    with kept_store.connect() as db:
        assert db.execute("SELECT count(*) FROM dossier WHERE dossier = 'S1'").fetchone() == (2,)


def test_a_new_agency_continues_a_line(office):
    send_csv(office, "code,kind,name_vi,valid_from,valid_to,successor\n"
                     "OLD,other,Cũ,2000-01-01,2020-06-30,NEW\n", "agency")
    send(office, [dossier("N1", "OLD", resolved_at="2020-07-05")])
    assert label_of(office, "N1", "settled_id") == "OLD"
    send_csv(office, "code,kind,name_vi,valid_from\nNEW,other,Mới,2020-07-01\n", "agency")
    assert label_of(office, "N1", "settled_id") == "NEW"
    assert_totals_exact(office)


def test_agency_rows(office):
    assert counts(send_csv(office, AGENCIES, "agency")) == (3, 0, 0, 3, 0, 0)
    changed = AGENCIES.replace("Cơ quan BETA", "Khác")
    answer = send_csv(office, changed, "agency", code=1)
    assert counts(answer) == (3, 0, 0, 2, 0, 1)
    assert answer["errors"][0]["code"] == "agency_overlap"
    rows = ("code,kind,name_vi,valid_from,valid_to\n"
            "TWICE,other,Một,2000-01-01,2009-12-31\nTWICE,other,Hai,2010-01-01,\n"
            "VN,other,Nước,2010-01-01,\nA@B,other,Lạ,2010-01-01,\n")
    answer = send_csv(office, rows, "agency", code=1)
    assert [e["code"] for e in answer["errors"]] == ["bad_agency_code"] * 2
    with office.connect() as db:
        assert db.execute("SELECT label FROM agency WHERE code = 'TWICE' ORDER BY 1").fetchall() == \
            [("TWICE",), ("TWICE@2010",)]


# ---- Values ---------------------------------------------------------------------

@pytest.mark.parametrize("fields, code, field", [
    ({"procedure": ""}, "missing_value", "procedure"),
    ({"channel": "web"}, "bad_choice", "channel"),
    ({"received_at": "2020-06-01T24:00:00"}, "bad_time", "received_at"),
    ({"received_at": "2020-06-01T10:00:60Z"}, "bad_time", "received_at"),
    ({"received_at": "01/06/2020"}, "bad_time", "received_at"),
    ({"received_at": "2019-02-29"}, "bad_time", "received_at"),
    ({"received_at": "2199-01-01"}, "time_in_future", "received_at"),
    ({"updated_at": "2199-01-01"}, "time_in_future", "updated_at"),
    ({"resolved_at": "2020-06-01T07:59:59.9999999+07:00"}, "resolved_before_received", "resolved_at"),
    ({"status": "resolved"}, "resolved_at_missing", "resolved_at"),
    ({"status": "processing", "resolved_at": "2020-06-02"}, "resolved_at_forbidden", "status"),
    ({"one_stop": "yes"}, "bad_boolean", "one_stop"),
    ({"satisfaction": 6}, "out_of_range", "satisfaction"),
    ({"fields_total": 9223372036854775807}, "out_of_range", "fields_total"),
    ({"fields_total": 3, "fields_prefilled": 4}, "prefilled_above_total", "fields_prefilled"),
    ({"dossier": "x" * 65}, "too_long", "dossier"),
    ({"dossier": "a\tb"}, "bad_text", "dossier"),
    ({"dossier": "a\u200bb"}, "bad_text", "dossier"),      # to the eye the same as "ab"
    ({"dossier": "a\u202eb"}, "bad_text", "dossier"),
    ({"procedure": "1.00\ufeff1"}, "bad_text", "procedure"),
    ({"unit": "Sở\u202eY tế"}, "bad_text", "unit"),
    ({"unit": "Sở\x07Y tế"}, "bad_text", "unit"),
    ({"dossier": 44}, "bad_form", "dossier"),
    ({"unit": {"name": "x"}}, "bad_form", "unit"),
    ({"colour": "red"}, "unknown_field", "colour"),
])
def test_refused_values(common_office, fields, code, field):
    answer = send(common_office, [dossier(**fields)], code=1)
    (error,) = answer["errors"]
    assert (error["code"], error["field"]) == (code, field)
    assert "?" not in error["message"] and "{" not in error["message"]


def test_taken_values(office):
    records = [
        dossier("V1", received_at="2020-06-01", due_at="2020-06-02", resolved_at="2020-06-02"),
        dossier("V2", received_at="2020-06-01T08:00:00.1234567Z", resolved_at="2020-06-01 15:00:00.1234567"),
        dossier("ệ" * 64, unit="e\u0323\u0302", one_stop="0", satisfaction="5", fields_total="3"),
        dossier("V4", due_at="2150-01-01", unit="", sector=None),
    ]
    # Digits beyond microseconds are cut: the two are the same moment.
    records.append(dossier("V5", received_at="2020-01-02T10:00:00.0000009",
                           resolved_at="2020-01-02T10:00:00.0000001"))
    assert counts(send(office, records)) == (5, 5, 0, 0, 0, 0)
    with office.connect() as db:
        row = db.execute("SELECT received_at::text, due_at::text, resolved_at::text, updated_at::text, "
                         "status FROM dossier WHERE dossier = 'V1'").fetchone()
        assert row == ("2020-06-01 00:00:00+07", "2020-06-02 23:59:59.999999+07",
                       "2020-06-02 23:59:59.999999+07", "2020-06-02 23:59:59.999999+07", "resolved")
        row = db.execute("SELECT unit, one_stop FROM dossier WHERE fields_total = 3").fetchone()
        assert row == ("\u1ec7", False)


# ---- Forms of CSV ---------------------------------------------------------------

HEADER = "agency,dossier,procedure,channel,received_at,unit\n"


def test_csv_forms(office):
    rows = ('ALPHA,C1,P,online,2020-06-01,"a ""quoted"" one"\r\n'
            '\r\n'
            'ALPHA,C2,P,online,2020-06-01,"two\r\nlines"\r\n'
            ',,,,,\r\n'
            'ALPHA,C3,P,online,2020-06-01\r\n'
            'ALPHA,C4,P,online,2020-06-01,x,y\r\n'
            'ALPHA,C5,P,online,2020-06-01,end')
    answer = send_csv(office, "\ufeff" + HEADER + rows, code=1)
    assert counts(answer) == (5, 3, 0, 0, 0, 2)
    assert [(e["line"], e["code"]) for e in answer["errors"]] == [
        (7, "too_few_columns"), (8, "too_many_columns")]
    with office.connect() as db:
        assert db.execute("SELECT dossier, unit FROM dossier ORDER BY 1").fetchall() == [
            ("C1", 'a "quoted" one'), ("C2", "two\r\nlines"), ("C5", "end")]


def test_csv_carriage_returns_and_agency_for_all(office):
    text = "received_at,nq17_code,channel,dossier,procedure\r2020-06-01,x,post,R1,P\r"
    assert counts(send_csv(office, text, args=("--agency", "BETA"))) == (1, 1, 0, 0, 0, 0)
    assert label_of(office, "R1") == "BETA"


def test_an_open_quote_costs_one_line(office):
    rows = "".join(f"ALPHA,Q{i},P,online,2020-06-01,{chr(34) + 'open' if i == 3 else 'x'}\n"
                   for i in range(6))
    answer = send_csv(office, HEADER + rows, code=1)
    assert counts(answer) == (6, 5, 0, 0, 0, 1)
    assert [(e["line"], e["code"]) for e in answer["errors"]] == [(5, "quote_unclosed")]


def test_bytes_that_are_no_text(office, tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes(HEADER.encode() + b"ALPHA,L1,P,online,2020-06-01,S\xe3o\n"
                     b"ALPHA,L2,P,online,2020-06-01,\xed\xa0\x80\n"
                     b"ALPHA,L3,P,online,2020-06-01,\x00\n"
                     b"ALPHA,L4,P,online,2020-06-01,fine\n")
    answer = receipt(office.run("import", "--lang=en", path, code=1))
    assert counts(answer) == (4, 1, 0, 0, 0, 3)
    assert [e["code"] for e in answer["errors"]] == ["not_utf8", "not_utf8", "bad_text"]
    path.write_bytes(b"agency,measure,period,value\nALPHA,systems,2020\0x,5\nALPHA,systems,2021,5\n")
    answer = receipt(office.run("import", "--type=count", "--lang=en", path, code=1))
    assert counts(answer) == (2, 1, 0, 0, 0, 1)
    assert [e["code"] for e in answer["errors"]] == ["bad_period"]


def test_arrays_where_single_values_belong(office):
    words = ["w" * 50] * 70
    for field in ("name_vi", "code"):
        record = {"code": "LONG", "kind": "other", "name_vi": "Tên", "valid_from": "2020-01-01",
                  field: ["first"], "identifiers": words, "region": words}
        (error,) = send(office, [record], "agency", code=1)["errors"]
        assert (error["code"], error["field"], error["value"]) == ("bad_form", field, "first")


def test_no_total_is_too_large_to_add_up(office):
    def total(agency, value):
        return {"agency": agency, "measure": "documents_exchanged", "period": "2020", "value": value}

    (error,) = send(office, [total("ALPHA", 10**12 + 1)], "count", code=1)["errors"]
    assert error["code"] == "out_of_range"
    send(office, [total(agency, 10**12) for agency in ("ALPHA", "BETA", "01", "02")], "count")
    office.run("kpi", "--period=2020")


def test_what_belongs_to_no_agency_is_merged_in_turn(office):
    with office.connect() as first, office.connect() as second, first.transaction():
        first.execute("SELECT intake_lock('{0}')")
        second.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute("SELECT intake_lock('{0,1}')")


def test_ndjson_forms(office):
    lines = [json.dumps(dossier("N1")), "", '{"agency": "ALPHA", "agency": "BETA"}', "[1]",
             '{"agency":', json.dumps(dossier("N2")) + " \r"]
    done = office.run("import", "--format", "ndjson", "--lang=en", "-", input="\n".join(lines), code=1)
    answer = receipt(done)
    assert counts(answer) == (5, 2, 0, 0, 0, 3)
    assert [(e["line"], e["code"]) for e in answer["errors"]] == [(3, "bad_json"), (4, "bad_json"),
                                                                 (5, "bad_json")]


def test_json_arrays(office, tmp_path):
    path = tmp_path / "records.json"
    records = [dossier("J1"), event("e1", code="J2"), dossier("J3", colour=1), dossier("J1")]
    path.write_text(json.dumps(records, indent=2))
    answer = receipt(office.run("import", "--lang=en", path, code=1))
    assert counts(answer) == (4, 2, 0, 1, 0, 1)
    assert [(e["line"], e["code"]) for e in answer["errors"]] == [(3, "unknown_field")]
    # One record alone, by name and by format.
    path.write_text(json.dumps(dossier("J4")))
    assert counts(receipt(office.run("import", path))) == (1, 1, 0, 0, 0, 0)
    done = office.run("import", "--format", "json", "-", input=json.dumps(dossier("J4")))
    assert counts(receipt(done)) == (1, 0, 0, 1, 0, 0)
    # As a CloudEvent an object alone must be one.
    answer = send_events(office, event("e2", code="J5"), code=0)
    assert counts(answer) == (1, 1, 0, 0, 0, 0)
    done = office.run("import", "--format", "cloudevents", "-", input=json.dumps(dossier("J6")), code=1)
    assert [e["code"] for e in receipt(done)["errors"]] == ["bad_event"]


def test_numbers_that_no_column_holds(office):
    lines = ['"fields_total": 9223372036854775808', '"fields_total": 1e400', '"fields_total": -0',
             '"fields_total": 9223372036854775807', '"fields_total": 3.5', '"satisfaction": 5.0']
    text = "".join(json.dumps(dossier(f"M{i}"))[:-1] + ", " + line + "}\n" for i, line in enumerate(lines))
    answer = receipt(office.run("import", "--format", "ndjson", "--lang=en", "-", input=text, code=1))
    assert [(e["line"], e["code"]) for e in answer["errors"]] == [
        (1, "bad_json"), (2, "bad_json"), (4, "out_of_range"), (5, "bad_integer")]
    with office.connect() as db:
        assert db.execute("SELECT dossier, fields_total FROM dossier WHERE dossier = 'M2'"
                          ).fetchone() == ("M2", 0)


def test_text_is_one_whatever_its_form(office):
    """NFC and NFD, with and without a byte order mark and escapes, are the same record."""
    composed, apart = "Phòng Đất", unicodedata.normalize("NFD", "Phòng Đất")
    assert composed != apart
    record = dossier("F1", unit=composed)
    assert counts(send(office, [record])) == (1, 1, 0, 0, 0, 0)
    head = "\ufeffagency,dossier,procedure,channel,received_at,unit\r\n"
    row = ",".join(record[name] for name in head.strip("\ufeff\r\n").split(",")) + "\r\n"
    assert counts(send_csv(office, head + row.replace(composed, apart))) == (1, 0, 0, 1, 0, 0)
    for text in (json.dumps(dossier("F1", unit=apart)), "\ufeff" + json.dumps(record) + "\r\n"):
        done = office.run("import", "--format", "ndjson", "-", input=text)
        assert counts(receipt(done)) == (1, 0, 0, 1, 0, 0)


def test_fields_of_a_megabyte(office):
    for size, code in ((1048576 - 300, "too_long"), (1048576 + 1, "record_too_large")):
        answer = send(office, [dossier("B1", unit="x" * size), dossier(f"B{size}")], code=1)
        assert counts(answer) == (2, 1, 0, 0, 0, 1)
        assert [(e["line"], e["code"]) for e in answer["errors"]] == [(1, code)]
        answer = send_csv(office, HEADER + f'ALPHA,B2,P,online,2020-06-01,"{"x" * size}"\n'
                          f"ALPHA,C{size},P,online,2020-06-01,x\n", code=1)
        assert counts(answer) == (2, 1, 0, 0, 0, 1)
        assert [(e["line"], e["code"]) for e in answer["errors"]] == [(2, code)]


def event(name, **data):
    return {"specversion": "1.0", "source": "/alpha", "id": name, "type": "vn.nq17.dossier.v1",
            "data": dossier(**data)}


def send_events(store, *events, code=0):
    return receipt(store.run("import", "--format", "cloudevents", "--lang=en", "-",
                             input=json.dumps(events), code=code))


def test_an_event_seen_again_is_duplicate_whatever_it_says(office):
    events = [event("1", code="EV1"), event("1", code="EV2"), event("1", channel="web"),
              event("2", code="EV3", channel="web"), event("2", code="EV3"), dossier("EV4")]
    # What was refused may be mended and sent again under its name.
    assert counts(send_events(office, *events, code=1)) == (6, 3, 0, 2, 0, 1)
    again = [event("1", code="EV5", agency="BETA"), event("2", code="EV3", unit="x"),
             event("2", code="EV3", received_at="soon"), event("3", code="EV1", unit="new",
                                                               updated_at="2021-01-01")]
    assert counts(send_events(office, *again)) == (4, 0, 1, 3, 0, 0)
    with office.connect() as db:
        assert db.execute("SELECT dossier, unit FROM dossier ORDER BY 1").fetchall() == [
            ("EV1", "new"), ("EV3", None), ("EV4", None)]
        assert db.execute("SELECT count(*) FROM event_seen").fetchone() == (3,)
        assert db.execute("SELECT count(*) FROM quarantine").fetchone() == (1,)
    task = {"task": "T-1", "kind": "task", "name_vi": "Một", "due": "2021-01-01"}
    parts = {"specversion": "1.0", "source": "s", "id": "t", "type": "vn.nq17.task.v1", "data": task}
    for expected in ((1, 1, 0, 0, 0, 0), (1, 0, 0, 1, 0, 0)):
        assert counts(receipt(office.run("import", "--type", "task", "--format", "cloudevents", "-",
                                         input=json.dumps(parts)))) == expected


# ---- Warnings -------------------------------------------------------------------

def settled(count, first, online=1, **fields):
    return [dossier(f"W{first + i}", resolved_at="2020-06-02",
                    channel="online" if i < count * online else "counter", **fields)
            for i in range(count)]


def test_warnings_carry_their_numbers(office):
    whole = {"one_stop": True, "due_at": "2020-06-03", "satisfaction": 5, "filed_by": "self",
             "paid_online": False}
    assert send(office, settled(1000, 0, **whole))["warnings"] == []
    assert send(office, settled(99, 1000, online=0))["warnings"] == []       # too few to tell
    assert send(office, settled(100, 2000, **whole))["warnings"] == []
    some = {name: whole[name] for name in ("due_at", "filed_by", "paid_online")}
    answer = send(office, settled(120, 3000, **some), args=["--dry-run"])
    assert [(w["code"], w["agency"], w["field"]) for w in answer["warnings"]] == [
        ("attribute_vanished", "ALPHA", "one_stop"), ("attribute_vanished", "ALPHA", "satisfaction")]
    assert "1100/1199" in answer["warnings"][0]["message"]
    assert "0/120" in answer["warnings"][0]["message"]
    answer = send(office, settled(200, 4000, online=0.5, **whole))
    (warning,) = answer["warnings"]
    assert (warning["code"], warning["field"]) == ("channel_mix_jump", "channel")
    assert "100/200" in warning["message"] and "1100/1199" in warning["message"]
    # BETA sent nothing before.
    assert send(office, [d | {"agency": "BETA"} for d in settled(200, 0, online=0)])["warnings"] == []


# ---- Files that are none --------------------------------------------------------

def tables(store):
    with store.connect() as db:
        return db.execute("SELECT (SELECT count(*) FROM dossier), (SELECT count(*) FROM quarantine),"
                          " (SELECT count(*) FROM batch WHERE state = 'committed')").fetchone()


@pytest.mark.parametrize("name, content, word", [
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "PNG"),
    ("book.csv", b"PK\x03\x04" + b"x" * 5000, "Excel"),
    ("wide.csv", HEADER.encode("utf-16"), "UTF-16"),
    ("wide-ndjson.ndjson", json.dumps({"a": 1}).encode("utf-16"), "UTF-16"),
    ("empty.csv", b"", "empty"),
    ("header.csv", HEADER.encode(), "no record"),
    ("columns.csv", b"agency,dossier,colour,size\nALPHA,D1,red,2\n", "colour, size"),
    ("missing.csv", b"agency,dossier\nALPHA,D1\n", "procedure, channel, received_at"),
    ("twice.csv", b"agency,agency,dossier,procedure,channel,received_at\n", "agency"),
    ("text.csv", "Kính gửi quý cơ quan\n".encode(), "Kính gửi"),
    ("latin.csv", b"agency,dossi\xe9r\n", "UTF-8"),
    ("array.json", b'[{"agency": 1},', "JSON"),
    ("noarray.ndjson", b"[1, 2]\n", "array"),
    ("lines.csv", b"\n\r\n\n", "empty"),
    ("late.csv", b"\n" + HEADER.encode(), "blank"),
    ("unmarked.csv", HEADER.encode("utf-16-le"), "UTF-16"),
    ("unmarked-big.csv", HEADER.encode("utf-16-be"), "UTF-16"),
    ("zeros.csv", b"agency\0\0\0", "binary"),
    ("lines-of-json.csv", b'{"agency":"ALPHA"}\n', "--format ndjson"),
])
def test_junk_is_refused_whole(common_office, tmp_path, name, content, word):
    before = tables(common_office)
    path = tmp_path / name
    path.write_bytes(content)
    done = common_office.run("import", "--lang=en", path, code=1)
    assert word in done.stderr
    answer = receipt(done)
    assert counts(answer) == (0, 0, 0, 0, 0, 0) and len(answer["errors"]) == 1
    assert tables(common_office) == before
    with common_office.connect() as db:
        assert db.execute("SELECT file FROM batch WHERE state = 'refused' ORDER BY batch_id DESC"
                          ).fetchone() == (str(path),)


def test_unknown_agency_for_all(common_office, tmp_path):
    before = tables(common_office)
    text = HEADER + "ALPHA,U1,P,online,2020-06-01,x\n"
    done = common_office.run("import", "--agency", "ZZ", "-", input=text, code=1)
    assert receipt(done)["errors"][0]["code"] == "file_unknown_agency" and "“ZZ”" in done.stderr
    assert tables(common_office) == before


def test_messages_speak_one_language(common_office, tmp_path):
    assert "là một thư mục" in common_office.run("import", tmp_path, code=1).stderr
    assert "Không có tệp" in common_office.run("import", tmp_path / "nothing.csv", code=1).stderr
    path = tmp_path / "broken.ndjson"
    path.write_text('{"agency": }\n')
    done = common_office.run("import", path, code=1)
    assert "sai ở byte thứ 12" in receipt(done)["errors"][0]["message"]
    assert "bản ghi bị từ chối" in done.stderr


def test_refused_json_is_kept_whole(office, tmp_path):
    """What cells cannot tell comes back refused, with the line as it was sent."""
    lines = ['{"agency": "ALPHA", broken', json.dumps(dossier("E1", colour={"a": 1})),
             json.dumps(dossier("E2", unit={"name": "x"})), json.dumps(dossier("E3", channel="web")),
             "[1]"]
    path = tmp_path / "refused.ndjson"
    path.write_text("\n".join(lines))
    answer = receipt(office.run("import", "--lang=en", path, code=1))
    assert counts(answer) == (5, 0, 0, 0, 0, 5)
    unknown = answer["errors"][1]
    assert (unknown["field"], unknown["value"]) == ("colour", '{"a":1}')
    assert "filed_by, filer." in unknown["message"] and '"abc"' in answer["errors"][2]["message"]
    with office.connect() as db:
        assert [r for r, in db.execute("SELECT record FROM quarantine ORDER BY line")] == lines
    back = tmp_path / "refused.ndjson.errors.csv"
    with open(back, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["nq17_record"] for r in rows] == lines[:3] + [""] + lines[4:]
    assert [r["dossier"] for r in rows] == ["", "", "", "E3", ""]
    again = receipt(office.run("import", "--lang=en", back, code=1))
    assert counts(again) == (5, 0, 0, 0, 0, 5)
    back.write_text(back.read_text().replace(",web,", ",post,"))
    assert counts(receipt(office.run("import", back, code=1))) == (5, 1, 0, 0, 0, 4)


def test_errors_file_that_cannot_be_written(office, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text(HEADER + "ALPHA,Y1,P,web,2020-06-01,x\n")
    (tmp_path / "some.csv.errors.csv").mkdir()
    done = office.run("import", "--lang=en", path, code=1)
    assert counts(receipt(done)) == (1, 0, 0, 0, 0, 1)
    assert "they are in" not in done.stderr and "some.csv.errors.csv" in done.stderr


def test_long_rows_are_kept_whole(office):
    row = "ALPHA,W1,P,online,2020-06-01," + "x" * 3000 + ",more"
    send_csv(office, HEADER + row + "\n", code=1)
    with office.connect() as db:
        assert db.execute("SELECT code, record FROM quarantine").fetchall() == [
            ("too_many_columns", row)]


def test_folder_and_missing_file(common_office, tmp_path):
    before = tables(common_office)
    assert "folder" in common_office.run("import", "--lang=en", tmp_path, code=1).stderr
    assert "nothing.csv" in common_office.run("import", tmp_path / "nothing.csv", code=1).stderr
    assert tables(common_office) == before


def test_usage(common_office):
    assert common_office.run("import", code=2).stderr
    assert common_office.run("import", "--type", "letter", "x.csv", code=2).stderr
    assert "usage" in common_office.run("import", "--help").stdout


# A process starts with the peak of the one that made it, and pytest grows: a small one
# in between makes the command and tells the peak of its child alone.
WATCH = """import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""


def peak_memory(store, *args, feed=None):
    """(exit code, kilobytes) of one command."""
    process = subprocess.Popen([sys.executable, "-c", WATCH, str(BINARY), *map(str, args)],
                               env=store.env, cwd=ROOT, stdout=subprocess.PIPE,
                               stdin=subprocess.PIPE if feed else None)
    if feed:
        try:
            for piece in feed:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:
            pass
    with process:
        code, kilobytes = process.stdout.read().split()
    return int(code), int(kilobytes)


@pytest.mark.parametrize("start", [b"", HEADER.encode() + b"ALPHA,B1,P,online,2020-06-01,"])
def test_an_endless_line_takes_no_memory(office, start):
    def feed():
        yield start
        for _ in range(150):
            yield b"x" * (1 << 20)
    code, kilobytes = peak_memory(office, "import", "-", feed=feed())
    assert code == 1
    if os.environ.get("MODE") != "asan":
        assert kilobytes < 64 * 1024


def test_memory_does_not_grow_with_the_file(office, tmp_path):
    path = tmp_path / "many.csv"
    with open(path, "w") as file:
        file.write(HEADER)
        for i in range(100000):
            file.write(f"ALPHA,G{i},P,{'online' if i % 50 else 'bad'},2020-06-01,x\n")
    code, kilobytes = peak_memory(office, "import", path)
    assert code == 1
    if os.environ.get("MODE") != "asan":
        assert kilobytes < 64 * 1024
    with office.connect() as db:
        assert db.execute("SELECT received, accepted, rejected FROM batch ORDER BY batch_id DESC "
                          "LIMIT 1").fetchone() == (100000, 98000, 2000)
    # The receipt lists 1,000; the file beside lists all.
    answer = receipt(office.run("import", path, code=1))
    assert len(answer["errors"]) == 1000 and answer["errors_truncated"] is True
    with open(str(path) + ".errors.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2000 and rows[0]["channel"] == "bad" and rows[0]["nq17_code"] == "bad_choice"


# ---- Compressed -----------------------------------------------------------------

def test_compressed(office, tmp_path):
    text = HEADER + "".join(f"ALPHA,Z{i},P,online,2020-06-01,x\n" for i in range(3000))
    packed = tmp_path / "z.csv.gz"
    packed.write_bytes(gzip.compress(text[:40000].encode()) + gzip.compress(text[40000:].encode()))
    assert counts(receipt(office.run("import", packed))) == (3000, 3000, 0, 0, 0, 0)
    plain = tmp_path / "z.csv"
    plain.write_text(text)
    subprocess.run(["zstd", "-q", str(plain)], check=True)
    assert counts(receipt(office.run("import", str(plain) + ".zst"))) == (3000, 0, 0, 3000, 0, 0)
    before = tables(office)
    for path, cut in ((packed, -5), (tmp_path / "z.csv.zst", -50)):
        short = tmp_path / ("short-" + path.name)
        short.write_bytes(path.read_bytes()[:cut])
        done = office.run("import", "--lang=en", short, code=1)
        assert "breaks off" in done.stderr
    bomb = tmp_path / "bomb.csv.gz"
    with gzip.open(bomb, "wb", compresslevel=9) as file:
        file.write(HEADER.encode())
        for _ in range(100):
            file.write(b"ALPHA,Z1,P,online,2020-06-01,x" + b" " * 1000000 + b"\n")
    assert "unpacks" in office.run("import", "--lang=en", bomb, code=1).stderr
    broken = bytearray(packed.read_bytes())
    broken[200] ^= 255
    (tmp_path / "broken.csv.gz").write_bytes(broken)
    assert "damaged" in office.run("import", "--lang=en", tmp_path / "broken.csv.gz", code=1).stderr
    assert tables(office) == before


# ---- Nothing half done ----------------------------------------------------------

def test_dry_run_stores_nothing(office, tmp_path):
    before = tables(office), state(office)
    path = tmp_path / "d.csv"
    path.write_text(HEADER + "ALPHA,D1,P,online,2020-06-01,x\nALPHA,D1,P,online,2020-06-01,y\n")
    answer = receipt(office.run("import", "--dry-run", path, code=1))
    assert counts(answer) == (2, 1, 0, 0, 0, 1) and answer["batch"] is None
    assert answer["errors"][0]["code"] == "conflict"
    assert not path.with_name("d.csv.errors.csv").exists()
    path.write_text(HEADER)
    office.run("import", "--dry-run", path, code=1)
    assert (tables(office), state(office)) == before
    with office.connect() as db:
        assert db.execute("SELECT count(*) FROM batch WHERE state = 'refused'").fetchone() == (0,)


def test_killed_importer_leaves_nothing(office, tmp_path):
    path = tmp_path / "kill.csv"
    with open(path, "w") as file:
        file.write(HEADER)
        for i in range(40000):
            file.write(f"{('ALPHA', 'BETA')[i % 2]},K{i // 2 + i % 7},P,online,2020-06-{1 + i % 28:02d},x\n")
    truth = receipt(office.run("import", "--dry-run", path, code=None))
    chance = random.Random(3)
    committed = 0
    for _ in range(6):
        process = office.popen("import", path)
        time.sleep(chance.uniform(0.02, 0.9))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with office.connect() as db:
            for _ in range(100):        # the server may still be giving it up
                if not db.execute("SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                                  " AND state <> 'idle' AND usename = 'nq17_collector'").fetchone()[0]:
                    break
                time.sleep(0.1)
            found = db.execute("SELECT count(*) FROM dossier").fetchone()[0]
            committed = db.execute("SELECT count(*) FROM batch WHERE type = 'dossier'").fetchone()[0]
        assert found == (truth["accepted"] if committed else 0)
        assert_totals_exact(office)
    office.run("import", path, code=None)
    with office.connect() as db:
        assert db.execute("SELECT count(*) FROM dossier").fetchone()[0] == truth["accepted"]
    assert_totals_exact(office)


def test_killed_server_leaves_nothing(office, tmp_path):
    path = tmp_path / "kill.csv"
    with open(path, "w") as file:
        file.write(HEADER)
        for i in range(30000):
            file.write(f"BETA,P{i},P,online,2020-06-{1 + i % 28:02d},x\n")
    for wait in (0.15, 0.5, 0.9):
        process = office.popen("import", path)
        time.sleep(wait)
        server = int((office.data / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(server, signal.SIGKILL)
        out, _ = process.communicate(timeout=60)
        office.run("db", "start")
        with office.connect() as db:
            found = db.execute("SELECT count(*) FROM dossier").fetchone()[0]
            batches = db.execute("SELECT count(*) FROM batch WHERE type = 'dossier'").fetchone()[0]
        assert found == (30000 if batches else 0)
        if out:         # a receipt that was given holds
            assert json.loads(out)["received"] == found == 30000
        assert_totals_exact(office)
    office.run("import", path)
    with office.connect() as db:
        assert db.execute("SELECT count(*) FROM dossier").fetchone() == (30000,)
    assert_totals_exact(office)


def test_two_importers_neither_deadlock_nor_count_double(office, tmp_path):
    """Overlapping records of the same agencies in opposite orders, at once."""
    names = ("ALPHA", "BETA", "GAMMA", "01", "02", "44", "45", "G04", "G17")
    rows = [f"{names[i % len(names)]},O{i % 4000},P,online,2020-06-{1 + i % 28:02d},x\n"
            for i in range(12000)]
    processes = []
    for n, part in enumerate((rows[:9000], rows[:2000:-1], rows[3000:], rows[::-2])):
        path = tmp_path / f"part{n}.csv"
        path.write_text(HEADER + "".join(part))
        processes.append(office.popen("import", path))
    answers = [json.loads(p.communicate(timeout=120)[0]) for p in processes]
    with office.connect() as db:
        stored = db.execute("SELECT count(*) FROM dossier").fetchone()[0]
    assert sum(a["accepted"] for a in answers) == stored == len({tuple(r.split(",")[:2]) for r in rows})
    assert_totals_exact(office)


# ---- The other types ------------------------------------------------------------

def service(level, valid_from, **fields):
    return {"agency": "ALPHA", "procedure": "1.001193", "name_vi": "Cấp phép", "level": level,
            "valid_from": valid_from} | fields


def test_a_later_row_of_a_service_rules_where_both_hold(office):
    send(office, [service("4", "2020-01-01", valid_to="2020-12-31"),
                  service("2", "2020-06-01", valid_to="2020-06-30"),
                  service("4", "2021-03-01"), service("2", "2021-09-01")], "service")
    send(office, [dossier(f"O{n}", received_at=day, resolved_at="2022-01-01") for n, day in enumerate(
        ["2019-12-31", "2020-05-31", "2020-06-01", "2020-06-30", "2020-07-01", "2020-12-31", "2021-01-01",
         "2021-03-01", "2021-08-31", "2021-09-01"])])
    with office.connect() as db:
        assert [code for code, in db.execute(
            "SELECT dossier FROM dossier WHERE level4 ORDER BY 1")] == ["O1", "O4", "O5", "O7", "O8"]
    assert_totals_exact(office)
    assert office.run("audit", "--full").stdout.splitlines()[-1].endswith(", 0 differences")


def test_services_move_the_level_of_dossiers(office):
    send(office, [dossier("L1"), dossier("L2", channel="counter"),
                  dossier("L3", received_at="2020-07-01", resolved_at="2020-07-03"),
                  dossier("L4", received_at="2020-09-01", resolved_at="2020-09-03")])

    def levels():
        with office.connect() as db:
            rows = db.execute("SELECT dossier FROM dossier WHERE level4 ORDER BY 1").fetchall()
        assert_totals_exact(office)
        return [row[0] for row in rows]

    assert levels() == []
    assert counts(send(office, [service("4", "2020-01-01")], "service"))[1] == 1
    assert levels() == ["L1", "L3", "L4"]
    send(office, [service("3", "2020-08-01")], "service")
    assert levels() == ["L1", "L3"]
    send(office, [service("full", "2020-09-01"), service("4", "2020-01-01", valid_to="2020-06-15",
                                                         updated_at="2020-06-15")], "service")
    assert levels() == ["L1", "L4"]
    send(office, [dossier("L5", received_at="2020-09-02", resolved_at="2020-09-03"),
                  dossier("L6", received_at="2020-07-15")])
    assert levels() == ["L1", "L4", "L5"]


def test_versions_of_keyed_records(office):
    first = {"agency": "ALPHA", "fact": "mobile-portal", "value": False, "valid_from": "2019-01-01"}
    assert counts(send(office, [first, first], "fact")) == (2, 1, 0, 1, 0, 0)
    answer = send(office, [first | {"value": True}], "fact", code=1)
    assert answer["errors"][0]["code"] == "conflict" and "value" in answer["errors"][0]["message"]
    newer = [first | {"value": True, "updated_at": f"2019-0{n}-01"} for n in (2, 3, 4)]
    assert counts(send(office, newer, "fact")) == (3, 0, 3, 0, 0, 0)
    assert counts(send(office, newer[:1], "fact")) == (1, 0, 0, 0, 1, 0)
    with office.connect() as db:
        assert db.execute("SELECT value, item FROM fact").fetchone() == (True, "")
        assert db.execute("SELECT count(*) FROM record_history").fetchone() == (3,)


def test_counts(office):
    rows = [{"agency": "VN", "measure": "participants", "period": "2020-Q1", "breakdown": "citizen",
             "value": 5},
            {"agency": "01", "measure": "work_files", "period": "ND09-2020", "breakdown": "district",
             "value": 0},
            {"agency": "01", "measure": "work_files", "period": "2020-13", "value": 1},
            {"agency": "01", "measure": "systems", "period": "2020", "breakdown": "district", "value": 1},
            {"agency": "01", "measure": "systems", "period": "2020", "value": -1},
            {"agency": "01", "measure": "systems", "period": "2020", "value": 10 ** 12}]
    answer = send(office, rows, "count", code=1)
    assert [e["code"] for e in answer["errors"]] == ["bad_period", "bad_breakdown", "out_of_range"]
    with office.connect() as db:
        assert db.execute("SELECT agency_id, first_day::text, end_day::text FROM reported_count "
                          "WHERE value <= 5 ORDER BY value").fetchall()[1] == (0, "2020-01-01",
                                                                               "2020-04-01")


def test_tasks_milestones_and_national(office):
    assert counts(send(office, [{"task": "t1", "kind": "task", "name_vi": "Việc", "due": "2020-12-31",
                                 "each": ["ministry", "province"]}], "task"))[1] == 1
    rows = [{"task": "t1", "agency": "G01", "due": "2020-12-31", "completed_on": "2020-11-01"},
            {"task": "t2", "agency": "G01"}]
    answer = send(office, rows, "milestone", code=1)
    assert counts(answer) == (2, 1, 0, 0, 0, 1) and answer["errors"][0]["code"] == "unknown_task"
    rows = [{"series": "un-egdi-value", "country": "VNM", "year": 2026, "value": 0.7709, "source": "x"},
            {"series": "un-egdi-rank", "country": "Viet Nam", "year": 2026, "value": 60, "source": "x"}]
    assert counts(send(office, rows, "national", code=1)) == (2, 1, 0, 0, 0, 1)
    with office.connect() as db:
        assert db.execute("SELECT value::text FROM national WHERE year = 2026").fetchone() == ("0.7709",)
        assert db.execute("SELECT each_kind::text FROM task WHERE task = 't1'").fetchone() == \
            ("{ministry,province}",)


def test_names_with_letters_that_no_report_can_print(office):
    """A report is whole or it is not made: one name would keep it from everybody."""
    services = [service("4", "2020-01-01", name_vi="Cấp giấy 越", name_en="A permit"),
                service("4", "2020-01-01", procedure="P-Ψ😀", name_vi="Cấp giấy"),
                service("4", "2020-01-01", procedure="P-2", name_vi="Đăng ký “ở” – Ψ, §, №", name_en="Naïve ß")]
    answer = send(office, services, "service", code=1)
    assert counts(answer) == (3, 1, 0, 0, 0, 2)
    assert [(e["code"], e["field"], e["line"]) for e in answer["errors"]] == \
        [("bad_letter", "name_vi", 1), ("bad_letter", "procedure", 2)]
    assert "越" in answer["errors"][0]["message"] and "😀" in answer["errors"][1]["message"]
    answer = send_csv(office, "code,kind,name_vi,name_en,valid_from\nX1,other,Một,One 越,2000-01-01\n"
                              "X2,other,Hai,Two,2000-01-01\n", "agency", code=1)
    assert counts(answer) == (2, 1, 0, 0, 0, 1) and answer["errors"][0]["field"] == "name_en"
    answer = send(office, [{"task": "t9", "kind": "task", "name_vi": "Việc 越", "due": "2020-12-31"}], "task", code=1)
    assert counts(answer) == (1, 0, 0, 0, 0, 1) and answer["errors"][0]["code"] == "bad_letter"


# ---- The sample -----------------------------------------------------------------

def sample(*args):
    return subprocess.run([str(BINARY), "sample", *map(str, args)], capture_output=True, text=True,
                          check=True).stdout


def test_sample_is_deterministic_and_labelled(kept_store, tmp_path):
    flags = ("--records", 4000, "--duplicates", 2, "--corrected", 3, "--bad", 1, "--late", 2)
    text = sample(*flags)
    assert text == sample(*flags) and text != sample(*flags, "--seed", 5)
    path = tmp_path / "s.csv"
    path.write_text(text)
    answer = receipt(kept_store.run("import", path, code=1))
    assert counts(answer) == (4000, 3760, 120, 80, 0, 40)
    with kept_store.connect() as db:
        assert db.execute("SELECT sample FROM store").fetchone() == (True,)
        assert db.execute("SELECT count(*) FROM dossier WHERE dossier NOT LIKE 'SAMPLE-%'"
                          ).fetchone() == (0,)
    assert_totals_exact(kept_store)
    # NDJSON says the same.
    (tmp_path / "s.ndjson").write_text(sample(*flags, "--format", "ndjson"))
    again = receipt(kept_store.run("import", tmp_path / "s.ndjson", code=1))
    assert again["accepted"] == 0 and again["rejected"] == 40


def test_all_sample_types_are_taken(kept_store, tmp_path):
    sample("--type", "all", "--records", 3000, "--output", tmp_path / "all")
    for kind in ("service", "fact", "count", "milestone", "dossier"):
        answer = receipt(kept_store.run("import", "--type", kind, tmp_path / "all" / f"{kind}.csv"))
        assert answer["accepted"] == answer["received"] > 0
    assert_totals_exact(kept_store)
    # The columns of a CSV are a contract: beside it is said that it is made up.
    told = kept_store.run("kpi", "--period", "2020", "--format", "csv")
    assert "DỮ LIỆU MẪU" in told.stderr and told.stdout.startswith("period,agency,indicator,")
    told = kept_store.run("report", "compliance", "--period", "2020", "--lang", "en", "--output", tmp_path / "r.csv")
    assert "SAMPLE DATA" in told.stderr
    assert (tmp_path / "r.csv").read_text().splitlines()[1].startswith("2020,VN,verified-identity,")
    site = Server(kept_store)
    try:
        for path, name in (("/reports/compliance.csv?period=2020", "nq17-compliance-VN-2020-vi-SAMPLE.csv"),
                           ("/reports/compliance.json?period=2020", "nq17-compliance-VN-2020-vi.json"),
                           ("/rankings.csv?period=2020", "nq17-rankings-2020-SAMPLE.csv")):
            answer = site.ask(path)
            assert answer.status == 200 and f'"{name}"' in answer.headers["Content-Disposition"], answer.headers
    finally:
        site.stop()


@pytest.mark.parametrize("kind", ["service", "fact", "count", "milestone"])
def test_sample_records_of_any_type_are_known(kept_store, tmp_path, kind):
    kept_store.run("sample", "--type", kind, "--records", "200", "--output", tmp_path / "s.csv")
    answer = json.loads(kept_store.run("import", "--type", kind, tmp_path / "s.csv").stdout)
    assert answer["rejected"] == 0
    with kept_store.connect() as db:
        assert db.execute("SELECT sample FROM store").fetchone() == (True,)


def test_real_store_refuses_samples_of_any_type(office, tmp_path):
    send(office, [versions()[0]])
    for kind in ("service", "fact", "count", "milestone"):
        office.run("sample", "--type", kind, "--records", "200", "--output", tmp_path / "s.csv")
        answer = json.loads(office.run("import", "--type", kind, tmp_path / "s.csv", code=1).stdout)
        assert answer["rejected"] == answer["received"] > 0
        assert answer["errors"][0]["code"] == "sample_in_real_store"


def test_real_store_refuses_sample(office):
    send(office, [dossier("REAL-1")])
    answer = send(office, [dossier("SAMPLE-1"), dossier("REAL-2")], code=1)
    assert counts(answer) == (2, 1, 0, 0, 0, 1)
    assert answer["errors"][0]["code"] == "sample_in_real_store"
    with office.connect() as db:
        assert db.execute("SELECT sample FROM store").fetchone() == (False,)


# ---- Any history gives the same figures -----------------------------------------

def random_records(chance, count):
    """Versions whose order is never in doubt: each has its own updated_at."""
    records = []
    for n in range(count):
        received = f"2020-{chance.randint(1, 6):02d}-{chance.randint(1, 28):02d}T08:00:00+07:00"
        record = dossier(f"R{chance.randint(1, 60)}", chance.choice(["ALPHA", "BETA", "GAMMA"]),
                         procedure=f"P{chance.randint(1, 3)}",
                         channel=chance.choice(["online", "counter"]), received_at=received,
                         updated_at=f"2020-12-01T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z")
        status = chance.choice(["received", "processing", "refused", "resolved", "resolved", "void"])
        record["status"] = status
        if status in ("refused", "resolved"):
            record["resolved_at"] = f"2020-{chance.randint(7, 11):02d}-{chance.randint(1, 28):02d}"
        for name in ("one_stop", "paid_online"):
            if chance.random() < 0.7:
                record[name] = chance.random() < 0.5
        if chance.random() < 0.5:
            record |= {"satisfaction": chance.randint(1, 5), "due_at": "2020-09-01",
                       "filed_by": chance.choice(["self", "assisted", "staff"])}
        records.append(record)
    return records


@pytest.mark.parametrize("seed", range(3))
def test_any_split_and_order(template, seed):
    from conftest import copy_of
    chance = random.Random(seed)
    records = random_records(chance, 300)
    states = []
    for way in range(2):
        store = copy_of(template)
        try:
            store.run("db", "start")
            send_csv(store, AGENCIES, "agency")
            send(store, [service("4", "2020-03-01"), service("2", "2020-05-01")], "service")
            shuffled = records[:]
            if way:
                chance.shuffle(shuffled)
                shuffled += chance.sample(records, 50)
            while shuffled:
                size = chance.randint(1, 120) if way else len(shuffled)
                send(store, shuffled[:size])
                shuffled = shuffled[size:]
            states.append(state(store))
        finally:
            store.destroy()
    assert states[0] == states[1]


@pytest.mark.parametrize("kind, fields, row", [
    ("service", "agency,procedure,name_vi,level,valid_from,valid_to", "48,1.000001,A,4"),
    ("fact", "agency,fact,value,valid_from,valid_to", "48,mobile-portal,true"),
    ("agency", "code,kind,name_vi,valid_from,valid_to", "Z9,other,Z")])
def test_what_ends_before_it_begins_is_refused(kept_store, kind, fields, row):
    """By the intake, with line, field and reason, and by the tables."""
    answer = send_csv(kept_store, f"{fields}\n{row},2020-01-01,2019-12-31\n{row},2020-01-01,2020-01-01\n", kind, code=1)
    assert (answer["accepted"], answer["rejected"]) == (1, 1)
    error = answer["errors"][0]
    assert (error["line"], error["field"], error["value"], error["code"]) == (
        2, "valid_to", "2019-12-31", "ends_before_start")
    assert "2020-01-01" in error["message"]
    with kept_store.connect() as db, pytest.raises(psycopg.errors.CheckViolation):
        db.execute(f"UPDATE {kind} SET valid_to = valid_from - 1 WHERE valid_to IS NOT NULL")
