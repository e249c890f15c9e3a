"""Part of `simulation`: files of a run, written where only workers can write."""

from collections.abc import Mapping

from modelops_runtime.contracts.paths import below
from modelops_runtime.results.object_store import ObjectStore


class NotDelivered(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """The files could not be written; the message says why."""


def delivered(store: ObjectStore, files: Mapping[str, bytes], place: str) -> str:
    """Write the files below a place, in the order given; where people find them.

    Each is there whole or not at all: where the last one tells of the others, it is true.

    Raises:
        ContractViolation: the place, or the name of a file, would be somewhere else.
        NotDelivered: they cannot be written.
    """
    location = store.location(place)
    contents = {f"{place}/{below(name)}": content for name, content in files.items()}
    try:
        for key, content in contents.items():
            store.put(key, content)
    except OSError as error:
        raise NotDelivered(f"{location}: {error}") from error
    return location
