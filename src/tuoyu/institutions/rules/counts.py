"""More children in a class than it may hold: said with the rule it rests on."""

from collections.abc import Iterator
from dataclasses import replace

from tuoyu.core.problems import Problem
from tuoyu.institutions.rules.book import Book, problem

# Whether a count beyond the places is taken and pointed out, or not taken at all.
OVER_PLACES, REFUSED = "enrolment.over_places", "refuse"
FIX = "请核对人数；确实超出的，请调整班级，需要增加托位的办理变更。"


def over_places(name: str, class_type: str, places: int, enrolled: int, book: Book) -> list[Problem]:
    """What stands against so many children in a class: its own places, and the size its type may have.

    It only warns unless the rules of the place say that such a count is not taken.
    """
    rule = book.get(OVER_PLACES)
    severity = "block" if rule is not None and rule.value == REFUSED else "warn"
    return [replace(found, severity=severity) for found in _over(name, class_type, places, enrolled, book)]


def _over(name: str, class_type: str, places: int, enrolled: int, book: Book) -> Iterator[Problem]:
    if enrolled > places:
        message = f"“{name}”在托{enrolled}人，多于备案的托位{places}个。"
        yield Problem(message, field="enrolled", rule_key=OVER_PLACES, source="机构备案的托位数", fix=FIX)
    for size in book.all(f"class.{class_type}.max_children"):
        if enrolled > size.value:
            message = f"“{name}”在托{enrolled}人，多于每班至多{size.value}人。"
            yield problem(size, message, "", "enrolled", FIX)
