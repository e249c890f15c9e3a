# Sourced by the other scripts of this folder: how they refuse, connect and wait.
#
# Environment of them all:
#   PGHOST, PGPORT, PGUSER, PGDATABASE   the server, and who goes where (libpq's own variables)
#   PASSWORD_FILE                        a file that holds PGUSER's password, on one line
#   READY_SECONDS                        how long to wait for the server
#
# A folder for small temporary files must be writable: TMPDIR, or else /tmp.
#
# Exit codes of them all, besides those of psql, pg_dump and pg_restore (1, 2, 3):
#   64   the environment or a mounted file is not as it has to be: trying again will not help
#   75   the server did not come up in time: try again

export LC_ALL=C PGCLIENTENCODING=UTF8 PGCONNECT_TIMEOUT=10
umask 077

say() {
    printf '%s\n' "$*"
}

misconfigured() {
    printf 'error: %s\n' "$*" >&2
    exit 64
}

require() {
    for name in "$@"; do
        [ -n "$(printenv "$name")" ] || misconfigured "the variable $name is not set"
    done
}

require_number() {
    require "$1"
    case $(printenv "$1") in
        0* | *[!0-9]*) misconfigured "the variable $1 is not a whole number above zero" ;;
    esac
}

require_password() {
    [ -s "$1" ] || misconfigured "$1 is not a file with a password"
    [ "$(grep -c '' "$1")" -eq 1 ] || misconfigured "$1 holds more than one line"
}

# A password stands in a private file, and so in no argument and no environment.
connect() {
    require PGHOST PGUSER PGDATABASE PASSWORD_FILE
    require_number PGPORT
    require_number READY_SECONDS
    require_password "$PASSWORD_FILE"
    private=$(mktemp -d)
    trap 'rm -rf "$private"' EXIT
    trap 'exit 143' TERM
    trap 'exit 130' INT
    { printf '*:*:*:*:' && sed 's/[\\:]/\\&/g' "$PASSWORD_FILE"; } >"$private/passwords"
    export PGPASSFILE="$private/passwords"
    unset PGPASSWORD
    wait_until_ready
}

wait_until_ready() {
    deadline=$(($(date +%s) + READY_SECONDS))
    until pg_isready --quiet; do
        if [ "$(date +%s)" -ge "$deadline" ]; then
            printf 'error: %s:%s was not ready within %s s\n' \
                "$PGHOST" "$PGPORT" "$READY_SECONDS" >&2
            exit 75
        fi
        sleep 1
    done
}

# No password is ever asked for; a wrong one is an error.
query() {
    psql --no-psqlrc --no-password --quiet --set ON_ERROR_STOP=1 "$@"
}
