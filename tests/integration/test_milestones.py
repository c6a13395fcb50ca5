# test_milestones.py -- the dated tasks: who owed what by when, and whether it was done.
import csv
import io
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest


def rows_of(store, *args, code=0):
    done = store.run("milestones", "--format", "csv", *args, code=code)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def of_task(rows, task):
    return [r for r in rows if r["task"] == task]


def send(store, *records):
    return store.run("import", "--type", "milestone", "--format", "ndjson", "-",
                     input="".join(json.dumps(r) + "\n" for r in records))


@pytest.fixture(scope="module")
def told(module_store):
    send(module_store,
         {"task": "agency-architecture", "agency": "01", "completed_on": "2019-09-30",
          "document_number": "12/QĐ-UBND", "issuer": "UBND"},
         {"task": "agency-architecture", "agency": "79", "completed_on": "2019-10-01"},
         {"task": "agency-architecture", "agency": "44",
          "progress": "đang trình", "updated_at": "2019-08-01"},
         {"task": "decree-data-sharing", "agency": "G14", "issued_on": "2020-04-09"},
         {"task": "architecture-framework-2", "agency": "G14", "submitted_on": "2019-05-31",
          "issued_on": "2019-12-31"},
         {"task": "overall-architecture-yearly", "agency": "G14", "due": "2019-12-31",
          "completed_on": "2019-12-31"},
         {"task": "overall-architecture-yearly", "agency": "G14", "due": "2020-12-31",
          "completed_on": "2021-01-10"})
    return module_store


def test_each_agency_that_the_text_names_owes_its_own(told):
    """85 ministries, ministerial agencies and provinces were in force on 30 September 2019."""
    rows = of_task(rows_of(told, "--as-of", "2021-01-31"), "agency-architecture")
    assert len(rows) == 85 and {r["due"] for r in rows} == {"2019-09-30"}
    by = {r["agency"]: r for r in rows}
    assert (by["01"]["status"], by["01"]["days"], by["01"]["document_number"]) == (
        "on_time", "", "12/QĐ-UBND")
    assert (by["79"]["status"], by["79"]["days"], by["79"]["evidence"]) == ("late", "1", "record")
    # 1 October 2019 to 31 January 2021
    assert (by["02"]["status"], by["02"]["days"]) == ("overdue", "489")
    assert by["44"]["status"] == "overdue" and by["44"]["evidence"] == "record"


@pytest.mark.parametrize("day, status, days", [
    ("2019-09-29", "not_due", ""), ("2019-09-30", "not_due", ""), ("2019-10-01", "late", "1")])
def test_they_stand_as_on_the_day_asked_for(told, day, status, days):
    (row,) = of_task(rows_of(told, "--as-of", day, "--agency", "79"), "agency-architecture")
    assert (row["status"], row["days"]) == (status, days)


def test_a_day_after_the_deadline_is_overdue(told):
    (row,) = of_task(rows_of(told, "--as-of", "2019-10-01", "--agency", "02"), "agency-architecture")
    assert (row["status"], row["days"]) == ("overdue", "1")


def test_what_is_to_be_submitted_is_done_once_it_is(told):
    (row,) = of_task(rows_of(told, "--as-of", "2020-12-31"), "architecture-framework-2")
    assert (row["status"], row["done_on"]) == ("on_time", "2019-05-31")
    (row,) = of_task(rows_of(told, "--as-of", "2020-12-31"), "decree-data-sharing")
    assert (row["status"], row["days"], row["verified"]) == ("late", "100", "false")


def test_a_yearly_task_is_owed_each_year(told):
    rows = of_task(rows_of(told, "--as-of", "2022-06-30"), "overall-architecture-yearly")
    assert [(r["year"], r["status"], r["days"]) for r in rows] == [
        ("2019", "on_time", ""), ("2020", "late", "10"), ("2021", "overdue", "181"),
        ("2022", "not_due", ""), ("2023", "not_due", ""), ("2024", "not_due", ""),
        ("2025", "not_due", "")]


def test_a_yearly_record_says_of_which_year_it_speaks(told):
    done = told.run("import", "--type", "milestone", "--format", "ndjson", "-", code=1,
                    input='{"task": "overall-architecture-yearly", "agency": "G14"}\n')
    error = json.loads(done.stdout)["errors"][0]
    assert (error["code"], error["field"]) == ("missing_value", "due")


def test_qualitative_tasks_have_no_score(told):
    for row in rows_of(told):
        if row["kind"] == "qualitative":
            assert (row["status"], row["days"]) == ("qualitative", "")


def test_outcomes_of_the_catalogue_stand_in_with_their_source(told):
    rows = rows_of(told, "--as-of", "2021-01-01")
    (portal,) = of_task(rows, "national-service-portal")
    assert (portal["status"], portal["days"], portal["evidence"], portal["verified"]) == (
        "late", "9", "catalogue", "true")
    (axis,) = of_task(rows, "national-document-axis")
    assert axis["status"] == "on_time"
    # Decree 45/2020 is known from memory only.
    (decree,) = of_task(rows, "decree-electronic-procedures")
    assert (decree["status"], decree["days"], decree["verified"]) == ("late", "99", "false")
    # Unverified ones come last.
    assert [r["verified"] for r in rows] == sorted((r["verified"] for r in rows), reverse=True)


def test_an_agency_does_not_move_its_deadline(told):
    send(told, {"task": "agency-architecture", "agency": "04", "due": "2025-12-31",
                "completed_on": "2020-09-30"})
    (row,) = of_task(rows_of(told, "--agency", "04"), "agency-architecture")
    assert (row["due"], row["status"], row["days"]) == ("2019-09-30", "late", "366")


def test_the_successor_answers_for_who_is_gone(told):
    """Quang Binh (44) and Quang Tri (45) became the new Quang Tri (44@2025)."""
    rows = of_task(rows_of(told, "--agency", "44", "--as-of", "2025-12-31"), "agency-architecture")
    assert {r["agency"] for r in rows} == {"44", "45"}
    send(told, {"task": "agency-architecture", "agency": "44@2025", "completed_on": "2025-10-01"})
    rows = of_task(rows_of(told, "--agency", "44", "--as-of", "2025-12-31"), "agency-architecture")
    assert {r["agency"]: r["status"] for r in rows} == {"44": "overdue", "45": "late"}


def test_a_withdrawn_batch_is_no_evidence(told):
    receipt = json.loads(send(told, {"task": "agency-architecture", "agency": "06",
                                     "completed_on": "2019-09-01"}).stdout)
    args = ("--agency", "06", "--as-of", "2020-01-01")
    assert of_task(rows_of(told, *args), "agency-architecture")[0]["status"] == "on_time"
    told.run("batch", "withdraw", str(receipt["batch"]), "--reason", "wrong")
    assert of_task(rows_of(told, *args), "agency-architecture")[0]["status"] == "overdue"


def test_wrong_questions(told):
    told.run("milestones", "--agency", "nobody", code=1)
    told.run("milestones", "--as-of", "soon", code=2)
    told.run("milestones", "--format", "xml", code=2)


def test_all_readers_say_the_same(told):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    web = told.popen("web", f"--listen=127.0.0.1:{port}", stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"

    def fetch(path):
        with urllib.request.urlopen(base + path, timeout=30) as answer:
            return answer.read().decode()
    try:
        for _ in range(200):
            try:
                fetch("/readyz")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        rows = rows_of(told, "--as-of", "2021-01-31")
        model = json.loads(fetch("/api/v1/milestones?as_of=2021-01-31"))
        assert model == json.loads(told.run("milestones", "--as-of", "2021-01-31",
                                            "--format", "json").stdout)
        counted = [r["status"] for r in rows if r["verified"] == "true"]
        assert {k: v for k, v in model["counts"].items() if k != "all"} == {
            k: counted.count(k) for k in ("on_time", "late", "overdue", "not_due", "qualitative")}
        listed = [i for p in model["parts"] for t in p["tasks"] for i in t["instances"]]
        assert len(listed) == len(rows) == model["counts"]["all"] + sum(
            r["verified"] == "false" for r in rows)
        page = fetch("/milestones?as_of=2021-01-31")
        assert "Chậm 9 ngày" in page and "Quá hạn 489 ngày" in page and "Chưa kiểm chứng" in page
        assert "Late by 9 days" in fetch("/milestones?as_of=2021-01-31&lang=en")
        table = fetch("/milestones.csv?as_of=2021-01-31").lstrip("\ufeff")
        assert len(list(csv.DictReader(io.StringIO(table)))) == len(rows)
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch("/api/v1/milestones?agency=nobody")
        assert refused.value.code == 404
    finally:
        web.terminate()
        web.wait(timeout=30)
