# browse.py -- the pages of pages.txt in a headless Chromium, for those that look at them.
import pathlib
import shutil

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

LANGUAGES, SCHEMES, WIDTHS = ("vi", "en"), ("light", "dark"), (390, 820, 1440)


def pages():
    """(name, address, flags) of each line of pages.txt."""
    for line in pathlib.Path(__file__).with_name("pages.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, address, *flags = line.split()
            yield name, address, flags


def in_language(address, language):
    return address + ("&" if "?" in address else "?") + f"lang={language}"


def open_browser():
    options = Options()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--hide-scrollbars", "--disable-background-networking"):
        options.add_argument(flag)
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


def show(browser, url, width, scheme, height=900, zoom=1):
    """ZOOM times as large in the same window: what is left is WIDTH / ZOOM."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width // zoom, "height": height // zoom, "deviceScaleFactor": zoom,
        "mobile": False})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get(url)
