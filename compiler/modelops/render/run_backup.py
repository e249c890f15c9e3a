"""Part of `render`: dumps of a run's store on a volume of their own, and the way back.

The way back is a CronJob that never runs by itself: a person makes a Job of it.
"""

from modelops.planned import BackupPlan, PodPlan, RunPlan
from modelops.render.metadata import Object, of_unit
from modelops.render.pods import pod_spec, pod_template
from modelops.render.run_scripts import running, scripted, scripts
from modelops.render.storage import claim
from modelops.render.store_scripts import BACKUP, RESTORE

LATE = 3600
"""Seconds: a dump that could not begin in time is made up for this long."""

NEVER = "0 0 1 1 *"
"""A CronJob needs a schedule; this one is suspended."""

ATTEMPTS = 2
HISTORY = 3


def backup(run: RunPlan) -> list[Object]:
    """Volume, scripts and both CronJobs; nothing where there is no backup."""
    planned = run.backup
    if planned is None:
        return []
    return [
        claim(run, planned.claim),
        scripts(run, BACKUP, RESTORE),
        _cron_job(run, planned, planned.backup, planned.schedule, BACKUP),
        _cron_job(run, planned, planned.restore, NEVER, RESTORE),
    ]


def _cron_job(
    run: RunPlan, planned: BackupPlan, pod: PodPlan, schedule: str, script: str
) -> Object:
    """One at a time: a dump removes what a killed one left behind."""
    mounted = scripted(pod, BACKUP, RESTORE)
    spec = pod_spec(mounted, running(mounted, script)) | {"restartPolicy": "Never"}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": of_unit(run, pod.component, pod.component),
        "spec": {
            "schedule": schedule,
            "timeZone": "Etc/UTC",
            "suspend": script == RESTORE,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": LATE,
            "successfulJobsHistoryLimit": HISTORY,
            "failedJobsHistoryLimit": HISTORY,
            "jobTemplate": {
                "spec": {
                    "backoffLimit": ATTEMPTS,
                    "activeDeadlineSeconds": planned.deadline,
                    "template": pod_template(pod, spec, {}),
                }
            },
        },
    }
