# crash.py -- processes that are killed at random moments while records come in, and what
# must hold afterwards: what was acknowledged counts once, and sending everything again
# gives exactly the truth.
import csv
import datetime
import http.client
import http.server
import io
import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.request

import openpyxl

import spooling
from serving import free_port, new_key
from test_import import AGENCIES, HEADER, assert_totals_exact, send_csv

ROWS = 2000         # records a delivery
BOTH = ("ALPHA", "BETA")


def body_of(number):
    """The records of one delivery: every tenth comes again in the next one, corrected."""
    rows = [f"{('ALPHA', 'BETA')[n % 2]},K{number}-{n},P{n % 7},{('online', 'counter')[n % 3 == 0]},"
            f"2020-06-{1 + n % 28:02d},,2020-12-01\n" for n in range(ROWS)]
    rows += [f"{('ALPHA', 'BETA')[n % 2]},K{number - 1}-{n},P{n % 7},post,"
             f"2020-06-{1 + n % 28:02d},,2021-01-01\n" for n in range(0, ROWS if number else 0, 10)]
    return (HEADER.strip() + ",updated_at\n" + "".join(rows)).encode()


def half_of(number, agency):
    """What AGENCY has of the delivery."""
    head, *rows = body_of(number).decode().splitlines(keepends=True)
    return head + "".join(row for row in rows if row.startswith(agency))


class Keeper:
    """A process of the store that is started again whenever it is gone."""

    def __init__(self, store, *args, env=None):
        self.store, self.args, self.process, self.env = store, args, None, env or store.env
        self.start()

    def start(self):
        self.process = self.store.popen(*self.args, env=self.env, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.start()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=60)


def kill_server(store):
    path = store.data / "postgres" / "postmaster.pid"
    for _ in range(400):
        try:
            os.kill(int(path.read_text().split()[0]), signal.SIGKILL)
            return
        except (FileNotFoundError, IndexError, ProcessLookupError):
            time.sleep(0.05)
    raise AssertionError("no server to kill")


class Import:
    """The command line: an exit code of 0 acknowledges."""

    def __init__(self, store, folder):
        self.store, self.folder, self.running = store, folder, None

    def victims(self):
        return [self.kill_importer, lambda: kill_server(self.store)]

    def kill_importer(self):
        if self.running and self.running.poll() is None:
            self.running.send_signal(signal.SIGKILL)

    def write(self, number):
        path = self.folder / f"{number}.csv"
        path.write_bytes(body_of(number))
        return path

    def send(self, number):
        path = self.write(number)
        self.running = self.store.popen("import", path, stderr=subprocess.DEVNULL)
        out = self.running.communicate(timeout=120)[0]
        return self.running.returncode == 0 and json.loads(out)["rejected"] == 0

    def settle(self, numbers):
        pass

    def close(self):
        pass


class Excel(Import):
    """The same with workbooks."""

    def write(self, number):
        path = self.folder / f"{number}.xlsx"
        if not path.exists():
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet()
            for row in csv.reader(io.StringIO(body_of(number).decode())):
                sheet.append([cell or None for cell in row])
            book.save(path)
        return path


class Spool:
    """The disk between receiver and collector: an item that lies there is acknowledged."""

    def __init__(self, store, folder):
        self.store, self.sent = store, 0
        spooling.make_folders(store)
        self.collector = Keeper(store, "collect")

    def victims(self):
        return [self.collector.kill, self.collector.kill, lambda: kill_server(self.store)]

    def send(self, number):
        while len(spooling.waiting(self.store)) > 20:   # as a receiver's quota would
            time.sleep(0.05)
        self.sent += 1
        spooling.put(self.store, f"{number}-{self.sent}", body_of(number))
        return True

    def settle(self, numbers):
        end = time.monotonic() + 300
        while spooling.waiting(self.store):
            assert time.monotonic() < end, "the collector does not come to an end"
            time.sleep(0.1)

    def close(self):
        self.collector.stop()


class Http:
    """Requests of one key: 200 and 202 acknowledge, anything else is sent again."""

    def __init__(self, store, folder):
        self.store = store
        spooling.make_folders(store)
        self.keys = {name: new_key(store, name) for name in BOTH}
        self.port = free_port()
        self.web = Keeper(store, "web", "--listen", f"127.0.0.1:{self.port}",
                          env=store.env | {"NQ17_KEY_REQUESTS": "100000", "NQ17_KEY_QUEUE": "10000"})
        self.collector = Keeper(store, "collect")
        self.tries = 0

    def victims(self):
        return [self.web.kill, self.collector.kill, lambda: kill_server(self.store)]

    def send(self, number):
        """Each agency sends its half, under a name that says which."""
        self.tries += 1
        return all(self.send_half(name, half_of(number, name), number) for name in self.keys)

    def send_half(self, name, body, number):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/records/dossier", body.encode(),
            {"Authorization": f"Bearer {self.keys[name]}", "Content-Type": "text/csv",
             "Idempotency-Key": f"{number}"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status in (200, 202)
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            return False

    def settle(self, numbers):
        Spool.settle(self, numbers)

    def close(self):
        self.web.stop()
        self.collector.stop()


class Folder:
    """Files that appear in an agency's folder are acknowledged."""

    def __init__(self, store, folder):
        self.store, self.sent = store, 0
        self.inbox = store.data / "in"
        for name in BOTH:
            store.run("source", "add", "--folder", "--agency", name)
        self.collector = Keeper(store, "collect", env=store.env | {"NQ17_INBOX": str(self.inbox)})
        end = time.monotonic() + 60
        while not all((self.inbox / name / "done").is_dir() for name in BOTH):
            assert time.monotonic() < end, "the collector makes no folders"
            time.sleep(0.1)

    def victims(self):
        return [self.collector.kill, self.collector.kill, lambda: kill_server(self.store)]

    def lying(self):
        """What was put there and is not done yet."""
        return [path for name in BOTH for part in (".", "work")
                for path in (self.inbox / name / part).glob("dossier-*.csv")]

    def send(self, number):
        while len(self.lying()) > 20:
            time.sleep(0.05)
        self.sent += 1
        for name in BOTH:
            draft = self.inbox / name / f".draft-{self.sent}"
            draft.write_text(half_of(number, name))
            draft.rename(self.inbox / name / f"dossier-{number}-{self.sent}.csv")
        return True

    def settle(self, numbers):
        end = time.monotonic() + 300
        while self.lying():
            assert time.monotonic() < end, "files are left"
            time.sleep(0.1)
        Spool.settle(self, numbers)

    def close(self):
        self.collector.stop()


class Pull:
    """Days that the collector asks a server of each agency for; one delivery a day."""

    DAYS = 150

    def __init__(self, store, folder):
        self.store, self.seen = store, set()
        self.first = datetime.date.today() - datetime.timedelta(days=self.DAYS + 1)
        spooling.make_folders(store)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{self.server.server_port}"
        self.sources = [store.run("source", "add", "--url", f"{url}/{name}/{{from}}", "--agency", name,
                                  "--format", "csv", "--from", self.first, "--window", "P1D").stdout.strip()
                        for name in BOTH]
        self.numbers = 0    # deliveries the server has so far; other days are empty
        self.collector = Keeper(store, "collect")

    def handler(outer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                _, name, day = self.path.split("/")
                number = (datetime.date.fromisoformat(day) - outer.first).days
                body = half_of(number, name).encode() if number < outer.numbers else b""
                try:
                    self.send_response(200 if body else 204)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:    # whoever asked was killed
                    pass

            def log_message(self, *args):
                pass
        return Handler

    def victims(self):
        return [self.collector.kill, self.collector.kill, lambda: kill_server(self.store)]

    def send(self, number):
        assert number < self.DAYS
        self.numbers = max(self.numbers, number + 1)
        day = self.first + datetime.timedelta(days=number)
        return all(self.store.run("source", "again", source, "--from", day, "--to", day, code=None
                                  ).returncode == 0 for source in self.sources)

    def settle(self, numbers):
        end = time.monotonic() + 300
        while self.open_windows():
            assert time.monotonic() < end, "windows are left"
            time.sleep(0.2)
        Spool.settle(self, numbers)

    def open_windows(self):
        """How many days are not fetched; those that failed are tried at once."""
        self.store.run("db", "start")
        with self.store.connect() as db:
            db.execute("UPDATE source_window SET next_try = now() WHERE state = 'failed'")
            return db.execute("SELECT count(*) FROM source_window WHERE state <> 'fetched'").fetchone()[0]

    def close(self):
        self.collector.stop()
        self.server.shutdown()
        self.server.server_close()


WAYS = {"import": Import, "excel": Excel, "spool": Spool, "http": Http, "folder": Folder, "pull": Pull}


def crash(store, folder, way, records, kills, seed):
    """Sends RECORDS the WAY while KILLS processes are killed."""
    chance = random.Random(seed)
    numbers = range(max(1, records // ROWS))
    send_csv(store, AGENCIES, "agency")
    sender = WAYS[way](store, folder)
    over = threading.Event()
    killed = []

    def kill_some():
        while len(killed) < kills:
            time.sleep(chance.uniform(0.02, 0.6))
            chance.choice(sender.victims())()
            killed.append(1)
        over.set()

    killer = threading.Thread(target=kill_some)
    killer.start()
    try:
        for number in numbers:
            while not sender.send(number):
                pass
        # Kills that are left fall on the same records sent again.
        while not over.is_set():
            sender.send(chance.choice(numbers))
        killer.join()
        sender.settle(numbers)
        store.run("db", "start")
        check(store, numbers)
        for number in numbers:
            while not sender.send(number):
                pass
        sender.settle(numbers)
        check(store, numbers)
    finally:
        over.set()
        killer.join()
        sender.close()
    return len(killed)


def check(store, numbers):
    with store.connect() as db:
        held, corrected = db.execute(
            "SELECT count(*), count(*) FILTER (WHERE channel = 'post') FROM dossier").fetchone()
        assert db.execute("SELECT count(*) FROM batch WHERE state = 'committed' AND receipt IS NULL"
                          ).fetchone() == (0,)
    assert held == len(numbers) * ROWS
    assert corrected == (len(numbers) - 1) * ROWS // 10
    assert_totals_exact(store)
    assert store.run("audit", "--full").stdout.strip().endswith(", 0 differences")
