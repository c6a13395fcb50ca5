# test_queries.py -- every SQL file the program asks with is a statement that the
# fresh schema understands.
import pytest

import conftest

QUERIES = sorted((conftest.ROOT / "sql" / "queries").glob("*.sql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_query_is_prepared(module_store, path):
    with module_store.connect("owner") as db:
        db.execute(b"PREPARE tried AS " + path.read_bytes())
