# test_cluster.py -- the embedded PostgreSQL: made, shared, killed, moved.
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

import conftest


def server(store):
    """The process of the store's server, or None."""
    note = pathlib.Path(os.path.realpath(store.data / "postgres")) / "postmaster.pid"
    try:
        process = int(note.read_text().split()[0])
        state = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return None if state == "Z" else process
    except (FileNotFoundError, ValueError, IndexError):
        return None


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def empty():
    made = conftest.Store(conftest.new_folder())
    yield made
    made.destroy()


def ask(store, question):
    return store.run("db", "psql", "-XAtc", question).stdout.strip()


def test_a_command_leaves_the_server_as_it_found_it(store):
    assert ask(store, "SELECT 1") == "1"
    assert server(store) is None


def test_start_keeps_it_and_stop_ends_it(store):
    store.run("db", "start")
    first = server(store)
    assert first and ask(store, "SELECT 1") == "1"
    assert server(store) == first
    assert "kept" in store.run("db", "status").stdout
    store.run("db", "stop")
    assert server(store) is None
    assert store.run("db", "status", code=1).stderr.endswith("not running\n")


def test_a_folder_with_other_files_in_it(empty):
    (empty.data / "notes.txt").write_text("mine")
    empty.run("db", "init")
    assert (empty.data / "notes.txt").read_text() == "mine"


def test_looking_makes_nothing(empty):
    made = conftest.Store(empty.data / "none")
    assert "holds no database yet" in made.run("db", "status", code=1).stderr
    assert "holds no database yet" in made.run("db", "stop", code=1).stderr
    assert not made.data.exists()


def test_two_first_commands_at_once(empty):
    both = [empty.popen("db", "psql", "-XAtc", "SELECT pg_sleep(1)") for _ in range(3)]
    for command in both:
        out, err = command.communicate(timeout=120)
        assert command.returncode == 0, err
    assert server(empty) is None


def test_the_last_one_out_stops_the_server(store):
    slow = store.popen("db", "psql", "-XAtc", "SELECT pg_sleep(3)")
    assert wait_until(lambda: server(store))
    store.run("db", "psql", "-XAtc", "SELECT 1")
    assert server(store), "the first command out stopped the server of the second"
    assert slow.wait(timeout=60) == 0
    assert server(store) is None


def test_a_killed_command_leaves_no_trace(store):
    # A session of its own, so that psql goes as well.
    slow = store.popen("db", "psql", "-XAtc", "SELECT pg_sleep(60)", start_new_session=True)
    assert wait_until(lambda: server(store))
    os.killpg(slow.pid, signal.SIGKILL)
    slow.wait()
    assert wait_until(lambda: server(store) is None)
    assert ask(store, "SELECT 1") == "1"
    assert server(store) is None


def test_a_killed_server_recovers(kept_store):
    kept_store.run("db", "psql", "-qc", "CREATE TABLE kept_row (a int)",
                   "-c", "INSERT INTO kept_row VALUES (7)")
    busy = kept_store.popen("db", "psql", "-XAtc", "SELECT pg_sleep(60)")
    assert wait_until(lambda: kept_store.run("db", "psql", "-XAtc",
                      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(60)%'"
                      ).stdout.strip() == "2")
    first = server(kept_store)
    os.kill(first, signal.SIGKILL)
    assert ask(kept_store, "SELECT a FROM kept_row") == "7"
    assert server(kept_store) not in (None, first)
    assert busy.wait(timeout=60) != 0


def test_a_note_with_the_number_of_another_process(kept_store):
    note = pathlib.Path(os.path.realpath(kept_store.data / "postgres")) / "postmaster.pid"
    lines = note.read_text().splitlines()
    os.kill(server(kept_store), signal.SIGKILL)
    assert wait_until(lambda: server(kept_store) is None)
    other = subprocess.Popen(["sleep", "60"], cwd="/")
    note.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
    try:
        assert ask(kept_store, "SELECT 1") == "1"
    finally:
        other.kill()
        other.wait()


def test_a_half_made_cluster_is_made_again(empty):
    making = empty.popen("db", "init", start_new_session=True)
    assert wait_until(lambda: (empty.data / "postgres.new").exists())
    time.sleep(0.2)
    os.killpg(making.pid, signal.SIGKILL)
    making.wait()
    assert not (empty.data / "postgres").exists()
    assert ask(empty, "SELECT count(*) > 0 FROM schema_migration") == "t"
    assert not (empty.data / "postgres.new").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders closed to PostgreSQL")
def test_a_folder_closed_to_the_account(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    made = conftest.Store(closed / "data")
    try:
        assert ask(made, "SELECT 1") == "1"
        assert closed.stat().st_mode & 0o777 == 0o700
        assert os.readlink(made.data / "postgres").startswith("/var/lib/nq17-clusters/")
        assert ask(made, "SELECT 2") == "2"
    finally:
        made.destroy()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders closed to PostgreSQL")
def test_a_data_folder_private_to_root(empty):
    empty.data.chmod(0o700)
    (empty.data / "secret").write_text("mine")
    assert ask(empty, "SELECT 1") == "1"
    assert empty.data.stat().st_mode & 0o007 == 0      # still closed to everybody else
    assert not os.path.islink(empty.data / "postgres")


def test_a_link_to_nothing_is_refused(empty):
    os.symlink("/nonexistent/cluster", empty.data / "postgres")
    assert "a folder that is gone" in empty.run("db", "init", code=1).stderr


def test_a_path_too_long_for_a_socket(empty):
    made = conftest.Store(empty.data / ("long-" * 15) / ("folder-" * 10))
    try:
        assert ask(made, "SELECT 1") == "1"
        socket_folder = os.readlink(made.data / "run")
        assert socket_folder.startswith("/tmp/nq17-")
        shutil.rmtree(socket_folder)
        assert ask(made, "SELECT 1") == "1"
    finally:
        made.destroy()


def test_a_path_with_odd_characters(empty):
    made = conftest.Store(empty.data / "dữ liệu, \"o'x\" \\y")
    try:
        assert ask(made, "SELECT 1") == "1"
    finally:
        made.destroy()


def test_ctrl_c_reaches_only_the_shell(store):
    slow = store.popen("db", "psql", "-XAtc", "SELECT pg_sleep(60)", start_new_session=True)
    assert wait_until(lambda: server(store))
    time.sleep(0.5)
    os.killpg(slow.pid, signal.SIGINT)
    assert slow.wait(timeout=30) == 1
    assert server(store) is None


def test_a_plain_user(template):
    """The same as nobody's business: no root, no account to change to."""
    if os.geteuid() != 0:
        pytest.skip("this whole run is one of a plain user")
    home = conftest.new_folder()
    os.chown(home, 65534, 65534)
    binary = home / "nq17"
    shutil.copy(conftest.BINARY, binary)
    binary.chmod(0o755)
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    environment = conftest.bare_environment() | {"HOME": str(home)}
    try:
        def run(*args, code=0):
            done = subprocess.run([*as_nobody, str(binary), *args], cwd=home, env=environment,
                                  capture_output=True, text=True, timeout=120)
            assert done.returncode == code, done.stderr
            return done.stdout
        assert run("db", "psql", "-XAtc", "SELECT 1") == "1\n"
        assert (home / "var" / "postgres").stat().st_uid == 65534
        run("db", "start")
        run("db", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
