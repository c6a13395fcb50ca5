# test_excel.py -- records in workbooks: as officials make them, and as nobody should.
import csv
import datetime
import os
import unicodedata
import zipfile

import openpyxl
import pytest

from test_import import (AGENCIES, assert_expected, counts, load_wabo_agencies, peak_memory, receipt,
                         send_csv, wabo)


@pytest.fixture
def office(kept_store):
    send_csv(kept_store, AGENCIES, "agency")
    return kept_store


def write(path, rows, title=None):
    book = openpyxl.Workbook()
    sheet = book.active
    if title:
        sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_wabo(kept_store, wabo, tmp_path):
    """The real records, with times as Excel keeps them."""
    load_wabo_agencies(kept_store, wabo)
    rows = []
    with open(wabo / "dossiers.csv", newline="") as file:
        for n, row in enumerate(csv.reader(file)):
            rows.append(row)
    for row in rows[1:]:
        for i, name in enumerate(rows[0]):
            if name in ("one_stop",) and row[i]:
                row[i] = row[i] in ("true", "1")
            elif name == "satisfaction" and row[i]:
                row[i] = int(row[i])
            elif row[i] == "":
                row[i] = None
    path = write(tmp_path / "wabo.xlsx", rows)
    answer = receipt(kept_store.run("import", path, code=1))
    assert counts(answer) == (1434, 1432, 0, 0, 0, 2)
    for error in answer["errors"]:
        assert rows[error["line"] - 1][rows[0].index("dossier")] == error["dossier"]
    assert_expected(kept_store, wabo)
    assert receipt(kept_store.run("import", wabo / "dossiers.csv", code=1))["duplicate"] == 1432


def test_cells_as_excel_keeps_them(office, tmp_path):
    moment = datetime.datetime(2020, 6, 1, 8, 30, 15)
    path = write(tmp_path / "c.xlsx", [
        ["BÁO CÁO"], [],
        ["dossier", "Mã TTHC [procedure]", "channel", "received_at", "resolved_at", "satisfaction", "one_stop"],
        ["D1", "1.001193", "online", moment, datetime.date(2020, 6, 5), 5, True],
        ["D2", 1.001193, "online", moment, None, None, None],
        ["D3", "P", "online", "2020-06-01", None, None, "#N/A"],
        [12, "P", "online", "2020-06-01", None, None, False],
        [None, None],
        ["D5", "P", "ONLINE", "2020-06-01"],
    ])
    answer = receipt(office.run("import", "--lang=en", "--agency", "ALPHA", path, code=1))
    assert counts(answer) == (5, 2, 0, 0, 0, 3)
    assert [(e["line"], e["code"], e["field"]) for e in answer["errors"]] == [
        (5, "number_in_code", "procedure"), (6, "cell_error", "one_stop"), (9, "bad_choice", "channel")]
    with office.connect() as db:
        assert db.execute("SELECT dossier, received_at::text, resolved_at::text, satisfaction, one_stop "
                          "FROM dossier ORDER BY dossier").fetchall() == [
            ("12", "2020-06-01 00:00:00+07", None, None, False),
            ("D1", "2020-06-01 08:30:15+07", "2020-06-05 23:59:59.999999+07", 5, True)]
        kept = db.execute("SELECT record FROM quarantine ORDER BY line").fetchall()
    assert kept[2] == ("D5,P,ONLINE,2020-06-01,,,",)
    # The errors file is CSV, and comes back once mended.
    errors = tmp_path / "c.xlsx.errors.csv"
    rows = list(csv.reader(open(errors, newline="")))
    assert rows[0][:3] == ["dossier", "Mã TTHC [procedure]", "channel"] and len(rows) == 4
    errors.write_text(errors.read_text().replace("ONLINE", "online").replace("#N/A", ""))
    assert counts(receipt(office.run("import", "--agency", "ALPHA", errors)))[1] == 3


def test_styles_and_other_sheets(office, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["nothing", "to", "see"])
    sheet = book.create_sheet("Dữ liệu")
    sheet.append(["agency", "dossier", "procedure", "channel", "received_at[dd/MM/yyyy]"])
    sheet.append(["ALPHA", "S1", "P", "online", "07/03/2020"])
    sheet.append(["ALPHA", "S2", "P", "online", datetime.date(2020, 3, 8)])
    path = tmp_path / "s.xlsx"
    book.save(path)
    office.run("import", path)
    with office.connect() as db:
        assert db.execute("SELECT received_day::text FROM dossier ORDER BY dossier").fetchall() == [
            ("2020-03-07",), ("2020-03-08",)]


def test_dates_from_1904(office, tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["agency", "dossier", "procedure", "channel", "received_at"])
    book.active.append(["ALPHA", "M1", "P", "online", datetime.datetime(2020, 2, 29, 23, 59, 59)])
    book.save(tmp_path / "m.xlsx")
    office.run("import", tmp_path / "m.xlsx")
    with office.connect() as db:
        assert db.execute("SELECT received_at::text FROM dossier").fetchone() == ("2020-02-29 23:59:59+07",)


def repack(source, target, change):
    """A copy of a workbook whose parts CHANGE may replace: name -> bytes."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        if STRINGS in change and STRINGS not in old.namelist():
            change = {RELATIONS: old.read(RELATIONS).replace(
                b"</Relationships>", b'<Relationship Id="strings" Type="http://schemas.openxmlformats.org/'
                b'officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'
                b"</Relationships>"), **change}
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
        for name in set(change) - set(old.namelist()):
            new.writestr(name, change[name])
    return target


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


SHARED = (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
          b'<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c>'
          b'<c r="D2" t="s"><v>3</v></c><c r="E2" t="s"><v>4</v></c></row>'
          b'<row r="4"><c r="A4" t="s"><v>5</v></c><c r="B4" t="s"><v>6</v></c><c r="C4" t="s"><v>7</v></c>'
          b'<c r="D4" t="s"><v>8</v></c><c r="E4" t="str"><f>"2020-06-01"</f><v>2020-06-01</v></c></row>'
          b'</sheetData></worksheet>')


def strings(*texts):
    return ("<sst>" + "".join(f"<si>{text}</si>" for text in texts) + "</sst>").encode()


def test_shared_strings(office, plain, tmp_path):
    """As Excel itself writes: strings apart, in runs, with readings that are no text."""
    path = repack(plain, tmp_path / "shared.xlsx", {SHEET: SHARED, STRINGS: strings(
        "<t>agency</t>", "<t>dossier</t>", "<t>procedure</t>", "<t>channel</t>", "<t>received_at</t>",
        "<t>ALPHA</t>", "<r><t>X-</t></r><r><t>1 &amp; 2</t></r><rPh><t>not this</t></rPh>", "<t>P</t>",
        "<t>online</t>")})
    assert counts(receipt(office.run("import", path)))[1] == 1
    with office.connect() as db:
        assert db.execute("SELECT dossier FROM dossier").fetchone() == ("X-1 & 2",)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return write(tmp_path_factory.mktemp("x") / "plain.xlsx", [
        ["agency", "dossier", "procedure", "channel", "received_at"],
        ["ALPHA", "P1", "P", "online", "2020-06-01"]])


def hostile(plain, folder):
    laughs = (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
              b'<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row>'
              b'</sheetData></worksheet>')
    deep = b"<worksheet>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</worksheet>"
    wide = b'<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
    index = b'<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>'
    parts = {"laughs": {SHEET: laughs}, "deep": {SHEET: deep}, "wide": {SHEET: wide},
             "index": {SHEET: index}, "cut-xml": {SHEET: b"<worksheet><sheetData><row>"},
             "no-sheets": {"xl/workbook.xml": b"<workbook/>"},
             "long-string": {STRINGS: strings("<t>" + "x" * 200000 + "</t>")},
             "many-strings": {STRINGS: strings(*["<t>" + "x" * 1000 + "</t>"] * 20000)}}
    for name, change in parts.items():
        yield name, repack(plain, folder / f"{name}.xlsx", change)
    cut = folder / "cut.xlsx"
    cut.write_bytes(plain.read_bytes()[:-200])
    yield "cut", cut
    notes = folder / "zip.xlsx"
    with zipfile.ZipFile(notes, "w") as file:
        file.writestr("a.txt", "no workbook")
    yield "zip", notes
    text = folder / "text.xlsx"
    text.write_text("agency,dossier\n")
    yield "text", text


def test_hostile_workbooks_are_refused(office, plain, tmp_path):
    for name, path in hostile(plain, tmp_path):
        answer = receipt(office.run("import", "--lang=en", path, code=1))
        assert answer["errors"][0]["code"].startswith("file_workbook_"), name
        assert counts(answer)[0] == 0
    office.run("import", plain)


HEAD = ('<worksheet><sheetData><row r="1">' + "".join(
    f'<c t="inlineStr"><is><t>{name}</t></is></c>'
    for name in ("agency", "dossier", "procedure", "channel", "received_at")) + "</row>").encode()


def blanks():
    yield b"<worksheet><sheetData>"
    for _ in range(300):
        yield b" " * 1000000


def names():
    yield b"<worksheet>"
    for n in range(1500000):
        yield b"<a-rather-long-name-of-an-element-%d/>" % n
    yield b"</worksheet>"


def attributes():
    yield b"<worksheet "
    for n in range(1000000):
        yield b"a%d='' " % n
    yield b"/>"


def staggered():
    """Each row has its text in another column, so that no buffer is used twice."""
    yield HEAD
    for n in range(250):
        yield b'<row><c r="%s%s1" t="str"><v>' % (
            b"" if n < 26 else b"%c" % (64 + n // 26), b"%c" % (65 + n % 26)) + b"x y " * 32000 + b"</v></c></row>"
    yield b"</sheetData></worksheet>"


def rows_of_one_string():
    yield HEAD
    for n in range(2, 40000):
        yield b"<row>" + b'<c t="s"><v>0</v></c>' * 7 + b"</row>"
    yield b"</sheetData></worksheet>"


def empty_strings():
    yield b"<sst>"
    for _ in range(10000):
        yield b"<si/>" * 1000
    yield b"</sst>"


@pytest.mark.parametrize("part,bomb,code,change", [
    (SHEET, blanks, "file_workbook_too_large", {}),
    (SHEET, names, "file_workbook_too_large", {}),
    (SHEET, attributes, "file_workbook_too_large", {}),
    (SHEET, staggered, "too_many_columns", {}),
    (SHEET, rows_of_one_string, "file_workbook_too_large", {STRINGS: strings("<t>" + "x" * 130000 + "</t>")}),
    (STRINGS, empty_strings, "file_workbook_too_large", {STRINGS: b""}),
])
def test_bombs_take_no_memory(office, plain, tmp_path, part, bomb, code, change):
    path, flat = tmp_path / "bomb.xlsx", tmp_path / "bomb.xml"
    with open(flat, "wb") as file:
        for piece in bomb():
            file.write(piece)
    repack(plain, tmp_path / "changed.xlsx", change)
    with zipfile.ZipFile(tmp_path / "changed.xlsx") as old, \
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.write(flat, part)
    exit_code, kilobytes = peak_memory(office, "import", path)
    assert exit_code == 1
    if os.environ.get("MODE") != "asan":  # which keeps what was freed
        assert kilobytes < 64 * 1024
    errors = receipt(office.run("import", "--lang=en", "--dry-run", path, code=1))["errors"]
    assert code in {error["code"] for error in errors}


def test_from_a_pipe_and_dry_run(office, plain):
    with open(plain, "rb") as file:
        process = office.popen("import", "--format", "xlsx", "--dry-run", "-", stdin=file)
        out, _ = process.communicate(timeout=60)
    assert '"accepted": 1' in out


@pytest.mark.parametrize("kind", ["dossier", "service", "fact", "count", "agency", "task", "milestone",
                                  "national"])
def test_templates_come_back(module_store, tmp_path, kind):
    path = tmp_path / "t.xlsx"
    module_store.run("template", kind, "--output", path)
    module_store.run("template", kind, "--output", tmp_path / "again.xlsx")
    assert path.read_bytes() == (tmp_path / "again.xlsx").read_bytes()
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:2] == ["Dữ liệu", "Hướng dẫn"]
    assert all(book[name].sheet_state == "hidden" for name in book.sheetnames[2:])
    head = [cell.value for cell in book["Dữ liệu"][1]]
    # What is required has a star, and the guide says the same.
    guide = list(book["Hướng dẫn"].values)
    assert guide[0][:4] == ("Cột", "Trường", "Bắt buộc (*)", "Ví dụ")
    assert [" * [" in cell for cell in head] == [row[2] == "có" for row in guide[1:]]
    assert any(" * [" in cell for cell in head)
    assert all(cell.endswith("]") and not cell.startswith("[") for cell in head)
    # Every field has a Vietnamese name of its own.
    assert all(cell.split(" [")[0] != cell.split(" [")[1].rstrip("]") for cell in head)
    answer = receipt(module_store.run("import", "--type", kind, path, code=1))
    assert answer["errors"][0]["code"] == "file_header_only"


def test_long_lists_of_choices(module_store, tmp_path):
    """Excel takes 255 characters in a rule; a longer list is one of cells."""
    module_store.run("template", "count", "--output", tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    column = next(cell.column_letter for cell in book["Dữ liệu"][1] if "[measure]" in cell.value)
    rule = next(r for r in book["Dữ liệu"].data_validations.dataValidation if f"{column}2" in r.sqref)
    sheet, cells = rule.formula1.rsplit("!", 1)
    choices = [row[0].value for row in book[sheet.strip("='")][cells.replace("$", "")]]
    guide = {row[1]: row[4] for row in book["Hướng dẫn"].values}
    assert ", ".join(choices) == guide["measure"] and len(guide["measure"]) > 255


def test_examples_of_the_guide_are_accepted(office, tmp_path):
    office.run("template", "dossier", "--output", tmp_path / "t.xlsx")
    guide = openpyxl.load_workbook(tmp_path / "t.xlsx")["Hướng dẫn"]
    rows = [row for row in list(guide.values)[1:] if row[3] and row[1] in (
        "agency", "dossier", "procedure", "channel", "received_at", "status", "one_stop")]
    path = write(tmp_path / "e.xlsx", [[row[1] + ("* " if row[2] else "") for row in rows],
                                       ["ALPHA" if row[1] == "agency" else row[3] for row in rows]])
    assert counts(receipt(office.run("import", path)))[1] == 1


def test_a_filled_template(office, tmp_path):
    path = tmp_path / "t.xlsx"
    office.run("template", "dossier", "--output", path, "--lang=en")
    book = openpyxl.load_workbook(path)
    sheet = book["Dữ liệu"]
    columns = {cell.value.split("[")[1].rstrip("]"): cell.column for cell in sheet[1]}
    for field, value in {"agency": "ALPHA", "dossier": "T1", "procedure": "1.001193", "channel": "online",
                         "received_at": "2020-06-01"}.items():
        sheet.cell(2, columns[field], value)
    book.save(path)
    assert counts(receipt(office.run("import", path)))[1] == 1


def form(path, rows, total=None, period="(Từ ngày 15/12/2019 đến ngày 14/03/2020)"):
    lines = [["Biểu số II.06a/VPCP/KSTT", None, "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC"],
             [None, None, f"Kỳ báo cáo: Quý I {period}"], ["-"],
             ["STT", "Lĩnh vực", "Số hồ sơ đã tiếp nhận", None, None, None, "Đã giải quyết"],
             [None, None, "Tổng số", "Trực tuyến"], [f"({n})" for n in range(1, 14)]]
    lines += [[n + 1, f"Lĩnh vực {n}"] + row for n, row in enumerate(rows)]
    if total:
        lines += [[None, "Tổng cộng"] + total]
    lines += [[None, "Người lập biểu"]]
    return write(path, lines)


GOOD = ["1.010", "700", "300", 10, 1000, "600", 300, 100, 10, 6, 4]


def test_form_ii06a(office, tmp_path):
    other = [20, 10, 5, 5, 15, 5, 5, 5, 5, 5, None]
    args = ("import", "--lang=en", "--type", "count", "--format", "ii06a", "--agency", "ALPHA")
    answer = receipt(office.run(*args, form(tmp_path / "f.xlsx", [GOOD, other])))
    assert counts(answer)[1] == 4
    with office.connect() as db:
        found = dict(db.execute("SELECT measure, value FROM reported_count "
                                "WHERE period = 'ND09-2020-Q1'").fetchall())
    assert found == {"dossiers_received": 1015, "dossiers_received_online": 710, "dossiers_resolved": 1015,
                     "dossiers_resolved_on_time": 910}
    # A total that is there counts, and nothing below it.
    calendar = form(tmp_path / "t.xlsx", [GOOD], GOOD, "(Từ ngày 01/01/2020 đến ngày 31/03/2020)")
    office.run(*args, calendar)
    with office.connect() as db:
        assert db.execute("SELECT value FROM reported_count WHERE period = '2020-Q1' "
                          "AND measure = 'dossiers_resolved'").fetchone() == (1000,)
    broken = GOOD[:4] + [999] + GOOD[5:]
    for path, word in (
            (form(tmp_path / "b.xlsx", [GOOD, broken]), "8: (7) = (8) + (9) + (10), 999, 1000"),
            (form(tmp_path / "p.xlsx", [GOOD], period="(Từ ngày 02/01/2020 đến ngày 31/03/2020)"), "Từ ngày"),
            (form(tmp_path / "n.xlsx", [["1,010.5"] + GOOD[1:]]), "1,010.5")):
        answer = receipt(office.run(*args, path, code=1))
        assert answer["errors"][0]["code"] == "file_form_broken" and word in answer["errors"][0]["message"]


def test_a_form_without_a_period(office, tmp_path):
    """--period fills in what the heading lacks; it does not contradict it."""
    bare = form(tmp_path / "b.xlsx", [GOOD], period="")
    assert "--period" in receipt(office.run(*FORM, bare, code=1))["errors"][0]["message"]
    office.run(*FORM, "--period", "2020-Q2", bare)
    with office.connect() as db:
        assert db.execute("SELECT DISTINCT period FROM reported_count").fetchall() == [("2020-Q2",)]
    named, odd = form(tmp_path / "n.xlsx", [GOOD]), form(tmp_path / "o.xlsx", [GOOD],
                                                         period="(Từ ngày 02/01/2020 đến ngày 31/03/2020)")
    office.run(*FORM, "--period", "ND09-2020-Q1", named)
    for path in (named, odd):
        answer = receipt(office.run(*FORM, "--period", "2020-Q1", path, code=1))
        assert answer["errors"][0]["code"] == "file_form_broken", answer
    office.run(*FORM, "--period", "2020-Q9", bare, code=2)
    office.run("import", "--type", "count", "--period", "2020", bare, code=2)


NUMBERS = ["(1)", "(2)", "(3)=(4)+(5)+(6)", "(4)", "(5)", "(6)", "(7) = (8)+(9)+(10)", "(8)", "(9)", "(10)",
           "(11)=(12)+(13)", "(12)", " (13) "]
SECOND = [20, 10, 5, 5, 15, 5, 5, 5, 5, 5, None]
BOTH = [1030, 710, 305, 15, 1015, 605, 305, 105, 15, 11, 4]
FORM = ("import", "--lang=en", "--type", "count", "--format", "ii06a", "--agency", "ALPHA")


def changed(path, cells):
    book = openpyxl.load_workbook(path)
    for (row, column), value in cells.items():
        book.active.cell(row, column, value)
    book.save(path)
    return path


def test_the_numbers_of_a_form(office, tmp_path):
    """With the rules behind them, as printed in the circular; none twice, none missing."""
    path = form(tmp_path / "n.xlsx", [GOOD])
    changed(path, {(6, n + 1): text for n, text in enumerate(NUMBERS)})
    assert counts(receipt(office.run(*FORM, "--dry-run", path)))[1] == 4
    for text in ("(4)", "(x)", None, "(5"):
        changed(path, {(6, 5): text})
        answer = receipt(office.run(*FORM, path, code=1))
        assert answer["errors"][0]["code"] == "file_form_broken", text
        assert "(1) (2) … (13)" in answer["errors"][0]["message"], text


@pytest.mark.parametrize("word", ["Tổng cộng", "TỔNG CỘNG", "Tổng Cộng", "tổng số:",
                                  unicodedata.normalize("NFD", "Tổng cộng")])
def test_a_total_is_no_row_more(office, tmp_path, word):
    path = changed(form(tmp_path / "t.xlsx", [GOOD, SECOND], BOTH), {(9, 2): word})
    office.run(*FORM, path)
    with office.connect() as db:
        assert dict(db.execute("SELECT measure, value FROM reported_count").fetchall()) == {
            "dossiers_received": 1015, "dossiers_received_online": 710, "dossiers_resolved": 1015,
            "dossiers_resolved_on_time": 910}


def test_a_total_that_is_not_that_of_its_rows(office, tmp_path):
    unnamed = changed(form(tmp_path / "u.xlsx", [GOOD, SECOND], BOTH), {(9, 2): "Cộng lại"})
    many = "9223372036854775807"
    for path, words in (
            (form(tmp_path / "w.xlsx", [GOOD, SECOND], GOOD), "9: (3) Tổng cộng, 1010, 1030"),
            (unnamed, "9: STT, Tổng cộng"),
            (form(tmp_path / "m.xlsx", [[many] * 4 + GOOD[4:]]), f"7: {many}")):
        answer = receipt(office.run(*FORM, path, code=1))
        assert words in answer["errors"][0]["message"]
    # Headings over their parts: only what is numbered is summed.
    parts = form(tmp_path / "h.xlsx", [BOTH, GOOD, SECOND], BOTH)
    assert counts(receipt(office.run(*FORM, changed(parts, {(7, 1): "I", (8, 1): 1, (9, 1): 2}))))[1] == 4


def test_the_figure_of_a_form_that_is_refused(office, tmp_path):
    """Sent again with one other figure: that one is the conflict."""
    office.run(*FORM, form(tmp_path / "a.xlsx", [GOOD]))
    later = GOOD[:5] + ["500", 300, 200] + GOOD[8:]
    answer = receipt(office.run(*FORM, form(tmp_path / "b.xlsx", [later]), code=1))
    assert counts(answer) == (4, 0, 0, 3, 0, 1)
    assert [(e["line"], e["dossier"], e["value"]) for e in answer["errors"]] == [
        (4, "dossiers_resolved_on_time", "800")]


def test_a_header_that_lacks_a_column(office, tmp_path):
    """Says so, however many rows follow, and shows none of what they hold."""
    for rows in (3, 60):
        path = write(tmp_path / f"{rows}.xlsx", [["BÁO CÁO"], ["agency", "dossier", "channel", "received_at"]] + [
            ["ALPHA", f"Nguyễn Văn A {n}", "0912345678", "2020-06-01"] for n in range(rows)])
        answer = receipt(office.run("import", "--lang=en", path, code=1))
        assert answer["errors"][0]["code"] == "file_missing_columns"
        assert "missing: procedure." in answer["errors"][0]["message"]
        assert "Nguyễn" not in str(answer) and "0912345678" not in str(answer)
    # No row names any field.
    answer = receipt(office.run("import", "--lang=en", write(tmp_path / "0.xlsx", [["Họ tên"], ["Nguyễn"]]), code=1))
    assert answer["errors"][0]["code"] == "file_missing_columns" and "Nguyễn" not in str(answer)
