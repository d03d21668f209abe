"""Whose file it is, when the head of an institution brings one."""

from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import Permission, can, visible_to
from tuoyu.core.problems import Refused
from tuoyu.institutions.models import Institution


def heads_one(by: Actor, permission: Permission) -> bool:
    """Whether `by` heads one institution and holds the permission there; which one, whoever brings a file
    is asked."""
    return len(_headed(by)) == 1 and can(by, permission)


def own_institution(by: Actor, permission: Permission) -> Institution | None:
    """The one institution that `by` heads and for which it holds the permission."""
    headed = _headed(by)
    if len(headed) != 1:
        return None
    return visible_to(by, permission, Institution.objects.filter(pk__in=headed)).first()


def _headed(by: Actor) -> set[int]:
    return {seat.institution_id for seat in by.seats_as(Role.NURSERY_HEAD) if seat.institution_id}


def the_own(by: Actor, permission: Permission) -> Institution:
    """The same, for who must have one; Refused (403) where there is none (any more)."""
    found = own_institution(by, permission)
    if found is None:
        raise Refused("您没有可以导入的机构，或已不在这个岗位上，没有写入。", status=403)
    return found
