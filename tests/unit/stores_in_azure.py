"""An environment with a Flexible Server, and what Azure answered of it.

Shared by the tests of runs whose trials are kept there; nothing here is a test.
"""

import json

from tests.unit.check_cases_of_azure import AZURE, CPU, SYSTEM
from tests.unit.cloud_answers import SUBSCRIPTION, facts
from tests.unit.small_tree import CLOUD, DEV, Specs, environment

from modelops import names

HOST = f"{names.global_name('modelops-pg', 'dev', SUBSCRIPTION, '-')}.postgres.database.azure.com"
IDENTITY = "modelops-dev-store"
CLIENT = "6f1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c"
PRINCIPAL = "1a2b3c4d-5e6f-4071-8293-a4b5c6d7e8f9"

FEATURES = "features: {workloadIdentity: true, networkPolicy: cilium}"
POSTGRES = "  postgres: {sku: GP_Standard_D2ds_v5}\n"

ANSWERS = json.dumps(
    facts(
        location="eastus2",
        registryLoginServer=None,
        storageAccount=None,
        blobEndpoint=None,
        keyVaultUri=None,
        postgresHost=HOST,
        identities={IDENTITY: {"clientId": CLIENT, "principalId": PRINCIPAL}},
    )
)


def with_server(*cluster: str, postgres: str = POSTGRES, rest: str = "") -> str:
    """An environment that Azure makes, with a Postgres in it."""
    pools = f"pools: {{{SYSTEM}, {CPU}}}"
    return environment(*(cluster or (FEATURES,)), pools=pools, rest=AZURE + postgres + rest)


IN_AZURE: Specs = {DEV: with_server(), CLOUD: ANSWERS}
