"""Whatever a page can do the API can do, by the same action.

The table is written by hand: a page that takes a POST, the operations that do the same, and the names of
what both of them call. A new page needs a line, and a page that has no operation says here why.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from architecture.test_strangers import PAGES, rows
from tuoyu.exchange.api.operations import DECLARED, Declared

SAME = """
jurisdictions:decide | POST /settings | decide_setting
jurisdictions:set_workday | PUT /workdays/{day} | set_workday
jurisdictions:clear_workday | POST /workdays/{day}/clearance | clear_workday
account_login | POST /session/by-password | SignIn
mfa_authenticate | POST /session/second-step | SecondStep
account_reauthenticate | POST /me/confirmation | by_password
mfa_reauthenticate | POST /me/confirmation | by_two_step
mfa_activate_totp | POST /me/two-step/start, POST /me/two-step | activate_totp
mfa_deactivate_totp | POST /me/two-step/end | deactivate_totp
mfa_generate_recovery_codes | POST /me/recovery-codes | generate_recovery_codes
accounts:by_phone | POST /phone-codes | send_code
accounts:register | POST /phone-codes | send_code
accounts:code | POST /session/by-code | try_code, enter
accounts:registration | POST /accounts | register, enter
accounts:sign_out | POST /session/end | logout
accounts:invitation | POST /invitation-links/{token}/acceptance | accept
accounts:profile | PUT /me | change_details
accounts:choose_seat | PUT /session/seat | choose_seat
accounts:password | POST /me/password | change_password
accounts:phone | POST /me/phone/code | send_code
accounts:phone_code | POST /me/phone | try_code, change_phone
accounts:confirm_phone | POST /me/confirmation/code, POST /me/confirmation | send_to_phone, by_phone
accounts:agents | POST /me/agents | authorise_agent
accounts:agent_answer | POST /agents/{pk}/answer | answer_authorisation
accounts:agent_revoke | POST /agents/{pk}/revocation | revoke_authorisation
accounts:invite | POST /invitations | invite
accounts:withdraw_invitation | POST /invitations/{pk}/withdrawal | withdraw_invitation
accounts:give_seat | POST /people/{pk}/seats | give_seat
accounts:end_seat | POST /seats/{pk}/end | end_seat
accounts:substitute | POST /seats/{pk}/substitutes | substitute
accounts:reset_two_step | POST /people/{pk}/two-step-reset | reset_two_step
accounts:unlock | POST /people/{pk}/unlocking | unlock
accounts:api_clients | POST /api-clients | create_api_client
accounts:revoke_api_client | POST /api-clients/{pk}/revocation | revoke_api_client
cases:decision | POST /cases/{number}/steps/{key}/decision | decide
cases:take | POST /cases/{number}/steps/{key}/taking | take
cases:assignee | PUT /cases/{number}/steps/{key}/assignee | reassign
cases:withdrawal | POST /cases/{number}/withdrawal | withdraw
cases:notices_read | POST /notices/reading | read_notices
policy:read | POST /policy-drafts | draft_from
policy:draft_departments | PATCH /policy-drafts/{pk}/parts/{key} | correct
policy:draft_words | PATCH /policy-drafts/{pk}/parts | correct_many
policy:draft_part | PATCH /policy-drafts/{pk}/parts/{key}, POST /policy-drafts/{pk}/parts/{key}/removal, POST /policy-drafts/{pk}/parts/{key}/restoration, POST /policy-drafts/{pk}/parts/{key}/rereading, POST /policy-drafts/{pk}/parts/{key}/settling | correct, remove_part, restore_part, reread_part, settle
policy:draft_add | POST /policy-drafts/{pk}/parts | add_part
policy:draft_adoption | POST /policy-drafts/{pk}/adoption | adopt
policy:draft_discard | POST /policy-drafts/{pk}/discarding | discard
policy:draft_resume | POST /policy-drafts/{pk}/resumption | resume
imports:new | POST /imports | read_file
imports:decision | POST /imports/{pk}/decision | decide
imports:discarding | POST /imports/{pk}/discarding | discard
institutions:start | POST /applications | start_application
institutions:desk | POST /walk-ins, POST /applications | walk_in_applicant, start_application
institutions:filing | POST /filings | start_filing
institutions:desk_filing | POST /walk-ins, POST /filings | start_filing
institutions:matters | POST /matters | start_after_filing
institutions:desk_matters | POST /walk-ins, POST /matters | start_after_filing
institutions:page | PATCH /applications/{pk}/pages/{page}, POST /applications/{pk}/papers, DELETE /papers/{pk}, POST /papers/{pk}/restoration | save_page, add_papers, remove_paper, restore_paper
institutions:review | POST /applications/{pk}/submission | submit
institutions:delete | DELETE /applications/{pk} | delete_draft
institutions:restore | POST /applications/{pk}/restoration | restore_draft
institutions:state_counts | POST /office/institutions/{pk}/counts | state_counts
institutions:openings | POST /office/institutions/{pk}/opened-places | open_places
institutions:pairings | POST /office/institutions/{pk}/pairings | propose_pairing
institutions:pairing | POST /office/institutions/{pk}/pairings/{number} | answer_pairing, end_pairing
institutions:calling_off | POST /office/institutions/{pk}/suspensions/{number}/calling-off | call_off_suspension
institutions:remind | POST /office/institutions/{pk}/reminder | remind
supervision:confirm | POST /inspections/{pk}/confirmation | confirm
supervision:publish | POST /inspections/{pk}/publication | publish
supervision:correct | POST /inspections/{pk}/corrections | correct
workforce:institution_service | POST /service-periods | enter_service
workforce:decide_service | POST /service-periods/{pk}/decision | decide_service
workforce:certify_service | POST /employments/{pk}/service-certificate | certify_service
workforce:new_session | POST /training-sessions | open_course, plan_session
workforce:enrol | POST /training-sessions/{pk}/enrolments | enrol
workforce:confirm_presence | POST /training-sessions/{pk}/presence | confirm_presence
workforce:cancel_session | POST /training-sessions/{pk}/cancellation | cancel_session
workforce:correct_hours | POST /training-hours/{pk}/correction | correct_hours
workforce:sign_in | POST /training-sign-ins | sign_in_by_code
workforce:record_bar | POST /bars | record_bar
workforce:correct_bar | POST /bars/{pk}/correction | correct_bar
workforce:correct_record_check | POST /record-check-hits/{pk}/correction | correct_record_check
complaints:report | POST /complaints | report
complaints:tracker | POST /complaints/tracker | look_up
complaints:rating | POST /complaints/tracker/rating | rate
complaints:review | POST /complaints/tracker/review | ask_review
complaints:record_new | POST /office/complaints | record
complaints:reporter | POST /office/complaints/{number}/reporter | reveal_reporter
complaints:department | POST /office/complaints/{number}/department | hand_over
complaints:extension | POST /office/complaints/{number}/extension | extend
supervision:make_plan | POST /inspection-plans | make_plan
supervision:adopt_plan | POST /inspection-plans/{pk}/adoption | adopt_plan
supervision:amend_plan | POST /inspection-plans/{pk}/amendments | amend_plan
supervision:freeze_draw | POST /inspection-plans/{pk}/draws | freeze_draw
supervision:draw_lots | POST /inspection-draws/{pk}/lots | draw_lots
supervision:replace_draw | POST /inspection-draws/{pk}/replacement | replace_draw
supervision:witness_draw | POST /inspection-draws/{pk}/witnessing | witness_draw
supervision:conflicts | POST /conflicts-of-interest | declare_conflict
supervision:lift_conflict | POST /conflicts-of-interest/{pk}/lifting | lift_conflict
exchange:acknowledge | POST /messages/{pk}/acknowledgement | acknowledge
exchange:retry | POST /deliveries/{pk}/retry | retry
exchange:connectors | POST /connectors | set_connector
exchange:remove_connector | POST /connectors/{pk}/removal | remove_connector
workforce:hiring | POST /office/institutions/{pk}/staff | read_hiring, hire
workforce:search | POST /staff/search | find_person
workforce:identity | POST /staff/{pk}/identity | reveal_identity
workforce:details | PATCH /staff/{pk} | read_mending, mend_employment
workforce:class | PUT /staff/{pk}/class | assign_to_class
workforce:end | POST /staff/{pk}/end | end_employment
workforce:certificate | POST /staff/{pk}/certificates | read_certificate, record_qualification
workforce:check | POST /staff/{pk}/checks | record_check_asked
workforce:withdrawal | POST /staff/certificates/{pk}/withdrawal | withdraw_qualification
credit:correct | POST /credit-events/{pk}/correction | correct_event
credit:repair | POST /credit-events/{pk}/requests | ask
credit:objection | POST /credit-events/{pk}/requests | ask
credit:take_off_list | POST /credit-lists/{pk}/removal | take_off_list
credit:mine | POST /my/credit-file | open_own_file
credit:record | POST /office/institutions/{pk}/credit-events | record_event
credit:put_on_list | POST /office/institutions/{pk}/credit-lists | put_on_list
workforce:answer | POST /staff/checks/{pk}/answer | record_check_answered
ratings:trees | POST /indicator-trees | draft_tree
ratings:write_tree | PUT /indicator-trees/{pk} | write_tree
ratings:bring_items | POST /indicator-trees/{pk}/items | bring_items
ratings:adopt_tree | POST /indicator-trees/{pk}/adoption | adopt_tree
ratings:discard_tree | POST /indicator-trees/{pk}/discarding | discard_tree
ratings:agencies | POST /agencies | add_agency
ratings:agency | POST /agencies/{pk}/assessors | name_assessor
ratings:end_agency | POST /agencies/{pk}/end | end_agency
ratings:let_assessor_go | POST /agencies/{pk}/assessors/{assessor}/end | let_assessor_go
ratings:begin | POST /office/institutions/{pk}/assessments | begin
ratings:assess_self | PUT /assessments/{pk}/self | save_self
ratings:hand_in_self | POST /assessments/{pk}/self/hand-in | hand_in_self
ratings:add_evidence | POST /assessments/{pk}/evidence | add_evidence
ratings:remove_evidence | DELETE /assessment-evidence/{pk} | remove_evidence
ratings:score | PUT /given-assessments/{pk}/scores | save_scores
ratings:hand_in_scores | POST /given-assessments/{pk}/hand-in | hand_in_scores
ratings:conduct | POST /assessments/{pk}/telling, POST /assessments/{pk}/sending-back, POST /assessments/{pk}/answer, POST /assessments/{pk}/calling-off | tell_result, send_back, answer_objection, call_off
ratings:respond | POST /assessments/{pk}/acceptance, POST /assessments/{pk}/objections | accept, object_to
ratings:withdraw | POST /assessments/{pk}/withdrawal | withdraw_result
care:day | PUT /office/institutions/{pk}/days/{day} | state_day
care:report_incident | POST /office/institutions/{pk}/incidents | report_incident
alerts:acknowledge | POST /alerts/{pk}/acknowledgement | acknowledge
alerts:resolve | POST /alerts/{pk}/resolution | resolve
alerts:evaluate | POST /office/institutions/{pk}/alerts/evaluation | look_now
care:answer | POST /incidents/{pk}/answer | answer_incident
supervision:extension | POST /rectifications/{pk}/extension | extend_rectification
supervision:silence | POST /rectifications/{pk}/silence | pass_over_silence
supervision:ground | PUT /rectifications/{pk}/ground | state_ground
supervision:recheck | POST /rectifications/{pk}/recheck | order_recheck
supervision:publish_failing | POST /rectifications/{pk}/publication | publish_failing
supervision:open_penalty | POST /rectifications/{pk}/penalty | open_penalty
supervision:own_rectification | POST /rectifications/{pk}/answer, POST /rectifications/{pk}/findings/{finding}/files | answer, add_proof
supervision:answer_rectification | POST /rectifications/{pk}/answer, POST /rectifications/{pk}/findings/{finding}/files | answer, add_proof
supervision:hearing | POST /sanctions/{pk}/hearing | record_hearing
supervision:publish_sanction | POST /sanctions/{pk}/publication | publish_sanction
supervision:overturn | POST /sanctions/{pk}/overturning | overturn
supervision:ask_hearing | POST /sanctions/{pk}/hearing-request | ask_hearing
supervision:ask_review | POST /sanctions/{pk}/review | ask_review
"""  # noqa: E501 - a table
# Pages that only show: the operations that answer the same, or why there is none.
SHOWN = """
jurisdictions:settings | GET /settings
jurisdictions:calendar | GET /workdays, GET /workdays/corrections
mfa_index | GET /me
mfa_view_recovery_codes | GET /me/recovery-codes
accounts:agent_letter | GET /agents/{pk}/letter
accounts:people | GET /seats
accounts:person | GET /people/{pk}, GET /seats/{pk}/substitutes
accounts:invitations | GET /invitations
accounts:lock_outs | GET /lock-outs
accounts:audit | GET /audit-events
accounts:audit_export | GET /audit-events
cases:inbox | GET /inbox, GET /inbox/counts
cases:list | GET /cases
cases:case | GET /cases/{number}, GET /cases/{number}/steps/{key}/colleagues
cases:mine | GET /my/cases
cases:tracker | GET /cases/{number}
cases:notices | GET /notices
policy:index | GET /jurisdictions
policy:clauses | GET /jurisdictions/{code}/clauses
policy:targets | GET /jurisdictions/{code}/targets
policy:checklists | GET /checklists
policy:rules | GET /rules
policy:drafts | GET /policy-drafts
policy:draft | GET /policy-drafts/{pk}, GET /policy-drafts/{pk}/problems
policy:draft_others | GET /policy-drafts/{pk}
policy:draft_changes | GET /policy-drafts/{pk}/changes
policy:draft_download | GET /policy-drafts/{pk}/files
imports:list | GET /imports, GET /import-kinds
imports:template | GET /import-kinds/{kind}/template
imports:record | GET /imports/{pk}
imports:defects | GET /imports/{pk}/defects
institutions:applications | GET /applications, GET /deleted-applications
institutions:paper | GET /papers/{pk}/file
institutions:application | GET /applications/{pk}
institutions:handed_in | GET /cases/{number}
institutions:list | GET /office/institutions
institutions:unfiled | GET /office/institutions/unfiled
institutions:record | GET /office/institutions/{pk}, GET /office/institutions/{pk}/yearly
institutions:counts | GET /office/institutions/{pk}/counts, GET /office/institutions/{pk}/counts/last
institutions:history | GET /office/institutions/{pk}/history
institutions:asked_again | GET /asked-again
institutions:certificate | GET /office/certificates/{pk}/file
institutions:verify | GET /certificates/{code}
supervision:inspections | GET /inspections
supervision:inspection | GET /inspections/{pk}
supervision:photo | GET /inspection-photos/{pk}/file
supervision:institution_inspections | GET /office/institutions/{pk}/inspections
supervision:notice | GET /office/institutions/{pk}/inspections
supervision:results | GET /inspection-results
supervision:field | GET /visits, POST /visits/{pk}, POST /visits/{pk}/photos
supervision:field_worker | none: says which files the page on a phone needs
workforce:service_periods | GET /service-periods
alerts:board | GET /alerts
alerts:alert | GET /alerts/{pk}
alerts:institution | GET /alerts
ratings:tree | GET /indicator-trees/{pk}, GET /indicator-outlines
ratings:assessments | GET /assessments
ratings:gaps | GET /assessment-gaps
ratings:items_file | GET /indicator-trees/{pk}/items
ratings:assessment | GET /assessments/{pk}
ratings:of_institution | GET /office/institutions/{pk}/assessments
ratings:given | GET /given-assessments, GET /given-assessments/{pk}
ratings:evidence_file | GET /assessment-evidence/{pk}/file
ratings:results | GET /assessment-results
ratings:result | GET /assessment-results/{pk}
care:on_day | GET /daily-returns
care:days | GET /office/institutions/{pk}/days, GET /office/institutions/{pk}/days/{day}
care:incidents | GET /incidents
care:institution_incidents | GET /incidents
care:incident | GET /incidents/{pk}
supervision:rectifications | GET /rectifications
supervision:rectification | GET /rectifications/{pk}
supervision:proof | GET /rectifications/files/{pk}
supervision:sanctions | GET /sanctions
supervision:sanction | GET /sanctions/{pk}
supervision:own_sanction | GET /sanctions/{pk}
supervision:follow_up | GET /rectifications, GET /sanctions
workforce:service_certificate | GET /service-certificates/{pk}/file
workforce:sessions | GET /training-sessions
workforce:session | GET /training-sessions/{pk}
workforce:sign_in_code | GET /training-sessions/{pk}/sign-in-code
workforce:my_hours | GET /my/hours
workforce:institution_hours | GET /office/institutions/{pk}/training
workforce:person_hours | GET /office/institutions/{pk}/training/{person}
workforce:training_gaps | GET /training-gaps
workforce:bars | GET /bars
workforce:bar | GET /bars/{pk}
workforce:record_check_hits | GET /record-check-hits
workforce:bar_alerts | GET /bar-alerts
complaints:list | GET /office/complaints, GET /office/complaints/figures
complaints:complaint | GET /office/complaints/{number}
complaints:of_institution | GET /office/institutions/{pk}/complaints
complaints:attachment | GET /office/complaints/{number}/attachments/{pk}
supervision:plans | GET /inspection-plans, GET /inspection-plans/offers
supervision:plan | GET /inspection-plans/{pk}
supervision:lacking | GET /inspection-plans/{pk}/lacking
supervision:draw | GET /inspection-draws/{pk}, GET /inspection-draws/{pk}/lots
supervision:witnessing | GET /inspection-draws-to-witness
supervision:rounds | GET /draw-rounds
supervision:round | GET /draw-rounds/{pk}
supervision:round_file | GET /draw-rounds/{pk}/file
credit:board | GET /credit-events
credit:event | GET /credit-events/{pk}
credit:request | GET /credit-requests/{pk}
credit:person | GET /credit-people/{pk}
credit:lists | GET /credit-lists
credit:institution | GET /office/institutions/{pk}/credit
exchange:messages | GET /messages
exchange:deliveries | GET /deliveries
workforce:staff | GET /office/institutions/{pk}/staff
workforce:staffing | GET /office/institutions/{pk}/staffing
workforce:overview | GET /staff
workforce:alerts | GET /staff/alerts
workforce:several | GET /staff/several
workforce:person | GET /staff/{pk}
workforce:paper | GET /staff/certificates/{pk}/file
portal:directory | GET /institutions
portal:points | GET /institutions
portal:institution | GET /institutions/{pk}, GET /institutions/{pk}/suspensions
portal:publications | GET /publications
portal:home | none: leads on to the pages of the directory and of policy
accounts:home | none: leads each person to the page where the work begins
"""
# Takes a POST and does nothing with it.
NOTHING = {"robots", "api-v1:openapi"}


def views(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, Any]]:
    """The name of every address, and its view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}{pattern.name}", pattern.callback


def same() -> dict[str, tuple[list[str], list[str]]]:
    found = {}
    for page, operations, names in rows(SAME):
        found[page] = (operations.split(", "), names.split(", "))
    return found


def operations() -> dict[str, Declared]:
    return {f"{one.method} {one.path}": one for one in DECLARED}


def source_of(module: str) -> str:
    return inspect.getsource(sys.modules[module])


def test_every_page_that_takes_a_post_has_its_line() -> None:
    takes = {page for page, _, post in rows(PAGES) if "405" not in post.split()}
    assert set(same()) == takes - NOTHING


def test_every_page_that_only_shows_has_its_line() -> None:
    shows = {page for page, *_ in rows(PAGES)} - set(same()) - NOTHING
    told = dict(rows(SHOWN))
    assert set(told) == shows
    answers = [one for cell in told.values() if not cell.startswith("none: ") for one in cell.split(", ")]
    assert set(answers) <= set(operations())


def test_what_a_page_does_an_operation_does() -> None:
    known = operations()
    missing = {page: told for page, (told, _) in same().items() if not set(told) <= set(known)}
    assert missing == {}


def test_page_and_operation_call_the_same() -> None:
    known, found, wrong = operations(), dict(views()), []
    for page, (told, names) in same().items():
        sources = {"operation": "".join(source_of(known[one].name.rpartition(".")[0]) for one in told)}
        module = found[page].__module__
        # What third-party pages call is theirs; the operation must call it by their name.
        if module.startswith("tuoyu."):
            sources["page"] = source_of(module)
        wrong += [
            f"{page}: the {where} does not name {name}"
            for name in names
            for where, source in sources.items()
            if not re.search(rf"\b{name}\b", source)
        ]
    assert wrong == []
