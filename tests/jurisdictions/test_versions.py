"""Pack versions and settings: loaded once, never changed, kept by whoever began under them."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from packs_changed import at, change

from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import actions, queries, rules
from tuoyu.jurisdictions.models import Division, DivisionSetting, PackVersion

BY = Actor.system("测试")
LEAD = Actor("牵头人", 1, (Seat(Role.JURISDICTION_LEAD, "health", ("3201",), "320100"),))
OFFICER = Actor("经办人", 2, (Seat(Role.OFFICER, "health", ("3201",), "320100"),))
KEY = "registrar.social_service_org"


@pytest.mark.usefixtures("packs")
def test_loading_twice_makes_no_second_version() -> None:
    before = list(PackVersion.objects.values_list("digest", flat=True))
    assert [v.digest for v in actions.load_packs(by=BY)]
    assert list(PackVersion.objects.values_list("digest", flat=True)) == before
    assert len(before) == 6


@pytest.mark.usefixtures("packs")
def test_a_change_of_the_national_pack_makes_new_versions_below_it(folder: Path) -> None:
    old = queries.version_at("320106").digest
    change(folder, "cn/pack.toml", 'name = "全国"', 'name = "国家"')
    with clock.set_to(at(1)):
        actions.load_packs(root=folder, by=BY)
        assert queries.version_at("320106").digest != old
    assert PackVersion.objects.count() == 12


@pytest.mark.usefixtures("packs")
def test_a_case_keeps_the_version_it_began_under(folder: Path) -> None:
    kept = queries.version_for_case("320106")
    change(folder, "320100-nanjing/pack.toml", 'name = "南京市"', 'name = "改名市"')
    with clock.set_to(at(1)):
        actions.load_packs(root=folder, by=BY)
        assert queries.book("320106").pack.name == "改名市"
        assert queries.book("320106", pack=kept).pack.name == "南京市"
        assert queries.book("320106", pack=kept.digest).pack.name == "南京市"


@pytest.mark.usefixtures("packs")
def test_the_version_of_a_past_day_is_the_one_that_held_then(folder: Path) -> None:
    before = queries.version_at("320106").digest
    today = clock.today()
    change(folder, "320100-nanjing/pack.toml", 'name = "南京市"', 'name = "改名市"')
    with clock.set_to(at(1)):
        actions.load_packs(root=folder, by=BY)
        assert queries.version_at("320106", today).digest == before
        # Nothing was loaded yet on that day: the first version answers, its rules are dated themselves.
        assert rules.get("lease.min_years", "320106", date(2019, 10, 8)).value == 3


@pytest.mark.usefixtures("packs")
def test_an_earlier_content_that_comes_back_is_the_same_version_again(folder: Path) -> None:
    first = queries.version_at("320106").digest
    change(folder, "320100-nanjing/pack.toml", 'name = "南京市"', 'name = "改名市"')
    with clock.set_to(at(1)):
        actions.load_packs(root=folder, by=BY)
    with clock.set_to(at(2)):
        actions.load_packs(by=BY)
        assert queries.version_at("320106").digest == first


@pytest.mark.usefixtures("packs")
def test_the_database_refuses_to_change_or_delete_a_version() -> None:
    versions = PackVersion.objects.filter(code="320100")
    with pytest.raises(DatabaseError), transaction.atomic():
        versions.update(content={})
    with pytest.raises(DatabaseError), transaction.atomic():
        versions.update(digest="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        versions.get().delete()


@pytest.mark.usefixtures("packs")
def test_a_place_without_a_pack_of_its_own_has_the_national_one() -> None:
    assert queries.version_at("110101").code == "cn"
    assert queries.version_at("370403").code == "cn"
    assert queries.version_at("370402005").code == "370402"
    assert queries.version_at("360702").code == "360000"


@pytest.mark.django_db
def test_without_packs_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "versions", lambda: ())
    with pytest.raises(queries.PackMissing, match="tuoyu"):
        queries.version_at("320106")


@pytest.mark.usefixtures("packs")
def test_only_the_system_or_its_administrator_loads_packs() -> None:
    with pytest.raises(PermissionDenied):
        actions.load_packs(by=LEAD)


def decide(by: Actor, division: str = "320106", **more: object) -> DivisionSetting:
    given = {"key": KEY, "value": "admin_approval", "effective_from": date(2026, 12, 1), "basis": "会议纪要"}
    return actions.decide_setting(
        division=Division.objects.get(code=division),
        by=by,
        **(given | more),  # type: ignore[arg-type]
    )


@pytest.mark.usefixtures("packs")
def test_a_decision_ends_the_one_before_it_and_is_audited() -> None:
    decide(LEAD)
    decide(LEAD, value="civil_affairs", effective_from=date(2026, 12, 10))
    for day, value in ((1, "admin_approval"), (9, "admin_approval"), (10, "civil_affairs")):
        found = queries.setting(KEY, "320106001", date(2026, 12, day))
        assert found
        assert (found.value, found.decided) == (value, True)
    event = AuditEvent.objects.filter(verb="jurisdictions.setting_decided").latest("pk")
    assert event.before == {"value": "admin_approval", "from": "2026-12-01"}


@pytest.mark.usefixtures("packs")
def test_the_nearest_division_decides() -> None:
    decide(LEAD, division="320100", value="admin_approval")
    decide(LEAD, division="320106", value="civil_affairs")
    day = date(2026, 12, 2)
    assert queries.setting(KEY, "320106", day).value == "civil_affairs"  # type: ignore[union-attr]
    assert queries.setting(KEY, "320105", day).value == "admin_approval"  # type: ignore[union-attr]


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"value": "finance"}, "value"),
        ({"key": "no.such"}, "key"),
        ({"basis": "  "}, "basis"),
        ({"effective_to": date(2026, 11, 1)}, "effective_to"),
    ],
)
def test_a_bad_decision_is_refused_with_the_field_that_is_wrong(more: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(LEAD, **more)
    assert [p.field for p in refused.value.problems] == [field]
    assert not DivisionSetting.objects.exists()


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize(("by", "division"), [(OFFICER, "320106"), (LEAD, "360702")])
def test_only_the_lead_of_the_place_decides(by: Actor, division: str) -> None:
    with pytest.raises(PermissionDenied):
        decide(by, division=division)


@pytest.mark.usefixtures("packs")
def test_a_decision_into_a_time_already_decided_is_refused() -> None:
    decide(LEAD, effective_from=date(2026, 12, 20))
    with pytest.raises(Refused, match="已有一条设定"):
        decide(LEAD, effective_from=date(2026, 12, 1))


@pytest.mark.usefixtures("packs")
def test_the_database_itself_refuses_two_settings_at_a_time() -> None:
    decide(LEAD)
    with pytest.raises(IntegrityError), transaction.atomic():
        DivisionSetting.objects.create(
            division_id="320106",
            key=KEY,
            value="civil_affairs",
            valid=DateRange(date(2026, 12, 5), None),
            basis="x",
            decided_by="x",
            decided_at=clock.now(),
        )
