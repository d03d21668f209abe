"""Whether the values of a column are what the column says: a whole column at a time.

Runs in the process apart. Each check gives the values as they are kept (texts, whole numbers, days as
2024-03-01, other numbers as text), and for each that is wrong a code, a sentence and the way to mend it.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import repeat
from typing import Any

from tuoyu.core import identifiers
from tuoyu.core.problems import Refused
from tuoyu.core.spreadsheets.sheets import FIGURES, Column, Kind

# (value as kept, None) or (value as it stood, what is wrong with it).
Wrong = tuple[str, str, str]
Checked = tuple[Any, Wrong | None]

FORMULA_SIGNS = ("=", "+", "-", "@")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
DAYS = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
EARLIEST = 1900
NUMBER = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?")


def check(column: Column, values: Sequence[Any], formulas: Sequence[bool]) -> list[Checked]:
    """Each of `values` checked; `formulas` says where a formula stands instead (empty: nowhere)."""
    judge = _JUDGES[column.kind]
    # Of a choice or a day the same stands in many rows; a name or a number is checked once anyway.
    few = column.kind in (Kind.CHOICE, Kind.DATE, Kind.NUMBER)
    known: dict[Any, Checked] = {}
    found: list[Checked] = []
    for value, formula in zip(values, formulas or repeat(False, len(values)), strict=True):
        if formula:
            found.append((shown(value), FORMULA))
        elif few:
            key = (type(value), value)
            if key not in known:
                known[key] = _one(column, value, judge)
            found.append(known[key])
        else:
            found.append(_one(column, value, judge))
    return found


FORMULA = ("formula", "这里是公式，不是填写的内容。", "请复制后“选择性粘贴—数值”，或直接填写。")


def _one(column: Column, value: Any, judge: "Judge") -> Checked:
    text = shown(value)
    if not text:
        empty = None if column.kind in (Kind.NUMBER, Kind.DATE) else ""
        wrong = ("required", "没有填写。", "这一列必须填写。") if column.required else None
        return empty, wrong
    if not text.isprintable() and CONTROLS.search(text):
        return CONTROLS.sub("", text), ("control", "含有看不见的控制字符。", "请删去后重新填写。")
    if len(text) > column.longest:
        return text[: column.longest], (
            "too_long",
            f"有{len(text)}个字，最多{column.longest}个。",
            "请缩短后再填。",
        )
    return judge(column, value, text)


def shown(value: Any) -> str:
    """A value as text: no blanks around it, whole numbers without a point, days as 2024-03-01."""
    if type(value) is str:
        if value.isascii() and value.isprintable():
            return value.strip(" ")
        return _in_one_form(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else _in_one_form(str(value))


def _in_one_form(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip("\ufeff \t\r\n\u3000\xa0")


Judge = Callable[[Column, Any, str], Checked]


def _text(column: Column, value: Any, text: str) -> Checked:
    if text.startswith(FORMULA_SIGNS):
        return text, (
            "formula",
            f"以“{text[0]}”开头，会被表格软件当作公式。",
            "请去掉开头的符号，只填内容。",
        )
    if isinstance(value, date):
        return text, ("not_text", f"“{text}”被存成了日期。", "请把单元格设为文本格式后重新填写。")
    return text, None


def _number(column: Column, value: Any, text: str) -> Checked:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if isinstance(value, (bool, date)) or not NUMBER.fullmatch(plain):
        return text, ("not_number", f"“{text}”不是数字。", f"请只填数字{_example(column)}，不带单位。")
    try:
        number = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return text, ("not_number", f"“{text}”不是数字。", "请只填数字，不带单位。")
    if not Decimal(str(column.least)) <= number <= Decimal(str(column.most)):
        return text, (
            "out_of_range",
            f"{text}不在{column.least:g}至{column.most:g}之间。",
            "请核对后重新填写。",
        )
    if -int(number.normalize().as_tuple().exponent) > column.decimals:
        what = f"最多{column.decimals}位小数" if column.decimals else "应为整数"
        return text, ("decimals", f"{text}{what}。", "请核对后重新填写。")
    return (str(number) if column.decimals else int(number)), None


def _date(column: Column, value: Any, text: str) -> Checked:
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return _plausible(day, text)
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    found = DAYS.fullmatch(plain)
    if found is None:
        code = "serial_number" if isinstance(value, float) else "not_date"
        return text, (code, f"“{text}”不是日期。", "请填写如2024-03-01、2024/3/1或2024年3月1日的日期。")
    parts = [int(part) for part in found.groups() if part]
    try:
        return _plausible(date(*parts), text)
    except ValueError:
        return text, ("no_such_day", f"没有“{text}”这一天。", "请核对年、月、日。")


def _plausible(day: date, text: str) -> Checked:
    if not EARLIEST <= day.year <= 2100:
        return text, ("not_date", f"日期“{text}”不在合理的年份内。", "请核对年份。")
    return day.isoformat(), None


def _choice(column: Column, value: Any, text: str) -> Checked:
    plain = _folded(text)
    chosen = next((option for option in column.options if _folded(option) == plain), None)
    if chosen is None:
        listed = "、".join(column.options[:12]) + ("等" if len(column.options) > 12 else "")
        return text, ("not_offered", f"“{text}”不在可选项中。", f"请从下拉列表中选择：{listed}。")
    return chosen, None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _figures(column: Column, value: Any, text: str) -> Checked:
    if isinstance(value, float) and abs(value) >= 1e15:
        return text, (
            "figures_lost",
            "被存成了数字，后几位已经丢失。",
            "请把单元格设为文本格式，再完整填写一遍。",
        )
    read: Callable[[str], Any] = _READERS[column.kind]
    try:
        return read(text), None
    except Refused as refused:
        code = {"identity": "identity", "credit_code": "credit_code", "phone": "phone"}[column.kind]
        return text, (code, refused.problems[0].message, "请对照证件逐位核对。")


def _identity(text: str) -> str:
    # Which six digits are a division is for the rooms above to say.
    return identifiers.identity_number(text, known=lambda code: True).number


def _example(column: Column) -> str:
    return f"（如{column.example}）" if column.example else ""


_READERS: dict[Kind, Callable[[str], str]] = {
    Kind.IDENTITY: _identity,
    Kind.CREDIT_CODE: partial(identifiers.credit_code),
    Kind.PHONE: partial(identifiers.mobile),
}

_JUDGES: dict[Kind, Judge] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    **dict.fromkeys(FIGURES, _figures),
}
