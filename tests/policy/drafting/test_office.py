"""The pages of a draft: read, correct, adopt; a neighbour finds nothing, and names are nowhere."""

import io
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from exchange.callers import seated
from policy.county import (
    CONTENT,
    COUNTY,
    NAMES,
    NEIGHBOUR,
    PHONE,
    TEXT,
    actor,
    browser,
    drafted,
    filled,
    lead_of,
)
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.jurisdictions.packs import read_packs
from tuoyu.policy import actions
from tuoyu.policy.drafting.shown import DraftShown
from tuoyu.policy.models import PolicyDraft

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
PAGES = (
    "", "others/", "departments/", "words/", "changes/", "adoption/", "parts/head/", "parts/clause-1/",
    "parts/target-1/", "parts/duty-1/", "parts/seat-1/", "parts/gap-1/", "add/clause/", "add/target/",
    "add/duty/", "add/seat/", "add/gap/", "add/setting/",
)  # fmt: skip


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def send(client: Client, content: bytes = CONTENT, name: str = "意见.txt", **more: Any) -> Any:
    given = {"division": COUNTY, "file": SimpleUploadedFile(name, content)} | more
    return client.post("/office/policies/read/", given)


def base(draft: PolicyDraft) -> str:
    return f"/office/policies/{draft.pk}/"


def the_draft() -> PolicyDraft:
    return PolicyDraft.objects.get()


def version(client: Client, address: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page(client, address))
    assert found is not None
    return found[1]


def test_without_a_document_the_list_says_what_to_do() -> None:
    text = page(browser(lead_of()), "/office/policies/")
    assert "还没有识读过文件" in text
    assert "/office/policies/read/" in text
    assert "政策识读" in page(browser(lead_of()), "/inbox/")
    assert "政策识读" not in page(browser(seated(Role.OFFICER, "health", COUNTY)), "/inbox/")


def test_a_file_is_read_and_shown_with_its_noise_struck_out() -> None:
    client = browser(lead_of())
    response = send(client)
    assert response.status_code == 302
    text = page(client, base(the_draft()))
    assert '<del title="页码">— 2 —</del>' in text
    assert re.search(r'<del title="网页上的其他内容">网站首页', text)
    assert "章贡区人民政府办公室关于促进托育服务的实施意见" in page(client, "/office/policies/")
    for clause in ("二.(一)", "二.(二)"):
        assert f'aria-label="看条款{clause}的识读结果"' in text


def test_every_clause_and_its_source_lead_to_each_other() -> None:
    draft = drafted()
    text = page(browser(lead_of()), base(draft))
    for key in ("clause-1", "clause-2", "clause-3", "clause-4"):
        to_source = re.search(rf'id="{key}".*?href="#(s-\d+)"', text, re.DOTALL)
        assert to_source
        assert f'id="{to_source[1]}"><a href="#{key}"' in text


def test_names_and_telephones_are_on_no_page() -> None:
    client = browser(lead_of())
    send(client)
    draft = the_draft()
    for address in PAGES:
        text = page(client, base(draft) + address)
        for name in (*NAMES, "丁 野", PHONE):
            assert name not in text, (address, name)
    archive = zipfile.ZipFile(io.BytesIO(client.get(base(draft) + "pack.zip").content))
    packed = "".join(archive.read(name).decode() for name in archive.namelist())
    assert not [name for name in (*NAMES, PHONE) if name in packed]


def test_text_may_be_pasted_instead() -> None:
    client = browser(lead_of())
    response = client.post("/office/policies/read/", {"division": COUNTY, "text": TEXT})
    assert response.status_code == 302
    assert the_draft().file_name == "粘贴的文字"


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.txt", "空"),
        (b"   \n ", "a.txt", "没有可以读的文字"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.doc", "旧版 Word"),
        (b"%PDF-1.7 nothing", "a.pdf", "pdf"),
        (b"PK\x03\x04" + bytes(90), "a.docx", "docx"),
        (bytes(range(256)) * 40, "a.txt", "。"),
        ("春天到了，孩子们在院子里玩耍。".encode(), "a.txt", "没有认出条款编号"),
        (b"x" * (11 * 1024 * 1024), "a.txt", "超过10MB"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_made(content: bytes, name: str, says: str) -> None:
    response = send(browser(lead_of()), content, name)
    assert response.status_code in (413, 422)
    assert says in response.content.decode()
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"file": ""}, "请选择文件"),
        ({"text": TEXT}, "只用一样"),
        ({"division": NEIGHBOUR}, "选择"),
        ({"division": ""}, "必填"),
    ],
)
def test_a_form_that_is_not_complete_says_what_lacks(given: dict[str, str], says: str) -> None:
    response = send(browser(lead_of()), **given)
    assert response.status_code == 422
    assert says in response.content.decode()


def test_a_neighbour_finds_no_draft() -> None:
    draft = drafted()
    for other in (lead_of(NEIGHBOUR), lead_of("420000")):
        client = browser(other)
        assert str(draft.title) not in page(client, "/office/policies/")
        for address in (*PAGES, "pack.zip"):
            page(client, base(draft) + address, status=404)
        posts = ("parts/clause-1/", "departments/", "words/", "add/gap/", "adoption/", "discard/", "resume/")
        for address in posts:
            assert client.post(base(draft) + address, {"seen": "1"}).status_code == 404
    assert PolicyDraft.objects.get().version == 1


def test_a_county_is_corrected_by_its_province_and_seen_by_both() -> None:
    draft = drafted(by=lead_of("360000"))
    assert draft.title in page(browser(lead_of()), "/office/policies/")


def test_a_part_that_is_none_is_not_found() -> None:
    client, address = browser(lead_of()), base(drafted())
    for wrong in ("parts/clause-99/", "parts/%00/", "add/procedure/", "add/head/", "parts/clause-1/x/"):
        page(client, address + wrong, status=404)
    page(client, f"/office/policies/{'9' * 30}/", status=404)


def test_a_correction_is_kept_and_shown_before_and_after() -> None:
    draft, client = drafted(), browser(lead_of())
    address = base(draft) + "parts/clause-3/"
    given = {
        "id": "二.(一)", "kind": "subsection", "heading": "支持家庭", "summary": "让家里有人带孩子",
        "lead": "", "responsible": "区总工会\n\n 区妇联组织 ", "default_responsible": "",
        "capabilities": ["D4", "E1"], "seen": version(client, address), "do": "save",
    }  # fmt: skip
    response = client.post(address, given)
    assert response["Location"] == base(draft) + "#clause-3"
    data = DraftShown(the_draft()).by_key["clause-3"].data
    assert data["responsible"] == ["区总工会", "区妇联组织"]
    text = page(client, base(draft) + "changes/")
    assert "<del>区总工会、区妇联</del>" in text
    assert "<ins>区总工会、区妇联组织</ins>" in text
    assert "与识读结果相比，改了" in page(client, base(draft))


def test_after_saving_the_next_open_part_is_offered() -> None:
    draft, client = drafted(), browser(lead_of())
    given = {"clause": "一", "text": "甲", "indicator": "a.b", "comparator": ">=", "value": "5", "period": ""}
    address = base(draft) + "parts/target-1/"
    response = client.post(address, given | {"seen": "1", "do": "next"})
    assert response["Location"] == base(draft) + "parts/target-2/"


def test_a_bad_value_comes_back_with_what_was_typed() -> None:
    draft, client = drafted(), browser(lead_of())
    given = {"clause": "一", "text": "我写的话", "indicator": "不是代码", "comparator": ">=", "seen": "1"}
    response = client.post(base(draft) + "parts/target-1/", given)
    assert response.status_code == 422
    text = response.content.decode()
    assert "小写英文字母" in text
    assert "我写的话" in text


def test_of_two_windows_the_second_keeps_what_was_typed_and_sees_what_is_there() -> None:
    draft, client = drafted(), browser(lead_of())
    address = base(draft) + "parts/gap-1/"
    first, second = ({"clause": "一", "note": note, "seen": "1"} for note in ("先写的", "后写的"))
    assert client.post(address, first).status_code == 302
    response = client.post(address, second)
    text = response.content.decode()
    assert response.status_code == 409
    assert "刚刚有人改过这一处" in text
    assert "后写的" in text
    assert "先写的" in text
    again = re.search(r'name="seen" value="(\d+)"', text)
    assert again is not None
    assert client.post(address, second | {"seen": again[1]}).status_code == 302
    assert DraftShown(the_draft()).by_key["gap-1"].data["note"] == "后写的"


def test_a_form_sent_again_changes_nothing_more() -> None:
    draft, client = drafted(), browser(lead_of())
    given = {"clause": "一", "note": "写过的", "seen": "1"}
    for _ in range(2):
        assert client.post(base(draft) + "parts/gap-1/", given).status_code == 302
        assert client.post(base(draft) + "add/gap/", given | {"note": "加的"}).status_code == 302
        assert client.post(base(draft) + "parts/duty-1/", {"seen": "3", "do": "remove"}).status_code == 302
    assert the_draft().version == 4


def test_what_is_left_out_stays_visible_and_comes_back() -> None:
    draft, client = drafted(), browser(lead_of())
    address = base(draft) + "parts/clause-4/"
    client.post(address, {"seen": "1", "do": "remove"})
    assert "已删去" in page(client, base(draft))
    assert "这一处已删去" in page(client, address)
    client.post(address, {"seen": "2", "do": "restore"})
    assert "这一处已删去" not in page(client, address)
    client.post(address, {"seen": "3", "do": "settle"})
    assert [mark.field for mark in DraftShown(the_draft()).open if mark.key == "clause-4"] == ["summary"]


def test_words_are_written_several_at_a_time() -> None:
    draft, client = drafted(), browser(lead_of())
    text = page(client, base(draft) + "words/")
    assert 'name="clause-1:summary"' in text
    assert "只是标题，任务写在下面各条。" in text
    given = {f"{key}:{name}": value for key, row in filled(draft).items() for name, value in row.items()}
    given["clause-1:summary"] = " "
    given["clause-1:nothing"] = given["nobody:summary"] = "x"
    assert client.post(base(draft) + "words/", given | {"seen": "1"}).status_code == 302
    still = [row.part.key for row in DraftShown(the_draft()).without_words()]
    assert still == ["clause-1"]
    too_long = client.post(base(draft) + "words/", {"clause-1:summary": "长" * 3000, "seen": "2"})
    assert too_long.status_code == 422
    assert "最多" in too_long.content.decode()


def test_the_departments_of_units_are_chosen_on_one_page() -> None:
    draft, client = drafted(), browser(lead_of())
    text = page(client, base(draft) + "departments/")
    assert "词汇表里没有“区科技局”" in text
    number = [unit for unit, _ in DraftShown(draft).by_key["departments"].data["units"]].index("区科技局") + 1
    given = {f"unit-{number}": "big_data", "seen": "1"}
    assert client.post(base(draft) + "departments/", given).status_code == 302
    assert client.post(base(draft) + "departments/", given | {f"unit-{number}": "nobody"}).status_code == 422
    assert dict(DraftShown(the_draft()).by_key["departments"].data["units"])["区科技局"] == "big_data"


def finish(client: Client, draft: PolicyDraft) -> PolicyDraft:
    """Everything corrected, as far as it is only looked at."""
    by = actor(lead_of())
    actions.correct_many(draft=draft, given=filled(draft), seen=draft.version, by=by)
    units = {"units": {"区科技局": "big_data"}}
    actions.correct(draft=draft, key="departments", given=units, seen=99, by=by)
    for mark in DraftShown(the_draft()).open:
        client.post(f"{base(draft)}parts/{mark.key}/", {"do": "settle"})
    return the_draft()


def test_what_stands_against_adopting_is_listed_with_links() -> None:
    draft, client = drafted(), browser(lead_of())
    text = page(client, base(draft) + "adoption/")
    assert "采用之前还有" in text
    assert f'href="{base(draft)}parts/clause-1/"' in text
    assert f'href="{base(draft)}departments/"' in text
    response = client.post(base(draft) + "adoption/", {"seen": "1", "starts_on": f"{clock.today()}"})
    assert response.status_code == 422
    assert the_draft().is_open


def test_a_finished_draft_is_adopted_shown_to_everybody_and_kept() -> None:
    client = browser(lead_of())
    draft = finish(client, drafted())
    address = base(draft) + "adoption/"
    given = {"seen": version(client, address), "starts_on": "2020-01-01"}
    early = client.post(address, given)
    assert early.status_code == 422
    assert "不能早于今天" in early.content.decode()
    starts = re.search(r'name="starts_on"[^>]*value="([\d-]+)"', page(client, address))
    assert starts is not None
    assert client.post(address, given | {"starts_on": starts[1]}).status_code == 302
    assert client.post(address, given | {"starts_on": starts[1]}).status_code == 302
    public = page(Client(), f"/policy/{COUNTY}/")
    assert "支持家庭照护" in public
    assert not [name for name in (*NAMES, PHONE) if name in public]
    kept = page(client, base(draft) + "changes/")
    assert "长期保留" in kept
    assert "大数据" in kept
    for address in PAGES:
        text = page(client, base(draft) + address)
        assert ">核对无误<" not in text
    response = client.post(base(draft) + "parts/clause-1/", {"do": "remove", "seen": "99"})
    assert response.status_code == 302
    assert not DraftShown(the_draft()).by_key["clause-1"].gone


def test_the_files_of_a_draft_are_a_pack(tmp_path: Any) -> None:
    client = browser(lead_of())
    draft = finish(client, drafted())
    response = client.get(base(draft) + "pack.zip")
    assert response["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    folder = Path(shutil.copytree(ROOT / "packs", tmp_path / "packs"))
    archive.extractall(folder)
    found = read_packs(folder)
    assert found.errors == []
    assert found.packs[COUNTY].title == draft.title


def test_a_draft_put_aside_can_be_looked_at_and_taken_up() -> None:
    draft, client = drafted(), browser(lead_of())
    assert client.post(base(draft) + "discard/").status_code == 302
    text = page(client, base(draft))
    assert "已作废，只能查看" in text
    assert "核对无误" not in text
    assert client.post(base(draft) + "discard/").status_code == 409
    assert client.post(base(draft) + "resume/").status_code == 302
    assert "已作废" not in page(client, base(draft) + "others/")


def test_a_long_document_asks_the_database_no_more_than_a_short_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = browser(lead_of())
    items = "".join(f"{n}.支持第{n}件事。办好它。（责任单位：区妇联）\n" for n in range(1, 60))
    long = drafted(text=f"章贡区托育方案\n一、目标\n（一）支持。\n{items}二、保障。保障好。\n")
    for draft in (drafted(), long):
        page(client, base(draft))
        for address in ("", "others/", "departments/", "words/", "parts/clause-3/", "changes/", "adoption/"):
            with django_assert_max_num_queries(9):
                page(client, base(draft) + address)
