"""B7: what a nursery records is watched as each day closes; B9: clustered illness reaches disease control.

The national ratio and the national report rule bind all five places; where a document speaks of supervision
or of disease its own clause is cited besides. Nanjing says nothing of disease: the nation's rule holds there.
"""

from typing import Any

import pytest

from accounts.people import browser
from alerts import looked
from care import stated
from journeys import AT, At, desk_of, text_of
from tuoyu.accounts.actors import actor_for
from tuoyu.cases.models import Notice
from tuoyu.core import clock
from tuoyu.core.models import OutboxMessage
from tuoyu.supervision.models import Inspection
from workforce import staff

pytestmark = pytest.mark.django_db

WATCHED = {"N": "三.(二).3", "S": "二.(四).3", "J": "三.(四)", "Y": "二.(六).13", "H": "二.(三).14"}
DISEASE = {"S": "二.(四).2", "J": "二.(二).2", "Y": "二.(六).12", "H": "二.(三).15"}


def everywhere(capability: str, clauses: dict[str, str], letters: str) -> pytest.MarkDecorator:
    def param(letter: str) -> Any:
        at = AT[letter]
        if letter not in clauses:
            return pytest.param(at, id=letter)
        mark = pytest.mark.scenario(capability, at.jurisdiction, clauses=[clauses[letter]])
        return pytest.param(at, id=letter, marks=mark)

    return pytest.mark.parametrize("at", [param(letter) for letter in letters])


@everywhere("B7", WATCHED, "NSJYH")
def test_a_ratio_below_the_standard_reaches_health_and_the_institution_as_the_day_closes(at: At) -> None:
    nursery = staff.nursery(at.county, ("大一班", "toddler_large", 20))
    user = staff.head_user(nursery)
    day = looked.three_working_days()
    with clock.set_to(looked.evening(day).replace(hour=17)):
        given = {"classes": [{"class_id": nursery.classes.get().pk, "children": 15, "carers": 2}]}
        address = f"/api/v1/office/institutions/{nursery.pk}/days/{day}"
        answer = browser(user).put(address, given, "application/json")
        assert answer.status_code == 200, answer.content.decode()
        assert looked.standing(nursery, "staffing") == [], "the day has not closed"
    with clock.set_to(looked.evening(day)):
        looked.closes(nursery, day)
        (alert,) = looked.standing(nursery, "staffing")
        assert "《托育机构设置标准（试行）》（国卫人口发〔2019〕58号）第20条" in alert.source
        assert WATCHED[at.letter] in alert.source
        assert nursery.name in text_of(desk_of("health", at.county), "/alerts/")
        assert "到园15人，在岗保育人员2名" in text_of(browser(user), f"/alerts/{alert.pk}/")
        assert Notice.objects.filter(user=user, title="预警：当日保育人员配比不足").exists()
        elsewhere = AT["H" if at.letter != "H" else "N"].county
        assert desk_of("health", elsewhere).get(f"/alerts/{alert.pk}/").status_code == 404


@everywhere("B9", DISEASE, "NSJYH")
def test_clustered_illness_reaches_disease_control_within_the_hours_with_who_is_to_stay_away(at: At) -> None:
    nursery = staff.nursery(at.county, ("小一班", "toddler_small", 10))
    by = actor_for(staff.head_user(nursery))
    day = looked.three_working_days()
    for after, number in enumerate((2, 2, 1)):
        on = looked.day_after(day, after)
        with clock.set_to(looked.evening(on).replace(hour=9)):
            assert looked.standing(nursery, "cluster") == [], "four in two days are not five in three"
            stated.day(by, nursery, on, cases={"vomiting": number, "cough": 1})
    with clock.set_to(looked.evening(on).replace(hour=9)):
        (alert,) = looked.standing(nursery, "cluster")
        assert alert.due_at is not None
        assert (alert.due_at - alert.raised_at).total_seconds() == 24 * 3600
        assert (DISEASE.get(at.letter, "卫办疾控发〔2006〕65号")) in alert.source
        told = OutboxMessage.objects.get(department="cdc", topic="alert.raised")
        assert (told.division_code, told.payload["excluded"]) == (at.county, "小一班5人")
        control = desk_of("cdc", at.county)
        assert "小一班5人" in text_of(control, f"/alerts/{alert.pk}/")
        answer = control.post(f"/api/v1/alerts/{alert.pk}/resolution", {"note": "已处置"}, "application/json")
        assert answer.status_code == 200


def test_of_twins_one_of_which_is_to_be_inspected_the_nurseries_read_the_same() -> None:
    twins = [staff.nursery("320106", ("小一班", "toddler_small", 10), name="双生园") for _ in range(2)]
    users = [staff.head_user(one) for one in twins]
    day = looked.three_working_days()
    Inspection.objects.create(
        number="J1", institution=twins[0], division_code="320106", department="health", origin="report",
        year=day.year, scheduled_on=clock.today(), reason="举报", created_label="甲",
    )  # fmt: skip
    with clock.set_to(looked.evening(day)):
        looked.closes(twins[0], day)
        told = [
            [(row["rule"], row["says"], row["source"]) for row in
             browser(user).get("/api/v1/alerts").json()["rows"]] for user in users
        ]  # fmt: skip
    assert told[0] == told[1]
    assert looked.standing(twins[0], "inspection_overdue")
    notices = [sorted(Notice.objects.filter(user=user).values_list("title", "text")) for user in users]
    assert notices[0] == notices[1]
