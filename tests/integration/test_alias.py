# test_alias.py -- two codes of one dossier, or of one procedure, count once.
import json
import random

import pytest

from conftest import copy_of
from test_batch import assert_same, twins  # noqa: F401
from test_import import (assert_totals_exact, counts, dossier, office, send,  # noqa: F401
                         send_csv, versions)


def add(store, *args, code=0):
    return store.run("alias", "add", *args, code=code)


def audited(store):
    assert store.run("audit", "--full").stdout.splitlines()[-1].endswith(" 0 differences")


def test_dossier_alias_known_before(office):
    assert add(office, "--agency", "ALPHA", "NPSP-1", "D1").stdout == \
        "1 aliases added, 0 stored dossiers joined\n"
    first, second, third = versions()
    assert counts(send(office, [first]))[1] == 1
    assert counts(send(office, [second | {"dossier": "NPSP-1"}]))[2] == 1      # a correction
    assert counts(send(office, [third, third | {"dossier": "NPSP-1"}])) == (2, 0, 1, 1, 0, 0)
    # Somebody else's code of the same letters is somebody else's.
    assert counts(send(office, [first | {"dossier": "NPSP-1", "agency": "BETA"}]))[1] == 1
    with office.connect() as db:
        assert db.execute("SELECT dossier, status FROM dossier ORDER BY 1").fetchall() == \
            [("D1", "resolved"), ("NPSP-1", "received")]
    audited(office)


def test_dossier_alias_declared_after_both_were_stored(office):
    first, second, third = versions()
    send(office, [first, third])
    send(office, [second | {"dossier": "N1"}, dossier("N2", resolved_at="2020-06-09")])
    assert "2 stored dossiers" in office.run(
        "alias", "import", "--agency", "ALPHA", "-",
        input="alias,code\nN1,D1\nN2,D2\nN3,D3\n").stdout      # N2 is only renamed
    with office.connect() as db:
        assert db.execute("SELECT dossier, status, version FROM dossier ORDER BY 1").fetchall() == \
            [("D1", "resolved", 3), ("D2", "resolved", 1)]
        assert db.execute("SELECT dossier, status, version FROM dossier_history ORDER BY 3"
                          ).fetchall() == [("D1", "received", 1), ("D1", "processing", 2)]
    audited(office)
    assert_totals_exact(office)
    assert counts(send(office, [second | {"dossier": "N1"}])) == (1, 0, 0, 0, 1, 0)
    listed = json.loads(office.run("alias", "list", "--agency", "ALPHA", "--format", "json").stdout)
    assert [(a["kind"], a["alias"], a["code"]) for a in listed] == [
        ("dossier", "N1", "D1"), ("dossier", "N2", "D2"), ("dossier", "N3", "D3")]
    office.run("alias", "remove", "--agency", "ALPHA", "N3")
    assert 'there is no alias "N3"' in office.run("alias", "remove", "--agency", "ALPHA", "N3",
                                                  code=1).stderr


@pytest.mark.parametrize("seed", range(2))
def test_declared_after_is_as_if_declared_before(twins, seed):
    """Random versions under two codes, aliases declared at random moments."""
    before, after = twins
    rng = random.Random(seed)
    aliases = [(f"A{i}", f"D{i}") for i in range(30)]
    text = "alias,code\n" + "".join(f"{a},{d}\n" for a, d in aliases)
    before.run("alias", "import", "--agency", "ALPHA", "-", input=text)
    sent = []
    for step in range(4):
        records = []
        for _ in range(60):
            i, k = rng.randrange(30), rng.randrange(5)
            own = random.Random(f"{i} {k}")
            records.append(dossier(
                rng.choice(aliases[i]), procedure=own.choice(["1.001193", "2.000488"]),
                channel=own.choice(["online", "counter"]), unit=f"Phòng {k}",
                updated_at=f"2020-08-0{k + 1}", **(
                    {"resolved_at": f"2020-07-0{own.randint(1, 9)}"} if own.random() < .7 else {})))
        for store in twins:
            sent.append(send(store, records)["batch"])
        if step == 1:
            after.run("alias", "import", "--agency", "ALPHA", "-",
                      input="alias,code\n" + "".join(f"{a},{d}\n" for a, d in aliases[:15]))
    after.run("alias", "import", "--agency", "ALPHA", "-", input=text)
    with before.connect() as one, after.connect() as two:
        query = ("SELECT dossier, procedure, channel, status, updated_at, unit, resolved_day "
                 "FROM dossier ORDER BY 1")
        assert one.execute(query).fetchall() == two.execute(query).fetchall()
        query = "SELECT * FROM day_total ORDER BY 1, 2"
        assert one.execute(query).fetchall() == two.execute(query).fetchall()
    audited(after)
    # And what came under an alias can still be taken back.
    for store, batches in ((before, sent[0::2]), (after, sent[1::2])):
        store.run("batch", "withdraw", batches[-1], "--reason", "x")
        audited(store)


def test_local_codes_of_procedures(office):
    service = {"agency": "ALPHA", "name_vi": "x", "level": "4", "valid_from": "2020-01-01"}
    assert counts(send(office, [service | {"procedure": "1.001193.000.00.00.H56"}], "service"))[1] == 1
    assert counts(send(office, [service | {"procedure": "1.001193"}], "service"))[3] == 1
    settled = {"resolved_at": "2020-06-05"}
    send(office, [dossier("D1", procedure="1.001193.000.17.22.H56", **settled),
                  dossier("D2", procedure="1.001193", **settled),
                  dossier("D3", procedure="1.001193.H56", **settled)])      # not the standard form
    with office.connect() as db:
        assert db.execute("SELECT procedure, resolved, level4_online FROM procedure_total "
                          "ORDER BY 1").fetchall() == [("1.001193", 2, 2), ("1.001193.H56", 1, 0)]
    # The other form by the table, for every agency; what is stored follows.
    assert add(office, "--procedure", "1.001193.H56", "1.001193").stdout == \
        "1 aliases added, 1 stored dossiers and services joined\n"
    send(office, [dossier("D4", "BETA", procedure="1.001193.H56", **settled)])
    with office.connect() as db:
        assert db.execute("SELECT a.code, procedure, resolved, level4_online FROM procedure_total "
                          "JOIN agency a USING (agency_id) ORDER BY 1").fetchall() == [
            ("ALPHA", "1.001193", 3, 3), ("BETA", "1.001193", 1, 0)]
    audited(office)


def test_procedure_alias_joins_services(office):
    service = {"agency": "ALPHA", "name_vi": "x", "valid_from": "2020-01-01"}
    send(office, [service | {"procedure": "LOCAL", "level": "4"},
                  service | {"procedure": "1.001193", "level": "3"},
                  service | {"procedure": "LOCAL", "level": "4", "valid_from": "2020-05-01"}], "service")
    send(office, [dossier("D1", resolved_at="2020-06-05"),
                  dossier("D2", procedure="LOCAL", resolved_at="2020-06-05")])
    add(office, "--agency", "ALPHA", "--procedure", "LOCAL", "1.001193")
    with office.connect() as db:
        assert db.execute("SELECT procedure, valid_from::text, level FROM service ORDER BY 2").fetchall() \
            == [("1.001193", "2020-01-01", "3"), ("1.001193", "2020-05-01", "4")]
        assert db.execute("SELECT key FROM record_history").fetchall() == [("LOCAL|2020-01-01",)]
        assert db.execute("SELECT dossier, procedure, level4 FROM dossier ORDER BY 1").fetchall() == \
            [("D1", "1.001193", True), ("D2", "1.001193", True)]
    audited(office)


def test_chains_and_wrong_ones(office):
    send(office, [dossier("C"), dossier("B", updated_at="2020-06-03"), dossier("A")])
    add(office, "--agency", "ALPHA", "B", "C")
    add(office, "--agency", "ALPHA", "A", "B")                  # B stands for C
    add(office, "--agency", "ALPHA", "C", "D")                  # and C for D from now on
    listed = json.loads(office.run("alias", "list", "--format", "json").stdout)
    assert [(a["alias"], a["code"]) for a in listed] == [("A", "D"), ("B", "D"), ("C", "D")]
    with office.connect() as db:
        assert db.execute("SELECT dossier, version, updated_at::date::text FROM dossier").fetchall() == \
            [("D", 3, "2020-06-03")]
    audited(office)
    for args, said in ((["D", "C"], "already"), (["X", "X"], "differs"), (["", "X"], "needed")):
        assert said in add(office, "--agency", "ALPHA", *args, code=1).stderr
    assert 'no agency "NOBODY"' in add(office, "--agency", "NOBODY", "A", "B", code=1).stderr
    assert "for two codes" in office.run("alias", "import", "--agency", "ALPHA", "-", code=1,
                                         input="alias,code\nQ,R\nQ,S\n").stderr
    add(office, "A", "B", code=2)                              # a dossier's needs its agency
    add(office, "--agency", "ALPHA", "A", code=2)


def test_doubles_are_a_hint(office):
    filed = {"filer": "9f86d081884c7d659a2f", "received_at": "2020-06-01T08:15:42+07:00"}
    send(office, [dossier("D1", **filed), dossier("NPSP-7", **filed), dossier("D2", "BETA", **filed),
                  dossier("D3", unit="Phòng A", received_at="2020-06-01"),      # midnight tells nothing
                  dossier("D4", unit="Phòng A", received_at="2020-06-01")])
    found = json.loads(office.run("doubles", "--agency", "ALPHA", "--format", "json").stdout)
    assert [(d["same"], d["count"], d["dossiers"]) for d in found] == [("filer", 2, "D1 NPSP-7")]
    assert len(assert_totals_exact(office)) == 2 and office.run("doubles").stdout.count("\n") == 2
