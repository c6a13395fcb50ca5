# test_sign.py -- nq17 sign: poppler's pdfsig calls the signature valid, the report stays in
# front of it byte for byte, nq17 verify knows it, and nothing else may be appended with it.
import json
import subprocess

import pytest

from test_report import sampled  # noqa: F401


def key_pair(folder, name, *kind):
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-keyout", key, "-out", certificate, "-days", "3",
                    "-subj", "/CN=Van phong thu nghiem"], check=True, capture_output=True)
    return {"NQ17_SIGN_CERTIFICATE": str(certificate), "NQ17_SIGN_KEY": str(key)}


@pytest.fixture(scope="module")
def office(sampled, tmp_path_factory):  # noqa: F811
    folder = tmp_path_factory.mktemp("signing")
    report = folder / "report.pdf"
    sampled.run("report", "brief", "--period", "2020-Q3", "--output", report)
    return sampled, folder, report, key_pair(folder, "rsa", "rsa:2048")


def verify(store, path, code=0):
    return json.loads(store.run("verify", path, "--format", "json", code=code).stdout)


def pdfsig(path):
    return subprocess.run(["pdfsig", path], capture_output=True, text=True).stdout


@pytest.mark.parametrize("kind", [("rsa:2048",), ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")])
def test_a_signed_report_is_valid_and_genuine(office, tmp_path, kind):
    store, _, report, _ = office
    path = tmp_path / "signed.pdf"
    store.run("sign", report, "--output", path, env=key_pair(tmp_path, "own", *kind))
    found = pdfsig(path)
    assert "Signature is Valid" in found and "Total document signed" in found and "Van phong thu nghiem" in found
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    assert path.read_bytes().startswith(report.read_bytes())
    answer = verify(store, path)
    assert answer["genuine"] and answer["signed"] and answer["state"] == "current"
    assert verify(store, report) | {"signed": True} == answer
    assert "but for its signature" in store.run("verify", path).stdout
    page = [subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True).stdout for file in (report, path)]
    assert page[0] == page[1]


def test_nothing_else_comes_with_a_signature(office, tmp_path):
    store, _, report, keys = office
    path, wrong = tmp_path / "signed.pdf", tmp_path / "wrong.pdf"
    store.run("sign", report, "--output", path, env=keys)
    whole, before = path.read_bytes(), len(report.read_bytes())
    contents = whole.index(b"/Contents <") + 11
    assert verify(store, path)["genuine"]
    for changed in (whole[:contents] + b"00" + whole[contents + 2:],                  # a signature that is none
                    whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],              # in the report
                    whole.replace(b"/F 132", b"/F 133"),                              # in the revision
                    whole.replace(b"/SigFlags 3", b"/SigFlags 1"),
                    whole + whole[before:],                                           # once more
                    whole + b"1 0 obj\n<< >>\nendobj\nstartxref\n0\n%%EOF\n",           # a revision of somebody
                    whole[:before] + b"1 0 obj\nnull\nendobj\n" + whole[before:],
                    whole[:-20]):
        wrong.write_bytes(changed)
        answer = verify(store, wrong, code=1)
        assert not answer["genuine"] and answer["state"] in ("altered", "unknown")


def test_what_cannot_be_signed(office, tmp_path):
    store, folder, report, keys = office
    out, signed = tmp_path / "out.pdf", tmp_path / "signed.pdf"
    other = key_pair(tmp_path, "other", "rsa:2048")
    assert "sign_certificate" in store.run("sign", report, "--output", out, code=1).stderr
    store.run("sign", report, code=2)
    store.run("sign", report, "--output", out, env=keys | {"NQ17_SIGN_KEY": other["NQ17_SIGN_KEY"]}, code=1)
    store.run("sign", report, "--output", out, env=keys | {"NQ17_SIGN_KEY": str(report)}, code=1)
    store.run("sign", report, "--output", out, env=keys | {"NQ17_SIGN_KEY": str(tmp_path / "none")}, code=1)
    store.run("sign", keys["NQ17_SIGN_KEY"], "--output", out, env=keys, code=1)
    store.run("sign", report, "--output", signed, env=keys)
    assert "signed already" in store.run("sign", signed, "--output", out, env=keys, code=1).stderr
    for length in (0, 5, 1000, len(report.read_bytes()) - 6):
        (tmp_path / "cut.pdf").write_bytes(report.read_bytes()[:length])
        store.run("sign", tmp_path / "cut.pdf", "--output", out, env=keys, code=1)
    assert not out.exists()
