"""No field is asked twice: what is known is shown with its source, and asked only where it is to change.

Every form about an institution says of each input which fact it asks for (`Field.fact` in pages.py; on a
Django form `asks`, input: fact), leaves out what `known_of` holds unless a person chose to change it, and
calls `note` with what it renders. Data that offices share is not collected again (政务数据共享条例, State
Council Order 809); `note` counts what slipped through, and the console shows it: the aim is none.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.forms import Form

from tuoyu.accounts.models import User
from tuoyu.core import clock, identifiers
from tuoyu.institutions import facts, held, matters, pages, provenance, queries, stated
from tuoyu.institutions.models import Application, AskedAgain, Institution, Partner
from tuoyu.institutions.provenance import Known, Statement
from tuoyu.institutions.said import classes_of, said_of
from tuoyu.institutions.vocabulary import GroundKind


@dataclass(frozen=True)
class Shown:
    """What is shown instead of asked: its words, and who supplied it."""

    key: str
    label: str
    words: str
    known: Known
    # Where it is mended, when that is elsewhere than in the form.
    address: str = ""


def known_of(institution: Institution) -> dict[str, Known]:
    """What is known of an institution today, by fact, other rooms' registers included; its classes together
    as one."""
    known = held.known_of(institution, clock.today())
    known |= provenance.known_on(provenance.row_of(institution))
    rows = {key: known.pop(key) for key in list(known) if key.startswith("class.")}
    # As they stand in a form; their keys as texts would have the tenth before the ninth.
    open_now = institution.classes.open_now().order_by("pk").values_list("pk", flat=True)
    groups = [rows[key] for key in map(facts.class_key, open_now) if key in rows]
    if groups:
        known[facts.CLASSES] = Known(facts.CLASSES, [row.value for row in groups], groups[0].supplied)
    partners = [
        _partner(one, one.leads) for one in Partner.objects.filter(institution=institution).order_by("pk")
    ]
    if partners:
        known[facts.PARTNERS] = Known(facts.PARTNERS, partners, Statement(GroundKind.FILING))
    # A registrar that told only the county leaves the street open.
    if "division_code" in known and len(known["division_code"].value) <= 6:
        del known["division_code"]
    return known


def _partner(one: Any, leads: bool) -> dict[str, Any]:
    return {"name": one.name, "uscc": one.uscc, "leads": leads}


# Of an institution without a head, what whoever names its credit code may be shown: what is registered.
OPEN_TO_ANYBODY = ("name", "division_code", "address", "business_scope")


def known_to(institution: Institution, *, is_head: bool) -> dict[str, Known]:
    """What is known of an institution, as far as who applies for it may know: all, to who heads it."""
    known = known_of(institution)
    return known if is_head else {key: one for key, one in known.items() if key in OPEN_TO_ANYBODY}


def note(page: str, asked: Mapping[str, str], known: Collection[str], new: Collection[str] = ()) -> int:
    """Count the inputs of `asked` (input: fact) whose fact is among `known`; how many there were.

    `new` are facts for which a value is asked on purpose: that of a change somebody chose, or the form's own,
    saved before. Writes only when there is something to count.
    """
    again = {name: fact for name, fact in asked.items() if fact in known and fact not in new}
    for name, fact in again.items():
        row = {"page": page, "field": name, "fact": fact}
        counted = AskedAgain.objects.filter(**row).update(count=F("count") + 1, last_at=clock.now())
        if not counted:
            AskedAgain.objects.create(**row)
    return len(again)


def note_form(page: str, form: Form, institution: Institution | None, new: Collection[str] = ()) -> Form:
    """Count what a Django form about an institution asks again, by its `asks`; the form comes back."""
    if institution is not None:
        note(page, getattr(form, "asks", {}), known_of(institution), new)
    return form


def asked_again() -> QuerySet[AskedAgain, Any]:
    """What was asked although it was known, the latest first, as rows of values."""
    return AskedAgain.objects.order_by("-last_at", "-pk").values(
        "page", "field", "fact", "count", "first_at", "last_at"
    )


def total() -> int:
    """How many inputs were rendered whose fact was known; the aim is 0."""
    return int(AskedAgain.objects.aggregate(total=Sum("count"))["total"] or 0)


def label_of(fact: str) -> str:
    """What a fact is called on a page that counts."""
    if facts.is_key(fact):
        return facts.label_of(fact)
    labels = {field.fact: field.label for page in pages.FILLED for field in page.fields} | {
        facts.CLASSES: "班级",
        facts.PARTNERS: "举办单位",
        matters.STAFF_COUNT: "工作人员",
        matters.CHILDREN_COUNT: "在托的婴幼儿",
    }
    return labels.get(fact, "材料" if fact.startswith("paper.") else fact)


# ---------------------------------------------------------------- applications


@dataclass(frozen=True)
class Asking:
    """What an application may leave unasked: facts known of its institution that it says the same of."""

    known: Mapping[str, Known]
    same: Collection[str]

    def shown(self, key: str, fact: str, label: str, opened: Collection[str]) -> Shown | None:
        """The field as shown instead of asked; None where it is to be asked."""
        if fact not in self.same or key in opened:
            return None
        one = self.known[fact]
        return Shown(key, label, words_of(fact, one.value), one)


# Facts of whoever applies rather than of an institution: known before there is one, from the account.
KNOWN_OF_ANYBODY = ("contact_phone",)


def phone_of(owner_id: int) -> str:
    """The telephone of somebody's account; empty where it has none."""
    return str(User.objects.get(pk=owner_id).phone or "")


def _of_the_account(application: Application) -> dict[str, Known]:
    phone = phone_of(application.owner_id)
    source = Statement(GroundKind.ACCOUNT)
    return {"contact_phone": Known("contact_phone", phone, source)} if phone else {}


def held_on(application: Application, page: pages.Page, *, is_head: bool) -> dict[str, Shown]:
    """The fields of a page that another room's register answers, by field; to its head where it is kept."""
    fields = stated.held_of(application).get(page.key, {})
    return {
        field.key: Shown(
            field.key,
            field.label,
            stated.in_words(field, str(one.value)),
            Known(field.fact, one.value, one.statement),
            one.address if is_head else "",
        )
        for field in page.fields
        if (one := fields.get(field.key))
    }


def of(application: Application, reading: queries.Reading) -> Asking:
    """What is known of the institution of an application, from elsewhere than the application itself."""
    own_phone = _of_the_account(application)
    if application.institution is None:
        return Asking(own_phone, _same(own_phone, _said(application, reading)))
    own = application.case.number if application.case is not None else None
    # Who must still prove to be the institution is told only what anybody may know.
    known = known_to(application.institution, is_head=not reading.facts.registered)
    known = own_phone | {key: one for key, one in known.items() if not own or one.supplied.case != own}
    earlier = queries.said_before(application.institution.pk, application.owner_id, application.pk)
    if earlier is not None:
        known |= _carried(earlier)
    return Asking(known, _same(known, _said(application, reading)))


def _same(known: Mapping[str, Known], said: Mapping[str, Any]) -> set[str]:
    return {key for key, one in known.items() if key in said and said[key] == one.value}


def _said(application: Application, reading: queries.Reading) -> dict[str, Any]:
    """What an application says now, by fact."""
    said = {key: facts.plain(value) for key, value in said_of(application, reading.facts).items()}
    said["business_scope"] = facts.plain(reading.facts.text("basics.business_scope"))
    said[facts.CLASSES] = facts.plain(classes_of(application, reading.facts))
    partners = reading.facts.partners
    said[facts.PARTNERS] = [_partner(one, len(partners) == 1 or one.leads is True) for one in partners]
    said["contact_phone"], said["contact_identity"] = (
        str(application.contact_phone),
        str(application.identity),
    )
    return said | {f"paper.{slot.key}": _paper(application, slot.key) for slot in reading.slots}


def _carried(earlier: Application) -> dict[str, Known]:
    """What the same person handed in before and is no fact of the institution: how to reach it, papers."""
    ground = GroundKind.FILING if earlier.files_alone else GroundKind.REGISTRATION
    on = earlier.submitted_at.astimezone(clock.BEIJING).date() if earlier.submitted_at else None
    source = Statement(ground, earlier.owner.name, on=on, case=earlier.case.number if earlier.case else "")
    said: dict[str, Any] = {
        "contact_phone": str(earlier.contact_phone),
        "contact_identity": str(earlier.identity),
    }
    slots = earlier.papers.filter(removed_at=None).values_list("slot", flat=True)
    said |= {f"paper.{slot}": _paper(earlier, slot) for slot in set(slots)}
    return {key: Known(key, value, source) for key, value in said.items() if facts.is_given(value)}


def _paper(application: Application, slot: str) -> list[str]:
    typed = application.data.get(pages.PAPERS.key) or {}
    details = [str(typed.get(f"{slot}_{key}") or "") for key, _, _ in pages.SLOT_FIELDS]
    return details if any(details) else []


def words_of(fact: str, value: Any) -> str:
    """A value as it may be shown to whoever fills in a form."""
    if fact == "contact_phone":
        return identifiers.mask_phone(value)
    if fact == "contact_identity":
        return identifiers.mask_id(value)
    if fact == facts.CLASSES:
        return "；".join(facts.class_in_words(row) for row in value)
    if fact == facts.PARTNERS:
        return "；".join(f"{one['name']}（{one['uscc']}）" for one in value)
    if fact.startswith("paper."):
        return "，".join(one for one in value if one)
    return facts.words_of(fact, value)


# ---------------------------------------------------------------- what is known, as it would be typed


def typed_of(field: pages.Field, value: Any) -> Any:
    """A known value as somebody would have typed it into a field."""
    return value if field.kind == "choices" else str(value)


def typed_classes(groups: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Known classes as they would have been typed; how the rooms divide their area is asked."""
    if not pages.has_rows(kind):
        return {"children": str(groups[0]["places"]), "carers": str(groups[0]["carers"])}
    keys = ("class_type", "name", "places", "carers")
    return {"rows": [{key: str(group[key]) for key in keys} for group in groups]}
