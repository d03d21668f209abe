"""Whose unit a document means: its written form to a key of the vocabulary."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tuoyu.jurisdictions.vocabulary import Vocabulary
from tuoyu.policy.scaffolding.knowledge import Knowledge

# So alike must two names be, of 1, before one is proposed for the other, and before it is named at all.
ALIKE = 0.6
NAMED = 0.3
CANDIDATES = 3

_LEVEL = re.compile(r"^(?:自治[区州县旗]|[省市县区州盟旗])(?:委(?!员))?")
_PLACES = "省市州盟县区旗乡镇街道办事处人民政府开发功能园管理委员会"
_COLLECTIVE = re.compile(
    rf"^各级?(?:设区)?[{_PLACES}（）、和及]+$|^各.*(?:人民政府|[区县市州镇乡]政府|街道办事处|管委会)$"
)
_LEAGUE = re.compile(r"^(?:共青)?团[省市县区州盟旗]委")
_ENDING = re.compile(
    r"(?:委员会办公室|管理办公室|委员会|办公室|服务管理局|管理局|服务局|总局|分局|支队|大队|总队|部门|机构|单位"
    r"|组织|企业|有限公司|集团公司|公司|集团|局|委|厅|办|部|处)(?:（[^）]*）)?$"
)
_SAME = (("监督管理", "监管"), ("和", ""), ("与", ""), ("及", ""), ("人民", ""))


@dataclass(frozen=True)
class Found:
    """What a written unit was taken for, and on what ground; `sure` when nobody need look.

    `near` are the keys most like it where none was found.
    """

    key: str | None
    ground: str = ""
    sure: bool = False
    near: tuple[str, ...] = ()


class Units:
    """The units of one document."""

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        self._found: dict[str, Found] = {}

    def of(self, written: str) -> Found:
        """What a written unit is taken for."""
        if written not in self._found:
            self._found[written] = self._look_up(written)
        return self._found[written]

    def key_of_post(self, post: str) -> str | None:
        """The department a post belongs to: the longest known unit that the post begins with."""
        for end in range(len(post), 1, -1):
            begins = post[:end]
            key = self._found[begins].key if begins in self._found else self._known_form(begins)
            if key:
                return key
        return None

    def bare_forms(self, key: str) -> tuple[str, ...]:
        """Every way a department is written without a level in front."""
        return tuple(form for form, known in self._known.vocabulary.bare.items() if known == key)

    def name(self, key: str) -> str:
        """What a department is generally called."""
        return self._known.vocabulary.generic(key)

    def _look_up(self, written: str) -> Found:
        key = self._known_form(written)
        if key:
            return Found(key, sure=True)
        if _COLLECTIVE.match(written):
            return Found("lower_government", "列举的是下级政府", sure=True)
        if _LEAGUE.match(written):
            return Found("youth_league", "共青团的一级委员会", sure=True)
        for pack in self._known.learnt:
            key = self._vocabularies[pack.code].key_of(written)
            if key:
                return Found(key, f"{pack.name}政策包这样写", sure=True)
        return self._alike(written)

    def _known_form(self, written: str) -> str | None:
        """A form of the vocabulary, with or without the name of the place in front."""
        known = self._known.vocabulary
        for plain in (written, *self._without_places(written)):
            key = known.key_of(plain) or known.key_of(_LEVEL.sub("", plain))
            if key:
                return key
        return None

    def _without_places(self, written: str) -> Iterable[str]:
        for name in self._place_names:
            if written.startswith(name) and len(written) > len(name) + 1:
                yield written.removeprefix(name)

    def _ends_with(self, written: str) -> tuple[str, str] | None:
        """A known form at the end of a longer name: 国家税务总局某市税务局."""
        forms = [(form, key) for form, key in self._known.vocabulary.bare.items() if len(form) >= 3]
        found = [(form, key) for form, key in forms if written.endswith(form)]
        return max(found, key=lambda pair: len(pair[0]), default=None)

    @cached_property
    def _place_names(self) -> tuple[str, ...]:
        from tuoyu.jurisdictions.atlas import places

        names: list[str] = []
        code = self._known.place.code
        while code:
            place = places()[code]
            names += [place.full_name, place.name]
            code = place.parent
        return tuple(sorted(dict.fromkeys(names), key=len, reverse=True))

    @cached_property
    def _vocabularies(self) -> dict[str, Vocabulary]:
        cn = self._known.line[-1]
        return {pack.code: Vocabulary.of((pack, cn)) for pack in self._known.learnt}

    @cached_property
    def _cores(self) -> dict[str, tuple[str, ...]]:
        """What is left of every known name of a department without level and kind."""
        cores: dict[str, set[str]] = {}
        for key, department in self._known.vocabulary.departments.items():
            names = (department.name, department.short, *department.forms)
            cores[key] = {core for name in names if len(core := _core(name)) > 1}
        return {key: tuple(sorted(found)) for key, found in cores.items()}

    def _alike(self, written: str) -> Found:
        plain = min((written, *self._without_places(written)), key=len)
        core = _core(_LEVEL.sub("", plain))
        scores = {
            key: max((_likeness(core, c) for c in cores), default=0.0) for key, cores in self._cores.items()
        }
        order = sorted(scores, key=lambda key: -scores[key])
        best, next_best = order[0], order[1]
        near = tuple(key for key in order[:CANDIDATES] if scores[key] >= NAMED)
        last = self._ends_with(plain)
        if last and scores[best] < 1:
            return Found(last[1], f"末尾是“{last[0]}”", near=near)
        if scores[best] >= ALIKE and scores[best] > scores[next_best]:
            return Found(best, f"写法最接近{self.name(best)}", near=near)
        return Found(None, near=near)


def _core(name: str) -> str:
    """教育和体育局 → 教育体育."""
    plain = _ENDING.sub("", name) or name
    for longer, shorter in _SAME:
        plain = plain.replace(longer, shorter)
    return plain


def _likeness(one: str, other: str) -> float:
    """How alike two cores are, of 1: the same, an abbreviation, or many characters in common."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == 2 and len(longer) >= 3 and _abbreviates(shorter, longer):
        return 0.8
    common = len(set(one) & set(other))
    # Two characters alone say little: 体育 is not 教育体育.
    return common / len(set(one) | set(other)) * (0.8 if len(shorter) == 2 else 1.0)


def _abbreviates(short: str, long: str) -> bool:
    """卫健 of 卫生健康: its characters in their order, the first one first."""
    rest = iter(long)
    return short[0] == long[0] and all(char in rest for char in short) and short not in long
