"""The bones of F2: a document's clauses with those who answer for them, as a program reads them.

Not marked as a scenario: task board and assessment, which F2 also is, are not built.
"""

import json

import pytest
from typer.testing import CliRunner

from tuoyu.jurisdictions import queries
from tuoyu.jurisdictions.commands import app
from tuoyu.jurisdictions.coverage import Outcome, Outcomes, states_of

pytestmark = pytest.mark.django_db


def shown(code: str) -> dict[str, list[dict[str, object]]]:
    answer = CliRunner().invoke(app, ["show", code, "--json"])
    assert answer.exit_code == 0
    return json.loads(answer.output)


def test_nanjings_clause_on_talent_lists_five_departments_and_two_defaults() -> None:
    clause = next(c for c in shown("320100")["clauses"] if c["id"] == "三.(三).4")
    assert clause["responsible"] == ["市人社局", "市教育局", "市卫健委", "市妇联", "市总工会"]
    assert clause["default_responsible"] == ["江北新区管委会", "各区政府"]
    assert clause["lead"] == []


def test_hubei_names_leads_apart_and_jiangxi_names_nobody_in_brackets() -> None:
    hubei = shown("420000")["clauses"]
    assert any(clause["lead"] and clause["responsible"] for clause in hubei)
    jiangxi = shown("360000")
    assert not any(clause["lead"] or clause["responsible"] for clause in jiangxi["clauses"])
    assert jiangxi["duties"]


# What is built, and the clauses that must then show as working; every other bound clause must not.
BUILT = {
    "320100": ({"A1", "A2", "A3", "A4", "A6"}, {"三.(二).1", "三.(二).2"}),
    "370402": ({"A1", "A2", "A3", "A6"}, set()),
    "360000": ({"A1", "A2", "A3", "A6"}, {"二.(二).1"}),
    "370323": ({"A1", "A2", "A3"}, set()),
    "420000": ({"A1", "A2", "A3", "A6"}, {"二.(三).13"}),
}


@pytest.mark.parametrize("code", BUILT)
def test_a_clause_works_only_when_all_it_is_bound_to_is_proven(code: str) -> None:
    built, working = BUILT[code]
    pack = next(p for p in queries.jurisdictions() if p.code == code)
    passed = tuple(Outcome(capability, code, f"test[{capability}]", (), "passed") for capability in built)
    states = states_of(pack, Outcomes(ran=True, complete=True, entries=passed))
    assert {clause for clause, state in states.items() if state == "working"} == working
    for clause in pack.clause:
        if clause.declaratory:
            continue
        proven = built & set(clause.capabilities)
        expected = "working" if clause.id in working else "partly" if proven else "not_yet"
        assert states[clause.id] == expected
