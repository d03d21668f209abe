"""Every list as xlsx and PDF: what its reader sees there and nothing else, at the cost of the page."""

import io
import re
import zipfile
from typing import Any
from urllib.parse import unquote

import pypdfium2
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from python_calamine import load_workbook

from architecture.test_strangers import addresses
from architecture.town import Town, built
from exchange.callers import GULOU, message, seated
from tuoyu.accounts.models import User
from tuoyu.core import paging
from tuoyu.core.actor import Role
from tuoyu.core.models import AuditEvent
from tuoyu.institutions.models import Institution
from tuoyu.project.list_files.paper import paper
from tuoyu.project.list_files.shown import shown
from tuoyu.project.list_files.workbook import workbook

LISTS = {
    "accounts:api_clients",
    "accounts:audit",
    "accounts:invitations",
    "accounts:people",
    "alerts:board",
    "care:incidents",
    "care:on_day",
    "cases:inbox",
    "cases:list",
    "cases:mine",
    "cases:notices",
    "exchange:connectors",
    "exchange:deliveries",
    "exchange:messages",
    "imports:list",
    "institutions:applications",
    "institutions:list",
    "institutions:unfiled",
    "policy:drafts",
    "portal:directory",
    "ratings:agencies",
    "ratings:assessments",
    "ratings:trees",
    "portal:publications",
}


@pytest.fixture
def town(db: None, settings: Any, tmp_path: Any) -> Town:
    settings.UPLOADS = tmp_path / "uploads"
    return built()


def browser(user: User | None) -> Client:
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user, backend="tuoyu.accounts.backends.PeopleBackend")
    return client


def people_of(town: Town) -> dict[str, Client]:
    roles = (
        (Role.OFFICER, "health"),
        (Role.DEPARTMENT_LEAD, "health"),
        (Role.JURISDICTION_LEAD, ""),
        (Role.SYSTEM_ADMIN, ""),
        (Role.SECURITY_ADMIN, ""),
        (Role.AUDIT_ADMIN, ""),
    )
    found = {role.value: browser(seated(role, department)) for role, department in roles}
    applicant = User.objects.get(pk=town.draft.owner_id)
    return {"": browser(None), "applicant": browser(applicant), **found}


def cells(response: Any) -> list[list[Any]]:
    """The rows of the file under its heads."""
    page = load_workbook(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    return page[6:]


def words(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_bounded() for page in document))


def counted(client: Client, address: str) -> tuple[Any, int]:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.get(address)
    return response, len(asked)


def test_every_list_there_is_can_be_taken_out_both_ways_with_the_rows_on_the_page(town: Town) -> None:
    found, no_list = set(), {name for name in addresses() if name.startswith("api-")}
    for who, client in people_of(town).items():
        for name in sorted(set(addresses()) - no_list - found):
            try:
                address = reverse(name)
            except NoReverseMatch:
                no_list.add(name)
                continue
            response = client.get(address)
            content = getattr(response, "content", b"") if response.status_code == 200 else b""
            if b"take-out" in content:
                found.add(name)
                _both_ways(client, address, who)
            elif content and b'class="list-head"' not in content:
                no_list.add(name)
    assert found >= LISTS


def _both_ways(client: Client, address: str, who: str) -> None:
    page, cost = counted(client, f"{address}?size=100")
    html = page.content.decode()
    rows = re.findall(r"data-row|<tr>(?!<th)", html)
    assert rows, address
    for kind in paging.MOST_IN_FILE:
        before = AuditEvent.objects.filter(verb="list.exported").count()
        response, taken = counted(client, f"{address}?format={kind}")
        assert response.status_code == 200, address
        assert f".{kind}" in unquote(response["Content-Disposition"]), address
        assert taken <= cost + 1, f"{address}: {taken} queries for a file, {cost} for the page"
        events = AuditEvent.objects.filter(verb="list.exported").count() - before
        assert events == (1 if who else 0), address
        if kind == "xlsx":
            more = len(cells(response)) - len(rows)
            # An event more where the list is that of the events; a page holds a hundred at the most.
            assert more in (0, 1) or (len(rows) == 100 and more > 0), address
        else:
            assert response.content.startswith(b"%PDF"), address


def test_a_file_costs_the_same_for_one_row_and_for_fifty_and_holds_them_all(town: Town) -> None:
    client = browser(seated(Role.OFFICER, "health"))
    for kind in paging.MOST_IN_FILE:
        message(key=f"first-{kind}")
        for address in ("/messages/", "/institutions/"):
            client.get(f"{address}?format={kind}")
        costs = [
            counted(client, f"{address}?format={kind}")[1] for address in ("/messages/", "/institutions/")
        ]
        for number in range(50):
            message(key=f"{kind}{number}", name=f"第{number}家{kind}")
            Institution.objects.create(
                name=f"第{number}家{kind}", kind="institution", nature="nonprofit",
                legal_form="social_service_org", division_code=GULOU,
            )  # fmt: skip
        answers = [
            counted(client, f"{address}?format={kind}") for address in ("/messages/", "/institutions/")
        ]
        assert [cost for _, cost in answers] == costs
        for response, _ in answers:
            said = str(cells(response)) if kind == "xlsx" else words(response.content)
            assert all(f"第{number}家{kind}" in said for number in range(50))


def test_a_neighbour_takes_out_nothing_of_this_county_and_masks_stay(town: Town) -> None:
    neighbour = browser(seated(Role.OFFICER, "health", "320102"))
    for address in ("/institutions/", "/messages/", "/cases/", "/inbox/"):
        for kind in paging.MOST_IN_FILE:
            answer = neighbour.get(f"{address}?format={kind}")
            if answer.status_code == 200:
                said = str(cells(answer)) if kind == "xlsx" else words(answer.content)
                assert town.filed.name not in said


def test_the_file_says_who_took_it_out_when_and_what_was_asked(town: Town) -> None:
    client = browser(seated(Role.OFFICER, "health"))
    response = client.get("/institutions/?q=小星星&kind=institution&format=xlsx")
    page = load_workbook(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    head = "\n".join(str(line[0]) for line in page[:6])
    assert page[0][0] == "机构"
    assert "officer-health-320106" in head
    assert "名称、拼音或首字母：小星星；类型：托育机构" in head
    assert "共1行" in head
    name = unquote(response["Content-Disposition"])
    assert re.search(r"机构-\d{8}-\d{4}\.xlsx", name)
    event = AuditEvent.objects.filter(verb="list.exported").latest("pk")
    assert event.after == {
        "list": "institutions:list", "format": "xlsx", "rows": 1, "narrowed_by": ["kind", "q"],
    }  # fmt: skip
    assert "小星星" not in str(event.after)


def test_a_list_longer_than_a_file_may_be_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(paging.MOST_IN_FILE, "xlsx", 1)
    response = browser(seated(Role.AUDIT_ADMIN)).get("/audit/?format=xlsx")
    page = load_workbook(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert "一次最多导出1行" in "".join(str(line[0]) for line in page[:6])
    assert len(cells(response)) == 1


def test_a_format_nobody_knows_is_the_page_and_a_page_that_is_no_list_stays_one(town: Town) -> None:
    client = browser(seated(Role.OFFICER, "health"))
    assert client.get("/institutions/?format=exe")["Content-Type"].startswith("text/html")
    assert client.get(f"/institutions/{town.filed.pk}/?format=pdf")["Content-Type"].startswith("text/html")
    assert settings.GUARD_READS


PAGE = """
<nav><a aria-current="page">导航</a></nav><h1>人员</h1>
<form class="filters"><div class="field"><label class="form-label" for="f-q">名称<span>（选填）</span></label>
<input class="form-control" type="text" name="q" id="f-q" value="甲&amp;乙"></div>
<label class="form-label" for="f-s">状态</label><select name="s"><option value="">全部</option>
<option value="on" selected>在岗</option></select>
<label class="form-check"><input type="checkbox" name="m" checked><span>只看我的</span></label></form>
<table><thead><tr><th scope="col">姓名</th><th class="num">托位</th><th>日期</th><th>操作</th></tr></thead>
<tbody>
<tr><td data-label="姓名" class="cell-title"><a href="/x?a=1&amp;b=2">=HYPERLINK(&quot;x&quot;)</a><br>
<span class="quiet">备注</span><span class="visually-hidden">不读</span></td>
<td data-label="托位" class="num">1,234</td><td data-label="日期">2024-03-01</td>
<td data-label="操作"><form method="post"><button>删除</button></form></td></tr>
<tr><td data-label="姓名">@甲</td><td data-label="托位" class="num">—</td>
<td data-label="日期">2024-02-30</td>
<td data-label="操作"><details class="confirm"><summary>停用</summary>
<form><p>理由</p></form></details></td></tr>
</tbody></table>
"""


def test_a_page_is_read_as_a_person_reads_it() -> None:
    found = shown(PAGE)
    assert found.title == "人员"
    assert found.filters == [("名称", "甲&乙"), ("状态", "在岗"), ("", "只看我的")]
    assert found.columns() == ["姓名", "托位", "日期"]
    assert found.rows[0] == {
        "姓名": '=HYPERLINK("x")\n备注',
        "托位": "1,234",
        "日期": "2024-03-01",
        "操作": "",
    }


def test_nothing_in_a_file_acts_when_it_is_opened() -> None:
    data = workbook(shown(PAGE), ["=1+1"])
    page = load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert page[1][0] == "=1+1"
    assert page[4][0] == '=HYPERLINK("x")\n备注'
    assert (page[4][1], str(page[4][2])) == (1234.0, "2024-03-01")
    assert page[5][:3] == ["@甲", "—", "2024-02-30"]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 'quotePrefix="1"' in styles
    assert "=HYPERLINK" in words(paper(shown(PAGE.replace("日期", "#include \\[*_")), ["#1", "*粗*"]))
