"""A nursery's way through the program, each step by the person whose step it is, through the pages.

The five places where the scenarios happen, what each document says there, and one application that is begun,
filled in, handed in and decided with a browser's requests.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.people import actor, browser, person, seated
from institutions import desk
from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.institutions import pages, policy
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.vocabulary import FORMS_OF_NATURE
from tuoyu.jurisdictions import queries as jurisdictions

PUBLIC_INSTITUTION = "public_institution"
SOCIAL_SERVICE = "social_service_org"
ENTERPRISE = "enterprise"
INDIVIDUAL = "individual_business"
LEGAL_FORMS = (PUBLIC_INSTITUTION, SOCIAL_SERVICE, ENTERPRISE, INDIVIDUAL)


@dataclass(frozen=True)
class At:
    """A county of one jurisdiction, and the clauses of its document on registration and on standards."""

    letter: str
    jurisdiction: str
    county: str
    registration: str
    standards: str = ""


AT = {
    "N": At("N", "320100", "320106", "三.(二).2", "三.(二).1"),
    "S": At("S", "370402", "370402", "二.(四).1", "二.(二).2"),
    "J": At("J", "360000", "360702", "二.(二).1", "二.(二).2"),
    "Y": At("Y", "370323", "370323", "二.(五).10"),
    "H": At("H", "420000", "420102", "二.(三).13", "二.(三).10"),
}
ALL = "SNJYH"


def marked(capability: str, letter: str) -> pytest.MarkDecorator:
    """What a test proves of one jurisdiction's document."""
    at = AT[letter]
    clause = at.standards if capability == "A6" else at.registration
    return pytest.mark.scenario(capability, at.jurisdiction, clauses=[clause])


def everywhere(capability: str, letters: str = ALL) -> pytest.MarkDecorator:
    """The test happens `at` each of the jurisdictions, and proves the capability there."""
    return pytest.mark.parametrize(
        "at", [pytest.param(AT[letter], id=letter, marks=marked(capability, letter)) for letter in letters]
    )


def each(capability: str, names: str, rows: Iterable[tuple[str, Any]]) -> pytest.MarkDecorator:
    """The same with more to say of each place: rows of (letter, …), `names` begin with "at"."""
    made = [
        pytest.param(
            AT[row[0]], *row[1:], id="-".join([row[0], str(index)]), marks=marked(capability, row[0])
        )
        for index, row in enumerate(rows)
    ]
    return pytest.mark.parametrize(names, made)


# ---------------------------------------------------------------- people


def sits(department: str, division: str, role: Role = Role.OFFICER) -> User:
    """Somebody at a desk; asked twice it is the same person."""
    username = "-".join(filter(None, [role, department, division])).lower()
    return User.objects.filter(username=username).first() or seated(role, department, division)


def desk_of(department: str, division: str, role: Role = Role.OFFICER) -> Client:
    """The browser of somebody at a desk, newly signed in: a session left alone overnight has ended."""
    return browser(sits(department, division, role))


def text_of(client: Client, address: str, **query: str) -> str:
    """What a page says; the page must be there."""
    response = client.get(address, query)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return response.content.decode()


def said(response: HttpResponse) -> str:
    return response.content.decode()


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is undone at its end: several rows of a table begin from the same."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# ---------------------------------------------------------------- one application


class Journey:
    """One application from the first page on."""

    def __init__(
        self,
        place: At | str,
        legal_form: str = SOCIAL_SERVICE,
        *,
        kind: str = "institution",
        applicant: User | None = None,
        client: Client | None = None,
    ) -> None:
        self.county = place.county if isinstance(place, At) else place
        self.legal_form, self.kind = legal_form, kind
        self.applicant = applicant or person("applicant")
        self.client = client or browser(self.applicant)
        self.pk = 0

    @property
    def choices(self) -> dict[str, str]:
        """What is chosen on the first page."""
        nature = next(n for n, forms in FORMS_OF_NATURE.items() if self.legal_form in forms)
        above = {place.level: place.code for place in jurisdictions.chain(self.county)}
        return above | {"kind": self.kind, "nature": str(nature), "legal_form": self.legal_form}

    def begin(self, **more: str) -> Self:
        """Choose place, kind and legal form, and begin."""
        return self.begun(self.client.post(reverse("institutions:start"), self.choices | more))

    def begun(self, answer: HttpResponse) -> Self:
        """Go on with the application an answer led to."""
        assert answer.status_code == 302, said(answer)
        self.pk = int(answer["Location"].split("/")[2])
        return self

    def type(self, page: str, fields: Mapping[str, Any]) -> HttpResponse:
        """Type a page and save it."""
        version = self.application.version
        return self.client.post(
            reverse("institutions:page", args=[self.pk, page]),
            {**fields, "version": version, "window": "w", "do": "save"},
        )

    def fill(self, **changed: Mapping[str, Any]) -> Self:
        """Fill in every page as a careful applicant does, with all papers; `changed` pages apart."""
        if not self.pk:
            self.begin()
        typed = desk.good_pages(self.county, self.kind)
        for page in policy.form_at(self.county, self.kind).pages:
            fields = _as_posted(typed[page.key]) | dict(changed.get(page.key, {}))
            if page.key == pages.PAPERS.key:
                fields = self._papers() | fields
            answer = self.type(page.key, fields)
            assert answer.status_code == 302, said(answer)
        return self

    def _papers(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for slot in policy.slots_at(self.county, self.kind):
            given |= desk.paper_details(slot) | {f"file-{slot.key}": desk.image()}
        return given

    def submit(self) -> HttpResponse:
        """Press the button under the review."""
        return self.client.post(reverse("institutions:review", args=[self.pk]))

    def hand_in(self, **changed: Mapping[str, Any]) -> Self:
        """Fill in (unless that is done) and hand in, with nothing to mend."""
        if not self.pk or not self.application.data.get("commitment"):
            self.fill(**changed)
        answer = self.submit()
        assert answer.status_code == 302, said(answer)
        return self

    def problems(self) -> list[dict[str, Any]]:
        """Every problem of the application as the API tells them."""
        return self.client.get(f"/api/v1/applications/{self.pk}/problems").json()["problems"]

    @property
    def application(self) -> Application:
        return Application.objects.get(pk=self.pk)

    @property
    def case(self) -> Case:
        return Case.objects.get(application=self.pk)

    @property
    def institution(self) -> Institution:
        return Institution.objects.get(applications__pk=self.pk)

    # ---- the case

    def step(self, key: str) -> Step:
        return self.case.steps.get(key=key)

    @property
    def states(self) -> dict[str, str]:
        return dict(self.case.steps.values_list("key", "state"))

    def officer(self, key: str) -> Client:
        """The officer at the desk where a step lies."""
        step = self.step(key)
        return desk_of(step.department, step.division_code)

    def decide(self, key: str, decision: str = "approve", *remarks: str, **fields: str) -> HttpResponse:
        """Decide a step in the inbox; each remark is "page.field: text"."""
        given: dict[str, str] = {"remarks-TOTAL_FORMS": str(len(remarks)), "remarks-INITIAL_FORMS": "0"}
        for index, remark in enumerate(remarks):
            where, _, text = remark.partition(": ")
            given |= {f"remarks-{index}-where": where, f"remarks-{index}-text": text}
        if decision == "approve":
            given |= _stated_by_the_registrar(key)
        address = reverse("cases:decision", args=[self.case.number, key])
        return self.officer(key).post(address, {**given, "decision": decision, **fields})

    def approve(self, *keys: str) -> Self:
        """Approve these steps one after the other."""
        for key in keys:
            answer = self.decide(key)
            assert answer.status_code == 302, said(answer)
        return self

    def until(self, key: str) -> Self:
        """What comes before a step has been approved; tests of its own tell how that looks at a desk."""
        stage = self.step(key).stage
        before = self.case.steps.filter(stage__lt=stage).exclude(state=Step.State.APPROVED)
        for step in before.order_by("stage", "pk"):
            by = actor(sits(step.department, step.division_code))
            result = _stated_by_the_registrar(step.key)
            cases.decide(by=by, step=self.step(step.key), decision="approve", result=result)
        return self

    def tracker(self) -> str:
        """What the applicant reads about the case."""
        return text_of(self.client, reverse("cases:tracker", args=[self.case.number]))

    def notices(self) -> str:
        """What the applicant was told."""
        return text_of(browser(self.applicant), reverse("cases:notices"))

    @property
    def public_address(self) -> str:
        return reverse("portal:institution", args=[self.institution.pk])


def _stated_by_the_registrar(key: str) -> dict[str, str]:
    return {**desk.RESULT, "registered_on": clock.today().isoformat()} if key == "registration" else {}


def _as_posted(typed: Mapping[str, Any]) -> dict[str, Any]:
    """A page's fields as a form posts them: rows by number."""
    given = {key: value for key, value in typed.items() if key != "rows"}
    for index, row in enumerate(typed.get("rows", [])):
        given |= {f"row-{index}-{key}": value for key, value in row.items()}
    return given
