"""What every object store does: the suite that a new one joins by a fixture of `conftest`."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from tests.runtime.kept_results import Kept

from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.results.object_store import NotStored, ObjectStore

MEBIBYTE = 2**20

ODD = (
    "plain",
    "with space",
    "100%",
    "a%2Fb",
    "a+b&c=d?e#f",
    "Übung-é-日本",
    "'quoted' \"twice\"",
    "semi;colon:at@",
    "[brackets]{braces}",
    "~tilde.and.dots",
    "UPPER",
    "upper",
    "a" * 200,
    "deep/er/than/others",
)

WRITER = """
import os, sys
from modelops_runtime.configuration.runtime import BlobResults, FolderResults
from modelops_runtime.simulation.composition import results_of

store = results_of(eval(sys.argv[1]), os.environ).files
for number in range(10**6):
    store.put(f"numbers/{number}", b"%d" % (number % 10) * 10**7)
    print(number, flush=True)
"""


@pytest.fixture
def store(kept: Kept) -> ObjectStore:
    return kept.results().files


def at_once(works: list[Callable[[], None]]) -> None:
    """Do all of it, each in a thread of its own; what one raises is raised."""
    raised: list[BaseException] = []

    def caught(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 -- raised again below
            raised.append(error)

    threads = [threading.Thread(target=caught, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


@pytest.mark.parametrize("size", [0, 1, 100_000, 20 * MEBIBYTE])
def test_what_is_put_is_got(store: ObjectStore, size: int) -> None:
    content = os.urandom(size)
    store.put("a/table", content)
    assert store.get("a/table") == content


def test_what_is_put_again_is_replaced(store: ObjectStore) -> None:
    for content in (b"first", b"", b"the third one"):
        store.put("a", content)
        assert store.get("a") == content


@pytest.mark.parametrize("key", ODD)
def test_a_key_may_have_any_letters(store: ObjectStore, key: str) -> None:
    store.put(f"runs/{key}", key.encode())
    assert store.get(f"runs/{key}") == key.encode()


def test_keys_do_not_meet(kept: Kept) -> None:
    store = kept.results().files
    for key in ODD:
        store.put(key, key.encode())
    again = kept.results().files
    assert [again.get(key).decode() for key in ODD] == list(ODD)
    assert len({again.location(key) for key in ODD}) == len(ODD)


@pytest.mark.parametrize("key", ["never", "a/never", "a/b/c", *ODD])
def test_what_was_never_put_is_not_there(store: ObjectStore, key: str) -> None:
    store.put("something/else", b"x")
    with pytest.raises(NotStored, match="is not in"):
        store.get(key)


@pytest.mark.parametrize("key", ["", ".", "..", "/a", "a/", "a//b", "a/../b", "a\\b", "a\0"])
def test_keys_stay_below(store: ObjectStore, key: str) -> None:
    with pytest.raises(ContractViolation, match="no path below"):
        store.put(key, b"")
    with pytest.raises(ContractViolation, match="no path below"):
        store.get(key)
    with pytest.raises(ContractViolation, match="no path below"):
        store.location(key)


def test_tables_simulations_and_files_are_apart(kept: Kept) -> None:
    results = kept.results()
    stores = (results.tables, results.simulations, results.files)
    for number, store in enumerate(stores):
        store.put("ab/abc", b"%d" % number)
    assert [store.get("ab/abc") for store in stores] == [b"0", b"1", b"2"]
    assert results.files.get("tables/ab/abc") == b"0"
    assert results.files.get("simulations/ab/abc") == b"1"


def test_many_may_put_and_get_at_once(store: ObjectStore) -> None:
    same = os.urandom(MEBIBYTE)

    def busy(number: int) -> None:
        for turn in range(10):
            own = b"%d %d" % (number, turn)
            store.put(f"own/{number}", own)
            store.put("same", same)
            assert store.get(f"own/{number}") == own
            assert store.get("same") == same

    at_once([lambda number=number: busy(number) for number in range(16)])  # type: ignore[misc]


def test_who_reads_while_another_writes_sees_one_of_both(store: ObjectStore) -> None:
    contents = [bytes([letter]) * 4 * MEBIBYTE for letter in b"ab"]
    store.put("changing", contents[0])
    over = threading.Event()

    def write() -> None:
        for turn in range(12):
            store.put("changing", contents[turn % 2])
        over.set()

    def read() -> None:
        while not over.is_set():
            assert store.get("changing") in contents

    at_once([write, read, read])


def test_a_writer_that_is_killed_leaves_whole_objects(kept: Kept) -> None:
    for last in (2, 3, 5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, repr(kept.config)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **kept.variables},
        )
        assert writer.stdout is not None
        written = [int(next(writer.stdout)) for _ in range(last)]
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        assert written == list(range(last))
        store = kept.results().files
        for number in written:
            assert store.get(f"numbers/{number}") == b"%d" % number * 10**7
        # The one that it was about to write is there, or not.
        try:
            assert store.get(f"numbers/{last}") == b"%d" % last * 10**7
        except NotStored:
            continue
