"""Who may know whom. import-linter holds the same at the gate; this says it in one page and also looks
into functions and type-checking blocks."""

import ast
from collections.abc import Iterator
from pathlib import Path

import tuoyu

ROOT = Path(tuoyu.__file__).parent

# From below to above; apps of one level do not know each other.
LEVELS = [
    {"core"},
    {"jurisdictions"},
    {"accounts"},
    {"cases", "policy", "imports"},
    {"institutions"},
    {"workforce"},
    {"care"},
    {"supervision"},
    {"alerts", "complaints", "credit", "ratings"},
    {"exchange", "portal"},
    {"project"},
]
LEVEL = {app: level for level, apps in enumerate(LEVELS) for app in apps}


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that a file names in an import, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("tuoyu."))
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "tuoyu":
                yield from (f"tuoyu.{alias.name}" for alias in node.names)
            elif node.module.startswith("tuoyu."):
                yield node.module


def test_every_app_has_its_level() -> None:
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert apps == set(LEVEL)


def test_no_app_knows_one_above_or_beside_it() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        app = path.relative_to(ROOT).parts[0]
        if app == "__init__.py":
            continue
        for module in imports(path):
            other = module.split(".")[1]
            if other != app and LEVEL[other] >= LEVEL[app]:
                wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert wrong == []


def test_imports_are_absolute() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert wrong == []


CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("datetime", "today"),
}


def test_only_the_clock_asks_for_the_time() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        if path == ROOT / "core" / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name | ast.Attribute)
                and (getattr(node.value, "id", getattr(node.value, "attr", "")), node.attr) in CLOCKS
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []
