# test_versions.py -- definitions, targets and populations as versions; variants, other sets
# of targets, evidence, comparators, and the published facts of DOMAIN as cases.
import csv
import io
import json
import subprocess

import pytest
from conftest import ROOT
from serving import Server
from test_observations import CENTRAL, POPULATION, PROVINCES, dossiers, figure, kpi, load

SPLIT = "2026-01-01"


def model(store, period, agency, indicator, *flags):
    return json.loads(store.run("explain", "--period", period, "--agency", agency, "--indicator",
                                indicator, "--format", "json", *flags).stdout)


def reading(store, period, agency, indicator, name):
    found = model(store, period, agency, indicator)["variants"]
    return next(v for v in found if v["variant"] == name)


def rows(store, *args):
    return list(csv.DictReader(io.StringIO(store.run(*args, "--format", "csv").stdout)))


def draft(store, kind, subject, *flags, by="an", input=None):
    out = store.run(kind, "draft", subject, "--reason", "thử", "--by", by, *flags, input=input).stdout
    return out.split()[1].rstrip(";")


def counts(agency, period, **values):
    return [{"agency": agency, "measure": m, "period": period, "value": v} for m, v in values.items()]


def service(agency, procedure, level="4", valid_from="2020-01-01", **fields):
    return {"agency": agency, "procedure": procedure, "name_vi": procedure, "level": level,
            "valid_from": valid_from, **fields}


# ---- published facts -------------------------------------------------------------

def test_pooled_never_a_mean(kept_store):
    """2024: ministries 63.47%, provinces 18.54%, the nation 45.8%, which gives the
    ministries 60.7% of the weight (DOMAIN 2.3)."""
    weight = {"G01": (607 * 6347, 607 * 10000), "01": (393 * 1854, 393 * 10000)}
    for code, (online, total) in weight.items():
        load(kept_store, "count", counts(code, "2024", dossiers_resolved=total,
                                         dossiers_resolved_online=online))
    assert figure(kept_store, "2024", "G01", "online-filing")["value"] == "0.634700"
    assert figure(kept_store, "2024", "01", "online-filing")["value"] == "0.185400"
    nation = model(kept_store, "2024", "VN", "online-filing")
    assert nation["observation"]["numerator"] == sum(n for n, _ in weight.values())
    assert nation["observation"]["denominator"] == sum(d for _, d in weight.values())
    assert nation["observation"]["percent"] == "45.81"     # 45.8 as printed; the mean is 41.0
    official = {(c["group"], c["percent"]): c for c in nation["comparators"]}
    assert set(official) == {(None, "45.8"), ("central", "63.47"), ("province", "18.54")}
    assert official[None, "45.8"]["difference"] == "0.01"
    assert all(c["source"] for c in nation["comparators"])


def test_115665_of_168746(kept_store):
    load(kept_store, "count", counts("38", "2023", dossiers_resolved=168746,
                                     dossiers_resolved_online=115665))
    assert figure(kept_store, "2023", "38", "online-filing")["value"] == "0.685438"
    assert model(kept_store, "2023", "38", "online-filing")["observation"]["percent"] == "68.54"


@pytest.mark.parametrize("year, rank, place", [(2014, "99", "5"), (2016, "89", "6"), (2018, "88", "6"),
                                               (2020, "86", "6"), (2022, "86", "6"), (2024, "71", "5")])
def test_united_nations_with_eleven_and_ten(module_store, shared, year, rank, place):
    with open(shared / "data" / "un_egdi.csv", encoding="utf-8") as file:
        source = [r for r in csv.DictReader(file)]
    assert any("71" in r.values() for r in source)
    assert figure(module_store, str(year), "VN", "un-rank")["value"] == rank
    assert figure(module_store, str(year), "VN", "asean-rank")["value"] == place
    assert figure(module_store, str(year), "VN", "asean-rank", "--variant", "ten-countries")["value"] == place


@pytest.mark.parametrize("last, first, periods", [
    ("2020-12-14", "2020-12-15", ("ND09-2020", "ND09-2021")),
    ("2020-12-31", "2021-01-01", ("2020", "2021")),
    ("2020-01-24", "2020-01-25", ("2020-01-24", "2020-01-25")),      # Tet
    ("2020-03-14", "2020-03-15", ("ND09-2020-Q1", "ND09-2020-Q2")),
])
def test_a_microsecond_apart(kept_store, last, first, periods):
    def at(name, moment):
        return {"agency": "48", "dossier": name, "procedure": "1.1", "channel": "online",
                "received_at": "2020-01-01", "resolved_at": moment}
    load(kept_store, "dossier", [at("a", f"{last}T23:59:59.999999+07:00"),
                                 at("b", f"{first}T00:00:00+07:00")])
    for period in periods:
        assert figure(kept_store, period, "48", "online-filing")["denominator"] == "1"


def test_months_add_up_to_quarters_in_both_calendars(kept_store):
    days = [f"2020-{m:02d}-{d:02d}" for m in range(1, 13) for d in (1, 14, 15, 28)]
    load(kept_store, "dossier", [r for n, day in enumerate(days)
                                 for r in dossiers("G05", n % 3, 3 + n % 4, day=day)])
    for calendar in ("", "ND09-"):
        for quarter in range(1, 5):
            whole = figure(kept_store, f"{calendar}2020-Q{quarter}", "G05", "online-filing")
            parts = [figure(kept_store, f"{calendar}2020-{m:02d}", "G05", "online-filing")
                     for m in range(3 * quarter - 2, 3 * quarter + 1)]
            for column in ("numerator", "denominator"):
                assert int(whole[column]) == sum(int(p[column]) for p in parts) > 0


# ---- populations -----------------------------------------------------------------

def test_what_loses_its_population_closes(kept_store):
    load(kept_store, "fact", [{"agency": a, "fact": "mobile-portal", "value": True,
                               "valid_from": "2020-01-01"} for a in POPULATION])
    before = figure(kept_store, "2024", "VN", "mobile-portal")
    assert (before["value"], before["denominator"]) == ("1.000000", "85")
    # Only the ministries in force are left; what a province still says does not count.
    after = figure(kept_store, "2026-Q1", "VN", "mobile-portal")
    assert after["denominator"] == "17" and after["value"] != "0.000000"
    told = model(kept_store, "2026-Q1", "VN", "mobile-portal")
    assert told["population"]["agencies"] == 17 and told["population"]["closed"]
    assert "closed" in told["observation"]["note"] and told["population"]["note_vi"]


def test_the_district_tier_closes(kept_store):
    load(kept_store, "count", [{"agency": "48", "measure": m, "period": "2025-Q1",
                                "breakdown": "district", "value": v}
                               for m, v in (("work_files", 10), ("work_files_online", 7))])
    slug = "work-files-online-district"
    assert figure(kept_store, "2025-Q1", "48", slug, "--unverified")["value"] == "0.700000"
    assert model(kept_store, "2025-Q1", "VN", slug)["population"]["agencies"] == 63
    closed = kpi(kept_store, "2025-Q3", "--unverified", indicator=slug)
    assert set(closed) == {("VN", slug)}
    row = closed["VN", slug]
    assert (row["denominator"], row["value"], row["status"]) == ("0", "", "not_applicable")
    assert "30/6/2025" in model(kept_store, "2025-Q3", "VN", slug)["population"]["note_vi"]


def test_a_list_of_89(kept_store, tmp_path):
    """63 provinces, the ministries, and others that are named: dated, printed, approved by a
    second person."""
    more = [f"X-{n}" for n in range(1, 11)]
    extra = more[:4]
    load(kept_store, "agency", [{"code": c, "kind": "other", "name_vi": c, "valid_from": "2019-01-01"}
                                for c in more])
    load(kept_store, "fact", [{"agency": a, "fact": "document-axis", "value": True,
                               "valid_from": "2020-01-01"} for a in POPULATION + extra])
    names = tmp_path / "axis.csv"
    names.write_text("agency\n" + "".join(f"{c}\n" for c in POPULATION + extra))
    number = draft(kept_store, "population", "document-axis", "--from", "2020-06-01",
                   "--members", str(names), "--name", "89 cơ quan")
    assert figure(kept_store, "2020", "VN", "document-axis")["denominator"] == "85"
    shown = rows(kept_store, "population", "preview", number, "--period", "2020")
    assert {"period": "2020", "agency": "VN", "indicator": "document-axis", "part": "agencies",
            "before": "85", "after": "89"} in shown
    assert figure(kept_store, "2020", "VN", "document-axis")["denominator"] == "85"
    kept_store.run("population", "approve", number, "--by", "an", code=1)
    kept_store.run("population", "approve", number, "--by", "bình")
    assert figure(kept_store, "2020", "VN", "document-axis")["denominator"] == "89"
    assert figure(kept_store, "2020-Q1", "VN", "document-axis")["denominator"] == "85"
    assert model(kept_store, "2020", "VN", "document-axis")["population"]["name_vi"] == "89 cơ quan"
    assert figure(kept_store, "2020", "VN", "mobile-portal")["coverage"] == "0.000000"
    # Longer lists follow: each figure is printed with the one of its day.
    for size, day in ((92, "2021-01-01"), (95, "2022-01-01")):
        number = draft(kept_store, "population", "document-axis", "--from", day, "--members", "-",
                       "--name", f"{size} cơ quan", input="agency\n" + "\n".join(POPULATION + more[:size - 85]))
        kept_store.run("population", "approve", number, "--by", "bình")
    for period, size in (("2020", 89), ("2021", 92), ("2022-Q1", 95)):
        out = json.loads(kept_store.run("kpi", "--period", period, "--agency", "VN", "--format", "json",
                                        "--indicator", "document-axis").stdout)["observations"][0]
        assert (out["numerator"], out["denominator"], out["population"]["agencies"]) == (89, size, size)
    kept_store.run("population", "draft", "all", "--from", "2020-01-01", "--reason", "x",
                   "--members", "-", input="agency\nNOBODY\n", code=1)


# ---- targets ---------------------------------------------------------------------

def test_a_target_changes_by_two_people(kept_store):
    load(kept_store, "dossier", [r for day in ("2025-11-10", "2026-02-10")
                                 for r in dossiers("G01", 22, 100, day=day)])
    number = draft(kept_store, "target", "NQ17-02", "--value", "25%", "--from", SPLIT)
    preview = rows(kept_store, "target", "preview", number)
    verdicts = {(r["period"], r["agency"]): (r["before"], r["after"])
                for r in preview if r["part"] == "status"}
    assert verdicts["2026", "G01"] == verdicts["2026-Q1", "G01"] == ("met", "not_met")
    assert {p[:4] for p, _ in verdicts} == {"2026"}
    # Drafting and looking changed nothing.
    assert figure(kept_store, "2026-Q1", "G01", "online-filing")["status"] == "met"
    kept_store.run("target", "approve", number, "--by", "an", code=1)
    kept_store.run("target", "approve", number, "--by", "bình")
    kept_store.run("target", "approve", number, "--by", "chi", code=1)          # once
    new = figure(kept_store, "2026-Q1", "G01", "online-filing")
    old = figure(kept_store, "2025-Q4", "G01", "online-filing")
    assert (new["status"], new["target"]) == ("not_met", "0.250000")
    assert (old["status"], old["target"]) == ("met", "0.200000")
    used = model(kept_store, "2026-Q1", "G01", "online-filing")["observation"]
    assert (used["target_id"], used["target_version"]) == ("NQ17-02/2", 2)
    # What was approved stands when the catalogue is applied again.
    with kept_store.connect() as db:
        db.execute("UPDATE schema_definition SET sha256 = 'older'")
    kept_store.run("db", "migrate")
    assert figure(kept_store, "2026-Q1", "G01", "online-filing")["target"] == "0.250000"
    # Nothing goes in before what holds already.
    late = draft(kept_store, "target", "NQ17-02", "--value", "21%", "--from", "2025-06-01")
    kept_store.run("target", "approve", late, "--by", "bình", code=1)


def test_a_name_written_another_way_is_no_second_person(kept_store):
    load(kept_store, "dossier", dossiers("G01", 22, 100, day="2026-02-10"))
    number = draft(kept_store, "target", "NQ17-02", "--value", "25%", "--from", SPLIT, by="Nguyễn An")
    for same in ("nguyễn  an ", "NGUYỄN AN", "Nguye\u0302\u0303n An", "  "):
        kept_store.run("target", "approve", number, "--by", same, code=1)
    kept_store.run("target", "approve", number, "--by", "Nguyễn Ân")
    for flags in (["--reason", " ", "--by", "an"], ["--reason", "x", "--by", "  "]):
        kept_store.run("target", "draft", "NQ17-03", "--value", "35%", "--from", SPLIT, *flags, code=1)
    # The same of whoever takes a batch back that published figures rest on.
    kept_store.run("publish", "--period", "2026-Q1", "--by", "An", "--accept", "x", "--second", " an ", code=1)
    kept_store.run("publish", "--period", "2026-Q1", "--by", "An", "--accept", "x", "--second", "Bình")
    kept_store.run("batch", "withdraw", "1", "--reason", " ", "--by", "An", code=1)
    kept_store.run("batch", "withdraw", "1", "--reason", "nhầm", "--by", "An")
    kept_store.run("batch", "approve", "1", "--by", "AN ", code=1)
    kept_store.run("vintages", "reopen", "--period", "2026-Q1", "--reason", "x", "--by", "An", "--second", "aN",
                   code=1)


def test_ranks_move_in_the_preview(kept_store):
    """G01 meets 20% of 02 and G02 does not; at 90% neither does."""
    load(kept_store, "dossier", dossiers("G01", 50, 100, day="2026-02-10")
         + dossiers("G02", 10, 100, day="2026-02-10"))
    number = draft(kept_store, "target", "NQ17-02", "--value", "10%", "--from", SPLIT)
    preview = rows(kept_store, "target", "preview", number, "--period", "2026-Q1")
    moved = {(r["agency"], r["indicator"]): (r["before"], r["after"]) for r in preview if r["part"] == "rank"}
    assert moved == {("G02", "*"): ("2", "1")}
    kept_store.run("target", "drop", number)
    kept_store.run("target", "preview", number, code=1)


def test_a_bad_draft_is_refused(kept_store):
    for flags in (["NQ17-02", "--value", "a lot"], ["NQ17-99", "--value", "1%"],
                  ["NQ17-02", "--value", "30%", "--set", "no-such-set"], ["NQ17-02"],
                  ["NQ17-02", "--direction", "up"], ["NQ17-02", "--deadline", "2019-03-07"]):
        kept_store.run("target", "draft", *flags, "--from", SPLIT, "--reason", "x", "--by", "an", code=1)
    for word in ("--reason", "--clause", "--by"):      # no report could print it
        flags = {"--reason": "x", "--by": "an", "--clause": "mục 1"} | {word: "chữ 越"}
        assert "越" in kept_store.run("target", "draft", "NQ17-02", "--value", "30%", "--from", SPLIT,
                                     *[w for pair in flags.items() for w in pair], code=1).stderr
    kept_store.run("target", "draft", "NQ17-02", "--value", "30%", "--from", SPLIT, code=2)
    kept_store.run("target", "draft", "NQ17-02", "--value", "30%", "--from", "soon", "--reason", "x", code=2)


def test_a_provinces_own_set_by_tier(kept_store):
    """Online 90/90/70% for the province, its districts and communes (DOMAIN, services 6)."""
    load(kept_store, "agency", [
        {"code": "38-D", "kind": "department", "name_vi": "Sở", "parent": "38", "valid_from": "2019-01-01"},
        {"code": "38-C", "kind": "commune", "name_vi": "Xã", "parent": "38", "valid_from": "2019-01-01"},
        {"code": "01-C", "kind": "commune", "name_vi": "Xã khác", "parent": "01", "valid_from": "2019-01-01"}])
    load(kept_store, "dossier", [r for a in ("38", "38-D", "38-C", "01-C", "40")
                                 for r in dossiers(a, 8, 10)])
    kept_store.run("target", "set", "TH", "--name", "Thanh Hóa", "--agency", "38",
                   "--from", "2019-01-01", "--source", "TD BaoCaoTongHopConstants")
    for n, (kind, value) in enumerate((("province", "90%"), ("department", "90%"), ("commune", "70%"))):
        number = draft(kept_store, "target", f"TH-{n}", "--set", "TH", "--indicator", "online-filing",
                       "--kinds", kind, "--value", value, "--deadline", "2020-12-31", "--from", "2019-06-01")
        kept_store.run("target", "approve", number, "--by", "bình")
    own = kpi(kept_store, "2020", "--set", "TH", indicator="online-filing")
    status = {a: own[a, "online-filing"]["status"] for a in ("38", "38-D", "38-C", "01-C", "40", "VN")}
    assert status == {"38": "not_met", "38-D": "not_met", "38-C": "met",
                      "01-C": "no_target", "40": "no_target", "VN": "no_target"}
    usual = kpi(kept_store, "2020", indicator="online-filing")
    assert usual["38", "online-filing"]["target"] == "0.200000"
    assert usual["38", "online-filing"]["status"] == "met"
    kept_store.run("kpi", "--period", "2020", "--set", "nobody", code=1)


def test_another_programme_beside_the_resolution(kept_store):
    load(kept_store, "dossier", dossiers("G01", 5, 10))
    kept_store.run("target", "set", "OTHER", "--name", "Khác", "--from", "2019-12-31", "--source", "thử")
    number = draft(kept_store, "target", "O-1", "--set", "OTHER", "--indicator", "online-filing",
                   "--value", "80%", "--deadline", "2020-12-31", "--from", "2020-01-01")
    kept_store.run("target", "approve", number, "--by", "bình")
    row = figure(kept_store, "2020", "G01", "online-filing", "--set", "OTHER")
    assert (row["target"], row["status"]) == ("0.800000", "not_met")
    assert figure(kept_store, "2019", "G01", "online-filing", "--set", "OTHER")["status"] != "not_met"
    assert figure(kept_store, "2020", "G01", "online-filing")["status"] == "met"


def test_the_api_takes_sets_and_readings(kept_store):
    """/api/v1/observations and explain judge and compute as kpi does, for that one question."""
    load(kept_store, "dossier", dossiers("38", 8, 10) + [
        {"agency": "38", "dossier": f"open-{n}", "procedure": "1.1", "channel": "online",
         "received_at": "2020-06-20"} for n in range(4)])
    kept_store.run("target", "set", "TH", "--name", "Thanh Hóa", "--agency", "38", "--from", "2019-01-01",
                   "--source", "thử")
    number = draft(kept_store, "target", "TH-1", "--set", "TH", "--indicator", "online-filing", "--value", "90%",
                   "--deadline", "2020-12-31", "--from", "2019-06-01")
    kept_store.run("target", "approve", number, "--by", "bình")
    kept_store.run("publish", "--period", "2020", "--by", "Lan", "--accept", "thử", "--second", "Minh")
    server = Server(kept_store, "web")
    try:
        def ask(flags, path="observations"):
            answer = server.ask(f"/api/v1/{path}?period=2020&agency=38&indicator=online-filing{flags}")
            if answer.status != 200:
                return answer.status
            model = answer.json()
            o = model["observation"] if path == "explain" else model["observations"][0]
            return o["numerator"], o["target_set"], o["status"]
        for path in ("observations", "explain"):
            assert ask("", path) == (8, "NQ17", "met")
            assert ask("&set=TH", path) == (8, "TH", "not_met")
            assert ask("&variant=ministry-formula", path) == (12, "NQ17", "met")
            assert ask("&set=TH&variant=ministry-formula", path) == (12, "TH", "met")
            assert ask("", path) == (8, "NQ17", "met")           # the next question is the usual one
            assert ask("&vintage=1", path) == (8, "NQ17", "met")
            assert ask("&set=TH&vintage=1", path) == 400
            assert ask("&set=nobody", path) == ask("&variant=nothing", path) == 404
        assert ask("&recast=1", "explain") == (8, "NQ17", "met")
        whole = server.ask("/api/v1/observations?period=2020&set=TH").json()
        printed = json.loads(kept_store.run("kpi", "--period", "2020", "--set", "TH", "--format", "json").stdout)
        assert whole == printed
    finally:
        server.stop()


# ---- variants and definitions ----------------------------------------------------

def test_the_ministrys_formula_mixes_two_cohorts(kept_store):
    """9 filed online, of which 1 is settled, among 10 settled: 10% against 90%."""
    load(kept_store, "dossier", dossiers("48", 1, 10) + [
        {"agency": "48", "dossier": f"open-{n}", "procedure": "1.1", "channel": "online",
         "received_at": "2020-06-20"} for n in range(8)])
    assert figure(kept_store, "2020-06", "48", "online-filing")["status"] == "not_met"
    other = reading(kept_store, "2020-06", "48", "online-filing", "ministry-formula")
    assert (other["numerator"], other["denominator"], other["status"]) == (9, 10, "met")
    assert other["differs"]
    assert figure(kept_store, "2020-06", "48", "online-filing", "--variant",
                  "ministry-formula")["value"] == "0.900000"
    whole = json.loads(kept_store.run("kpi", "--period", "2020-06", "--agency", "48", "--indicator",
                                      "online-filing", "--format", "json").stdout)
    assert {v["variant"]: v["differs"] for v in whole["variants"]} == {
        "ministry-formula": True, "with-withdrawn": False}
    text = kept_store.run("explain", "--period", "2020-06", "--agency", "48", "--indicator",
                          "online-filing", "--lang", "en").stdout
    assert "another verdict" in text and "published formula" in text
    # What was filed before the period and settled in it may exceed the whole.
    load(kept_store, "dossier", [{"agency": "49", "dossier": f"n-{n}", "procedure": "1.1",
                                  "channel": "online", "received_at": "2020-06-20"} for n in range(4)]
         + dossiers("49", 1, 1))
    assert figure(kept_store, "2020-06", "49", "online-filing", "--variant",
                  "ministry-formula")["value"] == "5.000000"


def test_other_readings_count_from_the_same_day_on(kept_store):
    """What the agency told of January stands for January alone, though its first dossier was
    settled in March; what was withdrawn before its records count is no part of them either."""
    load(kept_store, "count", [{"agency": "01", "measure": m, "period": p, "value": v} for p, m, v in
                               (("2020-01", "dossiers_received_online", 5), ("2020-02", "dossiers_received_online", 6))])
    load(kept_store, "dossier", dossiers("01", 2, 2, day="2020-03-05") + [
        {"agency": "01", "dossier": f"n-{n}", "procedure": "1.1", "channel": "online", "received_at": "2020-02-01"}
        for n in range(4)] + [{"agency": "01", "dossier": "gone", "procedure": "1.1", "channel": "online", "status": "withdrawn",
                               "received_at": "2020-02-02", "updated_at": "2020-02-20"}])
    # 5 told of January, 5 received in February, 2 in March
    other = reading(kept_store, "2020-Q1", "01", "online-filing", "ministry-formula")
    assert (other["numerator"], other["denominator"]) == (12, 2)
    assert reading(kept_store, "2020-Q1", "01", "online-filing", "with-withdrawn")["denominator"] == 3
    kept_store.run("agency", "source", "01", "records", "--from", "2020-03-01")
    assert reading(kept_store, "2020-Q1", "01", "online-filing", "with-withdrawn")["denominator"] == 2
    # nothing is known of a year to come, by no reading
    for name in ("ministry-formula", "with-withdrawn"):
        assert figure(kept_store, "2099", "01", "online-filing", "--variant", name)["status"] == "no_data"
    assert kept_store.run("audit", "--full").stdout.splitlines()[-1].endswith(" 0 differences")


def test_withdrawn_dossiers_count_on_demand(kept_store):
    load(kept_store, "dossier", dossiers("48", 2, 10) + [
        {"agency": "48", "dossier": f"gone-{n}", "procedure": "1.1", "channel": "counter",
         "status": "withdrawn", "received_at": "2020-06-01", "updated_at": moment}
        for n, moment in enumerate(("2020-06-30T23:59:59.999999+07:00", "2020-07-01T00:00:00+07:00"))])
    other = reading(kept_store, "2020-06", "48", "online-filing", "with-withdrawn")
    assert (other["numerator"], other["denominator"], other["status"]) == (2, 11, "not_met")
    assert figure(kept_store, "2020-06", "48", "online-filing")["status"] == "met"
    # What is taken back, or ended another way or another day, no longer counts.
    def again(n, **fields):
        return {"agency": "48", "dossier": f"gone-{n}", "procedure": "1.1", "channel": "online",
                "status": "withdrawn", "received_at": "2020-06-01", "updated_at": "2020-07-02"} | fields
    load(kept_store, "dossier", [again(0, status="processing"), again(1, resolved_at="2020-06-29")])
    other = reading(kept_store, "2020-06", "48", "online-filing", "with-withdrawn")
    assert (other["numerator"], other["denominator"]) == (3, 11)
    with kept_store.connect() as db:
        batch = db.execute("SELECT max(batch_id)::text FROM batch").fetchone()[0]
    kept_store.run("batch", "withdraw", batch, "--reason", "thử")
    other = reading(kept_store, "2020-06", "48", "online-filing", "with-withdrawn")
    assert (other["numerator"], other["denominator"]) == (2, 11)
    # A predecessor's count for whoever answers for it (Quang Nam, in Da Nang since July 2025).
    load(kept_store, "dossier", [again(2, agency="49", updated_at="2025-06-29")]
         + dossiers("48", 1, 2, day="2025-08-01"))
    whole = reading(kept_store, "2025", "48", "online-filing", "with-withdrawn")
    assert (whole["numerator"], whole["denominator"]) == (2, 3)
    assert kept_store.run("audit", "--full").stdout.splitlines()[-1].endswith(" 0 differences")


def test_readings_of_the_catalogue(kept_store):
    load(kept_store, "service", [
        service("48", "1.000001", "4", form_fields=10, form_fields_prefilled=1,
                business_registry=True, for_enterprises=True),
        service("48", "1.000002", "3", form_fields=10, form_fields_prefilled=9,
                business_registry=False, for_enterprises=False),
        service("48", "1.000003", "2"), service("48", "1.000004", "1")])
    load(kept_store, "dossier", [{"agency": "48", "dossier": f"s-{n}", "procedure": "1.000002",
                                  "channel": "online", "received_at": "2020-03-01",
                                  "resolved_at": "2020-03-02"} for n in range(3)])
    figures = {
        ("level4-services", "level34-only"): ((1, 4), (1, 2)),
        ("form-autofill", "by-submissions"): ((10, 20), (27, 30)),
        ("business-registry", "for-enterprises"): ((1, 2), (1, 1)),
    }
    for (slug, name), (usual, other) in figures.items():
        row = figure(kept_store, "2020", "48", slug)
        assert (int(row["numerator"]), int(row["denominator"])) == usual
        varied = reading(kept_store, "2020", "48", slug, name)
        assert (varied["numerator"], varied["denominator"]) == other
    # A week is not tiled by half months: the same from the dossiers themselves.
    assert reading(kept_store, "2020-03-02", "48", "form-autofill", "by-submissions")["numerator"] == 27


def test_the_nation_over_distinct_codes(kept_store):
    """The same procedure at two agencies is one code; outside the population none."""
    load(kept_store, "agency", [{"code": "Z1", "kind": "other", "name_vi": "Z", "valid_from": "2019-01-01"}])
    load(kept_store, "service", [
        service("48", "1.000001", "4", npsp_integrated=True), service("49", "1.000001", "3", npsp_integrated=False),
        service("49", "1.000002", "3", npsp_integrated=False), service("Z1", "1.000009", "4", npsp_integrated=True)])
    usual = figure(kept_store, "2020", "VN", "npsp-integration")
    assert (usual["numerator"], usual["denominator"]) == ("1", "3")
    other = reading(kept_store, "2020", "VN", "npsp-integration", "distinct-codes")
    assert (other["numerator"], other["denominator"]) == (1, 2)
    assert reading(kept_store, "2020", "VN", "level4-services", "distinct-codes")["denominator"] == 2
    # An agency's own figure has no such reading.
    assert model(kept_store, "2020", "48", "npsp-integration")["variants"] == []
    assert figure(kept_store, "2020", "49", "npsp-integration", "--variant", "distinct-codes")["denominator"] == "2"


def test_a_definition_changes_from_a_day_on(kept_store):
    load(kept_store, "service", [service("48", "1.000001", "4"), service("48", "1.000002", "1")])
    number = draft(kept_store, "definition", "level4-services", "--formula", "level34-only", "--from", "2021-01-01")
    kept_store.run("definition", "approve", number, "--by", "bình")
    old, new = (model(kept_store, y, "48", "level4-services") for y in ("2020", "2021"))
    assert (old["observation"]["denominator"], old["observation"]["version"]) == (2, 1)
    assert (new["observation"]["denominator"], new["observation"]["version"]) == (1, 2)
    assert new["variant"] == "level34-only" and old["variant"] is None
    assert [v["variant"] for v in new["variants"]] == ["default"]
    assert new["variants"][0]["denominator"] == 2
    kept_store.run("definition", "draft", "level4-services", "--formula", "ministry-formula",
                   "--from", "2022-01-01", "--reason", "x", code=1)


def test_full_and_partial_after_15_august_2022(kept_store):
    load(kept_store, "service", [service("48", "1.000001", "full", "2022-08-15", npsp_integrated=True),
                                 service("48", "1.000002", "partial", "2022-08-15", npsp_integrated=False)])
    level4 = figure(kept_store, "2022", "48", "level4-services")
    online = figure(kept_store, "2022", "48", "npsp-integration")
    assert (level4["numerator"], level4["denominator"]) == ("1", "2")
    assert (online["numerator"], online["denominator"]) == ("1", "2")
    assert "15/8/2022" in model(kept_store, "2022", "48", "level4-services")["definition_vi"]


# ---- evidence and comparison -----------------------------------------------------

def test_declared_and_verified(kept_store):
    items = ["Giới thiệu", "Thủ tục", "Liên hệ"]
    load(kept_store, "fact", [{"agency": "38", "fact": "information-disclosure", "item": i,
                               "value": True, "valid_from": "2020-01-01"} for i in items])
    kept_store.run("evidence", "confirm", "--agency", "38", "--fact", "information-disclosure",
                   "--item", items[0], "--by", "vp")
    kept_store.run("evidence", "refute", "--agency", "38", "--fact", "information-disclosure",
                   "--item", items[1], "--by", "vp")
    found = model(kept_store, "2020", "38", "information-disclosure")["evidence"]
    assert (found["declared"], found["verified"], found["refuted"]) == (3, 1, 1)
    assert found["verified_percent"] == "33.33"
    assert {i["item"]: i["found"] for i in found["items"]} == {items[0]: True, items[1]: False, items[2]: None}
    # The figure stays as declared.
    assert figure(kept_store, "2020", "38", "information-disclosure")["numerator"] == "1"
    # What changes has to be checked again.
    load(kept_store, "fact", [{"agency": "38", "fact": "information-disclosure", "item": items[0],
                               "value": True, "valid_from": "2020-01-01", "updated_at": "2020-05-01",
                               "evidence_url": "https://example.vn"}])
    assert model(kept_store, "2020", "38", "information-disclosure")["evidence"]["verified"] == 0
    kept_store.run("evidence", "confirm", "--agency", "38", "--fact", "no-such", code=1)
    load(kept_store, "service", [service("38", "1.000001"), service("40", "1.000001")])
    kept_store.run("evidence", "confirm", "--agency", "40", "--procedure", "1.000001", "--by", "vp")
    nation = model(kept_store, "2020", "VN", "level4-services")["evidence"]
    assert (nation["declared"], nation["verified"]) == (2, 1)


def test_comparators(kept_store):
    shipped = rows(kept_store, "comparator", "list")
    assert {(r["indicator"], r["period"], r["percent"]) for r in shipped} >= {
        ("level4-services", "2019", "10.76"), ("electronic-documents", "2020", "90.81")}
    assert all(r["source"] for r in shipped)
    load(kept_store, "dossier", dossiers("48", 1, 4))
    kept_store.run("comparator", "add", "--indicator", "online-filing", "--agency", "48", "--period",
                   "2020", "--value", "27,5%", "--source", "Cổng DVCQG", "--by", "an")
    kept_store.run("comparator", "add", "--indicator", "online-filing", "--agency", "48", "--period",
                   "2020", "--numerator", "1", "--denominator", "3", "--source", "EMC", "--by", "an")
    found = {c["source"]: (c["percent"], c["difference"])
             for c in model(kept_store, "2020", "48", "online-filing")["comparators"]}
    assert found == {"Cổng DVCQG": ("27.5", "-2.50"), "EMC": ("33.33", "-8.33")}
    kept_store.run("comparator", "add", "--indicator", "online-filing", "--period", "2020",
                   "--value", "27%", code=2)                                 # no source
    kept_store.run("comparator", "add", "--indicator", "online-filing", "--period", "2020",
                   "--value", "much", "--source", "x", code=1)


# ---- the method ------------------------------------------------------------------

def test_the_methodology_is_current(store):
    printed = store.run("method", "--markdown").stdout
    assert printed == (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8"), (
        "make methodology")


def test_every_indicator_is_explained_in_both_languages(module_store):
    known = json.loads(module_store.run("method", "--json").stdout)["indicators"]
    numbers = {n for i in known for n in (i["number"] or "").split(", ") if n}
    assert numbers == {*(f"{n:02d}" for n in range(1, 16)), "16a", "16b", "16c", "17", "18",
                       *(str(n) for n in range(21, 27)), "G1", "G2"}
    for i in known:
        assert i["source"] and i["limits_vi"] and i["limits_en"] and i["limits_vi"] != i["limits_en"], i["indicator"]
        assert all(d["definition_vi"] and d["definition_en"] for d in i["definitions"])
        assert all(t["clause_vi"] and t["source"] for t in i["targets"])


def test_what_has_closed_is_told_wherever_the_figure_is(kept_store, tmp_path):
    """03 of a quarter of 2026: ministries are left, provinces are not measured, and not at 0%."""
    load(kept_store, "service", [service(a, "1.000001", npsp_integrated=True) for a in ("G01", "38")])
    period, slug, why = "2026-Q1", "npsp-integration", "Provincial portals are being retired"
    whose = "Ministries, ministerial agencies, 17 agencies"
    question = ["--period", period, "--indicator", slug, "--lang", "en"]
    for answer in (kept_store.run("kpi", *question), kept_store.run("kpi", *question, "--agency", "VN"),
                   kept_store.run("ranking", *question, "--group", "province"),
                   kept_store.run("explain", *question, "--agency", "VN"),
                   kept_store.run("explain", *question, "--agency", "38")):
        assert why in answer.stdout and whose in answer.stdout, answer.stdout
    figures = json.loads(kept_store.run("kpi", *question[:-2], "--format", "json").stdout)["observations"]
    nation = next(o for o in figures if o["agency"] == "VN")
    assert nation["population"]["closed"] and nation["population"]["note_en"].startswith(why)
    earlier = json.loads(kept_store.run("kpi", "--period", "2025", "--indicator", slug, "--agency", "VN",
                                        "--format", "json").stdout)["observations"][0]
    assert "closed" not in earlier["population"]
    assert why not in kept_store.run("kpi", "--period", "2025", "--indicator", slug, "--lang", "en").stdout
    for report in ("compliance", "ranking", "indicator"):
        path = tmp_path / f"{report}.pdf"
        kept_store.run("report", report, *question, "--output", path)
        text = " ".join(subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True,
                                       check=True).stdout.split())
        assert why in text and (report == "compliance" or whose in text), (report, text)
    server = Server(kept_store, "web")
    try:
        for path in (f"/rankings?period={period}&indicator={slug}&group=province&lang=en",
                     f"/indicators/{slug}?period={period}&lang=en", f"/agencies/38/{slug}?period={period}&lang=en",
                     f"/agencies/VN/{slug}?period={period}&lang=en"):
            assert why in server.ask(path).body.decode(), path
    finally:
        server.stop()
