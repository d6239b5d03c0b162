#!/usr/bin/env bash
# Install lock file $2 into the virtual environment $1, every file checked by its hash, and the henji command.
set -euo pipefail
venv=$1 lock=$2
# pip's own settings choose the mirror; uv is told the same place.
index=$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)
export UV_INDEX_URL="${UV_INDEX_URL:-${PIP_INDEX_URL:-$index}}"
[ -n "$UV_INDEX_URL" ] || unset UV_INDEX_URL
export VIRTUAL_ENV="$PWD/$venv" UV_LINK_MODE=copy
"$venv/bin/uv" pip install --quiet --require-hashes -r "$lock"
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation -e . 2>/dev/null || "$venv/bin/uv" pip install --quiet --no-deps -e .
