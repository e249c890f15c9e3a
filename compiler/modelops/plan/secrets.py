"""How the Secrets of a workspace come to be: made by a Job, by External Secrets, or by others."""

from modelops import names
from modelops.model.environment import SecretProvider
from modelops.plan import dask
from modelops.plan.placement import placement
from modelops.plan.resources import LOGS, MIB
from modelops.plan.scope import Scope
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


def secrets(scope: Scope) -> SecretsPlan:
    """Everything that makes a Secret of this workspace."""
    generated = generated_secrets(scope)
    by_job = scope.environment.spec.secrets.provider == SecretProvider.GENERATE
    return SecretsPlan(
        bootstrap=_bootstrap(scope, generated) if by_job and generated else None,
        passwords=() if by_job else generated,
        external=_external(scope),
    )


def generated_secrets(scope: Scope) -> tuple[GeneratedSecret, ...]:
    """The Secrets that get random values, sorted by name."""
    return tuple(
        GeneratedSecret(name, tuple(sorted(set(secret.generate))))
        for name, secret in sorted(scope.spec.secrets.items())
        if secret.generate
    )


def _external(scope: Scope) -> tuple[ExternalSecret, ...]:
    default = scope.environment.spec.secrets.store or ""
    return tuple(
        ExternalSecret(name, secret.external.store or default, secret.external.key)
        for name, secret in sorted(scope.spec.secrets.items())
        if secret.external is not None
    )


def _bootstrap(scope: Scope, generated: tuple[GeneratedSecret, ...]) -> BootstrapPlan:
    pod = PodPlan(
        component=names.SECRET_BOOTSTRAP,
        service_account=names.SECRET_BOOTSTRAP,
        priority_class=names.priority_class(scope.environment.name, "control"),
        image=dask.image(scope, scope.spec.workers.image),
        pull_secrets=dask.pull_secrets(scope),
        placement=placement(
            scope.spec.scheduler.pool, scope.cluster.pools[scope.spec.scheduler.pool]
        ),
        amounts=BOOTSTRAP_AMOUNTS,
        variables={"HOME": PlainValue(dask.SCRATCH_DIRECTORY)},
        volumes=(SCRATCH,),
        grace=BOOTSTRAP_GRACE,
    )
    return BootstrapPlan(names.SECRET_BOOTSTRAP, pod, generated, BOOTSTRAP_DEADLINE)
