"""Trees adopted whole or not at all, who sees what of an assessment, and how a result comes about."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.people import browser, seated
from institutions import desk
from ratings import rated
from ratings.rated import BY, FULL, scores
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Notice
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import can
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions.models import Institution
from tuoyu.ratings import actions, queries, stories
from tuoyu.ratings.checks import adopted_trees_are_complete, results_as_scored
from tuoyu.ratings.models import Assessment, Evidence, HandedIn, IndicatorTree, Score
from tuoyu.ratings.permissions import SCORE
from tuoyu.ratings.rules import Scored
from workforce.staff import GULOU, XUANWU, head, head_user, nursery

pytestmark = pytest.mark.django_db

LATER = timedelta(days=40)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS = tmp_path / "uploads"


# ---------------------------------------------------------------- trees


def test_the_national_outline_invents_no_points_no_vetoes_and_no_grades() -> None:
    made = actions.draft_tree(by=BY, name="南京", outline="wst821", division_code="320100")
    tree = made.tree
    assert [chapter.points for chapter in tree.chapters] == [100, 140, 200, 210, 80, 200, 70]
    assert tree.total == 1000
    assert tree.grades == ()
    assert not any(item.veto or item.points for item in tree.items)
    with pytest.raises(Refused) as caught:
        actions.adopt_tree(by=BY, tree=made, basis="文件", effective_from=clock.today())
    assert "等级和分数线" in str(caught.value)
    with pytest.raises(Refused, match="完整的评估标准"):
        rated.begun()


def test_an_adopted_tree_is_never_changed_and_two_writers_do_not_overwrite_each_other() -> None:
    tree = actions.draft_tree(by=BY, name="甲", division_code="320100")
    actions.write_tree(by=BY, tree=tree, content=rated.CONTENT, version=1)
    with pytest.raises(Overtaken):
        actions.write_tree(by=BY, tree=tree, content={}, version=1)
    actions.adopt_tree(by=BY, tree=tree, basis="文件", effective_from=clock.today())
    with pytest.raises(Overtaken):
        actions.write_tree(by=BY, tree=tree, content={}, version=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        IndicatorTree.objects.filter(pk=tree.pk).update(content={})
    with pytest.raises(Refused, match="同一天"):
        rated.adopted()


def test_an_assessment_keeps_the_tree_it_began_under_and_the_nearest_office_goes_first() -> None:
    old = rated.adopted()
    one = rated.begun()
    with clock.set_to(clock.now() + timedelta(days=1)):
        new = rated.adopted(total=100)
        assert queries.tree_at(XUANWU, clock.today()) == new
        own = rated.adopted(GULOU)
        assert queries.tree_at(GULOU, clock.today()) == own
        assert rated.begun().tree == own
    one.refresh_from_db()
    assert one.tree == old
    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(pk=one.pk).update(tree=new)


def test_an_officer_drafts_for_the_own_office_and_the_lead_adopts() -> None:
    officer = actor_for(seated(Role.OFFICER, "health", GULOU))
    tree = actions.draft_tree(by=officer, name="区级")
    assert tree.division_code == GULOU
    actions.write_tree(by=officer, tree=tree, content=rated.CONTENT, version=1)
    with pytest.raises(PermissionDenied):
        actions.adopt_tree(by=officer, tree=tree, basis="文件", effective_from=clock.today())
    with pytest.raises(Refused):
        actions.draft_tree(by=officer, name="市级", division_code="320100")
    lead = actor_for(seated(Role.DEPARTMENT_LEAD, "health", GULOU))
    with pytest.raises(Refused, match="依据"):
        actions.adopt_tree(by=lead, tree=tree, basis=" ", effective_from=clock.today())
    with pytest.raises(Refused, match="早于今天"):
        actions.adopt_tree(by=lead, tree=tree, basis="文", effective_from=clock.today() - timedelta(days=1))
    assert actions.adopt_tree(by=lead, tree=tree, basis="文", effective_from=clock.today()).state == "adopted"


def test_a_draft_is_written_on_its_page_and_what_cannot_be_read_is_kept_and_named() -> None:
    city = browser(seated(Role.JURISDICTION_LEAD, "health", "320100"))
    assert city.post("/ratings/trees/", {"name": "南京星级", "outline": "wst821"}).status_code == 302
    tree = IndicatorTree.objects.get()
    address = f"/ratings/trees/{tree.pk}/writing/"
    page = city.get(address).content.decode()
    assert "4.1.4 | 消防证明当年有效" in page
    form = {"version": "1", "total": "10", "code-0": "1", "name-0": "甲", "points-0": "10",
            "aspect-0": "quality", "items-0": "1.1 | 环境 | 一", "grades": "五星 | 9 | 5"}  # fmt: skip
    refused = city.post(address, form)
    assert refused.status_code == 422
    assert "第1行" in refused.content.decode()
    assert "1.1 | 环境 | 一" in refused.content.decode()
    form |= {"items-0": "1.1 | 环境 | 10 | 否决", "veto_brings": "none", "vetoes_settled": "on"}
    assert city.post(address, form).status_code == 302
    assert city.post(address, form).status_code == 409
    adoption = f"/ratings/trees/{tree.pk}/adoption/"
    assert city.post(adoption, {"basis": "", "effective_from": "明天"}).status_code == 422
    given = {"basis": "宁卫〔2026〕1号", "effective_from": str(clock.today())}
    assert city.post(adoption, given).status_code == 302
    assert "宁卫〔2026〕1号" in city.get(f"/ratings/trees/{tree.pk}/").content.decode()
    assert city.get(address).status_code == 404


# ---------------------------------------------------------------- who sees what


def test_an_assessor_sees_what_was_given_to_the_own_agency_and_nothing_else() -> None:
    rated.adopted()
    mine, other = rated.agency(), rated.agency()
    one, foreign = rated.begun(of=mine), rated.begun(of=other)
    shown = actions.add_evidence(by=head(one.institution), assessment=one, code="1.1", file=desk.image())
    user = rated.assessor_user(mine)
    expert = browser(user)
    pages = [f"/ratings/{one.pk}/scores/", f"/ratings/evidence/{shown.pk}/"]
    assert [expert.get(page).status_code for page in pages] == [404, 404]
    for each in (one, foreign):
        rated.to_score(each)
    assert [expert.get(page).status_code for page in pages] == [200, 200]
    assert expert.get(f"/ratings/{foreign.pk}/scores/").status_code == 404
    listed = expert.get("/ratings/given/").content.decode()
    assert (one.institution.name in listed, foreign.institution.name in listed) == (True, False)
    place = f"/institutions/{one.institution_id}/"
    closed = (
        place, f"{place}staff/", f"{place}ratings/", "/institutions/", f"/ratings/{one.pk}/", "/ratings/",
        "/ratings/agencies/", "/inbox/", "/cases/", "/staff/",
    )  # fmt: skip
    assert {expert.get(page).status_code for page in closed} <= {403, 404}
    body = {"scores": [{"code": "1.1", "points": 1}]}
    said = expert.put(f"/api/v1/given-assessments/{foreign.pk}/scores", body, content_type="application/json")
    assert said.status_code in (403, 404)
    rated.scored(one, actor_for(user))
    assert expert.get(pages[0]).status_code == 200
    assert expert.post(f"{pages[0]}?chapter=1", {"points-1.1": "1"}).status_code in (403, 409)
    actions.tell_result(by=BY, assessment=one)
    assert [expert.get(page).status_code for page in pages] == [404, 404]


def test_who_was_let_go_and_an_agency_that_ended_see_nothing_more() -> None:
    rated.adopted()
    agency = rated.agency()
    one = rated.to_score(rated.begun(of=agency))
    first, second = rated.assessor_user(agency), rated.assessor_user(agency)
    address = f"/ratings/{one.pk}/scores/"
    actions.let_assessor_go(by=BY, assessor=agency.assessors.get(user=first))
    assert (browser(first).get(address).status_code, browser(second).get(address).status_code) == (404, 200)
    actions.end_agency(by=BY, agency=agency, reason="合同到期")
    assert browser(second).get(address).status_code == 404
    with pytest.raises(Refused):
        rated.begun(of=agency)


def test_only_who_holds_the_seat_of_an_assessor_near_by_is_named() -> None:
    agency = rated.agency(GULOU)
    seated(Role.ASSESSOR, "", "420100", username="far")
    seated(Role.OFFICER, "health", GULOU, username="officer")
    for username in ("far", "officer", "nobody", "甲"):
        with pytest.raises(Refused, match="评估人员"):
            actions.name_assessor(by=BY, agency=agency, username=username)
    user = rated.assessor_user(agency)
    with pytest.raises(Refused, match="已是"):
        actions.name_assessor(by=BY, agency=agency, username=user.username)


def test_the_institution_does_not_see_scores_before_it_is_told_nor_another_institution_anything() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    rated.scored(one, rated.assessor(one.agency), scores(11, 12, 13))
    own, other = browser(head_user(one.institution)), browser(head_user(nursery(GULOU)))
    neighbour = browser(seated(Role.OFFICER, "health", XUANWU))
    address = f"/api/v1/assessments/{one.pk}"
    assert own.get(address).json()["items"][0]["expert"]["points"] is None
    assert (other.get(address).status_code, neighbour.get(address).status_code) == (404, 404)
    actions.tell_result(by=BY, assessment=one)
    told = own.get(address).json()["items"][0]
    assert (Decimal(told["expert"]["points"]), Decimal(told["difference"])) == (11, -29)


# ---------------------------------------------------------------- scoring


def refused_score(one: Assessment, code: str, **points: Any) -> str:
    with pytest.raises(Refused) as caught:
        actions.save_self(by=head(one.institution), assessment=one, scores={code: Scored(**points)})
    return str(caught.value)


def test_an_empty_field_is_not_zero_and_nothing_is_handed_in_until_all_is_said() -> None:
    rated.adopted()
    one = rated.begun()
    client = browser(head_user(one.institution))
    address = f"/ratings/{one.pk}/self/"
    typed = {"points-1.1": "40", "points-1.2": "", "met-1.2": "yes"}
    assert client.post(f"{address}?chapter=1", typed).status_code == 302
    assert "1/3" in client.get(address).content.decode()
    assert client.post(f"{address}?chapter=1", typed | {"points-1.2": "abc"}).status_code == 422
    assert client.post(f"{address}?chapter=1", typed | {"points-1.2": "21"}).status_code == 422
    with pytest.raises(Refused, match="还有2项没有评"):
        actions.hand_in_self(by=head(one.institution), assessment=one)
    assert "没有编号" in refused_score(one, "9.9", points=Decimal(1))
    assert "不是一票否决项" in refused_score(one, "1.1", points=Decimal(1), met=True)
    rated.to_score(one)
    with pytest.raises(Overtaken):
        actions.save_self(by=head(one.institution), assessment=one, scores=FULL)
    with pytest.raises(DatabaseError), transaction.atomic():
        HandedIn.objects.update(total=0)


def test_evidence_is_a_paper_of_an_item_and_only_as_long_as_the_institution_writes() -> None:
    rated.adopted()
    one = rated.begun()
    by = head(one.institution)
    with pytest.raises(Refused, match="没有编号"):
        actions.add_evidence(by=by, assessment=one, code="7.7", file=desk.image())
    with pytest.raises(Refused):
        actions.add_evidence(
            by=by, assessment=one, code="1.1", file=desk.SimpleUploadedFile("a.png", b"<svg>")
        )
    shown = actions.add_evidence(by=by, assessment=one, code="1.1", file=desk.image())
    rated.to_score(one)
    with pytest.raises(Overtaken):
        actions.remove_evidence(by=by, evidence=shown)


# ---------------------------------------------------------------- results


def test_an_objection_is_answered_before_the_check_is_approved_and_upheld_it_is_scored_anew() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    expert = rated.assessor(one.agency)
    rated.scored(one, expert, scores(20))
    actions.tell_result(by=BY, assessment=one)
    own = head(one.institution)
    actions.object_to(by=own, assessment=one, text="环境一项漏看了户外场地")
    with pytest.raises(Refused, match="还没有答复"):
        rated.decide(one)
    with pytest.raises(Refused, match="已有一份异议"):
        actions.object_to(by=own, assessment=one, text="再次")
    actions.answer_objection(by=BY, assessment=one, upheld=True, answer="确有遗漏")
    rated.scored(one, expert, scores(38))
    assert Case.objects.filter(procedure="assessment").count() == 1
    actions.tell_result(by=BY, assessment=one)
    one.refresh_from_db()
    with pytest.raises(Refused, match="可以提出异议"):
        rated.decide(one)
    with clock.set_to(clock.now() + LATER):
        with pytest.raises(Refused, match="期限已过"):
            actions.object_to(by=own, assessment=one, text="晚了")
        rated.decide(one)
        rated.decide(one)
    one.refresh_from_db()
    assert (one.grade, one.total) == ("五星", Decimal("93.0"))
    assert [h.total for h in one.handed_in.filter(side="expert")] == [Decimal(75), Decimal(93)]


def test_a_veto_that_is_not_met_brings_no_grade_and_the_public_reads_why() -> None:
    rated.adopted()
    one = rated.published(said=scores(40, 20, 40, met=False))
    assert (one.state, one.grade, one.vetoed) == ("published", "", ["1.2"])
    told = Client().get(f"/ratings/results/{one.pk}/").content.decode()
    assert "不评定等级" in told
    assert "消防证明" in told


def test_a_second_result_of_a_year_needs_a_reason_in_the_database_too_and_takes_the_place_of_the_first() -> (
    None
):
    rated.adopted()
    first = rated.published()
    with pytest.raises(Refused, match="须写明理由"):
        rated.begun(first.institution)
    copy = {
        f: getattr(first, f)
        for f in ("institution", "year", "tree", "agency", "division_code", "self_due_on")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(**copy)
    second = rated.published(first.institution, scores(20), again_reason="搬迁到新址")
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert queries.grades_of([first.institution_id])[first.institution_id]["id"] == second.pk
    graded = {name: queries.with_grade(Institution.objects.all(), name).exists() for name in ("五星", "四星")}
    assert graded == {"五星": False, "四星": True}
    assert "以新的为准" in Client().get(f"/ratings/results/{first.pk}/").content.decode()
    assert "搬迁到新址" in Client().get(f"/ratings/results/{second.pk}/").content.decode()
    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(pk=first.pk).update(grade="五星", total=100)


def test_one_under_way_stands_against_another_and_one_called_off_does_not_count() -> None:
    rated.adopted()
    one = rated.begun()
    with pytest.raises(Refused, match="正在进行"):
        rated.begun(one.institution, again_reason="试试")
    rated.to_score(one)
    rated.scored(one, rated.assessor(one.agency))
    actions.call_off(by=BY, assessment=one, reason="机构搬迁")
    one.refresh_from_db()
    assert one.case is not None
    assert (one.state, one.case.state) == ("called_off", "withdrawn")
    assert rated.begun(one.institution).again_reason == ""


def test_a_result_is_refused_with_reasons_and_nothing_is_published() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    rated.scored(one, rated.assessor(one.agency))
    with pytest.raises(Refused):
        rated.decide(one, "defects", remarks=[cases.RemarkGiven("重评")])
    rated.decide(one, "refuse", reason="评分没有到现场")
    one.refresh_from_db()
    assert (one.state, one.end_reason) == ("refused", "评分没有到现场")
    assert Client().get(f"/ratings/results/{one.pk}/").status_code == 404


def test_who_scored_does_not_decide() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    user = rated.assessor_user(one.agency)
    rated.scored(one, actor_for(user))
    actions.tell_result(by=BY, assessment=one)
    actions.accept(by=head(one.institution), assessment=one)
    user.memberships.create(
        role="officer", department="health", division_code=GULOU, valid=("2020-01-01", None)
    )
    one.refresh_from_db()
    assert one.case is not None
    with pytest.raises(Refused, match="回避"):
        cases.decide(by=actor_for(user), step=one.case.steps.get(state="active"), decision="approve")


def test_a_result_taken_back_keeps_its_trace_and_no_grade_is_shown() -> None:
    rated.adopted()
    one = rated.published()
    lead = actor_for(seated(Role.DEPARTMENT_LEAD, "health", GULOU))
    with pytest.raises(Refused):
        actions.withdraw_result(by=lead, assessment=one, reason=" ")
    actions.withdraw_result(by=lead, assessment=one, reason="评分人员应回避而没有回避")
    told = Client().get(f"/ratings/results/{one.pk}/").content.decode()
    assert "已撤下" in told
    assert "应回避" in told
    assert "五星" not in Client().get(f"/nurseries/{one.institution_id}/").content.decode()
    assert not queries.results().exists()


def test_head_and_agency_are_told_and_the_office_is_not_told_twice() -> None:
    rated.adopted()
    institution = nursery(GULOU)
    user = head_user(institution)
    rated.published(institution)
    titles = list(Notice.objects.filter(user=user).order_by("pk").values_list("title", flat=True))
    assert titles == ["请开始自评", "评估结果已告知", "评估结果已公布"]


# ---------------------------------------------------------------- kept as one goes


def test_what_is_typed_is_kept_as_one_goes_and_what_cannot_be_kept_stands_in_nobodys_way() -> None:
    rated.adopted()
    one = rated.begun()
    client = browser(head_user(one.institution))
    address, kept = f"/ratings/{one.pk}/self/", {"HX-Request": "true"}
    typed = {"points-1.1": "38", "text-1.1": "户外场地", "points-1.2": "21", "met-1.2": "yes"}
    told = client.post(f"{address}?chapter=1", typed, headers=kept)
    assert told.status_code == 200
    said = told.content.decode()
    assert "已保存" in said
    assert "没有保存：“1.2”的分数应在0到20之间" in said
    assert "还差2项" in said
    # A window that was open before names only what was touched in it.
    client.post(f"{address}?chapter=1", {"points-1.2": "20", "met-1.2": "yes"}, headers=kept)
    page = browser(head_user(one.institution)).get(address).content.decode()
    for words in ('value="38', "户外场地", 'value="20', "2/3", "已保存"):
        assert words in page
    last = client.post(f"{address}?chapter=2", {"points-2.1": "35"}, headers=kept).content.decode()
    assert f"/ratings/{one.pk}/self/hand-in/" in last
    assert client.post(f"{address}hand-in/").status_code == 302
    late = client.post(f"{address}?chapter=2", {"points-2.1": "1"}, headers=kept)
    assert "没有保存：自评已经提交" in late.content.decode()
    assert queries.told_of(one, "self")["2.1"].points == Decimal(35)


def test_an_assessor_is_kept_as_well_and_one_who_comes_too_late_is_told() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    user = rated.assessor_user(one.agency)
    client, address = browser(user), f"/ratings/{one.pk}/scores/?chapter=2"
    assert (
        "已保存"
        in client.post(address, {"points-2.1": "30"}, headers={"HX-Request": "true"}).content.decode()
    )
    actions.call_off(by=BY, assessment=one, reason="机构搬迁")
    assert client.post(address, {"points-2.1": "1"}, headers={"HX-Request": "true"}).status_code == 404
    assert queries.scores_of(one, "expert")["2.1"].points == Decimal(30)


def test_a_chapter_asks_six_things_of_the_database_however_much_was_said(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    user = rated.assessor_user(one.agency)
    client, address = browser(user), f"/ratings/{one.pk}/scores/?chapter=2"
    client.get(address)
    with django_assert_num_queries(6):
        client.get(address)
    for code, points in (("1.1", "10"), ("2.1", "30")):
        said = {f"points-{code}": points}
        client.post(f"/ratings/{one.pk}/scores/?chapter={code[0]}", said, headers={"HX-Request": "true"})
    with django_assert_num_queries(6):
        page = client.get(address).content.decode()
    assert "已保存" in page


# ---------------------------------------------------------------- guards of trees and agencies


def people() -> dict[str, Any]:
    """Who has nothing to do with the trees, agencies and assessments of health in Gulou."""
    return {
        "market": actor_for(seated(Role.OFFICER, "market_regulation", GULOU)),
        "neighbour": actor_for(seated(Role.DEPARTMENT_LEAD, "health", XUANWU)),
        "head": head(nursery(GULOU)),
    }


def test_nobody_else_writes_adopts_or_discards_a_tree_or_reads_one_that_is_a_draft() -> None:
    tree = actions.draft_tree(by=BY, name="区级", division_code=GULOU)
    tree = actions.write_tree(by=BY, tree=tree, content=rated.CONTENT, version=tree.version)
    for who, by in people().items():
        assert not queries.trees(by).exists(), who
        for act in (
            lambda by=by: actions.write_tree(by=by, tree=tree, content={}, version=tree.version),
            lambda by=by: actions.discard_tree(by=by, tree=tree),
            lambda by=by: actions.adopt_tree(by=by, tree=tree, basis="文", effective_from=clock.today()),
        ):
            with pytest.raises(PermissionDenied):
                act()
        with pytest.raises(Refused, match="本级卫生健康部门"):
            actions.draft_tree(by=by, name="别家", division_code=GULOU)
    desk_ = seated(Role.OFFICER, "health", GULOU)
    assert queries.trees(actor_for(desk_)).get() == tree
    for wrong, says in (({"name": " "}, "名称"), ({"name": "甲", "outline": "no-such"}, "没有这个标准")):
        with pytest.raises(Refused, match=says):
            actions.draft_tree(by=BY, division_code=GULOU, **wrong)
    actions.discard_tree(by=actor_for(desk_), tree=tree)
    with pytest.raises(Overtaken):
        actions.discard_tree(by=BY, tree=tree)
    with pytest.raises(Overtaken):
        actions.adopt_tree(by=BY, tree=tree, basis="文", effective_from=clock.today())


def test_a_market_lead_at_the_same_place_adopts_no_tree_of_health() -> None:
    tree = actions.draft_tree(by=BY, name="区级", division_code=GULOU)
    tree = actions.write_tree(by=BY, tree=tree, content=rated.CONTENT, version=tree.version)
    for role in (Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD):
        by = actor_for(seated(role, "market_regulation", GULOU, username=f"market-{role}".lower()))
        with pytest.raises(PermissionDenied):
            actions.adopt_tree(by=by, tree=tree, basis="文", effective_from=clock.today())


def test_a_tree_counts_from_its_day_at_its_place_and_adopted() -> None:
    assert queries.tree_at(GULOU, clock.today()) is None
    rated.adopted("360100")
    rated.adopted(on=clock.today() + timedelta(days=1))
    draft = actions.draft_tree(by=BY, name="草稿", division_code=GULOU)
    IndicatorTree.objects.filter(pk=draft.pk).update(effective_from=clock.today())
    assert queries.tree_at(GULOU, clock.today()) is None
    later = clock.today() + timedelta(days=2)
    second, first = rated.adopted(GULOU, on=later), rated.adopted(GULOU)
    rated.adopted(on=later)
    assert (queries.tree_at(GULOU, clock.today()), queries.tree_at(GULOU, later)) == (first, second)


def test_only_health_of_the_place_notes_agencies_with_kind_and_basis_and_each_once() -> None:
    agency = rated.agency(GULOU)
    user = rated.assessor_user(agency)
    one = agency.assessors.get()
    given = {"name": "另一评估中心", "kind": "agency", "entrusted_by": "合同"}
    for by in people().values():
        assert not queries.agencies(by).exists()
        if by.seats[0].department != "health":
            with pytest.raises(PermissionDenied):
                actions.add_agency(by=by, **given, division_code=GULOU)
        for act in (
            lambda by=by: actions.end_agency(by=by, agency=agency, reason="到期"),
            lambda by=by: actions.name_assessor(by=by, agency=agency, username=user.username),
            lambda by=by: actions.let_assessor_go(by=by, assessor=one),
        ):
            with pytest.raises(PermissionDenied):
                act()
    for wrong, says in (
        ({"name": " "}, "名称"),
        ({"kind": "club"}, "行业协会"),
        ({"entrusted_by": " "}, "依据"),
    ):
        with pytest.raises(Refused, match=says):
            actions.add_agency(by=BY, **(given | wrong), division_code=GULOU)
    by = actor_for(seated(Role.OFFICER, "health", GULOU))
    assert actions.add_agency(by=by, **given).division_code == GULOU
    with pytest.raises(Refused, match="已在受托名单上"):
        actions.add_agency(by=by, **given)


def test_an_agency_ends_once_with_a_reason_and_names_nobody_then() -> None:
    agency, other = rated.agency(GULOU), rated.agency(GULOU)
    user = rated.assessor_user(agency)
    one = agency.assessors.get()
    client = browser(seated(Role.OFFICER, "health", GULOU))
    let_go = f"/ratings/agencies/{{}}/assessors/{one.pk}/end/"
    assert client.post(let_go.format(other.pk)).status_code == 404
    assert client.post(let_go.format(agency.pk)).status_code == 302
    with pytest.raises(Overtaken):
        actions.let_assessor_go(by=BY, assessor=one)
    for name, changed in (("gone", {"valid": ("2020-01-01", "2021-01-01")}), ("closed", {})):
        seated(Role.ASSESSOR, "", GULOU, username=name).memberships.update(
            **{"division_code": GULOU} | changed
        )
    User.objects.filter(username="closed").update(is_active=False)
    for name in ("gone", "closed"):
        with pytest.raises(Refused, match="没有这个账号"):
            actions.name_assessor(by=BY, agency=agency, username=name)
    with pytest.raises(Refused, match="理由"):
        actions.end_agency(by=BY, agency=agency, reason=" ")
    actions.end_agency(by=BY, agency=agency, reason="到期")
    with pytest.raises(Overtaken):
        actions.end_agency(by=BY, agency=agency, reason="再次")
    with pytest.raises(Refused, match="已经终止"):
        actions.name_assessor(by=BY, agency=agency, username=user.username)


# ---------------------------------------------------------------- guards of assessments


def test_only_a_filed_institution_of_this_year_or_the_last_is_begun_with_an_agency_of_the_place() -> None:
    rated.adopted()
    agency, year = rated.agency(), clock.today().year
    with pytest.raises(Refused, match="只评估已备案"):
        rated.begun(nursery(GULOU, filing="pending"), of=agency)
    for wrong in (year - 2, year + 1):
        with pytest.raises(Refused, match="今年或去年"):
            rated.begun(of=agency, year=wrong)
    with pytest.raises(Refused, match="正在受托"):
        rated.begun(of=rated.agency(XUANWU))
    with CaptureQueriesContext(connection) as asked:
        one = rated.begun(of=agency, year=year - 1, again_reason="不是再次")
    assert one.again_reason == ""
    assert locks(asked, "institutions_institution"), "a second one waits until this one is written"
    with CaptureQueriesContext(connection) as asked:
        actions.call_off(by=BY, assessment=one, reason="搬迁")
    assert locks(asked, "ratings_assessment")
    ended = rated.agency()
    actions.end_agency(by=BY, agency=ended, reason="到期")
    ended.ended_on = None  # as somebody has it before them who read it earlier
    with pytest.raises(Refused, match="正在受托"):
        rated.begun(of=ended)


def locks(asked: CaptureQueriesContext, table: str) -> bool:
    return any("FOR UPDATE" in one["sql"] and f'FROM "{table}"' in one["sql"] for one in asked)


def test_ten_files_an_item_and_what_was_taken_away_is_shown_to_nobody() -> None:
    rated.adopted()
    one = rated.begun()
    by = head(one.institution)
    stored = actions.add_evidence(by=by, assessment=one, code="1.1", file=desk.image())
    Evidence.objects.bulk_create(
        Evidence(assessment=one, code="1.1", file=stored.file, added_label="x") for _ in range(9)
    )
    with pytest.raises(Refused, match="最多放10份"):
        actions.add_evidence(by=by, assessment=one, code="1.1", file=desk.image())
    actions.add_evidence(by=by, assessment=one, code="1.2", file=desk.image())
    own, other = browser(head_user(one.institution)), browser(head_user(nursery(GULOU)))
    away = f"/ratings/evidence/{stored.pk}/removal/"
    assert other.post(away).status_code == 404
    assert own.post(away).status_code == 302
    assert own.post(away).status_code == 404
    assert own.get(f"/ratings/evidence/{stored.pk}/").status_code == 404
    assert stored not in queries.files_of(by, one)
    actions.add_evidence(by=by, assessment=one, code="1.1", file=desk.image())
    stranger = head(nursery(GULOU))
    assert queries.files_of(stranger, one) == []
    for act in (
        lambda: actions.add_evidence(by=stranger, assessment=one, code="1.1", file=desk.image()),
        lambda: actions.remove_evidence(by=stranger, evidence=stored),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_who_else_reads_a_file_is_written_down() -> None:
    rated.adopted()
    one = rated.begun()
    shown = actions.add_evidence(by=head(one.institution), assessment=one, code="1.1", file=desk.image())
    reads = AuditEvent.objects.filter(verb="personal.read", topic=one.topic)
    address = f"/ratings/evidence/{shown.pk}/"
    assert browser(head_user(one.institution)).get(address).status_code == 200
    assert not reads.exists()
    assert browser(seated(Role.OFFICER, "health", GULOU)).get(address).status_code == 200
    assert reads.count() == 1


def test_each_act_says_why_and_once() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    gone, expert = rated.assessor_user(one.agency), rated.assessor_user(one.agency)
    actions.let_assessor_go(by=BY, assessor=one.agency.assessors.get(user=gone))
    rated.scored(one, actor_for(expert))
    for act, says in (
        (lambda: actions.send_back(by=BY, assessment=one, reason=" "), "退回重评须写明理由"),
        (lambda: actions.call_off(by=BY, assessment=one, reason=" "), "终止评估的理由"),
    ):
        with pytest.raises(Refused, match=says):
            act()
    actions.send_back(by=BY, assessment=one, reason="漏看")
    rated.scored(one, actor_for(expert))
    actions.tell_result(by=BY, assessment=one)
    own = head(one.institution)
    for act, says in (
        (lambda: actions.object_to(by=own, assessment=one, text=" "), "异议和理由"),
        (lambda: actions.answer_objection(by=BY, assessment=one, upheld=True, answer="无"), "没有等待答复"),
        (lambda: actions.answer_objection(by=BY, assessment=one, upheld=True, answer=" "), "须写明理由"),
    ):
        with pytest.raises(Refused, match=says):
            act()
    one.refresh_from_db()
    assert one.objection_until is not None
    noon = datetime.combine(one.objection_until, time(12), tzinfo=clock.BEIJING)
    with clock.set_to(noon):  # the last day
        with pytest.raises(Refused, match="可以提出异议"):
            rated.decide(one)
        actions.object_to(by=own, assessment=one, text="漏看了户外场地")
        with pytest.raises(Refused, match="异议未答复"):
            actions.accept(by=own, assessment=one)
        actions.answer_objection(by=BY, assessment=one, upheld=False, answer="没有漏看")
        actions.accept(by=own, assessment=one)
        with pytest.raises(Refused, match="已经确认过"):
            actions.accept(by=own, assessment=one)
        with pytest.raises(Refused, match="已确认没有异议"):
            actions.object_to(by=own, assessment=one, text="又有了")
    assert Notice.objects.filter(user=expert, title="评分被退回").count() == 1
    assert not Notice.objects.filter(user=gone).exists()


def test_scored_anew_the_institution_waits_until_it_is_told_anew() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    expert = rated.assessor(one.agency)
    rated.scored(one, expert, scores(20))
    actions.tell_result(by=BY, assessment=one)
    actions.object_to(by=head(one.institution), assessment=one, text="漏看")
    actions.answer_objection(by=BY, assessment=one, upheld=True, answer="确有")
    rated.scored(one, expert, scores(38))
    one.refresh_from_db()
    assert queries.expert_of(one, office=False) == {}
    assert queries.expert_of(one, office=True)["1.1"].points == 38
    assert queries.told_of(one, "expert")["1.1"].points == 38


def test_who_scored_another_decides_this_one_and_who_scored_it_does_not_publish_it() -> None:
    rated.adopted()
    agency = rated.agency()
    one, other = (rated.to_score(rated.begun(of=agency)) for _ in range(2))
    mine, theirs = rated.assessor_user(agency), rated.assessor_user(agency)
    filled = User.objects.get(pk=Score.objects.filter(assessment=one).values("said_by")[:1])
    rated.scored(other, actor_for(mine))
    rated.scored(one, actor_for(theirs))
    for user in (mine, theirs, filled):
        user.memberships.create(
            role="officer", department="health", division_code=GULOU, valid=("2020-01-01", None)
        )
    actions.tell_result(by=BY, assessment=one)
    actions.accept(by=head(one.institution), assessment=one)

    def decides(user: Any) -> None:
        one.refresh_from_db()
        assert one.case is not None
        step = one.case.steps.get(state="active")
        cases.decide(by=actor_for(user), step=step, decision="approve")

    decides(mine)
    for user in (theirs, filled):
        with pytest.raises(Refused, match="回避"):
            decides(user)
    decides(mine)
    one.refresh_from_db()
    assert one.state == "published"


def test_a_result_takes_the_place_of_those_of_its_own_institution_only() -> None:
    rated.adopted()
    first = rated.published()
    rated.published()
    first.refresh_from_db()
    assert first.superseded_at is None


def test_with_its_case_an_assessment_ends_too() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    rated.scored(one, rated.assessor(one.agency))
    one.refresh_from_db()
    assert one.case is not None
    cases.end_moot(by=BY, case=one.case, reason="机构已注销")
    one.refresh_from_db()
    assert (one.state, one.end_reason) == ("called_off", "机构已注销")


def test_a_nursery_reads_its_story_without_names_and_without_what_passes_between_offices() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    rated.scored(one, rated.assessor(one.agency))
    events = list(AuditEvent.objects.filter(topic=one.topic).order_by("pk"))
    own, office = (stories.story(events, office=office) for office in (False, True))
    assert {row["who"] for row in own} == {""}
    assert "评估机构提交评分" in {row["text"] for row in office} - {row["text"] for row in own}
    assert all(row["who"] for row in office)


def test_what_was_not_handed_in_the_office_and_the_agency_do_not_read() -> None:
    rated.adopted()
    one = rated.begun()
    actions.save_self(by=head(one.institution), assessment=one, scores=scores(17))
    officer = browser(seated(Role.OFFICER, "health", GULOU))
    assert "17.0" not in officer.get(f"/ratings/{one.pk}/").content.decode()
    assert "17.0" in browser(head_user(one.institution)).get(f"/ratings/{one.pk}/").content.decode()


def test_results_are_narrowed_and_of_public_institutions_only() -> None:
    rated.adopted()
    five, four = rated.published(nursery(GULOU)), rated.published(nursery(XUANWU), scores(25))
    hidden = rated.published(nursery(GULOU))
    Institution.objects.filter(pk=hidden.institution_id).update(filing="pending", public_since=None)
    year = clock.today().year

    def found(**asked: str) -> list[int]:
        return [row["id"] for row in queries.results(**asked)]

    assert found() == [four.pk, five.pk]
    assert found(place=GULOU) == [five.pk]
    assert found(grade="四星") == [four.pk]
    assert (found(year=str(year - 1)), len(found(year=str(year)))) == ([], 2)
    assert queries.result(hidden.pk) is None
    page = Client().get(f"/ratings/results/{hidden.pk}/")
    assert page.status_code == 404
    second = rated.begun(five.institution, again_reason="搬迁")
    assert queries.result(second.pk) is None


def test_the_list_is_of_own_places_and_narrowed_by_year_and_state() -> None:
    rated.adopted()
    old = rated.begun(year=clock.today().year - 1)
    new = rated.to_score(rated.begun())
    by, far = (actor_for(seated(Role.OFFICER, "health", place)) for place in (GULOU, XUANWU))
    assert list(queries.assessments(by)) == [new, old]
    assert list(queries.assessments(by, year=str(old.year))) == [old]
    assert list(queries.assessments(by, state="scoring")) == [new]
    assert not queries.assessments(far).exists()
    assert list(queries.of_institution(by, old.institution_id) or ()) == [old]
    assert not (queries.of_institution(far, old.institution_id) or Assessment.objects.none()).exists()
    teacher = actor_for(seated(Role.NURSERY_STAFF, institution_id=old.institution_id))
    assert queries.of_institution(teacher, old.institution_id) is None
    city = browser(seated(Role.JURISDICTION_LEAD, "health", "320100"))
    assert "没有评估" not in city.get("/ratings/").content.decode()
    officer = browser(seated(Role.OFFICER, "health", GULOU, username="gaps"))
    page = officer.get("/ratings/gaps/?year=0001").content.decode()
    assert f"{clock.today().year}年还缺评估结果的机构" in page


def test_the_page_offers_what_may_be_done_now_and_no_more() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    user = rated.assessor_user(one.agency)
    address = f"/ratings/{one.pk}/"
    officer, own = browser(seated(Role.OFFICER, "health", GULOU)), browser(head_user(one.institution))

    def offered(client: Client) -> set[str]:
        page = client.get(address).content.decode()
        return {
            act for act in ("tell", "send_back", "upheld", "object", "call_off") if f'value="{act}"' in page
        }

    assert offered(officer) == {"call_off"}
    rated.scored(one, actor_for(user))
    assert offered(officer) == {"tell", "send_back", "call_off"}
    with pytest.raises(Refused, match="先把评估结果告知机构"):
        rated.decide(one)
    assert not can(actor_for(user), SCORE, one)
    shown = browser(user).get(f"{address}scores/").content.decode()
    assert 'name="points-1.1"' not in shown, "what was handed in is only shown"
    actions.send_back(by=BY, assessment=one, reason="漏看")
    one.refresh_from_db()
    assert queries.told_of(one, "expert")
    assert queries.expert_of(one, office=True) == {}, "scored anew it is not shown until it is handed in"
    rated.scored(one, actor_for(user))
    actions.tell_result(by=BY, assessment=one)
    assert (offered(officer), offered(own)) == ({"call_off"}, {"object"})
    with clock.set_to(clock.now() + LATER):
        assert offered(browser(head_user(one.institution))) == set()
    actions.object_to(by=head(one.institution), assessment=one, text="漏看")
    assert (offered(officer), offered(own)) == ({"upheld", "call_off"}, set())


def test_an_assessor_reads_what_was_handed_in_and_not_what_was_typed() -> None:
    rated.adopted()
    one = rated.to_score(rated.begun())
    Score.objects.filter(assessment=one, side="self", code="1.1").update(points=Decimal(7))
    page = browser(rated.assessor_user(one.agency)).get(f"/ratings/{one.pk}/scores/").content.decode()
    assert "7.0" not in page
    assert '机构自评：<strong class="num">40' in page


def test_an_officer_who_also_scores_reads_a_file_once() -> None:
    rated.adopted()
    one = rated.begun()
    shown = actions.add_evidence(by=head(one.institution), assessment=one, code="1.1", file=desk.image())
    user = rated.assessor_user(one.agency)
    rated.assessor_user(one.agency)
    user.memberships.create(
        role="officer", department="health", division_code=GULOU, valid=("2020-01-01", None)
    )
    assert queries.files_of(actor_for(user), one) == [shown]
    assert browser(user).get(f"/ratings/evidence/{shown.pk}/").status_code == 200


def test_the_checks_speak_of_a_tree_left_open_and_of_a_result_that_is_not_what_was_scored() -> None:
    rated.adopted()
    one = rated.published()
    assert not [*adopted_trees_are_complete(), *results_as_scored()]
    IndicatorTree.objects.create(
        division_code=XUANWU, name="空", state="adopted", adopted_at=clock.now(), basis="文",
        adopted_label="x", effective_from=clock.today(),
    )  # fmt: skip
    assert any("还没有一章" in said for said in adopted_trees_are_complete())
    Assessment.objects.filter(pk=one.pk).update(vetoed=["1.2"])
    assert len(list(results_as_scored())) == 1
    Case.objects.filter(pk=one.case_id).update(state="open", closed_at=None)
    assert len(list(results_as_scored())) == 2
