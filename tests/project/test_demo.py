"""Demonstration data: the small set through the actions, the large one in sets; both as real ones are."""

import re
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import Demonstration, Membership, User
from tuoyu.cases import queries as cases
from tuoyu.cases.models import Case, Step
from tuoyu.core import checks, clock, workdays
from tuoyu.core.models import AuditEvent
from tuoyu.institutions import names
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.queries import Narrowed, directory
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.project.demo import databases, marks, write, writing
from tuoyu.project.demo.bulk import staging, write_bulk
from tuoyu.project.demo.bulk.regions import counties
from tuoyu.project.demo.people import BY, Cast, engage
from tuoyu.project.demo.places import PLACES
from tuoyu.project.demo.playing import County, Days
from tuoyu.project.demo.stories import STORIES
from tuoyu.project.trouble import Trouble

# Checks about files and seals need an installation with its folders and its worker.
APPLYING = ("core.pairs_together", "core.keys_open", "core.outbox_flows")


@pytest.fixture
def bulk(db: None) -> None:
    marks.demand_demonstration()
    engage(by=BY, username="demo.first", name="演示")
    with workdays.held(), jurisdictions.remembering():
        assert write_bulk("county", 50, 150, writing.silent)


def structure() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        indexes = cursor.fetchall()
        cursor.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint")
        # A definition read back says the same with other casts.
        found = [*indexes, *cursor.fetchall()]
        return [(name, re.sub(r"::[a-z ]+(\[\])?|[()]", "", text)) for name, text in found]


def findings() -> list[str]:
    wanted = [
        check for check in checks.every() if check.name in APPLYING or check.name.startswith("supervision.")
    ]
    assert len(wanted) > len(APPLYING)
    return [finding for result in checks.run(wanted) for finding in result.findings]


def test_the_small_set_gives_every_desk_something_and_tells_no_story_twice(db: None) -> None:
    written = write("small")
    assert not written.already
    assert findings() == []
    for seat in Membership.objects.filter(role="officer", user__is_demo=True).exclude(
        department__in=("public_security",)
    ):
        assert cases.inbox(actor_for(seat.user), cases.InboxFilter()).exists(), (
            seat.department,
            seat.division_code,
        )
    for place in PLACES:
        here = Institution.objects.filter(division_code__startswith=place.county)
        found = Counter(here.values_list("filing", flat=True))
        assert found["normal"] >= 6, place
        assert found["none"] >= 2, place
        assert found["published_nonconforming"] == found["rectification"] == 1, place
        states = set(
            Case.objects.filter(division_code__startswith=place.county).values_list("state", flat=True)
        )
        assert states == {"open", "returned", "done", "refused", "withdrawn"}, place
        drafts = Application.objects.filter(division_code=place.county, state="draft")
        assert drafts.count() == 2, place
        active = Step.objects.filter(state="active", division_code=place.county)
        assert active.filter(due_on__lt=clock.today()).exists(), place
        assert active.filter(due_on__gte=clock.today(), due_on__lte=cases.soon_until()).exists(), place
    events = set(AuditEvent.objects.filter(verb="case.opened").values_list("object_id", flat=True))
    assert events == {str(pk) for pk in Case.objects.values_list("pk", flat=True)}
    assert findings() == []
    before = Institution.objects.count()
    heads = Membership.objects.filter(role="nursery_head", user__username__endswith="-nursery-head")
    assert heads.count() == len(PLACES), "one can sign in as a nursery in each jurisdiction"
    assert write("small").already
    assert Institution.objects.count() == before


def test_in_nanjing_several_departments_send_one_return_together(db: None) -> None:
    with workdays.held(), jurisdictions.remembering():
        marks.demand_demonstration()
        place = next(p for p in PLACES if p.jurisdiction == "320100")
        county = County(place, Cast(place, 2), 2, Days(clock.today()))
        county._play(next(story for story in STORIES if story.ends == "returned"))
    case = Case.objects.get(state="returned")
    assert case.remarks.values("step__department").distinct().count() >= 3
    assert case.notices.filter(title="需要补正").count() == 1


def test_the_same_day_and_seed_give_the_same_applicants(db: None) -> None:
    def told() -> list[object]:
        days = Days(clock.today())
        found = [County(place, Cast(place, n), n, days) for n, place in enumerate(PLACES, start=1)]
        return [county._applicant(story) for county in found for story in STORIES]

    assert told() == told()
    here = counties("county")
    ways = staging.ways(here)

    def drawn() -> list[tuple[object, ...]]:
        digests = {county.pack: 1 for county in here}
        return list(staging.rows("county", 20, 60, here, ways, Days(clock.today()), digests))

    assert drawn() == drawn()


def test_real_data_is_never_written_beside(db: None) -> None:
    User.objects.create(username="a.real.person", name="某人", origin="registered")
    with pytest.raises(marks.RealData, match="1 people"):
        write("small")
    assert not Demonstration.objects.exists()
    assert not Institution.objects.exists()


def test_a_first_start_with_people_of_its_own_gets_no_demonstration(db: None) -> None:
    User.objects.create(username="a.real.person", name="某人", origin="registered")
    writing.fill_if_empty()
    assert not Demonstration.objects.exists()


def test_a_database_has_a_plain_name() -> None:
    with pytest.raises(Trouble, match="no name for a database"):
        databases.make('x"; DROP DATABASE tuoyu; --')


def test_a_large_set_leaves_every_index_and_constraint_as_it_was(db: None) -> None:
    before = structure()
    marks.demand_demonstration()
    engage(by=BY, username="demo.first", name="演示")
    with workdays.held(), jurisdictions.remembering():
        write_bulk("county", 50, 150, writing.silent)
        assert set(structure()) == set(before)
        assert not write_bulk("county", 50, 150, writing.silent)
    assert Institution.objects.count() == 50
    assert Case.objects.count() == Application.objects.count() == 150


def test_a_large_set_keeps_what_checks_and_the_engine_keep(bulk: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert findings() == []
    for institution in Institution.objects.all():
        kept = (institution.pinyin, institution.initials, institution.search_keys)
        institution.fill_search()
        assert kept == (institution.pinyin, institution.initials, institution.search_keys), institution.name
    for step in Step.objects.filter(due_on__isnull=False).exclude(state="defective"):
        deadline = workdays.add_working_days(step.clock_from, step.clock_days)
        assert (step.due_on, step.provisional) == (deadline.on, deadline.provisional)
    for case in Case.objects.all():
        states = set(case.steps.values_list("state", flat=True))
        expected = {"done": {"approved"}, "open": {"active", "approved", "waiting"},
                    "returned": {"defective", "approved", "waiting"},
                    "refused": {"refused", "approved", "cancelled"}, "withdrawn": {"cancelled"}}  # fmt: skip
        assert states <= expected[case.state], (case.number, case.state, states)
        if case.state == "returned":
            assert case.remarks.exists()


def test_audit_events_of_a_large_set_stand_in_the_order_in_which_they_happened(bulk: None) -> None:
    for case in Case.objects.all():
        moments = list(
            AuditEvent.objects.filter(topic=case.topic).order_by("pk").values_list("at", flat=True)
        )
        assert moments == sorted(moments), case.number
        assert len(moments) >= 2


def test_pages_show_a_large_set_as_they_show_what_was_acted(bulk: None, client: Client) -> None:
    row = directory(Narrowed())[0]
    listed = client.get("/nurseries/")
    assert listed.status_code == 200
    assert row["name"] in listed.content.decode()
    assert client.get(f"/nurseries/{row['id']}/").status_code == 200
    asked = names.pinyin_of(row["name"])[1]
    assert row["name"] in client.get("/nurseries/", {"q": asked}).content.decode()
    step = Step.objects.filter(state="active").select_related("case").order_by("due_on", "pk").first()
    assert step is not None
    seat = Membership.objects.get(
        role="officer", department=step.department, division_code=step.division_code
    )
    client.force_login(seat.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert "待办" in client.get("/inbox/").content.decode()
    page = client.get(f"/cases/{step.case.number}/")
    assert page.status_code == 200
    assert step.case.subject_name in page.content.decode()
