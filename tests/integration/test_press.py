# test_press.py -- drawing reports for a long time.
import os
import subprocess

import pytest

import conftest

BENCH = conftest.BINARY.parent / "tests" / "bench" / "report_bench"
RENDERS = os.environ.get("TORTURE_RENDERS", "200")
GROWTH_KIB = "1024"


@pytest.mark.skipif("asan" in str(BENCH), reason="the sanitiser keeps what was freed")
@pytest.mark.parametrize("model", ["report_agency", "report_nation"])
def test_memory_stays_flat(model):
    """From the tenth part of the drawings to the last; each a PDF of all pages, in both languages."""
    done = subprocess.run([BENCH, f"tests/data/{model}.json", RENDERS, GROWTH_KIB], cwd=conftest.ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("MiB") == 2
