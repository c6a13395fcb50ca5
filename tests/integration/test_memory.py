# test_memory.py -- what is kept at hand is what would be computed: remembered periods, half
# months, and the fast rounding.
import time

import pytest
from conftest import copy_of

from test_observations import dossiers, figure, load
from test_versions import counts, draft, service

PERIODS = ("2020", "2020-Q2", "ND09-2020", "2020-W25")
FIGURES = "SELECT coalesce(json_agg(o), '[]')::text FROM observations(%s) o"


@pytest.fixture(scope="module")
def filled(module_store):
    for agency, online in (("01", 7), ("79", 3), ("G03", 5)):
        load(module_store, "dossier", dossiers(agency, online, 9, "2020-06-14")
             + dossiers(agency, online, 9, "2020-06-15"))
    return module_store


def read(db, period):
    return db.execute(FIGURES, (period,)).fetchone()[0]


def remember_all(db, pause=0):
    """All that is due, and in how many seconds to ask again."""
    counts = "SELECT (SELECT count(*) FROM remembered_part), (SELECT count(*) FROM remembered_recast_state)," \
             " (SELECT count(*) FROM remembered_ledger_state), (SELECT max(remembered_at) FROM remembered_part)," \
             " (SELECT max(remembered_at) FROM remembered_recast_state)"
    before = None
    while (now := db.execute(counts).fetchone()) != before:     # as long as each time something is
        before = now
        wait = db.execute("SELECT remember_next(%s)", (pause,)).fetchone()[0]
    return wait


def is_all_remembered(store):
    with store.connect() as db:
        return db.execute("SELECT bool_and(is_remembered(p.period)) FROM periods_to_remember() p").fetchone()[0]


def wait_for(condition):
    for _ in range(900):
        if condition():
            return
        time.sleep(0.2)
    pytest.fail("not within three minutes")


def test_what_is_remembered_is_what_would_be_computed(filled):
    with filled.connect() as db:
        computed = {p: read(db, p) for p in PERIODS}
        for p in PERIODS:
            db.execute("SELECT remember(%s)", (p,))
        assert all(db.execute("SELECT is_remembered(%s)", (p,)).fetchone()[0] for p in PERIODS)
        assert {p: read(db, p) for p in PERIODS} == computed


def test_a_change_is_seen_at_once(filled):
    with filled.connect() as db:
        db.execute("SELECT remember('2020')")
    before = figure(filled, "2020", "01", "online-filing")["numerator"]
    load(filled, "dossier", dossiers("01", 1, 1, "2020-06-20"))
    assert int(figure(filled, "2020", "01", "online-filing")["numerator"]) == int(before) + 1


def test_a_reader_who_asks_otherwise_is_not_answered_from_memory(filled):
    with filled.connect() as db:
        db.execute("SELECT remember('2020')")
        db.execute("SELECT choose(NULL, 'ministry-formula')")
        assert db.execute("SELECT is_remembered('2020')").fetchone()[0] is False


def test_the_catalogue_and_publications_are_part_of_the_state(filled):
    with filled.connect() as db:
        db.execute("SELECT remember('2020')")
        db.execute("UPDATE store SET catalogue_at = clock_timestamp()")
        assert db.execute("SELECT is_remembered('2020')").fetchone()[0] is False
        db.execute("SELECT remember('2020-Q2')")
    filled.run("publish", "--period", "2020-Q2", "--by", "Lan", "--accept", "thử", "--second", "Minh")
    with filled.connect() as db:
        assert db.execute("SELECT is_remembered('2020-Q2')").fetchone()[0] is False


LEDGER = "SELECT coalesce(json_agg(l ORDER BY place, line), '[]')::text FROM %s('2020-Q2') l"
KEPT = "SELECT is_ledger_remembered('2020-Q2')"


def test_the_ledger_is_remembered_until_something_moves(template):
    store = copy_of(template)
    store.run("db", "start")
    try:
        load(store, "dossier", dossiers("01", 7, 9, "2020-06-14"))
        store.run("publish", "--period", "2020-Q2", "--by", "Lan", "--accept", "thử", "--second", "Minh")
        for online in (3, 2):
            load(store, "dossier", dossiers("79", online, 5, f"2020-06-1{online}"))
            with store.connect() as db:
                assert db.execute(KEPT).fetchone()[0] is False
                remember_all(db)
                assert db.execute(KEPT).fetchone()[0] is True
                kept = db.execute(LEDGER % "ledger").fetchone()[0]
                assert "late records" in kept and kept == db.execute(LEDGER % "ledger_computed").fetchone()[0]
                said = [c for c in db.execute("SELECT figure_causes('2020-Q2', '79', 'online-filing')").fetchone()[0]]
                assert [c["cause"] for c in said] == ["late records"]
                if online == 2:
                    assert len(said[0]["batches"]) == 2
        # What concerns other periods leaves it as it is: their dossiers, their publication.
        load(store, "dossier", dossiers("79", 1, 5, "2020-09-12"))
        load(store, "count", counts("79", "2020-09", dossiers_resolved=40))
        store.run("publish", "--period", "2020-Q3", "--by", "Lan", "--accept", "thử", "--second", "Minh")
        with store.connect() as db:
            assert db.execute(KEPT).fetchone()[0] is True
            assert db.execute(LEDGER % "ledger_computed").fetchone()[0] == kept
            # Where nothing changed since publication no record is looked at.
            assert db.execute("SELECT count(*) FROM ledger_computed('2020-Q3')").fetchone()[0] == 0
        load(store, "dossier", dossiers("79", 1, 2, "2020-06-30"))
        with store.connect() as db:
            assert db.execute(KEPT).fetchone()[0] is False
    finally:
        store.destroy()


RECAST = "SELECT coalesce(json_agg(o), '[]')::text FROM recast_observations('2020-Q2', %s) o"
RECAST_COMPUTED = "SELECT coalesce(json_agg(o), '[]')::text FROM recast_computed('2020-Q2', %s) o"
RECAST_KEPT = "SELECT is_recast_remembered('2020-Q2')"


def test_a_period_on_todays_agencies_is_remembered_until_something_moves(filled):
    with filled.connect() as db:
        db.execute("UPDATE figure_moves SET moved_at = now() - interval '1 hour'")
        db.execute("UPDATE store SET catalogue_at = now() - interval '1 hour'")
        remember_all(db, 600)
        db.execute("DELETE FROM remembered_recast_state")
        while not db.execute(RECAST_KEPT).fetchone()[0]:
            assert db.execute("SELECT remember_next_recast(now())").fetchone()[0] is not None
        for wanted in (None, "online-filing"):
            kept = db.execute(RECAST, (wanted,)).fetchone()[0]
            assert len(kept) > 1000 and kept == db.execute(RECAST_COMPUTED, (wanted,)).fetchone()[0]
        db.execute("SELECT choose(NULL, 'ministry-formula')")
        assert db.execute(RECAST_KEPT).fetchone()[0] is False
    load(filled, "dossier", dossiers("79", 1, 2, "2020-06-24"))
    with filled.connect() as db:
        assert db.execute(RECAST_KEPT).fetchone()[0] is False
        assert db.execute(RECAST, (None,)).fetchone()[0] == db.execute(RECAST_COMPUTED, (None,)).fetchone()[0] != kept
        # Remembered within the pause: it says when it is its turn.
        while db.execute("SELECT remember_next_recast(now() - interval '600 s')").fetchone()[0] == 1:
            pass
        assert db.execute(RECAST_KEPT).fetchone()[0] is False
        while db.execute("SELECT remember_next_recast(now() + interval '1 s')").fetchone()[0]:
            if db.execute(RECAST_KEPT).fetchone()[0]:
                break
        assert db.execute(RECAST_KEPT).fetchone()[0] is True


def test_the_collector_remembers_what_pages_show(filled):
    with filled.connect() as db:
        db.execute("UPDATE store SET catalogue_at = now() - interval '1 hour'")
        db.execute("UPDATE figure_moves SET moved_at = now() - interval '1 hour'")
        wanted = {p for p, in db.execute("SELECT period FROM periods_to_remember()")}
        assert {"2020", "2020-Q2"} < wanted
    collector = filled.popen("collect")
    try:
        wait_for(lambda: is_all_remembered(filled))
    finally:
        collector.terminate()
        collector.wait(timeout=30)


@pytest.mark.parametrize("role", ["web", "reports"])
def test_readers_do_not_write_it(filled, role):
    with filled.connect(role) as db:
        for table in ("remembered", "remembered_reading", "remembered_part", "figure_moves", "figure_roster"):
            assert not db.execute("SELECT has_table_privilege(%s, 'INSERT')", (f"nq17.{table}",)).fetchone()[0]


def test_towards_a_deadline_ahead_all_days_matter(template):
    store = copy_of(template)
    store.run("db", "start")
    try:
        load(store, "dossier", dossiers("01", 7, 9, "2020-06-14"))
        with store.connect() as db:
            db.execute("UPDATE target SET deadline = current_date + 400 WHERE slug = 'online-filing'")
            db.execute("SELECT remember('2020-Q2')")
            assert db.execute("SELECT is_remembered('2020-Q2')").fetchone()[0] is True
        load(store, "dossier", dossiers("79", 1, 1, "2020-02-20"))    # before it: the path begins there
        with store.connect() as db:
            db.execute("SELECT remember('2020-Q2')")
        load(store, "dossier", dossiers("79", 2, 2, "2020-03-20"))
        with store.connect() as db:
            assert db.execute("SELECT is_remembered('2020-Q2')").fetchone()[0] is False
    finally:
        store.run("db", "stop")


def test_what_moves_is_remembered_at_once_but_not_twice_in_a_pause(filled):
    with filled.connect() as db:
        db.execute("UPDATE figure_moves SET moved_at = now() - interval '1 hour'")
        db.execute("UPDATE store SET catalogue_at = now() - interval '1 hour'")
        db.execute("TRUNCATE remembered, remembered_text, remembered_reading, remembered_part")
        remember_all(db, 600)
        assert db.execute("SELECT is_remembered('2020-Q2') AND is_remembered('2020')").fetchone()[0] is True
    load(filled, "dossier", dossiers("01", 1, 2, "2020-06-23"))
    with filled.connect() as db:     # they came within the pause
        assert 500 < remember_all(db, 600) <= 600
        assert db.execute("SELECT is_remembered('2020-Q2')").fetchone()[0] is False
        assert db.execute("SELECT is_remembered('2020-Q1')").fetchone()[0] is True
        db.execute("UPDATE remembered_part SET remembered_at = now() - interval '601 s' WHERE period = '2020-Q2'")
        remember_all(db, 600)
        assert db.execute("SELECT is_remembered('2020-Q2')").fetchone()[0] is True
        assert db.execute("SELECT is_remembered('2020')").fetchone()[0] is False
        remember_all(db)
        assert db.execute("SELECT is_remembered('2020')").fetchone()[0] is True
    with filled.connect() as db:     # what everything rests on keeps moving
        db.execute("UPDATE figure_moves SET moved_at = clock_timestamp() WHERE source = 'register'")
        db.execute("TRUNCATE remembered, remembered_text, remembered_reading, remembered_part")
        assert 500 < db.execute("SELECT remember_next(600)").fetchone()[0] <= 600
        assert db.execute("SELECT count(*) FROM remembered_part").fetchone()[0] == 0


def test_the_collector_remembers_what_came_within_seconds(filled):
    with filled.connect() as db:
        db.execute("UPDATE figure_moves SET moved_at = now() - interval '1 hour'")
        db.execute("UPDATE store SET catalogue_at = now() - interval '1 hour'")
    collector = filled.popen("collect")
    try:
        wait_for(lambda: is_all_remembered(filled))
        with filled.connect() as db:
            db.execute("UPDATE remembered_part SET remembered_at = now() - interval '11 s'")
        load(filled, "dossier", dossiers("01", 1, 3, "2020-06-21"))
        assert is_all_remembered(filled) is False
        wait_for(lambda: is_all_remembered(filled))
    finally:
        collector.terminate()
        collector.wait(timeout=30)


# ---- every kind of change ---------------------------------------------------------

LIVING = ("2019", "2020", "2020-Q2", "2020-W25", "2025-Q3", "ND09-2020")
COMPUTED = "SELECT coalesce(json_agg(o), '[]')::text FROM observations_now(%s, NULL) o"
READINGS = "SELECT json_agg(r ORDER BY indicator, agency_id, variant)::text FROM {} r"
PARTS = {"dossier": "online-filing", "service": "level4-services", "fact": "mobile-portal",
         "count": "work-files-online", "survey": "un-rank"}


def withdraw_last(store):
    with store.connect() as db:
        batch = db.execute("SELECT max(batch_id) FROM batch WHERE type = 'dossier' AND accepted > 0").fetchone()[0]
    store.run("batch", "withdraw", batch, "--reason", "thử")


def approved(kind, *args):
    def change(store):
        store.run(kind, "approve", draft(store, kind, *args), "--by", "bình")
    return change


def reopen(store):
    store.run("vintages", "reopen", "--period", "2020-Q2", "--reason", "sai", "--by", "Lan", "--second", "Minh")


def published(store):
    store.run("publish", "--period", "2020-Q2", "--by", "Lan", "--accept", "thử", "--second", "Minh")


def sql(statement):
    def change(store):
        with store.connect() as db:
            db.execute(statement)
    return change


def sent(kind, *records):
    return lambda store: load(store, kind, records)


def fact(agency, name, day, value=True, **fields):
    return {"agency": agency, "fact": name, "value": value, "valid_from": day, **fields}


# What changes, and the parts of 2020 that may be computed anew; None: any.
CHANGES = {
    "import": (sent("dossier", *dossiers("01", 2, 3, "2020-06-17")), {"dossier"}),
    "another family": (sent("dossier", *dossiers("79", 1, 5, "2020-06-20")), {"dossier"}),
    "correction": (sent("dossier", *dossiers("01", 0, 2, "2020-06-14", updated_at="2020-07-01")), {"dossier"}),
    "void": (sent("dossier", *dossiers("G03", 0, 1, "2020-06-15", status="void", updated_at="2020-07-02")), {"dossier"}),
    "withdrawal": (withdraw_last, None),
    "a withdrawn one": (sent("dossier", *dossiers("01", 1, 2, "2020-06-15", status="withdrawn", updated_at="2020-06-25")),
                        {"dossier"}),
    "its first dossier": (sent("dossier", *dossiers("79", 1, 5, "2020-02-03")), None),
    "earlier than any": (sent("dossier", *dossiers("01", 1, 2, "2019-03-04")), None),
    "totals before records": (sent("count", *counts("01", "2019-02", dossiers_resolved=9, dossiers_resolved_online=4)),
                              set()),
    "the first of an agency": (sent("dossier", *dossiers("38", 1, 2, "2021-05-04")), None),
    "services": (sent("service", service("01", "1.000001"), service("01", "1.000002", "2")), None),
    "a service changes": (sent("service", service("01", "1.000002", "4", updated_at="2020-03-01")),
                          {"service", "fact"}),
    "services end": (sent("service", *(service("01", f"1.00000{n}", valid_to="2020-05-31", updated_at="2020-06-01")
                                       for n in (1, 2))), {"service", "fact"}),
    "level 4 of dossiers": (sent("service", service("79", "1.001193")), None),
    "facts": (sent("fact", fact("79", "mobile-portal", "2020-02-01"), fact("G03", "satisfaction-disclosure", "2020-06-01")),
              None),
    "a fact ends": (sent("fact", fact("79", "mobile-portal", "2020-06-20", False)), {"fact"}),
    "flows": (sent("count", *counts("79", "2020-06", dossiers_resolved=40),
                   {"agency": "G03", "measure": "work_files", "breakdown": "ministry_province", "period": "2020", "value": 9},
                   *counts("G03", "2020", meeting_minutes=40, meeting_minutes_baseline=90)), None),
    "more flows": (sent("count", *counts("79", "2020-05", dossiers_resolved=7, dossiers_resolved_one_stop=2)),
                   {"dossier", "count"}),
    "stocks": (sent("count", *counts("VN", "2020-03", participants=900, participants_verified=90),
                    *counts("79", "2020-06", systems=9, systems_connected=3)), {"count"}),
    "a survey": (sent("national", {"series": "un-egdi-rank", "country": "VNM", "year": 2020, "value": 85,
                                   "source": "thử", "updated_at": "2026-01-01"}), None),
    "an agency": (sent("agency", {"code": "OLD", "kind": "other", "name_vi": "Cũ", "valid_from": "2019-01-01",
                                  "valid_to": "2020-05-31", "successor": "NEXT"}), None),
    "outside the population": (sent("dossier", *dossiers("OLD", 3, 4, "2020-05-15")), None),
    "its successor": (sent("agency", {"code": "NEXT", "kind": "other", "name_vi": "Sau", "valid_from": "2020-06-01"}),
                      None),
    "of both": (sent("dossier", *dossiers("NEXT", 3, 4, "2020-06-15"), *dossiers("44", 1, 2, "2025-07-16")), None),
    "of the predecessor": (sent("dossier", *dossiers("OLD", 1, 2, "2020-05-18")), {"dossier"}),
    "on totals": (lambda s: s.run("agency", "source", "38", "totals", "--from", "2020-01-01"), None),
    "on records": (lambda s: s.run("agency", "source", "38", "records", "--from", "2020-01-01"), None),
    "a target": (approved("target", "NQ17-02", "--value", "35%", "--from", "2020-01-01"), None),
    "nothing of figures": (sent("milestone", {"agency": "01", "task": "agency-architecture", "completed_on": "2020-01-01"}), set()),
    "publication": (published, None),
    "late after it": (sent("dossier", *dossiers("01", 1, 3, "2020-06-18")), {"dossier"}),
    "reopening": (reopen, None),
    "a definition": (approved("definition", "level4-services", "--formula", "level34-only", "--from", "2020-01-01"), None),
    "under another formula": (sent("service", service("79", "1.000009", "3")), None),
    "a population": (approved("population", "document-axis", "--from", "2020-06-01", "--kinds", "province"), None),
    "a smallest base": (lambda s: s.run("score", "minimum", "5", "--reason", "thử"), None),
    "a deadline ahead": (sql("UPDATE target SET deadline = date '2099-12-31' WHERE target_id = 'NQ17-02'"), None),
    "records before a path": (sent("dossier", *dossiers("79", 1, 9, "2019-06-05")), None),
    "a local code": (lambda s: s.run("alias", "add", "--agency", "01", "--procedure", "1.001193", "1.000001"),
                     None),
    "the catalogue": (sql("UPDATE store SET catalogue_at = clock_timestamp()"), None),
}


@pytest.fixture(scope="module")
def living(template):
    """A store with a little of everything, which the changes befall one after the other."""
    store = copy_of(template)
    store.run("db", "start")
    for agency, online in (("01", 7), ("79", 3), ("G03", 5)):
        load(store, "dossier", dossiers(agency, online, 9, "2020-06-14") + dossiers(agency, online, 9, "2020-06-15"))
    published(store)        # so that each change shows in a ledger, or does not
    yield store
    store.destroy()


@pytest.mark.parametrize("name", CHANGES)
def test_memory_after_a_change(living, name):
    """Right after each change the answers with a memory are those without."""
    change, parts = CHANGES[name]
    with living.connect() as db:
        for period in LIVING:
            db.execute("SELECT remember(%s)", (period,))
        db.execute("SELECT remember_ledger('2020-Q2')")
        before = db.execute(FIGURES, ("2020",)).fetchone()[0]
        change(living)
        forgotten = db.execute("SELECT forgotten('2020', NULL)").fetchone()[0]
        if parts is not None:      # the memory holds for all others
            assert set(forgotten) == {s for s, in db.execute(
                "SELECT slug FROM indicator WHERE figure_part(kind) = ANY (%s)", (list(parts),))}
        if forgotten is not None:  # and so do the other readings of what it holds
            kept = [s for s, in db.execute("SELECT slug FROM indicator WHERE slug <> ALL (%s)", (forgotten,))]
            assert (db.execute(READINGS.format("remembered_reading") + " WHERE period = '2020' AND indicator = ANY (%s)",
                               (kept,)).fetchone()
                    == db.execute(READINGS.format("readings_now('2020', %s)"), (kept,)).fetchone())
    with living.connect("web") as db:
        for period in LIVING:
            assert db.execute(FIGURES, (period,)).fetchone() == db.execute(COMPUTED, (period,)).fetchone(), period
        assert db.execute(LEDGER % "ledger").fetchone() == db.execute(LEDGER % "ledger_computed").fetchone()
        for slug in PARTS.values():
            one = "SELECT json_agg(o)::text FROM {} o"
            assert (db.execute(one.format("observations('2020', wanted => %s)"), (slug,)).fetchone()
                    == db.execute(one.format("observations_now('2020', ARRAY[%s])"), (slug,)).fetchone()), slug
        if forgotten == []:
            assert db.execute(FIGURES, ("2020",)).fetchone()[0] == before


def test_the_changes_changed_figures(living):
    """A test of memory in which nothing moved would test nothing."""
    with living.connect() as db:
        for slug in PARTS.values():
            assert db.execute("SELECT count(*) FROM observations('2020', wanted => %s)"
                              " WHERE denominator > 0", (slug,)).fetchone()[0] > 0, slug


def test_a_preview_is_not_answered_from_memory(living):
    with living.connect() as db:
        number = draft(living, "target", "NQ17-05", "--value", "99%", "--from", "2020-01-01")
        db.execute("SELECT remember('2020')")
        before = db.execute(FIGURES, ("2020",)).fetchone()[0]
        living.run("target", "preview", number, "--period", "2020")
        assert db.execute("SELECT is_remembered('2020')").fetchone()[0] is True
        assert db.execute(FIGURES, ("2020",)).fetchone()[0] == before


def test_marks_stand_beside_remembered_figures(living):
    """A dispute, a note: the object of a figure has them at once, whoever else has none."""
    with living.connect() as db:
        db.execute("SELECT remember('2020')")
        model = "SELECT observations_model('2020', NULL, 'online-filing', true)::json -> 'observations'"
        assert {str(o["dispute"]) for o in db.execute(model).fetchone()[0]} == {"None"}
        living.run("dispute", "open", "--agency", "01", "--indicator", "online-filing", "--period", "2020", "--reason", "r")
        living.run("note", "add", "--agency", "79", "--indicator", "online-filing", "--period", "2020", "--text", 'lũ "lụt"')
        assert db.execute("SELECT is_remembered('2020')").fetchone()[0] is True
        marked = {o["agency"]: o for o in db.execute(model).fetchone()[0]}
        assert {a for a, o in marked.items() if o["dispute"]} == {"01", "VN"}
        assert {a: [n["text"] for n in o["notes"]] for a, o in marked.items() if o["notes"]} == {"79": ['lũ "lụt"']}
        # One figure alone has the same object.
        for agency in ("01", "79", "VN", "G01"):
            assert db.execute("SELECT observation_object(o)::jsonb FROM observations('2020', wanted => 'online-filing') o"
                              " WHERE o.agency = %s", (agency,)).fetchone()[0] == marked[agency]


# ---- what makes it fast -----------------------------------------------------------

def test_pieces_tile_every_span(filled):
    """The sum of the pieces is that of the days, for every first and last day of a quarter."""
    with filled.connect() as db:
        assert db.execute("""
            SELECT count(*) FROM generate_series(date '2020-05-28', '2020-07-03', '1 day') f,
                   generate_series(date '2020-05-28', '2020-07-03', '1 day') s
             WHERE (SELECT coalesce(sum(p.resolved), 0) FROM total_pieces(f::date, s::date) p)
                <> (SELECT coalesce(sum(d.resolved), 0) FROM day_total d WHERE d.day >= f AND d.day < s)
            """).fetchone()[0] == 0


def test_rounding_in_64_bits_is_the_rounding(filled):
    with filled.connect() as db:
        assert db.execute("""
            SELECT count(*), count(*) FILTER (WHERE round_fraction(n, d, digits, tn, 100)::text IS DISTINCT FROM
              (CASE WHEN tn IS NOT NULL AND n::numeric * 100 < tn::numeric * d
                         AND half_up(n, d, digits) * 100 >= tn
                    THEN round(floor_div(n * 10 ^ digits::numeric, d) / 10 ^ digits::numeric, digits)
                    ELSE half_up(n, d, digits) END)::text)
              FROM (VALUES (NULL::bigint), (50), (100)) t(tn), (VALUES (2), (4), (6)) g(digits),
                   (SELECT n, d FROM generate_series(0, 60) n, generate_series(1, 60) d
                     UNION ALL SELECT -n, 7 FROM generate_series(1, 9) n
                     UNION ALL SELECT 999999999, 1000000000 UNION ALL SELECT 1000000000, 999999999
                     UNION ALL SELECT 123456789012345, 987654321098765) v(n, d)
            """).fetchone() == (9 * (61 * 60 + 12), 0)
