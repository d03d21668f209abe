"""D2: hours of training by kind and year.

Nanjing asks for 72 of skill and 40 of ethics, which do not stand for each other; the other four documents
give no figure, and hours are shown without a gap.
"""

from decimal import Decimal

import pytest

from accounts.people import browser
from journeys import AT, At, desk_of, text_of
from tuoyu.accounts.models import User
from tuoyu.workforce import actions
from workforce import staff, trained

pytestmark = pytest.mark.django_db

CLAUSES = {"N": "三.(三).4", "S": "二.(五).3", "J": "二.(三).4", "Y": "三.(五)", "H": "三.(四)"}
everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter], id=letter, marks=pytest.mark.scenario("D2", AT[letter].jurisdiction, clauses=[clause])
        )
        for letter, clause in CLAUSES.items()
    ],
)
# What is missing after 80 hours of skill and 30 of ethics; None: no document says how many there must be.
GAPS = {"N": {"skill": 0, "ethics": 10}}


@everywhere
def test_eighty_hours_of_skill_do_not_stand_for_ten_of_ethics_where_a_document_says_so(at: At) -> None:
    nursery = staff.nursery(at.county)
    head = staff.head(nursery)
    one, other = staff.hired(head, nursery, 1), staff.hired(head, nursery, 2)
    skill, ethics = trained.office("health", at.county), trained.office("hr_social_security", at.county)
    for _ in range(4):
        trained.attended(skill, head, one, "skill", 20)
    trained.attended(ethics, head, one, "ethics", 24)
    trained.attended(head, head, one, "ethics", 6)
    cancelled = trained.attended(ethics, head, one, "ethics", 12)
    actions.cancel_session(by=ethics, session=cancelled, reason="授课人没有到")

    phone = browser(User.objects.get(pk=head.user_id))
    told = phone.get(f"/api/v1/office/institutions/{nursery.pk}/training").json()
    mine = next(p for p in told["people"] if p["person_id"] == one.person_id)
    account = {a["kind"]: a for a in mine["account"]}
    assert (Decimal(account["skill"]["hours"]), Decimal(account["ethics"]["hours"])) == (80, 30)
    gaps = {kind: Decimal(a["gap"]) for kind, a in account.items() if a["gap"] is not None}
    assert gaps == GAPS.get(at.letter, {})
    assert {t["kind"]: (t["short"], Decimal(t["gap"])) for t in told["totals"]} == (
        {"skill": (1, 72), "ethics": (2, 50)} if at.letter == "N" else {}
    )
    page = text_of(phone, f"/institutions/{nursery.pk}/training/{one.person_id}/")
    assert "内部" in page
    assert ("差10课时" in page, CLAUSES["N"] in page) == (at.letter == "N", at.letter == "N")
    assert other.name in text_of(phone, f"/institutions/{nursery.pk}/training/")
    office_page = text_of(desk_of("health", at.county), "/training/gaps/")
    assert ("还差62课时" in office_page) is False
    assert ("没有规定课时数" in office_page) == (at.letter != "N")
