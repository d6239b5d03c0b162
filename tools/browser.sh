#!/usr/bin/env bash
# What the tests need of the system: Debian's Chromium for the pages, softhsm2 for keys in tokens.
# Install it where we may; in CI its absence is an error.
set -euo pipefail
there() { command -v chromium >/dev/null 2>&1 && command -v softhsm2-util >/dev/null 2>&1; }
there && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk softhsm2 >/dev/null || true
fi
there && exit 0
if [ "${CI:-}" = true ]; then
    echo "CI needs chromium and softhsm2 for the tests, and they could not be installed." >&2
    exit 1
fi
echo "chromium or softhsm2 is not here: the tests that need it will be skipped, and say so." >&2
