"""B8: a nursery answers for the safety of its children; a serious incident opens a case of accountability.

Three documents order accountability themselves; elsewhere the case rests on a parameter, shown as such.
"""

import pytest

from accounts.people import browser
from care import stated
from journeys import AT, At, desk_of, text_of
from tuoyu.cases.models import Case, Notice
from tuoyu.core import clock, workdays
from workforce import staff

pytestmark = pytest.mark.django_db

CLAUSES = {
    "N": ["四.(四)"],
    "S": ["三.(三)"],
    "J": ["二.(二).2"],
    "Y": ["二.(六).11", "三.(二)"],
    "H": ["二.(三).14", "三.(一)"],
}
# Where the document itself says that somebody answers.
OWN = {"S": "三.(三)", "J": "二.(二).3", "Y": "三.(二)"}

everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter], id=letter, marks=pytest.mark.scenario("B8", AT[letter].jurisdiction, clauses=clauses)
        )
        for letter, clauses in CLAUSES.items()
    ],
)


@everywhere
def test_an_incident_that_is_filed_opens_a_case_the_institution_answers_for(at: At) -> None:
    nursery = staff.nursery(at.county, ("小一班", "toddler_small", 10))
    user = staff.head_user(nursery)
    head = browser(user)
    given = {
        "kind": "burn", "severity": "serious", "spot": "kitchen", "happened_at": clock.now().isoformat(),
        "hurt": 1, "what": "分餐时热汤翻倒。", "measures": "冷水冲洗后送医，通知家长。",
        "class_id": nursery.classes.get().pk,
    }  # fmt: skip
    answer = head.post(f"/api/v1/office/institutions/{nursery.pk}/incidents", given, "application/json")
    assert answer.status_code == 201, answer.content.decode()
    case = Case.objects.get(number=answer.json()["case"])
    step = case.steps.get()
    assert (case.respondent_id, step.department, step.division_code) == (nursery.pk, "health", at.county)
    assert step.due_on == workdays.add_working_days(clock.today(), 30).on
    assert (OWN[at.letter] in step.source) if at.letter in OWN else ("本地参数" in step.source)
    assert Notice.objects.filter(user=user, case=case).count() == 1
    assert case.number in text_of(desk_of("health", at.county), "/inbox/")
    assert case.number in text_of(head, "/my/cases/")


@everywhere
def test_a_minor_one_is_kept_and_opens_nothing_and_nobody_elsewhere_reads_it(at: At) -> None:
    nursery = staff.nursery(at.county)
    made = stated.incident(staff.head(nursery), nursery, severity="minor")
    assert made.case is None
    assert "下楼时踩空" in text_of(desk_of("health", at.county), f"/incidents/{made.pk}/")
    elsewhere = AT["H" if at.letter != "H" else "N"].county
    assert desk_of("health", elsewhere).get(f"/incidents/{made.pk}/").status_code == 404
