"""Writes the models that the drawing tests use: report_nation.json,
report_agency.json and report_empty.json beside this file.

    make_report_models.py AGENCIES_CSV     (code,kind,name_vi,name_en,region,valid_from,valid_to,...)

The names are facts, the figures are invented and marked as sample."""
import csv
import json
import math
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).parent
AS_OF = "2021-01-15T10:00:00+07:00"

# number, slug, vi, en, clause, direction, target percent, scope, share reached
INDICATORS = [
    ("01", "verified-identity", "Người dân, doanh nghiệp được xác thực định danh điện tử",
     "People and enterprises with a verified electronic identity", "1a", ">=", 20, "nation", 0.2134),
    ("02", "online-filing", "Hồ sơ giải quyết trực tuyến", "Dossiers settled online", "1b", ">=", 20, "each", None),
    ("03", "npsp-integration", "Dịch vụ công mức độ 3, 4 tích hợp với Cổng Dịch vụ công quốc gia",
     "Level 3 and 4 services integrated with the National Public Service Portal", "1c", ">=", 30, "nation", 0.3391),
    ("04", "one-stop", "Hồ sơ qua Hệ thống thông tin một cửa điện tử", "Dossiers through the electronic one-stop system",
     "1d", "=", 100, "each", 0.99995),
    ("05", "level4-services", "Dịch vụ công trực tuyến mức độ 4", "Services at level 4", "1đ", ">=", 30, "each", 0.3087),
    ("06", "mobile-portal", "Cổng dịch vụ công có giao diện cho thiết bị di động", "Portals with a mobile interface",
     "1e", ">=", 50, "share", 0.7176),
    ("07", "help-channel", "Dịch vụ công được hỗ trợ giải đáp thắc mắc", "Services with a help channel", "1g", "=", 100,
     "each", 0.8712),
    ("08", "satisfaction-disclosure", "Cơ quan công khai mức độ hài lòng", "Agencies that publish satisfaction", "1h",
     ">=", 50, "share", 0.4588),
    ("09", "information-disclosure", "Cổng thông tin điện tử công khai đầy đủ thông tin",
     "Web portals that publish all mandatory information", "1i", "=", 100, "share", 0.6588),
    ("10", "mobile-signature", "Dịch vụ công trực tuyến dùng chữ ký số trên thiết bị di động",
     "Online services with mobile digital signature", "1k", ">=", 20, "undetermined", 0.12),
    ("11", "electronic-dossier", "Dịch vụ công trực tuyến xử lý bằng hồ sơ điện tử",
     "Online services processed with electronic dossiers", "1l", ">=", 50, "nation", 0.5011),
    ("12", "form-autofill", "Thông tin người dân tự động nhập vào biểu mẫu điện tử",
     "Citizen information filled into forms automatically", "1m", ">=", 20, "none", None),
    ("13", "business-registry", "Dịch vụ công dùng dữ liệu đăng ký doanh nghiệp",
     "Services that use the business register", "1n", ">=", 50, "nation", 0.3725),
    ("14", "document-axis", "Phần mềm quản lý văn bản kết nối Trục liên thông văn bản quốc gia",
     "Document systems connected to the national document axis", "1o", "=", 100, "share", 1.0),
    ("15", "electronic-documents", "Văn bản trao đổi dưới dạng điện tử", "Documents exchanged electronically", "1p",
     ">=", 90, "nation", 0.9142),
]
NO_DATA = {"G13", "26", "68", "89"}
NOT_APPLICABLE = {"G21"}
SMALL = {"G09": (2, 2), "G16": (1, 9), "11": (8, 22), "14": (40, 240), "12": (0, 17)}


def percent(numerator, denominator, target=None):
    """Half up on integers; a miss is never printed as the target."""
    hundredths = (numerator * 20000 + denominator) // (2 * denominator)
    if target and numerator * 100 < target * denominator and hundredths >= target * 100:
        hundredths = target * 100 - 1
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def observation(indicator, period, agency, numerator, denominator, scope_has_target=True):
    number, slug, vi, en, clause, direction, target, _, _ = indicator
    has = denominator is not None
    reached = has and denominator and numerator * 100 >= target * denominator
    status = ("no_data" if not has else "not_applicable" if denominator == 0 else
              "no_target" if not scope_has_target else "met" if reached else "not_met")
    gap = None
    if has and denominator and scope_has_target:
        gap = max(0, -(-(target * denominator) // 100) - numerator)
    shown = scope_has_target
    return {
        "period": period, "agency": agency[0], "agency_name_vi": agency[1], "agency_name_en": agency[2],
        "indicator": slug, "indicator_name_vi": vi, "indicator_name_en": en, "number": number,
        "numerator": numerator if has else None, "denominator": denominator if has else None,
        "value": f"{numerator / denominator:.6f}" if has and denominator else None,
        "percent": percent(numerator, denominator, target if shown else None) if has and denominator else None,
        "target": f"{target / 100:.6f}" if shown else None, "target_percent": str(target) if shown else None,
        "target_numerator": target if shown else None, "target_denominator": 100 if shown else None,
        "direction": direction if shown else None, "status": status, "rank": None, "tied": False,
        "unranked_reason": None, "coverage": "1.000000", "coverage_percent": "100.00", "maturity": "provisional",
        "clause_vi": f"điểm {clause[1:]} khoản {clause[0]} Mục I", "clause_en": f"Section I.{clause[0]}.{clause[1:]}",
        "gap": gap, "recast": False}


def nation_row(indicator, ranking):
    number, slug, vi, en, clause, direction, target, scope, share = indicator
    vn = ("VN", "Việt Nam", "Viet Nam")
    random.seed(number)
    if slug == "online-filing":
        rows = [row for group in ranking for row in group["rows"]]
        row = observation(indicator, "2020", vn, sum(r["numerator"] or 0 for r in rows),
                          sum(r["denominator"] or 0 for r in rows))
        row["counts"] = {code: sum(r["status"] == code for r in rows) for code in
                         ("met", "not_met", "undetermined", "no_data", "not_applicable")}
        row["status"] = "not_met"
        row["coverage_percent"] = percent(81, 85)
        return row
    if scope == "none":
        row = observation(indicator, "2020", vn, None, None)
        row["coverage_percent"] = "0.00"
        return row
    denominator = 85 if scope == "share" else random.randrange(10_000, 12_000_000)
    if slug == "one-stop":
        denominator = 100_000
    row = observation(indicator, "2020", vn, round(share * denominator), denominator)
    if scope == "each":
        met = random.randrange(30, 70)
        row["counts"] = {"met": met, "not_met": 81 - met, "undetermined": 0, "no_data": 4, "not_applicable": 0}
        row["status"] = "not_met"
    if scope == "undetermined":
        row["status"] = "undetermined"
        row["coverage_percent"] = "61.18"
    return row


def un_rank():
    return {"period": "2020", "agency": "VN", "agency_name_vi": "Việt Nam", "agency_name_en": "Viet Nam",
            "indicator": "un-rank", "indicator_name_vi": "Xếp hạng Chính phủ điện tử của Liên hợp quốc",
            "indicator_name_en": "United Nations e-government rank", "number": "G1", "numerator": 86,
            "denominator": 1, "value": "86", "percent": None, "target": "78.000000", "target_percent": None,
            "target_numerator": 78, "target_denominator": 1, "direction": "<=", "status": "not_met", "rank": None,
            "tied": False, "unranked_reason": None, "coverage": "1.000000", "coverage_percent": "100.00",
            "maturity": "final", "clause_vi": "khoản 1 Mục I", "clause_en": "Section I.1", "gap": 8, "recast": False}


def rank_rows(rows):
    rows.sort(key=lambda r: (r["percent"] is None, -float(r["percent"] or 0), r["agency"]))
    for place, row in enumerate(rows, 1):
        if row["percent"] is None:
            row["unranked_reason"] = row["status"]
            continue
        same = [i for i, r in enumerate(rows, 1) if r["percent"] == row["percent"]]
        row["rank"], row["tied"] = same[0], len(same) > 1
    return rows


def interval(numerator, denominator):
    """Wilson's 95% interval, in percent."""
    z, share = 1.959964, numerator / denominator
    middle = (share + z * z / (2 * denominator)) / (1 + z * z / denominator)
    half = z / (1 + z * z / denominator) * math.sqrt(
        share * (1 - share) / denominator + z * z / (4 * denominator ** 2))
    return f"{100 * max(0, middle - half):.2f}", f"{100 * min(1, middle + half):.2f}"


def mark_ties(rows):
    """A new group where a row's interval lies wholly below its neighbour's."""
    group, before = 1, None
    for row in rows:
        row.update({"low": None, "high": None, "tie_group": None})
        if row["rank"] is None:
            continue
        row["low"], row["high"] = interval(row["numerator"], row["denominator"])
        group += before is not None and float(before["low"]) > float(row["high"])
        row["tie_group"], before = group, row
    return rows


def make_ranking(agencies, indicator):
    random.seed(17)
    groups = {"central": [], "province": []}
    for code, kind, vi, en in agencies:
        agency = (code, vi, en)
        if code in NO_DATA:
            row = observation(indicator, "2020", agency, None, None)
            row["coverage_percent"] = "0.00"
        elif code in NOT_APPLICABLE:
            row = observation(indicator, "2020", agency, 0, 0)
        else:
            total = random.randrange(800, 400_000)
            row = observation(indicator, "2020", agency, int(total * min(0.97, random.betavariate(2, 6))), total)
        if code in SMALL:  # few units: the value is uncertain
            row.update(observation(indicator, "2020", agency, *SMALL[code]))
        if code in ("10", "24"):  # the same figure: a shared rank
            row.update({k: v for k, v in observation(indicator, "2020", agency, 4580, 10000).items()})
        groups["province" if kind == "province" else "central"].append(row)
    return [{"group": group, "indicator": indicator[1], "rows": mark_ties(rank_rows(rows))} for group, rows in groups.items()]


def make_overall(ranking):
    """Targets met, then mean attainment, then a shared rank; one agency has nothing to judge by."""
    random.seed(23)
    groups = []
    for group in ranking:
        rows = []
        for row in sorted(group["rows"], key=lambda r: r["agency"]):
            judged = 0 if row["agency"] in ("G13", "26") else random.choice((3, 4, 4))
            met = 2 if row["agency"] == "77" else random.randint(0, judged)
            rest = sum(random.randrange(20, 100, 20) for _ in range(judged - met))
            rows.append({"agency": row["agency"], "agency_name_vi": row["agency_name_vi"],
                         "agency_name_en": row["agency_name_en"], "met": met, "judged": judged,
                         "attainment_percent": percent(100 * met + rest, 100 * judged) if judged else None})
        order = lambda r: (r["judged"] == 0, -r["met"], -float(r["attainment_percent"] or 0))
        rows.sort(key=lambda r: (order(r), r["agency"]))
        for row in rows:
            same = [i for i, r in enumerate(rows, 1) if order(r) == order(row)]
            row.update({"rank": same[0] if row["judged"] else None, "tied": bool(row["judged"]) and len(same) > 1})
        groups.append({"group": group["group"], "rows": rows})
    return groups


def make_trend(indicator, agency, shares):
    points = []
    periods = [f"{year}-Q{quarter}" for year in (2019, 2020) for quarter in (1, 2, 3, 4)]
    for period, share in zip(periods, shares):
        row = observation(indicator, period, agency, None if share is None else round(share * 40000),
                          None if share is None else 40000)
        row["maturity"] = "provisional" if period > "2020-Q2" else "final"
        points.append(row)
    return [{"indicator": indicator[1], "points": points}]


def model(**more):
    return {"report": "compliance", "lang": "vi", "period": "2020",
            "period_name": {"vi": "năm 2020", "en": "2020"}, "first_day": "2020-01-01", "last_day": "2020-12-31",
            "as_of": AS_OF, "sample": True, "verification": "7K3D-QM9X", "maturity": "provisional", "agency": None,
            "population": 85, **more}


def write(name, content):
    (HERE / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        agencies = [(r["code"], r["kind"], r["name_vi"], r["name_en"]) for r in csv.DictReader(file)
                    if r["kind"] in ("ministry", "ministerial_agency", "province")
                    and r["valid_from"] <= "2020-12-31" and (r["valid_to"] or "9999") >= "2020-12-31"]
    assert len(agencies) == 85
    online = INDICATORS[1]
    ranking = make_ranking(agencies, online)
    vn = ("VN", "Việt Nam", "Viet Nam")
    write("report_nation.json", model(
        targets=[un_rank()] + [nation_row(i, ranking) for i in INDICATORS], ranking=ranking,
        overall=make_overall(ranking),
        trend=make_trend(online, vn, [0.081, 0.094, None, 0.121, 0.139, 0.158, 0.187, 0.226]), procedures=[]))

    code, kind, vi, en = next(a for a in agencies if a[0] == "77")
    own = next(r for g in ranking for r in g["rows"] if r["agency"] == code)
    targets = [own]
    for indicator in INDICATORS[2:]:
        random.seed(indicator[0])
        each = indicator[7] == "each"
        if indicator[7] == "none":
            targets.append(observation(indicator, "2020", (code, vi, en), None, None, False))
            targets[-1]["status"] = "no_data"
            continue
        total = 1 if indicator[7] == "share" else random.randrange(300, 9000)
        share = indicator[8] if total > 1 else round(indicator[8])
        targets.append(observation(indicator, "2020", (code, vi, en), round(share * total), total, each))
    names = ["Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú tại Việt Nam",
             "Đăng ký thành lập công ty trách nhiệm hữu hạn một thành viên", "Cấp giấy phép lái xe",
             "Đăng ký khai sinh", "Cấp giấy phép xây dựng mới", "Đăng ký biến động quyền sử dụng đất",
             "Cấp đổi thẻ bảo hiểm y tế", "Thông báo hoạt động khuyến mại"]
    procedures = []
    for index, name in enumerate(names):
        numerator, denominator = 900 - 110 * index, 6000 - 700 * index
        procedures.append({"procedure": f"{1 + index % 2}.00{1193 + 37 * index}", "name_vi": name,
                           "numerator": numerator, "denominator": denominator,
                           "percent": percent(numerator, denominator)})
    write("report_agency.json", model(
        agency={"code": code, "name_vi": vi, "name_en": en, "kind": kind}, targets=targets, ranking=ranking,
        overall=make_overall(ranking)[1:],
        trend=make_trend(online, (code, vi, en), [0.05, 0.081, 0.1, None, None, 0.164, 0.171, 0.193]),
        procedures=procedures))

    empty = []
    for indicator in INDICATORS:
        row = observation(indicator, "2020", vn, None, None)
        row["coverage_percent"] = "0.00"
        empty.append(row)
    none = [{**g, "rows": [{**observation(online, "2020", (r["agency"], r["agency_name_vi"], r["agency_name_en"]),
                                          None, None), "unranked_reason": "no_data", "coverage_percent": "0.00"}
                           for r in g["rows"]]} for g in ranking]
    write("report_empty.json", model(sample=False, targets=empty, ranking=none, trend=[], procedures=[]))


main()
