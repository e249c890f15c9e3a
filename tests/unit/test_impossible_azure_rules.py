"""Rules of Azure that no input can break: what makes it so."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.small_tree import DEV, environment, sources

from modelops import names
from modelops.model.azure import Azure, ContainerRegistry, Storage
from modelops.pipeline import configure

ENVIRONMENTS = st.from_regex(names.ENVIRONMENT, fullmatch=True)
SUBSCRIPTIONS = st.uuids().map(str)

AZURE = """\
azure:
  subscriptionId: 3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46
  tenantId: 8d7c2f90-51be-4a3d-8f26-e0b94c7a135d
  location: eastus2
  owner: team-platform
  costCenter: research
"""


def test_an_account_has_one_rule_of_its_life() -> None:
    """AZR008."""
    about_life = [name for name in Storage.model_fields if "days" in name or "polic" in name]
    assert about_life == ["deleted_days"]


@given(ENVIRONMENTS, SUBSCRIPTIONS)
def test_names_follow_from_environment_and_subscription(name: str, subscription: str) -> None:
    """NAM005: the same today and tomorrow, and different where either is."""
    made = names.global_name("mo", name, subscription)
    assert made == names.global_name("mo", name, subscription)
    assert made != names.global_name("mo", name, "another")
    assert names.azure_name(name, "aks") == f"modelops-{name}-aks"


@given(ENVIRONMENTS, SUBSCRIPTIONS)
def test_names_that_the_world_shares_keep_the_environment_uncut(
    name: str, subscription: str
) -> None:
    """NAM006: and fit what Azure takes, for every legal environment."""
    account = names.global_name("mo", name, subscription)
    registry = names.global_name("modelops", name, subscription)
    vault = names.global_name("mo", name, subscription, "-")
    server = names.global_name("modelops-pg", name, subscription, "-")
    assert re.fullmatch(rf"mo{name}[0-9a-f]{{8}}", account)
    assert len(account) <= 24
    assert len(registry) <= 50
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,22}[a-z0-9]", vault)
    assert len(vault) <= 24
    assert len(server) <= 63
    assert len(names.azure_name(name, "nodes-rg")) <= 80
    assert len(names.cluster_prefix(name)) <= 54


@pytest.mark.parametrize(
    ("where", "key"),
    [("registry", "adminUserEnabled"), ("storage", "allowSharedKeyAccess"), ("storage", "sas")],
)
def test_no_field_asks_for_a_key_that_opens_everything(where: str, key: str) -> None:
    """SEC010."""
    assert not {"admin", "key", "sas"} & set(ContainerRegistry.model_fields)
    told = environment(rest=AZURE + f"  {where}: {{{key}: true}}\n")
    (refused,) = configure(sources({DEV: told})).diagnostics
    assert refused.rule.code == "CFG001"
    assert key in refused.message
    assert Azure.model_config["extra"] == "forbid"
