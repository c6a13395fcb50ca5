# test_folder.py -- the way in by folders: every file counts once, and is answered.
import gzip
import json
import os
import random
import signal
import time

import pytest

import conftest
import spooling
from test_import import (AGENCIES, HEADER, assert_expected, assert_totals_exact, counts,  # noqa: F401
                         load_wabo_agencies, send_csv, wabo)


class Inbox:
    """The folders of a store, and a collector that looks after them."""

    def __init__(self, store):
        self.store = store
        self.folder = conftest.new_folder()
        store.env["NQ17_INBOX"] = str(self.folder / "in")
        self.collector = None

    def start(self):
        with open(self.folder / "log", "a") as log:
            self.collector = self.store.popen("collect", "--lang=en", stderr=log)

    def stop(self):
        if self.collector:
            self.collector.terminate()
            assert self.collector.wait(timeout=60) == 0, self.log()
            self.collector = None

    def kill(self):
        self.collector.send_signal(signal.SIGKILL)
        self.collector.communicate()

    def log(self):
        return (self.folder / "log").read_text()

    def wait_for_log(self, words):
        end = time.monotonic() + 30
        while words not in self.log():
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)

    def __call__(self, agency, *parts):
        return (self.folder / "in").joinpath(agency, *parts)

    def put(self, agency, name, content):
        """By rename, as a careful sender does."""
        draft = self(agency, f".{name}")
        draft.write_bytes(content if isinstance(content, bytes) else content.encode())
        draft.rename(self(agency, name))

    def receipt(self, agency, name, place="done", timeout=60):
        """Once the file has come to its place, its receipt."""
        wait_for(self(agency, place, name), timeout)
        return json.loads(self(agency, place, f"{name}.receipt.json").read_text())


def wait_for(path, timeout=60):
    end = time.monotonic() + timeout
    while not os.path.lexists(path):
        assert time.monotonic() < end, f"{path} does not appear: {sorted(path.parent.parent.rglob('*'))}"
        time.sleep(0.02)


def rows(prefix, count, agency="ALPHA"):
    return HEADER + "".join(f"{agency},{prefix}{n},P,online,2020-06-{1 + n % 28:02d},x\n"
                            for n in range(count))


@pytest.fixture
def inbox(kept_store):
    made = Inbox(kept_store)
    yield made
    made.stop()


@pytest.fixture
def office(inbox):
    """Folders of ALPHA and BETA, watched."""
    send_csv(inbox.store, AGENCIES, "agency")
    for agency in ("ALPHA", "BETA"):
        inbox.store.run("source", "add", "--folder", "--agency", agency)
    inbox.start()
    for agency in ("ALPHA", "BETA"):
        wait_for(inbox(agency, "refused"))
    return inbox


def dossiers(store):
    with store.connect() as db:
        return db.execute("SELECT count(*) FROM dossier").fetchone()[0]


# ---- Figures --------------------------------------------------------------------

@pytest.mark.parametrize("name, packed", [("dossiers.csv", False), ("dossiers.csv", True),
                                          ("dossiers.ndjson", False),
                                          ("dossiers.cloudevents.json", False)])
def test_wabo(inbox, wabo, name, packed):  # noqa: F811
    load_wabo_agencies(inbox.store, wabo)
    with open(wabo / "agencies.csv") as file:
        agencies = [line.split(",")[0] for line in file][1:]
    for agency in agencies:
        inbox.store.run("source", "add", "--folder", "--agency", agency)
    inbox.start()
    content = (wabo / name).read_bytes()
    file = "dossier-" + name.split(".", 1)[0] + "." + name.rsplit(".", 1)[1]
    if packed:
        content, file = gzip.compress(content), file + ".gz"
    # The file holds three agencies' records: each folder brings its own.
    accepted = 0
    for agency in agencies:
        wait_for(inbox(agency, "refused"))
        inbox.put(agency, file, content)
    for agency in agencies:
        answer = inbox.receipt(agency, file)
        assert answer["received"] == 1434
        assert {e["code"] for e in answer["errors"]} <= {"agency_not_yours", "resolved_before_received"}
        # Those that another folder brought meanwhile need no mending.
        errors = inbox(agency, "done", f"{file}.errors.csv").read_text()
        assert all(e["dossier"] in errors for e in answer["errors"]
                   if e["code"] == "resolved_before_received")
        accepted += answer["accepted"]
    assert accepted == 1432
    assert_expected(inbox.store, wabo)


# ---- What becomes of a file -----------------------------------------------------

def test_errors_are_mended_and_sent_back(office):
    office.put("ALPHA", "dossier-1.csv", rows("A", 5) + "ALPHA,Z,P,post,bad,x\nBETA,Y,P,post,2020-06-01,x\n")
    answer = office.receipt("ALPHA", "dossier-1.csv")
    assert counts(answer) == (7, 5, 0, 0, 0, 2)
    assert {e["code"] for e in answer["errors"]} == {"bad_time", "agency_not_yours"}
    errors = office("ALPHA", "done", "dossier-1.csv.errors.csv").read_text()
    assert "nq17_code" in errors and "agency_not_yours" in errors
    office.put("ALPHA", "dossier-1.csv.errors.csv", errors.replace("bad,", "2020-06-01,", 1))
    again = office.receipt("ALPHA", "dossier-1.csv.errors-2.csv")
    assert counts(again) == (2, 1, 0, 0, 0, 1)
    # The same name once more overwrites nothing.
    office.put("ALPHA", "dossier-1.csv", rows("A", 6))
    assert counts(office.receipt("ALPHA", "dossier-1-2.csv")) == (6, 1, 0, 5, 0, 0)
    assert office.receipt("ALPHA", "dossier-1.csv") == answer
    assert_totals_exact(office.store)


def test_refused_files(office):
    office.put("ALPHA", "dossier-1.csv", "no,such\n1,2\n")
    office.put("ALPHA", "hoso.csv", rows("A", 3))
    office.put("ALPHA", "agency-1.csv", AGENCIES)
    office.put("ALPHA", "dossier-2.csv", HEADER + "ALPHA,Z,P,post,bad,x\n")
    assert office.receipt("ALPHA", "dossier-1.csv", "refused")["errors"][0]["code"] == \
        "file_unknown_columns"
    for name in ("hoso.csv", "agency-1.csv"):
        error, = office.receipt("ALPHA", name, "refused")["errors"]
        assert error["code"] == "file_name" and name in error["message"]
    assert office.receipt("ALPHA", "dossier-2.csv", "refused")["errors"][0]["code"] == "bad_time"
    assert "bad" in office("ALPHA", "refused", "dossier-2.csv.errors.csv").read_text()
    assert dossiers(office.store) == 0
    assert sorted(p.name for p in office("ALPHA", "work").iterdir()) == []


def test_unfinished_files_are_left_alone(office):
    for name in (".dossier-1.csv", "dossier-1.csv.part", "dossier-1.csv.tmp", "dossier-1.csv.filepart"):
        office("ALPHA", name).write_text(rows("N", 3))
    with open(office("ALPHA", "dossier-half.csv"), "w") as half:
        half.write(rows("A", 10))
        half.flush()
        # Others are taken meanwhile, in whatever order they come.
        office.put("ALPHA", "dossier-whole.csv", rows("B", 3))
        office.receipt("ALPHA", "dossier-whole.csv")
        half.write("ALPHA,LAST,P,online,2020-06-01,x\n")
        half.flush()
        office.put("ALPHA", "dossier-whole2.csv", rows("C", 3))
        office.receipt("ALPHA", "dossier-whole2.csv")
        assert office("ALPHA", "dossier-half.csv").exists()
    assert counts(office.receipt("ALPHA", "dossier-half.csv")) == (11, 11, 0, 0, 0, 0)
    os.rename(office("ALPHA", "dossier-1.csv.part"), office("ALPHA", "dossier-1.csv"))
    assert counts(office.receipt("ALPHA", "dossier-1.csv"))[1] == 3
    assert len([p for p in office("ALPHA").iterdir() if p.is_file()]) == 3


def test_links_folders_and_strangers(office):
    secret = office.folder / "secret.csv"
    secret.write_text(rows("S", 3))
    os.symlink(secret, office("ALPHA", "dossier-link.csv"))
    office("ALPHA", "dossier-folder.csv").mkdir()
    os.mkfifo(office("ALPHA", "dossier-pipe.csv"))
    closed = office("ALPHA", "dossier-closed.csv")
    draft = office("ALPHA", ".closed")
    draft.write_text(rows("C", 3))
    draft.chmod(0)
    draft.rename(closed)
    office.put("ALPHA", "dossier-good.csv", rows("A", 3))
    assert counts(office.receipt("ALPHA", "dossier-good.csv"))[1] == 3
    for words in ("dossier-link.csv: links are not followed", "dossier-folder.csv: not a plain file",
                  "dossier-pipe.csv: not a plain file"):
        office.wait_for_log(words)
    # A sender who may write to his folder puts a link where our folders were.
    os.rename(office("BETA", "done"), office.folder / "gone")
    os.symlink(office.folder, office("BETA", "done"))
    office.wait_for_log("BETA: done: ")
    office.put("BETA", "dossier-1.csv", rows("B", 3, "BETA"))
    office.put("ALPHA", "dossier-more.csv", rows("D", 3))
    office.receipt("ALPHA", "dossier-more.csv")
    assert office("BETA", "dossier-1.csv").exists()
    os.unlink(office("BETA", "done"))
    os.rename(office.folder / "gone", office("BETA", "done"))
    assert counts(office.receipt("BETA", "dossier-1.csv"))[1] == 3
    office.stop()
    log = office.log()
    assert [log.count(f"dossier-{n}.csv: ") for n in ("link", "folder", "pipe")] == [1, 1, 1]
    assert not (office.folder / "dossier-1.csv").exists() and secret.exists()
    assert dossiers(office.store) == 9 and closed.exists() and log.count("dossier-closed.csv: ") == 1


def test_switched_off_and_on(office):
    """What lay there before was not seen being closed, so it has to be left alone for a while."""
    store = office.store
    listed = json.loads(store.run("source", "list", "--format", "json").stdout)
    beta = next(s["source"] for s in listed if s["agency"] == "BETA")
    assert store.run("source", "add", "--folder", "--agency", "BETA", code=1).stderr.count("already") == 1
    store.run("source", "off", beta)
    office.stop()
    for agency in ("ALPHA", "BETA"):
        office(agency, "dossier-1.csv").write_text(rows("A", 3, agency))
    office.start()
    assert counts(office.receipt("ALPHA", "dossier-1.csv"))[1] == 3
    assert office("BETA", "dossier-1.csv").exists()
    store.run("source", "on", beta)
    assert counts(office.receipt("BETA", "dossier-1.csv"))[1] == 3


def test_a_profile_is_for_its_type(inbox):
    store = inbox.store
    send_csv(store, AGENCIES, "agency")
    add = ("source", "add", "--folder", "--agency", "ALPHA", "--profile", "nothing-like-it")
    assert "no profile nothing-like-it" in store.run(*add, code=1).stderr
    with store.connect() as db:
        assert db.execute("SELECT FROM source").fetchall() == []
        db.execute("INSERT INTO profile (name, version, type, state, definition, author) "
                   "VALUES ('nothing-like-it', 1, 'service', 'on', '{}', 'test')")
    store.run(*add)
    inbox.start()
    wait_for(inbox("ALPHA", "refused"))
    inbox.put("ALPHA", "dossier-1.csv", rows("A", 3))
    assert counts(inbox.receipt("ALPHA", "dossier-1.csv"))[1] == 3


def test_once(inbox):
    """As a timer runs it: what lies there is answered before the command ends."""
    store = inbox.store
    send_csv(store, AGENCIES, "agency")
    store.run("source", "add", "--folder", "--agency", "ALPHA")
    store.run("collect", "--once")
    inbox.put("ALPHA", "dossier-1.csv", rows("A", 3))
    inbox.put("ALPHA", "dossier-2.csv", rows("A", 5))
    inbox.put("ALPHA", "what.csv", "?")
    store.run("collect", "--once")
    assert {p.name for p in inbox("ALPHA").iterdir() if p.is_file()} == set()
    first, second = (inbox.receipt("ALPHA", f"dossier-{n}.csv", timeout=0) for n in (1, 2))
    assert first["accepted"] + second["accepted"] == 5
    assert first["duplicate"] + second["duplicate"] == 3
    assert inbox.receipt("ALPHA", "what.csv", "refused", timeout=0)["errors"][0]["code"] == "file_name"


# ---- Crashes --------------------------------------------------------------------

def test_killed_at_any_moment(office):
    """Eight kills; every file is answered and every record counts once."""
    chance = random.Random(11)
    names = []
    for kill in range(8):
        for agency in ("ALPHA", "BETA"):
            name = f"dossier-{kill}.csv"
            office.put(agency, name, rows(f"K{kill}-", 3000, agency) + f"{agency},X{kill},P,post,bad,x\n")
            names.append((agency, name))
        time.sleep(chance.uniform(0.01, 0.7))
        office.kill()
        office.start()
    for agency, name in names:
        assert counts(office.receipt(agency, name)) == (3001, 3000, 0, 0, 0, 1)
        assert office(agency, "done", f"{name}.errors.csv").exists()
    office.stop()
    for agency in ("ALPHA", "BETA"):
        assert list(office(agency, "work").iterdir()) == []
        found = {p.name for p in office(agency, "done").iterdir() if p.name.endswith(".csv")}
        assert found == {n for a, n in names if a == agency} | {
            f"{n}.errors.csv" for a, n in names if a == agency}
        assert [p for p in office(agency).iterdir() if p.is_file()] == []
    assert dossiers(office.store) == 16 * 3000
    with office.store.connect() as db:
        assert db.execute("SELECT count(*), count(DISTINCT delivery) FROM batch "
                          "WHERE way = 'folder'").fetchone() == (16, 16)
    assert spooling.waiting(office.store) == []
    assert_totals_exact(office.store)
