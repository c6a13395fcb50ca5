# test_personal.py -- personal data that comes by mistake is refused, told, and not kept.
import json

import pytest

from test_import import counts, dossier, office, receipt, send, send_csv  # noqa: F401

NAME = "Nguyễn Văn An"
SECRETS = ["001088012345", "123456789", "0912345678", "an@example.vn", NAME]


def everything(store):
    """Every text in the store."""
    with store.connect() as db:
        tables = [t for t, in db.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND "
                                         "relnamespace = 'nq17'::regnamespace")]
        return "\n".join(row for table in tables for row, in db.execute(f"SELECT t::text FROM {table} t"))


@pytest.mark.parametrize("field, value, code", [
    ("unit", "CCCD 001088012345", "personal_data"), ("sector", "0912345678", "personal_data"),
    ("unit", f"ông {NAME}", "personal_data"), ("sector", "an@example.vn", "personal_data"),
    ("filer", "001088012345", "personal_data"), ("filer", NAME, "filer_not_opaque"),
    ("filer", "an@example.vn", "personal_data"), ("unit", "CMND 123456789", "personal_data")])
def test_free_text(office, field, value, code):
    answer = send(office, [dossier(**{field: value}), dossier("D2", unit="Phòng Tư pháp")], code=1)
    assert counts(answer) == (2, 1, 0, 0, 0, 1)
    (error,) = answer["errors"]
    assert (error["code"], error["field"], error["value"]) == (code, field, None)
    text = json.dumps(answer, ensure_ascii=False) + everything(office)
    assert not [secret for secret in SECRETS if secret in text]
    with office.connect() as db:
        assert db.execute("SELECT masked, agency_id > 0, dossier FROM quarantine").fetchall() == \
            [(True, True, "D1")]


@pytest.mark.parametrize("kind, record", [
    ("fact", {"fact": "mobile-portal", "value": True, "valid_from": "2020-01-01"}),
    ("milestone", {"task": "x"})])
def test_notes_of_other_types(office, kind, record):
    field = {"fact": "note", "milestone": "progress"}[kind]
    answer = send(office, [{"agency": "ALPHA", field: "gọi anh Trần Bình 0912.345.678"} | record],
                  kind, code=1)
    assert answer["errors"][0]["code"] == "personal_data"
    assert "0912.345.678" not in everything(office) and "Trần" not in everything(office)


def test_keys_of_refused_records(office):
    records = [{"agency": "ALPHA", "fact": "information-disclosure", "value": value, "valid_from": "2020-01-01",
                "item": item} for value, item in [("maybe", f"ông {NAME} 0912345678"), ("maybe", "1a")]]
    assert counts(send(office, records, "fact", code=1)) == (2, 0, 0, 0, 0, 2)
    assert not [secret for secret in SECRETS if secret in everything(office)]
    with office.connect() as db:
        assert db.execute("SELECT key FROM quarantine ORDER BY line").fetchall() == \
            [(None,), ("information-disclosure|1a|2020-01-01",)]


def test_unknown_members_escapes_and_other_errors(office, tmp_path):
    path = tmp_path / "x.ndjson"
    records = [dossier("D1", ho_ten="Trần Bình", cmnd="123456789"), dossier("D2", cccd=1088012345),
               dossier("D3", channel=NAME), dossier("D4", channel="web", unit="001088012345")]
    path.write_text("".join(json.dumps(r) + "\n" for r in records))     # \u escapes
    answer = receipt(office.run("import", path, code=1))
    assert [e["code"] for e in answer["errors"]] == ["unknown_field", "unknown_field", "bad_choice",
                                                     "bad_choice"]
    errors = (tmp_path / "x.ndjson.errors.csv").read_text()
    text = errors + json.dumps(answer, ensure_ascii=False) + everything(office)
    assert not [secret for secret in SECRETS + ["Trần", "\\u1ec5n"] if secret in text]


def test_ignored_columns_and_rows_of_csv(office):
    text = ("agency,dossier,procedure,channel,received_at,nq17_phone\n"
            "ALPHA,D1,1.001193,online,2020-06-01,0912345678\n"
            f"ALPHA,D2,1.001193,web,2020-06-01,{NAME}\n"
            "ALPHA,0912345678,1.001193,web,2020-06-01,\n")
    assert counts(send_csv(office, text, code=1)) == (3, 1, 0, 0, 0, 2)
    with office.connect() as db:
        assert db.execute("SELECT record, masked FROM quarantine ORDER BY line").fetchall() == [
            ("ALPHA,D2,1.001193,web,2020-06-01,xxxxxx xxx xx", True),
            ("ALPHA,0912345678,1.001193,web,2020-06-01,", False)]    # the code of the dossier


def test_codes_are_no_personal_data(office):
    good = [dossier("000.00.01.H08-200315-0001", unit="UBND phường Nguyễn Thái Bình"),
            dossier("H56.14-240823-0001", procedure="2.000488", sector="Đất đai 2013"),
            dossier("0912345678", unit="Trần Văn Thời", filer="9f86d081884c7d659a2feaa0c55ad015"),
            dossier("001088012345", unit="Bà Rịa - Vũng Tàu")]
    assert counts(send(office, good)) == (4, 4, 0, 0, 0, 0)
