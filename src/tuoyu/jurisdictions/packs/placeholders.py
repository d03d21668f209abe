"""`{rule:lease.min_years}` in a text of a pack stands for the value of that rule on the day it is read.

So no figure stands twice: the rule says it, and every form, notice and paper says what the rule says.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

IN_BRACES = re.compile(r"\{([^{}]*)\}")
RULE = "rule:"


def mistakes(text: str, rules: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the placeholders of a text; `rules` holds the value of each rule there is."""
    for inside in IN_BRACES.findall(text):
        key = inside.removeprefix(RULE)
        if not inside.startswith(RULE):
            yield f"看不懂{{{inside}}}：花括号里只能写 {RULE} 加规则的键，如 {{rule:lease.min_years}}"
        elif key not in rules:
            yield f"没有规则 {key}：在 rules.toml 写出它，或改正花括号里的键"
        elif isinstance(rules[key], bool):
            yield f"规则 {key} 只有是或否，没有可以写进文字的数值"
    if re.search(r"[{}]", IN_BRACES.sub("", text)):
        yield "花括号没有成对：写成 {rule:lease.min_years} 的样子"


def filled(text: str, value_of: Callable[[str], Any]) -> str | None:
    """The text with its values; None when it speaks of a rule that does not hold (`value_of` says None)."""
    values = {inside: value_of(inside.removeprefix(RULE)) for inside in IN_BRACES.findall(text)}
    if None in values.values():
        return None
    return IN_BRACES.sub(lambda found: _shown(values[found[1]]), text)


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "、".join(map(_shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
