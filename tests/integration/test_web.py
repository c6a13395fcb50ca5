# test_web.py -- the web server: routes, errors, headers, caching, and hostile visitors.
import concurrent.futures
import csv
import gzip
import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

import openpyxl
import pytest

HOSTILE = "<script>alert('x')</script>\"&{{period}}"

PAGES = ["/", "/overview", "/rankings", "/rankings?group=central&indicator=overall", "/agencies",
         "/milestones", "/milestones?agency=01",
         "/agencies/01", "/agencies/VN", "/agencies/G03", "/agencies/01/online-filing",
         "/agencies/VN/online-filing", "/agencies/01/help-channel", "/agencies/VN/un-rank",
         "/indicators", "/indicators/online-filing", "/indicators/un-rank?group=central",
         "/indicators/mobile-portal", "/method"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """`nq17 web` on a store."""

    def __init__(self, store, *args):
        self.port = free_port()
        self.process = store.popen("web", f"--listen=127.0.0.1:{self.port}", *args)
        for _ in range(600):
            assert self.process.poll() is None, self.process.stderr.read()
            try:
                if self.get("/readyz").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("the server does not get ready")

    def get(self, path, method="GET", headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            answer.body = answer.read()
            answer.text = answer.body.decode("utf-8", "replace")
            return answer
        finally:
            connection.close()

    def json(self, path):
        answer = self.get(path)
        assert answer.status == 200, answer.text
        return json.loads(answer.body)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        try:
            return self.process.wait(timeout=30)
        finally:
            self.process.kill()
            self.process.stdout.close()
            self.process.stderr.close()


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def dossier(agency, number, online, procedure="1.000001"):
    return {"agency": agency, "dossier": f"{agency}-{number}", "procedure": procedure,
            "channel": "online" if online else "counter",
            "received_at": "2020-10-05T08:00:00+07:00", "resolved_at": "2020-11-05T08:00:00+07:00",
            "one_stop": True}


@pytest.fixture(scope="module")
def store(module_store):
    services = [{"agency": a, "procedure": "1.000001", "name_vi": HOSTILE, "level": "4",
                 "valid_from": "2019-01-01", "help_channel": True} for a in ("01", "79", "G03")]
    services.append({"agency": "01", "procedure": "=1+1", "name_vi": "=HYPERLINK(\"x\")", "level": "3",
                     "valid_from": "2019-01-01"})
    module_store.run("import", "--type", "service", "--format", "ndjson", "-", input=lines(*services))
    records = [dossier("01", i, i < 7) for i in range(10)]
    records += [dossier("79", i, i < 1) for i in range(10)]
    records += [dossier("G03", i, i < 5, "=1+1" if i == 0 else "1.000001") for i in range(10)]
    module_store.run("import", "--type", "dossier", "--format", "ndjson", "-", input=lines(*records))
    module_store.run("import", "--type", "agency", "--format", "ndjson", "-", input=lines(
        {"code": "ZZ", "kind": "other", "name_vi": HOSTILE, "valid_from": "2019-01-01"}))
    module_store.run("import", "--type", "dossier", "--format", "ndjson", "-",
                     input=lines(dossier("ZZ", 1, True)))
    return module_store


@pytest.fixture(scope="module")
def web(store):
    server = Server(store)
    yield server
    assert server.stop() == 0


def with_query(path, **query):
    return path + ("&" if "?" in path else "?") + urllib.parse.urlencode(query)


def without_own_scripts(text):
    """TEXT without the tags of the scripts that we serve ourselves."""
    return re.sub(r'<script src="/static/[a-z]+\.js\?v=[0-9a-f]+" defer></script>', "", text)


def complaints(answer):
    """What tidy says of a page; nothing where there is no tidy."""
    if not shutil.which("tidy"):
        return []
    told = subprocess.run(["tidy", "-q", "-e", "-utf8"], input=answer.body, capture_output=True)
    return [line for line in told.stderr.decode().splitlines()
            if "proprietary attribute" not in line and "lacks \"summary\"" not in line]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_and_are_sound_html(web, path, language):
    period = "2020" if "un-rank" in path else "2020-Q4"
    answer = web.get(with_query(path, period=period, lang=language))
    assert answer.status == 200, answer.text
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text
    assert "{{" not in answer.text.replace("{{period}}", "")
    assert complaints(answer) == []


def test_no_page_lets_a_name_become_markup(web):
    for path in ("/agencies", "/agencies/01/online-filing", "/agencies/01", "/agencies/ZZ",
                 "/agencies/ZZ/online-filing", "/indicators/online-filing/ranking.svg"):
        answer = web.get(with_query(path, period="2020-Q4"))
        assert answer.status == 200, path
        assert "<script" not in without_own_scripts(answer.text)
        assert "alert" not in answer.text or "&lt;script&gt;alert" in answer.text
    assert "&lt;script&gt;" in web.get("/agencies?period=2020-Q4").text
    assert "&lt;script&gt;" in web.get("/agencies/01/online-filing?period=2020-Q4").text
    for path in ("/agencies/%3Cscript%3E", "/?period=%3Cscript%3E", "/%3Cscript%3E",
                 "/rankings?group=%22%3E%3Cscript%3E"):
        answer = web.get(path)
        assert answer.status in (400, 404)
        assert "<script" not in without_own_scripts(answer.text)


def test_formulas_in_csv_are_text(web):
    answer = web.get("/agencies/01/help-channel.csv?period=2020-Q4")
    assert answer.body.startswith(b"\xef\xbb\xbfperiod,agency,")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert {row["procedure"] for row in rows} == {"1.000001", "'=1+1"}
    assert all(not value.startswith("=") for row in rows for value in row.values())
    assert 'attachment; filename="nq17-explain-2020-Q4.csv"' == answer.getheader("Content-Disposition")


def test_json_page_and_api_show_one_figure(web):
    asked = "period=2020-Q4&agency=01&indicator=online-filing"
    [figure] = web.json(f"/api/v1/observations?{asked}")["observations"]
    assert (figure["numerator"], figure["denominator"], figure["percent"]) == (7, 10, "70.00")
    explained = web.json("/agencies/01/online-filing.json?period=2020-Q4")["explain"]["observation"]
    assert explained == figure
    listed = [row for row in web.json("/indicators/online-filing.json?period=2020-Q4")["rows"]
              if row["agency"] == "01"]
    assert listed == [figure]
    own = [row["figure"] for row in web.json("/agencies/01.json?period=2020-Q4")["targets"]]
    assert figure in own
    nation = web.json("/overview.json?period=2020-Q4")["leading"]["figure"]
    assert nation == web.json("/api/v1/observations?period=2020-Q4&agency=VN"
                              "&indicator=online-filing")["observations"][0]
    page = web.get("/agencies/01/online-filing?period=2020-Q4").text
    assert "70,00%" in page
    assert "70.00%" in web.get("/agencies/01/online-filing?period=2020-Q4&lang=en").text


TABLES = ["/overview", "/rankings", "/agencies", "/agencies/01", "/agencies/01/help-channel",
          "/indicators", "/indicators/online-filing", "/milestones", "/method", "/resolution"]


def sheet_of(answer):
    assert answer.status == 200, answer.text
    assert answer.getheader("Content-Type") == \
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).active
    head = int(re.match(r"A(\d+):", sheet.auto_filter.ref)[1])
    assert sheet.freeze_panes == f"A{head + 1}"
    rows = [[cell for cell in row] for row in sheet.iter_rows(min_row=head)]
    return sheet, rows[0], rows[1:]


@pytest.mark.parametrize("path", TABLES)
def test_workbook_holds_what_the_csv_holds(web, path):
    table = list(csv.reader(io.StringIO(web.get(path + ".csv?period=2020-Q4").body.decode("utf-8-sig"))))
    names, lines_ = table[0], table[1:]
    for language in ("vi", "en"):
        sheet, heads, rows = sheet_of(web.get(f"{path}.xlsx?period=2020-Q4&lang={language}"))
        # Every column has a title in the language, and every line is there.
        assert len(heads) == len(names) and not {cell.value for cell in heads} & set(names)
        rows = [row for row in rows if any(cell.value is not None for cell in row)]
        assert len(rows) == len(lines_)
        for row, line in zip(rows, lines_):
            for name, cell, printed in zip(names, row, line):
                assert cell.data_type != "f", cell.value
                if not printed:
                    assert cell.value is None, (name, cell.value)
                elif name in ("numerator", "denominator", "rank", "met", "judged", "year"):
                    assert cell.value == int(printed)
                elif name == "value" and "." in printed:
                    # As the pages print it: two digits, rounded by the one rule.
                    assert cell.number_format == "0.00%"
                    assert abs(cell.value - float(printed)) <= 0.00005 + 1e-9
                elif name.endswith("percent"):
                    assert round(cell.value * 100, 6) == float(printed)
                elif name in ("due", "done_on", "deadline"):
                    assert cell.value.date().isoformat() == printed
                elif name in ("agency", "indicator", "procedure", "period"):
                    assert cell.value == printed.removeprefix("'")
        assert "2020" in sheet["A2"].value or "2020" in sheet["A3"].value


def test_formulas_in_a_workbook_are_text(web):
    _, heads, rows = sheet_of(web.get("/agencies/01/help-channel.xlsx?period=2020-Q4"))
    hostile = [cell for row in rows for cell in row if str(cell.value).startswith("=")]
    assert {cell.value for cell in hostile} == {"=1+1", '=HYPERLINK("x")'}
    assert {cell.data_type for cell in hostile} <= {"s", "inlineStr"}


def test_api_csv_has_the_columns_of_kpi(web, store):
    answer = web.get("/api/v1/observations.csv?period=2020-Q4&agency=01")
    kpi = store.run("kpi", "--period", "2020-Q4", "--agency", "01", "--format", "csv").stdout
    assert answer.body.decode("utf-8-sig").splitlines() == kpi.splitlines()


@pytest.mark.parametrize("path, status", [
    ("/nothing", 404), ("/agencies/QQQ", 404), ("/agencies/01/nothing", 404),
    ("/indicators/nothing", 404), ("/static/nothing", 404), ("/static/../main.c", 404),
    ("/?period=2020-Q5", 400), ("/?period=%27%3B--", 400), ("/?lang=fr", 400),
    ("/rankings?group=all", 400), ("/rankings?indicator=nothing", 404), ("/?period=%FF%FE", 400),
    ("/?" + "&".join(f"a{i}=1" for i in range(40)), 400),
    ("/healthz.json", 406), ("/rankings?as_of=2020-01-01", 404), ("/rankings?vintage=1", 404),
])
def test_pages_refuse_in_words(web, path, status):
    answer = web.get(path)
    assert answer.status == status
    if status != 406:
        assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
        assert "<h1>" in answer.text and '<html lang="vi">' in answer.text
    assert answer.getheader("Cache-Control") == "no-store"


@pytest.mark.parametrize("path, status", [
    ("/api/v1/nothing", 404), ("/api/v1/observations?period=2020-Q5", 400),
    ("/api/v1/observations?agency=QQQ", 404), ("/api/v1/observations?indicator=nothing", 404),
    ("/api/v1/observations?perod=2020", 400), ("/api/v1/observations?unverified=perhaps", 400),
    ("/api/v1/observations?as_of=2019-01-01T00:00:00Z", 404),
    ("/api/v1/observations?as_of=yesterdayish", 400), ("/rankings.json?period=x", 400),
    ("/agencies/QQQ.json", 404),
])
def test_api_refuses_as_problem_json(web, path, status):
    answer = web.get(with_query(path, lang="en"))
    assert answer.status == status
    assert answer.getheader("Content-Type") == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["status"] == status
    assert problem["title"] and problem["detail"]
    assert problem["instance"].startswith(path)


def test_unverified_indicators_are_shown_only_when_asked_for(web):
    def slugs(query):
        return {o["indicator"] for o in web.json(f"/api/v1/observations?period=2020{query}")["observations"]}
    assert "work-files-online" not in slugs("")
    assert "work-files-online" in slugs("&unverified=true")
    assert "work-files-online" not in web.get("/indicators?period=2020").text


@pytest.mark.parametrize("target, status", [
    (b"/\xff", 404), (b"/%ff", 404), (b"/?period=\xff", 400), ("/?ghi=chú".encode(), 200),
    # A NUL ends a string of C, and no address: caches would keep /account as a picture.
    (b"/rankings%00.css", 400), (b"/static/style.css%00.js", 400), (b"/?period=2020%00-Q4", 400),
    (b"//example.org", 404), (b"//example.org/", 404), (b"http://example.org/", 404)])
def test_no_address_ends_the_server_or_leads_away(web, target, status):
    with socket.create_connection(("127.0.0.1", web.port), timeout=60) as client:
        client.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert not re.search(rb'(href|src|action)="(//|[a-z]+:)', answer)
    assert web.get("/healthz").status == 200


def test_methods(web):
    for path in ("/", "/api/v1/observations", "/healthz"):
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            answer = web.get(path, method=method)
            assert answer.status == 405, (path, method)
            assert answer.getheader("Allow") == "GET, HEAD"
    assert web.get("/nothing", method="POST").status == 404
    assert web.get("/", method="POST", headers={"Content-Length": "99999999"}, body=b"").status == 413
    got, head = web.get("/healthz"), web.get("/healthz", method="HEAD")
    assert head.status == 200 and head.body == b""
    assert head.getheader("Content-Length") == got.getheader("Content-Length")


def test_a_connection_serves_many_requests(web):
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
    connection.connect()
    mine = connection.sock
    for path in ("/healthz", "/readyz", "/?period=2020", "/nothing", "/healthz"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is mine, path
    connection.close()


def test_security_headers_are_on_every_answer(web):
    tag = web.get("/method?period=2020").getheader("ETag")
    answers = [web.get(path) for path in ("/", "/nothing", "/healthz", "/static/style.css",
                                          "/api/v1/targets", "/api/v1/nothing", "/agencies/")]
    answers += [web.get("/", method="POST"),
                web.get("/method?period=2020", headers={"If-None-Match": tag})]
    assert answers[-1].status == 304
    for answer in answers:
        policy = answer.getheader("Content-Security-Policy")
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Referrer-Policy") == "same-origin"
    assert answers[6].status == 301 and answers[6].getheader("Location") == "/agencies"
    for path in ("//evil.example/", "/\\evil.example/"):
        assert web.get(path).getheader("Location") is None


def test_no_page_needs_script_or_inline_style(web):
    for path in PAGES:
        text = without_own_scripts(web.get(with_query(path, period="2020-Q4")).text)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", text), path
        assert not re.search(r'(src|href)="(https?:)?//', text), path


def test_etag_holds_until_the_store_changes(web, store):
    path = "/agencies/79/online-filing?period=2020-Q4"
    first = web.get(path)
    tag = first.getheader("ETag")
    assert "10,00%" in first.text
    again = web.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert again.status == 304 and again.body == b"" and again.getheader("ETag") == tag
    assert web.get(path, headers={"If-None-Match": '"other"'}).status == 200
    store.run("import", "--type", "dossier", "--format", "ndjson", "-",
              input=lines(*[dossier("79", i, True) for i in range(10, 20)]))
    after = web.get(path, headers={"If-None-Match": tag})
    assert after.status == 200 and after.getheader("ETag") != tag
    assert "55,00%" in after.text


def test_gzip_carries_the_same_page(web):
    plain = web.get("/rankings?period=2020-Q4")
    packed = web.get("/rankings?period=2020-Q4", headers={"Accept-Encoding": "deflate, gzip"})
    assert plain.getheader("Content-Encoding") is None
    assert packed.getheader("Content-Encoding") == "gzip"
    assert packed.getheader("Vary") == "Accept-Encoding, Cookie"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) * 3 < len(plain.body)
    assert packed.getheader("ETag") != plain.getheader("ETag")
    refused = web.get("/rankings?period=2020-Q4", headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.getheader("Content-Encoding") is None
    brotli = web.get("/rankings?period=2020-Q4", headers={"Accept-Encoding": "gzip, br"})
    assert brotli.getheader("Content-Encoding") == "br"
    assert len(brotli.body) < len(packed.body)
    assert len({a.getheader("ETag") for a in (plain, packed, brotli)}) == 3


def test_what_may_be_kept_by_whom(web):
    page = web.get("/method?period=2020")
    assert page.getheader("Cache-Control") == "no-cache"
    style = re.search(r'"(/static/style.css\?v=\w+)"', page.text)[1]
    for address, kept in ((style, True), ("/static/style.css", False),
                          ("/static/style.css?v=0", False), ("/api/v1/openapi.json", False)):
        answer = web.get(address)
        assert answer.status == 200
        assert ("immutable" in answer.getheader("Cache-Control")) == kept, address
    again = web.get(style, headers={"If-None-Match": web.get(style).getheader("ETag")})
    assert again.status == 304 and "immutable" in again.getheader("Cache-Control")
    # The API follows Accept-Language, pages do not.
    english = web.get("/api/v1/agencies", headers={"Accept-Language": "en"})
    assert "Accept-Language" in ", ".join(english.headers.get_all("Vary"))
    assert "Accept-Language" not in ", ".join(page.headers.get_all("Vary"))


@pytest.mark.parametrize("path", ["/rankings?period=2020-Q4", "/rankings.csv?period=2020-Q4",
                                  "/rankings.xlsx?period=2020-Q4", "/static/style.css",
                                  "/indicators/online-filing/ranking.svg?period=2020-Q4",
                                  "/api/v1/agencies"])
def test_the_head_of_an_answer_is_that_of_the_whole(web, path):
    whole, head = web.get(path), web.get(path, method="HEAD")
    assert head.status == 200 and head.body == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control", "Content-Disposition"):
        assert head.getheader(name) == whole.getheader(name), name
    for method in ("GET", "HEAD"):
        known = web.get(path, method=method, headers={"If-None-Match": whole.getheader("ETag")})
        assert known.status == 304 and known.body == b""


def test_charts_have_addresses_of_their_own(web):
    svg = web.get("/indicators/online-filing/ranking.svg?period=2020-Q4")
    assert svg.status == 200 and svg.getheader("Content-Type") == "image/svg+xml"
    assert "<title>" in svg.text and "<script" not in svg.text
    png = web.get("/indicators/online-filing/ranking.png?period=2020-Q4")
    assert png.status == 200 and png.body.startswith(b"\x89PNG\r\n")
    for address in ("/overview/map.svg?period=2020-Q4",
                    "/indicators/online-filing/map.svg?period=2020-Q4&show=scale",
                    "/rankings/heat.svg?period=2020-Q4&group=central"):
        drawn = web.get(address)
        assert drawn.status == 200 and "<desc>" in drawn.text, address
    assert web.get("/overview/map.svg?period=2020-Q4&show=pie").status == 400
    assert web.get("/indicators/online-filing/pie.svg?period=2020-Q4").status == 404
    nothing = web.get("/indicators/online-filing/ranking.svg?period=2019-Q1")
    assert nothing.status == 404


def test_openapi_names_what_there_is(web):
    described = web.json("/api/v1/openapi.json")
    assert described["openapi"] == "3.1.0"
    for path, methods in described["paths"].items():
        # With a key only: known, and closed.
        wanted = 405 if "post" in methods else 401 if "security" in methods["get"] else 200
        address = path.replace("{type}", "dossier").replace("{id}", "1")
        needed = [f"{p['name']}={p['schema']['examples'][0]}" for p in methods.get("get", {}).get(
            "parameters", []) if p.get("required") and p["in"] == "query"]
        assert web.get(address + "?" + "&".join(needed)).status == wanted, path
    names = {p.get("name") for p in described["paths"]["/api/v1/observations"]["get"]["parameters"]}
    assert {"agency", "indicator", "unverified", "as_of"} <= names
    fields = described["components"]["schemas"]["Observation"]["required"]
    for observation in web.json("/api/v1/observations?period=2020")["observations"]:
        assert set(fields) <= set(observation)


def test_metrics_have_bounded_labels(web):
    for i in range(30):
        web.get(f"/agencies/made-up-{i}")
    text = web.get("/metrics").text
    assert "made-up" not in text
    assert re.search(r'nq17_http_requests_total\{route="/agencies/:agency",class="4xx"\} \d+', text)
    assert "nq17_database_jobs_waiting" in text


# ---- Trouble ---------------------------------------------------------------------


def test_a_dripping_client_is_let_go(web):
    """One byte a second keeps a connection busy, so silence alone must not decide."""
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", web.port), timeout=5) as drip:
        drip.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        drip.settimeout(0.05)
        for _ in range(60):
            time.sleep(0.5)
            try:
                drip.sendall(b"a")
                if drip.recv(4096) == b"":
                    break
            except socket.timeout:
                continue
            except OSError:
                break
        else:
            raise AssertionError("still open")
    assert 5 < time.monotonic() - started < 20


def test_heads_without_end_are_refused(web):
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        try:
            for i in range(2000):
                client.sendall(b"X-Filler-%d: %s\r\n" % (i, b"a" * 100))
            client.sendall(b"\r\n")
        except OSError:
            pass
        try:
            first = client.recv(64)
        except OSError:
            first = b""
    assert first == b"" or re.match(rb"HTTP/1.1 4(31|13|14)", first)
    assert web.get("/healthz").status == 200


def test_a_stuck_query_stalls_no_neighbour(web, store):
    with store.connect() as blocker:
        with blocker.transaction():
            blocker.execute("LOCK TABLE batch IN ACCESS EXCLUSIVE MODE")
            stuck = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
            stuck.request("GET", "/method?period=2020-Q1")
            for _ in range(20):
                started = time.monotonic()
                assert web.get("/healthz").status == 200
                assert time.monotonic() - started < 1
        assert stuck.getresponse().status == 200
        stuck.close()


def test_many_visitors_at_once_cost_one_answer(web):
    def missed():
        return int(re.search(r'cache_total\{result="missed"\} (\d+)', web.get("/metrics").text).group(1))

    before = missed()
    with concurrent.futures.ThreadPoolExecutor(12) as visitors:
        answers = list(visitors.map(lambda _: web.get("/rankings?period=2020-11"), range(12)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert missed() - before == 1
    # What fails is not kept, and does not hold up those who wait for it.
    with concurrent.futures.ThreadPoolExecutor(12) as visitors:
        answers = list(visitors.map(lambda _: web.get("/rankings?period=2020-99"), range(12)))
    assert {answer.status for answer in answers} == {400}


def test_a_lost_connection_is_made_again(web, store):
    with store.connect("web") as same_role:
        for n in range(3):    # pages that are not kept, and so need a connection
            assert web.get(f"/search?q=ha+{n}").status == 200
            ended = same_role.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND usename = current_user").fetchone()[0]
            assert ended > 0
    assert web.get("/method?period=2020").status == 200


def test_without_its_database_the_server_says_so(store_of_its_own):
    server = Server(store_of_its_own)
    try:
        with store_of_its_own.connect() as owner:
            owner.execute("ALTER TABLE batch RENAME TO was_batch")
        assert server.get("/?lang=en").status in (500, 503)
        assert "was_batch" not in server.get("/?lang=en").text
        assert server.get("/healthz").status == 200
    finally:
        assert server.stop(signal.SIGINT) == 0


@pytest.fixture
def store_of_its_own(kept_store):
    return kept_store


def test_a_taken_port_is_told(web, store):
    told = store.run("web", f"--listen=127.0.0.1:{web.port}", code=1)
    assert "another program does already" in told.stderr
    told = store.run("run", f"--listen=127.0.0.1:{web.port}", code=1)
    assert "another program does already" in told.stderr


def test_usage(store):
    for command in ("web", "run"):
        assert store.run(command, "--help").stdout.startswith(f"usage: nq17 {command}")
        store.run(command, "--nothing", code=2)
        store.run(command, "nothing", code=2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_root_gives_up_its_rights(web):
    status = open(f"/proc/{web.process.pid}/status", encoding="utf-8").read()
    for kind in ("Uid", "Gid"):
        ids = re.search(rf"^{kind}:\s+(.+)$", status, re.M).group(1).split()
        assert "0" not in ids
    assert re.search(r"^CapEff:\s+0+$", status, re.M)


# ---- nq17 run --------------------------------------------------------------------


def start_run(store, port, *args):
    """`nq17 run` in a process group of its own, as a shell starts it."""
    process = store.popen("run", f"--listen=127.0.0.1:{port}", *args, start_new_session=True)
    for line in process.stdout:      # on sample data the accounts stand before it
        if f"http://127.0.0.1:{port}/" in line:
            return process
    raise AssertionError(process.stderr.read())


def end_run(process, how=signal.SIGINT):
    os.killpg(process.pid, how)
    assert process.wait(timeout=60) == 0
    process.stdout.close()
    process.stderr.close()


def fetch(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def database_runs(store):
    return "running" in store.run("db", "status", code=None).stdout.replace("not running", "")


def test_run_serves_until_ctrl_c_and_again(store_not_running):
    store, port = store_not_running, free_port()
    for how in (signal.SIGINT, signal.SIGTERM):
        process = start_run(store, port)
        assert fetch(port, "/readyz")[0] == 200
        status, page = fetch(port, "/?lang=en")
        assert status == 200 and "SAMPLE DATA" not in page
        end_run(process, how)
        with pytest.raises(OSError):
            fetch(port, "/healthz")


def test_run_fills_a_store_with_sample_data_once(store_not_running):
    store, port = store_not_running, free_port()
    process = start_run(store, port, "--sample")
    status, first = fetch(port, "/rankings.json?period=2020-Q4")
    assert status == 200
    assert "DỮ LIỆU MẪU" in fetch(port, "/")[1]
    ranked = json.loads(first)["ranked"]
    assert len(ranked) == 63
    end_run(process)
    began = time.monotonic()
    process = start_run(store, port, "--sample")
    again = json.loads(fetch(port, "/rankings.json?period=2020-Q4")[1])
    assert again["ranked"] == ranked
    assert time.monotonic() - began < 30
    end_run(process)


@pytest.fixture
def store_not_running(template):
    import conftest
    made = conftest.copy_of(template)
    yield made
    made.destroy()
