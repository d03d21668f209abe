"""Agents: an applicant lets somebody else apply in its name, and takes it back at once."""

from datetime import date

from tuoyu.accounts import permissions, rules
from tuoyu.accounts.actions.seats import period
from tuoyu.accounts.models import AgentAuthorisation, User
from tuoyu.core import audit, clock, uploads
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.lookups import keyed_hashes
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.jurisdictions import atlas

OPEN = (AgentAuthorisation.State.OFFERED, AgentAuthorisation.State.ACTIVE)
MOST_OPEN = 10


def keys_of(user: User) -> list[str]:
    """The hashes of the names by which somebody may have been authorised; an unproved phone is none."""
    named = [user.username]
    if user.phone and user.phone_proved_at:
        named.append(user.phone)
    return [key for name in named for key in keyed_hashes(name)]


@action
def authorise_agent(
    *,
    by: Actor,
    agent: str,
    matter: str,
    ends_on: date,
    division_code: str = "",
    scope: str = "",
    starts_on: date | None = None,
    letter: uploads.Handed | None = None,
) -> AgentAuthorisation:
    """Offer to let `agent` (a phone or a username) act for the one who asks, in a matter and at a place.

    Without a place it is everywhere. `scope` is what the letter says besides; nothing follows from it.
    """
    if by.user_id is None:
        raise Refused("请先登录。", status=403)
    # Held, so that two offers at once are counted one after the other.
    principal = User.objects.select_for_update().get(pk=by.user_id)
    named = rules.phone_of(agent) or agent.strip().lower()
    problems = []
    if not (rules.phone_of(agent) or rules.USERNAME.fullmatch(named)):
        problems.append(Problem("请填写代办人的手机号或账号。", field="agent"))
    if set(keyed_hashes(named)) & set(keys_of(principal)):
        problems.append(Problem("不能授权给自己。", field="agent"))
    if matter not in rules.MATTERS:
        problems.append(Problem("请选择委托事项。", field="matter"))
    place = atlas.places().get(division_code)
    if division_code and (place is None or place.abolished or place.level == "street"):
        problems.append(
            Problem("请选择省、市或县（市、区）。", field="division_code", fix="不限地区的可以不填。")
        )
    if ends_on < clock.today():
        problems.append(Problem("结束日期已过。", field="ends_on"))
    if problems:
        raise Refused(problems)
    still = AgentAuthorisation.objects.filter(principal=principal, state__in=OPEN)
    if still.exclude(valid__fully_lt=(clock.today(), None)).count() >= MOST_OPEN:
        raise Refused(f"有效和待接受的授权已有 {MOST_OPEN} 份，请先撤销不用的。", status=409)
    made = AgentAuthorisation.objects.create(
        principal=principal,
        agent_named=named,
        matter=matter,
        division_code=division_code,
        scope=scope.strip(),
        letter=uploads.store(file=letter, by=by, purpose="agent_letter") if letter else None,
        valid=period(starts_on, ends_on),
    )
    after = {"matter": matter, "division_code": division_code, "scope": made.scope}
    audit.record(by, "agent.authorised", made, topic=f"person:{principal.pk}", after=after)
    return made


@action
def answer_authorisation(*, by: Actor, authorisation: AgentAuthorisation, accept: bool) -> None:
    """The agent takes the offer or declines it."""
    if by.user_id is None:
        raise Refused("请先登录。", status=403)
    user = User.objects.get(pk=by.user_id)
    if authorisation.agent_key not in keys_of(user):
        raise Refused("这份授权不是给您的。", status=403)
    if authorisation.valid.upper and authorisation.valid.upper <= clock.today():
        raise Refused("这份授权已过期。", status=410)
    states = AgentAuthorisation.State
    move(
        authorisation,
        from_=states.OFFERED,
        to=states.ACTIVE if accept else states.DECLINED,
        agent_id=user.pk,
        answered_at=clock.now(),
    )
    verb = "agent.accepted" if accept else "agent.declined"
    audit.record(by, verb, authorisation, topic=f"person:{authorisation.principal_id}")


@action
def revoke_authorisation(*, by: Actor, authorisation: AgentAuthorisation) -> None:
    """Either side ends it; from this moment the agent may do nothing more."""
    require(by, permissions.SEE_AUTHORISATION, authorisation)
    move(
        authorisation,
        from_=(AgentAuthorisation.State.OFFERED, AgentAuthorisation.State.ACTIVE),
        to=AgentAuthorisation.State.REVOKED,
        revoked_at=clock.now(),
        revoked_by_id=by.user_id,
    )
    audit.record(by, "agent.revoked", authorisation, topic=f"person:{authorisation.principal_id}")
