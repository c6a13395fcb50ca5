# test_pages.py -- the pages in a real browser: headless Chromium, driven by Selenium.
import io
import json
import re
import shutil
import urllib.request

import openpyxl
import pytest

selenium = pytest.importorskip("selenium", reason="python3-selenium is not installed")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.options import Options  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

PAGES = ["/", "/rankings", "/rankings?group=central&indicator=overall", "/agencies", "/agencies/01",
         "/agencies/VN", "/agencies/G03/one-stop", "/agencies/VN/online-filing", "/indicators",
         "/indicators/online-filing", "/indicators/mobile-portal?group=central", "/indicators/un-rank", "/method",
         "/map?show=rank", "/resolution", "/agencies/01/online-filing/move", "/vintages", "/restatements", "/vintages", "/restatements",
         "/rankings?compare=2020-Q3&peers=cities&columns=all",
         "/procedures", "/procedures/1.001193?period=2020", "/search?q=ha", "/milestones",
         "/nothing-here"]
WORDS = {"vi": ["Đạt", "Chưa đạt"], "en": ["Met", "Not met"]}
PERIOD = "2020-Q4"


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def base(module_store, tmp_path_factory):
    """The address of a server on a small store of sample data."""
    files = tmp_path_factory.mktemp("sample")
    module_store.run("sample", "--type", "all", "--records", "3000", "--to", "2021-03-31",
                     "--output", files)
    for kind in ("service", "fact", "count", "dossier"):
        module_store.run("import", "--type", kind, files / f"{kind}.csv", code=None)
    port = free_port()
    web = module_store.popen("web", f"--listen=127.0.0.1:{port}")
    line = web.stdout.readline()
    assert str(port) in line, web.stderr.read()
    yield f"http://127.0.0.1:{port}"
    web.terminate()
    assert web.wait(timeout=60) == 0
    web.stdout.close()
    web.stderr.close()


def open_browser(**preferences):
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("chromium and chromium-driver are not installed")
    options = Options()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--hide-scrollbars", "--disable-background-networking"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if preferences:
        options.add_experimental_option("prefs", preferences)
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


@pytest.fixture(scope="module")
def browser():
    made = open_browser()
    yield made
    made.quit()


def show(browser, base, path, width=1440, scheme="light", **query):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
    asked = "&".join(f"{k}={v}" for k, v in query.items())
    browser.get(base + path + ("&" if "?" in path else "?") + asked)


def complaints(browser):
    """Console messages, but for the 404 that the test of the error page asks for."""
    return [entry["message"] for entry in browser.get_log("browser")
            if "nothing-here" not in entry["message"]]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole_at_every_width(browser, base, path, language):
    # 320: 1280 pixels at 400%.
    for width in (320, 390, 820, 1440):
        show(browser, base, path, width=width, period=PERIOD, lang=language)
        assert complaints(browser) == []
        wide, room = browser.execute_script(
            "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= room, f"{path} is {wide} pixels wide in {room}"
        assert browser.execute_script("return document.documentElement.lang") == language
        assert len(browser.find_elements(By.TAG_NAME, "h1")) == 1
        assert browser.find_element(By.TAG_NAME, "main").is_displayed()
        text = browser.find_element(By.TAG_NAME, "body").text
        assert not re.search(r"undefined|null|NaN|\{\{", text), path
        if path != "/nothing-here":
            assert ("DỮ LIỆU MẪU" if language == "vi" else "SAMPLE DATA") in text


OUT_OF_REACH = """
    const missed = new Set();
    for (const e of document.querySelectorAll('a, button, select, summary, input:not([type=hidden])')) {
      if (e.closest('svg, .skip, .hidden') || !e.checkVisibility()) continue;
      // A link among the words of a sentence is as high as they are.
      const beside = [...e.parentElement.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
      if (getComputedStyle(e).display === 'inline' && beside.length > 3) continue;
      e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
      const box = e.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
      // The words of a box to tick are as good as the box.
      for (const dy of [-20, 20]) {
        const hit = document.elementFromPoint(x, y + dy)?.closest('a, button, select, summary, input, label');
        if (hit !== e && (!hit || hit.control !== e))
          missed.add(`${e.parentElement.tagName}.${e.parentElement.className} ${e.textContent.trim().slice(0, 40)} ${dy}`);
      }
    }
    return [...missed];"""


@pytest.mark.parametrize("path", PAGES + ["/login", "/verify", "/reports", "/data", "/data/days"])
def test_a_finger_finds_every_link(browser, base, path):
    """44 px high at 390, the links within a sentence apart."""
    show(browser, base, path, width=390, period=PERIOD)
    assert browser.execute_script(OUT_OF_REACH) == []


@pytest.mark.parametrize("path", PAGES)
def test_no_cell_is_empty_and_no_words_stand_in_a_pile(browser, base, path):
    """What is not known is said; a caption is as wide as its table, a choice shows what is chosen."""
    for width in (390, 1440):
        show(browser, base, path, width=width, period=PERIOD)
        assert browser.execute_script("""
            const wrong = [];
            for (const cell of document.querySelectorAll('td:not(.tie)'))
              if (!cell.textContent.trim() && !cell.querySelector('svg, input, button'))
                wrong.push('empty: ' + cell.parentElement.textContent.trim().slice(0, 40));
            for (const caption of document.querySelectorAll('caption:not(.hidden)')) {
              if (caption.offsetParent && caption.offsetWidth < caption.parentElement.offsetWidth / 2)
                wrong.push('a pile: ' + caption.textContent);
            }
            for (const choice of document.querySelectorAll('main select'))
              if (choice.getClientRects().length === 0) wrong.push('hidden: ' + choice.name);
            return wrong;""") == []


def test_the_names_stay_while_a_ranking_is_scrolled_sideways(browser, base):
    """The page itself never scrolls; of a wide table the name and its head stay in view."""
    for width in (390, 1440):
        show(browser, base, "/rankings?compare=2020-Q3&columns=all", width=width, period=PERIOD)
        stay = browser.execute_script("""
            const box = document.querySelector('.wide'), edge = () => box.getBoundingClientRect().left;
            box.scrollLeft = 9999;
            return [box.scrollLeft, ...['thead th.name', 'tbody th[scope=row]'].map(
              each => document.querySelector(each).getBoundingClientRect().left - edge())];""")
        assert stay[0] > 0 and abs(stay[1]) < 2 and abs(stay[2]) < 2, (width, stay)


def test_two_periods_stand_beside_one_another(browser, base):
    show(browser, base, "/rankings?compare=2020-Q3", width=1440, period=PERIOD)
    wide, room = browser.execute_script(
        "const box = document.querySelector('.wide'); return [box.scrollWidth, box.clientWidth]")
    assert wide <= room


@pytest.mark.parametrize("path", PAGES)
def test_page_speaks_to_a_screen_reader(browser, base, path):
    show(browser, base, path, period=PERIOD)
    wrong = browser.execute_script("""
        const wrong = [];
        for (const table of document.querySelectorAll('table')) {
          if (!table.caption) wrong.push('a table without caption');
          for (const th of table.querySelectorAll('th'))
            if (!th.hasAttribute('scope')) wrong.push('th without scope: ' + th.textContent);
          if (!table.querySelector('tbody th[scope=row], td[colspan]')) wrong.push('rows without head');
        }
        for (const field of document.querySelectorAll('select, input:not([type=hidden])'))
          if (!field.labels.length) wrong.push('a field without label: ' + field.name);
        for (const link of document.querySelectorAll('a, button'))
          if (!link.textContent.trim()) wrong.push('an empty link: ' + link.outerHTML);
        for (const svg of document.querySelectorAll('svg'))
          if (svg.getAttribute('aria-hidden') !== 'true' &&
              !(['img', 'graphics-document'].includes(svg.getAttribute('role')) &&
                    (svg.querySelector('title') || svg.getAttribute('aria-label'))))
            wrong.push('a picture without words');
        for (const svg of document.querySelectorAll('figure svg'))
          if (!svg.closest('main').querySelector('table')) wrong.push('a chart without its table');
        const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
        for (const id of ids) if (ids.filter(other => other === id).length > 1) wrong.push('twice: ' + id);
        let level = 0;
        for (const h of document.querySelectorAll('h1, h2, h3')) {
          const next = Number(h.tagName[1]);
          if (next > level + 1) wrong.push('a heading skipped before ' + h.textContent);
          level = next;
        }
        return wrong;""")
    assert wrong == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_status_is_a_word_beside_its_shape(browser, base, language):
    show(browser, base, "/", period=PERIOD, lang=language)
    shown = [(e.text, e.get_attribute("class").split()[1],
              browser.execute_script("return getComputedStyle(arguments[0], '::before').content", e))
             for e in browser.find_elements(By.CSS_SELECTOR, "table.targets .status")]
    assert len(shown) >= 10
    words = {}
    for text, status, shape in shown:
        assert text.strip() and len(shape) > 2
        words.setdefault(status, set()).add((text, shape))
    for status, forms in words.items():
        assert len(forms) == 1, forms
    assert {text for forms in words.values() for text, _ in forms} & set(WORDS[language])
    # Two statuses never share a shape: colour alone must not tell them apart.
    shapes = [next(iter(forms))[1] for forms in words.values()]
    assert len(shapes) == len(set(shapes))


CONTRAST = """
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgb = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
    const light = c => { const [r, g, b] = c.map(v => v / 255).map(
      v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126*r + .7152*g + .0722*b; };
    const behind = e => { for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; }
      return rgb('white'); };
    const poor = new Set();
    for (const e of document.querySelectorAll('body *')) {
      if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
      if (e.closest('svg, option, .hidden, .skip')) continue;
      const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e));
      const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
      if (ratio < 4.5) poor.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
    }
    return [...poor];"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/rankings", "/agencies/01", "/agencies/01/online-filing",
                                  "/method"])
def test_text_stands_out(browser, base, path, scheme):
    show(browser, base, path, scheme=scheme, period=PERIOD)
    assert browser.execute_script(CONTRAST) == []
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 26)")


def test_paper_is_white_for_whoever_reads_in_the_dark(browser, base):
    show(browser, base, "/agencies/01", scheme="dark", period=PERIOD)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    colour = "return getComputedStyle(document.documentElement).getPropertyValue('%s').trim()"
    printed = [browser.execute_script(colour % name) for name in ("--wash", "--rule", "--link", "--step-1")]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert printed == ["#f5f6f8", "#d7dbe0", "#14507f", "#e4eff8"]


def test_focus_is_seen(browser, base):
    """What the keyboard stands on has a ring, in both themes, also where the page is enlarged."""
    for scheme, width in (("light", 1440), ("dark", 1440), ("light", 320)):
        show(browser, base, "/rankings", width=width, scheme=scheme, period=PERIOD)
        for _ in range(24):
            browser.switch_to.active_element.send_keys(Keys.TAB)
            ring = browser.execute_script("""
                const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
                return [s.outlineStyle, parseFloat(s.outlineWidth), box.bottom > 0 && box.top < innerHeight,
                        e.outerHTML.slice(0, 80)];""")
            assert ring[0] == "solid" and ring[1] >= 2 and ring[2], (scheme, width, ring)


def test_the_keyboard_reaches_everything(browser, base):
    show(browser, base, "/", period=PERIOD)
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.get_attribute("class") == "skip"
    assert skip.location["x"] >= 0
    skip.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"
    browser.switch_to.active_element.send_keys(Keys.TAB)
    focused = browser.switch_to.active_element
    assert focused.find_elements(By.XPATH, "ancestor::main")
    assert browser.execute_script(
        "return getComputedStyle(arguments[0]).outlineStyle", focused) == "solid"


def arrive(browser, *parts):
    """Waits until the address has PARTS: a slow page comes after the click has returned."""
    WebDriverWait(browser, 60).until(
        lambda b: all(part in b.current_url for part in parts)
        and b.find_elements(By.CSS_SELECTOR, "body > footer, footer"))


def test_from_the_country_to_one_figure_without_javascript(base):
    """Overview, rankings, ministries, one agency, one figure: links and forms alone."""
    browser = open_browser(**{"profile.managed_default_content_settings.javascript": 2})
    try:
        browser.get(base + "/?lang=en")
        browser.find_element(By.CSS_SELECTOR, f'#period option[value="{PERIOD}"]').click()
        browser.find_element(By.CSS_SELECTOR, "form.period button").click()
        arrive(browser, f"period={PERIOD}", "lang=en")
        assert "quarter 4 of 2020" in browser.find_element(By.TAG_NAME, "h1").text
        browser.find_element(By.LINK_TEXT, "Rankings").click()
        arrive(browser, "/rankings")
        browser.find_element(By.LINK_TEXT, "Ministries and ministerial agencies").click()
        arrive(browser, f"period={PERIOD}", "group=central")
        rows = browser.find_elements(By.CSS_SELECTOR, "table.heat tbody tr")
        assert len(rows) >= 22
        rows[0].find_element(By.CSS_SELECTOR, "th a").click()
        arrive(browser, "/agencies/")
        agency = re.search(r"/agencies/([^/?]+)", browser.current_url).group(1)
        browser.find_element(By.LINK_TEXT, "Dossiers settled online").click()
        arrive(browser, f"/agencies/{agency}/online-filing")
        large = browser.find_element(By.CLASS_NAME, "fraction").text.replace(",", "").split()
        with urllib.request.urlopen(f"{base}/api/v1/observations?period={PERIOD}&agency={agency}"
                                    "&indicator=online-filing", timeout=60) as answer:
            [figure] = json.load(answer)["observations"]
        assert large[:2] == [str(figure["numerator"]), str(figure["denominator"])]
        assert figure["percent"] + "%" in large
        browser.find_element(By.LINK_TEXT, "Tiếng Việt").click()
        arrive(browser, "lang=vi")
        assert figure["percent"].replace(".", ",") + "%" in \
            browser.find_element(By.CLASS_NAME, "fraction").text
        assert f"period={PERIOD}" in browser.current_url
    finally:
        browser.quit()


@pytest.fixture
def signed_in(module_store, browser, base):
    """Somebody of the office, whose name is as long as names are."""
    password = module_store.run("user", "add", "vanphong", "--role", "office", "--generate",
                                "--name", "Nguyễn Thị Thanh Hương, Văn phòng Chính phủ",
                                env={"NQ17_PASSWORD_MEMORY": "1"}).stdout.strip()
    browser.get(base + "/login")
    browser.find_element(By.ID, "login").send_keys("vanphong")
    browser.find_element(By.ID, "password").send_keys(password)
    browser.find_element(By.CSS_SELECTOR, "main form button[type=submit]").click()
    WebDriverWait(browser, 30).until(lambda b: "/login" not in b.current_url)
    yield
    browser.delete_all_cookies()


def too_tall(browser, base):
    return [(language, scheme, indicator, height)
            for language in ("vi", "en") for scheme in ("light", "dark")
            for indicator in ("online-filing", "business-registry")
            if (height := overview_height(browser, base, language, scheme, indicator)) > 900]


def overview_height(browser, base, language, scheme, indicator):
    show(browser, base, "/", scheme=scheme, period=PERIOD, lang=language, indicator=indicator)
    return browser.execute_script("return document.documentElement.scrollHeight")


def test_the_overview_is_one_screen(browser, base):
    """All of it, on 1440 x 900."""
    assert too_tall(browser, base) == []


def test_the_overview_is_one_screen_for_whoever_signed_in(browser, base, signed_in):
    assert too_tall(browser, base) == []
    assert browser.find_elements(By.CSS_SELECTOR, '.who form[action^="/logout"]')


def test_the_overview_is_light(browser, base):
    """The page with its style sheet weighs less than 60 KiB over the wire."""
    show(browser, base, "/", period=PERIOD)
    requests = browser.execute_script(
        "return performance.getEntriesByType('resource').map(r => r.name)")
    assert all(name.startswith(base) for name in requests)
    weight = 0
    for path in (f"/?period={PERIOD}", "/static/style.css", "/static/icon.svg"):
        request = urllib.request.Request(base + path, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            weight += len(answer.read())
    assert weight < 60 * 1024


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_table_of_samples_says_so(base, language):
    for ending in ("csv", "xlsx"):
        with urllib.request.urlopen(f"{base}/rankings.{ending}?period={PERIOD}&lang={language}",
                                    timeout=60) as answer:
            assert f'filename="nq17-rankings-{PERIOD}-SAMPLE.{ending}"' in \
                answer.headers["Content-Disposition"]
            body = answer.read()
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet["A2"].value.startswith("DỮ LIỆU MẪU" if language == "vi" else "SAMPLE DATA")


def test_an_unchanged_store_does_not_compute_a_page_again(base):
    def counted(result):
        text = urllib.request.urlopen(base + "/metrics", timeout=60).read().decode()
        return int(re.search(rf'nq17_page_cache_total{{result="{result}"}} (\d+)', text)[1])
    url = f"{base}/rankings?period={PERIOD}&indicator=overall"
    urllib.request.urlopen(url, timeout=60).read()
    missed, found = counted("missed"), counted("found")
    for _ in range(5):
        urllib.request.urlopen(url, timeout=60).read()
    assert (counted("missed"), counted("found")) == (missed, found + 5)


def test_the_wall_display_outlives_its_server(base):
    """Slides turn; while nothing answers the last good ones go on, with a note; then it is gone.
    Time runs 200 times as fast."""
    browser = open_browser()
    try:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source":
            "const slow = setTimeout; setTimeout = (f, ms, ...rest) => slow(f, ms / 200, ...rest);"})
        browser.get(f"{base}/briefing?period={PERIOD}&lang=en")
        turn = lambda: browser.execute_script("return new URL(document.querySelector('main').dataset.next, location).searchParams.get('slide')")
        away = lambda: not browser.execute_script("return document.getElementById('away').hidden")
        seen = set()
        WebDriverWait(browser, 20).until(lambda b: seen.add(turn()) or seen == set("1234"))
        WebDriverWait(browser, 20, 0.02).until(lambda b: turn() == "3")
        assert not away()
        network = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", network)
        WebDriverWait(browser, 20).until(lambda b: away())
        seen.clear()
        WebDriverWait(browser, 20, 0.02).until(lambda b: seen.add(turn()) or seen == set("1234"))
        note = browser.execute_script("return document.getElementById('away').textContent")
        assert re.search(r"last figures received are shown, since \d\d:\d\d", note)
        assert browser.execute_script("return document.querySelectorAll('main').length") == 1
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", network | {"offline": False})
        WebDriverWait(browser, 20).until(lambda b: not away())
        assert re.fullmatch(r"\d\d:\d\d", browser.execute_script("return document.getElementById('clock').textContent"))
        # A page that is no slide, as the one of sign-in once a session is over, does not take its place.
        browser.execute_script("document.querySelector('main').dataset.next = '/login'")
        WebDriverWait(browser, 20).until(lambda b: away())
        assert browser.execute_script("return document.querySelector('main [name=password]')") is None
        assert browser.execute_script("return document.querySelector('main').dataset.next") == '/login'
    finally:
        browser.quit()


def test_arrow_keys_walk_the_marks_of_a_chart(browser, base):
    show(browser, base, "/agencies/VN/online-filing", period=PERIOD, lang="en")
    marks = browser.find_elements(By.CSS_SELECTOR, ".chart.roomy [role=graphics-symbol]")
    tip = browser.find_element(By.CLASS_NAME, "tip")
    names = [mark.find_element(By.TAG_NAME, "title").get_attribute("textContent") for mark in marks]
    assert len(marks) > 2 and not tip.is_displayed()
    assert [mark.get_attribute("tabindex") for mark in marks] == ["0"] + ["-1"] * (len(marks) - 1)
    browser.execute_script("arguments[0].focus()", marks[0])
    for i in (0, 1):
        assert browser.switch_to.active_element == marks[i]
        assert tip.is_displayed() and tip.text == names[i] == marks[i].get_attribute("aria-label")
        marks[i].send_keys(Keys.ARROW_RIGHT)
    marks[2].send_keys(Keys.ESCAPE)
    assert not tip.is_displayed() and marks[2].get_attribute("aria-label") is None
    assert marks[2].find_element(By.TAG_NAME, "title").get_attribute("textContent") == names[2]
    # A telephone has the other of the two drawings.
    show(browser, base, "/agencies/VN/online-filing", width=390, period=PERIOD, lang="en")
    assert not browser.find_element(By.CSS_SELECTOR, ".chart.roomy").is_displayed()
    assert browser.find_element(By.CSS_SELECTOR, ".chart.narrow").is_displayed()
