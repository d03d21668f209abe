"""The head of a draft: whose pack it is, and the document it is made from."""

import re
from datetime import date
from typing import Any

from pypinyin import Style, lazy_pinyin

from tuoyu.jurisdictions.atlas import Place, places
from tuoyu.jurisdictions.packs.drafts import TO_FILL
from tuoyu.policy.reading.model import Reading
from tuoyu.policy.scaffolding.knowledge import Knowledge
from tuoyu.policy.scaffolding.marking import Marks

LONGEST_NAME = 120
# What the last syllables of a division's name are in its pinyin; a slug goes without them.
_LEVELS = {
    "自治区": "zizhiqu", "自治州": "zizhizhou", "自治县": "zizhixian", "自治旗": "zizhiqi",
    "新区": "xinqu", "地区": "diqu", "省": "sheng", "市": "shi", "县": "xian", "区": "qu",
    "州": "zhou", "盟": "meng", "旗": "qi",
}  # fmt: skip
_KINDS = re.compile(
    r"实施方案|工作方案|行动方案|行动计划|实施意见|指导意见|若干意见|若干措施|政策措施|实施细则|管理办法|实施办法|暂行办法"
    r"|暂行规定|管理规定|条例|规划|计划|方案|意见|措施|办法|规定|细则|规范|标准|通知|公告"
)


def head_of(reading: Reading, known: Knowledge, marks: Marks) -> dict[str, Any]:
    """Code, slug, name, level, the pack above and the document."""
    place = known.place
    return {
        "code": place.code,
        "slug": slug_of(place),
        "name": _name(place),
        "level": place.level,
        "inherits": known.line[0].code,
        "document": _document(reading, place, marks),
    }


def slug_of(place: Place) -> str:
    """The name of a place in its pack's folder: 南京市 → nanjing."""
    pinyin = place.pinyin or "".join(lazy_pinyin(place.name, style=Style.NORMAL))
    plain = re.sub(r"[^a-z]", "", pinyin.lower())
    for name, syllables in _LEVELS.items():
        if place.name.endswith(name) and plain.endswith(syllables) and len(plain) > len(syllables):
            return plain.removesuffix(syllables)
    return plain or "place"


def day_of(text: str) -> str | None:
    """A date as written in a pack, or None where it is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def cut(text: str) -> str:
    """A text no longer than a name may be."""
    return text[:LONGEST_NAME]


def _name(place: Place) -> str:
    """A district goes by its city too: there is more than one 市中区."""
    above = places().get(place.parent)
    with_city = place.level == "county" and len(place.name) <= 3 and place.name.endswith("区")
    return above.name + place.name if with_city and above and above.level == "city" else place.name


def _document(said: Reading, place: Place, marks: Marks) -> dict[str, Any]:
    kinds = _KINDS.findall(re.sub(r"的?通知$", "", said.title)) or _KINDS.findall(said.title)
    day = day_of(said.date)
    found = {
        "title": cut(said.title) or TO_FILL,
        "number": said.document_number,
        "issuer": said.issuer,
        "date": day,
        "kind": kinds[-1] if kinds else "",
        "basis": [{"title": cut(b.title), "number": b.number} for b in said.basis if b.title],
    }
    _mark_what_lacks(found, marks)
    if said.issuer and _stem(place.name) not in said.title + said.issuer:
        marks.add(
            "document issuer",
            f"标题和发文机关里都没有“{_stem(place.name)}”，请核对区划代码 {place.code} 是否写对。",
        )
    return {key: value for key, value in found.items() if value}


def _mark_what_lacks(found: dict[str, Any], marks: Marks) -> None:
    if found["title"] == TO_FILL:
        marks.add("document title", "文本中没有找到标题，请对照原件填写。")
    if not found["number"]:
        marks.add("document number", "文本中没有找到文号，请对照原件填写；原件没有就不写。")
    if not found["issuer"]:
        marks.add("document issuer", "文本中没有找到发文机关，请对照原件填写；原件没有就不写。")
    if not found["date"]:
        marks.add("document date", "文本中没有找到成文日期；确实没有就不写，另加注释说明最晚在哪一天之前。")
    if not found["kind"]:
        marks.add("document kind", "从标题看不出文种，请填写，例如实施方案、实施意见。")


def _stem(name: str) -> str:
    """The name of a place without its level: 沂源县 → 沂源."""
    return name[:-1] if len(name) > 2 and name[-1] in "省市县区旗盟州" else name
