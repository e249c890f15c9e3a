"""The Secret that images are pulled with: fetched by External Secrets, or made by somebody else.

What somebody else makes in a unit's namespace is waited for, by a Job each of whose attempts ends
with the command that makes it. It looks at a file, so it needs no rights and no token.
"""

from collections.abc import Iterator

from modelops import names
from modelops.plan import dask
from modelops.plan.images import PULL_ENTRY, planned_image, prefix, pull_secrets, resolve
from modelops.plan.placement import placement
from modelops.plan.resources import LOGS, MIB
from modelops.plan.scope import AnyScope
from modelops.planned import (
    Amounts,
    ExternalSecret,
    PlainValue,
    PodPlan,
    PullCheckPlan,
    ScratchVolume,
    SecretVolume,
)
from modelops.provenance import carried, derived

PATIENCE = 120
"""Seconds: the kubelet looks for a Secret that was not there about once a minute."""

GRACE = 5
DIRECTORY = "/run/secrets/pull"
TYPE = "kubernetes.io/dockerconfigjson"
AMOUNTS = Amounts(
    cpu_request=10,
    cpu_limit=100,
    memory_request=32 * MIB,
    memory_limit=32 * MIB,
    disk_request=LOGS,
    disk_limit=LOGS,
)


def pull_check(
    scope: AnyScope, image: str, pool: str, product: str, name: str = names.PULL_CHECK
) -> PullCheckPlan | None:
    """The Job that waits for the Secret, where there is one that somebody else makes.

    Args:
        scope: the unit.
        image: one of the unit's own, for environments whose images.yaml has none called `shell`.
        pool: where the Job's pod runs.
        product: what the pod is a part of.
        name: of the Job, where several units share a namespace.
    """
    secret = scope.environment.spec.registry.pull_secret
    if secret is None or not secret.existing:
        return None
    pod = PodPlan(
        component=name,
        service_account=name,
        priority_class=names.priority_class(scope.environment.name, "control"),
        image=planned_image(scope, shell_image(scope) or image),
        pull_secrets=pull_secrets(scope),
        placement=placement(pool, scope.cluster.pools[pool]),
        amounts=AMOUNTS,
        variables={"HOME": PlainValue(dask.SCRATCH_DIRECTORY)},
        volumes=(
            ScratchVolume("tmp", dask.SCRATCH_DIRECTORY, 16 * MIB),
            SecretVolume("pull-secret", DIRECTORY, secret.name, optional=True),
        ),
        grace=GRACE,
        product=product,
    )
    return PullCheckPlan(
        name=name,
        pod=pod,
        secret=secret.name,
        file=f"{DIRECTORY}/{PULL_ENTRY}",
        patience=PATIENCE,
        command=_command(scope, secret.name),
    )


def shell_image(scope: AnyScope) -> str | None:
    """The image that the Job's script runs in; None where images.yaml has none for it.

    It is one that needs no Secret to be pulled: it is there before the Secret is.
    """
    secret = scope.environment.spec.registry.pull_secret
    waits = secret is not None and secret.existing
    found = waits and resolve(names.SHELL_IMAGE, scope.images.spec, scope.environment)
    return names.SHELL_IMAGE if found else None


def _command(scope: AnyScope, secret: str) -> str:
    """How a person makes the Secret in the unit's namespace."""
    registry = prefix(scope.images.spec, scope.environment)
    host = registry.partition("/")[0] if registry else "REGISTRY"
    text = (
        f"kubectl create secret docker-registry {secret} --namespace {scope.namespace} "
        f"--docker-server={host} --docker-username=USER --docker-password=TOKEN"
    )
    return derived("the command that makes the pull secret", text, secret, scope.namespace, host)


def external_pull_secret(scope: AnyScope) -> Iterator[ExternalSecret]:
    """The Secret as an object of External Secrets, where a store holds it."""
    secret = scope.environment.spec.registry.pull_secret
    if secret is not None and secret.external is not None:
        store = secret.external.store or scope.environment.spec.secrets.store or ""
        kind = carried(TYPE, secret.name)
        yield ExternalSecret(secret.name, store, secret.external.key, PULL_ENTRY, kind)
