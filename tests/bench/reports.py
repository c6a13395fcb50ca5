# reports.py -- the eight-page tagged report of an agency: drawn by report_bench, and printed by a
# headless Chromium that is warm already, from HTML with the same words (without the charts).
# Milliseconds of the processor, of all processes of the browser; memory as it lies, shared
# pages by their share.
#
#   reports.py BENCH tests/data/report_agency.json FOLDER
import base64
import html
import json
import os
import pathlib
import re
import subprocess
import sys

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

PAGES, RENDERS, PRINTS, ROUNDS = 8, 100, 5, 4
STYLE = ("@page { size: A4; margin: 20mm 15mm 20mm 30mm } body { font: 13pt 'Liberation Serif' }"
         " p { line-height: 1.3 } table { width: 100%; border-collapse: collapse; font-size: 12pt; line-height: 1.3 }"
         " td, th { border-bottom: .5pt solid #d7dbe0; padding: 4pt; text-align: left }")
bench, source, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


def draw(model, renders):
    """Milliseconds, bytes, MiB, the PDF."""
    path, out = folder / "model.json", folder / "ours.pdf"
    path.write_text(json.dumps(model))
    line = subprocess.run([bench, path, str(renders), "0", out], check=True, capture_output=True, text=True).stdout
    return float(line.split()[0]), out.stat().st_size, float(line.split()[6]), out


def pages_of(path):
    return int(re.search(r"Pages:\s+(\d+)", subprocess.run(["pdfinfo", path], check=True, capture_output=True,
                                                           text=True).stdout)[1])


def of_eight_pages(model):
    """An agency with as many procedures as it takes."""
    some, number = list(model["procedures"]), 0
    while pages_of(draw(model, 10)[3]) < PAGES:
        model["procedures"] += [row | {"procedure": f"{row['procedure']}-{number}"} for row in some]
        number += 1
    return model


def as_html(path):
    """The tags and the words of the PDF, as a page of the web."""
    lines = subprocess.run(["pdfinfo", "-struct-text", path], check=True, capture_output=True, text=True).stdout
    body, open_tags = [], []
    for line in lines.splitlines():
        depth, word = len(line) - len(line.lstrip()), line.split()[0] if line.strip() else ""
        word = word.rstrip(":")
        if word in ("H1", "H2", "H3", "P", "Table", "TR", "TH", "TD", "Figure"):
            while open_tags and open_tags[-1][0] >= depth:
                body.append(f"</{open_tags.pop()[1]}>")
            tag = {"Figure": "p"}.get(word, word.lower())
            open_tags.append((depth, tag))
            body.append(f"<{tag}>")
        elif line.strip().startswith('"'):
            body.append(html.escape(line.strip()[1:-1]))
    body += [f"</{tag}>" for _, tag in reversed(open_tags)]
    return f"<!doctype html><html lang=en><title>Report</title><style>{STYLE}</style><body>{''.join(body)}"


def family(pid):
    """A process and all below it."""
    yield pid
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from family(child)


def memory_of(pid):
    """MiB of a family, shared pages by their share."""
    found = (re.search(r"Pss:\s+(\d+)", pathlib.Path(f"/proc/{one}/smaps_rollup").read_text()) for one in family(pid))
    return sum(int(match[1]) for match in found if match) / 1024


def processor_of(pid):
    """Milliseconds that a family has used so far."""
    stats = (pathlib.Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in family(pid))
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) * 1000 / os.sysconf("SC_CLK_TCK")


def open_browser():
    options = Options()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def main():
    model = of_eight_pages(json.loads(source.read_text()))
    ours_path = draw(model, 10)[3]
    subprocess.run(["qpdf", "--check", ours_path], check=True, capture_output=True)
    page = folder / "report.html"
    page.write_text(as_html(ours_path))
    browser = open_browser()
    try:
        browser.get(page.as_uri())
        pid, took, ours = browser.service.process.pid, [], []
        for _ in range(ROUNDS + 1):     # in turn, so that both meet the same neighbours
            since = processor_of(pid)
            for _ in range(PRINTS):
                printed = base64.b64decode(browser.execute_cdp_cmd(
                    "Page.printToPDF", {"generateTaggedPDF": True, "preferCSSPageSize": True})["data"])
            took.append((processor_of(pid) - since) / PRINTS)
            ours.append(draw(model, RENDERS))
        theirs, memory = min(took[1:]), memory_of(pid)
    finally:
        browser.quit()
    (folder / "theirs.pdf").write_bytes(printed)
    each, size, own_memory, path = min(ours)
    print(f"  our own, {pages_of(path)} pages        {each:8.2f} ms {size:9,} B {own_memory:7.1f} MiB  qpdf --check: clean")
    print(f"  Chromium, warm, {pages_of(folder / 'theirs.pdf')} pages {theirs:8.2f} ms {len(printed):9,} B {memory:7.1f} MiB")
    for name, value, goal in (("as fast, times", theirs / each, 8), ("less memory, times", memory / own_memory, 20),
                              ("of 200 KB", 200_000 / size, 1)):
        print(f"  {name:32} {value:8.1f}  goal {goal}: {'met' if value >= goal else 'MISSED'}")


main()
