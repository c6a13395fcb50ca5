# browse.py -- the pages of pages.txt in a headless Chromium, for those that look at them.
import os
import pathlib
import shutil
import sys
import urllib.error
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

import scenes

LANGUAGES, SCHEMES, WIDTHS = ("vi", "en"), ("light", "dark"), (390, 820, 1440)


def pages():
    """(name, address, flags) of each line of pages.txt."""
    listed = os.environ.get("PAGES") or pathlib.Path(__file__).with_name("pages.txt")
    for line in pathlib.Path(listed).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, address, *flags = line.split()
            yield name, address, flags


def is_there(url):
    try:
        urllib.request.urlopen(url, timeout=60).close()
    except urllib.error.HTTPError as refused:
        return refused.code != 404
    return True


def sign_in(browser, base, login):
    """As one of the demonstration accounts, whose password is the file ACCOUNTS."""
    browser.delete_all_cookies()
    if not login:
        return
    browser.get(base + "/login")
    browser.find_element(By.ID, "login").send_keys(login)
    browser.find_element(By.ID, "password").send_keys(
        pathlib.Path(os.environ["ACCOUNTS"]).read_text().strip())
    browser.find_element(By.CSS_SELECTOR, "main form button[type=submit]").click()
    # A slow answer comes after the click has returned.
    WebDriverWait(browser, 30).until(lambda b: "/login" not in b.current_url,
                                     f"{login} cannot sign in")


def flag_of(flags, name):
    return next((flag[len(name) + 1:] for flag in flags if flag.startswith(name + "=")), None)


def visits(browser, base, only):
    """(name, address, scene) of the pages to look at, all or those named; whoever may see one is
    signed in meanwhile."""
    who = None
    for name, address, flags in pages():
        login = flag_of(flags, "as")
        if only and name not in only:
            continue
        if (login or flag_of(flags, "scene")) and not os.environ.get("ACCOUNTS"):
            print(f"{name}: not looked at, for want of ACCOUNTS", file=sys.stderr)
            continue
        if "missing" not in flags and not is_there(base + address):
            raise SystemExit(f"{name}: there is no {address}")
        if login != who:
            sign_in(browser, base, login)
            who = login
        yield name, address, flag_of(flags, "scene")


def in_language(address, language):
    return address + ("&" if "?" in address else "?") + f"lang={language}"


def open_browser():
    options = Options()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--hide-scrollbars", "--disable-background-networking"):
        options.add_argument(flag)
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


def set_view(browser, width, scheme, height=900, zoom=1):
    """ZOOM times as large in the same window: what is left is WIDTH / ZOOM."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width // zoom, "height": height // zoom, "deviceScaleFactor": zoom,
        "mobile": False})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})


def show(browser, base, address, language, scene):
    """The page, and what SCENE does there."""
    if scene:
        set_view(browser, 1440, "light")
    browser.get(base + in_language(address, language))
    if scene:
        scenes.play(scene, browser)
