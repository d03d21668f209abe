"""What must not stand against a person before it is employed."""

from tuoyu.core.actor import Actor
from tuoyu.core.problems import Refused
from tuoyu.institutions.models import Institution
from tuoyu.workforce import barring


def before_hiring(person_identity: str, institution: Institution, post: str, by: Actor) -> None:
    """Refused, with the rule, when the person of this identity number must not be employed there in `post`.

    Every way into employment asks here, and only here, in the transaction that employs: until it ends nobody
    records a bar against the person, so that either the hire finds the bar or the bar finds the employment.
    """
    barring.hold(person_identity)
    found = barring.hindrances(person_identity)
    if found:
        raise Refused(barring.problems_at(institution.division_code, found), status=409)
