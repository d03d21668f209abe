"""A pack adopted on a page: checked like files, in force from its day, and still so after a restart."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from packs_changed import at, change
from typer.testing import CliRunner

from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import actions, queries
from tuoyu.jurisdictions.commands import app
from tuoyu.jurisdictions.models import Division, PackFile, PackVersion

pytestmark = pytest.mark.usefixtures("packs")

BY = Actor.system("测试")
LEAD = Actor("牵头人", 1, (Seat(Role.JURISDICTION_LEAD, "health", ("36",), "360000"),))
COUNTY = "360702"


def content(code: str = COUNTY, name: str = "章贡区", **more: Any) -> dict[str, Any]:
    """A small pack of a county in 江西."""
    return {
        "code": code,
        "slug": "zhanggong",
        "name": name,
        "level": "county",
        "inherits": "360000",
        "document": {"title": "章贡区托育服务实施方案", "issuer": "章贡区人民政府办公室"},
        "clause": [{"id": "一", "kind": "section", "heading": "目标", "summary": "把托位数提上去"}],
    } | more


def adopt(by: Actor = LEAD, code: str = COUNTY, starts_on: date | None = None, **more: Any) -> PackVersion:
    return actions.adopt_pack(
        division=Division.objects.get(code=code),
        content=content(**more),
        starts_on=starts_on or clock.today(),
        by=by,
    )


def test_an_adopted_pack_holds_from_its_day_with_the_procedures_above_it() -> None:
    made = adopt(starts_on=clock.today() + timedelta(days=3))
    assert queries.version_at(COUNTY).code == "360000"
    assert COUNTY not in {pack.code for pack in queries.jurisdictions()}
    with clock.set_to(clock.now() + timedelta(days=3)):
        assert queries.version_at(COUNTY).digest == made.digest
        assert queries.procedure("establishment", COUNTY).step
        assert COUNTY in {pack.code for pack in queries.jurisdictions()}
    assert (made.origin, made.loaded_by) == ("adopted", "牵头人")


def test_adopting_twice_is_adopting_once() -> None:
    assert adopt().pk == adopt().pk
    assert AuditEvent.objects.filter(verb="jurisdictions.pack_adopted").count() == 2


def test_everything_wrong_is_said_at_once_with_its_place() -> None:
    wrong = {
        "clause": [
            {
                "id": "一",
                "kind": "section",
                "heading": "目标",
                "summary": "甲",
                "responsible": ["区外星人局"],
            },
            {"id": "一", "kind": "section", "heading": "", "summary": "乙", "capabilities": ["Z9"]},
        ],
        "target": [{"clause": "九", "indicator": "x.y", "comparator": ">=", "text": "甲"}],
    }
    with pytest.raises(Refused) as refused:
        adopt(starts_on=clock.today() - timedelta(days=1), **wrong)
    fields = {p.field for p in refused.value.problems}
    assert {"clause.1.heading", "target.0", "starts_on", "clause.0.responsible.0"} <= fields
    wrong["clause"][1]["heading"] = "任务"
    wrong["target"][0]["value"] = 1
    with pytest.raises(Refused) as refused:
        adopt(**wrong)
    assert {p.field for p in refused.value.problems} == {
        "clause.0.responsible.0", "clause.1", "clause.1.capabilities.0", "target.0.clause",
    }  # fmt: skip
    assert not PackVersion.objects.filter(code=COUNTY).exists()


@pytest.mark.parametrize(
    "by",
    [
        Actor("邻省牵头人", 2, (Seat(Role.JURISDICTION_LEAD, "health", ("42",), "420000"),)),
        Actor("县经办人", 3, (Seat(Role.OFFICER, "health", (COUNTY,), COUNTY),)),
        Actor("系统管理员", 4, (Seat(Role.SYSTEM_ADMIN, "", ("",), ""),)),
    ],
)
def test_nobody_adopts_for_a_place_outside_the_seat(by: Actor) -> None:
    with pytest.raises(PermissionDenied):
        adopt(by=by)


def test_a_pack_of_another_place_is_refused() -> None:
    with pytest.raises(Refused, match="360703"):
        adopt(code="360703")


def test_an_adopted_pack_is_still_there_after_a_restart() -> None:
    made = adopt()
    nanjing = adopt_in_nanjing()
    with clock.set_to(at(1)):
        actions.load_packs(by=BY)
        assert queries.version_at(COUNTY).digest == made.digest
        assert queries.version_at("320106").digest == nanjing.digest


def adopt_in_nanjing() -> PackVersion:
    held = PackVersion.objects.filter(code="320100").earliest("pk").content
    return actions.adopt_pack(
        division=Division.objects.get(code="320100"),
        content=held | {"name": "新南京"},
        starts_on=clock.today(),
        by=Actor("牵头人", 1, (Seat(Role.JURISDICTION_LEAD, "health", ("3201",), "320100"),)),
    )


def test_files_win_when_they_changed_and_say_so(folder: Path) -> None:
    adopt_in_nanjing()
    change(folder, "320100-nanjing/pack.toml", 'name = "南京市"', 'name = "文件南京"')
    with clock.set_to(at(1)):
        actions.load_packs(root=folder, by=BY)
        assert queries.book("320106").pack.name == "文件南京"
        event = AuditEvent.objects.get(verb="jurisdictions.adopted_pack_replaced")
        assert event.division_code == "320100"
    with clock.set_to(at(2)):
        again = adopt_in_nanjing()
        actions.load_packs(root=folder, by=BY)
        assert queries.version_at("320106").digest == again.digest


def test_without_a_note_of_the_files_the_last_version_from_files_says_what_they_said() -> None:
    made = adopt_in_nanjing()
    PackFile.objects.all().delete()
    actions.load_packs(by=BY)
    assert queries.version_at("320106").digest == made.digest


def test_what_was_written_back_into_the_files_is_no_change_of_mind(folder: Path) -> None:
    first = adopt_in_nanjing()
    change(folder, "320100-nanjing/pack.toml", 'name = "南京市"', 'name = "新南京"')
    with clock.set_to(at(1)):
        actions.load_packs(root=folder, by=BY)
        assert queries.version_at("320106").digest == first.digest
    assert not AuditEvent.objects.filter(verb="jurisdictions.adopted_pack_replaced").exists()


def test_an_adopted_pack_follows_the_packs_above_it(folder: Path) -> None:
    made = adopt()
    later = adopt(starts_on=date(2026, 12, 20), name="章贡新区")
    change(folder, "cn/pack.toml", 'name = "全国"', 'name = "国家"')
    with clock.set_to(at(1)):
        actions.load_packs(root=folder, by=BY)
        now = queries.version_at(COUNTY)
        assert now.digest != made.digest
        assert queries.book(COUNTY).packs[-1].name == "国家"
        assert queries.book(COUNTY, pack=made.digest).packs[-1].name == "全国"
    with clock.set_to(at(21)):
        assert queries.book(COUNTY).pack.name == "章贡新区"
        assert queries.book(COUNTY).packs[-1].name == "国家"
        assert queries.book(COUNTY, pack=later.digest).packs[-1].name == "全国"


def test_what_inherits_from_an_adopted_pack_follows_it() -> None:
    adopt()
    province = PackVersion.objects.get(code="360000").content
    actions.adopt_pack(
        division=Division.objects.get(code="360000"),
        content=province | {"name": "新江西"},
        starts_on=clock.today(),
        by=LEAD,
    )
    assert [pack.name for pack in queries.book(COUNTY).packs] == ["章贡区", "新江西", "全国"]


def test_a_case_begun_earlier_keeps_its_version() -> None:
    kept = queries.version_for_case(COUNTY)
    adopt()
    assert kept.code == "360000"
    assert queries.book(COUNTY, pack=kept).pack.code == "360000"
    assert queries.version_for_case(COUNTY).code == COUNTY


def test_a_content_that_is_to_come_back_later_leaves_no_gap() -> None:
    first = adopt()
    adopt(starts_on=clock.today() + timedelta(days=5), name="章贡新区")
    adopt(starts_on=clock.today() + timedelta(days=9))
    for days, name in ((0, "章贡区"), (6, "章贡新区"), (10, "章贡区")):
        with clock.set_to(clock.now() + timedelta(days=days)):
            assert queries.book(COUNTY).pack.name == name
    assert queries.version_at(COUNTY).digest == first.digest


def test_the_command_says_what_was_kept_and_what_was_replaced(folder: Path) -> None:
    adopt_in_nanjing()
    kept = CliRunner().invoke(app, ["load"])
    assert "在页面采用的，文件没有变" in kept.output
    change(folder, "320100-nanjing/pack.toml", 'name = "南京市"', 'name = "文件南京"')
    with clock.set_to(at(1)):
        replaced = CliRunner().invoke(app, ["load", "--packs", str(folder)])
    assert "320100 的文件变了，替换了在页面采用的版本" in replaced.output
