"""The kinds of applicants a large demonstration is made of, and what their applications say."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from tuoyu.core import clock
from tuoyu.institutions import queries
from tuoyu.institutions.models import Application
from tuoyu.institutions.policy import procedure_of
from tuoyu.institutions.vocabulary import PERSONAL, CareType, ClassType, Kind, LegalForm
from tuoyu.project.demo.forms import CLASS_NAMES, CLASSES, Applicant, Data, filled
from tuoyu.project.demo.stories import FULL, Story

IDENTITY = "110101190001010016"
SMALL, LARGE, INFANT, MIXED = (
    ClassType.TODDLER_SMALL,
    ClassType.TODDLER_LARGE,
    ClassType.INFANT,
    ClassType.MIXED,
)
CIVIL, ENTERPRISE, PUBLIC, TRADER = (
    LegalForm.SOCIAL_SERVICE_ORG,
    LegalForm.ENTERPRISE,
    LegalForm.PUBLIC_INSTITUTION,
    LegalForm.INDIVIDUAL_BUSINESS,
)

# Share, and what the applicant is. Kindergartens, which are not registered anew, are played one by one only.
VARIANTS: tuple[tuple[int, Story], ...] = (
    (32, Story(0, legal_form=CIVIL, inclusive=True, fee=1380)),
    (10, Story(0, legal_form=CIVIL, classes=(INFANT, SMALL, LARGE), leased=False, fee=1880)),
    (18, Story(0, legal_form=ENTERPRISE, classes=(SMALL, LARGE, LARGE), meals=True, fee=2680)),
    (10, Story(0, legal_form=ENTERPRISE, classes=(MIXED,), care_types=(CareType.HALF_DAY, CareType.HOURLY), fee=2380)),
    (6, Story(0, legal_form=ENTERPRISE, classes=(INFANT, SMALL), care_types=(CareType.FULL_DAY,), fee=3280)),
    (8, Story(0, legal_form=PUBLIC, inclusive=True, leased=False, classes=(SMALL, SMALL, LARGE), fee=980)),
    (6, Story(0, kind=Kind.EMPLOYER, legal_form=ENTERPRISE, leased=False, classes=(SMALL, MIXED),
              care_types=(*FULL, CareType.TEMPORARY), fee=1480)),
    (10, Story(0, kind=Kind.FAMILY_POINT, legal_form=TRADER, care_types=(CareType.FULL_DAY, CareType.HOURLY), fee=1980)),
)  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A variant ready to be copied: the application as typed, and as an officer reads it."""

    number: int
    story: Story
    data: Data
    said: dict[str, Any]
    places: int
    classes: list[tuple[str, str, int, int, str]]


def templates() -> list[Template]:
    """One template a variant, read by the same code that reads a real application."""
    with transaction.atomic():
        made = [_template(number, story) for number, (_, story) in enumerate(VARIANTS)]
        transaction.set_rollback(True)
    return made


def _template(number: int, story: Story) -> Template:
    one = Applicant(
        number=1, county="110101", street="110101", name="演示", scope="托育服务", longitude=116.4, latitude=39.9,
        kind=story.kind, nature=story.nature, legal_form=story.legal_form,
        care_types=tuple(map(str, story.care_types)), classes=tuple(map(str, story.classes)),
        meals=story.meals, leased=story.leased, fee=story.fee,
    )  # fmt: skip
    data = filled(one, _long_ago())
    data["basics"].pop("contact_identity")
    personal = {key: data[page].pop(key) for page, keys in PERSONAL.items() for key in keys}
    classes = _classes(story)
    application = Application.objects.create(
        owner_id=_anybody(), procedure=procedure_of(story.kind), kind=story.kind, nature=story.nature,
        legal_form=story.legal_form, division_code="110101", data=data, identity=IDENTITY,
        **personal,
    )  # fmt: skip
    said = queries.submission_of(application)
    return Template(number, story, data, said, sum(c[2] for c in classes), classes)


def _classes(story: Story) -> list[tuple[str, str, int, int, str]]:
    """Name, type, places, carers and area of each class, as a registration writes them."""
    if story.kind == Kind.FAMILY_POINT:
        return [("第 1 班", "mixed", 5, 2, "")]
    found = []
    for kind in story.classes:
        places, carers, sleep, activity = CLASSES[ClassType(kind)]
        found.append(
            (CLASS_NAMES[ClassType(kind)], str(kind), places, carers, str(float(sleep) + float(activity)))
        )
    return found


def _long_ago() -> date:
    """A day whose three-year lease still runs."""
    return clock.today().replace(day=1)


def _anybody() -> int:
    from tuoyu.accounts.models import User

    return int(User.objects.order_by("pk").values_list("pk", flat=True)[0])
