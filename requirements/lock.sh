#!/bin/sh
# Pins, with hashes, what pyproject.toml asks for: one resolution for everything, so that the sets agree
# and any of them can be installed over another, on every system and Python that we support.
# `lock.sh --upgrade` takes the newest versions allowed; otherwise pins move only where they must.
set -eu
cd "$(dirname "$0")/.."
tool=.cache/lock
all=.cache/lock/all.txt

[ -n "$PYTHON" ] || { echo 'make lock needs Python 3.11, 3.12 or 3.13' >&2; exit 1; }
[ -x "$tool/bin/uv" ] || "$PYTHON" -m venv --clear "$tool"
"$tool/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt

pin() {
    out=$1
    shift
    "$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --custom-compile-command 'make lock' --output-file "$out" "$@" >/dev/null
    sed '/#   -c /d' "$out" >"$tool/pinned" && cat "$tool/pinned" >"$out"
}

# What is pinned now is where the resolver starts from, unless the newest is asked for.
rm -f "$all"
[ "${1:-}" = --upgrade ] || sed -n 's/^\([a-z].*==.*\) \\$/\1/p' requirements/run.txt requirements/test.txt requirements/streaming.txt requirements/bench.txt requirements/lock.txt | sort -u >"$all"
pin "$all" pyproject.toml --all-extras --group build --group lock "$@"
for file in run:'--group build' test:'--group build --extra test' streaming:'--group build --extra streaming' \
    bench:'--group build --extra bench'; do
    pin "requirements/${file%%:*}.txt" pyproject.toml ${file#*:} --constraints "$all" --upgrade
done
pin requirements/lock.txt --group lock --constraints "$all" --upgrade
# An environment of its own, and a resolution of its own: beside Faust it cannot be.
pin requirements/checks.txt --group checks --upgrade
