#!/usr/bin/env bash
# Make the virtual environment $1 with the first Python 3.11 or 3.12 found. durable-rules loads on no other version.
set -euo pipefail
venv=$1
supported='import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))'
for name in "${PYTHON:-}" python3.11 python3.12 python3 python; do
    [ -n "$name" ] || continue
    if "$name" -c "$supported" >/dev/null 2>&1; then
        exec "$name" -m venv "$venv"
    fi
done
echo "需要带 venv 的 Python 3.11 或 3.12。请安装后重试,或用 make PYTHON=/路径/python3.11 指定。" >&2
echo "Henji needs Python 3.11 or 3.12 with venv. Install it, or name it: PYTHON=/path/to/python3.11 make run" >&2
exit 1
