"""The table of permissions as people read it: `python -m tuoyu.core.permissions_table [FILE]`.

With FILE it is written there; a test compares the committed one with what the code declares.
"""

import os
import sys
from pathlib import Path


def text() -> str:
    """Every permission with what it allows, and under it each role with the rows it reaches."""
    from tuoyu.core.actor import ROLE_NAMES, Role
    from tuoyu.core.permissions import REGISTRY, table

    lines: list[str] = []
    last = ""
    for key, role, relation in table():
        if key != last:
            lines.append(f"\n{key}  {REGISTRY[key].says}")
            last = key
        lines.append(f"    {role:<18} {relation}  （{ROLE_NAMES[Role(role)]}）")
    return "\n".join(lines).lstrip() + "\n"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.project.settings")
    import django

    django.setup()
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text())
    else:
        sys.stdout.write(text())


if __name__ == "__main__":
    main()
