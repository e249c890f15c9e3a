"""Part of `worker-drain`: the scheduler, asked over its own protocol; it decides nothing."""

from collections.abc import Collection, Mapping
from typing import Any

import dask.config

# Before `distributed` is imported: else it writes log lines of its own form.
dask.config.set({"logging": {"version": 1, "incremental": True}})

from distributed import Client, Worker  # noqa: E402 -- see above

from modelops_runtime.worker_drain.own import Report  # noqa: E402 -- see above

UNSTARTED = frozenset({"waiting", "constrained", "ready"})
"""States of a task on a worker before it runs."""


def connection(address: str, timeout: float) -> Client:
    """A client of the scheduler, to be entered with `async with`."""
    return Client(address, asynchronous=True, set_as_default=False, timeout=timeout)


async def workers(client: Client) -> Mapping[str, Mapping[str, Any]]:
    """Every worker that the scheduler knows, by its address."""
    scheduler: Any = client.scheduler
    identity = await scheduler.identity(n_workers=-1)
    found: Mapping[str, Mapping[str, Any]] = identity["workers"]
    return found


async def hold(client: Client, addresses: Collection[str]) -> list[str]:
    """Let them begin nothing more, and move their results; those that must keep some, sorted."""
    return await _retire(client, addresses, remove=False)


async def release(client: Client, addresses: Collection[str]) -> list[str]:
    """Move the results that came since, and forget them; those that could not leave, sorted."""
    return await _retire(client, addresses, remove=True)


async def _retire(client: Client, addresses: Collection[str], *, remove: bool) -> list[str]:
    retired: Mapping[str, Any] = await client.retire_workers(
        workers=list(addresses), close_workers=False, remove=remove
    )
    return sorted(set(addresses) - set(retired))


async def reports(client: Client, addresses: Collection[str]) -> dict[str, Report | None]:
    """What each says of itself; none where it does not answer."""
    answers = await client.run(_report, workers=list(addresses), on_error="return")
    return {
        address: None if isinstance(answer, BaseException) else Report(answer[0], answer[1])
        for address, answer in answers.items()
    }


def _report(dask_worker: Worker) -> tuple[str, frozenset[Any]]:
    """On the worker."""
    tasks = dask_worker.state.tasks.values()
    unstarted = frozenset(task.key for task in tasks if task.state in UNSTARTED)
    return dask_worker.status.name, unstarted


async def processing(client: Client, addresses: Collection[str]) -> dict[str, Collection[Any]]:
    """The keys that the scheduler believes with each of them."""
    scheduler: Any = client.scheduler
    found: Mapping[str, Collection[Any]] = await scheduler.processing(workers=None)
    return {address: found[address] for address in addresses if address in found}
