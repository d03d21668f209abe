"""Bad input, wherever it comes in: a clear sentence, the right status, and nothing changed."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from exchange.callers import robot
from institutions import desk
from journeys import AT, Journey, browser, desk_of, person, said
from tuoyu.accounts.models import User
from tuoyu.cases.models import Case, Notice, Remark, Step, Submission
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.models import OutboxMessage, StoredFile
from tuoyu.institutions.models import Application, Certificate, Institution, Paper, Publication
from tuoyu.jurisdictions import actions
from tuoyu.jurisdictions.commands import app as packs_app
from tuoyu.jurisdictions.models import PackVersion
from tuoyu.jurisdictions.packs import PacksInvalid

pytestmark = pytest.mark.django_db

KEPT = (
    Application, Paper, StoredFile, Case, Step, Submission, Remark, Notice, Institution, Certificate,
    Publication, OutboxMessage,
)  # fmt: skip


def everything() -> list[Any]:
    """Every row of everything a nursery's way writes."""
    return [list(model._default_manager.order_by("pk").values_list()) for model in KEPT]


def stranger() -> User:
    """Somebody with an account and nothing else here."""
    return User.objects.filter(username="stranger").first() or person("stranger")


# ---------------------------------------------------------------- what a case stands before

Act = Callable[[Journey], HttpResponse]


@dataclass(frozen=True)
class Row:
    """Somebody does something with an application that stands somewhere; what is answered."""

    stands: str
    act: Act
    status: int
    sentence: str


def result(**changed: str) -> Act:
    """A registrar states something wrong."""
    return lambda journey: journey.decide("registration", **changed)


def registering(**changed: Any) -> Act:
    """A registrar's own system states something wrong."""
    given = {
        "source_system": "民政业务系统",
        "source_id": "A-1",
        "name": "小星星托育园",
        "division_code": "360702",
        "nature": "nonprofit",
        "legal_form": "social_service_org",
        "registered_on": clock.today().isoformat(),
        **desk.RESULT,
    } | changed
    return lambda journey: robot("civil_affairs", "360702").post("/registrations", given)


def upload(name: str, body: bytes, kind: str = "application/pdf") -> Act:
    """A file is handed in through the API, which writes nothing but the file."""
    return lambda journey: journey.client.post(
        f"/api/v1/applications/{journey.pk}/papers",
        {"slot": "fire_proof", "file": SimpleUploadedFile(name, body, kind)},
    )


def to(name: str, *, post: bool = False, by: str = "stranger", **given: str) -> Act:
    """Somebody else goes where only the owner or the department may."""

    def act(journey: Journey) -> HttpResponse:
        arguments = [journey.case.number if name.startswith("cases:") else journey.pk]
        if name == "institutions:paper":
            arguments = [Paper.objects.filter(application=journey.pk).first().pk]
        if name == "cases:decision":
            arguments.append("registration")
        address = reverse(name, args=arguments)
        client = browser(stranger()) if by == "stranger" else desk_of(*by.split("@"))
        return client.post(address, given) if post else client.get(address)

    return act


IDENTITY = "11010519491231002X"
APPROVAL = {"decision": "approve", "remarks-TOTAL_FORMS": "0", "remarks-INITIAL_FORMS": "0"}
MEGABYTE = 1024 * 1024
PROGRAM = b"MZ\x90\x00 this program cannot be run"
ROWS: dict[str, Row] = {
    # a wrong code
    "a credit code whose check character is wrong": Row(
        "open", result(uscc="52320106MJ0000018B"), 422, "校验位"
    ),
    "a credit code of the wrong length": Row("open", result(uscc="5232"), 422, "18"),
    "a registrar's system with a wrong credit code": Row(
        "nothing", registering(uscc="52320106MJ0000018B"), 422, "校验位"
    ),
    "a registrar's system with a place there is not": Row(
        "nothing", registering(division_code="999999"), 422, "区划代码"
    ),
    "a registrar's system with a legal form against the nature": Row(
        "nothing", registering(legal_form="enterprise"), 422, "不符"
    ),
    "a body that is no JSON": Row(
        "nothing",
        lambda j: robot("civil_affairs", "360702").post("/registrations", "{not json"),
        400,
        "JSON",
    ),
    # a wrong date
    "a registration in the future": Row("open", result(registered_on="2099-01-01"), 422, "不能晚于今天"),
    "a day there is not": Row("open", result(registered_on="2026-02-30"), 422, "看不懂"),
    "a registrar's system with a day there is not": Row(
        "nothing", registering(registered_on="2026-02-30"), 422, "日期"
    ),
    # uploads
    "a program that says it is a PDF": Row("draft", upload("证明.pdf", PROGRAM), 422, "PDF、JPG或PNG"),
    "a photograph that says it is a PDF": Row(
        "draft", upload("证明.pdf", b"\xff\xd8\xff\xe0 cut off"), 422, "。"
    ),
    "a page that says it is a photograph": Row(
        "draft", upload("a.png", b"<html><script>alert(1)</script>", "image/png"), 422, "PDF、JPG或PNG"
    ),
    "an empty file": Row("draft", upload("a.pdf", b""), 422, "空"),
    "a file that is too large": Row("draft", upload("a.pdf", b"%PDF-1.7" + b"0" * MEGABYTE), 413, "超过1MB"),
    "a file for a paper there is not": Row(
        "draft",
        lambda j: j.client.post(
            f"/api/v1/applications/{j.pk}/papers", {"slot": "treasure_map", "file": desk.image()}
        ),
        404,
        "没有这一项材料",
    ),
    # formulas
    "a registrar's system with a formula for a name": Row(
        "nothing", registering(name='=HYPERLINK("http://example.org","点")'), 422, "名称"
    ),
    # a replayed form
    "a decision sent once more": Row("registered", lambda j: j.decide("registration"), 409, "先处理"),
    "a page sent from a window that was overtaken": Row(
        "draft",
        lambda j: j.client.post(
            reverse("institutions:page", args=[j.pk, "basics"]), {"name": "换个名字", "version": "1"}
        ),
        409,
        "另一个窗口",
    ),
    "a page sent after the application was handed in": Row(
        "open",
        lambda j: j.client.post(
            reverse("institutions:page", args=[j.pk, "basics"]),
            {"name": "换个名字", "version": str(j.application.version), "window": "w"},
        ),
        409,
        "已经提交",
    ),
    "a withdrawal after the registration": Row(
        "registered",
        lambda j: j.client.post(reverse("cases:withdrawal", args=[j.case.number]), {"reason": "不办了"}),
        409,
        "不能再撤回",
    ),
    "a decision there is not": Row("open", lambda j: j.decide("registration", "bless"), 422, "没有这样的"),
    "defects without saying which": Row(
        "open", lambda j: j.decide("registration", "defects"), 422, "至少写明一处"
    ),
    "a refusal without a reason": Row(
        "open", lambda j: j.decide("registration", "refuse"), 422, "须写明理由"
    ),
    # somebody else's case
    "somebody else's tracker": Row("open", to("cases:tracker"), 404, "没有找到"),
    "somebody else's application": Row("open", to("institutions:review"), 404, "没有找到"),
    "somebody else's paper": Row("open", to("institutions:paper"), 404, "没有找到"),
    "somebody else's submission": Row("open", to("institutions:review", post=True), 404, "没有找到"),
    "somebody else's withdrawal": Row(
        "open", to("cases:withdrawal", post=True, reason="不办了"), 404, "没有找到"
    ),
    "a stranger's decision": Row("open", to("cases:decision", post=True, **APPROVAL), 403, "权限"),
    "another county's decision": Row(
        "open", to("cases:decision", post=True, by="civil_affairs@360703", **APPROVAL), 404, "没有找到"
    ),
    "another department's decision": Row(
        "open", to("cases:decision", post=True, by="education@360702", **APPROVAL), 404, "没有找到"
    ),
    "another county's look at a case": Row(
        "open", to("cases:case", by="civil_affairs@360703"), 404, "没有找到"
    ),
    "an application with a number beyond all numbers": Row(
        "open", lambda j: j.client.get("/apply/" + "9" * 30 + "/review/"), 404, "没有找到"
    ),
}


def standing(stands: str) -> Journey:
    """An application in 章贡区 that has come so far."""
    journey = Journey(AT["J"])
    if stands == "nothing":
        return journey
    journey.fill()
    if stands in ("open", "registered"):
        journey.hand_in()
    return journey.approve("registration") if stands == "registered" else journey


@pytest.mark.parametrize("stands", ["nothing", "draft", "open", "registered"])
def test_bad_input_gets_a_sentence_and_a_status_and_changes_nothing(stands: str, settings: Any) -> None:
    journey = standing(stands)
    settings.UPLOAD_LIMIT = MEGABYTE
    kept = everything()
    rows = {name: row for name, row in ROWS.items() if row.stands == stands}
    assert rows
    for name, row in rows.items():
        answer = row.act(journey)
        assert answer.status_code == row.status, f"{name}: {answer.status_code} {_words(answer)}"
        assert row.sentence in _words(answer), name
        # Nothing changed, and so the next may go on from here.
        assert everything() == kept, name


def _words(answer: HttpResponse) -> str:
    """What an answer says, without its markup."""
    if answer["Content-Type"].startswith("application/json"):
        return json.dumps(answer.json(), ensure_ascii=False)
    return re.sub(r"<[^>]+>", "", said(answer))


# What was typed stays (nothing is lost), but it is not taken: the page, what was typed, and the sentence.
REFUSED_WHEN_HANDED_IN = {
    "an identity number with a wrong check character": (
        "basics", {"contact_identity": "110105194912310021"}, "身份证",
    ),
    "a telephone number that is none": ("basics", {"contact_phone": "12345"}, "不是有效的号码"),
    "a formula for a name": ("basics", {"name": "=1+1"}, "公式"),
    "a full-width formula": ("basics", {"contact_name": "＠SUM(A1)"}, "公式"),
    "a lease that ends before it begins": ("premises", {"lease_to": "2019-01-01"}, "早于开始日期"),
    "a day there is not": ("premises", {"lease_to": "2029-02-30"}, "看不懂"),
    "a number that is none": ("premises", {"floor": "一楼半"}, "看不懂"),
    "a paper of the day after tomorrow": ("papers", {"fire_proof_issued_on": "2099-01-01"}, "在今天以后"),
    "a paper that has run out": ("papers", {"lease_expires_on": "2020-01-01"}, "已过有效期"),
    "a place outside the country": ("basics", {"longitude": "2.35", "latitude": "48.85"}, "不在我国境内"),
}  # fmt: skip


def test_what_cannot_be_right_is_kept_as_typed_and_refused_when_handed_in() -> None:
    journey = Journey(AT["J"]).fill()
    for name, (page, typed, sentence) in REFUSED_WHEN_HANDED_IN.items():
        right = dict(journey.application.typed[page])
        assert journey.type(page, right | typed).status_code == 302
        kept = everything()
        answer = journey.submit()
        assert answer.status_code == 422, name
        assert sentence in _words(answer), name
        assert everything() == kept, name
        assert not Case.objects.exists()
        journey.type(page, {"contact_identity": IDENTITY} | right)
    # It was these and nothing else.
    assert journey.submit().status_code == 302


def test_handed_in_twice_it_is_one_case() -> None:
    journey = Journey(AT["J"]).hand_in()
    kept = everything()
    assert journey.submit().status_code == 302
    assert everything() == kept
    assert Case.objects.count() == 1


def test_a_formula_that_was_typed_anywhere_is_shown_as_text() -> None:
    nasty = '=HYPERLINK("http://example.org")<script>alert(1)</script>'
    journey = Journey(AT["J"]).hand_in(basics={"intro": nasty})
    page = said(journey.officer("registration").get(f"/cases/{journey.case.number}/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_request_without_its_token_is_refused() -> None:
    journey = Journey(AT["J"]).fill()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(journey.applicant, backend="tuoyu.accounts.backends.PeopleBackend")
    kept = everything()
    answer = strict.post(reverse("institutions:review", args=[journey.pk]))
    assert answer.status_code == 403
    assert everything() == kept


# ---------------------------------------------------------------- a pack with a mistake


@pytest.fixture
def mistaken(tmp_path: Path) -> Path:
    """The packs, with a rule in Jiangxi's that cites a clause the document does not have."""
    folder = tmp_path / "packs"
    shutil.copytree(project.PACKS, folder)
    rules = folder / "360000-jiangxi" / "rules.toml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace('clause = "二.(三).1"', 'clause = "九.(九).9"', 1), encoding="utf-8")
    return folder


def test_a_pack_with_a_mistake_is_named_by_file_and_line_and_nothing_is_loaded(mistaken: Path) -> None:
    loaded = list(PackVersion.objects.order_by("pk").values_list())
    checked = CliRunner().invoke(packs_app, ["check", "--packs", str(mistaken)])
    assert checked.exit_code == 1
    lines = (mistaken / "360000-jiangxi" / "rules.toml").read_text(encoding="utf-8").splitlines()
    line = lines.index('clause = "九.(九).9"') + 1
    assert re.search(rf"360000-jiangxi/rules\.toml:{line}\b.*没有条款 九\.\(九\)\.9", checked.output)
    with pytest.raises(PacksInvalid):
        actions.load_packs(root=mistaken, by=Actor.system("测试"))
    assert list(PackVersion.objects.order_by("pk").values_list()) == loaded
