"""The words of complaints; each with what a person reads."""

from django.db.models import TextChoices


class ComplaintKind(TextChoices):
    """What a complaint is about."""

    ABUSE = "abuse", "疑似虐待、伤害儿童"
    SAFETY = "safety", "安全管理"
    FOOD = "food", "食品安全"
    HYGIENE = "hygiene", "卫生保健、疾病防控"
    FIRE = "fire", "消防安全"
    STAFF = "staff", "人员资质和行为"
    FEES = "fees", "收费、退费、合同"
    UNFILED = "unfiled", "未登记、未备案办托"
    SERVICE = "service", "服务质量"
    OTHER = "other", "其他"


# What puts a child in danger: sorted first, inspected at once, seen by those only who act.
URGENT = frozenset({ComplaintKind.ABUSE})


class ArrivedBy(TextChoices):
    """By which channel it came; the channel decides the clocks."""

    FORM = "form", "网上提交"
    TELEPHONE = "telephone", "电话"
    LETTER = "letter", "来信来访"
    HOTLINE = "hotline", "12345热线转办"
    PETITION = "petition", "信访"
    MARKET = "market", "市场监管（12315）转办"


class Conclusion(TextChoices):
    """What came out."""

    SUBSTANTIATED = "substantiated", "属实"
    PARTLY = "partly", "部分属实"
    UNSUBSTANTIATED = "unsubstantiated", "不属实"
    UNCLEAR = "unclear", "无法查实"


class Satisfaction(TextChoices):
    """What whoever reported thinks of the answer."""

    SATISFIED = "satisfied", "满意"
    FAIRLY = "fairly", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class Stage(TextChoices):
    """How far a complaint has come, in the words of the office."""

    TRIAGE = "triage", "待分办"
    HANDLING = "handling", "处理中"
    ANSWERED = "answered", "已答复"
    NOT_TAKEN = "not_taken", "不予受理"
