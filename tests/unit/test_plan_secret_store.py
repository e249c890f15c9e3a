"""The ClusterSecretStore of a key vault: there once Azure has answered, for that vault alone."""

import pytest
from tests.unit.check_cases_of_clouds import (
    FETCHED,
    VAULT,
    VAULT_URI,
    WHO,
    WITH_VAULT,
    described,
    of_vault,
    unmarked,
)
from tests.unit.cloud_answers import ANOTHER, FACTS, TENANT
from tests.unit.small_tree import Specs, dev

from modelops.manifests import Identity
from modelops.planned import SecretStorePlan

STORE = Identity("external-secrets.io", "ClusterSecretStore", "", "vault")


def test_it_is_made_of_what_azure_answered() -> None:
    platform = dev({**WITH_VAULT, **of_vault()}).platform
    assert platform.secret_store == SecretStorePlan(
        name="vault",
        namespace="modelops-system",
        account="key-vault",
        client_id=WHO["clientId"],
        tenant_id=TENANT,
        vault=VAULT_URI,
    )


@pytest.mark.parametrize(
    "answers",
    [
        {},
        of_vault(keyVaultUri=None),
        of_vault(keyVaultUri=FACTS["keyVaultUri"]),
        of_vault(identities={}),
        of_vault(tenantId=ANOTHER),
    ],
    ids=["none", "no vault", "another vault", "no identity", "another tenant"],
)
def test_it_waits_for_the_answers_and_nothing_stands_in_the_way_of_asking(answers: Specs) -> None:
    planned = dev({**WITH_VAULT, **answers})
    assert planned.platform.secret_store is None
    assert planned.infra
    assert [each.purpose for each in planned.infra.inputs.identities] == ["secrets"]


def test_nobody_who_wants_no_store_gets_one() -> None:
    without = described(VAULT.replace(", secretStore: vault", ""))
    assert dev({**without, **of_vault()}).platform.secret_store is None


def test_it_lies_where_flux_does() -> None:
    elsewhere = {
        file: text.replace("models}", "models, namespace: flux}")
        for file, text in WITH_VAULT.items()
    }
    store = dev({**elsewhere, **of_vault()}).platform.secret_store
    assert store
    assert store.namespace == "flux"


def test_our_store_is_not_taken_for_one_that_the_cluster_has() -> None:
    ours = dev({**WITH_VAULT, **unmarked(FETCHED), **of_vault()})
    assert STORE not in ours.given.identities
    another = {file: text.replace("store: vault", "store: other") for file, text in FETCHED.items()}
    theirs = dev({**WITH_VAULT, **unmarked(another), **of_vault()})
    assert (
        Identity("external-secrets.io", "ClusterSecretStore", "", "other")
        in theirs.given.identities
    )
