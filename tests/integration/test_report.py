# test_report.py -- nq17 report on a real store of samples: its pages as poppler and
# qpdf see them, in both languages, and the charts as pictures.
import json
import re
import struct
import subprocess
import xml.etree.ElementTree

import pytest

LABELS = {"vi": "DỮ LIỆU MẪU", "en": "SAMPLE DATA"}
HEADS = {"vi": ("Hạng", "Cơ quan", "Tử số", "Kết quả"), "en": ("Rank", "Agency", "Count", "Result")}


@pytest.fixture(scope="module")
def sampled(module_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    module_store.run("sample", "--type", "all", "--records", "6000", "--output", folder)
    files = {path.name.split(".")[0]: path for path in folder.iterdir()}
    for kind in ("service", "fact", "count", "dossier"):
        module_store.run("import", "--type", kind, files[kind])
    return module_store


@pytest.fixture(scope="module")
def written(sampled, tmp_path_factory):
    """Reports by name, language and agency, each made once."""
    folder, made = tmp_path_factory.mktemp("reports"), {}

    def write(ending="pdf", name="compliance", lang="vi", agency=None, period="2020"):
        key = (ending, name, lang, agency, period)
        if key not in made:
            made[key] = folder / f"{len(made)}.{ending}"
            whose = ("--agency", agency) if agency else ()
            sampled.run("report", name, "--period", period, "--lang", lang, *whose, "--output", made[key])
        return made[key]

    return write


def pages(pdf):
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    assert text.endswith("\f")
    return text[:-1].split("\f")


def flat(text):
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("agency", [None, "38", "G12"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_is_marked_as_a_sample(written, lang, agency):
    found = pages(written(lang=lang, agency=agency))
    assert len(found) > 1
    number = 0
    for page in found:
        number = 1 if re.search(r"^ *(PHỤ LỤC|ANNEX)$", page, re.M) else number + 1     # an annex for itself
        assert page.count(LABELS[lang]) == 1, f"page {number}"
        if number > 1:
            assert re.match(rf"\s*{number}\s", page), f"page {number} has no number"
    assert LABELS["en" if lang == "vi" else "vi"] not in "".join(found)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_continued_tables_repeat_their_head(written, lang):
    """Table 5 ranks 63 provinces, more than a page holds."""
    rows = json.loads(written("json", lang=lang).read_text())["ranking"][1]["rows"]
    assert len(rows) == 63
    names = {row[f"agency_name_{lang}"] for row in rows}
    carrying, listed = 0, set()
    for page in pages(written(lang=lang)):
        lines = page.splitlines()
        # A row of the ranking has its value and its coverage, of the overall order a "met / judged".
        own = [i for i, line in enumerate(lines)
               if re.match(r"\s*\d+\s", line) and line.count("%") >= 2 and "/" not in line
               and any(name in line for name in names)]
        if not own:
            continue
        carrying += 1
        listed |= {name for name in names for i in own if name in lines[i]}
        assert any(all(word in line for word in HEADS[lang]) for line in lines[:own[0]]), page
    assert carrying >= 2
    assert len(listed) > 55  # those without a rank have no percentage


def test_the_overall_order_is_that_of_the_model(written):
    model = json.loads(written("json").read_text())
    text = flat("\n".join(pages(written())))
    for group in model["overall"]:
        ranked = [row for row in group["rows"] if row["rank"] is not None]
        assert ranked and ranked == sorted(ranked, key=lambda r: (-r["met"], -float(r["attainment_percent"])))
        for row in ranked:
            percent = row["attainment_percent"].replace(".", ",")
            name = re.escape(row["agency_name_vi"])
            assert re.search(f"{name} {row['met']} ?/ ?{row['judged']} {percent}%", text), row
    assert text.count("Cách xếp: ") == len(model["overall"])
    own = model["overall"][1]["rows"][0]
    page = flat(pages(written(agency=own["agency"]))[0])
    assert f"hạng {own['rank']} trong {len(model['overall'][1]['rows'])} tỉnh, thành phố (đạt {own['met']}/" in page


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_recast_agencies_are_marked_after_the_merger(written, lang):
    model = json.loads(written("json", lang=lang, period="2025").read_text())
    recast = [row for group in model["ranking"] for row in group["rows"] if row["recast"]]
    assert recast
    text = flat("\n".join(pages(written(lang=lang, period="2025"))))
    for row in recast:
        assert f"{row[f'agency_name_{lang}'].split()[-1]} (*)" in text
    assert {"vi": "(*) Đã cộng số liệu", "en": "(*) With the figures"}[lang] in text
    assert "(*)" not in "".join(pages(written(lang=lang)))


def test_places_are_no_fractions(written):
    rows = {row["indicator"]: row for row in json.loads(written("json").read_text())["targets"]}
    assert rows["un-rank"]["percent"] is None and rows["un-rank"]["denominator"] == 1
    text = flat("\n".join(pages(written())))
    assert re.search(rf"G1 [^/≤]* {rows['un-rank']['value']} ≤ 78", text)


@pytest.mark.parametrize("agency", [None, "38"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_file_is_sound_and_brings_its_fonts(written, lang, agency):
    pdf = written(lang=lang, agency=agency)
    subprocess.run(["qpdf", "--check", str(pdf)], check=True, capture_output=True)
    fonts = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert fonts
    for font in fonts:  # embedded, a subset, with a map to Unicode
        assert font.split()[-5:-2] == ["yes", "yes", "yes"], font
    information = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    assert "A4" in information and re.search(r"Tagged:\s+yes", information)


@pytest.mark.parametrize("ending,name", [("pdf", "compliance"), ("png", "compliance"), ("svg", "ranking"),
                                         ("png", "ranking"), ("svg", "trend"), ("svg", "targets")])
def test_the_same_store_gives_the_same_bytes(sampled, written, tmp_path, ending, name):
    again = tmp_path / f"again.{ending}"
    sampled.run("report", name, "--period", "2020", "--lang", "vi", "--output", again)
    assert again.read_bytes() == written(ending, name).read_bytes()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_ranking_comes_as_drawing_and_picture(written, lang):
    picture = written("png", "ranking", lang=lang, agency="38").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1200 and height > 600
    drawing = xml.etree.ElementTree.parse(written("svg", "ranking", lang=lang, agency="38")).getroot()
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    words = " ".join(drawing.itertext())
    assert LABELS[lang] in words
    rows = json.loads(written("json", "ranking", lang=lang, agency="38").read_text())["groups"][0]["rows"]
    assert len(rows) == 63
    for row in rows:
        assert row[f"agency_name_{lang}"] in words
        if row["percent"] is not None:
            printed = row["percent"].replace(".", ",") if lang == "vi" else row["percent"]
            assert f"{printed}%" in words
    assert any(row["denominator"] and row["denominator"] < 1000 for row in rows)
    assert {"vi": "khoảng tin cậy 95%", "en": "95% interval"}[lang] in words


def test_what_is_not_there_is_refused(sampled, tmp_path):
    file = tmp_path / "none.pdf"
    assert "XX" in sampled.run("report", "compliance", "--period", "2020", "--agency", "XX",
                                      "--output", file, code=1).stderr
    sampled.run("report", "compliance", "--period", "2020", "--output", tmp_path / "none.docx", code=2)
    sampled.run("report", "pie", "--period", "2020", "--output", tmp_path / "none.svg", code=2)
    assert not file.exists()


@pytest.mark.parametrize("period,published", [("2020", False), ("2020-Q3", True)])
def test_of_each_agency_what_it_would_get_alone(sampled, tmp_path, period, published):
    """Drawn together, by one thread or three, they are the files of single commands."""
    if published:
        sampled.run("publish", "--period", period, "--by", "an", "--accept", "sample", "--second", "binh")
    each = ("report", "compliance", "--period", period, "--each", "--both")
    sampled.run(*each, "--format", "json", "--output", tmp_path / "one")
    sampled.run(*each, "--workers", "1", "--output", tmp_path / "one")
    sampled.run(*each, "--workers", "3", "--output", tmp_path / "three")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(names) == 85 * 2 * 2
    for path in (tmp_path / "three").iterdir():
        assert path.read_bytes() == (tmp_path / "one" / path.name).read_bytes()
    for agency in ("01", "38", "G12"):
        for lang in ("vi", "en"):
            for ending in ("pdf", "json"):
                alone = tmp_path / f"alone.{ending}"
                sampled.run("report", "compliance", "--period", period, "--agency", agency, "--lang", lang,
                            "--output", alone)
                together = tmp_path / "one" / f"compliance-{period}-{agency}-{lang}.{ending}"
                assert together.read_bytes() == alone.read_bytes(), together.name
    sampled.run("verify", tmp_path / "three" / f"compliance-{period}-38-en.pdf")


def test_wrong_bursts_are_refused(sampled, tmp_path):
    each = ("report", "compliance", "--period", "2020", "--each", "--output", tmp_path / "out")
    sampled.run(*each, "--agency", "38", code=2)
    sampled.run(*each, "--workers", "0", code=2)
    sampled.run(*each, "--format", "doc", code=1)
    assert not (tmp_path / "out").exists()
    sampled.run("report", "compliance", "--period", "2020", "--both", "--output", tmp_path / "x.pdf", code=2)
