# test_office_pages.py -- the pages on which the Government Office reviews rankings: their
# models against `nq17 kpi` and `nq17 ranking`, and what the visitor can ask of them.
import csv
import io
import json
import re

import openpyxl
import pytest

from test_observations import CENTRAL, PROVINCES, dossiers, kpi, load
from test_ranks import totals
from test_web import Server, complaints, with_query

NOW, BEFORE = "2020-Q4", "2020-Q3"
SILENT = "96"         # sends nothing
EMPTY = "95"          # has nothing to settle
REACHED = {"met", "on_track"}


@pytest.fixture(scope="module")
def store(module_store):
    """Totals of two quarters for all but one province; dossiers for two of them."""
    told = [a for a in PROVINCES if a not in (SILENT, EMPTY, "01", "79")]
    now = {a: (10 + 3 * i, 200) for i, a in enumerate(told)} | {EMPTY: (0, 0)}
    before = {a: (150 - 2 * i, 200) for i, a in enumerate(told)} | {EMPTY: (10, 100)}
    before[told[5]] = before[told[6]]                                   # a tie
    central = {a: (20 + i, 100) for i, a in enumerate(CENTRAL)}
    whole = ("04", "11", "12", "20")                    # no merger touched these
    load(module_store, "count", totals(NOW, now | central) + totals(BEFORE, before | central)
         + totals("2025-Q2", {a: (50 + i, 100) for i, a in enumerate(whole)})
         + totals("2025-Q3", {a: (60 - i, 100) for i, a in enumerate(whole)}))
    load(module_store, "dossier",
         dossiers("01", 3, 10, "2020-08-03") + dossiers("01", 9, 10, "2020-11-03")
         + dossiers("79", 9, 10, "2020-08-03") + dossiers("79", 1, 10, "2020-11-03"))
    load(module_store, "service", [
        {"agency": a, "procedure": "1.000001", "name_vi": "Khai sinh", "level": "4" if i % 3 else "2",
         "valid_from": "2019-01-01", "help_channel": bool(i % 2)} for i, a in enumerate(PROVINCES)])
    return module_store


@pytest.fixture(scope="module")
def web(store):
    server = Server(store)
    yield server
    assert server.stop() == 0


def ranked(web, **query):
    model = web.json(with_query("/rankings.json", **{"period": NOW} | query))
    return model, {row["agency"]: row for row in model["ranked"] + model["unranked"]}


# ---- the overview --------------------------------------------------------------

def test_the_overview_says_what_kpi_says(web, store):
    model = web.json(f"/overview.json?period={NOW}")
    official = kpi(store, NOW)
    earlier = kpi(store, BEFORE)
    assert len(model["targets"]) >= 12
    for row in model["targets"]:
        figure = row["figure"]
        line = official["VN", figure["indicator"]]
        for name in ("value", "target", "status", "coverage", "numerator", "denominator"):
            assert ("" if figure[name] is None else str(figure[name])) == line[name], (figure["indicator"], name)
        own = [r for (agency, slug), r in official.items()
               if slug == figure["indicator"] and agency != "VN" and r["target"]]
        if row["shares"]:
            assert row["agencies"] == len(own)
            assert row["reached"] == sum(r["status"] in REACHED for r in own)
            assert sum(s["agencies"] for s in row["shares"]) == sum(r["value"] != "" for r in own)
        then = earlier["VN", figure["indicator"]]["value"]
        if figure["percent"] and then:
            assert abs(float(row["points"]) - 100 * (float(line["value"]) - float(then))) < 0.0101
    statuses = [row["figure"]["status"] for row in model["targets"]]
    assert model["summary"]["reached"] == sum(s in REACHED for s in statuses)
    assert model["summary"]["targets"] == len(statuses)


def test_a_score_says_what_it_could_not_judge(web):
    """Where not even the leading target has a result."""
    summary = web.json("/overview.json?period=2024-W23")["summary"]
    assert summary["unknown"] > 0
    page = re.sub(r"\s+", " ", web.get("/?period=2024-W23&lang=en").text)
    assert (f'<h1>Viet Nam reached {summary["reached"]} of {summary["targets"]} targets in week 23 of 2024; '
            f'{summary["unknown"]} not determined.</h1>') in page


@pytest.mark.parametrize("language, words", [("vi", "Chưa có mục tiêu nào của Nghị quyết áp dụng trong năm 2018."),
                                             ("en", "No target of the Resolution applies in 2018 yet.")])
def test_before_the_resolution_there_is_no_score(web, language, words):
    for path in ("/", "/briefing"):
        page = re.sub(r"\s+", " ", web.get(f"{path}?period=2018&lang={language}").text)
        assert f"<h1>{words}</h1>" in page, page[:400]
    assert "0 trong 0" not in page and "0 of 0" not in page


def test_what_changed_is_told_by_rules(web, store):
    changes = web.json(f"/overview.json?period={NOW}")["changes"]
    now, before = (kpi(store, p, indicator="online-filing") for p in (NOW, BEFORE))
    count = lambda rows: sum(r["status"] in REACHED for (a, _), r in rows.items() if a != "VN")
    reach = next(c["reach"] for c in changes if "reach" in c)
    assert (reach["before"], reach["reached"]) == (count(before), count(now))
    moves = {a: int(now[a, s]["rank"]) - int(before[a, s]["rank"]) for a, s in now
             if now[a, s]["rank"] and (a, s) in before and before[a, s]["rank"]}
    places = [c["place"] for c in changes if "place" in c]
    assert moves[places[0]["agency"]] == min(moves.values()) == -places[0]["risen"]
    assert moves[places[1]["agency"]] == max(moves.values()) == places[1]["fallen"]
    assert (reach["before_agencies"], reach["agencies"]) == (85, 85)
    assert changes == web.json(f"/overview.json?period={NOW}")["changes"]


def test_places_are_not_compared_across_a_merger(web):
    """63 provinces before July 2025, 34 since: from 60 to 30 of them is no rise."""
    _, rows = ranked(web, period="2025-Q3")
    assert (rows["04"]["rank_before"], rows["04"]["rank"], rows["20"]["rank"]) == (4, 1, 4)
    changes = web.json("/overview.json?period=2025-Q3")["changes"]
    assert not [c for c in changes if "place" in c]
    reach = next(c["reach"] for c in changes if "reach" in c)
    assert reach["before_agencies"] > reach["agencies"] and (reach["before"], reach["reached"]) == (4, 4)


@pytest.mark.parametrize("period, layout, provinces, central", [(NOW, "63", 63, 22), ("2025-Q3", "34", 34, None)])
def test_the_map_has_a_tile_for_each_province(web, period, layout, provinces, central):
    model = web.json(f"/map.json?period={period}&show=rank")["map"]
    assert model["layout"] == layout and len(model["provinces"]) == provinces
    places = {(t["line"], t["place"]) for t in model["provinces"]}
    assert len(places) == provinces
    assert {"DNG", "KHA"} <= {t["short"] for t in model["provinces"]}
    assert central is None or len(model["central"]) == central
    for tile in model["provinces"]:
        assert (tile["class"] is None) == (tile["figure"]["rank"] is None)
        assert tile["class"] is None or 1 <= tile["class"] <= 5


def test_tiles_say_status_value_and_rank_in_words(web):
    page = web.get(f"/map?period={NOW}&lang=en&show=rank").text
    tile = re.search(r'<li class="tile [^>]*><a [^>]*/agencies/01/[^>]*title="([^"]*)"', page).group(1)
    assert re.fullmatch(r"Hanoi City: 90\.00%, Met, rank \d+", tile)
    assert web.get("/map?show=heat").status == 400
    assert re.search(r"Hoàng Sa.*Trường Sa", web.get(f"/map?period={NOW}").text)


# ---- rankings ------------------------------------------------------------------

def test_every_province_is_ranked_or_says_why_not(web, store):
    model, rows = ranked(web)
    assert set(rows) == set(PROVINCES)
    reasons = {r["agency"]: r["unranked_reason"] for r in model["unranked"]}
    assert reasons == {SILENT: "no_data", EMPTY: "not_applicable"}
    official = kpi(store, NOW, indicator="online-filing")
    for agency, row in rows.items():
        assert str(row["rank"] or "") == official[agency, "online-filing"]["rank"]
    page = web.get(f"/rankings?period={NOW}&lang=en").text
    assert "nothing to count" in page and "no data" in page


def test_rows_are_ordered_as_asked(web):
    names = [r["agency_name_vi"] for r in ranked(web, sort="name")[0]["ranked"]]
    bare = [re.sub("^(Tỉnh|Thành phố) ", "", n) for n in names]
    assert bare[0] == "An Giang" and bare[-1] == "Yên Bái"
    assert bare.index("Điện Biên") > bare.index("Cần Thơ") and bare.index("Đà Nẵng") < bare.index("Gia Lai")
    back, _ = ranked(web, sort="-rank")
    assert [r["rank"] for r in back["ranked"]] == sorted((r["rank"] for r in back["ranked"]), reverse=True)
    regions = [r["region"] for r in ranked(web, sort="region")[0]["ranked"]]
    assert [r for i, r in enumerate(regions) if i == 0 or regions[i - 1] != r] == list(dict.fromkeys(regions))
    by_level, _ = ranked(web, indicator="level4-services")
    assert by_level["columns"][0]["indicator"] == "level4-services"
    for wrong in ("sort=size", "sort=--rank", "columns=none", "compare=2020-Q9"):
        assert web.get(f"/rankings?period={NOW}&{wrong}").status == 400
    assert web.get(f"/rankings?period={NOW}&peers=atlantis").status == 404


@pytest.mark.parametrize("path, rows", [
    ("/agencies.json?period=2020-Q4", "parts agencies"), ("/rankings.json?period=2018", "unranked"),
    ("/indicators/online-filing.json?period=2018", "rows"), ("/data.json", "parts agencies"),
    ("/data/days.json?until=2020-06-30", "parts agencies"),
    ("/milestones.json?period=2020-Q4", "milestones parts tasks instances")])
def test_lists_stand_in_vietnamese_order(web, store, path, rows):
    """By the name proper: "Tỉnh An Giang" before "Thành phố Cần Thơ", đ after d."""
    lists = [web.json(path)]
    for name in rows.split():
        inner = [part[name] for part in lists]
        lists = [each for part in inner for each in part] if name != rows.split()[-1] else inner
        if inner and isinstance(inner[0], dict):
            lists = inner
    assert sum(len(each) for each in lists) >= 50
    with store.connect() as db:
        for each in lists:
            if len({line.get("year") for line in each}) > 1:
                continue                         # a yearly task: by the year
            names = [line.get("agency_name_vi") or line["agency"]["name_vi"] for line in each]
            assert names == [name for (name,) in db.execute(
                "SELECT name FROM unnest(%s::text[]) name ORDER BY name ~ '^(Tỉnh|Thành phố) ', "
                "name_to_sort(name) COLLATE \"vi-x-icu\"", (names,))]


def test_a_peer_group_is_that_of_the_command(web, store):
    model, rows = ranked(web, peers="mekong-delta")
    listed = json.loads(store.run("ranking", "--period", NOW, "--indicator", "online-filing", "--group",
                                  "mekong-delta", "--format", "json").stdout)["groups"][0]["rows"]
    assert {r["agency"] for r in listed} == set(rows) and SILENT in rows
    assert {r["agency"]: r["place"] for r in listed} == {a: r["place"] for a, r in rows.items()}
    assert {r["agency"]: r["rank"] for r in listed} == {a: r["rank"] for a, r in rows.items()}


def test_two_periods_are_compared(web, store):
    model, rows = ranked(web, compare=BEFORE)
    assert model["compare"] == BEFORE
    now, before = (kpi(store, p, indicator="online-filing") for p in (NOW, BEFORE))
    for agency, row in rows.items():
        a, b = now[agency, "online-filing"], before[agency, "online-filing"]
        assert str(row["rank_before"] or "") == b["rank"]
        if a["value"] and b["value"]:
            assert abs(float(row["points"]) - 100 * (float(a["value"]) - float(b["value"]))) < 0.0101
        else:
            assert row["points"] is None
        if a["rank"] and b["rank"]:
            move = int(a["rank"]) - int(b["rank"])
            assert (row["fallen"] or 0) - (row["risen"] or 0) == move
    plain = web.get(f"/rankings?period={NOW}").text
    assert 'class="n before"' not in plain
    assert 'class="n before"' in web.get(f"/rankings?period={NOW}&compare={BEFORE}").text


def test_ties_are_bracketed_from_first_to_last(web):
    model, _ = ranked(web, period=BEFORE)
    group = {}
    for row in model["ranked"]:
        group.setdefault(row["tie_group"], []).append(row["tie"])
    for marks in group.values():
        assert marks == ["alone"] if len(marks) == 1 else (
            [marks[0], marks[-1]] == ["first", "last"] and set(marks[1:-1]) <= {"middle"})
    assert any(len(marks) > 1 for marks in group.values())
    assert any(row["tied"] for row in model["ranked"])


def test_the_page_prints_the_columns_asked_for_and_the_data_all(web):
    slugs = lambda **q: re.findall(r'<th scope="col" class="n[^>]*>(?:<span[^>]*>[^<]*</span>)?<a href="[^"]*indicator=([a-z0-9-]+)"',
                                   web.get(with_query("/rankings", period=NOW, **q)).text)
    official, extra = set(slugs()), set(slugs(columns="supporting", indicator="level4-services"))
    assert {"online-filing", "level4-services"} <= official and "on-time" not in official
    assert "online-filing" not in extra and "level4-services" in extra
    lines = list(csv.DictReader(io.StringIO(web.get(f"/rankings.csv?period={NOW}&columns=supporting").body.decode("utf-8-sig"))))
    assert {"online-filing", "level4-services"} <= {line["indicator"] for line in lines}
    assert {line["agency"] for line in lines} == set(PROVINCES)


def test_the_choice_holds_what_the_heading_names(web):
    """Also where nobody has a value for it."""
    for period in ("2019-Q1", NOW):
        page = web.get(f"/rankings?period={period}&indicator=online-filing&lang=en").text
        assert re.search(r'<option value="online-filing" selected>', page), period
        assert "Dossiers settled online" in page


@pytest.mark.parametrize("query, flags", [
    ("indicator=online-filing", ["--indicator", "online-filing"]),
    ("indicator=level4-services&group=southeast", ["--indicator", "level4-services", "--group", "southeast"]),
    ("indicator=overall&group=central", ["--score", "targets", "--group", "central"])])
def test_the_api_answers_as_the_command(web, store, query, flags):
    printed = json.loads(store.run("ranking", "--period", NOW, *flags, "--format", "json").stdout)
    assert web.json(f"/api/v1/ranking?period={NOW}&{query}") == printed
    assert web.get(f"/api/v1/ranking?period={NOW}&peers=cities").status == 400


# ---- why a rank moved ----------------------------------------------------------

def test_each_move_leads_to_its_explanation(web, store):
    page = web.get(f"/rankings?period={NOW}&lang=en").text
    links = re.findall(r'href="(/agencies/\d+/online-filing/move[^"]*)"', page)
    assert len(links) > 40
    answer = web.get(links[0].replace("&amp;", "&"))
    assert answer.status == 200 and "Its own rates" in answer.text
    model = web.json(f"/agencies/01/online-filing/move.json?period={NOW}&from={BEFORE}")
    printed = json.loads(store.run("ranking", "--period", NOW, "--from", BEFORE, "--indicator", "online-filing",
                                   "--explain", "01", "--format", "json").stdout)
    assert model["move"] == printed
    assert sum(s["places"] for s in model["move"]["steps"]) == model["move"]["move"] == -model["risen"]
    svg = web.get(f"/agencies/01/online-filing/move/waterfall.svg?period={NOW}")
    assert svg.status == 200 and "<title>" in svg.text
    assert web.get(f"/agencies/{SILENT}/online-filing/move?period={NOW}").status == 404
    assert web.get(f"/agencies/VN/online-filing/move?period={NOW}").status == 404


# ---- indicator, resolution, briefing -------------------------------------------

def test_what_is_counted_has_words(web, store):
    """Whatever an indicator counts; the code stands behind the words."""
    with store.connect() as db:
        bare = db.execute("""SELECT m FROM (SELECT numerator FROM indicator UNION SELECT denominator FROM indicator) x(m)
                              WHERE m <> '' AND measure_named(m) ->> 'vi' = m""").fetchall()
        assert not bare
        assert db.execute("SELECT measure_named('of_tomorrow') ->> 'en', measure_named('')").fetchone() == (
            "of_tomorrow", None)
    for language, words in (("vi", "hồ sơ đã giải quyết được nộp trực tuyến"),
                            ("en", "dossiers resolved that were filed online")):
        for path in ("/indicators/online-filing", "/agencies/04/online-filing"):
            page = web.get(f"{path}?period={NOW}&lang={language}").text
            assert words in page and ">dossiers_resolved" not in page and 'title="dossiers_resolved_online' in page


def test_an_indicator_shows_its_other_readings(web):
    model = web.json(f"/indicators/level4-services.json?period={NOW}")
    readings = model["readings"]["differ"] + model["readings"]["agree"]
    assert {"level34-only", "distinct-codes"} <= {r["variant"] for r in readings}
    for reading in model["readings"]["differ"]:
        assert reading["status"] != model["figure"]["status"]
    page = web.get(f"/indicators/level4-services?period={NOW}&lang=en").text
    for words in ("Known limits", "services_level4 / services", "How agencies are spread", "Map",
                  "NQ17-05", "paragraph 4"):
        assert words in page
    assert ("Another reading gives another verdict" in page) == bool(model["readings"]["differ"])
    assert model["evidence"] == {"declared": 63, "verified": 0, "refuted": 0, "verified_percent": "0.00",
                                 "items": None}
    assert web.get(f"/indicators/level4-services/strip.svg?period={NOW}").status == 200


def test_a_survey_of_years_is_drawn_by_years(web):
    """Quarters would all be without a figure, and every other year: nobody asked then."""
    points = web.json("/indicators/un-rank.json?period=2020")["trend"]["points"]
    assert {p["period"]: p["value"] for p in points} == {
        "2014": "99", "2016": "89", "2018": "88", "2020": "86"}
    page = web.get("/indicators/un-rank?period=2020&lang=en").text
    assert "Agency by agency" not in page and "85 agencies" not in page
    assert "Agency by agency" in web.get(f"/indicators/online-filing?period={NOW}&lang=en").text


def test_each_target_and_task_stands_once_in_the_resolution(web, store):
    model = web.json(f"/resolution.json?period={NOW}")
    targets = [t for s in model["sentences"] for t in s["targets"]]
    aims = web.json("/api/v1/targets")["targets"]
    assert sorted(t["target_id"] for t in targets) == sorted(a["target_id"] for a in aims if a["set"] == "NQ17")
    tasks = [t["task"] for s in model["sentences"] for t in s["tasks"]]
    assert len(tasks) == len(set(tasks)) == 28
    for target in targets:
        assert target["clause_vi"] and (target["verified"] or target["figure"] is None)
    assert [s["quantified"] for s in model["sentences"]] == [bool(s["targets"]) for s in model["sentences"]]
    rank = next(t for t in targets if t["target_id"] == "NQ17-G2")
    assert (rank["figure"]["value"], rank["figure"]["status"], rank["figure"]["period"]) == ("5", "not_met", "2024")
    online = next(t for t in targets if t["target_id"] == "NQ17-02")["figure"]
    assert online["value"] == kpi(store, NOW, indicator="online-filing")["VN", "online-filing"]["value"]
    assert "Not quantified" in web.get("/resolution?lang=en").text


def test_tables_of_the_resolution_hold_its_figures(web):
    """Each line of the export is what the page says of that target."""
    model = web.json(f"/resolution.json?period={NOW}")
    targets = [t for s in model["sentences"] for t in s["targets"]]
    table = list(csv.DictReader(io.StringIO(web.get(f"/resolution.csv?period={NOW}").body.decode("utf-8-sig"))))
    assert [line["target_id"] for line in table] == [t["target_id"] for t in targets]
    names = ("period", "numerator", "denominator", "value", "status", "coverage", "maturity")
    figures = 0
    for line, target in zip(table, targets):
        figure = target["figure"] or {"status": "no_data" if target["verified"] else None}
        figures += target["figure"] is not None
        assert {n: line[n] for n in names} == {n: str("" if figure.get(n) is None else figure[n]) for n in names}
        assert line["as_of"] == model["frame"]["as_of"]
    assert figures > 10 and any(line["numerator"] for line in table)
    sheet = openpyxl.load_workbook(io.BytesIO(web.get(f"/resolution.xlsx?period={NOW}&lang=vi").body)).active
    head = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "Thứ tự")
    assert {"Kỳ", "Tử số", "Mẫu số", "Kết quả", "Trạng thái", "Độ đầy đủ", "Số liệu đến"} <= set(head)
    rows = [dict(zip(head, r)) for r in sheet.iter_rows(values_only=True) if r[head.index("Mã mục tiêu")]]
    online = next(r for r in rows if r["Mã mục tiêu"] == "NQ17-02")
    figure = next(t["figure"] for t in targets if t["target_id"] == "NQ17-02")
    assert (online["Tử số"], online["Mẫu số"]) == (figure["numerator"], figure["denominator"])
    assert round(online["Kết quả"] * 100, 6) == float(figure["percent"])


def test_the_wall_display_turns_with_and_without_a_script(web):
    for n in range(1, 5):
        page = web.get(f"/briefing?period={NOW}&slide={n}&lang=en").text
        after = f"/briefing?slide={n % 4 + 1}&amp;period={NOW}&amp;lang=en"
        assert f'<noscript><meta http-equiv="refresh" content="20; url={after}">' in page
        assert f'data-next="{after}"' in page
        assert "<script>" not in page and "style=" not in page and "Figures as of" in page
        assert 'class="mark"' not in page           # which says that a figure is contested
    # A wall that was not bound to a period goes with the newest one.
    assert 'data-next="/briefing?slide=2&amp;lang=vi"' in web.get("/briefing").text
    assert web.get("/briefing?slide=5").status == 404
    assert web.get("/briefing?slide=x").status == 400
    model = web.json(f"/briefing.json?period={NOW}&slide=3")["ranked"]
    order = [r["rank"] for r in model["first"] + model["last"]]
    assert len(order) == 20 and order == sorted(order) and order[0] == 1
    script = web.get("/static/briefing.js")
    assert script.getheader("Content-Type").startswith("text/javascript")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", [
    "/", "/?show=value", "/rankings", f"/rankings?compare={BEFORE}&peers=cities&sort=-region&columns=all",
    "/rankings?group=central&indicator=overall", "/map?show=rank", "/map?recast=1&show=value",
    "/agencies/01/online-filing/move", "/indicators/online-filing?show=rank", "/resolution", "/vintages", "/restatements",
    "/agencies/01/online-filing", "/rankings?state=missed",
    *(f"/briefing?slide={n}" for n in range(1, 5))])
def test_pages_are_sound_html(web, path, language):
    answer = web.get(with_query(path, period=NOW, lang=language))
    assert answer.status == 200, answer.text
    assert "{{" not in answer.text and f'<html lang="{language}"' in answer.text
    assert complaints(answer) == []


# ---- what is published (last: it changes the store) ----------------------------

def test_the_open_period_stands_apart_from_the_published_one(web, store):
    store.run("publish", "--period", BEFORE, "--publish-coverage", "1")
    model = web.json("/overview.json")
    assert model["period"] == BEFORE and model["frame"]["maturity"] == "final"
    assert model["open"]["period"] == NOW
    official = kpi(store, NOW)
    assert model["open"]["leading"]["figure"]["value"] == official["VN", "online-filing"]["value"]
    page = web.get("/?lang=en").text
    assert "Not yet published:" in page and f'href="/?period={NOW}&amp;lang=en"' in page
    assert web.json(f"/overview.json?period={NOW}")["open"] is None
    pinned = web.json(f"/overview.json?vintage={web.json('/api/v1/vintages')['vintages'][0]['vintage']}")
    assert pinned["open"] is None and pinned["period"] == BEFORE
