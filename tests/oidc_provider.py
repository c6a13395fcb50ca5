# oidc_provider.py -- an OpenID provider that behaves, or misbehaves as it is told.
import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import secrets
import subprocess
import tempfile
import threading
import time
import urllib.parse

from serving import free_port


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True).stdout


def read_der_numbers(der):
    """The two numbers of an ECDSA signature."""
    assert der[0] == 0x30
    at, numbers = 2, []
    while at < len(der):
        assert der[at] == 2
        length = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + length], "big"))
        at += 2 + length
    return numbers


class Key:
    """A key pair of openssl's, kind RS256 or ES256."""

    def __init__(self, folder, kid, kind="RS256", bits=2048):
        self.kid, self.kind, self.path = kid, kind, folder / f"{kid}.pem"
        if kind == "RS256":
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-out", str(self.path))
            modulus = openssl("rsa", "-in", str(self.path), "-noout", "-modulus").decode().strip().split("=")[1]
            self.jwk = {"kty": "RSA", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}
        else:
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(self.path))
            point = openssl("ec", "-in", str(self.path), "-pubout", "-outform", "DER")[-64:]
            self.jwk = {"kty": "EC", "crv": "P-256", "x": base64url(point[:32]), "y": base64url(point[32:])}
        self.jwk |= {"kid": kid, "use": "sig", "alg": kind}
        self.public_pem = openssl("pkey", "-in", str(self.path), "-pubout")

    def sign(self, data):
        signature = openssl("dgst", "-sha256", "-sign", str(self.path), data=data)
        if self.kind == "ES256":
            signature = b"".join(n.to_bytes(32, "big") for n in read_der_numbers(signature))
        return signature


class Provider:
    """Set the attributes between two sign-ins to make it misbehave."""

    CLIENT, SECRET = "nq17:test", "s3cret:&%"

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self.folder.name)
        self.rsa, self.ec = Key(folder, "rsa-1"), Key(folder, "ec-1", "ES256")
        self.rotated, self.stranger = Key(folder, "rsa-2"), Key(folder, "rsa-1s")
        self.weak = Key(folder, "weak", bits=1024)
        self.stranger.kid = "rsa-1"                  # says it is the other one
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}/realm"
        self.codes, self.asked = {}, []
        self.behave()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                provider.answer(self)

            do_POST = do_GET

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    def behave(self):
        self.key, self.keys = self.rsa, [self.rsa, self.ec]
        self.subject, self.claims, self.head, self.signer = "person-1", {}, {}, None
        self.down, self.delay, self.facts, self.keeps_codes = False, 0, {}, False
        self.drop, self.redirect = [], None

    # ---- Answers ----

    def answer(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length).decode()
        self.asked.append(url.path)
        time.sleep(self.delay)
        answers = {"/realm/.well-known/openid-configuration": self.discovery, "/realm/jwks": self.jwks,
                   "/realm/authorize": self.authorize, "/realm/token": self.token}
        if self.down:
            status, answer, head = 500, "broken", {}
        else:
            status, answer, head = answers.get(url.path, self.nothing)(
                dict(urllib.parse.parse_qsl(url.query)), dict(urllib.parse.parse_qsl(body)), handler.headers)
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        handler.send_response(status)
        for name, value in (head | {"Content-Length": len(data), "Content-Type": "application/json"}).items():
            handler.send_header(name, str(value))
        handler.end_headers()
        handler.wfile.write(data)

    def nothing(self, *_):
        return 404, "nothing", {}

    def discovery(self, *_):
        return 200, {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/authorize?tenant=1",
                     "token_endpoint": self.issuer + "/token", "jwks_uri": self.issuer + "/jwks",
                     "end_session_endpoint": self.issuer + "/logout"} | self.facts, {}

    def jwks(self, *_):
        return 200, {"keys": [key.jwk for key in self.keys]}, {}

    def authorize(self, query, *_):
        """Whoever comes here is signed in, and sent back."""
        code = secrets.token_urlsafe(12)
        self.codes[code] = query
        back = {"code": code, "state": query["state"]}
        return 302, "", {"Location": query["redirect_uri"] + "?" + urllib.parse.urlencode(back)}

    def token(self, _, form, head):
        if self.redirect:
            return 302, "", {"Location": self.redirect}
        basic = base64.b64decode((head.get("Authorization") or "Basic ").split()[1]).decode().split(":")
        wanted = [urllib.parse.quote(word, safe="") for word in (self.CLIENT, self.SECRET)]
        if basic != wanted:
            return 401, {"error": "invalid_client"}, {}
        query = self.codes.get(form.get("code"))
        challenge = base64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (not query or query["code_challenge"] != challenge or query["code_challenge_method"] != "S256"
                or form["redirect_uri"] != query["redirect_uri"] or form["grant_type"] != "authorization_code"):
            return 400, {"error": "invalid_grant"}, {}
        if not self.keeps_codes:
            del self.codes[form["code"]]
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(query)}, {}

    def id_token(self, query):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.CLIENT, "sub": self.subject, "nonce": query["nonce"], "iat": now,
                  "exp": now + 300} | self.claims
        for name in self.drop:
            claims.pop(name)
        head = {"alg": self.key.kind, "kid": self.key.kid, "typ": "JWT"} | self.head
        said = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims)).encode()
        signature = self.signer(said) if self.signer else self.key.sign(said)
        return f"{said.decode()}.{base64url(signature)}"


def hmac_with(password):
    return lambda said: hmac.new(password, said, "sha256").digest()
