# test_accounts.py -- who signs in, what they may do, and what they must not see.
import base64
import csv
import concurrent.futures
import hmac
import html
import io
import json
import re
import struct
import time
import unicodedata

import psycopg
import pytest

from serving import Server, new_key
from signing import Visitor

PASSWORD = "một câu dài 17"
PEOPLE = {"admin": ("administrator", None), "office": ("office", None), "office2": ("office", None),
          "auditor": ("auditor", None), "lead01": ("leader", "01"), "send01": ("sender", "01"),
          "view01": ("viewer", "01"), "lead38": ("leader", "38"), "send38": ("sender", "38"),
          "view38": ("viewer", "38")}
CHEAP = {"NQ17_PASSWORD_MEMORY": "1", "NQ17_SIGN_IN_TRIES": "1000"}


def totp(secret, step):
    digest = hmac.new(secret, struct.pack(">Q", step), "sha1").digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 10 ** 6:06d}"


def add_user(store, login, role, agency=None, password=PASSWORD):
    store.run("user", "add", login, "--role", role, *(["--agency", agency] if agency else []),
              input=password + "\n", env=CHEAP)


def wait_for(store, batch):
    for _ in range(100):
        with store.connect() as db:
            if db.execute("SELECT count(*) FROM batch WHERE batch_id = %s", (batch,)).fetchone()[0]:
                return
        time.sleep(0.1)


@pytest.fixture(scope="module")
def house(module_store):
    """Two agencies with records, one of each refused, and everybody's account."""
    store = module_store
    add_user(store, "admin", "administrator")
    with store.connect() as db:                      # the same password, at less expense
        for login, (role, agency) in list(PEOPLE.items())[1:]:
            db.execute("SELECT account_add(%s, %s, %s, %s, (SELECT password_hash FROM account_secret LIMIT 1))",
                       (login, f"Name of {login}", role, agency))
    server = Server(store, env=CHEAP)
    server.keys, server.batches = {}, {}
    for agency in ("01", "38"):
        server.keys[agency] = new_key(store, agency)
        body = "dossier,procedure,channel,received_at,resolved_at\n" + "".join(
            f"HIDDEN-{agency}-{n},P,online,2020-06-{1 + n:02d},2020-06-{2 + n:02d}\n" for n in range(20))
        body += f"REFUSED-{agency},P,balloon-{agency},2020-06-01,\n"
        answer = server.send(body.encode(), server.keys[agency])
        assert answer.status == 200 and answer.json()["rejected"] == 1, answer.body
        server.batches[agency] = answer.json()["batch"]
    yield server
    server.stop()


@pytest.fixture
def visitor(house):
    return Visitor(house.port)


def signed_in(house, login, password=PASSWORD):
    who = Visitor(house.port)
    assert who.sign_in(login, password).status == 303, login
    return who


# ---- Signing in -------------------------------------------------------------------

def test_a_session_begins_and_ends(house, visitor):
    page = visitor.ask("/account")
    assert page.status == 303 and page.location == "/login?next=%2Faccount"
    answer = visitor.sign_in("Lead01", PASSWORD, next="/account")
    assert (answer.status, answer.location) == (303, "/account")
    cookie = answer.getheader("Set-Cookie")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    page = visitor.ask("/account")
    assert page.status == 200 and "lead01" in page.text
    assert page.getheader("Cache-Control") == "private, no-cache"
    assert "lead01" not in Visitor(house.port).ask("/").text
    token = visitor.session
    with house.store.connect() as db:
        assert not db.execute("SELECT count(*) FROM session WHERE session::text LIKE %s",
                              (f"%{token}%",)).fetchone()[0]
    assert visitor.post("/logout", page="/account").status == 303
    visitor.cookies["nq17_session"] = token          # kept by a thief
    assert visitor.ask("/account").status == 303


def test_nothing_tells_names_from_passwords(visitor):
    answers = [visitor.sign_in("lead01", "wrong password"), visitor.sign_in("nobody", "wrong password"),
               visitor.sign_in("", ""), visitor.sign_in("lead01' OR '1'='1", "x" * 300)]
    assert {a.status for a in answers} == {403} and len({a.text for a in answers}) == 1
    assert not visitor.session


def test_whoever_signs_in_in_english_goes_on_in_english(house):
    for start, place in (("/login?lang=en", "/?lang=en"), ("/login?next=%2Frankings%3Fperiod%3D2020&lang=en", "/rankings?period=2020&lang=en"),
                         ("/login?next=%2F%3Flang%3Den&lang=en", "/?lang=en"), ("/login", "/")):
        who = Visitor(house.port)
        page = who.ask(start)
        assert page.getheader("Cache-Control") == "private, no-cache"    # it has a secret of this browser
        next = html.unescape(re.search(r'name="next" value="([^"]*)"', page.text)[1])
        action = html.unescape(re.search(r'<form class="sheet" method="post" action="([^"]*)"', page.text)[1])
        assert who.post(action, page=start, login="view01", password=PASSWORD, next=next).location == place
        if "en" in start:
            assert who.post("/logout?lang=en", page="/account").location == "/?lang=en"


def test_an_address_cannot_lead_elsewhere(house):
    for next in ("//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nX: y"):
        assert Visitor(house.port).sign_in("view01", PASSWORD, next=next).location == "/"


def test_wrong_passwords_make_an_account_pause(house):
    add_user(house.store, "victim", "viewer", "01")
    # Many at once count as many.
    tries = [Visitor(house.port) for _ in range(6)]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda one: one.sign_in("victim", "wrong password"), tries))
    assert Visitor(house.port).sign_in("victim", PASSWORD).status == 403
    with house.store.connect() as db:
        pause = lambda: db.execute("SELECT failures, extract(epoch FROM paused_until - clock_timestamp())"  # noqa: E731
                                   " FROM account_secret JOIN account USING (account_id)"
                                   " WHERE login = 'victim'").fetchone()
        first = pause()
        assert first[0] == 5 and 20 < first[1] <= 30
        db.execute("UPDATE account_secret SET paused_until = clock_timestamp() WHERE failures = 5")
        assert Visitor(house.port).sign_in("victim", "wrong password").status == 403
        again = pause()
        assert again[0] == 6 and 50 < again[1] <= 60
    assert "paused" in house.store.run("user", "list").stdout
    house.store.run("user", "unlock", "victim")
    assert Visitor(house.port).sign_in("victim", PASSWORD).status == 303


def test_a_session_cannot_be_planted(house, visitor):
    planted = "A" * 43
    visitor.cookies["nq17_session"] = planted
    assert visitor.sign_in("view01", PASSWORD).status == 303
    assert visitor.session != planted
    thief = Visitor(house.port)
    thief.cookies["nq17_session"] = planted
    assert thief.ask("/account").status == 303


def test_whoever_signs_in_again_has_one_session(house):
    who = signed_in(house, "view01")
    thief = Visitor(house.port)
    thief.cookies = dict(who.cookies)
    assert thief.ask("/account").status == 200
    assert who.post("/login", page="/account", login="view01", password=PASSWORD).status == 303
    assert who.ask("/account").status == 200 and thief.ask("/account").status == 303


def test_every_failure_costs_the_same(house):
    """To fail is to be written down, whatever failed: else the time that writing takes would tell names."""
    add_user(house.store, "slow", "viewer", "01")
    add_user(house.store, "gone", "viewer", "01")
    house.store.run("user", "lock", "gone")
    with house.store.connect() as db:
        entries = lambda: db.execute("SELECT object, details FROM audit_log WHERE action = 'sign_in_failed'"  # noqa: E731
                                     " ORDER BY id DESC LIMIT 1").fetchone()
        count = lambda: db.execute("SELECT count(*) FROM audit_log WHERE action = 'sign_in_failed'").fetchone()[0]  # noqa: E731
        def fail(login):
            before = count()
            assert Visitor(house.port).sign_in(login, "wrong password").status == 403
            assert count() == before + 1, login
            return entries()
        assert fail("slow")[0] == "account:slow"
        object, details = fail("my own password")
        assert object == "account:?" and "my own" not in str(details)   # it may be a password in the wrong field
        assert fail("gone")[0] == "account:gone"
        db.execute("UPDATE account_secret SET failures = 5, paused_until = clock_timestamp() + interval '20 seconds'"
                   " WHERE account_id = (SELECT account_id FROM account WHERE login = 'slow')")
        pause = lambda: db.execute("SELECT failures, paused_until FROM account_secret JOIN account USING (account_id)"  # noqa: E731
                                   " WHERE login = 'slow'").fetchone()
        before = pause()
        assert fail("slow")[0] == "account:slow"
        assert pause() == before                      # tries that were not looked at do not lengthen it
    assert house.store.run("user", "unlock", "slow")


def test_tries_at_once_wait_whoever_is_meant(house):
    """Two tries at one name come one after the other: where they would not, there is no such account."""
    add_user(house.store, "waits", "viewer", "01")
    for login in ("waits", "nobody-at-all", "NOBODY-at-all"):
        with house.store.connect() as one, house.store.connect() as other:
            one.execute("BEGIN")
            one.execute("SELECT * FROM sign_in_secret('%s')" % login.lower())
            other.execute("SET lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("SELECT * FROM sign_in_secret('%s')" % login)
            one.execute("ROLLBACK")


def test_sessions_expire(house):
    who = signed_in(house, "view01")
    with house.store.connect() as db:
        number = db.execute("SELECT max(session_id) FROM session").fetchone()[0]
        db.execute("UPDATE session SET seen_at = seen_at - interval '2 hours' WHERE session_id = %s", (number,))
        assert who.ask("/account").status == 303
        db.execute("UPDATE session SET seen_at = clock_timestamp(), expires_at = clock_timestamp()"
                   " WHERE session_id = %s", (number,))
        assert who.ask("/account").status == 303
        db.execute("UPDATE session SET expires_at = clock_timestamp() + interval '1 hour' WHERE session_id = %s",
                   (number,))
        assert who.ask("/account").status == 200


# ---- Forms ------------------------------------------------------------------------

def test_forms_come_from_our_pages_only(house):
    who = signed_in(house, "view01")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    right = who.csrf("/account")
    assert who.ask("/logout", "POST", "", form).status == 403
    assert who.ask("/logout", "POST", "csrf=" + "0" * 64, form).status == 403
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                   {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert who.ask("/logout", "POST", f"csrf={right}", form | header).status == 403, header
    other = signed_in(house, "view38")
    assert other.ask("/logout", "POST", f"csrf={right}", form).status == 403
    assert who.ask("/logout", "POST", f"csrf={right}", {"Content-Type": "application/json"}).status == 415
    assert who.ask("/logout", "POST", "csrf=" + "a" * 100000, form).status == 413
    assert who.ask("/account").status == 200         # none of them did anything
    assert who.ask("/logout", "POST", f"csrf={right}",
                   form | {"Origin": f"http://127.0.0.1:{house.port}"}).status == 303
    assert who.ask("/logout").status == 405


def test_multipart_forms_are_read(house):
    who = signed_in(house, "view01")
    body = (f'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{who.csrf("/account")}\r\n'
            '--edge--\r\n')
    assert who.ask("/logout", "POST", body, {"Content-Type": "multipart/form-data; boundary=edge"}).status == 303


# ---- One's own account --------------------------------------------------------------

def test_a_new_password_ends_other_sessions(house):
    add_user(house.store, "changer", "viewer", "01")
    here, there = signed_in(house, "changer"), signed_in(house, "changer")
    change = lambda **fields: here.post("/account", action="password", **fields).location  # noqa: E731
    assert "note=wrong" in change(password="no", new="a new password", again="a new password")
    assert "note=differ" in change(password=PASSWORD, new="a new password", again="another one")
    assert "note=weak" in change(password=PASSWORD, new="short", again="short")
    before = here.session
    here.ask("/method")                               # kept, with the token of before
    assert "note=done" in change(password=PASSWORD, new="a new password", again="a new password")
    assert here.session != before                     # rotated
    assert here.ask("/account").status == 200 and there.ask("/account").status == 303
    assert Visitor(house.port).sign_in("changer", PASSWORD).status == 403
    assert Visitor(house.port).sign_in("changer", "a new password").status == 303
    assert here.post("/logout", page="/method").status == 303


def test_sessions_are_revoked(house):
    here, there = signed_in(house, "send38"), signed_in(house, "send38")
    number = re.findall(r'name="session" value="(\d+)"', here.ask("/account").text)[0]
    assert signed_in(house, "view01").post("/account", action="session_end", session=number).status == 404
    assert there.ask("/account").status == 200
    assert here.post("/account", action="session_end", session=number).status == 303
    assert there.ask("/account").status == 303 and here.ask("/account").status == 200


def test_the_second_step(house):
    add_user(house.store, "stepper", "viewer", "01")
    who = signed_in(house, "stepper")
    # Whoever finds an open browser must not bind the account to a telephone of their own.
    for wrong in ({}, {"password": "not it"}):
        assert "note=wrong" in who.post("/account", action="code_begin", **wrong).location
    assert "data:image" not in who.ask("/account").text
    assert who.post("/account", action="code_begin", password=PASSWORD).location == "/account#code"
    page = who.ask("/account").text
    assert "data:image/svg+xml;base64," in page
    secret = base64.b32decode(re.search(r"<code>([A-Z2-7 ]{39})</code>", page)[1].replace(" ", ""))
    assert "note=wrong_code" in who.post("/account", action="code_confirm", code="000000").location
    step = int(time.time()) // 30
    before = who.session
    assert "note=done" in who.post("/account", action="code_confirm", code=totp(secret, step)).location
    assert who.session != before
    assert "base64" not in who.ask("/account").text   # never shown again
    late = Visitor(house.port)
    half = late.sign_in("stepper", PASSWORD, next="/agencies")
    assert half.location.startswith("/login/code?next=")
    assert late.ask("/account").status == 303         # half a session is none
    token = late.session
    assert late.post("/login/code", next="/agencies", code=totp(secret, step)).status == 403   # used
    assert late.post("/login/code", next="/agencies", code="123").status == 403
    answer = late.post("/login/code", next="/agencies", code=totp(secret, step + 1))
    assert (answer.status, answer.location) == (303, "/agencies") and late.session != token
    assert late.ask("/account").status == 200
    house.store.run("user", "totp", "stepper")
    assert Visitor(house.port).sign_in("stepper", PASSWORD, next="/agencies").location == "/agencies"


# ---- Administration -----------------------------------------------------------------

def test_accounts_are_administered(house):
    admin = signed_in(house, "admin")
    shown = admin.post("/admin/users", action="add", login="fresh", name="Người mới", role="sender", agency="01")
    password = re.search(r"<code>([a-z0-9]{20})</code>", shown.text)[1]
    assert shown.status == 200 and shown.getheader("Cache-Control") == "no-store"
    fresh = signed_in(house, "fresh", password)
    assert admin.post("/admin/users", action="role", login="fresh", role="leader", agency="01").status == 303
    assert fresh.ask("/account").status == 303        # has to sign in again
    fresh = signed_in(house, "fresh", password)
    assert fresh.ask("/admin/users").status == 200
    assert admin.post("/admin/users", action="lock", login="fresh").status == 303
    assert fresh.ask("/admin/users").status == 303
    assert Visitor(house.port).sign_in("fresh", password).status == 403
    admin.post("/admin/users", action="unlock", login="fresh")
    assert admin.post("/admin/users", action="remove", login="fresh").status == 303
    assert Visitor(house.port).sign_in("fresh", password).status == 403
    assert admin.post("/admin/users", action="add", login="fresh", name="x", role="viewer", agency="01").status == 400
    for wrong in ({"role": "leader"}, {"role": "office", "agency": "01"}, {"role": "king"}):
        assert admin.post("/admin/users", action="add", login="other", name="x", **wrong).status == 400
    assert admin.post("/admin/users", action="remove", login="admin").status == 400    # the last one


def test_ones_own_password_is_not_reset(house):
    """Who finds an open browser must not get a new password, or rid of the second step, where the old one is not asked."""
    for login in ("admin", "lead01"):
        who = signed_in(house, login)
        for action in ("password", "totp"):
            for name in (login, login.upper()):
                answer = who.post("/admin/users?lang=en", page="/account", action=action, login=name)
                assert answer.status == 400 and "on the page of your account" in answer.text, (login, action, answer.text)
        assert who.ask("/account").status == 200 and signed_in(house, login)


def test_a_leader_keeps_to_the_agency(house):
    lead = signed_in(house, "lead01")
    users = lead.ask("/admin/users").text
    assert "view01" in users and "view38" not in users and "auditor" not in users
    assert lead.post("/admin/users", action="lock", login="view38").status == 404
    assert lead.post("/admin/users", action="password", login="admin").status == 404
    add = lambda **fields: lead.post("/admin/users", action="add", name="x", **fields).status  # noqa: E731
    assert add(login="mine", role="viewer", agency="01") == 200
    assert add(login="theirs", role="viewer", agency="38") == 403
    assert add(login="boss", role="administrator") == 403
    assert lead.post("/admin/users", action="role", login="mine", role="office").status == 403
    assert lead.post("/admin/users", action="role", login="lead01", role="administrator").status == 403
    shown = lead.post("/admin/keys", action="add", agency="01", type=["dossier", "service"])
    key = re.search(r"nq17_(\d+)_[0-9a-f]{64}", shown.text)
    assert house.ask(f"/api/v1/batches/{house.batches['01']}", key[0]).status == 200
    assert lead.post("/admin/keys", action="add", agency="38").status == 403
    theirs = house.keys["38"].split("_")[1]
    assert lead.post("/admin/keys", action="revoke", key=theirs).status == 404
    assert lead.post("/admin/keys", action="revoke", key=key[1]).status == 303
    assert house.ask(f"/api/v1/batches/{house.batches['01']}", key[0]).status == 401
    log = lead.ask("/admin/audit").text
    assert "account:mine" in log and "view38" not in log and "account:auditor" not in log


def test_what_people_type_is_stored_as_it_reads(house):
    """One character for one letter, and nothing that nobody sees or that turns the rest; but a password is what it is."""
    typed = unicodedata.normalize("NFD", "Nguyễn Thị Đường") + "\u202e\u200b\ufeff\x07 \u2066B"
    leader = signed_in(house, "lead01")
    assert leader.post("/admin/users", action="add", login="typed", name=typed, role="viewer", agency="01").status == 200
    office = signed_in(house, "office")
    assert office.post("/admin/letterhead", agency="38", of="en", name=typed, signer=typed).status == 303
    note = {"agency": "01", "period": "2020-Q2", "indicator": "online-filing"}
    assert leader.post("/data/preview", page="/data/upload", action="note", said=typed, **note).status == 303
    subject = re.search(r'name="subject">\s*<option value="([^"]+)"', office.ask("/admin/targets").text)[1]
    assert office.post("/admin/targets", action="draft_target", subject=subject, value="33%", reason=typed, clause=typed,
                       **{"from": "2031-01-01"}).status == 303
    with house.store.connect() as db:
        found = [text for query in ("SELECT name FROM account WHERE login = 'typed'", "SELECT name FROM letterhead WHERE lang = 'en'",
                                    "SELECT signer FROM letterhead WHERE lang = 'en'", "SELECT note FROM figure_note",
                                    "SELECT reason FROM revision WHERE state = 'draft'", "SELECT clause FROM revision WHERE state = 'draft'")
                 for text, in db.execute(query).fetchall()]
    assert len(found) >= 6 and set(found) == {"Nguyễn Thị Đường B"}
    made = leader.post("/admin/users", action="password", login="typed")
    who = signed_in(house, "typed", re.search(r"\b[2-9a-z]{20}\b", made.text)[0])
    secret = "mật\u200bkhẩu rất dài"
    assert who.post("/account", action="password", password=re.search(r"\b[2-9a-z]{20}\b", made.text)[0], new=secret,
                    again=secret).location.startswith("/account?note=done")
    assert Visitor(house.port).sign_in("typed", secret.replace("\u200b", "")).status == 403
    assert signed_in(house, "typed", secret)


def test_a_session_stays_in_the_language_that_it_chose(house):
    one, other = signed_in(house, "view01"), signed_in(house, "office")
    spoken = lambda who, path: re.search('<html lang="(..)"', who.ask(path).text)[1]      # noqa: E731
    assert [spoken(one, path) for path in ("/rankings", "/rankings?lang=en", "/rankings")] == ["vi", "en", "vi"]
    assert one.post("/account", action="language", language="en").location == "/account?note=done"
    assert [spoken(one, path) for path in ("/rankings", "/account", "/", "/rankings?lang=vi", "/rankings")] == \
        ["en", "en", "en", "vi", "en"]
    lost = one.ask("/agencies/nowhere")
    assert lost.status == 404 and '<html lang="en"' in lost.text
    assert spoken(other, "/rankings") == "vi" and spoken(Visitor(house.port), "/rankings") == "vi"
    assert one.ask("/api/v1/observations?period=x").text == other.ask("/api/v1/observations?period=x").text
    assert one.post("/account", action="language", language="fr").status == 400
    assert one.post("/account", action="language", language="vi").status == 303 and spoken(one, "/rankings") == "vi"


def test_why_not_is_said_in_the_visitors_language(house):
    people = {login: signed_in(house, login) for login in ("admin", "lead01", "send01", "office")}
    note = {"agency": "01", "period": "2020-Q2", "indicator": "online-filing"}
    wrong = [
        ("send01", "/data/preview", dict(action="contest", said="", **note), "Chưa ghi lý do.", "the reason is missing"),
        ("send01", "/data/preview", dict(action="note", said="x" * 1001, **note), "Ghi chú dài quá 1000 ký tự.", "longer than 1000"),
        ("send01", "/data/preview", dict(action="contest", said="x", evidence="bừa", **note), "không phải “bừa”.", "no address"),
        ("lead01", "/data/preview", dict(action="agree", **(note | {"period": "2020-Q9"})), "“2020-Q9” không phải một kỳ", "not a period"),
        ("lead01", "/admin/users", dict(action="add", login="view01", role="viewer", agency="01"), "“view01” đã được dùng.", "there is, or was"),
        ("lead01", "/admin/users", dict(action="add", login="X Y", role="viewer", agency="01"), "Tên đăng nhập có 2–63", "a login has"),
        ("admin", "/admin/users", dict(action="add", login="xy", role="office", agency="01"), "lãnh đạo thuộc một cơ quan", "belong to an agency"),
        ("admin", "/admin/users", dict(action="lock", login="nobody"), "Không có tài khoản “nobody”.", "no account"),
        ("lead01", "/admin/keys", dict(action="add", agency="01", type="dossier", expires="2020-13-45"), "Không có ngày “2020-13-45”.",
         "there is no day"),
        ("lead01", "/admin/keys", dict(action="add", agency="01", type="dossier", expires="2020-01-01"), "Khóa phải còn hạn", "a key ends today"),
        ("office", "/admin/targets", dict(action="draft_target", subject="NQ17-02", value="x", reason="x", **{"from": "mai"}),
         "“mai” không được viết đúng.", "is not written as it should be"),
        ("lead01", "/admin/letterhead", dict(agency="01", of="vi", symbol="x" * 31), "của thể thức quá dài", "too long"),
    ] + [("lead01", "/admin/letterhead", dict(agency="01", of="vi", **{field: "An 🚀"}), f"Ô “{label}” có chữ “🚀” mà phông", f'{field} holds "🚀"')
         for field, label in (("parent", "Cơ quan chủ quản"), ("name", "Cơ quan ban hành"), ("symbol", "Ký hiệu sau “BC-”"), ("place", "Địa danh"),
                              ("receivers", "Kính gửi"), ("recipients", "Nơi nhận"), ("position", "Quyền hạn, chức vụ của người ký"),
                              ("signer", "Họ và tên người ký"))]
    for login, path, fields, vi, en in wrong:
        for language, words in (("vi", vi), ("en", en)):
            answer = people[login].post(path + f"?lang={language}", page="/account", **fields)
            assert answer.status in (400, 404), (path, fields, answer.status)
            text = html.unescape(answer.text)
            assert words in text and "datestyle" not in text, (language, fields, text)
            assert ("Biểu mẫu chưa được nhận" if language == "vi" else "The form was not taken") in text
    for path, vi in (("/rankings?period=2020-Q9", "không phải một kỳ"), ("/agencies/ZZ?period=2020", "Kỳ 2020 không có cơ quan “ZZ”."),
                     ("/data/upload/h1-" + "0" * 32, "đã quá một giờ")):
        assert vi in people["send01"].ask(path).text, path
    reason = json.loads(house.ask("/api/v1/observations?period=2020-Q9", headers={"Accept-Language": "vi"}).body)["reason"]
    assert reason.startswith("“2020-Q9” không phải một kỳ")


def test_two_accounts_change_a_target(house):
    one, two = signed_in(house, "office"), signed_in(house, "office2")
    page = one.ask("/admin/targets")
    line = re.search(r'<select id="subject" name="subject">\s*<option value="([^"]+)"', page.text)
    answer = one.post("/admin/targets", action="draft_target", subject=line[1], value="33%",
                      **{"from": "2031-01-01"}, reason="thử <b>nghiệm</b>", clause="QĐ 1")
    assert answer.status == 303
    number = answer.location.rsplit("/", 1)[1]
    preview = one.ask(answer.location + "?period=2020-Q2")
    assert preview.status == 200 and "33%" in preview.text and "thử &lt;b&gt;" in preview.text
    assert one.post("/admin/targets", action="approve", draft=number).status == 400
    for login in ("auditor", "lead01"):
        who = signed_in(house, login)
        assert who.post("/admin/targets", page="/account", action="approve", draft=number).status == 403
    assert two.post("/admin/targets", action="approve", draft=number).status == 303
    with house.store.connect() as db:
        assert db.execute("SELECT r.author, r.decided_by, t.numerator, t.denominator FROM revision r"
                          " JOIN target t USING (revision_id) WHERE revision_id = %s",
                          (number,)).fetchone() == ("office", "office2", 33, 100)
        assert db.execute("SELECT count(*) FROM audit_log WHERE object = %s AND actor IN ('office', 'office2')",
                          (f"revision:{number}",)).fetchone()[0] == 2
    answer = one.post("/admin/targets", action="draft_population", kinds="province", reason="thử",
                      **{"from": "2031-01-01"})
    assert answer.status == 303 and one.ask(answer.location).status == 200
    assert one.post("/admin/targets", action="drop", draft=answer.location.rsplit("/", 1)[1]).status == 303


def test_a_draft_says_what_it_changes_in_words(house):
    office = signed_in(house, "office")
    subject = re.search(r'name="subject">\s*<option value="([^"]+)"', office.ask("/admin/targets").text)[1]
    made = office.post("/admin/targets", action="draft_target", subject=subject, value="34%", deadline="2035-12-31", reason="x",
                       clause="Điều 1", **{"from": "2032-01-01"})
    for language, words in (("vi", ("Mức", "Thời hạn", "Điều khoản tiếng Việt")), ("en", ("Value", "Deadline", "Clause in Vietnamese"))):
        text = office.ask(f"{made.location}?lang={language}").text
        assert all(f"<dt>{word}<dd>" in text for word in words) and "clause_vi" not in text, text
    assert office.post("/admin/targets", action="drop", draft=made.location.rsplit("/", 1)[1]).status == 303


def test_letterheads_are_set_on_a_page(house):
    """The office sets everybody's, a leader that of the own agency, nobody else any."""
    office, lead, auditor = (signed_in(house, login) for login in ("office", "lead01", "auditor"))
    fields = {"parent": "Chính phủ", "name": "Ủy ban <b>nhân dân</b>", "place": "Hà Nội", "recipients": "Như trên\r\nLưu: VT",
              "signer": 'Nguyễn "A"'}
    answer = lead.post("/admin/letterhead", agency="01", of="vi", **fields)
    assert answer.status == 303 and "agency=01" in answer.location
    page = lead.ask(answer.location).text
    assert "Ủy ban &lt;b&gt;nhân dân" in page and 'value="Nguyễn &quot;A&quot;"' in page and "Như trên\nLưu: VT" in page
    assert 'value="38"' not in page and 'value="VN"' not in page
    for agency in ("38", "VN"):
        assert lead.post("/admin/letterhead", agency=agency, of="vi", place="x").status == 403
        assert office.post("/admin/letterhead", agency=agency, of="vi", place="Huế").status == 303
        assert auditor.post("/admin/letterhead", agency=agency, of="vi", place="x").status == 403
    assert 'value="Huế"' in office.ask("/admin/letterhead?agency=VN&of=vi").text
    assert office.post("/admin/letterhead", agency="01", of="fr", place="x").status == 400
    assert office.post("/admin/letterhead", agency="01", of="vi", symbol="x" * 31).status == 400
    assert signed_in(house, "view01").ask("/admin/letterhead").status == 403
    assert b'name="recipients"' not in house.ask("/admin/letterhead").body       # but the way to sign in
    # An empty field takes away what was there.
    lead.post("/admin/letterhead", agency="01", of="vi", place="Hà Nội")
    with house.store.connect() as db:
        assert db.execute("SELECT place, name, signer, changed_by FROM letterhead WHERE lang = 'vi' AND agency_id ="
                          " office_agency('01') ORDER BY valid_from DESC LIMIT 1").fetchone() == ("Hà Nội", "", "", "lead01")
        assert db.execute("SELECT count(*) FROM audit_log WHERE action = 'letterhead' AND actor = 'lead01'").fetchone()[0] == 2


# ---- Who sees what ------------------------------------------------------------------

def routes_about(agency, house):
    """Every address that could give away something of an agency's records."""
    batch = house.batches[agency]
    figure = f"period=2020-Q2&agency={agency}&indicator=online-filing"
    return [f"/api/v1/explain/dossiers?{figure}", f"/api/v1/batches/{batch}", f"/api/v1/batches/{batch}/errors.csv",
            f"/api/v1/explain?{figure}&batches=1", f"/agencies/{agency}", f"/agencies/{agency}.json",
            f"/agencies/{agency}.csv", f"/agencies/{agency}/online-filing.json?period=2020-Q2",
            f"/agencies/{agency}/online-filing?period=2020-W23", "/admin/users", "/admin/keys", "/admin/audit",
            f"/api/v1/act?agency={agency}&period=2020-Q2", f"/milestones?agency={agency}", "/overview.json"]


def gives_away(answer, agency, house):
    text = answer.body.decode("utf-8", "replace") if hasattr(answer, "body") else answer.text
    return (f"HIDDEN-{agency}" in text or f"REFUSED-{agency}" in text or f"balloon-{agency}" in text
            or re.search(rf'"batch" ?: ?{house.batches[agency]}\b', text) is not None)


def test_nobody_reads_what_is_anothers(house):
    strangers = {login: signed_in(house, login) for login in ("lead38", "send38", "view38")}
    strangers["the public"] = Visitor(house.port)
    for path in routes_about("01", house):
        for name, who in strangers.items():
            assert not gives_away(who.ask(path), "01", house), (name, path)
        assert not gives_away(house.ask(path, house.keys["38"]), "01", house), path
    # Asked for by tag as well: what one may see is not known from another's answer.
    owner = signed_in(house, "lead01")
    for path in routes_about("01", house)[:3]:
        tag = owner.ask(path).getheader("ETag") or '"x"'
        for name, who in strangers.items():
            assert who.ask(path, headers={"If-None-Match": tag}).status in (401, 403, 404), (name, path)


def test_an_agencys_people_and_the_office_read_it(house):
    for login in ("lead01", "send01", "view01", "office", "auditor", "admin"):
        who = signed_in(house, login)
        found = [gives_away(who.ask(path), "01", house) for path in routes_about("01", house)[:4]]
        assert found == [True] * 4, (login, found)
    assert gives_away(house.ask(routes_about("01", house)[0], house.keys["01"]), "01", house)


def test_roles_and_pages(house):
    may = {"/account": set(PEOPLE), "/admin/users": {"admin", "auditor", "lead01", "lead38"},
           "/admin/keys": {"admin", "auditor", "lead01", "lead38"},
           "/admin": {"admin", "auditor", "office", "office2", "lead01", "lead38"},
           "/admin/audit": {"admin", "auditor", "office", "office2", "lead01", "lead38"},
           "/admin/targets": {"admin", "auditor", "office", "office2"}}
    people = {login: signed_in(house, login) for login in PEOPLE}
    for path, allowed in may.items():
        assert Visitor(house.port).ask(path).status == 303
        for login, who in people.items():
            assert who.ask(path).status == (200 if login in allowed else 403), (login, path)
    # Reading is not changing.
    auditor = people["auditor"]
    assert auditor.post("/admin/users", page="/account", action="lock", login="view01").status in (403, 404)
    assert auditor.post("/admin/keys", page="/account", action="add", agency="01").status == 403
    assert people["view01"].post("/admin/users", page="/account", action="lock", login="send01").status == 403


PLAIN = ("/login", "/account", "/admin", "/admin/users", "/admin/keys", "/admin/targets", "/admin/audit",
         "/admin/letterhead", "/data", "/data/batches", "/data/quarantine", "/reports/schedules")


def test_samples_are_labelled_on_pages_without_figures_too(house, visitor):
    """What is not real is said wherever people look, also where they only sign in."""
    admin = signed_in(house, "admin")
    asking = {path: visitor if path == "/login" else admin for path in PLAIN}
    assert not [path for path, who in asking.items() if 'class="sample"' in who.ask(path).text]
    with house.store.connect() as db:
        db.execute("UPDATE store SET sample = true")
    try:
        for path, who in asking.items():
            page = who.ask(path)
            assert page.status == 200 and page.text.count('<aside class="sample"') == 1, path
        secret = admin.post("/admin/keys", action="add", agency="01", type="dossier")
        assert secret.status == 200 and 'class="sample"' in secret.text
    finally:
        with house.store.connect() as db:
            db.execute("UPDATE store SET sample = false")


def test_a_reused_connection_forgets_who_asked(house):
    owner, other, public = signed_in(house, "view01"), signed_in(house, "view38"), Visitor(house.port)
    path = routes_about("01", house)[0]

    def ask(n):
        who = (owner, other, public)[n % 3]
        return who is owner, gives_away(who.ask(path), "01", house)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for wanted, found in pool.map(ask, range(90)):
            assert wanted == found
    with psycopg.connect(house.store.conninfo("web"), options="-c search_path=nq17,pg_catalog") as db:
        seen = lambda: [db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]  # noqa: E731
                        for t in ("dossier", "settled_dossier", "quarantine", "batch", "api_key", "account",
                                  "session", "audit_log", "http_delivery")]
        assert seen() == [0] * 9
        db.execute("SELECT set_config('nq17.role', 'viewer', true), set_config('nq17.user', 'view01', true),"
                   " set_config('nq17.agency', (SELECT agency_id::text FROM agency WHERE label = '01'), true)")
        assert seen()[:5] == [20, 20, 1, 1, 0] and seen()[5] == 1
        db.commit()
        assert seen() == [0] * 9


def test_the_web_role_reads_no_secret(house):
    with psycopg.connect(house.store.conninfo("web"), autocommit=True,
                         options="-c search_path=nq17,pg_catalog") as db:
        for question in ("SELECT * FROM account_secret", "SELECT sha256 FROM session", "SELECT sha256 FROM api_key",
                         "INSERT INTO audit_log DEFAULT VALUES", "DELETE FROM session", "UPDATE account SET role = 'x'",
                         "SELECT audit_log_add('a','b','c','d','{}',NULL)", "DELETE FROM dossier"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(question)


def test_the_catalogue_is_guarded(house):
    """Views show what who asks may see; every table of records has a policy; functions
    with the rights of their owner are not for everybody."""
    with house.store.connect() as db:
        assert db.execute("SELECT relname FROM pg_class WHERE relnamespace = 'nq17'::regnamespace AND relkind = 'v'"
                          " AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'").fetchall() == []
        assert db.execute("SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'nq17'::regnamespace AND prosecdef"
                          " AND (has_function_privilege('public', oid, 'EXECUTE')"
                          "      OR NOT coalesce(proconfig::text, '') LIKE '%pg_temp%')").fetchall() == []
        # What the web may read that names an agency is guarded, or public on purpose.
        public = {"agency", "agency_heir", "agency_identifier", "cadence", "day_total", "half_month_total", "procedure_total",
                  "withdrawn_total", "remembered", "remembered_text", "remembered_reading", "remembered_recast", "figure_moves",
                  "figure_roster", "fact",
                  "service", "milestone", "peer_member", "procedure_alias", "reported_count", "score_point",
                  "target_set", "verification", "vintage_observation", "comparator",
                  "report_file", "letterhead"}        # what a report prints
        open_tables = {row[0] for row in db.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'nq17'::regnamespace AND c.relkind = 'r' AND a.attname = 'agency_id'"
            " AND NOT c.relrowsecurity AND has_any_column_privilege('nq17_web', c.oid, 'SELECT')")}
        assert open_tables <= public, open_tables - public


# ---- A trusted proxy ----------------------------------------------------------------

def test_a_proxy_signs_in_from_its_own_address_only(house):
    believing = Server(house.store, "web", env=CHEAP | {
        "NQ17_PROXY_ADDRESSES": "10.0.0.0/8, 127.0.0.1", "NQ17_PROXY_USER_HEADER": "X-Remote-User"})
    doubting = Server(house.store, "web", env=CHEAP | {
        "NQ17_PROXY_ADDRESSES": "10.0.0.0/8, ::1", "NQ17_PROXY_USER_HEADER": "X-Remote-User"})
    try:
        header = {"X-Remote-User": "view01", "X-Forwarded-Proto": "https", "X-Forwarded-For": "6.6.6.6, 192.0.2.7"}
        liar = Visitor(doubting.port, header)
        assert liar.ask("/login?next=/account").status == 200 and liar.ask("/account").status == 303
        who = Visitor(believing.port, header)
        answer = who.ask("/login?next=/account")
        assert (answer.status, answer.location) == (303, "/account")
        assert "__Host-nq17_session=" in answer.getheader("Set-Cookie") and "Secure" in answer.getheader("Set-Cookie")
        assert answer.getheader("Strict-Transport-Security")
        page = who.ask("/account")
        assert page.status == 200 and "view01" in page.text and "192.0.2.7" in page.text
        assert who.ask("/account", headers={"X-Remote-User": "admin"}).status == 303   # somebody else now
        assert who.ask("/account", headers={"X-Remote-User": ""}).status == 303        # signed out at the proxy
        assert Visitor(believing.port, {"X-Remote-User": "nobody"}).ask("/login").status == 200
        late = Visitor(doubting.port)
        late.cookies["nq17_session"] = who.session
        assert late.ask("/account").status == 303      # a proxy's session counts through it alone
    finally:
        believing.stop()
        doubting.stop()
    refused = house.store.run("web", "--listen=127.0.0.1:1", "--proxy-user-header=X-User", code=1)
    assert "proxy_addresses" in refused.stderr


def test_figures_behind_a_login(house):
    closed = Server(house.store, "web", env=CHEAP | {"NQ17_PUBLIC": "no"})
    try:
        public = Visitor(closed.port)
        for path in ("/", "/rankings", "/agencies/01", "/indicators/online-filing/ranking.svg", "/rankings.csv"):
            assert public.ask(path).status in (303, 401), path
        assert public.ask("/api/v1/observations").status == 401
        for path in ("/login", "/static/style.css", "/healthz", "/readyz"):
            assert public.ask(path).status == 200, path
        assert closed.ask("/api/v1/observations", house.keys["01"]).status == 200
        who = Visitor(closed.port)
        assert who.sign_in("view01", PASSWORD).status == 303 and who.ask("/rankings").status == 200
        assert public.ask("/rankings").status == 303   # what was kept is not for everybody
    finally:
        closed.stop()


# ---- Headers ------------------------------------------------------------------------

def test_every_answer_is_guarded(house, visitor):
    for path in ("/", "/login", "/account", "/nothing", "/static/style.css", "/api/v1/agencies", "/api/v1/batches/1",
                 "/healthz"):
        answer = visitor.ask(path)
        policy = answer.getheader("Content-Security-Policy")
        for rule in ("default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:",
                     "font-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert rule in policy.split("; "), (path, rule)
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Referrer-Policy") and answer.getheader("Permissions-Policy")
        assert not answer.getheader("Strict-Transport-Security")      # not over plain HTTP
    admin = signed_in(house, "admin")
    for path in ("/", "/login", "/account", "/admin", "/admin/users", "/admin/keys", "/admin/audit", "/admin/targets"):
        text = admin.ask(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", text), path


# ---- The log ------------------------------------------------------------------------

def test_reading_dossiers_is_written_down(house):
    who = signed_in(house, "view01")
    assert who.ask(routes_about("01", house)[0]).status == 200
    with house.store.connect() as db:
        actor, action, object, details = db.execute(
            "SELECT actor, action, object, details FROM audit_log ORDER BY id DESC LIMIT 1").fetchone()
    assert (actor, action, object) == ("view01", "read_dossiers", "dossiers:01")
    assert details["indicator"] == "online-filing"
    text = signed_in(house, "auditor").ask("/admin/audit?action=read_dossiers").text
    assert "dossiers:01" in text


def test_a_receipt_with_refused_records_is_a_reading(house):
    who = signed_in(house, "view01")
    clean = house.send(b"dossier,procedure,channel,received_at\nCLEAN-01,P,online,2020-06-01\n", house.keys["01"]).json()["batch"]
    for batch, added in ((house.batches["01"], 1), (clean, 0)):
        with house.store.connect() as db:
            count = lambda: db.execute("SELECT count(*) FROM audit_log WHERE action = 'read_refused' AND actor = 'view01'"  # noqa: E731
                                       " AND object = %s", (f"batch:{batch}",)).fetchone()[0]
            before = count()
            assert who.ask(f"/api/v1/batches/{batch}").status == 200
            assert count() == before + added


def test_the_log_leaves_whole_and_in_words(house):
    """As a table that anybody can check: each entry with its hash and that of the one before."""
    who = signed_in(house, "auditor")
    rows = list(csv.DictReader(io.StringIO(who.ask("/admin/audit.csv?limit=10000").text.lstrip("\ufeff"))))
    with house.store.connect() as db:
        assert len(rows) == db.execute("SELECT count(*) FROM audit_log").fetchone()[0] > 50
    assert len(list(csv.DictReader(io.StringIO(who.ask("/admin/audit.csv").text)))) == 50
    for newer, older in zip(rows, rows[1:]):
        assert newer["previous"] == older["sha256"] and len(older["sha256"]) == 64
    assert 'limit=10000" download>CSV' in who.ask("/admin/audit").text
    # What each action is called: test_log_names.py.
    assert '"action">Đăng nhập<' in who.ask("/admin/audit").text
    assert '"action">Signed in<' in who.ask("/admin/audit?lang=en").text


def test_a_name_opens_no_entry_of_the_log(house):
    """Commands, and failures at the provider, stand in the log under names that a leader could give to an account."""
    house.store.run("dispute", "open", "--agency", "38", "--indicator", "online-filing", "--period", "2020-Q2",
                    "--reason", "ONLYFOR38", "--by", "cli")
    with house.store.connect() as db:
        db.execute("SELECT sign_in_oidc_failed('token', 'ONLYFOR38', '10.0.0.1', 'https://sso', 's', 'n')")
        actors = {actor for actor, in db.execute("SELECT actor FROM audit_log WHERE details::text ~ 'ONLYFOR38'")}
    assert "oidc" in actors and len(actors) == 2
    leader = signed_in(house, "lead01")
    for login in actors:
        made = leader.post("/admin/users", action="add", login=login, name="x", role="leader", agency="01")
        password = re.search(r"\b[2-9a-z]{20}\b", made.text)[0]
        other = signed_in(house, login, password)
        own = json.loads(other.ask("/admin/audit.json").text)["entries"]
        assert "sign_in" in {entry["action"] for entry in own if entry["object"] == f"account:{login}"}
        assert "ONLYFOR38" not in other.ask("/admin/audit").text, login


def test_the_log_shows_when_it_was_touched(house):
    """By the owner even, who may take the triggers off."""
    check = lambda *args, code=0: house.store.run("audit", "--log", *args, code=code).stdout.strip()  # noqa: E731
    whole = check()
    entries, head = re.search(r"(\d+) entries, .* ([0-9a-f]{64})$", whole).groups()
    known = f"{entries}:{head}"
    assert check("--known", known)
    with house.store.connect() as db:
        for change in ("UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(change)

        def tampered(change, *args):
            db.execute("BEGIN")
            db.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
            db.execute(change)
            db.execute("ALTER TABLE audit_log ENABLE TRIGGER USER")
            return db.execute("SELECT wrong FROM audit_log_check(%s, %s)", args or (None, None)).fetchone()[0]
        for change, wrong in (("UPDATE audit_log SET actor = 'x' WHERE id = 3", 3),
                              ("UPDATE audit_log SET at = at + interval '1 microsecond' WHERE id = 4", 4),
                              ("UPDATE audit_log SET details = details || '{\"a\": 1}' WHERE id = 5", 5),
                              ("DELETE FROM audit_log WHERE id = 6", 6)):
            assert tampered(change) == wrong
            db.execute("ROLLBACK")
        # Made anew from the third entry on, or cut off: found by the hash kept elsewhere.
        anew = ("DO $$ DECLARE e audit_log; before bytea := (SELECT hash FROM audit_log WHERE id = 2); BEGIN"
                " FOR e IN SELECT * FROM audit_log WHERE id > 2 ORDER BY id LOOP e.previous := before; e.actor := 'x';"
                " before := audit_log_hash(e); UPDATE audit_log SET actor = 'x', previous = e.previous, hash = before"
                " WHERE id = e.id; END LOOP; END $$")
        assert tampered(anew) is None
        db.execute("ROLLBACK")
        assert tampered(anew, int(entries), head) == int(entries)
        db.execute("ROLLBACK")
        cut = f"DELETE FROM audit_log WHERE id > {int(entries) - 2}"
        assert tampered(cut) is None
        db.execute("ROLLBACK")
        assert tampered(cut, int(entries), head) == int(entries) - 1
        db.execute("ROLLBACK")
    assert "not the hash" in check("--known", f"{entries}:{'0' * 64}", code=1)


# ---- The command --------------------------------------------------------------------

def test_the_command(house):
    store = house.store
    made = store.run("user", "add", "robot", "--role", "auditor", "--generate", env=CHEAP).stdout.strip()
    assert re.fullmatch("[2-9a-z]{20}", made)
    assert Visitor(house.port).sign_in("robot", made).status == 303
    again = store.run("user", "password", "robot", "--generate", env=CHEAP).stdout.strip()
    assert Visitor(house.port).sign_in("robot", made).status == 403
    assert Visitor(house.port).sign_in("robot", again).status == 303
    store.run("user", "role", "robot", "leader", "--agency", "01")
    store.run("user", "lock", "robot")
    robot = [u for u in json.loads(store.run("user", "list", "--format", "json").stdout) if u["login"] == "robot"][0]
    assert (robot["role"], robot["agency"], robot["state"]) == ("leader", "01", "locked")
    store.run("user", "remove", "robot")
    assert "robot" not in store.run("user", "list").stdout
    assert "account" in store.run("user", "add", "robot", "--role", "office", "--generate", code=1, env=CHEAP).stderr
    assert "10 to" in store.run("user", "add", "weak", "--role", "office", input="short\n", code=1, env=CHEAP).stderr
    assert store.run("user", "add", "weak", "--role", "office", "--password=x", code=2)
    assert store.run("user", "add", "weak", code=2)
    assert store.run("user", "lock", "nobody", code=1)
