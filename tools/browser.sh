#!/usr/bin/env bash
# The browser tests drive Debian's Chromium. Install it where we may; in CI its absence is an error.
set -euo pipefail
command -v chromium >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null || true
fi
command -v chromium >/dev/null 2>&1 && exit 0
if [ "${CI:-}" = true ]; then
    echo "CI needs chromium for the browser tests, and it could not be installed." >&2
    exit 1
fi
echo "chromium is not here: the browser tests will be skipped, and say so." >&2
