"""Pairing a kindergarten with a childcare institution: one proposes, the other answers, either may end it."""

from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.institutions import provision, standing
from tuoyu.institutions.models import Institution, Pairing
from tuoyu.institutions.permissions import PAIR
from tuoyu.institutions.vocabulary import FILED, Kind

State = Pairing.State


@action
def propose_pairing(*, by: Actor, institution: Institution, other: Institution) -> Pairing:
    """Propose to pair one's own institution with another; it holds once the other agrees.

    Refused unless one is a kindergarten with classes and the other an institution of its own, both are filed,
    and the document where the kindergarten lies speaks of pairing.
    """
    require(by, PAIR, institution)
    both = {one.pk: one for one in Institution.objects.select_for_update().order_by("pk")
            .filter(pk__in=[institution.pk, other.pk])}  # fmt: skip
    institution, other = both[institution.pk], both[other.pk]
    wrong = _cannot_pair(institution, other)
    if wrong:
        raise Refused(wrong, status=409)
    by_kindergarten = institution.kind == Kind.KINDERGARTEN_CLASS
    kindergarten, nursery = (institution, other) if by_kindergarten else (other, institution)
    made = Pairing.objects.create(
        kindergarten=kindergarten, nursery=nursery, by_kindergarten=by_kindergarten, proposed_on=clock.today()
    )
    _tell(other, "有机构邀请结对", f"“{institution.name}”邀请与“{other.name}”结对，请在机构档案中答复。")
    for one in (institution, other):
        audit.record(by, "institution.pairing_proposed", one, topic=one.topic, place=one.division_code,
                     after={"pairing": made.pk})  # fmt: skip
    return made


def _cannot_pair(own: Institution, other: Institution) -> list[Problem]:
    kinds = {own.kind, other.kind}
    if kinds != {Kind.KINDERGARTEN_CLASS, Kind.INSTITUTION}:
        return [Problem("结对的一方应是开设托班的幼儿园，另一方是托育机构。", field="uscc")]
    kindergarten = own if own.kind == Kind.KINDERGARTEN_CLASS else other
    if provision.pairing_rule(kindergarten.division_code) is None:
        return [Problem("幼儿园所在地的文件没有说到结对。", field="uscc")]
    unfiled = [one.name for one in (own, other) if one.filing not in FILED]
    if unfiled:
        return [Problem(f"“{'”“'.join(unfiled)}”还没有备案，备案后才能结对。", field="uscc")]
    pairs = Pairing.objects.filter(kindergarten__in=[own, other], nursery__in=[own, other])
    if pairs.filter(state__in=Pairing.OPEN).exists():
        return [Problem("这两家已经结对，或已有一方提出、正待答复。", field="uscc")]
    return []


@action
def answer_pairing(*, by: Actor, pairing: Pairing, agrees: bool) -> Pairing:
    """Agree to what the other proposed, or decline; from the agreement on both records show it."""
    answering, proposing = _sides(pairing)
    require(by, PAIR, answering)
    if agrees:
        unfiled = [one.name for one in (answering, proposing) if one.filing not in FILED]
        if unfiled:
            raise Refused(f"“{'”“'.join(unfiled)}”现在没有备案，不能结对。", status=409)
        move(pairing, from_=State.PROPOSED, to=State.AGREED, agreed_on=clock.today())
    else:
        move(pairing, from_=State.PROPOSED, to=State.DECLINED)
    said = "同意" if agrees else "没有同意"
    _tell(proposing, "结对有了答复", f"“{answering.name}”{said}与“{proposing.name}”结对。")
    verb = "institution.paired" if agrees else "institution.pairing_declined"
    for one, with_ in ((answering, proposing), (proposing, answering)):
        audit.record(by, verb, one, topic=one.topic, place=one.division_code,
                     after={"pairing": pairing.pk}, note=f"与“{with_.name}”")  # fmt: skip
    return pairing


@action
def end_pairing(*, by: Actor, pairing: Pairing, reason: str) -> Pairing:
    """End a pairing, from either side, with a reason; what was stays in the history of both."""
    sides = _sides(pairing)
    own = next((one for one in sides if can(by, PAIR, one)), None)
    require(by, PAIR, own or sides[0])
    if not reason.strip():
        raise Refused(Problem("请写明结束结对的原因。", field="reason"))
    move(
        pairing,
        from_=State.AGREED,
        to=State.ENDED,
        ended_on=clock.today(),
        end_reason=reason.strip()[:200],
    )
    for one, with_ in (sides, sides[::-1]):
        if one is not own:
            _tell(one, "结对已结束", f"“{with_.name}”结束了与“{one.name}”的结对：{reason.strip()}")
        audit.record(by, "institution.unpaired", one, topic=one.topic, place=one.division_code,
                     after={"pairing": pairing.pk}, note=f"与“{with_.name}”：{reason.strip()}")  # fmt: skip
    return pairing


def _sides(pairing: Pairing) -> tuple[Institution, Institution]:
    """Who is to answer, and who proposed."""
    pair = (pairing.nursery, pairing.kindergarten)
    return pair if pairing.by_kindergarten else pair[::-1]


def _tell(institution: Institution, title: str, text: str) -> None:
    for user_id in standing.heads_of(institution.pk):
        tell(user_id, title, text, place=institution.division_code)
