"""Part of `render`: the Job that makes all that a run's workers expect in its store.

First a container goes to the server as the administrator, and makes role and database; then one as
the run's own user, so that a wrong password or missing right is told here and not by the workers;
then the runtime itself makes its tables. Where Azure keeps the trials, the runtime does all of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from modelops.planned import PodPlan, RunPlan, StoreInitPlan, Volume
from modelops.render.jobs import job
from modelops.render.metadata import Object
from modelops.render.pods import as_own_user, container, pod_spec, pod_template
from modelops.render.run_scripts import running, scripted, scripts
from modelops.render.run_workers import CONFIG_HASH, RESTART
from modelops.render.store_scripts import STORE_CHECK, STORE_INIT

ATTEMPTS = 20
"""Pods, one after another: the server may take long to come up."""

MISCONFIGURED = 64
"""The scripts' exit code for what trying again does not help against."""


def store_init(run: RunPlan) -> list[Object]:
    """The scripts and the Job; nothing where the run has no store."""
    planned = run.store_init
    if planned is None:
        return []
    mounted = _scripts(planned)
    return [*((scripts(run, *mounted),) if mounted else ()), _job(run, planned)]


def _scripts(planned: StoreInitPlan) -> tuple[str, ...]:
    found = {STORE_CHECK: planned.check, STORE_INIT: planned.database}
    return tuple(script for script, pod in found.items() if pod)


def _job(run: RunPlan, planned: StoreInitPlan) -> Object:
    notes = {
        CONFIG_HASH: planned.config_digest,
        **({RESTART: planned.restart} if planned.restart else {}),
    }
    return job(
        run,
        planned.name,
        planned.tables,
        {
            "backoffLimit": ATTEMPTS,
            "activeDeadlineSeconds": planned.deadline,
            "completions": 1,
            "parallelism": 1,
            "podFailurePolicy": {"rules": [_disrupted(), _misconfigured()]},
            "template": pod_template(planned.tables, _pod(planned), notes),
        },
    )


def _pod(planned: StoreInitPlan) -> Object:
    """The pod is the last container's; those before it run as the users of their own image."""
    before = tuple(_before(planned))
    first = [as_own_user(pod, found) for pod, found in before]
    mounted = (planned.tables, *(pod for pod, _ in before))
    whole = replace(planned.tables, volumes=tuple(_volumes(mounted)))
    last = container(planned.tables, planned.command, {}) | {
        "terminationMessagePolicy": "FallbackToLogsOnError"
    }
    return pod_spec(whole, last) | {
        "restartPolicy": "Never",
        **({"initContainers": first} if first else {}),
    }


def _before(planned: StoreInitPlan) -> Iterator[tuple[PodPlan, Object]]:
    """The containers that run scripts, in order."""
    for pod, script, name in (
        (planned.database, STORE_INIT, "database"),
        (planned.check, STORE_CHECK, "check"),
    ):
        if pod is not None:
            mounted = scripted(pod, *_scripts(planned))
            yield mounted, running(mounted, script) | {"name": name}


def _volumes(pods: Iterable[PodPlan]) -> Iterable[Volume]:
    """What several containers mount is one volume of the pod."""
    return {volume.name: volume for pod in pods for volume in pod.volumes}.values()


def _disrupted() -> Object:
    """A pod that its node had to let go has not failed."""
    return {
        "action": "Ignore",
        "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
    }


def _misconfigured() -> Object:
    return {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [MISCONFIGURED]}}
