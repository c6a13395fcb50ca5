# test_run.py -- nq17 run: what is killed comes back, what is ended ends wholly.
import os
import signal
import socket
import urllib.error
import urllib.request

import pytest

from test_cluster import server, wait_until


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(port, path="/readyz"):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


@pytest.fixture
def running(store):
    """nq17 run in a process group of its own, as a terminal would start it."""
    port = free_port()
    process = store.popen("run", f"--listen=127.0.0.1:{port}", start_new_session=True)
    try:
        assert wait_until(lambda: answer(port) == 200, 60)
        yield store, process, port
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(running, how):
    store, process, port = running
    os.killpg(process.pid, how)
    assert process.wait(timeout=60) == 0
    assert server(store) is None
    assert answer(port) is None


def test_a_killed_server_comes_back(running):
    store, process, port = running
    first = server(store)
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: server(store) not in (None, first), 60)
    assert wait_until(lambda: answer(port) == 200, 60)
    assert answer(port, "/") == 200
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert server(store) is None


def test_a_killed_run_leaves_nothing(running):
    store, process, port = running
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert wait_until(lambda: server(store) is None and answer(port) is None, 60)
    again = store.popen("run", f"--listen=127.0.0.1:{port}", start_new_session=True)
    assert wait_until(lambda: answer(port) == 200, 60)
    os.killpg(again.pid, signal.SIGINT)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err


def test_commands_work_beside_it(running):
    store, process, port = running
    first = server(store)
    store.run("db", "psql", "-XAtc", "SELECT 1")
    assert server(store) == first
