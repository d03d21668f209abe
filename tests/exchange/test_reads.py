"""What pages show beside their forms is answered too: a person, colleagues, checklists, corrections."""

from datetime import date

import pytest
from django.test import Client

from credit import deciding
from exchange.callers import Caller, seated, stranger
from institutions import desk
from ratings import rated
from tuoyu.core import clock, workdays
from tuoyu.core.actor import Actor, Role
from tuoyu.credit.actions import put_on_list
from tuoyu.credit.vocabulary import ListKind
from tuoyu.institutions import actions
from tuoyu.institutions.models import Publication
from workforce import staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs")]


def test_a_person_is_told_with_the_seats_the_caller_may_see_and_a_masked_phone() -> None:
    officer = seated(Role.OFFICER, "health")
    officer.phone = "13812345678"
    officer.save()
    told = Caller(seated(Role.SYSTEM_ADMIN)).get(f"/people/{officer.pk}").json()
    assert (told["username"], told["phone"], told["two_step"]) == (officer.username, "138****5678", False)
    assert [(s["role"], s["department"]) for s in told["seats"]] == [("officer", "health")]
    assert (
        Caller(seated(Role.SYSTEM_ADMIN, division="420106")).get(f"/people/{officer.pk}").status_code == 404
    )


def test_a_lead_is_told_who_may_take_a_step_and_who_may_sit_in() -> None:
    case = desk.submitted(desk.applicant())
    officer, lead = seated(Role.OFFICER, "health"), seated(Role.DEPARTMENT_LEAD, "health")
    caller = Caller(lead)
    path = f"/cases/{case.number}/steps/check_health/colleagues"
    assert {one["id"] for one in caller.get(path).json()} == {officer.pk, lead.pk}
    seat = officer.memberships.get()
    assert [one["id"] for one in caller.get(f"/seats/{seat.pk}/substitutes").json()] == [lead.pk]


def test_the_api_tells_of_an_institution_what_its_public_page_tells() -> None:
    place = staff.nursery(staff.GULOU, ("小一班", "toddler_small", 15), uscc="52320106MJ0000001X")
    event = deciding.sanctioned(place)
    by = deciding.office(staff.GULOU)
    put_on_list(by=by, institution=place, kind=ListKind.PUNISHMENT, reason="拒不改正", event=event)
    Publication.objects.create(
        institution=place, kind=Publication.Kind.FILING, clause="第七条", department="health",
        division_code=staff.GULOU, published_on=clock.today(), published_label="测试",
    )  # fmt: skip
    rated.adopted()
    graded = rated.published(place)
    told = stranger().get(f"/institutions/{place.pk}").json()
    page = Client().get(f"/nurseries/{place.pk}/").content.decode()
    (shown, listed, published, group) = (
        told[name][0] for name in ("credit", "credit_lists", "publications", "classes")
    )
    assert (shown["summary"], shown["kind"], shown["credit_class"]) == (event.summary, "punish", "general")
    assert (listed["kind"], listed["reason"]) == ("punishment", "拒不改正")
    assert (published["kind"], published["clause"]) == ("filing", "第七条")
    assert (group["name"], group["places"]) == ("小一班", 15)
    assert (told["graded"]["grade"], told["graded"]["basis"]) == (graded.grade, graded.tree.basis)
    said = [shown["summary"], shown["office"], listed["reason"], published["clause"], group["name"]]
    for words in (*said, told["graded"]["basis"], told["uscc"], told["receipt_number"]):
        assert words in page, words


def test_the_checklists_in_force_come_with_the_values_of_their_rules() -> None:
    found = stranger().get("/checklists", place="320106").json()
    lines = [line for one in found for line in one["lines"]]
    assert lines
    assert all(line["text"] and line["field"] for line in lines)
    assert any(line["rule_key"] and line["value"] is not None for line in lines)
    assert stranger().get("/checklists", place="999999").status_code == 404


def test_a_deleted_draft_is_found_again_by_its_owner_only() -> None:
    by = desk.applicant()
    application = desk.begun(by)
    actions.delete_draft(by=by, application=application)
    owner = Caller(application.owner)
    assert [row["id"] for row in owner.get("/deleted-applications").json()["rows"]] == [application.pk]
    assert owner.post(f"/applications/{application.pk}/restoration").status_code == 200
    other = Caller(seated(Role.GUARDIAN, division="", name="另一人"))
    assert other.get("/deleted-applications").json()["rows"] == []


def test_who_keeps_the_calendar_reads_its_corrections() -> None:
    workdays.set_workday(
        by=Actor.system("测试"), on=date(2027, 2, 8), is_workday=False, note="国办发明电〔2026〕1号"
    )
    told = Caller(seated(Role.SYSTEM_ADMIN, division="")).get("/workdays/corrections").json()["rows"]
    assert [(row["date"], row["is_workday"]) for row in told] == [("2027-02-08", False)]
