# spooling.py -- items put into the spool as a receiver does, and what became of them.
import json
import os
import pathlib
import shutil
import time


def folder_of(store):
    return pathlib.Path(os.path.realpath(store.data / "spool"))


def make_folders(store):
    """The spool as the collector makes it: by a run on nothing."""
    store.run("collect", "--once")
    return folder_of(store)


def put(store, name, body, **note):
    """Hands BODY (bytes) over under NAME, as root may do for the collector's account."""
    folder = folder_of(store)
    owner = os.stat(folder)
    note = {"type": "dossier", "format": "csv", "way": "http", "scope": 0, "dry_run": False,
            "language": "en"} | note
    for ending, content in ((".body", body), (".note", json.dumps(note).encode())):
        draft = folder / "part" / (name + ending)
        draft.write_bytes(content)
        if os.geteuid() == 0:
            shutil.chown(draft, owner.st_uid, owner.st_gid)
        draft.rename(folder / "new" / (name + ending))


def receipt_of(store, name, timeout=30):
    path = folder_of(store) / "receipts" / f"{name}.json"
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            return json.loads(path.read_text())
        except FileNotFoundError:
            time.sleep(0.02)
    raise AssertionError(f"no receipt of {name} after {timeout} s")


def waiting(store):
    return sorted(path.stem for path in (folder_of(store) / "new").glob("*.note"))
