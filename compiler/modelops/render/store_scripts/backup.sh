#!/bin/sh
# Writes one dump of a store, and then removes the oldest beyond those to keep. When it fails, no
# earlier dump is touched and no half one is left under a dump's name.
#
# Environment, besides that of connection.sh, where PGUSER owns PGDATABASE:
#   BACKUP_DIRECTORY   where the dumps lie; must be writable
#   BACKUP_KEEP        how many dumps stay, at least 1
set -eu
. "$(dirname "$0")/connection.sh"

require BACKUP_DIRECTORY
require_number BACKUP_KEEP
[ -w "$BACKUP_DIRECTORY" ] || misconfigured "$BACKUP_DIRECTORY is not a folder to write into"
connect

# Left behind by a kill; only one backup of a store runs at a time.
rm -f "$BACKUP_DIRECTORY"/.store-*.partial

dump=$BACKUP_DIRECTORY/store-$(date -u +%Y%m%dT%H%M%SZ).dump
partial=$BACKUP_DIRECTORY/.$(basename "$dump").partial
trap 'rm -rf "$private" "$partial"' EXIT

pg_dump --no-password --format custom --file "$partial"
# Read to its end: what cannot be read is no backup.
pg_restore --file /dev/null "$partial"
mv -n "$partial" "$dump"
sync "$BACKUP_DIRECTORY"
if [ -e "$partial" ]; then
    printf 'error: %s exists already\n' "$dump" >&2
    exit 75
fi

# Names hold their time, so their order is their age.
set -- "$BACKUP_DIRECTORY"/store-*.dump
while [ $# -gt "$BACKUP_KEEP" ]; do
    rm "$1"
    say "removed $1"
    shift
done
say "wrote $dump, $(wc -c <"$dump") bytes"
