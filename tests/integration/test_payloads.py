# test_payloads.py -- scripts, SQL and formulas in every text that any page shows come out harmless,
# as HTML, JSON, CSV, workbook, picture and document.
import csv
import html.parser
import io
import json
import re
import subprocess

import openpyxl
import psycopg
import pytest

from routing import REPORTS, read_routes
from serving import Server, new_key
from signing import Visitor
from test_accounts import CHEAP, PASSWORD, add_user

# A formula to a spreadsheet, a script to a browser, an end of a string to SQL, a tag to our templates.
HOSTILE = "=1+cmd|'/c x'!A0\"'--<script>x()</script><img src=x onerror=x()>{{sample}}&lt;"
ADDRESS = "javascript:x()//"

# By hand, as keys of agencies and the like hold the site together, and are no texts of people: columns that
# take one word of several, days, periods, hashes.
WORDS = {"kind", "type", "state", "way", "format", "period", "indicator", "sha256", "role", "outcome", "scope", "tier",
         "numerator", "denominator", "direction", "confidence", "phase", "status", "lang", "form", "report", "code",
         "replaces", "ranked_group", "settled_as", "subject", "parent_code", "successor_code", "region", "lead_code",
         "due_source", "formula", "definition", "acceptance", "scheme", "profile", "credential_file", "last_error", "target_id",
         "outcome_source"}
TABLES = """account agency agency_identifier agreement audit_log comparator definition dispute docket_rule dossier
  dossier_alias dossier_history fact figure_note holiday http_delivery indicator milestone national peer_group peer_member population
  procedure_alias quarantine rank_rule reopening reported_count revision score_part score_point score_rule service session
  source target target_set task variant verification vintage withdrawal""".split()
# Shown for certain; more are, and are looked at as well.
SHOWN = {"account.name", "agency.name_vi", "agency.name_en", "audit_log.actor", "audit_log.object",
         "dispute.statement", "dispute.answer", "dispute.opened_by", "figure_note.note",
         "indicator.name_vi", "indicator.name_en", "indicator.definition_vi", "indicator.limits_vi", "quarantine.value",
         "quarantine.dossier", "service.name_vi", "session.agent", "target.clause_vi", "target.source", "revision.reason",
         "dossier.procedure", "vintage.published_by"}
FORMULA = re.compile(r"[=+\-@\t\r]")


def mark(column):
    return f"{HOSTILE}PLANT[{column}]"


def plant(db):
    """Every text column of people's words, as the owner could write it; returns those that took it."""
    columns = db.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid"
        " WHERE relnamespace = 'nq17'::regnamespace AND relname = ANY (%s) AND relkind = 'r' AND attnum > 0"
        "   AND atttypid = 'text'::regtype AND NOT attisdropped AND NOT EXISTS (SELECT FROM pg_constraint k"
        "     WHERE k.conrelid = c.oid AND a.attnum = ANY (k.conkey) AND k.contype IN ('p', 'u', 'f'))", (TABLES,)).fetchall()
    planted = set()
    for table in TABLES:
        db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table, column in columns:
        if column in WORDS:
            continue
        for text in ([ADDRESS] if column.endswith("url") else []) + [""]:
            word = text + (f"PLANT[{table}.{column}]" if text else mark(f"{table}.{column}"))
            try:
                # Optional texts are there as well; names keep the length that they may have.
                if db.execute(f"UPDATE {table} SET {column} = %s", (word,)).rowcount > 0:
                    planted.add(f"{table}.{column}")
                break
            except psycopg.errors.CheckViolation:
                continue
    for table in TABLES:
        db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return planted


@pytest.fixture(scope="module")
def house(module_store):
    store = module_store
    add_user(store, "admin", "administrator")
    add_user(store, "lead01", "leader", "01")
    store.run("source", "add", "--agency", "01", "--url", "https://source.example/{from}.csv", "--from", "2026-11-26",
              "--type", "dossier")
    server = Server(store, env=CHEAP)
    admin, lead = Visitor(server.port), Visitor(server.port)
    for who, login in ((admin, "admin"), (lead, "lead01")):
        assert who.sign_in(login, PASSWORD).status == 303
    key = new_key(store, "01")
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["dossier", "procedure", "channel", "received_at", "resolved_at"])
    for n in range(12):
        lines.writerow([f"=D{n}<b>'--", "=P<script>x()</script>'--", "online", f"2020-06-{1 + n:02d}", f"2020-06-{2 + n:02d}"])
    lines.writerow(["=REFUSED<script>x()</script>", "P", HOSTILE, "2020-06-01", ""])
    taken = server.send(out.getvalue().encode(), key).json()
    assert taken["accepted"] == 12 and taken["rejected"] == 1, taken
    store.run("import", "--type", "service", "--format", "ndjson", "-", input=json.dumps(
        {"agency": "01", "procedure": "=P<script>x()</script>'--", "name_vi": HOSTILE, "level": "4",
         "valid_from": "2020-01-01"}) + "\n", code=None)
    store.run("import", "--type", "milestone", "--format", "ndjson", "-", input=json.dumps(
        {"agency": "01", "task": "open-data", "done_on": "2020-05-01", "document_number": HOSTILE}) + "\n", code=None)
    said = {"agency": "01", "indicator": "online-filing", "period": "2020-Q2"}
    for action in ("note", "contest"):
        assert lead.post("/data/preview", page="/data/upload", action=action, said=HOSTILE, **said).status == 303
    number = re.search(r'name="dispute" value="(\d+)"', admin.ask("/data/disputes").text)[1]
    assert admin.post("/data/disputes", page="/account", action="reject", dispute=number, said=HOSTILE).status == 303
    page = admin.ask("/admin/targets")
    subject = re.search(r'<select id="subject" name="subject">\s*<option value="([^"]+)"', page.text)[1]
    draft = admin.post("/admin/targets", action="draft_target", subject=subject, value="33%", reason=HOSTILE, clause="x",
                       **{"from": "2031-01-01"})
    store.run("publish", "--period", "2020-Q1", "--by", "an", "--accept", HOSTILE, "--second", "binh")
    with store.connect() as db:
        server.planted = plant(db)
    server.admin, server.lead, server.key = admin, lead, key
    server.values = {"batch": taken["batch"], "revision": draft.location.rsplit("/", 1)[1], "agency": "01",
                     "indicator": "online-filing", "procedure": "=P<script>x()</script>'--", "type": "dossier",
                     "file": "style.css", "trial": "h1-" + "0" * 32, "schedule": 1, "number": 1,
                     "delivery": 1, "other": 1, "sha256": "0" * 64, "code": "0000-0000-0000"}
    yield server
    server.stop()


class Page(html.parser.HTMLParser):
    """What a browser would make of it: elements and their attributes."""

    def __init__(self, text):
        super().__init__()
        self.wrong = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name.startswith("on") or name == "style" or name in ("href", "src", "action") and not re.match(
                    r"(/(?!/)|#|https://|\?|data:image/(svg\+xml|png);base64,|mailto:|https?://www\.w3\.org/)", value or ""):
                self.wrong.append((tag, name, value))
        if tag == "script" and not dict(attributes).get("src", "").startswith("/static/"):
            self.wrong.append((tag, attributes))
        if tag == "img" and dict(attributes).get("src") == "x" or tag == "style":
            self.wrong.append((tag, attributes))


def check_html(body):
    text = body.decode()
    assert Page(text).wrong == [], Page(text).wrong
    assert "<script>x" not in text and "<img src=x" not in text
    return text


def check_json(body):
    json.loads(body)
    return body.decode()


def check_csv(body):
    for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not FORMULA.match(cell) or re.fullmatch(r"[+-]?[0-9.,]+%?", cell), cell
    return body.decode()


def check_errors(body):
    """The errors file is the one that is mended and sent again: a program reads it back."""
    return body.decode()


def check_xlsx(body):
    found = []
    for sheet in openpyxl.load_workbook(io.BytesIO(body)):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                assert not cell.hyperlink or (cell.hyperlink.target or "https://").startswith("https://"), cell.hyperlink
                found.append(str(cell.value))
    return "\n".join(found)


def check_pdf(body):
    for word in (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"javascript:"):
        assert word not in subprocess.run(["qpdf", "--qdf", "--object-streams=disable", "-", "-"], input=body,
                                          capture_output=True).stdout, word
    return subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True).stdout.decode()


CHECKS = {"HTML": check_html, "JSON": check_json, "CSV": check_csv, "XLSX": check_xlsx, "SVG": check_html, "PDF": check_pdf}


def test_every_text_on_every_page(house):
    shown, count = {}, 0
    cookie = {"Cookie": "; ".join(f"{k}={v}" for k, v in house.admin.cookies.items())}
    for route in read_routes():
        if route.answer in ("NULL", "answer_static") or route.answer.startswith("."):
            continue
        for report in REPORTS if ":report" in route.pattern else ("",):
            for period in ("2020-Q2", "2020-Q1") if not report else ("2020-Q2",):
                query = {"period": period, "agency": "01", "indicator": "online-filing", "state": "all",
                         "lang": "vi" if period == "2020-Q2" else "en"}
                for form, address in route.addresses(house.values | {"report": report}, query):
                    answer = house.ask(address, headers=cookie)
                    assert answer.status < 500, (address, answer.status, answer.body[:300])
                    if answer.status != 200 or form not in CHECKS:
                        continue
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"
                    check = check_errors if route.answer == "answer_batch_errors" else CHECKS[form]
                    try:
                        text = check(answer.body)
                    except Exception as wrong:
                        raise AssertionError(f"{address}: {wrong}") from wrong
                    count += 1
                    shown.setdefault(form, set()).update(re.findall(r"PLANT\[([a-z_.]+)\]", text))
    everywhere = set().union(*shown.values())
    print(count, "answers;", len(house.planted), "planted;", sorted(house.planted - everywhere), "shown nowhere;",
          {form: len(columns) for form, columns in shown.items()})
    assert count > 150
    assert SHOWN <= everywhere, SHOWN - everywhere
    assert len(everywhere) >= 45
    for form, least in (("HTML", 35), ("JSON", 40), ("CSV", 3), ("XLSX", 3)):
        assert len(shown[form]) >= least, (form, shown[form])


def test_sql_in_parameters(house):
    """What comes in an address is a value and no statement."""
    before = house.ask("/api/v1/agencies").body
    for route in read_routes():
        if route.answer in ("NULL", "answer_static") or route.answer.startswith("."):
            continue
        for word in ("'; SELECT pg_sleep(9); --", "x' OR '1'='1", "\\", "\0", "1); DROP TABLE agency; --"):
            query = {name: word for name in route.parameters if name != "lang"}
            values = {name: word for name in list(house.values) + ["report"]}
            for form, address in route.addresses(values, query):
                if form in ("HTML", "JSON"):
                    answer = house.ask(address)
                    assert answer.status in (200, 303, 400, 401, 403, 404, 406, 429), (address, answer.status)
                    assert b"syntax error" not in answer.body and b"pg_catalog" not in answer.body, address
    assert house.ask("/api/v1/agencies").body == before
