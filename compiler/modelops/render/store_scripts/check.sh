#!/bin/sh
# Proves that a run's own user can log in and make tables: what its workers do first. Leaves nothing
# behind.
#
# Environment: that of connection.sh, where PGUSER owns PGDATABASE.
set -eu
. "$(dirname "$0")/connection.sh"

connect
psql --no-psqlrc --no-password --quiet --set ON_ERROR_STOP=1 <<'END'
BEGIN;
CREATE TABLE modelops_check (id integer);
ROLLBACK;
END
say "$PGUSER can make tables in $PGDATABASE"
