"""One service, decided, and the namespace that all services of an environment share.

A service is planned from its own file and those it names. The shared namespace needs of each of
them only what it asks for, `Needs`: its bounds are their sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from modelops import names
from modelops.model.workspace import Quota, Workers
from modelops.plan import flows, workload_network
from modelops.plan.pull_secret import external_pull_secret, pull_check
from modelops.plan.quota import Counted, bounds, quota
from modelops.plan.scope import ServiceScope
from modelops.plan.secrets import Runner, generated_secrets, secrets
from modelops.plan.unit import pod_security
from modelops.plan.workload import Setting, most_at_once, workload
from modelops.planned import PolicyPlan, SecretsPlan, ServicePlan, SharedNamespacePlan
from modelops.provenance import derived

RUNTIME_IMAGE: str = Workers.model_fields["image"].default
"""What makes the Secrets of services where images.yaml has no `tools`: it carries the runtime."""

FORMULA = "all services at their most, with a rolling update's surge, and the Jobs beside them"


@dataclass(frozen=True, slots=True)
class Needs:
    """What one service asks of the shared namespace.

    Attributes:
        pods: every pod that there can be at once.
        claims: the sizes of its volumes.
        keep: whether any of them outlives its file.
    """

    pods: tuple[Counted, ...]
    claims: tuple[int, ...]
    keep: bool


def service(scope: ServiceScope) -> ServicePlan:
    """Everything about one service; its references have been checked."""
    name, spec = scope.unit.name, scope.spec
    labels = {
        **dict(sorted(spec.labels.items())),
        "modelops.io/env": scope.environment.name,
        "modelops.io/kind": "service",
        "modelops.io/name": name,
    }
    runner = Runner(RUNTIME_IMAGE, spec.pool, names.SERVICE, _beside(name, names.SECRET_BOOTSTRAP))
    decided = secrets(scope, runner, generated_secrets(scope))
    check = _beside(name, names.PULL_CHECK)
    return ServicePlan(
        name=name,
        unit=names.service_unit(scope.environment.name, name),
        source=scope.unit.source,
        namespace=scope.namespace,
        labels=labels,
        workload=workload(Setting(scope, labels, names.SERVICE, {}, None), name, spec),
        secrets=decided,
        pull_check=pull_check(scope, spec.image, spec.pool, names.SERVICE, check),
        uses=tuple(sorted(spec.uses)),
        policies=tuple(
            sorted(
                (
                    *workload_network.of_service(scope),
                    *flows.bootstrap(scope, decided, names.SERVICE),
                ),
                key=lambda policy: policy.name,
            )
        ),
        entity_policies=tuple(flows.named_bootstrap(scope, decided, names.SERVICE)),
    )


def needs(plan: ServicePlan) -> Needs:
    """What a service asks of the namespace that it shares."""
    jobs = (plan.secrets.bootstrap, plan.pull_check)
    return Needs(
        pods=(
            (plan.workload.pod.amounts, most_at_once(plan.workload)),
            *((job.pod.amounts, 1) for job in jobs if job),
        ),
        claims=tuple(claim.size for claim in plan.workload.claims),
        keep=any(claim.keep for claim in plan.workload.claims),
    )


def shared_namespace(
    scopes: Sequence[ServiceScope], asked: Iterable[Needs]
) -> SharedNamespacePlan | None:
    """The namespace of an environment's services; None where it has no service."""
    if not scopes:
        return None
    scope, all_needs = scopes[0], tuple(asked)
    pods = list(chain.from_iterable(one.pods for one in all_needs))
    claims = list(chain.from_iterable(one.claims for one in all_needs))
    return SharedNamespacePlan(
        namespace=scope.namespace,
        labels={
            "modelops.io/env": scope.environment.name,
            "modelops.io/kind": "services",
        },
        pod_security=pod_security(scope),
        keep=any(one.keep for one in all_needs),
        quota=quota(Quota(), pods, claims, FORMULA),
        bounds=bounds(pods),
        policies=_closed(),
        entity_policies=tuple(flows.local_dns(scope)),
        secrets=SecretsPlan(None, (), tuple(external_pull_secret(scope))),
    )


def _closed() -> tuple[PolicyPlan, ...]:
    return tuple(sorted(flows.closed(), key=lambda policy: policy.name))


def _beside(service_name: str, job: str) -> str:
    """The name of a Job of a service: others of the same kind are in the same namespace."""
    name = names.fitted(f"{service_name}-{job}", names.LABEL_LIMIT - 9)
    return derived(f"<service>-{job}", name, service_name)
