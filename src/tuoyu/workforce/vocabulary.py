"""The words of the field: posts, contracts, qualifications, record checks."""

from django.db.models import TextChoices


class Post(TextChoices):
    """What somebody is employed for (托育机构设置标准 18, 21, 22)."""

    HEAD = "head", "负责人"
    CARER = "carer", "保育人员"
    HEALTH = "health", "保健人员"
    GUARD = "guard", "保安人员"
    COOK = "cook", "炊事人员"
    OTHER = "other", "其他人员"


class Contract(TextChoices):
    """On what somebody works there."""

    LABOUR = "labour", "劳动合同"
    SERVICE = "service", "劳务合同"
    DISPATCH = "dispatch", "劳务派遣"
    STAFFING = "staffing", "事业编制"
    SECONDED = "seconded", "借调或兼任"


class QualificationKind(TextChoices):
    """What a paper says its holder may do or has passed."""

    HEALTH_CERTIFICATE = "health_certificate", "健康合格证"
    INFANT_CARER = "infant_carer", "育婴员证"
    NURSERY_NURSE = "nursery_nurse", "保育员证"
    CHILDCARE_WORKER = "childcare_worker", "保育师证"
    TEACHER = "teacher", "教师资格证"
    HEAD_TRAINING = "head_training", "负责人岗位培训合格证"
    CARER_TRAINING = "carer_training", "保育和心理健康培训合格证"
    HEALTH_TRAINING = "health_training", "卫生保健培训合格证"
    GUARD_CERTIFICATE = "guard_certificate", "保安员证"
    PHYSICIAN = "physician", "医师执业证"
    NURSE = "nurse", "护士执业证"
    FOOD_SAFETY = "food_safety", "食品安全培训合格证"


class Education(TextChoices):
    """The degrees a standard asks for, the lowest first; the words are those of the rules."""

    PRIMARY = "初中及以下", "初中及以下"
    SECONDARY = "高中", "高中（中专）"
    COLLEGE = "大专", "大专"
    BACHELOR = "本科", "本科"
    MASTER = "研究生", "研究生"


class CheckOccasion(TextChoices):
    """Why the record of offences was asked about (未成年人保护法 62)."""

    HIRING = "hiring", "录用前查询"
    YEARLY = "yearly", "每年定期查询"


class CheckResult(TextChoices):
    """What the authority answered."""

    CLEAR = "clear", "没有记录"
    HIT = "hit", "有记录"


class BarKind(TextChoices):
    """On what somebody may not work in childcare."""

    LIFETIME = "lifetime", "终身不得从业"
    RECORD = "record", "有违法犯罪记录，不得录用"


class BarRole(TextChoices):
    """As what somebody answers for what happened (人口与计划生育法 41 names both)."""

    PERPETRATOR = "perpetrator", "直接责任人员"
    RESPONSIBLE_MANAGER = "responsible_manager", "直接负责的主管人员"


class BarGround(TextChoices):
    """What the decision rests on (人口与计划生育法 41, 未成年人保护法 62)."""

    ABUSE = "abuse", "虐待"
    SEXUAL_ASSAULT = "sexual_assault", "性侵害"
    TRAFFICKING = "trafficking", "拐卖"
    VIOLENCE = "violence", "暴力伤害"


class CorrectionGround(TextChoices):
    """Why something that was recorded does not hold. That somebody has mended is none of them."""

    WRONG_PERSON = "wrong_person", "记错了人"
    WRONGLY_ENTERED = "wrongly_entered", "录入有误"
    ANNULLED = "annulled", "所依据的决定已被撤销或改判"


class CheckOutcome(TextChoices):
    """What became of the question whether somebody is barred, asked by handing in a hire."""

    CLEAR = "clear", "未受限制"
    BARRED = "barred", "不得录用"
    LIMITED = "limited", "当日次数已满"


class CourseKind(TextChoices):
    """What a course trains; hours of one kind do not stand for another."""

    SKILL = "skill", "职业技能"
    ETHICS = "ethics", "职业道德"
    HEALTH = "health", "卫生保健"
    SAFETY = "safety", "安全"
    MANAGEMENT = "management", "管理"


class Presence(TextChoices):
    """How it is known that somebody was there."""

    CODE = "code", "扫码签到"
    LIST = "list", "组织者核对"


class Profession(TextChoices):
    """As what somebody of a hospital serves at a nursery."""

    PHYSICIAN = "physician", "医师"
    NURSE = "nurse", "护士"


class ServiceState(TextChoices):
    """How far a period of service has come."""

    ENTERED = "entered", "待确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "不予确认"
