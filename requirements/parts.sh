#!/bin/sh
# `parts.sh TARGET COMMAND...` runs a command that needs the real parts: a Kafka broker and a PostgreSQL server, which
# tests/kit starts and stops. What is missing of them is installed on Debian, as root. Elsewhere, where Docker's engine
# answers, the target is made in a container instead, and otherwise this says what to install. A missing part is a
# failure, never a test left out.
set -eu
cd "$(dirname "$0")/.."
target=$1
shift
log=.cache/parts.log
packages='default-jre-headless maven postgresql faketime procps'
mkdir -p .cache

stop() {
    echo "$1" >&2
    exit 1
}

missing() {
    .venv/bin/python -m tests.kit.programs | paste -sd , - | sed 's/,/, /g'
}

can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && grep -qx 'ID=debian' /etc/os-release 2>/dev/null
}

# Debian's package would start a server of its own, on PostgreSQL's own port: the kit wants only the programs.
without_a_server() {
    [ -e /etc/postgresql-common/createcluster.conf ] && return
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
}

install_them() {
    export DEBIAN_FRONTEND=noninteractive
    without_a_server
    # shellcheck disable=SC2086
    apt-get -o Acquire::Retries=3 update &&
        apt-get -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold install -y --no-upgrade --no-install-recommends \
            $packages
}

install_on_debian() {
    printf 'Installing with apt-get, for the tests of the live path: %s ...' "$packages"
    install_them </dev/null >"$log" 2>&1 || {
        echo ' failed'
        tail -n 12 "$log" >&2
        stop "The whole log is $log; once the cause is mended, run make again"
    }
    echo ' done'
}

fetch_broker() {
    [ -d "$(.venv/bin/python -c 'from tests.kit.jars import jars_folder; print(jars_folder())')" ] && return
    printf 'Fetching the Kafka broker that requirements/broker/pom.xml names, with Maven ...'
    .venv/bin/python -m tests.kit.jars </dev/null >"$log" 2>&1 || {
        echo ' failed'
        tail -n 12 "$log" >&2
        stop "The whole log is $log; once the cause is mended, run make again"
    }
    echo ' done'
}

lacking=$(missing)
if [ -n "$lacking" ] && can_install; then
    install_on_debian
    lacking=$(missing)
elif [ -n "$lacking" ] && docker info >/dev/null 2>&1; then
    echo "Missing here: $lacking. Docker answers, so make $target runs in the container of requirements/tests.yml"
    TARGET=$target exec docker compose -f requirements/tests.yml run --rm tests
fi
[ -z "$lacking" ] || stop "The tests of the live path need $lacking: apt install $packages, brew install openjdk maven \
postgresql@17 libfaketime, or start Docker; make test-embedded passes those that need none of it"
fetch_broker
echo "$@"
exec "$@"
