"""Part of `render`: the ServiceAccounts of a workspace's scheduler and workers.

They have no rights and no token. The account of the bootstrap Job, which has both, is in
`secrets`.
"""

from modelops.planned import PodPlan, WorkspacePlan
from modelops.render.metadata import Object, of_workspace


def accounts(workspace: WorkspacePlan) -> list[Object]:
    """One account for the scheduler, one for the workers."""
    return [account(workspace, pod) for pod in (workspace.scheduler.pod, workspace.workers.pod)]


def account(workspace: WorkspacePlan, pod: PodPlan) -> Object:
    """The account of a pod; pods that need its token mount it themselves."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": of_workspace(workspace, pod.service_account, pod.component),
        "automountServiceAccountToken": False,
    }
