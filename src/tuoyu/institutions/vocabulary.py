"""The words of the field: kinds, natures, legal forms, care types, class types and states."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What sort of place it is."""

    INSTITUTION = "institution", "托育机构"
    FAMILY_POINT = "family_point", "家庭托育点"
    KINDERGARTEN_CLASS = "kindergarten_class", "幼儿园托班"
    EMPLOYER = "employer", "用人单位托育点"


# A legal person before it applies: what it begins is recorded, not registered anew.
REGISTERED_ALREADY = (Kind.KINDERGARTEN_CLASS,)


class Nature(TextChoices):
    """Whether it may distribute profit; with the legal form it decides the registrar."""

    NONPROFIT = "nonprofit", "非营利性"
    FORPROFIT = "forprofit", "营利性"


class LegalForm(TextChoices):
    """As what it is registered."""

    PUBLIC_INSTITUTION = "public_institution", "事业单位"
    SOCIAL_SERVICE_ORG = "social_service_org", "社会服务机构（民办非企业单位）"
    ENTERPRISE = "enterprise", "企业"
    INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"


FORMS_OF_NATURE: dict[str, tuple[LegalForm, ...]] = {
    Nature.NONPROFIT: (LegalForm.PUBLIC_INSTITUTION, LegalForm.SOCIAL_SERVICE_ORG),
    Nature.FORPROFIT: (LegalForm.ENTERPRISE, LegalForm.INDIVIDUAL_BUSINESS),
}


class CareType(TextChoices):
    """For how long a child stays."""

    FULL_DAY = "full_day", "全日托"
    HALF_DAY = "half_day", "半日托"
    HOURLY = "hourly", "计时托"
    TEMPORARY = "temporary", "临时托"


class ClassType(TextChoices):
    """The classes of the setting-up standard, by age."""

    INFANT = "infant", "乳儿班"
    TODDLER_SMALL = "toddler_small", "托小班"
    TODDLER_LARGE = "toddler_large", "托大班"
    MIXED = "mixed", "混合编班"


class Registration(TextChoices):
    """Where an institution stands with its registrar."""

    UNREGISTERED = "unregistered", "未登记"
    REGISTERED = "registered", "已登记"
    CANCELLED = "cancelled", "已注销"


class Filing(TextChoices):
    """Where an institution stands with the county's health authority; a filing is no licence."""

    NONE = "none", "未备案"
    RECEIPT_ISSUED = "receipt_issued", "已备案，现场核实中"
    NORMAL = "normal", "已备案"
    RECTIFICATION = "rectification", "已备案，限期整改中"
    PUBLISHED_NONCONFORMING = "published_nonconforming", "不符合备案要求，已公示"
    CANCELLED = "cancelled", "备案已注销"


class GroundKind(TextChoices):
    """On what ground a value of an institution was stated."""

    REGISTRATION = "registration", "法人登记"
    FILING = "filing", "备案"
    CHANGE = "change", "变更"
    ANNUAL_REPORT = "annual_report", "年度报告"
    REGISTRAR_REPORT = "registrar_report", "登记机关报送"
    IMPORT = "import", "导入"
    CORRECTION = "correction", "更正"
    ACCOUNT = "account", "本人账号"
    HELD = "held", "其他名册"
    UNRECORDED = "unrecorded", "没有记录"


FILED = (Filing.RECEIPT_ISSUED, Filing.NORMAL, Filing.RECTIFICATION)

# What may be filed (again) once it is registered: never filed, found not to conform, or ended.
MAY_FILE = (Filing.NONE, Filing.PUBLISHED_NONCONFORMING, Filing.CANCELLED)

# Procedures: setting up, filing alone for what is registered already, and what may come after a filing.
SETTING_UP = ("establishment", "family_point_establishment", "kindergarten_class_establishment")
FILING_ALONE = ("filing", "family_point_filing", "kindergarten_class_filing")
CHANGE, ANNUAL_REVIEW, ANNUAL_REPORT = "change", "annual_review", "annual_report"
SUSPENSION, RESUMPTION, CANCELLATION = "suspension", "resumption", "cancellation"
AFTER_FILING = (CHANGE, ANNUAL_REVIEW, ANNUAL_REPORT, SUSPENSION, RESUMPTION, CANCELLATION)
YEARLY = (ANNUAL_REVIEW, ANNUAL_REPORT)

# Personal fields of the application's pages, kept apart and encrypted under the same name.
PERSONAL = {"basics": ("contact_name", "contact_phone"), "commitment": ("signer",)}
