"""Part of `render`: the ServiceAccounts of a workspace's scheduler and workers.

They have no rights and no token. The account of the bootstrap Job, which has both, is in
`secrets`.
"""

from modelops.planned import PodPlan, WorkspacePlan
from modelops.render.metadata import Housed, Object, of_unit

CLIENT_ID = "azure.workload.identity/client-id"
"""The annotation that says which identity of Azure an account's pods are."""


def accounts(workspace: WorkspacePlan) -> list[Object]:
    """One account for the scheduler, one for the workers."""
    return [account(workspace, pod) for pod in (workspace.scheduler.pod, workspace.workers.pod)]


def account(unit: Housed, pod: PodPlan) -> Object:
    """The account of a pod; pods that need its token mount it themselves."""
    who = {CLIENT_ID: pod.identity} if pod.identity else {}
    return unmounted(of_unit(unit, pod.service_account, pod.component, who, product=pod.product))


def unmounted(metadata: Object) -> Object:
    """An account whose token is in no pod by itself."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata,
        "automountServiceAccountToken": False,
    }
