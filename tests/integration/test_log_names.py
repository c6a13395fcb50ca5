# test_log_names.py -- whatever the program can write into the log has a name for people, in both
# languages; files keep the code.
import html
import json
import pathlib
import re

import pytest

from serving import Server
from signing import Visitor
from test_accounts import CHEAP, PASSWORD, add_user

TOP = pathlib.Path(__file__).resolve().parents[2]

# Details as functions and triggers write them: codes, times, numbers, what lies within something.
DETAILS = {"way": "password", "step": "code", "role": "sender", "types": ["dossier", "service"], "formats": "pdf,xlsx",
           "figure": {"status": "not_met", "value": "0.298469", "rank": 9, "maturity": "provisional", "numerator": 12345},
           "closed": False, "confirmed": True, "due_on": "2026-12-04", "closed_at": "2026-11-27T21:05:07.790113+07:00", "slug": "on-time",
           "period": "2020-Q4", "agency": "01", "rrule": "FREQ=MONTHLY;BYMONTHDAY=25", "starts": "2026-11-27T08:00:00",
           "zone": "Asia/Ho_Chi_Minh", "note": "of a sender, of a leader", "dispute_id": 7, "kinds": ["province"]}
WORDS = {
    "vi": ["cách mật khẩu", "bước mã xác thực hai bước", "vai trò Người gửi số liệu", "loại bản ghi Hồ sơ, Dịch vụ công",
           "định dạng PDF, Excel", "Trạng thái Chưa đạt", "Kết quả 29,8469%", "Hạng 9", "tử số 12.345",
           "mức độ hoàn thiện Tạm tính", "Không còn đo không", "xác nhận có", "hạn trả lời 04/12/2026",
           "trả lời lúc 21:05 ngày 27/11/2026", "kỳ Quý IV/2020", "cơ quan Thành phố Hà Nội",
           "nhịp gửi Mỗi tháng vào ngày 25, lúc 08:00", "múi giờ giờ Việt Nam", "ghi chú of a sender, of a leader",
           "Loại cơ quan tỉnh, thành phố"],
    "en": ["way password", "step code of the second step", "role Sender", "formats PDF, Excel", "Status Not met",
           "Result 29.8469%", "numerator 12,345", "maturity Provisional", "due on 2026-12-04",
           "closed at 2026-11-27 21:05", "period Q4 2020", "rhythm Every month on day 25, at 08:00"],
}

# The only action that is put together; by account_change() in sql/functions/account.sql.
CHANGES = {"account_" + change for change in ("role", "lock", "unlock", "remove", "sessions")}


def arguments(text, start):
    """The arguments of the call whose first parenthesis is before START."""
    depth, at, found, quoted = 1, start, [""], False
    while depth:
        letter = text[at]
        quoted ^= letter == "'"
        depth += (letter == "(") - (letter == ")") if not quoted else 0
        if letter == "," and depth == 1 and not quoted:
            found.append("")
        elif depth:
            found[-1] += letter
        at += 1
    return [each.strip() for each in found]


def in_functions():
    """What SQL writes by name."""
    for path in sorted((TOP / "sql/functions").glob("*.sql")):
        text = path.read_text()
        for call in re.finditer(r"\b(PERFORM|SELECT) (log_action|schedule_log|audit_log_add)\(", text):
            action = arguments(text, call.end())[2 if call[2] == "audit_log_add" else 0]
            if action == "'account_' || action":
                yield from CHANGES
            elif action != "action" and not action.startswith("TG_TABLE_NAME"):   # handed on; of a table (below)
                literals = re.findall(r"(?:^|THEN |ELSE )'(\w+)'", action)
                assert literals and "||" not in action, (path, action)
                yield from literals


def in_pages():
    """What readers of records leave, from C."""
    for path in sorted((TOP / "web").glob("*.c")):
        text = path.read_text()
        notes = re.findall(r"static const char (\w+)\[\] =\s*#include \"sql/queries/log_action\.sql\.inc\"", text)
        for note in notes:
            calls = re.findall(note + r",\s*\(const char \*const\[\]\)\{\s*\"(\w+)\"", text)
            assert calls, path
            yield from calls


def of_tables(store):
    """Rows of decisions, which go into the log by themselves."""
    with store.connect() as db:
        tables = [row[0] for row in db.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'log_row' AND NOT tgisinternal").fetchall()]
    assert len(tables) > 10
    return {f"{table.split('.')[-1]}_{what}" for table in tables for what in ("add", "change", "remove")}


@pytest.fixture(scope="module")
def log(module_store):
    add_user(module_store, "auditor", "auditor")
    found = set(in_functions()) | set(in_pages()) | of_tables(module_store)
    # Were one of the ways of finding blind, these would be lacking.
    assert found >= {"sign_in", "sign_in_failed", "account_lock", "key_add", "upload", "pause_schedule",
                     "resume_schedule", "remove_schedule", "add_schedule", "change_schedule", "decide_delivery",
                     "read_refused", "read_dossiers", "read_sent", "vintage_add", "revision_change"}
    with module_store.connect() as db:
        for action in sorted(found):
            db.execute("SELECT log_action(%s, 'account:somebody')", (action,))
        db.execute("SELECT log_action('read_sent', 'sent:x', %s)", (json.dumps(DETAILS),))
        db.execute("SELECT log_action('read_refused', 'oidc:down')")
        db.execute("SELECT log_action('of_tomorrow', 'thing:7', '{\"colour\": \"blue\"}')")
    server = Server(module_store, "web", env=CHEAP)
    server.actions = found
    server.visitor = Visitor(server.port)
    assert server.visitor.sign_in("auditor", PASSWORD).status == 303
    yield server
    server.stop()


def cells(page):
    """The words of column ACTION, and of the choices."""
    return ([html.unescape(each) for each in re.findall(r'<td class="action">([^<]*)', page)],
            dict(re.findall(r'<option value="(\w+)"[^>]*>([^<]*)</option>', page)))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_action_has_a_name(log, language):
    choices = cells(log.visitor.ask(f"/admin/audit?lang={language}").text)[1]
    assert set(choices) >= log.actions
    bare = {action for action in log.actions if choices[action] == action or "_" in choices[action]}
    assert not bare
    # Whoever chooses one must be able to tell it from the others.
    assert len({choices[action] for action in log.actions}) == len(log.actions)
    for action in sorted(log.actions):
        page = log.visitor.ask(f"/admin/audit?lang={language}&action={action}").text
        assert set(cells(page)[0]) == {html.unescape(choices[action])}, action


@pytest.mark.parametrize("language", ["vi", "en"])
def test_details_are_in_words(log, language):
    """No code, no number of ours, no JSON; whatever it holds."""
    page = log.visitor.ask(f"/admin/audit?lang={language}&object=sent:x").text
    told = {re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]*>", " ", pair))).strip()
            for pair in re.findall(r'<span class="pair">(.*?)</span>', page)}
    assert not set(WORDS[language]) - told, told
    assert not [pair for pair in told if re.search(r"[{}_\[\]]|not_met|dispute|FREQ|\b7\b", pair)]
    assert len(told) == len(DETAILS) - 2 + len(DETAILS["figure"])       # not the figure itself, not the number
    model = json.loads(log.visitor.ask("/admin/audit.json?object=sent:x").text)["entries"][0]["details"]
    assert {"way": "password", "status": "not_met", "due_on": "2026-12-04"}.items() <= {
        pair["name"]: pair["value"] for pair in model}.items()          # programs have the codes
    oidc = log.visitor.ask(f"/admin/audit?lang={language}&object=oidc").text
    assert {"vi": "nhà cung cấp không trả lời", "en": "provider out of reach"}[language] in oidc


def test_every_detail_has_a_name(log):
    """Whatever column or member an entry can have."""
    texts = dict(re.findall(r'^\t\{ "([^"]+)",\s*"([^"]*)', (TOP / "web/messages.c").read_text(), re.M))
    with log.store.connect() as db:
        columns = {row[0] for row in db.execute("""
            SELECT DISTINCT c.column_name FROM pg_trigger t JOIN information_schema.columns c
                ON c.table_schema = 'nq17' AND c.table_name = t.tgrelid::regclass::text
             WHERE t.tgname = 'log_row' AND NOT t.tgisinternal""").fetchall()}
    assert {"statement", "outcome", "drafted_at", "approved_by", "lateness_hours"} <= columns
    columns -= {"batches", "register", "catalogue", "findings", "credentials", "credential_file"}
    columns -= {f"{n}_id" for n in "agreement comparator dispute note revision source schedule".split()}
    assert not [c for c in columns - {"figure", "content"}
                if not any(f"{kind}.{c}" in texts for kind in ("log.detail", "table", "change.field"))]


def test_what_has_no_name_is_shown_as_it_is(log):
    page = log.visitor.ask("/admin/audit?action=of_tomorrow")
    assert page.status == 200 and cells(page.text)[0] == ["of_tomorrow"]
    assert "thing:7" in page.text and "colour" in page.text and "blue" in page.text


def test_files_keep_the_code(log):
    assert ",key_add,account:somebody," in log.visitor.ask("/admin/audit.csv?action=key_add").text
    page = log.visitor.ask("/admin/audit.json?action=key_add").text
    assert '"action":"key_add"' in page.replace('" : "', '":"').replace('": "', '":"')
