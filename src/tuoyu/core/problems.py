"""What is wrong, said so that a person can mend it, wherever it is found."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where it stands, what it is, the rule it rests on and the way to mend it.

    `severity` is "block" for what stops, "warn" for what is only recommended or uncertain.
    """

    message: str
    page: str = ""
    field: str = ""
    rule_key: str = ""
    source: str = ""
    severity: str = "block"
    fix: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Refused(Exception):
    """An action was refused and changed nothing. `status` is the HTTP status that says why."""

    def __init__(self, problems: str | Problem | Sequence[Problem], *, status: int = 422) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        self.status = status
        super().__init__("；".join(p.message for p in self.problems))


class Overtaken(Refused):
    """Somebody else changed the same thing first; nothing of this attempt was kept."""

    def __init__(self, message: str = "刚刚有人先处理了这一项，请刷新后查看最新情况。") -> None:
        super().__init__(message, status=409)
