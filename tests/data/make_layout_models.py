"""Cuts models of reports down to a few rows, for the golden layouts in tests/data/layout.

    nq17 report KIND --period 2020-Q3 ... --output KIND.json     (a store of samples)
    make_layout_models.py KIND.json ...                          (writes layout/KIND.json)
    NQ17_GOLDEN=write build/release/tests/unit/layout_test       (writes the golden files)
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent / "layout"
MOST = 4
LETTERHEAD = {
    "parent": "Chính phủ nước Cộng hòa xã hội chủ nghĩa Việt Nam", "symbol": "BCĐCĐS-CCHC", "place": "Thừa Thiên Huế",
    "name": "Ban Chỉ đạo Chuyển đổi số và Cải cách hành chính của Bộ Nông nghiệp và Phát triển nông thôn",
    "receivers": "Thủ tướng Chính phủ\nỦy ban Quốc gia về Chính phủ điện tử và Văn phòng Chính phủ",
    "recipients": "Như trên\nCác bộ, cơ quan ngang bộ, cơ quan thuộc Chính phủ\nLưu: VT, KSTT",
    "position": "KT. BỘ TRƯỞNG\nTHỨ TRƯỞNG", "signer": "Nguyễn Thị Minh Nguyệt"}


def cut(value):
    if isinstance(value, dict):
        return {key: cut(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [cut(inner) for inner in value[:MOST]]
    return value


for name in sys.argv[1:]:
    model = cut(json.loads(pathlib.Path(name).read_text()))
    model["as_of"], model["verification"] = "2020-10-15T08:00:00+07:00", "0123-4567-89AB"
    if model["report"] in ("compliance", "brief"):
        model["issuer"] = LETTERHEAD
    (HERE / f"{model['report']}.json").write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n")
