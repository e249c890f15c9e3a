"""One workspace, decided: the parts put together."""

from modelops import names
from modelops.plan import dask, network
from modelops.plan.config import config
from modelops.plan.context import context_file, told
from modelops.plan.pull_secret import pull_check
from modelops.plan.quota import WORKSPACE_FORMULA, bounds, quota, workspace_pods
from modelops.plan.scope import Scope, used_names
from modelops.plan.secrets import Runner, generated_secrets, secrets
from modelops.plan.unit import pod_security
from modelops.plan.workload import Setting, most_at_once, workload
from modelops.plan.workload_network import into_services
from modelops.planned import WorkloadPlan, WorkspacePlan


def workspace(scope: Scope) -> WorkspacePlan:
    """Everything about one workspace; its references have been checked."""
    decided_config = config(scope)
    scheduler, workers = dask.scheduler(scope), dask.workers(scope, decided_config)
    runner = Runner(scope.spec.workers.image, scope.spec.scheduler.pool, names.DASK)
    decided_secrets = secrets(scope, runner, generated_secrets(scope))
    check = pull_check(scope, scope.spec.scheduler.image, scope.spec.scheduler.pool, names.DASK)
    components = _components(scope)
    jobs = (decided_secrets.bootstrap, check)
    pods = [
        *workspace_pods(scheduler, workers, *(job.pod for job in jobs if job)),
        *((one.pod.amounts, most_at_once(one)) for one in components),
    ]
    claims = dask.claims(scope)
    volumes = (*claims, *(claim for one in components for claim in one.claims))
    return WorkspacePlan(
        name=scope.workspace.name,
        unit=names.workspace_unit(scope.environment.name, scope.workspace.name),
        source=scope.workspace.source,
        namespace=scope.namespace,
        labels=labels(scope),
        pod_security=pod_security(scope),
        keep=any(claim.keep for claim in volumes),
        config=decided_config,
        scheduler=scheduler,
        workers=workers,
        secrets=decided_secrets,
        pull_check=check,
        claims=claims,
        policies=network.policies(scope, scheduler, workers, decided_secrets),
        entity_policies=network.entity_policies(scope, decided_secrets),
        quota=quota(
            scope.spec.quota,
            pods,
            [claim.size for claim in volumes],
            f"{WORKSPACE_FORMULA}, and its components" if components else WORKSPACE_FORMULA,
        ),
        bounds=bounds(pods),
        components=components,
        context=context_file(scope),
        uses=used_names(scope.spec),
        neighbours=tuple(into_services(scope)),
    )


def labels(scope: Scope) -> dict[str, str]:
    """Of the namespace and every object of a workspace."""
    return {
        **dict(sorted(scope.spec.labels.items())),
        "modelops.io/env": scope.environment.name,
        "modelops.io/kind": "workspace",
        "modelops.io/name": scope.workspace.name,
    }


def _components(scope: Scope) -> tuple[WorkloadPlan, ...]:
    setting = Setting(scope, labels(scope), names.COMPONENT, told(scope), context_file(scope))
    found = sorted(scope.spec.components.items())
    return tuple(workload(setting, name, spec) for name, spec in found)
