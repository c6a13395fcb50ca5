# test_stories.py -- what three people come for, from signing in to the end, through the pages
# alone: real clicks and forms in a headless Chromium.  What they read is held against the
# commands.
import csv
import datetime
import hashlib
import io
import json
import math
import pathlib
import re
import shutil
import subprocess
import time

import openpyxl
import pytest

selenium = pytest.importorskip("selenium", reason="python3-selenium is not installed")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.options import Options  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

from serving import Server  # noqa: E402

PERIOD, BEFORE = "2020-Q4", "2020-Q3"
HEAD = ["agency", "dossier", "procedure", "channel", "received_at", "resolved_at", "updated_at"]


def lines(prefix, count, channel, month, agency="01", updated=""):
    """Dossiers of one agency, settled in one month of 2020."""
    return [[agency, f"SAMPLE-{prefix}-{n}", "1.001193", channel, f"2020-{month:02}-{1 + n % 20:02}",
             f"2020-{month:02}-{2 + n % 20:02}", updated] for n in range(count)]


def as_csv(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEAD] + rows)
    return out.getvalue()


@pytest.fixture(scope="module")
def house(module_store, tmp_path_factory):
    """`nq17 run` on a small store of sample data, in which Hanoi missed online filing in the
    fourth quarter; it makes the demonstration accounts."""
    files = tmp_path_factory.mktemp("sample")
    module_store.run("sample", "--type", "all", "--records", "4000", "--to", "2021-03-31",
                     "--output", files)
    for kind in ("service", "fact", "count", "dossier"):
        module_store.run("import", "--type", kind, files / f"{kind}.csv", code=None)
    module_store.run("import", "--type", "dossier", "--format", "csv", "-",
                     input=as_csv(lines("desk", 120, "counter", 11)))
    server = Server(module_store, env={"NQ17_PASSWORD_MEMORY": "1"})
    for _ in range(300):
        if (module_store.data / "demo-accounts.txt").exists():
            break
        time.sleep(0.1)
    server.password = (module_store.data / "demo-accounts.txt").read_text().strip()
    yield server
    server.stop()


class Person:
    """Somebody at a browser, in Vietnamese; files that are downloaded lie in FOLDER."""

    def __init__(self, house, folder):
        if not (shutil.which("chromium") and shutil.which("chromedriver")):
            pytest.skip("chromium and chromium-driver are not installed")
        options = Options()
        options.binary_location = shutil.which("chromium")
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--disable-background-networking", "--window-size=1440,900"):
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
        self.house, self.folder = house, folder
        self.browser = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)

    def sign_in(self, login):
        self.browser.get(self.house.address + "/")
        self.follow("Đăng nhập")
        self.fill(login=login, password=self.house.password)
        self.press(".sign button.main")
        assert self.browser.find_elements(By.CSS_SELECTOR, '.who form[action="/logout"]')

    def leaves(self, act):
        """Does what brings another page, and waits until that is there."""
        old = self.browser.find_element(By.TAG_NAME, "html")
        act()
        WebDriverWait(self.browser, 60).until(lambda b: gone(old))
        WebDriverWait(self.browser, 60).until(
            lambda b: b.execute_script("return document.readyState") == "complete")
        assert "Lỗi của hệ thống" not in self.title

    def follow(self, text, within="body"):
        """A link by its words, in the first part that has it."""
        part = self.browser.find_element(By.CSS_SELECTOR, within)
        link = next(each for each in part.find_elements(By.TAG_NAME, "a") if each.text.strip() == text)
        self.leaves(link.click)

    def press(self, selector):
        self.leaves(self.browser.find_element(By.CSS_SELECTOR, selector).click)

    def fill(self, **fields):
        for name, value in fields.items():
            self.browser.find_element(By.ID, name).send_keys(value)

    def choose(self, **fields):
        for name, value in fields.items():
            Select(self.browser.find_element(By.ID, name)).select_by_value(value)

    def download(self, link):
        """What the file behind LINK holds."""
        before = set(self.folder.iterdir())
        link.click()
        for _ in range(300):
            new = [each for each in set(self.folder.iterdir()) - before
                   if each.suffix not in (".crdownload", ".tmp") and not each.name.startswith(".")]
            if new:
                return new[0]
            time.sleep(0.1)
        raise AssertionError("nothing was downloaded")

    def link(self, text):
        return next(each for each in self.browser.find_elements(By.TAG_NAME, "a") if each.text.strip() == text)

    @property
    def title(self):
        return self.browser.find_element(By.TAG_NAME, "h1").text

    @property
    def text(self):
        return self.browser.find_element(By.TAG_NAME, "main").text


def gone(element):
    """Is the page that had ELEMENT no longer shown?"""
    try:
        element.is_enabled()
        return False
    except selenium.common.exceptions.WebDriverException:
        return True


@pytest.fixture
def person(house, tmp_path):
    made = Person(house, tmp_path)
    yield made
    made.browser.quit()


def figures(house, period, indicator="online-filing"):
    """Agency -> row, of `nq17 kpi`."""
    out = house.store.run("kpi", "--period", period, "--indicator", indicator, "--format", "csv").stdout
    return {row["agency"]: row for row in csv.DictReader(io.StringIO(out))}


def vietnamese(percent):
    return f"{percent:.2f}".replace(".", ",") + "%"


def printed(row):
    """A figure of `nq17 kpi` as pages print it: the fraction says more than the page."""
    return vietnamese(100 * float(row["value"]))


def provinces(house):
    listed = house.ask("/api/v1/agencies").json()["agencies"]
    return {each["code"] for each in listed if each["kind"] == "province"}


def agency_of(link):
    return re.search(r"/agencies/([^/?]+)", link.get_attribute("href"))[1]


# ---- The office ---------------------------------------------------------------------

def test_the_office_finds_who_missed_and_why(house, person):
    person.sign_in("vanphong")
    person.choose(period=PERIOD)
    person.press("form.period button")
    assert "IV" in person.title
    # From the row of the target to the agencies behind it.
    row = next(each for each in person.browser.find_elements(By.CSS_SELECTOR, "table.targets tbody tr")
               if "/indicators/online-filing" in each.get_attribute("innerHTML"))
    person.leaves(row.find_element(By.CSS_SELECTOR, "a.reach").click)
    person.choose(state="missed", compare=BEFORE)
    person.press("form.filters button")
    now, then, places = figures(house, PERIOD), figures(house, BEFORE), provinces(house)
    missed = {code for code, row in now.items() if code in places and row["status"] == "not_met"}
    rows = person.browser.find_elements(By.CSS_SELECTOR, "table.heat tbody tr")
    shown = {agency_of(each.find_element(By.CSS_SELECTOR, "th a")): each for each in rows}
    assert set(shown) == missed and "01" in missed and 1 < len(missed) < 63
    assert f"Đang hiện {len(missed)} cơ quan" in person.text
    for code, each in shown.items():
        assert printed(now[code]) in each.text
        before = [cell.text for cell in each.find_elements(By.CSS_SELECTOR, "td.before")]
        assert before[0] == (printed(then[code]) if then[code]["value"] else "–"), code
        assert before[1] == (then[code]["rank"] or "–"), code

    # The same in Excel: numbers, not texts.
    sheet = openpyxl.load_workbook(person.download(person.link("Excel"))).active
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    head = next(i for i, line in enumerate(cells) if len([v for v in line if v]) > 8)
    table = [line for line in cells[head + 1:] if "online-filing" in line or "Hồ sơ giải quyết trực tuyến" in line]
    assert len(table) == len(missed)
    for line in table:
        code = next(str(value) for value in line if str(value) in missed)
        numbers = [value for value in line if isinstance(value, (int, float)) and not isinstance(value, bool)]
        wanted = [int(now[code]["numerator"]), int(now[code]["denominator"]), int(now[code]["rank"])]
        assert all(number in numbers for number in wanted), (code, line)
        assert any(math.isclose(number, round(float(now[code]["value"]), 4)) for number in numbers), (code, line)

    # Why: the agency, its figure, the procedures behind it; and what it was a quarter before.
    person.leaves(shown["01"].find_element(By.CSS_SELECTOR, "th a").click)
    assert "Hà Nội" in person.title
    lacking = math.ceil(int(now["01"]["denominator"]) / 5) - int(now["01"]["numerator"])
    row = person.browser.find_element(By.CSS_SELECTOR, 'table.targets tr.not_met')
    assert f"{lacking} hồ sơ" in row.text
    person.follow("Hồ sơ giải quyết trực tuyến", "table.targets")
    large = person.browser.find_element(By.CLASS_NAME, "fraction").text
    assert large.split()[:2] == [now["01"]["numerator"], now["01"]["denominator"]]
    assert printed(now["01"]) in large and "Chưa đạt" in large and f"Còn thiếu {lacking}" in large
    behind = person.browser.find_element(By.CSS_SELECTOR, 'section[aria-labelledby="procedures"]')
    assert "1.001193" in behind.find_element(By.CSS_SELECTOR, "tbody tr").text
    cells = [[cell.text for cell in each.find_elements(By.CSS_SELECTOR, "td")]
             for each in behind.find_elements(By.CSS_SELECTOR, "tbody tr")]
    assert sum(int(each[1]) for each in cells) == int(now["01"]["numerator"])
    assert sum(int(each[2]) for each in cells) == int(now["01"]["denominator"])
    person.follow("Quý III/2020", "table.points")
    assert printed(then["01"]) in person.browser.find_element(By.CLASS_NAME, "fraction").text

    # From now on it comes by itself: the ranking, every quarter, in Excel too.
    person.follow("Báo cáo", "nav.pages")
    person.follow("Lịch gửi báo cáo", "ul.tabs")
    person.follow("Lịch gửi mới", "main")
    person.fill(**{"f-name": "nop-truc-tuyen", "f-to": "vp@vpcp.gov.vn"})
    person.choose(**{"f-report": "ranking", "f-indicator": "online-filing", "f-every": "quarter", "f-day": "25"})
    sheet = person.browser.find_element(By.CSS_SELECTOR, 'input[name="formats"][value="xlsx"]')
    if not sheet.is_selected():
        sheet.click()
    person.press('button[name="action"][value="preview"]')
    runs = [each.text for each in person.browser.find_elements(By.CSS_SELECTOR, "#runs li")]
    assert len(runs) == 5
    person.press('button[name="action"][value="save"]')
    assert "nop-truc-tuyen" in person.title
    listed = house.store.run("schedule", "list").stdout
    assert "nop-truc-tuyen" in listed and "ranking" in listed and "xlsx" in listed
    assert [each.text for each in person.browser.find_elements(
        By.CSS_SELECTOR, 'section[aria-labelledby="next"] li')] == runs


# ---- The province -------------------------------------------------------------------

def send(person, name, body):
    """A file through the form, as far as the verdict."""
    path = person.folder / name
    path.write_text(body)
    person.choose(type="dossier")
    person.fill(file=str(path))
    person.press("form.sheet button.main")
    WebDriverWait(person.browser, 60).until(lambda b: b.find_elements(By.CLASS_NAME, "counts"))


def counts(person):
    return [int(each.text.replace(".", "")) for each in
            person.browser.find_elements(By.CSS_SELECTOR, ".counts li b")]


def confirm(person):
    """From the verdict to the receipt of what is recorded."""
    person.press("form.acts button.main")
    WebDriverWait(person.browser, 60).until(lambda b: "/data/batches/" in b.current_url)
    return re.search(r"/batches/(\d+)", person.browser.current_url)[1]


def own_figure(person):
    """(numerator, denominator, lacking) of online filing on the page of one's own agency."""
    person.leaves(person.browser.find_element(By.CSS_SELECTOR, ".who .small a").click)
    if f"period={PERIOD}" not in person.browser.current_url:
        person.choose(period=PERIOD)
        person.press("form.period button")
    row = next(each for each in person.browser.find_elements(By.CSS_SELECTOR, "table.targets tr")
               if "/online-filing" in each.get_attribute("innerHTML"))
    numerator, denominator = re.search(r"(\d+) / (\d+)", row.text).groups()
    lacking = re.search(r"(\d+) hồ sơ", row.text)
    return int(numerator), int(denominator), int(lacking[1]) if lacking else 0


def test_a_province_mends_its_figure(house, person):
    person.sign_in("hanoi-gui")
    numerator, denominator, lacking = own_figure(person)
    row = figures(house, PERIOD)["01"]
    assert (str(numerator), str(denominator)) == (row["numerator"], row["denominator"])
    assert lacking == math.ceil(denominator / 5) - numerator > 0

    # Forty of the dossiers at the desk were online after all; three lines are wrong.
    fixed = lines("desk", 40, "online", 11, updated="2020-12-20")
    wrong = [list(line) for line in lines("desk", 43, "online", 11, updated="2020-12-20")[40:]]
    wrong[0][3], wrong[1][5], wrong[2][0] = "balloon", "2020-13-45", "38"
    person.follow("Dữ liệu", "nav.pages")
    person.follow("Gửi tệp", "ul.tabs")
    send(person, "sửa.csv", as_csv(fixed + wrong))
    assert counts(person) == [43, 0, 40, 0, 0, 3]    # received, new, corrected, same, stale, refused
    assert figures(house, PERIOD)["01"] == row       # a preview counts nothing
    refused = {each.find_element(By.CSS_SELECTOR, "th").text.split()[-1]: each.text for each in
               person.browser.find_elements(By.CSS_SELECTOR, "table.refused tbody tr")}
    assert set(refused) == {"42", "43", "44"}        # the header is line 1
    assert "channel" in refused["42"] and "balloon" in refused["42"]
    assert "resolved_at" in refused["43"] and "2020-13-45" in refused["43"]
    assert "agency" in refused["44"]
    batch = confirm(person)
    assert counts(person) == [43, 0, 40, 0, 0, 3]

    # What was refused is taken home, mended and sent again.
    errors = person.download(person.link("Tải tệp lỗi (.errors.csv)")).read_text("utf-8-sig")
    taken = list(csv.DictReader(io.StringIO(errors)))
    assert [line["nq17_line"] for line in taken] == ["42", "43", "44"]
    assert all(line["nq17_code"] and line["nq17_message"] for line in taken)
    assert own_figure(person) == (numerator + 40, denominator, max(lacking - 40, 0))
    mended = errors.replace("balloon", "online").replace("2020-13-45", "2020-11-03").replace("\n38,", "\n01,")
    person.follow("Dữ liệu", "nav.pages")
    person.follow("Lô đã gửi", "ul.tabs")
    person.leaves(person.browser.find_element(By.CSS_SELECTOR, f'main table a[href*="/data/batches/{batch}"]').click)
    person.follow("Gửi tệp đã sửa", "main")
    send(person, "sửa lần hai.csv", mended)
    assert counts(person) == [3, 0, 3, 0, 0, 0]
    confirm(person)
    assert own_figure(person) == (numerator + 43, denominator, max(lacking - 43, 0))
    now = figures(house, PERIOD)["01"]
    assert (now["numerator"], now["denominator"]) == (str(numerator + 43), row["denominator"])
    person.follow("Dữ liệu", "nav.pages")
    person.follow("Bản ghi bị từ chối", "ul.tabs")
    person.fill(words="SAMPLE-desk")
    person.press("form.filter button")
    assert not person.browser.find_elements(By.CSS_SELECTOR, "table.refused"), person.text
    person.browser.find_element(By.NAME, "state").click()       # those that were settled, too
    person.press("form.filter button")
    assert len(person.browser.find_elements(By.CSS_SELECTOR, "table.refused tbody tr")) == 3


# ---- The auditor --------------------------------------------------------------------

def publish(house):
    return json.loads(house.store.run("publish", "--period", BEFORE, "--by", "Anh",
                                      "--accept", "mẫu", "--second", "Bình").stdout)


def facts(person, section):
    """The pairs of a list of facts."""
    part = person.browser.find_element(By.CSS_SELECTOR, f'section[aria-labelledby="{section}"]')
    return {name.text: value.text for name, value in zip(part.find_elements(By.TAG_NAME, "dt"),
                                                        part.find_elements(By.TAG_NAME, "dd"))}


def test_an_auditor_verifies_what_was_published(house, person):
    first = publish(house)
    was = figures(house, BEFORE)["01"]
    person.sign_in("kiemtoan")
    person.follow("Báo cáo", "nav.pages")
    person.follow("Các bản đã công bố", "main")
    vintage = f'main table a[href^="/vintages/{first["vintage"]}"]'
    person.leaves(person.browser.find_element(By.CSS_SELECTOR, vintage).click)
    assert "đúng như lúc công bố" in person.title
    hashes = facts(person, "hash")
    assert hashes["SHA-256 lúc công bố"] == hashes["SHA-256 vừa tính lại"] == first["sha256"]
    form = person.download(person.link("Tải dạng chuẩn")).read_bytes()
    assert hashlib.sha256(form).hexdigest() == first["sha256"]
    assert len(form.splitlines()) == first["observations"]

    # A report of that vintage; then its figures are published anew.
    person.follow("Xem số liệu như đã công bố", "main")
    person.follow("Báo cáo", "nav.pages")
    button = person.browser.find_element(By.CSS_SELECTOR, 'section[aria-labelledby="report-compliance"] button')
    pdf = person.download(button)
    assert json.loads(house.store.run("verify", pdf, "--format", "json").stdout)["state"] == "current"
    words = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    code = re.search(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", words)[0]
    person.follow("Báo cáo", "nav.pages")
    person.follow("Kiểm tra báo cáo", "main")
    person.fill(code=code.lower())
    person.press("form.find button")
    assert "vẫn còn hiệu lực" in person.title
    assert hashlib.sha256(pdf.read_bytes()).hexdigest() in person.text
    late = json.loads(house.store.run("import", "--type", "dossier", "--format", "csv", "-",
                                      input=as_csv(lines("late", 30, "online", 8))).stdout)["batch"]
    second = publish(house)
    now = figures(house, BEFORE)["01"]
    assert int(now["numerator"]) == int(was["numerator"]) + 30
    person.leaves(person.browser.refresh)
    assert "đã được thay thế" in person.title
    changed = person.browser.find_element(By.CSS_SELECTOR, 'section[aria-labelledby="changes"] table').text
    assert "Hồ sơ giải quyết trực tuyến" in changed

    # The ledger says by what.
    person.follow(str(first["vintage"]), 'section[aria-labelledby="report"]')
    assert f"bản mới nhất là bản số {second['vintage']}" in person.text
    person.follow("Sổ điều chỉnh", "main")
    row = next(each for each in person.browser.find_elements(By.CSS_SELECTOR, "table.ledger tbody tr")
               if each.find_element(By.CSS_SELECTOR, "th").text.split("\n") ==
               ["Thành phố Hà Nội", "Hồ sơ giải quyết trực tuyến"])
    assert f"{was['numerator']} / {was['denominator']}" in row.text and printed(was) in row.text
    assert f"{now['numerator']} / {now['denominator']}" in row.text and printed(now) in row.text
    assert "số liệu đến muộn" in row.text and f"(lô {late})" in row.text
    whole = person.download(person.link("CSV")).read_text("utf-8-sig")
    said = house.store.run("restatements", "--period", BEFORE, "--format", "csv").stdout
    assert list(csv.reader(io.StringIO(whole))) == list(csv.reader(io.StringIO(said)))
    assert ["2020-Q3", "01", "online-filing", was["numerator"], was["denominator"], now["numerator"],
            now["denominator"], "late records", str(late)] in list(csv.reader(io.StringIO(said)))
    # So does the page of the figure.
    person.leaves(row.find_element(By.CSS_SELECTOR, "th a").click)
    history = person.browser.find_element(By.CSS_SELECTOR, "ol.history li.changed").text
    assert printed(now) in history and "số liệu đến muộn" in history and f"(lô {late})" in history

    # And the log says who published.
    person.follow("Quản trị", "header")
    person.follow("Nhật ký", "main")
    person.choose(action="vintage_add")
    person.press("form.filter button")
    entries = person.browser.find_elements(By.CSS_SELECTOR, "table tbody tr")
    assert len(entries) == 2 and all("Anh" in each.text for each in entries)
    assert second["sha256"] in entries[0].text and first["sha256"] in entries[1].text
    assert house.store.run("audit", "--log").returncode == 0
