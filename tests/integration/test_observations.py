# test_observations.py -- indicators, verdicts, ranks: from records to `nq17 kpi`.
import csv
import io
import json

import pytest

CENTRAL = [f"G{n:02d}" for n in range(1, 23)]        # 18 ministries, 4 ministerial agencies
PROVINCES = ("01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 "
             "44 45 46 48 49 51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 "
             "89 91 92 93 94 95 96").split()
POPULATION = CENTRAL + PROVINCES


def load(store, kind, records, code=0):
    """Imports RECORDS (dicts) as NDJSON; the receipt."""
    lines = "".join(json.dumps(r) + "\n" for r in records)
    done = store.run("import", "--type", kind, "--format", "ndjson", "-", input=lines, code=code)
    return json.loads(done.stdout)


def kpi(store, period, *flags, agency=None, indicator=None):
    """The rows of kpi as {(agency, indicator): row}."""
    args = ["kpi", "--period", period, "--format", "csv", *flags]
    if agency:
        args += ["--agency", agency]
    if indicator:
        args += ["--indicator", indicator]
    rows = csv.DictReader(io.StringIO(store.run(*args).stdout))
    return {(r["agency"], r["indicator"]): r for r in rows}


def figure(store, period, agency, indicator, *flags):
    return kpi(store, period, *flags, agency=agency, indicator=indicator)[agency, indicator]


def dossiers(agency, online, total, day="2020-06-15", **fields):
    """TOTAL settled dossiers of AGENCY, the first ONLINE of them filed online."""
    return [{"agency": agency, "dossier": f"{agency}-{day}-{n}", "procedure": "1.001193",
             "channel": "online" if n < online else "counter",
             "received_at": f"{day}T08:00:00+07:00", "resolved_at": f"{day}T16:00:00+07:00",
             **fields} for n in range(total)]


def test_population_is_85():
    assert len(POPULATION) == len(set(POPULATION)) == 85


# ---- the nation's places -------------------------------------------------------

@pytest.mark.parametrize("slug, period, value, target, status", [
    ("un-rank", "2020", "86", "78", "not_met"),
    ("asean-rank", "2024", "5", "4", "not_met"),
    ("un-rank", "2024", "71", "78", "met"),
    ("asean-rank", "2020", "6", "4", "not_met"),
    ("un-rank", "2021", "", "78", "no_data"),
    ("un-rank", "2018", "88", "", "no_target"),
    ("un-rank", "2020-Q3", "", "78", "no_data"),
])
def test_un_survey(module_store, slug, period, value, target, status):
    row = figure(module_store, period, "VN", slug)
    assert (row["value"], row["target"], row["status"]) == (value, target, status)


def test_header_is_the_contract(module_store):
    out = module_store.run("kpi", "--period", "2020", "--format", "csv").stdout
    assert out.splitlines()[0] == ("period,agency,indicator,numerator,denominator,value,target,"
                                   "status,rank,coverage,maturity")


def test_a_row_for_every_agency_and_indicator_in_bytewise_order(module_store):
    rows = list(csv.DictReader(io.StringIO(
        module_store.run("kpi", "--period", "2020", "--format", "csv").stdout)))
    keys = [(r["indicator"], r["agency"]) for r in rows]
    assert keys == sorted(keys) and len(keys) == len(set(keys))
    online = {a for i, a in keys if i == "online-filing"}
    assert online == {*POPULATION, "VN"}
    assert {r["indicator"] for r in rows}.isdisjoint({"level4-filing", "work-files-online"})
    unverified = kpi(module_store, "2020", "--unverified")
    assert ("VN", "level4-filing") in unverified


def test_names_and_forms(module_store):
    module_store.run("kpi", "--period", "2020", "--agency", "99", code=1)
    module_store.run("kpi", "--period", "2020", "--indicator", "nonsense", code=1)
    module_store.run("kpi", "--period", "2020-13", code=2)
    module_store.run("kpi", "--period", "2020", "--as-of", "tomorrow-ish", code=2)
    module_store.run("kpi", "--period", "2020", "--as-of", "2020-01-01T00:00:00Z", code=1)
    module_store.run("kpi", code=2)


# ---- verdicts ------------------------------------------------------------------

def test_every_agency_must_reach_it(kept_store):
    """84 of 85 at 20% or more: the nation's pooled value passes, its verdict does not."""
    load(kept_store, "dossier", [d for a in POPULATION[:-1] for d in dossiers(a, 3, 5)])
    load(kept_store, "dossier", dossiers(POPULATION[-1], 0, 5))
    nation = figure(kept_store, "2020", "VN", "online-filing")
    assert (nation["numerator"], nation["denominator"]) == (str(84 * 3), str(85 * 5))
    assert float(nation["value"]) > 0.2 and nation["status"] == "not_met"
    model = json.loads(kept_store.run("kpi", "--period", "2020", "--agency", "VN", "--indicator",
                                      "online-filing", "--format", "json").stdout)
    assert model["observations"][0]["counts"] == {"met": 84, "not_met": 1}


def test_one_silent_agency_leaves_the_nation_without_data(kept_store):
    load(kept_store, "dossier", [d for a in POPULATION[:-1] for d in dossiers(a, 3, 5)])
    nation = figure(kept_store, "2020", "VN", "online-filing")
    assert nation["status"] == "no_data"
    assert nation["coverage"] == "0.988235"     # 84 / 85
    silent = figure(kept_store, "2020", POPULATION[-1], "online-filing")
    assert (silent["numerator"], silent["denominator"], silent["value"], silent["status"]) == (
        "", "", "", "no_data")


def test_an_attribute_never_provided_is_undetermined(kept_store):
    load(kept_store, "service", [
        {"agency": "G01", "procedure": f"1.00{n}", "name_vi": "Cấp giấy", "level": "4",
         "valid_from": "2019-06-01"} for n in range(1000, 1010)])
    row = figure(kept_store, "2020", "G01", "help-channel")
    assert (row["numerator"], row["denominator"], row["status"]) == ("0", "10", "undetermined")
    assert row["value"] == "" and row["rank"] == "" and row["coverage"] == "0.000000"
    assert figure(kept_store, "2020", "G01", "level4-services")["status"] == "met"


@pytest.mark.parametrize("helped, known, status", [(10, 10, "met"), (9, 10, "not_met"),
                                                   (9, 9, "undetermined"), (8, 9, "not_met")])
def test_half_provided(kept_store, helped, known, status):
    load(kept_store, "service", [
        {"agency": "G02", "procedure": f"2.00{1000 + n}", "name_vi": "Cấp phép", "level": "3",
         "valid_from": "2020-01-01", "help_channel": None if n >= known else n < helped}
        for n in range(10)])
    row = figure(kept_store, "2020", "G02", "help-channel")
    assert (row["numerator"], row["status"]) == (str(helped), status)


def test_99995_of_100000_is_not_100_percent(kept_store):
    load(kept_store, "count", [
        {"agency": "G03", "measure": "dossiers_resolved", "period": "2020", "value": 100000},
        {"agency": "G03", "measure": "dossiers_resolved_one_stop", "period": "2020", "value": 99995}])
    row = figure(kept_store, "2020", "G03", "one-stop")
    assert (row["value"], row["target"], row["status"]) == ("0.999950", "1.000000", "not_met")
    model = json.loads(kept_store.run("kpi", "--period", "2020", "--agency", "G03", "--indicator",
                                      "one-stop", "--format", "json").stdout)["observations"][0]
    assert model["percent"] == "99.99" and model["gap"] == 5
    load(kept_store, "count", [
        {"agency": "G04", "measure": "dossiers_resolved", "period": "2020", "value": 100000},
        {"agency": "G04", "measure": "dossiers_resolved_one_stop", "period": "2020", "value": 100000}])
    assert figure(kept_store, "2020", "G04", "one-stop")["status"] == "met"


def test_no_denominator_is_not_applicable(kept_store):
    load(kept_store, "dossier", [{"agency": "G05", "dossier": "open", "procedure": "1.1",
                                  "channel": "online", "received_at": "2020-02-01"}])
    for slug in ("online-filing", "one-stop", "on-time", "satisfaction"):
        row = figure(kept_store, "2020", "G05", slug)
        assert (row["numerator"], row["denominator"], row["value"], row["status"]) == (
            "0", "0", "", "not_applicable"), slug


def test_a_reported_total_is_the_larger_denominator(kept_store):
    load(kept_store, "dossier", dossiers("G08", 1, 10, one_stop=True))
    load(kept_store, "count", [{"agency": "G08", "measure": "dossiers_resolved", "period": "2020",
                                "value": 12}])
    row = figure(kept_store, "2020", "G08", "one-stop")
    assert (row["numerator"], row["denominator"], row["status"]) == ("10", "12", "not_met")
    assert row["coverage"] == "0.833333"
    model = json.loads(kept_store.run("kpi", "--period", "2020", "--agency", "G08", "--format",
                                      "json").stdout)["observations"]
    notes = {o["indicator"]: o["note"] for o in model}
    assert notes["online-filing"] == "records_begin" and "unreconciled" not in notes["one-stop"]
    load(kept_store, "dossier", dossiers("G10", 1, 10, one_stop=True))
    model = json.loads(kept_store.run("kpi", "--period", "2020", "--agency", "G10", "--indicator",
                                      "one-stop", "--format", "json").stdout)["observations"]
    assert model[0]["note"] == "unreconciled" and model[0]["status"] == "met"
    row = figure(kept_store, "2020", "G08", "online-filing")
    assert (row["numerator"], row["denominator"]) == ("1", "10")


# ---- ranks ---------------------------------------------------------------------

def test_what_prints_equal_ranks_equal(kept_store):
    load(kept_store, "dossier", dossiers("01", 1, 3) + dossiers("02", 2, 6) + dossiers("04", 1, 4)
         + dossiers("06", 3, 4) + dossiers("G01", 1, 2))
    rank = {a: figure(kept_store, "2020", a, "online-filing")["rank"] for a in
            ("01", "02", "04", "06", "G01", "08")}
    assert rank == {"06": "1", "01": "2", "02": "2", "04": "4", "G01": "1", "08": ""}


# ---- totals --------------------------------------------------------------------

def test_flows_tile_and_silence_is_no_answer(kept_store):
    def report(period, value, electronic):
        return [{"agency": "G16", "measure": "documents_exchanged", "period": period, "value": value},
                {"agency": "G16", "measure": "documents_exchanged_electronic", "period": period,
                 "value": electronic}]
    load(kept_store, "count", report("2020-Q1", 10, 9) + report("2020-Q2", 10, 9)
         + report("2020-Q3", 10, 10) + report("2020-10", 1, 0) + report("2020-11", 1, 0)
         + report("2020-12", 0, 0))
    row = figure(kept_store, "2020", "G16", "electronic-documents")
    assert (row["numerator"], row["denominator"], row["status"]) == ("28", "32", "no_target")
    assert figure(kept_store, "2020-Q4", "G16", "electronic-documents")["denominator"] == "2"
    assert figure(kept_store, "2020-H1", "G16", "electronic-documents")["denominator"] == "20"
    assert figure(kept_store, "2021", "G16", "electronic-documents")["status"] == "no_data"
    # The year told as a whole is the answer, however its parts add up.
    load(kept_store, "count", report("2020", 100, 95))
    assert figure(kept_store, "2020", "G16", "electronic-documents")["denominator"] == "100"
    nation = figure(kept_store, "2020", "VN", "electronic-documents")
    assert (nation["value"], nation["status"], nation["coverage"]) == ("0.950000", "met", "0.011765")


def test_stocks_are_the_latest_and_never_summed(kept_store):
    load(kept_store, "count", [
        {"agency": "VN", "measure": m, "period": p, "breakdown": b, "value": v}
        for p, b, total, known in (("2020-06", "citizen", 1000, 100), ("2020-06", "enterprise", 100, 80),
                                   ("2020-12", "citizen", 2000, 300))
        for m, v in (("participants", total), ("participants_verified", known))])
    row = figure(kept_store, "2020", "VN", "verified-identity")
    assert (row["numerator"], row["denominator"], row["status"]) == ("380", "2100", "not_met")
    row = figure(kept_store, "2020-Q3", "VN", "verified-identity")
    assert (row["numerator"], row["denominator"]) == ("180", "1100")
    assert figure(kept_store, "2020", "VN", "verified-identity")["target"] == "0.200000"
    assert figure(kept_store, "2021", "VN", "verified-identity")["target"] == "0.400000"
    assert figure(kept_store, "2026", "VN", "verified-identity")["target"] == "0.400000"


def test_an_agency_is_on_totals_before_its_records(kept_store):
    load(kept_store, "count", [
        {"agency": "G19", "measure": m, "period": p, "value": v}
        for p in ("2020-01", "2020-02", "2020-03") for m, v in
        (("dossiers_resolved", 10), ("dossiers_resolved_online", 4))])
    assert figure(kept_store, "2020-Q1", "G19", "online-filing")["denominator"] == "30"
    load(kept_store, "dossier", dossiers("G19", 1, 5, day="2020-03-01"))
    row = figure(kept_store, "2020-Q1", "G19", "online-filing")
    assert (row["numerator"], row["denominator"]) == ("9", "25")       # 2 months told, then records
    assert figure(kept_store, "2020-03", "G19", "online-filing")["denominator"] == "5"


def test_totals_answer_until_the_first_dossier_is_settled(kept_store):
    load(kept_store, "count", [{"agency": "G20", "measure": m, "period": "2019", "value": v} for m, v in
                               (("dossiers_resolved", 50), ("dossiers_resolved_online", 5))])
    load(kept_store, "dossier", [{"agency": "G20", "dossier": "d", "procedure": "1.1",
                                  "channel": "online", "received_at": "2019-12-20",
                                  "resolved_at": "2020-01-10"}])
    row = figure(kept_store, "2019", "G20", "online-filing")
    assert (row["numerator"], row["denominator"]) == ("5", "50")
    row = figure(kept_store, "2020", "G20", "online-filing")
    assert (row["numerator"], row["denominator"]) == ("1", "1")


@pytest.mark.parametrize("agency, received, settled, half, year", [
    ("G01", "2020-04-01", "2020-04-01", ("11", "101"), ("11", "101")),
    ("G02", "2020-04-01", "2020-04-02", ("11", "101"), ("11", "101")),
    ("G03", "2020-03-20", "2020-04-02", ("11", "101"), ("11", "101")),
    ("G04", "2020-04-01", "2020-07-02", ("10", "100"), ("11", "101")),
    ("G05", "2020-04-01", None, ("10", "100"), ("10", "100")),
    ("G06", "2020-03-20", "2020-03-31", ("1", "1"), ("1", "1")),     # the total counts days of records, too
    ("G07", "2020-05-20", "2020-05-21", ("1", "1"), ("1", "1")),     # of April nothing is known
])
def test_totals_end_with_the_first_record_or_the_first_settled(module_store, agency, received, settled, half, year):
    """Quarters add up to the half-year, whatever lies between the first record and the first settled one."""
    load(module_store, "count", [{"agency": agency, "measure": m, "period": "2020-Q1", "value": v} for m, v in
                                 (("dossiers_resolved", 100), ("dossiers_resolved_online", 10))])
    load(module_store, "dossier", [{"agency": agency, "dossier": "d", "procedure": "1.1", "channel": "online",
                                    "received_at": received} | ({"resolved_at": settled} if settled else {})])
    for period, expected in (("2020-H1", half), ("2020", year)):
        row = figure(module_store, period, agency, "online-filing")
        assert (row["numerator"], row["denominator"]) == expected, period
    assert module_store.run("audit", "--full").stdout.rstrip().endswith(" 0 differences")


# ---- facts ---------------------------------------------------------------------

def test_shares_of_agencies(kept_store):
    load(kept_store, "fact", [{"agency": a, "fact": "mobile-portal", "value": n < 43,
                               "valid_from": "2020-03-01"} for n, a in enumerate(POPULATION)])
    nation = figure(kept_store, "2020", "VN", "mobile-portal")
    assert (nation["numerator"], nation["denominator"], nation["status"]) == ("43", "85", "met")
    one = figure(kept_store, "2020", POPULATION[0], "mobile-portal")
    assert (one["numerator"], one["denominator"], one["rank"], one["status"]) == (
        "1", "1", "", "no_target")
    assert figure(kept_store, "2019", "VN", "mobile-portal")["status"] == "no_data"
    # 42 say yes and one does not say: it could still reach half.
    load(kept_store, "fact", [{"agency": POPULATION[42], "fact": "mobile-portal", "value": True,
                               "valid_from": "2020-03-01", "valid_to": "2020-06-30",
                               "updated_at": "2020-07-01"}])
    nation = figure(kept_store, "2020", "VN", "mobile-portal")
    assert (nation["numerator"], nation["status"]) == ("42", "undetermined")


def test_disclosure_counts_every_agency_not_known_to_have_no_services(kept_store):
    load(kept_store, "fact", [{"agency": "01", "fact": "satisfaction-disclosure", "value": True,
                               "valid_from": "2020-06-01"}])
    load(kept_store, "service", [{"agency": "02", "procedure": "1.1", "name_vi": "x", "level": "3",
                                  "valid_from": "2019-01-01", "valid_to": "2019-12-31"}])
    nation = figure(kept_store, "2020", "VN", "satisfaction-disclosure")
    assert (nation["numerator"], nation["denominator"], nation["status"]) == (
        "1", "84", "undetermined")
    assert figure(kept_store, "2020", "02", "satisfaction-disclosure")["status"] == "not_applicable"
    assert figure(kept_store, "2021", "01", "satisfaction-disclosure")["status"] == "no_data"


def test_no_procedure_prints_as_reaching_what_the_figure_misses(kept_store):
    load(kept_store, "dossier", dossiers("G11", 0, 20000, one_stop=True))
    load(kept_store, "dossier", dossiers("G11", 0, 1, day="2020-06-16", one_stop=False))
    load(kept_store, "dossier", dossiers("G13", 0, 3))
    def procedures(agency):
        return json.loads(kept_store.run("explain", "--period", "2020", "--agency", agency, "--indicator",
                                         "one-stop", "--format", "json").stdout)["procedures"]
    assert [p["percent"] for p in procedures("G11")] == ["99.99"]
    assert [p["percent"] for p in procedures("G13")] == [None]


def test_a_checklist_holds_only_whole(kept_store):
    load(kept_store, "fact", [
        {"agency": "79", "fact": "information-disclosure", "item": item, "value": value,
         "valid_from": "2020-01-01"} for item, value in (("a", True), ("b", True), ("c", False))])
    assert figure(kept_store, "2020", "79", "information-disclosure")["numerator"] == "0"
    load(kept_store, "fact", [
        {"agency": "79", "fact": "information-disclosure", "item": "c", "value": True,
         "valid_from": "2020-09-01"}])
    assert figure(kept_store, "2020-Q2", "79", "information-disclosure")["numerator"] == "0"
    assert figure(kept_store, "2020-Q4", "79", "information-disclosure")["numerator"] == "1"


# ---- calendars and mergers -----------------------------------------------------

def test_the_last_microsecond_of_both_calendars(kept_store):
    def at(name, when):
        return {"agency": "48", "dossier": name, "procedure": "1.1", "channel": "online",
                "received_at": "2020-12-01T00:00:00+07:00", "resolved_at": when}
    load(kept_store, "dossier", [at("a", "2020-12-14T23:59:59.999999+07:00"),
                                 at("b", "2020-12-15T00:00:00+07:00"),
                                 at("c", "2020-12-31T16:59:59.999999Z"),
                                 at("d", "2020-12-31T17:00:00Z")])
    count = {p: figure(kept_store, p, "48", "online-filing")["denominator"] for p in
             ("ND09-2020", "ND09-2021", "2020", "2021", "2020-12-14", "2020-12-15", "ND09-2020-12")}
    assert count == {"ND09-2020": "1", "ND09-2021": "3", "2020": "3", "2021": "1",
                     "2020-12-14": "1", "2020-12-15": "1", "ND09-2020-12": "1"}


def test_a_merger_within_the_period(kept_store):
    load(kept_store, "dossier", dossiers("44", 1, 4, day="2025-06-10")
         + dossiers("45", 1, 4, day="2025-06-10") + dossiers("44", 1, 2, day="2025-07-10")
         + [{"agency": "45", "dossier": "carried", "procedure": "1.1", "channel": "online",
             "received_at": "2025-06-20", "resolved_at": "2025-07-20"}])
    june = kpi(kept_store, "2025-06", indicator="online-filing")
    assert june["44", "online-filing"]["denominator"] == "4"
    assert ("44@2025", "online-filing") not in june
    july = kpi(kept_store, "2025-07", indicator="online-filing")
    assert july["44@2025", "online-filing"]["denominator"] == "3"
    assert ("45", "online-filing") not in july
    year = kpi(kept_store, "2025", indicator="online-filing")
    new, old = year["44@2025", "online-filing"], year["45", "online-filing"]
    assert (new["numerator"], new["denominator"], new["rank"]) == ("4", "11", "1")
    assert (old["denominator"], old["rank"]) == ("4", "")
    assert year["VN", "online-filing"]["denominator"] == "11"      # each dossier once
    assert figure(kept_store, "2025-06", "44", "online-filing")["denominator"] == "4"


def test_levels_of_both_schemes_and_the_filing_day(kept_store):
    load(kept_store, "service", [
        {"agency": "49", "procedure": "1.5", "name_vi": "Đăng ký", "level": level, "valid_from": day}
        for level, day in (("4", "2020-01-01"), ("partial", "2022-08-15"), ("full", "2023-01-01"))])
    load(kept_store, "dossier", [
        {"agency": "49", "dossier": f"d{n}", "procedure": "1.5", "channel": channel,
         "received_at": day, "resolved_at": "2023-02-01"}
        for n, (day, channel) in enumerate([("2022-08-14", "online"), ("2022-08-15", "online"),
                                            ("2023-01-01", "online"), ("2023-01-01", "counter")])])
    row = figure(kept_store, "2023", "49", "level4-filing", "--unverified")
    assert (row["numerator"], row["denominator"]) == ("2", "4")
    assert figure(kept_store, "2022", "49", "level4-services")["numerator"] == "0"
    assert figure(kept_store, "2023", "49", "level4-services")["numerator"] == "1"
    # A corrected catalogue moves the verdict on the filing day.
    load(kept_store, "service", [
        {"agency": "49", "procedure": "1.5", "name_vi": "Đăng ký", "level": "3",
         "valid_from": "2020-01-01", "updated_at": "2023-05-01"}])
    row = figure(kept_store, "2023", "49", "level4-filing", "--unverified")
    assert (row["numerator"], row["denominator"]) == ("1", "4")


# ---- before the deadline -------------------------------------------------------

def test_on_the_path_or_behind(kept_store):
    load(kept_store, "dossier", dossiers("G01", 1, 10, day="2026-01-15")
         + dossiers("G01", 3, 10, day="2026-06-15"))
    with kept_store.connect() as db:
        db.execute("INSERT INTO target SELECT 'FUTURE', slug, 'test', '2099-12-31', direction, 50, 100,"
                   " verified, confidence, clause_vi, clause_en, name_vi, name_en, source"
                   " FROM target WHERE target_id = 'NQ17-02'")
    assert figure(kept_store, "2026-06", "G01", "online-filing")["status"] == "on_track"
    with kept_store.connect() as db:
        db.execute("UPDATE target SET numerator = 90 WHERE target_id = 'FUTURE'")
        db.execute("UPDATE target SET deadline = current_date + 1 WHERE target_id = 'FUTURE'")
    row = figure(kept_store, "2026-06", "G01", "online-filing")
    assert (row["target"], row["status"]) == ("0.900000", "behind")


def ahead(store, name, slug, value, deadline, direction=">="):
    """A target whose deadline is ahead, of a programme of its own that begins with 2025."""
    store.run("target", "set", "P", "--name", "P", "--from", "2024-12-31", "--source", "thử", code=None)
    out = store.run("target", "draft", name, "--set", "P", "--indicator", slug, "--value", value,
                    "--deadline", deadline, "--from", "2025-01-01", "--reason", "thử", "--by", "an",
                    "--direction", direction).stdout
    store.run("target", "approve", out.split()[1].rstrip(";"), "--by", "bình")


def path_of(store, period, agency, slug):
    out = store.run("explain", "--period", period, "--agency", agency, "--indicator", slug, "--set", "P",
                    "--format", "json").stdout
    return json.loads(out)["target_path"]


def test_the_path_begins_with_the_first_observation_of_any_kind(kept_store):
    """Services, totals, stocks, facts and dossiers alike, of an agency with those that it follows, and of
    the nation over its population; and it is printed."""
    dead = "2099-12-31"
    for name, slug, value in (("P-05", "level4-services", "80%"), ("P-03", "npsp-integration", "80%"),
                              ("P-16", "work-files-online", "90%"), ("P-15", "electronic-documents", "90%"),
                              ("P-01", "verified-identity", "90%"), ("P-06", "mobile-portal", "90%"),
                              ("P-02", "online-filing", "90%"), ("P-26", "on-time", "90%")):
        ahead(kept_store, name, slug, value, dead)

    def services(agency, day, four, all_of, **fields):
        return [{"agency": agency, "procedure": f"1.{n:06d}", "name_vi": "x", "valid_from": day,
                 "level": "4" if n < four else "3", "npsp_integrated": n < four, **fields} for n in range(all_of)]

    def told(agency, measure, period, online, whole, breakdown="", part=None):
        return [{"agency": agency, "measure": m, "period": period, "breakdown": breakdown, "value": v}
                for m, v in ((part or measure + "_online", online), (measure, whole))]
    load(kept_store, "service", services("44", "2024-03-01", 1, 10) + services("45", "2025-02-10", 3, 10)
         + services("44@2025", "2025-07-01", 6, 20) + services("G01", "2025-03-15", 2, 4))
    load(kept_store, "count",
         told("G01", "work_files", "2025-Q1", 10, 100, "ministry_province")
         + told("G01", "work_files", "2026-Q1", 14, 100, "ministry_province")
         + told("G01", "documents_exchanged", "2025-Q2", 50, 100, part="documents_exchanged_electronic")
         + told("38", "documents_exchanged", "2025-Q1", 10, 100, part="documents_exchanged_electronic")
         + told("38", "documents_exchanged", "2026-Q1", 12, 100, part="documents_exchanged_electronic")
         + told("VN", "participants", "2025-01", 20, 100, part="participants_verified")
         + told("VN", "participants", "2026-03", 21, 100, part="participants_verified"))
    load(kept_store, "fact", [{"agency": a, "fact": "mobile-portal", "value": a in ("G01", "38"),
                               "valid_from": "2025-04-01"} for a in ("G01", "38", "40")])
    load(kept_store, "dossier", dossiers("44", 1, 10, day="2025-03-10") + dossiers("45", 4, 10, day="2025-03-20")
         + dossiers("45", 9, 10, day="2025-04-20") + dossiers("44@2025", 3, 10, day="2026-02-10")
         + dossiers("X-VAST", 10, 10, day="2025-01-20") + dossiers("G01", 4, 10, day="2025-06-10")
         + dossiers("G02", 3, 10, day="2026-01-10", due_at="2026-01-20"))

    def start(agency, slug, period="2026-Q1"):
        path = path_of(kept_store, period, agency, slug)
        return path and (path["from"], path["numerator"], path["denominator"])
    assert start("G01", "level4-services") == ("2025-03-31", 2, 4)
    assert start("44@2025", "level4-services") == ("2025-01-31", 1, 10)      # 44's catalogue, known before
    assert start("VN", "npsp-integration", "2025") == ("2025-01-31", 1, 10)
    assert start("VN", "npsp-integration") == ("2025-03-31", 2, 4)           # ministries alone since 2026
    assert start("G01", "work-files-online") == ("2025-03-31", 10, 100)
    assert start("VN", "electronic-documents") == ("2025-03-31", 10, 100)
    assert start("VN", "verified-identity") == ("2025-01-31", 20, 100)
    assert start("VN", "mobile-portal") is None or start("VN", "mobile-portal")[1:] == (1, 17)
    assert start("VN", "mobile-portal", "2025") == ("2025-04-30", 2, 51)
    assert start("44@2025", "online-filing") == ("2025-03-31", 5, 20)        # both it follows
    assert start("G02", "on-time") == ("2026-01-31", 10, 10)
    assert start("VN", "level4-services") is None    # each agency's: the verdict is made of theirs
    assert start("40", "online-filing") is None
    path = path_of(kept_store, "2026-Q1", "G01", "work-files-online")
    # 10% on 2025-03-31, 90% on 2099-12-31: 365 of 27,303 days on.
    assert path["percent"] == f"{10 + 80 * 365 / 27303:.2f}" and path["to"] == dead and path["on"] == "2026-03-31"
    status = {(a, i): kpi(kept_store, "2026-Q1", "--set", "P", "--unverified", agency=a, indicator=i)[a, i]["status"]
              for a, i in (("G01", "work-files-online"), ("44@2025", "online-filing"), ("G01", "level4-services"),
                           ("44@2025", "level4-services"), ("VN", "npsp-integration"),
                           ("VN", "electronic-documents"), ("VN", "verified-identity"))}
    assert status == {("G01", "work-files-online"): "on_track", ("44@2025", "online-filing"): "on_track",
                      ("G01", "level4-services"): "behind", ("44@2025", "level4-services"): "on_track",
                      ("VN", "npsp-integration"): "behind", ("VN", "electronic-documents"): "on_track",
                      ("VN", "verified-identity"): "behind"}
    text = kept_store.run("explain", "--period", "2026-Q1", "--agency", "G01", "--indicator", "work-files-online",
                          "--set", "P", "--lang", "en").stdout
    assert "Path: 10.00% on 2025-03-31, 11.07% on 2026-03-31, target on 2099-12-31" in text, text
    # The audit finds the same, by another way, when it looks at that programme.
    with kept_store.connect() as db:
        db.execute("SELECT choose('P', NULL)")
        assert db.execute("SELECT agency, measure, stored, counted FROM audit(NULL, '{2025,2026-Q1,2025-Q2}')"
                          " WHERE figures IS NULL").fetchall() == []


def test_verdicts_and_rounding_in_sql(module_store):
    module_store.run("db", "status")
    with module_store.connect() as db:
        cases = [((115665, 168746, 4), "0.6854"), ((1, 3, 6), "0.333333"), ((2, 3, 4), "0.6667"),
                 ((1, 8, 2), "0.13"), ((0, 7, 6), "0.000000")]
        for args, printed in cases:
            assert str(db.execute("SELECT round_fraction(%s, %s, %s)", args).fetchone()[0]) == printed
        for args, printed in [((99995, 100000, 4, 100, 100), "0.9999"),
                              ((19996, 100000, 4, 20, 100), "0.1999"),
                              ((20004, 100000, 4, 20, 100), "0.2000"),
                              ((9999999, 10000000, 6, 1, 1), "0.999999")]:
            assert str(db.execute("SELECT round_fraction(%s, %s, %s, %s, %s)", args).fetchone()[0]) == printed
        # at most: above the target it is never printed as within it
        for args, printed in [((20004, 100000, 4, 20, 100), "0.2001"), ((20000, 100000, 4, 20, 100), "0.2000"),
                              ((19996, 100000, 4, 20, 100), "0.2000"), ((25, 101, 4, 1, 5), "0.2475")]:
            assert str(db.execute("SELECT round_at_most(%s, %s, %s, %s, %s)", args).fetchone()[0]) == printed
        # what is unknown is not zero: of at most a fifth, it might be more
        for n, possible, verdict in [(10, 10, "met"), (10, 20, "met"), (10, 21, "undetermined"), (0, 100, "undetermined"),
                                     (21, 21, "not_met")]:
            assert db.execute("SELECT verdict(%s, 100, %s, '<=', 1, 5, '2020-12-31', '2021-01-01', '2020-12-31',"
                              " NULL, NULL, NULL)", (n, possible)).fetchone()[0] == verdict
        for statuses, verdict in [(["met", "not_met", "no_data"], "not_met"),
                                  (["met", "undetermined", "no_data"], "undetermined"),
                                  (["met", "no_data", "not_applicable"], "no_data"),
                                  (["met", "not_applicable"], "met"),
                                  (["not_applicable"], "not_applicable")]:
            assert db.execute("SELECT verdict_of_all(%s)", (statuses,)).fetchone()[0] == verdict
