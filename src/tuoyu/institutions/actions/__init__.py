"""Every write of the institutions app."""

from tuoyu.institutions.actions.after_filing import (
    apply_change,
    cancel_filing,
    keep_yearly_result,
    resume,
    settled_in_words,
    start_after_filing,
    suspend,
)
from tuoyu.institutions.actions.applications import (
    add_papers,
    delete_draft,
    remove_paper,
    restore_draft,
    restore_paper,
    save_page,
    start_application,
    submit,
)
from tuoyu.institutions.actions.counts import state_counts
from tuoyu.institutions.actions.endings import (
    close_down,
    publicise,
    take_back_registration,
    withdraw_publication,
)
from tuoyu.institutions.actions.facts import (
    Ground,
    Supplier,
    move_state,
    state_classes,
    state_facts,
)
from tuoyu.institutions.actions.filing_alone import remind, start_filing
from tuoyu.institutions.actions.filings import (
    accept_verification,
    demand_rectification,
    issue_receipt,
    publish_nonconforming,
)
from tuoyu.institutions.actions.pairings import answer_pairing, end_pairing, propose_pairing
from tuoyu.institutions.actions.provision import open_places
from tuoyu.institutions.actions.registrations import Registered, register, report_registration
from tuoyu.institutions.actions.suspensions import call_off_suspension

__all__ = [
    "Ground",
    "Registered",
    "Supplier",
    "accept_verification",
    "add_papers",
    "answer_pairing",
    "apply_change",
    "call_off_suspension",
    "cancel_filing",
    "close_down",
    "delete_draft",
    "demand_rectification",
    "end_pairing",
    "issue_receipt",
    "keep_yearly_result",
    "move_state",
    "open_places",
    "propose_pairing",
    "publicise",
    "publish_nonconforming",
    "register",
    "remind",
    "remove_paper",
    "report_registration",
    "restore_draft",
    "restore_paper",
    "resume",
    "save_page",
    "settled_in_words",
    "start_after_filing",
    "start_application",
    "start_filing",
    "state_classes",
    "state_counts",
    "state_facts",
    "submit",
    "suspend",
    "take_back_registration",
    "withdraw_publication",
]
