"""An environment on Azure whose units log in; shared by tests, nothing here is a test."""

import json

from tests.unit.check_cases_of_runs import OF_RUNS, SEARCH
from tests.unit.cloud_answers import SUBSCRIPTION, TENANT, facts
from tests.unit.small_tree import CLOUD, DEV, IMAGES, Specs, environment, sources

from modelops import names

BLOB = "results: {kind: blob, container: results}\n"
ON_DISK = "results: {kind: ephemeral}\n"
VAULT = names.global_name("mo", "dev", SUBSCRIPTION, "-")
SERVER = names.global_name("modelops-pg", "dev", SUBSCRIPTION, "-")
RESULTS_CLIENT = "0a9d3c58-7e14-4f6b-92d0-c85b1e7a4f36"

AZURE = f"""\
azure:
  subscriptionId: {SUBSCRIPTION}
  tenantId: {TENANT}
  location: westeurope
  owner: team-platform
  costCenter: research
  storage: {{name: modelsdev}}
  postgres: {{}}
  keyVault: {{enabled: true, secretStore: vault}}
"""
POOLS = (
    "pools: {system: {mode: system, vmSize: Standard_D4s_v5, min: 2, max: 3},"
    " cpu: {vmSize: Standard_D8s_v5}}"
)
FEATURES = "features: {networkPolicy: cilium, workloadIdentity: true, externalSecrets: true}"
ON_AZURE = environment(FEATURES, pools=POOLS, rest=AZURE)

ANSWERS = facts(
    registryLoginServer=None,
    keyVaultUri=f"https://{VAULT}.vault.azure.net/",
    postgresHost=f"{SERVER}.postgres.database.azure.com",
    identities={
        f"modelops-dev-{purpose}": {"clientId": client, "principalId": client}
        for purpose, client in (
            ("results", RESULTS_CLIENT),
            ("secrets", "1b0e4d69-8f25-4a7c-a3e1-d96c2f8b5047"),
            ("store", "2c1f5e7a-9036-4b8d-b4f2-ea7d309c6158"),
        )
    },
)
FACTS = json.dumps(ANSWERS, indent=2)


def workspace(name: str) -> str:
    """The file of a workspace of the environment."""
    return f"environments/dev/workspaces/{name}.yaml"


def run(name: str) -> str:
    """The file of a run of the environment."""
    return f"environments/dev/runs/{name}.yaml"


def in_azure(workspace_name: str, rest: str = "") -> str:
    """The spec of a run whose store is the environment's server."""
    search = SEARCH.replace("malaria", workspace_name)
    return f"{search}store: {{mode: azureFlexible}}\n{rest}"


def on_azure(units: Specs) -> dict[str, bytes]:
    """The environment `dev` on Azure, with these units and no others."""
    wanted = {IMAGES: OF_RUNS, DEV: ON_AZURE, CLOUD: FACTS, **units}
    return {file: content for file, content in sources(wanted).items() if file in wanted}
