# test_batch.py -- nq17 batch: a mistaken batch is taken back as if it had never come.
import json
import random

import pytest

from conftest import copy_of
from test_import import (AGENCIES, assert_totals_exact, counts, dossier, office, send,  # noqa: F401
                         send_csv, versions)


def withdraw(store, batch, *args, code=0):
    return store.run("batch", "withdraw", batch, "--reason", "sent by mistake", *args, code=code)


def batches(store, *args):
    return json.loads(store.run("batch", "list", "--format", "json", *args).stdout)


@pytest.fixture
def twins(template):
    """Two stores with the same agencies: one that has every batch, one that has not."""
    stores = [copy_of(template), copy_of(template)]
    for made in stores:
        made.run("db", "start")
        send_csv(made, AGENCIES, "agency")
    yield stores
    for made in stores:
        made.destroy()


TABLES = {
    "dossier": """SELECT a.code, dossier, procedure, channel, status, received_at, due_at, resolved_at,
        updated_at, updated_given, unit, one_stop, satisfaction, received_day, resolved_day,
        s.code, level4 FROM dossier d JOIN agency a USING (agency_id)
        LEFT JOIN agency s ON s.agency_id = d.settled_id""",
    "history": "SELECT agency_id, dossier, updated_at, status, procedure, unit FROM dossier_history",
    "service": """SELECT agency_id, procedure, valid_from, valid_to, level, name_vi, updated_at
        FROM service""",
    "fact": "SELECT agency_id, fact, item, valid_from, value, updated_at FROM fact",
    "count": "SELECT agency_id, measure, period, value, first_day, updated_at FROM reported_count",
    "events": "SELECT source, id FROM event_seen",
    "day_total": "SELECT * FROM day_total", "procedure_total": "SELECT * FROM procedure_total",
    "withdrawn_total": "SELECT * FROM withdrawn_total",
}


def contents(store):
    with store.connect() as db:
        return {name: sorted(map(repr, db.execute(query))) for name, query in TABLES.items()}


def assert_same(one, other):
    for (name, left), right in zip(contents(one).items(), contents(other).values()):
        assert left == right, name
    for store in (one, other):
        assert store.run("audit", "--full").stdout.splitlines()[-1].endswith(" 0 differences")


# ---- The property: as if it had never come ---------------------------------------

def dossier_version(rng, code, k):
    """Version K of dossier CODE: the same whenever it is asked for."""
    own = random.Random(f"{code} {k}")
    record = dossier(code, ("ALPHA", "BETA")[int(code[1:]) % 2],
                     procedure=own.choice(["1.001193", "2.000488", "1.000001"]),
                     channel=own.choice(["online", "counter"]),
                     received_at=f"2020-0{own.randint(1, 6)}-1{own.randint(0, 9)}T08:00:00+07:00",
                     updated_at=f"2020-08-0{k + 1}T09:00:00+07:00", unit=f"Phòng {k}")
    if own.random() < 0.6:
        record |= {"resolved_at": "2020-07-2%dT10:00:00+07:00" % own.randint(0, 9),
                   "one_stop": own.random() < 0.5, "satisfaction": own.randint(1, 5)}
        if own.random() < 0.2:
            record["status"] = "void"
    return record


def random_dossiers(rng):
    return [dossier_version(rng, f"D{rng.randint(0, 79)}", rng.randint(0, 4)) for _ in range(120)]


def random_services(rng):
    found = {}
    for _ in range(6):
        procedure, k = rng.choice(["1.001193", "2.000488", "1.000001"]), rng.randint(0, 3)
        own = random.Random(f"{procedure} {k}")
        found[rng.random()] = {
            "agency": rng.choice(["ALPHA", "BETA"]), "procedure": procedure,
            "name_vi": f"Thủ tục {k}", "level": own.choice(["3", "4", "full"]),
            "valid_from": "2020-01-01", "updated_at": f"2020-03-0{k + 1}T00:00:00+07:00"}
    return list(found.values())


def random_facts(rng):
    return [{"agency": rng.choice(["ALPHA", "BETA"]), "fact": "mobile-portal", "value": k % 2 == 0,
             "valid_from": "2020-01-01", "updated_at": f"2020-03-0{k + 1}T00:00:00+07:00"}
            for k in rng.choices(range(4), k=4)]


def random_counts(rng):
    return [{"agency": rng.choice(["ALPHA", "VN"]), "measure": "dossiers_resolved",
             "period": rng.choice(["2020-05", "2020-06"]), "value": 10 * k,
             "updated_at": f"2020-03-0{k + 1}T00:00:00+07:00"} for k in rng.choices(range(4), k=4)]


KINDS = {"dossier": random_dossiers, "service": random_services, "fact": random_facts,
         "count": random_counts}


@pytest.mark.parametrize("seed", range(4))
def test_as_if_it_had_never_come(twins, seed):
    full, fresh = twins
    rng = random.Random(seed)
    sent, standing = [], []
    for step in range(12):
        kind = rng.choice(["dossier"] * 3 + ["service", "fact", "count"])
        records = KINDS[kind](rng)
        sent.append((send(full, records, kind)["batch"], kind, records))
        standing.append(sent[-1])
        if step > 2 and rng.random() < 0.4:      # while others still come
            withdraw(full, standing.pop(rng.randrange(len(standing)))[0])
    rng.shuffle(standing)
    for batch, _, _ in standing[:3]:
        withdraw(full, batch)
    left = sorted(standing[3:])
    for _, kind, records in left:
        send(fresh, records, kind)
    assert_same(full, fresh)
    # What was taken back can be sent again, and counts again.
    for batch, kind, records in sent:
        if batch not in [b for b, _, _ in left]:
            send(full, records, kind)
            send(fresh, records, kind)
    assert_same(full, fresh)


# ---- Cases -----------------------------------------------------------------------

def test_the_version_before_holds_again_and_all_stays_readable(office):
    first, second, third = (send(office, [v])["batch"] for v in versions())
    said = withdraw(office, third, "--by", "Lan").stdout
    assert said == (f"batch {third} is withdrawn: 0 gone, 1 back to the version before, "
                    "0 that other batches brought as well\n")
    with office.connect() as db:
        assert db.execute("SELECT status, unit, batch_id FROM dossier").fetchall() == \
            [("processing", "Phòng A", second)]
        assert db.execute("SELECT state, status, batch_id, cause FROM dossier_version "
                          "ORDER BY batch_id").fetchall() == [
            ("replaced", "received", first, None), ("current", "processing", second, None),
            ("withdrawn", "resolved", third, "sent by mistake")]
    assert_totals_exact(office)
    shown = json.loads(office.run("batch", "show", third, "--format", "json").stdout)[0]
    assert (shown["state"], shown["requested_by"], shown["withdrawal_reason"], shown["restored"]) == \
        ("withdrawn", "Lan", "sent by mistake", 1)
    assert "requested_by       Lan" in office.run("batch", "show", third).stdout
    # The middle one: it is in the history only.
    withdraw(office, second)
    withdraw(office, first)
    assert assert_totals_exact(office) == []
    with office.connect() as db:
        assert db.execute("SELECT count(*) FROM dossier_version WHERE state = 'withdrawn'"
                          ).fetchone() == (3,)
    # A correction of what was sent again meets no version of the past.
    for version in versions():
        send(office, [version])
    assert assert_totals_exact(office)[-1][4] == 1
    # A single record is still taken back by its status.
    send(office, [dossier(status="void", updated_at="2020-07-01")])
    assert assert_totals_exact(office) == []


def test_clear_answers(office):
    batch = send(office, versions())["batch"]
    assert "there is no batch 999" in withdraw(office, 999, code=1).stderr
    refused = office.run("import", "--lang=en", "-", input="x\n1\n", code=1)
    assert "nothing of it is stored" in withdraw(office, json.loads(refused.stdout)["batch"],
                                                 code=1).stderr
    withdraw(office, batch, "--by", "Lan")
    again = withdraw(office, batch, code=1).stderr
    assert f"batch {batch} was withdrawn already" in again and "by Lan: sent by mistake" in again
    for wrong in (["withdraw", batch], ["withdraw", "x", "--reason", "r"], ["show"], ["lose", "1"], [],
                  ["withdraw", batch, "--reason", ""], ["list", "--format", "xml"]):
        office.run("batch", *wrong, code=2)
    assert "there is no batch 12345" in office.run("batch", "show", 12345, code=1).stderr
    assert office.run("batch", "--help").stdout.startswith("usage: nq17 batch list")
    agencies = batches(office, "--type", "agency")[0]["batch"]
    send(office, versions())
    assert "ALPHA" in withdraw(office, agencies, code=1).stderr      # records rest on it
    assert [b["batch"] for b in batches(office, "--agency", "ALPHA")] == \
        sorted((b["batch"] for b in batches(office, "--type", "dossier")
                if b["state"] != "refused"), reverse=True)


def test_agencies_are_taken_back(kept_store):
    batch = send_csv(kept_store, AGENCIES, "agency")["batch"]
    withdraw(kept_store, batch)
    assert counts(send(kept_store, [dossier()], code=1))[-1] == 1      # unknown again
    send_csv(kept_store, AGENCIES, "agency")
    assert counts(send(kept_store, [dossier()])) == (1, 1, 0, 0, 0, 0)


def test_an_event_can_be_sent_again(office):
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": "vn.nq17.dossier.v1",
             "data": dossier()}

    def deliver():
        return json.loads(office.run("import", "--format", "cloudevents", "-",
                                     input=json.dumps([event])).stdout)
    batch = deliver()["batch"]
    assert deliver()["duplicate"] == 1
    withdraw(office, batch)
    assert deliver()["accepted"] == 1


def test_a_delivery_is_free_again_and_the_store_is_another(office):
    def version():
        with office.connect() as db:
            return db.execute("SELECT concat_ws(' ', (SELECT concat(max(batch_id), '/', count(*)) "
                              "FROM batch), catalogue_at), store_as_of() FROM store").fetchone()
    batch = send(office, [dossier()])["batch"]
    with office.connect() as db:
        db.execute("UPDATE batch SET delivery = 'mail-1' WHERE batch_id = %s", [batch])
    before = version()
    withdraw(office, batch)
    after = version()
    assert before[0] != after[0] and before[1] < after[1]
    with office.connect() as db:
        assert db.execute("SELECT b.delivery, w.delivery FROM batch b JOIN withdrawal w "
                          "USING (batch_id)").fetchall() == [(None, "mail-1")]


def test_what_registers_say_now_holds_for_a_restored_version(office):
    service = {"agency": "ALPHA", "procedure": "1.001193", "name_vi": "x", "level": "3",
               "valid_from": "2020-01-01", "updated_at": "2020-01-01"}
    send(office, [service], "service")
    settled = {"resolved_at": "2020-06-05T09:00:00+07:00"}
    send(office, [dossier(**settled)])
    mistaken = send(office, [dossier(**settled, channel="counter", updated_at="2020-06-06")])["batch"]
    send(office, [service | {"level": "4", "updated_at": "2020-01-02"}], "service")
    withdraw(office, mistaken)
    with office.connect() as db:
        assert db.execute("SELECT channel, level4 FROM dossier").fetchall() == [("online", True)]
    assert office.run("audit", "--full").stdout.endswith(" 0 differences\n")


def test_two_people_once_it_is_published(office):
    batch = send(office, versions())["batch"]
    with office.connect() as db:
        db.execute("CREATE OR REPLACE FUNCTION nq17.batch_is_published(batch bigint) RETURNS boolean "
                   "LANGUAGE sql STABLE AS $$ SELECT true $$")
    assert "nobody has requested" in office.run("batch", "approve", batch, "--by", "Minh",
                                                code=1).stderr
    asked = withdraw(office, batch, "--by", "Lan").stdout
    assert f"nq17 batch approve {batch}" in asked
    assert assert_totals_exact(office) != []                   # nothing happened yet
    assert batches(office)[0]["note"] == "withdrawal waits for approval"
    assert "requested already by Lan" in withdraw(office, batch, "--by", "Lan", code=1).stderr
    assert "somebody else than Lan" in office.run("batch", "approve", batch, "--by", "Lan",
                                                  code=1).stderr
    office.run("batch", "approve", batch, "--by", "Minh")
    assert assert_totals_exact(office) == []
    shown = json.loads(office.run("batch", "show", batch, "--format", "json").stdout)[0]
    assert (shown["requested_by"], shown["approved_by"], shown["removed"]) == ("Lan", "Minh", 3)
