"""Every write of the accounts app."""

from tuoyu.accounts.actions.agents import answer_authorisation, authorise_agent, revoke_authorisation
from tuoyu.accounts.actions.api_clients import create_api_client, revoke_api_client
from tuoyu.accounts.actions.codes import make_code, send_code, try_code
from tuoyu.accounts.actions.invitations import accept, invite, withdraw_invitation
from tuoyu.accounts.actions.people import (
    change_details,
    change_password,
    change_phone,
    note_phone_proved,
    register,
    reset_two_step,
    unlock,
    walk_in_applicant,
)
from tuoyu.accounts.actions.seats import (
    create_first_administrator,
    deactivate,
    end_seat,
    give_seat,
    substitute,
)

__all__ = [
    "accept",
    "answer_authorisation",
    "authorise_agent",
    "change_details",
    "change_password",
    "change_phone",
    "create_api_client",
    "create_first_administrator",
    "deactivate",
    "end_seat",
    "give_seat",
    "invite",
    "make_code",
    "note_phone_proved",
    "register",
    "reset_two_step",
    "revoke_api_client",
    "revoke_authorisation",
    "send_code",
    "substitute",
    "try_code",
    "unlock",
    "walk_in_applicant",
    "withdraw_invitation",
]
