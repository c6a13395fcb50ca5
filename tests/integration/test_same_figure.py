# test_same_figure.py -- the same figure in `nq17 kpi`, the API, the page and the PDF.
import csv
import html
import io
import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

import conftest


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(base, path):
    with urllib.request.urlopen(base + path, timeout=60) as answer:
        return answer.read().decode()


def page_text(markup):
    """What a reader sees: no tags, one space between words."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup)))


@pytest.fixture(scope="module")
def served(module_store):
    counts = [("G03", "dossiers_resolved", 100000), ("G03", "dossiers_resolved_one_stop", 99995),
              ("38", "dossiers_resolved", 168746), ("38", "dossiers_resolved_online", 115665),
              ("38", "dossiers_resolved_one_stop", 168746), ("79", "dossiers_resolved", 0)]
    lines = "".join(json.dumps({"agency": a, "measure": m, "period": "2020", "value": v}) + "\n"
                    for a, m, v in counts)
    module_store.run("import", "--type", "count", "--format", "ndjson", "-", input=lines)
    port = free_port()
    web = module_store.popen("web", f"--listen=127.0.0.1:{port}", stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                fetch(base, "/readyz")
                break
            except (urllib.error.URLError, ConnectionError):
                assert web.poll() is None
                time.sleep(0.05)
        yield module_store, base
    finally:
        web.terminate()
        web.wait(timeout=30)


def read_all(served, tmp_path_factory, agency, indicator):
    store, base = served
    row = next(csv.DictReader(io.StringIO(store.run(
        "kpi", "--period", "2020", "--agency", agency, "--indicator", indicator,
        "--format", "csv").stdout)))
    api = json.loads(fetch(base, f"/api/v1/observations?period=2020&agency={agency}"
                                 f"&indicator={indicator}"))["observations"][0]
    page = page_text(fetch(base, f"/agencies/{agency}/{indicator}?period=2020"))
    pdf = conftest.new_folder() / "report.pdf"
    store.run("report", "compliance", "--period", "2020", "--agency", agency, "--output", pdf)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True,
                          check=True).stdout
    return row, api, page, re.sub(r"[ \t]+", " ", text)


@pytest.mark.parametrize("agency, indicator, value, printed, fraction, status, word", [
    ("38", "online-filing", "0.685438", "68,54%", "115.665", "met", "Đạt"),
    ("G03", "one-stop", "0.999950", "99,99%", "99.995", "not_met", "Chưa đạt"),
])
def test_four_readers(served, tmp_path_factory, agency, indicator, value, printed, fraction, status,
                      word):
    row, api, page, pdf = read_all(served, tmp_path_factory, agency, indicator)
    assert (row["value"], row["status"]) == (value, status)
    assert (api["value"], api["status"]) == (value, status)
    assert api["percent"].replace(".", ",") + "%" == printed
    for text in (page, pdf):
        assert printed in text and fraction in text and word in text
    assert str(api["numerator"]) == row["numerator"]
    assert str(api["denominator"]) == row["denominator"]


def test_the_ranking_of_the_nation_prints_the_same(served):
    store, base = served
    rows = csv.DictReader(io.StringIO(store.run("kpi", "--period", "2020", "--indicator",
                                                "online-filing", "--format", "csv").stdout))
    ranked = {r["agency"]: r for r in rows if r["rank"]}
    assert ranked.keys() == {"38"}
    pdf = conftest.new_folder() / "nation.pdf"
    store.run("report", "compliance", "--period", "2020", "--output", pdf)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True,
                          check=True).stdout
    assert "68,54%" in text and "Thanh Hóa" in text
    assert "68,54%" in page_text(fetch(base, "/rankings?period=2020&group=province"))


def test_zero_is_not_applicable_in_every_reader(served, tmp_path_factory):
    row, api, page, pdf = read_all(served, tmp_path_factory, "79", "online-filing")
    assert (row["denominator"], row["value"], row["status"]) == ("0", "", "not_applicable")
    assert (api["value"], api["percent"], api["status"]) == (None, None, "not_applicable")
    assert "Không áp dụng" in page and "Không áp dụng" in pdf


def test_the_same_store_and_command_give_the_same_bytes(served):
    store, _ = served
    folder = conftest.new_folder()
    for name in ("a.pdf", "b.pdf"):
        store.run("report", "compliance", "--period", "2020", "--lang", "en", "--output", folder / name)
    assert (folder / "a.pdf").read_bytes() == (folder / "b.pdf").read_bytes()
