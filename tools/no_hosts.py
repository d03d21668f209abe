#!/usr/bin/env python3
"""Fails where a lock file names a package index: what is installed must not depend on whose mirror it was."""

import re
import subprocess
import sys
from pathlib import Path

ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|\"resolved\"")


def main() -> int:
    """The exit code: how many lock files are wrong, at most 1."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout
    tracked = [Path(line) for line in listed.splitlines()]
    wrong = [f"{path}: uv's own lock names an index; run `make lock` instead" for path in tracked
             if path.name == "uv.lock"]  # fmt: skip
    for path in tracked:
        if path.name == "package-lock.json" or path.name.startswith("requirements"):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if ADDRESS.search(line) and '"url"' not in line:
                    wrong.append(f"{path}:{number}: names an address: {line.strip()[:80]}")
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
