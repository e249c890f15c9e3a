"""Part of `render`: the Flux objects that apply the other units, and those that start Flux off.

Only fields of Flux 2.7.5, which is what the AKS extension has. No `postBuild`: it would replace
`${…}` inside what the compiler wrote.
"""

from modelops.model.fields import duration_text
from modelops.planned import FluxPlan, HealthCheck, KustomizationPlan
from modelops.provenance import carried
from modelops.render.metadata import Object, described

SOURCE_INTERVAL = 60
"""Seconds between two looks at the branch: how long a merged commit waits."""

ROOT_TIMEOUT = 300
"""Seconds in which the root has to apply its Kustomizations; it does not wait for their health."""


def kustomization(flux: FluxPlan, planned: KustomizationPlan) -> Object:
    """The Flux Kustomization that applies one unit."""
    depends_on = [{"name": name} for name in planned.depends_on]
    return _kustomization(flux, planned.name) | {
        "spec": _applied(flux, planned.unit, planned.timeout)
        | ({"dependsOn": depends_on} if depends_on else {})
        | _readiness(planned)
    }


def root_kustomization(flux: FluxPlan) -> Object:
    """The Kustomization that applies all others.

    It waits for none: one that fails would hold up every other until the timeout.
    """
    return _kustomization(flux, flux.root) | {
        "spec": _applied(flux, flux.unit, ROOT_TIMEOUT) | {"wait": False}
    }


def git_repository(flux: FluxPlan) -> Object:
    """Where the cluster reads the repository, and with which login."""
    login = {"secretRef": {"name": flux.secret}} if flux.secret else {}
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": described(flux.source, {}, namespace=flux.namespace),
        "spec": {
            "interval": duration_text(SOURCE_INTERVAL),
            "url": flux.url,
            "ref": {"branch": flux.branch},
            **login,
        },
    }


def _kustomization(flux: FluxPlan, name: str) -> Object:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": described(name, {}, namespace=flux.namespace),
    }


def _applied(flux: FluxPlan, unit: str, timeout: int) -> Object:
    """What all Kustomizations have in common.

    `force` would delete and recreate any object whose change the API server refuses.
    """
    return {
        "serviceAccountName": flux.service_account,
        "interval": duration_text(flux.interval),
        "retryInterval": duration_text(flux.retry_interval),
        "timeout": duration_text(timeout),
        "path": carried(f"./generated/{unit}", unit),
        "prune": True,
        "force": False,
        "deletionPolicy": "MirrorPrune",
        "sourceRef": {"kind": "GitRepository", "name": flux.source},
    }


def _readiness(planned: KustomizationPlan) -> Object:
    """`wait` or health checks, never both: Flux ignores the checks beside `wait: true`."""
    if planned.wait or not planned.health_checks:
        return {"wait": planned.wait}
    return {"healthChecks": [_health_check(check) for check in planned.health_checks]}


def _health_check(check: HealthCheck) -> Object:
    return {
        "apiVersion": check.api_version,
        "kind": check.kind,
        "name": check.name,
        **({"namespace": check.namespace} if check.namespace else {}),
    }
