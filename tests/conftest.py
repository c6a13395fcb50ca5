# conftest.py -- the real program on throw-away databases, for the tests in Python.
#
# A store is a data folder (NQ17_DATA) with an embedded PostgreSQL in it.  One is
# made per run and copied for each test that asks for its own: copying takes a
# tenth of the time of making.
import atexit
import os
import pathlib
import shutil
import subprocess
import tempfile

import psycopg
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / os.environ.get("BUILD", "build") / os.environ.get("MODE", "release") / "nq17"
SHARED = ROOT.parent / "shared"


def bare_environment():
    """The environment without settings of whoever runs the tests."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("NQ17_", "PG"))}


class Store:
    """A data folder, and the program working on it."""

    def __init__(self, data):
        self.data = pathlib.Path(data)
        self.env = bare_environment() | {"NQ17_DATA": str(self.data)}

    def popen(self, *args, **options):
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("text", True)
        options.setdefault("env", self.env)
        return subprocess.Popen([str(BINARY), *map(str, args)], cwd=ROOT, **options)

    def run(self, *args, input=None, code=0, timeout=300, env=None):
        """Runs nq17; CODE is the exit code that is wanted, None for any."""
        done = subprocess.run([str(BINARY), *map(str, args)], input=input, text=True, cwd=ROOT,
                              env=self.env | (env or {}), capture_output=True, timeout=timeout)
        if code is not None:
            assert done.returncode == code, (
                f"nq17 {' '.join(map(str, args))} ended with {done.returncode}, not {code}\n"
                f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done

    def conninfo(self, role="owner"):
        return f"host='{os.path.realpath(self.data / 'run')}' port=5432 dbname=nq17 user=nq17_{role}"

    def connect(self, role="owner"):
        """A connection of ROLE; the server must be kept running (`kept_store`)."""
        return psycopg.connect(self.conninfo(role), autocommit=True,
                               options="-c search_path=nq17,pg_catalog -c TimeZone=Asia/Ho_Chi_Minh")

    def destroy(self):
        subprocess.run([str(BINARY), "db", "stop"], env=self.env, capture_output=True, timeout=120)
        elsewhere = [os.path.realpath(self.data / name) for name in ("postgres", "run")]
        shutil.rmtree(self.data, ignore_errors=True)
        for folder in elsewhere:
            if folder.startswith(("/var/lib/nq17-clusters/", "/tmp/nq17-")):
                shutil.rmtree(folder, ignore_errors=True)


def new_folder():
    """Not pytest's own: its folders under /tmp are closed to PostgreSQL's account.
    Gone when the tests end."""
    folder = tempfile.mkdtemp(prefix="nq17-test-")
    os.chmod(folder, 0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return pathlib.Path(folder)


@pytest.fixture(scope="session")
def template():
    """An empty, migrated store that is not running; do not touch it."""
    made = Store(new_folder())
    made.run("db", "init")
    yield made
    made.destroy()


def copy_of(template):
    folder = new_folder()
    subprocess.run(["cp", "-a", f"{template.data}/.", str(folder)], check=True)
    return Store(folder)


@pytest.fixture
def store(template):
    """A store of the test's own; each command starts and stops the server."""
    made = copy_of(template)
    yield made
    made.destroy()


@pytest.fixture
def kept_store(store):
    """The same with the server kept running: for connections and many commands."""
    store.run("db", "start")
    return store


@pytest.fixture(scope="module")
def module_store(template):
    """One kept store for all tests of a file, which must not disturb each other."""
    made = copy_of(template)
    made.run("db", "start")
    yield made
    made.destroy()


@pytest.fixture(scope="session")
def shared():
    """The shared data sets beside the project; skipped where they are absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the shared data sets are not at {SHARED}")
    return SHARED
