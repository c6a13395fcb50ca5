"""Writes charts.json beside this file: a model of each kind of chart, from the invented
figures of report_nation.json and the places of sql/functions/tile.sql."""
import json
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parent
NATION = json.load(open(HERE / "report_nation.json"))
FRAME = {"period_name": {"vi": "năm 2020", "en": "2020"}, "as_of": NATION["as_of"], "sample": True, "agency": None}
KEPT = ("period", "agency", "agency_name_vi", "agency_name_en", "indicator", "indicator_name_vi", "indicator_name_en",
        "number", "numerator", "denominator", "value", "percent", "target", "target_percent", "direction", "status",
        "rank", "tied", "unranked_reason", "maturity", "clause_vi", "clause_en", "low", "high", "tie_group")


def slim(row, **more):
    return {k: row[k] for k in KEPT if row.get(k) is not None} | more


GROUPS = {g["group"]: [slim(r, group=g["group"]) for r in g["rows"]] for g in NATION["ranking"]}
ALL = GROUPS["central"] + GROUPS["province"]
VN = next(slim(t) for t in NATION["targets"] if t["number"] == "02")


def frame(**more):
    return FRAME | more


def points(values, target="20", **more):
    """Quarters from 2019-Q1; None is no data, a negative value provisional."""
    made = []
    for i, value in enumerate(values):
        percent = None if value is None else f"{abs(value):.2f}"
        status = "no_data" if value is None else "met" if target and abs(value) >= float(target) else "not_met"
        made.append({k: VN[k] for k in ("agency", "agency_name_vi", "agency_name_en", "indicator", "indicator_name_vi",
                                        "indicator_name_en", "direction", "clause_vi", "clause_en")} | {
            "period": f"{2019 + i // 4}-Q{i % 4 + 1}", "percent": percent, "value": percent and f"{abs(value) / 100:.6f}",
            "target_percent": target if target and i >= 4 else None, "target": "0.200000" if target and i >= 4 else None,
            "status": status, "maturity": "provisional" if value is not None and value < 0 else "final"})
    return made


def tiles(layout):
    text = (HERE.parents[1] / "sql/functions/tile.sql").read_text()
    rows = {r["agency"]: r for r in GROUPS["province"]}
    made = []
    for _, label, short, line, place in [m for m in re.findall(
            r"\('(\d\d)', '([^']+)', '(\w+)', (\d+), (\d+)\)", text) if m[0] == layout]:
        row = rows.get(label) or (rows.get(label.split("@")[0]) if layout == "34" else None)
        if row and not any((t["line"], t["place"]) == (int(line), int(place)) for t in made):
            made.append({"agency": label, "agency_name_vi": row["agency_name_vi"], "agency_name_en": row["agency_name_en"],
                         "short": short, "line": int(line), "place": int(place),
                         "figure": {k: row[k] for k in ("indicator", "agency", "numerator", "denominator", "value",
                                                        "percent", "status", "rank", "tied") if k in row}})
    return made


def central():
    return [{"agency": r["agency"], "agency_name_vi": r["agency_name_vi"], "agency_name_en": r["agency_name_en"],
             "short": r["agency"], "figure": r} for r in GROUPS["central"]]


def heat():
    random.seed(5)
    columns = [t for t in NATION["targets"] if t["percent"]][:6]
    rows = []
    for r in GROUPS["province"]:
        cells = []
        for c in columns:
            value = random.choice([None] + [random.uniform(0, 100)] * 9)
            target = float(c["target_percent"])
            cells.append({"indicator": c["indicator"], "percent": value and f"{value:.2f}",
                          "status": "no_data" if value is None else "met" if value >= target else "not_met"})
        cells[random.randrange(6)] = None if random.random() < .1 else cells[0]
        rows.append({"agency": r["agency"], "agency_name_vi": r["agency_name_vi"], "agency_name_en": r["agency_name_en"],
                     "rank": r.get("rank"), "cells": cells})
    return {"columns": [{k: c[k] for k in ("indicator", "number", "indicator_name_vi", "indicator_name_en")}
                        for c in columns], "rows": rows}


def bins():
    counts = [0] * 10
    for r in ALL:
        if "percent" in r:
            counts[min(9, int(float(r["percent"]) // 10))] += 1
    return [{"from": i * 10, "to": i * 10 + 10, "agencies": n} for i, n in enumerate(counts)]


PARTS = [("late_records", 0), ("restatement", 1), ("own_volume", -2), ("own_rate", -9), ("others", 4), ("who_is_ranked", 0)]
TASKS = [
    ("T01", "Ban hành kế hoạch triển khai Nghị quyết", "Issue the plan that carries out the Resolution",
     "2019-03-31", "2019-03-28", "on_time"),
    ("T02", "Khai trương Trục liên thông văn bản quốc gia", "Open the national document axis",
     "2019-03-31", "2019-03-12", "on_time"),
    ("T03", "Trình Nghị định về định danh và xác thực điện tử cho cá nhân, tổ chức trong giao dịch hành chính",
     "Submit the decree on electronic identification and authentication of persons and organisations",
     "2019-09-30", "2020-05-20", "late"),
    ("T04", "Khai trương Cổng Dịch vụ công quốc gia", "Open the National Public Service Portal",
     "2019-11-30", "2019-12-09", "late"),
    ("T05", "Trình Nghị định bảo vệ dữ liệu cá nhân", "Submit the decree on the protection of personal data",
     "2020-06-30", None, "overdue"),
    ("T06", "Báo cáo hằng năm tình hình thực hiện", "Report each year on the state of the work",
     "2021-12-15", None, "not_due"),
    ("T07", "Bảo đảm kinh phí", "Provide the means", None, None, "qualitative"),
]

models = {
    "trend": frame(points=points([4.2, 6.1, None, None, 12.75, 17.02, 19.98, 23.4, 25.15, -26.9]),
                   forecast={"period": "2021-Q4", "percent": "33.10", "low": "27.40", "high": "38.80", "level": "80%"}),
    "ranking": frame(rows=GROUPS["province"], group="province", focus="02"),
    "ranking_central": frame(kind="ranking", rows=GROUPS["central"], group="central"),
    "targets": frame(targets=[slim(t, counts=t.get("counts")) for t in NATION["targets"]]),
    "strip": frame(rows=ALL, nation=VN, focus="48", narrow=340),
    "strip_mini": frame(kind="strip", bins=bins(), target_percent="20", width=96),
    "tiles": frame(tiles=tiles("63"), central=central(), focus="48", width=420, target=VN,
                   indicator_name_vi=VN["indicator_name_vi"], indicator_name_en=VN["indicator_name_en"]),
    "tiles_34": frame(kind="tiles", tiles=tiles("34"), width=420, show="rank",
                      indicator_name_vi=VN["indicator_name_vi"], indicator_name_en=VN["indicator_name_en"]),
    "tiles_scale": frame(kind="tiles", tiles=tiles("63"), width=420, show="scale",
                         indicator_name_vi=VN["indicator_name_vi"], indicator_name_en=VN["indicator_name_en"]),
    "bullet": frame(agency={"code": "02", "name_vi": "Tỉnh Hà Giang", "name_en": "Ha Giang Province"}, rows=[
        slim(t, q1="12.40", median="31.00", q3="55.75", before_percent="18.20")
        for t in NATION["targets"] if t["number"] in ("02", "04", "05", "07", "12")]),
    "bullet_mini": frame(kind="bullet", mini=True, width=120, rows=[slim(VN, q1="12.40", median="31.00", q3="55.75")]),
    "waterfall": frame(measure="rank", agency={"code": "48", "name_vi": "Thành phố Đà Nẵng", "name_en": "Da Nang City"},
                       rank_before=24, rank_after=18, **{"from": "2020-Q3"}, period="2020-Q4",
                       steps=[{"cause": c, "places": p} for c, p in PARTS]),
    "waterfall_count": frame(kind="waterfall", measure="count",
                             title_vi="Hồ sơ trực tuyến: số đã công bố và số điều chỉnh",
                             title_en="Online dossiers: as published and as restated",
                             start={"name_vi": "Đã công bố", "name_en": "Published", "value": "8412"},
                             parts=[{"name_vi": "Hồ sơ đến muộn", "name_en": "Late records", "value": "640"},
                                    {"name_vi": "Hồ sơ sửa lại", "name_en": "Corrections", "value": "-215"},
                                    {"name_vi": "Hồ sơ rút lại", "name_en": "Withdrawn", "value": None}],
                             end={"name_vi": "Điều chỉnh", "name_en": "Restated", "value": "8790"}),
    "heat": frame(**heat()),
    "spark": frame(points=points([4.2, 6.1, None, None, 12.75, 17.02, 19.98, 23.4, 25.15, -26.9]), target_percent="20"),
    "timeline": frame(day="2020-12-14", counts={"all": 7, "on_time": 2, "late": 2, "overdue": 1, "not_due": 1,
                                                "qualitative": 1},
                      items=[{"task": t, "name_vi": vi, "name_en": en, "due": due, "done_on": done, "status": status}
                             for t, vi, en, due, done, status in TASKS]),
}
with open(HERE / "charts.json", "w") as file:
    file.write("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(model, ensure_ascii=False)}"
                                   for name, model in models.items()) + "\n}\n")
