#!/bin/sh
# Starts what it is given. The store's password comes as a file, and the database's own library takes it from the
# environment of this one process, so that it is in no address, on no command line and in nothing that can be inspected.
set -eu
if [ -n "${STORE_PASSWORD_FILE:-}" ]; then
    [ -r "$STORE_PASSWORD_FILE" ] || { echo "$STORE_PASSWORD_FILE can't be read: make it, and let user 10001 read it" >&2; exit 2; }
    PGPASSWORD=$(cat "$STORE_PASSWORD_FILE")
    export PGPASSWORD
fi
exec "$@"
