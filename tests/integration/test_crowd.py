# test_crowd.py -- pages while many ask for them: sent without asking the store, and never older
# than what a visitor was told.
import http.client
import json
import re
import threading
import time

import pytest

from serving import Server, new_key

PAGE = "/agencies/01/online-filing.json?period=2020-Q4"


def dossiers(first, count):
    return "".join(json.dumps({
        "agency": "01", "dossier": f"C{i}", "procedure": "P1", "channel": "online",
        "received_at": "2020-10-01T08:00:00", "resolved_at": "2020-10-05T08:00:00"}) + "\n"
        for i in range(first, first + count)).encode()


class Crowd:
    """Visitors who ask for one page again and again."""

    def __init__(self, server, path, size=6):
        self.server, self.path, self.ended, self.wrong = server, path, threading.Event(), []
        self.visitors = [threading.Thread(target=self.visit) for _ in range(size)]
        for visitor in self.visitors:
            visitor.start()

    def visit(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        newest = 0
        while not self.ended.is_set():
            connection.request("GET", self.path)
            count = counted(connection.getresponse().read())
            if count < newest:
                self.wrong.append((newest, count))
            newest = count
        connection.close()

    def end(self):
        self.ended.set()
        for visitor in self.visitors:
            visitor.join()


def counted(body):
    return json.loads(body)["explain"]["observation"]["denominator"]


@pytest.fixture(scope="module")
def crowded(module_store):
    module_store.run("import", "--type", "dossier", "--format", "ndjson", "-",
                     input=dossiers(0, 10).decode())
    server = Server(module_store)
    crowd = Crowd(server, PAGE)
    yield server
    crowd.end()
    server.stop()
    assert crowd.wrong == []


def results(server):
    text = server.ask("/metrics").body.decode()
    return {name: int(count) for name, count in
            re.findall(r'cache_total\{result="(\w+)"\} (\d+)', text)}


def test_a_crowd_is_served_without_a_question(crowded):
    until = time.monotonic() + 20
    while results(crowded)["unasked"] < 500:
        assert time.monotonic() < until, results(crowded)
        time.sleep(0.05)
    assert results(crowded)["missed"] < 5


def test_what_is_kept_is_for_the_public(crowded):
    """Whoever says who he is gets an answer of his own, whatever he says."""
    quiet = "/method?period=2019-Q1"
    crowded.ask(quiet)
    missed = results(crowded)["missed"]
    for headers in ({"Cookie": "session=1"}, {"Authorization": "Bearer x"}):
        assert crowded.ask(quiet, headers=headers).status in (200, 401)
    assert results(crowded)["missed"] == missed
    crowded.ask(quiet + "&lang=en")
    assert results(crowded)["missed"] == missed + 1


def test_whoever_is_given_a_receipt_sees_its_records(crowded, module_store):
    key = new_key(module_store, "01")
    for i in range(1, 9):
        receipt = crowded.send(dossiers(100 * i, 1), key, "application/x-ndjson")
        assert receipt.status == 200 and receipt.json()["accepted"] == 1
        assert counted(crowded.ask(PAGE).body) == 10 + i


def test_others_see_it_within_a_lease(crowded, module_store):
    before = counted(crowded.ask(PAGE).body)
    module_store.run("import", "--type", "dossier", "--format", "ndjson", "-",
                     input=dossiers(5000, 5).decode())
    time.sleep(0.1)
    assert counted(crowded.ask(PAGE).body) == before + 5
