"""Paths as people type them: `workers.processes`, `labels."a.b/c"`, `spec.containers[0].image`."""

import re

import click

PART = re.compile(
    r"""\[(?P<index>[0-9]+)\]
      | \["(?P<bracketed>[^"]+)"\]
      | (?:^|\.) (?: "(?P<quoted>[^"]*)" | (?P<plain>[^\s."\[\]]+) )""",
    re.VERBOSE,
)
FORM = 'write a path like workers.processes, labels."a.b/c" or profiles[0]'


def keys_of(path: str) -> tuple[str, ...]:
    """The keys and indices of a path as it was typed.

    Raises:
        click.UsageError: it is no path.
    """
    parts: list[str] = []
    end = 0
    while end < len(path):
        part = PART.match(path, end)
        if part is None:
            break
        parts.append(next(text for text in part.groups() if text is not None))
        end = part.end()
    if not parts or end < len(path):
        raise click.UsageError(f"`{path}` is no path: {FORM}.")
    return tuple(parts)
