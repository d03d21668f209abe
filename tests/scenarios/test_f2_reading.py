"""The reading half of F2: a county nobody has a pack for hands in its document, and applications begin there.

Not marked as a scenario: task board and assessment, which F2 also is, are not built.
"""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exchange.callers import Caller
from institutions import desk
from policy.county import NAMES, PHONE, TEXT, browser, lead_of
from tuoyu.accounts.models import User
from tuoyu.core import clock
from tuoyu.institutions.models import Application
from tuoyu.jurisdictions import queries
from tuoyu.policy.drafting.shown import DraftShown
from tuoyu.policy.models import PolicyDraft

pytestmark = pytest.mark.django_db

COUNTY = "340102"
# 安徽 has no pack, nor has any place in it.
DOCUMENT = TEXT.replace("章贡区", "瑶海区").replace("章府", "瑶府").replace("省政府", "市政府")
CHOSEN = {
    "province": "340000", "city": "340100", "county": COUNTY, "kind": "institution",
    "nature": "nonprofit", "legal_form": "social_service_org",
}  # fmt: skip


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def the_draft() -> PolicyDraft:
    return PolicyDraft.objects.get()


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', text)
    assert found is not None
    return found[1]


def form_of(text: str) -> dict[str, Any]:
    """What the form of a part holds, as a browser would send it."""
    main = text[text.index('class="draft-form"') :]
    main = main[: main.index("</form>")]
    given: dict[str, Any] = {}
    for name, value in re.findall(
        r'<input [^>]*?name="([\w:-]+)"[^>]*?value="([^"]*)"(?![^>]*checkbox)', main
    ):
        given.setdefault(name, value)
    for name, value in re.findall(r'<textarea [^>]*?name="([\w:-]+)"[^>]*>([^<]*)</textarea>', main):
        given[name] = value
    for name, options in re.findall(r'<select [^>]*?name="([\w-]+)"[^>]*>(.*?)</select>', main, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        given[name] = chosen[1] if chosen else ""
    boxes = re.findall(r'<input [^>]*type="checkbox"[^>]*>', main)
    for name in {found[1] for box in boxes if (found := re.search(r'name="(\w+)"', box))}:
        ticked = [box for box in boxes if f'name="{name}"' in box and " checked" in box]
        given[name] = [value[1] for box in ticked if (value := re.search(r'value="([^"]*)"', box))]
        if not given[name]:
            given.pop(name)
    return given


def corrected(client: Client, base: str) -> None:
    """What a lead does: words, departments, one unit more, one clause less, then each open mark."""
    text = page(client, base + "words/")
    words = dict.fromkeys(re.findall(r'<textarea [^>]*name="([^"]+)"', text), "用自己的话写的")
    client.post(base + "words/", words | {"seen": seen(text)})
    text = page(client, base + "departments/")
    units = re.findall(r'<select [^>]*name="(unit-\d+)".*?</select>', text, re.DOTALL)
    unknown = f"unit-{len(units)}"
    assert "selected" not in re.findall(rf'name="{unknown}".*?</select>', text, re.DOTALL)[0]
    client.post(base + "departments/", {unknown: "new", "seen": seen(text)})
    text = page(client, base + "parts/clause-3/")
    given = form_of(text) | {"responsible": "区总工会\n区妇联\n区教育局", "seen": seen(text), "do": "save"}
    assert client.post(base + "parts/clause-3/", given).status_code == 302
    text = page(client, base + "parts/gap-1/")
    client.post(base + "parts/gap-1/", {"do": "remove", "seen": seen(text)})
    while following := DraftShown(the_draft()).after(""):
        text = page(client, f"{base}parts/{following}/")
        answer = client.post(f"{base}parts/{following}/", {"do": "settle", "seen": seen(text)})
        assert answer.status_code == 302


def test_a_countys_document_becomes_its_pack_and_an_application_begins_there() -> None:
    applicant = desk.applicant()
    applying = browser(User.objects.get(pk=applicant.user_id))
    assert "安徽" not in page(applying, reverse("institutions:start"))

    lead = browser(lead_of(COUNTY))
    sent = {"division": COUNTY, "file": SimpleUploadedFile("意见.txt", DOCUMENT.encode())}
    assert lead.post("/office/policies/read/", sent).status_code == 302
    base = f"/office/policies/{the_draft().pk}/"
    corrected(lead, base)
    text = page(lead, base + "adoption/")
    assert "采用为安徽省合肥市瑶海区的政策包" in text
    given = {"seen": seen(text), "starts_on": clock.today().isoformat()}
    assert lead.post(base + "adoption/", given).status_code == 302

    public = page(Client(), f"/policy/{COUNTY}/")
    assert "支持家庭照护" in public
    assert "区总工会、区妇联、区教育局" in public
    assert "瑶海区" in page(Client(), "/policy/")
    assert "每千人口" not in public  # the words are our own
    kept = page(lead, base + "changes/") + page(lead, base)
    assert not [name for name in (*NAMES, PHONE) if name in public + kept]

    assert "安徽" in page(applying, reverse("institutions:start"))
    answer = applying.post(reverse("institutions:start"), CHOSEN)
    assert answer.status_code == 302
    application = Application.objects.get()
    assert application.division_code == COUNTY
    assert answer["Location"].endswith("/basics/")
    assert queries.version_for_case(COUNTY).pk == the_draft().adopted_id


def test_the_same_by_the_api() -> None:
    lead = Caller(lead_of(COUNTY))
    made = lead.client.post("/api/v1/policy-drafts", {"division_code": COUNTY, "text": DOCUMENT})
    assert made.status_code == 201, made.content
    told = made.json()
    address = f"/policy-drafts/{told['id']}"
    assert not [name for name in (*NAMES, PHONE) if name in made.content.decode()]
    again = lead.client.post("/api/v1/policy-drafts", {"division_code": COUNTY, "text": DOCUMENT})
    assert again.json()["id"] == told["id"]

    words: dict[str, dict[str, str]] = {}
    for mark in told["open_marks"]:
        if "待概括" in mark["message"]:
            words.setdefault(mark["key"], {})[mark["field"]] = "写好的"
    told = lead.send("PATCH", address + "/parts", {"seen": told["version"], "parts": words}).json()
    units = {"units": {"区科技局": "big_data"}}
    given = {"seen": told["version"], "fields": units}
    told = lead.send("PATCH", address + "/parts/departments", given).json()
    for wrong in ({"units": 5}, {"units": {"甲": 3}}, {"x": {}}):
        refused = lead.send("PATCH", address + "/parts/departments", {"seen": 9, "fields": wrong})
        assert refused.status_code == 422, wrong
    stale = {"seen": 1, "fields": {"summary": "晚了"}}
    assert lead.send("PATCH", address + "/parts/clause-1", stale).status_code == 409
    assert lead.send("PATCH", address + "/parts/nobody", stale).status_code == 404
    added = {"seen": told["version"], "section": "seat", "fields": {"role": "member", "post": "区民政局局长"}}
    told = lead.post(address + "/parts", added).json()
    turn = {"seen": told["version"]}
    for what in ("removal", "restoration", "rereading"):
        told = lead.post(f"{address}/parts/duty-1/{what}", {"seen": told["version"]}).json()
    told = lead.send(
        "PATCH", address + "/parts/duty-1", {"seen": told["version"], "fields": {"summary": "办托"}}
    ).json()
    assert lead.post(address + "/adoption", turn | {"starts_on": "2099-01-01"}).status_code == 409
    assert lead.get(address + "/problems").json()["problems"]
    for mark in told["open_marks"]:
        told = lead.post(f"{address}/parts/{mark['key']}/settling").json()
    assert lead.get(address + "/problems").json()["problems"] == []
    given = {"seen": told["version"], "starts_on": clock.today().isoformat()}
    adopted = lead.post(address + "/adoption", given)
    assert adopted.status_code == 200, adopted.content
    assert adopted.json()["adopted"] == queries.version_at(COUNTY).digest
    changes = {change["key"]: change["what"] for change in lead.get(address + "/changes").json()}
    assert changes["seat-5"] == "added"
    assert set(lead.get(address + "/files").json()["files"]) >= {"pack.toml", "clauses.toml"}
    assert lead.get("/policy-drafts").json()["rows"][0]["state"] == "adopted"
    assert Caller(lead_of("340103")).get(address).status_code == 404
