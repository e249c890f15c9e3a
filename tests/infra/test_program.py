"""What the program registers for every example environment, and for others that are legal."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pulumi
import pytest
from tests.infra.answers import guid
from tests.infra.mocked import Built, Registered, built

from modelops_infra.reading import read
from modelops_infra.shapes import (
    Credential,
    Identity,
    Inputs,
    Postgres,
    Registry,
    Storage,
    Vault,
)

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
EXAMPLES = sorted(file.parts[-3] for file in ROOT.glob("generated/*/infra/inputs.json"))


def inputs_of(environment: str) -> Inputs:
    return read((ROOT / "generated" / environment / "infra" / "inputs.json").read_text())


def full() -> Inputs:
    """An environment with everything that there can be."""
    return replace(
        inputs_of("prod"),
        registry=Registry("modelopsprod", existing=False, resource_id=None, sku="Premium"),
        storage=Storage("moprod", "Standard_ZRS", ("bundles", "results"), 30),
        key_vault=Vault("mo-prod"),
        postgres=Postgres("modelops-pg", "17", "GP_Standard_D2ds_v5", 64, 7),
        identities=(
            Identity(
                "modelops-prod-results",
                "results",
                (
                    Credential("malaria", "modelops-dask-prod-malaria", "dask-worker"),
                    Credential("default", "modelops-dask-prod", "dask-worker"),
                ),
            ),
            Identity("modelops-prod-secrets", "secrets", ()),
            Identity("modelops-prod-store", "store", ()),
        ),
    )


def as_json(resources: tuple[Registered, ...]) -> str:
    return json.dumps([asdict(each) for each in resources], indent=2, sort_keys=True) + "\n"


# --- the examples --------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", EXAMPLES)
def test_the_examples_register_what_they_did(
    environment: str, request: pytest.FixtureRequest
) -> None:
    expected = HERE / "expected" / f"{environment}.json"
    registered = as_json(built(inputs_of(environment)).resources)
    if request.config.getoption("--update-golden"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(registered)
    assert registered == expected.read_text(), "`pytest tests/infra --update-golden` rewrites it"


def test_every_expected_file_has_an_example() -> None:
    assert sorted(file.stem for file in (HERE / "expected").iterdir()) == EXAMPLES


def test_the_same_inputs_register_the_same() -> None:
    assert as_json(built(full()).resources) == as_json(built(full()).resources)


# --- what must hold of any environment -----------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> Built:
    return built(full())


def test_no_name_is_left_to_the_provider(made: Built) -> None:
    """Whatever has a name in Azure says it: what it does not say gets a random end."""
    said = {
        "ResourceGroup": "resourceGroupName",
        "VirtualNetwork": "virtualNetworkName",
        "Subnet": "subnetName",
        "ManagedCluster": "resourceName",
        "AgentPool": "agentPoolName",
        "MaintenanceConfiguration": "configName",
        "RoleAssignment": "roleAssignmentName",
        "UserAssignedIdentity": "resourceName",
        "FederatedIdentityCredential": "federatedIdentityCredentialResourceName",
        "Registry": "registryName",
        "StorageAccount": "accountName",
        "BlobContainer": "containerName",
        "BlobServiceProperties": "blobServicesName",
        "ManagementPolicy": "managementPolicyName",
        "Vault": "vaultName",
        "Server": "serverName",
        "Administrator": "objectId",
        "PrivateZone": "privateZoneName",
        "VirtualNetworkLink": "virtualNetworkLinkName",
        "Extension": "extensionName",
        "FluxConfiguration": "fluxConfigurationName",
    }
    for each in made.resources:
        assert each.inputs.get(said[each.type.rpartition(":")[2]]), each.name


def test_what_holds_data_cannot_be_removed_by_accident(made: Built) -> None:
    kept = {"group", "storage", "vault", "postgres", "registry"}
    kept |= {"container-bundles", "container-results", "storage-blobs"}
    assert {each.name for each in made.resources if each.protect} == kept


def test_nobody_has_a_key_that_opens_everything(made: Built) -> None:
    assert made["registry"].inputs["adminUserEnabled"] is False
    assert made["storage"].inputs["allowSharedKeyAccess"] is False
    assert made["storage"].inputs["allowBlobPublicAccess"] is False
    assert made["vault"].inputs["properties"]["enableRbacAuthorization"] is True
    assert made["postgres"].inputs["authConfig"]["passwordAuth"] == "Disabled"
    assert made["cluster"].inputs["disableLocalAccounts"] is True
    assert all(each.inputs["publicAccess"] == "None" for each in made.of("BlobContainer"))


def test_an_account_has_one_policy(made: Built) -> None:
    (policy,) = made.of("ManagementPolicy")
    assert policy.inputs["managementPolicyName"] == "default"


def test_the_system_pool_is_made_with_the_cluster_and_the_others_apart(made: Built) -> None:
    (system,) = made["cluster"].inputs["agentPoolProfiles"]
    assert system["name"] == "system"
    assert system["mode"] == "System"
    assert system["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]
    assert [each.name for each in made.of("AgentPool")] == ["pool-cpu", "pool-highmem"]
    assert "agentPoolProfiles" in made["cluster"].ignored
    assert all(each.ignored == ("count", "vnetSubnetID") for each in made.of("AgentPool"))


def test_pods_select_nodes_by_the_label_that_pools_give() -> None:
    pool = built(inputs_of("dev"))["pool-cpu"].inputs
    assert pool["nodeLabels"]["modelops.io/role"] == "cpu"
    assert pool["nodeTaints"] == ["modelops.io/role=cpu:NoSchedule"]
    assert (pool["minCount"], pool["maxCount"]) == (0, 5)


def test_pools_follow_the_version_of_their_cluster(made: Built) -> None:
    """Azure upgrades none of them by itself from one minor version to the next."""
    version = made["cluster"].inputs["kubernetesVersion"]
    assert {each.inputs["orchestratorVersion"] for each in made.of("AgentPool")} == {version}


def test_rights_are_named_by_what_they_are_and_so_removed_before_they_are_given_again(
    made: Built,
) -> None:
    given = made.of("RoleAssignment")
    assert all(each.removed_first for each in given)
    names = {each.name: each.inputs["roleAssignmentName"] for each in given}
    assert len(set(names.values())) == len(names)
    elsewhere = built(replace(full(), environment="other")).of("RoleAssignment")
    assert not set(names.values()) & {each.inputs["roleAssignmentName"] for each in elsewhere}


def test_spot_nodes_are_removed_and_never_surged() -> None:
    pool = built(inputs_of("staging"))["pool-cpu"].inputs
    assert pool["scaleSetPriority"] == "Spot"
    assert pool["scaleSetEvictionPolicy"] == "Delete"
    assert "upgradeSettings" not in pool


def test_credentials_are_for_exactly_these_accounts_and_made_in_turn(made: Built) -> None:
    subjects = {
        each.name: each.inputs["subject"] for each in made.of("FederatedIdentityCredential")
    }
    assert subjects == {
        "identity-results-default": "system:serviceaccount:modelops-dask-prod:dask-worker",
        "identity-results-malaria": "system:serviceaccount:modelops-dask-prod-malaria:dask-worker",
    }
    assert "identity-results-malaria" in made["identity-results-default"].after


def test_rights_are_on_what_they_are_for(made: Built) -> None:
    scopes = {each.name: each.inputs["scope"] for each in made.of("RoleAssignment")}
    assert scopes == {
        "cluster-network": "/ids/nodes",
        "identity-results-rights": "/ids/storage",
        "identity-secrets-rights": "/ids/vault",
        "registry-pull": "/ids/registry",
    }
    assert made["identity-store-rights"].inputs["principalName"] == "modelops-prod-store"


def test_flux_follows_one_path_and_is_removed_before_its_extension(made: Built) -> None:
    configuration = made["flux-configuration"]
    assert list(configuration.inputs["kustomizations"]) == ["root"]
    assert configuration.inputs["kustomizations"]["root"]["path"] == "./generated/prod/flux"
    assert configuration.inputs["gitRepository"]["repositoryRef"] == {"branch": "main"}
    assert "flux" in configuration.after


def test_what_others_need_to_know_is_told_and_no_kubeconfig(made: Built) -> None:
    assert set(made.outputs) == {
        *("environment", "inputsDigest", "subscriptionId", "tenantId", "location"),
        *("resourceGroup", "clusterName"),
        *("oidcIssuer", "kubeletObjectId", "registryLoginServer", "storageAccount"),
        *("blobEndpoint", "keyVaultUri", "postgresHost", "identities"),
    }
    assert made.outputs["identities"]["modelops-prod-results"] == {
        "clientId": guid("modelops-prod-results-client"),
        "principalId": guid("modelops-prod-results-principal"),
    }
    assert made.outputs["registryLoginServer"] == "modelopsprod.azurecr.io"
    assert made.outputs["keyVaultUri"] == "https://mo-prod.vault.azure.net/"


# --- what is there already -----------------------------------------------------------------------


def test_a_group_that_exists_is_only_looked_up() -> None:
    inputs = inputs_of("dev")
    existing = replace(inputs, resource_group=replace(inputs.resource_group, existing=True))
    assert built(existing)["group"].read


def test_of_somebody_else_s_registry_only_the_right_to_pull_is_made() -> None:
    where = (
        "/subscriptions/theirs/resourceGroups/a/providers/Microsoft.ContainerRegistry/registries/a"
    )
    registry = Registry("shared", existing=True, resource_id=where, sku="Standard")
    made = built(replace(inputs_of("dev"), registry=registry))
    assert made.of("Registry") == []
    assert made["registry-pull"].inputs["scope"] == where
    assert made["registry-pull"].inputs["roleDefinitionId"].startswith("/subscriptions/theirs/")
    assert made.outputs["registryLoginServer"] == "shared.azurecr.io"


def test_flux_is_told_the_login_of_a_private_repository() -> None:
    inputs = inputs_of("dev")
    assert "localAuthRef" not in built(inputs)["flux-configuration"].inputs["gitRepository"]
    made = built(replace(inputs, flux=replace(inputs.flux, secret="repository")))  # noqa: S106 -- a name
    assert made["flux-configuration"].inputs["gitRepository"]["localAuthRef"] == "repository"


def test_a_cluster_that_exists_is_only_looked_up_and_gets_flux() -> None:
    inputs = inputs_of("dev")
    made = built(replace(inputs, cluster=replace(inputs.cluster, existing=True)))
    assert made["cluster"].read
    assert made.of("AgentPool") == []
    assert made.of("MaintenanceConfiguration") == []
    assert made["flux-configuration"].inputs["clusterName"]


def test_a_cluster_that_no_pod_could_log_in_to_azure_from_is_refused() -> None:
    inputs = inputs_of("dev")
    existing = replace(inputs, cluster=replace(inputs.cluster, existing=True))
    with pytest.raises(pulumi.RunError, match=r"az aks update .* --enable-oidc-issuer"):
        built(existing, "oidcIssuerProfile")
