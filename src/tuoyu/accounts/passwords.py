"""Our password rule, where Django and its third parties look for one."""

from typing import Any

from django.core.exceptions import ValidationError

from tuoyu.accounts import rules


class OfficePassword:
    """The rule of `rules.password_problem` as a Django password validator."""

    def validate(self, password: str, user: Any = None) -> None:
        about = (user.username, user.name, user.phone or "") if user is not None else ()
        problem = rules.password_problem(password, about=about)
        if problem:
            raise ValidationError(problem, code="password_too_weak")

    def get_help_text(self) -> str:
        length, classes = rules.PASSWORD_LENGTH, rules.PASSWORD_CLASSES
        return f"至少 {length} 位，大写字母、小写字母、数字、符号中至少 {classes} 类。"
