# test_http_intake.py -- records over HTTP: keys, answers, and clients that are slow.
import concurrent.futures
import gzip
import json
import os
import resource
import signal
import socket
import subprocess
import time

import pytest

import spooling
from serving import Server, new_key
from test_import import (AGENCIES, HEADER, assert_expected, assert_totals_exact, counts, dossier,
                         load_wabo_agencies, send_csv, wabo)


@pytest.fixture
def office(kept_store):
    send_csv(kept_store, AGENCIES, "agency")
    return kept_store


@pytest.fixture
def served(office):
    server = Server(office)
    server.key = new_key(office, "ALPHA")
    yield server
    server.stop()


def rows(prefix, count, agency="ALPHA"):
    return (HEADER + "".join(f"{agency},{prefix}{n},P,online,2020-06-{1 + n % 28:02d},x\n"
                             for n in range(count))).encode()


def held(store):
    with store.connect() as db:
        return db.execute("SELECT count(*) FROM dossier").fetchone()[0]


# ---- Figures --------------------------------------------------------------------

WABO = [("dossiers.csv", "text/csv; charset=utf-8", "gzip"),
        ("dossiers.ndjson", "application/x-ndjson", "zstd"),
        ("dossiers.cloudevents.json", "application/cloudevents-batch+json", None),
        ("array", "application/json", None)]


@pytest.mark.parametrize("name,type,encoding", WABO, ids=[w[0] for w in WABO])
def test_wabo(kept_store, wabo, name, type, encoding):
    """Three agencies, each with its own key; what is another's is refused."""
    load_wabo_agencies(kept_store, wabo)
    with open(wabo / "agencies.csv") as file:
        agencies = [line.split(",")[0] for line in file][1:]
    if name == "array":
        lines = (wabo / "dossiers.ndjson").read_text().splitlines()
        body = ("[" + ",".join(lines) + "]").encode()
    else:
        body = (wabo / name).read_bytes()
    headers = {}
    if encoding == "gzip":
        body, headers = gzip.compress(body), {"Content-Encoding": "gzip"}
    elif encoding == "zstd":
        body = subprocess.run(["zstd", "-c"], input=body, capture_output=True, check=True).stdout
        headers = {"Content-Encoding": "zstd"}
    server = Server(kept_store)
    try:
        accepted = 0
        for agency in agencies:
            answer = server.send(body, new_key(kept_store, agency), type, **headers)
            assert answer.status == 200
            receipt = answer.json()
            assert receipt["received"] == 1434
            accepted += receipt["accepted"]
        assert accepted == 1432
    finally:
        server.stop()
    assert_expected(kept_store, wabo)


# ---- Answers --------------------------------------------------------------------

def test_a_receipt_and_its_addresses(served):
    body = rows("A", 5) + b"BETA,X,P,online,2020-06-01,x\nALPHA,Y,P,bad,2020-06-01,x\n"
    answer = served.send(body, served.key)
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/json"
    receipt = answer.json()
    assert counts(receipt) == (7, 5, 0, 0, 0, 2)
    assert [e["code"] for e in receipt["errors"]] == ["agency_not_yours", "bad_choice"]
    batch = receipt["batch"]
    again = served.ask(f"/api/v1/batches/{batch}", served.key)
    assert again.status == 200 and again.json() == receipt
    errors = served.ask(f"/api/v1/batches/{batch}/errors.csv", served.key)
    lines = errors.body.decode().splitlines()
    assert lines[0] == HEADER.strip() + ",nq17_line,nq17_code,nq17_message" and len(lines) == 3
    other = new_key(served.store, "BETA")
    assert served.ask(f"/api/v1/batches/{batch}", other).status == 404
    assert served.ask(f"/api/v1/batches/{batch}").status == 401
    with served.store.connect() as db:
        delivery, way = db.execute("SELECT delivery, way FROM batch WHERE batch_id = %s",
                                   [batch]).fetchone()
    assert way == "http"
    assert served.ask(f"/api/v1/batches/{delivery}", served.key).json() == receipt
    # The key stands for the agency where the record names none; a trial stores nothing.
    nameless = b"dossier,procedure,channel,received_at\nN1,P,online,2020-06-01\n"
    trial = served.send(nameless, served.key, query="lang=en&dry_run=1").json()
    assert counts(trial)[1] == 1 and trial["batch"] is None
    assert held(served.store) == 5
    assert served.send(nameless, served.key).json()["accepted"] == 1
    assert_totals_exact(served.store)


def problem(answer, status, code=None):
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    told = answer.json()
    assert told["status"] == status and told["type"] and told["title"]
    assert code is None or told["code"] == code, told
    return told


def test_refusals(served):
    body, key = rows("R", 2), served.key
    told = served.send(body, None)
    problem(told, 401)
    assert "Bearer" in told.headers["WWW-Authenticate"]
    problem(served.send(body, "nq17_1_" + "0" * 64), 401)
    problem(served.send(body, key, kind="nothing"), 404)
    problem(served.send(body, key, query="agency=BETA"), 403)
    problem(served.send(body, new_key(served.store, "ALPHA", "--types", "fact")), 403)
    problem(served.send(body, key, "text/plain"), 415)
    problem(served.send(body, key, "text/csv; charset=utf-16"), 415)
    problem(served.send(body, key, Content_Encoding="br"), 415)
    problem(served.send(body, key, query="nonsense=1"), 400)
    problem(served.ask("/api/v1/records/dossier", key), 405)
    whole = problem(served.send(b"no,such\n1,2\n", key), 400)
    assert whole["errors"][0]["code"] == "file_unknown_columns" and whole["received"] == 0
    vietnamese = served.send(body, None, query="", Accept_Language="vi").json()["title"]
    english = served.send(body, None, query="", Accept_Language="en").json()["title"]
    assert vietnamese != english
    assert held(served.store) == 0


def test_the_same_request_twice(served):
    body = rows("I", 50)
    first = served.send(body, served.key, Idempotency_Key="one")
    assert served.send(body, served.key, Idempotency_Key="one").body == first.body
    problem(served.send(rows("J", 1), served.key, Idempotency_Key="one"), 422)
    # Another key may use the same words.
    other = served.send(rows("O", 3, "BETA"), new_key(served.store, "BETA"), Idempotency_Key="one")
    assert other.json()["accepted"] == 3
    with served.store.connect() as db:
        assert db.execute("SELECT count(*) FROM batch WHERE way = 'http'").fetchone() == (2,)


def test_what_was_withdrawn_counts_again(served):
    body = rows("V", 20)
    batch = served.send(body, served.key, Idempotency_Key="again").json()["batch"]
    served.store.run("batch", "withdraw", batch, "--reason", "test")
    assert held(served.store) == 0
    answer = served.send(body, served.key, Idempotency_Key="again").json()
    assert answer["accepted"] == 20 and answer["batch"] != batch
    assert held(served.store) == 20
    assert_totals_exact(served.store)


def test_limits(office):
    server = Server(office, env={"NQ17_BODY_LIMIT": "1", "NQ17_KEY_REQUESTS": "3"})
    try:
        key = new_key(office, "ALPHA")
        large = HEADER.encode() + b"x" * 1100000
        problem(server.send(large, key), 413)
        told = None
        for _ in range(6):
            told = server.send(rows("L", 1), key)
            if told.status == 429:
                break
        problem(told, 429)
        assert int(told.headers["Retry-After"]) >= 1
    finally:
        server.stop()
    server = Server(office, env={"NQ17_DISK_RESERVE": "99999999"})
    try:
        told = server.send(rows("L", 1), key)
        problem(told, 503)
        assert int(told.headers["Retry-After"]) >= 1
    finally:
        server.stop()


def test_without_a_collector_it_waits(office):
    """Nobody commits: after half a minute the sender is told where to ask."""
    server = Server(office, "web")
    try:
        key = new_key(office, "ALPHA")
        with concurrent.futures.ThreadPoolExecutor(2) as senders:
            sent = senders.submit(server.send, rows("W", 4), key)
            tried = senders.submit(server.send, rows("X", 3), key, query="lang=en&dry_run=1")
        where, trial = sent.result().headers["Location"], tried.result().headers["Location"]
        for answer in sent.result(), tried.result(), server.ask(where, key), server.ask(trial, key):
            assert answer.status == 202 and int(answer.headers["Retry-After"]) >= 1
        office.run("collect", "--once")
        assert counts(server.ask(where, key).json())[1] == 4
        assert counts(server.ask(trial, key).json())[1] == 3
    finally:
        server.stop()
    assert held(office) == 4


# ---- Slow clients ---------------------------------------------------------------

def test_a_thousand_slow_clients(served):
    """Idle and dripping connections do not keep a normal client from its receipts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8000), hard))
    slow, others = [], new_key(served.store, "BETA").encode()
    try:
        for n in range(1000):
            client = socket.create_connection(("127.0.0.1", served.port), timeout=5)
            client.setblocking(False)
            slow.append(client)
            if n % 2:       # a head that never ends, or a body that never comes
                client.send(b"POST /api/v1/records/dossier HTTP/1.1\r\nHost: x\r\n")
            elif n % 4:
                client.send(b"POST /api/v1/records/dossier HTTP/1.1\r\nHost: x\r\n"
                            b"Content-Type: text/csv\r\nContent-Length: 1000\r\n"
                            b"Authorization: Bearer " + others + b"\r\n\r\na")
        for n in range(10):
            for client in slow[n::10]:
                try:
                    client.send(b"x")
                except OSError:
                    pass
            began = time.monotonic()
            answer = served.send(rows(f"T{n}-", 100), served.key)
            assert answer.status == 200 and answer.json()["accepted"] == 100
            assert time.monotonic() - began < 10
        # Whoever drips is closed in the end, though the body is not.
        watched = slow[1]
        end = time.monotonic() + 60
        closed = False
        while not closed and time.monotonic() < end:
            try:
                watched.send(b"x")
                closed = watched.recv(100) == b""
            except BlockingIOError:
                time.sleep(0.5)
            except OSError:
                closed = True
        assert closed
    finally:
        for client in slow:
            client.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert held(served.store) == 1000


# ---- TLS ------------------------------------------------------------------------

def test_tls(office, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem", "-out",
                    tmp_path / "cert.pem"], check=True, capture_output=True)
    for name in ("key.pem", "cert.pem"):
        os.chmod(tmp_path / name, 0o644)
    env = {"NQ17_TLS_CERTIFICATE": str(tmp_path / "cert.pem"), "NQ17_TLS_KEY": str(tmp_path / "key.pem")}
    server = Server(office, scheme="https", env=env)
    try:
        key = new_key(office, "ALPHA")
        (tmp_path / "body.csv").write_bytes(rows("S", 3))
        out = subprocess.run(["curl", "-sS", "--cacert", tmp_path / "cert.pem", "-H",
                              f"Authorization: Bearer {key}", "-H", "Content-Type: text/csv",
                              "--data-binary", f"@{tmp_path / 'body.csv'}",
                              f"{server.address}/api/v1/records/dossier"], capture_output=True, text=True)
        assert json.loads(out.stdout)["accepted"] == 3, out.stderr
    finally:
        server.stop()
    broken = office.run("web", "--listen", "127.0.0.1:0", code=1,
                        env=env | {"NQ17_TLS_KEY": str(tmp_path / "cert.pem")})
    assert "tls" in broken.stderr.lower() or "key" in broken.stderr.lower()


# ---- Killed ---------------------------------------------------------------------

def test_killed_while_it_receives(served):
    client = socket.create_connection(("127.0.0.1", served.port))
    body = rows("D", 5000)
    client.send(b"POST /api/v1/records/dossier HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
                b"Content-Length: %d\r\nAuthorization: Bearer %s\r\n\r\n" % (len(body), served.key.encode())
                + body[:1000])
    time.sleep(0.3)
    served.process.send_signal(signal.SIGKILL)
    served.process.wait()
    client.close()
    store = served.store
    assert spooling.waiting(store) == [] and held(store) == 0
    again = Server(store)
    try:
        assert again.send(body, served.key).json()["accepted"] == 5000
    finally:
        again.stop()
    assert held(store) == 5000
