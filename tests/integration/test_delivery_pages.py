# test_delivery_pages.py -- schedules and the ledger on pages and in the API: who sees and does
# what, the form, decisions, downloads, comparisons.
import hashlib
import html
import json
import re

import pytest

import conftest
from mailing import MailServer
from serving import Server, new_key
from signing import Visitor
from test_accounts import CHEAP, PASSWORD, add_user
from test_observations import dossiers, load

FROM = "baocao@vpcp.gov.vn"
PEOPLE = {"office": ("office", None), "auditor": ("auditor", None), "lead38": ("leader", "38"),
          "view38": ("viewer", "38"), "lead01": ("leader", "01"), "send01": ("sender", "01")}
FORM = {"report": "compliance", "indicator": "online-filing", "scope": "VN", "lang": "vi",
        "formats": ["pdf"], "every": "month", "weekday": "1", "day": "25", "month": "1", "rrule": "",
        "covers": "quarter", "zone": "Asia/Ho_Chi_Minh", "from": "", "at": "08:00", "workdays": "next",
        "when": "time", "coverage": "80", "deadline": "5", "contacts": "", "to": "vp@vpcp.gov.vn",
        "way": "", "alert": ""}


class House:
    """A store with an office and two agencies, a mail server, and everybody's account."""

    def __init__(self, store):
        self.store, self.mail = store, MailServer()
        records = dossiers("38", 3, 5) + dossiers("01", 2, 5)
        assert load(store, "dossier", records)["rejected"] == 0
        add_user(store, "admin", "administrator")
        with store.connect() as db:                  # the same password, at less expense
            for login, (role, agency) in PEOPLE.items():
                db.execute("SELECT account_add(%s, %s, %s, %s, (SELECT password_hash FROM account_secret LIMIT 1))",
                           (login, f"Name of {login}", role, agency))
        store.run("schedule", "contact", "add", "--agency", "38", "vanthu@thanhhoa.gov.vn")
        self.web = Server(store, "web", env=CHEAP)
        self.visitors = {}

    def env(self, server=None):
        return {"NQ17_SMTP_URL": (server or self.mail).url, "NQ17_MAIL_FROM": FROM, "NQ17_MAIL_PATIENCE": "1",
                "NQ17_DELIVERY_LEASE": "30"}

    def deliver(self, server=None, code=0):
        return self.store.run("deliver", "--once", env=self.env(server), code=code)

    def as_(self, login):
        if login not in self.visitors:
            who = Visitor(self.web.port)
            assert who.sign_in(login, PASSWORD).status == 303, login
            self.visitors[login] = who
        return self.visitors[login]

    def save(self, who, name, place="/reports/schedules/new", **changes):
        """Fills in the form, looks at the runs, saves.  The number of the schedule."""
        fields = FORM | {"name": name} | changes
        page = who.post(place, action="preview", **fields)
        assert page.status == 200, page.text
        assert 'role="alert"' not in page.text, re.findall(r'role="alert".*', page.text)
        done = who.post(place, action="save", shown=shown_of(page.text), **fields)
        assert done.status == 303, re.findall(r'role="alert".*', done.text)
        return re.fullmatch(r"/reports/schedules/(\d+)\?note=done", done.location)[1]

    def fire(self, who, schedule, period="2020-Q2"):
        done = who.post(f"/reports/schedules/{schedule}", action="run", period=period)
        assert done.status == 303, done.text

    def lines(self, who, **asked):
        query = "&".join(f"{k}={v}" for k, v in asked.items())
        answer = who.ask(f"/api/v1/deliveries?{query}")
        assert answer.status == 200, answer.text
        return json.loads(answer.text)["deliveries"] or []

    def close(self):
        self.web.stop()
        self.mail.close()


def shown_of(text):
    found = re.search(r'name="shown" value="([0-9,]*)"', text)
    return found[1] if found else ""


def alert_of(text):
    return html.unescape(re.search(r'role="alert"[^>]*>(.*?)</div>', text, re.S)[1])


@pytest.fixture(scope="module")
def house(module_store):
    made = House(module_store)
    yield made
    made.close()


# ---- the form ----------------------------------------------------------------------

def test_five_runs_are_shown_before_a_schedule_is_saved(house):
    office = house.as_("office")
    page = office.ask("/reports/schedules/new")
    assert page.status == 200 and "Xem năm lần chạy tới" in page.text and "Lưu lịch này" not in page.text
    fields = FORM | {"name": "thang"}
    shown = office.post("/reports/schedules/new", action="preview", **fields)
    assert shown.text.count("<li><strong>Thứ") == 5 and "Lưu lịch này" in shown.text
    assert len(shown_of(shown.text).split(",")) == 5
    assert 'value="thang"' in shown.text and "vp@vpcp.gov.vn" in shown.text   # nothing is filled in twice
    # Saved is what was shown: another day shows the runs once more.
    other = office.post("/reports/schedules/new", action="save", shown=shown_of(shown.text), **fields | {"day": "10"})
    assert other.status == 200 and "hãy xem lại rồi lưu" in other.text
    assert shown_of(other.text) != shown_of(shown.text)
    unseen = office.post("/reports/schedules/new", action="save", **fields)
    assert unseen.status == 200 and "thang" not in house.store.run("schedule", "list").stdout
    number = house.save(office, "thang")
    assert "FREQ=MONTHLY;BYMONTHDAY=25" in house.store.run("schedule", "list").stdout
    # The command shows the very runs that the page showed.
    runs = house.store.run("schedule", "preview", "thang", "--format", "csv").stdout.splitlines()[1:]
    page = office.ask(f"/reports/schedules/{number}").text
    for run in runs:
        day = run.split(" ")[0]
        assert f"{day[8:10]}/{day[5:7]}/{day[:4]}" in page
    assert len(runs) == 5


@pytest.mark.parametrize("rule, vi, en", [
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "Mỗi tháng vào thứ Hai đầu tiên của tháng, lúc 08:00",
     "Every month on the first Monday of the month, at 08:00"),
    ("FREQ=YEARLY;BYYEARDAY=100", None, None)])
def test_pages_say_a_rule_in_words(house, rule, vi, en):
    """Where words cannot say it, the rule is shown; programs have the rule itself."""
    office = house.as_("office")
    fields = {"every": "rule", "rrule": rule, "covers": "year", "at": "08:00"}
    number = house.save(office, "words", **fields)
    for language, words in (("vi", vi), ("en", en)):
        for page in (office.ask(f"/reports/schedules/{number}?lang={language}").text,
                     office.post(f"/reports/schedules/{number}/edit?lang={language}", action="preview",
                                 **FORM | fields).text):
            shown = f'<span title="{rule}">{words}</span>' if words else f"<code>{rule}</code>"
            assert shown in page and (words is None) == (f"<code>{rule}" in page)
        assert {"vi": "giờ Việt Nam", "en": "Viet Nam time"}[language] in page and "(Asia/" not in page
    model = json.loads(office.ask(f"/api/v1/schedules/{number}").text)["schedule"]
    assert model["rrule"] == rule and (model.get("rule") or {}).get("vi") == vi
    assert rule in office.ask("/reports/schedules.csv").text
    assert office.post(f"/reports/schedules/{number}", action="remove").status == 303


@pytest.mark.parametrize("every, rule, covers", [
    ("day", "FREQ=DAILY", "day"), ("workday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "day"),
    ("week", "FREQ=WEEKLY;BYDAY=MO", "week"), ("quarter", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=25", "quarter"),
    ("half", "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=25", "half"), ("year", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=25", "year"),
    ("rule", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "month")])
def test_simple_choices_are_rules(house, every, rule, covers):
    office = house.as_("office")
    raw = rule if every == "rule" else ""
    number = house.save(office, f"every-{every}", every=every, rrule=raw, covers="")
    page = office.ask(f"/api/v1/schedules/{number}").text
    assert f'"rrule":"{rule}"' in page.replace('": ', '":') and f'"covers":"{covers}"' in page.replace('": ', '":')
    # What was chosen is chosen when it is changed.
    form = office.ask(f"/reports/schedules/{number}/edit").text
    assert f'<option value="{every}" selected' in form and (not raw or f'value="{raw}"' in form)
    assert office.post(f"/reports/schedules/{number}", action="remove").status == 303


@pytest.mark.parametrize("changes, said", [
    ({"name": "có dấu"}, "Tên lịch không hợp lệ"), ({"name": ""}, "Tên lịch"),
    ({"to": "ai@example.com"}, "tên miền"), ({"to": ""}, "Nơi nhận"), ({"to": "a@b@c.gov.vn"}, "Nơi nhận"),
    ({"zone": "Asia/Atlantis"}, "múi giờ"), ({"every": "rule", "rrule": "FREQ=SECONDLY"}, "Quy tắc"),
    ({"every": "rule", "rrule": ""}, "Quy tắc"), ({"day": "31"}, "Quy tắc"), ({"at": "25:00"}, "giờ bắt đầu"),
    ({"formats": ["gif"]}, "định dạng"), ({"formats": []}, "định dạng"), ({"when": "coverage", "coverage": "0"}, "Tỷ lệ"),
    ({"report": "gossip"}, "loại báo cáo"), ({"scope": "each:planet"}, "Phạm vi"), ({"alert": "x@example.com"}, "báo lỗi"),
    ({"name": "thang"}, "đã có lịch"), ({"scope": "agency:no"}, "không lưu được"),
    ({"to": "folder:/etc"}, "không nhận"), ({"to": "hook:https://x.gov.vn/"}, "không nhận")])
def test_what_is_wrong_is_said_beside_what_was_filled_in(house, changes, said):
    office = house.as_("office")
    if "thang" not in house.store.run("schedule", "list").stdout:
        house.save(office, "thang")
    fields = FORM | {"name": "wrong", "alert": ""} | changes
    page = office.post("/reports/schedules/new", action="preview", **fields)
    if 'role="alert"' not in page.text:              # what only the database knows
        page = office.post("/reports/schedules/new", action="save", shown=shown_of(page.text), **fields)
    assert page.status == 200 and said in alert_of(page.text), alert_of(page.text)
    assert not re.search(r"\b(the|there|is|wants|only|of|to|has)\b", alert_of(page.text)), alert_of(page.text)
    assert f'value="{html.escape(fields["zone"])}"' in page.text
    assert "wrong" not in house.store.run("schedule", "list").stdout


def test_a_schedule_is_changed_paused_resumed_and_removed(house):
    office = house.as_("office")
    number = house.save(office, "doi", when="coverage", coverage="70", deadline="3")
    row = lambda: [r for r in house.store.run("schedule", "list", "--format", "csv").stdout.splitlines()  # noqa: E731
                   if r.startswith("doi,")]
    assert "coverage:70" in row()[0]
    form = office.ask(f"/reports/schedules/{number}/edit").text
    assert 'name="name"' not in form and 'value="70"' in form and 'value="3"' in form
    house.save(office, "renamed", f"/reports/schedules/{number}/edit", day="5", to="a@vpcp.gov.vn\nb@vpcp.gov.vn",
               formats=["pdf", "xlsx"], workdays="none")
    assert "FREQ=MONTHLY;BYMONTHDAY=5" in row()[0] and "a@vpcp.gov.vn,b@vpcp.gov.vn" in row()[0]
    assert '"pdf,xlsx"' in row()[0] and "renamed" not in house.store.run("schedule", "list").stdout
    assert office.post("/reports/schedules", action="pause", schedule=number).location == "/reports/schedules?note=done"
    assert ",paused," in row()[0]
    page = office.ask(f"/reports/schedules/{number}").text
    assert "tạm dừng" in page and "<li><strong>Thứ" not in page
    house.save(office, "doi", f"/reports/schedules/{number}/edit", day="6")
    assert ",paused," in row()[0]                    # to change one does not start it
    assert office.post(f"/reports/schedules/{number}", action="resume").status == 303
    assert ",active," in row()[0]
    assert office.post(f"/reports/schedules/{number}", action="remove").location == "/reports/schedules?note=done"
    assert not row()
    assert office.post(f"/reports/schedules/{number}", action="resume", page="/reports/schedules/new").status == 404


# ---- who ---------------------------------------------------------------------------

def test_an_agency_sees_and_changes_its_own(house):
    office, lead38, lead01 = house.as_("office"), house.as_("lead38"), house.as_("lead01")
    ours = house.save(office, "of-the-office")
    theirs = house.save(lead38, "of-38", scope="agency:38", to="vanthu@thanhhoa.gov.vn")
    assert "Thanh H" in lead38.ask(f"/reports/schedules/{theirs}").text
    assert "of-the-office" not in lead38.ask("/reports/schedules").text
    assert "of-38" not in lead01.ask("/reports/schedules").text and "of-38" in office.ask("/reports/schedules").text
    for who, number in ((lead38, ours), (lead01, theirs), (house.as_("send01"), theirs)):
        assert who.ask(f"/reports/schedules/{number}").status == 404
        assert who.ask(f"/api/v1/schedules/{number}").status == 404
        assert who.post(f"/reports/schedules/{number}", page="/reports/schedules", action="remove").status in (403, 404) \
            if "csrf" in who.ask("/reports/schedules").text else True
    # Leaders act, others of the agency look on; the office does not act for an agency.
    view38 = house.as_("view38")
    assert view38.ask(f"/reports/schedules/{theirs}").status == 200
    csrf = view38.csrf("/account")
    for who, token in ((view38, csrf), (office, office.csrf("/account")), (house.as_("auditor"), house.as_("auditor").csrf("/account"))):
        assert who.post(f"/reports/schedules/{theirs}", page="/account", csrf=token, action="pause").status == 403
    assert view38.ask("/reports/schedules/new").status == 403 and house.as_("auditor").ask("/reports/schedules/new").status == 403
    # Nor does an agency send other agencies' reports, or in their name.
    for scope in ("agency:01", "each:province"):
        page = lead38.post("/reports/schedules/new", action="preview", **FORM | {"name": "spy", "scope": scope})
        page = lead38.post("/reports/schedules/new", action="save", shown=shown_of(page.text),
                           **FORM | {"name": "spy", "scope": scope})
        assert page.status == 200 and "không nhận" in alert_of(page.text)
    assert "spy" not in house.store.run("schedule", "list").stdout
    # The public sees nothing.
    assert Visitor(house.web.port).ask("/reports/schedules").status == 303
    assert house.web.ask("/api/v1/deliveries").status == 401
    assert lead38.ask("/reports/schedules", "POST", f"action=pause&schedule={theirs}&csrf={'0' * 64}",
                      {"Content-Type": "application/x-www-form-urlencoded"}).status == 403


def test_ways_out_of_pages_are_set_up_on_the_machine(house):
    office, folder = house.as_("office"), conftest.new_folder()
    folder.chmod(0o777)
    house.store.run("schedule", "way", "add", "kho", "--to", f"folder:{folder}")
    assert "kho" in house.store.run("schedule", "way", "list").stdout
    for wrong in ("a@vpcp.gov.vn", f"folder:{folder},folder:/tmp", "ftp://x/"):
        house.store.run("schedule", "way", "add", "khac", "--to", wrong, code=1)
    house.store.run("schedule", "way", "add", "kho", "--to", "folder:/tmp", code=1)
    form = office.ask("/reports/schedules/new").text
    way = re.search(r'<option value="(\d+)">kho \(folder:', form)[1]
    assert "kho (folder:" not in house.as_("lead38").ask("/reports/schedules/new").text
    number = house.save(office, "vao-kho", way=way, to="", formats=["csv"])
    house.fire(office, number)
    house.deliver()
    assert [p.suffix for p in folder.iterdir()] == [".csv"]
    # Taken away it stays with the schedules that have it, and is offered to no other.
    house.store.run("schedule", "way", "remove", "kho")
    house.save(office, "vao-kho", f"/reports/schedules/{number}/edit", way="kept", to="", formats=["csv"], day="3")
    assert f"folder:{folder}" in house.store.run("schedule", "list").stdout
    page = house.as_("office").post("/reports/schedules/new", action="preview", **FORM | {"name": "x", "to": "", "way": way})
    assert "Nơi nhận" in alert_of(page.text)
    house.store.run("schedule", "way", "remove", "kho", code=1)


def test_alerts_of_pages_go_to_a_mailbox(house):
    """Else whoever may make a schedule has our server ask any address inside, and reads in the ledger what it says."""
    for login, scope in (("lead38", "agency:38"), ("office", "VN")):
        who = house.as_(login)
        for alert in ("hook:http://127.0.0.1:5432/", "https://metadata.inside/", "sftp://inside/", "folder:/tmp", "contacts"):
            fields = FORM | {"name": f"alerts-{login}", "scope": scope, "to": "vanthu@thanhhoa.gov.vn", "alert": alert}
            page = who.post("/reports/schedules/new", action="preview", **fields)
            page = who.post("/reports/schedules/new", action="save", shown=shown_of(page.text), **fields)
            assert page.status == 200 and "không nhận" in alert_of(page.text), alert
        number = house.save(who, f"alerts-{login}", scope=scope, to="vanthu@thanhhoa.gov.vn", alert="vanthu@thanhhoa.gov.vn")
        # What was set up on the machine stays.
        with house.store.connect() as db:
            db.execute("UPDATE schedule SET alert_to = 'hook:https://alerts.vpcp.gov.vn/' WHERE schedule_id = %s", (number,))
        house.save(who, f"alerts-{login}", f"/reports/schedules/{number}/edit", scope=scope, to="vanthu@thanhhoa.gov.vn",
                   alert="hook:https://alerts.vpcp.gov.vn/", day="3")


# ---- the ledger --------------------------------------------------------------------

def test_the_ledger_is_the_owners_and_the_recipients(house):
    office, lead38 = house.as_("office"), house.as_("lead38")
    number = house.save(office, "hai-noi", scope="each:province", contacts="1", to="vp@vpcp.gov.vn")
    house.fire(office, number)
    before = len(house.mail.mails)
    house.deliver(code=None)
    lines = house.lines(office, schedule=number, limit=1000)
    assert len(house.mail.mails) - before == len([a for a in lines if a["state"] == "accepted" and a["kind"] != "alert"])
    assert {a["recipient"] for a in lines} == {"vp@vpcp.gov.vn", "vanthu@thanhhoa.gov.vn"}
    # The recipient sees the line that came to it, and not to whom else it went.
    [line] = house.lines(lead38, schedule=number)
    assert line["recipient"] == "vanthu@thanhhoa.gov.vn" and line["agency"]["agency"] == "38"
    assert line["schedule"]["name"] == "hai-noi" and line["schedule"]["is_own"] is False
    other = next(a for a in lines if a["recipient"] == "vp@vpcp.gov.vn")["delivery"]
    assert lead38.ask(f"/reports/deliveries/{other}").status == 404
    assert house.lines(house.as_("lead01"), schedule=number) == []
    page = lead38.ask(f"/reports/deliveries/{line['delivery']}")
    assert line["state"] == "accepted", line
    assert page.status == 200 and "Đã nhận" in page.text and f"/reports/schedules/{number}" not in page.text
    assert "/reports/sent/" in page.text
    # An account whose login is the address is the recipient, too.
    add_user(house.store, "vp@vpcp.gov.vn", "viewer", "01")
    assert {a["recipient"] for a in house.lines(house.as_("vp@vpcp.gov.vn"), schedule=number)} == {"vp@vpcp.gov.vn"}
    # A key of the agency reads the same; the list goes on page by page.
    key = new_key(house.store, "38")
    assert [a["delivery"] for a in house.web.ask(f"/api/v1/deliveries?schedule={number}", key).json()["deliveries"]] == [line["delivery"]]
    first = house.web.ask("/api/v1/deliveries?limit=1", key)
    assert first.headers["Link"] is None or "after=" in first.headers["Link"]
    assert house.web.ask("/api/v1/deliveries?state=gone", key).status == 400
    assert house.web.ask("/api/v1/deliveries?colour=red", key).status == 400
    for ending in ("csv", "xlsx", "json"):
        assert office.ask(f"/reports/deliveries.{ending}").status == 200
        assert office.ask(f"/reports/schedules.{ending}").status == 200


def test_what_was_sent_comes_back_by_its_hash(house):
    lead38, lead01 = house.as_("lead38"), house.as_("lead01")
    number = house.save(lead38, "tai-ve", scope="agency:38", to="le@thanhhoa.gov.vn", formats=["pdf", "csv"])
    house.fire(lead38, number)
    house.deliver()
    mail = next(m for m in house.mail.mails if m.recipient == "le@thanhhoa.gov.vn")
    [line] = house.lines(lead38, schedule=number)
    assert hashlib.sha256(mail.data).hexdigest() == line["sha256"]
    got = house.web.ask(f"/reports/sent/{line['sha256']}", headers={"Cookie": f"nq17_session={lead38.session}"})
    assert got.status == 200 and got.body == mail.data
    assert got.headers["Content-Type"] == "message/rfc822" and ".eml" in got.headers["Content-Disposition"]
    page = lead38.ask(f"/reports/deliveries/{line['delivery']}").text
    digests = set(re.findall(r"/reports/sent/([0-9a-f]{64})", page))
    assert len(digests) == 6                         # the mail; text, HTML, picture; PDF, CSV
    attached = {hashlib.sha256(p.get_payload(decode=True)).hexdigest() for p in mail.message.walk()
                if p.get_content_disposition() == "attachment"}
    assert attached <= digests
    for digest in digests:
        got = house.web.ask(f"/api/v1/sent/{digest}", headers={"Cookie": f"nq17_session={lead38.session}"})
        assert hashlib.sha256(got.body).hexdigest() == digest
        assert got.headers["Content-Disposition"].startswith("attachment") and "html" not in got.headers["Content-Type"]
        assert lead01.ask(f"/reports/sent/{digest}").status == 404
        assert Visitor(house.web.port).ask(f"/reports/sent/{digest}").status == 303
    assert lead38.ask("/reports/sent/" + "0" * 64).status == 404
    assert lead38.ask("/reports/sent/..%2f..%2fetc").status == 404
    # Who took what is written down.
    with house.store.connect() as db:
        assert db.execute("SELECT count(*) FROM audit_log WHERE action = 'read_sent' AND object = %s AND actor = 'lead38'",
                          (f"sent:{line['sha256']}",)).fetchone()[0] == 2


def test_what_is_no_longer_kept_is_said_so(house):
    lead38 = house.as_("lead38")
    number = house.save(lead38, "het-han", scope="agency:38", to="cu@thanhhoa.gov.vn")
    house.fire(lead38, number)
    house.deliver()
    [line] = house.lines(lead38, schedule=number)
    place = f"/reports/deliveries/{line['delivery']}"
    digests = re.findall(r"/reports/sent/([0-9a-f]{64})", lead38.ask(place).text)
    with house.store.connect() as db:
        db.execute("UPDATE archive SET stored_at = now() - interval '31 days' WHERE sha256 = ANY (%s)", (digests,))
    house.store.run("deliver", "--once", env=house.env() | {"NQ17_ARCHIVE_DAYS": "30"})
    page = lead38.ask(place).text
    assert "đã hủy theo thời hạn lưu" in page and "/reports/sent/" not in page and line["sha256"] in page
    for digest in digests:
        assert lead38.ask(f"/reports/sent/{digest}").status == 404
        assert not (house.store.data / "archive" / digest[:2] / digest).exists()


def test_an_uncertain_line_is_decided_by_its_owner(house):
    lead38 = house.as_("lead38")
    number = house.save(lead38, "khong-ro", scope="agency:38", to="mot@thanhhoa.gov.vn\nhai@thanhhoa.gov.vn")
    house.fire(lead38, number)
    mute = MailServer(lambda *_: "lose-data")
    house.deliver(mute, code=1)
    mute.close()
    one, two = sorted(house.lines(lead38, schedule=number), key=lambda a: a["recipient"])
    assert "2 thư không rõ" in lead38.ask("/reports/schedules").text
    house.deliver()
    assert {a["state"] for a in house.lines(lead38, schedule=number)} == {"uncertain"}   # nobody sends it by himself
    place = f"/reports/deliveries/{one['delivery']}"
    page = lead38.ask(place).text
    assert "Chưa đến: gửi lại" in page and "Đã đến" in page
    view38 = house.as_("view38")
    assert "Chưa đến: gửi lại" not in view38.ask(place).text
    assert view38.post(place, page="/account", action="queued").status == 403
    assert house.as_("lead01").post(place, page="/account", action="queued").status == 404
    assert lead38.post(place, action="queued").location == f"{place}?note=done"
    # Decided once: who comes later is told so.
    assert lead38.post(place, page="/account", action="accepted").location == f"{place}?note=moved"
    assert "đã thay đổi" in lead38.ask(f"{place}?note=moved").text
    moved = lead38.post(f"/api/v1/deliveries/{one['delivery']}", page="/account", action="accepted")
    assert moved.status == 409 and "urn:nq17:problem:conflict" in moved.text
    assert lead38.post(f"/reports/deliveries/{two['delivery']}", action="accepted").status == 303
    house.deliver()
    assert [m.recipient for m in house.mail.mails].count(one["recipient"]) == 1
    assert [m.recipient for m in house.mail.mails].count(two["recipient"]) == 0
    events = lead38.ask(f"/reports/deliveries/{two['delivery']}").text
    assert "says lead38" in events
    with house.store.connect() as db:
        logged = db.execute("SELECT details ->> 'decision' FROM audit_log WHERE action = 'decide_delivery' AND actor = 'lead38'"
                            " ORDER BY id").fetchall()
    assert [d for d, in logged] == ["queued", "accepted"]
    assert lead38.post(f"/reports/deliveries/{two['delivery']}", action="bounced").status == 303
    assert [a["state"] for a in house.lines(lead38, state="bounced")] == ["bounced"]


def test_a_failed_line_is_tried_again(house):
    lead38 = house.as_("lead38")
    number = house.save(lead38, "thu-lai", scope="agency:38", to="ba@thanhhoa.gov.vn")
    house.fire(lead38, number)
    refusing = MailServer(lambda *_: "reject")
    house.deliver(refusing, code=1)
    refusing.close()
    [line] = house.lines(lead38, schedule=number)
    place = f"/reports/deliveries/{line['delivery']}"
    assert "550" in lead38.ask(place).text
    assert lead38.post(place, action="retry").status == 303
    house.deliver()
    assert [a["state"] for a in house.lines(lead38, schedule=number)] == ["accepted"]


def test_two_editions_are_compared(house):
    lead38 = house.as_("lead38")
    number = house.save(lead38, "so-sanh", scope="agency:38", to="bon@thanhhoa.gov.vn")
    for period in ("2020-Q1", "2020-Q2"):
        house.fire(lead38, number, period)
    house.deliver()
    newer, older = house.lines(lead38, schedule=number)
    assert (older["period"], newer["period"]) == ("2020-Q1", "2020-Q2")
    place = f"/reports/deliveries/{older['delivery']}/compare/{newer['delivery']}"
    assert place in lead38.ask(f"/reports/deliveries/{newer['delivery']}").text
    page = lead38.ask(place)
    assert page.status == 200 and "So sánh hai báo cáo" in page.text
    changes = json.loads(lead38.ask(f"/api/v1/deliveries/{older['delivery']}/compare/{newer['delivery']}").text)["changes"]
    out = house.store.run("outbox", "compare", str(older["delivery"]), str(newer["delivery"]), "--format", "csv").stdout
    assert {c["indicator"] for c in changes} == {r.split(",")[1] for r in out.splitlines()[1:]}
    online = next(c for c in changes if c["indicator"] == "online-filing")
    assert online["old"]["numerator"] is None and online["new"]["numerator"] == 3
    assert lead38.ask(place + ".csv").status == 200
    same = lead38.ask(f"/reports/deliveries/{newer['delivery']}/compare/{newer['delivery']}").text
    assert "cùng số liệu" in same
    assert house.as_("lead01").ask(place).status == 404


def test_what_is_done_is_in_the_log(house):
    lead38 = house.as_("lead38")
    number = house.save(lead38, "ghi-lai", scope="agency:38", to="vp@thanhhoa.gov.vn")
    for action in ("pause", "resume", "remove"):
        lead38.post(f"/reports/schedules/{number}", action=action)
    with house.store.connect() as db:
        rows = db.execute("SELECT action, actor, role, details ->> 'to' FROM audit_log WHERE object = 'schedule:ghi-lai'"
                          " ORDER BY id").fetchall()
    assert [r[0] for r in rows] == ["add_schedule", "pause_schedule", "resume_schedule", "remove_schedule"]
    assert {r[1:3] for r in rows} == {("lead38", "leader")} and rows[0][3] == "vp@thanhhoa.gov.vn"


def test_pages_speak_english(house):
    office = house.as_("office")
    number = house.save(office, "english")
    for path in ("/reports/schedules", "/reports/schedules/new", f"/reports/schedules/{number}",
                 f"/reports/schedules/{number}/edit", "/reports/deliveries"):
        page = office.ask(path + "?lang=en")
        assert page.status == 200 and '<html lang="en">' in page.text
        assert "Lịch" not in re.sub(r"(?s)<select.*?</select>", "", page.text.split("<main")[1]), path


def test_pages_say_when_nothing_is_sent(house):
    """A copy of the store sends nothing, and those who wait for a report can read it."""
    office = house.as_("office")
    house.save(office, "still")
    house.deliver()
    places = ["/reports/schedules", "/reports/deliveries"]
    places.append("/reports/schedules/" + re.search(r"/reports/schedules/(\d+)", office.ask(places[0]).text)[1])

    def say():
        return [path for path in places if "nq17 outbox resume" in office.ask(path).text]

    assert say() == []
    elsewhere = conftest.new_folder() / "archive"
    house.store.run("deliver", "--once", env=house.env() | {"NQ17_ARCHIVE": str(elsewhere)}, code=1)
    assert say() == places
    house.deliver()                                   # found itself at home again
    assert say() == []
    with house.store.connect() as db:                 # another server, where no deliverer looked yet
        place = db.execute("UPDATE delivery_place SET place = 'x' || place RETURNING substr(place, 2)").fetchone()[0]
    assert say() == places
    house.store.run("outbox", "resume", "--by", "Lan", env=house.env())
    assert say() == []
    with house.store.connect() as db:
        assert db.execute("SELECT place FROM delivery_place").fetchone()[0] == place
