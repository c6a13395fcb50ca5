# test_recast.py -- a period on today's agencies: sums of predecessors, never means.
import csv
import io
import json
import random

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
