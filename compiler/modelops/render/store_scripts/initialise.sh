#!/bin/sh
# Makes the role and the database of a run. Running it again changes nothing but the stored form of
# the password, which is set each time, so that it always equals the Secret's.
#
# Environment, besides that of connection.sh, where PGUSER is the admin:
#   STORE_USER, STORE_DATABASE   the role and the database, at most 63 bytes each
#   STORE_PASSWORD_FILE          a file that holds the role's password, on one line
set -eu
scripts=$(dirname "$0")
. "$scripts/connection.sh"

require_name() {
    require "$1"
    [ "$(printf '%s' "$(printenv "$1")" | wc -c)" -le 63 ] ||
        misconfigured "$1 is longer than the 63 bytes of a name in Postgres"
}

require_name STORE_USER
require_name STORE_DATABASE
require STORE_PASSWORD_FILE
require_password "$STORE_PASSWORD_FILE"
connect
query --file "$scripts/role_and_database.sql"
# By the environment: an option would take a name with `=` in it for a connection string.
export PGDATABASE="$STORE_DATABASE"
query --file "$scripts/schema.sql"
say "the role and the database of the store are there"
