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
