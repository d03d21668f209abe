"""The words of a nursery's day; each with what a person reads."""

from django.db.models import TextChoices


class Symptom(TextChoices):
    """What a child who fell ill shows above all; the report rule counts cases that show the same."""

    FEVER = "fever", "发热"
    RASH = "rash", "皮疹"
    VOMITING = "vomiting", "呕吐"
    DIARRHOEA = "diarrhoea", "腹泻"
    COUGH = "cough", "咳嗽、咽痛"
    RED_EYE = "red_eye", "眼红"
    SWELLING = "swelling", "腮腺肿大"
    JAUNDICE = "jaundice", "黄疸"
    OTHER = "other", "其他"


class Disease(TextChoices):
    """What a medical body said it is, where one did."""

    HFMD = "hfmd", "手足口病"
    NOROVIRUS = "norovirus", "诺如病毒感染"
    DYSENTERY = "dysentery", "痢疾"
    CONJUNCTIVITIS = "conjunctivitis", "急性出血性结膜炎"
    INFLUENZA = "influenza", "流感样病例"
    SCARLET_FEVER = "scarlet_fever", "猩红热"
    MEASLES = "measles", "麻疹"
    RUBELLA = "rubella", "风疹"
    MUMPS = "mumps", "流行性腮腺炎"
    CHICKENPOX = "chickenpox", "水痘"


class Harm(TextChoices):
    """What happened, as the national guide to preventing injuries divides it."""

    SUFFOCATION = "suffocation", "窒息"
    FALL = "fall", "跌倒、跌落"
    BURN = "burn", "烧烫伤"
    DROWNING = "drowning", "溺水"
    POISONING = "poisoning", "中毒"
    FOREIGN_BODY = "foreign_body", "异物伤害"
    TRAFFIC = "traffic", "道路交通伤害"
    ANIMAL = "animal", "动物伤害"
    OTHER = "other", "其他"


class Severity(TextChoices):
    """How badly the worst hurt are hurt; from `SERIOUS` on somebody answers for it."""

    MINOR = "minor", "轻微，在园处置"
    TREATED = "treated", "送医治疗"
    SERIOUS = "serious", "住院或重伤"
    DEATH = "death", "死亡"


ACCOUNTABLE = (Severity.SERIOUS, Severity.DEATH)


class Spot(TextChoices):
    """Where in a nursery something happened."""

    ROOM = "room", "活动室"
    BEDROOM = "bedroom", "睡眠区"
    WASHROOM = "washroom", "盥洗室、卫生间"
    KITCHEN = "kitchen", "厨房、就餐区"
    STAIRS = "stairs", "楼梯、走廊"
    OUTDOOR = "outdoor", "户外活动场地"
    OUTSIDE = "outside", "园外"
