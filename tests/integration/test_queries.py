# test_queries.py -- every SQL file the program asks with is a statement that the
# fresh schema understands.
import re

import pytest

import conftest

QUERIES = sorted((conftest.ROOT / "sql" / "queries").glob("*.sql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_query_is_prepared(module_store, path):
    # A cursor is not prepared, but the query it stands for can be.
    query = re.sub(r"(?m)^DECLARE \w+ [A-Z ]*CURSOR FOR$", "", path.read_text())
    with module_store.connect("owner") as db, db.transaction():
        db.execute("SELECT intake_stage('dossier')")  # the tables that a batch works on
        db.execute("SELECT intake_stage_events()")
        db.execute("PREPARE tried AS " + query)
