"""Personal names and telephone numbers kept out of everything the reader gives away."""

import re
from collections.abc import Callable
from dataclasses import replace

from tuoyu.policy.reading.characters import HAN
from tuoyu.policy.reading.model import Reading
from tuoyu.policy.reading.words import surnames

HIDDEN = "某某"
_COMRADE = re.compile(rf"(?<=由)[{surnames()}][{HAN}]{{1,3}}(?=同志)")
_CONTACT = re.compile(rf"((?:联系人|经办人|签发人|负责人)：)\s*[{HAN}]{{2,4}}(?![{HAN}])")
_TELEPHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|400-?\d{3}-?\d{4})(?!\d)")


def without_names(reading: Reading, names: set[str]) -> None:
    """Hide the names of a roster, and names the running text gives with 同志 or as a contact."""
    patterns = [(_COMRADE, HIDDEN), (_CONTACT, rf"\1{HIDDEN}"), (_TELEPHONE, "（电话）")]
    patterns += [(re.compile(re.escape(name)), HIDDEN) for name in sorted(names, key=len, reverse=True)]
    hidden = 0

    def plain(text: str) -> str:
        nonlocal hidden
        for pattern, put in patterns:
            text, count = pattern.subn(put, text)
            hidden += count
        return text

    _everywhere(reading, plain)
    if hidden:
        reading.note("personal name", "全文", f"{hidden} 处姓名或电话已隐去")


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
