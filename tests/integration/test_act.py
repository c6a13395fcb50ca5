# test_act.py -- what an agency lacks until a target, and how it could get there.
import csv
import io
import json
import random

import pytest

FIELDS = ["agency", "dossier", "procedure", "channel", "received_at", "resolved_at"]


def send(store, rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    writer.writerows(rows)
    return json.loads(store.run("import", "--type", "dossier", "-", "--format", "csv",
                                input=out.getvalue()).stdout)


def act(store, *args):
    return json.loads(store.run("act", "--format", "json", *args).stdout)


def month(year, number):
    return f"{year}-{number:02}"


@pytest.fixture(scope="module")
def acting(module_store):
    rows = []
    # 2020: 01 has 30 of 200 online, of three procedures that lack 120, 40 and 10.
    for procedure, online, offline in (("1.000001", 0, 120), ("1.000002", 30, 40), ("1.000003", 0, 10)):
        for i in range(online + offline):
            rows.append(("01", f"A-{procedure}-{i}", procedure, "online" if i < online else "counter",
                         "2020-05-04", "2020-05-11"))
    # 79 reaches its target, 38 has none online.
    rows += [("79", f"B-{i}", "1.000001", "online", "2020-05-04", "2020-05-11") for i in range(10)]
    rows += [("38", f"C-{i}", "1.000001", "counter", "2020-05-04", "2020-05-11") for i in range(10)]
    send(module_store, rows)
    return module_store


# ---- How many more -------------------------------------------------------------


def test_the_smallest_number_that_is_enough(acting):
    """Against brute force: K is enough, and K - 1 is not."""
    dice = random.Random(17)
    with acting.connect() as db:
        for _ in range(400):
            d = dice.choice([1, 2, 7, 100, 168746, dice.randint(1, 10 ** 6)])
            n = dice.randint(0, d)
            td = dice.choice([1, 2, 5, 10, 100, 1000, 7])
            tn = dice.randint(0, td)
            turned, added = db.execute("SELECT * FROM units_lacking(%s, %s, '>=', %s, %s)",
                                       (n, d, tn, td)).fetchone()

            def enough(num, den):
                return num * td >= tn * den
            assert enough(n + turned, d) and (turned == 0 or not enough(n + turned - 1, d))
            if added is None:
                assert tn == td and n < d
            else:
                assert enough(n + added, d + added)
                assert added == 0 or not enough(n + added - 1, d + added - 1)


def test_a_place_is_lacking_downwards(acting):
    with acting.connect() as db:
        assert db.execute("SELECT * FROM units_lacking(86, 1, '<=', 78, 1)").fetchone() == (8, None)
        assert db.execute("SELECT * FROM units_lacking(70, 1, '<=', 78, 1)").fetchone() == (0, None)


def test_at_most_a_share(acting):
    """Against brute force: without K of those that have it the share is small enough, and
    without K - 1 it is not."""
    dice = random.Random(766)
    with acting.connect() as db:
        for _ in range(400):
            d = dice.choice([1, 7, 101, 168746, dice.randint(1, 10 ** 6)])
            n = dice.randint(0, d)
            td = dice.choice([1, 5, 7, 100, 1000])
            tn = dice.randint(0, td)
            turned, added = db.execute("SELECT * FROM units_lacking(%s, %s, '<=', %s, %s)",
                                       (n, d, tn, td)).fetchone()
            assert (n - turned) * td <= tn * d and added is None
            assert turned == 0 or (n - turned + 1) * td > tn * d


def test_the_nation_lacks_what_each_of_its_agencies_lacks(acting):
    """79 reaches it, 01 (30 of 200) and 38 (0 of 10) do not: pooled, 40 of 220 lack 4, but
    each agency must reach it: 10 and 2."""
    (figure,) = act(acting, "--agency", "VN", "--indicator", "online-filing", "--period", "2020")["targets"]
    assert (figure["observation"]["numerator"], figure["observation"]["denominator"]) == (40, 220)
    assert figure["lacking"]["turned"] == 10 + 2 and figure["lacking"]["added"] == 13 + 3
    assert figure["lacking"]["agencies"] == 2
    # What the silent 82 lack, nobody knows.
    assert figure["observation"]["gap"] is None and figure["observation"]["status"] == "not_met"
    text = acting.run("act", "--agency", "VN", "--indicator", "online-filing", "--period", "2020", "--lang",
                      "en").stdout
    assert "To turn, of those counted now: 12 dossiers, agencies short of it: 2" in text
    assert "Missing: -" in acting.run("explain", "--agency", "VN", "--indicator", "online-filing",
                                      "--period", "2020", "--lang", "en").stdout


def test_nothing_counted_lacks_nothing_that_can_be_told(acting):
    """What never came is not said to be beyond reach."""
    for agency, period in (("02", "2020"), ("01", "2019-Q4")):
        (figure,) = act(acting, "--agency", agency, "--indicator", "online-filing", "--period", period)["targets"]
        assert not figure["observation"]["denominator"]
        assert figure["lacking"]["turned"] is None and figure["lacking"]["added"] is None
        text = acting.run("act", "--agency", agency, "--indicator", "online-filing", "--period", period,
                          "--lang", "en").stdout
        assert "no number is enough" not in text and "To turn, of those counted now: -" in text


def test_of_what_was_not_told_it_is_open_whether_it_is_lacking(acting):
    """Four with, one without, five not told: 100% lacks one to six; nobody told of any of
    three: none to three."""
    lines = [{"agency": agency, "procedure": f"3.{i:06}", "name_vi": "Thủ tục", "level": "3", "valid_from": "2020-01-01",
              "help_channel": value} for agency, values in (("04", [True] * 4 + [False] + [None] * 5), ("06", [None] * 3))
             for i, value in enumerate(values)]
    acting.run("import", "--type", "service", "--format", "ndjson", "-",
               input="".join(json.dumps(l) + "\n" for l in lines))
    for agency, least, most, status in (("04", 1, 6, "not_met"), ("06", 0, 3, "undetermined")):
        (figure,) = act(acting, "--agency", agency, "--indicator", "help-channel", "--period", "2020")["targets"]
        assert figure["observation"]["status"] == status
        assert (figure["lacking"]["turned_least"], figure["lacking"]["turned"]) == (least, most)
        assert f"{least} to {most} services" in acting.run(
            "act", "--agency", agency, "--indicator", "help-channel", "--period", "2020", "--lang", "en").stdout


def test_an_agency_cannot_be_added(acting):
    (figure,) = act(acting, "--agency", "VN", "--indicator", "un-rank", "--period", "2020")["targets"]
    assert (figure["lacking"]["turned"], figure["lacking"]["added"]) == (8, None)
    acting.run("import", "--type", "fact", "--format", "ndjson", "-", input=json.dumps(
        {"agency": "01", "fact": "document-axis", "value": True, "valid_from": "2020-01-01"}) + "\n")
    (figure,) = act(acting, "--agency", "VN", "--indicator", "document-axis", "--period", "2020")["targets"]
    assert (figure["lacking"]["turned"], figure["lacking"]["added"]) == (84, None)
    for slug in ("un-rank", "document-axis"):
        assert "Or to add" not in acting.run("act", "--agency", "VN", "--indicator", slug, "--period", "2020",
                                             "--lang", "en").stdout


def test_two_readings_of_a_flow(acting):
    """30 / 200 against 20%: 10 of them turned, or (30 + 13) / (200 + 13)."""
    (figure,) = act(acting, "--agency", "01", "--indicator", "online-filing", "--period", "2020")["targets"]
    assert (figure["observation"]["numerator"], figure["observation"]["denominator"]) == (30, 200)
    assert (figure["lacking"]["turned"], figure["lacking"]["added"]) == (10, 13)
    assert figure["lacking"]["turned"] == figure["observation"]["gap"]
    # The deadline is long past: nothing is needed a day.
    assert figure["days_to_deadline"] is None and figure["lacking"]["turned_per_day"] is None
    assert figure["forecast"] == {"refused": "deadline_passed"}
    text = acting.run("act", "--agency", "01", "--indicator", "online-filing", "--period", "2020").stdout
    assert "Cần chuyển trong số đang tính: 10 hồ sơ" in text
    assert "Hoặc cần thêm mới, đều đạt: 13 hồ sơ" in text


def test_what_is_reached_lacks_nothing(acting):
    (figure,) = act(acting, "--agency", "79", "--indicator", "online-filing", "--period", "2020")["targets"]
    assert (figure["lacking"]["turned"], figure["lacking"]["added"]) == (0, 0)
    assert figure["procedures"] == []


# ---- Which procedures -----------------------------------------------------------


def test_procedures_that_would_move_it_most(acting):
    (figure,) = act(acting, "--agency", "01", "--indicator", "online-filing", "--period", "2020")["targets"]
    assert [(p["procedure"], p["lacking"], p["running"]) for p in figure["procedures"]] == [
        ("1.000001", 120, 120), ("1.000002", 40, 160), ("1.000003", 10, 170)]
    (figure,) = act(acting, "--agency", "01", "--indicator", "online-filing", "--period", "2020",
                    "--top", "1")["targets"]
    assert [p["procedure"] for p in figure["procedures"]] == ["1.000001"]
    # what all procedures lack is what the figure's own numerator lacks
    assert 170 == 200 - 30


def test_services_that_lack_the_attribute(acting):
    lines = [{"agency": "02", "procedure": f"1.00000{i}", "name_vi": f"Thủ tục {i}",
              "level": "4" if i < 1 else "2", "valid_from": "2020-01-01"} for i in range(4)]
    acting.run("import", "--type", "service", "--format", "ndjson", "-",
               input="".join(json.dumps(l) + "\n" for l in lines))
    (figure,) = act(acting, "--agency", "02", "--indicator", "level4-services", "--period", "2020")["targets"]
    # 1 / 4 against 30%: one turned; new ones: (1 + 1) / (4 + 1)
    assert (figure["lacking"]["turned"], figure["lacking"]["added"]) == (1, 1)
    assert [p["lacking"] for p in figure["procedures"]] == [1, 1, 1]
    assert figure["forecast"] == {"refused": "not_a_flow"}


# ---- What if --------------------------------------------------------------------


def test_what_if_lists_whose_verdict_changes(acting):
    model = act(acting, "--agency", "01", "--indicator", "online-filing", "--period", "2020",
                "--what-if", "15%")
    assert [(c["agency"], c["before"], c["after"]) for c in model["what_if"]["changed"]] == [
        ("01", "not_met", "met")]
    assert (model["what_if"]["target_numerator"], model["what_if"]["target_denominator"]) == (3, 20)
    # 38 has none online: the nation stays short.
    assert model["what_if"]["after"] == {**model["what_if"]["before"], "not_met": 1, "met": 2}
    same = act(acting, "--agency", "01", "--indicator", "online-filing", "--period", "2020",
               "--what-if", "1/5")
    assert same["what_if"]["changed"] == [] and same["what_if"]["before"] == same["what_if"]["after"]
    # Whoever reaches 0% is the nation too, but for those without data.
    zero = act(acting, "--agency", "01", "--indicator", "online-filing", "--period", "2020",
               "--what-if", "0")
    assert {c["agency"]: c["after"] for c in zero["what_if"]["changed"]} == {
        "01": "met", "38": "met", "VN": "no_data"}
    text = acting.run("act", "--agency", "01", "--indicator", "online-filing", "--period", "2020",
                      "--what-if", "15%", "--lang", "en").stdout
    assert "Verdicts that change if the target is 15%: 1" in text and "Not met -> Met" in text


@pytest.mark.parametrize("written, fraction", [
    ("30%", (3, 10)), ("12,5%", (1, 8)), ("0.3", (3, 10)), ("3/10", (3, 10)), ("100%", (1, 1)),
    (" 2 / 4 ", (1, 2)), ("0", (0, 1))])
def test_thresholds_as_people_write_them(acting, written, fraction):
    with acting.connect() as db:
        assert db.execute("SELECT * FROM threshold_of(%s)", (written,)).fetchone() == fraction


def test_wrong_questions(acting):
    for written in ("30", "abc", "1/0", "-5%", "150%"):
        acting.run("act", "--agency", "01", "--indicator", "online-filing", "--what-if", written, code=2)
    acting.run("act", code=2)
    acting.run("act", "--agency", "01", "--what-if", "30%", code=2)
    acting.run("act", "--agency", "01", "--top", "0", code=2)
    acting.run("act", "--agency", "nobody", code=1)
    acting.run("act", "--agency", "01", "--indicator", "nothing", code=1)


# ---- Pace and forecast ------------------------------------------------------------


def test_working_days(acting):
    with acting.connect() as db:
        def days(first, last):
            return db.execute("SELECT working_days(%s, %s)", (first, last)).fetchone()[0]
        # Monday 27 April to Sunday 3 May 2026; 30 April and 1 May are off, and the Monday in
        # lieu of the Sunday before it.
        assert days("2026-04-26", "2026-05-03") == 2
        assert days("2026-05-01", "2026-05-03") == 0
        assert days("2026-05-03", "2026-05-01") == 0
        db.execute("BEGIN")
        db.execute("INSERT INTO holiday VALUES ('2026-04-28', 'x', 'x', true, 'test')")
        assert days("2026-04-26", "2026-05-03") == 1
        db.execute("ROLLBACK")


def test_the_calendar_of_days_off(store):
    """Tet of 2024 was 8 to 14 February; 1 January 2022 was a Saturday, so the 3rd is off."""
    with_year = lambda year: {r["day"]: r for r in csv.DictReader(io.StringIO(
        store.run("holiday", "list", "--year", year, "--format", "csv").stdout))}
    days = with_year("2024")
    assert {f"2024-02-{d:02}" for d in range(8, 15)} <= days.keys()
    assert days["2024-02-08"]["verified"] == "t" and "vietnamnet" in days["2024-02-08"]["source"]
    assert "2022-01-03" in with_year("2022")
    # What nobody read in a source says so.
    assert with_year("2026")["2026-02-17"]["verified"] == "f"
    store.run("holiday", "add", "2026-02-17", "--name", "Tết Nguyên đán", "--source", "QĐ 1/2025")
    day = with_year("2026")["2026-02-17"]
    assert (day["verified"], day["source"]) == ("t", "QĐ 1/2025")
    store.run("holiday", "remove", "2026-02-17")
    assert "2026-02-17" not in with_year("2026")
    store.run("holiday", "remove", "2026-02-17", code=1)
    store.run("holiday", "add", "2026-02-17", code=2)
    store.run("holiday", "add", "someday", "--name", "x", "--source", "y", code=2)


def test_pace_until_the_deadline(acting):
    """20 of 100 after 10 working days, 10 left: 100 more come, 40 of 200 must count for
    20%, 20 more; 2 a day of 10."""
    with acting.connect() as db:
        row = db.execute("SELECT * FROM pace_needed(20, 100, 20, 100, '2027-06-07', '2027-06-18', "
                         "'2027-07-02')").fetchone()
        assert row[:6] == (10, 10, 100, 20, 2, 10) and row[7] is True
        # 0 of 100: 40 more of the 100 that come; for 60%, 120 of them: not enough come
        assert db.execute("SELECT lacking, enough FROM pace_needed(0, 100, 20, 100, '2027-06-07', '2027-06-18', "
                          "'2027-07-02')").fetchone() == (40, True)
        assert db.execute("SELECT lacking, enough FROM pace_needed(0, 100, 60, 100, '2027-06-07', '2027-06-18', "
                          "'2027-07-02')").fetchone() == (120, False)
        assert db.execute("SELECT * FROM pace_needed(20, 100, 20, 100, '2027-06-07', '2027-06-18', "
                          "'2027-06-18')").fetchone() is None


def test_a_forecast_follows_a_line_and_says_how_it_did(acting):
    """Eighteen months that rise by a point each, then half a year ahead."""
    with acting.connect() as db:
        n = [200 + 10 * i for i in range(18)]
        d = [1000] * 18
        trials = db.execute("SELECT * FROM forecast_trials(%s, %s, 3)", (n, d)).fetchall()
        assert [t[0] for t in trials] == list(range(6, 16))
        for at, said, naive, was in trials:
            assert was == pytest.approx(sum(n[at:at + 3]) / 3000)
            assert naive == pytest.approx(n[at - 1] / 1000)
            # better than the last month kept, and never beyond the line
            assert naive < said <= was
        flat = db.execute("SELECT damped_trend(%s, 6)", ([0.4] * 12,)).fetchone()[0]
        assert flat == pytest.approx(0.4)
        high = db.execute("SELECT damped_trend(%s, 12)", ([0.1 * i for i in range(11)],)).fetchone()[0]
        assert high <= 1


@pytest.fixture
def ahead(kept_store):
    """A target of 50% by the end of this year or the next, and 01's months until now."""
    with kept_store.connect() as db:
        year, now = db.execute("SELECT extract(year FROM now())::int + "
                               "(extract(month FROM now()) > 10)::int, now()::date").fetchone()
        db.execute("UPDATE target SET deadline = make_date(%s, 12, 31) WHERE target_id = 'NQ17-23'", (year,))
        db.execute("UPDATE indicator SET verified = true WHERE slug = 'level4-filing'")
        db.execute("UPDATE target SET slug = 'online-filing', deadline = make_date(%s, 12, 30), "
                   "numerator = 1, denominator = 2 WHERE target_id = 'NQ17-23'", (year,))
    return kept_store, year, now


def months_of(store, count, now, rate):
    rows = []
    for back in range(count, 0, -1):
        at = now.year * 12 + now.month - 1 - back
        day = f"{at // 12}-{at % 12 + 1:02}-10"
        rows += [("01", f"F-{back}-{i}", "1.000001", "online" if i < rate(count - back) else "counter",
                  day, day) for i in range(40)]
    send(store, rows)


def test_a_forecast_with_its_interval(ahead):
    store, year, now = ahead
    months_of(store, 30, now, lambda i: 30)
    (figure,) = act(store, "--agency", "01", "--indicator", "online-filing", "--period",
                    month(now.year, now.month))["targets"]
    assert figure["pace"] is None or figure["pace"]["enough"] is True
    forecast = figure["forecast"]
    assert forecast["year"] == year and forecast["months"] == 30
    # It never moved, so it is expected to stay, and the past forecasts were all right.
    assert forecast["percent"] == forecast["low"] == forecast["high"] == "75.00"
    assert forecast["verdict"] == "likely"
    assert forecast["backtest"]["mean_error_points"] == "0.00"
    assert forecast["backtest"]["intervals_held"] == forecast["backtest"]["intervals_judged"] > 0
    text = store.run("act", "--agency", "01", "--indicator", "online-filing", "--period",
                     month(now.year, now.month), "--lang", "en").stdout
    assert f"Forecast {year}: 75.00% (80%: 75.00% - 75.00%), likely reached" in text


def test_a_forecast_holds_the_months_of_its_year_alone(ahead):
    """To the end of March of the next year: January to March, whatever comes until then."""
    store, _, now = ahead
    with store.connect() as db:
        db.execute("UPDATE target SET deadline = make_date(%s, 3, 31) WHERE target_id = 'NQ17-23'", (now.year + 1,))
    months_of(store, 40, now, lambda i: 10 + i // 2)
    (figure,) = act(store, "--agency", "01", "--indicator", "online-filing", "--period",
                    month(now.year, now.month))["targets"]
    forecast = figure["forecast"]
    assert forecast["steps"] == 12 - now.month + 1 + 3
    assert (forecast["year"], forecast["so_far_denominator"], forecast["volume"]) == (now.year + 1, 0, 3 * 40)
    with store.connect() as db:
        rates = [(10 + i // 2) / 40 for i in range(40)]
        steps = forecast["steps"]
        whole, before = (db.execute("SELECT damped_trend(%s, %s)", (rates, n)).fetchone()[0] if n else 0
                         for n in (steps, steps - 3))
        said = (whole * steps - before * (steps - 3)) / 3
        assert db.execute("SELECT damped_trend(%s, %s, %s)", (rates, steps, steps - 3)).fetchone()[0] == pytest.approx(said)
        assert float(forecast["percent"]) == pytest.approx(100 * int(120 * said) / 120, abs=0.01)


def test_too_short_a_history_is_refused(ahead):
    store, year, now = ahead
    months_of(store, 9, now, lambda i: 10)
    (figure,) = act(store, "--agency", "01", "--indicator", "online-filing", "--period",
                    month(now.year, now.month))["targets"]
    assert figure["forecast"]["refused"] == "too_short" and figure["forecast"]["months"] == 9
    assert figure["forecast"]["months_needed"] >= 12
    text = store.run("act", "--agency", "01", "--indicator", "online-filing", "--lang", "en",
                     "--period", month(now.year, now.month)).stdout
    assert "the history is too short (9 months" in text
