# routing.py -- every address of the site, read from the table of web/routes.c: a route that is
# added there is walked by the tests without a word from anybody.
import dataclasses
import re
import urllib.parse

from conftest import ROOT

FORMATS = {"HTML": "", "JSON": ".json", "CSV": ".csv", "SVG": ".svg", "PNG": ".png", "TEXT": "", "XLSX": ".xlsx",
           "PDF": ".pdf"}
REPORTS = ("compliance", "ranking", "indicator", "brief", "restatement", "evidence")


@dataclasses.dataclass
class Route:
    pattern: str
    formats: list
    answer: str                # of the function in C, "NULL" for none
    parameters: list           # of the query
    charts: list
    is_api: bool
    is_post: bool
    is_kept: bool              # the same for everybody, until the store changes

    def addresses(self, values, query):
        """All addresses with these VALUES for the parts of the path and the QUERY, an ending each."""
        kept = urllib.parse.urlencode({k: v for k, v in query.items()
                                       if k in self.parameters or not self.is_api and k != "words"})
        for chart in self.charts if ":chart" in self.pattern else [None]:
            path = re.sub(r":(\w+)", lambda name: urllib.parse.quote(
                str(chart if name[1] == "chart" else values[name[1]]), safe=""), self.pattern)
            plain = min(self.formats, key=list(FORMATS).index)
            for form in self.formats:
                ending = "" if form == plain and form != "CSV" and not self.charts_only() else FORMATS[form]
                yield form, path + ending + ("?" + kept if kept else "")

    def charts_only(self):
        return set(self.formats) == {"SVG", "PNG"}


def read_routes():
    source = (ROOT / "web/routes.c").read_text()
    names = {name: set(re.findall(r"FORMAT_(\w+)", value)) | set(re.findall(r"\b(PAGE)\b", value))
             for name, value in re.findall(r"^\t(PAGE|TABLE_PAGE|PICTURE|REPORT) = ([^,]+),", source, re.M)}
    names["TABLE_PAGE"] |= names["PAGE"]
    pages = dict(re.findall(r"static const struct page (\w+) = \{(.*?)\n?\};", source, re.S))
    posting = set(re.findall(r"struct admission (\w+) = \{[^;]*\.post = ", source))
    table = re.search(r"^const struct route routes\[\] = \{\n(.*?)^\};", source, re.M | re.S)[1]
    rows = re.findall(r'\{ "(/[^"]*)",\s*([^,]+),\s*(.*?)\s*\}', table, re.S)
    assert len(rows) == table.count('{ "/') > 60, "the table of routes is written otherwise"
    routes = []
    for pattern, formats, rest in rows:
        forms = set()
        for word in re.findall(r"\w+", formats):
            forms |= names.get(word) or {word.removeprefix("FORMAT_")}
        words = re.findall(r"[\w.&]+", rest)
        page = pages.get(words[1].lstrip("&"), "") if len(words) > 1 else ""
        said = lambda key: (re.search(rf'\.{key} =\s*"([^"]*)"', page) or ["", ""])[1].split()  # noqa: E731
        routes.append(Route(pattern, sorted(forms & set(FORMATS)), words[0], said("parameters") + ["lang"],
                            said("charts"), pattern.startswith("/api/"), words[-1].lstrip("&") in posting,
                            words[3:4] == ["1"]))
        assert routes[-1].formats, (pattern, formats)
    return routes
