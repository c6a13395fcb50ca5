# test_outside.py -- a database that is configured, not embedded.
import os

import psycopg
import pytest

import conftest


@pytest.fixture
def outside(kept_store, tmp_path):
    """A store whose database is another one, on the server of a kept store."""
    folder = os.path.realpath(kept_store.data / "run")
    with psycopg.connect(f"host='{folder}' dbname=postgres user=postgres", autocommit=True) as db:
        db.execute("CREATE ROLE admin LOGIN CREATEROLE")
        db.execute("CREATE DATABASE outside OWNER admin")
        for role in ("owner", "collector", "web", "reports"):
            db.execute(f"GRANT nq17_{role} TO admin")
    made = conftest.Store(tmp_path / "unused")
    made.env["NQ17_DATABASE"] = f"host='{folder}' dbname=outside user=admin"
    return made


def ask(store, question):
    return store.run("db", "psql", "-XAtc", question).stdout.strip()


def test_commands_refuse_it_until_it_is_made(outside):
    assert "run `nq17 db migrate`" in outside.run("db", "psql", code=1).stderr
    outside.run("db", "init")
    outside.run("db", "init")
    assert ask(outside, "SELECT count(*) > 0 FROM schema_migration") == "t"
    assert outside.run("db", "status").stdout.splitlines()[-1] == "schema   that of this program"
    assert not outside.data.exists()


def test_only_a_member_may_use_it(outside):
    outside.run("db", "init")
    folder = outside.env["NQ17_DATABASE"].replace("user=admin", "user=stranger")
    with psycopg.connect(outside.env["NQ17_DATABASE"], autocommit=True) as db:
        db.execute("CREATE ROLE stranger LOGIN")
    refused = outside.run("db", "psql", code=1, env={"NQ17_DATABASE": folder})
    assert "may not act as" in refused.stderr


def test_a_server_that_does_not_answer(outside):
    refused = outside.run("db", "status", code=1, env={"NQ17_DATABASE": "host=/nonexistent"})
    assert "/nonexistent" in refused.stderr


def test_a_newer_schema_is_refused(outside):
    outside.run("db", "init")
    with psycopg.connect(outside.env["NQ17_DATABASE"], autocommit=True) as db:
        db.execute("INSERT INTO nq17.schema_migration VALUES ('sql/migrations/9999_x.sql', 'x')")
    for command in (["db", "migrate"], ["db", "psql"], ["db", "init"]):
        assert "newer than this nq17" in outside.run(*command, code=1).stderr


def test_an_edited_migration_is_refused(outside):
    outside.run("db", "init")
    with psycopg.connect(outside.env["NQ17_DATABASE"], autocommit=True) as db:
        db.execute("UPDATE nq17.schema_migration SET sha256 = 'x' WHERE name LIKE '%/0001_%'")
    assert "not the text that was applied" in outside.run("db", "migrate", code=1).stderr


def test_definitions_are_applied_again_when_one_changed(outside):
    outside.run("db", "init")
    with psycopg.connect(outside.env["NQ17_DATABASE"], autocommit=True) as db:
        db.execute("UPDATE nq17.schema_definition SET sha256 = 'x' WHERE name = 'sql/roles.sql'")
        db.execute("GRANT nq17_owner TO admin")
        before = db.execute("SELECT count(*) FROM nq17.agency").fetchone()
        refused = outside.run("db", "psql", code=1)
        assert "older than this nq17 (sql/roles.sql" in refused.stderr
        done = outside.run("db", "migrate")
        assert "applied functions" in done.stderr and "migrations/" not in done.stderr
        assert db.execute("SELECT count(*) FROM nq17.agency").fetchone() == before


def test_two_migrations_at_once(outside):
    outside.run("db", "init")
    with psycopg.connect(outside.env["NQ17_DATABASE"], autocommit=True) as db:
        db.execute("DROP SCHEMA nq17 CASCADE")
    both = [outside.popen("db", "migrate") for _ in range(3)]
    for command in both:
        out, err = command.communicate(timeout=120)
        assert command.returncode == 0, err
    assert ask(outside, "SELECT count(*) FROM schema_migration WHERE name LIKE '%/0001_%'") == "1"


def test_doctor_is_content(outside):
    outside.run("db", "init")
    printed = outside.run("doctor").stdout.splitlines()
    assert len(printed) > 5 and all(line.startswith("ok ") for line in printed)
    with psycopg.connect(outside.env["NQ17_DATABASE"], autocommit=True) as db:
        db.execute("UPDATE nq17.schema_definition SET sha256 = 'x' WHERE name = 'sql/roles.sql'")
    wrong = outside.run("doctor", code=1).stdout.splitlines()[0]
    assert wrong.startswith("WRONG") and "nq17 db migrate" in wrong


def test_a_collector_under_row_security_stores_the_same(outside, kept_store):
    """Where no superuser puts it above row-level security it copies by a detour."""
    outside.run("db", "init")
    folder = os.path.realpath(kept_store.data / "run")
    head = "agency,dossier,procedure,channel,received_at,updated_at\n"
    first = head + "".join(f"01,D{n},P,online,2020-06-01,2020-06-02\n" for n in range(30))
    first += "01,D1,P,counter,2020-06-01,2020-06-03\n01,D9999,P,balloon,2020-06-01,\n"
    second = head + "01,D2,P,post,2020-06-01,2020-06-04\n01,NEW,P,post,2020-06-01,2020-06-04\n"
    told = []
    for rights in ("BYPASSRLS", "NOBYPASSRLS"):
        with psycopg.connect(f"host='{folder}' dbname=outside user=postgres", autocommit=True) as db:
            db.execute(f"ALTER ROLE nq17_collector {rights}")
            db.execute("SET search_path = nq17")
            db.execute("TRUNCATE dossier, dossier_history, quarantine, batch, day_total, half_month_total, procedure_total, withdrawn_total CASCADE")
            for text, code in ((first, 1), (second, 0)):
                outside.run("import", "--type", "dossier", "-", input=text, code=code)
            told.append([db.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3").fetchall() for table, columns in (
                ("dossier", "dossier, channel, version"), ("dossier_history", "dossier, channel, version"),
                ("quarantine", "dossier, field, value"), ("day_total", "day, received, resolved"))])
            db.execute("ALTER ROLE nq17_collector BYPASSRLS")
    assert told[0] == told[1] and len(told[0][0]) == 31 and len(told[0][2]) == 1
