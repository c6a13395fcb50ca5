# test_ranks.py -- ranks against an independent implementation, and what is still open.
import collections
import csv
import fractions
import io
import json
import random

import pytest

from test_observations import CENTRAL, PROVINCES, dossiers, figure, kpi, load

ONLINE = "online-filing"


def totals(period, figures):
    """Counts of settled dossiers, and of those filed online: {agency: (online, all)}."""
    return [{"agency": agency, "measure": measure, "period": period, "value": value}
            for agency, pair in figures.items()
            for measure, value in zip(("dossiers_resolved_online", "dossiers_resolved"), pair)]


def printed(n, d, target=fractions.Fraction(1, 5)):
    """The four decimals that are compared, in units of 1/10000: half up, but a value that
    misses the target never reaches it by rounding."""
    value = fractions.Fraction(n, d)
    units = (value * 10000 + fractions.Fraction(1, 2)).__floor__()
    if value < target <= fractions.Fraction(units, 10000):
        units = (value * 10000).__floor__()
    return units


def competition(values):
    """{who: value} to {who: 1 + how many are before}."""
    return {who: 1 + sum(other > value for other in values.values()) for who, value in values.items()}


def ranking(store, period, *flags, indicator=ONLINE):
    out = store.run("ranking", "--period", period, "--indicator", indicator, "--format", "csv", *flags).stdout
    return {row["agency"]: row for row in csv.DictReader(io.StringIO(out))}


def observations(store, period, *flags, indicator=ONLINE):
    model = json.loads(store.run("kpi", "--period", period, "--indicator", indicator, "--format", "json",
                                 *flags).stdout)
    return {o["agency"]: o for o in model["observations"]}


# ---- places --------------------------------------------------------------------

@pytest.mark.parametrize("before, tied, published", [(16, 2, [17, 17, 19]), (14, 2, [15, 15, 17])])
def test_competition_ranks_as_official_tables_have_them(kept_store, before, tied, published):
    """ICT index 2017: 17, 17, 19; DTI 2022: 15, 15, 17 (DOMAIN 3)."""
    names = PROVINCES[:before + tied + 1]
    online = list(range(900, 900 - before, -1)) + [500] * tied + [499]
    load(kept_store, "count", totals("2020", {a: (n, 1000) for a, n in zip(names, online)}))
    rows = ranking(kept_store, "2020", "--group", "province")
    assert [int(rows[a]["place"]) for a in names[before:]] == published
    assert [rows[a]["shared"] for a in names[before:]] == ["true"] * tied + ["false"]


@pytest.mark.parametrize("seed", range(3))
def test_ranks_of_random_figures(kept_store, seed):
    rng = random.Random(seed)
    figures = {}
    for agency in CENTRAL + PROVINCES:
        if rng.random() < 0.9:
            total = rng.choice([3, 10, 999, 1000, 20000, 123457])
            figures[agency] = (rng.choice([total // 5, total // 3, rng.randrange(total + 1)]), total)
    load(kept_store, "count", totals("2020", figures))
    rows = kpi(kept_store, "2020", indicator=ONLINE)
    for group in (CENTRAL, PROVINCES):
        expected = competition({a: printed(*figures[a]) for a in group if a in figures})
        for agency in group:
            assert rows[agency, ONLINE]["rank"] == str(expected.get(agency, "")), agency
    nation = rows["VN", ONLINE]
    assert int(nation["numerator"]) == sum(n for n, _ in figures.values())
    assert int(nation["denominator"]) == sum(d for _, d in figures.values())


def test_a_minimum_base_is_a_row_with_its_reason(kept_store):
    load(kept_store, "count", totals("2020", {"01": (9, 9), "02": (60, 100), "04": (70, 100)}))
    assert {a: r["place"] for a, r in ranking(kept_store, "2020").items() if r["place"]} == {
        "01": "1", "04": "2", "02": "3"}
    kept_store.run("score", "minimum", "10", "--indicator", ONLINE, "--reason", "Văn phòng thử nghiệm")
    rows = ranking(kept_store, "2020")
    assert (rows["01"]["place"], rows["01"]["rank"], rows["01"]["unranked_reason"]) == ("", "", "small_base")
    assert (rows["04"]["place"], rows["02"]["place"]) == ("1", "2")
    assert "Văn phòng thử nghiệm" in kept_store.run("ranking", "--period", "2020", "--indicator", ONLINE).stdout
    # Another indicator is not touched, and the value is still there.
    assert rows["01"]["value"] == "1.000000"
    kept_store.run("score", "minimum", "0", "--reason", "x", code=1)
    kept_store.run("score", "minimum", "5", code=2)


# ---- what is missing -----------------------------------------------------------

def test_bounds_of_attributes_that_were_not_provided(kept_store):
    load(kept_store, "service", [
        {"agency": "G02", "procedure": f"2.{n}", "name_vi": "Cấp phép", "level": "3",
         "valid_from": "2020-01-01", "help_channel": None if n >= 7 else n < 5} for n in range(10)])
    o = observations(kept_store, "2020", indicator="help-channel")["G02"]
    assert (o["numerator_low"], o["numerator_high"], o["bound_denominator"]) == (5, 8, 10)
    assert (o["low_bound"], o["high_bound"], o["coverage"]) == ("0.500000", "0.800000", "0.700000")


def test_bounds_of_dossiers_that_were_not_sent(kept_store):
    """All missing offline ... all missing online."""
    load(kept_store, "dossier", dossiers("01", 4, 8))
    load(kept_store, "count", [{"agency": "01", "measure": "dossiers_resolved", "period": "2020", "value": 10}])
    o = observations(kept_store, "2020")["01"]
    assert (o["numerator"], o["denominator"]) == (4, 8)
    assert (o["numerator_low"], o["numerator_high"], o["bound_denominator"]) == (4, 6, 10)
    assert (o["low_bound"], o["high_bound"]) == ("0.400000", "0.600000")
    assert observations(kept_store, "2020")["VN"]["numerator_low"] is None      # 84 are silent
    load(kept_store, "dossier", dossiers("01", 1, 2, day="2020-06-16"))
    o = observations(kept_store, "2020")["01"]
    assert (o["low_bound"], o["high_bound"]) == (None, None)


@pytest.mark.parametrize("seed", range(3))
def test_no_completion_leaves_the_interval_of_places(kept_store, seed):
    rng = random.Random(seed)
    names = PROVINCES[:8]
    known = {}
    for agency in names:
        total = rng.randrange(5, 12)
        given = rng.randrange(0, total + 1)
        known[agency] = (rng.randrange(0, given + 1), given, total)
    load(kept_store, "service", [
        {"agency": a, "procedure": f"2.{n}", "name_vi": "Cấp phép", "level": "3", "valid_from": "2020-01-01",
         "help_channel": None if n >= given else n < yes}
        for a, (yes, given, total) in known.items() for n in range(total)])
    seen = observations(kept_store, "2020", indicator="help-channel")
    places = collections.defaultdict(set)
    one = fractions.Fraction(1)
    for turn in range(400):
        extreme = rng.choice(names)
        full = {}
        for a, (yes, given, total) in known.items():
            more = total - given
            extra = rng.randrange(more + 1) if turn % 2 else (more if (a == extreme) == (turn % 4 == 0) else 0)
            full[a] = printed(yes + extra, total, one)
        for a, place in competition(full).items():
            places[a].add(place)
    for a, (yes, given, total) in known.items():
        if seen[a]["rank"] is None:
            assert given == 0 or seen[a]["value"] is None
            continue
        assert seen[a]["rank_best"] <= seen[a]["rank"] <= seen[a]["rank_worst"]
        assert (min(places[a]), max(places[a])) == (seen[a]["rank_best"], seen[a]["rank_worst"]), a


def test_neighbours_whose_intervals_overlap_are_one_tie_group(kept_store):
    load(kept_store, "count", totals("2020", {"01": (9, 10), "02": (8, 10), "04": (100, 10000)}))
    rows = ranking(kept_store, "2020")
    assert [rows[a]["tie_group"] for a in ("01", "02", "04")] == ["1", "1", "2"]
    assert (rows["01"]["low"], rows["01"]["high"]) == ("59.58", "98.21")     # Wilson, 9 of 10


# ---- peers ---------------------------------------------------------------------

def test_peer_groups_are_dated(kept_store):
    with kept_store.connect() as db:
        def members(group, day):
            return {r[0] for r in db.execute("""SELECT label FROM peer_member JOIN agency USING (agency_id)
                WHERE peer_group = %s AND %s::date BETWEEN first_day AND last_day""", (group, day))}
        assert members("cities", "2020-12-31") == {"01", "31", "48", "79", "92"}
        assert members("cities", "2025-12-31") == {"01", "31@2025", "46@2025", "48@2025", "79@2025", "92@2025"}
        regions = [r[0] for r in db.execute("SELECT peer_group FROM peer_group WHERE peer_group <> 'cities'")]
        for day, count in (("2020-12-31", 63), ("2025-12-31", 34)):
            listed = [a for group in regions for a in members(group, day)]
            assert len(listed) == len(set(listed)) == count
    load(kept_store, "count", totals("2020", {"01": (5, 10), "02": (8, 10), "79": (6, 10), "31": (6, 10)}))
    rows = ranking(kept_store, "2020", "--group", "cities")
    assert {a: (r["place"], r["rank"]) for a, r in rows.items()} == {
        "79": ("1", "2"), "31": ("1", "2"), "01": ("3", "4"), "48": ("", ""), "92": ("", "")}
    assert rows["48"]["unranked_reason"] == "no_data"
    kept_store.run("ranking", "--period", "2020", "--indicator", ONLINE, "--group", "moon", code=1)
    kept_store.run("ranking", "--period", "2020", code=2)
    kept_store.run("ranking", "--period", "2020", "--indicator", ONLINE, "--score", "targets", code=2)


# ---- moves ---------------------------------------------------------------------

def mixed(agency, day, volumes):
    """Dossiers of several procedures: {procedure: (online, all)}."""
    return [{"agency": agency, "dossier": f"{agency}-{day}-{procedure}-{n}", "procedure": procedure,
             "channel": "online" if n < online else "counter", "received_at": day, "resolved_at": day}
            for procedure, (online, total) in volumes.items() for n in range(total)]


@pytest.mark.parametrize("seed", range(3))
def test_a_move_is_the_sum_of_its_parts(kept_store, seed):
    rng = random.Random(seed)
    names = PROVINCES[:9]
    data = {"2020-Q1": {}, "2020-Q2": {}}
    for period in data:
        for agency in names:
            if agency == names[0] or rng.random() < 0.8:
                volumes = {p: rng.randrange(1, 9) for p in ("1.1", "1.2", "1.3") if p == "1.1" or rng.random() < 0.7}
                data[period][agency] = {p: (rng.randrange(total + 1), total) for p, total in volumes.items()}
    load(kept_store, "dossier", [d for period, day in (("2020-Q1", "2020-02-03"), ("2020-Q2", "2020-05-04"))
                                 for a, v in data[period].items() for d in mixed(a, day, v)])

    def pooled(volumes):
        return printed(sum(n for n, _ in volumes.values()), sum(d for _, d in volumes.values()))

    own = names[0]
    first, second = data["2020-Q1"], data["2020-Q2"]
    one = {a: pooled(v) for a, v in first.items()}
    two = {a: pooled(v) for a, v in second.items()}
    at_volume = sum(fractions.Fraction(first[own][p][0], first[own][p][1]) * d if p in first[own] else n
                    for p, (n, d) in second[own].items()) / sum(d for _, d in second[own].values())
    states = [
        (one[own], one),
        ((at_volume * 10000 + fractions.Fraction(1, 2)).__floor__(), one),
        (two[own], one),
        (two[own], {a: two.get(a, v) for a, v in one.items()}),
        (two[own], two),
    ]
    ranks = [1 + sum(v > mine for a, v in rivals.items() if a != own) for mine, rivals in states]
    move = json.loads(kept_store.run("ranking", "--period", "2020-Q2", "--indicator", ONLINE, "--explain", own,
                                     "--from", "2020-Q1", "--format", "json").stdout)
    steps = {s["cause"]: s["places"] for s in move["steps"]}
    assert (move["rank_before"], move["rank_after"]) == (ranks[0], ranks[-1])
    assert steps == {"late_records": 0, "restatement": 0, "own_volume": ranks[1] - ranks[0],
                     "own_rate": ranks[2] - ranks[1], "others": ranks[3] - ranks[2],
                     "who_is_ranked": ranks[4] - ranks[3]}
    assert sum(steps.values()) == move["move"] == ranks[-1] - ranks[0]
    seen = kpi(kept_store, "2020-Q2", indicator=ONLINE)[own, ONLINE]["rank"]
    assert seen == str(move["rank_after"])


def test_what_came_since_a_publication_is_told_apart(kept_store):
    """Late records of the agency itself, then a correction of a rival."""
    load(kept_store, "dossier", dossiers("01", 4, 10, day="2020-02-03") + dossiers("02", 5, 10, day="2020-02-03")
         + dossiers("04", 6, 10, day="2020-02-03") + dossiers("01", 9, 10, day="2020-05-04")
         + dossiers("02", 5, 10, day="2020-05-04") + dossiers("04", 6, 10, day="2020-05-04"))
    with kept_store.connect() as db:
        # A publication, as the store keeps one: the very rows, and when.
        then = db.execute("SELECT clock_timestamp()").fetchone()[0]
        db.execute("CREATE TABLE frozen AS SELECT * FROM live_observations('2020-Q1', '{online-filing}')")
        db.execute("""CREATE OR REPLACE FUNCTION observations(period text, as_of timestamptz DEFAULT NULL,
                        wanted text DEFAULT NULL) RETURNS SETOF observation LANGUAGE plpgsql STABLE AS $$
                      BEGIN
                        IF as_of IS NULL THEN RETURN QUERY SELECT * FROM live_observations(period, ARRAY[wanted]);
                        ELSE RETURN QUERY SELECT * FROM frozen; END IF;
                      END $$""")
        db.execute("GRANT SELECT ON frozen TO nq17_reports")
    late = [d | {"dossier": d["dossier"] + "-late"} for d in dossiers("01", 5, 6, day="2020-02-04")]
    corrected = [d | {"channel": "counter", "updated_at": "2020-04-01"}
                 for d in dossiers("04", 6, 10, day="2020-02-03")]
    load(kept_store, "dossier", late)
    load(kept_store, "dossier", corrected)
    move = json.loads(kept_store.run("ranking", "--period", "2020-Q2", "--indicator", ONLINE, "--explain", "01",
                                     "--from", "2020-Q1", "--as-of", then.isoformat(), "--format", "json").stdout)
    steps = {s["cause"]: s["places"] for s in move["steps"]}
    # 4/10 was third; 9/16 is second; 04 falls to 0/10: first; the rest changes nothing.
    assert (move["rank_before"], move["rank_after"]) == (3, 1)
    assert (steps["late_records"], steps["restatement"]) == (-1, -1)
    assert sum(steps.values()) == -2


def test_a_move_needs_two_ranks(kept_store):
    load(kept_store, "dossier", dossiers("01", 4, 10, day="2020-02-03"))
    done = kept_store.run("ranking", "--period", "2020-Q2", "--indicator", ONLINE, "--explain", "01",
                          "--from", "2020-Q1", code=1)
    assert "no rank in 2020-Q2" in done.stderr
    kept_store.run("ranking", "--period", "2020-Q2", "--indicator", ONLINE, "--explain", "01", code=2)


def test_a_move_across_a_merger_is_that_of_todays_agencies(kept_store):
    """44 and 45 had 3 of 10 and 4 of 10, second together to 04's 5; then 44@2025 has 9 of 10."""
    load(kept_store, "dossier", [d for a, n in (("44", 3), ("45", 4), ("04", 5)) for d in dossiers(a, n, 10, day="2025-05-04")]
         + dossiers("44@2025", 9, 10, day="2025-08-04") + dossiers("04", 5, 10, day="2025-08-04"))
    asked = ["ranking", "--period", "2025-Q3", "--indicator", ONLINE, "--explain", "44@2025", "--from", "2025-Q2"]
    assert "--recast" in kept_store.run(*asked, code=1).stderr
    move = json.loads(kept_store.run(*asked, "--recast", "--format", "json").stdout)
    assert (move["rank_before"], move["rank_after"], move["before"]["numerator"], move["before"]["denominator"]) == (2, 1, 7, 20)
    assert sum(s["places"] for s in move["steps"]) == move["move"] == -1


# ---- scores --------------------------------------------------------------------

PARTS = {"disclosure": 18, "progress": 20, "digitisation": 22, "online": 22, "satisfaction": 18}


def scores(store, period, name, *flags):
    out = store.run("ranking", "--period", period, "--score", name, "--format", "csv", *flags).stdout
    return {row["agency"]: row for row in csv.DictReader(io.StringIO(out))}


def test_the_rule_of_an_order_is_data_and_printed(kept_store):
    load(kept_store, "count", totals("2020", {"01": (5, 10), "02": (1, 10)}))
    rows = scores(kept_store, "2020", "targets", "--group", "province")
    assert [(rows[a]["place"], rows[a]["met"], rows[a]["attainment"]) for a in ("01", "02")] == [
        ("1", "1", "1.0000"), ("2", "0", "0.5000")]
    out = kept_store.run("ranking", "--period", "2020", "--score", "targets", "--lang", "en").stdout
    assert "By targets met, then by mean attainment" in out
    with kept_store.connect() as db:
        db.execute("UPDATE score_rule SET keys = '{attainment}', rule_en = 'By mean attainment.' "
                   "WHERE score = 'targets'")
    out = kept_store.run("ranking", "--period", "2020", "--score", "targets", "--lang", "en").stdout
    assert "By mean attainment." in out


def test_points_of_decision_766_are_added_and_never_made(kept_store, tmp_path):
    assert sum(PARTS.values()) == 100
    assert {r["missing"] for r in scores(kept_store, "2023", "decision-766").values()} == {" ".join(PARTS)}
    points = tmp_path / "points.csv"
    rows = [(a, p, most - cut) for a, cut in (("01", 1), ("02", 1), ("79", 2)) for p, most in PARTS.items()]
    rows += [("48", p, most) for p, most in PARTS.items() if p != "online"]
    points.write_text("agency,part,points\n" + "".join(f"{a},{p},{n}.5\n" if n < PARTS[p] else f"{a},{p},{n}\n"
                                                       for a, p, n in rows))
    load_points = ["score", "load", "--score", "decision-766", "--period", "2023", "--source", "cổng DVCQG"]
    kept_store.run(*load_points, points)
    seen = scores(kept_store, "2023", "decision-766", "--group", "province")
    assert [(seen[a]["place"], seen[a]["points"], seen[a]["shared"]) for a in ("01", "02", "79")] == [
        ("1", "97.5", "true"), ("1", "97.5", "true"), ("3", "92.5", "false")]
    assert (seen["48"]["place"], seen["48"]["points"], seen["48"]["missing"]) == ("", "", "online")
    points.write_text("agency,part,points\n01,disclosure,18.5\n")
    assert "18" in kept_store.run(*load_points, points, code=1).stderr       # more than the part gives
    points.write_text("agency,part,points\n01,beauty,1\n")
    kept_store.run(*load_points, points, code=1)
    assert scores(kept_store, "2023", "decision-766")["01"]["points"] == "97.5"


# ---- the same records, in any order and split ----------------------------------

def life(rng, agencies, count):
    """Versions of COUNT dossiers: inserts, corrections, re-openings, settled again, void;
    across the mergers of 2025."""
    out = []
    for n in range(count):
        agency, first, year = rng.choice(agencies)
        day = f"{year}-{rng.choice(['05', '06'])}-{rng.randrange(1, 28):02}"
        record = {"agency": agency, "dossier": f"D{n}", "procedure": rng.choice(["1.1", "1.2", "2.7"]),
                  "channel": rng.choice(["online", "counter", "post"]), "received_at": day}
        out.append(record | {"status": "received", "updated_at": f"{day}T08:00:00+07:00"})
        for step in range(rng.randrange(0, 4)):
            settled = f"{year}-{rng.choice(['06-28', '06-30', '07-01', '08-15'])}"
            stamp = f"{year}-09-{step + 1:02}T08:00:00+07:00"
            kind = rng.random()
            if kind < 0.6:
                out.append(record | {"status": "resolved", "resolved_at": settled, "updated_at": stamp,
                                     "channel": rng.choice(["online", "counter"]),
                                     "satisfaction": rng.choice([None, 3, 5]),
                                     "one_stop": rng.choice([None, True, False])})
            elif kind < 0.9:
                out.append(record | {"status": "processing", "updated_at": stamp})
            else:
                out.append(record | {"status": "void", "updated_at": stamp})
    return out


def final_states(records):
    last = {}
    for r in records:
        key = r["agency"], r["dossier"]
        if key not in last or r["updated_at"] >= last[key]["updated_at"]:
            last[key] = r
    return last


@pytest.mark.parametrize("seed", range(2))
def test_any_order_and_any_split_give_the_same_observations(template, seed):
    import conftest
    rng = random.Random(seed)
    agencies = [("44", 0, "2025"), ("45", 0, "2025"), ("01", 0, "2025"), ("G05", 0, "2024"), ("79", 0, "2025")]
    records = life(rng, agencies, 1200)
    answers = []
    for turn in range(2):
        store = conftest.copy_of(template)
        try:
            store.run("db", "start")
            sent = records + rng.sample(records, 300)         # some of them twice
            rng.shuffle(sent)
            parts = 1 if turn == 0 else 7
            for k in range(parts):
                load(store, "dossier", sent[k::parts])
            audit = store.run("audit", "--full").stdout.strip().splitlines()[-1]
            assert audit.endswith(" 0 differences"), audit
            answers.append([[{k: v for k, v in o.items() if k != "as_of"} for o in json.loads(store.run(
                "kpi", "--period", p, "--format", "json", *flags).stdout)["observations"]]
                for p in ("2025", "2025-Q2", "2024", "ND09-2025-06") for flags in ((), ("--recast",))])
            if turn == 0:
                check_against_records(store, records)
        finally:
            store.destroy()
    assert answers[0] == answers[1]


def check_against_records(store, records):
    heirs = {"44": "44@2025", "45": "44@2025", "79": "79@2025"}
    expected = collections.Counter()
    for (agency, _), r in final_states(records).items():
        if r["status"] == "resolved":
            month = r["resolved_at"][:7]
            owner = heirs.get(agency, agency) if month >= "2025-07" else agency
            expected[owner, month] += 1
            expected[owner, month, "online"] += r["channel"] == "online"
    for month in ("2025-06", "2025-07", "2025-08"):
        rows = kpi(store, month, indicator=ONLINE)
        for owner in {k[0] for k in expected if k[1] == month}:
            assert (rows[owner, ONLINE]["numerator"], rows[owner, ONLINE]["denominator"]) == (
                str(expected[owner, month, "online"]), str(expected[owner, month])), (owner, month)
        assert int(rows["VN", ONLINE]["denominator"]) == sum(
            int(r["denominator"] or 0) for (a, _), r in rows.items() if a != "VN")
