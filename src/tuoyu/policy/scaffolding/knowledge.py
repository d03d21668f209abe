"""What is known before a document is read: the packs above its place, and those of other places."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings

from tuoyu.core.problems import Refused
from tuoyu.jurisdictions.atlas import Place, places
from tuoyu.jurisdictions.packs import Pack, read_packs
from tuoyu.jurisdictions.vocabulary import Vocabulary


@dataclass(frozen=True)
class Knowledge:
    """The packs a draft is made from; never the place's own, which the draft is to stand beside."""

    place: Place
    line: tuple[Pack, ...]
    others: tuple[Pack, ...]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The departments the packs above speak of."""
        return Vocabulary.of(self.line)

    @property
    def learnt(self) -> tuple[Pack, ...]:
        """Every pack made from a document."""
        return tuple(pack for pack in self.others if pack.document is not None)


def place_of(code: str) -> Place:
    """The province, city or county of a code; Refused when there is none."""
    place = places().get(code)
    if place is None or place.level == "street":
        raise Refused(f"{code} 不是省、市、县级的行政区划代码：请写六位代码，例如 330100。")
    if place.abolished:
        raise Refused(f"{place.full_name}（{code}）已撤销，不能再起草政策包。")
    return place


def knowledge_for(code: str, packs: Mapping[str, Pack] | None = None) -> Knowledge:
    """What is known for a place; from the folder of packs unless they are given."""
    place = place_of(code)
    known = packs if packs is not None else read_packs(Path(settings.PACKS), drafts=False).packs
    others = {key: pack for key, pack in known.items() if key != code}
    if "cn" not in others:
        raise Refused("没有全国政策包 cn，无从起草：请先核对政策包文件夹。")
    above = [pack for pack in others.values() if place.code.startswith(pack.prefix)]
    nearest = max(above, key=lambda pack: len(pack.prefix))
    return Knowledge(place, tuple(_line(nearest, others)), tuple(others.values()))


def _line(pack: Pack, packs: Mapping[str, Pack]) -> list[Pack]:
    line = [pack]
    while line[-1].inherits and line[-1].inherits in packs and len(line) <= len(packs):
        line.append(packs[line[-1].inherits])
    return line
