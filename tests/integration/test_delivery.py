# test_delivery.py -- reports that arrive: schedules, the outbox, mail servers that
# misbehave, and processes that are killed.
import collections
import csv
import email
import email.policy
import hashlib
import hmac
import http.server
import io
import json
import os
import random
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest

import conftest
from crash import Keeper
from mailing import MailServer
from serving import free_port
from test_observations import POPULATION, dossiers, figure, load
from test_pull import sshd  # noqa: F401

KILLS = int(os.environ.get("TORTURE_KILLS", 4))
SCOPE = os.environ.get("TORTURE_SCOPE", "ministerial_agency")
FROM = "baocao@vpcp.gov.vn"
DAILY = ("--rrule", "FREQ=DAILY", "--covers", "quarter")


class Office:
    """A store with schedules of its own, which are removed when a test ends."""

    def __init__(self, store):
        self.store, self.names, self.servers = store, [], []

    def server(self, *args, **options):
        self.servers.append(MailServer(*args, **options))
        return self.servers[-1]

    def env(self, server=None, **more):
        mail = {"NQ17_SMTP_URL": server.url, "NQ17_MAIL_FROM": FROM} if server else {}
        return mail | {"NQ17_MAIL_PATIENCE": "1", "NQ17_DELIVERY_LEASE": "30"} | more

    def add(self, name, *args, code=0, rule=DAILY, format="pdf"):
        done = self.store.run("schedule", "add", name, "--report", "compliance", *rule,
                              "--format", format, *args, code=code)
        if code == 0:
            self.names.append(name)
        return done

    def fire(self, name, period="2020-Q2"):
        return self.store.run("schedule", "run", name, "--period", period).stdout

    def deliver(self, server=None, code=0, **env):
        return self.store.run("deliver", "--once", env=self.env(server, **env), code=code)

    def ledger(self, *args):
        out = self.store.run("outbox", "list", "--format", "csv", *args).stdout
        return list(csv.DictReader(io.StringIO(out)))

    def states(self, name):
        return {row["recipient"]: row["state"] for row in self.ledger("--schedule", name)
                if row["kind"] != "alert"}

    def end(self):
        for name in self.names:
            self.store.run("schedule", "remove", name, code=None)
        for server in self.servers:
            server.close()


@pytest.fixture(scope="module")
def filled(module_store):
    records = [d for n, a in enumerate(POPULATION) if a != "G22" for d in dossiers(a, 2 + n % 3, 5)]
    # G22, the Office of the Government, is silent.
    assert load(module_store, "dossier", records)["rejected"] == 0
    return module_store


@pytest.fixture
def office(filled):
    made = Office(filled)
    yield made
    made.end()


# ---- one letter -----------------------------------------------------------------

def raw_header(mail, name):
    head = mail.data.split(b"\r\n\r\n")[0].decode("ascii")
    return re.search(rf"(?m)^{name}: (.*(?:\r\n .*)*)", head)[1]


def test_a_letter_is_whole(office):
    server = office.server()
    office.add("letter", "--agency", "02", "--to", "ha.giang@hagiang.gov.vn",
               "--alert", "vp@vpcp.gov.vn", format="pdf,png")
    office.fire("letter")
    office.deliver(server, NQ17_PUBLIC_URL="https://nq17.vpcp.gov.vn")
    [mail] = server.mails
    message = mail.message
    assert (mail.sender, mail.recipient) == (FROM, "ha.giang@hagiang.gov.vn")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"].startswith("<mailto:vp@vpcp.gov.vn")
    assert re.fullmatch(r"<[0-9a-f]{32}@vpcp\.gov\.vn>", message["Message-ID"])
    assert message["Date"].datetime.utcoffset().total_seconds() == 7 * 3600
    assert message["To"].addresses[0].addr_spec == "ha.giang@hagiang.gov.vn"
    assert message["From"].addresses[0].display_name == "NQ17 – Văn phòng Chính phủ"
    for word in ("Hà Giang", "quý II năm 2020", "tạm tính"):
        assert word in message["Subject"]
    # On the wire it is plain characters, in short lines, but for the names for old readers.
    assert max(len(line) for line in mail.data.split(b"\r\n") if b" filename=" not in line) <= 78
    assert mail.data.decode("ascii")
    # mixed(alternative(text, related(html, picture)), files)
    assert message.get_content_type() == "multipart/mixed"
    alternative = next(message.iter_parts())
    assert [p.get_content_type() for p in alternative.iter_parts()] == ["text/plain", "multipart/related"]
    picture = next(p for p in message.walk() if p["Content-ID"])
    assert picture.get_content().startswith(b"\x89PNG")
    assert f"cid:{picture['Content-ID'].strip('<>')}" in mail.html
    files = mail.attachments()
    assert {content[:4] for content in files.values()} == {b"%PDF", b"\x89PNG"}
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in files)
    assert b"filename*0*=UTF-8''B%C3%A1o" in mail.data
    # Both parts say the figure that `nq17 kpi` prints.
    row = figure(office.store, "2020-Q2", "02", "online-filing")
    printed = f"{float(row['value']) * 100:.2f}%".replace(".", ",")
    assert printed in mail.text and printed in mail.html
    assert "https://nq17.vpcp.gov.vn/agencies/02?period=2020-Q2" in mail.text
    assert "<script" not in mail.html and "http://" not in mail.html


KINDS = {"compliance": "Báo cáo chỉ tiêu Nghị quyết 17/NQ-CP", "brief": "Tóm tắt", "ranking": "Xếp hạng",
         "indicator": "hệ thống một cửa", "evidence": "Căn cứ", "restatement": "điều chỉnh"}


def check_words(mail, report, formats):
    """Subject, text, HTML, picture and names speak of what is attached."""
    def plain(text):
        return re.sub(r"\s+", " ", text).lower()
    html = plain(re.sub(r"<[^>]*>", " ", mail.html))
    for words in (plain(mail.message["Subject"]), plain(mail.text), html):
        assert KINDS[report].lower() in words, (report, words[:200])
        assert "quý ii năm 2020" in words
    assert ("hà giang" if report == "evidence" else "cả nước") in plain(mail.message["Subject"])
    attached = "tệp đính kèm: " + ", ".join(formats.split(",")).lower() + "."
    assert attached in plain(mail.text) and attached in html
    is_own, is_of_one = report == "compliance", report in ("ranking", "indicator", "evidence")
    assert ("để tham khảo" in html) == (report in ("brief", "restatement")) == ("để tham khảo" in plain(mail.text))
    assert ("chỉ tiêu này của" in html) == is_of_one
    assert (mail.html.count("<tr>") == 2) == is_of_one        # the head, and one line
    alt = re.search(r'<img [^>]*alt="([^"]*)"', mail.html)[1]
    assert alt.startswith("Biểu đồ" if is_own else "Trang đầu")
    picture = next(p.get_content() for p in mail.message.walk() if p["Content-ID"])
    width, height = (int.from_bytes(picture[n:n + 4], "big") for n in (16, 20))
    shown = [int(n) for n in re.search(r'width="(\d+)" height="(\d+)"', mail.html).groups()]
    assert shown == [640, height * 640 // width]
    if "png" in formats and not is_own:                       # the picture is the file itself
        assert picture in mail.attachments().values()
    kinds = {"brief": "tom-tat", "ranking": "xep-hang", "indicator": "mot-chi-tieu", "evidence": "can-cu",
             "restatement": "dieu-chinh"}
    for name in mail.attachments():
        assert "quy-II-nam-2020" in name and "tam-tinh" in name and (is_own or kinds[report] in name), name


@pytest.mark.parametrize("report, scope, formats", [
    ("ranking", (), "pdf,xlsx,csv"), ("brief", (), "pdf,png"), ("indicator", ("--indicator", "one-stop"), "pdf"),
    ("evidence", ("--agency", "02", "--indicator", "online-filing"), "pdf,json"), ("compliance", (), "xlsx,csv,json"),
    ("restatement", (), "pdf,xlsx"),
])
def test_every_report_can_be_sent(office, report, scope, formats):
    server = office.server()
    office.add(report, "--report", report, "--to", "a@x.gov.vn", *scope, format=formats)
    office.fire(report)
    office.deliver(server)
    [mail] = server.mails
    starts = {"pdf": b"%PDF", "png": b"\x89PNG", "xlsx": b"PK\x03\x04", "json": b"{"}
    files = {name.rsplit(".", 1)[1]: content for name, content in mail.attachments().items()}
    assert sorted(files) == sorted(formats.split(","))
    for ending, content in files.items():
        content = content.encode() if isinstance(content, str) else content
        assert content.startswith(starts.get(ending, b""))
    check_words(mail, report, formats)
    # Whoever got it can ask whether it is genuine (csv goes as text, whose line ends mail changes).
    [ending, content] = next(item for item in files.items() if item[0] in ("pdf", "xlsx"))
    path = conftest.new_folder() / f"report.{ending}"
    path.write_bytes(content)
    assert "current" in office.store.run("verify", path, "--lang", "en", code=None).stdout.lower()


def test_what_was_sent_is_kept(office, tmp_path):
    server = office.server()
    office.add("kept", "--to", "a@vpcp.gov.vn,b@vpcp.gov.vn", "--lang", "en")
    office.fire("kept")
    office.deliver(server)
    tmp_path.chmod(0o777)
    for row in office.ledger("--schedule", "kept"):
        path = tmp_path / f"{row['id']}.eml"
        shown = office.store.run("outbox", "show", row["id"], "--output", path).stdout
        [mail] = server.to(row["recipient"])
        assert path.read_bytes() == mail.data
        assert hashlib.sha256(mail.data).hexdigest() == row["sha256"]
        assert "accepted" in shown and "Viet Nam" in shown
        assert "Report on the targets" in mail.text
    # Nothing is sent a second time, whoever asks.
    assert ": 0 in the outbox" in office.fire("kept")
    office.deliver(server)
    assert len(server.mails) == 2


# ---- mail servers ---------------------------------------------------------------

WAYS = {   # the first attempt's way: state after it, how many arrived after a second round
    "good": ("accepted", 1), "greylist": ("deferred", 1), "reject": ("failed", 0),
    "defer-data": ("deferred", 1), "refuse-data": ("failed", 0), "drop-data": ("uncertain", 1),
    "lose-data": ("uncertain", 0), "half": ("uncertain", 1), "hang-rcpt": ("deferred", 1),
    "hang-data": ("uncertain", 1), "early": ("deferred", 1),
}


def test_servers_that_misbehave(office):
    server = office.server(lambda to, attempt: to.split("@")[0] if attempt == 1 and
                           to.split("@")[0] in WAYS else "good")
    office.add("misbehaving", "--to", ",".join(f"{way}@x.gov.vn" for way in WAYS),
               "--alert", "owner@vpcp.gov.vn")
    office.fire("misbehaving")
    office.deliver(server, code=1)
    states = office.states("misbehaving")
    assert states == {f"{way}@x.gov.vn": state for way, (state, _) in WAYS.items()}
    # The owner is told of what failed or is uncertain, and of nothing else.
    with office.store.connect() as db:
        db.execute("UPDATE outbox SET next_try = now() WHERE kind = 'alert'")
    office.deliver(server)
    [alert] = server.to("owner@vpcp.gov.vn")
    for way, (state, _) in WAYS.items():
        assert (f"{way}@x.gov.vn" in alert.text) == (state in ("failed", "uncertain")), way
    # What was deferred is tried again, the same bytes; what is uncertain never is.
    with office.store.connect() as db:
        db.execute("UPDATE outbox SET next_try = now() WHERE state = 'deferred'")
    office.deliver(server)
    for way, (state, arrived) in WAYS.items():
        assert len(server.to(f"{way}@x.gov.vn")) == arrived, way
        assert office.states("misbehaving")[f"{way}@x.gov.vn"] == \
            ("accepted" if state == "deferred" else state)
    with office.store.connect() as db:
        assert db.execute("SELECT max(attempts) FROM outbox JOIN schedule USING (schedule_id)"
                          " WHERE name = 'misbehaving' AND kind = 'report'").fetchone()[0] == 2
    # A person finds out.
    rows = {r["recipient"]: r["id"] for r in office.ledger("--schedule", "misbehaving")}
    office.store.run("outbox", "retry", rows["lose-data@x.gov.vn"], code=1)
    office.store.run("outbox", "resolve", rows["lose-data@x.gov.vn"], "--as", "queued")
    office.store.run("outbox", "resolve", rows["half@x.gov.vn"], "--as", "accepted")
    office.store.run("outbox", "resolve", rows["good@x.gov.vn"], "--as", "bounced")
    office.deliver(server)
    assert len(server.to("lose-data@x.gov.vn")) == 1
    assert office.states("misbehaving")["half@x.gov.vn"] == "accepted"
    assert office.states("misbehaving")["good@x.gov.vn"] == "bounced"


def test_a_server_that_is_not_there_or_greets_with_no(office):
    office.add("absent", "--to", "a@x.gov.vn")
    office.fire("absent")
    office.deliver(code=1)
    [row] = office.ledger("--schedule", "absent")
    assert (row["state"], "smtp_url" in row["answer"]) == ("deferred", True)
    server = office.server(greeting="554 no mail here")
    office.store.run("outbox", "retry")
    office.deliver(server, code=1)
    [row] = office.ledger("--schedule", "absent")
    assert (row["state"], row["answer"]) == ("deferred", "554 no mail here")
    # With STARTTLS required a server that has none gets nothing.
    plain = office.server()
    office.store.run("outbox", "retry")
    office.deliver(plain, code=1, NQ17_MAIL_TLS="required")
    assert office.ledger("--schedule", "absent")[0]["state"] == "deferred" and not plain.mails


@pytest.fixture(scope="module")
def certificate():
    folder = conftest.new_folder()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", folder / "key", "-out", folder / "cert", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    (folder / "cert").chmod(0o644)
    return folder


def test_encrypted_and_with_a_password(office, certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "cert", certificate / "key")
    server = office.server(tls=tls, login="nq17:hush")
    office.add("secret", "--to", "a@x.gov.vn")
    office.fire("secret")
    right, wrong = private_file("user = nq17\npassword = hush\n"), private_file("user = nq17\npassword = x\n")
    trust = {"NQ17_MAIL_TLS": "required", "NQ17_MAIL_CA": certificate / "cert"}
    # A certificate that nobody vouches for, then a wrong password: tried again later.
    for settings, words in (({"NQ17_MAIL_TLS": "required", "NQ17_MAIL_CREDENTIALS": right}, "ertificate"),
                            (trust | {"NQ17_MAIL_CREDENTIALS": wrong}, "not you")):
        office.deliver(server, code=1, **{k: str(v) for k, v in settings.items()})
        [row] = office.ledger("--schedule", "secret")
        assert (row["state"], words in row["answer"]) == ("deferred", True), row
        office.store.run("outbox", "retry")
    office.deliver(server, **{k: str(v) for k, v in (trust | {"NQ17_MAIL_CREDENTIALS": right}).items()})
    assert len(server.mails) == 1 and server.encrypted >= 2
    # A password that everybody can read is not used.
    right.chmod(0o644)
    done = office.deliver(server, code=1, NQ17_MAIL_CREDENTIALS=str(right))
    assert "everybody may read it" in done.stderr


def test_doctor_hears_the_mail_server(office):
    def lines(server):
        out = office.store.run("doctor", env=office.env(server), code=None).stdout
        return {line[8:20].strip(): line[:7].strip() for line in out.splitlines()}

    assert lines(office.server())["mail"] == "ok"
    assert lines(office.server(greeting="554 no mail here"))["mail"] == "WRONG"
    assert "outbox" in lines(None) and lines(None)["mail"] == "ok"      # off


# ---- to whom --------------------------------------------------------------------

def test_each_agency_gets_its_own(office):
    server = office.server()
    def contact(action, code):
        office.store.run("schedule", "contact", action, "--agency", code, f"vp@{code.lower()}.gov.vn")

    for code in ("G19", "G20", "G21"):
        contact("add", code)
    office.add("contacts", "--each", "ministerial_agency", "--to", "contacts,all@vpcp.gov.vn,vp@g19.gov.vn")
    office.fire("contacts")
    contact("remove", "G21")     # who left between the firing and the sending gets nothing
    office.deliver(server, code=1)
    assert len(server.to("all@vpcp.gov.vn")) == 4 and not server.to("vp@g21.gov.vn")
    # A contact of one agency is not shown another, though the schedule names it.
    assert len(server.to("vp@g19.gov.vn")) == len(server.to("vp@g20.gov.vn")) == 1
    rows = [r for r in office.ledger("--schedule", "contacts") if r["recipient"].startswith("vp@")]
    assert {(r["agency"], r["recipient"], r["state"]) for r in rows} == {
        ("G19", "vp@g19.gov.vn", "accepted"), ("G20", "vp@g20.gov.vn", "accepted"),
        ("G21", "vp@g21.gov.vn", "failed")}
    assert office.store.run("schedule", "contact", "list").stdout.count("@g") == 2
    # Who has nobody is listed, and told.
    office.add("nobody", "--each", "ministerial_agency", "--to", "contacts", "--alert", "owner@vpcp.gov.vn")
    office.fire("nobody")
    failed = office.ledger("--schedule", "nobody", "--state", "failed")
    assert {r["agency"] for r in failed} == {"G21", "G22"}
    assert all("no contact" in r["answer"] for r in failed)
    for code in ("G19", "G20"):
        contact("remove", code)


def test_a_report_that_fails_is_not_sent(office):
    server = office.server()
    office.add("fails", "--to", "a@x.gov.vn", "--alert", "owner@vpcp.gov.vn")
    with office.store.connect() as db:      # a report that a later program has no more
        db.execute("UPDATE schedule SET report = 'gone' WHERE name = 'fails'")
    office.fire("fails")
    done = office.deliver(server, code=1)
    assert 'there is no report "gone"' in done.stderr
    with office.store.connect() as db:
        db.execute("UPDATE outbox SET next_try = now() WHERE kind = 'alert'")
    office.deliver(server)
    assert not server.to("a@x.gov.vn")
    [alert] = [m for m in server.to("owner@vpcp.gov.vn") if " fails," in m.message["Subject"]]
    assert 'no report "gone"' in alert.text


@pytest.mark.parametrize("args, words", [
    (("--to", "someone@example.com"), "mail_domains"),
    (("--to", "a@evilgov.vn"), "mail_domains"),
    (("--to", "a@x.gov.vn\r\nBcc: b@x.gov.vn"), "is no address"),
    (("--to", "tỉnh@x.gov.vn"), "is no address"),
    (("--to", "https://user:word@x.gov.vn/"), "no password"),
    (("--to", "a@x.gov.vn", "--each", "planet"), "--each"),
    (("--to", "a@x.gov.vn", "--agency", "ZZ"), "no agency"),
    (("--to", "a@x.gov.vn", "--zone", "Asia/Nowhere"), "no time zone"),
    (("--to", "a@x.gov.vn", "--when", "published"), "--deadline"),
    (("--to", "a@x.gov.vn", "--format", "docx"), "cannot be had"),
    (("--to", "a@x.gov.vn", "--rrule", "FREQ=HOURLY"), "once a day"),
])
def test_what_cannot_be_is_refused(office, args, words):
    assert words in office.add("refused", *args, code=1).stderr
    assert "refused" not in office.store.run("schedule", "list").stdout


def test_sample_data_stays_here(kept_store):
    store = kept_store
    sample = store.run("sample", "--records", "200", "--from", "2020-04-01", "--to", "2020-06-30").stdout
    store.run("import", "--type", "dossier", "-", input=sample)
    store.run("schedule", "add", "s", "--report", "compliance", *DAILY, "--format", "pdf", "--to",
              "a@x.gov.vn,http://10.255.255.1/dav/,hook:https://127.example.gov.vn/")
    store.run("schedule", "run", "s", "--period", "2020-Q2")
    store.run("deliver", "--once", code=1,
              env={"NQ17_SMTP_URL": "smtp://127.0.0.2.example.gov.vn:25", "NQ17_MAIL_FROM": FROM})
    rows = list(csv.DictReader(io.StringIO(store.run("outbox", "list", "--format", "csv").stdout)))
    assert {r["state"] for r in rows} == {"failed"} and len(rows) == 3
    assert all("this machine only" in r["answer"] for r in rows)


# ---- when -----------------------------------------------------------------------

def periods(office, name):
    with office.store.connect() as db:
        return dict(db.execute("SELECT period, r.state FROM schedule_run r JOIN schedule USING (schedule_id)"
                               " WHERE name = %s", (name,)).fetchall())


def test_runs_are_shown_before_they_are_saved(office):
    shown = office.add("shown", "--to", "a@x.gov.vn", "--dry-run", "--workdays", "next",
                       rule=("--rrule", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=25", "--covers",
                             "nd09-quarter", "--from", "2099-03-01")).stdout
    assert [line.split()[0] for line in shown.splitlines()[1:]] == [
        "2099-03-25", "2099-06-25", "2099-09-25", "2099-12-25", "2100-03-25"]
    assert shown.splitlines()[1].split()[-1] == "ND09-2099-Q1"
    assert "shown" not in office.store.run("schedule", "list").stdout
    office.names.remove("shown")
    # A day off of the store moves a run, and not what it reports on.
    office.store.run("holiday", "add", "2099-06-25", "--name", "x", "--source", "a test")
    shown = office.add("shown", "--to", "a@x.gov.vn", "--dry-run", "--workdays", "previous", "--at", "17:05",
                       rule=("--rrule", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=25", "--zone", "Europe/Paris",
                             "--covers", "month", "--from", "2099-03-01")).stdout.splitlines()
    assert shown[2].split() == ["2099-06-24", "17:05", "Europe/Paris", "2099-06-24T15:05Z", "2099-05"]
    assert shown[4].split() == ["2099-12-25", "17:05", "Europe/Paris", "2099-12-25T16:05Z", "2099-11"]
    office.store.run("holiday", "remove", "2099-06-25")
    office.names.remove("shown")
    office.add("past", "--to", "a@x.gov.vn", rule=("--rrule", "FREQ=DAILY;COUNT=3", "--from", "2019-01-01"))
    assert office.store.run("schedule", "preview", "past", "--format", "csv").stdout.count("\n") == 1


def test_time_fires_once_and_catches_up_with_the_newest(office):
    server = office.server()
    office.add("timed", "--to", "a@x.gov.vn", rule=("--rrule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"))
    office.deliver(server)
    assert not server.mails
    with office.store.connect() as db:      # nothing ran since 2019, or the clock jumped
        db.execute("UPDATE schedule SET next_run = '2019-02-28 08:00+07', next_day = '2019-02-28',"
                   " starts = '2019-02-28 08:00' WHERE name = 'timed'")
    office.deliver(server)
    office.deliver(server)
    found = periods(office, "timed")
    newest = max(found)
    assert found.pop(newest) == "fired" and set(found.values()) == {"skipped"} and "2018" in found
    assert len(server.mails) == 1 and f"năm {newest}" in server.mails[0].message["Subject"]
    # A clock that goes back fires nothing again.
    with office.store.connect() as db:
        db.execute("UPDATE schedule SET next_run = now() - interval '1 day' WHERE name = 'timed'")
    office.deliver(server)
    assert len(server.mails) == 1
    # One that was missed can be had by hand.
    office.fire("timed", "2018")
    office.deliver(server)
    assert len(server.mails) == 2
    # Paused, nothing is sent; resumed, it goes on from now.
    office.store.run("schedule", "pause", "timed")
    with office.store.connect() as db:
        db.execute("UPDATE schedule SET next_run = now() - interval '1 day' WHERE name = 'timed'")
    office.fire("timed", "2017")
    office.deliver(server)
    assert len(server.mails) == 2
    office.store.run("schedule", "resume", "timed")
    office.deliver(server)
    assert len(server.mails) == 3


@pytest.mark.parametrize("covers, day, period", [
    ("month", "2020-01-31", "2019-12"), ("month", "2020-03-01", "2020-02"), ("day", "2020-03-01", "2020-02-29"),
    ("week", "2021-01-04", "2020-W53"), ("week", "2021-01-03", "2020-W52"), ("quarter", "2020-12-31", "2020-Q3"),
    ("half", "2020-07-01", "2020-H1"), ("half", "2020-06-30", "2019-H2"), ("year", "2020-12-31", "2019"),
    ("nd09-month", "2020-02-25", "ND09-2020-02"), ("nd09-month", "2020-02-14", "ND09-2020-01"),
    ("nd09-month", "2020-02-15", "ND09-2020-02"), ("nd09-quarter", "2020-03-25", "ND09-2020-Q1"),
    ("nd09-half", "2020-06-15", "ND09-2020-H1"), ("nd09-year", "2020-12-15", "ND09-2020"),
    ("nd09-year", "2020-12-14", "ND09-2019"),
])
def test_the_last_complete_period(filled, covers, day, period):
    with filled.connect("reports") as db:
        found, last = db.execute("SELECT p, upper(period_range(p)) FROM period_before(%s, %s::date) p",
                                 (covers, day)).fetchone()
    assert found == period and str(last) <= day


def test_data_that_is_ready_or_late(office):
    server = office.server()
    rule = ("--rrule", "FREQ=DAILY", "--covers", "quarter", "--deadline", "P2D")
    office.add("ready", "--to", "ready@x.gov.vn", "--when", "coverage:98", rule=rule)
    office.add("late", "--to", "late@x.gov.vn", "--when", "coverage:100", rule=rule)
    with office.store.connect() as db:
        db.execute("INSERT INTO schedule_run (schedule_id, period, due_at, deadline_at, state)"
                   " SELECT schedule_id, '2020-Q2', now(), now() + deadline, 'waiting' FROM schedule"
                   " WHERE name IN ('ready', 'late')")
    office.deliver(server)
    assert [m.recipient for m in server.mails] == ["ready@x.gov.vn"]
    assert "Đến hạn" not in server.mails[0].text
    with office.store.connect() as db:
        db.execute("UPDATE schedule_run r SET deadline_at = now() FROM schedule s"
                   " WHERE s.schedule_id = r.schedule_id AND name = 'late'")
    office.deliver(server)
    [mail] = server.to("late@x.gov.vn")
    # Who is missing is named: in the letter, and on page one.
    [name] = re.findall(r"chưa có số liệu của kỳ này: (.*?)\.", mail.text.replace("\n", " "))
    assert name == "Văn phòng Chính phủ"
    [content] = mail.attachments().values()
    page = subprocess.run(["pdftotext", "-l", "1", "-", "-"], input=content, capture_output=True,
                          check=True).stdout.decode()
    assert "Đến hạn gửi báo cáo, 1 trên 85 cơ quan" in re.sub(r"\s+", " ", page)


# ---- corrections ----------------------------------------------------------------

def publish(store, period):
    done = store.run("publish", "--period", period, "--by", "Lan")
    return json.loads(done.stdout)["vintage"]


def test_a_vintage_that_supersedes_is_told_once(office):
    server, store, period = office.server(), office.store, "2020-05"
    load(store, "dossier", [d for a in POPULATION for d in dossiers(a, 2, 5, day="2020-05-12")])
    office.add("corrected", "--each", "ministerial_agency", "--to", "{agency}@x.gov.vn",
               rule=("--rrule", "FREQ=MONTHLY", "--deadline", "P1D", "--when", "published"))
    with store.connect() as db:
        db.execute("INSERT INTO schedule_run (schedule_id, period, due_at, deadline_at, state)"
                   " SELECT schedule_id, %s, now(), now() + deadline, 'waiting' FROM schedule"
                   " WHERE name = 'corrected'", (period,))
    office.deliver(server)
    assert not server.mails
    first = publish(store, period)
    office.deliver(server)
    assert sorted(m.recipient for m in server.mails) == [f"g{n}@x.gov.vn" for n in range(19, 23)]
    assert all(f"bản công bố {first}" in m.message["Subject"] for m in server.mails)
    # Five more online dossiers of one agency: it and nobody else is told, what and why.
    load(store, "dossier", [dict(d, dossier=f"late-{n}") for n, d in
                            enumerate(dossiers("G19", 5, 5, day="2020-05-20"))])
    office.deliver(server)
    assert len(server.mails) == 4
    second = publish(store, period)
    for _ in range(2):
        office.deliver(server)
    told = [m for m in server.mails[4:] if m.recipient.endswith("@x.gov.vn")]
    assert "g19@x.gov.vn" in [m.recipient for m in told]
    [mail] = [m for m in told if m.recipient == "g19@x.gov.vn"]
    assert mail.message["Subject"].startswith("Đính chính:") and f"bản công bố {second}" in mail.message["Subject"]
    assert mail.message["In-Reply-To"] == server.to("g19@x.gov.vn")[0].message["Message-ID"]
    text = re.sub(r"\s+", " ", mail.text)
    assert re.search(r"40,00% \(2 / 5\), hạng 1 -> 70,00% \(7 / 10\), hạng 1; hồ sơ gửi muộn", text)
    assert "70,00%" in mail.html and len(mail.attachments()) == 1
    ids = [r["id"] for r in office.ledger("--schedule", "corrected") if r["recipient"] == "g19@x.gov.vn"]
    [line] = [row for row in csv.DictReader(io.StringIO(
        store.run("outbox", "compare", *ids, "--format", "csv").stdout)) if row["indicator"] == "online-filing"]
    assert [line[k] for k in ("agency", "old_numerator", "old_denominator", "new_numerator", "new_denominator")] \
        == ["G19", "2", "5", "7", "10"]
    # The others are told only where a figure of theirs (a rank) moved.
    for m in told:
        assert "->" in m.text
    assert publish(store, period) > second
    office.deliver(server)
    assert len([m for m in server.mails if m.recipient.endswith("@x.gov.vn")]) == 4 + len(told)


# ---- other ways out -------------------------------------------------------------

class Web:
    """Takes what is put and posted; answers with the codes it is told, then 201."""

    def __init__(self, *codes):
        self.codes, self.requests = list(codes), []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                web.requests.append((self.path, dict(self.headers), body))
                code = web.codes.pop(0) if web.codes else 201
                if not code:
                    self.close_connection = True
                    return
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_PUT

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def private_file(text):
    folder = conftest.new_folder()
    path = folder / "credentials"
    path.write_text(text)
    path.chmod(0o640)
    if os.geteuid() == 0:
        shutil.chown(path, "postgres", "postgres")
    return path


def test_folder_webdav_and_webhook(office):
    web, folder = Web(503), conftest.new_folder()
    office.servers.append(web)
    folder.chmod(0o777)
    path = private_file("secret = hush\nuser = nq17\npassword = word\n")
    base = f"http://127.0.0.1:{web.port}"
    office.add("ways", "--agency", "02", "--credentials", path, "--to",
               f"folder:{folder},{base}/dav/,hook:{base}/hook")
    office.fire("ways")
    office.deliver(code=1)
    assert sorted(office.states("ways").values()) == ["accepted", "accepted", "deferred"]
    for _ in range(2):
        office.store.run("outbox", "retry")
        office.deliver(code=None)
    assert set(office.states("ways").values()) == {"accepted"}, office.ledger("--schedule", "ways")
    [file] = folder.iterdir()
    assert file.name == "bao-cao-nq17_02_2020-Q2_vi.pdf" and file.read_bytes().startswith(b"%PDF")
    puts = [r for r in web.requests if r[0].startswith("/dav/")]
    assert puts[-1][0] == f"/dav/{file.name}" and puts[-1][2] == file.read_bytes()
    # What was posted is signed, says what it is, and has the file.
    where, headers, body = [r for r in web.requests if r[0] == "/hook"][-1]
    at, digest = re.fullmatch(r"t=(\d+),sha256=([0-9a-f]{64})", headers["NQ17-Signature"]).groups()
    assert hmac.new(b"hush", at.encode() + b"." + body, "sha256").hexdigest() == digest
    posted = json.loads(body)
    assert headers["Idempotency-Key"] == posted["id"] and posted["agency"] == "02"
    assert posted["files"][0]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert all(len(set(r[2] for r in web.requests if r[0] == w)) == 1 for w in ("/hook", where))


def test_a_webhook_without_an_answer_is_uncertain(office):
    web = Web(0)
    office.servers.append(web)
    office.add("hook", "--credentials", private_file("secret = hush\n"), "--to",
               f"hook:http://127.0.0.1:{web.port}/")
    office.fire("hook")
    office.deliver(code=1)
    assert list(office.states("hook").values()) == ["uncertain"] and len(web.requests) == 1
    office.deliver(code=None)
    assert len(web.requests) == 1


def test_sftp(office, sshd):
    folder, port = sshd
    path = private_file(f"user = root\nkey = {folder}/user\nknown_hosts = {folder}/known\n")
    office.add("sftp", "--agency", "02", "--credentials", path, "--to",
               f"sftp://127.0.0.1:{port}{folder}/files")
    office.fire("sftp")
    office.deliver()
    [file] = (folder / "files").iterdir()
    assert file.name == "bao-cao-nq17_02_2020-Q2_vi.pdf"
    assert file.read_bytes().startswith(b"%PDF") and file.read_bytes().endswith(b"%%EOF\n")


# ---- what comes back --------------------------------------------------------------

def report(number, original, action="failed", final=None, status="5.1.1"):
    """A delivery status notification as mail servers write it (RFC 3464)."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.x.gov.vn
To: {FROM}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.x.gov.vn

{f"Original-Recipient: rfc822;{original}" if original else "X-Nothing: here"}
Final-Recipient: rfc822; {final or original}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: message/rfc822

From: <{FROM}>
Message-ID: <{number}>

--b--
"""


@pytest.mark.parametrize("is_maildir", [True, False])
def test_what_comes_back_is_noted(office, is_maildir):
    server, folder, name = office.server(), conftest.new_folder(), f"back-{is_maildir}"
    folder.chmod(0o777)
    for part in ("new", "cur", "tmp") if is_maildir else ():
        (folder / part).mkdir()
        (folder / part).chmod(0o777)
    inbox, seen = (folder / "new", folder / "cur") if is_maildir else (folder, folder / "seen")
    people = ["gone", "late", "spoofed", "alias", "fine"]
    addresses = {p: f"{p}.{is_maildir}@x.gov.vn".lower() for p in people}
    office.add(name, "--to", ",".join(addresses.values()), "--alert", "owner@vpcp.gov.vn")
    office.fire(name)
    office.deliver(server)
    number = {m.recipient: m.message["Message-ID"].strip("<>") for m in server.mails}

    def put(file, text):
        (inbox / file).write_text(text)
        (inbox / file).chmod(0o666)
    put("1.gone", report(number[addresses["gone"]], addresses["gone"].upper()))
    put("2.late", report(number[addresses["late"]], addresses["late"], action="delayed", status="4.4.1"))
    put("3.spoofed", report(number[addresses["spoofed"]], "somebody@x.gov.vn"))   # not whom we wrote to
    put("4.alias", report(number[addresses["alias"]], None, final="an@y.gov.vn"))
    put("5.guess", report("0" * 32 + "@vpcp.gov.vn", addresses["fine"]))          # no mail of ours
    put("6.absence", "Subject: away\nContent-Type: text/plain\n\nAction: failed\nMessage-ID: <" + number[addresses["fine"]] + ">\n")
    (inbox / "7.noise").write_bytes(random.Random(1).randbytes(5000))
    (inbox / "7.noise").chmod(0o666)
    (inbox / "8.link").symlink_to("/etc/passwd")
    office.deliver(server, NQ17_BOUNCE_FOLDER=str(folder))
    states = office.states(name)
    assert states == {addresses["gone"]: "bounced", addresses["late"]: "accepted", addresses["spoofed"]: "accepted",
                      addresses["alias"]: "bounced", addresses["fine"]: "accepted"}
    rows = {r["recipient"]: r for r in office.ledger("--schedule", name)}
    assert rows[addresses["gone"]]["answer"] == "5.1.1 smtp; 550 no such user"
    assert "(an@y.gov.vn)" in rows[addresses["alias"]]["answer"]
    # Read once: what was looked at has moved on, and nothing is sent again by itself.
    assert sorted(p.name for p in inbox.iterdir() if p.is_file() and not p.is_symlink()) == []
    assert len(list(seen.iterdir())) == 7
    assert len(server.to(addresses["gone"])) == 1
    with office.store.connect() as db:
        db.execute("UPDATE outbox SET next_try = now() WHERE kind = 'alert' AND state = 'queued'")
    office.deliver(server, NQ17_BOUNCE_FOLDER=str(folder))
    told = server.to("owner@vpcp.gov.vn")
    assert len(told) == 1 and addresses["gone"] in told[0].text and "bounced" in told[0].text
    # A folder that is not there stops nothing.
    office.deliver(server, NQ17_BOUNCE_FOLDER=str(folder / "nowhere"))


# ---- copies of the database -----------------------------------------------------

def test_a_copy_of_the_database_sends_nothing(store):
    server = MailServer()
    env = {"NQ17_SMTP_URL": server.url, "NQ17_MAIL_FROM": FROM}
    store.run("schedule", "add", "s", "--report", "compliance", *DAILY, "--format", "pdf", "--to",
              "a@x.gov.vn")
    store.run("deliver", "--once", env=env)
    store.run("schedule", "run", "s", "--period", "2020-Q2")
    copy = conftest.copy_of(store)
    try:
        assert "paused" in copy.run("deliver", "--once", env=env, code=1).stderr
        assert not server.mails
        store.run("deliver", "--once", env=env)
        assert len(server.mails) == 1
        copy.run("outbox", "resume", "--by", "Lan")
        copy.run("deliver", "--once", env=env)
        assert len(server.mails) == 2      # the office said that the copy is the one now
    finally:
        copy.destroy()
        server.close()


def test_what_is_old_is_removed(office, tmp_path):
    server = office.server()
    office.add("old", "--to", "a@x.gov.vn")
    office.fire("old")
    office.deliver(server)
    [row] = office.ledger("--schedule", "old")
    office.store.run("outbox", "show", row["id"], "--output", tmp_path / "kept.eml")
    with office.store.connect() as db:
        db.execute("UPDATE archive SET stored_at = now() - interval '31 days' WHERE sha256 = %s", (row["sha256"],))
    assert (office.store.data / "archive" / row["sha256"][:2] / row["sha256"]).exists()
    office.deliver(server, NQ17_ARCHIVE_DAYS="30")
    assert not (office.store.data / "archive" / row["sha256"][:2] / row["sha256"]).exists()
    assert "it was kept until" in office.store.run("outbox", "show", row["id"], "--output",
                                                   tmp_path / "gone.eml", code=1).stderr
    assert office.ledger("--schedule", "old")[0]["state"] == "accepted"


# ---- killed ---------------------------------------------------------------------

def test_who_lost_the_lease_sends_nothing(office):
    """Another process takes the row over while this one talks to the server."""
    def behave(recipient, attempt):
        if attempt == 1:
            with office.store.connect() as db:
                db.execute("UPDATE outbox SET attempts = attempts + 1, leased_by = 'another',"
                           " lease_until = now() + interval '1 second' WHERE recipient = %s", (recipient,))
        return "good"

    server = office.server(behave)
    office.add("fenced", "--to", "fenced@x.gov.vn")
    office.fire("fenced")
    office.deliver(server)
    assert not server.mails and office.states("fenced") == {"fenced@x.gov.vn": "rendering"}
    time.sleep(1.2)     # the other one dies before it hands anything over
    office.deliver(server)
    assert len(server.mails) == 1 and office.states("fenced") == {"fenced@x.gov.vn": "accepted"}


def test_a_process_that_dies_while_the_server_thinks_leaves_it_uncertain(office):
    server = office.server(lambda recipient, attempt: "hang-data")
    office.add("dies", "--to", "dies@x.gov.vn", "--alert", "owner@vpcp.gov.vn")
    office.fire("dies")
    process = office.store.popen("deliver", "--once", env=office.store.env |
                                 office.env(server, NQ17_MAIL_PATIENCE="20", NQ17_DELIVERY_LEASE="5"))
    for _ in range(300):
        if server.mails:
            break
        time.sleep(0.05)
    process.kill()
    process.communicate()
    assert office.states("dies") == {"dies@x.gov.vn": "rendering"}
    server.behave = lambda recipient, attempt: "good"
    with office.store.connect() as db:
        db.execute("UPDATE outbox SET lease_until = now() WHERE recipient = 'dies@x.gov.vn'")
    office.deliver(server)
    assert office.states("dies") == {"dies@x.gov.vn": "uncertain"}
    assert len(server.to("dies@x.gov.vn")) == 1


def kill_at_random(office, name, server_env, deadline_seconds):
    """Two processes deliver the schedule NAME while one or the other is killed KILLS times.
    How many were killed."""
    chance = random.Random(17)
    keepers = [Keeper(office.store, "deliver", env=office.store.env | server_env) for _ in range(2)]
    killed, deadline = 0, time.monotonic() + deadline_seconds
    with office.store.connect() as db:
        while time.monotonic() < deadline:
            time.sleep(0.2 + chance.random() * 0.6)
            if killed < KILLS:
                chance.choice(keepers).kill()
                killed += 1
            db.execute("UPDATE outbox SET next_try = now() WHERE state = 'deferred' AND kind = 'report'")
            if killed == KILLS and not db.execute(
                    "SELECT 1 FROM outbox WHERE state IN ('queued', 'rendering', 'deferred')"
                    " AND kind = 'report' AND schedule_id ="
                    " (SELECT schedule_id FROM schedule WHERE name = %s)", (name,)).fetchone():
                break
    for keeper in keepers:
        keeper.stop()
    return killed


def judge_burst(states, counts, ids, killed):
    """Each recipient has exactly one mail, or is listed as uncertain with one or none."""
    assert len(states) == 2 * {"ministerial_agency": 4, "all": 85}[SCOPE] and killed == KILLS
    for recipient, state in states.items():
        count = counts[recipient]
        if is_refused(recipient):
            assert (state, count) == ("failed", 0), (recipient, state, count)
        else:
            assert state in ("accepted", "uncertain"), (recipient, state)
            assert count == 1 or (count == 0 and state == "uncertain"), (recipient, state, count)
    assert len(set(ids)) == len(ids)
    print(f"{len(states)} recipients, {killed} kills: {collections.Counter(states.values())}, "
          f"{sum(counts[r] for r in states)} mails")


def is_refused(recipient):
    """One of the two of some agencies is nobody."""
    return recipient.endswith(".vp@nobody.gov.vn")


def test_two_processes_that_are_killed_send_to_each_once(office):
    """A scripted server that greylists, rejects one of two, hangs, drops and closes mid-line."""
    chance = random.Random(17)

    def behave(recipient, attempt):
        if is_refused(recipient):
            return "reject"
        time.sleep(chance.random() / 10)
        return chance.choices(["good", "greylist", "drop-data", "lose-data", "drop-text", "early", "half",
                               "hang-data", "hang-rcpt"], [78, 8, 3, 2, 3, 3, 1, 1, 1])[0]

    server = office.server(behave)
    office.add("burst", "--each", SCOPE, "--to", "{agency}@x.gov.vn,{agency}.vp@nobody.gov.vn",
               "--alert", "owner@vpcp.gov.vn")
    office.fire("burst", "2020-06")
    killed = kill_at_random(office, "burst", office.env(server, NQ17_DELIVERY_LEASE="4"), 60 + 8 * KILLS)
    mails = [m for m in server.mails if m.recipient != "owner@vpcp.gov.vn"]
    judge_burst(office.states("burst"), collections.Counter(m.recipient for m in mails),
                [m.message["Message-ID"] for m in mails], killed)


@pytest.fixture
def smtpd():
    """OpenSMTPD on a port of 127.0.0.1, each address in a Maildir of its own."""
    if not os.path.exists("/usr/sbin/smtpd") or os.geteuid() != 0:
        pytest.skip("opensmtpd is not installed (make torture does it)")
    folder, port = conftest.new_folder(), free_port()
    (folder / "box").mkdir()
    (folder / "box").chmod(0o777)
    (folder / "conf").write_text(f"""table catch {{ "@" = "nobody" }}
listen on 127.0.0.1 port {port}
action "keep" maildir "{folder}/box/%{{rcpt.user}}" virtual <catch>
match from any for any action "keep"
""")
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(["/usr/sbin/smtpd", "-d", "-f", str(folder / "conf")], stdout=log, stderr=log)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port, folder
    process.terminate()
    process.wait(timeout=30)


def test_a_real_mail_server_gets_each_letter_once(office, smtpd):
    port, folder = smtpd
    office.add("real", "--each", SCOPE, "--to", "{agency}@x.gov.vn,{agency}.vp@y.gov.vn")
    office.fire("real", "2020-06")
    killed = kill_at_random(office, "real", office.env(None, NQ17_SMTP_URL=f"smtp://127.0.0.1:{port}", NQ17_MAIL_FROM=FROM,
                                                       NQ17_DELIVERY_LEASE="4", NQ17_MAIL_PATIENCE="5"), 60 + 8 * KILLS)
    states = office.states("real")
    def boxes():
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                for path in folder.glob("box/*/new/*")]
    for _ in range(300):                             # it delivers from its queue
        if len(boxes()) >= list(states.values()).count("accepted"):
            break
        time.sleep(0.1)
    time.sleep(1)
    mails = boxes()
    judge_burst(states, collections.Counter(m["To"].addresses[0].addr_spec for m in mails),
                [m["Message-ID"] for m in mails], killed)
