"""A certificate as a form or a row says it, and until when it is good."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tuoyu.core import texts
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.rules.book import Book, problem
from tuoyu.institutions.rules.facts import YEARS, day
from tuoyu.institutions.rules.wording import is_formula
from tuoyu.workforce.rules.hiring import DAY_HINT, chosen
from tuoyu.workforce.vocabulary import QualificationKind

LABELS = {
    "kind": "证书",
    "issuer": "发证单位",
    "number": "证书编号",
    "issued_on": "发证日期",
    "expires_on": "有效期至",
}
REQUIRED = ("kind", "issuer", "issued_on")
LONGEST = {"issuer": 120, "number": 80}
MONTHS = 12


@dataclass(frozen=True)
class Certificate:
    """What is said of a certificate; `expires_on` is the last day on which it is good, None for good."""

    kind: str
    issuer: str
    issued_on: date
    number: str = ""
    expires_on: date | None = None


def read_certificate(typed: Mapping[str, Any], today: date) -> tuple[Certificate | None, tuple[Problem, ...]]:
    """Read and check one certificate; the form, the API and the import of a spreadsheet all ask here.

    Codes (`rule_key`) are `certificate.<field>.<missing|unreadable|wrong>`.
    """
    given = {key: texts.tidy(str(typed.get(key) or "")).strip() for key in LABELS}
    values: dict[str, Any] = {}
    found = [_wrong(key, "missing", f"还没有填写{LABELS[key]}。") for key in REQUIRED if not given[key]]
    for key, text in given.items():
        if not text:
            continue
        values[key] = READERS[key](text)
        if values[key] is None:
            hint = DAY_HINT if key.endswith("_on") else ""
            found.append(_wrong(key, "unreadable", f"{LABELS[key]}看不懂，或太长。", hint))
    issued, expires = values.get("issued_on"), values.get("expires_on")
    if issued is not None and issued > today:
        found.append(_wrong("issued_on", "wrong", "发证日期在今天以后。"))
    if issued is not None and expires is not None and expires < issued:
        found.append(_wrong("expires_on", "wrong", "有效期早于发证日期。"))
    return (None if found else Certificate(**values)), tuple(found)


def last_good_day(said: Certificate, book: Book) -> Certificate:
    """The certificate with its last good day: a health certificate's follows from the yearly check.

    Refused when it claims to be good for longer.
    """
    rule = book.get("staff.health_checks_per_year")
    if said.kind != QualificationKind.HEALTH_CERTIFICATE or rule is None or not rule.value:
        return said
    latest = months_later(said.issued_on, MONTHS // int(rule.value)) - timedelta(days=1)
    if said.expires_on is None:
        return replace(said, expires_on=latest)
    if said.expires_on > latest:
        message = f"健康合格证每年至少检查{rule.value}次，有效期最晚到{latest}。"
        raise Refused(problem(rule, message, "", "expires_on", "请按证上的日期核对，或留空由系统推算。"))
    return said


def months_later(start: date, months: int) -> date:
    """The same day so many months on; the last of a shorter month."""
    year, month = divmod(start.month - 1 + months, MONTHS)
    first = date(start.year + year, month + 1, 1)
    after = date(first.year + (first.month == MONTHS), first.month % MONTHS + 1, 1)
    return first.replace(day=min(start.day, (after - timedelta(days=1)).day))


def _wrong(key: str, code: str, message: str, fix: str = "") -> Problem:
    return Problem(message, field=key, rule_key=f"certificate.{key}.{code}", fix=fix)


def _date(text: str) -> date | None:
    found = day(text)
    return found if found is not None and YEARS[0] <= found.year <= YEARS[1] else None


def _line(key: str) -> Callable[[str], str | None]:
    return lambda text: None if len(text) > LONGEST[key] or "\n" in text or is_formula(text) else text


READERS: dict[str, Callable[[str], Any]] = {
    "kind": chosen(QualificationKind),
    "issuer": _line("issuer"),
    "number": _line("number"),
    "issued_on": _date,
    "expires_on": _date,
}
