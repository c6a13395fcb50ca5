# test_schema.py -- the registers that ship, the keys of large tables, and who may do what.
import psycopg
import pytest


@pytest.fixture(scope="module")
def db(module_store):
    with module_store.connect() as connection:
        yield connection


def one(db, sql, *args):
    return db.execute(sql, args).fetchone()[0]


def in_force(db, day, *kinds):
    return one(db, "SELECT count(*) FROM agency WHERE kind::text = ANY (%s) AND valid_from <= %s"
                   " AND coalesce(valid_to, 'infinity') >= %s", list(kinds), day, day)


def test_population_by_date(db):
    assert in_force(db, "2020-12-31", "ministry") == 18
    assert in_force(db, "2020-12-31", "ministerial_agency") == 4
    assert in_force(db, "2020-12-31", "province") == 63
    assert in_force(db, "2020-12-31", "government_agency") == 8
    assert in_force(db, "2025-06-30", "province") == 63
    assert in_force(db, "2025-07-01", "province") == 34
    assert in_force(db, "2025-03-01", "ministry", "ministerial_agency") == 17


@pytest.mark.parametrize("name, day, label", [
    ("44", "2025-06-30", "44"), ("44", "2025-07-01", "44@2025"), ("44@2025", "2025-06-30", "44@2025"),
    ("44@2008", "2025-12-31", "44"), ("45", "2025-07-01", None), ("75", "2026-04-30", "75@2026"),
    ("000.00.00.G14", "2020-01-01", "G14"), ("000.00.00.G14", "2025-03-01", None), ("99", "2020-01-01", None),
])
def test_a_name_means_a_row_by_date(db, name, day, label):
    assert one(db, "SELECT (SELECT label FROM agency WHERE agency_id = agency_on(%s, %s))",
               name, day) == label


def test_every_ended_row_has_a_successor(db):
    assert one(db, "SELECT count(*) FROM agency WHERE valid_to IS NOT NULL AND successor_id IS NULL") == 0
    heirs = db.execute("SELECT h.label FROM agency_heir x JOIN agency a ON a.agency_id = x.agency_id"
                       " JOIN agency h ON h.agency_id = x.heir_id WHERE a.label = '75'"
                       " ORDER BY x.first_day").fetchall()
    assert [h for h, in heirs] == ["75", "75@2025", "75@2026"]


def test_catalogue(db):
    assert one(db, "SELECT count(*) FROM task") == 28
    assert one(db, "SELECT count(DISTINCT year) FROM national WHERE country = 'VNM'") == 6
    unverified = db.execute("SELECT replace(target_id, 'NQ17-', '') FROM target WHERE NOT verified"
                            " ORDER BY 1").fetchall()
    assert [t for t, in unverified] == ["16a", "16b", "16c", "17", "18", "23", "24"]
    hidden = db.execute("SELECT slug FROM indicator WHERE NOT verified ORDER BY 1").fetchall()
    assert [s for s, in hidden] == ["connected-systems", "level4-filing", "meeting-time",
                                    "periodic-reports", "work-files-online",
                                    "work-files-online-commune", "work-files-online-district"]
    assert one(db, "SELECT count(*) FROM target WHERE source = '' OR clause_vi = ''") == 0


def test_keys_of_large_tables_start_with_the_agency(db):
    """So that they can be spread by agency (DESIGN 4.8)."""
    large = ["dossier", "dossier_history", "service", "fact", "reported_count", "milestone",
             "record_history", "quarantine", "day_total", "procedure_total", "withdrawn_total",
             "event_seen"]
    keys = db.execute("""
        SELECT c.relname, a.attname
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
         WHERE c.relnamespace = 'nq17'::regnamespace AND i.indisunique
           AND c.relname = ANY (%s)""", (large,)).fetchall()
    assert {table for table, _ in keys} == set(large)
    assert all(column == "agency_id" for _, column in keys), keys


@pytest.mark.parametrize("role, statement", [
    ("web", "INSERT INTO batch (type, state, sha256, received_at) VALUES ('x', 'committed', '', now())"),
    ("web", "UPDATE dossier SET channel = 'online'"),
    ("web", "DELETE FROM quarantine"),
    ("reports", "UPDATE day_total SET resolved = 0"),
    ("reports", "UPDATE target SET numerator = 0"),
    ("collector", "UPDATE target SET numerator = 0"),
    ("collector", "DELETE FROM dossier"),
    ("collector", "DELETE FROM dossier_history"),
    ("web", "CREATE TABLE nq17.mine (x int)"),
])
def test_a_role_may_not(module_store, role, statement):
    with module_store.connect(role) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.execute(statement)


@pytest.mark.parametrize("role", ["web", "reports", "collector"])
def test_every_role_reads_the_figures(module_store, role):
    with module_store.connect(role) as db:
        assert one(db, "SELECT count(*) FROM observations('2020') WHERE agency = 'VN'") > 20


def test_functions_apply_again_over_data(kept_store):
    """The same store gives the same bytes; figures are as of now only where the catalogue is another."""
    model, stamp = "SELECT observations_model('2020', NULL, NULL, true)::text", "SELECT catalogue_at FROM store"
    with kept_store.connect() as db:
        before, moment, version = one(db, model), one(db, stamp), one(db, "SELECT store_version()")
        db.execute("UPDATE schema_definition SET sha256 = 'older'")
    kept_store.run("db", "migrate")
    with kept_store.connect() as db:
        assert (one(db, model), one(db, stamp)) == (before, moment)
        assert one(db, "SELECT store_version()") != version       # pages that were kept may be others now
        db.execute("UPDATE schema_definition SET sha256 = 'older'")
        db.execute("UPDATE store SET catalogue_sha256 = 'older'")
    kept_store.run("db", "migrate")
    with kept_store.connect() as db:
        assert one(db, stamp) > moment
