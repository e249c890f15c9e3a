"""Part of `render`: the Job that waits for the Secret that images are pulled with.

The Secret is mounted as `optional`, so the pod starts without it and sees it as soon as it is
there: no rights, no token, no network.
"""

from modelops.planned import PlainValue, PullCheckPlan
from modelops.render.accounts import account
from modelops.render.jobs import job
from modelops.render.metadata import Housed, Object, numeral
from modelops.render.pods import container, pod_spec, pod_template

ATTEMPTS = 1000
"""Restarts of the container, up to five minutes apart: days in which somebody can make it."""

SCRIPT = """\
waited=0
until [ -s "$SECRET_FILE" ]; do
  if [ "$waited" -ge "$PATIENCE_SECONDS" ]; then
    echo "the Secret that images are pulled with is missing; make it:" >&2
    echo "  $MAKE_IT" >&2
    exit 1
  fi
  sleep 5
  waited=`expr "$waited" + 5`
done
"""


def pull_check(unit: Housed, plan: PullCheckPlan | None) -> list[Object]:
    """The Job and its account; nothing where no Secret is waited for."""
    if plan is None:
        return []
    checked = container(
        plan.pod,
        [],
        {
            "SECRET_FILE": PlainValue(plan.file),
            "PATIENCE_SECONDS": PlainValue(numeral(plan.patience)),
            "MAKE_IT": PlainValue(plan.command),
        },
    ) | {"command": ["sh", "-c", SCRIPT], "terminationMessagePolicy": "FallbackToLogsOnError"}
    spec = pod_spec(plan.pod, checked) | {"restartPolicy": "OnFailure"}
    template = pod_template(plan.pod, spec, {})
    return [
        account(unit, plan.pod),
        job(
            unit,
            plan.name,
            plan.pod,
            {
                "backoffLimit": ATTEMPTS,
                "completions": 1,
                "parallelism": 1,
                "template": template,
            },
        ),
    ]
