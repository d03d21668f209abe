"""Departments: every written form of the documents leads to its key, and back to a name."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoyu.jurisdictions import names
from tuoyu.jurisdictions.packs import read_packs
from tuoyu.jurisdictions.vocabulary import Vocabulary, stripped

PACKS = read_packs(Path(__file__).parents[2] / "packs").packs
JURISDICTIONS = ("370402", "320100", "360000", "370323", "420000")
VOCABULARIES = {code: Vocabulary.of((PACKS[code], PACKS["cn"])) for code in JURISDICTIONS}

# The written forms of the five documents, level sign left out: 市中区, 南京, 江西, 沂源, 湖北.
FORMS: dict[str, tuple[str, ...]] = {
    "health": ("卫生健康局", "卫健委", "卫生健康委", "卫生健康局", "卫生健康委"),
    "education": ("教育和体育局", "教育局", "教育厅", "教育和体育局", "教育厅"),
    "dev_reform": ("发展和改革局", "发改委", "发展改革委", "发展改革局", "发展改革委"),
    "public_security": ("公安分局", "公安局", "公安厅", "公安局", "公安厅"),
    "civil_affairs": ("民政局", "民政局", "民政厅", "民政局", "民政厅"),
    "finance": ("财政局", "财政局", "财政厅", "财政局", "财政厅"),
    "tax": ("税务局",) * 5,
    "hr_social_security": (
        "人力资源和社会保障局",
        "人社局",
        "人力资源社会保障厅",
        "人力资源社会保障局",
        "人力资源和社会保障厅",
    ),
    "natural_resources": ("自然资源局", "规划资源局", "自然资源厅", "自然资源局", "自然资源厅"),
    "housing_construction": (
        "住房和城乡建设局",
        "建委",
        "住房城乡建设厅",
        "住房城乡建设局",
        "住房和城乡建设厅",
    ),
    "emergency": ("应急管理局", "应急管理局", "应急厅", "应急局", "应急管理厅"),
    "fire_rescue": ("消防救援大队", "消防局", "", "消防救援大队", ""),
    "market_regulation": ("市场监管局", "市场监管局", "市场监管局", "市场监管局", "市场监督管理局"),
    "admin_approval": ("行政审批服务局", "", "", "行政审批服务局", ""),
    "trade_union": ("总工会",) * 5,
    "women_federation": ("妇联", "妇联", "妇联", "妇联组织", "妇联"),
    "family_planning_assoc": ("计划生育协会", "", "计划生育协会", "计生协会", "计生协"),
}
SIGNS = ("区", "市", "省", "县", "省")
WHOLE = {
    "320100": {
        "市政务办": "gov_services",
        "市生态环境局": "ecology_environment",
        "市房产局": "housing_security",
        "市交通运输局": "transport",
        "市文旅局": "culture_tourism",
        "市文旅游局": "culture_tourism",
        "市金融监管局": "financial_regulation",
        "市大数据局": "big_data",
        "市城建集团": "urban_construction_group",
        "南京地铁集团": "metro_group",
        "江北新区管委会": "new_area_committee",
        "各区政府": "lower_government",
    },
    "370323": {
        "县委编办": "establishment",
        "县委宣传部": "propaganda",
        "县供电公司": "power_supply",
        "公用事业服务部门": "public_utilities",
        "团县委": "youth_league",
        "各镇人民政府": "lower_government",
        "街道办事处": "lower_government",
        "县联席会议各责任单位": "joint_conference",
    },
    "370402": {"团区委": "youth_league", "各镇街": "lower_government"},
    "360000": {"团省委": "youth_league"},
    "420000": {"团省委": "youth_league", "各市、州、县人民政府": "lower_government"},
}
TABLE = [
    (code, SIGNS[column] + forms[column], key)
    for column, code in enumerate(JURISDICTIONS)
    for key, forms in FORMS.items()
    if forms[column]
] + [(code, written, key) for code, forms in WHOLE.items() for written, key in forms.items()]


@pytest.mark.parametrize(("code", "written", "key"), TABLE)
def test_every_written_form_of_the_documents_is_known(code: str, written: str, key: str) -> None:
    assert VOCABULARIES[code].key_of(written) == key


@given(
    st.sampled_from([(k, f) for k, forms in FORMS.items() for f in forms if f]),
    st.sampled_from("区市省县"),
    st.sampled_from(JURISDICTIONS),
)
def test_a_level_sign_is_taken_off_once(entry: tuple[str, str], sign: str, code: str) -> None:
    key, form = entry
    vocabulary = VOCABULARIES[code]
    assert vocabulary.key_of(form) == key
    assert vocabulary.key_of(sign + form) == key
    assert vocabulary.key_of(sign + sign + form) is None


@given(st.text(max_size=12))
def test_no_text_whatever_breaks_the_lookup(text: str) -> None:
    assert VOCABULARIES["320100"].key_of(text) in {None, *VOCABULARIES["320100"].keys}


def test_a_name_that_begins_with_a_sign_of_its_own_stays_whole() -> None:
    assert stripped("市市场监管局") == "市场监管局"
    assert VOCABULARIES["420000"].key_of("场监管局") is None


@pytest.mark.parametrize("code", JURISDICTIONS)
def test_no_form_means_two_departments(code: str) -> None:
    seen: dict[str, str] = {}
    for department in VOCABULARIES[code].departments.values():
        for form in {department.name, department.short, *department.forms}:
            assert seen.setdefault(form, department.key) == department.key


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize(
    ("key", "place", "full", "name"),
    [
        ("health", "320100", False, "市卫健委"),
        ("health", "320100", True, "南京市卫健委"),
        ("health", "320106", False, "鼓楼区卫健委"),
        ("health", "360702", False, "章贡区卫生健康部门"),
        ("health", "370323", False, "县卫生健康局"),
        ("health", "110101", False, "东城区卫生健康部门"),
        ("youth_league", "420000", True, "共青团湖北省委"),
        ("establishment", "370323", True, "沂源县委编办"),
        ("health", "320106002", False, "鼓楼区卫健委"),
        ("health", "370323103", False, "县卫生健康局"),
        ("health", "370323103", True, "沂源县卫生健康局"),
        ("health", "320106999", False, "鼓楼区卫健委"),
        ("lower_government", "320106002", False, "华侨路街道办事处"),
        ("lower_government", "370323103", False, "东里镇人民政府"),
    ],
)
def test_a_department_is_called_as_its_jurisdiction_calls_it(
    key: str, place: str, full: bool, name: str
) -> None:
    assert names.department_name(key, place, full=full) == name


@pytest.mark.usefixtures("packs")
def test_what_nobody_knows_is_shown_as_it_is() -> None:
    assert names.place_name("999999") == "999999"
    assert names.department_name("wizards", "320100") == "南京市wizards"
    assert names.department_key("魔法局", "320100") is None
