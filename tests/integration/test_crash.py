# test_crash.py -- the collector, the web process and PostgreSQL killed while records come
# in; `make torture` does the same with many more of both.
import os

import pytest

import crash

RECORDS = int(os.environ.get("TORTURE_RECORDS", 10000))
KILLS = int(os.environ.get("TORTURE_KILLS", 5))
# Twenty kills in all are enough for `make check`.
WAYS = crash.WAYS if "TORTURE_KILLS" in os.environ else ("import", "spool", "http", "folder")


@pytest.mark.parametrize("way", WAYS)
def test_nothing_lost_and_nothing_twice(store, tmp_path, way):
    store.run("db", "start")
    killed = crash.crash(store, tmp_path, way, RECORDS, KILLS, seed=len(way))
    assert killed == KILLS
    print(f"{way}: {RECORDS} records, {killed} kills")
