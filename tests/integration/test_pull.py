# test_pull.py -- the way in by sources: servers on loopback that are good, slow and bad.
import datetime
import gzip
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time

import pytest

import conftest
from test_import import (AGENCIES, HEADER, assert_expected, assert_totals_exact, counts,  # noqa: F401
                         load_wabo_agencies, send_csv, wabo)


# The first day of a window of a year that ended some days ago: one alone is due.
FIRST = datetime.date.today() - datetime.timedelta(days=370)
LAST = FIRST + datetime.timedelta(days=365)


class Server:
    """Answers a path by calling what it was given for it: ANSWERS[path](handler)."""

    def __init__(self):
        self.answers, self.asked = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.asked.append((self.path, dict(self.headers)))
                answer = outer.answers.get(self.path, outer.answers.get("*"))
                try:
                    answer(self) if answer else self.send_error(404)
                except (BrokenPipeError, ConnectionResetError):
                    pass

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def content(body, status=200, **headers):
    body = body.encode() if isinstance(body, str) else body

    def answer(handler):
        handler.send_response(status)
        for name, text in headers.items():
            handler.send_header(name.replace("_", "-"), text)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
    return answer


def cut_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    handler.wfile.write(rows("CUT", 50).encode())
    handler.close_connection = True


def cut_off_chunked(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    part = rows("CUT", 50).encode()
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
    handler.close_connection = True


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(rows("CUT", 50).encode())
    handler.close_connection = True


def silent(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    for _ in range(600):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def rows(prefix, count):
    return HEADER + "".join(f"ALPHA,{prefix}{n},P,online,2020-06-{1 + n % 28:02d},x\n" for n in range(count))


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


class Office:
    def __init__(self, store):
        self.store, self.collector = store, None

    def add(self, url, *args, agency="ALPHA", first=FIRST, window="P366D"):
        done = self.store.run("source", "add", "--url", url, "--agency", agency, "--from", first,
                              "--window", window, *args)
        return done.stdout.strip()

    def start(self):
        self.collector = self.store.popen("collect", "--lang=en", stderr=subprocess.DEVNULL)

    def stop(self):
        if self.collector:
            self.collector.terminate()
            assert self.collector.wait(timeout=30) == 0
            self.collector = None

    def windows(self, source):
        return json.loads(self.store.run("source", "windows", source, "--format", "json").stdout)

    def wait(self, source, wanted, timeout=40):
        """Until the oldest window of SOURCE is as WANTED says."""
        end = time.monotonic() + timeout
        while True:
            found = self.windows(source)
            if found and wanted(found[-1]):
                return found[-1]
            assert time.monotonic() < end, found
            time.sleep(0.1)

    def receipt(self, source, timeout=40):
        window = self.wait(source, lambda w: w["batch"] is not None, timeout)
        with self.store.connect() as db:
            return json.loads(db.execute("SELECT receipt FROM batch WHERE batch_id = %s",
                                         [window["batch"]]).fetchone()[0])

    def dossiers(self):
        with self.store.connect() as db:
            return db.execute("SELECT count(*) FROM dossier").fetchone()[0]

    def hurry(self):
        with self.store.connect() as db:
            db.execute("UPDATE source_window SET next_try = now() WHERE state = 'failed'")


@pytest.fixture
def office(kept_store):
    send_csv(kept_store, AGENCIES, "agency")
    made = Office(kept_store)
    yield made
    made.stop()


# ---- Figures --------------------------------------------------------------------

@pytest.mark.parametrize("name, packed", [("dossiers.csv", False), ("dossiers.ndjson", True),
                                          ("dossiers.cloudevents.json", False)])
def test_wabo(kept_store, wabo, server, name, packed):  # noqa: F811
    load_wabo_agencies(kept_store, wabo)
    office = Office(kept_store)
    body = (wabo / name).read_bytes()
    server.answers["*"] = content(gzip.compress(body) if packed else body)
    agencies = [line.split(",")[0] for line in (wabo / "agencies.csv").read_text().splitlines()[1:]]
    url = f"{server.url}/{name}{'.gz' if packed else ''}?from={{from}}&to={{to}}"
    sources = [office.add(url, agency=agency) for agency in agencies]
    office.start()
    try:
        assert sum(office.receipt(source)["accepted"] for source in sources) == 1432
        assert_expected(kept_store, wabo)
        assert {path for path, _ in server.asked} == {url.format(**{"from": FIRST, "to": LAST})[len(server.url):]}
    finally:
        office.stop()


def test_once(office, server):
    """Every window that is due, and the answer committed, before the command ends."""
    server.answers["*"] = content(rows("A", 7))
    source = office.add(server.url + "/{from}", "--format", "csv", window="P30D")
    office.store.run("collect", "--once")
    windows = office.windows(source)
    assert len(windows) > 10 and {w["state"] for w in windows} == {"fetched"}
    assert len(server.asked) == len(windows) and office.dossiers() == 7
    office.store.run("collect", "--once")
    assert len(server.asked) == len(windows)


# ---- Failures -------------------------------------------------------------------

def test_a_server_that_fails_and_recovers(office, server):
    """Nothing of a bad answer arrives, everything of the good one does, once."""
    path = f"/{FIRST}"
    source = office.add(server.url + "/{from}", "--format", "csv", "--patience", "1")
    server.answers[path] = content("no", 500)
    office.start()
    window = office.wait(source, lambda w: w["state"] == "failed")
    assert window["last_error"] == "HTTP 500" and window["tries"] == 1 and window["next_try"]
    for tries, (answer, why) in enumerate([
            (cut_off, "transfer closed"), (cut_off_chunked, "transfer closed"),
            (endless, "does not say how long"), (silent, "too slow"),
            (content("<html>sorry</html>"), ""), (content("", 302, Location="file:///etc/passwd"), "file"),
            (content("", 302, Location=path), "redirects"), (content("x", 206), "HTTP 206"),
            (content("no", 404), "HTTP 404"), (content("no", 503, Retry_After="7200"), "HTTP 503")], 2):
        server.answers[path] = answer
        office.hurry()
        window = office.wait(source, lambda w: w["state"] == "failed" and w["tries"] == tries)
        assert why in window["last_error"], window
        assert office.dossiers() == 0
    with office.store.connect() as db:
        # What the server asked for is kept to, and the spool holds no half of anything.
        assert db.execute("SELECT next_try > now() + interval '115 minutes' FROM source_window "
                          "WHERE state = 'failed'").fetchall()[0] == (True,)
    assert list(pathlib.Path(os.path.realpath(office.store.data / "spool"), "part").iterdir()) == []
    server.answers[path] = content(rows("GOOD", 40))
    office.hurry()
    office.wait(source, lambda w: w["state"] == "fetched" and w["received"] == 40)
    assert office.dossiers() == 40
    assert_totals_exact(office.store)


def test_a_slow_server_delays_nobody(office, server):
    server.answers["/slow"] = silent
    server.answers["/good"] = content(rows("GOOD", 10))
    office.add(server.url + "/slow", "--patience", "60")
    source = office.add(server.url + "/good")
    office.start()
    assert counts(office.receipt(source, timeout=20)) == (10, 10, 0, 0, 0, 0)
    began = time.monotonic()
    office.stop()
    assert time.monotonic() - began < 10


# ---- The ledger -----------------------------------------------------------------

def test_every_due_window_is_asked_for_once(office, server):
    server.answers["*"] = lambda handler: content(rows("D" + handler.path[-10:], 2))(handler)
    first, empty = (str(datetime.date.today() - datetime.timedelta(days=n)) for n in (40, 7))
    server.answers[f"/{first}"] = content("no", 500)
    server.answers[f"/{empty}"] = content("", 204)
    source = office.add(server.url + "/{from}", first=first, window="P1D")
    office.start()
    end = time.monotonic() + 60
    while len(found := office.windows(source)) < 39 or any(w["state"] == "wanted" for w in found):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    assert {w["first_day"] for w in found if w["state"] == "failed"} == {first}
    assert {w["first_day"] for w in found if w["state"] == "fetched" and not w["delivery"]} == {empty}
    asked = [path for path, _ in server.asked]
    assert len(asked) == len(set(asked)) == len(found)
    server.answers.pop(f"/{first}")
    office.hurry()
    office.wait(source, lambda w: w["state"] == "fetched" and w["batch"])


def test_asked_again(office, server):
    server.answers["/x"] = content(rows("A", 5), ETag='"1"')
    source = office.add(server.url + "/x")
    office.start()
    first = office.receipt(source)
    assert counts(first) == (5, 5, 0, 0, 0, 0)
    before = office.windows(source)[-1]
    # The same content is no new delivery, other content is.
    office.store.run("source", "again", source, "--from", LAST)
    after = office.wait(source, lambda w: w["state"] == "fetched" and w["fetched_at"] and len(server.asked) > 1)
    assert after["delivery"] == before["delivery"] and office.receipt(source) == first
    server.answers["/x"] = content(rows("A", 6))
    office.store.run("source", "again", source, "--from", FIRST, "--to", FIRST)
    office.wait(source, lambda w: w["delivery"] != before["delivery"] and w["batch"])
    assert counts(office.receipt(source)) == (6, 1, 0, 5, 0, 0)
    assert "no windows" in office.store.run("source", "again", source, "--from", "2010-01-01", code=1).stderr


def test_off_is_not_asked(office, server):
    server.answers["*"] = content(rows("A", 5))
    off = office.add(server.url + "/off")
    office.store.run("source", "off", off)
    on = office.add(server.url + "/on")
    office.start()
    office.receipt(on)
    assert {path for path, _ in server.asked} == {"/on"} and office.windows(off) == []
    office.store.run("source", "remove", on)
    assert office.dossiers() == 5


# ---- Secrets --------------------------------------------------------------------

def credentials(store, text, mode=0o600):
    """A file of the account that the collector runs under."""
    path = store.data / "secret"
    path.write_text(text)
    path.chmod(mode)
    if os.geteuid() == 0:
        shutil.chown(path, "postgres")
    return path


def test_credentials(office, server):
    server.answers["/x"] = content("", 302, Location=server.url.replace("127.0.0.1", "localhost") + "/y")
    server.answers["/y"] = content(rows("A", 5))
    path = credentials(office.store, "header = Authorization: Bearer s3cret\n", 0o644)
    source = office.add(server.url + "/x", "--credentials", path)
    office.start()
    window = office.wait(source, lambda w: w["state"] == "failed")
    assert "everybody may read it" in window["last_error"] and server.asked == []
    path.chmod(0o600)
    office.hurry()
    office.receipt(source)
    office.stop()
    told = {(path, headers.get("Authorization")) for path, headers in server.asked}
    assert told == {("/x", "Bearer s3cret"), ("/y", None)}


def test_a_key_under_a_name_of_its_own(office, server):
    """libcurl keeps Authorization and Cookie from other hosts, and hands any other header to where it is sent on."""
    other = server.url.replace("127.0.0.1", "localhost") + "/y"
    server.answers |= {"/x": content("", 302, Location=other), "/y": content(rows("A", 5))}
    source = office.add(server.url + "/x", "--credentials", credentials(office.store, "header = X-Api-Key: s3cret\n"))
    office.start()
    assert office.wait(source, lambda w: w["state"] == "failed")["last_error"] == "HTTP 302"
    assert [(path, headers.get("X-Api-Key")) for path, headers in server.asked] == [("/x", "s3cret")]
    server.answers["/x"] = content(rows("A", 5))
    office.hurry()
    office.receipt(source)


@pytest.mark.parametrize("url, why", [
    ("https://me:pass@example.org/x", "no password in an address"), ("ftp://example.org/x", "begins with"),
    ("file:///etc/passwd", "begins with"), ("http://example.org/{day}", "{from}, {to} and {next}")])
def test_addresses_that_are_refused(module_store, url, why):
    done = module_store.run("source", "add", "--url", url, "--agency", "G01", "--from", "2020-01-01", code=1)
    assert why in done.stderr


# ---- SFTP -----------------------------------------------------------------------

@pytest.fixture
def sshd():
    """A server for one key, on loopback; its files lie in the folder `files`."""
    if not os.path.exists("/usr/sbin/sshd") or os.geteuid() != 0:
        pytest.skip("needs sshd, and root to run it")
    folder = conftest.new_folder()
    os.makedirs("/run/sshd", exist_ok=True)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name],
                       check=True)
    shutil.copy(folder / "user.pub", folder / "allowed")
    (folder / "files").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config").write_text(f"""
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/allowed
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
Subsystem sftp internal-sftp
""")
    process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder / "config"],
                               stderr=subprocess.DEVNULL)
    host = (folder / "host.pub").read_text().split()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {host[0]} {host[1]}\n")
    (folder / "known").chmod(0o644)
    shutil.chown(folder / "user", "postgres")
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield folder, port
    process.terminate()
    process.wait()


def test_sftp(office, sshd):
    folder, port = sshd
    (folder / "files" / f"{FIRST}.csv").write_text(rows("S", 7))
    path = credentials(office.store, f"user = root\nkey = {folder}/user\n")
    source = office.add(f"sftp://127.0.0.1:{port}{folder}/files/{{from}}.csv", "--credentials", path)
    office.start()
    window = office.wait(source, lambda w: w["state"] == "failed")
    assert "known_hosts" in window["last_error"]
    (folder / "strange").write_text("")
    path.write_text(f"user = root\nkey = {folder}/user\nknown_hosts = {folder}/strange\n")
    office.hurry()
    window = office.wait(source, lambda w: w["state"] == "failed" and w["tries"] == 2)
    assert "remote key was not OK" in window["last_error"]
    path.write_text(f"user = root\nkey = {folder}/user\nknown_hosts = {folder}/known\n")
    office.hurry()
    assert counts(office.receipt(source)) == (7, 7, 0, 0, 0, 0)
