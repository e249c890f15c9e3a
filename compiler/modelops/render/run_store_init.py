"""Part of `render`: the Job that makes a run's role and database, and proves them.

Its init container goes to the server as the administrator; the container after it as the run's own
user, so that a wrong password or missing right is told here and not by the workers.
"""

from modelops.planned import PodPlan, RunPlan, StoreInitPlan
from modelops.render.jobs import job
from modelops.render.metadata import Object
from modelops.render.pods import pod_spec, pod_template
from modelops.render.run_scripts import running, scripted, scripts
from modelops.render.store_scripts import STORE_CHECK, STORE_INIT

ATTEMPTS = 20
"""Pods, one after another: the server may take long to come up."""

MISCONFIGURED = 64
"""The scripts' exit code for what trying again does not help against."""

RESTART = "modelops.io/restart"


def store_init(run: RunPlan) -> list[Object]:
    """The scripts and the Job; nothing where the run has no store."""
    planned = run.store_init
    if planned is None:
        return []
    return [scripts(run, *_scripts(planned)), _job(run, planned)]


def _scripts(planned: StoreInitPlan) -> tuple[str, ...]:
    return (STORE_CHECK, *((STORE_INIT,) if planned.database else ()))


def _job(run: RunPlan, planned: StoreInitPlan) -> Object:
    check = scripted(planned.check, *_scripts(planned))
    database = scripted(planned.database, *_scripts(planned)) if planned.database else None
    spec = pod_spec(database or check, running(check, STORE_CHECK) | {"name": "check"})
    spec |= {"restartPolicy": "Never"} | _first(database)
    notes = {RESTART: planned.restart} if planned.restart else {}
    return job(
        run,
        planned.name,
        planned.check,
        {
            "backoffLimit": ATTEMPTS,
            "activeDeadlineSeconds": planned.deadline,
            "completions": 1,
            "parallelism": 1,
            "podFailurePolicy": {"rules": [_disrupted(), _misconfigured()]},
            "template": pod_template(planned.check, spec, notes),
        },
    )


def _first(database: PodPlan | None) -> Object:
    """The container that makes role and database, where they are ours to make."""
    if database is None:
        return {}
    return {"initContainers": [running(database, STORE_INIT) | {"name": "database"}]}


def _disrupted() -> Object:
    """A pod that its node had to let go has not failed."""
    return {
        "action": "Ignore",
        "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
    }


def _misconfigured() -> Object:
    return {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [MISCONFIGURED]}}
