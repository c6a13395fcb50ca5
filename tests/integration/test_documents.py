# test_documents.py -- the official reports, in every form and both languages.
import csv
import io
import json
import re
import subprocess
import zipfile

import openpyxl
import pytest

from test_report import HEADS, LABELS, flat, pages, sampled  # noqa: F401

REPORTS = ("compliance", "ranking", "indicator", "brief", "restatement", "evidence")
PERIOD = "2020-Q3"


@pytest.fixture(scope="module")
def written(sampled, tmp_path_factory):  # noqa: F811
    folder, made = tmp_path_factory.mktemp("documents"), {}

    def write(report, ending, *flags, period=PERIOD):
        key = (report, ending, flags, period)
        if key not in made:
            made[key] = folder / f"{len(made)}.{ending}"
            sampled.run("report", report, "--period", period, *flags, "--output", made[key])
        return made[key]

    return write


def kpi(store, *flags, period=PERIOD):
    out = store.run("kpi", "--period", period, "--format", "csv", *flags).stdout
    return {(row["agency"], row["indicator"]): row for row in csv.DictReader(io.StringIO(out))}


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_report_as_pdf(written, report, lang):
    path = written(report, "pdf", "--lang", lang)
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    found = pages(path)
    code = json.loads(written(report, "json", "--lang", lang).read_text())["verification"]
    for page in found:
        assert LABELS[lang] in page and code in page
    text = flat(" ".join(found))
    assert ("BÁO CÁO" if lang == "vi" else "REPORT") in text
    if lang == "en":    # names of procedures and sources are as they were given
        head = flat(found[0])
        assert "chỉ tiêu" not in head and "Cơ quan" not in head


def test_the_brief_is_one_page(written):
    for flags in ((), ("--lang", "en"), ("--agency", "38"), ("--agency", "G12", "--lang", "en")):
        for period in ("2020", "2020-Q3", "2025-Q3", "2018"):
            assert len(pages(written("brief", "pdf", *flags, period=period))) == 1, (flags, period)


def test_the_brief_tells_no_move_across_a_merger(written):
    """34 provinces are not ranked against 63."""
    model = json.loads(written("brief", "json", period="2025-Q3").read_text())
    province = next(g for g in model["ranking"] if g["group"] == "province")
    assert len(province["rows"]) == 34 and all(row["move"] is None for row in province["rows"])
    calm = json.loads(written("brief", "json", period="2020-Q3").read_text())
    province = next(g for g in calm["ranking"] if g["group"] == "province")
    assert any(row["move"] for row in province["rows"])


def test_the_ranking_is_that_of_kpi(written, sampled):  # noqa: F811
    known, before = kpi(sampled), kpi(sampled, period="2020-Q2")
    rows = list(csv.reader(io.StringIO(written("ranking", "csv").read_text(encoding="utf-8-sig"))))
    assert rows[0][:3] == ["Hạng", "Tăng, giảm", "Cơ quan"] and len(rows) == 64
    model = json.loads(written("ranking", "json").read_text())
    for group in model["groups"]:
        for row in group["rows"]:
            figure = known[row["agency"], "online-filing"]
            counted = tuple("" if row[key] is None else str(row[key]) for key in ("numerator", "denominator"))
            assert counted == (figure["numerator"], figure["denominator"])
            assert (row["rank"] or "") == (int(figure["rank"]) if figure["rank"] else "")
            earlier = before[row["agency"], "online-filing"]["rank"]
            if row["rank"] and earlier:
                assert row["move"] == int(earlier) - row["rank"]


def test_workbooks_hold_numbers(written, sampled):  # noqa: F811
    book = openpyxl.load_workbook(written("compliance", "xlsx"))
    assert book.sheetnames[0] == "Báo cáo" and len(book.sheetnames) > 3
    words = "\n".join(str(row[0].value) for row in book["Báo cáo"].iter_rows())
    assert LABELS["vi"] in words and "Mã kiểm tra" in words
    known = kpi(sampled)
    for sheet in book.worksheets[1:]:
        head = [cell.value for cell in sheet[3]]
        if head[:3] != ["Hạng", "Cơ quan", "Tử số"] and head[:4] != ["Hạng", "Nhóm", "Cơ quan", "Tử số"]:
            continue
        at = {name: n for n, name in enumerate(head)}
        seen = {}
        for row in sheet.iter_rows(min_row=4):
            if isinstance(row[at["Mẫu số"]].value, (int, float)):
                seen[row[at["Tử số"]].value, row[at["Mẫu số"]].value] = row[at["Kết quả"]]
        counted = {(int(f["numerator"]), int(f["denominator"])) for (_, slug), f in known.items()
                   if slug == "online-filing" and f["denominator"] not in ("", "0")}
        assert seen and set(seen) - {(0, 0)} <= counted
        for (numerator, denominator), cell in seen.items():
            if denominator:
                assert cell.value == pytest.approx(numerator / denominator, abs=0.0001)
                assert cell.number_format == "0.00%"
        break
    else:
        raise AssertionError("no table of the ranking")


def test_same_command_same_bytes(written, sampled, tmp_path):  # noqa: F811
    for report, ending in (("brief", "pdf"), ("evidence", "pdf"), ("compliance", "xlsx"), ("ranking", "csv")):
        again = tmp_path / f"again.{ending}"
        sampled.run("report", report, "--period", PERIOD, "--output", again)
        assert again.read_bytes() == written(report, ending).read_bytes(), (report, ending)


def test_formulas_in_names_are_text(kept_store, tmp_path):
    """What agencies send never becomes a formula, and letters of XML stay letters."""
    from test_import import send_csv
    send_csv(kept_store, 'code,kind,name_vi,valid_from\nALPHA,other,"=1+1 <b> & ""x""",2019-01-01\n', "agency")
    send_csv(kept_store, "agency,dossier,procedure,channel,received_at,resolved_at\n"
                         "ALPHA,D1,=cmd|x,online,2020-07-01,2020-07-02\n")
    path = tmp_path / "r.xlsx"
    kept_store.run("report", "compliance", "--period", PERIOD, "--agency", "ALPHA", "--output", path)
    with zipfile.ZipFile(path) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    assert not any("<f>" in sheet for sheet in sheets)
    values = [cell.value for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert "=cmd|x" in values and any('=1+1 <b> & "x"' in str(value) for value in values)


def test_evidence_of_a_figure(written, sampled):  # noqa: F811
    model = json.loads(written("evidence", "json", "--agency", "38").read_text())
    figure = kpi(sampled)["38", "online-filing"]
    procedures = model["explain"]["procedures"]
    assert sum(p["numerator"] for p in procedures) == int(figure["numerator"])
    assert sum(p["denominator"] for p in procedures) == int(figure["denominator"])
    assert sum(b["dossiers"] for b in model["explain"]["batches"]) == int(figure["denominator"])
    text = flat(" ".join(pages(written("evidence", "pdf", "--agency", "38"))))
    for batch in model["explain"]["batches"]:
        assert batch["sha256"] in text.replace(" ", "") or batch["sha256"][:20] in text


def test_restatements_are_told_with_their_cause(kept_store, tmp_path):
    from test_import import AGENCIES, send_csv
    send_csv(kept_store, AGENCIES, "agency")
    head = "agency,dossier,procedure,channel,received_at,resolved_at,updated_at\n"
    send_csv(kept_store, head + "".join(f"ALPHA,D{n},P,counter,2020-07-01,2020-07-02,2020-07-03\n" for n in range(10)))
    kept_store.run("publish", "--period", PERIOD, "--by", "an", "--accept", "few", "--second", "binh")
    report = ("report", "restatement", "--period", PERIOD, "--lang", "en", "--output")
    kept_store.run(*report, tmp_path / "before.pdf")
    assert "No figure has changed" in flat(" ".join(pages(tmp_path / "before.pdf")))
    send_csv(kept_store, head + "ALPHA,D0,P,online,2020-07-01,2020-07-02,2020-08-03\n")
    kept_store.run(*report, tmp_path / "after.pdf")
    text = flat(" ".join(pages(tmp_path / "after.pdf")))
    assert "0 / 10" in text and "1 / 10" in text and "corrections" in text


def test_wrong_questions(sampled, tmp_path):  # noqa: F811
    out = tmp_path / "x.pdf"
    sampled.run("report", "nonsense", "--period", PERIOD, "--output", out, code=2)
    sampled.run("report", "brief", "--period", PERIOD, "--output", tmp_path / "x.doc", code=2)
    sampled.run("report", "indicator", "--period", PERIOD, "--indicator", "nonsense", "--output", out, code=1)
    sampled.run("report", "evidence", "--period", PERIOD, "--agency", "999", "--output", out, code=1)
    sampled.run("report", "compliance", "--period", PERIOD, "--page", "0", "--output", tmp_path / "x.png", code=2)
    sampled.run("report", "compliance", "--period", PERIOD, "--page", "99", "--output", tmp_path / "x.png", code=1)
    assert not out.exists()
    assert re.match(rb"\x89PNG", written_page(sampled, tmp_path, 2))


def written_page(store, folder, page):
    path = folder / "page.png"
    store.run("report", "compliance", "--period", PERIOD, "--page", page, "--output", path)
    return path.read_bytes()
