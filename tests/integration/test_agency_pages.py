# test_agency_pages.py -- what an agency reads of itself: the same figures and gaps as the
# commands say, on its own and on today's agencies, now and as published; procedures; search.
import csv
import datetime
import html
import io
import json
import re
import urllib.parse

import pytest

from serving import Server, new_key

FIELDS = ["agency", "dossier", "procedure", "channel", "received_at", "resolved_at", "due_at"]
PROCEDURES = {"1.000001": "Đăng ký kết hôn", "1.000002": "Cấp giấy phép xây dựng",
              "1.000003": "Đổi giấy phép lái xe"}


def dossiers():
    """Procedures with another share online each; 79 has most, 38 reaches its target."""
    rows = []
    shares = {"01": (2, 20), "79": (6, 40), "38": (9, 10), "44": (3, 12), "45": (1, 8)}
    for agency, (online, all_of_them) in shares.items():
        for month in (5, 8, 11):
            for n, procedure in enumerate(PROCEDURES):
                for i in range(all_of_them):
                    day = f"2020-{month:02}-{i % 25 + 1:02}"
                    rows.append((agency, f"{agency}-{month}-{n}-{i}", procedure,
                                 "online" if i < online // (n + 1) else "counter", day, day,
                                 day if i % 3 else f"2020-{month:02}-28"))
    # Of the new Quang Tri, to which 44 and 45 went on 1 July 2025.
    rows += [("44@2025", f"new-{i}", "1.000001", "online" if i < 6 else "counter", "2025-08-04",
              "2025-08-05", "") for i in range(10)]
    return rows


@pytest.fixture(scope="module")
def pages(module_store):
    out = io.StringIO()
    csv.writer(out).writerows([FIELDS] + dossiers())
    module_store.run("import", "--type", "dossier", "--format", "csv", "-", input=out.getvalue())
    services = [{"agency": a, "procedure": p, "name_vi": n, "level": "4" if p.endswith("1") else "2",
                 "valid_from": "2020-01-01"} for a in ("01", "79") for p, n in PROCEDURES.items()]
    module_store.run("import", "--type", "service", "--format", "ndjson", "-",
                     input="".join(json.dumps(s) + "\n" for s in services))
    server = Server(module_store, "web")
    yield module_store, server
    server.stop()


def model(server, path):
    answer = server.ask(path)
    assert answer.status == 200, (path, answer.body[:300])
    return answer.json()


def text(server, path):
    answer = server.ask(path)
    assert answer.status == 200, (path, answer.body[:300])
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.body.decode())))


def kpi(store, *args):
    rows = csv.DictReader(io.StringIO(store.run("kpi", "--format", "csv", *args).stdout))
    return {(r["agency"], r["indicator"]): r for r in rows}


def figure(page, slug):
    return next(t for t in page["targets"] + page["others"] if t["figure"]["indicator"] == slug)


# ---- the same as the commands say ---------------------------------------------


@pytest.mark.parametrize("agency", ["01", "79", "38", "44"])
def test_figures_are_those_of_kpi_and_gaps_those_of_act(pages, agency):
    store, server = pages
    page = model(server, f"/agencies/{agency}.json?period=2020-Q4")
    printed = kpi(store, "--period", "2020-Q4", "--agency", agency)
    for target in page["targets"]:
        row = printed[agency, target["figure"]["indicator"]]
        for name in ("numerator", "denominator", "rank"):
            assert (row[name] or None) == (None if target["figure"][name] is None
                                           else str(target["figure"][name])), (agency, name)
        assert row["status"] == target["figure"]["status"]
    acts = json.loads(store.run("act", "--period", "2020-Q4", "--agency", agency,
                                "--format", "json").stdout)["targets"]
    assert acts
    for act in acts:
        shown = figure(page, act["observation"]["indicator"])
        if act["lacking"] and act["lacking"]["turned"]:
            assert shown["act"] == act["lacking"] and shown["lacking"] == act["lacking"]["turned"]
        else:
            assert shown["lacking"] is None
    focus = page["focus"]
    act = next(a for a in acts if a["observation"]["indicator"] == focus["indicator"])
    assert focus["procedures"] == act["procedures"] and focus["forecast"] == act["forecast"]


def test_the_gap_is_printed_in_units(pages):
    """79: 9 + 6 + ... of 120 a quarter online, a fifth wanted."""
    store, server = pages
    target = figure(model(server, "/agencies/79.json?period=2020-Q4"), "online-filing")
    n, d = target["figure"]["numerator"], target["figure"]["denominator"]
    lacking = target["lacking"]
    assert (n, d) == (6 + 3 + 2, 120) and (n + lacking) * 5 >= d > (n + lacking - 1) * 5
    assert f"còn thiếu {lacking} hồ sơ trong quý IV năm 2020" in text(
        server, "/agencies/79?period=2020-Q4&indicator=online-filing")
    assert f"{lacking} dossiers still missing in quarter 4 of 2020" in text(
        server, "/agencies/79?period=2020-Q4&indicator=online-filing&lang=en")


def test_rank_history_and_move(pages):
    store, server = pages
    page = model(server, "/agencies/79.json?period=2020-Q4&indicator=online-filing")
    for point in page["trend"]["points"]:
        row = kpi(store, "--period", point["period"], "--agency", "79",
                  "--indicator", "online-filing")["79", "online-filing"]
        assert str(point["rank"] or "") == row["rank"]
    move = page["rank_move"]
    assert sum(s["places"] for s in move["steps"]) == move["rank_after"] - move["rank_before"]
    # of services, too: their parts are asked for in the period, not by the agency's code
    assert model(server, "/agencies/79.json?period=2020-Q4&indicator=level4-services")["rank_move"]


def test_pace_and_forecast_before_the_deadline(pages):
    store, server = pages
    today = datetime.date.today()
    with store.connect() as db:
        before = db.execute("SELECT deadline FROM target WHERE target_id = 'NQ17-02'").fetchone()[0]
        db.execute("UPDATE target SET deadline = make_date(%s, 12, 31) WHERE target_id = 'NQ17-02'",
                   (today.year + 1,))
        try:
            page = db.execute("SELECT page_agency('2020-Q4', '79', 'online-filing')").fetchone()[0]
        finally:
            db.execute("UPDATE target SET deadline = %s WHERE target_id = 'NQ17-02'", (before,))
    act = figure(page, "online-filing")["act"]
    assert act["turned_per_day"] == 1 and page["focus"]["forecast"]["refused"] == "too_short"


# ---- one figure ----------------------------------------------------------------


def test_the_fraction_and_the_comparison(pages):
    store, server = pages
    page = model(server, "/agencies/79/online-filing.json?period=2020-Q4")
    c = page["comparison"]
    assert c["left"] == c["numerator"] * c["times_left"] and c["sign"] == "<"
    assert c["right"] == c["denominator"] * c["times_right"]
    shown = text(server, "/agencies/79/online-filing?period=2020-Q4")
    assert "11 × 5 = 55 < 120 = 1 × 120" in shown and "11 / 120 = 9,17%" in shown
    parts = page["explain"]["procedures"]
    assert [p["lacking"] for p in parts] == sorted((p["lacking"] for p in parts), reverse=True)
    assert sum(p["lacking"] for p in parts) == 120 - 11


def test_recast(pages):
    """2020 of what is the new Quang Tri today: 44 and 45, added."""
    store, server = pages
    once = {a: kpi(store, "--period", "2020-Q4")[a, "online-filing"] for a in ("44", "45")}
    for name in ("44@2025", "44", "45"):
        page = model(server, f"/agencies/{name}.json?period=2020-Q4&recast=1&indicator=online-filing")
        assert page["agency"]["code"] == "44@2025" and page["recast_label"]["method"] == "exact"
        shown = figure(page, "online-filing")["figure"]
        for part in ("numerator", "denominator"):
            assert shown[part] == sum(int(o[part]) for o in once.values())
        explained = model(server, f"/agencies/{name}/online-filing.json?period=2020-Q4&recast=1")
        assert explained["explain"]["observation"] == shown
        assert sum(p["denominator"] for p in explained["explain"]["procedures"]) == shown["denominator"]
        assert page["trend"]["points"][-1]["numerator"] == shown["numerator"]
    assert "Tính lại theo các cơ quan có ngày" in text(server, "/agencies/44?period=2020-Q4&recast=1")
    # before it began there is nothing of it but the way to what came before
    assert "chưa nhận được số liệu nào" in text(server, "/agencies/44@2025?period=2020-Q4")
    # 2025 spans the merger: as it was, the new row carries what it answers for
    page = model(server, "/agencies/44@2025.json?period=2025")
    assert [p["agency"] for p in page["agency"]["predecessors"]] == ["44", "45"]


def test_as_published(pages):
    store, server = pages
    store.run("publish", "--period", "2020-Q3", "--accept", "test", "--second", "other", code=None)
    done = server.ask("/api/v1/vintages?period=2020-Q3").json()["vintages"]
    if not done:
        store.run("publish", "--period", "2020-Q3")
        done = server.ask("/api/v1/vintages?period=2020-Q3").json()["vintages"]
    number = done[0]["vintage"]
    before = model(server, f"/agencies/38.json?period=2020-Q3&vintage={number}")
    rows = "\n".join(f"38,late-{i},1.000001,counter,2020-08-03,2020-08-04" for i in range(5))
    store.run("import", "--type", "dossier", "--format", "csv", "-",
              input="agency,dossier,procedure,channel,received_at,resolved_at\n" + rows + "\n")
    after = model(server, f"/agencies/38.json?period=2020-Q3&vintage={number}")
    assert figure(after, "online-filing")["figure"] == figure(before, "online-filing")["figure"]
    assert after["quality"] is None and after["milestones"] is None
    now = model(server, "/agencies/38.json?period=2020-Q3")
    assert now["summary"]["restated"] >= 1 and figure(now, "online-filing")["restated"]
    history = model(server, "/agencies/38/online-filing.json?period=2020-Q3")["history"]
    assert [h["vintage"] for h in history] == [number, None] and history[1]["changed"]
    assert history[1]["denominator"] == history[0]["denominator"] + 5
    pinned = model(server, f"/agencies/38/online-filing.json?period=2020-Q3&vintage={number}")
    assert pinned["explain"]["procedures"] == [] and len(pinned["history"]) == 1
    assert "Bản công bố giữ các con số" in text(
        server, f"/agencies/38/online-filing?period=2020-Q3&vintage={number}")


def test_dossiers_are_for_their_owner(pages):
    store, server = pages
    path = "/agencies/01/online-filing/dossiers"
    assert server.ask(f"{path}.json?period=2020-Q4").status in (401, 403)
    public = server.ask(f"{path}?period=2020-Q4")   # the way to sign in, whatever it looks like
    assert b"01-11-0-0" not in public.body
    for page in ("/agencies/01?period=2020-Q4", "/agencies/01/online-filing?period=2020-Q4",
                 "/agencies/01/online-filing.json?period=2020-Q4&batches=1"):
        assert b"01-11-0-0" not in server.ask(page).body
    own = server.ask(f"{path}.json?period=2020-Q4", key=new_key(store, "01"))
    assert own.status == 200 and own.json()["list"]["dossiers"][0]["dossier"] == "01-11-0-0"
    assert server.ask(f"{path}.json?period=2020-Q4", key=new_key(store, "79")).status == 403
    with store.connect() as db:   # who looked stands in the log, who was refused did not look
        assert db.execute("SELECT count(*), min(object) FROM audit_log"
                          " WHERE action = 'read_dossiers'").fetchone() == (1, "dossiers:01")


# ---- procedures ----------------------------------------------------------------


def test_procedure_pages_add_up_to_kpi(pages):
    store, server = pages
    printed = kpi(store, "--period", "2020", "--indicator", "online-filing")
    sums = {}
    for procedure in PROCEDURES:
        page = model(server, f"/procedures/{procedure}.json?period=2020")
        assert page["whole"]["resolved"] == sum(r["resolved"] for r in page["rows"])
        for row in page["rows"]:
            n, d = sums.get(row["agency"], (0, 0))
            sums[row["agency"]] = n + row["online"], d + row["resolved"]
    for agency, (n, d) in sums.items():
        row = printed[agency, "online-filing"]
        assert (row["numerator"], row["denominator"]) == (str(n), str(d)), agency
    assert len(sums) == 5


def test_procedures_in_order_and_by_search(pages):
    store, server = pages
    names = [r["name_vi"] for r in model(server, "/procedures.json?period=2020")["rows"]]
    assert names == ["Cấp giấy phép xây dựng", "Đăng ký kết hôn", "Đổi giấy phép lái xe"]
    for typed in ("dang%20ky", "DANG%20KY", "%C4%91%C4%83ng%20k%C3%BD", "ket", "1.000001"):
        rows = model(server, f"/procedures.json?period=2020&q={typed}")["rows"]
        assert [r["procedure"] for r in rows] == ["1.000001"], typed
    rows = model(server, "/procedures/1.000001.json?period=2020&order=online")["rows"]
    shares = [r["online"] / r["resolved"] for r in rows if r["resolved"]]
    assert shares == sorted(shares, reverse=True)
    rows = model(server, "/procedures/1.000001.json?period=2020&order=name")["rows"]
    assert [r["agency_name_vi"] for r in rows] == sorted(
        (r["agency_name_vi"] for r in rows), key=lambda n: n.replace("Đ", "Dz"))
    assert server.ask("/procedures/9.999999?period=2020").status == 404
    assert server.ask("/procedures/1.000001?period=2020-06-30").status == 400
    assert server.ask("/procedures/1.000001?period=2020&order=nothing").status == 400


def links_of(answer):
    page = answer.body.decode().split('<main', 1)[1]
    return [html.unescape(link) for link in re.findall(r'<a href="([^"]*)"', page)]


def test_procedures_of_a_week_or_a_day_lead_to_the_months_around(pages):
    store, server = pages
    for period, around in {"2020-06-30": ["2020-06", "2020-Q2", "2020"], "2020-W23": ["2020-06", "2020-Q2", "2020"]}.items():
        for path, rest in (("/procedures", "&q=dang&lang=en"), ("/procedures/1.000001", "&order=name&lang=en")):
            answer = server.ask(f"{path}?period={period}{rest}")
            page = html.unescape(answer.body.decode())
            assert answer.status == 400 and f"not over {period}" in page and "half months" in page
            assert [f"{path}?period={code}{rest}" for code in around] == links_of(answer)[:3], links_of(answer)
            assert all(server.ask(link).status == 200 for link in links_of(answer))
    assert "không theo 2020-06-30" in server.ask("/procedures?period=2020-06-30").body.decode()


@pytest.mark.parametrize("typed", ["1900", "1901", "1900-01", "ND09-1900", "abc", "2020-13", "2020-W60", "2020-02-30", "9999",
                                   "x; periods: 2020-Q1"])
def test_what_is_no_period_is_named_as_typed_with_what_there_is(pages, typed):
    store, server = pages
    latest = model(server, "/overview.json")["period"]
    for path, rest in (("/", ""), ("/rankings", "&group=province"), ("/agencies/01", ""), ("/procedures", ""), ("/map", "")):
        answer = server.ask(f"{path}?period={urllib.parse.quote(typed)}{rest}&lang=en")
        page = html.unescape(answer.body.decode())
        assert answer.status == 400 and f'not a period: "{typed}"' in page, (path, page[:2000])
        for written in ("2025-H1", "2025-W23", "2025-06-30", "ND09-2025-Q3", "from 2020 to 2025", f"the latest: {latest}"):
            assert written in page, (path, written)
        # what pages show of themselves and, where that is another, the newest quarter with data
        assert f"{path}?period={latest}{rest}&lang=en" in links_of(answer)[:2]
        assert f"period={typed}" not in "".join(links_of(answer)), links_of(answer)
    page = server.ask(f"/?period={urllib.parse.quote(typed)}").body.decode()
    assert f"“{typed}” không phải một kỳ." in html.unescape(page) and "Có số liệu từ năm 2020 đến năm 2025" in page
    problem = json.dumps(server.ask(f"/overview.json?period={urllib.parse.quote(typed)}").json())
    assert typed in problem and latest in problem, problem


def test_procedures_page_by_page(pages):
    store, server = pages
    found, path = [], "/api/v1/procedures?limit=2"
    while path:
        answer = server.ask(path)
        found += [p["procedure"] for p in answer.json()["procedures"]]
        link = answer.headers.get("Link")
        path = re.fullmatch(r'<(.+)>; rel="next"', link)[1] if link else None
    assert found == sorted(PROCEDURES)
    assert server.ask("/api/v1/procedures?limit=0").status == 400


# ---- places across a merger ------------------------------------------------------


def test_places_among_63_and_among_34_are_told_apart(pages):
    store, server = pages
    with store.connect() as db:
        sizes = [db.execute("SELECT group_size(%s, %s)", (group, day)).fetchone()[0]
                 for group, day in (("province", "2020-12-31"), ("province", "2025-06-30"),
                                    ("province", "2025-07-01"), ("central", "2020-12-31"))]
        points = [{"period": p, "rank": r, "group": "province"} for p, r in
                  (("2025-Q1", 50), ("2025-Q2", None), ("2025-Q3", 20), ("2025-Q4", 21))]
        as_it_was, today = (db.execute("SELECT ranked_among(%s, %s)", (json.dumps(points), recast)).fetchone()[0]
                            for recast in (False, True))
        drawn = db.execute("SELECT rank_history(%s)", (json.dumps({"points": as_it_was}),)).fetchone()[0]
    assert sizes == [63, 63, 34, 22]
    assert [(p["among"], bool(p["among_others"])) for p in as_it_was] == [
        (63, False), (63, False), (34, True), (34, False)]
    assert {p["among"] for p in today} == {34} and not any(p["among_others"] for p in today)
    assert [p["of"] for p in drawn["points"]] == [63, 63, 34, 34]
    page = model(server, "/agencies/01/online-filing.json?period=2020-Q4")
    assert {p["of"] for p in page["rank_history"]["points"]} == {63}
    assert " / 63" in text(server, "/agencies/01/online-filing?period=2020-Q4")
    picture = server.ask("/agencies/01/online-filing/rank_history.svg?period=2020-Q4&lang=en").body.decode()
    assert "of 63" in picture
    # Nor are they compared in the rankings: 01 is first of one who is ranked in both.
    page = model(server, "/rankings.json?period=2025-Q3&compare=2025-Q2")
    assert (page["among"], page["among_before"], page["among_others"]) == (34, 63, True)
    assert not any(r["moved"] or r["risen"] or r["fallen"] for r in page["ranked"] + page["unranked"])
    assert "ranked 63 agencies, this period 34" in text(server, "/rankings?period=2025-Q3&compare=2025-Q2&lang=en")
    page = model(server, "/rankings.json?period=2020-Q4&compare=2020-Q3")
    assert page["among_others"] is False and page["among"] == page["among_before"] == 63


def test_rankings_show_who_missed_alone(pages):
    store, server = pages
    figures = kpi(store, "--period", "2020-Q4", "--indicator", "online-filing")
    whole = model(server, "/rankings.json?period=2020-Q4")
    for state, verdict in (("missed", "not_met"), ("reached", "met")):
        page = model(server, f"/rankings.json?period=2020-Q4&state={state}")
        shown = [r["agency"] for r in page["ranked"]]
        assert sorted(shown) == sorted(a for (a, _), row in figures.items() if row["status"] == verdict and row["rank"])
        assert shown and page["unranked"] == [] and page["shown_count"] == len(shown)
        # Ranks stay those among all.
        assert page["ranked_count"] == whole["ranked_count"] > len(shown)
        assert [r for r in whole["ranked"] if r["agency"] in shown] == page["ranked"]
        lines = server.ask(f"/rankings.csv?period=2020-Q4&state={state}").body.decode("utf-8-sig").splitlines()
        assert {line.split(",")[2] for line in lines[1:]} == set(shown)
    assert server.ask("/rankings?period=2020-Q4&state=bad").status == 400


# ---- search --------------------------------------------------------------------


@pytest.mark.parametrize("typed, code", [
    ("da nang", "48"), ("Đà Nẵng", "48"), ("DAK LAK", "66"), ("đắk", "66"), ("thua thien hue", "46"),
    ("hue", "46"), ("bo y te", "G18"),
    ("TP. Đà Nẵng", "48"), ("TP.HCM", "79"), ("tphcm", "79"), ("tp hcm", "79"), ("UBDT", "G21"), ("BNNPTNT", "G10")])
def test_search_folds_marks(pages, typed, code):
    store, server = pages
    with store.connect() as db:
        name = db.execute("SELECT name_vi FROM agency WHERE label = %s", (code,)).fetchone()
        found = db.execute("SELECT page_search('2020', %s)", (typed,)).fetchone()[0]["agencies"]
    if name is None:
        pytest.skip(f"no agency {code}")
    assert code in [a["agency"] for a in found["rows"]], (typed, name)


def test_search_takes_the_local_form_of_a_procedures_code(pages):
    """What the portals print is stored, and found, by its central code."""
    store, server = pages
    with store.connect() as db:
        code = db.execute("SELECT procedure FROM service WHERE procedure ~ '^1[.][0-9]{6}$' LIMIT 1").fetchone()[0]
    for path in ("/search.json?q=", "/procedures.json?period=2020&q="):
        page = model(server, f"{path}{code}.000.00.00.H26")
        assert [row["procedure"] for row in (page["procedures"] if "procedures" in page else page)["rows"]] == [code]


def test_a_page_behind_the_last_still_counts(pages):
    store, server = pages
    assert model(server, "/procedures.json?period=2020&page=999")["count"] == \
        model(server, "/procedures.json?period=2020")["count"] > 0


def test_search_page(pages):
    store, server = pages
    page = model(server, "/search.json?q=truc%20tuyen")
    assert "online-filing" in [i["indicator"] for i in page["indicators"]["rows"]]
    assert page["found"] == page["indicators"]["count"] + (page["agencies"] or {"count": 0})["count"] + (
        page["procedures"] or {"count": 0})["count"]
    assert "Tìm kiếm" in text(server, "/search") and "Nothing" not in text(server, "/search?lang=en")
    assert b"<script>" not in server.ask("/search?q=%3Cscript%3E").body
    assert 'href="/search' in server.ask("/").body.decode()


# ---- what agencies say ----------------------------------------------------------


def test_contested_figures_are_marked(pages):
    store, server = pages
    number = store.run("dispute", "open", "--agency", "45", "--indicator", "online-filing",
                       "--period", "2020-Q4", "--reason", "r").stdout.split()[-1]
    store.run("note", "add", "--agency", "45", "--indicator", "online-filing",
              "--period", "2020-Q4", "--text", "lũ lụt")
    for path in ("/agencies/45", "/agencies/45/online-filing"):
        shown = text(server, f"{path}?period=2020-Q4&lang=en")
        assert "Contested by the agency" in shown and "lũ lụt" in shown
    store.run("dispute", "withdraw", number)
    assert "Contested" not in text(server, "/agencies/45?period=2020-Q4&lang=en")


def test_milestones_by_state(pages):
    store, server = pages
    whole = model(server, "/milestones.json")["milestones"]
    late = model(server, "/milestones.json?state=overdue")["milestones"]
    states = [i["status"] for p in late["parts"] for t in p["tasks"] for i in t["instances"]]
    assert states and set(states) == {"overdue"} and late["counts"] == whole["counts"]
    assert server.ask("/milestones?state=nothing").status == 400
    assert server.ask("/milestones/timeline.svg").status == 200


def test_english_is_complete(pages):
    """No Vietnamese word of the pages' own is left in English."""
    store, server = pages
    for path in ("/agencies/79", "/agencies/79/online-filing", "/procedures", "/procedures/1.000001",
                 "/search", "/milestones"):
        shown = text(server, f"{path}?period=2020-Q4&lang=en")
        for word in ("Còn thiếu", "Hạng", "Kỳ báo cáo", "Thủ tục", "Trạng thái", "Tìm kiếm", "Cơ quan "):
            assert word not in shown, (path, word)
