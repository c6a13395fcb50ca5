# test_http_limits.py -- bodies that are unclear, too large or too many, disks that fill, trials, and
# what all refusals have in common.
import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import resource
import socket
import time

import openpyxl
import pytest

import spooling
from conftest import ROOT
from serving import Server, new_key
from test_http_intake import held, office, problem, rows, served
from test_import import HEADER, assert_totals_exact, counts

MEGABYTE = 1 << 20
RECORDS = "/api/v1/records/dossier?lang=en"


@pytest.fixture
def serve(office):
    """Makes servers with settings of their own, each with a key of ALPHA."""
    with contextlib.ExitStack() as servers:
        def make(*command, **settings):
            env = {"NQ17_" + name.upper(): str(value) for name, value in settings.items()}
            server = Server(office, *command, env=env)
            servers.callback(server.stop)
            server.key = new_key(office, "ALPHA")
            return server
        yield make


def head(key, *lines, path=RECORDS, method="POST"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", "Content-Type: text/csv",
                        f"Authorization: Bearer {key}", *lines, "", ""]).encode()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def read_all(client):
    return b"".join(iter(lambda: client.recv(65536), b""))


def read_head(client):
    got = b""
    while not got.endswith(b"\r\n\r\n"):
        more = client.recv(1)
        if not more:
            break
        got += more
    return got


def send_chunked(server, pieces, path=RECORDS, **headers):
    """As http.client does: the whole body, and only then the answer is read."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=100)
    connection.request("POST", path, body=iter(pieces), encode_chunked=True, headers={
        "Content-Type": "text/csv", "Authorization": f"Bearer {server.key}",
        "Transfer-Encoding": "chunked"} | headers)
    answer = connection.getresponse()
    answer.body, answer.json = answer.read(), lambda: json.loads(answer.body)
    connection.close()
    return answer


def parts_left(store):
    return list((spooling.folder_of(store) / "part").iterdir())


# ---- Connections ------------------------------------------------------------------

def test_one_address_cannot_hold_every_connection(module_server):
    """Thousands of requests that never end, of one address: another still comes in."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 9000), hard))
    held = []
    try:
        for _ in range(4100):
            client = socket.create_connection(("127.0.0.1", module_server.port), timeout=10)
            client.sendall(b"GET / HTTP/1.1\r\n")
            held.append(client)
        with socket.create_connection(("127.0.0.1", module_server.port), timeout=10,
                                      source_address=("127.0.0.2", 0)) as other:
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert other.recv(100).startswith(b"HTTP/1.1 200 ")
        # A thousand at a time is what a large office behind one address may need.
        open_still = 0
        for client in held:
            client.setblocking(False)
            try:
                open_still += client.recv(1) != b""
            except BlockingIOError:
                open_still += 1
            except OSError:
                pass
        assert 1000 <= open_still <= 1300
    finally:
        for client in held:
            client.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# ---- Where a body ends ----------------------------------------------------------

AMBIGUOUS = [("Content-Length: 5", "Content-Length: 6"), ("Content-Length: 0", "Content-Length: 60"),
             ("Content-Length: 5", "content-length: 5"), ("Content-Length: 5, 6",),
             ("Content-Length: 5", "Transfer-Encoding: chunked"),
             ("Transfer-Encoding: chunked", "Content-Length: 5"),
             ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
             ("Transfer-Encoding: gzip, chunked",), ("Transfer-Encoding: identity",),
             ("Content-Length : 5",), ("Host: another",)]


@pytest.mark.parametrize("path", [RECORDS, "/healthz", "/rankings"])
def test_unclear_lengths(module_server, path):
    """No proxy before us can be made to see another request than we do."""
    for lines in AMBIGUOUS:
        with connect(module_server) as client:
            client.sendall(head(module_server.key, *lines, path=path) + b"0\r\n\r\n"
                           b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = read_all(client)
        assert answer.startswith(b"HTTP/1.1 400 ") and b"HTTP/1.1 200 " not in answer, (lines, answer)
        if lines != ("Content-Length: 5, 6",):  # which the library refuses itself, in its own words
            assert answer.count(b"HTTP/1.1 ") == 1, (lines, answer)
            assert path != RECORDS or b'"code":"bad_framing"' in answer, (lines, answer)


@pytest.fixture(scope="module")
def module_server(module_store):
    from test_import import AGENCIES, send_csv
    send_csv(module_store, AGENCIES, "agency")
    server = Server(module_store)
    server.key = new_key(module_store, "ALPHA")
    yield server
    server.stop()


def test_who_expects_to_be_asked_on(module_server):
    body = rows("E", 3)
    asks = ("Expect: 100-continue", f"Content-Length: {len(body)}")
    with connect(module_server) as client:
        client.sendall(head(module_server.key, *asks, "Connection: close"))
        assert read_head(client).startswith(b"HTTP/1.1 100 ")
        client.sendall(body)
        answer = read_all(client)
        assert answer.startswith(b"HTTP/1.1 200 ") and b'"accepted": 3' in answer, answer
    # Refused before a byte of the body was asked for.
    large = ("Expect: 100-continue", "Content-Length: 99999999999")
    for key, lines, status in (("nq17_1_" + "0" * 64, asks, b"401"), (module_server.key, large, b"413")):
        with connect(module_server) as client:
            client.sendall(head(key, *lines))
            answer = read_all(client)
            assert answer.startswith(b"HTTP/1.1 %s " % status), answer
            assert answer.count(b"HTTP/1.1 ") == 1


# ---- Too large, too many --------------------------------------------------------

@pytest.mark.parametrize("megabytes", [1, 2, 80])
def test_a_chunked_body_over_the_limit(serve, megabytes):
    server = serve(body_limit=1)
    pieces = [HEADER.encode()] + [b"x" * MEGABYTE] * megabytes
    problem(send_chunked(server, pieces), 413, "too_large")
    assert parts_left(server.store) == []
    assert server.send(rows("L", 1), server.key).status == 200


def test_a_chunked_body_where_none_is_wanted(module_server):
    problem(send_chunked(module_server, [b"x" * MEGABYTE] * 80, path="/api/v1/targets"), 413, "body_unwanted")
    assert send_chunked(module_server, [b"x" * MEGABYTE] * 80, path="/nothing").status == 413
    problem(send_chunked(module_server, [b"x"], path="/api/v1/nothing"), 404, "not_found")


def test_bodies_of_a_key_at_a_time(serve):
    server = serve(key_bodies=2)
    other = new_key(server.store, "BETA")
    with contextlib.ExitStack() as open_ones:
        clients = [open_ones.enter_context(connect(server)) for _ in range(2)]
        for client in clients:
            client.sendall(head(server.key, "Expect: 100-continue", "Content-Length: 500"))
            assert read_head(client).startswith(b"HTTP/1.1 100 ")
        refused = server.send(rows("M", 1), server.key)
        problem(refused, 429, "too_many_bodies")
        assert int(refused.headers["Retry-After"]) >= 1
        assert server.send(rows("M", 1, "BETA"), other).json()["accepted"] == 1
        clients[0].close()
        end = time.monotonic() + 20
        while (answer := server.send(rows("M", 1), server.key)).status == 429:
            assert time.monotonic() < end
            time.sleep(0.1)
        assert answer.json()["accepted"] == 1


def test_bodies_of_a_key_that_wait(serve):
    """Nobody commits, until we do."""
    server = serve("web", key_queue=2)
    with concurrent.futures.ThreadPoolExecutor(2) as senders:
        first = [senders.submit(server.send, rows(f"Q{n}-", 2), server.key) for n in range(2)]
        end = time.monotonic() + 20
        while len(spooling.waiting(server.store)) < 2:
            assert time.monotonic() < end
            time.sleep(0.1)
        time.sleep(0.5)
        refused = server.send(rows("Q3-", 1), server.key)
        problem(refused, 429, "too_many_waiting")
        assert int(refused.headers["Retry-After"]) >= 1
        assert b"nq17_bodies_waiting 2" in server.ask("/metrics").body
        server.store.run("collect", "--once")
        assert [answer.result().json()["accepted"] for answer in first] == [2, 2]
        last = senders.submit(server.send, rows("Q3-", 1), server.key)
        while not spooling.waiting(server.store):
            time.sleep(0.1)
        server.store.run("collect", "--once")
        assert last.result().json()["accepted"] == 1
    assert held(server.store) == 5


def test_the_disk_fills_while_a_body_comes(serve):
    disk = os.statvfs(serve("web").store.data)
    free = disk.f_bavail * disk.f_frsize // MEGABYTE
    server = serve(disk_reserve=free - 60)
    assert server.send(rows("F", 1), server.key).status == 200
    refused = send_chunked(server, [HEADER.encode()] + [b"x" * MEGABYTE] * 300)
    problem(refused, 503, "disk_full")
    assert int(refused.headers["Retry-After"]) >= 1
    assert parts_left(server.store) == [] and held(server.store) == 1


# ---- The same words -------------------------------------------------------------

def test_the_same_key_at_the_same_time(served):
    body = rows("C", 200)
    with concurrent.futures.ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: served.send(body, served.key, Idempotency_Key="c"), range(8)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    with concurrent.futures.ThreadPoolExecutor(8) as senders:
        others = list(senders.map(
            lambda n: served.send(rows(f"{n}-", 5), served.key, Idempotency_Key="d"), range(8)))
    assert sorted(answer.status for answer in others) == [200] + [422] * 7
    assert {a.json()["code"] for a in others if a.status == 422} == {"idempotency_key_reused"}
    assert held(served.store) == 205
    with served.store.connect() as db:
        assert db.execute("SELECT count(*) FROM batch WHERE way = 'http'").fetchone() == (2,)
    assert_totals_exact(served.store)


def test_a_trial_leaves_the_idempotency_key(served):
    body = rows("T", 5)

    def try_(sent):
        told = served.send(sent, served.key, query="lang=en&dry_run=1", Idempotency_Key="t")
        assert told.status == 200 and told.json()["batch"] is None
        return counts(told.json())

    assert try_(body) == try_(body) == (5, 5, 0, 0, 0, 0)
    assert held(served.store) == 0
    sent = served.send(body, served.key, Idempotency_Key="t")
    assert sent.json()["accepted"] == 5 and sent.json()["batch"]
    # Judged by what is stored now; another body is no conflict.
    assert try_(body) == (5, 0, 0, 5, 0, 0)
    assert try_(rows("U", 2)) == (2, 2, 0, 0, 0, 0)
    assert served.send(body, served.key, Idempotency_Key="t").body == sent.body
    problem(served.send(rows("U", 2), served.key, Idempotency_Key="t"), 422, "idempotency_key_reused")
    assert held(served.store) == 5
    problem(served.send(body, served.key, query="lang=en&dry_run=1", Idempotency_Key="x" * 201), 400,
            "bad_idempotency_key")


def test_a_trial_of_days_ago_is_gone(served):
    key_id = served.key.split("_")[1]
    with served.store.connect() as db:
        name = db.execute("SELECT 'h' || agency_id || '-00aa' FROM api_key").fetchone()[0]
        db.execute("INSERT INTO http_delivery (delivery, key_id, asked, sha256) VALUES (%s, %s, "
                   "'dossier csv dry_run agency=ALPHA', '00')", [name, key_id])
    problem(served.ask(f"/api/v1/batches/{name}", served.key), 404, "unknown_batch")


def test_old_deliveries_are_forgotten(office):
    key_id = new_key(office, "ALPHA").split("_")[1]

    def left():
        with office.connect() as db:
            return [row[0] for row in db.execute("SELECT delivery FROM http_delivery ORDER BY 1")]

    with office.connect() as db:
        db.execute("INSERT INTO http_delivery (delivery, key_id, asked, sha256, created_at) VALUES "
                   "('old', %s, '', '', now() - interval '31 days'), "
                   "('young', %s, '', '', now() - interval '29 days')", [key_id, key_id])
    server = Server(office, "web")
    try:
        end = time.monotonic() + 20
        while left() != ["young"]:
            assert time.monotonic() < end, left()
            time.sleep(0.2)
    finally:
        server.stop()


# ---- Around it ------------------------------------------------------------------

def refused_count(server, status):
    found = re.search(rb'nq17_bodies_refused_total\{status="%d"\} (\d+)' % status, server.ask("/metrics").body)
    return int(found[1]) if found else 0


def test_every_refusal_is_counted(served):
    """Also of a file that came whole, and of the one who sends it again."""
    assert refused_count(served, 400) == refused_count(served, 401) == 0
    problem(served.send(b"no,such\n1,2\n", served.key, Idempotency_Key="r"), 400, "file_refused")
    assert refused_count(served, 400) == 1
    problem(served.send(b"no,such\n1,2\n", served.key, Idempotency_Key="r"), 400, "file_refused")
    assert refused_count(served, 400) == 2
    problem(served.send(rows("R", 1), None), 401, "key_missing")
    assert refused_count(served, 401) == 1
    assert served.send(rows("R", 1), served.key).status == 200
    assert refused_count(served, 400) == 2


def test_slow_pages_keep_no_sender_waiting(served):
    """Every worker of the pages waits for a lock; records come in meanwhile."""
    with served.store.connect() as db, contextlib.ExitStack() as visitors:
        db.execute("BEGIN")
        db.execute("LOCK TABLE target IN ACCESS EXCLUSIVE MODE")
        for n in range(12):  # different pages: the same one is made once
            visitor = visitors.enter_context(connect(served))
            visitor.sendall(b"GET /method?period=20%02d HTTP/1.1\r\nHost: x\r\n\r\n" % (n + 10))
        end = time.monotonic() + 20
        while db.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0] < 4:
            assert time.monotonic() < end
            time.sleep(0.1)
        began = time.monotonic()
        assert served.send(rows("P", 10), served.key).json()["accepted"] == 10
        assert time.monotonic() - began < 10
        assert int(re.search(rb"nq17_database_jobs_waiting (\d+)", served.ask("/metrics").body)[1]) >= 8
        db.execute("ROLLBACK")


def test_a_workbook(served, tmp_path):
    book = openpyxl.Workbook()
    for row in (HEADER + "ALPHA,X1,P,online,2020-06-01,x\nALPHA,X2,P,bad,2020-06-01,x\n").splitlines():
        book.active.append(row.split(","))
    book.save(tmp_path / "records.xlsx")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = served.send((tmp_path / "records.xlsx").read_bytes(), served.key, kind)
    assert answer.status == 200 and counts(answer.json()) == (2, 1, 0, 0, 0, 1)
    assert answer.json()["errors"][0]["code"] == "bad_choice"
    broken = problem(served.send(b"PK\x03\x04nonsense", served.key, kind), 400, "file_refused")
    assert broken["errors"][0]["code"] == "file_workbook_damaged"
    assert held(served.store) == 1


# ---- Problems -------------------------------------------------------------------

@pytest.mark.parametrize("method, path, status, code", [
    ("GET", "/api/v1/nothing", 404, "not_found"), ("POST", "/api/v1/targets", 405, "method_not_allowed"),
    ("GET", "/api/v1/records/dossier", 405, "method_not_allowed"),
    ("GET", "/api/v1/targets.csv", 406, "not_acceptable"),
    ("GET", "/api/v1/observations?period=2020-Q5", 400, "bad_request"),
    ("GET", "/rankings.json?indicator=nothing", 404, "not_found"), ("GET", "/nothing.json", 404, "not_found"),
    ("POST", "/api/v1/records/dossier", 401, "key_missing"), ("POST", "/api/v1/records/x", 404, "unknown_type"),
    ("GET", "/api/v1/batches/1", 401, "key_missing")])
def test_problems_are_alike(module_server, method, path, status, code):
    def ask(also="", **headers):
        also = also and ("&" if "?" in path else "?") + also
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = module_server.ask(path + also, headers=headers, method=method)
        told = problem(answer, status, code)
        assert told["type"] == f"urn:nq17:problem:{code}" and told["instance"] == path + also
        return told["title"], told["detail"]

    vietnamese, english = ask("lang=vi"), ask("lang=en")
    for words in vietnamese:
        assert not words.isascii() and words not in english
    assert all(words.isascii() for words in english)
    assert ask() == vietnamese
    assert ask(Accept_Language="en-GB,vi;q=0.5") == english
    assert ask("lang=vi", Accept_Language="en") == vietnamese


def test_reasons(module_server):
    for path, vi, en in (("/api/v1/observations?period=2020-Q5", "“2020-Q5” không phải một kỳ.",
                          'not a period: "2020-Q5"'),
                         ("/rankings.json?indicator=none", "Không có chỉ tiêu “none”.", 'no indicator "none"')):
        for language, reason in (("vi", vi), ("en", en)):
            assert module_server.ask(f"{path}&lang={language}").json()["reason"].startswith(reason)
    told = module_server.send(b"x", module_server.key, query="nonsense=1")
    assert problem(told, 400, "bad_parameter")["reason"] == "nonsense"
    assert "reason" not in module_server.ask("/api/v1/nothing").json()


def test_every_problem_is_documented():
    table = re.findall(r'^\t\{ "(\w+)", (\d{3}), ', (ROOT / "web/problem.c").read_text(), re.M)
    documented = re.findall(r"^\| `(\w+)` \| (\d{3}) \| \S.* \| \S.* \|$", (ROOT / "docs/api.md").read_text(), re.M)
    assert len(table) > 25 and sorted(documented) == sorted(table)
