"""One workload, decided: a service, or a component of a workspace.

What it runs, what it is told, how many there are, and what it keeps. Its network flows are in
`workload_network`, its way out of the cluster in `exposure`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelops import names
from modelops.model.resources import BytesRange
from modelops.model.uses import Use
from modelops.model.workload import Component, Probe, WorkloadVolume
from modelops.plan import dask
from modelops.plan.exposure import exposure
from modelops.plan.images import planned_image, pull_secrets
from modelops.plan.placement import placement
from modelops.plan.resources import GIB, MIB, most_pods
from modelops.plan.scope import AnyScope
from modelops.plan.uses import bindings, main_port, variables
from modelops.planned import (
    Amounts,
    ClaimPlan,
    ClaimVolume,
    ConfigPlan,
    ConfigVolume,
    CpuScale,
    FilesPlan,
    FilesVolume,
    FixedScale,
    PlainValue,
    PodPlan,
    ProbePlan,
    ProbesPlan,
    ScratchVolume,
    SecretValue,
    Variables,
    Volume,
    WorkloadPlan,
)
from modelops.provenance import carried, derived

GRACE = 30
SCRATCH = 256 * MIB
DISK = SCRATCH + GIB
"""Node disk of a container that says nothing of it: its scratch space, and logs."""

SCALE_IN_WINDOW = 300
"""Seconds: as long as Kubernetes' own default, so that a lull does not end pods."""

TOLD_VOLUME = "context"
FILES_VOLUME = "files"
SCRATCH_VOLUME = "tmp"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a workload stands in.

    Attributes:
        labels: of every object of its unit.
        product: what its pods are a part of.
        told: variables that its workspace's context makes.
        context: the same as a file; None where there is none.
    """

    scope: AnyScope
    labels: Mapping[str, str]
    product: str
    told: Mapping[str, PlainValue]
    context: ConfigPlan | None


def workload(setting: Setting, name: str, spec: Component) -> WorkloadPlan:
    """Everything about one workload; its references have been checked."""
    scope = setting.scope
    files = _files(name, spec)
    return WorkloadPlan(
        name=name,
        namespace=scope.namespace,
        labels={**dict(sorted(spec.labels.items())), **setting.labels},
        product=setting.product,
        pod=_pod(setting, name, spec, files),
        command=spec.command,
        args=spec.args,
        ports={port: one.port for port, one in sorted(spec.ports.items())},
        probes=_probes(spec),
        scale=scale(spec),
        alone=bool(spec.volumes),
        claims=tuple(_claim(scope, name, *entry) for entry in sorted(spec.volumes.items())),
        files=files,
        exposure=exposure(scope, name, spec),
    )


def scale(spec: Component) -> FixedScale | CpuScale:
    """Who decides how many pods there are."""
    auto = spec.autoscaling
    if auto is None:
        return FixedScale(1 if spec.replicas is None else spec.replicas)
    return CpuScale(auto.min, auto.max, auto.target, SCALE_IN_WINDOW)


def most_at_once(plan: WorkloadPlan) -> int:
    """The most pods that there can be, those of a rolling update among them."""
    if plan.alone and isinstance(plan.scale, FixedScale):
        return plan.scale.replicas
    return most_pods(plan.scale)


# --- the pod -------------------------------------------------------------------------------------


def _pod(setting: Setting, name: str, spec: Component, files: FilesPlan | None) -> PodPlan:
    scope = setting.scope
    return PodPlan(
        component=name,
        service_account=name,
        priority_class=names.priority_class(scope.environment.name, "control"),
        image=planned_image(scope, spec.image),
        pull_secrets=pull_secrets(scope),
        placement=placement(spec.pool, scope.cluster.pools[spec.pool]),
        amounts=amounts(spec),
        variables=_variables(setting, spec),
        volumes=tuple(_volumes(setting, name, spec, files)),
        grace=GRACE,
        product=setting.product,
    )


def amounts(spec: Component) -> Amounts:
    """The container's requests and limits."""
    resources = spec.resources
    disk = resources.ephemeral_storage or BytesRange.model_construct(request=DISK, limit=DISK)
    return Amounts(
        cpu_request=resources.cpu.request,
        cpu_limit=resources.cpu.limit,
        memory_request=resources.memory.request,
        memory_limit=resources.memory.limit,
        disk_request=disk.request,
        disk_limit=disk.limit,
        gpu=resources.gpu,
    )


def _variables(setting: Setting, spec: Component) -> Variables:
    """Ours, where the services are, the context, then the person's by name."""
    written = {name: PlainValue(text) for name, text in sorted(spec.env.items())}
    secret = {
        name: SecretValue(source.secret, source.key)
        for name, source in sorted(spec.secret_env.items())
    }
    return {
        "HOME": PlainValue(dask.SCRATCH_DIRECTORY),
        **variables(bindings(setting.scope, uses(setting.scope, spec))),
        **setting.told,
        **written,
        **secret,
    }


def uses(scope: AnyScope, spec: Component) -> dict[str, Use]:
    """What a workload uses: what all pods of its unit do, and its own."""
    return {**scope.spec.uses, **spec.uses}


def _volumes(
    setting: Setting, name: str, spec: Component, files: FilesPlan | None
) -> Iterator[Volume]:
    if dask.SCRATCH_DIRECTORY not in mount_paths(spec):
        yield ScratchVolume(SCRATCH_VOLUME, dask.SCRATCH_DIRECTORY, SCRATCH)
    if setting.context is not None:
        yield ConfigVolume(TOLD_VOLUME, dask.CONFIG_DIRECTORY, setting.context.name)
    if files is not None:
        keys = {path: key for key, path in _keys(spec).items()}
        yield FilesVolume(FILES_VOLUME, files.name, keys)
    for volume, one in sorted(spec.volumes.items()):
        yield ClaimVolume(_volume_name(volume), one.mount_path, claim_name(name, volume))


def _volume_name(volume: str) -> str:
    """None of ours: theirs are called by what people call them."""
    return carried(names.fitted(f"volume-{volume}"), volume)


def mount_paths(spec: Component) -> tuple[str, ...]:
    """Where its volumes are mounted."""
    return tuple(one.mount_path for one in spec.volumes.values())


# --- what it keeps -------------------------------------------------------------------------------


def claim_name(workload_name: str, volume: str) -> str:
    """The PersistentVolumeClaim of a workload's volume."""
    name = names.fitted(f"{workload_name}-{volume}", names.SUBDOMAIN_LIMIT)
    return derived("<workload>-<volume>", name, workload_name, volume)


def _claim(scope: AnyScope, name: str, volume: str, spec: WorkloadVolume) -> ClaimPlan:
    return ClaimPlan(
        claim_name(name, volume),
        _storage_class(scope, spec),
        spec.size,
        shared=False,
        keep=bool(spec.retain),
    )


def _storage_class(scope: AnyScope, volume: WorkloadVolume) -> str:
    """What is written, else by whether its data is kept."""
    if volume.storage_class is not None:
        return volume.storage_class
    classes = scope.cluster.storage_classes
    retained = classes.retained or names.retained_class(scope.environment.name)
    chosen = retained if volume.retain else classes.standard
    return carried(chosen, chosen, volume.retain)


def _files(name: str, spec: Component) -> FilesPlan | None:
    if not spec.files:
        return None
    entries = {key: spec.files[path] for key, path in _keys(spec).items()}
    digested = names.content_named(f"{name}-files", json.dumps(entries, sort_keys=True).encode())
    formula = f"{name}-files-<hash of the files>"
    return FilesPlan(derived(formula, digested, name, *entries.values()), entries)


def _keys(spec: Component) -> dict[str, str]:
    """The paths of the files by their keys in the ConfigMap, which may hold no slash."""
    return {carried(f"file-{index}", path): path for index, path in enumerate(sorted(spec.files))}


# --- how it is asked -----------------------------------------------------------------------------


def _probes(spec: Component) -> ProbesPlan:
    """What is written; who listens and says nothing is ready when it takes connections."""
    written = spec.probes
    readiness = _probe(spec, written.readiness)
    if readiness is None and spec.ports:
        readiness = ProbePlan("", main_port(spec))
    return ProbesPlan(_probe(spec, written.startup), readiness, _probe(spec, written.liveness))


def _probe(spec: Component, probe: Probe | None) -> ProbePlan | None:
    if probe is None:
        return None
    port = spec.ports[probe.port].port
    return ProbePlan(probe.path or "", carried(port, probe.port, port))
