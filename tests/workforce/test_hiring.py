"""Hiring, placing, ending: through one door, with the rule named when it stays shut."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.people import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.cases.models import Notice
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions import policy
from tuoyu.institutions.models import Institution
from tuoyu.workforce import actions
from tuoyu.workforce.models import ClassAssignment, Employment, HiringCheck, Person, RecordCheck
from tuoyu.workforce.permissions import VIEW_STAFF
from tuoyu.workforce.rules.certificates import Certificate, last_good_day, read_certificate
from tuoyu.workforce.rules.hiring import read_hiring
from tuoyu.workforce.rules.mending import read_mending
from workforce.staff import GULOU, XUANWU, carer, certified, days, head, hired, identity, nursery, typed

pytestmark = pytest.mark.django_db


def read(**changed: str) -> tuple[Problem, ...]:
    return read_hiring(typed(1, **changed), lambda day: policy.book_at(GULOU, day), clock.today())[1]


def test_somebody_hired_stands_in_the_register_with_the_answer_and_without_a_word_in_the_audit() -> None:
    place = nursery()
    made = hired(head(place), place, 1)
    assert (made.name, made.post, made.starts_on, made.ends_on) == ("员工1", "carer", clock.today(), None)
    assert RecordCheck.objects.get(person=made.person).result == "clear"
    event = AuditEvent.objects.get(verb="employment.begun")
    assert event.division_code == GULOU
    said = f"{event.before}{event.after}{event.note}{event.topic}"
    assert "员工" not in said
    assert identity(1) not in said
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, identity FROM workforce_person")
        assert not {"员工1", identity(1)} & set(cursor.fetchone())


def test_the_same_person_is_one_person_however_many_employ_it() -> None:
    one, other = nursery(), nursery()
    first = hired(head(one), one, 1)
    second = hired(head(other), other, 1, full_time="no", name="改过的名字", phone="13900139000")
    assert first.person_id == second.person_id
    first.refresh_from_db()
    assert (first.name, first.phone) == ("员工1", "13800138000")


def test_a_nursery_whose_filing_has_ended_hires_nobody_and_asks_about_nobody() -> None:
    place = nursery()
    by, last = head(place), hired(head(place), place, 1)
    asked = HiringCheck.objects.count()
    Institution.objects.filter(pk=place.pk).update(filing="cancelled", filing_ended_on=clock.today())
    with pytest.raises(Refused, match="备案已经注销"):
        hired(by, place, 2)
    assert HiringCheck.objects.count() == asked
    # Who still works there can be let go.
    ended = actions.end_employment(by=by, employment=last, last_day=clock.today(), reason="机构停办")
    assert ended.ends_on is not None


@pytest.mark.parametrize(
    ("changed", "field", "code", "source"),
    [
        ({"name": ""}, "name", "hiring.name.missing", ""),
        ({"identity": "110105199001010011"}, "identity", "hiring.identity.wrong", ""),
        ({"post": "园丁"}, "post", "hiring.post.unreadable", ""),
        ({"starts_on": "2026年13月1日"}, "starts_on", "hiring.starts_on.unreadable", ""),
        ({"starts_on": "1980-01-01"}, "starts_on", "hiring.starts_on.wrong", ""),
        ({"contract_until": "2001-01-01"}, "contract_until", "hiring.contract_until.wrong", ""),
        ({"name": "=SUM(A1)"}, "name", "hiring.name.wrong", ""),
        ({"post": "负责人", "education": "高中"}, "education", "head.education", "设置标准（试行）》"),
        ({"post": "head", "experience_years": "2"}, "experience_years", "head.experience_years", "第18条"),
        ({"post": "health", "education": "初中及以下"}, "education", "health_staff.education", "卫生评价"),
        ({"check_result": ""}, "check_result", "hiring.record_check", "未成年人保护法"),
        ({"check_result": "有记录"}, "check_result", "hiring.record_check", "第62条"),
        ({"check_answered_on": "2099-01-01"}, "check_answered_on", "hiring.record_check", "第62条"),
    ],
)
def test_what_is_wrong_is_told_with_field_code_rule_and_source(
    changed: dict[str, str], field: str, code: str, source: str
) -> None:
    found = [p for p in read(**changed) if (p.field, p.rule_key) == (field, code)]
    assert found, read(**changed)
    assert found[0].severity == "block"
    assert source in found[0].source


def test_words_of_the_vocabulary_do_as_well_as_keys_and_the_law_binds_from_its_day() -> None:
    none = dict.fromkeys(("check_asked_on", "check_answered_on", "check_authority", "check_result"), "")
    words = {"post": "保育人员", "contract": "劳动合同", "full_time": "是", "education": "本科"}
    assert read(**words) == ()
    assert read(starts_on="2021-05-31", **none) == ()
    assert {p.rule_key for p in read(starts_on="2021-06-01", **none)} == {"hiring.record_check"}


def test_who_is_known_to_have_a_record_is_hired_nowhere() -> None:
    one, other = nursery(), nursery()
    by = head(one)
    made = hired(by, one, 1)
    check = actions.record_check_asked(by=by, employment=made, asked_on=clock.today())
    actions.record_check_answered(
        by=by, employment=made, check=check, answered_on=clock.today(), authority="公安分局", result="hit"
    )
    with pytest.raises(Refused) as refused:
        hired(head(other), other, 1)
    problem = refused.value.problems[0]
    assert "第62条" in problem.source
    assert one.name not in f"{problem}"
    assert Employment.objects.filter(institution=other).count() == 0


def test_a_hit_ends_the_work_here_and_tells_whoever_else_employs_without_saying_who_asked() -> None:
    one, other = nursery(GULOU, ("小一班", "toddler_small", 10)), nursery()
    with clock.set_to(datetime(2026, 3, 2, 2, tzinfo=UTC)):
        by, colleague = head(one), head(other)
        made = carer(by, one, 1, one.classes.get())
        there = hired(colleague, other, 1, full_time="no")
        actions.end_employment(by=by, employment=made, last_day=date(2026, 12, 31), reason="合同到期")
    with clock.set_to(datetime(2026, 4, 1, 2, tzinfo=UTC)):
        check = actions.record_check_asked(by=by, employment=made, asked_on=date(2026, 3, 20))
        actions.record_check_answered(
            by=by, employment=made, check=check, answered_on=date(2026, 4, 1), authority="公安", result="hit"
        )
        made.refresh_from_db()
        assert made.ends_on == date(2026, 4, 1)
        assert "有记录" in made.end_reason
        assert ClassAssignment.objects.get(employment=made).period.upper == date(2026, 4, 1)
        there.refresh_from_db()
        assert there.ends_on is None
        told = Notice.objects.get(user=colleague.user_id)
        assert one.name not in told.title + told.text
        assert "第62条" in told.text
        with pytest.raises(Overtaken):
            actions.record_check_answered(
                by=by,
                employment=made,
                check=check,
                answered_on=date(2026, 4, 1),
                authority="公安",
                result="clear",
            )


def test_one_full_time_post_at_a_time_by_form_and_by_database() -> None:
    one, other = nursery(), nursery()
    by = head(one)
    made = hired(by, one, 1)
    with pytest.raises(Refused) as refused:
        hired(head(other), other, 1)
    assert one.name not in str(refused.value)
    with pytest.raises(Refused, match="同一岗位"):
        hired(by, one, 1, full_time="no")
    with pytest.raises(IntegrityError), transaction.atomic():
        Employment.objects.create(
            person=made.person, institution=other, post="cook", contract="labour", full_time=True,
            period=DateRange(days(5), days(9)), hired_label="甲", name="甲",
        )  # fmt: skip
    actions.end_employment(by=by, employment=made, last_day=clock.today(), reason="离职")
    with clock.set_to(datetime(2099, 1, 1, tzinfo=UTC)):
        assert hired(head(other), other, 1).pk


def test_ending_takes_its_reason_once_and_leaves_the_class() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    by = head(place)
    made = carer(by, place, 1, place.classes.get())
    for last_day, reason in ((days(-1), "离职"), (days(3), " ")):
        with pytest.raises(Refused):
            actions.end_employment(by=by, employment=made, last_day=last_day, reason=reason)
    actions.end_employment(by=by, employment=made, last_day=days(3), reason="回老家")
    assert ClassAssignment.objects.get().period.upper == made.ends_on == days(4)
    with pytest.raises(Overtaken):
        actions.end_employment(by=by, employment=made, last_day=days(3), reason="回老家")


def test_a_carer_is_in_one_class_at_a_time_and_only_of_the_own_nursery() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10), ("大一班", "toddler_large", 10))
    foreign = nursery(GULOU, ("外班", "infant", 5)).classes.get()
    small, large = place.classes.order_by("pk")
    by = head(place)
    made = carer(by, place, 1, small)
    actions.assign_to_class(by=by, employment=made, class_group=large, from_day=days(7))
    found = ClassAssignment.objects.order_by("period").values_list("class_name", "period")
    assert [(name, p.lower, p.upper) for name, p in found] == [
        ("小一班", clock.today(), days(7)),
        ("大一班", days(7), None),
    ]
    actions.assign_to_class(by=by, employment=made, class_group=None, from_day=clock.today())
    assert ClassAssignment.objects.count() == 0
    for group, from_day in ((foreign, clock.today()), (small, days(-1))):
        with pytest.raises(Refused):
            actions.assign_to_class(by=by, employment=made, class_group=group, from_day=from_day)
    cook = hired(by, place, 2, post="cook")
    with pytest.raises(Refused, match="保育人员"):
        actions.assign_to_class(by=by, employment=cook, class_group=small, from_day=clock.today())


def test_a_class_given_up_leaves_its_name_with_who_worked_there() -> None:
    place = nursery(GULOU, ("小一班", "toddler_small", 10))
    carer(head(place), place, 1, place.classes.get())
    place.classes.get().delete()
    assert ClassAssignment.objects.get().class_name == "小一班"


def test_a_health_certificate_is_good_for_as_long_as_the_yearly_check_says() -> None:
    book = policy.book_at(GULOU)
    said = Certificate("health_certificate", "疾控中心", date(2026, 2, 28))
    assert last_good_day(said, book).expires_on == date(2027, 2, 27)
    place = nursery()
    by = head(place)
    made = hired(by, place, 1)
    with pytest.raises(Refused) as refused:
        certified(by, made, "health_certificate", expires_on=days(400))
    assert "管理规范" in refused.value.problems[0].source
    certified(by, made, "health_certificate", number="健1")
    with pytest.raises(Refused, match="登记过"):
        certified(by, made, "health_certificate", number="健1")
    held = made.person.qualifications.get()
    actions.withdraw_qualification(by=by, employment=made, qualification=held, reason="登记错了")
    with pytest.raises(Overtaken):
        actions.withdraw_qualification(by=by, employment=made, qualification=held, reason="登记错了")
    wrong = read_certificate({"kind": "驾驶证", "issuer": "", "issued_on": "2099-01-01"}, clock.today())[1]
    assert {p.rule_key for p in wrong} == {
        "certificate.kind.unreadable", "certificate.issuer.missing", "certificate.issued_on.wrong",
    }  # fmt: skip


def test_who_may_keep_the_register_and_who_may_see_it() -> None:
    here, elsewhere = nursery(GULOU), nursery(XUANWU)
    made = hired(head(here), here, 1)
    people = {
        "other head": head(elsewhere),
        "own staff": actor_for(seated(Role.NURSERY_STAFF, username="staff", institution_id=here.pk)),
        "health": actor_for(seated(Role.OFFICER, "health", GULOU)),
        "education": actor_for(seated(Role.OFFICER, "education", GULOU)),
        "registrar": actor_for(seated(Role.OFFICER, "civil_affairs", GULOU)),
        "lead": actor_for(seated(Role.JURISDICTION_LEAD, "", "320100")),
        "neighbour": actor_for(seated(Role.OFFICER, "health", XUANWU)),
    }
    for who, by in people.items():
        with pytest.raises(PermissionDenied):
            actions.end_employment(by=by, employment=made, last_day=clock.today(), reason="x")
        sees = visible_to(by, VIEW_STAFF, Institution.objects.filter(pk=here.pk)).exists()
        assert sees is (who in ("own staff", "health")), who


def test_the_identity_number_in_clear_is_written_down_as_read() -> None:
    place = nursery()
    by = head(place)
    made = hired(by, place, 1)
    assert actions.reveal_identity(by=by, employment=made) == identity(1)
    event = AuditEvent.objects.get(verb="personal.read")
    assert (event.actor_id, event.after) == (by.user_id, {"fields": ["identity"]})
    colleague = actor_for(seated(Role.NURSERY_STAFF, username="staff", institution_id=place.pk))
    with pytest.raises(PermissionDenied):
        actions.reveal_identity(by=colleague, employment=made)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hire_the_same_person_at_once_one_wins_and_the_person_is_one() -> None:
    places = [nursery(), nursery()]
    heads = [head(place) for place in places]

    def go(index: int) -> str:
        try:
            hired(heads[index], places[index], 1)
            return "hired"
        except Refused as refused:
            return f"{refused.status}"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, range(2))) == ["409", "hired"]
    assert Person.objects.count() == 1


def test_what_is_known_of_somebody_is_mended_in_place() -> None:
    place = nursery()
    by = head(place)
    made = hired(by, place, 1, education="", experience_years="")
    said, problems = read_mending({"education": "本科", "experience_years": "7"}, made.starts_on)
    assert said is not None, problems
    actions.mend_employment(by=by, employment=made, said=said)
    made.refresh_from_db()
    assert (made.education, made.experience_years, made.phone) == ("本科", 7, "")
    event = AuditEvent.objects.get(verb="employment.mended")
    assert event.before["education"] == ""
    assert event.after["education"] == "本科"
    assert read_mending({"contract_until": "2001-01-01", "education": "博士"}, made.starts_on)[0] is None
