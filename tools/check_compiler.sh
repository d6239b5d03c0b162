#!/usr/bin/env bash
# durable-rules is delivered as source: it needs a C compiler and Python.h. Install them where we may, else say which.
set -euo pipefail
python=$1
has_headers() { "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'; }
has_compiler() { command -v cc >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 || command -v clang >/dev/null 2>&1; }
if has_compiler && has_headers; then exit 0; fi
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    if $as_root true 2>/dev/null; then
        echo "installing gcc and the headers of Python $version" >&2
        $as_root apt-get update -qq || true
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev "python$version-dev" >/dev/null || true
    fi
fi
if has_compiler && has_headers; then exit 0; fi
echo "缺少 C 编译器或 Python $version 的头文件(Python.h)。Debian:apt-get install gcc python$version-dev;macOS:xcode-select --install。" >&2
echo "A C compiler or the headers of Python $version (Python.h) are missing. Debian: apt-get install gcc python$version-dev; macOS: xcode-select --install." >&2
exit 1
