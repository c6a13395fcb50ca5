# test_inside_pages.py -- what the pages behind signing in say to people: refusals, drafts, lists on
# a telephone.
import csv
import html
import io
import json
import pathlib
import re

import openpyxl
import pytest

from test_accounts import house, signed_in  # noqa: F401: two agencies, and everybody's account

TEMPLATES = pathlib.Path(__file__).resolve().parents[2] / "web/templates"


def words(answer):
    """What is read, without the frame."""
    main = re.search(r"<main.*?</main>", answer.text, re.S)[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", main))).strip()


# ---- Refusals ------------------------------------------------------------------------

def test_an_old_form_is_not_called_forbidden(house):  # noqa: F811
    who = signed_in(house, "lead01")
    answer = who.post("/account", csrf="0" * 64, action="password")
    assert answer.status == 403
    assert "Biểu mẫu đã cũ" in words(answer) and "Tài khoản này không được phép" not in words(answer)
    # Nobody has asked whose session it is: the page does not call its owner a stranger.
    assert 'href="/login' not in answer.text and "Đăng xuất" not in answer.text
    assert "The form is old" in words(who.post("/account?lang=en", page="/account", csrf="0" * 64))


def test_who_may_not_is_told_so(house):  # noqa: F811
    who = signed_in(house, "send01")
    answer = who.ask("/admin/users")
    assert answer.status == 403 and "không được phép" in words(answer) and "biểu mẫu" not in words(answer)
    assert "Đăng xuất" in answer.text


def test_a_wrong_form_is_not_a_wrong_address(house):  # noqa: F811
    who = signed_in(house, "office")
    fields = {"action": "draft_target", "subject": "no such target", "value": "33%", "from": "2031-01-01", "reason": "r"}
    for change, status in (({}, 404), ({"subject": "NQ17-02", "value": "many"}, 400)):
        answer = who.post("/admin/targets", **fields | change)
        assert answer.status == status, words(answer)
        assert "Chưa thực hiện được" in words(answer) and "địa chỉ" not in words(answer).lower()
        assert re.search(r"<strong>[^<]{10,}</strong>", answer.text)   # what is wrong with it


def test_what_is_not_there_needs_no_english(house):  # noqa: F811
    answer = signed_in(house, "office").ask("/data/batches/999999")
    assert answer.status == 404 and "<strong" not in answer.text and "nothing at this address" not in answer.text


# ---- Drafts --------------------------------------------------------------------------

def test_a_draft_is_read_without_knowing_the_columns(house):  # noqa: F811
    who = signed_in(house, "office")
    form = {"from": "2032-01-01", "reason": "vì sao", "clause": "QĐ 2"}
    made = [who.post("/admin/targets", action="draft_target", subject="NQ17-02", value="62.5%", deadline="2033-12-31",
                     **form),
            who.post("/admin/targets", action="draft_population", subject="mobile-portal", kinds="province,ministry",
                     **form | {"name": "Danh sách thử"})]
    assert [each.status for each in made] == [303, 303]
    said = words(who.ask("/admin/targets"))
    assert "Mục tiêu NQ17-02: Tỷ lệ hồ sơ" in said and "Mức 62.5%" in said and "Thời hạn 31/12/2033" in said
    assert "Cổng dịch vụ công có giao diện di động" in said and "Danh sách thử" in said
    assert re.search(r"Loại cơ quan bộ tỉnh, thành phố", said)
    page = who.ask("/admin/targets").text
    drafts = "".join(re.findall(r'<article class="change">.*?</article>', page, re.S))
    for code in ("name_vi", "note_en", "closed", "mobile-portal<", '["', "numerator", "<code>"):
        assert code not in drafts, code
    # A form is no part of a paragraph: the browser would end that before it.
    assert not re.search(r"<p [^>]*>(?:(?!</p>|</div>).)*<form", drafts, re.S)


def test_a_draft_before_a_later_version_says_why_it_cannot_be(house):  # noqa: F811
    who = signed_in(house, "office")
    made = who.post("/admin/targets", action="draft_population", subject="mobile-portal", kinds="province",
                    reason="thử", **{"from": "2021-01-01"})
    preview = who.ask(made.location)
    assert preview.status == 200 and "đã có phiên bản khác" in words(preview)
    assert "Không còn đo không" in words(preview) and "false" not in words(preview)


def test_what_a_draft_changes_is_printed_for_people(house):  # noqa: F811
    who = signed_in(house, "office")
    made = who.post("/admin/targets", action="draft_target", subject="NQ17-02", value="99.5%", reason="thử",
                    **{"from": "2020-04-01"})
    said = words(who.ask(made.location + "?period=2020-Q2"))
    assert "Thành phố Hà Nội Hồ sơ giải quyết trực tuyến Mục tiêu 20% 99,5%" in said
    assert "0.995" not in said and "online-filing" not in said


# ---- Lists on a telephone ------------------------------------------------------------

@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_a_cell_without_its_head_says_what_it_is(path):
    """Tables of class labelled become cards, whose cells have no head above: a moment or a dash
    alone says nothing there."""
    for table in re.findall(r'<table class="[^"]*\blabelled\b.*?</table>', path.read_text(), re.S):
        for cell in re.split(r"(?=<td)", table.partition("<tbody>")[2])[1:]:
            head = re.match(r"<td[^>]*>", cell)[0]
            said = cell[len(head):].split("<tr")[0].split("</tr")[0]
            if re.match(r"(\{\{#\w+\}\})?\{\{\w+\|(time|date)\}\}", said):
                assert "data-label" in head, (path.name, cell)
            if re.search(r"\}\}–\{\{", said):
                assert "data-label" in head or "empty" in head, (path.name, cell)


# ---- Links ---------------------------------------------------------------------------

def test_the_doors_of_the_administration_open(house):  # noqa: F811
    """Whoever is led to a page may enter it."""
    for login in ("admin", "office", "auditor", "lead01"):
        who = signed_in(house, login)
        doors = set(re.findall(r'href="(/admin/[^"?]*)', who.ask("/admin").text))
        assert "/admin/audit" in doors
        assert {door: who.ask(door).status for door in doors} == dict.fromkeys(doors, 200), login


# ---- Workbooks -----------------------------------------------------------------------

INSIDE = ["/agencies/01/online-filing/dossiers?period=2020-Q2", "/data", "/data/days", "/data/batches",
          "/data/quarantine", "/data/disputes", "/data/preview?period=2020-Q2&agency=01", "/reports/schedules",
          "/reports/deliveries", "/admin/users", "/admin/keys", "/admin/audit", "/vintages"]


@pytest.mark.parametrize("path", INSIDE)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_workbook_from_inside_is_in_words(house, path, language):  # noqa: F811
    """No column is called as in the store, and no line above the table is without its words."""
    name, _, query = path.partition("?")
    answer = signed_in(house, "admin").ask(f"{name}.xlsx?lang={language}&{query}")
    assert answer.status == 200
    rows = [[cell for cell in row if cell is not None] for row in
            openpyxl.load_workbook(io.BytesIO(answer.body)).active.iter_rows(values_only=True)]
    place = next(i for i, row in enumerate(rows) if not row)
    assert not [line for row in rows[:place] for line in row if not line.strip(" ()–·") or "( " in line or "· " == line[-2:]]
    assert not [head for head in rows[place + 1] if re.fullmatch(r"[a-z_.0-9]+", head)]


def test_a_workbook_from_inside_has_the_words_of_its_page(house):  # noqa: F811
    def table(path):
        answer = signed_in(house, "office").ask(path)
        rows = [row for row in openpyxl.load_workbook(io.BytesIO(answer.body)).active.iter_rows(values_only=True)]
        place = next(i for i, row in enumerate(rows) if not any(row))
        return [dict(zip(rows[place + 1], row)) for row in rows[place + 2:]]

    refused = table("/data/quarantine.xlsx?agency=01")[0]
    assert (refused["Giá trị"], refused["Cột"], refused["Mã hồ sơ"]) == ("balloon-01", "channel", "REFUSED-01")
    batch = table("/data/batches.xlsx")[0]
    assert (batch["Nhận"], batch["Trạng thái hiện tại"], batch["Cách gửi"]) == (21, "Đã ghi nhận", "API")
    assert table("/agencies/01/online-filing/dossiers.xlsx?period=2020-Q2")[0]["Kênh tiếp nhận"] == "Trực tuyến"


def test_the_table_of_the_roll_is_that_of_the_page(house):  # noqa: F811
    """The office sees agencies and what they said, not one agency's figures: so do its CSV and Excel."""
    who = signed_in(house, "office")
    roll = json.loads(who.ask("/data/preview.json?period=2020-Q2").text)["roll"]
    table = list(csv.DictReader(io.StringIO(who.ask("/data/preview.csv?period=2020-Q2").body.decode("utf-8-sig"))))
    assert len(table) == len(roll) > 50
    for line, row in zip(table, roll):
        assert line["agency"] == row["agency"] and line["period"] == "2020-Q2"
        assert (line["agreed_by"], line["open"]) == (row["agreed_by"] or "", str(row["open"] or ""))


# ---- What was typed ------------------------------------------------------------------

def test_what_was_typed_is_not_lost_with_the_session(house):  # noqa: F811
    """The session ended while a reason was written, the form is old, or a field of it is wrong: the
    words are there to take along, and the way back to the page."""
    address = "/data/preview?period=2020-Q2"
    form = {"action": "contest", "agency": "01", "period": "2020-Q2", "indicator": "online-filing",
            "said": "Đã viết <rất> lâu"}
    who = signed_in(house, "send01")
    token = who.csrf("/data/upload")
    wrong = who.post(address, csrf=token, evidence="javascript:alert(1)", **form)
    old = who.post(address, csrf="0" * 64, **form)
    again = signed_in(house, "send01")
    token = again.csrf("/data/upload")
    with house.store.connect() as db:
        db.execute("UPDATE session SET ended_at = clock_timestamp() WHERE account_id = "
                   "(SELECT account_id FROM account WHERE login = 'send01')")
    ended = again.post(address, page="/login", csrf=token, **form)
    assert [answer.status for answer in (wrong, old, ended)] == [400, 403, 401]
    for answer in (wrong, old, ended):
        assert ">Đã viết &lt;rất&gt; lâu</textarea>" in answer.text
        assert f'href="{address}"' in answer.text and 'target="_blank"' in answer.text
    assert ">javascript:alert(1)</textarea>" in wrong.text
    # Neither a password, nor what a page of somebody else sent here.
    who = signed_in(house, "send01")
    refused = who.post("/account", csrf="0" * 64, action="password", password="Mật khẩu bí mật", new="x", again="x")
    assert refused.status == 403 and "Mật khẩu bí mật" not in refused.text and 'href="/account"' in refused.text
    foreign = who.post(address, csrf="0" * 64, headers={"Sec-Fetch-Site": "cross-site"}, **form)
    assert foreign.status == 403 and "Đã viết" not in foreign.text
