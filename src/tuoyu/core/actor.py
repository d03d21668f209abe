"""Who acts: a person with seats, a system of another office, or the program itself."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Q


class Role(StrEnum):
    """The roles of the permission table; a person may hold several, each at its own place."""

    PUBLIC = "public"
    APPLICANT = "applicant"
    GUARDIAN = "guardian"
    NURSERY_HEAD = "nursery_head"
    NURSERY_STAFF = "nursery_staff"
    CLERK = "clerk"
    ASSESSOR = "assessor"
    OFFICER = "officer"
    DEPARTMENT_LEAD = "department_lead"
    JURISDICTION_LEAD = "jurisdiction_lead"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    REGISTRAR_SYSTEM = "registrar_system"


ROLE_NAMES = {
    Role.PUBLIC: "公众",
    Role.APPLICANT: "申办人",
    Role.GUARDIAN: "家长",
    Role.NURSERY_HEAD: "机构负责人",
    Role.NURSERY_STAFF: "机构工作人员",
    Role.CLERK: "窗口人员",
    Role.ASSESSOR: "评估人员",
    Role.OFFICER: "经办人员",
    Role.DEPARTMENT_LEAD: "部门负责人",
    Role.JURISDICTION_LEAD: "牵头负责人",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
    Role.REGISTRAR_SYSTEM: "登记机关系统",
}


@dataclass(frozen=True)
class Seat:
    """One post an actor holds: a role, in a department, over places.

    `prefixes` are the division prefixes of the places it covers; an empty string covers the country.
    """

    role: Role
    department: str = ""
    prefixes: tuple[str, ...] = ()
    division_code: str = ""
    institution_id: int | None = None
    membership_id: int | None = None

    def covers(self, path: str) -> Q:
        """The condition that the division code at `path` lies in this seat's places."""
        if "" in self.prefixes:
            return Q()
        reach = Q(pk__in=[])
        for prefix in self.prefixes:
            reach |= Q(**{f"{path}__startswith": prefix})
        return reach

    def covers_place(self, division_code: str) -> bool:
        """Whether one place lies in this seat's places."""
        return any(division_code.startswith(prefix) for prefix in self.prefixes)


@dataclass(frozen=True)
class Mandate:
    """What one principal lets an agent do in its name: where, and by which procedures; empty means any."""

    principal_id: int
    prefix: str = ""
    procedures: frozenset[str] = frozenset()

    def covers(self, division_code: str, procedure: str) -> bool:
        """Whether something at that place, by that procedure, is part of it."""
        within = not self.procedures or procedure in self.procedures
        return within and division_code.startswith(self.prefix)


@dataclass(frozen=True)
class Actor:
    """The one who acts; every action takes one as `by`.

    `owner_ids` are the people in whose name the actor may act as an applicant in anything: itself, and
    whoever has authorised it as an agent. In what it may act for each of these the `mandates` say: rows are
    narrowed by `own`, one thing is asked of `may_act_for`.
    """

    label: str
    user_id: int | None = None
    seats: tuple[Seat, ...] = field(default=(Seat(Role.PUBLIC, prefixes=("",)),))
    owner_ids: frozenset[int] = frozenset()
    kind: str = "person"
    address: str = ""
    mandates: tuple[Mandate, ...] = ()

    @classmethod
    def public(cls, address: str = "") -> "Actor":
        """Someone who has not signed in."""
        return cls(label="公众", address=address)

    @classmethod
    def system(cls, name: str) -> "Actor":
        """The program itself, at a job or a command; it may do everything and says so in the audit."""
        return cls(label=f"系统：{name}", kind="system", seats=())

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    def own(self, owner: str, at: str = "") -> Q:
        """The condition that `owner` is the actor, or a principal whose mandate covers place and procedure.

        `at` leads to the row that has `division_code` and `procedure` (as in "application__").
        """
        if self.user_id is None:
            return Q(pk__in=[])
        reach = Q(**{owner: self.user_id})
        for mandate in self.mandates:
            covered = Q(**{owner: mandate.principal_id})
            if mandate.prefix:
                covered &= Q(**{f"{at}division_code__startswith": mandate.prefix})
            if mandate.procedures:
                covered &= Q(**{f"{at}procedure__in": sorted(mandate.procedures)})
            reach |= covered
        return reach

    def may_act_for(self, person_id: int, *, division_code: str, procedure: str) -> bool:
        """Whether the actor may act in that person's name there, by that procedure."""
        if person_id == self.user_id:
            return True
        mandates = [m for m in self.mandates if m.principal_id == person_id]
        return any(m.covers(division_code, procedure) for m in mandates)

    def seats_as(self, *roles: Role) -> tuple[Seat, ...]:
        """The seats this actor holds in any of `roles`."""
        return tuple(seat for seat in self.seats if seat.role in roles)

    def holds(self, *roles: Role) -> bool:
        return bool(self.seats_as(*roles))
