"""Personal names and telephone numbers kept out of everything the reader gives away."""

import re
from collections.abc import Callable
from dataclasses import replace

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.model import Edit, Reading, Text
from tuoyu.policy.reading.words import surnames

HIDDEN = "某某"
_NAME = rf"[{surnames()}](?:[{HAN}]{{1,2}}|\s{{1,2}}[{HAN}])"
_ANY = f"[{HAN}]{{2,3}}(?![{HAN}])"
_PRIVATE = re.compile(
    rf"(?<=[由，、。；：])[{surnames()}](?![{HAN}]?(?:负责|领导))[{HAN}]{{1,3}}(?=同志)"
    # After a label nothing but a name is to be expected.
    rf"|(?<=联系人：)\s*[{HAN}](?:\s?[{HAN}]){{1,3}}(?![{HAN}])|(?<=经办人：)\s*[{HAN}]{{2,4}}(?![{HAN}])"
    rf"|(?<=[发核办稿责系任]人：)\s*[{surnames()}](?:[{HAN}]{{1,2}}|\s[{HAN}])(?![{HAN}])"
    rf"|(?<=记者[\s：]){_NAME}(?![{HAN}])|(?<=领导：)\s?{_ANY}"
    rf"|(?<=(?:编辑|作者|撰稿|审核|校对|供稿|摄影|责编|审签|监制)[：｜|\t]){_ANY}"
    # Who leads in person stands first in a bracket of units.
    rf"|(?<=（)(?![{HAN}]{{1,2}}[局委办厅部会院])[{HAN}]{{2,3}}(?=[；，][^（）]{{2,80}}(?:牵头|配合)[^（）]{{0,40}}）)"
    r"|(?<=电话：)\s?\d{7,8}(?!\d)|(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|400-?\d{3}-?\d{4})(?!\d)"
)
# Who signs an order, above its day.
_SIGNED = re.compile(
    rf"(?m)^[ \t]*[{HAN}]{{0,14}}(?:[省市县区州镇乡旗局厅部]长|主任|主席)[ \t]+({_NAME})"
    r"[ \t]*\n\s*(?=20\d\d|二[〇零○])"
)


def without_contacts(text: Text, reading: Reading) -> Text:
    """Names given with 同志 or as a contact, and telephone numbers, made unreadable where they stand."""
    found = private_in(text.chars)
    if found:
        reading.note("personal name", "全文", f"{len(found)} 处姓名或电话已隐去")
    return text.edited(Edit(start, end, HIDDEN, text.at[start : start + 2]) for start, end in found)


def private_in(chars: str) -> list[tuple[int, int]]:
    """Where names given with 同志 or as a contact, and telephone numbers stand."""
    signed = [match.span(1) for match in _SIGNED.finditer(chars)]
    return sorted([*(match.span() for match in _PRIVATE.finditer(chars)), *signed])


def without_names(reading: Reading, names: set[str]) -> None:
    """Hide the names of a roster wherever else they stand."""
    if not names:
        return
    longest_first = sorted(names, key=len, reverse=True)
    known = re.compile("|".join(r"\s{0,3}".join(map(re.escape, name)) for name in longest_first))
    _everywhere(reading, lambda text: known.sub(HIDDEN, text))


def _everywhere(reading: Reading, plain: Callable[[str], str]) -> None:
    reading.title, reading.issuer = plain(reading.title), plain(reading.issuer)
    for clause in reading.clauses:
        clause.heading, clause.text = plain(clause.heading), plain(clause.text)
        clause.lead = [plain(unit) for unit in clause.lead]
        clause.responsible = [plain(unit) for unit in clause.responsible]
    for target in reading.targets:
        target.text = plain(target.text)
    reading.duties = [replace(duty, text=plain(duty.text)) for duty in reading.duties]
    reading.seats = [replace(seat, post=plain(seat.post)) for seat in reading.seats]
    reading.noise = [replace(noise, text=plain(noise.text)) for noise in reading.noise]
