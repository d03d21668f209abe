"""Corrections are kept part by part, two people do not overwrite each other, and what is adopted stays."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from policy.county import COUNTY, NAMES, NEIGHBOUR, PHONE, TEXT, actor, drafted, filled, lead_of
from tuoyu.core import clock
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.jurisdictions import queries
from tuoyu.jurisdictions.models import PackVersion
from tuoyu.policy import actions
from tuoyu.policy.drafting.shown import DraftShown
from tuoyu.policy.models import PolicyDraft

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> PolicyDraft:
    return drafted()


def lead() -> Any:
    return actor(lead_of())


def fresh(draft: PolicyDraft) -> PolicyDraft:
    return PolicyDraft.objects.get(pk=draft.pk)


def data(draft: PolicyDraft, key: str) -> dict[str, Any]:
    return dict(DraftShown(fresh(draft)).by_key[key].data)


def ready(draft: PolicyDraft) -> PolicyDraft:
    """A draft with nothing left to do."""
    by = lead()
    actions.correct_many(draft=draft, given=filled(draft), seen=draft.version, by=by)
    units = {"区科技局": "big_data"}
    actions.correct(draft=draft, key="departments", given={"units": units}, seen=99, by=by)
    for mark in DraftShown(fresh(draft)).open:
        actions.settle(draft=draft, key=mark.key, by=by)
    return fresh(draft)


def adopt(draft: PolicyDraft, **more: Any) -> PolicyDraft:
    given = {"seen": draft.version, "starts_on": clock.today(), "by": lead()} | more
    return actions.adopt(draft=draft, **given)


def test_names_and_telephones_are_nowhere_in_what_is_kept(draft: PolicyDraft) -> None:
    actions.correct(draft=draft, key="clause-1", given={"summary": "多建托育机构"}, seen=1, by=lead())
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM policy_policydraft AS d")
        kept = str(cursor.fetchall())
        cursor.execute("SELECT e::text FROM core_auditevent AS e")
        kept += str(cursor.fetchall())
    assert "总体目标" in kept
    for name in (*NAMES, "丁 野", PHONE):
        assert name not in kept
        assert json.dumps(name)[1:-1] not in kept


def test_the_same_file_read_again_is_the_same_draft(draft: PolicyDraft) -> None:
    assert drafted().pk == draft.pk
    assert drafted(text=TEXT + "\n").pk != draft.pk
    actions.discard(draft=draft, by=lead())
    assert drafted().pk != draft.pk


def test_a_text_without_clauses_makes_no_draft() -> None:
    with pytest.raises(Refused, match="没有认出条款编号"):
        drafted(text="春天到了，孩子们在院子里玩耍。有人放风筝，有人追蝴蝶。")
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize("place", [NEIGHBOUR, "420000"])
def test_nobody_reads_or_corrects_for_a_place_outside_the_seat(draft: PolicyDraft, place: str) -> None:
    with pytest.raises(PermissionDenied):
        drafted(code=COUNTY, by=lead_of(place))
    other = actor(lead_of(place))
    attempts: list[Callable[[], Any]] = [
        lambda: actions.correct(draft=draft, key="clause-1", given={}, seen=1, by=other),
        lambda: actions.correct_many(draft=draft, given={}, seen=1, by=other),
        lambda: actions.add_part(draft=draft, section="seat", given={}, seen=1, by=other),
        lambda: actions.remove_part(draft=draft, key="clause-1", seen=1, by=other),
        lambda: actions.restore_part(draft=draft, key="clause-1", seen=1, by=other),
        lambda: actions.reread_part(draft=draft, key="clause-1", seen=1, by=other),
        lambda: actions.settle(draft=draft, key="clause-1", by=other),
        lambda: actions.adopt(draft=draft, seen=1, starts_on=clock.today(), by=other),
        lambda: actions.discard(draft=draft, by=other),
        lambda: actions.resume(draft=draft, by=other),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()


def test_the_lead_of_the_province_drafts_for_its_counties() -> None:
    assert drafted(by=lead_of("360000")).division_code == COUNTY


def test_a_correction_is_kept_and_settles_the_marks_of_its_part(draft: PolicyDraft) -> None:
    given = {"heading": "目标", "summary": "多建托育机构", "capabilities": ["C5"]}
    changed = actions.correct(draft=draft, key="clause-1", given=given, seen=1, by=lead())
    assert data(draft, "clause-1")["heading"] == "目标"
    assert changed.version == 2
    assert not [mark for mark in DraftShown(fresh(draft)).open if mark.key == "clause-1"]
    event = AuditEvent.objects.filter(verb="policy.draft_corrected").latest("pk")
    assert event.after["fields"] == ["capabilities", "heading", "summary"]
    assert "目标" not in str(event.after)


def test_what_is_missing_is_not_settled_by_looking_at_it(draft: PolicyDraft) -> None:
    actions.settle(draft=draft, key="clause-1", by=lead())
    assert [mark.field for mark in DraftShown(fresh(draft)).open if mark.key == "clause-1"] == ["summary"]


def test_of_two_windows_on_one_part_the_second_is_told_and_nothing_is_lost(draft: PolicyDraft) -> None:
    actions.correct(draft=draft, key="clause-1", given={"heading": "甲"}, seen=1, by=lead())
    with pytest.raises(Overtaken, match="有人改过这一处"):
        actions.correct(draft=draft, key="clause-1", given={"heading": "乙"}, seen=1, by=lead())
    assert data(draft, "clause-1")["heading"] == "甲"
    actions.correct(draft=draft, key="clause-1", given={"heading": "乙"}, seen=2, by=lead())
    assert data(draft, "clause-1")["heading"] == "乙"


def test_two_people_at_two_parts_do_not_hinder_each_other(draft: PolicyDraft) -> None:
    actions.correct(draft=draft, key="clause-1", given={"heading": "甲"}, seen=1, by=lead())
    actions.correct(draft=draft, key="clause-2", given={"heading": "乙"}, seen=1, by=lead())
    assert (data(draft, "clause-1")["heading"], data(draft, "clause-2")["heading"]) == ("甲", "乙")


def test_a_form_sent_twice_changes_nothing_twice(draft: PolicyDraft) -> None:
    by = lead()
    for _ in range(2):
        actions.correct(draft=draft, key="clause-1", given={"heading": "甲"}, seen=1, by=by)
        actions.remove_part(draft=draft, key="duty-1", seen=2, by=by)
        actions.add_part(draft=draft, section="gap", given={"clause": "一", "note": "甲"}, seen=3, by=by)
    assert fresh(draft).version == 4
    assert [p.key for p in DraftShown(fresh(draft)).parts if p.section == "gap"] == ["gap-1", "gap-2"]


def test_what_is_left_out_can_be_taken_back(draft: PolicyDraft) -> None:
    by = lead()
    actions.remove_part(draft=draft, key="clause-3", seen=1, by=by)
    assert DraftShown(fresh(draft)).by_key["clause-3"].gone
    actions.restore_part(draft=draft, key="clause-3", seen=2, by=by)
    assert not DraftShown(fresh(draft)).by_key["clause-3"].gone
    with pytest.raises(Refused, match="不能删去"):
        actions.remove_part(draft=draft, key="head", seen=9, by=by)


def test_a_part_can_be_put_back_to_what_was_read(draft: PolicyDraft) -> None:
    by = lead()
    before = data(draft, "clause-3")
    actions.correct(draft=draft, key="clause-3", given={"summary": "好", "responsible": []}, seen=1, by=by)
    actions.reread_part(draft=draft, key="clause-3", seen=2, by=by)
    assert data(draft, "clause-3") == before
    assert DraftShown(fresh(draft)).changes == ()
    assert len(DraftShown(fresh(draft)).open) == len(draft.marks)


def test_a_unit_a_person_writes_appears_among_the_units(draft: PolicyDraft) -> None:
    actions.correct(draft=draft, key="clause-1", given={"responsible": ["区体育局"]}, seen=1, by=lead())
    assert ["区体育局", ""] in data(draft, "departments")["units"]
    actions.correct(draft=draft, key="clause-1", given={"responsible": []}, seen=2, by=lead())
    assert ["区体育局", ""] not in data(draft, "departments")["units"]


def test_a_unit_may_be_a_department_nobody_had(draft: PolicyDraft) -> None:
    given = {"units": {"区科技局": "new"}}
    actions.correct(draft=draft, key="departments", given=given, seen=1, by=lead())
    own = data(draft, "departments")["own"]
    assert own == [{"key": "own_kejiju", "name": "科技局"}]
    with pytest.raises(Refused, match="没有部门"):
        actions.correct(draft=draft, key="departments", given={"units": {"区科技局": "x"}}, seen=9, by=lead())


def test_several_words_are_written_at_once_or_not_at_all(draft: PolicyDraft) -> None:
    given = {"clause-1": {"summary": "甲"}, "clause-2": {"summary": "乙" * 3000}}
    with pytest.raises(Refused) as refused:
        actions.correct_many(draft=draft, given=given, seen=1, by=lead())
    assert [(p.page, p.field) for p in refused.value.problems] == [("clause-2", "summary")]
    assert data(draft, "clause-1")["summary"] == "待概括"


def test_what_is_open_or_wrong_stands_against_adopting_all_of_it_at_once(draft: PolicyDraft) -> None:
    actions.correct(
        draft=draft,
        key="target-1",
        given={"comparator": "between", "value": 3, "text": "甲"},
        seen=1,
        by=lead(),
    )
    with pytest.raises(Refused) as refused:
        adopt(fresh(draft))
    places = {(p.page, p.field) for p in refused.value.problems}
    assert {
        ("clause-1", "summary"), ("departments", "units"), ("clause-4", "responsible"), ("target-1", ""),
        ("gap-1", "note"), ("clause-3", "capabilities"),
    } <= places  # fmt: skip
    assert not [p.message for p in refused.value.problems if ".toml" in p.message or "value_max" in p.message]
    assert not PackVersion.objects.filter(code=COUNTY).exists()


def test_a_draft_is_adopted_and_holds_from_its_day(draft: PolicyDraft) -> None:
    adopted = adopt(ready(draft), starts_on=clock.today() + timedelta(days=2))
    assert adopted.adopted is not None
    assert adopted.adopted.origin == "adopted"
    assert queries.version_at(COUNTY).code == "360000"
    with clock.set_to(clock.now() + timedelta(days=2)):
        book = queries.book(COUNTY)
        assert book.pack.title == "章贡区人民政府办公室关于促进托育服务的实施意见"
        assert book.vocabulary.key_of("区科技局") == "big_data"
        assert queries.procedure("establishment", COUNTY).step


def test_a_second_click_on_adopting_changes_nothing(draft: PolicyDraft) -> None:
    whole = ready(draft)
    first = adopt(whole)
    assert adopt(whole).adopted_id == first.adopted_id
    assert PackVersion.objects.filter(code=COUNTY).count() == 1
    assert AuditEvent.objects.filter(verb="policy.draft_adopted").count() == 1


def test_what_somebody_changed_meanwhile_is_not_adopted_unseen(draft: PolicyDraft) -> None:
    seen = ready(draft)
    actions.correct(draft=seen, key="clause-1", given={"heading": "改"}, seen=99, by=lead())
    with pytest.raises(Overtaken, match="又有人改过"):
        adopt(seen)


def test_an_adopted_draft_stays_as_it_is(draft: PolicyDraft) -> None:
    adopted = adopt(ready(draft))
    for attempt in (
        lambda: actions.correct(draft=adopted, key="clause-1", given={"heading": "改"}, seen=99, by=lead()),
        lambda: actions.discard(draft=adopted, by=lead()),
    ):
        with pytest.raises(Refused):
            attempt()
    rows = PolicyDraft.objects.filter(pk=adopted.pk)
    for change in ({"content": []}, {"state": "open", "adopted": None, "closed_at": None}, {"title": "改"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    changes = {change.key: change.what for change in DraftShown(fresh(adopted)).changes}
    assert changes["departments"] == "changed"


def test_what_was_read_is_changed_by_nobody(draft: PolicyDraft) -> None:
    rows = PolicyDraft.objects.filter(pk=draft.pk)
    for field in ("reading", "segments", "proposed", "marks", "file_digest", "division_code"):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**{field: "x"})


def test_what_was_put_aside_can_be_taken_up(draft: PolicyDraft) -> None:
    actions.discard(draft=draft, by=lead())
    with pytest.raises(Refused, match="作废"):
        actions.settle(draft=draft, key="clause-1", by=lead())
    actions.resume(draft=fresh(draft), by=lead())
    actions.settle(draft=draft, key="clause-1", by=lead())
    actions.discard(draft=fresh(draft), by=lead())
    drafted()
    with pytest.raises(Refused, match="另有一份"):
        actions.resume(draft=fresh(draft), by=lead())
