# test_keys.py -- nq17 key: what a key is, for whom it speaks and how it ends.
import datetime
import hashlib
import http.client
import json
import re
import subprocess
import time

import pytest

from serving import Server, new_key
from test_http_intake import problem, rows
from test_import import AGENCIES, HEADER, send_csv


@pytest.fixture(scope="module")
def office(module_store):
    send_csv(module_store, AGENCIES, "agency")
    return module_store


@pytest.fixture(scope="module")
def server(office):
    made = Server(office)
    yield made
    made.stop()


def number_of(key):
    return key.split("_")[1]


def listed(store, key):
    keys = json.loads(store.run("key", "list", "--format", "json").stdout)
    return next(k for k in keys if k["id"] == int(number_of(key)))


def set_column(store, key, column, value):
    with store.connect() as db:
        db.execute(f"UPDATE api_key SET {column} = {value} WHERE key_id = %s", [number_of(key)])


# ---- Made and listed ------------------------------------------------------------

def test_a_key_is_printed_once_and_kept_nowhere(office, server):
    """Its secret is in no table, no file, no log; its hash is, which shows that we look."""
    out = office.run("key", "add", "--agency", "ALPHA")
    assert re.fullmatch(r"nq17_\d+_[0-9a-f]{64}\n", out.stdout)
    key = out.stdout.strip()
    secret = key.rsplit("_", 1)[1]
    assert server.send(rows("S", 1), key).status == 200
    problem(server.send(rows("S", 1), key, "text/plain"), 415)
    for arguments in (["key", "list"], ["key", "list", "--format", "json"]):
        done = office.run(*arguments)
        assert secret not in done.stdout + done.stderr
    with office.connect() as db:
        hashed = db.execute("SELECT sha256 FROM api_key WHERE key_id = %s", [number_of(key)]).fetchone()[0]
    assert hashed == hashlib.sha256(secret.encode()).hexdigest()
    folders = {office.data, *(p.resolve() for p in office.data.iterdir() if p.is_dir())}

    def files_with(text):
        return subprocess.run(["grep", "-rlaF", "--devices=skip", text, *folders], capture_output=True,
                              text=True).stdout.splitlines()

    assert files_with(hashed) and files_with(secret) == []


def test_two_keys_are_never_alike(office):
    keys = {new_key(office, "ALPHA") for _ in range(5)}
    assert len({key.rsplit("_", 1)[1] for key in keys}) == len({number_of(key) for key in keys}) == 5


def test_list(office):
    key = new_key(office, "BETA", "--types", "fact,dossier", "--expires", "2030-12-31")
    told = listed(office, key)
    assert told["agency"] == "BETA" and told["types"] == "fact,dossier" and told["state"] == "active"
    assert told["expires_at"] == "2031-01-01T00:00:00+07:00"  # that day is still whole
    assert told["last_used_at"] is None and told["revoked_at"] is None
    assert listed(office, new_key(office, "BETA"))["types"] == "dossier,service,fact,count,milestone"
    table = office.run("key", "list").stdout.splitlines()
    assert table[0].split()[:4] == ["id", "agency", "types", "state"]
    assert any(line.split()[:4] == [number_of(key), "BETA", "fact,dossier", "active"] for line in table)


@pytest.mark.parametrize("arguments, code, word", [
    (["add"], 2, "usage"), ([], 2, "usage"), (["revoke"], 2, "usage"), (["list", "x"], 2, "usage"),
    (["list", "--format", "xml"], 2, "usage"), (["add", "--agency", "NOBODY"], 1, "NOBODY"),
    (["add", "--agency", "ALPHA", "--types", "agency"], 1, "agency"),
    (["add", "--agency", "ALPHA", "--types", "dossier,"], 1, "cannot send"),
    (["add", "--agency", "ALPHA", "--types", ""], 1, "cannot send"),
    (["add", "--agency", "ALPHA", "--expires", "soon"], 1, "soon"),
    (["revoke", "999999"], 1, "999999"), (["revoke", "1;"], 1, "1;"), (["revoke", "-1"], 2, "usage")])
def test_what_cannot_be(office, arguments, code, word):
    with office.connect() as db:
        before = db.execute("SELECT count(*) FROM api_key").fetchone()
        done = office.run("key", *arguments, code=code)
        assert word in done.stderr and done.stdout == ""
        assert db.execute("SELECT count(*) FROM api_key").fetchone() == before


# ---- Valid and not --------------------------------------------------------------

def misshapen(key):
    number, secret = number_of(key), key.rsplit("_", 1)[1]
    flipped = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    return ["", "nq17_", secret, f"nq17_{number}", f"nq17_{number}_", f"nq17_{number}_{flipped}",
            f"nq17_{number}_{secret}0", f"nq17_{number}_{secret[:-1]}", f"nq17_{number}_{secret.upper()}x",
            f"nq17_0_{secret}", f"nq17_999999_{secret}", f"nq17__{secret}", f"nq17_-1_{secret}",
            f"nq17_{'9' * 20}_{secret}", f"NQ17_{number}_{secret}", f"nq17_{number}'_{secret}", "x" * 4000]


def test_only_the_whole_key_is_one(office, server):
    key = new_key(office, "ALPHA")
    answers = [server.send(rows("W", 1), wrong) if wrong else
               server.ask("/api/v1/records/dossier?lang=en", body=rows("W", 1),
                          headers={"Content-Type": "text/csv", "Authorization": "Bearer "})
               for wrong in misshapen(key)]
    told = {(a.status, a.json()["code"], a.json()["detail"]) for a in answers}
    assert len(told) == 1 and told.pop()[:2] == (401, "key_invalid")  # all look the same
    assert "invalid_token" in answers[-1].headers["WWW-Authenticate"]
    problem(server.ask("/api/v1/records/dossier", body=b"x", headers={"Authorization": "Basic eDp5"}), 401,
            "key_missing")
    assert listed(office, key)["last_used_at"] is None
    assert server.send(rows("W", 1), key).status == 200


def test_revoked(office, server):
    key, other = new_key(office, "ALPHA"), new_key(office, "ALPHA")
    batch = server.send(rows("V", 1), key).json()["batch"]
    office.run("key", "revoke", number_of(key))
    problem(server.send(rows("V", 1), key), 401, "key_invalid")
    problem(server.ask(f"/api/v1/batches/{batch}", key), 401, "key_invalid")
    first = listed(office, key)
    assert first["state"] == "revoked" and first["revoked_at"]
    office.run("key", "revoke", number_of(key))  # again: as it was
    assert listed(office, key) == first
    # The agency's other keys go on, and see what it sent.
    assert server.send(rows("V", 1), other).status == 200
    assert server.ask(f"/api/v1/batches/{batch}", other).status == 200


def test_revoked_while_a_body_comes(office, server):
    """What a stolen key has begun does not count; on a connection that is kept either."""
    key = new_key(office, "ALPHA")
    before = office.run("batch", "list", "--format", "json").stdout
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = rows("KEPT", 2)
    connection.putrequest("POST", "/api/v1/records/dossier?lang=en")
    for name, value in (("Authorization", f"Bearer {key}"), ("Content-Type", "text/csv"), ("Content-Length", len(body))):
        connection.putheader(name, str(value))
    connection.endheaders(body[:20])
    for _ in range(100):                             # the key was looked at
        if listed(office, key)["last_used_at"]:
            break
        time.sleep(0.1)
    office.run("key", "revoke", number_of(key))
    connection.send(body[20:])
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (401, "key_invalid")
    for _ in range(2):
        connection.request("POST", "/api/v1/records/dossier", body, {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 401
    assert office.run("batch", "list", "--format", "json").stdout == before


def test_expired(office, server):
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date()
    key = new_key(office, "ALPHA", "--expires", str(today + datetime.timedelta(days=1)))
    assert server.send(rows("X", 1), key).status == 200
    set_column(office, key, "expires_at", "now() - interval '1 second'")
    problem(server.send(rows("X", 1), key), 401, "key_invalid")
    assert listed(office, key)["state"] == "expired"
    yesterday = str(today - datetime.timedelta(days=1))
    assert f"a key ends today or later, not on {yesterday}" in office.run(
        "key", "add", "--agency", "ALPHA", "--expires", yesterday, code=1).stderr
    problem(server.send(rows("X", 0), new_key(office, "ALPHA", "--expires", str(today))), 400, "file_refused")


def test_last_use(office, server):
    key = new_key(office, "ALPHA")
    assert server.send(rows("U", 1), key).status == 200
    used = datetime.datetime.fromisoformat(listed(office, key)["last_used_at"])
    assert used.second == 0
    assert 0 <= (datetime.datetime.now(datetime.timezone.utc) - used).total_seconds() < 180
    set_column(office, key, "last_used_at", "'2020-01-01'")
    problem(server.ask("/api/v1/batches/999999999", key), 404, "unknown_batch")
    assert listed(office, key)["last_used_at"] >= used.isoformat()


# ---- What it may do -------------------------------------------------------------

def test_types(office, server):
    key = new_key(office, "ALPHA", "--types", "dossier,milestone")
    assert server.send(rows("Y", 1), key).status == 200
    for kind in ("service", "fact", "count"):
        problem(server.send(rows("Y", 1), key, kind=kind), 403, "key_type")
    # The registers of the nation are no key's.
    for kind in ("agency", "task", "national"):
        problem(server.send(rows("Y", 1), key, kind=kind), 403, "key_type")


def test_its_agency_and_its_predecessors(office, server):
    """44 of today (Quảng Trị) took over 44 and 45 on 1 July 2025; 46 (Huế) is another."""
    def codes(key, agency, day, query="lang=en"):
        body = HEADER + f"{agency},{agency}-{day},P,online,{day},x\n"
        receipt = server.send(body.encode(), key, query=query).json()
        return [e["code"] for e in receipt["errors"]] or receipt["accepted"] + receipt["duplicate"]

    key, old = new_key(office, "44"), new_key(office, "44@2008")
    assert listed(office, key)["agency"] == "44@2025" and listed(office, old)["agency"] == "44"
    assert codes(key, "44", "2025-08-01") == 1
    assert codes(key, "44", "2020-08-01") == codes(key, "45", "2020-08-01") == 1
    assert codes(key, "46", "2020-08-01") == codes(key, "ALPHA", "2020-08-01") == ["agency_not_yours"]
    # Who was taken over speaks for itself alone.
    assert codes(old, "44", "2020-08-01") == 1
    assert codes(old, "44", "2025-08-01") == codes(old, "45", "2020-08-01") == ["agency_not_yours"]
    # The same for records that name no agency.
    nameless = b"dossier,procedure,channel,received_at\nNL1,P,online,2020-06-01\n"
    for agency, status in (("45", 200), ("44@2008", 200), ("46", 403), ("NOBODY", 403)):
        told = server.send(nameless, key, query=f"lang=en&agency={agency}")
        assert told.status == status, (agency, told.body)
        assert status == 200 or told.json()["code"] == "key_agency"
    with office.connect() as db:
        held = db.execute("SELECT a.label, d.dossier FROM dossier d JOIN agency a USING (agency_id) "
                          "WHERE d.dossier LIKE '4%' OR d.dossier = 'NL1' ORDER BY 1, 2").fetchall()
    assert held == [("44", "44-2020-08-01"), ("44", "NL1"), ("44@2025", "44-2025-08-01"),
                    ("45", "45-2020-08-01"), ("45", "NL1")]


def test_receipts_of_others(office, server):
    """A successor sees what its predecessors sent; nobody else does."""
    key, old, other = new_key(office, "44"), new_key(office, "44@2008"), new_key(office, "46")
    body = (HEADER + "44,R1,P,online,2020-08-01,x\n").encode()
    batch = server.send(body, old).json()["batch"]
    assert server.ask(f"/api/v1/batches/{batch}", key).status == 200
    problem(server.ask(f"/api/v1/batches/{batch}", other), 404, "unknown_batch")
    later = server.send((HEADER + "44,R2,P,online,2025-08-01,x\n").encode(), key).json()["batch"]
    problem(server.ask(f"/api/v1/batches/{later}", old), 404, "unknown_batch")
