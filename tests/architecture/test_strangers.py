"""Whoever has no business with a thing gets what the table says, and changes nothing.

The table is written by hand. Each line is an address; then what GET answers to a stranger, an applicant who
owns nothing, the same officer of the next county, and the system, security and audit administrator of the
next county; then what POST answers. `in` leads to the sign-in; a number alone is everybody's answer.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from architecture.town import OUTSIDERS, Town, built, digests, outsiders
from exchange.callers import seated
from institutions import desk
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.exchange.api.operations import DECLARED
from tuoyu.workforce.training import code_of

PAGES = """
jurisdictions:settings | in 403 403 200 403 403 | 405
jurisdictions:decide | 405 | in 403 403 403 403 403
jurisdictions:calendar | in 403 403 403 403 403 | 405
jurisdictions:set_workday | 405 | in 403 403 403 403 403
jurisdictions:clear_workday | 405 | in 403 403 403 403 403
account_login | 200 302 302 302 302 302 | 200 302 302 302 302 302
mfa_authenticate | 302 | 302
account_reauthenticate | in 200 200 200 200 200 | in 200 200 200 200 200
mfa_reauthenticate | in 302 302 302 302 302 | in 302 302 302 302 302
mfa_index | in 200 200 200 200 200 | in 405 405 405 405 405
mfa_activate_totp | in 302 302 302 302 302 | in 302 302 302 302 302
mfa_deactivate_totp | in 404 404 404 404 404 | in 404 404 404 404 404
mfa_view_recovery_codes | in 302 302 302 302 302 | in 405 405 405 405 405
mfa_generate_recovery_codes | in 302 302 302 302 302 | in 302 302 302 302 302
accounts:home | in 302 302 302 302 302 | in 405 405 405 405 405
accounts:by_phone | 200 302 302 302 302 302 | 422 302 302 302 302 302
accounts:code | 302 | 302
accounts:register | 200 302 302 302 302 302 | 422 302 302 302 302 302
accounts:registration | 302 | 302
accounts:invitation | 404 302 302 302 302 302 | 404 302 302 302 302 302
accounts:profile | in 200 200 200 200 200 | in 422 422 422 422 422
accounts:choose_seat | in 405 405 405 405 405 | in 302 302 302 302 302
accounts:password | in 200 200 200 200 200 | in 422 422 422 422 422
accounts:confirm_phone | in 409 409 409 409 409 | in 409 409 409 409 409
accounts:phone | in 302 302 302 302 302 | in 302 302 302 302 302
accounts:phone_code | in 302 302 302 302 302 | in 302 302 302 302 302
accounts:agents | in 200 200 200 200 200 | in 422 422 422 422 422
accounts:agent_answer | in 405 405 405 405 405 | in 404 404 404 404 404
accounts:agent_revoke | in 405 405 405 405 405 | in 404 404 404 404 404
accounts:agent_letter | in 404 404 404 404 404 | in 405 405 405 405 405
accounts:people | in 403 403 200 200 403 | in 403 403 405 405 403
accounts:invite | in 403 403 200 403 403 | in 403 403 422 403 403
accounts:invitations | in 403 403 200 403 403 | in 403 403 405 403 403
accounts:withdraw_invitation | in 403 403 405 403 403 | in 403 403 404 403 403
accounts:person | in 403 403 404 404 403 | in 403 403 405 405 403
accounts:give_seat | in 403 403 405 403 403 | in 403 403 404 403 403
accounts:reset_two_step | in 403 403 403 405 403 | in 403 403 403 404 403
accounts:end_seat | in 403 403 405 403 403 | in 403 403 404 403 403
accounts:substitute | in 403 403 405 403 403 | in 403 403 404 403 403
accounts:lock_outs | in 403 403 403 200 403 | in 403 403 403 405 403
accounts:unlock | in 403 403 403 405 403 | in 403 403 403 404 403
accounts:api_clients | in 403 403 403 200 403 | in 403 403 403 422 403
accounts:revoke_api_client | in 403 403 403 405 403 | in 403 403 403 404 403
accounts:audit | in 403 403 403 403 200 | in 403 403 403 403 405
accounts:audit_export | in 403 403 403 403 200 | in 403 403 403 403 405
cases:inbox | in 403 200 403 403 403 | 405
cases:list | in 403 200 403 403 403 | 405
cases:case | in 403 404 403 403 403 | 405
cases:decision | 405 | in 403 404 403 403 403
cases:take | 405 | in 403 404 403 403 403
cases:assignee | 405 | in 403 404 403 403 403
cases:mine | in 200 200 200 200 200 | 405
cases:tracker | in 404 404 404 404 404 | 405
cases:withdrawal | 405 | in 404 404 404 404 404
cases:notices | in 200 200 200 200 200 | 405
cases:notices_read | 405 | in 302 302 302 302 302
policy:index | 200 | 405
policy:clauses | 200 | 405
policy:targets | 200 | 405
policy:checklists | 200 | 405
policy:rules | 200 | 405
policy:drafts | in 403 403 403 403 403 | 405
policy:draft | in 403 403 403 403 403 | 405
policy:draft_others | in 403 403 403 403 403 | 405
policy:draft_changes | in 403 403 403 403 403 | 405
policy:draft_download | in 403 403 403 403 403 | 405
policy:read | in 403 403 403 403 403 | in 403 403 403 403 403
policy:draft_departments | in 403 403 403 403 403 | in 403 403 403 403 403
policy:draft_words | in 403 403 403 403 403 | in 403 403 403 403 403
policy:draft_part | in 403 403 403 403 403 | in 403 403 403 403 403
policy:draft_add | in 403 403 403 403 403 | in 403 403 403 403 403
policy:draft_adoption | in 403 403 403 403 403 | in 403 403 403 403 403
policy:draft_discard | 405 | in 403 403 403 403 403
policy:draft_resume | 405 | in 403 403 403 403 403
imports:list | in 403 200 403 403 403 | 405
imports:new | in 403 200 403 403 403 | in 403 422 403 403 403
imports:template | in 403 200 403 403 403 | 405
imports:record | in 403 404 403 403 403 | 405
imports:defects | in 403 404 403 403 403 | 405
imports:decision | 405 | in 403 404 403 403 403
imports:discarding | 405 | in 403 404 403 403 403
institutions:start | in 200 200 200 200 200 | in 422 422 422 422 422
institutions:desk | in 302 302 302 302 302 | in 302 302 302 302 302
institutions:filing | in 200 200 200 200 200 | in 422 422 422 422 422
institutions:desk_filing | in 302 302 302 302 302 | in 302 302 302 302 302
institutions:matters | in 200 200 200 200 200 | in 422 422 422 422 422
institutions:desk_matters | in 302 302 302 302 302 | in 302 302 302 302 302
institutions:applications | in 200 200 200 200 200 | 405
institutions:paper | in 404 404 404 404 404 | 405
institutions:application | in 404 404 404 404 404 | 405
institutions:review | in 404 404 404 404 404 | in 404 404 404 404 404
institutions:handed_in | in 404 404 404 404 404 | 405
institutions:delete | 405 | in 404 404 404 404 404
institutions:restore | 405 | in 404 404 404 404 404
institutions:page | in 404 404 404 404 404 | in 404 404 404 404 404
institutions:list | in 403 200 403 403 403 | 405
institutions:unfiled | in 403 200 403 403 403 | 405
institutions:asked_again | in 403 403 200 403 403 | 405
institutions:history | in 403 404 403 403 403 | 405
institutions:record | in 403 404 403 403 403 | 405
institutions:counts | in 403 404 403 403 403 | 405
institutions:state_counts | in 403 403 403 403 403 | in 403 403 403 403 403
institutions:openings | in 403 403 403 403 403 | in 403 403 403 403 403
institutions:pairings | in 403 403 403 403 403 | in 403 403 403 403 403
institutions:pairing | 405 | in 403 403 403 403 403
institutions:calling_off | in 403 404 403 403 403 | in 403 404 403 403 403
institutions:remind | 405 | in 403 404 403 403 403
institutions:certificate | in 403 404 403 403 403 | 405
institutions:verify | 200 | 405
supervision:inspections | in 403 200 403 403 403 | 405
supervision:inspection | in 403 404 403 403 403 | 405
supervision:confirm | 405 | in 403 404 403 403 403
supervision:publish | 405 | in 403 404 403 403 403
supervision:correct | 405 | in 403 403 403 403 403
supervision:notice | in 403 403 403 403 403 | 405
supervision:photo | in 403 404 403 403 403 | 405
supervision:institution_inspections | in 403 404 403 403 403 | 405
supervision:results | 200 | 405
supervision:field | 200 | 405
supervision:field_worker | 200 | 405
workforce:bars | in 403 403 403 403 200 | 405
workforce:record_bar | in 403 200 403 403 403 | in 403 422 403 403 403
workforce:bar | in 403 403 403 403 404 | 405
workforce:correct_bar | 405 | in 403 403 403 403 404
workforce:bar_alerts | in 403 200 403 403 403 | 405
workforce:record_check_hits | in 403 403 403 403 403 | 405
workforce:correct_record_check | 405 | in 403 403 403 403 403
workforce:staff | in 403 404 403 403 403 | 405
workforce:hiring | in 403 403 403 403 403 | in 403 403 403 403 403
workforce:staffing | in 403 404 403 403 403 | 405
workforce:overview | in 403 200 403 403 403 | 405
workforce:alerts | in 403 200 403 403 403 | 405
workforce:several | in 403 200 403 403 403 | 405
workforce:search | in 403 200 403 403 403 | in 403 422 403 403 403
workforce:person | in 403 404 403 403 403 | 405
workforce:identity | 405 | in 403 404 403 403 403
workforce:details | 405 | in 403 403 403 403 403
workforce:class | 405 | in 403 403 403 403 403
workforce:end | 405 | in 403 403 403 403 403
workforce:certificate | 405 | in 403 403 403 403 403
workforce:check | 405 | in 403 403 403 403 403
workforce:withdrawal | 405 | in 403 403 403 403 403
workforce:paper | in 403 404 403 403 403 | 405
workforce:answer | 405 | in 403 403 403 403 403
workforce:institution_service | in 403 404 403 403 403 | in 403 404 403 403 403
workforce:service_periods | in 403 200 403 403 403 | 405
workforce:decide_service | 405 | in 403 404 403 403 403
workforce:certify_service | 405 | in 403 403 403 403 403
workforce:service_certificate | in 403 404 403 403 403 | 405
workforce:sessions | in 403 200 403 403 403 | 405
workforce:new_session | in 403 200 403 403 403 | in 403 422 403 403 403
workforce:training_gaps | in 403 200 403 403 403 | 405
workforce:sign_in | in 403 403 403 403 403 | in 403 403 403 403 403
workforce:correct_hours | 405 | in 403 404 403 403 403
workforce:session | in 403 404 403 403 403 | 405
workforce:enrol | 405 | in 403 403 403 403 403
workforce:confirm_presence | 405 | in 403 404 403 403 403
workforce:cancel_session | 405 | in 403 404 403 403 403
workforce:sign_in_code | in 403 404 403 403 403 | 405
workforce:my_hours | in 403 403 403 403 403 | 405
workforce:institution_hours | in 403 404 403 403 403 | 405
workforce:person_hours | in 403 404 403 403 403 | 405
ratings:assessments | in 403 200 403 403 403 | 405
ratings:gaps | in 403 200 403 403 403 | 405
ratings:trees | in 403 200 403 403 403 | in 403 422 403 403 403
ratings:tree | in 403 404 403 403 403 | 405
ratings:write_tree | in 403 404 403 403 403 | in 403 404 403 403 403
ratings:adopt_tree | 405 | in 403 403 403 403 403
ratings:discard_tree | 405 | in 403 404 403 403 403
ratings:items_file | in 403 404 403 403 403 | 405
ratings:bring_items | in 403 404 403 403 403 | in 403 404 403 403 403
ratings:agencies | in 403 200 403 403 403 | in 403 422 403 403 403
ratings:agency | in 403 404 403 403 403 | in 403 404 403 403 403
ratings:end_agency | 405 | in 403 404 403 403 403
ratings:let_assessor_go | 405 | in 403 404 403 403 403
ratings:given | in 403 403 403 403 403 | 405
ratings:results | 200 | 405
ratings:result | 404 | 405
ratings:evidence_file | in 403 404 403 403 403 | 405
ratings:remove_evidence | 405 | in 403 403 403 403 403
ratings:assessment | in 403 404 403 403 403 | 405
ratings:assess_self | in 403 403 403 403 403 | in 403 403 403 403 403
ratings:hand_in_self | 405 | in 403 403 403 403 403
ratings:add_evidence | 405 | in 403 403 403 403 403
ratings:score | in 403 403 403 403 403 | in 403 403 403 403 403
ratings:hand_in_scores | 405 | in 403 403 403 403 403
ratings:conduct | 405 | in 403 404 403 403 403
ratings:respond | 405 | in 403 403 403 403 403
ratings:withdraw | 405 | in 403 403 403 403 403
ratings:of_institution | in 403 404 403 403 403 | 405
ratings:begin | in 403 404 403 403 403 | in 403 404 403 403 403
care:on_day | in 403 200 403 403 403 | 405
care:days | in 403 404 403 403 403 | 405
care:day | in 403 404 403 403 403 | in 403 404 403 403 403
care:incidents | in 403 200 403 403 403 | 405
care:incident | in 403 404 403 403 403 | 405
care:answer | 405 | in 403 403 403 403 403
care:institution_incidents | in 403 404 403 403 403 | 405
care:report_incident | in 403 404 403 403 403 | in 403 404 403 403 403
complaints:report | 200 | 422
complaints:tracker | 200 | 422
complaints:rating | 405 | 422
complaints:review | 405 | 422
complaints:list | in 403 200 403 403 403 | 405
complaints:record_new | in 403 200 403 403 403 | in 403 422 403 403 403
complaints:complaint | in 403 404 403 403 403 | 405
complaints:reporter | 405 | in 403 404 403 403 403
complaints:department | 405 | in 403 404 403 403 403
complaints:extension | 405 | in 403 403 403 403 403
complaints:attachment | in 403 404 403 403 403 | 405
complaints:of_institution | in 403 404 403 403 403 | 405
supervision:plans | in 403 200 403 403 403 | 405
supervision:make_plan | 405 | in 403 409 403 403 403
supervision:plan | in 403 404 403 403 403 | 405
supervision:adopt_plan | 405 | in 403 403 403 403 403
supervision:amend_plan | in 403 403 403 403 403 | in 403 403 403 403 403
supervision:lacking | in 403 404 403 403 403 | 405
supervision:freeze_draw | in 403 404 403 403 403 | in 403 404 403 403 403
supervision:draw | in 403 404 403 403 403 | 405
supervision:draw_lots | 405 | in 403 404 403 403 403
supervision:replace_draw | 405 | in 403 403 403 403 403
supervision:witnessing | in 403 200 403 403 403 | 405
supervision:witness_draw | 405 | in 403 404 403 403 403
supervision:conflicts | in 403 200 403 403 403 | in 403 422 403 403 403
supervision:lift_conflict | 405 | in 403 403 403 403 403
supervision:rounds | 200 | 405
supervision:round | 404 | 405
supervision:round_file | 404 | 405
credit:board | in 403 200 403 403 403 | 405
credit:event | in 403 404 403 403 403 | 405
credit:correct | 405 | in 403 403 403 403 403
credit:repair | in 404 404 404 404 404 | in 404 404 404 404 404
credit:objection | in 404 404 404 404 404 | in 404 404 404 404 404
credit:request | in 404 404 404 404 404 | 405
credit:person | in 403 404 403 403 403 | 405
credit:lists | 200 | 405
credit:take_off_list | 405 | in 403 404 403 403 403
credit:mine | in 200 200 200 200 200 | in 422 422 422 422 422
credit:institution | in 403 404 403 403 403 | 405
credit:record | in 403 404 403 403 403 | in 403 404 403 403 403
credit:put_on_list | in 403 404 403 403 403 | in 403 404 403 403 403
alerts:board | in 403 200 403 403 403 | 405
alerts:alert | in 403 404 403 403 403 | 405
alerts:acknowledge | 405 | in 403 404 403 403 403
alerts:resolve | 405 | in 403 404 403 403 403
alerts:institution | in 403 404 403 403 403 | 405
alerts:evaluate | 405 | in 403 404 403 403 403
exchange:messages | in 403 200 403 403 403 | 405
supervision:rectifications | in 403 200 403 403 403 | 405
supervision:rectification | in 403 404 403 403 403 | 405
supervision:extension | in 403 404 403 403 403 | in 403 404 403 403 403
supervision:silence | 405 | in 403 404 403 403 403
supervision:ground | in 403 404 403 403 403 | in 403 404 403 403 403
supervision:recheck | in 403 404 403 403 403 | in 403 404 403 403 403
supervision:publish_failing | 405 | in 403 404 403 403 403
supervision:open_penalty | 405 | in 403 404 403 403 403
supervision:proof | in 404 404 404 404 404 | 405
supervision:own_rectification | in 403 403 403 403 403 | in 403 403 403 403 403
supervision:answer_rectification | in 403 403 403 403 403 | in 403 403 403 403 403
supervision:sanctions | in 403 200 403 403 403 | 405
supervision:sanction | in 403 404 403 403 403 | 405
supervision:hearing | in 403 404 403 403 403 | in 403 404 403 403 403
supervision:publish_sanction | 405 | in 403 404 403 403 403
supervision:overturn | in 403 403 403 403 403 | in 403 403 403 403 403
supervision:own_sanction | in 403 403 403 403 403 | 405
supervision:ask_hearing | 405 | in 403 403 403 403 403
supervision:ask_review | 405 | in 403 403 403 403 403
supervision:follow_up | in 403 404 403 403 403 | 405
exchange:acknowledge | 405 | in 403 404 403 403 403
exchange:deliveries | in 403 403 200 403 403 | 405
exchange:retry | 405 | in 403 403 404 403 403
exchange:connectors | in 403 403 200 403 403 | in 403 403 422 403 403
exchange:remove_connector | 405 | in 403 403 404 403 403
api-v1:openapi | 200 | 200
portal:home | 200 | 405
portal:directory | 200 | 405
portal:points | 200 | 405
portal:institution | 200 | 405
portal:publications | 200 | 405
robots | 200 | 200
accounts:sign_out | 405 | 302
"""


def addresses(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    """The name of every address that is no operation of the API."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}{pattern.name}"


def expected(cell: str) -> list[str]:
    answers = cell.split()
    return answers if len(answers) > 1 else answers * len(OUTSIDERS)


def rows(table: str) -> Iterator[tuple[str, ...]]:
    for line in table.strip().splitlines():
        yield tuple(part.strip() for part in line.split("|"))


DRAFT_PAGES = (
    "_others", "_departments", "_words", "_changes", "_download", "_adoption", "_discard", "_resume",
)  # fmt: skip


OF_ONE = ("person", "identity", "details", "class", "end", "certificate", "check")
PLAN_PAGES = ("plan", "adopt_plan", "amend_plan", "lacking", "freeze_draw")
DRAW_PAGES = ("draw", "draw_lots", "replace_draw", "witness_draw", "round", "round_file")
OF_EVENT = ("event", "correct", "repair", "objection")
COMPLAINT_PAGES = ("complaint", "reporter", "department", "extension")
OF_TREE = ("tree", "write_tree", "adopt_tree", "discard_tree", "items_file", "bring_items")
OF_ASSESSMENT = (
    "assessment", "assess_self", "hand_in_self", "add_evidence", "score", "hand_in_scores", "conduct",
    "respond", "withdraw", "result",
)  # fmt: skip
RECTIFICATION_PAGES = (
    "rectification", "extension", "silence", "ground", "recheck", "publish_failing", "open_penalty",
    "own_rectification", "answer_rectification",
)  # fmt: skip
SANCTION_PAGES = (
    "sanction", "hearing", "publish_sanction", "overturn", "own_sanction", "ask_hearing", "ask_review",
)  # fmt: skip
INSPECTION_PAGES = ("inspection", "confirm", "publish", "correct", "notice")
SESSION_PAGES = ("session", "enrol", "confirm_presence", "cancel_session", "sign_in_code")


def arguments(town: Town) -> dict[str, list[Any]]:
    """The real thing each address is asked about."""
    number = town.case.number
    step = [number, "check_health"]
    return {
        "jurisdictions:clear_workday": ["2026-11-23"],
        "accounts:invitation": ["no-such-token"],
        "accounts:agent_answer": [town.authorisation.pk],
        "accounts:agent_revoke": [town.authorisation.pk],
        "accounts:agent_letter": [town.authorisation.pk],
        "accounts:withdraw_invitation": [town.invitation.pk],
        "accounts:person": [town.seat.user_id],
        "accounts:give_seat": [town.seat.user_id],
        "accounts:reset_two_step": [town.seat.user_id],
        "accounts:end_seat": [town.seat.pk],
        "accounts:substitute": [town.seat.pk],
        "accounts:revoke_api_client": [town.client.pk],
        "cases:case": [number],
        "cases:decision": step,
        "cases:take": step,
        "cases:assignee": step,
        "cases:tracker": [number],
        "cases:withdrawal": [number],
        "policy:clauses": ["320100"],
        "policy:targets": ["320100"],
        "policy:checklists": ["320100"],
        "policy:rules": ["320100"],
        **{f"policy:draft{page}": [town.policy.pk] for page in ("", *DRAFT_PAGES)},
        "policy:draft_part": [town.policy.pk, "clause-1"],
        "policy:draft_add": [town.policy.pk, "clause"],
        "imports:new": ["institutions"],
        "imports:template": ["institutions"],
        **{f"imports:{page}": [town.brought.pk] for page in ("record", "defects", "decision", "discarding")},
        "institutions:paper": [town.paper.pk],
        "institutions:application": [town.draft.pk],
        "institutions:review": [town.draft.pk],
        "institutions:handed_in": [town.submitted.pk],
        "institutions:delete": [town.draft.pk],
        "institutions:restore": [town.draft.pk],
        "institutions:page": [town.draft.pk, "basics"],
        "institutions:record": [town.filed.pk],
        "institutions:history": [town.filed.pk],
        "institutions:counts": [town.filed.pk],
        "institutions:state_counts": [town.filed.pk],
        "institutions:openings": [town.filed.pk],
        "institutions:pairings": [town.filed.pk],
        "institutions:pairing": [town.filed.pk, 1],
        "institutions:calling_off": [town.filed.pk, 1],
        "institutions:remind": [town.unfiled.pk],
        "institutions:certificate": [town.certificate.pk],
        "institutions:verify": [town.certificate.code],
        **{f"workforce:{page}": [town.filed.pk] for page in ("staff", "hiring", "staffing")},
        **{f"workforce:{page}": [town.employed.pk] for page in OF_ONE},
        "workforce:withdrawal": [town.qualification.pk],
        "workforce:paper": [town.qualification.pk],
        "workforce:answer": [town.hit.pk],
        **{f"supervision:{page}": [town.seen.part.inspection_id] for page in INSPECTION_PAGES},
        "supervision:photo": [town.seen.pk],
        "supervision:institution_inspections": [town.filed.pk],
        "workforce:institution_service": [town.filed.pk],
        **{f"ratings:{page}": [town.tree.pk] for page in OF_TREE},
        **{f"ratings:{page}": [town.scores_for.agency_id] for page in ("agency", "end_agency")},
        "ratings:let_assessor_go": [town.scores_for.agency_id, town.scores_for.pk],
        **{f"ratings:{page}": [town.shown.pk] for page in ("evidence_file", "remove_evidence")},
        **{f"ratings:{page}": [town.shown.assessment_id] for page in OF_ASSESSMENT},
        **{f"ratings:{page}": [town.filed.pk] for page in ("of_institution", "begin")},
        "care:days": [town.filed.pk],
        **{f"alerts:{page}": [town.alert.pk] for page in ("alert", "acknowledge", "resolve")},
        "alerts:institution": [town.filed.pk],
        "alerts:evaluate": [town.filed.pk],
        "care:day": [town.filed.pk, str(clock.today())],
        "care:incident": [town.harmed.pk],
        "care:answer": [town.harmed.pk],
        "care:institution_incidents": [town.filed.pk],
        "care:report_incident": [town.filed.pk],
        "workforce:decide_service": [town.served.pk],
        "workforce:certify_service": [town.served.employment_id],
        "workforce:service_certificate": [town.served.certificate_id or 0],
        "workforce:sign_in": [code_of(town.attended.session)],
        "workforce:correct_hours": [town.attended.pk],
        **{f"workforce:{page}": [town.attended.session_id] for page in SESSION_PAGES},
        "workforce:institution_hours": [town.filed.pk],
        "workforce:person_hours": [town.filed.pk, town.attended.person_id],
        "workforce:bar": [town.bar.pk],
        "workforce:correct_bar": [town.bar.pk],
        "workforce:correct_record_check": [town.hit.pk],
        **{f"supervision:{page}": [town.drawn.plan_id] for page in PLAN_PAGES},
        **{f"supervision:{page}": [town.drawn.pk] for page in DRAW_PAGES},
        **{f"complaints:{page}": [town.complaint.case.number] for page in COMPLAINT_PAGES},
        "complaints:attachment": [town.complaint.case.number, 1],
        "complaints:of_institution": [town.filed.pk],
        "supervision:lift_conflict": [town.conflict.pk],
        **{f"credit:{page}": [town.credited.event_id] for page in OF_EVENT},
        **{f"credit:{page}": [town.filed.pk] for page in ("institution", "record", "put_on_list")},
        "credit:request": [town.credited.pk],
        "credit:person": [town.employed.person_id],
        "credit:take_off_list": [town.listed.pk],
        **{f"supervision:{page}": [town.ordered.pk] for page in RECTIFICATION_PAGES},
        **{f"supervision:{page}": [town.sanction.pk] for page in SANCTION_PAGES},
        "supervision:proof": [town.proof.pk],
        "supervision:follow_up": [town.filed.pk],
        "exchange:acknowledge": [town.message.pk],
        "exchange:retry": [town.message.pk],
        "exchange:remove_connector": [town.connector.pk],
        "portal:institution": [town.filed.pk],
    }


POSTED = {"reason": "试试", "decision": "approve", "answer": "accept", "to": "", "do": "save"}


def answer(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/sign-in/?next="):
        return "in"
    return str(response.status_code)


def asked(browser: Client, method: str, address: str) -> str:
    response = browser.get(address) if method == "GET" else browser.post(address, POSTED)
    return answer(response)


def test_every_address_is_in_the_table() -> None:
    pages = {name for name in addresses() if not name.startswith("api-v1:") or name == "api-v1:openapi"}
    assert {row[0] for row in rows(PAGES)} == pages


@pytest.mark.django_db
def test_who_has_no_business_with_a_page_is_told_so_and_changes_nothing(packs: None) -> None:
    town, browsers = built(), outsiders()
    given, before, wrong = arguments(town), digests(), []
    for name, *cells in rows(PAGES):
        address = reverse(name, args=given.get(name, []))
        for method, cell in zip(("GET", "POST"), cells, strict=True):
            found = [asked(browsers[who], method, address) for who in OUTSIDERS]
            if found != expected(cell):
                wrong.append(f"{name} | {method} | {' '.join(found)} | table: {cell}")
        after = digests()
        wrong += [f"{name} changed {label}" for label in before if before[label] != after[label]]
        before = after
    assert wrong == []


# ---------------------------------------------------------------- the API

OPERATIONS = """
POST /complaints | 422
POST /complaints/tracker | 422
POST /complaints/tracker/rating | 422
POST /complaints/tracker/review | 422
GET /office/complaints | 401 403 200 403 403 403
GET /office/complaints/figures | 401 403 200 403 403 403
POST /office/complaints | 401 403 422 403 403 403
GET /office/complaints/{number} | 401 403 404 403 403 403
POST /office/complaints/{number}/reporter | 401 403 404 403 403 403
POST /office/complaints/{number}/department | 401 403 404 403 403 403
POST /office/complaints/{number}/extension | 401 403 403 403 403 403
GET /office/institutions/{pk}/complaints | 401 403 404 403 403 403
GET /office/complaints/{number}/attachments/{pk} | 401 403 404 403 403 403
GET /jurisdictions | 200
GET /jurisdictions/{code}/clauses | 200
GET /jurisdictions/{code}/targets | 200
GET /rules | 200
GET /divisions | 200
GET /divisions/{code} | 200
GET /workdays | 200
GET /workdays/deadline | 200
PUT /workdays/{day} | 401 403 403 403 403 403
POST /workdays/{day}/clearance | 401 403 403 403 403 403
GET /settings | 401 403 403 200 403 403
POST /settings | 401 403 403 403 403 403
GET /seats | 401 403 403 200 200 403
POST /people/{pk}/seats | 401 403 403 404 403 403
POST /seats/{pk}/end | 401 403 403 404 403 403
POST /seats/{pk}/substitutes | 401 403 403 404 403 403
GET /invitations | 401 403 403 200 403 403
POST /invitations | 401 403 403 403 403 403
POST /invitations/{pk}/withdrawal | 401 403 403 404 403 403
GET /api-clients | 401 403 403 403 200 403
POST /api-clients | 401 403 403 403 403 403
POST /api-clients/{pk}/revocation | 401 403 403 403 404 403
GET /policy-drafts | 401 403 403 403 403 403
POST /policy-drafts | 401 403 403 403 403 403
GET /policy-drafts/{pk} | 401 403 403 403 403 403
GET /policy-drafts/{pk}/changes | 401 403 403 403 403 403
GET /policy-drafts/{pk}/problems | 401 403 403 403 403 403
PATCH /policy-drafts/{pk}/parts/{key} | 401 403 403 403 403 403
PATCH /policy-drafts/{pk}/parts | 401 403 403 403 403 403
GET /policy-drafts/{pk}/files | 401 403 403 403 403 403
POST /policy-drafts/{pk}/parts | 401 403 403 403 403 403
POST /policy-drafts/{pk}/parts/{key}/removal | 401 403 403 403 403 403
POST /policy-drafts/{pk}/parts/{key}/restoration | 401 403 403 403 403 403
POST /policy-drafts/{pk}/parts/{key}/rereading | 401 403 403 403 403 403
POST /policy-drafts/{pk}/parts/{key}/settling | 401 403 403 403 403 403
POST /policy-drafts/{pk}/adoption | 401 403 403 403 403 403
POST /policy-drafts/{pk}/discarding | 401 403 403 403 403 403
POST /policy-drafts/{pk}/resumption | 401 403 403 403 403 403
GET /import-kinds | 401 403 200 403 403 403
GET /import-kinds/{kind}/template | 401 403 200 403 403 403
GET /imports | 401 403 200 403 403 403
POST /imports | 401 403 422 403 403 403
GET /imports/{pk} | 401 403 404 403 403 403
GET /imports/{pk}/defects | 401 403 404 403 403 403
POST /imports/{pk}/decision | 401 403 404 403 403 403
POST /imports/{pk}/discarding | 401 403 404 403 403 403
GET /lock-outs | 401 403 403 403 200 403
POST /people/{pk}/unlocking | 401 403 403 403 404 403
POST /people/{pk}/two-step-reset | 401 403 403 403 404 403
GET /audit-events | 401 403 403 403 403 200
GET /routes | 200
GET /applications | 401 200 200 200 200 200
POST /applications | 401 403 403 403 403 403
POST /filings | 401 422 422 422 422 422
GET /matters | 401 422 422 422 422 422
POST /matters | 401 422 422 422 422 422
GET /applications/{pk}/changes | 401 404 404 404 404 404
GET /office/institutions/{pk}/yearly | 401 403 404 403 403 403
GET /institutions/{pk}/suspensions | 200
POST /walk-ins | 401 403 403 403 403 403
GET /applications/{pk} | 401 404 404 404 404 404
PATCH /applications/{pk}/pages/{page} | 401 404 404 404 404 404
GET /applications/{pk}/problems | 401 404 404 404 404 404
GET /applications/{pk}/capacity | 401 404 404 404 404 404
POST /applications/{pk}/submission | 401 404 404 404 404 404
DELETE /applications/{pk} | 401 404 404 404 404 404
POST /applications/{pk}/restoration | 401 404 404 404 404 404
GET /applications/{pk}/papers | 401 404 404 404 404 404
POST /applications/{pk}/papers | 401 404 404 404 404 404
GET /papers/{pk}/file | 401 404 404 404 404 404
DELETE /papers/{pk} | 401 404 404 404 404 404
POST /papers/{pk}/restoration | 401 404 404 404 404 404
GET /application-pages | 200
GET /inbox | 401 403 200 403 403 403
GET /inbox/counts | 401 403 200 403 403 403
GET /cases | 401 403 200 403 403 403
GET /my/cases | 401 200 200 200 200 200
GET /cases/{number} | 401 404 404 404 404 404
POST /cases/{number}/steps/{key}/decision | 401 403 404 403 403 403
POST /cases/{number}/steps/{key}/taking | 401 403 404 403 403 403
PUT /cases/{number}/steps/{key}/assignee | 401 403 403 403 403 403
POST /cases/{number}/withdrawal | 401 404 404 404 404 404
GET /notices | 401 200 200 200 200 200
POST /notices/reading | 401 200 200 200 200 200
GET /institutions | 200
GET /institutions/{pk} | 200
GET /publications | 200
GET /certificates/{code} | 200
GET /office/institutions | 401 403 200 403 403 403
GET /office/institutions/unfiled | 401 403 200 403 403 403
GET /office/institutions/{pk} | 401 403 404 403 403 403
GET /office/institutions/{pk}/history | 401 403 404 403 403 403
GET /asked-again | 401 403 403 200 403 403
GET /office/institutions/{pk}/counts | 401 403 404 403 403 403
GET /office/institutions/{pk}/counts/last | 401 403 404 403 403 403
POST /office/institutions/{pk}/counts | 401 403 403 403 403 403
GET /office/institutions/{pk}/opened-places | 401 403 403 403 403 403
POST /office/institutions/{pk}/opened-places | 401 403 403 403 403 403
GET /office/institutions/{pk}/pairings | 401 403 403 403 403 403
POST /office/institutions/{pk}/pairings | 401 403 403 403 403 403
POST /office/institutions/{pk}/pairings/{number} | 401 403 403 403 403 403
POST /office/institutions/{pk}/suspensions/{number}/calling-off | 401 403 404 403 403 403
POST /office/institutions/{pk}/reminder | 401 403 404 403 403 403
GET /office/certificates/{pk}/file | 401 403 404 403 403 403
GET /messages | 401 403 200 403 403 403
POST /messages/{pk}/acknowledgement | 401 403 404 403 403 403
GET /deliveries | 401 403 403 200 403 403
POST /deliveries/{pk}/retry | 401 403 403 404 403 403
GET /connectors | 401 403 403 200 403 403
POST /connectors | 401 403 403 403 403 403
POST /connectors/{pk}/removal | 401 403 403 404 403 403
GET /office/institutions/{pk}/staff | 401 403 404 403 403 403
POST /office/institutions/{pk}/staff | 401 403 403 403 403 403
GET /office/institutions/{pk}/staffing | 401 403 404 403 403 403
GET /staff | 401 403 200 403 403 403
GET /staff/alerts | 401 403 200 403 403 403
GET /staff/several | 401 403 200 403 403 403
POST /staff/search | 401 403 422 403 403 403
GET /staff/{pk} | 401 403 404 403 403 403
PATCH /staff/{pk} | 401 403 403 403 403 403
POST /staff/{pk}/identity | 401 403 404 403 403 403
PUT /staff/{pk}/class | 401 403 403 403 403 403
POST /staff/{pk}/end | 401 403 403 403 403 403
POST /staff/{pk}/certificates | 401 403 403 403 403 403
POST /staff/{pk}/checks | 401 403 403 403 403 403
POST /staff/certificates/{pk}/withdrawal | 401 403 403 403 403 403
GET /staff/certificates/{pk}/file | 401 403 404 403 403 403
POST /staff/checks/{pk}/answer | 401 403 403 403 403 403
GET /indicator-outlines | 401 403 200 403 403 403
GET /indicator-trees | 401 403 200 403 403 403
POST /indicator-trees | 401 403 422 403 403 403
GET /indicator-trees/{pk} | 401 403 404 403 403 403
PUT /indicator-trees/{pk} | 401 403 404 403 403 403
POST /indicator-trees/{pk}/adoption | 401 403 403 403 403 403
POST /indicator-trees/{pk}/discarding | 401 403 404 403 403 403
GET /agencies | 401 403 200 403 403 403
POST /agencies | 401 403 422 403 403 403
GET /agencies/{pk} | 401 403 404 403 403 403
POST /agencies/{pk}/end | 401 403 404 403 403 403
POST /agencies/{pk}/assessors | 401 403 404 403 403 403
POST /agencies/{pk}/assessors/{assessor}/end | 401 403 404 403 403 403
GET /assessments | 401 403 200 403 403 403
GET /indicator-trees/{pk}/items | 401 403 404 403 403 403
POST /indicator-trees/{pk}/items | 401 403 404 403 403 403
GET /assessment-gaps | 401 403 200 403 403 403
GET /office/institutions/{pk}/assessments | 401 403 404 403 403 403
POST /office/institutions/{pk}/assessments | 401 403 404 403 403 403
GET /assessments/{pk} | 401 403 404 403 403 403
PUT /assessments/{pk}/self | 401 403 403 403 403 403
POST /assessments/{pk}/self/hand-in | 401 403 403 403 403 403
POST /assessments/{pk}/evidence | 401 403 403 403 403 403
GET /assessment-evidence/{pk}/file | 401 403 404 403 403 403
DELETE /assessment-evidence/{pk} | 401 403 403 403 403 403
GET /given-assessments | 401 403 403 403 403 403
GET /given-assessments/{pk} | 401 403 403 403 403 403
PUT /given-assessments/{pk}/scores | 401 403 403 403 403 403
POST /given-assessments/{pk}/hand-in | 401 403 403 403 403 403
POST /assessments/{pk}/telling | 401 403 404 403 403 403
POST /assessments/{pk}/sending-back | 401 403 404 403 403 403
POST /assessments/{pk}/answer | 401 403 404 403 403 403
POST /assessments/{pk}/calling-off | 401 403 404 403 403 403
POST /assessments/{pk}/acceptance | 401 403 403 403 403 403
POST /assessments/{pk}/objections | 401 403 403 403 403 403
POST /assessments/{pk}/withdrawal | 401 403 403 403 403 403
GET /assessment-results | 200
GET /assessment-results/{pk} | 404
GET /daily-returns | 401 403 200 403 403 403
GET /office/institutions/{pk}/days | 401 403 404 403 403 403
GET /office/institutions/{pk}/days/{day} | 401 403 404 403 403 403
PUT /office/institutions/{pk}/days/{day} | 401 403 403 403 403 403
GET /incidents | 401 403 200 403 403 403
GET /incidents/{pk} | 401 403 404 403 403 403
POST /office/institutions/{pk}/incidents | 401 403 404 403 403 403
POST /incidents/{pk}/answer | 401 403 403 403 403 403
GET /alerts | 401 403 200 403 403 403
GET /alerts/{pk} | 401 403 404 403 403 403
POST /alerts/{pk}/acknowledgement | 401 403 404 403 403 403
POST /alerts/{pk}/resolution | 401 403 404 403 403 403
POST /office/institutions/{pk}/alerts/evaluation | 401 403 404 403 403 403
GET /service-periods | 401 403 200 403 403 403
POST /service-periods | 401 403 403 403 403 403
POST /service-periods/{pk}/decision | 401 403 404 403 403 403
POST /employments/{pk}/service-certificate | 401 403 403 403 403 403
GET /service-certificates/{pk}/file | 401 403 404 403 403 403
GET /inspections | 401 403 200 403 403 403
GET /inspections/{pk} | 401 403 404 403 403 403
POST /inspections/{pk}/confirmation | 401 403 404 403 403 403
POST /inspections/{pk}/publication | 401 403 404 403 403 403
POST /inspections/{pk}/corrections | 401 403 403 403 403 403
GET /visits | 401 403 200 403 403 403
POST /visits/{pk} | 401 403 404 403 403 403
POST /visits/{pk}/photos | 401 403 404 403 403 403
GET /inspection-photos/{pk}/file | 401 403 404 403 403 403
GET /office/institutions/{pk}/inspections | 401 403 404 403 403 403
GET /inspection-results | 200
GET /training-sessions | 401 403 200 403 403 403
POST /training-sessions | 401 403 422 403 403 403
GET /training-sessions/{pk} | 401 403 404 403 403 403
POST /training-sessions/{pk}/enrolments | 401 403 403 403 403 403
POST /training-sessions/{pk}/presence | 401 403 404 403 403 403
POST /training-sessions/{pk}/cancellation | 401 403 404 403 403 403
GET /training-sessions/{pk}/sign-in-code | 401 403 404 403 403 403
POST /training-sign-ins | 401 403 403 403 403 403
POST /training-hours/{pk}/correction | 401 403 404 403 403 403
GET /my/hours | 401 403 403 403 403 403
GET /office/institutions/{pk}/training | 401 403 404 403 403 403
GET /office/institutions/{pk}/training/{person} | 401 403 404 403 403 403
GET /training-gaps | 401 403 200 403 403 403
GET /credit-events | 401 403 200 403 403 403
GET /credit-events/{pk} | 401 403 404 403 403 403
POST /credit-events/{pk}/correction | 401 403 403 403 403 403
POST /credit-events/{pk}/requests | 401 404 404 404 404 404
GET /credit-requests/{pk} | 401 404 404 404 404 404
GET /my/credit-events | 401 200 200 200 200 200
POST /my/credit-file | 401 422 422 422 422 422
GET /office/institutions/{pk}/credit | 401 403 404 403 403 403
POST /office/institutions/{pk}/credit-events | 401 403 404 403 403 403
GET /credit-people/{pk} | 401 403 404 403 403 403
GET /credit-lists | 200
POST /office/institutions/{pk}/credit-lists | 401 403 404 403 403 403
POST /credit-lists/{pk}/removal | 401 403 404 403 403 403
GET /bars | 401 403 403 403 403 200
POST /bars | 401 403 422 403 403 403
GET /bars/{pk} | 401 403 403 403 403 404
POST /bars/{pk}/correction | 401 403 403 403 403 404
GET /record-check-hits | 401 403 403 403 403 403
POST /record-check-hits/{pk}/correction | 401 403 403 403 403 403
GET /bar-alerts | 401 403 200 403 403 403
GET /inspection-plans | 401 403 200 403 403 403
GET /inspection-plans/offers | 401 403 200 403 403 403
POST /inspection-plans | 401 403 409 403 403 403
GET /inspection-plans/{pk} | 401 403 404 403 403 403
POST /inspection-plans/{pk}/adoption | 401 403 403 403 403 403
POST /inspection-plans/{pk}/amendments | 401 403 403 403 403 403
GET /inspection-plans/{pk}/lacking | 401 403 404 403 403 403
POST /inspection-plans/{pk}/draws | 401 403 404 403 403 403
GET /inspection-draws/{pk} | 401 403 404 403 403 403
GET /inspection-draws/{pk}/lots | 401 403 404 403 403 403
POST /inspection-draws/{pk}/lots | 401 403 404 403 403 403
POST /inspection-draws/{pk}/replacement | 401 403 403 403 403 403
POST /inspection-draws/{pk}/witnessing | 401 403 404 403 403 403
GET /inspection-draws-to-witness | 401 403 200 403 403 403
GET /conflicts-of-interest | 401 403 200 403 403 403
POST /conflicts-of-interest | 401 403 404 403 403 403
POST /conflicts-of-interest/{pk}/lifting | 401 403 403 403 403 403
GET /draw-rounds | 200
GET /draw-rounds/{pk} | 404
GET /draw-rounds/{pk}/file | 404
GET /rectifications | 401 403 200 403 403 403
GET /rectifications/{pk} | 401 403 404 403 403 403
POST /rectifications/{pk}/answer | 401 403 403 403 403 403
POST /rectifications/{pk}/findings/{finding}/files | 401 403 403 403 403 403
GET /rectifications/files/{pk} | 401 403 404 403 403 403
POST /rectifications/{pk}/extension | 401 403 404 403 403 403
POST /rectifications/{pk}/silence | 401 403 404 403 403 403
PUT /rectifications/{pk}/ground | 401 403 404 403 403 403
POST /rectifications/{pk}/recheck | 401 403 404 403 403 403
POST /rectifications/{pk}/publication | 401 403 404 403 403 403
POST /rectifications/{pk}/penalty | 401 403 404 403 403 403
GET /sanctions | 401 403 200 403 403 403
GET /sanctions/{pk} | 401 403 404 403 403 403
POST /sanctions/{pk}/hearing-request | 401 403 403 403 403 403
POST /sanctions/{pk}/hearing | 401 403 404 403 403 403
POST /sanctions/{pk}/publication | 401 403 404 403 403 403
POST /sanctions/{pk}/overturning | 401 403 403 403 403 403
POST /sanctions/{pk}/review | 401 403 403 403 403 403
POST /registrations | 401 403 403 403 403 403
GET /registrations/{source_system}/{source_id} | 401 403 403 403 403 403
GET /session | 200
POST /session/by-password | 422 409 409 409 409 409
POST /phone-codes | 422 409 409 409 409 409
POST /session/by-code | 422 409 409 409 409 409
POST /session/second-step | 409
PUT /session/seat | 401 404 404 404 404 404
POST /accounts | 422 409 409 409 409 409
GET /invitation-links/{token} | 404 409 409 409 409 409
POST /invitation-links/{token}/acceptance | 404 409 409 409 409 409
GET /people/{pk} | 401 403 403 404 404 403
GET /seats/{pk}/substitutes | 401 403 403 404 403 403
GET /cases/{number}/steps/{key}/colleagues | 401 403 403 403 403 403
GET /workdays/corrections | 401 403 403 403 403 403
GET /checklists | 200
GET /deleted-applications | 401 200 200 200 200 200
GET /me | 401 200 200 200 200 200
PUT /me | 401 422 422 422 422 422
POST /me/password | 401 422 422 422 422 422
POST /me/confirmation/code | 401 409 409 409 409 409
POST /me/confirmation | 401 422 422 422 422 422
POST /me/phone/code | 401 403 403 403 403 403
POST /me/phone | 401 403 403 403 403 403
POST /me/two-step/start | 401 403 403 403 403 403
POST /me/two-step | 401 403 403 403 403 403
POST /me/two-step/end | 401 403 403 403 403 403
GET /me/recovery-codes | 401 403 403 403 403 403
POST /me/recovery-codes | 401 403 403 403 403 403
GET /me/agents | 401 200 200 200 200 200
POST /me/agents | 401 422 422 422 422 422
POST /agents/{pk}/answer | 401 404 404 404 404 404
POST /agents/{pk}/revocation | 401 404 404 404 404 404
GET /agents/{pk}/letter | 401 404 404 404 404 404
POST /session/end | 401 200 200 200 200 200
"""

BODIES: dict[str, dict[str, Any]] = {
    "POST /applications": {
        "division_code": "320106", "kind": "institution", "nature": "nonprofit",
        "legal_form": "social_service_org", "owner_id": 2,
    },
    "POST /filings": {"uscc": "123"},
    "POST /office/institutions/{pk}/counts": {
        "day": "2026-11-02",
        "counts": [{"class_id": 1, "enrolled": 1}],
    },
    "POST /office/institutions/{pk}/opened-places": {"places": 1, "from_on": "2026-12-01"},
    "POST /office/institutions/{pk}/pairings": {"uscc": "123"},
    "POST /office/institutions/{pk}/pairings/{number}": {"act": "agree"},
    "POST /office/institutions/{pk}/suspensions/{number}/calling-off": {"reason": "照常收托"},
    "POST /matters": {"uscc": "123", "procedure": "change"},
    "POST /walk-ins": {"name": "甲", "phone": "13800138000"},
    "PATCH /applications/{pk}/pages/{page}": {"version": 1, "fields": {"name": "改"}},
    "POST /cases/{number}/steps/{key}/decision": {"decision": "approve"},
    "PUT /cases/{number}/steps/{key}/assignee": {"to_user_id": None, "reason": "试试"},
    "POST /registrations": {
        "source_system": "民政系统", "source_id": "9", "name": "甲", "uscc": "52320106MJ0000018A",
        "registration_number": "1", "registered_on": "2026-01-05", "division_code": "320106",
        "nature": "nonprofit", "legal_form": "social_service_org",
    },
    "POST /office/institutions/{pk}/staff": {"name": "甲"},
    "POST /staff/search": {"identity": "1"},
    "PATCH /staff/{pk}": {"education": "本科"},
    "PUT /staff/{pk}/class": {"from_day": "2026-01-05"},
    "POST /staff/{pk}/end": {"last_day": "2026-01-05", "reason": "试试"},
    "POST /staff/{pk}/checks": {"asked_on": "2026-01-05"},
    "POST /staff/checks/{pk}/answer": {
        "answered_on": "2026-01-05", "authority": "公安", "result": "clear",
    },
    "POST /service-periods": {
        "employment_id": 1, "profession": "nurse", "home_unit": "甲", "first_day": "2026-01-05",
        "last_day": "2026-01-06", "hours": 2,
    },
    "POST /service-periods/{pk}/decision": {"confirmed": True},
    "POST /indicator-trees": {"name": " "},
    "POST /agencies": {"name": " ", "kind": "agency", "entrusted_by": " "},
    "PUT /indicator-trees/{pk}": {"version": 1},
    "POST /inspection-plans/{pk}/amendments": {"per_year": 2, "departments": ["health"], "reason": "甲"},
    "POST /indicator-trees/{pk}/adoption": {"basis": "甲", "effective_from": "2027-01-05"},
    "POST /agencies/{pk}/assessors": {"username": "x"},
    "POST /office/institutions/{pk}/assessments": {"year": 2026, "agency_id": 1},
    "PUT /assessments/{pk}/self": {"scores": [{"code": "1.1"}]},
    "PUT /given-assessments/{pk}/scores": {"scores": [{"code": "1.1"}]},
    "POST /assessments/{pk}/answer": {"upheld": True, "answer": "甲"},
    "POST /assessments/{pk}/objections": {"text": "甲"},
    "PUT /office/institutions/{pk}/days/{day}": {"closed": True},
    "POST /office/institutions/{pk}/incidents": {
        "kind": "fall", "severity": "minor", "spot": "room", "happened_at": "2026-01-05T09:30:00+08:00",
        "hurt": 1, "what": "甲", "measures": "乙",
    },
    "POST /incidents/{pk}/answer": {"text": "甲"},
    "POST /alerts/{pk}/acknowledgement": {},
    "POST /alerts/{pk}/resolution": {"note": "甲"},
    "POST /office/institutions/{pk}/alerts/evaluation": {},
    "POST /inspections/{pk}/confirmation": {"result": "pass"},
    "POST /inspections/{pk}/corrections": {"result": "pass", "reason": "试试", "decided_on": "2026-11-28"},
    "POST /visits/{pk}": {"sent_at": "2026-11-28T10:00:00+08:00"},
    "POST /training-sessions": {"held_on": "2026-11-28", "place": " ", "trainer": "甲", "hours": 2},
    "POST /training-sessions/{pk}/enrolments": {"employments": [1]},
    "POST /training-sessions/{pk}/presence": {"participations": [1]},
    "POST /training-sign-ins": {"code": "x"},
    "POST /training-hours/{pk}/correction": {"hours": 2, "reason": "试试"},
    "POST /credit-events/{pk}/correction": {"ground": "wrong_facts", "reason": "试试"},
    "POST /credit-events/{pk}/requests": {"kind": "objection", "statement": "试试"},
    "POST /office/institutions/{pk}/credit-events": {
        "kind": "reward", "summary": "试试", "decided_on": "2026-11-02",
    },
    "POST /office/institutions/{pk}/credit-lists": {"kind": "reward", "reason": "试试"},
    "POST /office/complaints/{number}/department": {"department": "health", "reason": "试试"},
    "POST /office/complaints/{number}/extension": {"days": 1, "reason": "试试"},
    "POST /bars": {
        "name": "甲", "identity": "1", "kind": "lifetime", "role": "perpetrator", "ground": "abuse",
        "document": "决定书", "number": "1", "decided_on": "2026-01-05", "authority": "某局",
    },
    "POST /inspection-plans": {"year": 2026, "division_code": "320106", "kind": "random"},
    "POST /inspection-plans/{pk}/draws": {
        "count": 1, "seed_source": "双色球", "seed_moment": "2099-01-01T21:15:00+08:00",
        "closes_on": "2099-02-01",
    },
    "POST /inspection-draws/{pk}/lots": {"value": "1"},
    "POST /inspection-draws/{pk}/witnessing": {"value": "1"},
    "POST /conflicts-of-interest": {"institution_id": 1, "reason": "试试"},
    "POST /rectifications/{pk}/answer": {"findings": []},
    "POST /rectifications/{pk}/extension": {"until": "2027-01-05", "reason": "试试"},
    "PUT /rectifications/{pk}/ground": {"ground": "chaotic", "reason": "试试"},
    "POST /rectifications/{pk}/recheck": {"scheduled_on": "2027-01-05", "inspectors": [1, 2]},
    "POST /rectifications/{pk}/penalty": {"kind": "penalty"},
    "POST /sanctions/{pk}/hearing": {"held_on": "2026-11-28", "record": "试试"},
    "POST /imports/{pk}/decision": {"only_good": True},
    "POST /bars/{pk}/correction": {"ground": "annulled", "reason": "试试"},
    "POST /record-check-hits/{pk}/correction": {"ground": "annulled", "reason": "试试"},
    "POST /connectors": {"department": "health", "division_code": "320106", "address": "https://b.example/"},
    "PUT /workdays/{day}": {"is_workday": False, "note": " "},
    "POST /settings": {
        "division_code": "320106", "key": "registrar.social_service_org", "value": "civil_affairs",
        "effective_from": "2026-12-01", "basis": "试试",
    },
    "POST /people/{pk}/seats": {"role": "officer", "department": "health", "division_code": "320106"},
    "POST /seats/{pk}/substitutes": {"user_id": 1, "starts_on": "2027-01-01", "ends_on": "2027-01-02"},
    "POST /invitations": {
        "username": "invited", "name": "甲", "role": "officer", "department": "health",
        "division_code": "320106",
    },
    "PATCH /policy-drafts/{pk}/parts/{key}": {"seen": 1, "fields": {"heading": "改"}},
    "PATCH /policy-drafts/{pk}/parts": {"seen": 1, "parts": {"clause-1": {"heading": "改"}}},
    "POST /policy-drafts/{pk}/parts": {"section": "gap", "seen": 1, "fields": {}},
    **{
        f"POST /policy-drafts/{{pk}}/parts/{{key}}/{turn}": {"seen": 1}
        for turn in ("removal", "restoration", "rereading")
    },
    "POST /policy-drafts/{pk}/adoption": {"seen": 1, "starts_on": "2027-01-01"},
    "POST /api-clients": {"name": "甲", "department": "health", "division_code": "320106"},
    "POST /session/by-password": {"login": "nobody", "password": "x"},
    "POST /phone-codes": {"phone": "123"},
    "POST /session/by-code": {"key": "x", "code": "123456"},
    "POST /session/second-step": {"code": "123456"},
    "PUT /session/seat": {"seat": 1},
    "POST /accounts": {"key": "x", "name": "甲"},
    "POST /invitation-links/{token}/acceptance": {"password": "x"},
    "PUT /me": {"name": " "},
    "POST /me/password": {"old": "x", "new": "x"},
    "POST /me/confirmation": {"password": "x"},
    "POST /me/phone/code": {"phone": "13800138000"},
    "POST /me/phone": {"key": "x", "code": "123456"},
    "POST /me/two-step": {"code": "123456"},
    "POST /agents/{pk}/answer": {"accept": True},
}  # fmt: skip
QUERIES = {
    "GET /routes": "?division_code=320106&kind=institution&nature=nonprofit&legal_form=social_service_org",
    "GET /application-pages": "?kind=institution",
    "GET /workdays": "?first=2026-01-01&last=2026-01-05",
    "GET /workdays/deadline": "?start=2026-01-05&days=5",
}


def places_of(town: Town) -> dict[str, Any]:
    """What stands for each argument, by the beginning of the address."""
    number, step = town.case.number, "check_health"
    return {
        "/applications/{pk}": {"pk": town.draft.pk, "page": "basics"},
        "/papers/{pk}": {"pk": town.paper.pk},
        "/cases/{number}": {"number": number, "key": step},
        "/registrations/": {"source_system": "民政系统", "source_id": "1"},
        "/staff/{pk}": {"pk": town.employed.pk},
        "/staff/certificates/{pk}": {"pk": town.qualification.pk},
        "/staff/checks/{pk}": {"pk": town.hit.pk},
        "/service-periods/{pk}": {"pk": town.served.pk},
        "/inspections/{pk}": {"pk": town.seen.part.inspection_id},
        "/visits/{pk}": {"pk": town.seen.part.inspection_id},
        "/inspection-photos/{pk}": {"pk": town.seen.pk},
        "/employments/{pk}/service-certificate": {"pk": town.served.employment_id},
        "/service-certificates/{pk}": {"pk": town.served.certificate_id},
        "/training-sessions/{pk}": {"pk": town.attended.session_id},
        "/training-hours/{pk}": {"pk": town.attended.pk},
        "/office/institutions/{pk}/training": {"pk": town.filed.pk, "person": town.attended.person_id},
        "/inspection-plans/{pk}": {"pk": town.drawn.plan_id},
        "/inspection-draws/{pk}": {"pk": town.drawn.pk},
        "/draw-rounds/{pk}": {"pk": town.drawn.pk},
        "/conflicts-of-interest/{pk}": {"pk": town.conflict.pk},
        "/import-kinds/{kind}": {"kind": "institutions"},
        "/imports/{pk}": {"pk": town.brought.pk},
        "/office/complaints/{number}": {"number": town.complaint.case.number, "pk": 1},
        "/bars/{pk}": {"pk": town.bar.pk},
        "/record-check-hits/{pk}": {"pk": town.hit.pk},
        "/credit-events/{pk}": {"pk": town.credited.event_id},
        "/credit-requests/{pk}": {"pk": town.credited.pk},
        "/credit-people/{pk}": {"pk": town.employed.person_id},
        "/credit-lists/{pk}": {"pk": town.listed.pk},
        "/messages/{pk}": {"pk": town.message.pk},
        "/deliveries/{pk}": {"pk": town.message.pk},
        "/connectors/{pk}": {"pk": town.connector.pk},
        "/policy-drafts/{pk}": {"pk": town.policy.pk, "key": "clause-1"},
        "/jurisdictions/{code}": {"code": "320100"},
        "/divisions/{code}": {"code": "320106"},
        "/workdays/{day}": {"day": "2026-11-23"},
        "/people/{pk}": {"pk": town.seat.user_id},
        "/seats/{pk}": {"pk": town.seat.pk},
        "/invitations/{pk}": {"pk": town.invitation.pk},
        "/api-clients/{pk}": {"pk": town.client.pk},
        "/invitation-links/": {"token": "no-such-token"},
        "/agents/{pk}": {"pk": town.authorisation.pk},
        "/institutions/{pk}": {"pk": town.filed.pk},
        "/office/institutions/{pk}": {"pk": town.filed.pk, "number": 1, "day": str(clock.today())},
        "/indicator-trees/{pk}": {"pk": town.tree.pk},
        "/agencies/{pk}": {"pk": town.scores_for.agency_id, "assessor": town.scores_for.pk},
        "/assessments/{pk}": {"pk": town.shown.assessment_id},
        "/given-assessments/{pk}": {"pk": town.shown.assessment_id},
        "/assessment-results/{pk}": {"pk": town.shown.assessment_id},
        "/assessment-evidence/{pk}": {"pk": town.shown.pk},
        "/incidents/{pk}": {"pk": town.harmed.pk},
        "/alerts/{pk}": {"pk": town.alert.pk},
        "/rectifications/{pk}": {"pk": town.ordered.pk, "finding": town.proof.finding_id},
        "/rectifications/files/{pk}": {"pk": town.proof.pk},
        "/sanctions/{pk}": {"pk": town.sanction.pk},
        "/office/institutions/{pk}/history": {"pk": town.filed.pk},
        "/office/certificates/{pk}": {"pk": town.certificate.pk},
        "/certificates/{code}": {"code": town.certificate.code},
    }


def told(browser: Client, operation: str, path: str) -> str:
    method = operation.split()[0]
    if operation == "POST /applications/{pk}/papers":
        return str(browser.post(path, {"slot": "lease", "file": desk.image()}).status_code)
    if operation == "POST /rectifications/{pk}/findings/{finding}/files":
        return str(browser.post(path, {"file": desk.image()}).status_code)
    if operation == "POST /staff/{pk}/certificates":
        said = {"kind": "nurse", "issuer": "某局", "issued_on": "2026-01-05"}
        return str(browser.post(path, said).status_code)
    if operation == "POST /assessments/{pk}/evidence":
        return str(browser.post(path, {"code": "1.1", "file": desk.image()}).status_code)
    if operation == "POST /indicator-trees/{pk}/items":
        return str(browser.post(path, {"version": 1, "file": desk.image()}).status_code)
    if operation == "POST /visits/{pk}/photos":
        moment = "2026-11-28T10:00:00+08:00"
        sent = {"key": str(uuid4()), "item": "fire.exits", "taken_at": moment, "sent_at": moment}
        return str(browser.post(path, sent | {"file": desk.image()}).status_code)
    if operation == "POST /imports":
        return str(browser.post(path, {"kind": "institutions", "file": desk.image()}).status_code)
    if operation == "POST /office/complaints":
        said = {
            "token": "x",
            "kind": "food",
            "text": " ",
            "arrived_by": "letter",
            "received_on": "2026-01-05",
        }
        return str(browser.post(path, said).status_code)
    if operation == "POST /policy-drafts":
        return str(browser.post(path, {"division_code": "320106", "text": "一、甲。"}).status_code)
    body = json.dumps(BODIES.get(operation, {"reason": "试试"})) if method != "GET" else ""
    return str(browser.generic(method, path, body, "application/json").status_code)


def path_of(operation: str, town: Town) -> str:
    address = operation.split()[1]
    given = next((v for k, v in places_of(town).items() if address.startswith(k)), {})
    return "/api/v1" + address.format(**given) + QUERIES.get(operation, "")


def test_every_operation_is_in_the_table() -> None:
    assert {row[0] for row in rows(OPERATIONS)} == {f"{d.method} {d.path}" for d in DECLARED}


@pytest.mark.django_db
def test_who_has_no_business_with_an_operation_is_told_so_and_changes_nothing(packs: None) -> None:
    town, browsers = built(), outsiders()
    before, wrong = digests(), []
    for operation, cell in rows(OPERATIONS):
        path = path_of(operation, town)
        found = [told(browsers[who], operation, path) for who in OUTSIDERS]
        if found != expected(cell):
            wrong.append(f"{operation} | {' '.join(found)} | table: {cell}")
        after = digests()
        wrong += [f"{operation} changed {label}" for label in before if before[label] != after[label]]
        before = after
    assert wrong == []


# ---------------------------------------------------------------- looking without reading

PUBLIC = (
    "/", "/nurseries/", "/nurseries/points.geojson", "/publications/", "/policy/", "/policy/320100/",
    "/policy/320100/rules/", "/sign-in/", "/sign-in/phone/", "/robots.txt", "/api/v1/openapi.json",
    "/api/v1/institutions", "/credit/lists/",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_may_be_asked_for_its_head(packs: None, address: str) -> None:
    response = Client().head(address)
    assert (response.status_code, response.content) == (200, b"")
    assert "no-store" not in response.get("Cache-Control", "") or address.startswith("/sign-in/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/account/", "/my/cases/", "/inbox/", "/api/v1/my/cases"])
def test_what_somebody_who_signed_in_was_shown_is_kept_by_no_browser(packs: None, address: str) -> None:
    browser = Client()
    browser.force_login(
        seated(Role.OFFICER, "health", desk.XUANWU), backend="tuoyu.accounts.backends.PeopleBackend"
    )
    response = browser.get(address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_no_administrator_sees_a_case_or_a_paper_even_of_the_own_county(packs: None, role: Role) -> None:
    town = built()
    browser = Client()
    browser.force_login(seated(role, "", desk.GULOU), backend="tuoyu.accounts.backends.PeopleBackend")
    given = arguments(town)
    for name in ("cases:case", "institutions:review", "institutions:paper", "institutions:record"):
        assert browser.get(reverse(name, args=given[name])).status_code in (403, 404), name
