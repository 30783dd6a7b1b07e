#!/bin/sh
# Puts one locked set (`run` or `test`) into .venv and stamps it; make calls this when a stamp is older
# than what it stands for. Says one line; pip's own words go to .cache/setup.log.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
log=.cache/setup.log

stop() {
    echo "$1" >&2
    exit 1
}

python_fits() {
    "$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

make_venv() {
    [ -n "$PYTHON" ] && python_fits ||
        stop "casedrift needs Python 3.11, 3.12 or 3.13${PYTHON:+, and $PYTHON is none of them}: install one, or name it with make PYTHON=..."
    version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
        stop "Python $version cannot make environments yet: install its venv module (Debian: apt install python$version-venv), then run make again"
    "$PYTHON" -m venv --clear .venv
}

install_locked() {
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
    # Wheels only: building from source would bring in build tools that no lock names. Byte code is left
    # to the first import, which needs only a part of it.
    .venv/bin/python -m pip install --require-hashes --only-binary :all: -r "requirements/$wanted.txt" &&
    # `run` carries the build backend, so the program itself is put in place without fetching anything.
    { [ "$wanted" != run ] || .venv/bin/python -m pip install --no-deps --no-build-isolation --editable .; }
}

mkdir -p .cache
.venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv
printf 'Setting up .venv: Python %s, requirements/%s.txt ...' \
    "$(.venv/bin/python -c 'import platform; print(platform.python_version())')" "$wanted"
install_locked </dev/null >"$log" 2>&1 || {
    echo ' failed'
    tail -n 12 "$log" >&2
    stop "The whole log is $log; once the cause is mended, run make again"
}
echo ' done'
touch ".venv/.$wanted"
