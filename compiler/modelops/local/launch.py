"""Part of `local`: what is known of the machine, and what is started on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelops.local.rewriting import ELSEWHERE


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where the run's trials are kept: a Postgres of this machine, or one that the user named.

    Attributes:
        host: a name, or the folder of a socket.
        password_file: holds the password, on one line.
        sslmode: libpq's word.
    """

    host: str
    port: int
    database: str
    user: str
    password_file: str
    sslmode: str


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run finds here. Folders are absolute, with forward slashes.

    Attributes:
        state: the folder of everything that belongs to this run alone.
        cache: the folder of bundles and their environments, for all runs.
        python: the interpreter that has the runtime.
        scheduler_port, dashboard_port: free ports of the loopback interface.
        workers: how many worker processes simulate.
        grace: seconds for a worker that leads the search to end what it began.
        variables: what processes get of the user's own environment.
    """

    state: str
    cache: str
    python: str
    scheduler_port: int
    dashboard_port: int
    workers: int
    grace: int
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Launch:
    """One process.

    Attributes:
        name: also that of its folder and of its log.
        arguments: the program and what it is given.
        environment: all of it.
        files: what it finds there, by absolute path.
        folders: what has to exist before it starts.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    files: Mapping[str, str]
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalRun:
    """A run on this machine: the same program as in the cluster, in the order of starting.

    Attributes:
        store_init: makes the tables, and ends; None where trials are kept in memory.
        searchers: lead the search; they end when it is over.
        missing: variables that come from Secrets, and are not set here.
    """

    scheduler: Launch
    workers: Launch
    store_init: Launch | None
    searchers: tuple[Launch, ...]
    missing: tuple[str, ...]

    @property
    def unreachable(self) -> tuple[str, ...]:
        """Services that processes would look for, and whose addresses lead nowhere here."""
        texts = (
            text for each in (self.workers, *self.searchers) for text in each.environment.values()
        )
        return tuple(sorted({found[0] for text in texts for found in ELSEWHERE.finditer(text)}))
