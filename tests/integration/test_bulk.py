# test_bulk.py -- dossiers that are copied straight into their table: the same effect as
# the merge in SQL alone, whatever shortcut was taken, and whoever imports beside.
import csv
import io
import json
import random

from conftest import copy_of
from test_import import (AGENCIES, assert_totals_exact, counts, dossier, receipt, send, send_csv,
                         service, state)

CHUNK = 48 * 1024       # records; as in collector/bulk.c


def as_csv(path, records):
    fields = list(dict.fromkeys(name for record in records for name in record))
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, fields)
        writer.writeheader()
        writer.writerows(records)
    return path


def as_events(path, records):
    """The same as CloudEvents, which all go through the stage."""
    events = [{"specversion": "1.0", "id": str(n), "source": f"/{path.name}", "type": "vn.nq17.dossier.v1",
               "data": {k: v for k, v in record.items() if v != ""}}
              for n, record in enumerate(records)]
    path.write_text(json.dumps(events))
    return path


def messy(chance, count):
    """Few codes of a family that merged in 2025, in all their versions."""
    records = []
    for n in range(count):
        agency = chance.choice(["44", "45", "44@2025", "ALPHA"])
        year = 2025 if agency == "44@2025" else chance.choice([2020, 2025]) if agency == "ALPHA" else 2020
        if agency == "44@2025" and chance.random() < 0.2:
            year = 2020                # as a successor, of what a predecessor holds
        month = chance.randint(7, 9)
        record = dossier(f"M{chance.randint(1, 40)}", agency, procedure=f"P{chance.randint(1, 3)}",
                         channel=chance.choice(["online", "counter"]),
                         received_at=f"{year}-{month:02d}-{chance.randint(1, 28):02d}",
                         resolved_at="", status="", updated_at="", satisfaction="")
        if chance.random() < 0.6:
            record["resolved_at"] = f"{year}-{chance.randint(10, 11)}-{chance.randint(1, 28):02d}"
            record["satisfaction"] = chance.choice(["", 1, 4, 5])
        if chance.random() < 0.5:
            record["updated_at"] = f"2026-01-01T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z"
        if chance.random() < 0.05:
            record["status"], record["resolved_at"], record["satisfaction"] = "void", "", ""
        records.append(record)
        if chance.random() < 0.3:
            records.append(dict(chance.choice(records[-3:])))
    return records


def test_the_stage_and_the_short_way_agree(template, tmp_path):
    for seed in range(6):
        chance = random.Random(seed)
        parts = [messy(chance, 150) for _ in range(3)]
        outcomes = []
        for write in (as_csv, as_events):
            store = copy_of(template)
            try:
                store.run("db", "start")
                send_csv(store, AGENCIES, "agency")
                send(store, [service("4", "2020-03-01")], "service")
                answers = [receipt(store.run("import", "--lang=en", write(
                    tmp_path / f"{seed}-{n}.{'csv' if write is as_csv else 'json'}", part), code=None))
                    for n, part in enumerate(parts)]
                codes = [sorted((e["code"], e["field"], e["value"]) for e in a["errors"])
                         for a in answers]
                outcomes.append((list(map(counts, answers)), codes, state(store)))
                assert_totals_exact(store)
            finally:
                store.destroy()
        # conflicts depend on nothing but the records either
        assert outcomes[0] == outcomes[1], f"seed {seed}"


def test_more_than_two_chunks_then_again(kept_store, tmp_path):
    send_csv(kept_store, AGENCIES, "agency")
    records = [dossier(f"B{n}", ("ALPHA", "BETA")[n % 2], received_at=f"2020-0{1 + n % 9}-0{1 + n % 7}",
                       procedure=f"P{n % 50}")
               for n in range(2 * CHUNK + 5000)]
    records += [records[7], records[CHUNK + 7] | {"updated_at": "2021-01-01", "channel": "counter"},
                records[3] | {"channel": "post"}]
    path = as_csv(tmp_path / "big.csv", [r | {"updated_at": r.get("updated_at", "")} for r in records])
    answer = receipt(kept_store.run("import", "--lang=en", path, code=1))
    assert counts(answer) == (len(records), len(records) - 3, 1, 1, 0, 1)
    assert [(e["code"], e["line"], e["field"]) for e in answer["errors"]] == [
        ("conflict", len(records) + 1, "channel")]
    assert_totals_exact(kept_store)
    answer = receipt(kept_store.run("import", "--lang=en", path, code=1))
    # the corrected one's first version is older now, and does not say since when it holds
    assert counts(answer) == (len(records), 0, 0, len(records) - 2, 0, 2)
    assert_totals_exact(kept_store)


def test_days_that_hide_a_dossier(kept_store, tmp_path):
    """A dossier whose day of receipt was corrected: its old day looks empty."""
    send_csv(kept_store, AGENCIES, "agency")
    send(kept_store, [dossier("X", received_at="2020-02-03")])
    send(kept_store, [dossier("X", received_at="2020-05-05", updated_at="2020-12-01")])
    send(kept_store, [dossier("V", received_at="2020-02-04")])
    send(kept_store, [dossier("V", received_at="2020-02-04", status="void", updated_at="2020-12-01")])
    records = [dossier(f"N{n}", received_at=f"2020-02-0{3 + n % 2}") for n in range(1500)]
    records[700:700] = [dossier("X", received_at="2020-02-03"), dossier("V", received_at="2020-02-04")]
    answer = receipt(kept_store.run("import", as_csv(tmp_path / "x.csv", records), code=None))
    assert counts(answer) == (1502, 1500, 0, 0, 1, 1)
    assert_totals_exact(kept_store)


def test_predecessor_and_successor_at_once(kept_store, tmp_path):
    """Both hold the same codes; whoever comes second must see the first."""
    number = CHUNK + 2000
    elder = as_csv(tmp_path / "elder.csv", [
        dossier(f"K{n}", "45", received_at="2020-03-02", updated_at="2026-01-01") for n in range(number)])
    younger = as_csv(tmp_path / "younger.csv", [
        dossier(f"K{n}", "44@2025", received_at="2025-08-08", updated_at="2026-01-02")
        for n in range(number)])
    processes = [kept_store.popen("import", path) for path in (elder, younger)]
    answers = [json.loads(p.communicate(timeout=200)[0]) for p in processes]
    assert sum(a["accepted"] for a in answers) == number
    assert sum(a["corrected"] + a["stale"] for a in answers) == number
    with kept_store.connect() as db:
        assert db.execute("SELECT count(*), count(DISTINCT dossier), count(*) FILTER "
                          "(WHERE received_day = '2025-08-08') FROM dossier").fetchone() == (
                              number, number, number)
    assert_totals_exact(kept_store)


def test_the_first_records_of_a_store_do_not_mix(kept_store, tmp_path):
    """Samples and real records at the same time: the store is one or the other."""
    send_csv(kept_store, AGENCIES, "agency")
    paths = [as_csv(tmp_path / f"{prefix}.csv", [dossier(f"{prefix}-{n}") for n in range(30000)])
             for prefix in ("SAMPLE", "REAL")]
    processes = [kept_store.popen("import", "--lang=en", path) for path in paths]
    sample, real = (json.loads(p.communicate(timeout=100)[0]) for p in processes)
    assert real["accepted"] == 30000
    with kept_store.connect() as db:
        is_sample, = db.execute("SELECT sample FROM store").fetchone()
        held, = db.execute("SELECT count(*) FROM dossier WHERE dossier LIKE 'SAMPLE-%'").fetchone()
    assert (is_sample, held, sample["accepted"]) in ((True, 30000, 30000), (False, 0, 0))


def key_of(db):
    return db.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                      "WHERE conrelid = 'nq17.dossier'::regclass AND contype = 'p'").fetchall()


def test_a_first_load_leaves_the_key_as_it_was(kept_store, tmp_path):
    """Without dossiers the key is taken off and built at the end; given up, all is as before."""
    send_csv(kept_store, AGENCIES, "agency")
    key = [("PRIMARY KEY (agency_id, dossier)",)]
    records = [dossier(f"F{n}", received_at=f"2020-0{1 + n % 9}-01") for n in range(CHUNK + 3000)]
    path = as_csv(tmp_path / "first.csv", records)
    broken = tmp_path / "broken.csv"
    broken.write_bytes(path.read_bytes() + b'"never closed')
    kept_store.run("import", "--lang=en", "--dry-run", path)
    kept_store.run("import", "--lang=en", broken, code=1)
    with kept_store.connect() as db:
        assert key_of(db) == key
        db.execute("DELETE FROM dossier_history")
    process = kept_store.popen("import", path)
    process.kill()
    process.wait()
    answer = receipt(kept_store.run("import", path, code=None))
    assert answer["accepted"] + answer["duplicate"] == len(records)
    with kept_store.connect() as db:
        assert key_of(db) == key
    assert_totals_exact(kept_store)


def test_a_first_load_does_not_push_readers_aside(kept_store, tmp_path):
    send_csv(kept_store, AGENCIES, "agency")
    records = [dossier(f"F{n}") for n in range(CHUNK + 3000)]
    with kept_store.connect() as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM dossier").fetchone() == (0,)
        answer = receipt(kept_store.run("import", as_csv(tmp_path / "first.csv", records)))
        assert answer["accepted"] == len(records)
        reader.execute("COMMIT")
    assert_totals_exact(kept_store)
