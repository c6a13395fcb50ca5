# test_verify.py -- is a report genuine, and does it still hold?  What a recipient asks.
import csv
import hashlib
import io
import json
import subprocess

import psycopg
import pytest

import serving
from test_import import AGENCIES, send_csv

ROWS = [f"{agency},D{n},P{n % 3},{'online' if n % 4 else 'counter'},2020-06-{1 + n % 28:02d},2020-07-{1 + n % 28:02d}"
        for agency in ("ALPHA", "BETA") for n in range(40)]
HEAD = "agency,dossier,procedure,channel,received_at,resolved_at"
CORRECTION = f"{HEAD},updated_at\nALPHA,D0,P0,online,2020-06-01,2020-07-01,2020-08-01\n"


@pytest.fixture(scope="module")
def office(module_store):
    send_csv(module_store, AGENCIES, "agency")
    send_csv(module_store, "\n".join([HEAD, *ROWS]) + "\n")
    return module_store


def report(store, path, *flags, code=0, agency="ALPHA"):
    return store.run("report", "compliance", "--period", "2020", "--agency", agency, *flags,
                     "--output", path, code=code)


def verify(store, path, code=0):
    return json.loads(store.run("verify", path, "--format", "json", code=code).stdout)


def test_a_file_and_what_becomes_of_it(office, tmp_path):
    """Genuine and current; then a figure changes, and only the old file is superseded."""
    old, english, picture = tmp_path / "old.pdf", tmp_path / "en.pdf", tmp_path / "p.png"
    report(office, old)
    report(office, english, "--lang", "en")
    report(office, picture)
    for path, lang, form in ((old, "vi", "pdf"), (english, "en", "pdf"), (picture, "vi", "png")):
        found = verify(office, path)
        assert (found["genuine"], found["state"]) == (True, "current")
        file = found["file"]
        assert (file["lang"], file["form"], file["agency"], file["period"], file["changes"]) == (
            lang, form, "ALPHA", "2020", [])
    send_csv(office, CORRECTION)
    found = verify(office, old)
    assert (found["genuine"], found["state"]) == (True, "superseded")
    online = {c["indicator"]: c for c in found["file"]["changes"]}["online-filing"]
    assert (online["old_numerator"], online["new_numerator"]) == (30, 31)
    assert online["new_denominator"] == 40
    text = office.run("verify", old).stdout
    assert "superseded" in text and "(30/40) -> " in text and "(31/40)" in text
    new = tmp_path / "new.pdf"
    report(office, new)
    assert verify(office, new)["state"] == "current"


def test_what_was_not_provided_is_no_zero(office, tmp_path):
    """Neither then nor now, in the lines of `nq17 verify`."""
    path = tmp_path / "early.pdf"
    office.run("report", "compliance", "--period", "2017", "--agency", "BETA", "--output", path)
    send_csv(office, f"{HEAD}\nBETA,EARLY,P0,online,2017-06-01,2017-07-01\n")
    lines = office.run("verify", path).stdout.splitlines()
    assert "  BETA online-filing: - (-/-) -> 1.000000 (1/1); no_data -> no_target" in lines


def test_a_rank_that_moved_alone(office, tmp_path):
    """Then and now read the same but for the rank, which is told."""
    path, head = tmp_path / "ranks.pdf", "agency,dossier,procedure,channel,received_at,resolved_at"
    send_csv(office, f"{head}\n01,R1,P0,online,2016-06-01,2016-07-01\n01,R2,P0,counter,2016-06-01,2016-07-01\n"
                     "38,R3,P0,online,2016-06-01,2016-07-01\n")
    office.run("report", "compliance", "--period", "2016", "--agency", "01", "--output", path)
    send_csv(office, f"{head}\n38,R4,P0,counter,2016-06-01,2016-07-01\n38,R5,P0,counter,2016-06-01,2016-07-01\n")
    lines = office.run("verify", path).stdout.splitlines()
    assert "  01 online-filing: 0.500000 (1/2) -> 0.500000 (1/2); rank 2 -> 1" in lines
    site = serving.Server(office)
    try:
        page = site.ask(f"/verify/{verify(office, path)['file']['code']}?lang=en").body.decode()
    finally:
        site.stop()
    row = next(line for line in page.splitlines() if "/agencies/01/online-filing" in line)
    assert "Rank 2<" in row and "Rank 1<" in row


def test_of_a_vintage(office, tmp_path):
    """What was published holds until it is published anew, whatever comes in between."""
    office.run("publish", "--period", "2020", "--by", "an", "--accept", "few agencies", "--second", "binh")
    path, again = tmp_path / "a.pdf", tmp_path / "b.pdf"
    report(office, path, "--vintage", "1")
    send_csv(office, f"{HEAD}\nALPHA,LATE,P0,counter,2020-06-01,2020-07-01\n")
    assert verify(office, path)["state"] == "current"
    report(office, again, "--vintage", "1")
    assert path.read_bytes() == again.read_bytes()
    office.run("publish", "--period", "2020", "--by", "an", "--accept", "few agencies", "--second", "binh")
    found = verify(office, path)
    assert (found["genuine"], found["state"]) == (True, "superseded")
    assert (found["file"]["vintage"], found["file"]["newest"]) == (1, 2)
    assert {c["indicator"] for c in found["file"]["changes"]} >= {"online-filing"}


def test_not_ours(office, tmp_path):
    path = tmp_path / "r.pdf"
    report(office, path)
    # With a byte more it still carries the code, and says so.
    path.write_bytes(path.read_bytes() + b"\n")
    found = verify(office, path, code=1)
    assert (found["genuine"], found["state"]) == (False, "altered")
    assert "NOT GENUINE" in office.run("verify", path, code=1).stdout
    for content in (b"", b"%PDF-1.7 nothing", b"\x00" * 5000):
        path.write_bytes(content)
        found = verify(office, path, code=1)
        assert (found["genuine"], found["state"], found["file"]) == (False, "unknown", None)
    office.run("verify", tmp_path / "none.pdf", code=1)
    office.run("verify", code=2)


def test_the_register_stays(office, tmp_path):
    report(office, tmp_path / "r.pdf")
    for role in ("owner", "reports", "web"):
        with office.connect(role) as db:
            for sql in ("UPDATE report_file SET code = '0000-0000-0000'", "DELETE FROM report_file"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    db.execute(sql)


def test_the_register_does_not_grow_without_end(office):
    """Of figures that were not published the public and each account have so many files a day made
    at most; those of a vintage, those that are there, and the office's own are not counted."""
    limits = {"": 1000, "viewer1": 300, "viewer2": 300}
    with office.connect() as owner, psycopg.connect(office.conninfo("web"), autocommit=False,
                                                    options="-c search_path=nq17,pg_catalog") as web:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("INSERT INTO report_file (sha256) VALUES ('x')")
        web.rollback()
        model = lambda **more: json.dumps({"report": "compliance", "verification": "FFFF-FFFF-FFFF",  # noqa: E731
                                           "lang": "vi", "period": "2020", "sample": False} | more)
        hash_of = lambda *words: hashlib.sha256(repr(words).encode()).hexdigest()  # noqa: E731
        note = "SELECT report_file_note(%s::jsonb, 'pdf', %s)"
        asks = "SELECT set_config('nq17.role', %s, true), set_config('nq17.user', %s, true)"

        def notes(who, count, **more):
            web.execute(asks, ("viewer" if who else "public", who))
            web.cursor().executemany(note, [(model(**more), hash_of(who, n, more)) for n in range(count)])
            web.commit()
        before = owner.execute("SELECT count(*) FROM report_file").fetchone()[0]
        for who, most in limits.items():
            notes(who, most)
            with pytest.raises(psycopg.Error) as refused:
                notes(who, most + 1)
            assert refused.value.sqlstate == "NQ429"
            web.rollback()
            notes(who, most)                          # the same again is no news
        notes("", 20, vintage=1)
        owner.execute(note, (model(), hash_of("office")))
        assert owner.execute("SELECT count(*) FROM report_file").fetchone()[0] == before + sum(limits.values()) + 21
        server = serving.Server(office, "web")
        try:
            path = "/reports/compliance.pdf?period=2020-Q2&agency=ALPHA"
            answer = server.ask(path)
            assert answer.status == 429 and answer.json()["code"] == "too_many_reports", answer.body
            assert answer.headers["Retry-After"] == "3600"
            assert server.ask("/reports/compliance.pdf?period=2020&agency=ALPHA&vintage=1").status == 200
            owner.execute("ALTER TABLE report_file DISABLE TRIGGER USER")
            owner.execute("UPDATE report_file SET made_at = made_at - interval '1 day' WHERE made_by = ''")
            owner.execute("ALTER TABLE report_file ENABLE TRIGGER USER")
            assert server.ask(path).status == 200      # the next day
        finally:
            server.stop()


def test_the_figures_inside(office, tmp_path):
    """The attachment is what nq17 kpi prints of the same figures; sections are bookmarks."""
    path, figures = tmp_path / "r.pdf", tmp_path / "f.csv"
    report(office, path)
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    subprocess.run(["pdfdetach", "-save", "1", "-o", figures, path], check=True, capture_output=True)
    inside = {(row["agency"], row["indicator"]): row for row in csv.DictReader(figures.open())}
    kpi = csv.DictReader(io.StringIO(office.run("kpi", "--period", "2020", "--format", "csv").stdout))
    known = {(row["agency"], row["indicator"]): row for row in kpi}
    assert ("ALPHA", "online-filing") in inside
    for key, row in inside.items():
        assert row == known[key]
    outline = json.loads(subprocess.run(["qpdf", "--json", path], check=True, capture_output=True, text=True
                                        ).stdout)["outlines"]
    assert [entry["title"].split(".")[0] for entry in outline] == ["I", "II", "III", "IV", "V", "VI"][:len(outline)]
    assert len(outline) >= 3 and all(entry["destpageposfrom1"] >= 1 for entry in outline)


def test_the_page(office, tmp_path):
    """What the QR code leads to, and what is copied from paper by hand."""
    path = tmp_path / "r.pdf"
    report(office, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    code = verify(office, path)["file"]["code"]
    site = serving.Server(office, "web")
    try:
        for address in (f"/verify/{code}", f"/verify?code={code.lower().replace('-', '%20')}"):
            page = site.ask(address).body.decode()
            assert "số liệu vẫn còn hiệu lực" in page and sha256 in page
        assert "its figures still hold" in site.ask(f"/verify/{code}?lang=en").body.decode()
        model = site.ask(f"/verify/{code}.json").json()
        assert model["found"]["sha256"] == sha256 and model["found"]["agency"] == "ALPHA"
        for unknown in ("0000-0000-0000", "%3Cscript%3E", "x", ""):
            page = site.ask(f"/verify?code={unknown}").body.decode()
            assert "vẫn còn hiệu lực" not in page and "<script>" not in page
    finally:
        site.stop()


def test_downloads_are_the_same_reports(office, tmp_path):
    """A page hands out the bytes that the command writes, and enters them in the register."""
    site = serving.Server(office, "web")
    try:
        known = {r["report"]: r for r in site.ask("/api/v1/reports").json()["reports"]}
        assert set(known) == {"compliance", "brief", "ranking", "indicator", "restatement", "evidence"}
        for name in known:
            agency = "&agency=ALPHA" if known[name]["of_agency"] else ""
            for form in ("pdf", "xlsx"):
                got = site.ask(f"{known[name]['address']}.{form}?period=2020&lang=en{agency}")
                assert got.status == 200 and f".{form}" in got.headers["Content-Disposition"], (name, form)
                path = tmp_path / f"{name}.{form}"
                path.write_bytes(got.body)
                found = verify(office, path)
                assert (found["genuine"], found["file"]["report"], found["file"]["lang"]) == (True, name, "en")
        path = tmp_path / "own.pdf"
        report(office, path, "--lang", "en")
        assert path.read_bytes() == (tmp_path / "compliance.pdf").read_bytes()
        for wrong, status in (("/reports/none.pdf", 404), ("/reports/compliance.svg?page=99", 404),
                              ("/reports/compliance.pdf?agency=nobody", 404), ("/reports/compliance.pdf?period=x", 400)):
            assert site.ask(wrong).status == status, wrong
    finally:
        site.stop()


def test_the_code_on_paper(office, tmp_path):
    """With an address the paper leads to the page of verification, else it names the code."""
    path = tmp_path / "r.pdf"
    for env, address in (({}, False), ({"NQ17_PUBLIC_URL": "https://nq17.example.vn/"}, True)):
        office.run("report", "compliance", "--period", "2020", "--agency", "ALPHA", "--output", path, env=env)
        code = verify(office, path)["file"]["code"]
        text = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout
        assert text.count(code) >= 2
        assert (f"https://nq17.example.vn/verify/{code}" in text.replace("\n", "")) == address


def test_a_letter_without_a_glyph(office, tmp_path):
    """A report that cannot print a name is not written."""
    send_csv(office, "code,kind,name_vi,valid_from\nGLYPH,other,Sở A,2019-01-01\n", "agency")
    with office.connect() as db:      # as it came before that was looked at
        db.execute("UPDATE agency SET name_vi = 'Sở 𒀀' WHERE code = 'GLYPH'")
    done = report(office, tmp_path / "g.pdf", code=1, agency="GLYPH")
    assert "𒀀" in done.stderr and not (tmp_path / "g.pdf").exists()
