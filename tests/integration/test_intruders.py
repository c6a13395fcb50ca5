# test_intruders.py -- what those get who are not who they say they are.
import base64
import concurrent.futures
import re
import socket
import time

import psycopg
import pytest

from serving import Server
from signing import Visitor
from test_accounts import CHEAP, PASSWORD, add_user, house, signed_in, totp  # noqa: F401 (house is a fixture)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


# ---- Forms that hold a file -----------------------------------------------------------

def read_status(client):
    client.settimeout(20)
    return client.recv(4096).split(b" ")[1]


def hold_upload(house, session):
    """The head of a form with a file, whose body does not come."""
    client = socket.create_connection(("127.0.0.1", house.port), timeout=20)
    client.sendall(f"POST /data/upload HTTP/1.1\r\nHost: x\r\nCookie: nq17_session={session}\r\n"
                   "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 100000\r\n\r\n".encode())
    return client


def test_made_up_sessions_keep_no_sender_waiting(house):
    """Few forms with a file may come at a time: a place is for those who may send one."""
    viewer = signed_in(house, "view01")
    held = [hold_upload(house, "A" * 43) for _ in range(4)]
    assert [read_status(client) for client in held] == [b"401"] * 4
    closed = [hold_upload(house, viewer.session) for _ in range(4)]
    assert [read_status(client) for client in closed] == [b"403"] * 4
    sender = signed_in(house, "send01")
    answer = sender.post("/data/upload", type="dossier")
    assert (answer.status, answer.location) == (303, "/data/upload?type=dossier&note=no_file")
    # Those who may send hold the places, which is why there are few; and give them back.  One
    # more each time: a form that is asking may have had the place that the last one came for.
    deadline = time.monotonic() + 60
    while sender.post("/data/upload", type="dossier").status != 503:
        assert time.monotonic() < deadline
        held.append(hold_upload(house, sender.session))
    for client in held + closed:
        client.close()
    deadline = time.monotonic() + 60
    while sender.post("/data/upload", type="dossier").status != 303:
        assert time.monotonic() < deadline


# ---- What a proxy says ----------------------------------------------------------------

def ask_raw(server, path, *lines):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall("\r\n".join([f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *lines, "", ""]).encode())
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    return answer.decode()


def test_a_header_beside_the_proxys_own(house):
    """Some proxies replace what a visitor sent, some write a line of their own below it."""
    server = Server(house.store, "web", env=CHEAP | {
        "NQ17_PROXY_ADDRESSES": "127.0.0.1", "NQ17_PROXY_USER_HEADER": "X-Remote-User"})
    try:
        for lines in (("X-Remote-User: admin", "X-Remote-User: view01"), ("X-Remote-User: view01", "x-remote-user: admin"),
                      ("X-Remote-User: admin", "X-Remote-User:"), ("X_Remote_User: admin",), ("X-Remote-User: admin, view01",)):
            answer = ask_raw(server, "/login", *lines)
            assert answer.startswith("HTTP/1.1 200 ") and "nq17_session=" not in answer, lines
        answer = ask_raw(server, "/login?next=/account", "X-Forwarded-For: 192.0.2.66, 192.0.2.67", "X-Remote-User: view01",
                         "X-Forwarded-For: 192.0.2.1, 192.0.2.7", "X-Forwarded-Proto: http", "X-Forwarded-Proto: https")
        assert answer.startswith("HTTP/1.1 303 ") and "Set-Cookie: __Host-nq17_session=" in answer
        with house.store.connect() as db:
            assert db.execute("SELECT address FROM session ORDER BY session_id DESC LIMIT 1").fetchone()[0] == "192.0.2.7"
    finally:
        server.stop()


# ---- The second step --------------------------------------------------------------------

def begin_code(who):
    assert who.post("/account", action="code_begin", password=PASSWORD).location == "/account#code"
    page = who.ask("/account").text
    return base64.b32decode(re.search(r"<code>([A-Z2-7 ]{39})</code>", page)[1].replace(" ", ""))


def test_a_secret_waits_where_the_password_was_asked(house):
    """What was begun at one browser and left there is not shown or confirmed at another, which nobody asked."""
    add_user(house.store, "leaves", "viewer", "01")
    owner, thief = signed_in(house, "leaves"), signed_in(house, "leaves")
    secret = begin_code(owner)
    page = thief.ask("/account").text
    assert "data:image" not in page and not re.search(r"<code>[A-Z2-7 ]{39}</code>", page)
    code = totp(secret, int(time.time()) // 30)
    assert "note=wrong_code" in thief.post("/account", action="code_confirm", code=code).location
    assert signed_in(house, "leaves").ask("/account").status == 200          # no second step is asked
    assert "note=done" in owner.post("/account", action="code_confirm", code=code).location
    assert thief.ask("/account").status == 303


def turn_on_code(house, login):
    """A visitor of a new account with the second step on, and its secret."""
    add_user(house.store, login, "viewer", "01")
    who = signed_in(house, login)
    secret, step = begin_code(who), int(time.time()) // 30            # the next one is new
    assert "note=done" in who.post("/account", action="code_confirm", code=totp(secret, step)).location
    return who, secret


def half_in(house, login):
    who = Visitor(house.port)
    assert who.sign_in(login, PASSWORD).location.startswith("/login/code")
    return who


def test_a_code_that_comes_many_times_at_once_counts_once(house):
    _, secret = turn_on_code(house, "crowd")
    halves = [half_in(house, "crowd") for _ in range(3)]
    halves += [halves[0]] * 3                             # and a thief of that very half of a session
    code = totp(secret, int(time.time()) // 30 + 1)       # of one step, however long the next lines take
    bodies = [f"csrf={half.csrf('/login/code')}&code={code}" for half in halves]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda half, body: half.ask("/login/code", "POST", body, FORM), halves, bodies))
    statuses = sorted(answer.status for answer in answers)
    assert statuses[0] == 303 and set(statuses[1:]) <= {403, 429}, statuses        # three of an address are looked at at a time
    with house.store.connect() as db:
        assert db.execute("SELECT count(*) FROM session JOIN account USING (account_id) WHERE login = 'crowd'"
                          " AND is_whole AND way = 'password' AND ended_at IS NULL").fetchone()[0] == 2


def test_wrong_codes_make_an_account_pause(house):
    """The right password in between takes none of them back: else a code could be guessed."""
    _, secret = turn_on_code(house, "guessed")
    for _ in range(5):
        assert half_in(house, "guessed").post("/login/code", code="abcdef").status == 403
    with house.store.connect() as db:
        assert db.execute("SELECT failures, paused_until > clock_timestamp() FROM account_secret JOIN account"
                          " USING (account_id) WHERE login = 'guessed'").fetchone() == (5, True)
    assert Visitor(house.port).sign_in("guessed", PASSWORD).status == 403
    house.store.run("user", "unlock", "guessed")
    half = half_in(house, "guessed")
    with house.store.connect() as db:                     # it pauses while somebody is between the steps
        db.execute("UPDATE account_secret SET paused_until = clock_timestamp() + interval '1 minute' WHERE account_id ="
                   " (SELECT account_id FROM account WHERE login = 'guessed')")
    assert half.post("/login/code", code=totp(secret, int(time.time()) // 30 + 1)).status == 403
    assert half.ask("/account").status == 303


def test_an_open_browser_does_not_take_the_second_step_away(house):
    who, secret = turn_on_code(house, "keeps")
    for wrong in ({}, {"password": "not it"}, {"code": totp(secret, int(time.time()) // 30)}):
        assert "note=wrong" in who.post("/account", action="code_off", **wrong).location
    assert who.post("/account", action="code_begin", password=PASSWORD).status == 303     # one is on: it stays
    assert who.post("/account", action="code_confirm", code=totp(secret, int(time.time()) // 30 + 1)).location.endswith(
        "note=wrong_code")
    assert half_in(house, "keeps").post("/login/code", code=totp(secret, int(time.time()) // 30 + 1)).status == 303


# ---- Caches -----------------------------------------------------------------------------

def test_a_form_with_a_browsers_token_is_for_that_browser(house):
    who = Visitor(house.port)
    for path in ("/login", "/login", "/login/code"):      # the first time it brings a cookie, later it has one
        assert who.ask(path).getheader("Cache-Control") == "private, no-cache", path
    who.cookies = {"nq17_session": "A" * 43}              # of a session that is over
    for path in ("/login", "/login/code"):
        assert who.ask(path).getheader("Cache-Control") == "private, no-cache", path


# ---- Tries --------------------------------------------------------------------------------

def test_a_network_is_one_address(house):
    """A host has a network of 64 bits for itself, and may come from another address each time."""
    server = Server(house.store, "web", env=CHEAP | {"NQ17_PROXY_ADDRESSES": "127.0.0.1", "NQ17_SIGN_IN_TRIES": "1"})
    try:
        come = lambda address: Visitor(server.port, {"X-Forwarded-For": address}).sign_in("nobody", "wrong").status  # noqa: E731
        assert [come(f"2001:db8:17::{n}") for n in (1, "a:b:c:d")] == [403, 429]
        assert come("2001:db8:17:1::1") == 403                # a network beside it
        assert [come(f"::ffff:192.0.2.{n}") for n in range(1, 6)] == [403] * 5     # addresses of IPv4
    finally:
        server.stop()


# ---- Requests that are none ---------------------------------------------------------------

ODD = {
    "a length with a sign": (b"Content-Length: +5", b"abcde"), "below zero": (b"Content-Length: -5", b"abcde"),
    "a length with more": (b"Content-Length: 5x", b"abcde"), "no length": (b"Content-Length:", b"abcde"),
    "beyond 64 bits": (b"Content-Length: 99999999999999999999999", b"abcde"),
    "a piece in C": (b"Transfer-Encoding: chunked", b"0x3\r\nabc\r\n0\r\n\r\n"),
    "a piece below zero": (b"Transfer-Encoding: chunked", b"-3\r\nabc\r\n0\r\n\r\n"),
    "a piece beyond 64 bits": (b"Transfer-Encoding: chunked", b"10000000000000003\r\nabc\r\n0\r\n\r\n"),
    "nearly chunked": (b"Transfer-Encoding: xchunked", b"0\r\n\r\n"),
    "chunked behind a control": (b"Transfer-Encoding: \x0bchunked", b"0\r\n\r\n"),
}


def test_no_request_hides_in_another(house):
    for name, (line, body) in ODD.items():
        with socket.create_connection(("127.0.0.1", house.port), timeout=20) as client:
            client.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                           + line + b"\r\n\r\n" + body + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            try:
                while piece := client.recv(65536):
                    answer += piece
            except ConnectionResetError:
                pass
        assert answer.split(b" ")[1] in (b"400", b"413") and b"HTTP/1.1 200" not in answer, (name, answer[:200])


def test_forms_come_as_forms(house):
    """A page elsewhere can send text/plain without asking; every form refuses it before it looks."""
    who = signed_in(house, "admin")
    body = f"csrf={who.csrf('/account')}"
    for path in ("/login", "/login/code", "/logout", "/account", "/admin/users", "/admin/keys", "/admin/targets", "/admin/letterhead",
                 "/data/upload", "/data/preview", "/data/disputes", "/reports/schedules/new"):
        for kind in ("text/plain", "application/json", ""):
            assert who.ask(path, "POST", body, {"Content-Type": kind}).status in (403, 415), (path, kind)
    assert who.ask("/account").status == 200


# ---- The roles of the database --------------------------------------------------------------

BEYOND = ["SET ROLE nq17_owner", "SET SESSION AUTHORIZATION nq17_owner", "ALTER ROLE CURRENT_USER SUPERUSER",
          "SELECT pg_read_file('/etc/passwd')", "SELECT lo_import('/etc/passwd')", "COPY (SELECT 1) TO PROGRAM 'id'",
          "COPY (SELECT 1) TO '/tmp/x'", "CREATE TABLE public.x ()", "CREATE TEMP TABLE x ()", "CREATE TABLE nq17.x ()",
          "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE EXTENSION dblink",
          "SET session_replication_role = replica", "ALTER TABLE audit_log DISABLE TRIGGER ALL",
          "ALTER TABLE dossier DISABLE ROW LEVEL SECURITY",
          "SELECT audit_log_add('x', 'x', 'x', 'x', '{}', NULL)", "INSERT INTO audit_log DEFAULT VALUES",
          "UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log", "UPDATE account SET role = 'administrator'",
          "SELECT * FROM pg_authid", "SELECT password_hash FROM account_secret", "SELECT sha256 FROM session",
          "SELECT * FROM api_key", "SELECT * FROM form_upload", "UPDATE dossier SET status = 'void'", "DELETE FROM dossier",
          "DELETE FROM quarantine", "UPDATE quarantine SET value = ''", "DELETE FROM vintage", "UPDATE vintage SET sha256 = ''",
          "SELECT sessions_end(1, NULL)"]


def test_what_the_roles_cannot_do(house):
    """Whatever is asked of the database through the web or the reports, even by a role that says it is the system."""
    for role in ("web", "reports"):
        with house.store.connect(role) as db:
            db.execute("SELECT set_config('nq17.role', 'system', false)")
            for statement in BEYOND:
                with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                    db.execute(statement)
                    raise AssertionError(f"{role}: {statement}")
