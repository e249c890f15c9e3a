"""Tables by their checksum, wherever objects are kept, and which of them go there."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.runtime.kept_results import Kept

from modelops_runtime.contracts.identity import checksum
from modelops_runtime.contracts.simulation import Simulated
from modelops_runtime.contracts.table import INLINE_CAP, InlineTable, StoredTable
from modelops_runtime.results.content_store import ContentStore, Damaged
from modelops_runtime.results.object_store import NotStored
from modelops_runtime.results.placement import content_of, placed


@pytest.fixture
def store(kept: Kept) -> ContentStore:
    return ContentStore(kept.results().tables)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(content=st.binary())
def test_what_is_put_is_got(store: ContentStore, content: bytes) -> None:
    name = store.put(content)
    assert name == checksum(content)
    assert store.get(name) == content


def test_the_same_bytes_may_be_put_again(store: ContentStore) -> None:
    assert store.put(b"table") == store.put(b"table")
    assert store.get(checksum(b"table")) == b"table"


@pytest.mark.parametrize(
    "name", [checksum(b"never put"), "", "x", "../../etc/passwd", "a" * 64 + "\n", "A" * 64]
)
def test_what_was_never_put_is_not_there(store: ContentStore, name: str) -> None:
    store.put(b"something else")
    with pytest.raises(NotStored):
        store.get(name)


def test_what_has_changed_is_noticed_and_healed(store: ContentStore) -> None:
    name = store.put(b"table")
    for damage in (b"", b"tabl", b"tablf", b"table "):
        store.objects.put(f"{name[:2]}/{name}", damage)
        with pytest.raises(Damaged):
            store.get(name)
    store.put(b"table")
    assert store.get(name) == b"table"


@pytest.mark.parametrize("size", [1, INLINE_CAP])
def test_a_small_table_travels_with_its_result(store: ContentStore, size: int) -> None:
    (output,) = placed({"x": b"x" * size}, store)
    assert isinstance(output.table, InlineTable)
    assert content_of(output.table, store) == b"x" * size
    with pytest.raises(NotStored):
        store.get(output.table.checksum)


@pytest.mark.parametrize("size", [INLINE_CAP + 1, 5 * INLINE_CAP])
def test_a_larger_one_is_stored_and_named(store: ContentStore, size: int) -> None:
    (output,) = placed({"x": b"x" * size}, store)
    assert output.table == StoredTable(checksum(b"x" * size), size)
    assert content_of(output.table, store) == b"x" * size


def test_tables_share_the_room_of_a_result(store: ContentStore) -> None:
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
def test_all_tables_of_a_result_are_had_again(store: ContentStore, sizes: dict[str, int]) -> None:
    contents = {name: name.encode() * size for name, size in sizes.items()}
    simulated = Simulated("task", placed(contents, store))
    assert {one.name: content_of(one.table, store) for one in simulated.outputs} == contents
    inline = [one.table.size for one in simulated.outputs if isinstance(one.table, InlineTable)]
    stored = [one.table.size for one in simulated.outputs if isinstance(one.table, StoredTable)]
    assert sum(inline) <= INLINE_CAP
    assert not stored or sum(inline) + min(stored) > INLINE_CAP
