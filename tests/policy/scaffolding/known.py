"""What the tests of drafts share: the packs of the repository, and a person who finishes a draft."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tuoyu.jurisdictions.packs import Pack, read_packs
from tuoyu.jurisdictions.packs.drafts import OPEN_MARK, TO_FILL, TO_SUMMARISE
from tuoyu.policy.scaffolding import Draft, files_of

ROOT = Path(__file__).resolve().parents[3]


@cache
def packs() -> Mapping[str, Pack]:
    """The packs of the repository."""
    return MappingProxyType(read_packs(ROOT / "packs").packs)


def written(draft: Draft, folder: Path) -> Path:
    """A draft in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files_of(draft.content, draft.marks).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def finished(folder: Path) -> None:
    """What a person does: own words where they lack, each mark looked at and taken away, a department of
    its own for every unit nobody knew."""
    for file in folder.glob("*.toml"):
        lines = file.read_text(encoding="utf-8").split("\n")
        kept = [line for line in lines if not line.lstrip().startswith(f"# {OPEN_MARK}")]
        text = "\n".join(kept).replace(TO_SUMMARISE, "一句自己的话").replace(TO_FILL, "填好的字")
        file.write_text(_own_departments(text), encoding="utf-8")


def _own_departments(text: str) -> str:
    """The entries that stand ready, commented out, each with a department made for it."""
    made: list[str] = []

    def made_for(match: re.Match[str]) -> str:
        key = f"own_{len(made)}"
        made.append(f'[[department]]\nkey = "{key}"\nname = "{key}"\nshort = "{key}"\n')
        entry = match.group().replace("# ", "")
        return entry.replace('key = ""', f'key = "{key}"')

    text = re.sub(r'# \[\[name\]\]\n# key = ""\n# forms = .*\n# display = .*', made_for, text)
    return "\n".join([*made, text])
