# test_layout.py -- the pages of all reports: the rules of layout (tests/boxes.py) for the
# smallest, the largest and an empty agency, the longest names and the largest numbers; and
# what the office sets of them: letterheads, numbers, annexes, tables inside, SVG, form II.06a.
import csv
import io
import json
import re
import subprocess
import unicodedata
import xml.etree.ElementTree

import pytest

import boxes
import serving
from test_import import send_csv
from test_report import flat, pages, sampled  # noqa: F401

PERIOD = "2020-Q3"
LONG = ("Ban Chỉ đạo Chuyển đổi số và Cải cách hành chính liên ngành Nông nghiệp, Tài chính, Văn hóa, Thể thao, Du lịch và "
        "Phát triển nông thôn, miền núi, hải đảo Nghiêngngảnghoằnngoèokhôngmộtdấucáchnàocảchẳngaiđọcnổi")
HUGE = 999999999999
AGENCIES = ("VN", "38", "LARGEST", "LONG", "NONE")
KINDS = ("compliance", "ranking", "indicator", "brief", "restatement", "evidence", "form06a")


@pytest.fixture(scope="module")
def house(sampled):  # noqa: F811
    """Beside the samples an agency of a long name with large numbers, one with nothing, and
    the largest: every figure of it was published and has changed since."""
    send_csv(sampled, f'code,kind,name_vi,name_en,valid_from\nLONG,other,"{LONG}","{LONG}",2019-01-01\n'
                      "NONE,other,Cơ quan chưa gửi gì,Silent Agency,2019-01-01\n", "agency")
    send_csv(sampled, "agency,measure,period,value\n" + "".join(
        f"{agency},{measure},{PERIOD},{HUGE}\n" for agency in ("LONG", "01")
        for measure in ("dossiers_received", "dossiers_resolved", "dossiers_resolved_on_time")), "count")
    head = "agency,dossier,procedure,sector,channel,received_at,due_at,resolved_at,updated_at\n"
    lines = [f"01,H{n},1.{n % 97:06},Lĩnh vực số {n % 41} có tên dài hơn một dòng của cột,online,2020-07-{n % 28 + 1:02},"
             f"2020-08-{n % 28 + 1:02},2020-08-{n % 23 + 1:02},2020-08-30\n" for n in range(3000)]
    send_csv(sampled, head + "".join(lines))
    sampled.run("publish", "--period", PERIOD, "--by", "an", "--accept", "few,swings,late,coverage", "--second", "binh", code=None)
    send_csv(sampled, head + "".join(line.replace(",online,", ",counter,").replace("2020-08-30", "2020-10-30")
                                     for line in lines[:500]))
    return sampled


@pytest.fixture(scope="module")
def drawn(house, tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("layout"), {}

    def draw(report, ending="boxes", agency="VN", lang="vi", *flags):
        key = (report, ending, agency, lang, flags)
        if key not in made:
            path = folder / f"{len(made)}.{ending}"
            whose = () if agency == "VN" else ("--agency", {"LARGEST": "01"}.get(agency, agency))
            got = house.run("report", report, "--period", PERIOD, "--lang", lang, *whose, *flags, "--output", path, code=None)
            made[key] = path if got.returncode == 0 else got.stderr
        return made[key]

    return draw


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("report", KINDS)
def test_the_rules_of_layout(drawn, report, lang):
    seen = 0
    for agency in AGENCIES:
        path = drawn(report, "boxes", agency, lang)
        if isinstance(path, str):      # the report is of no such agency
            assert (report, agency) in {("form06a", "VN"), ("indicator", "38"), ("indicator", "LARGEST"),
                                        ("indicator", "LONG"), ("indicator", "NONE"), ("evidence", "LONG"),
                                        ("evidence", "NONE")}, path
            continue
        text = path.read_text()
        assert boxes.faults(text) == [], (report, agency)
        assert all(rows >= 3 for rows in boxes.tails(text)), (report, agency, boxes.tails(text))
        seen += 1
    assert seen >= 1 + (report != "indicator") * 2


def test_rules_that_are_broken_are_found():
    """The rules themselves: each of these pages breaks one."""
    end = "P     85.0  700.0   50.0   13.3 Nơi nhận:\n"
    page = "page 1 595.3 841.9\nP     85.0  100.0   50.0   14.4 Lời\n"
    assert boxes.faults(page + end) == []
    for wrong, word in (("P    540.0  200.0   30.0   14.4 ra ngoài\n", "margins"),
                        ("P     85.0  780.0   30.0   14.4 quá thấp\n", "above or below"),
                        ("P     90.0  104.0   30.0   14.4 đè lên\n", "on one another"),
                        ("Figure hình\n", "figure goes on")):
        assert any(word in fault for fault in boxes.faults(page + wrong + end)), wrong
    assert any("alone" in f for f in boxes.faults("page 1 595.3 841.9\n" + end))
    assert any("heading alone" in f for f in boxes.faults(page + end + "H2    85.0  730.0   30.0   14.4 I. MỤC\n"))
    table = "Table\nTH    85.0  200.0   30.0   14.4 Hạng\nTD    85.0  220.0   30.0   14.4 1\n"
    second = "page 2 595.3 841.9\n-    300.0   30.0    6.0   14.4 2\nTD    85.0   60.0   30.0   14.4 2\n/Table\n"
    assert any("no head" in f for f in boxes.faults(page + table + second + end))


# ---- The annex -------------------------------------------------------------------

def test_the_annex_holds_every_figure(drawn, house):
    rows = list(csv.DictReader(io.StringIO(house.run("kpi", "--period", PERIOD, "--format", "csv").stdout)))
    known = {(r["agency"], r["indicator"]): r for r in rows}
    model = json.loads(drawn("compliance", "json").read_text())["annex"]
    slugs = [i["slug"] for i in model["indicators"]]
    seen = 0
    for group in model["groups"]:
        for line in group["rows"]:
            for slug, figure in zip(slugs, line["figures"], strict=True):
                if figure is not None:
                    own = known[line["agency"], slug]
                    told = tuple("" if figure[k] is None else str(figure[k]) for k in ("numerator", "denominator", "status"))
                    assert told == (own["numerator"], own["denominator"], own["status"]), own
                    seen += 1
    assert seen > 85 * 6
    turned = [p for p in boxes.read(drawn("compliance").read_text()) if p.width > p.height]
    text = " ".join(flat(p) for p in pages(drawn("compliance", "pdf"))[-len(turned):])
    assert len(turned) >= 3 and "(Kèm theo Báo cáo số" in text
    for group in model["groups"]:
        for line in group["rows"]:
            name = "Cả nước" if line["is_nation"] else line["agency_name_vi"]
            assert name in text, name


# ---- Tables inside, and pages as SVG ------------------------------------------------

@pytest.mark.parametrize("report", ["compliance", "ranking", "form06a"])
def test_every_table_is_inside(drawn, tmp_path, report):
    agency = "LARGEST" if report == "form06a" else "VN"
    pdf = drawn(report, "pdf", agency)
    subprocess.run(["pdfdetach", "-saveall", "-o", tmp_path, pdf], check=True)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names[0] == "nq17-figures.csv"
    assert names[1:] == [f"nq17-table-{n:02}.csv" for n in range(1, len(names))] and len(names) > 1
    export = drawn(report, "csv", agency).read_bytes()
    assert export in [(tmp_path / name).read_bytes() for name in names]
    if report == "compliance":     # as many as there are captions
        captions = set(re.findall(r"Bảng (\d+)\. ", " ".join(pages(pdf))))
        assert len(captions) == len(names) - 1


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_page_as_svg(drawn, lang):
    name = "{http://www.w3.org/2000/svg}"
    for page, path in enumerate((drawn("compliance", "svg", "38", lang), drawn("compliance", "svg", "38", lang, "--page", "2")), 1):
        root = xml.etree.ElementTree.parse(path).getroot()
        assert root.find(f"{name}title").text and root.find(f"{name}desc").text
        words = "".join("".join(t.itertext()) for t in root.iter(f"{name}text"))
        printed = pages(drawn("compliance", "pdf", "38", lang))[page - 1]
        assert sorted(words.replace(" ", "")) == sorted("".join(printed.split()))
    assert isinstance(drawn("compliance", "svg", "38", lang, "--page", "99"), str)


def test_svg_over_http(house):
    site = serving.Server(house, "web")
    try:
        got = site.ask(f"/reports/brief.svg?period={PERIOD}")
        assert got.status == 200 and got.headers["Content-Type"].startswith("image/svg+xml")
        assert b"<title>" in got.body and got.body.endswith(b"</svg>\n")
        assert site.ask(f"/reports/brief.svg?period={PERIOD}&page=9").status == 404
        assert "svg" in json.loads(site.ask(f"/api/v1/reports?period={PERIOD}").body)["reports"][0]["forms"]
        # Dossiers are not everybody's to count.
        assert site.ask(f"/reports/form06a.pdf?period={PERIOD}&agency=38").status == 403
        assert site.ask(f"/reports/brief.pdf?period={PERIOD}&issued=x").status == 400
    finally:
        site.stop()


# ---- Letterheads -----------------------------------------------------------------------

def test_letterheads(house, tmp_path):
    house.run("agency", "letterhead", "79", "--parent", "Chính phủ", "--name", LONG, "--symbol", "UBND-KSTT",
              "--place", "Thành phố Hồ Chí Minh", "--to", "Thủ tướng Chính phủ; Văn phòng Chính phủ",
              "--recipients", "Như trên; Lưu: VT", "--position", "TM. Ủy ban nhân dân; Chủ tịch", "--signer", "Nguyễn Văn A")
    house.run("agency", "letterhead", "79", "--for", "en", "--place", "Ho Chi Minh City")
    assert "Nguyễn Văn A" in house.run("agency", "letterhead", "79").stdout
    for report in ("compliance", "brief", "evidence", "ranking", "restatement"):
        house.run("report", report, "--agency", "79", "--period", PERIOD, "--lang", "vi", "--number", "8",
                  "--issued", "2020-02-07", "--output", tmp_path / "r.pdf")
        text = flat(" ".join(pages(tmp_path / "r.pdf")))
        for words in ("CHÍNH PHỦ", "Số: 08/BC-UBND-KSTT", "Thành phố Hồ Chí Minh, ngày 07 tháng 02 năm 2020", "Kính gửi: - Thủ",
                      "- Văn phòng Chính phủ.", "- Như trên;", "- Lưu: VT.", "CHỦ TỊCH", "Nguyễn Văn A", "DỰ THẢO"):
            assert words in text, (report, words)
        house.run("report", report, "--agency", "79", "--period", PERIOD, "--output", tmp_path / "r.boxes")
        assert boxes.faults((tmp_path / "r.boxes").read_text()) == [], report
    blank = tmp_path / "e.pdf"
    house.run("report", "brief", "--agency", "79", "--period", PERIOD, "--lang", "en", "--output", blank)
    text = flat(pages(blank)[0])
    assert "Ho Chi Minh City, ....." in text and "No. ........../BC-UBND" in text and "left blank" in text
    # A later one holds from its day on; what is not given stays, "" takes it away.
    house.run("agency", "letterhead", "79", "--from", "2099-01-01", "--signer", "")
    assert "Nguyễn Văn A" in house.run("agency", "letterhead", "79").stdout
    house.run("agency", "letterhead", "79", "--signer", "", "--place", "Sài Gòn")
    shown = house.run("agency", "letterhead", "79").stdout
    assert "Nguyễn" not in shown and "Sài Gòn" in shown and "UBND-KSTT" in shown
    house.run("agency", "letterhead", "XX", "--place", "x", code=1)
    house.run("agency", "letterhead", "79", "--symbol", "x" * 31, code=1)
    house.run("report", "brief", "--period", PERIOD, "--issued", "2020-02-30", "--output", blank, code=1)


def letters_of_the_typefaces():
    """The letters that each face has, asked of the fonts."""
    faces = [f"/usr/share/fonts/truetype/liberation2/Liberation{family}-{face}.ttf" for family in ("Sans", "Serif")
             for face in ("Regular", "Bold", "Italic", "BoldItalic")]
    found = []
    for face in faces:
        spans = subprocess.run(["fc-query", "--format=%{charset}", face], text=True, capture_output=True, check=True).stdout.split()
        ends = [(int(span.split("-")[0], 16), int(span.split("-")[-1], 16)) for span in spans]
        found.append({letter for low, high in ends for letter in range(low, high + 1)})
    return set.intersection(*found)


def test_letters_that_the_typeface_lacks(house, tmp_path):
    """They are refused where they are set; a report that would print one is not written, and says which."""
    known = letters_of_the_typefaces()
    with house.connect() as db:
        lacking = {at for at, in db.execute("SELECT c FROM generate_series(32, 65533) c WHERE c NOT BETWEEN 55296 AND 57343"
                                            " AND typeface_lacks('a' || chr(c)) IS NOT NULL")}
        composed = {at for at in range(32, 65534) if unicodedata.normalize("NFC", chr(at)) != chr(at)}
        assert lacking - composed == set(range(32, 65534)) - set(range(55296, 57344)) - known - composed
    for option in ("parent", "name", "symbol", "place", "to", "recipients", "position", "signer"):
        got = house.run("agency", "letterhead", "38", f"--{option}", "Văn 越 B", code=1).stderr
        assert "越" in got and "lacks" in got and {"to": "receivers"}.get(option, option) in got, got
    with house.connect() as db:      # stored before that was asked
        db.execute("INSERT INTO letterhead (agency_id, lang, valid_from, parent, name, symbol, place, receivers, recipients,"
                   " position, signer, changed_by) SELECT office_agency('NONE'), 'vi', '-infinity', x, x, 'X', x, x, x, x, x, 'y'"
                   " FROM (VALUES ('Văn 越 🚀')) v (x)")
    for report in ("compliance", "ranking", "brief", "restatement"):
        path = tmp_path / f"{report}.pdf"
        got = house.run("report", report, "--agency", "NONE", "--period", PERIOD, "--output", path, code=1).stderr
        assert "越" in got and not path.exists(), got
    # What was there and is not touched is not in the way of a change.
    house.run("agency", "letterhead", "NONE", "--place", "Hà Nội")


# ---- Form II.06a ------------------------------------------------------------------------

def test_form_06a_adds_up_and_says_what_is_missing(kept_store, tmp_path):
    send_csv(kept_store, "code,kind,name_vi,valid_from\nALPHA,other,Cơ quan A,2019-01-01\nBETA,other,Cơ quan B,2019-01-01\n"
                         "GAMMA,other,Cơ quan C,2019-01-01\n", "agency")
    head = "agency,dossier,procedure,sector,channel,status,received_at,due_at,resolved_at,updated_at\n"
    send_csv(kept_store, head +
             "ALPHA,A1,P,Đất đai,online,resolved,2020-06-20,2020-07-10,2020-07-05,2020-07-05\n"      # from before, early
             "ALPHA,A2,P,Đất đai,counter,resolved,2020-07-02,2020-07-10,2020-07-10T00:00:00+07:00,2020-07-10\n"   # on its day
             "ALPHA,A3,P,Đất đai,post,resolved,2020-07-02,2020-07-10,2020-07-12,2020-07-12\n"        # late
             "ALPHA,A4,P,Đất đai,online,withdrawn,2020-07-02,2020-07-10,,2020-07-20\n"               # as the form has it
             "ALPHA,A5,P,Đất đai,online,processing,2020-09-02,2020-10-10,,2020-09-02\n"              # in time
             "ALPHA,A6,P,Đất đai,online,processing,2020-08-02,2020-08-10,,2020-08-02\n"              # late
             "ALPHA,A7,P,Đất đai,online,supplement,2020-08-02,2020-08-10,,2020-08-02\n"              # waits
             "ALPHA,A8,P,Hộ tịch,online,resolved,2020-07-02,,2020-07-12,2020-07-12\n"                # no due date
             "ALPHA,A9,P,Hộ tịch,online,resolved,2020-05-02,2020-06-01,2020-06-12,2020-06-12\n"      # over before
             "ALPHA,B1,P,Hộ tịch,online,received,2020-10-02,2020-11-01,,2020-10-02\n"                # comes later
             "ALPHA,B2,P,Hộ tịch,online,void,2020-07-02,2020-11-01,,2020-10-02\n")
    send_csv(kept_store, "agency,measure,period,value\nBETA,dossiers_received,2020-Q3,10\n"
                         "BETA,dossiers_received_online,2020-Q3,4\nBETA,dossiers_resolved,2020-Q3,7\n", "count")

    def report(agency, ending="json", code=0):
        path = tmp_path / f"f.{ending}"
        kept_store.run("report", "form06a", "--agency", agency, "--period", "2020-Q3", "--output", path, code=code)
        return path

    land, births, total = json.loads(report("ALPHA").read_text())["rows"]
    assert [land[f"c{n}"] for n in range(3, 14)] == [7, 4, 2, 1, 4, 1, 2, 1, 3, 2, 1]
    assert [births[f"c{n}"] for n in range(3, 14)] == [1, 1, 0, 0, 1, None, None, None, 0, 0, 0]
    assert [total[f"c{n}"] for n in range(3, 14)] == [8, 5, 2, 1, 5, None, None, None, 3, 2, 1]
    text = flat(" ".join(pages(report("ALPHA", "pdf"))))
    assert "Biểu số II.06a/VPCP/KSTT" in text and "(Từ ngày 01/07/2020 đến ngày 30/09/2020)" in text
    assert "Tổng cộng 8 5 2 1 5 thiếu thiếu thiếu 3 2 1" in text and "1 hồ sơ không ghi thời hạn" in text
    (row,) = json.loads(report("BETA").read_text())["rows"]
    assert [row.get(f"c{n}") for n in range(3, 14)] == [None, 4, 6, None, 7, None, None, None, None, None, None]
    assert "thiếu 4 6 thiếu 7 thiếu" in flat(" ".join(pages(report("BETA", "pdf"))))
    assert json.loads(report("GAMMA").read_text())["rows"] == []
    assert "chưa gửi hồ sơ" in flat(pages(report("GAMMA", "pdf"))[0])
    report("VN", code=2)
    rows = list(csv.reader(io.StringIO(report("ALPHA", "csv").read_text(encoding="utf-8-sig"))))
    assert len(rows[0]) == 13 and rows[0][2] == "Tiếp nhận: Tổng số" and rows[-1][1:5] == ["Tổng cộng", "8", "5", "2"]
    assert report("ALPHA", "xlsx").read_bytes()[:2] == b"PK" and report("ALPHA", "svg").read_text().startswith("<svg")
