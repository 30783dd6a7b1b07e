#!/bin/sh
# Makes the passwords that are still missing, one file each, of 32 random characters; those that are there stay.
# The folder is its owner's alone. The files in it can be read by all, for they are read in containers under other users'
# numbers, and there each process is given only its own.
set -eu
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"
for name in postgres migrate worker feed reader; do
    file=$folder/${name}_password
    [ -s "$file" ] && continue
    LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 32 >"$file"
    chmod 644 "$file"
    echo "made $file"
done
