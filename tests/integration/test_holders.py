# test_holders.py -- which row a dossier lies with, where predecessors and successors speak of
# the same code: the records decide, in whatever order and in however many batches they come.
import random

import pytest

from conftest import copy_of
from test_import import dossier, send, send_csv, service, state

# Two provinces that became one, a line of three rows, and one that was taken over by an agency
# that had been there before.
REGISTER = ("code,kind,name_vi,valid_from,valid_to,successor\n"
            "ALPHA,other,Alpha,1990-01-01,2020-08-31,DELTA\n"
            "DELTA,other,Delta,2020-09-01,2022-12-31,OMEGA\n"
            "OMEGA,other,Omega,2023-01-01,,\n"
            "GAMMA,other,Gamma,1990-01-01,2021-12-31,BETA\n"
            "BETA,other,Beta,1990-01-01,,\n")
SPANS = {"44": ("1990", "2025-06-30"), "45": ("1990", "2025-06-30"), "44@2025": ("2025-07-01", "9999"),
         "ALPHA": ("1990", "2020-08-31"), "DELTA": ("2020-09-01", "2022-12-31"), "OMEGA": ("2023-01-01", "9999"),
         "GAMMA": ("1990", "2021-12-31"), "BETA": ("1990", "9999")}
ELDERS = {"44@2025": ["44", "45"], "DELTA": ["ALPHA"], "OMEGA": ["ALPHA", "DELTA"], "BETA": ["GAMMA"]}
YEARS = {"DELTA": "DELTA@2020", "OMEGA": "OMEGA@2023", "44@2025": "44@2025"}
FAMILIES = (["44", "45", "44@2025"], ["ALPHA", "DELTA", "OMEGA"], ["GAMMA", "BETA"])
DAYS = {"44": "2025-06-{}", "45": "2025-06-{}", "44@2025": "2025-08-{}", "ALPHA": "2020-08-{}",
        "DELTA": "2021-12-{}", "OMEGA": "2023-02-{}", "GAMMA": "2021-11-{}", "BETA": "2021-12-{}"}
CODES = 260


def located(records):
    """{(updated_at): the row its version lies with, None: waits}, by the rule of merge_holder.sql."""
    lies, received = {}, {}
    for row in sorted({r["row"] for r in records}, key=lambda row: len(ELDERS.get(row, []))):
        found = {}
        for r in records:
            if r["row"] != row:
                continue
            day, at_once, there = r["received_at"][:10], set(), set()
            early = day < SPANS[row][0]
            for elder in ELDERS.get(row, []):
                same = any(lies[o] == elder and received[o] == r["received_at"] for o in lies)
                held = any(lies[o] == elder for o in lies)
                if held and (day > SPANS[elder][1] or early or same):
                    there.add(elder)
                    at_once |= {elder} if same else set()
            found[r["updated_at"]] = (
                at_once.pop() if len(at_once) == 1 else there.pop() if len(there) == 1
                else None if early and not there else row)
            received[r["updated_at"]] = r["received_at"]
        lies |= found
    return lies


def random_records(chance):
    """For each code the words of some rows of a family, at moments of their own."""
    records, moment = [], 0
    for n in range(CODES):
        family = chance.choice(FAMILIES)
        moments = {row: DAYS[row].format(chance.choice(["10", "11"])) + "T08:00:00+07:00" for row in family}
        for _ in range(chance.randint(1, 6)):
            moment += 1
            row = chance.choice(family)
            name, at = row, moments[row]
            if row in YEARS and chance.random() < 0.35:      # a word on what a predecessor received
                name, at = YEARS[row], moments[chance.choice(ELDERS[row])]
            if row == "BETA" and chance.random() < 0.5:
                at = moments["GAMMA"]
            record = dossier(f"H{n}", name, row=row, received_at=at, procedure=f"1.00{n % 3:04d}",
                             channel=chance.choice(["online", "counter"]),
                             updated_at=f"2026-01-{1 + moment // 3600:02d}T{moment // 60 % 60:02d}:{moment % 60:02d}:00Z")
            if chance.random() < 0.7:
                record["resolved_at"] = f"{min(2025, int(at[:4]) + chance.randint(0, 1))}-12-{chance.randint(20, 28)}"
            records.append(record)
    return records


def sent(record):
    return {k: v for k, v in record.items() if k != "row"}


def load(store, records, chance):
    while records:
        size = chance.choice([5, 40, 150, len(records)])
        send(store, [sent(r) for r in records[:size]], code=None)
        records = records[size:]


def versions(store):
    with store.connect() as db:
        return {(code, at.strftime("%Y-%m-%dT%H:%M:%SZ")): label for code, at, label in db.execute("""
            SELECT d.dossier, d.updated_at AT TIME ZONE 'UTC', a.label
              FROM (SELECT agency_id, dossier, updated_at FROM dossier
                    UNION ALL SELECT agency_id, dossier, updated_at FROM dossier_history) d
              JOIN agency a USING (agency_id)""")}


def open_store(template):
    store = copy_of(template)
    store.run("db", "start")
    send_csv(store, REGISTER, "agency")
    send(store, [service("4", "2020-03-01")], "service")
    return store


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_any_split(template, seed):
    chance = random.Random(seed)
    records = random_records(chance)
    expected, outcomes = {}, []
    for n in range(CODES):
        mine = [r for r in records if r["dossier"] == f"H{n}"]
        expected |= {(f"H{n}", at): row for at, row in located(mine).items() if row}
    assert len(expected) < len(records)                       # some wait
    for way in range(3):
        store = open_store(template)
        try:
            mixed = records[:]
            if way:
                mixed += chance.sample(records, len(records) // 8)       # some come twice
                chance.shuffle(mixed)
            if way == 2:      # a batch that was a mistake, and is taken back
                wrong = [r | {"updated_at": f"2026-02-01T{n // 60:02d}:{n % 60:02d}:00Z", "channel": "post"}
                         for n, r in enumerate(chance.sample(records, 60))]
                half = len(mixed) // 2
                load(store, mixed[:half], chance)
                batch = send(store, [sent(r) for r in wrong], code=None)["batch"]
                load(store, mixed[half:], chance)
                store.run("batch", "withdraw", batch, "--reason", "nhầm")
            else:
                load(store, mixed, chance)
            assert versions(store) == expected, f"seed {seed}, way {way}"
            assert "0 differences" in store.run("audit", "--full").stdout
            outcomes.append(state(store))
        finally:
            store.destroy()
    assert outcomes[0] == outcomes[1] == outcomes[2], f"seed {seed}"


def test_what_waited_is_taken_and_its_quarantine_settled(kept_store):
    june = {"received_at": "2025-06-20T08:00:00+07:00"}
    word = dossier("W1", "44@2025", **june, updated_at="2025-07-10", resolved_at="2025-07-09", channel="counter")
    answer = send(kept_store, [word], code=1)
    assert [e["code"] for e in answer["errors"]] == ["agency_not_in_force"]
    first = send(kept_store, [dossier("W1", "45", **june, updated_at="2025-06-21")])
    assert (first["received"], first["accepted"]) == (1, 1)
    with kept_store.connect() as db:
        assert db.execute("""SELECT a.label, d.channel::text, d.status::text, d.batch_id, h.batch_id, h.replaced_by
            FROM dossier d JOIN agency a USING (agency_id) JOIN dossier_history h USING (agency_id, dossier)""").fetchall() == [
            ("45", "counter", "resolved", int(answer["batch"]), int(first["batch"]), int(answer["batch"]))]
        assert db.execute("SELECT settled_by, settled_as FROM quarantine").fetchall() == [(int(first["batch"]), "accepted")]
    # The predecessor's record taken back, it waits again.
    kept_store.run("batch", "withdraw", first["batch"], "--reason", "nhầm")
    with kept_store.connect() as db:
        assert db.execute("SELECT count(*) FROM dossier").fetchone() == (0,)
        assert db.execute("SELECT settled_by FROM quarantine").fetchall() == [(None,)]
        assert db.execute("SELECT count(*) FROM dossier_waiting").fetchone() == (1,)
    assert "0 differences" in kept_store.run("audit", "--full").stdout
