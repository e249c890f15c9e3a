"""AZR007: manifests made of what Azure has not answered, or answered of something else."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import azr
from modelops.model import CloudFactsSpec, Configured
from modelops.plan.cloud import Fact, Need, facts, needs
from modelops.plan.scope import AnyScope


def stale_facts(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse what logs in to an Azure that is not there yet, or no longer the one described."""
    azure = scope.environment.spec.azure
    for need in needs(scope):
        if scope.cloud is None:
            what = f"{need.what} needs what only Azure knows, and nobody has asked it"
            yield _refused(scope, need, what)
        elif azure is not None:
            known = facts(need.purpose, scope.environment, azure, scope.cloud.spec)
            yield from _judged(scope, need, scope.cloud, known)


def _judged(
    scope: AnyScope,
    need: Need,
    cloud: Configured[CloudFactsSpec],
    known: tuple[Fact, ...],
) -> Iterator[Diagnostic]:
    missing = ", ".join(f"`{fact.name}`" for fact in known if not fact.told)
    if missing:
        yield _refused(scope, need, f"{need.what} needs {missing}, which {cloud.source} lacks")
    stale = tuple(
        Note(cloud.at(*fact.path), f"described is `{fact.wanted}`")
        for fact in known
        if fact.told and not fact.holds
    )
    if stale:
        what = f"{need.what} needs another Azure than {cloud.source} tells of"
        yield _refused(scope, need, what, *stale)


def _refused(scope: AnyScope, need: Need, message: str, *notes: Note) -> Diagnostic:
    name = scope.environment.name
    remedy = (
        f"leave {need.subject} out until Azure is made:"
        f" `modelops compile`, `uv run modelops-infra up {name}`\n"
        f"then take its answers over:"
        f" `uv run modelops-infra outputs {name} | uv run modelops cloud import {name}`"
    )
    return scope.breach(azr.AZR007, message, need.at, remedy, *notes)
