# serving.py -- the web server and the collector of a store, and requests to them.
import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request


def as_read(body):
    """A page's text without what keeps dates and numbers whole at the end of a line."""
    page = body.decode("utf-8", "replace").replace("\u00a0", " ")
    return re.sub(r'<span class="nowrap">([^<]*)</span>', r"\1", page)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    """`nq17 run` (or the command given) at a port of its own."""

    def __init__(self, store, *command, scheme="http", env=None):
        self.store, self.port = store, free_port()
        self.address = f"{scheme}://127.0.0.1:{self.port}"
        self.process = store.popen(*(command or ("run",)), "--listen", f"127.0.0.1:{self.port}",
                                   env=store.env | (env or {}), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.wait()

    def wait(self):
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, "the server ended"
                time.sleep(0.05)
        raise AssertionError("no server")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=60)

    def ask(self, path, key=None, body=None, headers=None, timeout=100, method=None):
        request = urllib.request.Request(self.address + path, data=body, headers=headers or {},
                                         method=method)
        if key:
            request.add_header("Authorization", f"Bearer {key}")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as got:
                return Answer(got.status, got.headers, got.read())
        except urllib.error.HTTPError as got:
            return Answer(got.code, got.headers, got.read())

    def send(self, body, key, type="text/csv", kind="dossier", query="lang=en", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(f"/api/v1/records/{kind}?{query}", key, body, {"Content-Type": type} | headers)


def new_key(store, agency, *args):
    out = store.run("key", "add", "--agency", agency, *args).stdout
    return re.search(r"nq17_\d+_[0-9a-f]{64}", out)[0]
