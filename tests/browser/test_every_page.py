"""Every page there is, as a person finds it on a desk and on a phone: axe objects to nothing, nothing is
wider than the screen, the browser has no complaint (a breach of the content security policy is one), and no
link leads its reader to a page closed to them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse

from accounts.people import PASSWORD, person
from browser.objections import Objections
from browser.town import Town
from browser.visitor import Site, Visitor
from tuoyu.core import clock
from tuoyu.institutions import pages
from tuoyu.workforce.training import code_of

pytestmark = [pytest.mark.browser]

Args = Callable[[Town], list[Any]]

LINKS, HREFS = "main a[href^='/']", "found => found.map(one => one.getAttribute('href'))"

# Who looks at which pages; "" is the public. What an address needs is taken from the town.
APPLICANT, HEALTH, LEAD, CLERK = "nanjing-applicant", "nanjing-health", "nanjing-health-lead", "nanjing-clerk"
PLACE_LEAD = "nanjing-lead"
ASSESSOR = "nanjing-assessor"
SYSTEM, SECURITY, AUDIT = "nanjing-system", "nanjing-security", "nanjing-audit"
COUNTRY = "country-system"
NANJING: Args = lambda town: ["320100"]  # noqa: E731
POLICY: Args = lambda town: [town.policy.pk]  # noqa: E731
NONE: Args = lambda town: []  # noqa: E731

PUBLIC: dict[str, Args] = {
    "portal:home": NONE,
    "portal:directory": NONE,
    "portal:institution": lambda town: [town.institution.pk],
    "portal:publications": NONE,
    "credit:lists": NONE,
    "ratings:results": NONE,
    "ratings:result": lambda town: [town.rated["published"].pk],
    "institutions:verify": lambda town: [town.certificate.code],
    "complaints:report": NONE,
    "complaints:tracker": NONE,
    "supervision:rounds": NONE,
    "supervision:round": lambda town: [town.published.pk],
    "supervision:results": NONE,
    "policy:index": NONE,
    "policy:clauses": NANJING,
    "policy:targets": NANJING,
    "policy:checklists": NANJING,
    "policy:rules": lambda town: ["cn"],
    "account_login": NONE,
    "accounts:by_phone": NONE,
    "accounts:register": NONE,
    "accounts:invitation": lambda town: [town.invitation],
}
APPLICANTS: dict[str, Args] = {
    "institutions:start": NONE,
    "institutions:filing": NONE,
    "institutions:matters": NONE,
    "institutions:applications": NONE,
    "institutions:review": lambda town: [town.draft.pk],
    "institutions:handed_in": lambda town: [town.application.pk],
    "workforce:hiring": lambda town: [town.application.institution_id],
    "institutions:state_counts": lambda town: [town.institution.pk],
    "supervision:notice": lambda town: [town.inspected.pk],
    "institutions:openings": lambda town: [town.institution.pk],
    "institutions:pairings": lambda town: [town.institution.pk],
    "institutions:calling_off": lambda town: [town.pause.institution_id, town.pause.pk],
    "cases:mine": NONE,
    "cases:tracker": lambda town: [town.returned.number],
    "cases:notices": NONE,
    "accounts:profile": NONE,
    "accounts:password": NONE,
    "accounts:agents": NONE,
    "mfa_index": NONE,
    "workforce:sign_in": lambda town: [code_of(town.attended.session)],
    "workforce:my_hours": NONE,
    "ratings:assess_self": lambda town: [town.rated["self"].pk],
    "care:day": lambda town: [town.institution.pk, str(clock.today() - timedelta(days=1))],
    "care:report_incident": lambda town: [town.institution.pk],
    "credit:mine": NONE,
    "credit:repair": lambda town: [town.credited.event_id],
    "credit:objection": lambda town: [town.credited.event_id],
    "credit:request": lambda town: [town.credited.pk],
    "supervision:own_rectification": lambda town: [town.ordered.pk],
    "supervision:answer_rectification": lambda town: [town.ordered.pk],
    "supervision:own_sanction": lambda town: [town.sanction.pk],
}
OFFICES: dict[str, dict[str, Args]] = {
    HEALTH: {
        "cases:inbox": NONE,
        "cases:list": NONE,
        "cases:case": lambda town: [town.open_case.number],
        "imports:list": NONE,
        "imports:new": lambda town: ["institutions"],
        "imports:record": lambda town: [town.brought.pk],
        "institutions:list": NONE,
        "institutions:unfiled": NONE,
        "institutions:record": lambda town: [town.institution.pk],
        "institutions:history": lambda town: [town.institution.pk],
        "institutions:counts": lambda town: [town.institution.pk],
        "supervision:inspections": NONE,
        "supervision:inspection": lambda town: [town.inspected.pk],
        "supervision:institution_inspections": lambda town: [town.inspected.institution_id],
        "supervision:field": NONE,
        "exchange:messages": NONE,
        "workforce:sessions": NONE,
        "workforce:new_session": NONE,
        "workforce:session": lambda town: [town.attended.session_id],
        "workforce:sign_in_code": lambda town: [town.attended.session_id],
    },
    LEAD: {
        "ratings:agencies": NONE,
        "ratings:agency": lambda town: [town.rated["self"].agency_id],
        "accounts:people": NONE,
        "credit:board": NONE,
        "credit:event": lambda town: [town.credited.event_id],
        "credit:institution": lambda town: [town.credited.event.institution_id],
        "credit:record": lambda town: [town.credited.event.institution_id],
        "credit:put_on_list": lambda town: [town.credited.event.institution_id],
        "credit:person": lambda town: [town.responsible.person_id],
        "workforce:bars": NONE,
        "workforce:record_bar": NONE,
        "workforce:bar": lambda town: [town.bar.pk],
        "workforce:record_check_hits": NONE,
        "workforce:bar_alerts": NONE,
        "workforce:staff": lambda town: [town.institution.pk],
        "workforce:staffing": lambda town: [town.institution.pk],
        "workforce:person": lambda town: [town.employed.pk],
        "workforce:overview": NONE,
        "workforce:several": NONE,
        "workforce:alerts": NONE,
        "workforce:search": NONE,
        "workforce:institution_service": lambda town: [town.institution.pk],
        "workforce:service_periods": NONE,
        "alerts:board": NONE,
        "alerts:alert": lambda town: [town.alert.pk],
        "alerts:institution": lambda town: [town.institution.pk],
        "ratings:assessments": NONE,
        "ratings:gaps": NONE,
        "ratings:assessment": lambda town: [town.rated["published"].pk],
        "ratings:of_institution": lambda town: [town.institution.pk],
        "ratings:begin": lambda town: [town.institution.pk],
        "care:on_day": NONE,
        "care:days": lambda town: [town.institution.pk],
        "care:incidents": NONE,
        "care:incident": lambda town: [town.harmed.pk],
        "care:institution_incidents": lambda town: [town.institution.pk],
        "supervision:rectifications": NONE,
        "supervision:rectification": lambda town: [town.ordered.pk],
        "supervision:extension": lambda town: [town.ordered.pk],
        "supervision:ground": lambda town: [town.ordered.pk],
        "supervision:recheck": lambda town: [town.ordered.pk],
        "supervision:sanctions": NONE,
        "supervision:sanction": lambda town: [town.sanction.pk],
        "supervision:overturn": lambda town: [town.sanction.pk],
        "supervision:amend_plan": lambda town: [town.published.plan_id],
        "supervision:hearing": lambda town: [town.sanction.pk],
        "supervision:follow_up": lambda town: [town.institution.pk],
        "workforce:training_gaps": NONE,
        "complaints:list": NONE,
        "complaints:record_new": NONE,
        "complaints:complaint": lambda town: [town.complaint.case.number],
        "complaints:of_institution": lambda town: [town.institution.pk],
        "supervision:plans": NONE,
        "supervision:plan": lambda town: [town.published.plan_id],
        "supervision:lacking": lambda town: [town.published.plan_id],
        "supervision:freeze_draw": lambda town: [town.published.plan_id],
        "supervision:draw": lambda town: [town.published.pk],
        "supervision:conflicts": NONE,
        "workforce:institution_hours": lambda town: [town.institution.pk],
        "workforce:person_hours": lambda town: [town.institution.pk, town.attended.person_id],
    },
    ASSESSOR: {"ratings:given": NONE, "ratings:score": lambda town: [town.rated["scoring"].pk]},
    PLACE_LEAD: {
        "ratings:trees": NONE,
        "ratings:tree": lambda town: [town.rated["self"].tree_id],
        "ratings:write_tree": lambda town: [town.tree.pk],
        "ratings:bring_items": lambda town: [town.tree.pk],
        "policy:drafts": NONE,
        "policy:read": NONE,
        "policy:draft": POLICY,
        "policy:draft_others": POLICY,
        "policy:draft_departments": POLICY,
        "policy:draft_words": POLICY,
        "policy:draft_part": lambda town: [town.policy.pk, "clause-3"],
        "policy:draft_add": lambda town: [town.policy.pk, "target"],
        "policy:draft_changes": POLICY,
        "policy:draft_adoption": POLICY,
    },
    "nanjing-education": {"supervision:witnessing": NONE},
    CLERK: {
        "institutions:desk": NONE,
        "institutions:desk_filing": NONE,
        "institutions:desk_matters": NONE,
    },
    COUNTRY: {"jurisdictions:calendar": NONE},
    SYSTEM: {
        "accounts:invite": NONE,
        "accounts:invitations": NONE,
        "accounts:person": lambda town: [town.user(HEALTH).pk],
        "exchange:connectors": NONE,
        "exchange:deliveries": NONE,
        "jurisdictions:settings": NONE,
        "institutions:asked_again": NONE,
    },
    SECURITY: {"accounts:lock_outs": NONE, "accounts:api_clients": NONE},
    AUDIT: {"accounts:audit": NONE},
}
# Pages that are reached by doing something; _on_the_way() does it.
ON_THE_WAY = {
    "accounts:code",
    "accounts:registration",
    "accounts:phone_code",
    "accounts:phone",
    "accounts:confirm_phone",
    "institutions:page",
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}
# Addresses that draw no page: they act and lead on, lead on, or hand over a file.
NO_PAGE = {
    "jurisdictions:decide", "jurisdictions:set_workday", "jurisdictions:clear_workday", "accounts:home",
    "accounts:sign_out", "accounts:choose_seat", "accounts:agent_answer", "accounts:agent_revoke",
    "accounts:agent_letter", "accounts:withdraw_invitation", "accounts:give_seat", "accounts:reset_two_step",
    "accounts:end_seat", "accounts:substitute", "accounts:unlock", "accounts:revoke_api_client",
    "accounts:audit_export", "cases:decision", "cases:take", "cases:assignee", "cases:withdrawal",
    "cases:notices_read", "institutions:paper", "institutions:application", "institutions:delete",
    "institutions:restore", "institutions:pairing", "institutions:remind", "institutions:certificate",
    "exchange:acknowledge", "imports:template", "imports:defects", "imports:decision", "imports:discarding",
    "exchange:retry", "exchange:remove_connector", "portal:points", "robots", "policy:draft_download",
    "policy:draft_discard", "policy:draft_resume", "workforce:correct_bar", "workforce:correct_record_check",
    "workforce:identity", "workforce:details", "workforce:class", "workforce:end", "workforce:certificate",
    "workforce:check", "workforce:withdrawal", "workforce:paper", "workforce:answer",
    "workforce:correct_hours", "workforce:enrol", "workforce:confirm_presence", "workforce:cancel_session",
    "supervision:silence", "supervision:publish_failing", "supervision:open_penalty", "supervision:proof",
    "supervision:publish_sanction", "supervision:ask_hearing",
    "supervision:ask_review",
    "ratings:items_file",
    "ratings:adopt_tree", "ratings:discard_tree", "ratings:end_agency", "ratings:let_assessor_go",
    "ratings:hand_in_self", "ratings:hand_in_scores", "ratings:add_evidence", "ratings:remove_evidence",
    "ratings:evidence_file", "ratings:conduct", "ratings:respond", "ratings:withdraw",
    "care:answer", "workforce:decide_service", "workforce:certify_service", "workforce:service_certificate",
    "complaints:rating", "complaints:review", "complaints:reporter", "complaints:department",
    "complaints:attachment", "complaints:extension",
    "supervision:make_plan", "supervision:adopt_plan", "supervision:draw_lots", "supervision:replace_draw",
    "supervision:witness_draw", "supervision:lift_conflict", "supervision:round_file",
    "credit:correct", "credit:take_off_list",
    "alerts:acknowledge", "alerts:resolve", "alerts:evaluate",
    "supervision:confirm", "supervision:publish", "supervision:correct", "supervision:photo",
    "supervision:field_worker",
}  # fmt: skip


def test_no_page_is_left_out() -> None:
    looked_at = {*PUBLIC, *APPLICANTS, *ON_THE_WAY, *(name for looks in OFFICES.values() for name in looks)}
    assert set(_names(get_resolver())) == looked_at | NO_PAGE
    assert not looked_at & NO_PAGE


def _names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            if found.namespace != "api-v1":
                yield from _names(found, found.namespace or space)
        else:
            yield f"{space}:{found.name}" if space else str(found.name)


@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_on_any_page(site: Site, town: Town) -> None:
    look = Looking(site)
    _the_public(look, town)
    _an_applicant(look, town)
    for username, looks in OFFICES.items():
        visitor = site.visitor(town.user(username))
        for name, args in looks.items():
            look.at(visitor, reverse(name, args=args(town)))
    assert look.found == []


def _the_public(look: "Looking", town: Town) -> None:
    family = look.site.visitor()
    for name, args in PUBLIC.items():
        look.at(family, reverse(name, args=args(town)))
    look.at(family, "/no-such-page/", 404)
    look.at(family, reverse("institutions:verify", args=["unknown"]), 404)


def _an_applicant(look: "Looking", town: Town) -> None:
    applicant = look.site.visitor(town.user(APPLICANT))
    for name, args in APPLICANTS.items():
        look.at(applicant, reverse(name, args=args(town)))
    for page in pages.FILLED:
        look.at(applicant, reverse("institutions:page", args=[town.draft.pk, page.key]) + "?problems=1")
    look.at(applicant, "/inbox/", 403)


@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_on_the_ways_to_sign_in(site: Site) -> None:
    look = Looking(site)
    _phone_codes(look, site)
    _two_steps(look, site)
    assert look.found == []


class Looking:
    """Looks at pages at both widths and keeps what is wrong."""

    def __init__(self, site: Site) -> None:
        self.site, self.objections = site, Objections()
        self.found: list[tuple[Any, ...]] = []
        self.followed: set[tuple[int, str]] = set()

    def at(self, visitor: Visitor, path: str, status: int = 200) -> None:
        answer = visitor.page.goto(self.site.address + path)
        assert answer is not None
        if (answer.status, visitor.path) != (status, path):
            self.found.append((path, f"answered {answer.status} at {visitor.path}"))
        self.here(visitor)
        self.onward(visitor)

    def onward(self, visitor: Visitor) -> None:
        """Where the page leads its reader is let in: of its links to one kind of page the first is tried."""
        for href in visitor.page.eval_on_selector_all(LINKS, HREFS):
            kind = (id(visitor), resolve(href.partition("?")[0].partition("#")[0]).view_name)
            if kind in self.followed:
                continue
            self.followed.add(kind)
            status = self._reader(visitor).get(href.partition("#")[0], follow=True).status_code
            if status >= 400:
                self.found.append((visitor.path, f"leads to {href}, which answers {status}"))

    def _reader(self, visitor: Visitor) -> Client:
        """Who asks with the visitor's cookies for what need not be drawn."""
        reader = Client(raise_request_exception=False)
        for cookie in visitor.page.context.cookies():
            reader.cookies[cookie["name"]] = cookie["value"]
        return reader

    def here(self, visitor: Visitor) -> None:
        """The page that is open."""
        self.found += [(visitor.path, *one) for one in self.objections.to(visitor.page)]


def _phone_codes(look: Looking, site: Site) -> None:
    """Registration with a new number, and a change of one's own."""
    newcomer = site.visitor()
    newcomer.open(reverse("accounts:register"))
    newcomer.types("手机号", "13900000001")
    newcomer.page.keyboard.press("Enter")
    newcomer.page.wait_for_url("**" + reverse("accounts:code"))
    look.here(newcomer)
    newcomer.types("短信验证码", sent_code("13900000001"))
    newcomer.page.keyboard.press("Enter")
    newcomer.page.wait_for_url("**" + reverse("accounts:registration"))
    look.here(newcomer)
    _first_password(look, site)
    applicant = site.visitor(person("somebody"))
    _confirmed(look, applicant)
    applicant.open(reverse("accounts:phone"))
    applicant.types("新手机号", "13900000002")
    applicant.page.keyboard.press("Enter")
    applicant.page.wait_for_url("**" + reverse("accounts:phone_code"))
    look.here(applicant)


def _first_password(look: Looking, site: Site) -> None:
    """Somebody without a password sets one, after a code to the own phone."""
    user = person("phone-only", phone="13900000003", phone_proved_at=clock.now())
    user.set_unusable_password()
    user.save()
    visitor = site.visitor(user)
    visitor.open(reverse("accounts:password"))
    look.here(visitor)
    visitor.press("获取验证码")
    visitor.sees("验证码已发往")
    visitor.types("短信验证码", sent_code("13900000003"))
    look.here(visitor)
    visitor.press("确定")
    visitor.page.wait_for_url("**" + reverse("accounts:password"))
    look.here(visitor)


def sent_code(phone: str) -> str:
    """The code that was sent to a phone; here messages go to a file."""
    from django.conf import settings

    lines = (settings.VAR / "sms.log").read_text().splitlines()
    return [line for line in lines if f" {phone} " in line][-1].split("验证码是 ")[1][:6]


def _two_steps(look: Looking, site: Site) -> None:
    """Signing in with a second step, and every page about it, which first asks for the password again."""
    user = person("two-step")
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    visitor = site.visitor()
    visitor.open(reverse("account_login"))
    visitor.types("账号或手机号", user.username)
    visitor.types("密码", PASSWORD)
    visitor.press("登录")
    visitor.page.wait_for_url("**" + reverse("mfa_authenticate"))
    look.here(visitor)
    sure = site.visitor(user)
    look.at(sure, reverse("mfa_reauthenticate"))
    _confirmed(look, sure)
    for name in ("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
        look.at(sure, reverse(name))
    user.authenticator_set.all().delete()
    look.at(sure, reverse("mfa_activate_totp"))


def _confirmed(look: Looking, visitor: Visitor) -> None:
    look.at(visitor, reverse("account_reauthenticate"))
    visitor.types("当前密码", PASSWORD)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(lambda url: reverse("account_reauthenticate") not in url)
