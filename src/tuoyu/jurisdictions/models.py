"""Places, who holds authority over them, and the policy packs and dated settings in force there."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q


class Level(models.TextChoices):
    """The four levels at which something is decided."""

    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    STREET = "street", "乡镇（街道）"


class Division(models.Model):
    """An administrative division (GB/T 2260), or a functional zone that holds authority like one.

    Codes no longer in use stay: identity numbers keep them for a lifetime.
    """

    code = models.CharField(max_length=9, primary_key=True)
    prefix = models.CharField(max_length=9, db_index=True)
    level = models.CharField(max_length=8, choices=Level)
    name = models.CharField(max_length=40)
    full_name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    pinyin = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=40, blank=True)
    abolished = models.BooleanField(default=False)
    abolished_year = models.PositiveSmallIntegerField(null=True)
    functional = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(fields=["parent", "code"]),
            GinIndex(fields=["full_name"], opclasses=["gin_trgm_ops"], name="division_full_name_trgm"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(code__startswith=F("prefix")), name="division_prefix_begins"),
            models.CheckConstraint(
                condition=Q(abolished_year__isnull=True) | Q(abolished=True),
                name="division_year_only_when_abolished",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class AuthorityOverride(models.Model):
    """Who decides over a place where the code's prefix does not say so.

    For places below `place_prefix`, what is decided at `level` is decided by `authority`; with an empty
    `department` that holds for every department.
    """

    authority = models.ForeignKey(Division, models.PROTECT, related_name="+")
    place_prefix = models.CharField(max_length=9)
    level = models.CharField(max_length=8, choices=Level)
    department = models.CharField(max_length=40, blank=True)
    valid = DateRangeField()
    basis = models.TextField()

    class Meta:
        ordering = ["place_prefix", "level"]
        constraints = [
            ExclusionConstraint(
                name="authority_override_one_at_a_time",
                expressions=[
                    ("place_prefix", RangeOperators.EQUAL),
                    ("level", RangeOperators.EQUAL),
                    ("department", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_prefix} {self.level} → {self.authority_id}"


class Origin(models.TextChoices):
    """How a pack came to hold."""

    FILES = "files", "由文件装载"
    ADOPTED = "adopted", "在页面采用"


class PackVersion(models.Model):
    """A policy pack as it was loaded. A case keeps the version it began under, so content never changes.

    The digest covers the content and the parent's digest: a change in the national pack makes a new
    version of every pack that inherits from it.
    """

    origin = models.CharField(max_length=8, choices=Origin, default=Origin.FILES)
    code = models.CharField(max_length=6)
    digest = models.CharField(max_length=64, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    content = models.JSONField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=120)
    active_from = models.DateField()
    activated_at = models.DateTimeField()

    class Meta:
        ordering = ["code", "active_from", "activated_at"]
        indexes = [models.Index(fields=["code", "active_from"])]
        triggers = [
            pgtrigger.ReadOnly(
                name="pack_content_never_changes",
                fields=["code", "digest", "parent", "content", "loaded_at", "loaded_by", "origin"],
            ),
            pgtrigger.Protect(name="pack_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.digest[:12]}"


class PackFile(models.Model):
    """What the files of a pack said when they were last loaded: only when they say something else do they
    take the place of a version adopted since."""

    code = models.CharField(max_length=6, primary_key=True)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} {self.digest[:12]}"


class DivisionSetting(models.Model):
    """What a division decided where its document leaves a choice, for a period, with its basis."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="settings")
    key = models.CharField(max_length=80)
    value = models.JSONField()
    valid = DateRangeField()
    basis = models.TextField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["division", "key", "valid"]
        constraints = [
            ExclusionConstraint(
                name="division_setting_one_at_a_time",
                expressions=[
                    ("division", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.key} = {self.value}"
