# test_profile.py -- agencies' own columns, codes and ways of writing dates.
import csv
import json

import pytest

from test_import import (AGENCIES, assert_expected, assert_totals_exact, counts, load_wabo_agencies,
                         receipt, send_csv, wabo)

PROFILE = {
    "type": "dossier",
    "columns": {
        "Cơ quan": "agency", "Mã hồ sơ": "dossier", "Mã TTHC": "procedure",
        "Kênh": {"field": "channel", "map": {"1": "counter", "2": "online", "3": "post",
                                             "4": "phone", "5": "other"}},
        "Ngày tiếp nhận": {"field": "received_at", "style": "dd/MM/yyyy HH:mm:ss"},
        "Hẹn trả": {"field": "due_at", "style": "dd/MM/yyyy HH:mm:ss"},
        "Trả": {"field": "resolved_at", "style": "dd/MM/yyyy HH:mm:ss"},
        "Họ tên": "personal", "Ghi chú": "ignored",
    },
}


@pytest.fixture
def office(kept_store, tmp_path):
    send_csv(kept_store, AGENCIES, "agency")
    add(kept_store, tmp_path, "mine", PROFILE)
    kept_store.run("profile", "on", "mine")
    return kept_store


def add(store, folder, name, definition, code=0):
    path = folder / "profile.json"
    path.write_text(json.dumps(definition, ensure_ascii=False))
    return store.run("profile", "add", name, path, "--by", "tester", code=code)


def write(path, rows, delimiter=","):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, list(PROFILE["columns"]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def row(code="D1", **cells):
    return {"Cơ quan": "ALPHA", "Mã hồ sơ": code, "Mã TTHC": "1.001193", "Kênh": "2",
            "Ngày tiếp nhận": "01/06/2020 08:00:00", "Hẹn trả": "10/06/2020 17:00:00",
            "Trả": "05/06/2020 09:30:00", "Họ tên": "Nguyễn Văn An", "Ghi chú": "x"} | cells


def test_columns_codes_and_dates(office, tmp_path):
    path = write(tmp_path / "a.csv", [row(), row("D2", **{"Kênh": "9"}),
                                      row("D3", **{"Trả": "2020-06-05"})], delimiter=";")
    answer = receipt(office.run("import", "--lang=en", "--profile", "mine", path, code=1))
    assert counts(answer) == (3, 1, 0, 0, 0, 2)
    assert [(e["code"], e["field"], e["value"]) for e in answer["errors"]] == [
        ("bad_code", "Kênh", "9"), ("bad_style", "Trả", "2020-06-05")]
    assert "dd/MM/yyyy HH:mm:ss" in answer["errors"][1]["message"]
    with office.connect() as db:
        assert db.execute("SELECT channel, received_at::text, resolved_at::text, status FROM dossier"
                          ).fetchall() == [("online", "2020-06-01 08:00:00+07",
                                            "2020-06-05 09:30:00+07", "resolved")]
        kept = db.execute("SELECT record FROM quarantine ORDER BY line").fetchall()
    assert kept == [("ALPHA;D2;1.001193;9;01/06/2020 08:00:00;10/06/2020 17:00:00;"
                     "05/06/2020 09:30:00;;x",),
                    ("ALPHA;D3;1.001193;2;01/06/2020 08:00:00;10/06/2020 17:00:00;2020-06-05;;x",)]
    # The errors file has the sender's own columns, and comes back once mended.
    errors = (tmp_path / "a.csv.errors.csv")
    text = errors.read_text()
    assert text.splitlines()[0].startswith("Cơ quan;Mã hồ sơ;") and "Nguyễn" not in text
    errors.write_text(text.replace(";9;", ";1;").replace("2020-06-05;;", "05/06/2020 10:00:00;;"))
    assert counts(receipt(office.run("import", "--profile", "mine", errors)))[1] == 2
    assert_totals_exact(office)


def test_personal_columns_are_kept_nowhere(office, tmp_path):
    write(tmp_path / "p.csv", [row(), row("D2", **{"Kênh": "9"})])
    (tmp_path / "p.ndjson").write_text(json.dumps(row("D4", **{"Kênh": "9"}), ensure_ascii=False))
    for name in ("p.csv", "p.ndjson"):
        office.run("import", "--profile", "mine", tmp_path / name, code=1)
    with office.connect() as db:
        columns = db.execute("""
            SELECT table_name, column_name FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE table_schema = 'nq17' AND table_type = 'BASE TABLE'
               AND data_type IN ('text', 'jsonb', 'json')""").fetchall()
        assert len(columns) > 50
        for table, column in columns:
            assert db.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text LIKE '
                              "'%Nguyễn%'").fetchone() == (0,), (table, column)
        assert db.execute("SELECT count(*) FROM quarantine WHERE record LIKE '%D4%'").fetchone() == (1,)


def test_drafts_are_only_tried(office, tmp_path):
    path = write(tmp_path / "d.csv", [row(), row("D2")])
    changed = json.loads(json.dumps(PROFILE))
    changed["columns"]["Kênh"]["map"]["2"] = "phone"
    assert "version 2" in add(office, tmp_path, "mine", changed).stdout
    out = office.run("profile", "preview", "mine", path, "--lang=en").stdout
    assert "version 2" in out and "(personal: kept nowhere)" in out and "channel=phone" in out
    assert "Nguyễn" not in out and '"accepted": 2' in out
    office.run("import", "--profile", "mine", path)
    with office.connect() as db:        # by the version in use
        assert db.execute("SELECT DISTINCT channel::text FROM dossier").fetchall() == [("online",)]
    office.run("profile", "on", "mine")
    answer = receipt(office.run("import", "--profile", "mine", path, code=1))
    assert answer["errors"][0]["code"] == "conflict"
    office.run("profile", "off", "mine")
    answer = receipt(office.run("import", "--profile", "mine", path, code=1))
    assert answer["errors"][0]["code"] == "file_unknown_profile"
    assert "off" in office.run("profile", "list").stdout


@pytest.mark.parametrize("definition,word", [
    ({"type": "dossier", "columns": {}}, "columns"),
    ({"type": "nothing", "columns": {"a": "ignored"}}, "record type"),
    ({"type": "dossier", "columns": {"a": "no_such"}}, "no_such"),
    ({"type": "dossier", "columns": {"a": {"field": "channel", "style": "MM/dd"}}}, "style"),
    ({"type": "dossier", "columns": {"a": {"field": "channel", "map": {"1": 2}}}}, "code maps"),
    ({"type": "dossier", "columns": {"a": {"field": "channel", "mpa": {}}}}, "mpa"),
    ({"type": "dossier", "columns": {"a": "dossier"}}, "required field procedure"),
])
def test_bad_definitions(module_store, tmp_path, definition, word):
    assert word in add(module_store, tmp_path, "bad", definition, code=1).stderr
    with module_store.connect() as db:
        assert db.execute("SELECT count(*) FROM profile WHERE name = 'bad'").fetchone() == (0,)


def test_a_header_may_say_how_dates_are_written(office, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("agency,dossier,procedure,channel,received_at[dd/MM/yyyy],resolved_at[yyyyMMddHHmmss]\n"
                    "ALPHA,S1,P,online,07/03/2020,20200310101500\nALPHA,S2,P,online,2020-03-07,\n"
                    "ALPHA,S3,P,online,31/02/2020,\n")
    answer = receipt(office.run("import", path, code=1))
    assert [(e["dossier"], e["code"]) for e in answer["errors"]] == [("S2", "bad_style"), ("S3", "bad_time")]
    with office.connect() as db:
        assert db.execute("SELECT received_at::text, resolved_at::text FROM dossier").fetchall() == [
            ("2020-03-07 00:00:00+07", "2020-03-10 10:15:00+07")]
    path.write_text("agency,dossier,procedure,channel,received_at[MM/dd/yyyy]\nALPHA,S1,P,online,x\n")
    assert receipt(office.run("import", path, code=1))["errors"][0]["code"] == "file_unknown_columns"


def test_national_portal(office, tmp_path):
    """The profile that ships, on records as the portal's synchronisation sends them."""
    record = {"MaHoSo": "000.00.06.H56-200601-0361", "MaTTHC": "1.001193", "TenLinhVuc": "Hộ tịch",
              "KenhThucHien": "2", "NgayTiepNhan": "20200601080000", "NgayHenTra": "20200610170000",
              "NgayTra": "20200605093000", "TrangThaiHoSo": "10", "ChuHoSo": "Nguyễn Văn An",
              "SoGiayToChuHoSo": "001088012345", "LoaiDoiTuong": "1", "DuocThanhToanTrucTuyen": "1",
              "TaiLieuNop": [{"TenTepDinhKem": "a.pdf"}]}
    records = [record, record | {"MaHoSo": "000.00.06.H56-200601-0362", "TrangThaiHoSo": "1", "NgayTra": ""},
               record | {"MaHoSo": "000.00.06.H56-200601-0363", "TrangThaiHoSo": "4", "NgayTra": None},
               record | {"MaHoSo": "000.00.06.H56-200601-0364", "TrangThaiHoSo": "77"}]
    path = tmp_path / "npsp.ndjson"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
    answer = receipt(office.run("import", "--lang=en", "--profile", "npsp", "--agency", "38", path, code=1))
    assert counts(answer) == (3, 2, 0, 0, 0, 1)
    assert answer["errors"][0]["code"] == "bad_code"
    assert [w["code"] for w in answer["warnings"]] == ["dropped_by_profile"]
    with office.connect() as db:
        assert db.execute("SELECT dossier, channel, status, paid_online, one_stop FROM dossier ORDER BY 1"
                          ).fetchall() == [
            ("000.00.06.H56-200601-0361", "online", "resolved", True, True),
            ("000.00.06.H56-200601-0363", "online", "processing", True, True)]


def test_wabo_in_other_words(kept_store, wabo, tmp_path):
    """The real records with other headers, codes and dates give the same figures."""
    load_wabo_agencies(kept_store, wabo)
    names = {"online": "truc tuyen", "counter": "truc tiep", "post": "buu chinh", "phone": "dien thoai",
             "other": "khac"}
    with open(wabo / "dossiers.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {f"cột {name}": name for name in rows[0]}
    definition = {"type": "dossier", "columns": dict(columns)}
    definition["columns"]["cột channel"] = {"field": "channel", "map": {v: k for k, v in names.items()}}
    add(kept_store, tmp_path, "wabo", definition)
    kept_store.run("profile", "on", "wabo")
    path = tmp_path / "wabo.csv"
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for r in rows:
            r["channel"] = names.get(r["channel"], r["channel"])
            writer.writerow(r.values())
    kept_store.run("import", "--profile", "wabo", path, code=None)
    assert_expected(kept_store, wabo)
