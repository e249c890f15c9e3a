"""`initialise.sh` and its SQL, executed against real servers: twice, and with odd names."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.store.postgres import ADMIN, ADMIN_PASSWORD, LOOPBACK, Server, ended, free_port
from tests.store.stores import Store, succeeded

from modelops.render.store_scripts import ready_command

ODD = [
    'o\'brien "said" \\back\\slash\\',
    "-U--leading dashes  two spaces ",
    "$HOME $(id) `id` $$ $do$ {*?[~#;&|<>!}",
    ":colon :'quoted' :\"named\" %I %s %L %%",
    "ünïcödé-名前",
    "x" * 63,
    "host=elsewhere user=admin",
    "postgresql://admin@elsewhere/db?x=y",
    "'); DROP TABLE students; --",
    "Select\t",
]
"""Each is a role, a database and a password; Postgres itself allows all of them."""


@pytest.mark.parametrize("odd", ODD)
def test_odd_names_and_passwords_do_twice(server: Server, odd: str) -> None:
    store = Store(server, odd, odd, odd)
    succeeded(store.initialise())
    once = store.catalogue()
    succeeded(store.initialise())
    assert store.catalogue() == once
    assert store.rows("CREATE TABLE t (a int); SELECT current_user, current_database();") == [
        f"{odd}|{odd}"
    ]


def test_a_wrong_password_is_refused(store: Store) -> None:
    """Or the tests here would prove nothing."""
    succeeded(store.initialise())
    assert "password authentication failed" in replace(store, password="wrong").ask("").stderr  # noqa: S106


def test_a_second_run_leaves_the_data(store: Store) -> None:
    store.initialise()
    store.rows("CREATE TABLE trials (loss float); INSERT INTO trials VALUES (0.5), (0.25);")
    succeeded(store.initialise())
    assert store.rows("SELECT loss FROM trials ORDER BY loss;") == ["0.25", "0.5"]


def test_the_password_follows_the_secret(store: Store) -> None:
    store.initialise()
    renewed = replace(store, password="renewed")  # noqa: S106 -- of this test
    succeeded(renewed.initialise())
    assert renewed.rows("SELECT 1;") == ["1"]
    assert store.ask("").returncode == 2


def test_a_role_that_was_there_is_put_right(store: Store, server: Server) -> None:
    server.rows(
        f"""CREATE ROLE "{store.user}" NOLOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS
        PASSWORD 'old' VALID UNTIL '2001-01-01';"""
    )
    succeeded(store.initialise())
    assert store.rows(
        """SELECT rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles
        WHERE rolname = current_user;"""
    ) == ["f|f|f|f"]


def test_a_database_of_somebody_else_is_taken_over_with_its_data(
    store: Store, server: Server
) -> None:
    former = replace(store, user=f"former-{store.user}")
    succeeded(former.initialise())
    former.rows("""
        CREATE TYPE state AS ENUM ('running', 'complete');
        CREATE TABLE trials (number serial PRIMARY KEY, state state);
        CREATE VIEW complete AS SELECT * FROM trials WHERE state = 'complete';
        CREATE SEQUENCE apart;
        INSERT INTO trials (state) VALUES ('complete'), ('running');
    """)
    succeeded(store.initialise())
    once = store.catalogue()
    succeeded(store.initialise())
    assert store.catalogue() == once
    assert store.rows("SELECT * FROM trials ORDER BY number;") == ["1|complete", "2|running"]
    store.rows("""
        ALTER TYPE state ADD VALUE 'failed';
        ALTER TABLE trials ADD COLUMN loss float;
        INSERT INTO trials (state) VALUES ('failed');
        SELECT nextval('apart');
        DROP VIEW complete;
    """)
    assert former.ask("").returncode == 2


def test_nobody_else_may_enter_or_make_tables(store: Store, server: Server) -> None:
    stranger = replace(store, user=f"x{store.user}", database=f"x{store.database}")
    succeeded(stranger.initialise())
    succeeded(store.initialise())
    assert "permission denied" in replace(stranger, database=store.database).ask("").stderr
    # As in a database from the times when everybody might.
    server.rows("GRANT CREATE ON SCHEMA public TO PUBLIC;", store.database)
    server.rows(f'GRANT CONNECT ON DATABASE "{store.database}" TO "{stranger.user}";')
    succeeded(store.initialise())
    found = replace(stranger, database=store.database).ask("CREATE TABLE theirs (a int);")
    assert "permission denied for schema public" in found.stderr


def test_a_superuser_is_not_made_an_ordinary_one(store: Store, server: Server) -> None:
    found = replace(store, user=ADMIN).initialise()
    assert found.returncode == 3
    (line,) = found.stderr.splitlines()
    assert line.endswith(
        "ERROR:  the role postgres is a superuser: a store needs a user of its own"
    )
    assert server.rows("SELECT rolsuper FROM pg_roles WHERE rolname = 'postgres';") == ["t"]


def test_what_the_server_refuses_is_a_failure(store: Store) -> None:
    found = replace(store, user="pg_reserved").initialise()
    assert found.returncode == 3
    assert 'role name "pg_reserved" is reserved' in found.stderr


def test_two_at_once_do_no_harm(store: Store, server: Server) -> None:
    command, environment = server.script("initialise.sh"), store.as_admin()
    begun = [server.begin(command, environment) for _ in range(4)]
    for done in [ended(process) for process in begun]:
        succeeded(done)


def test_the_second_waits_in_the_database_too(store: Store, server: Server) -> None:
    """A lock of one database is none of another; without it both would change the same rights."""
    succeeded(store.initialise())
    as_admin = server.environment(ADMIN, store.database) | {"PGPASSWORD": ADMIN_PASSWORD}
    holder = server.begin(["psql", "-X", "-q", "-A", "-t"], as_admin)
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write("SELECT 'locked', pg_advisory_lock(hashtext('modelops store-init'));\n")
    holder.stdin.flush()
    assert holder.stdout.readline().startswith("locked")
    process = server.begin(server.script("initialise.sh"), store.as_admin())
    waiting = "FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while server.rows(f"SELECT count(*) {waiting};") == ["0"]:
        assert process.poll() is None
    ended(holder)
    succeeded(ended(process))


def test_no_password_is_told(store: Store, server: Server) -> None:
    done = store.initialise()
    assert store.password not in done.stdout + done.stderr
    assert f'CREATE DATABASE "{store.database}"' not in server.log
    assert store.password not in server.log
    assert "GRANT USAGE, CREATE ON SCHEMA public" in server.log  # it does log


def test_no_password_is_told_when_it_cannot_be_set(store: Store, server: Server) -> None:
    store.initialise()
    server.rows("ALTER ROLE postgres SET default_transaction_read_only = on;")
    try:
        done = replace(store, password="another-password").initialise()  # noqa: S106 -- of this test
    finally:
        server.rows("SET default_transaction_read_only = off; ALTER ROLE postgres RESET ALL;")
    assert done.returncode == 3
    assert "read-only transaction" in done.stderr
    assert "another-password" not in done.stderr + server.log


def test_nothing_is_left_in_the_folder_for_temporary_files(store: Store, server: Server) -> None:
    before = sorted(server.folder.joinpath("tmp").iterdir())
    store.initialise()
    store.initialise(PGPORT=str(free_port()), READY_SECONDS="1")
    assert sorted(server.folder.joinpath("tmp").iterdir()) == before


def test_a_password_of_the_environment_is_not_used(store: Store) -> None:
    succeeded(store.initialise(PGPASSWORD="wrong"))


def test_a_wrong_admin_password_is_a_failure_and_no_question(store: Store, server: Server) -> None:
    found = store.initialise(PASSWORD_FILE=server.secret(f"wrong-{store.tag}", "wrong"))
    assert found.returncode == 2
    assert "password authentication failed" in found.stderr


def test_a_server_that_comes_up_late_is_waited_for(store: Store, server: Server) -> None:
    server.stop()
    try:
        environment = store.as_admin() | {"READY_SECONDS": "60"}
        process = server.begin(server.script("initialise.sh"), environment)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1.5)
    finally:
        server.start()
    succeeded(ended(process))
    assert store.rows("SELECT 1;") == ["1"]


def test_a_server_that_never_comes_up_is_given_up(store: Store) -> None:
    port = str(free_port())
    found = store.initialise(PGPORT=port, READY_SECONDS="1")
    assert found.returncode == 75
    assert found.stderr == f"error: {LOOPBACK}:{port} was not ready within 1 s\n"


@pytest.mark.parametrize(
    "name",
    [
        *("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PASSWORD_FILE", "READY_SECONDS"),
        *("STORE_USER", "STORE_DATABASE", "STORE_PASSWORD_FILE"),
    ],
)
@pytest.mark.parametrize("left", ["out", "empty"])
def test_a_variable_that_is_not_set_is_named(
    store: Store, server: Server, name: str, left: str
) -> None:
    environment = store.as_admin() | {name: ""}
    if left == "out":
        del environment[name]
    found = server.run(server.script("initialise.sh"), environment)
    assert found.returncode == 64
    assert found.stderr == f"error: the variable {name} is not set\n"


@pytest.mark.parametrize("name", ["READY_SECONDS", "PGPORT"])
@pytest.mark.parametrize("number", ["0", "-1", "1.5", "http", "1m", "08"])
def test_what_is_no_number_is_named(store: Store, name: str, number: str) -> None:
    found = store.initialise(**{name: number})
    assert found.returncode == 64
    assert f"{name} is not a whole number above zero" in found.stderr


@pytest.mark.parametrize("name", ["PASSWORD_FILE", "STORE_PASSWORD_FILE"])
def test_a_password_stands_on_one_line_of_a_file(store: Store, server: Server, name: str) -> None:
    absent = store.initialise(**{name: "/nowhere"})
    assert (absent.returncode, absent.stderr) == (
        64,
        "error: /nowhere is not a file with a password\n",
    )
    empty = server.secret(f"empty-{store.tag}", "")
    assert store.initialise(**{name: empty}).returncode == 64
    two = store.initialise(**{name: server.secret(f"two-{store.tag}", "one\ntwo\n")})
    assert two.returncode == 64
    assert two.stderr.endswith("holds more than one line\n")


def test_the_end_of_a_password_s_line_is_no_part_of_it(store: Store, server: Server) -> None:
    for name, password in (("user", store.password), ("admin", ADMIN_PASSWORD)):
        server.secret(f"line-{name}-{store.tag}", f"{password}\n")
    succeeded(
        store.initialise(
            PASSWORD_FILE=f"{server.folder}/line-admin-{store.tag}",
            STORE_PASSWORD_FILE=f"{server.folder}/line-user-{store.tag}",
        )
    )
    assert store.rows("SELECT 1;") == ["1"]


@pytest.mark.parametrize("name", ["STORE_USER", "STORE_DATABASE"])
def test_a_name_that_postgres_would_cut_off_is_refused(store: Store, name: str) -> None:
    found = store.initialise(**{name: "é" * 32})
    assert found.returncode == 64
    assert found.stderr == f"error: {name} is longer than the 63 bytes of a name in Postgres\n"


# --- the proof ------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ODD)
def test_a_store_that_was_made_can_be_used(server: Server, odd: str) -> None:
    store = Store(server, odd, odd, odd)
    succeeded(store.initialise())
    before = store.catalogue()
    succeeded(store.check())
    assert store.catalogue() == before


def test_a_store_that_cannot_be_used_is_a_failure(store: Store, server: Server) -> None:
    assert store.check().returncode == 2
    store.initialise()
    wrong = server.secret(f"wrong-{store.tag}", "wrong")
    assert "password authentication failed" in store.check(PASSWORD_FILE=wrong).stderr
    server.rows(
        f"""REVOKE ALL ON SCHEMA public FROM "{store.user}", pg_database_owner;""", store.database
    )
    found = store.check()
    assert found.returncode == 3
    assert "permission denied for schema public" in found.stderr
    succeeded(store.initialise())
    succeeded(store.check())


# --- probes ---------------------------------------------------------------------------------------


def test_a_probe_sees_a_server_that_answers(server: Server) -> None:
    path = {"PATH": str(server.programs)}
    assert server.run(ready_command(server.port, ADMIN), path).returncode == 0
    assert server.run(ready_command(free_port(), ADMIN), path).returncode == 2


def test_a_probe_is_not_deceived_by_a_server_on_its_socket_alone(server: Server) -> None:
    """As the image's entrypoint starts one, while it makes a new store."""
    server.stop()
    server.start(listen="")
    try:
        path = {"PATH": str(server.programs)}
        (socket,) = Path(server.folder / "tmp").glob(f".s.PGSQL.{server.port}")
        by_socket = ["pg_isready", "-h", str(socket.parent), "-p", str(server.port)]
        assert server.run(by_socket, path).returncode == 0
        assert server.run(ready_command(server.port, ADMIN), path).returncode == 2
    finally:
        server.stop()
        server.start()
