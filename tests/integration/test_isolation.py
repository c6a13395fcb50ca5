# test_isolation.py -- no agency reads what is another's by any address: each route of the table,
# in each format, as each role, while the answers that others may read are kept.
import io
import os
import re
import tempfile
import time
import zipfile

import pytest

from routing import REPORTS, read_routes
from serving import Server, new_key
from signing import Visitor
from test_accounts import CHEAP, PASSWORD, add_user
from test_data_pages import send_file, settled

ROLES = ("leader", "sender", "viewer")
OWN, OTHER = "01", "38"
# What a stranger may find nowhere.  Each stands in records of its own kind.
SECRETS = {"dossiers": "HIDDENDOSSIER", "codes of refused records": "REFUSEDDOSSIER", "values refused": "BALLOON",
           "why it is contested": "CONTESTED", "evidence": "evidence-of-01", "what was answered": "ANSWERED",
           "the file of a trial": "TRIALFILE", "the trial": "TRIALDOSSIER", "who works there": "Secretname",
           "sources": "source-of-01", "logins": "sender-01",
           "schedules": "schedule-of-01", "who gets them": "recipient-of-01"}
# One's own; the office sees the rest.
SHOWN = set(SECRETS) - {"sources"}
# Where the owner's answers hold one of them, at the least.
WHERE = {"/agencies/:agency/:indicator/dossiers", "/data/batches/:batch", "/data/quarantine", "/data/disputes",
         "/data/preview", "/data/upload/:trial", "/admin/users", "/admin/audit", "/api/v1/batches/:batch/errors",
         "/api/v1/explain/dossiers", "/account",
         "/reports/schedules", "/reports/schedules/:schedule", "/reports/schedules/:schedule/edit", "/reports/deliveries",
         "/reports/deliveries/:delivery",
         "/api/v1/schedules", "/api/v1/schedules/:schedule", "/api/v1/deliveries", "/api/v1/deliveries/:delivery"}


@pytest.fixture(scope="module")
def house(module_store):
    store = module_store
    add_user(store, "admin", "administrator")
    with store.connect() as db:
        people = [("office", "office", None), ("auditor", "auditor", None)]
        people += [(f"{role}-{agency}", role, agency) for role in ROLES for agency in (OWN, OTHER)]
        for login, role, agency in people:
            db.execute("SELECT account_add(%s, %s, %s, %s, (SELECT password_hash FROM account_secret LIMIT 1))",
                       (login, f"{'Secretname' if agency == OWN else 'Name'} {role}", role, agency))
    store.run("source", "add", "--agency", OWN, "--url", "https://source-of-01.example/{from}.csv",
              "--from", "2026-11-26", "--type", "dossier")
    server = Server(store, env=CHEAP)
    server.people = {"public": Visitor(server.port)}
    for login in ["admin"] + [person[0] for person in people]:
        server.people[login] = Visitor(server.port)
        assert server.people[login].sign_in(login, PASSWORD).status == 303
    with store.connect() as db:
        db.execute("ALTER TABLE batch ALTER batch_id RESTART WITH 7012345")    # a number that stands for nothing else
    server.keys, server.values = {}, {}
    for agency in (OWN, OTHER):
        server.keys[agency] = new_key(store, agency)
        mark = (lambda word: word) if agency == OWN else (lambda word: "OTHERS" + word[:3])
        body = "dossier,procedure,channel,received_at,resolved_at\n" + "".join(
            f"{mark('HIDDENDOSSIER')}-{n},1.00{n % 3},online,2020-06-{1 + n:02d},2020-06-{2 + n:02d}\n" for n in range(20))
        body += f"{mark('REFUSEDDOSSIER')},1.001,{mark('BALLOON')},2020-06-01,\n"
        server.values[agency] = {"batch": server.send(body.encode(), server.keys[agency]).json()["batch"]}
    sender = server.people[f"sender-{OWN}"]
    said = {"agency": OWN, "indicator": "online-filing", "period": "2020-Q2"}
    assert sender.post("/data/preview", page="/data/upload", action="contest", said="CONTESTED",
                       evidence="https://evidence-of-01.example/", **said).status == 303
    number = re.search(r'name="dispute" value="(\d+)"', server.people["office"].ask("/data/disputes").text)[1]
    assert server.people["office"].post("/data/disputes", page="/data/upload", action="reject", dispute=number,
                                        said="ANSWERED").status == 303
    trial = send_file(sender, "TRIALFILE.csv", "dossier,procedure,channel,received_at,resolved_at\n"
                      "TRIALDOSSIER,P,x,2020-06-01,\n").location.split("?")[0]
    assert "TRIALDOSSIER" in settled(sender, trial).text
    server.values[OWN] |= {"trial": trial.rsplit("/", 1)[1], "dispute": number} | send_reports(store)
    yield server
    server.stop()


NOBODYS = {"schedule": 8999999, "delivery": 8999998, "other": 8999997, "sha256": "e" * 64}


def send_reports(store):
    """Two editions that 01 had sent to a folder, and the file of one; of numbers that nothing else has."""
    with tempfile.TemporaryDirectory() as folder, store.connect() as db:
        os.chmod(folder, 0o755)
        os.mkdir(os.path.join(folder, "recipient-of-01"))
        os.chmod(os.path.join(folder, "recipient-of-01"), 0o777)
        for table, column in (("schedule", "schedule_id"), ("outbox", "outbox_id")):
            db.execute(f"ALTER TABLE {table} ALTER {column} RESTART WITH 8012345")
        store.run("schedule", "add", "schedule-of-01", "--report", "compliance", "--agency", OWN, "--owner", OWN,
                  "--rrule", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=25", "--covers", "quarter", "--format", "csv", "--to",
                  f"folder:{folder}/recipient-of-01")
        for period in ("2020-Q2", "2020-Q1"):
            store.run("schedule", "run", "schedule-of-01", "--period", period)
        store.run("deliver", "--once")
        for _ in range(300):                         # the deliverer of the server may have one in hand
            sent = db.execute("SELECT outbox_id FROM outbox WHERE kind = 'report' AND state = 'accepted'"
                              " ORDER BY 1").fetchall()
            if len(sent) == 2:
                break
            time.sleep(0.1)
        assert len(sent) == 2, db.execute("SELECT state, attempts, answer FROM outbox").fetchall()
        sha256 = db.execute("SELECT sha256 FROM edition_file LIMIT 1").fetchone()[0]
        schedule = db.execute("SELECT schedule_id FROM schedule").fetchone()[0]
    return {"schedule": schedule, "delivery": sent[0][0], "other": sent[1][0], "sha256": sha256}


def text_of(body):
    """Workbooks as the text that is in them; pictures and documents hold what their page holds."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace")


def addresses(values, query):
    values = {"agency": OWN, "indicator": "online-filing", "procedure": "1.001", "code": "0000-0000-0000",
              "revision": 1, "number": 1, "type": "dossier", "file": "style.css", "trial": "h1-" + "0" * 32, **NOBODYS} | values
    for route in read_routes():
        if route.answer == "NULL" or route.answer.startswith("."):
            continue
        for report in REPORTS if ":report" in route.pattern else ("",):
            for form, address in route.addresses(values | {"report": report}, query):
                # Forms of a report are painted from one model: one report shows them all.
                if report in ("", "compliance") or form == "JSON":
                    yield route, form, address


def every_address(house):
    """Of the agency: with its name in the query, and by what is only its own."""
    about = {"period": "2020-Q2", "agency": OWN, "indicator": "online-filing", "batches": "1"}
    found = {}
    for query in (about, {"state": "all", "agency": OWN}, {"batch": house.values[OWN]["batch"]}, {}):
        for route, form, address in addresses(house.values[OWN], query):
            # What is drawn or printed, or is kept, is asked for once: it is of the same model as its page.
            if query is about or form in ("HTML", "JSON", "CSV") and not route.is_kept:
                found.setdefault(address, (route, form))
    return found


def ask(house, who, address, tag=None):
    """WHO is a login or a key."""
    headers = {"If-None-Match": tag} if tag else None
    if who.startswith("key-"):
        answer = house.ask(address, house.keys[who[4:]], headers=headers)
        return answer.status, text_of(answer.body), answer.headers
    visitor = house.people[who]
    answer = visitor.ask(address, headers=headers)
    return answer.status, answer.text, answer.headers


def held(text):
    return {kind for kind, word in SECRETS.items() if word in text}


def raw(house, who, address):
    """As bytes, for workbooks."""
    visitor = house.people.get(who)
    cookie = {"Cookie": "; ".join(f"{k}={v}" for k, v in visitor.cookies.items())} if visitor and visitor.cookies else {}
    answer = house.ask(address, house.keys[who[4:]] if who.startswith("key-") else None, headers=cookie)
    return answer.status, text_of(answer.body), answer.headers


STRANGERS = ["public", *(f"{role}-{OTHER}" for role in ROLES), f"key-{OTHER}"]


def test_each_route_as_each_role(house):
    every = every_address(house)
    assert len(every) > 150 and {route.pattern for route, _ in every.values()} == {
        route.pattern for route in read_routes() if route.answer != "NULL" and not route.answer.startswith(".")}
    # First those who may, so that what is kept is there to be given away.
    seen, where, tags = {}, set(), {}
    for address, (route, form) in every.items():
        for who in (f"leader-{OWN}", f"sender-{OWN}", "admin", f"key-{OWN}"):
            if (route.answer == "answer_report" or route.is_kept) and who != "admin":
                continue                             # of figures, which are the same for all
            status, text, headers = raw(house, who, address)
            assert status < 500, (who, address, status)
            found = held(text)
            seen.setdefault(who, set()).update(found)
            if found:
                where.add(route.pattern)
                tags[address] = headers.get("ETag")
    # This walk does find what is there: else it would prove nothing.
    assert where >= WHERE, WHERE - where
    assert seen[f"leader-{OWN}"] | seen[f"sender-{OWN}"] >= SHOWN, SHOWN - seen[f"leader-{OWN}"] - seen[f"sender-{OWN}"]
    assert seen["admin"] >= {"dossiers", "values refused", "why it is contested", "who works there", "logins"}
    assert seen[f"key-{OWN}"] >= {"dossiers", "values refused"}
    for address, (route, form) in every.items():
        # Pictures and documents are painted from the model that is asked for as JSON by everybody.
        for who in STRANGERS if form in ("HTML", "JSON", "CSV") else ("public", f"leader-{OTHER}"):
            for tag in {None, tags.get(address)}:
                status, text, _ = raw(house, who, address) if not tag else ask(house, who, address, tag)
                assert status < 500 and not held(text), (who, address, status, held(text))
                # That it has not changed would say that it is there, as it was.
                assert status != 304 or address not in tags, (who, address)


def test_what_is_not_ones_own_is_not_there(house):
    """What an agency may not see is answered as what nobody has: not even that it exists shows."""
    own, nobody = house.values[OWN], {"batch": 7999999, "trial": "h1-" + "f" * 32} | NOBODYS
    query = {"period": "2020-Q2"}
    for (route, form, there), (_, _, nowhere) in zip(addresses(own, query), addresses(nobody, query)):
        if there == nowhere:
            continue
        for who in STRANGERS:
            answers = []
            for address, values in ((there, own), (nowhere, nobody)):
                status, text, headers = raw(house, who, address)
                for name in nobody:
                    text = text.replace(str(values[name]), "ID")
                # The token of a form and the secret it comes from are new for who has none yet.
                text = re.sub(r"[0-9a-f]{64}", "TOKEN", text)
                place = headers.get("Location")
                for name in nobody if place else ():
                    place = place.replace(str(values[name]), "ID")
                answers.append((status, text, headers.get("Cache-Control"), place))
            assert answers[0] == answers[1], (who, there)
            # The public is led to the page of sign-in.
            assert answers[0][0] in (401, 403, 404) or who == "public" and 'name="password"' in answers[0][1], (who, there)


def test_each_form_as_each_stranger(house):
    """Every route that takes forms, with whatever could be done to what is 01's."""
    with house.store.connect() as db:
        session = db.execute("SELECT max(session_id) FROM session JOIN account USING (account_id)"
                             " WHERE login = %s", (f"sender-{OWN}",)).fetchone()[0]
        state = lambda: [db.execute(q).fetchall() for q in (  # noqa: E731
            "SELECT * FROM dispute", "SELECT * FROM figure_note WHERE agency_id IN (SELECT agency_id FROM agency"
            " WHERE label = '01')", "SELECT * FROM agreement", "SELECT key_id, revoked_at FROM api_key",
            "SELECT login, role, locked_at, removed_at FROM account ORDER BY login", "SELECT s.* FROM account_secret s"
            " JOIN account USING (account_id) WHERE login IN ('admin', 'leader-01', 'sender-01') ORDER BY 1", "SELECT session_id, ended_at FROM session WHERE account_id IN"
            " (SELECT account_id FROM account WHERE login LIKE '%-01') ORDER BY 1",
            "SELECT delivery, sent_at FROM form_upload", "SELECT count(*) FROM batch", "SELECT * FROM schedule",
            "SELECT outbox_id, state FROM outbox ORDER BY 1")]
        before = state()
        fields = {"agency": OWN, "period": "2020-Q2", "indicator": "online-filing", "said": "x", "number": "1",
                  "dispute": house.values[OWN]["dispute"], "login": f"viewer-{OWN}", "role": "viewer", "name": "x",
                  "key": house.keys[OWN].split("_")[1], "type": "dossier", "session": session, "draft": "1",
                  "subject": "x", "value": "1%", "from": "2031-01-01", "reason": "x", "clause": "x", "kinds": "province"}
        actions = ["add", "role", "lock", "unlock", "remove", "sessions", "password", "totp", "revoke", "contest", "agree",
                   "note", "remove_note", "accept", "reject", "withdraw", "session_end", "approve", "drop", "draft_target",
                   "draft_population", "code_off", "pause", "resume", "run", "save", "retry", "queued", "failed"]
        posting = [route for route in read_routes() if route.is_post and not route.pattern.startswith(("/login", "/logout"))]
        assert {route.pattern for route in posting} >= {"/account", "/admin/users", "/admin/keys", "/data/preview",
                                                        "/data/disputes", "/data/upload", "/data/upload/:trial"}
        for route in posting:
            _, address = next(route.addresses(house.values[OWN], {}))
            for who in [w for w in STRANGERS if not w.startswith("key-")] + [f"viewer-{OWN}"]:
                visitor = house.people[who]
                page = "/login" if who == "public" else "/account"
                for action in actions:
                    if (route.pattern, action) in (("/account", "password"),):
                        continue
                    answer = visitor.post(address, page=page, action=action, **fields)
                    assert answer.status < 500, (who, address, action, answer.status)
                    if who != f"viewer-{OWN}":
                        assert not held(answer.text), (who, address, action)
        after = state()
        assert before == after, [(a, b) for a, b in zip(before, after) if a != b]
