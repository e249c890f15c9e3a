"""`backup.sh` and `restore.sh`, executed against real servers, and what they do when they fail."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.store.postgres import Server, ended
from tests.store.stores import Store, succeeded

STUDY = """
CREATE TYPE state AS ENUM ('running', 'complete');
CREATE TABLE trials (
    number serial PRIMARY KEY, state state, loss double precision, note text, blob bytea
);
CREATE INDEX by_state ON trials (state);
CREATE TABLE replicates (trial int REFERENCES trials, seed numeric(20));
INSERT INTO trials (state, loss, note, blob) VALUES
    ('complete', 0.1, E'ünï\\n\\\\ ''x''', '\\x00ff'), ('running', 'NaN', NULL, NULL);
INSERT INTO trials (state, loss, note)
    SELECT 'complete', 1.0 / i, md5(i::text) FROM generate_series(1, 5000) i;
INSERT INTO replicates SELECT number, 18446744073709551615 - number FROM trials;
"""
ROWS = """
SELECT * FROM trials ORDER BY number;
SELECT * FROM replicates ORDER BY trial;
SELECT nextval('trials_number_seq') > (SELECT max(number) FROM trials);
"""
OLD = ["store-20200101T000000Z.dump", "store-20210101T000000Z.dump", "store-20220101T000000Z.dump"]


@pytest.fixture
def study(store: Store) -> Store:
    """A store with rows in it."""
    succeeded(store.initialise())
    store.rows(STUDY)
    return store


@pytest.fixture
def kept(study: Store) -> Store:
    """A store with rows and with three old dumps."""
    for name in OLD:
        (study.backups / name).write_text(name)
    return study


def unharmed(store: Store) -> bool:
    """Whether the old dumps are as they were and nothing else is there, not even a half one."""
    return store.dumps == OLD and all((store.backups / one).read_text() == one for one in OLD)


@pytest.mark.parametrize(
    "odd", ["plain", 'it\'s = \\ $o ("odd") ünï', "postgresql://elsewhere/x?host=y", "-d --dbname"]
)
def test_a_dropped_store_comes_back_row_by_row(server: Server, odd: str) -> None:
    study = Store(server, f"u {odd}", f"d {odd}" if odd == "plain" else odd, odd)
    succeeded(study.initialise())
    study.rows(STUDY)
    rows = study.rows(ROWS)
    succeeded(study.backup())
    server.rows('DROP DATABASE "{}";'.format(study.database.replace('"', '""')))
    succeeded(study.initialise())
    assert study.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public';") == ["0"]
    succeeded(study.restore())
    assert study.rows(ROWS) == rows
    study.rows("ALTER TYPE state ADD VALUE 'failed'; ALTER TABLE trials ADD COLUMN more int;")


def test_a_store_goes_back_to_what_it_was(study: Store) -> None:
    rows = study.rows(ROWS)
    succeeded(study.backup())
    study.rows("DELETE FROM replicates; UPDATE trials SET loss = 0; ALTER TABLE trials DROP note;")
    succeeded(study.restore())
    assert study.rows(ROWS) == rows


def test_one_of_several_dumps_can_be_chosen(study: Store) -> None:
    succeeded(study.backup())
    (first,) = study.dumps
    (study.backups / first).rename(study.backups / OLD[0])
    study.rows("DELETE FROM replicates;")
    succeeded(study.backup())
    succeeded(study.restore())
    assert study.rows("SELECT count(*) FROM replicates;") == ["0"]
    succeeded(study.restore(OLD[0]))
    assert study.rows("SELECT count(*) FROM replicates;") == ["5002"]


def test_a_dump_outlives_the_name_of_its_user(study: Store, server: Server) -> None:
    rows = study.rows(ROWS)
    server.rows(f'CREATE ROLE "reader-{study.user}";')
    study.rows(f'GRANT SELECT ON trials TO "reader-{study.user}";')
    succeeded(study.backup())
    server.rows(
        f"""DROP DATABASE "{study.database}"; DROP ROLE "{study.user}";
        DROP ROLE "reader-{study.user}";"""
    )
    renamed = replace(study, user=f"renamed-{study.user}")
    succeeded(renamed.initialise())
    succeeded(renamed.restore(BACKUP_DIRECTORY=str(study.backups)))
    assert renamed.rows(ROWS) == rows


def test_the_newest_are_kept_and_nothing_else_is_touched(kept: Store) -> None:
    (kept.backups / "notes.txt").touch()
    (kept.backups / "lost+found").mkdir()
    done = kept.backup(BACKUP_KEEP="2")
    succeeded(done)
    *others, oldest, newest = kept.dumps
    assert others == ["lost+found", "notes.txt"]
    assert oldest == OLD[2]
    assert f"removed {kept.backups / OLD[0]}\nremoved {kept.backups / OLD[1]}\n" in done.stdout
    assert f"wrote {kept.backups / newest}, " in done.stdout


def test_a_dump_is_for_its_owner_alone(study: Store) -> None:
    succeeded(study.backup())
    (dump,) = study.backups.iterdir()
    assert dump.stat().st_mode & 0o777 == 0o600


# --- what goes wrong ------------------------------------------------------------------------------


@contextmanager
def full_disk_after(size: int) -> Iterator[None]:
    """Within: no process that is started can write more than that into a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_dump_that_ends_half_way_leaves_the_old_ones(kept: Store) -> None:
    environment = kept.as_user() | {"BACKUP_KEEP": "1"}
    with full_disk_after(20_000):
        process = kept.server.begin(kept.server.script("backup.sh"), environment)
    assert ended(process).returncode != 0
    assert unharmed(kept)


def test_a_connection_that_is_lost_leaves_the_old_ones(kept: Store, server: Server) -> None:
    lock = "BEGIN; LOCK TABLE trials; SELECT 'locked';"
    holder = server.begin(
        ["psql", "-X", "-q", "-A", "-t"],
        server.environment(kept.user, kept.database) | {"PGPASSWORD": kept.password},
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write(f"{lock}\n")
    holder.stdin.flush()
    assert holder.stdout.readline() == "locked\n"
    environment = kept.as_user() | {"BACKUP_KEEP": "1"}
    process = server.begin(server.script("backup.sh"), environment)
    waiting = (
        "FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'"
    )
    while server.rows(f"SELECT count(*) {waiting};") == ["0"]:
        assert process.poll() is None
    server.rows(f"SELECT pg_terminate_backend(pid) {waiting};")
    found = ended(process)
    ended(holder)
    assert found.returncode == 1
    assert "terminating connection" in found.stderr
    assert unharmed(kept)


def test_a_table_that_cannot_be_read_is_no_success(kept: Store, server: Server) -> None:
    server.rows("CREATE TABLE secret (a int);", kept.database)
    found = kept.backup(BACKUP_KEEP="1")
    assert found.returncode == 1
    assert "permission denied for table secret" in found.stderr
    assert unharmed(kept)


def test_a_dump_that_cannot_be_read_back_is_none(kept: Store, server: Server) -> None:
    folder = server.make_folder(f"programs-{kept.tag}")
    (folder / "pg_dump").write_text(
        f'#!/bin/sh\n{server.programs}/pg_dump "$@" && truncate -s 2000 "$5"\n'
    )
    (folder / "pg_dump").chmod(0o755)
    found = kept.backup(PATH=f"{folder}:{kept.as_user()['PATH']}", BACKUP_KEEP="1")
    assert found.returncode == 1
    assert "could not read from input file" in found.stderr
    assert unharmed(kept)


def test_what_a_kill_left_behind_is_cleared_away(study: Store) -> None:
    (study.backups / ".store-20260101T000000Z.dump.partial").write_text("half")
    succeeded(study.backup())
    assert [name for name in study.dumps if name.startswith(".")] == []


def test_a_name_that_is_taken_is_left_to_its_owner(study: Store) -> None:
    now = datetime.now(UTC)
    names = [f"store-{now + timedelta(seconds=second):%Y%m%dT%H%M%SZ}.dump" for second in range(60)]
    for name in names:
        (study.backups / name).write_text(name)
    found = study.backup()
    assert found.returncode == 75
    assert found.stderr.endswith("exists already\n")
    assert study.dumps == names
    assert all((study.backups / name).read_text() == name for name in names)


def test_a_restore_waits_for_nobody(study: Store, server: Server) -> None:
    succeeded(study.backup())
    study.rows("DELETE FROM replicates;")
    worker = server.begin(
        ["psql", "-X", "-q", "-A", "-t"],
        server.environment(study.user, study.database) | {"PGPASSWORD": study.password},
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write("SELECT 'connected';\n")
    worker.stdin.flush()
    assert worker.stdout.readline() == "connected\n"
    found = study.restore()
    ended(worker)
    assert found.returncode == 69
    assert found.stderr == ("error: 1 connections to the store are open; stop the workers first\n")
    assert study.rows("SELECT count(*) FROM replicates;") == ["0"]


def test_a_restore_that_fails_half_way_changes_nothing(study: Store) -> None:
    succeeded(study.backup())
    study.rows("UPDATE trials SET loss = 7; CREATE VIEW later AS SELECT seed FROM replicates;")
    rows = study.rows(ROWS)
    found = study.restore()
    assert found.returncode == 1
    assert "cannot drop table" in found.stderr
    assert study.rows(ROWS) == rows


@pytest.mark.parametrize("left", [0, 10, 2_000, -1])
def test_a_damaged_dump_changes_nothing(study: Store, left: int) -> None:
    succeeded(study.backup())
    (dump,) = study.backups.iterdir()
    dump.write_bytes(dump.read_bytes()[:left])
    rows = study.rows("SELECT * FROM trials ORDER BY number;")
    assert study.restore().returncode == 1
    assert study.rows("SELECT * FROM trials ORDER BY number;") == rows


def test_a_dump_that_is_not_there_is_named(study: Store) -> None:
    assert study.restore().returncode == 64
    found = study.restore("store-20200101T000000Z.dump")
    assert found.returncode == 64
    assert found.stderr == f"error: there is no dump {study.backups}/store-20200101T000000Z.dump\n"
    assert study.restore("../elsewhere.dump").returncode == 64


def test_a_volume_that_cannot_be_written_is_named(study: Store) -> None:
    for folder in ("/nowhere", "/proc"):
        found = study.backup(BACKUP_DIRECTORY=folder)
        assert (found.returncode, found.stderr) == (
            64,
            f"error: {folder} is not a folder to write into\n",
        )


@pytest.mark.parametrize("number", ["0", "", "all", "-3"])
def test_at_least_one_dump_is_kept(kept: Store, number: str) -> None:
    found = kept.backup(BACKUP_KEEP=number)
    assert found.returncode == 64
    assert "BACKUP_KEEP" in found.stderr
    assert unharmed(kept)


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("backup.sh", "BACKUP_DIRECTORY"),
        ("restore.sh", "BACKUP_DIRECTORY"),
        ("restore.sh", "BACKUP"),
    ],
)
def test_a_variable_that_is_not_set_is_named(
    store: Store, server: Server, script: str, name: str
) -> None:
    environment = store.as_user() | {"BACKUP": "newest", "BACKUP_KEEP": "1"}
    del environment[name]
    found = server.run(server.script(script), environment)
    assert found.returncode == 64
    assert found.stderr == f"error: the variable {name} is not set\n"


def test_a_wrong_password_is_a_failure_and_no_question(kept: Store, server: Server) -> None:
    wrong = server.secret(f"wrong-{kept.tag}", "wrong")
    found = kept.backup(PASSWORD_FILE=wrong, BACKUP_KEEP="1")
    assert found.returncode == 1
    assert "password authentication failed" in found.stderr
    assert unharmed(kept)
    succeeded(kept.backup())
    found = kept.restore(PASSWORD_FILE=wrong)
    assert found.returncode == 2
    assert "password authentication failed" in found.stderr
