# test_data_pages.py -- /data: what agencies sent, what was refused, what will be published.
import csv
import html
import io
import re
import subprocess
import time
import urllib.parse

import openpyxl
import pytest

from serving import Server, new_key
from signing import Visitor

PASSWORD = "một câu dài 17"
PEOPLE = {"office": ("office", None), "auditor": ("auditor", None), "lead01": ("leader", "01"),
          "send01": ("sender", "01"), "view01": ("viewer", "01"), "lead38": ("leader", "38"),
          "send38": ("sender", "38")}
CHEAP = {"NQ17_PASSWORD_MEMORY": "1", "NQ17_SIGN_IN_TRIES": "1000"}
HEAD = "dossier,procedure,channel,received_at,resolved_at\n"
PERIOD = "period=2020-Q2"


@pytest.fixture(scope="module")
def house(module_store):
    """Two agencies with records, one of each refused, and everybody's account."""
    store = module_store
    store.run("user", "add", "admin", "--role", "administrator", input=PASSWORD + "\n", env=CHEAP)
    with store.connect() as db:
        for login, (role, agency) in PEOPLE.items():
            db.execute("SELECT account_add(%s, %s, %s, %s, (SELECT password_hash FROM account_secret LIMIT 1))",
                       (login, f"Name of {login}", role, agency))
    server = Server(store, env=CHEAP)
    server.batches = {}
    for agency in ("01", "38"):
        body = HEAD + "".join(f"HIDDEN-{agency}-{n},P,{'online' if n < 9 else 'counter'},2020-06-{1 + n:02d},"
                              f"2020-06-{2 + n:02d}\n" for n in range(20))
        body += f"REFUSED-{agency},P,balloon-{agency},2020-06-01,\n"
        server.batches[agency] = server.send(body.encode(), new_key(store, agency)).json()["batch"]
    yield server
    server.stop()


@pytest.fixture(scope="module")
def people(house):
    found = {"public": Visitor(house.port)}
    for login in ["admin", *PEOPLE]:
        found[login] = Visitor(house.port)
        assert found[login].sign_in(login, PASSWORD).status == 303
    return found


def heading(answer):
    return re.search(r"<h1>(.*?)</h1>", answer.text, re.S)[1]


# ---- Who sees what ------------------------------------------------------------------

def test_each_day_of_each_agency_says_what_came_of_it(people):
    """Received on the 2nd to the 20th of June 2020; the 22nd is a Monday of which nothing tells."""
    page = people["public"].ask("/data/days?until=2020-06-22&lang=en")
    assert page.status == 200 and "from 2020-05-23 to 2020-06-22" in heading(page), heading(page)
    lines = [line.split(",") for line in people["public"].ask("/data/days.csv?until=2020-06-22").text.splitlines()[1:]]
    hanoi = {line[2]: line[3:] for line in lines if line[0] == "01"}
    assert len(hanoi) == 31
    assert hanoi["2020-06-02"] == ["sent", "1", "1"] and hanoi["2020-06-01"] == ["sent", "1", "0"]
    assert hanoi["2020-06-22"] == ["gap", "", ""] and hanoi["2020-05-31"] == ["off", "", ""]
    assert {line[3] for line in lines if line[0] == "02"} == {"gap", "off"}
    # Row of the agency on the page: the working days without anything are counted.
    row = re.search(r'/agencies/01[?"].*?</tr>', page.text, re.S)[0]
    gaps = sum(1 for state, *_ in hanoi.values() if state == "gap")
    assert row.endswith(f'<td class="n">{gaps}</tr>') and gaps > 0, row[-80:]
    # Not in force yet on the first days of a month: no gaps of theirs.
    later = people["public"].ask("/data/days.csv?until=2025-07-10").text.splitlines()
    assert [line for line in later if line.startswith("44@2025,") and ",2025-06-30,before," in line]
    newest = people["public"].ask("/data/days?lang=en")
    assert "to 2020-06-21." in heading(newest), heading(newest)
    assert people["public"].ask("/data/days?until=2020-13-45").status == 400
    assert people["public"].ask("/data/days?until=soon").status == 400


def test_freshness_is_for_everybody_and_begins_with_ones_own(people):
    page = people["public"].ask("/data?lang=en")
    assert page.status == 200 and "Never sent" in page.text and "/data/batches" not in page.text
    assert "Your agency" not in page.text
    for login, code in (("lead01", "01"), ("lead38", "38")):
        lines = people[login].ask("/data.csv").text.lstrip("\ufeff").splitlines()
        assert lines[0].startswith("agency,") and lines[1].startswith(f"{code},") and ",dossier," in lines[1]
        assert ",silent,2020-06-21," in lines[1]
    model = people["public"].ask("/data.json").text
    assert '"state" : "silent"' in model or '"state": "silent"' in model


def about(agency, house):
    batch = house.batches[agency]
    return [f"/data/batches/{batch}", f"/data/batches/{batch}.json", f"/data/quarantine?words=balloon-{agency}",
            f"/data/quarantine.csv?words=balloon&agency={agency}", f"/data/quarantine?batch={batch}&state=all",
            f"/data/batches.csv?agency={agency}", f"/data/preview?agency={agency}&{PERIOD}",
            f"/data/preview.csv?agency={agency}&{PERIOD}"]


def shows(answer, agency, house):
    return answer.status == 200 and (
        f"REFUSED-{agency}" in answer.text or re.search(rf"(?m)^\ufeff?{house.batches[agency]},dossier", answer.text)
        or f"\n2020-Q2,{agency}," in answer.text or f'href="/agencies/{agency}/online-filing' in answer.text)


def test_each_route_shows_an_agencys_own(house, people):
    own = {"01": {"lead01", "send01", "view01"}, "38": {"lead38", "send38"}}
    for agency, members in own.items():
        for path in about(agency, house):
            for login, who in people.items():
                wanted = login in members | {"admin", "office", "auditor"}
                assert bool(shows(who.ask(path), agency, house)) == wanted, (login, path)
    for path in ("/data/batches", "/data/quarantine", "/data/preview", "/data/disputes", "/data/upload"):
        assert people["public"].ask(path).status == 303
        for login in PEOPLE:
            may = path != "/data/upload" or login not in ("view01", "auditor")
            assert people[login].ask(path).status == (200 if may else 403), (login, path)
    for path in ("/data/batches/0", "/data/batches/x", "/data/upload/h1-x"):
        assert people["office"].ask(path).status == 404
    with house.store.connect() as db:
        assert db.execute("SELECT count(*) > 0 FROM audit_log WHERE action = 'read_refused' AND actor = 'view01'"
                          " AND object = %s", (f"batch:{house.batches['01']}",)).fetchone()[0]


def test_why_a_record_was_refused(house, people):
    english = people["send01"].ask(f"/data/batches/{house.batches['01']}?lang=en")
    assert "20 new" in heading(english) and "1 refused" in heading(english)
    assert 'href="#code-bad_choice"' in english.text and 'id="code-bad_choice"' in english.text
    assert f"/api/v1/batches/{house.batches['01']}/errors.csv" in english.text
    # Sent in English, and read in either language.
    assert "is not a value of channel. <b>Use one of: online" in english.text
    assert "không phải giá trị của cột channel" in people["send01"].ask(f"/data/batches/{house.batches['01']}").text
    page = people["send01"].ask("/data/quarantine?code=bad_choice&words=REFUSED")
    assert "balloon-01" in page.text and "Nguyên nhân" in page.text
    assert "balloon-01" not in people["send01"].ask("/data/quarantine?code=bad_time").text
    assert people["send01"].ask("/data/quarantine?agency=nowhere").status == 404


# ---- A file through a page ----------------------------------------------------------

def send_file(who, name, body, **fields):
    fields = {"csrf": who.csrf("/data/upload"), "type": "dossier"} | fields
    out = b"".join(f'--edge\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
                   for k, v in fields.items())
    out += f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return who.ask("/data/upload?lang=en", "POST", out + body.encode() + b"\r\n--edge--\r\n",
                   {"Content-Type": "multipart/form-data; boundary=edge", "Sec-Fetch-Site": "same-origin"})


def settled(who, path):
    for _ in range(40):
        page = who.ask(path)
        if page.status != 200 or page.getheader("Refresh") is None:
            return page
        time.sleep(0.25)
    raise AssertionError("no verdict")


def batches(house):
    with house.store.connect() as db:
        return db.execute("SELECT count(*) FROM batch").fetchone()[0]


def test_a_file_is_tried_then_sent_then_mended(house, people):
    who, before = people["send01"], batches(house)
    body = HEAD + "FORM-1,P,online,2020-06-01,2020-06-02\nFORM-2,P,bal<b>loon,2020-06-01,\n"
    trial = send_file(who, "C:\\bảng\\tháng 6.csv", body)
    assert trial.status == 303 and trial.location.startswith("/data/upload/h")
    verdict = settled(who, trial.location)
    assert "1 would be new" in heading(verdict) and "1 refused" in heading(verdict)
    assert "tháng 6.csv" in verdict.text and "bal&lt;b&gt;loon" in verdict.text and "<b>loon" not in verdict.text
    assert 'href="#code-bad_choice"' in verdict.text and 'id="code-bad_choice"' in verdict.text
    assert batches(house) == before                  # nothing stored
    for login, other in people.items():              # the session's alone
        if login != "send01":
            assert other.ask(trial.location).status in (303, 403, 404), login
            page = "/account" if login != "public" else "/login"
            assert other.post(trial.location, page=page).status in (303, 401, 403, 404), login
    assert batches(house) == before
    address = trial.location.split("?")[0]
    assert who.post(address).status == 303
    page = settled(who, address)
    assert page.status == 303 and page.location.startswith("/data/batches/")
    number = page.location.rsplit("/", 1)[1]
    assert who.post(address, page="/data/upload").status == 303    # pressed twice
    assert settled(who, address).location == page.location and batches(house) == before + 1
    errors = who.ask(f"/api/v1/batches/{number}/errors.csv").text
    assert "FORM-2" in errors and "nq17_code" in errors
    mended = send_file(who, "mended.csv", errors.lstrip("\ufeff").replace("bal<b>loon", "counter"))
    assert settled(who, mended.location).status == 200
    address = mended.location.split("?")[0]
    assert who.post(address).status == 303
    receipt = who.ask(settled(who, address).location + "?lang=en")
    assert "1 received, 1 new" in heading(receipt)
    assert "FORM-2" not in who.ask("/data/quarantine.csv?words=FORM-2").text
    assert "FORM-2" in who.ask("/data/quarantine.csv?words=FORM-2&state=all").text
    with house.store.connect() as db:
        assert db.execute("SELECT count(*), min(way) FROM batch WHERE delivery = %s",
                          (address.rsplit("/", 1)[1],)).fetchone() == (1, "form")
        assert db.execute("SELECT count(*) FROM audit_log WHERE action = 'upload' AND actor = 'send01'").fetchone()[0] == 2


def test_refused_records_are_taken_again_once_the_cause_is_mended(house, people):
    """As they are, after the verdict was shown; once; by whoever may send for their agency."""
    who, store = people["send01"], house.store
    rows = ["agency,dossier,procedure,channel,received_at,resolved_at",
            "MENDED,AGAIN-1,P,online,2020-06-01,2020-06-02", "01,AGAIN-2,P,balloon,2020-06-01,", "38,AGAIN-3,P,online,2020-06-01,"]
    address = send_file(who, "again.csv", "\n".join(rows) + "\n").location.split("?")[0]
    settled(who, address)
    assert who.post(address).status == 303
    number = settled(who, address).location.rsplit("/", 1)[1]
    page = f"/data/batches/{number}"
    assert "Try 3 records again" in who.ask(page + "?lang=en").text
    # Whose it is is said though none of it was taken.
    assert "Hà Nội" in re.search(r'<dd class="names"[^>]*>(.*?)<dt>', who.ask(page).text, re.S)[1]
    for login in ("view01", "auditor", "lead38", "send38"):
        assert "Try 3" not in people[login].ask(page + "?lang=en").text
        assert people[login].post(page, page="/account").status in (403, 404), login

    def again():
        trial = who.post(page + "?lang=en", page=page)
        assert trial.status == 303 and trial.location.startswith("/data/upload/h"), trial.text
        return trial.location.split("?")[0], settled(who, trial.location)
    waiting = lambda: re.findall(r"AGAIN-\d", who.ask("/data/quarantine.csv?words=AGAIN").text)  # noqa: E731
    before = batches(house)
    assert "0 would be new" in heading(again()[1]) and batches(house) == before
    with store.connect() as db:                      # the register learns what the agency calls itself
        db.execute("INSERT INTO agency_identifier (agency_id, identifier, scheme, source) SELECT agency_id, 'MENDED', 'own', 'x'"
                   " FROM agency WHERE label = '01'")
    address, verdict = again()
    assert "1 would be new" in heading(verdict) and "2 refused" in heading(verdict)
    assert batches(house) == before and len(set(waiting())) == 3
    assert who.post(address, page=page).status == 303 and who.post(address, page=page).status == 303    # pressed twice
    receipt = settled(who, address).location
    assert receipt.startswith("/data/batches/") and batches(house) == before + 1
    with store.connect() as db:
        assert db.execute("SELECT dossier FROM dossier WHERE dossier ~ '^AGAIN'").fetchall() == [("AGAIN-1",)]
        assert db.execute("SELECT way, batch_id FROM batch ORDER BY batch_id DESC LIMIT 1").fetchone() == (
            "replay", int(receipt.rsplit("/", 1)[1]))
        assert db.execute("SELECT dossier, settled_as FROM quarantine WHERE batch_id = %s ORDER BY line",
                          (number,)).fetchall() == [("AGAIN-1", "accepted"), ("AGAIN-2", "refused_again"), ("AGAIN-3", "refused_again")]
    assert sorted(set(waiting())) == ["AGAIN-2", "AGAIN-3"] and "again as they are" not in who.ask(page + "?lang=en").text.split("<h2")[1]
    # Sent again what was not waiting any more: nothing happens.
    assert "whole file would be refused" in heading(again()[1]) and batches(house) == before + 1


def test_words_are_found_with_marks_and_without(house, people):
    who = people["send01"]
    address = send_file(who, "đ.csv", HEAD + "FIND-1,P,Đường Nguyễn,2020-06-01,\n").location.split("?")[0]
    settled(who, address)
    who.post(address)
    settled(who, address)
    for words in ("Đường", "đường nguyễn", "duong nguyen", "DUONG", "Nguyễn", "\u0110u\u031bo\u031b\u0300ng"):
        found = who.ask("/data/quarantine.csv?words=" + urllib.parse.quote(words)).text
        assert "FIND-1" in found, words
    assert "FIND-1" not in who.ask("/data/quarantine.csv?words=duongs").text


def test_whoever_sends_is_given_the_files_to_fill_in(people):
    page = people["send01"].ask("/data/upload").text
    files = re.findall(r'href="(/templates/[^"]+)"', page)
    assert len(files) == 5
    for file in files:
        answer = people["send01"].ask(html.unescape(file))
        assert answer.status == 200 and answer.body.startswith(b"PK")


def test_files_that_cannot_be(house, people):
    who = people["send01"]
    assert "note=format" in send_file(who, "a.pdf", "x").location
    assert "note=no_file" in send_file(who, "a.csv", "").location
    refused = settled(who, send_file(who, "a.csv", "no,such,header\n1,2,3\n").location)
    assert "whole file would be refused" in heading(refused) and "Record it" not in refused.text
    foreign = settled(who, send_file(who, "a.csv", "agency," + HEAD + "38,X-1,P,online,2020-06-01,\n").location)
    assert "1 refused" in heading(foreign)
    assert send_file(who, "a.csv", HEAD, agency="38").status == 403
    for login in ("view01", "auditor"):
        assert people[login].ask("/data/upload", "POST", "x").status in (403, 415)
    anyone = settled(people["office"], send_file(people["office"], "a.csv", "agency," + HEAD +
                                                 "38,X-1,P,online,2020-06-01,\n").location)
    assert "1 would be new" in heading(anyone)
    assert who.ask("/data/upload", "POST", "x" * 70000,
                   {"Content-Type": "multipart/form-data; boundary=edge", "Cookie": ""}).status == 413


# ---- What will be published ---------------------------------------------------------

def say(who, action, agency="01", indicator="online-filing", page="/data/upload", **fields):
    return who.post("/data/preview", page=page, action=action, agency=agency, indicator=indicator,
                    period="2020-Q2", **fields)


def test_an_agency_contests_and_the_office_answers(house, people):
    lead, send, office = people["lead01"], people["send01"], people["office"]
    preview = f"/data/preview?{PERIOD}"
    assert "online-filing" in lead.ask(preview).text
    # Only one's own, and only in one's role.
    assert say(people["lead38"], "contest", said="x").status == 403
    assert say(people["view01"], "contest", page="/account", said="x").status == 403
    assert say(people["auditor"], "contest", page="/account", said="x").status == 403
    assert say(send, "agree").status == 403
    assert say(send, "contest", said="sai <số>", evidence="javascript:alert(1)").status == 400
    assert say(send, "contest", said="sai <số>", evidence="https://example.vn/bang-chung").status == 303
    assert say(send, "contest", said="again").status == 400
    assert "Agree with all" in lead.ask(f"/data/preview?period=2020-Q3&lang=en").text
    assert say(lead, "agree").status == 400               # while it is contested
    assert "Agree with all" not in lead.ask(preview + "&lang=en").text      # nor is it offered
    page = lead.ask(preview + "&lang=en")
    assert "Contested" in page.text and "sai &lt;số&gt;" in page.text and 'href="https://example.vn/' in page.text
    docket = office.ask("/data/disputes?lang=en")
    assert docket.text.count('class="dispute open"') == 1 and "working days left" in docket.text
    number = re.search(r'name="dispute" value="(\d+)"', docket.text)[1]
    assert 'class="dispute' not in people["lead38"].ask("/data/disputes").text
    assert '"sai' not in people["lead38"].ask("/data/disputes.json").text
    answer = lambda who, action, page="/data/upload": who.post(  # noqa: E731
        "/data/disputes", page=page, action=action, dispute=number, said="đã xem").status
    assert answer(people["lead38"], "withdraw") == 404
    assert answer(lead, "accept") == 403
    assert answer(people["auditor"], "accept", "/account") == 403
    assert answer(office, "reject") == 303
    assert "đã xem" in lead.ask("/data/disputes?state=rejected").text
    assert 'class="dispute' not in lead.ask("/data/disputes?state=open").text
    with house.store.connect() as db:
        assert [row[0] for row in db.execute("SELECT actor FROM audit_log WHERE object = %s ORDER BY id",
                                             (f"dispute:{number}",))] == ["send01", "office"]


def text_of(body, ending):
    if ending == "xlsx":
        return "\n".join(str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(body)) for row in sheet.iter_rows()
                         for cell in row if cell.value is not None)
    if ending == "pdf":
        body = subprocess.run(["pdftotext", "-layout", "-", "-"], input=body, capture_output=True, check=True).stdout
    return re.sub(r"\s+", " ", body.decode())


def test_what_is_contested_is_marked_wherever_it_stands(house, people):
    """On every page, picture and document that shows the figure, in each form; and no longer once it is answered."""
    pages = ["/", "/rankings", "/map", "/agencies/38", "/agencies/38/online-filing", "/indicators", "/indicators/online-filing",
             "/resolution", "/rankings.csv", "/agencies/38.csv", "/indicators/online-filing.csv", "/map.csv", "/rankings.xlsx",
             "/agencies/38.xlsx", "/indicators/online-filing.xlsx", "/indicators/online-filing/ranking.svg",
             "/indicators/online-filing/strip.svg",
             "/rankings/heat.svg",
             "/reports/compliance.pdf", "/reports/compliance.xlsx", "/reports/ranking.pdf", "/reports/ranking.csv",
             "/reports/ranking.xlsx", "/reports/indicator.pdf", "/reports/brief.pdf", "/reports/evidence.pdf?agency=38",
             "/reports/compliance.pdf?agency=38"]
    words = re.compile("†|under dispute|figures of agencies under|Contested by the agency since", re.I)

    def marked():
        found = set()
        for page in pages:
            about = f"{PERIOD}&lang=en&indicator=online-filing&group=province"
            answer = house.ask(page + ("&" if "?" in page else "?") + about)
            assert answer.status == 200, (page, answer.status, answer.body[:300])
            text = text_of(answer.body, page.split("?")[0].rsplit(".", 1)[-1])
            # What the mark means, and the name of the column, stand there always.
            text = text.replace("† Contested by the agency", "").replace("Under dispute, to be", "")
            if page.endswith(".csv") and page.startswith(("/rankings", "/agencies", "/indicators", "/map")):
                rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
                contested = [row for row in rows if row["dispute.due_on"]]
                assert all((row["agency"], row["indicator"]) == ("38", "online-filing") for row in contested)
                found |= {page} if contested else set()
            elif page.endswith(".xlsx") and not page.startswith("/reports"):
                if re.search(r"20\d\d-\d\d-\d\d 00:00:00", text):
                    found.add(page)
            elif words.search(text):
                found.add(page)
        return found
    assert marked() == set()
    assert say(people["lead38"], "contest", "38", said="Thiếu hồ sơ").status == 303
    assert marked() == set(pages), set(pages) - marked()
    number = re.search(r'name="dispute" value="(\d+)"', people["lead38"].ask("/data/disputes").text)[1]
    assert people["lead38"].post("/data/disputes", page="/data/upload", action="withdraw", dispute=number).status == 303
    assert marked() == set()


def test_an_agency_agrees_and_comments(house, people):
    lead, preview = people["lead01"], f"/data/preview?{PERIOD}&lang=en"
    assert say(lead, "note", said="đang đối soát").status == 303
    page = lead.ask(preview)
    assert "đang đối soát" in page.text
    assert say(lead, "note", said="đang đối soát").status == 303     # the button pressed twice
    assert lead.ask(preview).text.count("đang đối soát") == 1
    note = re.search(r'name="number" value="(\d+)"', page.text)[1]
    assert say(people["lead38"], "remove_note", number=note).status == 403
    assert say(people["lead38"], "remove_note", agency="38", number=note).status == 404
    assert say(lead, "remove_note", number=note).status == 303
    assert "đang đối soát" not in lead.ask(preview).text
    assert lead.post("/data/preview", page="/data/upload", action="agree", agency="01", period="2020-Q2").status == 303
    assert "agrees with all figures" in lead.ask(preview).text
    roll = people["office"].ask(preview).text
    assert "Agrees" in roll and roll.count("lead01") == 1
    send_file_through(house, people, "01")
    assert "have changed since" in lead.ask(preview).text


def send_file_through(house, people, agency):
    who = people["send" + agency]
    address = send_file(who, "later.csv", HEAD + "LATER,P,online,2020-06-01,2020-06-02\n").location.split("?")[0]
    settled(who, address)
    assert who.post(address).status == 303 and settled(who, address).status == 303


# ---- What was published (last: it changes the store) ---------------------------------

def test_what_is_published_already_will_not_be_and_its_causes_lead_to_ones_own_batches(house, people):
    lead, office, preview = people["lead01"], people["office"], f"/data/preview?{PERIOD}&lang=en"
    assert "what will be published" in heading(lead.ask(preview)) and "/vintages/" not in lead.ask(preview).text
    house.store.run("publish", "--period", "2020-Q2", "--by", "Lan", "--publish-coverage", "1")
    for who in (lead, office):
        page = who.ask(preview)
        assert "were published" in heading(page) and "will be published" not in heading(page), heading(page)
        assert "/vintages/1?" in page.text and "nothing would change" in page.text
    assert "đã công bố" in heading(lead.ask(f"/data/preview?{PERIOD}"))
    body = HEAD + "AFTER-01,P,counter,2020-06-01,2020-06-02\n"
    batch = house.send(body.encode(), new_key(house.store, "01")).json()["batch"]
    for who in (lead, office):
        assert "nothing would change" not in who.ask(preview).text
        assert re.search(r"now, \d+ figures? would be", who.ask(preview).text)
    changes = re.search(r'<details class="ranks">.*?</details>', lead.ask(preview).text, re.S)[0]
    assert "/agencies/01/online-filing?" in changes and "/agencies/38/" not in changes
    link = f'href="/data/batches/{batch}?'
    ledger, figure = f"/restatements?{PERIOD}&lang=en", f"/agencies/01/online-filing?{PERIOD}&lang=en"
    for address in (ledger, figure):
        for login, opens in {"lead01": 1, "view01": 1, "office": 1, "auditor": 1, "lead38": 0, "public": 0}.items():
            page = people[login].ask(address)
            assert f"batch {batch}" in page.text and (link in page.text) == bool(opens), (address, login)
    assert lead.ask(f"/data/batches/{batch}").status == 200
    assert people["lead38"].ask(f"/data/batches/{batch}").status == 404
