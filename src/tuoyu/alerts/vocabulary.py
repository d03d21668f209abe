"""The words of alerts; each with what a person reads."""

from django.db.models import TextChoices


class State(TextChoices):
    OPEN = "open", "待处理"
    ACKNOWLEDGED = "acknowledged", "处理中"
    RESOLVED = "resolved", "已处理"
    ENDED = "ended", "已自行消除"


STANDING = (State.OPEN, State.ACKNOWLEDGED)
