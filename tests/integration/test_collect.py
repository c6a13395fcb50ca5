# test_collect.py -- the spool and nq17 collect: what was handed over counts once.
import os
import pathlib
import random
import signal
import subprocess
import time

import pytest

import spooling
from crash import kill_server
from test_import import HEADER, assert_totals_exact, counts, send_csv, AGENCIES


def rows(prefix, count, agency="ALPHA"):
    return (HEADER + "".join(f"{agency},{prefix}{n},P,online,2020-06-{1 + n % 28:02d},x\n"
                             for n in range(count))).encode()


@pytest.fixture
def office(kept_store):
    send_csv(kept_store, AGENCIES, "agency")
    spooling.make_folders(kept_store)
    return kept_store


def dossiers(store):
    with store.connect() as db:
        return db.execute("SELECT count(*) FROM dossier").fetchone()[0]


def test_items_are_committed_once(office):
    spooling.put(office, "one", rows("A", 10))
    spooling.put(office, "two", rows("B", 10), dry_run=True)
    spooling.put(office, "three", b"no,such\n1,2\n", file="x.csv")
    spooling.put(office, "four", rows("C", 2) + b"BETA,X,P,post,bad,x\n", scope=0)
    office.run("collect", "--once")
    assert spooling.waiting(office) == []
    one, two, three, four = (spooling.receipt_of(office, name) for name in ("one", "two", "three", "four"))
    assert counts(one) == (10, 10, 0, 0, 0, 0)
    assert counts(two) == (10, 10, 0, 0, 0, 0) and two["batch"] is None
    assert three["errors"][0]["code"] == "file_unknown_columns"
    assert counts(four) == (3, 2, 0, 0, 0, 1) and four["errors"][0]["code"] == "bad_time"
    assert dossiers(office) == 12
    with office.connect() as db:
        assert db.execute("SELECT delivery, way, state FROM batch WHERE delivery IS NOT NULL "
                          "ORDER BY delivery").fetchall() == [
            ("four", "http", "committed"), ("one", "http", "committed"),
            ("three", "http", "refused")]
    # The receipt was lost before the item was removed: it is written again, nothing else.
    (spooling.folder_of(office) / "receipts" / "one.json").unlink()
    spooling.put(office, "one", rows("A", 10))
    office.run("collect", "--once")
    assert spooling.receipt_of(office, "one") == one
    assert dossiers(office) == 12
    assert_totals_exact(office)


def test_only_its_own_records(office):
    with office.connect() as db:
        alpha, = db.execute("SELECT agency_id FROM agency WHERE code = 'ALPHA'").fetchone()
    body = rows("A", 3) + b"BETA,Y,P,online,2020-06-01,x\n"
    spooling.put(office, "scoped", body, scope=alpha, agency="ALPHA")
    office.run("collect", "--once")
    answer = spooling.receipt_of(office, "scoped")
    assert counts(answer) == (4, 3, 0, 0, 0, 1)
    assert answer["errors"][0]["code"] == "agency_not_yours"


def test_an_item_that_never_works_is_set_aside(office):
    spooling.put(office, "poison", rows("A", 3), type="no-such-type")
    spooling.put(office, "good", rows("B", 3))
    for _ in range(6):
        office.run("collect", "--once", code=None)
    assert counts(spooling.receipt_of(office, "good"))[1] == 3
    assert spooling.receipt_of(office, "poison")["errors"][0]["code"] == "delivery_set_aside"
    assert spooling.waiting(office) == []
    assert (spooling.folder_of(office) / "aside" / "poison.body").read_bytes() == rows("A", 3)


def test_an_item_that_fails_holds_up_nobody(office):
    """While one worker has it at hand the other meets it, too."""
    collector = office.popen("collect", stderr=subprocess.DEVNULL)
    try:
        for n in range(4):
            spooling.put(office, f"good{n}", rows(f"G{n}-", 3))
            assert counts(spooling.receipt_of(office, f"good{n}"))[1] == 3
            # Now both workers wait, and both are woken.
            spooling.put(office, f"poison{n}", rows("A", 3), type="no-such-type")
            answer = spooling.receipt_of(office, f"poison{n}")
            assert answer["errors"][0]["code"] == "delivery_set_aside"
    finally:
        collector.terminate()
    assert collector.wait(timeout=20) == 0


def test_one_collector_at_a_time(office):
    first = office.popen("collect")
    try:
        spooling.put(office, "seen", rows("A", 3))
        spooling.receipt_of(office, "seen")
        assert "another collector" in office.run("collect", "--once", code=1).stderr
    finally:
        first.terminate()
    assert first.wait(timeout=20) == 0


def test_killed_collector_and_server(office):
    """Ten kills; every item counts once."""
    chance = random.Random(7)
    names = [f"item{n}" for n in range(12)]
    for n, name in enumerate(names):
        spooling.put(office, name, rows(f"{name}-", 4000, ("ALPHA", "BETA")[n % 2]))
    collector = office.popen("collect")
    for kill in range(10):
        time.sleep(chance.uniform(0.05, 0.5))
        if kill % 3 == 2:
            kill_server(office)
        else:
            collector.send_signal(signal.SIGKILL)
            collector.wait()
            collector = office.popen("collect")
    for name in names:
        assert counts(spooling.receipt_of(office, name, timeout=100))[1] == 4000
    collector.terminate()
    collector.communicate(timeout=60)
    office.run("db", "start")
    assert dossiers(office) == 12 * 4000
    assert_totals_exact(office)


def test_run_starts_a_collector_and_keeps_it(office):
    process = office.popen("run", "--listen", "127.0.0.1:0")
    try:
        spooling.put(office, "first", rows("A", 3))
        spooling.receipt_of(office, "first")
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True,
                                  text=True).stdout.split()
        lock = os.stat(spooling.folder_of(office) / "lock").st_ino
        held = [pid for pid in children
                if any(line.split()[5].endswith(f":{lock}") and line.split()[4] == pid
                       for line in pathlib.Path("/proc/locks").read_text().splitlines())]
        assert len(held) == 1
        os.kill(int(held[0]), signal.SIGKILL)
        spooling.put(office, "second", rows("B", 3))
        assert counts(spooling.receipt_of(office, "second"))[1] == 3
    finally:
        process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0


def test_doctor_sees_what_nobody_commits(office):
    def spool_line(code):
        return next(line for line in office.run("doctor", code=code).stdout.splitlines() if " spool " in line)

    assert spool_line(0).startswith("ok ") and "0 waiting" in spool_line(0)
    spooling.put(office, "late", rows("A", 3))
    assert spool_line(0).startswith("ok ") and "1 waiting" in spool_line(0)
    note = spooling.folder_of(office) / "new" / "late.note"
    os.utime(note, (time.time() - 3600, time.time() - 3600))
    assert spool_line(1).startswith("WRONG") and "nq17 collect" in spool_line(1)
    office.run("collect", "--once")
    assert "0 waiting" in spool_line(0)
    aside = spooling.folder_of(office) / "aside"
    aside.mkdir(exist_ok=True)
    (aside / "bad.note").write_text("{}")
    assert spool_line(1).startswith("WRONG") and "aside" in spool_line(1)
