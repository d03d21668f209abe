"""Addresses of sign-in, one's own account, and the administrators' pages.

Names without a namespace are those allauth leads to; only those of its pages that we use exist.
"""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as two_step
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import include, path

from tuoyu.accounts import confirmation
from tuoyu.accounts.models import PhoneCode
from tuoyu.accounts.views import audit, people, profile, security, sign_in
from tuoyu.core import access

own = access.signed_in("one's own two-step verification")
REGISTER = {"purpose": PhoneCode.Purpose.REGISTER}

third_party: list[Any] = [
    path("sign-in/", access.public("people sign in here")(account.login), name="account_login"),
    path(
        "sign-in/second-step/",
        access.public("the second step of signing in")(two_step.authenticate),
        name="mfa_authenticate",
    ),
    path("account/confirm/", own(account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", own(two_step.reauthenticate), name="mfa_reauthenticate"),
    path("account/two-step/", own(two_step.index), name="mfa_index"),
    path("account/two-step/on/", own(confirmation.asked(totp.activate_totp)), name="mfa_activate_totp"),
    path("account/two-step/off/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/two-step/codes/", profile.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/two-step/codes/new/",
        own(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]

pages: list[Any] = [
    path("home/", sign_in.home, name="home"),
    path("sign-in/phone/", sign_in.by_phone, name="by_phone"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("register/", sign_in.by_phone, REGISTER, name="register"),
    path("register/details/", sign_in.registration, name="registration"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("invitations/<str:token>/", sign_in.invitation, name="invitation"),
    path("account/", profile.profile, name="profile"),
    path("account/seat/", profile.choose_seat, name="choose_seat"),
    path("account/password/", profile.password, name="password"),
    path("account/phone/", profile.phone, name="phone"),
    path("account/phone/code/", profile.phone_code, name="phone_code"),
    path("account/confirm/phone/", profile.confirm_phone, name="confirm_phone"),
    path("account/agents/", profile.agents, name="agents"),
    path("account/agents/<int:pk>/answer/", profile.agent_answer, name="agent_answer"),
    path("account/agents/<int:pk>/revoke/", profile.agent_revoke, name="agent_revoke"),
    path("account/agents/<int:pk>/letter/", profile.agent_letter, name="agent_letter"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/", people.invitations, name="invitations"),
    path("people/invitations/<int:pk>/withdraw/", people.withdraw_invitation, name="withdraw_invitation"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/seats/", people.give_seat, name="give_seat"),
    path("people/<int:pk>/two-step/", security.reset_two_step, name="reset_two_step"),
    path("people/seats/<int:pk>/end/", people.end_seat, name="end_seat"),
    path("people/seats/<int:pk>/substitute/", people.substitute, name="substitute"),
    path("security/", security.lock_outs, name="lock_outs"),
    path("security/unlock/", security.unlock, name="unlock"),
    path("security/api-clients/", security.api_clients, name="api_clients"),
    path("security/api-clients/<int:pk>/revoke/", security.revoke_api_client, name="revoke_api_client"),
    path("audit/", audit.events, name="audit"),
    path("audit/export/", audit.export, name="audit_export"),
]

urlpatterns = [*third_party, path("", include((pages, "accounts")))]
