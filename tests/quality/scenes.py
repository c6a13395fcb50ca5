# scenes.py -- what somebody does on a page of pages.txt before it is looked at (scene=NAME).
import os
import pathlib
import tempfile

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from stage import FAULTY


def password():
    return pathlib.Path(os.environ["ACCOUNTS"]).read_text().strip()


def field(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def press(browser, selector):
    """Presses what brings another page, and waits for that."""
    old = field(browser, "html")
    browser.execute_script("arguments[0].click()", field(browser, selector))
    WebDriverWait(browser, 60).until(lambda b: field(b, "html").id != old.id)
    WebDriverWait(browser, 60).until(lambda b: b.execute_script("return document.readyState") == "complete")


def send_file(browser, name, text):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / name
        file.write_text(text)
        field(browser, "#file").send_keys(str(file))
        press(browser, "main form button.main")


def verdict(browser):
    """What a file would do that has lines that are wrong."""
    send_file(browser, "ho-so-quy-4.csv", FAULTY)
    WebDriverWait(browser, 60).until(lambda b: b.find_elements(By.CSS_SELECTOR, "ul.counts"))


def verdict_refused(browser):
    """The same of one that is refused whole."""
    send_file(browser, "bang-tinh.csv", "a;b;c\n1;2;3\n")
    WebDriverWait(browser, 60).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".fault"))


def no_file(browser):
    """A file of a kind that is not taken."""
    browser.execute_script("document.querySelector('#file').removeAttribute('accept')")
    send_file(browser, "bao-cao.docx", "x")


def too_large(browser):
    send_file(browser, "rat-lon.csv", FAULTY + "x" * (51 << 20))


def enrol(browser):
    """The second step, begun: the picture for the telephone."""
    if not browser.find_elements(By.CSS_SELECTOR, ".qr"):
        field(browser, "#begin").send_keys(password())
        press(browser, "section[aria-labelledby=code] form button")


def wrong_code(browser):
    enrol(browser)
    field(browser, "#confirm").send_keys("000000")
    press(browser, "section[aria-labelledby=code] form button")


def sign_in(browser, login, secret):
    field(browser, "#login").send_keys(login)
    field(browser, "#password").send_keys(secret)
    press(browser, "main form button.main")


def wrong_password(browser):
    sign_in(browser, "khong-co-ai", "khong-phai-mat-khau")


def second_step(browser):
    """The password was right; the code of the telephone is asked for."""
    sign_in(browser, "hai-buoc", password())


def stale(browser):
    """A form that is not of this session."""
    browser.execute_script("for (const each of document.querySelectorAll('main [name=csrf]')) each.value = '0'.repeat(64)")
    press(browser, "main form[method=post] button")


def secret(browser):
    """A new password, shown this once."""
    Select(field(browser, "#do-nhan-vien")).select_by_value("password")
    press(browser, ".people form:has(#do-nhan-vien) button")


def preview_schedule(browser, to):
    field(browser, "#f-name").send_keys("thu-nghiem")
    field(browser, "#f-to").send_keys(to)
    press(browser, "button[value=preview]")


def drawn(browser):
    """The five runs of a schedule before it is saved."""
    preview_schedule(browser, "vanthu@vpcp.gov.vn")


def undrawn(browser):
    """A schedule to where nothing is sent."""
    preview_schedule(browser, "ai-do@example.com")


def opened(browser):
    """With everything unfolded."""
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")


def play(name, browser):
    globals()[name.replace("-", "_")](browser)
