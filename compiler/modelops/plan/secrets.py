"""How the Secrets of a unit come to be: made by a Job, by External Secrets, or by others."""

from dataclasses import dataclass

from modelops import names
from modelops.model.environment import SecretProvider
from modelops.plan import dask
from modelops.plan.images import planned_image, pull_secrets, resolve
from modelops.plan.placement import placement
from modelops.plan.pull_secret import external_pull_secret
from modelops.plan.resources import LOGS, MIB
from modelops.plan.scope import AnyScope, ServiceScope
from modelops.planned import (
    Amounts,
    BootstrapPlan,
    ExternalSecret,
    GeneratedSecret,
    PlainValue,
    PodPlan,
    ScratchVolume,
    SecretsPlan,
)

BOOTSTRAP_DEADLINE = 900
"""Seconds: a node pool may have to grow first."""

BOOTSTRAP_GRACE = 30
BOOTSTRAP_AMOUNTS = Amounts(
    cpu_request=100,
    cpu_limit=500,
    memory_request=256 * MIB,
    memory_limit=256 * MIB,
    disk_request=LOGS,
    disk_limit=LOGS,
)
SCRATCH = ScratchVolume("tmp", dask.SCRATCH_DIRECTORY, 64 * MIB)


@dataclass(frozen=True, slots=True)
class Runner:
    """What the bootstrap Job's pod is.

    Attributes:
        image: one that carries the runtime, for where images.yaml has none called `tools`.
        product: what the pod is a part of.
        name: of the Job, where several units share a namespace.
    """

    image: str
    pool: str
    product: str
    name: str = names.SECRET_BOOTSTRAP


def secrets(scope: AnyScope, runner: Runner, generated: tuple[GeneratedSecret, ...]) -> SecretsPlan:
    """Everything that makes a Secret of this unit; `generated` get random values."""
    by_job = scope.environment.spec.secrets.provider == SecretProvider.GENERATE
    return SecretsPlan(
        bootstrap=_bootstrap(scope, runner, generated) if by_job and generated else None,
        passwords=() if by_job else generated,
        external=fetched_secrets(scope),
    )


def generated_secrets(scope: AnyScope) -> tuple[GeneratedSecret, ...]:
    """The Secrets that get random values, sorted by name."""
    return tuple(
        GeneratedSecret(name, tuple(sorted(set(secret.generate))))
        for name, secret in sorted(scope.spec.secrets.items())
        if secret.generate
    )


def fetched_secrets(scope: AnyScope) -> tuple[ExternalSecret, ...]:
    """The Secrets that come from a store, that of image pulls among them, sorted by name."""
    default = scope.environment.spec.secrets.store or ""
    fetched = [
        ExternalSecret(name, secret.external.store or default, secret.external.key)
        for name, secret in sorted(scope.spec.secrets.items())
        if secret.external is not None
    ]
    if isinstance(scope, ServiceScope):  # their namespace brings it: it is the same for all
        return tuple(fetched)
    return (*fetched, *external_pull_secret(scope))


def tools_image(scope: AnyScope) -> str | None:
    """The image that is there to make Secrets; None where images.yaml has none."""
    found = resolve(names.TOOLS_IMAGE, scope.images.spec, scope.environment)
    return names.TOOLS_IMAGE if found else None


def _bootstrap(
    scope: AnyScope, runner: Runner, generated: tuple[GeneratedSecret, ...]
) -> BootstrapPlan:
    pod = PodPlan(
        component=runner.name,
        service_account=runner.name,
        priority_class=names.priority_class(scope.environment.name, "control"),
        image=planned_image(scope, tools_image(scope) or runner.image),
        pull_secrets=pull_secrets(scope),
        placement=placement(runner.pool, scope.cluster.pools[runner.pool]),
        amounts=BOOTSTRAP_AMOUNTS,
        variables={"HOME": PlainValue(dask.SCRATCH_DIRECTORY)},
        volumes=(SCRATCH,),
        grace=BOOTSTRAP_GRACE,
        product=runner.product,
    )
    return BootstrapPlan(runner.name, pod, generated, BOOTSTRAP_DEADLINE)
