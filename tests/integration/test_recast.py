# test_recast.py -- a period on today's agencies: sums of predecessors, never means.
import csv
import io
import json
import random
import subprocess

import pytest

import serving

from test_observations import dossiers, figure, kpi, load

ONLINE = "online-filing"


def numbers(row):
    return row["numerator"], row["denominator"]


def edges(store):
    """{label: label of who answers for it on the as-of day}, from the register."""
    with store.connect() as db:
        return dict(db.execute("""
            SELECT a.label, h.label FROM agency_heir e JOIN agency a USING (agency_id)
              JOIN agency h ON h.agency_id = e.heir_id
             WHERE recast_day() BETWEEN e.first_day AND e.last_day""").fetchall())


def test_a_period_before_the_merger(kept_store):
    load(kept_store, "dossier", dossiers("44", 1, 4, day="2024-06-10")
         + dossiers("45", 2, 3, day="2024-06-10") + dossiers("49", 1, 2, day="2024-06-10"))
    then = kpi(kept_store, "2024", indicator=ONLINE)
    assert numbers(then["44", ONLINE]) == ("1", "4") and numbers(then["45", ONLINE]) == ("2", "3")
    now = kpi(kept_store, "2024", "--recast", indicator=ONLINE)
    assert numbers(now["44@2025", ONLINE]) == ("3", "7")
    assert now["44@2025", ONLINE]["value"] == "0.428571"       # not the mean of 0.25 and 0.67
    assert not {"44", "45", "49"} & {a for a, _ in now}
    assert (now["48@2025", ONLINE]["rank"], now["44@2025", ONLINE]["rank"]) == ("1", "2")
    assert now["VN", ONLINE] == then["VN", ONLINE]


def test_what_was_carried_over_counts_once(kept_store):
    load(kept_store, "dossier", dossiers("44", 1, 4, day="2025-06-10")
         + dossiers("45", 1, 4, day="2025-06-10") + dossiers("44", 1, 2, day="2025-07-10")
         + [{"agency": "45", "dossier": "carried", "procedure": "1.1", "channel": "online",
             "received_at": "2025-06-20", "resolved_at": "2025-07-20"}])
    assert [figure(kept_store, p, "44@2025", ONLINE, "--recast")["denominator"]
            for p in ("2025-H1", "2025-H2", "2025", "2025-06", "2025-07")] == ["8", "3", "11", "8", "3"]
    assert figure(kept_store, "2025-H2", "44@2025", ONLINE)["denominator"] == "3"


def test_an_old_name_means_who_answers_today(kept_store):
    load(kept_store, "dossier", dossiers("45", 2, 3, day="2024-06-10"))
    for name in ("45", "44@2025", "44"):
        out = kept_store.run("kpi", "--period", "2024", "--recast", "--agency", name, "--indicator",
                             ONLINE, "--format", "csv").stdout
        rows = list(csv.DictReader(io.StringIO(out)))
        assert [(r["agency"], r["denominator"]) for r in rows] == [("44@2025", "3")]
    kept_store.run("kpi", "--period", "2024", "--recast", "--agency", "no-such", code=1)


def test_stocks_are_those_of_the_rows_in_force_then(kept_store):
    load(kept_store, "service", [
        {"agency": a, "procedure": f"1.{n}", "name_vi": "Cấp phép", "level": "4" if n < four else "3",
         "valid_from": day}
        for a, four, day in (("44", 1, "2024-01-01"), ("45", 2, "2024-01-01"),
                             ("44", 4, "2025-07-01")) for n in range(4)])
    assert numbers(figure(kept_store, "2024", "44@2025", "level4-services", "--recast")) == ("3", "8")
    # After the merger the successor's own catalogue holds; its predecessors' is over.
    assert numbers(figure(kept_store, "2025", "44@2025", "level4-services", "--recast")) == ("4", "4")
    assert numbers(figure(kept_store, "2025", "44@2025", "level4-services")) == ("4", "4")


def test_shares_count_the_agencies_that_were(kept_store):
    load(kept_store, "fact", [{"agency": a, "fact": "mobile-portal", "value": True,
                               "valid_from": "2020-01-01"} for a in ("44", "45", "01")])
    then = kpi(kept_store, "2020", indicator="mobile-portal")
    now = kpi(kept_store, "2020", "--recast", indicator="mobile-portal")
    assert set(now) == {("VN", "mobile-portal")} and now == {("VN", "mobile-portal"): then["VN", "mobile-portal"]}


def test_it_is_labelled_as_computed(kept_store):
    load(kept_store, "dossier", dossiers("44", 1, 4, day="2024-06-10") + dossiers("01", 1, 4, day="2024-06-10"))
    done = kept_store.run("kpi", "--period", "2024", "--recast", "--lang", "en", "--indicator", ONLINE)
    assert done.stdout.startswith("Computed on today's agencies") and "exact" in done.stdout
    done = kept_store.run("kpi", "--period", "2024", "--recast", "--format", "csv")
    assert "tính lại" in done.stderr and done.stdout.startswith("period,agency,indicator,")
    model = json.loads(kept_store.run("kpi", "--period", "2024", "--recast", "--indicator", ONLINE,
                                      "--format", "json").stdout)
    assert model["recast"]["method"] == "exact" and "tính lại" in model["recast"]["note_vi"]
    marked = {o["agency"]: o["recast"] for o in model["observations"] if o["denominator"]}
    assert marked == {"44@2025": True, "01": False, "VN": False}
    as_it_was = json.loads(kept_store.run("kpi", "--period", "2024", "--format", "json").stdout)
    assert as_it_was["recast"] is None
    kept_store.run("kpi", "--period", "2024", "--recast", "--as-of", "2025-01-01", code=2)


@pytest.mark.parametrize("seed", [1, 2])
def test_sums_over_the_whole_register(kept_store, seed):
    """Random dossiers of every row of the register that was in force: recast figures are
    the sums along the register's edges, and their sum is the nation's."""
    rng = random.Random(seed)
    heir = edges(kept_store)
    with kept_store.connect() as db:
        rows = db.execute("""SELECT label, valid_from, coalesce(valid_to, '2026-06-30') FROM agency
                              WHERE kind IN ('ministry', 'ministerial_agency', 'province')""").fetchall()
    sent, expected = [], {}
    for label, first, last in rows:
        for year in (2024, 2025):
            low, high = max(first.isoformat(), f"{year}-01-01"), min(last.isoformat(), f"{year}-12-31")
            if low > high:
                continue
            day, total = rng.choice([low, high]), rng.randrange(0, 6)
            online = rng.randrange(0, total + 1)
            sent += dossiers(label, online, total, day=day)
            pair = expected.setdefault((year, heir[label]), [0, 0])
            pair[0] += online
            pair[1] += total
    load(kept_store, "dossier", sent)
    for year in (2024, 2025):
        now = kpi(kept_store, str(year), "--recast", indicator=ONLINE)
        for (y, label), (online, total) in expected.items():
            if y == year and total:
                assert numbers(now[label, ONLINE]) == (str(online), str(total)), (year, label)
        nation = now["VN", ONLINE]
        assert nation == kpi(kept_store, str(year), indicator=ONLINE)["VN", ONLINE]
        for part, column in (("numerator", 0), ("denominator", 1)):
            assert int(nation[part]) == sum(int(r[part] or 0) for (a, _), r in now.items() if a != "VN")
            assert int(nation[part]) == sum(p[column] for (y, _), p in expected.items() if y == year)


def test_pages_api_and_charts_take_the_same_parameter(kept_store):
    load(kept_store, "dossier", dossiers("44", 1, 4, day="2024-06-10")
         + dossiers("45", 2, 3, day="2024-06-10") + dossiers("49", 1, 2, day="2024-06-10"))
    kept_store.run("score", "minimum", "3", "--indicator", ONLINE, "--reason", "thử")
    server = serving.Server(kept_store, "web")
    try:
        def ask(path):
            answer = server.ask(path)
            assert answer.status == 200, (path, answer.body)
            return answer.body.decode()
        api = json.loads(ask(f"/api/v1/observations?period=2024&recast=1&indicator={ONLINE}"))
        printed = json.loads(kept_store.run("kpi", "--period", "2024", "--recast", "--indicator", ONLINE,
                                            "--format", "json").stdout)
        assert api == printed
        model = json.loads(ask("/rankings.json?period=2024&recast=1"))
        assert [(r["agency"], r["rank"]) for r in model["ranked"]] == [("44@2025", 1)]
        assert {r["agency"]: r["unranked_reason"] for r in model["unranked"]}["48@2025"] == "small_base"
        page = ask("/rankings?period=2024&recast=1&lang=en")
        assert "Computed on today&#39;s agencies" in page or "Computed on today's agencies" in page
        assert "base below the minimum" in page and "recast=1" in page
        assert "today" not in ask("/rankings?period=2024&lang=en")
        overall = ask("/rankings?period=2024&recast=1&indicator=overall&lang=en")
        assert "By targets met, then by mean attainment" in overall
        assert "<svg" in ask(f"/indicators/{ONLINE}/ranking.svg?period=2024&recast=1")
        assert "Computed on today" in ask(f"/indicators/{ONLINE}?period=2024&recast=1&lang=en")
        assert server.ask("/rankings?period=2024&recast=maybe").status == 400
    finally:
        server.stop()


def totals(agency, period, electronic, exchanged):
    return [{"agency": agency, "measure": m, "period": period, "value": v}
            for m, v in (("documents_exchanged_electronic", electronic), ("documents_exchanged", exchanged))]


def test_totals_of_a_year_of_both_halves(kept_store):
    """Who merges tells its own days of the year, and the sum is the year's; where a part was
    not told there is no figure, not half of one."""
    load(kept_store, "count", [r for part in (
        totals("44", "2025-Q1", 80, 100), totals("44", "2025-Q2", 60, 100), totals("45", "2025-H1", 10, 50),
        totals("44@2025", "2025-H2", 180, 200),
        totals("48", "2025-H1", 10, 10), totals("49", "2025-Q1", 1, 10), totals("48@2025", "2025-H2", 5, 10),
        totals("52", "2025-H1", 3, 10), totals("64", "2025-H1", 3, 10),       # and the new unit nothing
        totals("66", "2025-H1", 1, 10), totals("66@2025", "2025-H2", 2, 10),  # Phu Yen (54) never told
        totals("19", "2025", 7, 10),                                          # told of the whole year
        # Ministries since 1 March: the first quarter is that of the rows that ended in it.
        totals("G05", "2025-Q1", 1, 10), totals("G12", "2025-Q1", 2, 10),
        totals("G12@2025", "2025-Q2", 3, 10), totals("G12@2025", "2025-H2", 4, 10),
        # One by months, one by quarters: who follows tells March of one, not of the other.
        totals("G04", "2025-01", 1, 10), totals("G04", "2025-02", 1, 10), totals("G17", "2025-Q1", 1, 10),
        totals("G17@2025", "2025-Q2", 1, 10), totals("G17@2025", "2025-H2", 1, 10),
        totals("04", "2025", 9, 10), totals("01", "2025-H1", 9, 10)) for r in part])
    slug = "electronic-documents"
    expected = {"44@2025": ("330", "450"), "44": ("140", "200"), "45": ("10", "50"), "04": ("9", "10"),
                "66@2025": ("3", "20"), "19@2025": ("7", "10"), "01": ("", ""),
                "G12@2025": ("10", "40"), "G05": ("1", "10"), "G17@2025": ("", ""), "G04": ("2", "20"), "48@2025": ("", ""),
                "49": ("", ""), "48": ("10", "10"), "52@2025": ("", ""), "52": ("3", "10")}
    year = kpi(kept_store, "2025", indicator=slug)
    assert {a: numbers(year[a, slug]) for a in expected} == expected
    assert numbers(year["VN", slug]) == (str(330 + 3 + 7 + 9 + 10), str(450 + 20 + 10 + 10 + 40))
    assert year["44@2025", slug]["rank"] == "2" and year["44", slug]["rank"] == ""
    now = kpi(kept_store, "2025", "--recast", indicator=slug)
    for agency in ("44@2025", "48@2025", "52@2025", "66@2025", "19@2025", "G12@2025", "G17@2025", "04", "01", "VN"):
        assert numbers(now[agency, slug]) == numbers(year[agency, slug]), agency
    half = kpi(kept_store, "2025-H1", "--recast", indicator=slug)
    assert numbers(half["44@2025", slug]) == ("150", "250") and numbers(half["48@2025", slug]) == ("", "")
    # What one told of the whole year and who follows of a half is in it twice: no figure.
    load(kept_store, "count", totals("19@2025", "2025-H2", 1, 5) + totals("52@2025", "2025-H2", 4, 10)
         + totals("G17@2025", "2025-03", 1, 10) + totals("G17", "2025-01", 1, 3) + totals("G17", "2025-02", 1, 3))
    year = kpi(kept_store, "2025", indicator=slug)
    assert numbers(year["19@2025", slug]) == ("", "") and numbers(year["52@2025", slug]) == ("10", "30")
    assert numbers(year["G17@2025", slug]) == ("7", "56")
    assert kept_store.run("audit", "--full").stdout.splitlines()[-1].endswith(" 0 differences")


def test_the_district_tier_within_the_year_that_ends_it(kept_store):
    """16b of 2025 is that of the half in which there were districts."""
    load(kept_store, "count", [{"agency": a, "measure": m, "period": p, "breakdown": "district", "value": v}
                               for a, p, n, d in (("04", "2025-Q1", 1, 10), ("04", "2025-Q2", 8, 10),
                                                  ("44", "2025-H1", 6, 10), ("45", "2025-H1", 7, 10),
                                                  ("01", "2025-Q1", 1, 1))
                               for m, v in (("work_files_online", n), ("work_files", d))])
    slug = "work-files-online-district"
    year = kpi(kept_store, "2025", "--unverified", indicator=slug)
    assert numbers(year["04", slug]) == ("9", "20") and numbers(year["44@2025", slug]) == ("13", "20")
    assert numbers(year["01", slug]) == ("", "") and numbers(year["VN", slug]) == ("22", "40")
    assert kept_store.run("audit", "--full").stdout.splitlines()[-1].endswith(" 0 differences")


def test_reports_and_charts_on_todays_agencies(kept_store, tmp_path):
    """The official documents take --recast as kpi does, say that they are computed, and are
    verified against figures of their kind."""
    load(kept_store, "dossier", dossiers("44", 1, 4, day="2024-06-10") + dossiers("45", 2, 3, day="2024-06-10")
         + dossiers("01", 1, 2, day="2024-06-10"))

    def report(name, *flags, ending="json", code=0):
        path = tmp_path / f"{name}.{ending}"
        kept_store.run("report", name, "--period", "2024", "--recast", *flags, "--output", path, code=code)
        return path

    def figures_of(model):
        if isinstance(model, dict) and "status" in model and "numerator" in model:
            yield model
        for part in (model.values() if isinstance(model, dict) else model if isinstance(model, list) else ()):
            yield from figures_of(part)
    expected = kpi(kept_store, "2024", "--recast")
    for name in ("compliance", "ranking", "indicator", "brief"):
        model = json.loads(report(name).read_text())
        assert model["recast"]["method"] == "exact" and model["maturity"] == "provisional"
        # The nation's line, which the report of an indicator explains, stays as it was.
        whose = model.get("population", 51)
        assert whose == 51 or whose["agencies"] == (85 if name == "indicator" else 51)
        found = [f for f in figures_of(model) if f.get("period") == "2024"]
        assert any(f["agency"] == "44@2025" for f in found) or name == "brief"
        assert not {"44", "45"} & {f["agency"] for f in found}
        for f in found:
            row = expected[f["agency"], f["indicator"]]
            assert numbers(row) == tuple("" if v is None else str(v) for v in (f["numerator"], f["denominator"]))
    own = json.loads(report("compliance", "--agency", "45").read_text())     # who answers for it today
    assert own["agency"]["code"] == "44@2025"
    pdf = report("compliance", "--agency", "44@2025", "--lang", "en", ending="pdf")
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert "Computed on today" in text and "42.86%" in text
    assert "0 of" in kept_store.run("verify", pdf, "--lang", "en").stdout
    for name in ("ranking", "trend", "targets"):
        assert "Computed on today" in report(name, "--lang", "en", ending="svg").read_text()
    kept_store.run("report", "compliance", "--period", "2024", "--recast", "--each", "--format", "csv",
                   "--output", tmp_path / "each")
    made = {p.name for p in (tmp_path / "each").iterdir()}
    assert len(made) == 51 and any("44@2025" in name for name in made)
    for name in ("evidence", "restatement", "form06a"):
        report(name, "--agency", "44@2025", code=2)
    # A predecessor's correction makes it another figure, and the old paper superseded.
    load(kept_store, "dossier", dossiers("45", 1, 1, day="2024-07-10"))
    assert "superseded" in kept_store.run("verify", pdf, "--lang", "en", code=None).stdout


def test_publishing_is_an_act_of_the_period(kept_store):
    """What a merged agency published in its half of the year counts for who answers for it."""
    load(kept_store, "fact", [{"agency": "44", "fact": "satisfaction-disclosure", "value": True, "valid_from": "2025-03-10"},
                              {"agency": "45", "fact": "satisfaction-disclosure", "value": False, "valid_from": "2025-03-10"},
                              {"agency": "44", "fact": "mobile-portal", "value": True, "valid_from": "2025-03-10"}])
    slug = "satisfaction-disclosure"
    year = kpi(kept_store, "2025", indicator=slug)
    assert numbers(year["44@2025", slug]) == ("1", "1") and numbers(year["44", slug]) == ("", "")
    assert numbers(year["VN", slug]) == ("1", "51")
    assert numbers(figure(kept_store, "2025-Q1", "VN", slug)) == ("1", "80")   # ministries merged on 1 March
    assert numbers(figure(kept_store, "2025-Q4", "44@2025", slug)) == ("", "")
    # What stands is looked at on the last day, and of who stands then.
    assert numbers(figure(kept_store, "2025", "44@2025", "mobile-portal")) == ("", "")
    assert kept_store.run("audit", "--full").stdout.splitlines()[-1].endswith(" 0 differences")


def test_pages_of_all_agencies_and_of_the_nation(kept_store):
    """The overview and the list of agencies show today's agencies, and say so; where a page has
    the nation's figures alone it says that those stay as they were."""
    load(kept_store, "dossier", dossiers("44", 1, 4, day="2024-06-10") + dossiers("45", 2, 3, day="2024-06-10")
         + dossiers("01", 1, 2, day="2024-06-10"))
    server = serving.Server(kept_store, "web")
    try:
        def ask(path):
            answer = server.ask(path)
            assert answer.status == 200, (path, answer.body)
            return answer.body.decode("utf-8-sig")
        overview = json.loads(ask("/overview.json?period=2024&recast=1&show=value"))
        tiles = {t["agency"]: t["figure"] for t in overview["map"]["provinces"]}
        assert (overview["map"]["layout"], len(tiles)) == ("34", 34)
        assert numbers(tiles["44@2025"]) == (3, 7) and tiles["44@2025"]["recast"]
        then = json.loads(ask("/overview.json?period=2024&show=value"))
        assert then["map"]["layout"] == "63" and then["recast_label"] is None
        assert [t["figure"] for t in overview["targets"]] == [t["figure"] for t in then["targets"]]
        reach = {t["figure"]["indicator"]: t["agencies"] for t in overview["targets"]}
        assert reach[ONLINE] == 51 and overview["leading"]["agencies"] == 51
        lines = {r["agency"]: r for r in csv.DictReader(io.StringIO(ask("/agencies.csv?period=2024&recast=1")))}
        assert "44" not in lines and (lines["44@2025"]["recast"], lines["01"]["recast"]) == ("true", "false")
        scores = {r["agency"]: r for r in json.loads(
            ask("/rankings.json?period=2024&recast=1&indicator=overall"))["ranked"]}
        assert lines["44@2025"]["rank"] == str(scores["44@2025"]["rank"])
        as_it_was = {r["agency"]: r for r in csv.DictReader(io.StringIO(ask("/agencies.csv?period=2024")))}
        assert "44" in as_it_was and "44@2025" not in as_it_was
        for path in ("/", "/agencies", "/map", "/rankings"):
            page = ask(f"{path}?period=2024&recast=1&show=rank&lang=en")
            assert "Computed on today" in page
            assert f'href="{path}?period=2024&amp;show=rank&amp;lang=en">Show it as it was' in page
        for path in ("/", "/indicators", "/resolution", "/agencies/VN", f"/agencies/VN/{ONLINE}"):
            assert "The nation&#39;s figures stay as they were" in ask(f"{path}?period=2024&recast=1&lang=en")
            assert "stay as they were" not in ask(f"{path}?period=2024&lang=en")
        parts = ask(f"/agencies/VN/{ONLINE}?period=2024&recast=1&lang=en")   # whose figures it is made of
        assert "Computed on today" in parts and "44%402025" in parts
        for path in ("/indicators", "/resolution", "/agencies/VN"):
            page = ask(f"{path}?period=2024&recast=1&lang=en")
            assert "Computed on today" not in page, path
        for path in ("/indicators", "/resolution"):
            model = json.loads(ask(f"{path}.json?period=2024&recast=1"))
            assert "giữ nguyên" in model["recast_label"]["note_vi"]
        for path in ("/", "/agencies", "/indicators", "/resolution"):
            assert server.ask(f"{path}?period=2024&recast=maybe").status == 400
    finally:
        server.stop()
