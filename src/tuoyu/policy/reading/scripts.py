"""Traditional script into simplified, and words of another region into ours."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.model import Edit, Reading, Text
from tuoyu.policy.reading.words import regional, words

# So many of a hundred characters have to be traditional before a text is taken to be written so.
LEAST_SHARE = 0.01
# A stretch to convert at a time: words never reach over a mark, so places are lost only inside one.
_PIECES = re.compile(r"[^，。；：、]*[，。；：、]|[^，。；：、]+")


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
    reading.note("script", f"{text.where(0)}起", "繁体已转为简体")
    chars: list[str] = []
    at: list[int] = []
    done = 0
    for line in text.chars.splitlines(keepends=True):
        for piece in _PIECES.findall(line):
            plain = _converter("hk2s").convert(_converter("tw2s").convert(piece))
            chars.append(plain)
            at += _places(text.at[done : done + len(piece)], len(plain))
            done += len(piece)
    return _in_our_words(Text("".join(chars), at, text.lines), reading)


def _places(at: Sequence[int], length: int) -> Sequence[int]:
    """Places for a stretch that may be longer or shorter than the one it was made from."""
    return at if len(at) == length else [at[min(n, len(at) - 1)] for n in range(length)]


def _in_our_words(text: Text, reading: Reading) -> Text:
    """Regional words, also where a line breaks inside one; words that are ours too only beside surer ones."""
    ours = regional()
    if _any_of(regional()).search(text.chars):
        ours |= words()["regional_beside"]
    counts: dict[str, list[str]] = {}
    edits: list[Edit] = []
    for match in _any_of(ours).finditer(text.chars):
        theirs = re.sub(r"\s", "", match.group())
        if ours[theirs] == theirs:
            continue
        counts.setdefault(theirs, []).append(text.where(match.start()))
        places = _places(text.at[match.start() : match.end()], len(ours[theirs]))
        edits.append(Edit(*match.span(), ours[theirs], places))
    for theirs, found in counts.items():
        reading.note("wording", found[0], f"{theirs} → {ours[theirs]}（{len(found)} 处）")
    return text.edited(edits)


def _any_of(theirs: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(theirs, key=len, reverse=True)
    return re.compile("|".join(r"\s?".join(word) for word in longest_first))


@cache
def _converter(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)
