"""A kindergarten with classes: it is a legal person already, and is recorded as it stated itself."""

from tuoyu.cases.models import Case, Step
from tuoyu.core import audit, identifiers
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import policy, queries, rules
from tuoyu.institutions.actions.facts import Ground, Supplier
from tuoyu.institutions.actions.registrations import (
    REGISTRAR_SAYS,
    SAID_AT_FIRST,
    create,
    state_given,
)
from tuoyu.institutions.facts import COLUMNS
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.said import said_of
from tuoyu.institutions.vocabulary import REGISTERED_ALREADY, GroundKind, Registration
from tuoyu.jurisdictions.names import department_name

CERTIFICATE = "legal_person_certificate"
APPROVALS = "kindergarten_class.applications"


def record_kindergarten(by: Actor, case: Case, step: Step) -> None:
    """Record the kindergarten of a case where that is not done yet; it is not registered anew."""
    application = Application.objects.select_related("case__pack").filter(case=case).first()
    if application is None or application.kind not in REGISTERED_ALREADY:
        return
    check_approvals(case, step)
    if application.institution_id is not None:
        return
    read = queries.facts_of(application)
    institution = _kindergarten_of(application, read)
    create(institution)
    said = said_of(application, read) | {
        key: getattr(institution, key) for key in (*SAID_AT_FIRST, *REGISTRAR_SAYS)
    }
    ground = Ground(GroundKind.FILING, case, Supplier.applicant(application))
    state_given(institution, application, read, said, ground=ground, by=by)
    application.institution = institution
    application.save(update_fields=["institution"])
    audit.record(by, "institution.recorded", institution, topic=institution.topic, place=step.division_code,
                 after={"name": institution.name, "uscc": institution.uscc})  # fmt: skip


def check_approvals(case: Case, step: Step) -> None:
    """A place may ask for the approval of several departments: with one missing no class is filed."""
    on = case.opened_at.date()
    for rule in policy.book_at(case.division_code, on, case.pack.digest).all(APPROVALS):
        wanted = rule.value if isinstance(rule.value, list | tuple) else (rule.value,)
        given = case.steps.filter(kind=Step.Kind.CONSENT, state=Step.State.APPROVED)
        missing = [one for one in wanted if one not in set(given.values_list("department", flat=True))]
        if missing:
            names = "、".join(department_name(str(one), step.division_code) for one in missing)
            raise Refused(
                Problem(
                    f"还没有{names}的审批意见，不能备案。",
                    rule_key=rule.key,
                    source=rule.source,
                    fix="请等各部门都同意后再办。",
                ),
                status=409,
            )


def _kindergarten_of(application: Application, read: rules.Facts) -> Institution:
    paper = read.papers.get(CERTIFICATE)
    said = said_of(application, read)
    return Institution(
        **{key: value for key, value in said.items() if key in COLUMNS},
        name=application.name,
        kind=application.kind,
        nature=application.nature,
        legal_form=application.legal_form,
        business_scope=read.text("basics.business_scope"),
        registration=Registration.REGISTERED,
        registrar=read.text("provider.registrar"),
        registration_number=paper.number[:40] if paper else "",
        uscc=identifiers.credit_code(read.text("provider.uscc"), field="uscc"),
        registered_on=read.get("provider.registered_on"),
    )
