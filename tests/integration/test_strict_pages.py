# test_strict_pages.py -- what an examiner of the dashboards asks: that no export says of one
# figure what holds of another, that nothing missing stands as zero, that recast figures are
# recast and called so everywhere, and that a figure's parts are at hand at each step.
import csv
import datetime
import html
import io
import json
import re

import pytest

import conftest
from test_observations import CENTRAL, PROVINCES, dossiers, load
from test_ranks import totals
from test_web import Server, sheet_of, with_query

NOW, BEFORE, LONE, DAY = "2020-Q4", "2020-Q3", "2020-Q1", "2020-11-03"
SILENT, UNLIKE = "96", "95"      # sends no totals; settles nothing now, everything before
NATION = "Cả nước"


@pytest.fixture(scope="module")
def store(module_store):
    """Totals of two quarters with one that is silent between them and LONE, dossiers of 44 and 45
    (one province since July 2025), services of all."""
    told = [a for a in PROVINCES if a not in (SILENT, UNLIKE, "44", "45")]
    now = {a: (10 + 3 * i, 200) for i, a in enumerate(told)} | {UNLIKE: (0, 0)}
    before = {a: (150 - 2 * i, 200) for i, a in enumerate(told)} | {UNLIKE: (10, 100)}
    central = {a: (20 + i, 100) for i, a in enumerate(CENTRAL)}
    load(module_store, "count", totals(NOW, now | central) + totals(BEFORE, before | central)
         + totals(LONE, before | central))
    load(module_store, "dossier",
         dossiers("44", 9, 10, "2020-08-03") + dossiers("44", 9, 10, DAY)
         + dossiers("45", 1, 90, "2020-08-03") + dossiers("45", 30, 90, DAY))
    load(module_store, "service", [
        {"agency": a, "procedure": f"1.00000{n}", "name_vi": "Khai sinh", "level": "4" if i % 3 else "2",
         "valid_from": "2019-01-01", "help_channel": bool(i % 2)}
        for i, a in enumerate(PROVINCES) for n in range(2)])
    return module_store


@pytest.fixture(scope="module")
def web(store):
    server = Server(store)
    yield server
    assert server.stop() == 0


def lines(web, path, **query):
    answer = web.get(with_query(path, **query))
    assert answer.status == 200, answer.text[:300]
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def seen(web, path, **query):
    answer = web.get(with_query(path, **query))
    assert answer.status == 200, answer.text[:300]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def figures(web, period, **query):
    model = web.json(with_query("/api/v1/observations", period=period, **query))
    return {(o["agency"], o["indicator"]): o for o in model["observations"]}


# ---- exports of the rankings ------------------------------------------------------

def test_each_line_of_an_export_says_why_its_own_figure_has_no_rank(web):
    """Not why that of the indicator which orders the page has none."""
    known = figures(web, NOW)
    table = lines(web, "/rankings.csv", period=NOW, indicator="online-filing")
    for line in table:
        own = known.get((line["agency"], line["indicator"]))
        if own:
            for name in ("unranked_reason", "maturity", "tie_group", "low", "high", "rank"):
                assert line[name] == ("" if own[name] is None else str(own[name])), (line, name)
    silent = {line["indicator"]: line for line in table if line["agency"] == SILENT}
    assert silent["online-filing"]["unranked_reason"] == "no_data" and not silent["online-filing"]["rank"]
    assert silent["level4-services"]["rank"] and not silent["level4-services"]["unranked_reason"]


@pytest.mark.parametrize("group", ["province", "central"])
def test_an_export_of_a_comparison_holds_both_periods(web, group):
    """Of every indicator, in the order and among the agencies asked for."""
    then = figures(web, BEFORE)
    query = {"period": NOW, "group": group, "compare": BEFORE, "sort": "-name", "state": "reached"}
    if group == "province":
        query["peers"] = "mekong-delta"
    table = lines(web, "/rankings.csv", **query)
    page = web.json(with_query("/rankings.json", **query))
    order = [row["agency"] for row in page["ranked"] + page["unranked"]]
    assert order and list(dict.fromkeys(line["agency"] for line in table)) == order
    assert {line["agency"] for line in table} < set(PROVINCES + CENTRAL)
    assert {line["status"] for line in table if line["indicator"] == "online-filing"} == {"met"}
    for line in table:
        b = then.get((line["agency"], line["indicator"]), {})
        assert line["compare"] == BEFORE
        for name in ("numerator", "denominator", "percent", "rank"):
            assert line[f"{name}_before"] == str(b.get(name) if b.get(name) is not None else ""), (line, name)
        assert (line["peer_place"] != "") == (group == "province" and line["indicator"] == "online-filing")
        assert (line["region_name_vi"] == "Đồng bằng sông Cửu Long") == (group == "province")
    _, heads, rows = sheet_of(web.get(with_query("/rankings.xlsx", **query)))
    at = [cell.value for cell in heads].index("Kết quả kỳ so sánh")
    assert [r[at].value for r in rows if r[at].value is not None] == [
        pytest.approx(float(line["percent_before"]) / 100) for line in table if line["percent_before"]]
    assert all(line["compare"] == line["rank_before"] == "" for line in lines(web, "/rankings.csv", period=NOW))


@pytest.mark.parametrize("path", ["/overview", "/rankings", "/map", "/agencies", "/agencies/79", "/indicators",
                                  "/indicators/online-filing", "/agencies/44/online-filing", "/procedures",
                                  "/procedures/1.000001", "/agencies/79/online-filing/move", "/resolution"])
def test_each_line_of_an_export_says_as_of_when(web, path):
    as_of = web.json(f"/overview.json?period={NOW}")["frame"]["as_of"]
    table = lines(web, path + ".csv", period=NOW)
    assert table and {line["as_of"] for line in table} == {as_of}


def test_the_picture_of_the_rankings_shows_what_the_page_shows(web):
    query = {"period": NOW, "peers": "mekong-delta", "sort": "-name", "state": "reached", "columns": "official"}
    page = web.json(with_query("/rankings.json", **query))
    names = [row["agency_name_vi"] for row in page["ranked"] + page["unranked"]]
    address = html.unescape(re.search(r'href="(/rankings/heat\.svg[^"]*)"',
                                      web.get(with_query("/rankings", **query)).text)[1])
    picture = web.get(address).text
    words = [html.unescape(w) for w in re.findall(r"<text[^>]*>([^<]*)</text>", picture)]
    shown = [w for w in words if w in {row["agency_name_vi"] for row in web.json(
        with_query("/rankings.json", period=NOW))["ranked"]} | set(names)]
    assert shown == names and len(names) < 20
    assert "Đồng bằng sông Cửu Long" in re.search("<title>(.*?)</title>", picture)[1]
    # an indicator without a target for agencies is reached by nobody, and missed by nobody
    told = re.search("<desc>(.*?)</desc>", picture, re.S)[1]
    for column in page["columns"]:
        assert (column["indicator_name_vi"] + ": " in told) == (column["target"] is not None and column["printed"])


def test_brackets_of_ties_are_those_of_the_rows_shown(web):
    rows = web.json(with_query("/rankings.json", period=NOW, state="missed"))["ranked"]
    for group in {row["tie_group"] for row in rows}:
        marks = [row["tie"] for row in rows if row["tie_group"] == group]
        assert marks == ["alone"] if len(marks) == 1 else [marks[0], marks[-1]] == ["first", "last"]


# ---- what is missing is no zero ------------------------------------------------------

def test_what_changed_since_a_period_without_data(web):
    """2020-Q2: nobody sent anything.  That nobody reached the target then is not known."""
    for period in (LONE, "2020-Q2", NOW, BEFORE):
        page = web.json(f"/overview.json?period={period}")
        text = seen(web, "/", period=period)
        reach = [c["reach"] for c in page["changes"] if "reach" in c]
        if period == NOW:
            assert len(reach) == 1 and reach[0]["before"] > 0
        else:
            assert not reach and not re.search(r"\b0/85 →|→ 0/85", text), period
        for change in page["changes"]:
            if "turned" in change:
                assert {change["turned"]["before_status"], change["turned"]["status"]} - {"no_data", "no_target"}


def test_a_survey_that_was_not_held_changes_nothing(web):
    """The survey of the United Nations is of even years."""
    for year in (2019, 2021, 2022):
        page = web.json(f"/overview.json?period={year}")
        assert not [c for c in page["changes"] if c.get("turned", {}).get("indicator") in ("un-rank", "asean-rank")], year


def test_a_target_of_each_agency_is_never_called_the_nations_alone(web):
    row = web.get("/?period=2020-Q2").text.split("/indicators/online-filing", 1)[1].split("<tr", 1)[0]
    assert "tính cả nước" not in row and "0/85" not in row and "Chưa có số liệu" in row
    row = web.get("/?period=2020-Q4").text.split("/indicators/document-axis", 1)[1].split("<tr", 1)[0]
    assert "tính cả nước" in row


# ---- on today's agencies ----------------------------------------------------------

def test_a_recast_map_is_drawn_of_recast_figures(web):
    """44 and 45 are one province today: 39 of 100 online, on the map of 34."""
    page = web.json(f"/map.json?period={NOW}&recast=1")
    assert page["map"]["layout"] == "34"
    for address in (f"/indicators/online-filing/map.svg?period={NOW}&recast=1", f"/overview/map.svg?period={NOW}&recast=1"):
        picture = web.get(address).text
        assert "39,00" in picture and ">QBH<" not in picture and ">QTI<" in picture
    assert ">QBH<" in web.get(f"/indicators/online-filing/map.svg?period={NOW}").text


def test_every_chart_of_recast_figures_says_so(web):
    label = "tính lại theo các cơ quan hiện nay"
    pages = [f"/rankings?period={NOW}&recast=1", f"/indicators/online-filing?period={NOW}&recast=1",
             f"/map?period={NOW}&recast=1", f"/agencies/44?period={NOW}&indicator=online-filing&recast=1",
             f"/agencies/44/online-filing?period={NOW}&recast=1",
             f"/agencies/44/online-filing/move?period={NOW}&recast=1"]
    for page in pages:
        addresses = {html.unescape(a) for a in re.findall(r'href="([^"]*\.svg\?[^"]*)"', web.get(page).text)
                     if not a.startswith("/static/")}
        assert addresses, page
        for address in addresses:
            picture = web.get(address).text
            told = re.search("<desc>(.*?)</desc>", picture, re.S)[1]
            assert (label in told) == ("/agencies/VN/" not in address), address   # the nation is never recast
            assert label not in web.get(address.replace("&recast=1", "")).text or "/44/" in address, address


def test_the_move_on_todays_agencies_is_of_todays_agency(web):
    page = web.json(f"/agencies/44/online-filing/move.json?period={NOW}&recast=1")
    assert page["agency"]["agency"] == "44@2025" == page["move"]["agency"]
    assert page["waterfall"]["agency"]["code"] == "44@2025"
    text = seen(web, "/agencies/44/online-filing/move", period=NOW, recast="1")
    assert "Tỉnh Quảng Trị" in text and "Tỉnh Quảng Bình" not in text


def test_an_export_of_recast_figures_says_so(web):
    table = {line["agency"]: line for line in lines(web, "/indicators/online-filing.csv", period=NOW, recast="1")}
    assert table["44@2025"]["recast"] == "true" and table["44@2025"]["percent" if "percent" in table["44@2025"] else "value"]
    sheet, _, _ = sheet_of(web.get(f"/indicators/online-filing.xlsx?period={NOW}&recast=1"))
    assert "tính lại theo các cơ quan hiện nay" in " ".join(str(sheet[f"A{n}"].value) for n in range(1, 7))


# ---- one figure, taken apart ----------------------------------------------------------

def test_the_nations_figure_is_taken_apart_by_agency(web):
    page = web.json(f"/agencies/VN/online-filing.json?period={NOW}")
    parts, figure = page["explain"]["agencies"], page["explain"]["observation"]
    for name in ("numerator", "denominator"):
        assert sum(p[name] or 0 for p in parts) == figure[name]
    text = seen(web, "/agencies/VN/online-filing", period=NOW)
    assert "Tỉnh Lai Châu" in text and "Tỉnh Sóc Trăng" in text
    table = lines(web, "/agencies/VN/online-filing.csv", period=NOW)
    assert {line["agency"] for line in table} == {p["agency"] for p in parts}
    assert sum(int(line["numerator"] or 0) for line in table) == figure["numerator"]
    gaps = [p["gap"] for p in parts if p["gap"] is not None]   # of the target, not of 100%
    assert sum(gaps) == figure["gap"] if figure["gap"] is not None else gaps
    assert all((p["gap"] > 0) == (p["status"] == "not_met") for p in parts if p["gap"] is not None)
    silent = next(line for line in table if line["agency"] == SILENT)
    assert silent["numerator"] == silent["denominator"] == "" and silent["status"] == "no_data"


def test_no_comparison_that_the_verdict_is_not_made_of(web):
    """Where each agency must reach the target the nation's sum beside it decides nothing."""
    figure = web.json(f"/agencies/VN/online-filing.json?period={BEFORE}")
    assert figure["explain"]["observation"]["counts"] and figure["comparison"] is None
    assert web.json(f"/agencies/79/online-filing.json?period={BEFORE}")["comparison"]["sign"] in "<>="


@pytest.mark.parametrize("agency, indicator", [("44", "online-filing"), ("44", "one-stop"), ("79", "online-filing"),
                                               ("79", "level4-services"), ("79", "one-stop")])
def test_parts_and_a_named_rest_add_up_to_the_figure(web, agency, indicator):
    page = web.json(f"/agencies/{agency}/{indicator}.json?period={NOW}")
    figure = page["explain"]["observation"]
    rest = page["rest"] or {"numerator": 0, "denominator": 0}
    table = lines(web, f"/agencies/{agency}/{indicator}.csv", period=NOW)
    assert table
    for name in ("numerator", "denominator"):
        whole = sum(p[name] for p in page["explain"]["procedures"]) + rest[name]
        assert whole == figure[name] == sum(int(line[name]) for line in table), name
        assert {line["indicator"] for line in table} == {indicator}
    if page["rest"]:
        assert "không chia theo thủ tục" in seen(web, f"/agencies/{agency}/{indicator}", period=NOW)


def test_a_trend_begins_with_the_first_totals(web):
    """Records begin in August; totals of January and of the quarter before are no less data."""
    points = web.json(f"/indicators/online-filing.json?period={NOW}")["trend"]["points"]
    assert [p["period"] for p in points] == ["2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4"]
    assert [p["percent"] is None for p in points] == [False, True, False, False]


def test_a_chart_of_ranks_names_whose_and_by_what(web):
    picture = web.get(f"/agencies/44/online-filing/rank_history.svg?period={NOW}").text
    title = html.unescape(re.search("<title>(.*?)</title>", picture)[1])
    assert "Tỉnh Quảng Bình" in title and "Hồ sơ giải quyết trực tuyến" in title
    assert not re.search(r"<desc>\s*\.", picture)


# ---- what a page cannot answer, it refuses -----------------------------------------------

@pytest.mark.parametrize("name", ["set", "variant"])
@pytest.mark.parametrize("path", ["/", "/rankings", "/rankings.csv", "/map", "/agencies/79", "/agencies/79/online-filing",
                                  "/indicators/online-filing", "/indicators/online-filing/map.svg",
                                  "/reports/ranking.csv", "/reports"])
def test_other_targets_and_readings_are_refused_where_they_are_not_shown(web, path, name):
    answer = web.get(with_query(path, period=NOW, lang="en", **{name: "nothing-of-this-name"}))
    assert answer.status == 400, path
    assert f"no {name}" in answer.text


# ---- reports on today's agencies ------------------------------------------------------------

def test_the_page_of_reports_offers_todays_agencies(web, store):
    """44 and 45 are one province today: 39 of 100 online."""
    page = web.get(f"/reports?period={NOW}").text
    offered = re.findall(r'<form method="get" action="/reports/([a-z0-9]+)\.pdf">(.*?)</form>', page, re.S)
    assert {name for name, form in offered if 'name="recast"' in form} == {"compliance", "brief", "ranking", "indicator"}
    assert "checked" not in page and "checked" in web.get(f"/reports?period={NOW}&recast=1").text
    made = web.get(f"/reports/ranking.json?period={NOW}&indicator=online-filing&recast=1&agency=44")
    assert made.status == 200 and "-recast.json" in made.getheader("Content-Disposition")
    report = json.loads(made.body)
    assert report["recast"] and report["agency"]["code"] == "44@2025"
    folder = conftest.new_folder()
    store.run("report", "ranking", "--period", NOW, "--indicator", "online-filing", "--agency", "44", "--recast",
              "--output", folder / "told.json")
    assert json.loads((folder / "told.json").read_text()) == report
    # The choice ends with the visit.
    assert not json.loads(web.get(f"/reports/ranking.json?period={NOW}&indicator=online-filing").body)["recast"]
    assert web.get(f"/reports/compliance.pdf?period={NOW}&agency=44&recast=1").body.startswith(b"%PDF")


@pytest.mark.parametrize("query", ["recast=yes", "recast=1&as_of=2026-01-01"])
def test_a_choice_that_cannot_be_is_refused(web, query):
    assert web.get(f"/reports/ranking.json?period={NOW}&{query}").status == 400
    assert web.get(f"/reports/evidence.json?period={NOW}&agency=44&indicator=online-filing&recast=1").status == 400


# ---- values beyond the ends of the scale -------------------------------------------------------

def test_values_below_0_and_above_100_stand_where_they_belong(web, store):
    """Meetings that took longer than before, and more sent than there was (until it is corrected)."""
    told = [("meeting_minutes", a, n) for a, n in (("01", 150), ("79", 100), ("48", 0))]
    told += [("meeting_minutes_baseline", a, 100) for a in ("01", "79", "48")]
    load(store, "count", [{"agency": a, "measure": m, "period": p, "value": v + (p == BEFORE) * (m == "meeting_minutes")}
                          for m, a, v in told for p in (BEFORE, NOW)])
    load(store, "count", [{"agency": a, "measure": m, "period": NOW, "value": v}
                          for a, n in (("01", 150), ("48", 50))
                          for m, v in (("documents_exchanged", 100), ("documents_exchanged_electronic", n))])

    def drawn(path):
        picture = web.get(path).text
        width = float(re.search(r'<svg[^>]* width="([0-9.]+)"', picture)[1])
        ticks = {int(t): float(x) for x, t in re.findall(r'<text x="([0-9.]+)"[^>]*text-anchor="middle"[^>]*>(−?-?[0-9]+)%<',
                                                          picture.replace("−", "-"))}
        marks = {name: float(x) for x, name in re.findall(r'<g transform="translate\(([0-9.]+) [0-9.]+\)"><title>([^:]*):', picture)}
        assert all(0 < x < width for x in marks.values())
        return ticks, marks, picture

    ticks, marks, picture = drawn(f"/indicators/meeting-time/strip.svg?period={NOW}")
    assert min(ticks) <= -50 and marks["Thành phố Hà Nội"] < ticks[0] - 20
    assert abs(marks["Thành phố Hồ Chí Minh"] - ticks[0]) < 10 and ": ;" not in picture
    ticks, marks, _ = drawn(f"/indicators/electronic-documents/strip.svg?period={NOW}")
    assert max(ticks) >= 150 and marks["Thành phố Hà Nội"] > ticks[100] + 20
    trend = web.get(f"/agencies/01/meeting-time/trend.svg?period={NOW}").text
    height = float(re.search(r'<svg[^>]* height="([0-9.]+)"', trend)[1])
    levels = {t: float(y) for y, t in re.findall(r'<text x="[0-9.]+" y="([0-9.]+)"[^>]*>(−?[0-9]+)%<', trend)}
    spots = [float(y) for y in re.findall(r'<g transform="translate\([0-9.]+ (-?[0-9.]+)\)"><title>', trend)]
    assert spots and all(levels["0"] < y < height for y in spots) and any(t.startswith("−") for t in levels)


# ---- what the pages say of what is lacking -----------------------------------------------------

@pytest.mark.parametrize("language, sentence, cell", [
    ("vi", "còn thiếu từ 0 đến 10 hồ sơ trong quý IV năm 2020", "0–10 hồ sơ"),
    ("en", "0 to 10 dossiers still missing in quarter 4 of 2020", "0–10 dossiers")])
def test_what_was_not_told_leaves_a_span_of_what_is_lacking(web, language, sentence, cell):
    """None of the ten dossiers of 44 says whether it came through the one-stop system."""
    text = seen(web, "/agencies/44", period=NOW, indicator="one-stop", lang=language)
    assert sentence in text and cell in text
    act = web.json(f"/agencies/44/one-stop.json?period={NOW}")["act"]
    assert (act["turned_least"], act["turned"]) == (0, 10)


@pytest.mark.parametrize("language, words", [("vi", "số cơ quan còn thiếu: {}"), ("en", "agencies short of it: {}")])
def test_the_nation_is_told_how_many_agencies_are_short(web, language, words):
    own = [o for (agency, slug), o in figures(web, NOW).items()
           if slug == "online-filing" and o["in_population"] and o["numerator"] is not None]
    short = [o for o in own if o["numerator"] * 5 < o["denominator"]]
    lacking = sum(-(-o["denominator"] // 5) - o["numerator"] for o in short)
    text = seen(web, "/agencies/VN/online-filing", period=NOW, lang=language)
    assert words.format(len(short)) in text and re.search(rf"\b{lacking} ", text)


def test_the_pace_of_an_open_period_is_told_in_words(web, store):
    """Of a tenth of the dossiers online, until the quarter ends."""
    with store.connect() as db:
        today = db.execute("SELECT store_today()").fetchone()[0]
        first = datetime.date(today.year, today.month - (today.month - 1) % 3, 1)
        quarter = f"{today.year}-Q{(today.month + 2) // 3}"
        days = db.execute("SELECT upper(period_range(%s)) - 1", (quarter,)).fetchone()[0]
        load(store, "dossier", dossiers("01", 9, 90, first.isoformat()))
        passed, left = db.execute("SELECT working_days(%s, %s), working_days(%s, %s)",
                                  (first - datetime.timedelta(1), today, today, days)).fetchone()
        if not left or not passed:
            pytest.skip("no working day before or behind today in this quarter")
        before = db.execute("SELECT deadline FROM target WHERE target_id = 'NQ17-02'").fetchone()[0]
        db.execute("UPDATE target SET deadline = %s WHERE target_id = 'NQ17-02'", (days + datetime.timedelta(700),))
        try:
            vi, en = (seen(web, "/agencies/01", period=quarter, indicator="online-filing", lang=lang) for lang in ("vi", "en"))
        finally:
            db.execute("UPDATE target SET deadline = %s WHERE target_id = 'NQ17-02'", (before,))
    volume = 90 * left // passed
    lacking = max(0, -(-(90 + volume) // 5) - 9)
    number = lambda n, mark: f"{n:,}".replace(",", mark)
    if lacking <= volume:
        assert f"{number(-(-lacking // left), '.')} trong {number(-(-volume // left), '.')} hồ sơ mỗi ngày phải đạt" in vi
    else:
        assert f"{number(volume, '.')} hồ sơ sẽ đến, ít hơn {number(lacking, '.')} hồ sơ còn phải đạt" in vi
    assert f"còn {left} ngày làm việc" in vi and f"{left} working day" in en
    assert "9 hồ sơ trong 90 đang tính" in vi


# ---- a part that is larger than its whole ----------------------------------------------------

def test_a_part_larger_than_its_whole_is_marked(web, store):
    """150 of 100 online: one of the two totals is wrong, and nobody knows which.  It is judged by
    the integers as everything is, and says so."""
    period = "2020-05"
    load(store, "count", totals(period, {"79": (150, 100), "48": (30, 100), "G03": (100, 100)}))
    known = figures(web, period, indicator="online-filing")
    own = known["79", "online-filing"]
    assert (own["percent"], own["status"], own["rank"]) == ("150.00", "met", 1)
    assert "over_whole" in own["note"].split()
    assert not any("over_whole" in (known[a, "online-filing"]["note"] or "") for a in ("48", "G03", "VN"))
    assert "Tử số lớn hơn mẫu số" in seen(web, "/agencies/79/online-filing", period=period)
    assert "Tử số lớn hơn mẫu số" not in seen(web, "/agencies/48/online-filing", period=period)
    # Filed in the period over settled in it are two sets of dossiers: more is no contradiction.
    free = figures(web, NOW, indicator="online-filing", variant="ministry-formula")
    assert not any("over_whole" in (o["note"] or "") for o in free.values())
    load(store, "count", [{"agency": "79", "measure": "dossiers_resolved_online", "period": period, "value": 50,
                           "updated_at": "2020-07-01"}])
    own = figures(web, period, indicator="online-filing")["79", "online-filing"]
    assert "over_whole" not in (own["note"] or "")


@pytest.mark.parametrize("path", ["/procedures", "/procedures/1.000001", "/agencies/79/online-filing/move",
                                  "/restatements", "/resolution", "/vintages", "/data", "/data/days", "/milestones"])
def test_a_workbook_speaks_the_language_of_its_reader(web, path):
    """Titles and words of a few, not the names that programs use."""
    names = web.get(f"{path}.csv?period={NOW}").body.decode("utf-8-sig").split("\r\n")[0].split(",")
    if path in ("/data", "/data/days", "/vintages"):
        names = web.get(f"{path}.csv").body.decode("utf-8-sig").split("\r\n")[0].split(",")
    titles = {}
    for language in ("vi", "en"):
        address = with_query(path + ".xlsx", lang=language, **({} if path in ("/data", "/data/days", "/vintages") else {"period": NOW}))
        _, heads, rows = sheet_of(web.get(address))
        titles[language] = [cell.value for cell in heads]
        assert len(set(titles[language])) == len(names) and not set(titles[language]) & set(names), address
        words = {str(cell.value) for row in rows for cell in row}
        assert not words & {"late_records", "own_volume", "silent", "never", "gap", "fresh", "dossier"}, address
    assert all(a != b for a, b in zip(*titles.values()) if a not in ("SHA-256",))


def test_batches_add_up_to_the_figure(web, store):
    """Of each indicator over dossiers those that it counts; and beyond the newest 50 the rest by number."""
    for n in range(52):        # a batch each: scored only every second, due only every third
        load(store, "dossier", [{"agency": "31", "dossier": f"B{n}", "procedure": "1.000001",
                                 "channel": "online" if n % 4 else "counter", "received_at": DAY, "resolved_at": DAY}
                                | ({"satisfaction": 5 if n % 4 else 2} if n % 2 else {})
                                | ({"due_at": DAY} if n % 3 == 0 else {})])
    with store.connect() as db:
        def parts(slug):
            page = db.execute("SELECT page_explain(%s, '31', %s, 'true')", (NOW, slug)).fetchone()[0]
            return page, page["explain"]["observation"], page["explain"]["batches"]
        for slug in ("satisfaction", "on-time"):
            page, figure, batches = parts(slug)
            assert 0 < figure["denominator"] < 52 and page["older_batches"] is None
            assert sum(b["records"] for b in batches) == figure["denominator"]
            assert sum(b["numerator"] for b in batches) == figure["numerator"]
        page, figure, batches = parts("online-filing")
        assert len(batches) == 50 and figure["denominator"] == 52 and page["older_batches"] == 2


# ---- every picture at its address ---------------------------------------------------------------

@pytest.mark.parametrize("language, source", [("vi", "Nguồn: hệ thống NQ17, số liệu đến "), ("en", "Source: NQ17, figures as of ")])
def test_every_picture_a_page_links_to_tells_what_it_is(web, language, source):
    paths = ["/rankings", "/rankings?group=central&indicator=overall", "/map", "/map?show=rank", "/map?show=value",
             "/indicators/online-filing", "/indicators/level4-services?group=central", "/agencies/44", "/agencies/VN",
             "/agencies/44?recast=1", "/agencies/44/online-filing", "/agencies/VN/level4-services",
             "/agencies/44/online-filing/move", "/procedures/1.000001", "/milestones"]
    seen_ = set()
    for path in paths:
        page = web.get(with_query(path, period=NOW, lang=language)).text
        for address in re.findall(r'href="([^"]*\.(?:svg|png)(?:\?[^"]*)?)"', page):
            address = html.unescape(address)
            if address.startswith("/static/") or address in seen_:
                continue
            seen_.add(address)
            answer = web.get(address)
            assert answer.status == 200, (path, address)
            if ".svg" in address:
                title, told = (re.search(f"<{tag}>(.*?)</{tag}>", answer.text, re.S)[1].strip() for tag in ("title", "desc"))
                shown = " ".join(re.findall(r"<text[^>]*>([^<]*)", answer.text))
                assert title and source in html.unescape(told) and "2020" in told, address
                assert source.split(",")[0] in html.unescape(shown), address
                # The same in the file that mails and documents take.
                words = texts_of_png(web.get(address.replace(".svg", ".png")).body)
                assert (words["Title"], words["Description"]) == (html.unescape(title), html.unescape(told)), address
    assert len(seen_) > 20


def texts_of_png(data):
    """Keyword -> what a PNG says about itself (iTXt)."""
    found, at = {}, 8
    while at < len(data):
        length, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        if kind == b"iTXt":
            keyword, _, rest = data[at + 8:at + 8 + length].partition(b"\0")
            found[keyword.decode()] = rest[2:].split(b"\0", 2)[2].decode()
        at += 12 + length
    return found


@pytest.mark.parametrize("path", ["/rankings", "/overview", "/agencies/44", "/milestones", "/agencies/44/online-filing/move"])
def test_a_download_is_in_the_language_of_its_page(web, path):
    for language, word in (("vi", "Mã cơ quan"), ("en", "Agency code")):
        page = web.get(with_query(path, period=NOW, lang=language)).text
        address = html.unescape(re.search(r'href="([^"]*\.xlsx[^"]*)"', page)[1])
        _, heads, _ = sheet_of(web.get(address))
        assert word in {cell.value for cell in heads}, address
        assert ("lang=en" in address) == (language == "en")


def test_dossiers_nobody_told_of_are_not_none(web):
    """79 sends totals alone; 44 sends dossiers since August."""
    quality = lambda agency, period: web.json(f"/agencies/{agency}.json?period={period}")["quality"]
    assert (quality("79", NOW)["received"], quality("79", NOW)["settled"]) == (None, None)
    assert (quality("44", "2020-Q1")["received"], quality("44", "2020-Q1")["settled"]) == (None, None)
    assert (quality("44", NOW)["received"], quality("44", NOW)["settled"]) == (10, 10)
    assert (quality("44", "2021-Q1")["received"], quality("44", "2021-Q1")["settled"]) == (0, 0)
    assert "Hồ sơ tiếp nhận trong kỳ Chưa có số liệu" in seen(web, "/agencies/79", period=NOW)
    assert "Hồ sơ tiếp nhận trong kỳ 0" in seen(web, "/agencies/44", period="2021-Q1")


@pytest.mark.parametrize("period, count", [(NOW, 63), ("2025-Q3", 34)])
@pytest.mark.parametrize("path", ["/", "/map", "/indicators/online-filing", "/briefing?slide=2"])
def test_no_map_without_its_islands(web, path, period, count):
    page = web.get(with_query(path, period=period)).text
    assert len(re.findall(r'<li class="tile[^"]* l\d+ p\d+', page)) == count
    assert "Hoàng Sa" in page and "Trường Sa" in page


# ---- places among countries --------------------------------------------------------------------

def test_a_place_among_countries_is_no_share_and_no_agencys(web):
    """86th of the survey of 2020, 8 behind the aim of 78th."""
    text = seen(web, "/agencies/VN/un-rank", period="2020")
    assert "Còn thiếu 8 bậc" in text and "trong 1 đang tính" not in text and "Mẫu số 1" not in text
    assert "of the 1" not in seen(web, "/agencies/VN/un-rank", period="2020", lang="en")
    points = web.json("/agencies/VN/un-rank.json?period=2020")["trend"]["points"]
    assert {p["period"]: p["value"] for p in points}["2020"] == "86"
    assert len(points) > 1 and all(len(p["period"]) == 4 and p["value"] for p in points)
    for path in ("/rankings", "/rankings.csv", "/map", "/overview/map.svg", "/"):
        assert web.get(with_query(path, period="2020", indicator="un-rank")).status == 404, path


# ---- every table tells its figures -------------------------------------------------

@pytest.mark.parametrize("indicator", ["un-rank", "verified-identity", "periodic-reports"])
def test_an_indicator_of_the_nation_alone_has_a_table(web, indicator):
    nation = figures(web, "2020", unverified="1").get(("VN", indicator)) or figures(web, "2020")[("VN", indicator)]
    table = lines(web, f"/indicators/{indicator}.csv", period="2020")
    assert [line["agency"] for line in table] == ["VN"]
    for name in ("numerator", "denominator", "value", "status"):
        assert table[0][name] == str(nation[name] if nation[name] is not None else "")
