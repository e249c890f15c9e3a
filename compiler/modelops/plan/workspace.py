"""One workspace, decided: the parts put together."""

from modelops import names
from modelops.model.workspace import VolumeResults
from modelops.plan import dask, network
from modelops.plan.config import config
from modelops.plan.quota import bounds, quota
from modelops.plan.scope import Scope
from modelops.plan.secrets import secrets
from modelops.planned import WorkspacePlan
from modelops.provenance import carried


def minor(version: str) -> str:
    """`1.35` of `1.35` and of `1.35.2`."""
    return carried(".".join(version.split(".")[:2]), version)


def workspace(scope: Scope) -> WorkspacePlan:
    """Everything about one workspace; its references have been checked."""
    decided_config = config(scope)
    scheduler, workers = dask.scheduler(scope), dask.workers(scope, decided_config)
    decided_secrets, claims = secrets(scope), dask.claims(scope)
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
        pod_security=carried(
            f"v{minor(scope.cluster.kubernetes_version)}", scope.cluster.kubernetes_version
        ),
        keep=isinstance(scope.spec.results, VolumeResults),
        config=decided_config,
        scheduler=scheduler,
        workers=workers,
        secrets=decided_secrets,
        claims=claims,
        policies=network.policies(scope, scheduler, workers, decided_secrets),
        entity_policies=network.entity_policies(scope, decided_secrets),
        quota=quota(scope.spec.quota, scheduler, workers, decided_secrets, claims),
        bounds=bounds(scheduler, workers, decided_secrets),
    )
