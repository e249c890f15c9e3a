"""One workspace, decided: the parts put together."""

from modelops import names
from modelops.model.workspace import VolumeResults
from modelops.plan import dask, network
from modelops.plan.config import config
from modelops.plan.pull_secret import pull_check
from modelops.plan.quota import WORKSPACE_FORMULA, bounds, quota, workspace_pods
from modelops.plan.scope import Scope
from modelops.plan.secrets import Runner, generated_secrets, secrets
from modelops.plan.unit import pod_security
from modelops.planned import WorkspacePlan


def workspace(scope: Scope) -> WorkspacePlan:
    """Everything about one workspace; its references have been checked."""
    decided_config = config(scope)
    scheduler, workers = dask.scheduler(scope), dask.workers(scope, decided_config)
    runner = Runner(scope.spec.workers.image, scope.spec.scheduler.pool, names.DASK)
    decided_secrets = secrets(scope, runner, generated_secrets(scope))
    check = pull_check(scope, scope.spec.scheduler.image, scope.spec.scheduler.pool, names.DASK)
    claims, jobs = dask.claims(scope), (decided_secrets.bootstrap, check)
    pods = workspace_pods(scheduler, workers, *(job.pod for job in jobs if job))
    return WorkspacePlan(
        name=scope.workspace.name,
        unit=names.workspace_unit(scope.environment.name, scope.workspace.name),
        source=scope.workspace.source,
        namespace=scope.namespace,
        labels={
            **dict(sorted(scope.spec.labels.items())),
            "modelops.io/env": scope.environment.name,
            "modelops.io/kind": "workspace",
            "modelops.io/name": scope.workspace.name,
        },
        pod_security=pod_security(scope),
        keep=isinstance(scope.spec.results, VolumeResults),
        config=decided_config,
        scheduler=scheduler,
        workers=workers,
        secrets=decided_secrets,
        pull_check=check,
        claims=claims,
        policies=network.policies(scope, scheduler, workers, decided_secrets),
        entity_policies=network.entity_policies(scope, decided_secrets),
        quota=quota(scope.spec.quota, pods, [claim.size for claim in claims], WORKSPACE_FORMULA),
        bounds=bounds(pods),
    )
