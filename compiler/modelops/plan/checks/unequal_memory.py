"""DSK004: a container that may use memory it was not promised, or was promised more than it may."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Severity
from modelops.diagnostics.rulebook import dsk
from modelops.model.fields import bytes_text
from modelops.plan.scope import PARTS, Scope


def unequal_memory(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse a request above its limit; one below it is a warning, and an error in production."""
    for part in PARTS:
        memory = scope.part(part).resources.memory
        if memory.request == memory.limit:
            continue
        path = (part, "resources", "memory")
        request, limit = bytes_text(memory.request), bytes_text(memory.limit)
        limit_note = scope.note("the limit", *path, "limit")
        if memory.request > memory.limit:
            yield Diagnostic(
                dsk.DSK004,
                f"`{'.'.join(path)}` asks for {request}, above its limit of {limit}",
                scope.at(*path, "request"),
                "lower the request, or raise the limit",
                notes=(limit_note,),
                severity=Severity.ERROR,
            )
        else:
            yield scope.breach(
                dsk.DSK004,
                f"`{'.'.join(path)}` asks for {request} and may use {limit}: what lies between may "
                "not be there, and a node short of memory evicts this pod first",
                scope.at(*path, "request"),
                f"write one amount: `memory: {limit}` is request and limit",
                limit_note,
            )
