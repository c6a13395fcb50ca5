# test_properties.py -- what holds of any records, however they come: random inserts, late and
# repeated records, corrections, re-openings, mergers.  `make torture` takes more of them.
import os
import random

import pytest

from conftest import copy_of
from test_import import dossier, send, send_csv, state

RECORDS = int(os.environ.get("PROPERTY_RECORDS", 10000))
SEEDS = [int(s) for s in os.environ.get("PROPERTY_SEEDS", "17").split()]
PERIODS = ("2020", "2020-Q3", "2020-W33", "ND09-2020", "ND09-2020-10", "2025", "2025-H2")
REGISTER = ("code,kind,name_vi,valid_from,valid_to,successor\nALPHA,other,Alpha,1990-01-01,2020-08-31,DELTA\n"
            "BETA,other,Beta,1990-01-01,,\n")
# The row that follows comes later; until then its dossiers count for the row that received them.
MERGER = "code,kind,name_vi,valid_from\nDELTA,other,Delta,2020-09-01\n"
# Who may hold a dossier, and who may speak of it later.
HOMES = {"44": "44@2025", "45": "44@2025", "79": "79@2025", "G05": None, "ALPHA": "DELTA", "BETA": None}


def version(chance, home, n, sent):
    """One version of a dossier, as its agency or the successor knows it."""
    heir = HOMES[home]
    late = heir and chance.random() < 0.15
    year, months = (2025, (7, 9)) if late and heir != "DELTA" else (2020, (9, 11) if late else (2, 8))
    record = dossier(f"{home}-{n}", heir if late else home, procedure=f"1.00{n % 7:04d}",
                     channel=chance.choice(["online", "online", "counter", "post"]),
                     received_at=f"{year}-{chance.randint(*months):02d}-{chance.randint(1, 28):02d}",
                     updated_at=f"2026-01-{1 + sent // 86400:02d}T{sent // 3600 % 24:02d}:{sent // 60 % 60:02d}:{sent % 60:02d}Z")
    record["status"] = chance.choice(["received", "processing", "supplement", "refused", "void", "withdrawn"]
                                     + ["resolved"] * 9)
    if record["status"] == "resolved":
        record["resolved_at"] = f"{year}-{chance.randint(months[1], 12):02d}-{chance.randint(1, 28):02d}T23:59:59.999999"
        if record["resolved_at"] < record["received_at"]:
            record["resolved_at"] = record["received_at"] + "T23:00:00"
    for name in ("one_stop", "paid_online"):
        if chance.random() < 0.7:
            record[name] = chance.random() < 0.5
    if chance.random() < 0.5:
        record |= {"satisfaction": chance.randint(1, 5), "due_at": f"{year}-10-01",
                   "filed_by": chance.choice(["self", "assisted", "staff"])}
    return record


def random_records(chance):
    """Three dossiers in ten have later versions, which correct, void or re-open them."""
    records = []
    for sent in range(RECORDS):
        home = chance.choice(list(HOMES))
        records.append(version(chance, home, chance.randint(1, RECORDS // 5), sent))
    return records


SERVICES = [{"agency": a, "procedure": f"1.00{n:04d}", "name_vi": "x", "level": level, "valid_from": day,
             "form_fields": 5 + n, "form_fields_prefilled": n if a != "79" else None,
             "help_channel": {"44": True, "79": None}.get(a, n == 1), "for_enterprises": n != 1}
            for a in ("44", "79", "ALPHA", "G05")
            for n, level, day in ((0, "4", "2020-03-01"), (1, "3", "2020-01-01"), (1, "full", "2020-06-15"),
                                  (2, "2", "2020-01-01"))]



def assert_figures_right(store):
    with store.connect() as db:
        wrong = db.execute("SELECT rollup, agency, day, procedure, measure, stored, counted FROM "
                           "audit(NULL, %s) WHERE figures IS NULL", (list(PERIODS),)).fetchall()
        assert wrong == []
        for period in PERIODS:
            assert db.execute("""
                SELECT v.indicator FROM observations(%s) v JOIN indicator i ON i.slug = v.indicator
                 WHERE v.agency_id = 0 AND i.kind = 'dossier'
                   AND (v.numerator, v.denominator) IS DISTINCT FROM (
                     SELECT (sum(o.numerator)::bigint, sum(o.denominator)::bigint) FROM observations(%s) o
                      WHERE o.indicator = v.indicator AND o.in_population)""",
                              (period, period)).fetchall() == []


def load(store, records, parts):
    for n in range(parts):
        part = records[len(records) * n // parts:len(records) * (n + 1) // parts]
        answer = send(store, part)
        assert answer["rejected"] == 0, answer["errors"][:3]


def merge_agencies(store):
    send_csv(store, MERGER, "agency")


def publish(store):
    store.run("publish", "--period", "2020", "--by", "Lan", "--accept", "thử", "--second", "Minh")


def in_order(store, records):
    """As they were written, in four parts; the merger is known from the first on."""
    merge_agencies(store)
    send(store, SERVICES, "service")
    load(store, records, 4)


def in_disorder(store, records, chance):
    """In any order, some twice; the catalogue and the merger come in between, and a vintage is
    published."""
    mixed = records + chance.sample(records, len(records) // 20)
    chance.shuffle(mixed)
    known = [r for r in mixed if r["agency"] != "DELTA"]
    half = chance.randint(len(known) // 3, len(known) // 2)
    rest = known[half:] + [r for r in mixed if r["agency"] == "DELTA"]
    chance.shuffle(rest)
    load(store, known[:half], chance.randint(1, 4))
    publish(store)
    then = store.run("kpi", "--period", "2020", "--vintage", 1, "--format", "json").stdout
    send(store, SERVICES[::-1], "service")
    merge_agencies(store)
    load(store, rest, chance.randint(2, 5))
    assert store.run("kpi", "--period", "2020", "--vintage", 1, "--format", "json").stdout == then
    assert "genuine" in store.run("vintages", "verify").stdout


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_the_order_the_split_and_the_repetitions(template, seed):
    print(f"seed {seed}, {RECORDS} records")
    chance = random.Random(seed)
    records = random_records(chance)
    outcomes = []
    for way in (in_order, lambda store, records: in_disorder(store, records, chance)):
        store = copy_of(template)
        try:
            store.run("db", "start")
            send_csv(store, REGISTER, "agency")
            way(store, records)
            assert_figures_right(store)
            with store.connect() as db:      # as if nothing had been published: only the numbers
                numbers = db.execute("""
                    SELECT p, o.agency, o.indicator, o.numerator, o.denominator, o.provided, o.value, o.rank
                      FROM unnest(%s::text[]) p, live_observations(p, NULL) o
                     ORDER BY p, o.agency, o.indicator""", (list(PERIODS),)).fetchall()
            outcomes.append((*state(store), numbers))
        finally:
            store.destroy()
    for first, second in zip(*outcomes):      # dossiers, totals, figures
        assert set(first) ^ set(second) == set(), f"seed {seed}"
    assert any(n[1] == "44@2025" and n[3] for n in numbers) and any(n[1] == "DELTA" and n[3] for n in numbers)
