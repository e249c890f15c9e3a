"""CFG008: an executor that the workers' image cannot run, or a setting it would ignore."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.model.images import ExecutorType
from modelops.plan.scope import Scope


def unoffered_executor(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse executors that the image lacks, and `freshVenv` with `direct`."""
    executor = scope.spec.executor
    images = scope.images
    entry = images.spec.images.get(scope.spec.workers.image)
    if entry is not None and executor.type not in entry.executors:
        image = scope.spec.workers.image
        yield scope.breach(
            cfg.CFG008,
            f"the image `{image}` does not offer the executor `{executor.type}`: workers would "
            "fail at their first task"
            if entry.executors
            else f"nothing says whether the image `{image}` offers the executor `{executor.type}`",
            scope.at("executor", "type"),
            did_you_mean(executor.type, entry.executors)
            or f"add `executors: […]` to `{image}`: what it was built with",
            Note(
                images.at("images", image, "executors"),
                "the executors that it offers" if entry.executors else "no `executors` here",
            ),
        )
    if executor.fresh_venv and executor.type is ExecutorType.DIRECT:
        yield scope.breach(
            cfg.CFG008,
            "`freshVenv` has no meaning with the executor `direct`, which runs in the worker's own "
            "process",
            scope.at("executor", "freshVenv"),
            "remove it, or choose `cold`: a new process and environment for each task",
            scope.note("the executor", "executor", "type"),
        )
