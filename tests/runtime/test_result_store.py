"""What every result store does: the suite that a new one joins by a line in `STORES`."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelops_runtime.contracts.identity import checksum
from modelops_runtime.contracts.simulation import Simulated
from modelops_runtime.contracts.table import INLINE_CAP, InlineTable, StoredTable
from modelops_runtime.results.directory import DirectoryStore
from modelops_runtime.results.placement import content_of, placed
from modelops_runtime.results.store import NotStored, ResultStore


class MemoryStore:
    """A store that forgets: shows that the suite asks for nothing that only a folder does."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Store the bytes; their checksum."""
        self.contents[checksum(content)] = content
        return checksum(content)

    def get(self, checksum: str) -> bytes:
        """The bytes of a checksum."""
        try:
            return self.contents[checksum]
        except KeyError as error:
            raise NotStored(checksum) from error


STORES: dict[str, Callable[[Path], ResultStore]] = {
    "directory": lambda folder: DirectoryStore(folder / "not" / "there" / "yet"),
    "memory": lambda _: MemoryStore(),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ResultStore:
    return STORES[request.param](tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary())
def test_what_is_put_is_got(store: ResultStore, content: bytes) -> None:
    name = store.put(content)
    assert name == checksum(content)
    assert store.get(name) == content


def test_the_same_bytes_may_be_put_again(store: ResultStore) -> None:
    assert store.put(b"table") == store.put(b"table")
    assert store.get(checksum(b"table")) == b"table"


@pytest.mark.parametrize(
    "name", [checksum(b"never put"), "", "x", "../../etc/passwd", "a" * 64 + "\n", "A" * 64]
)
def test_what_was_never_put_is_not_there(store: ResultStore, name: str) -> None:
    store.put(b"something else")
    with pytest.raises(NotStored):
        store.get(name)


def test_many_may_put_and_get_at_once(store: ResultStore) -> None:
    content = b"x" * 10**6
    name = store.put(content)
    got: list[bytes] = []

    def busy() -> None:
        for _ in range(20):
            store.put(content)
            got.append(store.get(name))

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [content] * 80


@pytest.mark.parametrize("size", [1, INLINE_CAP])
def test_a_small_table_travels_with_its_result(store: ResultStore, size: int) -> None:
    (output,) = placed({"x": b"x" * size}, store)
    assert isinstance(output.table, InlineTable)
    assert content_of(output.table, store) == b"x" * size
    with pytest.raises(NotStored):
        store.get(output.table.checksum)


@pytest.mark.parametrize("size", [INLINE_CAP + 1, 5 * INLINE_CAP])
def test_a_larger_one_is_stored_and_named(store: ResultStore, size: int) -> None:
    (output,) = placed({"x": b"x" * size}, store)
    assert output.table == StoredTable(checksum(b"x" * size), size)
    assert content_of(output.table, store) == b"x" * size


def test_tables_share_the_room_of_a_result(store: ResultStore) -> None:
    half = INLINE_CAP // 2
    contents = {"c": b"c" * half, "a": b"a" * half, "b": b"b" * half, "d": b"d"}
    outputs = placed(contents, store)
    assert {one.name: type(one.table) for one in outputs} == {
        "a": InlineTable,
        "b": StoredTable,
        "c": StoredTable,
        "d": InlineTable,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    sizes=st.dictionaries(
        st.sampled_from("abcdef"), st.integers(1, 2 * INLINE_CAP) | st.integers(1, 9), min_size=1
    )
)
def test_all_tables_of_a_result_are_had_again(store: ResultStore, sizes: dict[str, int]) -> None:
    contents = {name: name.encode() * size for name, size in sizes.items()}
    simulated = Simulated("task", placed(contents, store))
    assert {one.name: content_of(one.table, store) for one in simulated.outputs} == contents
    inline = [one.table.size for one in simulated.outputs if isinstance(one.table, InlineTable)]
    stored = [one.table.size for one in simulated.outputs if isinstance(one.table, StoredTable)]
    assert sum(inline) <= INLINE_CAP
    assert not stored or sum(inline) + min(stored) > INLINE_CAP
