# boxes.py -- a report as `nq17 report … --output FILE.boxes` tells it: where everything stands.
# Reads it, and says which rules of the layout it breaks.
import re
from collections import namedtuple

Box = namedtuple("Box", "kind x y w h text line")
MM = 72 / 25.4
LINE = re.compile(r"(\S+) +(-?[\d.]+) +(-?[\d.]+) +(-?[\d.]+) +(-?[\d.]+) (.*)")
SLACK = 0.6         # points: what rounding may add


class Page:
    def __init__(self, number, width, height):
        self.number, self.width, self.height = number, float(width), float(height)
        self.left, self.right = 30 * MM, self.width - 15 * MM
        self.top, self.bottom = 20 * MM, self.height - 20 * MM
        self.items = []        # Box, or a string: "Table", "/Table", "Figure …"

    def texts(self):
        return [b for b in self.items if isinstance(b, Box) and not b.text.startswith("[")]

    def body(self):
        """What is no running head and no foot."""
        return [b for b in self.items if isinstance(b, Box) and not self.is_running(b)]

    def is_running(self, box):
        return box.kind == "-" and (box.y + box.h < self.top or box.y > self.bottom)


def read(text):
    pages = []
    for number, line in enumerate(text.splitlines(), 1):
        found = LINE.match(line)
        if line.startswith("page "):
            _, page, width, height = line.split()
            pages.append(Page(int(page), width, height))
        elif found:
            kind, *place, words = found.groups()
            pages[-1].items.append(Box(kind, *map(float, place), words, number))
        else:
            pages[-1].items.append(line)
    return pages


def overlap(a, b):
    """By how many points two texts lie on one another: letters have air above and below."""
    across = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    down = min(a.y + a.h * 0.93, b.y + b.h * 0.93) - max(a.y + a.h * 0.1, b.y + b.h * 0.1)
    return min(across, down)


def faults_of_page(page):
    faults, texts = [], page.texts()
    for box in page.items:
        if not isinstance(box, Box):
            continue
        room = 0.01 if page.is_running(box) else SLACK
        low, high = (0, page.height) if page.is_running(box) else (page.top, page.bottom)
        side = 2 if box.kind == "/F" else SLACK      # half of a dot on the edge of a scale
        if box.x < page.left - side or box.x + box.w > page.right + side:
            faults.append(f"outside of the margins: {box}")
        if box.y < low - room or box.y + box.h > high + SLACK:
            faults.append(f"above or below: {box}")
    for i, a in enumerate(texts):
        faults += [f"on one another: {a} and {b}" for b in texts[i + 1:] if overlap(a, b) > SLACK]
    body = [b for b in page.body() if not b.text.startswith("[")]
    if body and body[-1].kind in ("H2", "H3"):
        faults.append(f"a heading alone at the end: {body[-1]}")
    figures = sum(isinstance(i, str) and i.startswith("Figure") for i in page.items)
    if figures > sum(isinstance(i, Box) and i.kind == "/F" for i in page.items):
        faults.append("a figure goes on to the next page")
    return faults


def rows_of(boxes):
    """Cells in lines: how many rows of a table there are."""
    return len({b.line for b in boxes})


def faults(text):
    """The rules that the report breaks, as sentences."""
    found, head, is_open, expected = [], [], False, 0
    pages = read(text)
    for at, page in enumerate(pages):
        begins = any(b.kind == "H2" and re.match(r"PHỤ LỤC|ANNEX", b.text) for b in page.texts())
        expected = 1 if begins else expected + 1        # an annex is numbered for itself
        found += [f"page {at + 1}: {fault}" for fault in faults_of_page(page)]
        numbers = [b.text for b in page.texts() if page.is_running(b) and re.fullmatch(r"\d+", b.text)]
        if numbers != ([str(expected)] if expected > 1 else []):
            found.append(f"page {at + 1}: is numbered {numbers}, not {expected}")
        if is_open:    # the table goes on: its head again, before its first cell
            repeated = [b.text for b in page.body() if b.kind == "-" and not b.text.startswith("[")]
            if repeated[:len(head)] != head:
                found.append(f"page {at + 1}: no head {head} but {repeated[:len(head)]}")
        for item in page.items:
            if item == "Table":
                head, is_open = [], True
            elif item == "/Table":
                is_open = False
            elif isinstance(item, Box) and item.kind == "TH":
                head.append(item.text)
    return found + faults_of_last_page(pages)


def faults_of_last_page(pages):
    """The signature stands below words: never alone, nor below two rows of a long table."""
    ends = [p for p in pages if any(b.kind == "P" and re.match(r"(Nơi nhận|Recipients):", b.text) for b in p.texts())]
    if len(ends) != 1:
        return [f"the recipients stand on {len(ends)} pages"]
    before = []
    for box in ends[0].body():
        if re.match(r"(Nơi nhận|Recipients):", box.text):
            break
        before.append(box)
    return [] if [b for b in before if not b.text.startswith("[")] else ["the signature stands alone"]


def tails(text):
    """How many rows each table that is parted has on its last page."""
    counts, lines, is_open, pages = [], set(), False, 0
    for page in read(text):
        if is_open:
            lines, pages = set(), pages + 1
        for item in page.items:
            if item == "Table":
                is_open, lines, pages = True, set(), 1
            elif item == "/Table":
                is_open = False
                if pages > 1:
                    counts.append(len(lines))
            elif is_open and isinstance(item, Box) and item.text == "[line]":
                lines.add(item.y)
    return counts
