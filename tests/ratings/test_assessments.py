"""Trees adopted whole or not at all, who sees what of an assessment, and how a result comes about."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts.people import browser, seated
from institutions import desk
from ratings import rated
from ratings.rated import BY, FULL, scores
from tuoyu.accounts.actors import actor_for
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Notice
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.ratings import actions, queries
from tuoyu.ratings.models import Assessment, HandedIn, IndicatorTree
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
