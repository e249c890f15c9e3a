"""What it costs to keep results, in a folder and in blobs: `python -m tests.bench.results`.

The blobs are Azurite's, over TLS on loopback: what is measured is our way there and Azurite's, and
nothing of a network or of Azure. A small object is about what the cache keeps of a simulation.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import trustme
from tests.bench.tables import milliseconds, table
from tests.runtime import azurite_server, entra_server

from modelops_runtime.configuration.runtime import FolderResults
from modelops_runtime.results.object_store import NotStored
from modelops_runtime.simulation.composition import Results, results_of

SMALL, LARGE = 2_000, 20 * 2**20
CALLS = {SMALL: 200, LARGE: 5}
THREADS, TOGETHER = 8, 400


def measure() -> str:
    """The median of calls that follow one another, and calls per second of several threads."""
    authority = trustme.CA()
    with (
        tempfile.TemporaryDirectory() as folder,
        entra_server.serving(Path(folder) / "entra", authority) as entra,
        tempfile.TemporaryDirectory() as account,
        azurite_server.serving(Path(account), authority) as azurite,
    ):
        os.environ["REQUESTS_CA_BUNDLE"] = entra.variables["REQUESTS_CA_BUNDLE"]
        here = FolderResults(lasting=True, directory=folder, size_bytes=0)
        rows = [
            _row("a folder", results_of(here, {})),
            _row("blobs", results_of(azurite.new_container(entra), entra.variables)),
        ]
    head = ["results in", "put 2 kB", "get", "miss", "put 20 MiB", "get", f"{THREADS} threads put"]
    return table(head, rows)


def _row(name: str, results: Results) -> list[str]:
    store = results.simulations

    def missed() -> None:
        try:
            store.get("never")
        except NotStored:
            return

    cells = []
    for size in (SMALL, LARGE):
        content = os.urandom(size)
        cells += [
            _median(partial(store.put, f"{size}", content), CALLS[size]),
            _median(partial(store.get, f"{size}"), CALLS[size]),
        ]
    cells.insert(2, _median(missed, CALLS[SMALL]))
    return [name, *map(milliseconds, cells), f"{_rate(results):,.0f}/s"]


def _median(call: Callable[[], object], times: int) -> float:
    """Seconds of a call, the first left out."""
    taken = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken[1:])


def _rate(results: Results) -> float:
    content = os.urandom(SMALL)
    with ThreadPoolExecutor(THREADS) as pool:
        begun = time.perf_counter()
        keys = (f"ab/{number}" for number in range(TOGETHER))
        list(pool.map(lambda key: results.simulations.put(key, content), keys))
        return TOGETHER / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(measure())
