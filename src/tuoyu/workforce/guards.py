"""What must not stand against a person before it is employed."""

from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import Filing
from tuoyu.workforce import barring

ENDED = "这家机构的备案已经注销，不能再登记入职；名册只供查看，离职照常登记。"


def not_ended(institution: Institution) -> None:
    """Refused when the institution's filing has been cancelled: it employs nobody any more, and so has
    nothing to ask about anybody."""
    if Institution.objects.filter(pk=institution.pk, filing=Filing.CANCELLED).exists():
        raise Refused(ENDED, status=409)


def before_hiring(person_identity: str, institution: Institution, post: str, by: Actor) -> None:
    """Refused, with the rule, when the person of this identity number must not be employed there in `post`.

    Every way into employment asks here, and only here, in the transaction that employs: until it ends nobody
    records a bar against the person, so that either the hire finds the bar or the bar finds the employment.
    """
    not_ended(institution)
    barring.hold(person_identity)
    found = barring.hindrances(person_identity)
    if found:
        raise Refused(barring.problems_at(institution.division_code, found), status=409)
