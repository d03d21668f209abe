"""The institutions' part in cases of setting up and filing: what each department's decision brings about."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse

from tuoyu.cases.models import Case, Step
from tuoyu.cases.procedures import FormPage, Material
from tuoyu.core import audit
from tuoyu.core.actor import Actor
from tuoyu.core.reaches import OFFICES
from tuoyu.core.transitions import move
from tuoyu.institutions import actions, asking, matters, queries, standing, stated
from tuoyu.institutions.forms import RegistrationForm
from tuoyu.institutions.models import Application
from tuoyu.institutions.vocabulary import FILED, REGISTERED_ALREADY

State = Application.State


class ApplicationHandler:
    """What every case that began with an application has in common: what was handed in, how it shows."""

    def on_opened(self, case: Case, by: Actor) -> None:
        """Nothing yet: the application notes its case itself."""

    def on_returned(self, case: Case, by: Actor) -> None:
        """The applicant may mend."""
        move(Application.objects.get(case=case), from_=State.SUBMITTED, to=State.MENDING)

    def on_withdrawn(self, case: Case, by: Actor) -> None:
        """The application ends with its case."""
        _close(case)

    def pages(self, case: Case) -> Sequence[FormPage]:
        """The pages and fields a remark can be pinned to."""
        return queries.form_pages_of(case)

    def material(self, case: Case, actor: Actor) -> Material:
        """The application as handed in, its papers, and the capacity explained."""
        application, reading = queries.application_of(case), queries.reading_of_case(case)
        if application is None or reading is None:
            raise Application.DoesNotExist(f"case {case.number} has no application")
        if application.owner_id not in actor.owner_ids:
            audit.read(actor, application, ["contact_phone"], topic=application.topic)
        context = {
            "application": application,
            "said": queries.submission_of(application, reading, in_clear=True),
            "pages": self.pages(case),
            "slots": reading.slots,
            "files": queries.files_of(application),
            "opens_papers": application.owner_id in actor.owner_ids or _takes_part(actor, case),
            "capacity": reading.capacity if queries.shows_capacity(application) else None,
            "changes": stated.changes(application, reading.form),
            "year": application.year,
            "warnings": [p for p in reading.problems if p.severity == "warn"],
            "institution": application.institution,
            "known": [],
            "history": [],
        }
        if application.institution is not None and (application.files_alone or application.is_after_filing):
            context["known"] = standing.known(application.institution, whole=application.is_after_filing)
            context["history"] = standing.history(application.institution, without=application.pk)
        return Material("institutions/material.html", context)

    def sources(self, case: Case) -> Sequence[tuple[str, str]]:
        """The rules of setting up that a remark may rest on."""
        reading = queries.reading_of_case(case)
        return reading.book.citable if reading else ()

    def shown(self, page: str, field: str, value: Any) -> str:
        """Submissions are kept in the words a person reads."""
        return "" if value is None else str(value)

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """Nothing: an approval says it all."""
        return None

    def applicant_url(self, case: Case) -> str:
        """Where the applicant mends and reads the application."""
        application = queries.application_of(case)
        if application is None:
            raise Application.DoesNotExist(f"case {case.number} has no application")
        return reverse("institutions:application", args=[application.pk])

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """What is pushed to other departments; no identity number."""
        application = Application.objects.select_related("institution").get(case=case)
        found = application.institution
        told: dict[str, Any] = {
            "case": case.number,
            "name": application.name,
            "kind": application.kind,
            "nature": application.nature,
            "legal_form": application.legal_form,
        }
        if found is None and application.kind in REGISTERED_ALREADY:
            # Admitted before it is recorded: what the kindergarten states of itself.
            stated = queries.facts_of(application)
            told |= {
                "uscc": stated.text("provider.uscc"),
                "registrar": stated.text("provider.registrar"),
                "address": stated.text("basics.address"),
                "division_code": stated.division_code,
            }
        if found is not None:
            told |= {
                "institution_id": found.pk,
                "uscc": found.uscc,
                "registration_number": found.registration_number,
                "registered_on": str(found.registered_on),
                "registrar": found.registrar,
                "address": found.address,
                "division_code": found.division_code,
            }
        return told


class EstablishmentHandler(ApplicationHandler):
    """Setting up an institution or a family point: registration, filing, verification; or filing alone."""

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Registration makes the institution, filing its receipt, verification ends the application."""
        if step.kind == Step.Kind.REGISTRATION:
            actions.register(by=by, case=case, step=step, result=result)
        elif step.kind == Step.Kind.FILING:
            actions.issue_receipt(by=by, case=case, step=step)
        elif step.kind == Step.Kind.VERIFICATION:
            actions.accept_verification(by=by, case=case, step=step)
            _close(case)

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """Refused at verification it is published; anywhere else the application ends."""
        if step.kind == Step.Kind.VERIFICATION:
            actions.publish_nonconforming(by=by, case=case, step=step, reasons=reason)
        _close(case)

    def on_returned(self, case: Case, by: Actor) -> None:
        """The applicant may mend; a filed institution with defects is in rectification."""
        application = Application.objects.select_related("institution").get(case=case)
        move(application, from_=State.SUBMITTED, to=State.MENDING)
        found = case.steps.filter(kind=Step.Kind.VERIFICATION, state=Step.State.DEFECTIVE).first()
        if (
            found is not None
            and application.institution is not None
            and application.institution.filing in FILED
        ):
            actions.demand_rectification(by=by, case=case, step=found)

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """A registrar states number, credit code and day."""
        if step.kind != Step.Kind.REGISTRATION:
            return None
        application = queries.application_of(step.case)
        institution = application.institution if application else None
        return asking.note_form("办件：登记", RegistrationForm(data), institution)


class AfterFilingHandler(ApplicationHandler):
    """What comes after a filing: change, review, report, suspension, resumption, cancellation."""

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Carry out what the office approved; with health's approval the application ends."""
        kinds = Step.Kind
        if step.kind in (kinds.AMENDMENT, kinds.CHANGE):
            actions.apply_change(by=by, case=case, step=step)
        elif step.kind in (kinds.REVIEW, kinds.REPORT):
            actions.keep_yearly_result(by=by, case=case, step=step, passed=True)
        elif step.kind == kinds.SUSPENSION:
            actions.suspend(by=by, case=case, step=step)
        elif step.kind == kinds.RESUMPTION:
            actions.resume(by=by, case=case, step=step)
        elif step.kind == kinds.CANCELLATION:
            actions.cancel_filing(by=by, case=case, step=step)
        if step.kind != kinds.AMENDMENT:
            _close(case)

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None:
        """A review that is refused is kept as failed; the application ends."""
        if step.kind == Step.Kind.REVIEW:
            actions.keep_yearly_result(by=by, case=case, step=step, passed=False, reasons=reason)
        _close(case)

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """Beside who it is: what changed, or how the institution ended."""
        told = super().payload(case, step)
        application = Application.objects.select_related("institution").get(case=case)
        found = application.institution
        if found is not None:
            told |= {"name": found.name, "receipt_number": found.receipt_number}
        if step.kind == Step.Kind.CANCELLATION and found is not None:
            told |= {"ended_on": str(found.filing_ended_on), **actions.settled_in_words(application)}
        if application.items:
            told["changed"] = "、".join(item.label for item in matters.ITEMS if item.key in application.items)
        return told


def _takes_part(actor: Actor, case: Case) -> bool:
    """Whether a department the actor sits in has or had a step: who only looks on opens no paper."""
    offices = actor.seats_as(*OFFICES)
    return any(
        step["department"] == seat.department and seat.covers_place(step["division_code"])
        for step in getattr(case, "step_rows", ())
        if step["state"] != Step.State.WAITING
        for seat in offices
    )


def _close(case: Case) -> None:
    application = Application.objects.get(case=case)
    move(application, from_=(State.SUBMITTED, State.MENDING), to=State.CLOSED)
