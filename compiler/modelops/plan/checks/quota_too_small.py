"""FIT006: a written quota below what the workspace's own pods need at most."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import fit
from modelops.model.fields import bytes_text, cpu_text
from modelops.model.workspace import Quota
from modelops.plan.checks.unknown_port import unknown_port
from modelops.plan.checks.unservable_host import unservable_host
from modelops.plan.images import resolve
from modelops.plan.scope import Scope
from modelops.plan.workspace import workspace
from modelops.planned import QuotaPlan


def quota_too_small(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of each bound under which not all pods could run, a rolling update's among them."""
    written = scope.spec.quota
    if written == Quota() or not _plannable(scope):
        return
    needed = _computed(scope)
    for field, given, wanted, text in (
        ("cpu", written.cpu, needed.cpu_limit, cpu_text),
        ("memory", written.memory, needed.memory_limit, bytes_text),
        ("ephemeralStorage", written.ephemeral_storage, needed.disk_limit, bytes_text),
        ("pods", written.pods, needed.pods, str),
    ):
        if given is not None and given < wanted:
            yield scope.breach(
                fit.FIT006,
                f"`quota.{field}` is {text(given)}, but the workspace's own pods need "
                f"{text(wanted)} at most: some would never be made",
                scope.at("quota", field),
                f"set it to {text(wanted)} or more, or remove it: it is computed then\n"
                'or accept it in the workspace: `accept: {FIT006: "why it is fine"}`',
            )


def _plannable(scope: Scope) -> bool:
    """Whether the pods can be decided at all; other checks say why not."""
    images, environment = scope.images.spec, scope.environment
    parts_known = all(
        part.pool in scope.cluster.pools and resolve(part.image, images, environment) is not None
        for part in scope.parts
    )
    ports_known = not any(chain(unknown_port(scope), unservable_host(scope)))
    return parts_known and ports_known


def _computed(scope: Scope) -> QuotaPlan:
    """The quota that the workspace would have if nobody wrote one."""
    unbounded = scope.spec.model_copy(update={"quota": Quota()})
    return workspace(replace(scope, unit=replace(scope.unit, spec=unbounded))).quota
