"""ADP005: parameter sets asked for at once that Dask has no room to run."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import adp
from modelops.model.run import RunWorkerMode
from modelops.plan.packing import most_workers
from modelops.plan.scope import RunScope


def large_batch(scope: RunScope) -> Iterator[Diagnostic]:
    """Warn where one batch of an independent worker is more than the workspace runs at once.

    Coordinated workers have no batch: one leader asks as often as something has ended.
    """
    spec, workspace = scope.spec, scope.workspace
    if workspace is None or spec.workers.mode is not RunWorkerMode.INDEPENDENT:
        return
    workers = workspace.spec.workers
    slots = most_workers(workers) * workers.processes * workers.threads
    if spec.batch > slots:
        yield scope.breach(
            adp.ADP005,
            f"a worker asks for {spec.batch} parameter sets at once, and the workspace "
            f"`{spec.workspace}` runs {slots} simulations at once: the sampler chooses all of them "
            "before it hears of any",
            scope.at("batch"),
            f"set `batch` to {max(slots, 1)} or less, or give the workspace more workers\n"
            'or accept it in the run: `accept: {ADP005: "why it is fine"}`',
            Note(workspace.at("workers"), "the workers of Dask"),
        )
