"""Classes from a file: one a row, matched by name, checked like those typed into the application.

How many children a nursery may take is for the health authority to decide, so a file makes no class: it fills
in the application that asks for them, and begins a change where there is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can
from tuoyu.core.problems import Problem
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import Column, Defect, Kind, Sheet
from tuoyu.imports.kinds import Checked, Difference, Rows, Tell
from tuoyu.institutions import pages, queries
from tuoyu.institutions.actions.applications import MOST_ROWS
from tuoyu.institutions.actions.classes import bring_classes
from tuoyu.institutions.classes import CLASSES, asking_for_classes, classes_in, name_of, with_classes
from tuoyu.institutions.imports.own import own_institution, the_own
from tuoyu.institutions.permissions import START, STATE_COUNTS
from tuoyu.institutions.vocabulary import ClassType

# A head who may say how many children a class has may say which classes there are.
HEADS = STATE_COUNTS
LABELS = {field.key: field.label for field in pages.ROW_FIELDS}
WORDS = {str(value): str(label) for value, label in ClassType.choices}
CODES = {label: value for value, label in WORDS.items()}


class ClassesSheet:
    """The importer, as `imports.kinds` asks for it."""

    key = "classes"
    label = "班级"
    lead = (
        "本机构的班级，每班一行，按班级名称比对：没有的加进申请，已有的只比对、不改动。"
        "写入的是申请表（没有在填的，会新建一件备案变更），提交并经卫生健康部门办理后才生效。"
    )
    preview: tuple[str, ...] = ("name", "class_type", "places", "carers")
    shown_to = "只写进您在填的申请，提交后由卫生健康部门办理。"

    def seen_at(self, by: Actor) -> str:
        institution = own_institution(by, HEADS)
        found = asking_for_classes(by, institution) if institution else None
        return reverse("institutions:page", args=[found.pk, CLASSES]) if found else reverse("imports:list")

    def may(self, by: Actor) -> bool:
        institution = own_institution(by, HEADS)
        return institution is not None and pages.has_rows(institution.kind) and can(by, START)

    def sheet(self, by: Actor) -> Sheet:
        lead = ("每个班一行。写入申请表，办结后才生效。",)
        return Sheet("班级", tuple(map(_column, pages.ROW_FIELDS)), lead=lead, once=("name",), rows=MOST_ROWS)

    def check(self, read: Read, by: Actor) -> Checked:
        institution = the_own(by, HEADS)
        before, _ = with_classes(by, institution, [])
        there = {name_of(row, index): row for index, row in enumerate(classes_in(before))}
        fresh = {number: row for number, row in read.good() if row["name"] not in there}
        differences = [
            one
            for n, row in read.good()
            if row["name"] in there
            for one in _compared(n, row, there[row["name"]])
        ]
        room = MOST_ROWS - len(there)
        wrong = [_too_many(number) for number in list(fresh)[room:]]
        fresh = dict(list(fresh.items())[:room])
        after, first = with_classes(by, institution, [typed_of(row) for row in fresh.values()])
        found = list(_at_rows(queries.problems_of(after), dict(enumerate(fresh, first))))
        wrong += [_defect(n, one) for n, one in found if one.severity == "block"]
        warned = [_defect(n, one) for n, one in found if one.severity != "block"]
        return Checked(read.with_defects(wrong), frozenset(fresh), tuple(differences), tuple(warned))

    def write(self, rows: Rows, by: Actor, tell: Tell) -> Sequence[Defect]:
        institution = the_own(by, HEADS)
        bring_classes(by=by, institution=institution, rows=[typed_of(row) for _, row in rows])
        tell(len(rows))
        return ()


def _column(field: pages.Field) -> Column:
    kinds = {"choice": Kind.CHOICE, "number": Kind.NUMBER}
    areas = field.key.endswith("_area")
    return Column(
        field.key,
        LABELS[field.key],
        kinds.get(field.kind, Kind.TEXT),
        # It is matched by its name.
        required=field.required or field.key == "name",
        options=tuple(str(label) for _, label in field.options),
        help=f"单位：{field.unit}。" if field.unit else "",
        longest=field.longest,
        decimals=2 if areas else 0,
    )


def typed_of(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of the sheet as somebody would type it."""
    said = {key: "" if row.get(key) is None else str(row[key]) for key in LABELS}
    return said | {"class_type": CODES.get(said["class_type"], "")}


def _at_rows(problems: Sequence[Problem], numbers: Mapping[int, int]) -> Iterator[tuple[int, Problem]]:
    """The problems of the classes of the file, each with the number of its row in the sheet."""
    for problem in problems:
        parts = problem.field.split("-", 2)
        if problem.page == CLASSES and parts[0] == "row" and int(parts[1]) in numbers:
            yield numbers[int(parts[1])], problem


def _defect(number: int, problem: Problem) -> Defect:
    key = problem.field.split("-", 2)[-1]
    message = problem.message + (f"（{problem.source}）" if problem.source else "")
    fix = problem.fix or "请核对后重新填写。"
    return Defect(number, LABELS.get(key, ""), problem.rule_key or f"class.{key}", message, fix)


def _too_many(number: int) -> Defect:
    message = f"一次申请最多填写{MOST_ROWS}个班。"
    return Defect(number, "", "too_many", message, "请删去这一行，办结后再增加。")


def _compared(number: int, row: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Difference]:
    said = typed_of(row)
    for key, label in LABELS.items():
        here, there = said[key], str(known.get(key) or "")
        if here and _plain(here) != _plain(there):
            yield Difference(number, row["name"], label, WORDS.get(there, there), WORDS.get(here, here))


def _plain(text: str) -> str:
    """A number the same however its fraction was written."""
    return text.rstrip("0").rstrip(".") if "." in text else text
