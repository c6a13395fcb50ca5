# test_explain.py -- one figure, down to the dossiers behind it, for those whose they are.
import csv
import io
import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

FIELDS = ["agency", "dossier", "procedure", "channel", "received_at", "resolved_at", "satisfaction"]
FIGURE = ("--period", "2020", "--agency", "01", "--indicator", "online-filing")


@pytest.fixture(scope="module")
def told(module_store):
    """01 settled 130 in 2020 and 40 in 2021, mixed by code; 7 are open."""
    rows = []
    for i in range(170):
        year = 2021 if i % 17 < 4 else 2020
        rows.append(("01", f"D{i:04}", f"1.00000{i % 3}", "online" if i % 5 == 0 else "counter",
                     f"{year}-03-02", f"{year}-03-09", i % 5 + 1 if i % 2 else ""))
    rows += [("01", f"D{i:04}x", "1.000001", "online", "2020-03-02", "", "") for i in range(7)]
    # received by Quang Binh (44), settled before and after it became part of 44@2025
    rows += [("44", f"Q{i}", "1.000001", "online", "2025-06-02", f"2025-0{7 if i < 6 else 6}-20", "")
             for i in range(10)]
    out = io.StringIO()
    csv.writer(out).writerows([FIELDS] + rows)
    receipt = module_store.run("import", "--type", "dossier", "--format", "csv", "-", input=out.getvalue())
    return module_store, json.loads(receipt.stdout)["batch"], rows


def pages(store, *args, limit=50):
    """All pages, each begun where the one before says."""
    found, after = [], ()
    while True:
        model = json.loads(store.run("explain", *args, "--dossiers", "--format", "json", "--limit",
                                     str(limit), *after).stdout)
        found.append(model["dossiers"])
        if model["next"] is None:
            return found
        after = ("--after", model["next"])


@pytest.mark.parametrize("limit", [1, 7, 50, 1000])
def test_pages_hold_every_dossier_once(told, limit):
    store, batch, rows = told
    whole = [d for page in pages(store, *FIGURE, limit=limit) for d in page]
    wanted = sorted(r[1] for r in rows if r[0] == "01" and r[5].startswith("2020"))
    assert [d["dossier"] for d in whole] == wanted
    assert {d["batch"] for d in whole} == {batch}
    figure = json.loads(store.run("explain", *FIGURE, "--format", "json").stdout)["observation"]
    assert sum(d["numerator"] for d in whole) == figure["numerator"]
    assert sum(d["denominator"] for d in whole) == figure["denominator"] == len(wanted)


def test_pages_are_of_the_size_asked_for(told):
    sizes = [len(page) for page in pages(told[0], *FIGURE, limit=50)]
    assert sizes[:-1] == [50] * (len(sizes) - 1)


def test_of_one_procedure(told):
    store, _, rows = told
    whole = [d for p in pages(store, *FIGURE, "--procedure", "1.000002") for d in p]
    procedures = json.loads(store.run("explain", *FIGURE, "--format", "json").stdout)["procedures"]
    (row,) = [p for p in procedures if p["procedure"] == "1.000002"]
    assert len(whole) == row["denominator"] and sum(d["numerator"] for d in whole) == row["numerator"]


def test_only_what_the_denominator_counts(told):
    store, _, rows = told
    args = ("--period", "2020", "--agency", "01", "--indicator", "satisfaction")
    whole = [d for p in pages(store, *args) for d in p]
    figure = json.loads(store.run("explain", *args, "--format", "json").stdout)["observation"]
    assert (sum(d["numerator"] for d in whole), len(whole)) == (figure["numerator"], figure["denominator"])
    assert 0 < len(whole) < 130


def test_carried_over_a_merger(told):
    store = told[0]
    def codes(agency, period):
        args = ("--period", period, "--agency", agency, "--indicator", "online-filing")
        return [d["dossier"] for p in pages(store, *args) for d in p]
    assert codes("44", "2025-06") == ["Q6", "Q7", "Q8", "Q9"]
    assert codes("44@2025", "2025-07") == [f"Q{i}" for i in range(6)]
    assert codes("44@2025", "2025") == [f"Q{i}" for i in range(10)]


def test_batches_count_their_dossiers(told):
    store, batch, _ = told
    model = json.loads(store.run("explain", *FIGURE, "--format", "json").stdout)
    assert [(b["batch"], b["dossiers"]) for b in model["batches"]] == [
        (batch, model["observation"]["denominator"])]


def test_a_page_reads_only_so_far(told):
    """Nothing of 2024 is there: the API passes over a bounded part of the key at a time."""
    with told[0].connect() as db:
        seen, after = 0, None
        while True:
            model = db.execute("SELECT explain_dossiers('2021', '01', 'online-filing', NULL, %s, 50, 30)",
                               (after,)).fetchone()[0]
            assert model["read"] <= 30
            seen += len(model["dossiers"])
            after = model["next"]
            if after is None:
                break
        assert seen == 40


def test_wrong_questions(told):
    store = told[0]
    store.run("explain", *FIGURE, "--limit", "5", code=2)
    store.run("explain", *FIGURE, "--dossiers", "--limit", "0", code=2)
    store.run("explain", "--period", "2020", "--agency", "VN", "--indicator", "online-filing",
              "--dossiers", code=1)
    store.run("explain", "--period", "2020", "--agency", "01", "--indicator", "help-channel",
              "--dossiers", code=1)
    text = store.run("explain", *FIGURE, "--dossiers", "--limit", "2", "--lang", "en").stdout
    assert len(text.splitlines()) == 3 and re.match(r"--after \d+:D\d+$", text.splitlines()[-1])


def test_what_lies_behind_figures_that_are_not_of_dossiers(kept_store):
    """Services and items in force on the day, totals of the period, of stocks the newest, each
    under the batch that brought it."""
    def told(kind, *lines):
        return json.loads(kept_store.run("import", "--type", kind, "--format", "ndjson", "-", input="".join(
            json.dumps(l) + "\n" for l in lines)).stdout)["batch"]

    def behind(slug, agency="38", period="2020"):
        model = json.loads(kept_store.run("explain", "--period", period, "--agency", agency, "--indicator", slug,
                                          "--format", "json").stdout)
        return {b["batch"]: b["records"] for b in model["batches"]}, [
            (b["measure"], b["period"], b["value"]) for b in model["breakdown"]]

    def text(slug, agency="38"):
        return kept_store.run("explain", "--period", "2020", "--agency", agency, "--indicator", slug,
                              "--lang", "en").stdout
    service = {"agency": "38", "name_vi": "x", "level": "4", "valid_from": "2020-01-01"}
    first = told("service", *({**service, "procedure": f"1.{n}", "help_channel": [True, False, None][n]} for n in range(3)))
    second = told("service", {**service, "procedure": "1.1", "help_channel": True, "updated_at": "2020-02-01"})
    third = told("service", {**service, "procedure": "1.2", "valid_from": "2021-01-01"})
    assert behind("help-channel")[0] == {first: 2, second: 1}
    assert behind("help-channel", period="2021")[0] == {first: 1, second: 1, third: 1}
    assert "Still open between: 2 - 3 / 3 = 66.67% - 100.00%" in text("help-channel")
    fact = {"agency": "38", "fact": "information-disclosure", "valid_from": "2020-01-01"}
    first = told("fact", {**fact, "item": "a", "value": True, "verified_by": "Lan"}, {**fact, "item": "b", "value": True})
    second = told("fact", {**fact, "item": "b", "value": False, "valid_from": "2020-06-01"})
    assert behind("information-disclosure")[0] == {first: 1, second: 1}
    assert re.search(r"^  a +yes, confirmed \(Lan\)$", text("information-disclosure"), re.M)
    assert re.search(r"^  b +no$", text("information-disclosure"), re.M)
    def count(agency, measure, period, value, **more):
        return {"agency": agency, "measure": measure, "period": period, "value": value, **more}
    early = told("count", count("38", "documents_exchanged", "2019", 9),
                 count("VN", "participants", "2020-03", 90, breakdown="citizen"))
    late = told("count", count("38", "documents_exchanged", "2020", 10), count("38", "dossiers_resolved", "2020", 7),
                count("38", "dossiers_resolved_online", "2020", 3), count("38", "dossiers_resolved", "2020-06-01", 1),
                count("VN", "participants", "2020-09", 95, breakdown="citizen"))
    assert behind("electronic-documents") == ({late: 1}, [("documents_exchanged", "2020", 10)])
    assert behind("verified-identity", "VN") == ({late: 1}, [("participants", "2020-09", 95)])
    # an agency on totals: no dossiers, but the totals
    assert behind("online-filing") == ({late: 2}, [("dossiers_resolved", "2020", 7), ("dossiers_resolved_online", "2020", 3)])


def test_the_nation_by_agency(told):
    store = told[0]
    model = json.loads(store.run("explain", "--period", "2020", "--agency", "VN", "--indicator", "online-filing",
                                 "--format", "json").stdout)
    listed = model["agencies"]
    rows = csv.DictReader(io.StringIO(store.run("kpi", "--period", "2020", "--indicator", "online-filing",
                                                "--format", "csv").stdout))
    assert {(a["agency"], str(a["numerator"] or "") if a["denominator"] is None else str(a["numerator"]), a["status"])
            for a in listed} == {(r["agency"], r["numerator"], r["status"]) for r in rows if r["agency"] != "VN"}
    assert sum(a["numerator"] or 0 for a in listed) == model["observation"]["numerator"] > 0
    assert listed[0]["agency"] == "01" and len(listed) == 85
    assert json.loads(store.run("explain", *FIGURE, "--format", "json").stdout)["agencies"] is None
    text = store.run("explain", "--period", "2020", "--agency", "VN", "--indicator", "asean-rank", "--lang", "en").stdout
    assert re.search(r"ten-countries +6  Not met", text)


# ---- Over HTTP --------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(told):
    store = told[0]
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    web = store.popen("web", f"--listen=127.0.0.1:{port}", stderr=subprocess.DEVNULL)

    def get(path, key=None):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
        if key:
            request.add_header("Authorization", f"Bearer {key}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                get.link = answer.headers["Link"]
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())
    for _ in range(200):
        try:
            get("/api/v1/targets")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)

    def key(agency):
        return re.search(r"nq17_\d+_[0-9a-f]+", store.run("key", "add", "--agency", agency).stdout)[0]
    yield store, get, key
    web.terminate()
    web.wait(timeout=30)


def test_the_api_explains_as_the_command_does(served):
    store, get, key = served
    path = "/api/v1/explain?period=2020&agency=01&indicator=online-filing&batches=true"
    status, model = get(path, key("01"))
    assert status == 200 and model == json.loads(store.run("explain", *FIGURE, "--format", "json").stdout)
    # Which batches brought the records is nobody else's business.
    assert get(path)[1] == get(path, key("79"))[1] == {**model, "batches": None}
    status, lean = get("/api/v1/explain?period=2020&agency=01&indicator=online-filing")
    assert status == 200 and lean == {**model, "batches": None, "variants": None}
    assert get("/api/v1/explain?indicator=nothing")[0] == 404
    assert get("/api/v1/explain?indicator=online-filing&agency=nobody")[0] == 404


def test_dossiers_are_for_their_agency_alone(served):
    _, get, key = served
    own, other = key("01"), key("79")
    path = "/api/v1/explain/dossiers?period=2020&agency=01&indicator=online-filing&limit=20"
    status, page = get(path, own)
    assert status == 200 and len(page["dossiers"]) == 20
    status, second = get(path + f"&after={page['next']}", own)
    assert second["dossiers"][0]["dossier"] > page["dossiers"][-1]["dossier"]
    assert get(path)[0] == 401
    assert get(path, "nq17_1_" + "0" * 64)[0] == 401
    assert get(path, other)[0] == 403
    assert get(path.replace("agency=01", "agency=VN"), own)[0] == 403
    assert get(path.replace("&agency=01", ""), own)[0] == 403
    assert get(path + "&after=x", own)[0] == 400
    assert get(path.replace("limit=20", "limit=0"), own)[0] == 400
    assert get(path.replace("online-filing", "help-channel"), own)[0] == 404


def test_a_link_leads_to_the_next_page(served):
    _, get, key = served
    own = key("01")
    path = "/api/v1/explain/dossiers?period=2020&agency=01&indicator=online-filing&limit=20"
    seen = []
    while path:
        status, page = get(path, own)
        assert status == 200
        seen += [dossier["dossier"] for dossier in page["dossiers"]]
        assert (page["next"] is None) == (get.link is None)
        path = get.link and re.fullmatch(r'<(/api/[^>]+)>; rel="next"', get.link)[1]
    whole = get("/api/v1/explain/dossiers?period=2020&agency=01&indicator=online-filing&limit=1000", own)
    assert len(seen) == len(set(seen)) > 20
    assert seen == [dossier["dossier"] for dossier in whole[1]["dossiers"]]
    get("/api/v1/agencies")
    assert get.link is None


def test_a_successor_reads_what_was_received_before_it(served):
    _, get, key = served
    heir = key("44@2025")
    path = "/api/v1/explain/dossiers?indicator=online-filing&agency=44&period="
    status, page = get(path + "2025-06", heir)
    assert status == 200 and [d["dossier"] for d in page["dossiers"]] == ["Q6", "Q7", "Q8", "Q9"]
    status, page = get(path + "2025", heir)
    assert status == 200 and len(page["dossiers"]) == 10
