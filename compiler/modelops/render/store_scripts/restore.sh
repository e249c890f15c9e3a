#!/bin/sh
# Puts a dump back into a store, in one transaction: either all of it is there afterwards, or the
# store is as it was. What the dump does not hold, a table made later for example, stays.
#
# Environment, besides that of connection.sh, where PGUSER owns PGDATABASE:
#   BACKUP_DIRECTORY   where the dumps lie
#   BACKUP             the name of a dump in it, or `newest`
#
# Exit code 69: somebody is connected to the store; nothing was changed.
set -eu
. "$(dirname "$0")/connection.sh"

require BACKUP_DIRECTORY BACKUP

newest() {
    set -- "$BACKUP_DIRECTORY"/store-*.dump
    while [ $# -gt 1 ]; do
        shift
    done
    basename "$1"
}

refuse_company() {
    others=$(query --tuples-only --no-align --command "
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'
            AND pid <> pg_backend_pid()")
    [ "$others" -eq 0 ] && return
    printf 'error: %s connections to the store are open; stop the workers first\n' "$others" >&2
    exit 69
}

# pg_restore takes the database from an option alone, and reads that as a connection string.
target() {
    printf "dbname='%s'" "$(printf '%s' "$PGDATABASE" | sed "s/['\\\\]/\\\\&/g")"
}

case $BACKUP in
    newest) BACKUP=$(newest) ;;
    */*) misconfigured "BACKUP is the name of a dump, not a path" ;;
esac
dump=$BACKUP_DIRECTORY/$BACKUP
[ -f "$dump" ] || misconfigured "there is no dump $dump"
connect
refuse_company
# Owners and rights are store-init's to give.
pg_restore --no-password --clean --if-exists --no-owner --no-acl \
    --exit-on-error --single-transaction --dbname "$(target)" "$dump"
say "restored $dump"
