"""What holds of the program for every environment that the compiler takes."""

import json
import re
from collections import Counter
from dataclasses import asdict

from hypothesis import Phase, given, settings
from tests.infra.azure_rules import kind_of
from tests.infra.legal_environments import legal_inputs
from tests.infra.mocked import Built, built

from modelops_infra.shapes import Inputs

CAMPAIGN = settings(max_examples=8, phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""Fewer than elsewhere, and none made smaller: a build takes most of a second."""


def registered(made: Built) -> str:
    return json.dumps([asdict(each) for each in made.resources], sort_keys=True)


@CAMPAIGN
@given(legal_inputs())
def test_azure_takes_every_name_and_holds_none_twice(inputs: Inputs) -> None:
    made = built(inputs)
    assert max(Counter((each.type, each.name) for each in made.resources).values()) == 1
    ours = [each for each in made.resources if not each.read]
    for each in ours:
        kind = kind_of(each.type)
        assert kind.allows(each.inputs[kind.named]), (each.type, each.inputs[kind.named])
    places = [kind_of(each.type).id(inputs.subscription_id, each.inputs).lower() for each in ours]
    assert max(Counter(places).values()) == 1
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?", inputs.cluster.dns_prefix)
    assert registered(built(inputs)) == registered(made)


@CAMPAIGN
@given(legal_inputs())
def test_each_account_logs_in_as_its_identity_and_azure_is_asked_in_turn(inputs: Inputs) -> None:
    made = built(inputs)
    assert len(made.of("FederatedIdentityCredential")) == sum(
        len(identity.credentials) for identity in inputs.identities
    )
    for identity in inputs.identities:
        before: set[str] = set()
        for each in identity.credentials:
            name = f"identity-{identity.purpose}-{each.name}"
            credential = made[name]
            assert credential.inputs["resourceName"] == identity.name
            assert credential.inputs["subject"] == (
                f"system:serviceaccount:{each.namespace}:{each.service_account}"
            )
            assert credential.inputs["audiences"] == ["api://AzureADTokenExchange"]
            assert before <= set(credential.after), "Azure changes one at a time"
            before = {name}
    facts = made.outputs["identities"]
    assert set(facts) == {identity.name for identity in inputs.identities}
