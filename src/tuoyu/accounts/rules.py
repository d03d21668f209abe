"""What follows from given facts about people, phones, passwords and seats; no database."""

import re
import string
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from tuoyu.core.actor import ROLE_NAMES, Role
from tuoyu.core.problems import Problem

PHONE = re.compile(r"1[3-9][0-9]{9}")
USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,31}")

# Sign-in by phone: how long a code holds, how often it may be tried, how often it may be asked for.
CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=5)
CODE_ATTEMPTS = 5
PROOF_LASTS = timedelta(minutes=15)
INVITATION_LASTS = timedelta(days=7)

# Level-protection practice (等级保护): ten characters at least, of three of the four classes.
PASSWORD_LENGTH = 10
PASSWORD_CLASSES = 3

IN_DEPARTMENT = frozenset({Role.CLERK, Role.OFFICER, Role.DEPARTMENT_LEAD})
AT_A_PLACE = IN_DEPARTMENT | {Role.JURISDICTION_LEAD}
# An assessor belongs to an agency outside the offices; the place says whose administrator gave the seat.
NEEDS_A_PLACE = AT_A_PLACE | {Role.ASSESSOR}
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
IN_INSTITUTION = frozenset({Role.NURSERY_HEAD, Role.NURSERY_STAFF})
WINDOW_DEPARTMENTS = frozenset({"gov_services", "admin_approval"})


@dataclass(frozen=True)
class Limit:
    """At most `count` within `within`."""

    count: int
    within: timedelta


CODES_A_PHONE = (
    Limit(1, timedelta(minutes=1)),
    Limit(5, timedelta(hours=1)),
    Limit(10, timedelta(days=1)),
)
CODES_AN_ADDRESS = (Limit(10, timedelta(minutes=10)), Limit(60, timedelta(days=1)))


def phone_of(written: str) -> str | None:
    """A mobile number as eleven digits, however it was written; None when it is none."""
    bare = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", written).strip())
    bare = bare.removeprefix("+86") if bare.startswith("+86") else bare
    return bare if PHONE.fullmatch(bare) else None


def masked_phone(phone: str) -> str:
    """138****1234."""
    return f"{phone[:3]}****{phone[-4:]}"


def masked_username(username: str) -> str:
    """The first two letters: enough to know it again."""
    return f"{username[:2]}***"


def username_problem(username: str) -> str:
    """What is wrong with a username; empty when nothing is."""
    if USERNAME.fullmatch(username):
        return ""
    return "账号由 3 至 32 位小写字母、数字和 . _ - 组成，以字母开头。"


def password_problem(password: str, *, about: tuple[str, ...] = ()) -> str:
    """What is wrong with a new password; `about` holds the person's own names. Empty when nothing is."""
    classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    used = sum(any(c in kind for c in password) for kind in classes)
    used += any(not (c.isascii() and c.isalnum()) for c in password)
    if len(password) < PASSWORD_LENGTH or used < PASSWORD_CLASSES:
        return (
            f"密码至少 {PASSWORD_LENGTH} 位，并包含大写字母、小写字母、数字、符号中的 {PASSWORD_CLASSES} 类。"
        )
    if any(len(name) >= 3 and name.lower() in password.lower() for name in about):
        return "密码不能包含账号、姓名或手机号。"
    if len(set(password)) < 5:
        return "密码中重复的字符太多，请换一个。"
    return ""


# In what an agent may act, as a principal chooses it, and the procedures that are part of it; none named:
# every procedure, those too that come later.
MATTERS: dict[str, frozenset[str]] = {
    "setting_up": frozenset(
        {"establishment", "family_point_establishment", "kindergarten_class_establishment"}
    ),
    "filing": frozenset({"filing", "family_point_filing", "kindergarten_class_filing"}),
    "after_filing": frozenset(
        {"change", "annual_review", "annual_report", "suspension", "resumption", "cancellation"}
    ),
    "all": frozenset(),
}


@dataclass(frozen=True)
class SeatGiven:
    """What somebody asks to be given: a role, where, in which department."""

    role: Role
    department: str = ""
    division_code: str = ""
    institution_id: int | None = None


def seat_problems(seat: SeatGiven) -> list[Problem]:
    """What a seat lacks that its role needs, or has that its role must not have."""
    name = ROLE_NAMES[seat.role]
    problems = []
    if seat.role in IN_DEPARTMENT and not seat.department:
        problems.append(Problem(f"“{name}”需要选择所在部门。", field="department"))
    if seat.role in NEEDS_A_PLACE and not seat.division_code:
        problems.append(Problem(f"“{name}”需要选择负责的地区。", field="division_code"))
    if (seat.role in IN_INSTITUTION) != (seat.institution_id is not None):
        problems.append(Problem(f"“{name}”与机构不相符。", field="role"))
    if seat.role is Role.CLERK and seat.department and seat.department not in WINDOW_DEPARTMENTS:
        problems.append(
            Problem("窗口人员只设在政务服务或行政审批部门。", field="department", fix="请改选部门。")
        )
    return problems


def separated(role: Role) -> str:
    """The group of duties that one person may not combine with another group; empty outside them."""
    if role in ADMINISTRATORS:
        return role.value
    return "office" if role in AT_A_PLACE else ""


def separation_problem(new: Role, held: tuple[Role, ...]) -> Problem | None:
    """Why somebody who holds `held` may not be given `new`; None when they may."""
    group = separated(new)
    other = next((r for r in held if group and separated(r) and separated(r) != group), None)
    if other is None:
        return None
    return Problem(
        f"同一人不能同时担任“{ROLE_NAMES[other]}”和“{ROLE_NAMES[new]}”：系统、安全、审计三员分立，管理员不办理业务。",
        field="role",
        fix="请另选人员，或先结束原岗位。",
    )
