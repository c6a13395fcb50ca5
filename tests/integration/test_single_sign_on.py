# test_single_sign_on.py -- OpenID Connect: who comes in, and what is not believed.
import concurrent.futures
import json
import os
import time
import urllib.parse
import urllib.request

import psycopg
import pytest

from oidc_provider import Provider, hmac_with
from serving import Server, free_port
from signing import Visitor
from test_accounts import CHEAP, PASSWORD, add_user, totp


@pytest.fixture(scope="module")
def provider():
    made = Provider()
    yield made
    made.stop()


class Office(Server):
    def __init__(self, store, provider, **settings):
        secret = store.data / "oidc.secret"
        secret.write_text(f"secret = {Provider.SECRET}\n")
        os.chmod(secret, 0o600)
        self.env = CHEAP | {"NQ17_OIDC_ISSUER": provider.issuer, "NQ17_OIDC_CLIENT": Provider.CLIENT,
                            "NQ17_OIDC_CREDENTIALS": str(secret), "NQ17_OIDC_CLAIM": "preferred_username",
                            "NQ17_OIDC_SCOPES": "openid profile", "NQ17_PUBLIC_URL": "https://nq17.test/"} | settings
        super().__init__(store, "web", env=self.env)


@pytest.fixture(scope="module")
def house(module_store, provider):
    add_user(module_store, "admin", "administrator")
    server = Office(module_store, provider)
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def well_behaved(provider):
    provider.behave()


def add(house, login, *args, role="office", code=0):
    return house.store.run("user", "add", login, "--role", role, "--no-password", *args, env=house.env, code=code)


def go_there(who, next="/account", query=""):
    """To the provider and back, up to the address that the browser is sent back to."""
    answer = who.ask(f"/login/sso?next={urllib.parse.quote(next, safe='')}{query}")
    assert answer.status == 303, answer.text
    assert "HttpOnly" in answer.getheader("Set-Cookie") and answer.getheader("Cache-Control") == "no-store"
    opener = urllib.request.build_opener(NoRedirect)
    back = opener.open(answer.location).headers["Location"]
    assert back.startswith("https://nq17.test/login/sso/back?")
    return back.removeprefix("https://nq17.test")


class NoRedirect(urllib.request.HTTPErrorProcessor):
    def http_response(self, request, response):
        return response


def sign_in(house, next="/account", query=""):
    who = Visitor(house.port)
    who.answer = who.ask(go_there(who, next, query))
    return who


def last_entry(house):
    with house.store.connect() as db:
        return db.execute("SELECT actor, action, object, details FROM audit_log ORDER BY id DESC LIMIT 1").fetchone()


# ---- Who comes in -------------------------------------------------------------------

def test_a_person_comes_in_and_goes(house, provider):
    add(house, "thanh", "--oidc-subject", "person-1")
    page = Visitor(house.port).ask("/login?next=/account")
    assert 'href="/login/sso?next=%2Faccount"' in page.text
    who = sign_in(house)
    assert (who.answer.status, who.answer.location) == (303, "/account"), who.answer.text
    assert "nq17_sso" not in who.cookies
    page = who.ask("/account")
    assert page.status == 200 and "thanh" in page.text
    assert last_entry(house)[:3] == ("thanh", "sign_in", "account:thanh") and last_entry(house)[3]["way"] == "oidc"
    out = who.post("/logout", page="/account")
    assert out.location == "/login?out=1" and who.ask("/account").status == 303
    page = who.ask("/login?out=1")
    assert "/login/sso/out" in page.text
    away = who.ask("/login/sso/out").location
    assert away == (provider.issuer + "/logout?client_id=nq17%3Atest&post_logout_redirect_uri="
                    "https%3A%2F%2Fnq17.test%2F")
    # ES256 as well, and keys without a name where there is one of the kind.
    provider.key, provider.head = provider.ec, {}
    assert sign_in(house).answer.status == 303
    provider.claims = {"aud": [Provider.CLIENT]}
    assert sign_in(house, next="/agencies?x=1&y=a+b").answer.location == "/agencies?x=1&y=a+b"


def test_it_speaks_english_if_the_visitor_does(house, provider):
    provider.claims = {"aud": "another"}
    text = sign_in(house, query="&lang=en").answer.text
    assert "cannot be trusted" in text and 'lang="en"' in text
    assert "không đáng tin" in sign_in(house).answer.text


def test_a_name_is_pinned_once(house, provider):
    """The first who comes under the name of an account made for it has it, and nobody
    after, whatever the provider calls them."""
    add(house, "lan")
    provider.subject, provider.claims = "lan-1", {"preferred_username": "lan"}
    assert "lan" in sign_in(house).ask("/account").text
    assert "lan-1" in house.store.run("user", "list").stdout
    provider.subject = "lan-2"                       # the name was given to somebody else
    who = sign_in(house)
    assert who.answer.status == 403 and not who.session and who.ask("/account").status == 303
    actor, action, object, details = last_entry(house)
    assert (actor, action, object) == ("oidc", "sign_in_failed", "oidc:unknown")
    assert (details["subject"], details["name"]) == ("lan-2", "lan")
    provider.subject, provider.claims = "lan-1", {"preferred_username": "somebody-else"}
    assert sign_in(house).answer.status == 303       # who they are stays
    for near in ("LAN", " lan", "lan\u200b", "lan' OR '1'='1"):
        provider.subject, provider.claims = "lan-3", {"preferred_username": near}
        assert sign_in(house).answer.status == 403, near


def test_a_name_opens_no_account_that_is_in_use(house, provider):
    """Not one with a password, nor one that is closed."""
    provider.subject, provider.claims = "thief", {"preferred_username": "admin"}
    who = sign_in(house)
    assert who.answer.status == 403 and not who.session
    add(house, "gone")
    house.store.run("user", "lock", "gone")
    provider.claims = {"preferred_username": "gone"}
    assert sign_in(house).answer.status == 403
    house.store.run("user", "remove", "gone")
    assert sign_in(house).answer.status == 403
    with house.store.connect() as db:
        assert db.execute("SELECT count(*) FROM account_subject WHERE subject = 'thief'").fetchone()[0] == 0


def test_two_first_sign_ins_at_once(house, provider):
    add(house, "race")
    provider.claims = {"preferred_username": "race"}
    visitors = []
    for n in range(6):
        provider.subject = f"race-{n}"
        who = Visitor(house.port)
        back = go_there(who)
        visitors.append((who, back))
    # Who they are is decided when the code is redeemed: one name, as many people as visitors.
    subjects = iter([f"race-{n}" for n in range(6)])
    plain = provider.id_token

    def different(query):
        claims, provider.claims = provider.claims, provider.claims | {"sub": next(subjects)}
        try:
            return plain(query)
        finally:
            provider.claims = claims
    provider.id_token = different
    try:
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda pair: pair[0].ask(pair[1]).status, visitors))
    finally:
        del provider.id_token
    assert sorted(answers) == [303, 403, 403, 403, 403, 403]


def test_subjects_are_the_administrators(house, provider):
    add(house, "binh", "--oidc-subject", "binh-1")
    provider.subject = "binh-1"
    who = sign_in(house)
    page = who.ask("/account")
    assert page.status == 200 and "binh-1" in page.text and provider.issuer in page.text
    assert "another account" in add(house, "binh2", "--oidc-subject", "binh-1", code=1).stderr
    assert "binh2" not in house.store.run("user", "list").stdout
    house.store.run("user", "subject", "binh", env=house.env)
    assert who.ask("/account").status == 303         # sessions end
    assert sign_in(house).answer.status == 403
    house.store.run("user", "subject", "binh", "binh-1", env=house.env)
    assert sign_in(house).answer.status == 303
    assert "oidc_issuer" in house.store.run("user", "subject", "binh", "x", code=1).stderr
    house.store.run("user", "lock", "binh")
    assert sign_in(house).answer.status == 403
    with psycopg.connect(house.store.conninfo("web"), options="-c search_path=nq17,pg_catalog") as db:
        for question in ("SELECT * FROM account_subject", "SELECT account_subject_set('admin', 'x', 'y')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(question)
            db.rollback()


def test_the_list_of_accounts_says_who_is_whom(house, provider):
    """To those who administer them, and nobody else."""
    add(house, "ngoc", "--oidc-subject", "ngoc-77")
    add(house, "chu", "--oidc-subject", "chu-78", role="administrator")
    provider.subject = "chu-78"
    page = sign_in(house).ask("/admin/users?lang=en").text
    assert "Single sign-on" in page and "ngoc-77" in page and provider.issuer in page
    with psycopg.connect(house.store.conninfo("web"), options="-c search_path=nq17,pg_catalog") as db:
        seen = "SELECT account_subject_seen(a.account_id) ->> 'subject' FROM account a WHERE login = 'ngoc'"
        for login, role, expected in (("ngoc", "office", "ngoc-77"), ("chu", "administrator", "ngoc-77")):
            db.execute("SELECT set_config('nq17.user', %s, true), set_config('nq17.role', %s, true)", (login, role))
            assert db.execute(seen).fetchone()[0] == expected, login
            db.rollback()
        with house.store.connect() as owner:
            number = owner.execute("SELECT account_id FROM account WHERE login = 'ngoc'").fetchone()[0]
        db.execute("SELECT set_config('nq17.user', 'x', true), set_config('nq17.role', 'viewer', true)")
        assert db.execute("SELECT account_subject_seen(%s)", (number,)).fetchone()[0] is None


def test_a_subject_is_of_its_issuer(house, provider):
    """Another provider's person of the same name is somebody else."""
    add(house, "mai", "--oidc-subject", "mai-1")
    with house.store.connect() as db:
        db.execute("UPDATE account_subject SET issuer = 'https://elsewhere' WHERE subject = 'mai-1'")
    provider.subject = "mai-1"
    assert sign_in(house).answer.status == 403


def test_the_second_step_of_the_account_is_asked(house, provider):
    """Where it is on: a provider's word does not take it away."""
    import base64
    import re
    add(house, "hai", "--oidc-subject", "hai-1")
    provider.subject = "hai-1"
    who = sign_in(house)
    who.post("/account", action="code_begin")
    secret = base64.b32decode(re.search(r"<code>([A-Z2-7 ]{39})</code>", who.ask("/account").text)[1].replace(" ", ""))
    step = int(time.time()) // 30
    assert "note=done" in who.post("/account", action="code_confirm", code=totp(secret, step)).location
    again = sign_in(house, next="/agencies")
    assert again.answer.location == "/login/code?next=%2Fagencies" and again.ask("/account").status == 303
    assert again.post("/login/code", next="/agencies", code=totp(secret, step + 1)).location == "/agencies"
    assert again.ask("/account").status == 200 and last_entry(house)[3]["way"] == "oidc and code"


# ---- What is not believed --------------------------------------------------------------

def wrong(**attributes):
    def misbehave(provider):
        for name, value in attributes.items():
            setattr(provider, name, value(provider) if callable(value) and name != "signer" else value)
    return misbehave


def now():
    return int(time.time())


LIES = {
    "another nonce": wrong(claims={"nonce": "0" * 64}),
    "no nonce": wrong(drop=["nonce"]),
    "another audience": wrong(claims={"aud": "somebody"}),
    "no audience": wrong(drop=["aud"]),
    "us among others": wrong(claims={"aud": [Provider.CLIENT, "somebody"]}),
    "another party": wrong(claims={"azp": "somebody"}),
    "another issuer": wrong(claims={"iss": "https://evil.example"}),
    "expired": wrong(claims=lambda p: {"exp": now() - 120, "iat": now() - 300}),
    "no end": wrong(drop=["exp"]),
    "an end in words": wrong(claims={"exp": "tomorrow"}),
    "old": wrong(claims=lambda p: {"iat": now() - 3600, "exp": now() + 3600}),
    "of the future": wrong(claims=lambda p: {"iat": now() + 600}),
    "not yet": wrong(claims=lambda p: {"nbf": now() + 600}),
    "nobody": wrong(subject=""),
    "a long name": wrong(subject="x" * 256),
    "none": wrong(head={"alg": "none"}, signer=lambda said: b""),
    "None": wrong(head={"alg": "None"}, signer=lambda said: b"x"),
    "the public key as a password": lambda p: wrong(
        head={"alg": "HS256"}, signer=hmac_with(p.rsa.public_pem))(p),
    "the secret as a password": lambda p: wrong(
        head={"alg": "HS256"}, signer=hmac_with(Provider.SECRET.encode()))(p),
    "a stranger's signature": lambda p: wrong(key=p.stranger)(p),
    "an unknown key": wrong(head={"kid": "nobody's"}),
    "a key of another kind": wrong(head={"kid": "ec-1"}),
    "a key for another use": lambda p: (p.rotated.jwk.update(use="enc"), wrong(key=p.rotated, keys=[p.rotated])(p)),
    "a weak key": lambda p: wrong(key=p.weak, keys=[p.weak])(p),
    "what must be understood": wrong(head={"crit": ["x"], "x": 1}),
    "a cut signature": lambda p: wrong(signer=lambda said: p.rsa.sign(said)[:-1])(p),
    "an empty signature": wrong(signer=lambda said: b""),
}


@pytest.fixture
def impatient(module_store, provider):
    """A server that has not heard of this provider yet: what it keeps is its own."""
    server = Office(module_store, provider)
    yield server
    server.stop()


def test_lies(impatient, provider):
    house = impatient
    house.store.run("user", "add", "liar", "--role", "administrator", "--no-password", "--oidc-subject", "person-9",
                    env=house.env)
    for name, misbehave in LIES.items():
        provider.behave()
        provider.subject = "person-9"
        who = Visitor(house.port)
        back = go_there(who)
        misbehave(provider)
        if len(provider.keys) == 1:
            time.sleep(5.1)                          # so that the new keys are asked for
        answer = who.ask(back)
        assert answer.status == 403 and not who.session, (name, answer.status)
        assert who.ask("/account").status == 303, name
        assert last_entry(house)[2] in ("oidc:token",), name
    provider.rotated.jwk["use"] = "sig"
    time.sleep(5.1)
    provider.behave()
    provider.subject = "person-9"
    assert sign_in(house).answer.status == 303
    # Within the skew of clocks.
    provider.claims = {"iat": now() + 30, "exp": now() - 30}
    assert sign_in(house).answer.status == 303


def test_keys_are_kept_and_renewed(impatient, provider):
    house, provider.subject = impatient, "person-9"
    provider.asked.clear()
    for _ in range(3):
        assert sign_in(house).answer.status == 303
    assert provider.asked.count("/realm/jwks") == 1
    assert provider.asked.count("/realm/.well-known/openid-configuration") == 1
    time.sleep(5.1)
    provider.key, provider.keys = provider.rotated, [provider.rotated]
    assert sign_in(house).answer.status == 303       # rotated: asked for anew at once
    provider.key = provider.rsa                      # withdrawn
    assert sign_in(house).answer.status == 403


def test_a_way_back_is_for_one_browser_and_once(house, provider):
    who = Visitor(house.port)
    back = go_there(who)
    thief = Visitor(house.port)
    assert thief.ask(back).status == 403             # without the cookie
    other = Visitor(house.port)
    go_there(other)
    assert other.ask(back).status == 403             # with another's: its own flow is over as well
    assert last_entry(house)[2] == "oidc:state"
    cookie = who.cookies["nq17_sso"]
    assert who.ask(back).status == 303
    who.cookies["nq17_sso"] = cookie                 # replayed, cookie and all: the provider takes a code once
    again = who.ask(back)
    assert again.status == 403 and last_entry(house)[3]["reason"].startswith("the provider gave no token")
    # A code of one flow in another, PKCE: it is bound to the verifier of its browser.
    one, two = Visitor(house.port), Visitor(house.port)
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(go_there(one)).query))["code"]
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(go_there(two)).query))["state"]
    injected = urllib.parse.urlencode({"code": code, "state": state})
    assert two.ask(f"/login/sso/back?{injected}").status == 403 and not two.session
    # A provider that gives a token for the same code twice: the cookie was taken back.
    provider.keeps_codes = True
    who = Visitor(house.port)
    back = go_there(who)
    assert who.ask(back).status == 303 and who.ask(back).status == 403


def test_states_are_ours(house):
    who = Visitor(house.port)
    back = go_there(who)
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))
    seconds, hash, whence = query["state"].split(".")
    elsewhere = "dmh0dHBzOi8vZXZpbC5leGFtcGxl"        # "vhttps://evil.example"
    cookie = who.cookies["nq17_sso"]
    for state in (f"{int(seconds) + 1}.{hash}.{whence}", f"{seconds}.{'0' * 64}.{whence}",
                  f"{seconds}.{hash}.{elsewhere}", f"{seconds}.{hash}", "..", "", "x" * 9000, f"{hash}.{hash}.{hash}"):
        who.cookies["nq17_sso"] = cookie
        answer = who.ask("/login/sso/back?" + urllib.parse.urlencode(query | {"state": state}))
        assert answer.status == 403 and not who.session, state
    who.cookies["nq17_sso"] = cookie
    assert who.ask("/login/sso/back?state=" + query["state"]).status == 403            # no code
    who.cookies["nq17_sso"] = cookie
    denied = who.ask("/login/sso/back?error=access_denied&state=" + query["state"])
    assert denied.status == 403 and last_entry(house)[2] == "oidc:denied"
    assert last_entry(house)[3]["reason"] == "access_denied"
    for next in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert sign_in(house, next=next).answer.location == "/"


def test_another_issuer_answers(house, provider):
    who = Visitor(house.port)
    assert who.ask(go_there(who) + "&iss=https%3A%2F%2Fevil.example").status == 403
    who = Visitor(house.port)
    assert who.ask(go_there(who) + "&iss=" + urllib.parse.quote(provider.issuer, safe="")).status == 303


# ---- A provider in trouble ---------------------------------------------------------------

def test_a_slow_provider_keeps_nobody_else_waiting(house, provider):
    visitors = [Visitor(house.port) for _ in range(6)]
    backs = [go_there(who) for who in visitors]
    provider.delay = 3
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        slow = [pool.submit(who.ask, back) for who, back in zip(visitors[:3], backs)]
        time.sleep(0.3)
        for _ in range(10):
            asked = time.monotonic()
            assert Visitor(house.port).ask("/account").status == 303
            assert Visitor(house.port).ask("/search?q=a").status == 200
            assert time.monotonic() - asked < 2
        assert time.monotonic() - began < 5
        assert [one.result().status for one in slow] == [303, 303, 303]


def test_a_provider_that_never_answers(house, provider):
    who = Visitor(house.port)
    back = go_there(who)
    provider.delay = 20
    began = time.monotonic()
    answer = who.ask(back)
    assert answer.status == 503 and time.monotonic() - began < 12
    assert "không trả lời" in answer.text and last_entry(house)[2] == "oidc:down"


def test_a_provider_that_is_down(module_store, provider):
    server = Office(module_store, provider)
    try:
        provider.down = True
        first = Visitor(server.port).ask("/login/sso?lang=en")
        assert first.status == 503 and "does not answer" in first.text and "<form" in first.text
        count = len(provider.asked)
        assert Visitor(server.port).ask("/login/sso").status == 503 and len(provider.asked) == count
        who = Visitor(server.port)
        assert who.sign_in("admin", PASSWORD).status == 303            # passwords still work
        provider.down = False
        time.sleep(5.1)
        assert sign_in(server).answer.status == 303
    finally:
        server.stop()


def test_who_says_who_they_are(module_store, provider):
    """What a provider says of itself has to be its own, and safe."""
    for facts in ({"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"},
                  {"authorization_endpoint": "http://127.0.0.1.evil.example/"}, {"jwks_uri": "file:///etc/passwd"},
                  {"token_endpoint": None}, {"more": "x" * 300_000}, {"more": [[[[{}]]]] * 60_000}):
        provider.facts = facts
        server = Office(module_store, provider)
        try:
            assert Visitor(server.port).ask("/login/sso").status == 503, facts
        finally:
            server.stop()


def test_no_redirection_is_followed(house, provider):
    who = Visitor(house.port)
    back = go_there(who)
    provider.redirect = provider.issuer + "/jwks"
    assert who.ask(back).status == 503


# ---- Settings --------------------------------------------------------------------------------

def test_addresses_of_mail_are_verified(module_store, provider):
    server = Office(module_store, provider, NQ17_OIDC_CLAIM="email")
    try:
        add(server, "an@nq17.test")
        provider.subject = "an-1"
        for claims in ({}, {"email_verified": False}, {"email_verified": "true"}):
            provider.claims = {"email": "an@nq17.test"} | claims
            assert sign_in(server).answer.status == 403, claims
        provider.claims |= {"email_verified": True}
        assert sign_in(server).answer.status == 303
    finally:
        server.stop()


def test_settings(house, provider):
    store = house.store
    web = lambda **env: store.run("web", "--listen=127.0.0.1:0", code=1, timeout=20,  # noqa: E731
                                  env={f"NQ17_{k.upper()}": v for k, v in env.items()}).stderr
    right = {"oidc_issuer": provider.issuer, "oidc_client": "x", "public_url": "https://x"}
    assert "public_url" in web(**right | {"public_url": ""})
    assert "oidc_issuer" in store.run("web", code=2, env={"NQ17_OIDC_ISSUER": "http://elsewhere.example"}).stderr
    open_secret = store.data / "open.secret"
    open_secret.write_text("secret = x\n")
    os.chmod(open_secret, 0o644)
    assert "everybody may read it" in web(**right | {"oidc_credentials": str(open_secret)})
    plain = Server(store, "web", env=CHEAP)
    try:
        who = Visitor(plain.port)
        assert "/login/sso" not in who.ask("/login").text
        for path in ("/login/sso", "/login/sso/back?state=1.2.3&code=x", "/login/sso/out"):
            assert who.ask(path).status == 404
    finally:
        plain.stop()
