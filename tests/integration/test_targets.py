# test_targets.py -- every row of DOMAIN 1, from the records of its kind to its verdict.
import json
import re

import pytest

from conftest import ROOT
from test_observations import POPULATION, dossiers, load


def send(store, kind, records):
    answer = load(store, kind, records)
    assert answer["rejected"] == 0, answer["errors"]


def counted(period, agency="VN", breakdown="", **values):
    return [{"agency": agency, "measure": m.replace("__", "-"), "period": period, "breakdown": breakdown,
             "value": v} for m, v in values.items()]


def fact(name, holds, day="2020-03-01", **fields):
    """Of the population of 2020: those of which HOLDS is true have it, the others say no."""
    return [{"agency": a, "fact": name, "value": holds(n), "valid_from": day, **fields}
            for n, a in enumerate(POPULATION)]


@pytest.fixture(scope="module")
def year(module_store):
    """Figures as (period, agency, indicator) -> object, of a store with some of everything."""
    send(module_store, "dossier",
         dossiers("38", 3, 10, one_stop=True) + dossiers("G05", 0, 5, one_stop=True)
         + dossiers("38", 4, 8, day="2025-05-15"))
    yes = {"npsp_integrated": True, "help_channel": True, "mobile_signature": True, "electronic_dossier": True}
    no = {"npsp_integrated": False, "help_channel": True, "mobile_signature": False, "electronic_dossier": False}
    send(module_store, "service", [
        {"agency": "38", "procedure": p, "name_vi": "x", "level": level, "valid_from": day,
         "business_registry": False, **fields} for p, level, day, fields in (
            ("1.001193", "4", "2020-01-01", yes | {"form_fields": 10, "form_fields_prefilled": 4}),
            ("1.001193", "full", "2022-09-01", yes | {"form_fields": 10, "form_fields_prefilled": 4}),
            ("1.000002", "3", "2020-01-01", no | {"form_fields": 10, "form_fields_prefilled": 1}),
            ("1.000003", "2", "2020-01-01", no))])
    send(module_store, "fact",
         fact("mobile-portal", lambda n: n < 43) + fact("satisfaction-disclosure", lambda n: n < 42)
         + fact("document-axis", lambda n: True) + fact("information-disclosure", lambda n: True, item="a")
         + fact("information-disclosure", lambda n: n > 0, item="b")
         + [{"agency": "38", "fact": "npsp-connected", "value": True, "valid_from": "2025-02-01"}])
    send(module_store, "count", [r for part in (
        counted("2020", breakdown="citizen", participants=80, participants_verified=20),
        counted("2020", breakdown="enterprise", participants=20, participants_verified=10),
        counted("2025", breakdown="citizen", participants=100, participants_verified=45),
        counted("2020", "38", dossiers_resolved=12, documents_exchanged=100, documents_exchanged_electronic=92),
        counted("2020", "38", "ministry_province", work_files=100, work_files_online=85),
        counted("2020", "38", "district", work_files=100, work_files_online=50),
        counted("2020", "38", "commune", work_files=100, work_files_online=30),
        counted("2025", "38", "ministry_province", work_files=100, work_files_online=95),
        counted("2020", report_regimes=10, report_regimes_online=3),
        counted("2020", "38", meeting_minutes=65, meeting_minutes_baseline=100),
        counted("2025", systems=10, systems_connected=6),
        counted("2025", "38", satisfaction_responses=50, satisfaction_satisfied=45)) for r in part])
    objects = {}
    for period in ("2020", "2021", "2024", "2025", "2025-Q3", "2026"):
        out = module_store.run("kpi", "--period", period, "--unverified", "--format", "json").stdout
        objects |= {(period, o["agency"], o["indicator"]): o for o in json.loads(out)["observations"]}
    return objects


# Row of DOMAIN 1, period, agency, indicator, numerator, denominator, target, status.
ROWS = [
    ("G1", "2020", "VN", "un-rank", 86, 1, "NQ17-G1", "not_met"),
    ("G2", "2024", "VN", "asean-rank", 5, 1, "NQ17-G2", "not_met"),
    ("G1", "2021", "VN", "un-rank", None, None, "NQ17-G1", "no_data"),       # no survey that year
    ("01", "2020", "VN", "verified-identity", 30, 100, "NQ17-01", "met"),
    ("02", "2020", "38", "online-filing", 3, 10, "NQ17-02", "met"),
    ("02", "2020", "G05", "online-filing", 0, 5, "NQ17-02", "not_met"),
    ("02", "2020", "40", "online-filing", None, None, "NQ17-02", "no_data"),
    ("02", "2020", "VN", "online-filing", 3, 15, "NQ17-02", "not_met"),      # 20%, but not each
    ("03", "2020", "VN", "npsp-integration", 1, 2, "NQ17-03", "met"),
    ("03", "2020", "38", "npsp-integration", 1, 2, None, "no_target"),       # for information
    ("04", "2020", "38", "one-stop", 10, 12, "NQ17-04", "not_met"),          # 2 were not in the system
    ("04", "2020", "G05", "one-stop", 5, 5, "NQ17-04", "met"),
    ("05", "2020", "38", "level4-services", 1, 3, "NQ17-05", "met"),
    ("06", "2020", "VN", "mobile-portal", 43, 85, "NQ17-06", "met"),
    ("07", "2020", "38", "help-channel", 3, 3, "NQ17-07", "met"),
    ("08", "2020", "VN", "satisfaction-disclosure", 42, 85, "NQ17-08", "not_met"),
    ("08", "2021", "VN", "satisfaction-disclosure", None, None, "NQ17-08", "no_data"),   # an act of its period
    ("09", "2020", "VN", "information-disclosure", 84, 85, "NQ17-09", "not_met"),        # every item
    ("10", "2020", "VN", "mobile-signature", 1, 2, "NQ17-10", "met"),
    ("11", "2020", "VN", "electronic-dossier", 1, 2, "NQ17-11", "met"),
    ("12", "2020", "VN", "form-autofill", 5, 20, "NQ17-12", "met"),
    ("13", "2020", "VN", "business-registry", 0, 2, "NQ17-13", "not_met"),
    ("14", "2020", "VN", "document-axis", 85, 85, "NQ17-14", "met"),
    ("15", "2020", "VN", "electronic-documents", 92, 100, "NQ17-15", "met"),
    ("16a", "2020", "38", "work-files-online", 85, 100, "NQ17-16a", "met"),
    ("16b", "2020", "38", "work-files-online-district", 50, 100, "NQ17-16b", "not_met"),
    ("16c", "2020", "38", "work-files-online-commune", 30, 100, "NQ17-16c", "met"),
    ("17", "2020", "VN", "periodic-reports", 3, 10, "NQ17-17", "met"),
    ("18", "2020", "38", "meeting-time", 35, 100, "NQ17-18", "met"),
    ("18", "2020", "40", "meeting-time", None, None, "NQ17-18", "no_data"),  # without a baseline
    ("21", "2025", "VN", "system-connection", 1, None, "NQ17-21", "undetermined"),
    ("22", "2025", "VN", "verified-identity", 55, 120, "NQ17-22", "met"),    # the latest of each
    ("23", "2025", "38", "level4-filing", 4, 8, "NQ17-23", "met"),           # full is level 4
    ("24", "2025", "VN", "connected-systems", 6, 10, "NQ17-24", "met"),
    ("25", "2025", "38", "work-files-online", 95, 100, "NQ17-16a", "met"),   # 25 has none of its own
    ("26", "2025", "38", "satisfaction", 45, 50, None, "no_target"),
]


@pytest.mark.parametrize("row, period, agency, indicator, numerator, denominator, target, status", ROWS)
def test_each_row(year, row, period, agency, indicator, numerator, denominator, target, status):
    o = year[period, agency, indicator]
    assert (o["numerator"], o["target_id"], o["status"]) == (numerator, target, status)
    assert denominator is None and numerator is not None or o["denominator"] == denominator
    # Rows that nobody has read in the original stay off unless asked for.
    assert o["verified"] == (row not in ("16a", "16b", "16c", "17", "18", "23", "24", "25", "26")
                             or indicator == "satisfaction")


def test_every_row_is_there():
    rows = {row for row, *_ in ROWS}
    assert rows == {"G1", "G2", *(f"{n:02d}" for n in range(1, 16)), "16a", "16b", "16c", "17", "18",
                    *(str(n) for n in range(21, 27))}


@pytest.mark.parametrize("period, indicator, denominator, status", [
    ("2025-Q3", "work-files-online-district", 0, "not_applicable"),          # no districts since July
    ("2026", "mobile-portal", 17, None), ("2026", "npsp-integration", None, None),
    ("2026", "system-connection", 17, None),
])
def test_what_has_closed_says_so_and_is_not_zero(year, period, indicator, denominator, status):
    o = year[period, "VN", indicator]
    assert "closed" in o["note"]
    assert status is None or (o["status"], o["value"]) == (status, None)
    assert denominator is None or o["denominator"] == denominator or o["population"]["agencies"] == denominator
    assert not any(p == period and i == indicator and o["in_population"] and a in POPULATION and a[0] != "G"
                   for (p, a, i), o in year.items())


def test_the_methodology_explains_each_of_them():
    """Both languages: formula, scope, source, known limits (docs/methodology.md is generated)."""
    text = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")
    parts = re.split(r"^### .*\(`([a-z0-9-]+)`\)$", text, flags=re.M)[1:]
    told = list(zip(parts[::2], parts[1::2]))
    assert len(told) == 2 * len({slug for slug, _ in told})
    assert {indicator for _, _, _, indicator, *_ in ROWS} <= {slug for slug, _ in told}
    for slug, part in told:
        for words in (("- Công thức: `", "- Phạm vi: ", "- Nguồn: ", "- Giới hạn đã biết: "),
                      ("- Formula: `", "- Scope: ", "- Source: ", "- Known limits: ")):
            found = [w for w in words if w in part]
            assert found in ([], list(words)), (slug, found)
        assert "- Công thức: `" in part or "- Formula: `" in part
