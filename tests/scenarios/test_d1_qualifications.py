"""D1: the share of staff who hold a certificate, and who is missing.

Nanjing promises that by 2025 everybody does; Yiyuan and Hubei ask for certificates step by step, or as the
law lets in, and promise no share. Each place counts the certificates its rules name.
"""

from datetime import UTC, datetime

import pytest

from accounts.people import browser
from journeys import AT, At, desk_of, text_of
from tuoyu.accounts.actors import actor_for
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.institutions import policy
from tuoyu.workforce import actions, queries
from tuoyu.workforce.rules.certified import PAPERS, POSTS, named
from tuoyu.workforce.vocabulary import Post, QualificationKind
from workforce import staff

pytestmark = pytest.mark.django_db

CLAUSES = {"N": ["二", "三.(三).4"], "Y": ["二.(六).11"], "H": ["二.(三).14"]}
everywhere = pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            AT[letter], id=letter, marks=pytest.mark.scenario("D1", AT[letter].jurisdiction, clauses=clauses)
        )
        for letter, clauses in CLAUSES.items()
    ],
)
SUMMER = datetime(2026, 6, 1, 2, tzinfo=UTC)


@everywhere
def test_of_twenty_nineteen_hold_a_certificate_and_the_one_is_named(at: At) -> None:
    with clock.set_to(SUMMER):
        place = staff.nursery(at.county)
        user = staff.head_user(place)
        by, head = actor_for(user), browser(user)
        people = [staff.hired(by, place, number) for number in range(1, 21)]
        # The head's own training, and a cook, count for nobody.
        staff.hired(by, place, 21, post="cook")
        for one, kind in zip(people, ["infant_carer", "nursery_nurse", "childcare_worker"] * 7, strict=False):
            if one is not people[-1]:
                staff.certified(by, one, kind)
        staff.certified(by, people[-1], "head_training", "teacher")

        pages = {
            "head": text_of(head, f"/institutions/{place.pk}/staffing/"),
            "officer": text_of(desk_of("health", at.county), "/staff/"),
            "lead": text_of(desk_of("", at.jurisdiction, Role.JURISDICTION_LEAD), "/staff/"),
        }
        for who, page in pages.items():
            assert "95.0%" in page, who
            assert ("员工20" in page) is (who != "lead"), who
            assert "员工19" not in page.partition("还没有持证")[2].partition("</section>")[0], who
            promised = "《南京市促进3岁以下婴幼儿照护服务发展实施方案》二" in page
            assert promised is (at.letter == "N"), who
            assert ("未达到目标" in page) is (at.letter == "N"), who
        nothing_promised = "本地文件没有规定持证率的目标" in pages["officer"]
        assert nothing_promised is (at.letter != "N")
        # The lead reads how many, not who.
        assert "1人" in pages["lead"]

        told = head.get(f"/api/v1/office/institutions/{place.pk}/staffing").json()
        assert (told["counted"], told["certified"], told["percent"]) == (20, 19, 95.0)
        assert told["missing"] == [people[-1].pk]

        staff.certified(by, people[-1], "infant_carer")
        page = text_of(head, f"/institutions/{place.pk}/staffing/")
        assert "100.0%" in page
        assert ("达到目标" in page) is (at.letter == "N")
        assert "还没有持证" not in page

        paper = people[0].person.qualifications.get()
        actions.withdraw_qualification(by=by, employment=people[0], qualification=paper, reason="注销")
        assert "95.0%" in text_of(head, f"/institutions/{place.pk}/staffing/")


@everywhere
def test_which_certificates_count_is_a_rule_that_says_what_it_rests_on(at: At) -> None:
    with clock.set_to(SUMMER):
        rule = policy.book_at(at.county).get("staff.certified.papers")
        assert rule is not None
        promise = queries.promise_at(at.county)
        # Every word of the rules is one the register knows.
        for key, words in ((PAPERS, QualificationKind), (POSTS, Post)):
            book = policy.book_at(at.county)
            assert len(named(book, key, words)) == len(book.all(key)[0].value)
    if at.letter == "N":
        assert (rule.force, rule.clause) == ("mandatory", "二")
        assert promise is not None
        assert (promise.percent, str(promise.by), promise.clause) == (100.0, "2025-12-31", "二")
    else:
        assert rule.force == "local"
        assert promise is None
