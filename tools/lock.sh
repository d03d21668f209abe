#!/usr/bin/env bash
# Pins every package with its hashes, for any platform from Python 3.11 on; names no package index.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
[ -x "$uv" ] || uv=uv

compile() {
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

compile pyproject.toml --group build -o requirements.txt
compile pyproject.toml --group build --group dev -o requirements-dev.txt
compile --group node -o requirements-node.txt
