"""What has happened in each county of the demonstration, told in working days before today."""

from dataclasses import dataclass

from tuoyu.institutions.vocabulary import CareType, ClassType, Kind, LegalForm, Nature

FULL = (CareType.FULL_DAY, CareType.HALF_DAY)
SMALL, LARGE, INFANT, MIXED = (
    ClassType.TODDLER_SMALL,
    ClassType.TODDLER_LARGE,
    ClassType.INFANT,
    ClassType.MIXED,
)


@dataclass(frozen=True)
class Story:
    """One applicant's story. `opened`, `registered`, `filed` and `verified` count working days before today;
    None means that it has not come to that.

    `ends` says what happens at the step that is reached: "" nothing yet, "returned", "mended" (returned and
    handed in again), "withdrawn", "refused", "rectify", "nonconforming", "some" (some departments answered), "checked" (the
    registrar is next). At one that is `staffed` the register says who works there.
    """

    opened: int
    registered: int | None = None
    filed: int | None = None
    verified: int | None = None
    ends: str = ""
    who: str = "stranger"
    kind: str = Kind.INSTITUTION
    legal_form: str = LegalForm.SOCIAL_SERVICE_ORG
    care_types: tuple[str, ...] = FULL
    classes: tuple[str, ...] = (SMALL, LARGE)
    inclusive: bool = False
    staffed: bool = False
    meals: bool = False
    leased: bool = True
    fee: int = 1680

    @property
    def nature(self) -> str:
        """What follows from the legal form."""
        forprofit = self.legal_form in (LegalForm.ENTERPRISE, LegalForm.INDIVIDUAL_BUSINESS)
        return Nature.FORPROFIT if forprofit else Nature.NONPROFIT


ENTERPRISE = LegalForm.ENTERPRISE
PUBLIC = LegalForm.PUBLIC_INSTITUTION

STORIES = (
    # filed, verified and public
    Story(150, 140, 136, 128, who="applicant", inclusive=True, staffed=True, fee=1280),
    Story(120, 112, 108, 100, legal_form=ENTERPRISE, meals=True, fee=2680,
          care_types=(CareType.FULL_DAY,), classes=(INFANT, SMALL, LARGE)),
    Story(96, 90, 87, 80, legal_form=PUBLIC, inclusive=True, leased=False, fee=980, classes=(SMALL, SMALL, LARGE)),
    Story(70, 64, 61, 55, kind=Kind.KINDERGARTEN_CLASS, inclusive=True, leased=False, fee=1180, classes=(LARGE,)),
    Story(58, 52, 49, 41, kind=Kind.EMPLOYER, legal_form=ENTERPRISE, inclusive=True, leased=False,
          care_types=(*FULL, CareType.TEMPORARY), classes=(SMALL, MIXED)),
    Story(44, 40, 37, 30, kind=Kind.FAMILY_POINT, legal_form=LegalForm.INDIVIDUAL_BUSINESS, leased=False,
          care_types=(CareType.HOURLY, CareType.TEMPORARY), fee=2400),
    # filed, the visit overdue
    Story(26, 22, 18, legal_form=ENTERPRISE, meals=True),
    # the visit found something
    Story(34, 31, 28, 20, ends="rectify", legal_form=ENTERPRISE),
    Story(60, 55, 52, 44, ends="nonconforming", legal_form=ENTERPRISE, classes=(MIXED, LARGE)),
    # registered and not yet filed: overdue, due soon
    Story(16, 9, legal_form=ENTERPRISE),
    Story(9, 4),
    # before registration
    Story(3, ends="some"),
    Story(2, legal_form=ENTERPRISE),
    Story(5, legal_form=PUBLIC, leased=False, ends="checked"),
    Story(1, kind=Kind.FAMILY_POINT, legal_form=LegalForm.INDIVIDUAL_BUSINESS, leased=False),
    Story(11, ends="returned", who="applicant"),
    Story(14, ends="mended", legal_form=ENTERPRISE),
    Story(4, who="window"),
    # ended without
    Story(40, ends="withdrawn", leased=False),
)  # fmt: skip
