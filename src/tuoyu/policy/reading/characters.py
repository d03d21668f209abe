"""Characters: controls taken out, widths and punctuation made one."""

import re

from tuoyu.policy.reading.model import Reading

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\ufeff\ufffd\ue000-\uf8ff\ufff9-\ufffc]"
)
_BLANKS = r"\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 "
_BLANK = re.compile(f"[{_BLANKS}\\t]+")
WIDE_GAP = 4  # so many blanks inside a line part two cells and not two words
# What a table is drawn with, and what stands between its cells.
_DRAWN = frozenset("┌┐└┘├┤┬┴┼─━│┃┏┓┗┛┣┫┳┻╋═║╔╗╚╝╠╣╦╩╬|+:-—｜ \t")
_BAR = re.compile(r"[ \t]?[|│┃║｜┆┊][ \t]?")
# Full-width letters, figures and signs have a half-width twin at a fixed distance.
_HALF = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_SIGNS = str.maketrans(
    {
        "％": "%", "．": ".", "＋": "+", "－": "-", "／": "/", "﹪": "%", "＂": "”", "﹙": "（", "﹚": "）",
        "(": "（", ")": "）", "[": "〔", "]": "〕", "［": "〔", "］": "〕", "﹝": "〔", "﹞": "〕",
        "【": "（", "】": "）", "「": "“", "」": "”", "『": "‘", "』": "’", "︰": "：", "∶": "：", "﹕": "：",
        "﹐": "，", "﹑": "、", "﹒": ".", "﹔": "；", "﹖": "？", "﹗": "！", "､": "、", "｡": "。",
        "—": "—", "─": "—", "━": "—", "–": "—", "〜": "～", "~": "～", "⼀": "一",
        "㈠": "（一）", "㈡": "（二）", "㈢": "（三）", "㈣": "（四）", "㈤": "（五）", "㈥": "（六）",
        "㈦": "（七）", "㈧": "（八）", "㈨": "（九）", "㈩": "（十）",
        **{chr(0x2488 + n): f"{n + 1}." for n in range(20)},
        **{chr(0x2474 + n): f"（{n + 1}）" for n in range(20)},
    }
)  # fmt: skip
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_BESIDE = re.compile(rf"(?<=[{HAN}）”》〕%])\s?([,;:?!])|([,;:?!])(?=\s?[{HAN}（“《])")
_ROUNDED_YEAR = re.compile(r"[〔（]\s*((?:19|20)\d\d)\s*[〕）](?=\s*\d+\s*号)")
_YEAR = r"\s*(?:1\s*9|2\s*0)\s*\d\s*\d\s*"
# Square brackets belong to the year of a document's number; all others are as good as round ones.
_SQUARE = re.compile(rf"(〔{_YEAR}〕)|([〔〕])")


def tidied(text: str, reading: Reading) -> str:
    """The text with one kind of line end, blank, width and punctuation."""
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    for number, line in enumerate(text.split("\n"), 1):
        if found := _CONTROL.findall(line):
            codes = "、".join(sorted({f"U+{ord(c):04X}" for c in found}))
            reading.note("control", f"第{number}行", f"{len(found)} 个不可见或损坏的字符（{codes}）")
    text = _BLANK.sub(_gap, _CONTROL.sub("", text))
    wide = "\n".join(_undrawn(line) for line in text.split("\n")).translate(_HALF).translate(_SIGNS)
    wide = _BESIDE.sub(lambda m: _FULL[m.group(1) or m.group(2)], wide)
    wide = _ROUNDED_YEAR.sub(r"〔\1〕", wide)
    wide = _SQUARE.sub(lambda m: m[1] or ("（" if m[2] == "〔" else "）"), wide)
    changed = sum(a != b for a, b in zip(text, wide, strict=False)) if len(text) == len(wide) else 1
    if wide != text:
        reading.note("width", "全文", f"全角半角和标点已统一{f'（{changed} 处）' if changed > 1 else ''}")
    return wide


def _gap(blank: re.Match[str]) -> str:
    """One blank for many; a tab where two cells are parted."""
    inside = blank.string[blank.start() - 1 : blank.start()] not in ("", "\n")
    tabs = blank.group().count("\t") if inside else int("\t" in blank.group())
    return "\t" * (tabs or int(inside and len(blank.group()) >= WIDE_GAP)) or " "


def _undrawn(line: str) -> str:
    """A row of a drawn table with tabs for its lines; a line that only draws is empty."""
    if len(line) > 2 and _DRAWN.issuperset(line) and not line.strip(" —-"):
        return line
    if len(line) > 2 and _DRAWN.issuperset(line):
        return ""
    cells = _BAR.split(line)
    if len(cells) < 3:
        return line
    first, last = not cells[0].strip(), not cells[-1].strip()
    return "\t".join(cells[first : len(cells) - last])


def squeezed(text: str) -> str:
    """Text without line ends and without blanks, save one between two Latin words."""
    return re.sub(r"\s+", lambda match: " " if _latin(match) else "", text)


def _latin(match: re.Match[str]) -> bool:
    around = match.string[match.start() - 1 : match.start()] + match.string[match.end() : match.end() + 1]
    return match.group() == " " and len(around) == 2 and around.isascii() and around.isalpha()


def broken(word: str) -> str:
    """A pattern for a word that a line end or a blank may stand in."""
    return r"\s?".join(map(re.escape, word))
