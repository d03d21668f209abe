"""Who is reached how, and who promised, stands encrypted; pages, papers and the API say it as before."""

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from institutions import desk
from tuoyu.accounts.models import User
from tuoyu.core import rotation
from tuoyu.core.models import AuditEvent
from tuoyu.institutions import queries
from tuoyu.institutions.models import Application

pytestmark = pytest.mark.django_db
NAME, PHONE = "王某某", "13800138000"


def stored(table: str) -> str:
    """Every row of a table as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(t::text, '|'), '') FROM {table} AS t")
        return str(cursor.fetchone()[0])


def test_the_database_sees_no_contact_and_no_promise_in_clear(packs: None) -> None:
    by = desk.applicant()
    application = desk.fill(by, desk.begun(by))
    held = stored("institutions_application")
    assert NAME not in held
    assert PHONE not in held
    assert "contact_name" not in str(application.data)
    assert application.typed["basics"]["contact_name"] == NAME
    assert application.typed["basics"]["contact_phone"] == PHONE
    assert application.typed["commitment"] == {"agreed": "yes", "signer": NAME}


def test_forms_problems_and_the_api_say_it_as_before(packs: None) -> None:
    by = desk.applicant()
    application = desk.fill(by, desk.begun(by))
    client = Client()
    client.force_login(User.objects.get(pk=by.user_id), backend="tuoyu.accounts.backends.PeopleBackend")
    page = client.get(reverse("institutions:page", args=[application.pk, "basics"])).content.decode()
    assert f'value="{NAME}"' in page
    assert f'value="{PHONE}"' in page
    told = client.get(f"/api/v1/applications/{application.pk}").json()["data"]
    assert (told["basics"]["contact_phone"], told["commitment"]["signer"]) == (PHONE, NAME)
    # One field changed by the API leaves the others as they were; emptied it is empty, and missed.
    address = f"/api/v1/applications/{application.pk}/pages/basics"
    given = {"version": application.version, "fields": {"contact_name": ""}}
    answer = client.patch(address, json.dumps(given), content_type="application/json")
    assert answer.status_code == 200
    application.refresh_from_db()
    assert (application.contact_name, application.contact_phone) == ("", PHONE)
    assert [p.field for p in queries.problems_of(application) if p.severity == "block"] == ["contact_name"]


def test_what_is_handed_in_for_good_has_the_telephone_masked(packs: None) -> None:
    case = desk.registered(desk.submitted(desk.applicant()))
    said = case.submissions.get().data["basics"]
    assert said["contact_phone"] == "138****8000"
    institution = Application.objects.select_related("institution").get(case=case).institution
    assert institution is not None
    assert institution.representative == NAME


def test_the_audit_holds_the_names_of_fields_and_never_what_was_typed(packs: None) -> None:
    case = desk.approve(desk.registered(desk.submitted(desk.applicant())), "filing")
    assert case.pk
    events = AuditEvent.objects.filter(verb="application.saved", after__page="basics")
    assert {"contact_name", "contact_phone"} <= set(events.get().after["fields"])
    held = stored("core_auditevent")
    assert PHONE not in held
    assert NAME not in held
    assert "11010519491231002" not in held


def test_a_rotation_rewrites_them_too() -> None:
    columns = {str(column) for column in rotation.columns()}
    wanted = {f"institutions_application.{name}" for name in ("contact_name", "contact_phone", "signer")}
    assert wanted <= columns


def test_what_stood_in_clear_is_moved(packs: None) -> None:
    by = desk.applicant()
    begun = [desk.begun(by) for _ in range(3)]
    Application.objects.filter(pk=begun[0].pk).update(
        data={
            "basics": {"name": "园", "contact_name": NAME, "contact_phone": PHONE},
            "commitment": {"agreed": "yes", "signer": NAME},
        }
    )
    Application.objects.filter(pk=begun[1].pk).update(data={"basics": {"contact_phone": ""}})
    migration = import_module("tuoyu.institutions.migrations.0004_people_out_of_the_form")
    migration.forwards(apps, None)
    moved = Application.objects.get(pk=begun[0].pk)
    assert moved.data == {"basics": {"name": "园"}, "commitment": {"agreed": "yes"}}
    assert (moved.contact_name, moved.contact_phone, moved.signer) == (NAME, PHONE, NAME)
    assert Application.objects.get(pk=begun[1].pk).data == {"basics": {}}
    assert NAME not in stored("institutions_application")
    migration.backwards(apps, None)
    assert Application.objects.get(pk=begun[0].pk).data["basics"]["contact_phone"] == PHONE
    migration.forwards(apps, None)
    assert PHONE not in stored("institutions_application")
