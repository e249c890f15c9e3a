"""The way from an empty subscription to facts in git and back to nothing, with Pulumi itself.

Tests of one file go through the same project in turn, as a person does.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.infra.engine import Project, project
from tests.unit.azure_tree import BLOB, SERVER, VAULT, on_azure, workspace
from tests.unit.small_tree import CLOUD, DEV

HELD = {
    *("modelops-dev-rg", "modelsdev", "bundles", "results", "default", VAULT, SERVER),
    *("modelops-dev-vnet", "nodes", "postgres", f"{SERVER}.private.postgres.database.azure.com"),
}
"""What holds data, and what that stands on: the last words of their ids."""

AT_ONCE = ("--yes", "--skip-preview")
GROUP = "/subscriptions/3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46/resourceGroups/modelops-dev-rg"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-dev-7f3a91"
POOL = f"{CLUSTER}/agentPools/cpu"
THEIRS = {
    "resourceName": "aks-dev-7f3a91",
    "resourceGroupName": "modelops-dev-rg",
    "location": "westeurope",
    "dnsPrefix": "theirs",
    "nodeResourceGroup": "MC_theirs",
    "agentPoolProfiles": [{"name": "pool1", "mode": "System", "vnetSubnetID": "/their/subnet"}],
}
"""What a cluster was made of that this program has never heard of."""

THEIR_POOL = {
    "resourceName": "aks-dev-7f3a91",
    "resourceGroupName": "modelops-dev-rg",
    "agentPoolName": "cpu",
    "vmSize": "Standard_D8s_v5",
    "maxPods": 110,
    "osSKU": "AzureLinux",
    "vnetSubnetID": "/their/other/subnet",
}

ANSWERED = {
    "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://oidc.example.org/2"},
    "identityProfile": {"kubeletidentity": {"objectId": "2f0c6a4e-18d7-4b39-a5e2-7c91d03f8b64"}},
}


def sources(spec: str = "{}") -> dict[str, bytes]:
    """The environment, with one workspace and without what Azure has still to answer."""
    files = on_azure({workspace("malaria"): spec})
    return {name: content for name, content in files.items() if name != CLOUD}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The environment, made once from nothing."""
    given = project(tmp_path_factory.mktemp("engine"))
    given.write(sources())
    compiled = given.modelops("compile")
    assert compiled.code == 0, compiled.said
    looked = given.infra("preview", "dev")
    assert looked.code == 0, looked.said
    assert given.azure()["resources"] == {}, "a preview changes nothing"
    up = given.infra("up", "dev", "--", *AT_ONCE)
    assert up.code == 0, up.said
    return given


def changes(given: Project, since: int) -> list[list[str]]:
    """What was done in Azure after the first so many changes."""
    done: list[list[str]] = given.azure()["done"]
    return done[since:]


def test_a_second_time_there_is_nothing_to_do(made: Project) -> None:
    looked = made.infra("refresh", "dev", "--", *AT_ONCE)
    assert looked.code == 0, looked.said
    again = made.infra("up", "dev", "--", *AT_ONCE, "--expect-no-changes")
    assert again.code == 0, again.said
    assert not {what for what, _ in changes(made, 0)} - {"create"}


def test_facts_come_back_and_the_units_that_need_them_compile(made: Project) -> None:
    outputs = made.infra("outputs", "dev")
    facts: dict[str, Any] = json.loads(outputs.out)
    assert facts["clusterName"] == "modelops-dev-aks"
    assert None not in facts.values(), "Pulumi leaves out what there is none of"

    made.write(sources(BLOB))
    early = made.modelops("compile")
    assert early.code == 1
    assert "AZR007" in early.said

    imported = made.modelops("cloud", "import", "dev", told=outputs.out)
    assert imported.code == 0, imported.said
    assert imported.err == "", "no warning: the stack was made of the same inputs"
    compiled = made.modelops("compile")
    assert compiled.code == 0, compiled.said

    before = len(changes(made, 0))
    up = made.infra("up", "dev", "--", *AT_ONCE)
    assert up.code == 0, up.said
    assert changes(made, before) == [
        ["create", "identity-results-modelops-dask-dev-malaria_dask-worker"]
    ]


def test_what_holds_data_is_removed_only_when_somebody_says_so(made: Project) -> None:
    before = len(changes(made, 0))
    refused = made.infra("destroy", "dev", "--", "--yes")
    assert refused.code != 0
    assert "protected" in refused.said
    assert changes(made, before) == []

    rest = made.infra("destroy", "dev", "--", "--yes", "--exclude-protected")
    assert rest.code == 0, rest.said
    assert {id_.rpartition("/")[2] for id_ in made.azure()["resources"]} == HELD
    removed = [name for _, name in changes(made, before)]
    assert removed.index("modelops") < removed.index("flux"), "else its objects would never end"

    freed = made.infra("unprotect", "dev", "--", "--all", "--yes")
    assert freed.code == 0, freed.said
    end = made.infra("destroy", "dev", "--", "--yes")
    assert end.code == 0, end.said
    assert made.azure()["resources"] == {}


# --- what is there already -----------------------------------------------------------------------


def beside_theirs(folder: Path, aks: bytes) -> Project:
    """A project whose environment names a group, a cluster and a pool that somebody made."""
    given = project(folder)
    files = sources()
    more = files[DEV].replace(b"cpu: {", b"more: {vmSize: Standard_D8s_v5}, cpu: {")
    given.write({**files, DEV: more + b"    aks: {name: aks-dev-7f3a91" + aks + b"}\n"})
    compiled = given.modelops("compile")
    assert compiled.code == 0, compiled.said
    given.put(
        GROUP,
        {"resourceGroupName": "modelops-dev-rg", "location": "westeurope"},
        {"name": "modelops-dev-rg"},
    )
    given.put(CLUSTER, THEIRS, {"name": "aks-dev-7f3a91", **ANSWERED})
    given.put(POOL, THEIR_POOL, {"name": "cpu"})
    return given


def test_a_cluster_that_somebody_made_is_taken_over_and_not_made_anew(tmp_path: Path) -> None:
    """One with a random number at the end of its name, on a network of its own."""
    given = beside_theirs(tmp_path, b"")
    for type_, name, id_ in (
        ("azure-native:resources:ResourceGroup", "group", GROUP),
        ("azure-native:containerservice:ManagedCluster", "cluster", CLUSTER),
        ("azure-native:containerservice:AgentPool", "pool-cpu", POOL),
    ):
        imported = given.infra("import", "dev", "--", type_, name, id_, *AT_ONCE)
        assert imported.code == 0, imported.said
    up = given.infra("up", "dev", "--", *AT_ONCE)
    assert up.code == 0, up.said
    assert "delete" not in {what for what, _ in changes(given, 0)}
    kept = given.azure()["resources"]
    assert kept[CLUSTER.lower()]["inputs"]["dnsPrefix"] == "theirs"
    assert kept[POOL.lower()]["inputs"]["nodeLabels"] == {"modelops.io/role": "cpu"}
    assert kept[POOL.lower()]["inputs"]["vnetSubnetID"] == "/their/other/subnet"
    another = kept[f"{CLUSTER}/agentPools/more".lower()]["inputs"]
    assert another["vnetSubnetID"] == "/their/subnet", "all pools are in one network"


def test_a_cluster_that_is_used_as_it_is_is_never_touched(tmp_path: Path) -> None:
    given = beside_theirs(tmp_path, b", existing: true}\n    resourceGroup: {existing: true")
    theirs = given.azure()["resources"]
    up = given.infra("up", "dev", "--", *AT_ONCE)
    assert up.code == 0, up.said
    made = given.azure()["resources"]
    assert {id_: made[id_] for id_ in theirs} == theirs
    assert any(id_.startswith(CLUSTER.lower()) and id_.endswith("/flux") for id_ in made)
    for asked in (("unprotect", "dev", "--", "--all", "--yes"), ("destroy", "dev", "--", *AT_ONCE)):
        done = given.infra(*asked)
        assert done.code == 0, done.said
    assert given.azure()["resources"] == theirs
