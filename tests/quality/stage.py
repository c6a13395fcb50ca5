# stage.py -- what people would have left behind: makes, once, on a sample store what the pages
# behind signing in have to show (disputes, notes, refused lines, keys, drafts, schedules,
# deliveries), through the pages alone.
import base64
import hmac
import os
import pathlib
import re
import struct
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from signing import Visitor  # noqa: E402

PERIOD = "2020-Q4"

# Three lines that are wrong, each in a way of its own, and one that is right.
FAULTY = """agency,dossier,procedure,channel,received_at,resolved_at,updated_at
01,SAMPLE-look-1,1.001193,online,2020-10-05,2020-10-09,
01,SAMPLE-look-2,1.001193,carrier pigeon,2020-10-05,2020-10-09,
01,SAMPLE-look-3,1.001193,counter,2020-10-15,2020-10-09,
01,,1.001193,counter,05/10/2020,2020-10-09,
"""

SCHEDULE = {"report": "compliance", "indicator": "online-filing", "scope": "VN", "lang": "vi",
            "formats": ["pdf", "xlsx"], "every": "quarter", "weekday": "1", "day": "25", "month": "1", "rrule": "",
            "covers": "quarter", "zone": "Asia/Ho_Chi_Minh", "from": "", "at": "08:00", "workdays": "next",
            "when": "time", "coverage": "80", "deadline": "5", "contacts": "",
            "to": "vanthu@vpcp.gov.vn\ntonghop@vpcp.gov.vn", "way": "", "alert": ""}


def people(base, password):
    """login -> a visitor who is signed in."""
    made = {}
    for login in ("vanphong", "vanphong2", "quantri", "hanoi-lanhdao", "hanoi-gui"):
        made[login] = Visitor(urllib.parse.urlsplit(base).port)
        if made[login].sign_in(login, password).status != 303:
            raise SystemExit(f"{login} cannot sign in")
    return made


def done(answer):
    if answer.status not in (200, 303):
        raise SystemExit(re.sub(r"<[^>]*>|\s+", " ", answer.text))
    return answer


def say(who, action, page, **fields):
    return done(who.post(page.split("?")[0], page=page, action=action, **fields))


def talk(leader, office):
    """Two disputes, one of them answered; a note; a figure that was agreed with."""
    page = f"/data/preview?period={PERIOD}"
    of = {"agency": "01", "period": PERIOD}
    for indicator, said in (
            ("online-filing", "Còn thiếu 312 hồ sơ nộp qua Cổng dịch vụ công của Thành phố trong tháng 12, "
                              "do lỗi đồng bộ từ ngày 05/12 đến ngày 09/12."),
            ("one-stop", "Tổng số hồ sơ đã giải quyết chưa gồm các chi nhánh văn phòng đăng ký đất đai.")):
        say(leader, "contest", page, indicator=indicator, said=said, evidence="https://hanoi.example/cong-van-512",
            **of)
    say(leader, "note", page, indicator="level4-services",
        said="Từ ngày 01/11, 42 dịch vụ của Sở Giao thông vận tải được đưa lên mức độ 4.", **of)
    say(leader, "agree", page, indicator="on-time", **of)
    number = re.search(r'id="dispute-(\d+)"', office.ask("/data/disputes?state=open").text)[1]
    say(office, "reject", "/data/disputes", dispute=number,
        said="Đã đối chiếu với báo cáo quý của Thành phố: tổng số đã gồm các chi nhánh.", batch="")


def send(sender):
    """A file with faults, tried and then sent."""
    mark = "look-inside-mark"
    fields = {"csrf": sender.csrf("/data/upload"), "type": "dossier", "agency": "01"}
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="ho-so-quy-4.csv"\r\n'
                 f"Content-Type: text/csv\r\n\r\n{FAULTY}\r\n--{mark}--\r\n")
    tried = done(sender.ask("/data/upload", "POST", "".join(parts).encode(),
                            {"Content-Type": f"multipart/form-data; boundary={mark}", "Sec-Fetch-Site": "same-origin"}))
    for _ in range(60):
        if "<form class=\"acts\"" in sender.ask(tried.location).text:
            break
    done(sender.post(tried.location))


def plan(office):
    """A schedule, run once, and one that is paused."""
    for name in ("quy-tuan-thu", "nop-truc-tuyen"):
        page = "/reports/schedules/new"
        shown = say(office, "preview", page, name=name, **SCHEDULE)
        runs = re.search(r'name="shown" value="([0-9,]*)"', shown.text)[1]
        saved = say(office, "save", page, name=name, shown=runs, **SCHEDULE)
        place = saved.location.split("?")[0]
        say(office, "run" if name == "quy-tuan-thu" else "pause", place, period="2020-Q3")


def code_of(letters):
    """The six digits of now, as a telephone reckons them."""
    secret = base64.b32decode(letters.replace(" ", ""))
    digest = hmac.new(secret, struct.pack(">Q", int(time.time()) // 30), "sha1").digest()
    start = digest[-1] & 15
    return f"{int.from_bytes(digest[start:start + 4], 'big') % (1 << 31) % 1000000:06}"


def add_second_step(keeper, password):
    """An account that asks for a code after the common password."""
    shown = say(keeper, "add", "/admin/users", login="hai-buoc", name="Lê Văn Mẫu", role="viewer", agency="01")
    first = re.search(r'class="once"><code>([^<]+)', shown.text)[1]
    who = Visitor(keeper.port)
    done(who.sign_in("hai-buoc", first))
    say(who, "password", "/account", password=first, new=password, again=password)
    say(who, "code_begin", "/account", password=password)
    letters = re.search(r"<code>([A-Z2-7 ]{39})</code>", who.ask("/account").text)[1]
    say(who, "code_confirm", "/account", code=code_of(letters))


def administer(keeper, password):
    """An account that is locked, one with a second step, a key that was revoked."""
    add_second_step(keeper, password)
    say(keeper, "add", "/admin/users", login="nhan-vien", name="Trần Thị Mẫu", role="viewer", agency="01")
    say(keeper, "lock", "/admin/users", login="nhan-vien")
    for agency in ("01", "79"):
        say(keeper, "add", "/admin/keys", agency=agency, type=["dossier", "service"], expires="2030-12-31")
    say(keeper, "revoke", "/admin/keys", key="1")


def change(office):
    """A target that was approved; one and a population that are drafts."""
    def draft(kind, **fields):
        return say(office["vanphong"], f"draft_{kind}", "/admin/targets", **fields, **{"from": "2021-01-01"})

    draft("target", subject="NQ17-18", value="35%", deadline="2021-06-30", clause="Điểm b khoản 2 mục III",
          reason="Mẫu: giữ mức đã đạt.")
    number = re.search(r'name="draft" value="(\d+)"', office["vanphong2"].ask("/admin/targets").text)[1]
    say(office["vanphong2"], "approve", "/admin/targets", draft=number)
    draft("target", subject="NQ17-02", value="25%", deadline="2021-06-30", clause="Điểm b khoản 2 mục III",
          reason="Mẫu: gia hạn sáu tháng, nâng ngưỡng.")
    draft("population", subject="satisfaction-disclosure", kinds="province", clause="", name="Các tỉnh, thành phố",
          **{"name-en": "Provinces"}, reason="Mẫu: chỉ tính các địa phương.")


def stage(base, password):
    who = people(base, password)
    office = {each: who[each] for each in ("vanphong", "vanphong2")}

    def lacks(words, page):
        return words not in office["vanphong"].ask(page).text

    if lacks("312", "/data/disputes"):
        talk(who["hanoi-lanhdao"], office["vanphong"])
    if lacks("ho-so-quy-4", "/data/batches"):
        send(who["hanoi-gui"])
    if lacks("nop-truc-tuyen", "/reports/schedules"):
        plan(office["vanphong"])
    if "nhan-vien" not in who["quantri"].ask("/admin/users").text:
        administer(who["quantri"], password)
    if lacks("Mẫu:", "/admin/targets"):
        change(office)


if __name__ == "__main__":
    stage(sys.argv[1], pathlib.Path(os.environ["ACCOUNTS"]).read_text().strip())
