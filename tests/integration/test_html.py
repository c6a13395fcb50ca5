# test_html.py -- every page of every route, as each role meets it, in both languages, is sound HTML:
# answers, refusals and forms alike.
import concurrent.futures
import shutil

import pytest

from routing import read_routes
from test_isolation import OTHER, OWN, addresses, house  # noqa: F401: records of every kind
from test_web import complaints

PEOPLE = ("public", "admin", f"leader-{OWN}", f"viewer-{OTHER}")


def people_of(route):
    if route.pattern == "/data/upload/:trial":
        return (f"sender-{OWN}",)                    # whose it is
    return PEOPLE[:2] if route.is_kept else PEOPLE


def asked(house, who, address):  # noqa: F811
    answer = house.people[who].ask(address)
    answer.body = answer.text.encode()
    return answer


def pages_of(house):  # noqa: F811
    """(who, address, answer) of each page that is not the same as one before it."""
    values = house.values[OWN]
    seen = set()
    for query in ({"period": "2020-Q2", "agency": OWN, "indicator": "online-filing", "compare": "2020-Q1",
                   "from": "2020-Q1"},
                  {"period": "2020-Q3", "state": "all", "show": "rank", "group": "central"}, {"period": "2020-Q9"}):
        for route, form, address in addresses(values, query):
            if form != "HTML" or route.answer in ("answer_static", "answer_archive", "answer_canonical"):
                continue
            for language in ("vi", "en"):
                for who in people_of(route):
                    whole = address + ("&" if "?" in address else "?") + f"lang={language}"
                    answer = asked(house, who, whole)
                    assert answer.status < 500, (who, whole, answer.status)
                    if answer.status != 303 and answer.text not in seen:
                        seen.add(answer.text)
                        yield who, route.pattern, whole, answer


@pytest.mark.skipif(not shutil.which("tidy"), reason="there is no tidy")
def test_every_page_is_sound_html(house):  # noqa: F811
    patterns, wrong, count = {}, [], 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = [(page, pool.submit(complaints, page[3])) for page in pages_of(house)]
    for (who, pattern, address, answer), told in found:
        assert answer.getheader("Content-Type") == "text/html; charset=utf-8", address
        assert "{{" not in answer.text, address
        patterns.setdefault(pattern, set()).add(answer.status)
        count += 1
        if told.result():
            wrong.append((who, address, answer.status, told.result()[:3]))
    assert not wrong, "\n".join(map(str, wrong[:20]))
    # The walk comes to what there is: a page that answers nobody with 200 would prove nothing.
    assert count > 400
    pages = {route.pattern for route in read_routes() if "HTML" in route.formats and route.answer not in
             ("answer_static", "answer_archive", "answer_canonical", "NULL") and not route.answer.startswith(".")}
    missed = {pattern for pattern in pages if 200 not in patterns.get(pattern, ())}
    assert missed <= MISSED, missed - MISSED


# No page of theirs in this house: nothing was published, drafted or printed, there is one period, and nobody
# comes from a provider.
MISSED = {"/vintages/:number", "/agencies/:agency/:indicator/move", "/admin/targets/:revision", "/login/sso",
          "/login/sso/back", "/login/sso/out", "/login/code", "/reports/deliveries/:delivery/compare/:other"}
