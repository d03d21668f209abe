"""Traditional script into simplified, and words of another region into ours."""

import re
from functools import cache
from typing import Any

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.model import Reading, Text
from tuoyu.policy.reading.words import regional

# So many of a hundred characters have to be traditional before a text is taken to be written so.
LEAST_SHARE = 0.01


def script_of(text: str) -> str:
    """What script a text is written in: traditional, simplified, or empty where it is not Chinese."""
    written = re.findall(f"[{HAN}]", text)
    if not written:
        return ""
    unlike = {char for char in set(written) if _converter("t2s").convert(char) != char}
    share = sum(char in unlike for char in written) / len(written)
    return "traditional" if share >= LEAST_SHARE else "simplified"


def simplified(text: Text, reading: Reading) -> Text:
    """The text in simplified script; `reading.script` says what it was."""
    reading.script = script_of(text.chars)
    if reading.script != "traditional":
        return text
    first = text.rows[0] if text.rows else 1
    reading.note("script", f"第{first}行起", "繁体已转为简体")
    rows = [text.rows[at] for at in _line_starts(text.chars)]
    lines = text.chars.split("\n")[: len(rows)]
    taiwan, hong_kong = _converter("tw2sp"), _converter("hk2s")
    converted = Text.of(
        (row, hong_kong.convert(taiwan.convert(line))) for row, line in zip(rows, lines, strict=True)
    )
    return _in_our_words(converted, reading)


def _in_our_words(text: Text, reading: Reading) -> Text:
    """Regional words, also where a line breaks inside one."""
    chars: list[str] = []
    rows: list[int] = []
    at = 0
    counts: dict[str, list[int]] = {}
    for match in _regional().finditer(text.chars):
        theirs = re.sub(r"\s", "", match.group())
        counts.setdefault(theirs, []).append(text.rows[match.start()])
        chars += [text.chars[at : match.start()], regional()[theirs]]
        rows += [*text.rows[at : match.start()], *[text.rows[match.start()]] * len(regional()[theirs])]
        at = match.end()
    for theirs, found in counts.items():
        reading.note("wording", f"第{found[0]}行", f"{theirs} → {regional()[theirs]}（{len(found)} 处）")
    return Text("".join([*chars, text.chars[at:]]), [*rows, *text.rows[at:]])


def _line_starts(chars: str) -> list[int]:
    starts = [0] + [at + 1 for at, char in enumerate(chars) if char == "\n"]
    return [at for at in starts if at < len(chars)]


@cache
def _regional() -> re.Pattern[str]:
    longest_first = sorted(regional(), key=len, reverse=True)
    return re.compile("|".join(r"\s?".join(word) for word in longest_first))


@cache
def _converter(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)
