"""Part of `simulation`: the names of Dask tasks. No two are ever the same.

A name that comes twice is one task for Dask: who submits a simulation again would get the failure
of the first time, and who cancels it would cancel it for others too. So each submission has a name
of its own, which says what is done, for which run, and of which task.

Dask's dashboard, and its estimates of how long a task takes, put together what begins with the
same words; words end where one is not of letters only.
"""

import itertools
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

SHORT = 16
"""Digits of a task's id that its names carry."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of one service.

    Attributes:
        run: for which it works; whatever is no letter or digit becomes a dash.
        session: no other service has it.
    """

    run: str
    session: str
    _numbers: Iterator[int] = field(default_factory=itertools.count, compare=False)

    def key(self, verb: str, task_id: str) -> str:
        """The next name, of what is done with a task or a trial."""
        run = "-".join(re.findall("[A-Za-z0-9]+", self.run))
        parts = (verb, run, task_id[:SHORT], self.session, str(next(self._numbers)))
        return "-".join(part for part in parts if part)


def new_keys(run: str) -> Keys:
    """Names that nobody else has."""
    return Keys(run, secrets.token_hex(4))
