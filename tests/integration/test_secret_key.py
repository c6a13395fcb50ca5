# test_secret_key.py -- secrets of the second step are sealed, and what a lost key means.
import base64
import os
import re
import stat
import time

from serving import Server
from signing import Visitor
from test_accounts import CHEAP, PASSWORD, add_user, totp


def secret_of(store, login):
    with store.connect() as db:
        return db.execute("SELECT s.totp_secret FROM account_secret s JOIN account USING (account_id)"
                          " WHERE login = %s", (login,)).fetchone()[0]


def turn_on(server, login):
    """The secret that a telephone would hold."""
    add_user(server.store, login, "office")
    who = Visitor(server.port)
    assert who.sign_in(login, PASSWORD).status == 303
    who.post("/account", action="code_begin", password=PASSWORD)
    secret = base64.b32decode(re.search(r"<code>([A-Z2-7 ]{39})</code>", who.ask("/account").text)[1].replace(" ", ""))
    step = int(time.time()) // 30 - 1                # so that the ones to come are new
    assert "note=done" in who.post("/account", action="code_confirm", code=totp(secret, step)).location
    return secret


def code_of(server, login, secret, ahead=0):
    """The answer to the second step."""
    who = Visitor(server.port)
    assert who.sign_in(login, PASSWORD).location.startswith("/login/code")
    return who.post("/login/code", page="/login/code?next=/", code=totp(secret, int(time.time()) // 30 + ahead))


def doctor(store, code=0, **env):
    out = store.run("doctor", env=env, code=None).stdout
    return next(line for line in out.splitlines() if " secrets " in line)


def test_secrets_are_sealed(kept_store):
    store, key = kept_store, kept_store.data / "secret.key"
    assert "made when it is needed" in doctor(store)
    server = Server(store, "web", env=CHEAP)
    try:
        assert server.ask("/login").status == 200    # the socket is there before the server is
        assert stat.S_IMODE(os.stat(key).st_mode) == 0o600 and re.fullmatch(r"[0-9a-f]{64}\n", key.read_text())
        first, second = turn_on(server, "first"), turn_on(server, "second")
        lies = {login: secret_of(store, login) for login in ("first", "second")}
        assert first not in lies["first"] and len(lies["first"]) == 61
        assert code_of(server, "first", first).status == 303
        assert doctor(store).startswith("ok") and "2 secrets" in doctor(store)
        # Put beside another account it opens nothing.
        with store.connect() as db:
            put = lambda login, secret: db.execute(  # noqa: E731
                "UPDATE account_secret s SET totp_secret = %s FROM account c"
                " WHERE c.account_id = s.account_id AND c.login = %s", (secret, login))
            put("second", lies["first"])
            answer = code_of(server, "second", first, 1)
            assert answer.status == 403 and "quản trị viên" in answer.text
            put("second", lies["second"])
            # As before they were sealed: it still counts, and is sealed on that occasion.
            put("first", first)
            put("second", second)
        assert doctor(store).startswith("WRONG") and "nq17 user seal" in doctor(store)
        assert code_of(server, "first", first, 1).status == 303
        assert len(secret_of(store, "first")) == 61 and secret_of(store, "second") == second
        assert "1 secrets sealed" in store.run("user", "seal").stdout
        assert "0 secrets sealed" in store.run("user", "seal").stdout
        assert code_of(server, "second", second).status == 303
    finally:
        server.stop()


def test_a_lost_key(kept_store):
    store, key = kept_store, kept_store.data / "secret.key"
    server = Server(store, "web", env=CHEAP)
    try:
        secret = turn_on(server, "loser")
    finally:
        server.stop()
    key.rename(store.data / "elsewhere.key")
    assert doctor(store).startswith("WRONG") and "is gone" in doctor(store)
    server = Server(store, "web", env=CHEAP)         # makes another
    try:
        answer = code_of(server, "loser", secret)
        assert answer.status == 403 and "quản trị viên" in answer.text
        assert doctor(store).startswith("WRONG") and "another key" in doctor(store)
        assert "ok" in doctor(store, NQ17_SECRET_KEY=str(store.data / "elsewhere.key"))
        store.run("user", "totp", "loser")
        who = Visitor(server.port)
        assert who.sign_in("loser", PASSWORD, next="/account").location == "/account"
        assert doctor(store).startswith("ok")
    finally:
        server.stop()


def test_a_key_that_is_none(store):
    key = store.data / "secret.key"
    for content, mode, what in (("x\n", 0o600, "no key"), ("0" * 64 + "\n", 0o640, "others may read"),
                                ("0" * 63 + "\n", 0o600, "no key"), ("0" * 70, 0o600, "no key"), ("", 0o600, "no key")):
        key.write_text(content)
        key.chmod(mode)
        assert what in store.run("web", "--listen=127.0.0.1:0", code=1, timeout=60).stderr, (content, mode)
        key.unlink()
