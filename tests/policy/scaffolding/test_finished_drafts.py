"""A draft on its way into force: left out while it waits for a person, loaded and worked with after."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from known import ROOT, finished, packs, written
from unseen import PLAN

from cases.conftest import Remembers
from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases import procedures
from tuoyu.core.actor import Actor
from tuoyu.jurisdictions import actions, queries
from tuoyu.jurisdictions.names import department_name
from tuoyu.jurisdictions.packs import PacksInvalid, read_packs
from tuoyu.policy.reading import read_text
from tuoyu.policy.scaffolding import draft_of

pytestmark = pytest.mark.django_db
SOMEBODY = Actor.system("测试")
WEST_LAKE = "330106"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The packs with a draft among them."""
    root = Path(shutil.copytree(ROOT / "packs", tmp_path / "packs"))
    written(draft_of(read_text(PLAN), code=WEST_LAKE, packs=packs()), root / "330106-xihu")
    return root


def test_a_draft_stops_no_loading_and_is_not_loaded(folder: Path) -> None:
    loaded = actions.load_packs(by=SOMEBODY, root=folder)
    assert WEST_LAKE not in {version.code for version in loaded}
    assert len(loaded) == 6
    assert read_packs(folder, drafts=False).drafts == ["330106-xihu"]


def test_a_finished_pack_with_a_mistake_stops_the_loading(folder: Path) -> None:
    finished(folder / "330106-xihu")
    targets = folder / "330106-xihu/targets.toml"
    targets.write_text(targets.read_text(encoding="utf-8").replace('clause = "一"', 'clause = "九"', 1))
    with pytest.raises(PacksInvalid, match="没有条款 九"):
        actions.load_packs(by=SOMEBODY, root=folder)


def test_a_finished_draft_is_loaded_and_a_case_goes_its_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(folder / "330106-xihu")
    loaded = actions.load_packs(by=SOMEBODY, root=folder)
    (version,) = [version for version in loaded if version.code == WEST_LAKE]
    assert queries.version_at(WEST_LAKE).digest == version.digest
    assert department_name("health", WEST_LAKE) == "区卫健局"
    case = opened(monkeypatch)
    assert case.jurisdiction_code == WEST_LAKE
    assert [(s.key, s.department) for s in case.steps.order_by("pk")] == [
        ("registration", "civil_affairs"), ("filing", "health"), ("verification", "health"),
    ]  # fmt: skip


def opened(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(procedures._handlers, "establishment", Remembers())
    person = User.objects.create(username="somebody", name="申办人", origin="command")
    facts = {"nature": "nonprofit", "legal_form": "social_service_org", "kind": "institution"}
    return cases.open_case(
        by=Actor("申办人", person.pk, (), frozenset({person.pk})),
        procedure="establishment", division_code=WEST_LAKE, facts={**facts, "division_code": WEST_LAKE},
        subject_name="某托育园", applicant_id=person.pk, channel="portal", data={},
    )  # fmt: skip
