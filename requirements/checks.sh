#!/bin/sh
# What checks files by their schemas, in an environment of its own: beside Faust it can't be. Made when its locked set is
# newer than it; the tests say so where it is missing. Says one line; pip's own words go to .cache/checks.log.
set -eu
cd "$(dirname "$0")/.."
tool=.cache/checks
log=.cache/checks.log

[ "$tool/.made" -nt requirements/checks.txt ] && exit
mkdir -p .cache
printf 'Setting up %s, to check files by their schemas ...' "$tool"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
{ "${PYTHON:-.venv/bin/python}" -m venv --clear "$tool" &&
    "$tool/bin/python" -m pip install --require-hashes --only-binary :all: -r requirements/checks.txt; } </dev/null >"$log" 2>&1 || {
    echo ' failed'
    tail -n 12 "$log" >&2
    echo "The whole log is $log; once the cause is mended, run make test again" >&2
    exit 1
}
touch "$tool/.made"
echo ' done'
