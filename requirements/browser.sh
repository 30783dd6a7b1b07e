#!/bin/sh
# The tests open pages in a real browser: Chromium or Chrome, whichever is there. On Debian, as root, it is
# installed where it is missing; elsewhere this says what to install, and those tests fail until it is.
set -eu
cd "$(dirname "$0")/.."
log=.cache/browser.log

there() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return
    done
    [ -x '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' ] ||
        [ -x /Applications/Chromium.app/Contents/MacOS/Chromium ]
}

# Ubuntu's package of that name only fetches a snap, which does not run in a container.
can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && grep -qx 'ID=debian' /etc/os-release 2>/dev/null
}

install_it() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core
}

there && exit
if can_install; then
    mkdir -p .cache
    printf 'Installing Chromium with apt-get, for the tests of pages ...'
    if install_it </dev/null >"$log" 2>&1; then
        echo ' done'
        exit
    fi
    echo " failed; the whole log is $log"
fi
echo 'The tests of pages need Chromium or Chrome: apt install chromium, or brew install --cask google-chrome' >&2
