"""People, the seats they hold, who acts for whom, and how they prove who they are."""

from datetime import date, timedelta

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import UserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Case, Q, Value, When

from tuoyu.core import clock
from tuoyu.core.actor import ROLE_NAMES, Role
from tuoyu.core.fields import EncryptedTextField, LookupField

# Roles that a membership may give. APPLICANT and PUBLIC need none: everybody signed in is an applicant.
GIVEN = (
    Role.GUARDIAN,
    Role.NURSERY_HEAD,
    Role.NURSERY_STAFF,
    Role.CLERK,
    Role.ASSESSOR,
    Role.OFFICER,
    Role.DEPARTMENT_LEAD,
    Role.JURISDICTION_LEAD,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDIT_ADMIN,
)
NURSERY = (Role.NURSERY_HEAD, Role.NURSERY_STAFF)
IN_DEPARTMENT = (Role.CLERK, Role.OFFICER, Role.DEPARTMENT_LEAD)
OFFICE = (*IN_DEPARTMENT, Role.JURISDICTION_LEAD)
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)

ROLE_CHOICES = [(role.value, ROLE_NAMES[role]) for role in GIVEN]


class User(AbstractBaseUser):
    """A person who can sign in. The phone is encrypted, and found by its keyed hash."""

    class Origin(models.TextChoices):
        REGISTERED = "registered", "自行注册"
        INVITED = "invited", "受邀加入"
        WINDOW = "window", "窗口建档"
        COMMAND = "command", "命令行建立"
        DEMONSTRATION = "demonstration", "演示数据"

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    phone = EncryptedTextField(null=True)
    phone_key = LookupField(of="phone", unique=True)
    phone_proved_at = models.DateTimeField(null=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    notices_by_sms = models.BooleanField(default=True)
    origin = models.CharField(max_length=16, choices=Origin)
    created_at = models.DateTimeField(default=clock.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="user_phone_and_its_key_together",
                condition=Q(phone__isnull=True, phone_key__isnull=True)
                | Q(phone__isnull=False, phone_key__isnull=False),
            ),
            models.CheckConstraint(name="user_has_a_name", condition=~Q(name="") & ~Q(username="")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="demonstration_accounts_only_in_a_demonstration",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__is_demo=True),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM accounts_demonstration) THEN
                        RAISE EXCEPTION 'demonstration accounts belong to a demonstration only'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name


class BrowserSession(AbstractBaseSession):
    """A browser that was here before, and who has signed in with it, if anybody."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="browser_sessions")


class Demonstration(models.Model):
    """The mark that this installation holds demonstration data; without it no demonstration account."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    begun_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(name="demonstration_at_most_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"演示数据（{self.begun_at:%Y-%m-%d}）"


class Membership(models.Model):
    """A seat: a role somebody holds, in a department, at a place, for a time.

    `separated` numbers the groups that one person may not combine: each kind of administrator, and the
    offices that decide cases.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32, choices=ROLE_CHOICES)
    department = models.CharField(max_length=40, blank=True)
    division_code = models.CharField(max_length=9, blank=True)
    institution_id = models.BigIntegerField(null=True)
    valid = DateRangeField()
    substitute_for = models.ForeignKey("self", models.PROTECT, null=True, related_name="substitutes")
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(default=clock.now)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    separated = models.GeneratedField(
        expression=Case(
            When(role="system_admin", then=Value(1)),
            When(role="security_admin", then=Value(2)),
            When(role="audit_admin", then=Value(3)),
            When(role__in=["clerk", "officer", "department_lead", "jurisdiction_lead"], then=Value(4)),
            default=None,
            output_field=models.IntegerField(null=True),
        ),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["user"]),
            models.Index(fields=["department", "division_code", "role"]),
            models.Index(
                fields=["institution_id"],
                condition=Q(institution_id__isnull=False),
                name="membership_institution",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="membership_department_where_the_role_needs_one",
                condition=~Q(role__in=["clerk", "officer", "department_lead"]) | ~Q(department=""),
            ),
            models.CheckConstraint(
                name="membership_place_where_the_role_needs_one",
                condition=~Q(role__in=["clerk", "officer", "department_lead", "jurisdiction_lead"])
                | ~Q(division_code=""),
            ),
            models.CheckConstraint(
                name="membership_institution_for_nursery_roles_only",
                condition=Q(role__in=["nursery_head", "nursery_staff"], institution_id__isnull=False)
                | (~Q(role__in=["nursery_head", "nursery_staff"]) & Q(institution_id__isnull=True)),
            ),
            models.CheckConstraint(
                name="membership_end_has_its_reason", condition=Q(ended_at__isnull=True) | ~Q(end_reason="")
            ),
            models.CheckConstraint(
                name="membership_ended_by_someone_at_some_moment",
                condition=Q(ended_at__isnull=False) | Q(ended_by__isnull=True),
            ),
            ExclusionConstraint(
                name="membership_separated_duties",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("separated", RangeOperators.NOT_EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(separated__isnull=False),
            ),
            ExclusionConstraint(
                name="membership_same_seat_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("department", RangeOperators.EQUAL),
                    ("division_code", RangeOperators.EQUAL),
                    (models.functions.Coalesce("institution_id", Value(0)), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.department} {self.division_code}".rstrip()

    @property
    def starts_on(self) -> date | None:
        first: date | None = self.valid.lower
        return first

    @property
    def ends_on(self) -> date | None:
        """The first day on which the seat is no longer held."""
        day: date | None = self.valid.upper
        return day


class Invitation(models.Model):
    """An open door for one person to one seat: a link, used once, for some days."""

    class State(models.TextChoices):
        OPEN = "open", "待接受"
        ACCEPTED = "accepted", "已接受"
        WITHDRAWN = "withdrawn", "已撤回"

    token_hash = models.CharField(max_length=64, unique=True)
    username = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    phone = EncryptedTextField(null=True)
    role = models.CharField(max_length=32, choices=ROLE_CHOICES)
    department = models.CharField(max_length=40, blank=True)
    division_code = models.CharField(max_length=9, blank=True)
    institution_id = models.BigIntegerField(null=True)
    valid = DateRangeField()
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_has_person_and_moment",
                condition=Q(state="accepted", accepted_at__isnull=False, accepted_by__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at__isnull=True, accepted_by__isnull=True)),
            ),
            models.UniqueConstraint(
                name="invitation_one_open_a_username", fields=["username"], condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_state_display()}）"


class AgentAuthorisation(models.Model):
    """A principal lets somebody else apply in its name.

    The agent is named by username or phone, as the principal wrote it: whether such an account exists
    shows only when its holder accepts.
    """

    class State(models.TextChoices):
        OFFERED = "offered", "待接受"
        ACTIVE = "active", "有效"
        DECLINED = "declined", "已谢绝"
        REVOKED = "revoked", "已撤销"

    class Matter(models.TextChoices):
        SETTING_UP = "setting_up", "设立登记和备案"
        FILING = "filing", "已登记机构备案"
        AFTER_FILING = "after_filing", "备案后的变更、年度事项、暂停和注销"
        ALL = "all", "全部申办事项"

    principal = models.ForeignKey(User, models.PROTECT, related_name="agents")
    agent = models.ForeignKey(User, models.PROTECT, null=True, related_name="principals")
    agent_named = EncryptedTextField()
    agent_key = LookupField(of="agent_named", db_index=True)
    # What holds: in which matters, and where (a division of which everything is part; empty: everywhere).
    matter = models.CharField(max_length=16, choices=Matter, default=Matter.ALL)
    division_code = models.CharField(max_length=6, blank=True, default="")
    # What the principal says about it besides; the program does not read it.
    scope = models.CharField(max_length=200, blank=True)
    letter = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+")
    valid = DateRangeField()
    state = models.CharField(max_length=16, choices=State, default=State.OFFERED)
    offered_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="authorisation_of_a_known_matter",
                condition=Q(matter__in=["setting_up", "filing", "after_filing", "all"]),
            ),
            models.CheckConstraint(
                name="authorisation_active_has_its_agent",
                condition=~Q(state="active") | Q(agent__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="authorisation_revoked_has_moment_and_person",
                condition=Q(state="revoked", revoked_at__isnull=False, revoked_by__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at__isnull=True, revoked_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="authorisation_of_somebody_else",
                condition=Q(agent__isnull=True) | ~Q(agent=models.F("principal")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} → {self.agent_id}（{self.get_state_display()}）"

    @property
    def last_day(self) -> date | None:
        """The last day on which the agent may act."""
        return self.valid.upper - timedelta(days=1) if self.valid.upper else None


class PhoneCode(models.Model):
    """A code sent to a phone. The browser that asked keeps its key; the code itself is never kept."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", "登录"
        REGISTER = "register", "注册"
        CHANGE = "change", "更换手机号"
        CONFIRM = "confirm", "身份确认"

    key = models.CharField(max_length=43, unique=True)
    purpose = models.CharField(max_length=16, choices=Purpose)
    phone = EncryptedTextField()
    phone_key = LookupField(of="phone")
    code_hash = models.CharField(max_length=64)
    address = models.CharField(max_length=45, blank=True)
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["phone_key", "sent_at"]),
            models.Index(fields=["address", "sent_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}验证码（{self.sent_at:%Y-%m-%d %H:%M}）"


class ApiClient(models.Model):
    """A registrar's own system that reports through the API; its token is shown once and kept as a hash."""

    name = models.CharField(max_length=80)
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=9)
    token_hash = models.CharField(max_length=64, unique=True)
    token_start = models.CharField(max_length=12)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    last_used_on = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="api_client_has_department_and_place",
                condition=~Q(department="") & ~Q(division_code="") & ~Q(name=""),
            ),
            models.CheckConstraint(
                name="api_client_revoked_by_someone_at_some_moment",
                condition=Q(revoked_at__isnull=False) | Q(revoked_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name
