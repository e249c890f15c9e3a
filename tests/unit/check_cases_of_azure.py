"""Cases of the checks of what an environment stands on in Azure."""

import json

from tests.unit.check_case import Case
from tests.unit.cloud_answers import facts
from tests.unit.small_tree import CLOUD, DEV, MALARIA, Specs, environment

AZURE = """\
azure:
  subscriptionId: 3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46
  tenantId: 8d7c2f90-51be-4a3d-8f26-e0b94c7a135d
  location: eastus2
  owner: team-platform
  costCenter: research
"""
SYSTEM = "system: {mode: system, vmSize: Standard_D4s_v5, min: 2, max: 3}"
CPU = "cpu: {vmSize: Standard_D8s_v5}"
STATE = "  state: {resourceGroup: modelops-state-rg, storageAccount: modelopsstate7d1c}\n"


def azure(
    *cluster: str, pools: str = f"{{{SYSTEM}, {CPU}}}", azure: str = AZURE, rest: str = ""
) -> Specs:
    """An environment that Azure makes."""
    return {DEV: environment(*cluster, pools=f"pools: {pools}", rest=azure + rest)}


BLOB = "results: {kind: blob, container: results}\n"
LOGS_IN = "features: {networkPolicy: calico, workloadIdentity: true}"
STORED = "  storage: {name: modelsdev}\n"
ANSWERED: Specs = {CLOUD: json.dumps(facts(registryLoginServer=None))}
"""What an environment with storage is answered."""


def districts(count: int) -> Specs:
    """As many workspaces, each of which keeps results in the one container."""
    return {f"environments/dev/workspaces/district-{each:02}.yaml": BLOB for each in range(count)}


CASES = (
    Case(
        "azure_elsewhere",
        "a cluster of somebody else's",
        {
            DEV: environment(
                "provider: generic",
                pools="pools: {cpu: {allocatable: {cpu: 7, memory: 24Gi}}}",
                rest=f"«{AZURE}",
            )
        },
        ("error CFG011",),
        azure(),
        ("cluster of dev is not Azure's",),
    ),
    Case(
        "azure_elsewhere",
        "an engine that AKS has not",
        azure("features: {networkPolicy: «other}"),
        ("error CFG011",),
        azure("features: {networkPolicy: cilium}"),
    ),
    Case(
        "crowded_identity",
        "workspaces that keep results in containers",
        {**azure(LOGS_IN, azure=AZURE + "  «" + STORED.lstrip()), **districts(21)},
        ("error AZR009",),
        {**azure(LOGS_IN, azure=AZURE + STORED), **districts(20)},
        ("21 workspaces", "`modelops-dev-results`", "20 federated credentials"),
        ANSWERED,
    ),
    Case(
        "derived_variable",
        "who the pods are that log in",
        {
            **azure(LOGS_IN, azure=AZURE + STORED),
            MALARIA: f"{BLOB}workers: {{env: {{«AZURE_CLIENT_ID: x}}}}",
        },
        ("error CFG006",),
        {
            **azure(LOGS_IN, azure=AZURE + STORED),
            MALARIA: "workers: {env: {AZURE_CLIENT_ID: x}}",
        },
        ("the identity that `results` needs",),
        ANSWERED,
    ),
    Case(
        "undeclared_feature",
        "results in a container, and pods that cannot log in",
        {
            **azure(azure=AZURE + STORED),
            MALARIA: "results: {kind: «blob, container: results}",
        },
        ("error CFG011",),
        {**azure(LOGS_IN, azure=AZURE + STORED), MALARIA: BLOB},
        ("workloadIdentity: true",),
        ANSWERED,
    ),
    Case(
        "unknown_container",
        "a container that is not there",
        {
            **azure(LOGS_IN, azure=AZURE + STORED),
            MALARIA: "results: {kind: blob, container: «result}",
        },
        ("error CFG011",),
        {**azure(LOGS_IN, azure=AZURE + STORED), MALARIA: BLOB},
        ("no container `result`",),
        ANSWERED,
    ),
    Case(
        "unknown_container",
        "an environment without storage",
        {**azure(LOGS_IN), MALARIA: "results: {kind: «blob, container: results}"},
        ("error CFG011",),
        {**azure(LOGS_IN, azure=AZURE + STORED), MALARIA: BLOB},
        ("no storage account",),
        ANSWERED,
    ),
    Case(
        "unknown_container",
        "a cluster of somebody else's",
        {
            DEV: environment(
                "provider: generic",
                LOGS_IN,
                pools="pools: {cpu: {allocatable: {cpu: 7, memory: 24Gi}}}",
            ),
            MALARIA: "results: {kind: «blob, container: results}",
        },
        ("error CFG011",),
        {**azure(LOGS_IN, azure=AZURE + STORED), **ANSWERED, MALARIA: BLOB},
        ("its pods cannot log in",),
    ),
    Case(
        "expiring_kubernetes",
        "a minor whose support ends",
        azure('kubernetesVersion: «"1.34"'),
        ("warning AZR003",),
        azure('kubernetesVersion: "1.35"'),
        ("until November 2026",),
    ),
    Case(
        "expiring_kubernetes",
        "on a cluster that somebody else makes",
        azure('kubernetesVersion: «"1.34"'),
        ("warning AZR003",),
        {DEV: environment('kubernetesVersion: "1.34"')},
    ),
    Case(
        "misplaced_state",
        "in the group that it describes",
        azure(rest="  state: {resourceGroup: «MODELOPS-dev-rg, storageAccount: abc}\n"),
        ("error AZR006",),
        azure(rest=STATE),
    ),
    Case(
        "misplaced_state",
        "on one disk, of staging",
        azure(azure=f"tier: staging\n«{AZURE}"),
        ("warning AZR006",),
        azure(azure=f"tier: staging\n{AZURE}", rest=STATE),
        ("it would be on one disk",),
    ),
    Case(
        "missing_system_pool",
        "no pool at all",
        azure(pools=f"«{{{CPU}}}"),
        ("error AZR001",),
        azure(),
    ),
    Case(
        "missing_system_pool",
        "a single node",
        azure(pools=f"{{{SYSTEM.replace('min: 2', 'min: «1')}, {CPU}}}"),
        ("warning AZR001",),
        azure(),
        ("may have 1 node:", "2 are needed"),
    ),
    Case(
        "missing_system_pool",
        "two nodes, in production",
        azure(
            azure=f"tier: production\n{AZURE}",
            rest=STATE + "defaults: {workspace: {results: {kind: volume}}}\n",
            pools=f"{{{SYSTEM.replace('min: 2', 'min: «2')}, {CPU}}}",
        ),
        ("warning AZR001",),
        azure(
            azure=f"tier: production\n{AZURE}",
            rest=STATE + "defaults: {workspace: {results: {kind: volume}}}\n",
            pools=f"{{{SYSTEM.replace('min: 2', 'min: 3')}, {CPU}}}",
        ),
    ),
    Case(
        "overlapping_ranges",
        "Services within the network",
        azure(rest="  network: {serviceCidr: «10.0.8.0/24, dnsServiceIp: 10.0.8.9}\n"),
        ("error AZR005",),
        azure(rest="  network: {serviceCidr: 172.20.8.0/24, dnsServiceIp: 172.20.8.9}\n"),
        ("10.0.0.0/16",),
    ),
    Case(
        "overlapping_ranges",
        "DNS at the API server's address",
        azure(rest="  network: {dnsServiceIp: «172.16.0.1}\n"),
        ("error AZR005",),
        azure(rest="  network: {dnsServiceIp: 172.16.0.2}\n"),
        ("DNS cannot have 172.16.0.1",),
    ),
    Case(
        "unfit_pool",
        "a name that is too long",
        azure(pools=f"{{{SYSTEM}, {CPU}, «thirteenchars: {{vmSize: Standard_D8s_v5}}}}"),
        ("error NAM004",),
        azure(
            pools=f"{{{SYSTEM}, {CPU}, twelve-chars: {{vmSize: Standard_D8s_v5}}}}".replace("-", "")
        ),
    ),
    Case(
        "unfit_pool",
        "machines of no size",
        azure(pools=f"{{{SYSTEM}, «cpu: {{allocatable: {{cpu: 7, memory: 24Gi}}}}}}"),
        ("error CFG011",),
        azure(),
    ),
    Case(
        "unfit_system_pool",
        "burstable machines",
        azure(pools=f"{{{SYSTEM.replace('Standard_D4s_v5', '«Standard_B4ms')}, {CPU}}}"),
        ("error AZR002",),
        azure(),
        ("Standard_B4ms",),
    ),
    Case(
        "unfit_system_pool",
        "two CPUs",
        azure(
            pools=f"{{{SYSTEM.replace('D4s', '«D2s').replace('Standard_«', '«Standard_')}, {CPU}}}"
        ),
        ("error AZR002",),
        azure(),
    ),
)
