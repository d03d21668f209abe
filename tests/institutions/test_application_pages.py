"""The application in the browser: choosing, filling, papers, review, handing in; and those who may not."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from institutions import desk
from tuoyu.accounts.actions import give_seat
from tuoyu.accounts.models import User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core.actor import Actor, Mandate, Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Refused
from tuoyu.institutions import actions, policy, standing
from tuoyu.institutions.actions import applications
from tuoyu.institutions.models import Application, Institution, Paper

pytestmark = pytest.mark.django_db
BACKEND = "tuoyu.accounts.backends.PeopleBackend"
CHOSEN = {
    "province": "320000", "city": "320100", "county": "320106", "kind": "institution",
    "nature": "nonprofit", "legal_form": "social_service_org",
}  # fmt: skip


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def client_of(actor: Actor) -> Client:
    return signed_in(User.objects.get(pk=actor.user_id))


def officer_client(department: str, place: str, role: Role = Role.OFFICER) -> Client:
    user = desk.person(f"{role}{department}{place}")
    give_seat(by=Actor.system("测试"), user=user, seat=SeatGiven(role, department, place, None))
    return signed_in(user)


def page(application: Application, key: str) -> str:
    return reverse("institutions:page", args=[application.pk, key])


def posted(application: Application, fields: dict[str, Any], **also: Any) -> dict[str, Any]:
    application.refresh_from_db()
    return fields | {"version": application.version, "window": "w1", "do": "save"} | also


def test_the_route_of_a_nanjing_nonprofit_is_shown_before_anything_is_filled_in(packs: None) -> None:
    text = client_of(desk.applicant()).get(reverse("institutions:start"), CHOSEN).content.decode()
    assert "8个部门同时查验" in text
    assert "5个工作日内" in text
    assert "鼓楼区公安" in text
    assert "三.(二).2" in text


def test_without_a_script_the_place_is_chosen_one_select_at_a_time(packs: None) -> None:
    client = client_of(desk.applicant())
    text = client.get(reverse("institutions:start")).content.decode()
    assert 'name="province"' in text
    assert 'name="county"' not in text
    text = client.get(
        reverse("institutions:start"), {"province": "320000", "city": "320100"}
    ).content.decode()
    assert 'name="county"' in text


def test_choices_begin_an_application_and_a_wrong_one_is_named(packs: None) -> None:
    client = client_of(desk.applicant())
    answer = client.post(reverse("institutions:start"), CHOSEN)
    application = Application.objects.get()
    assert answer.url == page(application, "basics")
    answer = client.post(reverse("institutions:start"), CHOSEN | {"county": ""})
    assert answer.status_code == 422
    assert Application.objects.count() == 1


def test_what_is_half_filled_or_wrong_is_kept_and_shown_as_a_problem(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    client.post(
        page(application, "basics"), posted(application, {"name": "小星星托育园", "contact_phone": "12"})
    )
    text = client.get(page(application, "basics")).content.decode()
    assert 'value="小星星托育园"' in text
    assert 'value="12"' in text
    assert "不是有效的号码" in text


def test_the_identity_number_is_kept_encrypted_and_shown_masked(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    client.post(page(application, "basics"), posted(application, {"contact_identity": "11010519491231002x"}))
    application.refresh_from_db()
    assert application.identity == "11010519491231002X"
    assert "11010519491231002" not in str(application.data)
    text = client.get(page(application, "basics")).content.decode()
    assert "11010519491231002" not in text
    assert "110***********002X" in text


def test_of_two_windows_the_later_is_told_and_overwrites_nothing(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    old = posted(application, {"name": "第二个窗口"}, window="w2")
    client.post(page(application, "basics"), posted(application, {"name": "第一个窗口"}))
    answer = client.post(page(application, "basics"), old)
    assert answer.status_code == 409
    assert "另一个窗口" in answer.content.decode()
    application.refresh_from_db()
    assert application.name == "第一个窗口"


def test_a_window_is_never_in_its_own_way(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    early = posted(application, {"name": "甲"})
    client.post(page(application, "basics"), early)
    assert client.post(page(application, "basics"), early | {"name": "甲乙"}).status_code == 302
    application.refresh_from_db()
    assert application.name == "甲乙"


def test_saving_as_one_types_answers_with_the_time_and_the_new_version(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    answer = client_of(by).post(
        page(application, "basics"), posted(application, {"name": "甲"}), headers={"HX-Request": "true"}
    )
    text = answer.content.decode()
    assert "已保存" in text
    assert 'name="version" id="version" value="2"' in text


def test_classes_are_added_and_removed_without_a_script(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    first = {"row-0-class_type": "infant", "row-0-places": "9"}
    client.post(page(application, "classes"), posted(application, first, do="add_row"))
    assert 'name="row-1-places"' in client.get(page(application, "classes")).content.decode()
    both = first | {"row-1-class_type": "mixed", "row-1-places": "8"}
    client.post(page(application, "classes"), posted(application, both, do="remove_row:0"))
    application.refresh_from_db()
    assert [row["class_type"] for row in application.data["classes"]["rows"]] == ["mixed"]


def test_a_paper_is_uploaded_removed_and_put_back(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    files = {"file-fire_proof": desk.image(), "fire_proof_issuer": "消防大队"}
    client.post(page(application, "papers"), posted(application, files))
    paper = Paper.objects.get()
    answer = client.get(reverse("institutions:paper", args=[paper.pk]))
    assert answer["Content-Type"] == "image/png"
    client.post(page(application, "papers"), posted(application, {}, do=f"remove:{paper.pk}"))
    paper.refresh_from_db()
    assert paper.removed_at is not None
    client.post(page(application, "papers"), posted(application, {}, do=f"restore:{paper.pk}"))
    paper.refresh_from_db()
    assert paper.removed_at is None


def test_a_disguised_file_is_refused_with_a_sentence_and_nothing_is_kept(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    bad = SimpleUploadedFile("scan.pdf", b"MZ this is a program", "application/pdf")
    answer = client_of(by).post(page(application, "papers"), posted(application, {"file-fire_proof": bad}))
    assert answer.status_code == 422
    assert "只能上传PDF、JPG或PNG" in answer.content.decode()
    assert not Paper.objects.exists()


def test_a_file_that_is_refused_keeps_the_others_of_its_post_from_nothing(
    packs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    first, *others, last = [slot.key for slot in policy.slots_at(application.division_code, "institution")]
    given = {f"file-{slot}": desk.image() for slot in (first, *others, last)}
    given[f"file-{first}"] = SimpleUploadedFile("scan.pdf", b"MZ this is a program", "application/pdf")
    monkeypatch.setattr(applications, "MOST_FILES", len(others))
    answer = client.post(page(application, "papers"), posted(application, given))
    assert answer.status_code == 422
    assert "只能上传PDF、JPG或PNG" in answer.content.decode()
    assert "材料文件太多" in answer.content.decode()
    assert list(application.papers.order_by("pk").values_list("slot", flat=True)) == others
    assert AuditEvent.objects.filter(verb="application.paper_added").count() == len(others)


def test_the_review_shows_everything_at_once_and_handing_in_leads_to_a_receipt(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    review = reverse("institutions:review", args=[application.pk])
    assert client.post(review).status_code == 422
    desk.fill(by, application)
    text = client.get(review).content.decode()
    assert "标准不一致的地方" in text
    assert "最多可收托" in text
    answer = client.post(review)
    assert answer.url == reverse("institutions:handed_in", args=[application.pk])
    assert Case.objects.get().number in client.get(answer.url).content.decode()
    assert client.post(review).status_code == 302
    assert Case.objects.count() == 1


def test_what_is_handed_in_can_no_longer_be_changed(packs: None) -> None:
    by = desk.applicant()
    desk.submitted(by)
    application = Application.objects.get()
    answer = client_of(by).post(page(application, "basics"), posted(application, {"name": "换个名字"}))
    assert answer.status_code == 409
    application.refresh_from_db()
    assert application.name == "鼓楼区小星星托育园"


def test_a_draft_is_deleted_and_restored(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    client.post(reverse("institutions:delete", args=[application.pk]))
    text = client.get(reverse("institutions:applications")).content.decode()
    assert "最近删除的草稿" in text
    client.post(reverse("institutions:restore", args=[application.pk]))
    application.refresh_from_db()
    assert application.state == "draft"


def test_an_empty_list_says_what_to_do(packs: None) -> None:
    text = client_of(desk.applicant()).get(reverse("institutions:applications")).content.decode()
    assert "还没有申请" in text
    assert reverse("institutions:start") in text


@pytest.mark.parametrize("name", ["application", "review", "handed_in"])
def test_strangers_and_neighbours_find_no_application_of_others(packs: None, name: str) -> None:
    desk.submitted(desk.applicant())
    application = Application.objects.get()
    address = reverse(f"institutions:{name}", args=[application.pk])
    assert client_of(desk.applicant("邻居")).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert officer_client("health", desk.GULOU).get(address).status_code == 404


def test_papers_are_read_by_the_owner_and_the_departments_of_the_case_alone(packs: None) -> None:
    by = desk.applicant()
    desk.submitted(by)
    address = reverse("institutions:paper", args=[Paper.objects.order_by("pk")[0].pk])
    assert client_of(by).get(address).status_code == 200
    assert officer_client("health", desk.GULOU).get(address).status_code == 200
    assert officer_client("health", desk.XUANWU).get(address).status_code == 404
    assert officer_client("tax", desk.GULOU).get(address).status_code == 404
    assert client_of(desk.applicant("邻居")).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_window_clerk_begins_for_somebody_who_walked_in(packs: None) -> None:
    client = officer_client("gov_services", desk.GULOU, Role.CLERK)
    answer = client.post(reverse("institutions:desk"), CHOSEN | {"name": "来访群众", "phone": "13900139000"})
    application = Application.objects.get()
    assert answer.url == page(application, "basics")
    assert (application.channel, application.owner.name) == ("window", "来访群众")
    assert client.get(answer.url).status_code == 200
    elsewhere = officer_client("gov_services", desk.XUANWU, Role.CLERK)
    assert elsewhere.get(answer.url).status_code == 404


def test_an_agent_begins_for_its_principal_and_nobody_for_a_stranger(packs: None) -> None:
    principal, stranger = desk.person("委托人"), desk.person("陌生人")
    agent = desk.applicant("代理人")
    assert agent.user_id is not None
    agent = replace(
        agent,
        owner_ids=frozenset({agent.user_id, principal.pk}),
        mandates=(Mandate(principal.pk, procedures=frozenset({"establishment"})),),
    )
    choices = {
        "division_code": desk.GULOU,
        "kind": "institution",
        "nature": "nonprofit",
        "legal_form": "social_service_org",
    }
    application = actions.start_application(by=agent, owner_id=principal.pk, **choices)
    assert (application.channel, application.agent_id) == ("agent", agent.user_id)
    answer = client_of(agent).post(reverse("institutions:start"), CHOSEN | {"owner": str(stranger.pk)})
    assert answer.status_code == 403


@pytest.mark.parametrize(("matter", "may"), [("filing", True), ("establishment", False)])
def test_an_agent_files_for_a_head_when_the_mandate_is_about_filing(
    packs: None, matter: str, may: bool
) -> None:
    head = desk.applicant()
    case = desk.registered(desk.submitted(head))
    by = desk.officer("health")
    cases.decide(by=by, step=case.steps.get(key="filing"), decision="refuse", reason="材料不实。")
    institution = Institution.objects.get()
    agent = desk.applicant("代理人")
    assert agent.user_id is not None
    assert head.user_id is not None
    agent = replace(
        agent,
        owner_ids=frozenset({agent.user_id, head.user_id}),
        mandates=(Mandate(head.user_id, procedures=frozenset({matter})),),
    )
    assert [one.pk for one in standing.headed_by(agent)] == ([institution.pk] if may else [])
    if not may:
        with pytest.raises(Refused) as refused:
            actions.start_filing(by=agent, owner_id=head.user_id, institution=institution)
        assert refused.value.status == 403
        return
    assert standing.owner_for(agent, institution) == head.user_id
    application = actions.start_filing(by=agent, owner_id=head.user_id, institution=institution)
    assert (application.channel, application.owner_id) == ("agent", head.user_id)


@pytest.mark.parametrize(
    "typed",
    [
        '=HYPERLINK("http://x")',
        "<script>alert(1)</script>",
        "'; DROP TABLE x; --",
        "长" * 5000,
        "\x00\x01",
        "{{7*7}}",
    ],
)
def test_a_robot_that_types_nonsense_gets_a_page_and_harms_nothing(packs: None, typed: str) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    client = client_of(by)
    fields = dict.fromkeys(("name", "care_types", "street", "longitude", "contact_identity", "fees"), typed)
    assert client.post(page(application, "basics"), posted(application, fields)).status_code == 302
    text = client.get(page(application, "basics")).content.decode()
    assert "<script>alert" not in text
    assert client.get(reverse("institutions:review", args=[application.pk])).status_code == 200


def test_addresses_that_take_only_posts_refuse_gets(packs: None) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    assert client_of(by).get(reverse("institutions:delete", args=[application.pk])).status_code == 405
    assert client_of(by).put(page(application, "basics")).status_code == 405


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30])
def test_a_replayed_or_broken_version_is_overtaken_not_an_error(packs: None, version: str) -> None:
    by = desk.applicant()
    application = desk.begun(by)
    typed = posted(application, {"name": "甲"}, version=version, window="")
    assert client_of(by).post(page(application, "basics"), typed).status_code == 409


def test_a_receipt_is_verified_by_its_code_and_a_wrong_code_is_not_found(packs: None) -> None:
    desk.approve(desk.registered(desk.submitted(desk.applicant())), "filing")
    institution = Institution.objects.get()
    code = institution.certificates.get(kind="receipt").code
    text = Client().get(reverse("institutions:verify", args=[code])).content.decode()
    assert "文书属实，现行有效" in text
    assert institution.name in text
    wrong = Client().get(reverse("institutions:verify", args=["0" * 16]))
    assert wrong.status_code == 404
    assert "没有找到这份文书" in wrong.content.decode()


def test_an_institution_is_seen_by_its_own_county_and_its_head_and_not_by_neighbours(packs: None) -> None:
    by = desk.applicant()
    desk.registered(desk.submitted(by))
    address = reverse("institutions:record", args=[Institution.objects.get().pk])
    assert officer_client("health", desk.GULOU).get(address).status_code == 200
    assert officer_client("civil_affairs", desk.GULOU).get(address).status_code == 200
    assert officer_client("health", desk.XUANWU).get(address).status_code == 404
    assert officer_client("tax", desk.GULOU).get(address).status_code == 404
    assert client_of(by).get(address).status_code == 200
