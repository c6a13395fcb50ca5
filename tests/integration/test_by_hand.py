# test_by_hand.py -- figures of random records worked out in Python by the words of the
# definitions, not by the program's SQL: agencies before and after mergers, services and facts
# that overlap, totals of several spans, both calendars.
import csv
import datetime
import io
import json
import random
from fractions import Fraction

import pytest

from conftest import copy_of

DAY = datetime.timedelta(1)
END = datetime.date.max
COUNTED = ("ministry", "ministerial_agency", "province")
ONLINE = ("3", "4", "partial", "full")
PERIODS = ("2020", "2025", "2025-H1", "2025-Q1", "2025-Q3", "2025-07", "2026-Q1", "2022-W33", "2025-06-30",
           "ND09-2025", "ND09-2025-H2")
SENDERS = ("44 45 44@2025 48 49 48@2025 G05 G12 G12@2025 G06 G14 G06@2025 01 04 38 G01 G02 X-VAST").split()


def date(text):
    return datetime.date.fromisoformat(text[:10])


def span(code):
    """First day, and the day after the last."""
    nd09 = code.startswith("ND09-")
    year, _, rest = code.removeprefix("ND09-").partition("-")
    year = int(year)
    if rest.startswith("W"):
        first = datetime.date.fromisocalendar(year, int(rest[1:]), 1)
        return first, first + 7 * DAY
    if len(rest) == 5:
        return date(code), date(code) + DAY
    months = {"": 12, "H": 6, "Q": 3}.get(rest[:1], 1)
    at = (int(rest.lstrip("HQ") or 1) - 1) * months
    ends = [datetime.date(year + m // 12, m % 12 + 1, 1) for m in (at, at + months)]
    return [(e - DAY).replace(day=15) for e in ends] if nd09 else ends


class World:
    """A register, and what was sent."""

    def __init__(self, store, chance):
        self.chance = chance
        with store.connect() as db:
            self.agencies = {label: (kind, first, last or END, heir) for label, kind, first, last, heir in db.execute(
                "SELECT a.label, a.kind::text, a.valid_from, a.valid_to, s.label FROM agency a"
                " LEFT JOIN agency s ON s.agency_id = a.successor_id")}
        self.dossiers = [d for a in SENDERS for d in self.some_dossiers(a)]
        self.services = [s for a in SENDERS for s in self.some_services(a)]
        self.facts = [f for a in SENDERS for f in self.some_facts(a)]
        self.counts = [c for a in SENDERS for c in self.some_counts(a)]

    def heir(self, agency, day):
        while self.agencies[agency][2] < day and self.agencies[agency][3]:
            agency = self.agencies[agency][3]
        return agency

    def in_force(self, agency, day):
        return self.agencies[agency][1] <= day <= self.agencies[agency][2]

    def some_day(self, agency, first="2019-06-01", last="2026-06-30"):
        first, last = max(date(first), self.agencies[agency][1]), min(date(last), self.agencies[agency][2])
        return first + self.chance.randrange((last - first).days + 1) * DAY

    def maybe(self, share, record, **fields):
        for name, value in fields.items():
            if self.chance.random() < share:
                record[name] = value
        return record

    def some_dossiers(self, agency):
        for n in range(self.chance.choice([0, 10, 30, 50])):
            received = self.some_day(agency, "2020-01-01", "2026-05-30")
            ended = received + self.chance.choice([1, 5, 40]) * DAY
            status = self.chance.choice(["resolved"] * 5 + ["received", "withdrawn", "void"])
            record = {"agency": agency, "dossier": f"{agency}-{n}", "status": status,
                      "procedure": f"1.00000{self.chance.randint(1, 5)}",
                      "channel": self.chance.choice(["online", "online", "counter", "post"]),
                      "received_at": f"{received}T08:00:00+07:00"}
            if status == "resolved":
                record["resolved_at"] = f"{ended}T{self.chance.choice(['00:00:00', '23:59:59.999999'])}+07:00"
            yield self.maybe(0.6, record, one_stop=self.chance.random() < 0.7,
                             due_at=str(ended + self.chance.choice([-1, 0]) * DAY),
                             satisfaction=self.chance.randint(1, 5),
                             filed_by=self.chance.choice(["self", "assisted", "staff"]))

    def some_services(self, agency):
        for procedure in range(1, 6):
            for day in {self.some_day(agency) for _ in range(self.chance.randint(0, 3))}:
                record = {"agency": agency, "procedure": f"1.00000{procedure}", "name_vi": "x",
                          "level": self.chance.choice("1 2 3 4 partial full".split()), "valid_from": str(day)}
                self.maybe(0.4, record, valid_to=str(day + self.chance.choice([0, 10, 200, 900]) * DAY))
                self.maybe(0.7, record, npsp_integrated=self.chance.random() < 0.6,
                           help_channel=self.chance.random() < 0.6, form_fields=9)
                yield self.maybe(0.7 if "form_fields" in record else 0, record,
                                 form_fields_prefilled=self.chance.randint(0, 9))

    def some_facts(self, agency):
        for fact, item in (("mobile-portal", ""), ("information-disclosure", "a"), ("information-disclosure", "b"),
                           ("satisfaction-disclosure", "")):
            for day in {self.some_day(agency) for _ in range(self.chance.randint(0, 3))}:
                record = {"agency": agency, "fact": fact, "value": self.chance.random() < 0.7, "valid_from": str(day)}
                yield self.maybe(0.3, record | ({"item": item} if item else {}),
                                 valid_to=str(day + self.chance.choice([0, 30, 400]) * DAY))

    def some_counts(self, agency):
        """Of 2025, in spans that begin and end with the agency."""
        style = self.chance.choice([["01", "02", "03", "Q2", "H2"], ["01", "02", "03", "04", "05", "06", "Q3", "Q4"],
                                    ["Q2", "H2", "03", "H1"], ["Q1", "Q2", "H2"]])
        for part in style:
            first, stop = span(f"2025-{part}")
            if self.agencies[agency][1] <= first and stop - DAY <= self.agencies[agency][2] and self.chance.random() < 0.9:
                whole = self.chance.randint(1, 50)
                for measure, value in (("documents_exchanged", whole),
                                       ("documents_exchanged_electronic", self.chance.randint(0, whole))):
                    yield {"agency": agency, "measure": measure, "period": f"2025-{part}", "value": value}


# ---- the definitions -----------------------------------------------------------------

def whole(d):
    return True


# Of settled dossiers: which are counted, which of them count, of which it was told.
OF_DOSSIERS = {
    "online-filing": (whole, lambda d: d["channel"] == "online", whole),
    "one-stop": (whole, lambda d: d.get("one_stop"), lambda d: "one_stop" in d),
    "on-time": (lambda d: "due_at" in d, lambda d: date(d["resolved_at"]) <= date(d["due_at"]), whole),
    "satisfaction": (lambda d: "satisfaction" in d, lambda d: d["satisfaction"] >= 4, whole),
    "assisted-filing": (lambda d: d["channel"] == "online" and "filed_by" in d, lambda d: d["filed_by"] != "self", whole),
}
OF_SERVICES = {
    "level4-services": (whole, lambda s: s["level"] in ("4", "full"), whole),
    "help-channel": (whole, lambda s: s.get("help_channel"), lambda s: "help_channel" in s),
    "npsp-integration": (lambda s: s["level"] in ONLINE, lambda s: s.get("npsp_integrated"),
                         lambda s: "npsp_integrated" in s),
}
OF_FACTS = ("mobile-portal", "information-disclosure", "satisfaction-disclosure")
FLOWS = (*OF_DOSSIERS, "level4-filing", "electronic-documents")
INDICATORS = (*FLOWS, *OF_SERVICES, "form-autofill", *OF_FACTS)


def last_day(row, rows, key):
    later = [date(r["valid_from"]) for r in rows if key(r) == key(row) and r["valid_from"] > row["valid_from"]]
    return date(row["valid_to"]) if "valid_to" in row else min(later) - DAY if later else END


def standing(rows, key, day):
    """Of rows that hold on a day, the one that began last."""
    best = {}
    for row in sorted(rows, key=lambda r: r["valid_from"]):
        if date(row["valid_from"]) <= day <= last_day(row, rows, key):
            best[key(row)] = row
    return best


def summed(units, counts, counted, told):
    units = [u for u in units if counts(u)]
    return sum(bool(counted(u)) for u in units), len(units), sum(bool(told(u)) for u in units)


class Figures:
    """Of a world in a period."""

    def __init__(self, world, period):
        self.world = world
        self.first, self.stop = span(period)
        self.day = self.stop - DAY

    def settled(self, d):
        return d["status"] == "resolved" and self.first <= date(d["resolved_at"]) < self.stop

    def services(self, agency, day):
        return standing([s for s in self.world.services if s["agency"] == agency], lambda s: s["procedure"], day)

    def on_records(self, agency):
        days = [date(d["received_at"]) for d in self.world.dossiers if d["agency"] == agency and d["status"] != "void"]
        days += [date(d["resolved_at"]) for d in self.world.dossiers
                 if d["status"] == "resolved" and self.world.heir(d["agency"], date(d["resolved_at"])) == agency]
        return any(day < self.stop for day in days)

    def at_level4(self, d):
        day = date(d["received_at"])
        found = self.services(self.world.heir(d["agency"], day), day).get(d["procedure"])
        return d["channel"] == "online" and found is not None and found["level"] in ("4", "full")

    def of_dossiers(self, agency, slug):
        if not self.on_records(agency):
            return None
        own = [d for d in self.world.dossiers
               if self.settled(d) and self.world.heir(d["agency"], date(d["resolved_at"])) == agency]
        if slug != "level4-filing":
            return summed(own, *OF_DOSSIERS[slug])
        told = any(s["agency"] == agency for s in self.world.services)
        return summed(own, whole, self.at_level4, lambda d: told or d["channel"] != "online")

    def of_services(self, agency, slug):
        if not any(s["agency"] == agency and date(s["valid_from"]) <= self.day for s in self.world.services):
            return None
        found = list(self.services(agency, self.day).values())
        if slug in OF_SERVICES:
            return summed(found, *OF_SERVICES[slug])
        online = [s for s in found if s["level"] in ONLINE]
        forms = [s for s in online if "form_fields" in s]
        if online and not forms:
            return None
        return (sum(s.get("form_fields_prefilled", 0) for s in forms), sum(s["form_fields"] for s in forms),
                sum(s["form_fields"] for s in forms if "form_fields_prefilled" in s))

    def of_facts(self, agency, fact):
        own = [f for f in self.world.facts if (f["agency"], f["fact"]) == (agency, fact)]
        if fact == "satisfaction-disclosure":
            if self.of_services(agency, "level4-services") and not self.services(agency, self.day):
                return 0, 0, 0
            # an act within the period, of those it follows as well
            acts = [f["value"] for f in self.world.facts if f["fact"] == fact
                    and self.world.heir(f["agency"], self.day) == agency
                    and self.first <= date(f["valid_from"]) < self.stop]
            return (int(any(acts)), 1, 1) if acts else None
        held = [f["value"] for f in standing(own, lambda f: f.get("item", ""), self.day).values()]
        return (int(all(held)), 1, 1) if held else None

    def tiled(self, agency, measure, first, stop):
        """The sum of the counts that tile these days: at each the longest from whose end on others do."""
        if first == stop:
            return 0
        spans = [(span(c["period"]), c["value"]) for c in self.world.counts
                 if (c["agency"], c["measure"]) == (agency, measure)]
        for (begin, end), value in sorted(spans, key=lambda s: s[0][1], reverse=True):
            if begin == first and end <= stop:
                rest = self.tiled(agency, measure, end, stop)
                if rest is not None:
                    return value + rest
        return None

    def told(self, agency, measure):
        """Of an agency's own days of the period: the sum, None, or that nothing was told of them at all."""
        _, begins, ends, _ = self.world.agencies[agency]
        first, stop = max(self.first, begins), self.stop if ends >= self.day else ends + DAY
        inside = [c for c in self.world.counts if (c["agency"], c["measure"]) == (agency, measure)
                  and first <= span(c["period"])[0] and span(c["period"])[1] <= stop]
        return self.tiled(agency, measure, first, stop) if inside else "silent"

    def of_totals(self, agency, members):
        parts = {m: self.told(m, "documents_exchanged") for m in members}
        spoke = [m for m in members if parts[m] != "silent"]
        began = self.world.agencies[agency][1] > self.first
        if not spoke or None in parts.values() or (began and parts[agency] == "silent"):
            return None
        numerators = [self.told(m, "documents_exchanged_electronic") for m in spoke]
        return (sum(n for n in numerators if isinstance(n, int)), sum(parts[m] for m in spoke),
                sum(parts[m] for m, n in zip(spoke, numerators) if isinstance(n, int)))

    def agency(self, agency, slug):
        """(numerator, denominator, told of) or None."""
        here = self.world.in_force(agency, self.day)
        members = [m for m in self.world.agencies if m == agency or here and self.world.heir(m, self.day) == agency]
        if slug == "electronic-documents":
            # who ended before the period is no part of it
            return self.of_totals(agency, [m for m in members if self.world.agencies[m][2] >= self.first
                                           and self.world.agencies[m][1] < self.stop])
        if slug in FLOWS:
            found = [f for f in (self.of_dossiers(m, slug) for m in members) if f]
            return tuple(map(sum, zip(*found))) if found else None
        if not here:
            return None
        return self.of_facts(agency, slug) if slug in OF_FACTS else self.of_services(agency, slug)

    def population(self, slug):
        kinds = COUNTED[:2] if slug in ("npsp-integration", "mobile-portal") and self.first.year > 2025 else COUNTED
        return [a for a, (kind, *_) in self.world.agencies.items() if kind in kinds and self.world.in_force(a, self.day)]

    def nation(self, slug, figures):
        population = self.population(slug)
        found = [figures[a] for a in population if figures[a]]
        numerator = sum(f[0] for f in found)
        if slug not in OF_FACTS:
            return (numerator, sum(f[1] for f in found)) if found else None
        # a share of agencies: those whom it does not concern are left out
        spoke = [f for f in found if f[1] == 0 or f[0] or f[2]]
        return (numerator, len(population) - sum(f[1] == 0 for f in found)) if spoke else None


def printed(figure, target):
    """Six decimals, half up, and never up to a target that is missed."""
    value = Fraction(figure[0], figure[1])
    units = int(value * 10**6 + Fraction(1, 2))
    if target is not None and value < target <= Fraction(units, 10**6):
        units = int(value * 10**6)
    return f"{units // 10**6}.{units % 10**6:06d}"


def expected(figure, target):
    """What kpi prints of an agency: numbers, value and verdict."""
    if figure is None:
        return "", "", "", "no_data"
    n, d, told = figure
    if d == 0:
        return str(n), "0", "", "not_applicable"
    status = "no_target" if target is None else "met" if Fraction(n, d) >= target else (
        "undetermined" if Fraction(n + d - told, d) >= target else "not_met")
    return str(n), str(d), "" if n == told == 0 else printed(figure, target), status


def wrong_lines(store, world, period):
    figures = Figures(world, period)
    out = store.run("kpi", "--period", period, "--unverified", "--format", "csv").stdout
    rows = {(r["agency"], r["indicator"]): r for r in csv.DictReader(io.StringIO(out))}
    for slug in INDICATORS:
        found = {a: figures.agency(a, slug) for (a, i) in rows if i == slug and a != "VN"}
        for agency, figure in found.items():
            row = rows[agency, slug]
            ought = expected(figure, Fraction(row["target"]) if row["target"] else None)
            if ought != (row["numerator"], row["denominator"], row["value"], row["status"]):
                yield period, slug, agency, ought, row
        for agency in figures.population(slug):
            if agency not in found:
                yield period, slug, agency, "no line"
        nation, row = figures.nation(slug, found), rows["VN", slug]
        if tuple(map(str, nation or ("", ""))) != (row["numerator"], row["denominator"]):
            yield period, slug, "VN", nation, row


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_are_those_of_the_definitions(template, seed):
    """And the nation's numbers are the sums of its agencies'."""
    store = copy_of(template)
    try:
        store.run("db", "start")
        world = World(store, random.Random(seed))
        for kind in ("service", "fact", "count", "dossier"):
            lines = "".join(json.dumps(r) + "\n" for r in getattr(world, kind + "s"))
            answer = json.loads(store.run("import", "--type", kind, "--format", "ndjson", "-", input=lines).stdout)
            assert answer["rejected"] == 0, answer["errors"][:3]
        for period in PERIODS:
            assert list(wrong_lines(store, world, period))[:5] == [], f"seed {seed}"
    finally:
        store.destroy()
