"""Area AZR of the rule book: what an environment's Azure is made of.

Read by the models and `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

_ENVIRONMENT = "# environments/dev/environment.yaml\nspec:\n"
_AZURE = """\
  azure:
    subscriptionId: 3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46
    tenantId: 8d7c2f90-51be-4a3d-8f26-e0b94c7a135d
    location: eastus2
    owner: team-platform
    costCenter: research
"""
_SYSTEM = """\
  cluster:
    pools:
      system: {mode: system, vmSize: Standard_D4s_v5, min: 2, max: 3}
"""
_STATE = "    state: {resourceGroup: modelops-state-rg, storageAccount: modelopsstate7d1c}\n"

AZR001 = Rule(
    code="AZR001",
    summary="no pool for the cluster's own pods, or one that a single node can take down",
    why=(
        "AKS makes no cluster without a system pool. One with a single node is drained at each "
        "upgrade, and DNS, the autoscaler and Flux are away until a new node is there; production "
        "needs three, one for each zone. A pool that said both a number and a range, or neither, "
        "was once made with one node by accident: here a pool has `min` and `max`, and nothing "
        "else."
    ),
    failing=_ENVIRONMENT
    + """\
  cluster:
    pools:
      cpu: {vmSize: Standard_D8s_v5}
"""
    + _AZURE,
    passing=_ENVIRONMENT + _SYSTEM + _AZURE,
    remedy="Add a pool with `mode: system` and `min: 2`; `min: 3` in production.",
    also_warns=True,
    unacceptable="it is about an environment, and only units accept",
)

AZR002 = Rule(
    code="AZR002",
    summary="a system pool of machines that AKS does not take for one",
    why=(
        "Every template of the system before this one gave its system pool two CPUs of the "
        "burstable kind. AKS asks for four CPUs and 4 GiB and supports no B-series there: once the "
        "credits are used up, the API server's own components wait, and with them everything."
    ),
    failing=_ENVIRONMENT
    + """\
  cluster:
    pools:
      system: {mode: system, vmSize: Standard_B2s, min: 2, max: 3}
"""
    + _AZURE,
    passing=_ENVIRONMENT + _SYSTEM + _AZURE,
    remedy="Choose a size with 4 CPUs and 4 GiB at least, outside the B-series.",
)

AZR003 = Rule(
    code="AZR003",
    summary="a Kubernetes minor that AKS takes only with long-term support, or soon will",
    why=(
        "A configuration pinned 1.30. On the day that Azure ended its standard support, existing "
        "clusters went on and new ones could not be made any more, which came to light when one "
        "had to be restored."
    ),
    failing=_ENVIRONMENT + _SYSTEM + '    kubernetesVersion: "1.34"\n' + _AZURE,
    passing=_ENVIRONMENT + _SYSTEM + '    kubernetesVersion: "1.35"\n' + _AZURE,
    remedy=("Move to a newer minor, one at a time, and look at the cluster\nbetween two of them."),
    severity=Severity.WARNING,
    unacceptable="it is about an environment, and only units accept",
)

AZR004 = Rule(
    code="AZR004",
    summary="an id of Azure that is none, or only holds a place",
    why=(
        "An example's subscription of zeros was left standing, and the first thing that noticed "
        "was Azure, after the passwords of three people had been tried."
    ),
    failing=_ENVIRONMENT
    + _SYSTEM
    + _AZURE.replace(
        "3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46", "00000000-0000-0000-0000-000000000000"
    ),
    passing=_ENVIRONMENT + _SYSTEM + _AZURE,
    remedy="`az account show --query id -o tsv` tells a subscription's id.",
)

AZR005 = Rule(
    code="AZR005",
    summary="ranges of addresses that overlap, or a DNS address that Services cannot have",
    why=(
        "A Service range inside the virtual network took the addresses of nodes: what was sent to "
        "them ended at a Service that did not exist. The first address of the range belongs to "
        "the API server, and AKS refuses it for DNS."
    ),
    failing=_ENVIRONMENT
    + _SYSTEM
    + _AZURE
    + "    network: {serviceCidr: 10.0.128.0/20, dnsServiceIp: 10.0.128.10}\n",
    passing=_ENVIRONMENT
    + _SYSTEM
    + _AZURE
    + "    network: {serviceCidr: 172.20.0.0/16, dnsServiceIp: 172.20.0.10}\n",
    remedy=(
        "Give each range addresses of its own, and DNS an address of the\n"
        "Service range above its first."
    ),
)

AZR006 = Rule(
    code="AZR006",
    summary="the state of the infrastructure where others, or its own removal, cannot find it",
    why=(
        "State on one laptop was lost with it, and two people with a state each made two of "
        "everything. State inside the group that it describes is removed by the first destroy, "
        "in the middle of it."
    ),
    failing=_ENVIRONMENT + "  tier: staging\n" + _SYSTEM + _AZURE,
    passing=_ENVIRONMENT + "  tier: staging\n" + _SYSTEM + _AZURE + _STATE,
    remedy=("Name a `state` in a group of its own; `infra/README.md` tells how it\nis made."),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
    unacceptable="it is about an environment, and only units accept",
)

_RESULTS = """\
# environments/dev/workspaces/malaria.yaml
spec:
  results: {kind: blob, container: results}
"""
_FACTS = """\
# environments/dev/cloud.yaml
spec:
  subscriptionId: 3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46
  tenantId: 8d7c2f90-51be-4a3d-8f26-e0b94c7a135d
  location: eastus2
  resourceGroup: modelops-dev-rg
  clusterName: modelops-dev-aks
  oidcIssuer: https://oidc.example.org/dev/
  kubeletObjectId: d1f0a7c4-3b86-4e59-8a2c-60b9e7d5f413
  storageAccount: modelsdev
  blobEndpoint: https://modelsdev.blob.core.windows.net/
  identities:
    modelops-dev-results:
      clientId: 0a9d3c58-7e14-4f6b-92d0-c85b1e7a4f36
      principalId: c47e2b91-06d8-4a53-b1fe-9d30a58c6e72
"""
_STORAGE = "    storage: {name: modelsdev}\n"
_LOGIN = (
    _SYSTEM.replace("    pools:\n", "    features: {workloadIdentity: true}\n    pools:\n")
    + "      cpu: {vmSize: Standard_D8s_v5}\n"
)

AZR007 = Rule(
    code="AZR007",
    summary="manifests made of what Azure has not answered, or answered of something else",
    why=(
        "An environment was made anew in another subscription, and the ids of the identities of "
        "the old one stayed in its values. Every pod was told who it was, and nobody knew it: "
        "the workers waited for a login for two days, as did the searches that led them. What "
        "Azure answers is written down by a command, and held against what is described."
    ),
    failing=_ENVIRONMENT + _LOGIN + _AZURE + _STORAGE + _RESULTS,
    passing=_ENVIRONMENT + _LOGIN + _AZURE + _STORAGE + _FACTS + _RESULTS,
    remedy=(
        "Leave the unit out until Azure is made, compile, then\n"
        "`uv run modelops-infra up ENV`, and\n"
        "`uv run modelops-infra outputs ENV | uv run modelops cloud import ENV`."
    ),
    also_warns=True,
    unacceptable="a login that fails is not mended by a reason, and images are of an environment",
)

AZR008 = Rule(
    code="AZR008",
    summary="two lifecycle policies for one storage account",
    why=(
        "Azure has one policy for each account, named `default`. Two were declared, and each "
        "deployment replaced one by the other, so that what should have been kept was removed."
    ),
    failing="Two ManagementPolicy resources over one storage account.",
    passing="One ManagementPolicy with all rules in it.",
    remedy="Nothing to do: the program makes one, from the one field that there is.",
    impossible="`azure.storage.deletedDays` is the only field that makes one",
)

AZR009 = Rule(
    code="AZR009",
    summary="more accounts that log in as one identity than Azure lets it trust",
    why=(
        "Each workspace whose results go to a container has an account of its own that the "
        "identity trusts, and so has each run whose store is in Azure. Azure takes twenty for one "
        "identity and refuses the next half-way through a deployment, when the others are made."
    ),
    failing="An environment of 21 workspaces with `results: {kind: blob, container: results}`.",
    passing="Twenty of them, and one with `results: {kind: volume, size: 50Gi}`.",
    remedy=(
        "Keep the results of some workspaces on a volume, take runs that have\n"
        "ended out, or make another environment."
    ),
)

RULES = (
    AZR001,
    AZR002,
    AZR003,
    AZR004,
    AZR005,
    AZR006,
    AZR007,
    AZR008,
    AZR009,
)
"""The rules of this area, by number."""
