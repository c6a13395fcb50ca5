# test_memory.py -- what is kept at hand is what would be computed: remembered periods, half
# months, and the fast rounding.
import time

import pytest

from test_observations import dossiers, figure, load

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


def test_the_collector_remembers_what_pages_show(filled):
    with filled.connect() as db:
        db.execute("UPDATE store SET catalogue_at = now() - interval '1 hour'")
        db.execute("UPDATE batch SET committed_at = now() - interval '1 hour'")
        wanted = {p for p, in db.execute("SELECT period FROM periods_to_remember()")}
        assert {"2020", "2020-Q2"} < wanted
    collector = filled.popen("collect")
    try:
        for _ in range(300):
            with filled.connect() as db:
                if db.execute("SELECT bool_and(is_remembered(p.period)) FROM periods_to_remember() p").fetchone()[0]:
                    return
            time.sleep(0.2)
        pytest.fail("not remembered in a minute")
    finally:
        collector.terminate()
        collector.wait(timeout=30)


@pytest.mark.parametrize("role", ["web", "reports"])
def test_readers_do_not_write_it(filled, role):
    with filled.connect(role) as db:
        for table in ("remembered", "remembered_period"):
            assert not db.execute("SELECT has_table_privilege(%s, 'INSERT')", (f"nq17.{table}",)).fetchone()[0]


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
