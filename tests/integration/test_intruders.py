# test_intruders.py -- what those get who are not who they say they are.
import base64
import re
import socket
import time

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
    # Those who may send hold the places, which is why there are few; and give them back.
    held += [hold_upload(house, sender.session) for _ in range(4)]
    deadline = time.monotonic() + 20
    while sender.post("/data/upload", type="dossier").status != 503:
        assert time.monotonic() < deadline
    for client in held + closed:
        client.close()
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
