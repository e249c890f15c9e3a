"""Where a finding about several values stands: at the first of them that somebody wrote.

A default has no line of its own; pointing at the file's first line would help nobody.
"""

from modelops.plan.scope import AnyScope
from modelops.provenance import DataPath


def first_written(scope: AnyScope, *paths: DataPath) -> DataPath:
    """Where the first of these values was written that was; the first of all where none was."""
    written = (written_at(scope, path) for path in paths)
    return next((path for path in written if path), paths[0])


def written_at(scope: AnyScope, path: DataPath) -> DataPath | None:
    """Where a value was written: there, or above as one amount for request and limit."""
    for length in range(len(path), 0, -1):
        origin = scope.unit.origins.origin(path[:length])
        if origin:
            exact = length == len(path) or not isinstance(origin.value, dict)
            return path[:length] if exact else None
    return None
