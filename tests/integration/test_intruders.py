# test_intruders.py -- what those get who are not who they say they are.
import base64
import re
import socket
import time

from serving import Server
from signing import Visitor
from test_accounts import CHEAP, PASSWORD, add_user, house, signed_in, totp  # noqa: F401 (house is a fixture)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


# ---- Forms that hold a file -----------------------------------------------------------

def read_status(client):
    client.settimeout(20)
    return client.recv(4096).split(b" ")[1]


def hold_upload(house, session):
    """The head of a form with a file, whose body does not come."""
    client = socket.create_connection(("127.0.0.1", house.port), timeout=20)
    client.sendall(f"POST /data/upload HTTP/1.1\r\nHost: x\r\nCookie: nq17_session={session}\r\n"
                   "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 100000\r\n\r\n".encode())
    return client


def test_made_up_sessions_keep_no_sender_waiting(house):
    """Few forms with a file may come at a time: a place is for those who may send one."""
    viewer = signed_in(house, "view01")
    held = [hold_upload(house, "A" * 43) for _ in range(4)]
    assert [read_status(client) for client in held] == [b"401"] * 4
    closed = [hold_upload(house, viewer.session) for _ in range(4)]
    assert [read_status(client) for client in closed] == [b"403"] * 4
    sender = signed_in(house, "send01")
    answer = sender.post("/data/upload", type="dossier")
    assert (answer.status, answer.location) == (303, "/data/upload?type=dossier&note=no_file")
    # Those who may send hold the places, which is why there are few; and give them back.
    held += [hold_upload(house, sender.session) for _ in range(4)]
    deadline = time.monotonic() + 20
    while sender.post("/data/upload", type="dossier").status != 503:
        assert time.monotonic() < deadline
    for client in held + closed:
        client.close()
    while sender.post("/data/upload", type="dossier").status != 303:
        assert time.monotonic() < deadline
