"""Cases of the checks of what Azure answered, held against what an environment describes."""

import yaml
from tests.unit.check_case import Case
from tests.unit.check_cases_of_azure import AZURE, CPU, SYSTEM
from tests.unit.check_cases_of_runs import AROUND, run
from tests.unit.cloud_answers import ANOTHER, FACTS, SUBSCRIPTION, facts
from tests.unit.small_tree import CLOUD, DEV, MALARIA, Specs, environment
from tests.unit.stores_in_azure import with_server

from modelops import names

FEATURES = "features: {workloadIdentity: true, externalSecrets: true, networkPolicy: cilium}"
STORAGE = "  storage: {name: modelsdev}\n"
VAULT = "  keyVault: {enabled: true, secretStore: vault}\n"
IN_BLOBS: Specs = {MALARIA: "results: {kind: «blob, container: results}"}
FETCHED: Specs = {MALARIA: "secrets: {«api-key: {external: {store: vault, key: api-key}}}"}
IN_POSTGRES = run("store: {mode: «azureFlexible}")
WHO = dict.fromkeys(("clientId", "principalId"), "c47e2b91-06d8-4a53-b1fe-9d30a58c6e72")
VAULT_URI = f"https://{names.global_name('mo', 'dev', SUBSCRIPTION, '-')}.vault.azure.net/"
SERVER = names.global_name("modelops-pg", "dev", SUBSCRIPTION, "-")


def described(rest: str, *cluster: str) -> Specs:
    """An environment whose Azure has this."""
    pools = f"pools: {{{SYSTEM}, {CPU}}}"
    return {DEV: environment(*(cluster or (FEATURES,)), pools=pools, rest=AZURE + rest)}


def told(**changed: object) -> Specs:
    """Azure's answers, with some of them changed."""
    return {CLOUD: yaml.safe_dump(facts(**changed), sort_keys=False, width=1000)}


def of_vault(**changed: object) -> Specs:
    """Azure's answers of an environment with a vault."""
    return told(
        **({"keyVaultUri": VAULT_URI, "identities": {"modelops-dev-secrets": WHO}} | changed)
    )


def of_server(host: str | None) -> Specs:
    """Azure's answers of an environment with a Flexible Server."""
    return told(postgresHost=host, identities={"modelops-dev-store": WHO})


def unmarked(specs: Specs) -> Specs:
    """The same without what points at a finding."""
    return {file: text.replace("«", "") for file, text in specs.items()}


WITH_STORAGE = described(STORAGE)
WITH_VAULT = described(VAULT)
WITH_SERVER: Specs = {**AROUND, DEV: with_server(), **unmarked(IN_POSTGRES)}
REGISTRY = "  registry: {enabled: true, name: modelsdev}\n"


def stale(about: str, key: str, **changed: object) -> Case:
    """Results in blobs where one fact is of something else, or not there."""
    return Case(
        "stale_facts",
        about,
        {**IN_BLOBS, **told(**changed)},
        ("error AZR007",),
        {**unmarked(IN_BLOBS), **told()},
        (key,),
        WITH_STORAGE,
    )


CASES = (
    Case(
        "azure_elsewhere",
        "answers of an Azure that nobody describes",
        {CLOUD: f"«{told()[CLOUD]}", DEV: environment()},
        ("error CFG011",),
        {**described(""), **told()},
        ("dev describes no `azure`",),
    ),
    Case(
        "foreign_registry",
        "Azure has another one",
        {CLOUD: told()[CLOUD].replace("modelsdev.azurecr.io", "«modelsold.azurecr.io")},
        ("warning AZR007",),
        told(),
        ("modelsdev.azurecr.io", "modelsold.azurecr.io"),
        described(REGISTRY),
    ),
    Case(
        "foreign_registry",
        "the images come from elsewhere",
        {CLOUD: told()[CLOUD].replace("modelsdev.azurecr.io", "«modelsold.azurecr.io")},
        ("warning AZR007",),
        {
            **told(registryLoginServer="modelsold.azurecr.io"),
            **described(REGISTRY + "registry: {prefix: ghcr.io/models}\n"),
        },
        (),
        described(REGISTRY),
    ),
    Case(
        "stale_facts",
        "nobody has asked Azure",
        IN_BLOBS,
        ("error AZR007",),
        {**unmarked(IN_BLOBS), **told()},
        ("a container for results needs what only Azure knows",),
        WITH_STORAGE,
    ),
    stale("no endpoint", "`blobEndpoint`", blobEndpoint=None),
    stale("no identity", "`identities.modelops-dev-results`", identities={}),
    stale("another tenant", "another Azure", tenantId=ANOTHER),
    stale("another subscription", "another Azure", subscriptionId=ANOTHER),
    stale("another group", "another Azure", resourceGroup="modelops-lab-rg"),
    stale("another cluster", "another Azure", clusterName="modelops-lab-aks"),
    stale("another account", "another Azure", storageAccount="modelslab"),
    stale(
        "blobs of another account",
        "another Azure",
        blobEndpoint="https://modelsdev2.blob.core.windows.net/",
    ),
    Case(
        "stale_facts",
        "letters that Azure does not tell apart",
        {**IN_BLOBS, **told(resourceGroup="Modelops-Lab-RG")},
        ("error AZR007",),
        {**unmarked(IN_BLOBS), **told(resourceGroup="MODELOPS-dev-RG")},
        (),
        WITH_STORAGE,
    ),
    Case(
        "stale_facts",
        "a fact that nothing of it is made of",
        {**IN_BLOBS, **told(blobEndpoint=None, postgresHost=None)},
        ("error AZR007",),
        {**unmarked(IN_BLOBS), **told(postgresHost=None, keyVaultUri=None)},
        ("a container for results needs `blobEndpoint`, which",),
        WITH_STORAGE,
    ),
    Case(
        "stale_facts",
        "no server yet",
        {**IN_POSTGRES, **of_server(None)},
        ("error AZR007",),
        of_server(f"{SERVER}.postgres.database.azure.com"),
        ("a store in Azure needs `postgresHost`",),
        WITH_SERVER,
    ),
    Case(
        "stale_facts",
        "another server",
        {**IN_POSTGRES, **of_server("models-old.postgres.database.azure.com")},
        ("error AZR007",),
        of_server(f"{SERVER}.postgres.database.azure.com"),
        ("another Azure",),
        WITH_SERVER,
    ),
    Case(
        "stale_facts",
        "a secret from a vault that nobody has asked for",
        FETCHED,
        ("error AZR007",),
        {**unmarked(FETCHED), **of_vault()},
        ("the secret `api-key`, from the key vault,",),
        WITH_VAULT,
    ),
    Case(
        "stale_facts",
        "a secret from another vault",
        {**FETCHED, **of_vault(keyVaultUri=FACTS["keyVaultUri"])},
        ("error AZR007",),
        {
            MALARIA: "secrets: {api-key: {external: {store: another, key: api-key}}}",
            **of_vault(keyVaultUri=FACTS["keyVaultUri"]),
        },
        ("another Azure",),
        WITH_VAULT,
    ),
    Case(
        "stale_facts",
        "the pull secret, by the store of all secrets",
        described(
            VAULT
            + "secrets: {store: vault}\n"
            + "registry: {pullSecret: {name: pull, «external: {key: pull}}}\n"
        ),
        ("error AZR007",),
        {
            **described(
                VAULT
                + "secrets: {store: vault}\n"
                + "registry: {pullSecret: {name: pull, external: {key: pull}}}\n"
            ),
            **of_vault(),
        },
        ("the pull secret",),
    ),
    Case(
        "unusable_secret_store",
        "no vault",
        described("  keyVault: {secretStore: «vault}\n"),
        ("error CFG011",),
        WITH_VAULT,
        ("`azure.keyVault.enabled: true`",),
    ),
    Case(
        "unusable_secret_store",
        "nobody who reads it",
        described(
            VAULT.replace(" vault", " «vault"),
            "features: {workloadIdentity: true, networkPolicy: cilium}",
        ),
        ("error CFG011",),
        WITH_VAULT,
        ("`cluster.features.externalSecrets: true`",),
    ),
    Case(
        "unusable_secret_store",
        "nobody who may log in",
        described(
            VAULT.replace(" vault", " «vault"),
            "features: {externalSecrets: true, networkPolicy: cilium}",
        ),
        ("error CFG011",),
        WITH_VAULT,
        ("`cluster.features.workloadIdentity: true`",),
    ),
)
