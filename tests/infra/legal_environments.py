"""Environments on Azure of every legal kind, and the inputs that the compiler makes of them.

Nothing here is a test. What is written in the file comes from the input language; what becomes of
it is the compiler's and the program's.
"""

import json
from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from tests.unit.small_tree import sources

from modelops import names
from modelops.pipeline import configure
from modelops.plan import plan
from modelops.render.azure import inputs as rendered
from modelops_infra.reading import read
from modelops_infra.shapes import Credential, Identity, Inputs

Tree = dict[str, Any]

ENVIRONMENTS = st.from_regex(names.ENVIRONMENT, fullmatch=True)
IDS = st.uuids(version=4).map(str)
LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
SIZES = st.sampled_from(["Standard_D8s_v5", "Standard_E16s_v5", "Standard_F16s_v2"])
SPACES = st.text("abc XYZ-09", min_size=1, max_size=30).filter(lambda text: text.strip() == text)


def _words(characters: str, least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(characters, min_size=least, max_size=most)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    """Any of these fields, and any of them left out."""
    return st.fixed_dictionaries({}, optional=fields)


GROUPS = _words("aB9_().-", 1, 90).filter(lambda name: not name.endswith("."))
CLUSTERS = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?", fullmatch=True)
CONTAINERS = st.from_regex(r"[a-z0-9](-?[a-z0-9]){2,31}", fullmatch=True)
NAMESPACES = st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)

NETWORKS = st.builds(
    lambda second, bits: {"vnetCidr": f"10.{second}.0.0/{bits}"},
    st.integers(0, 200),
    st.integers(16, 24),
)
SSH = st.one_of(
    st.just({"mode": "ephemeral"}),
    st.just({"mode": "path", "path": "~/.ssh/nodes.pub"}),
    st.just({"mode": "env", "variable": "NODES_KEY"}),
)
AKS = _some(
    name=CLUSTERS,
    existing=st.booleans(),
    tier=st.sampled_from(["free", "standard", "premium"]),
    zones=st.lists(st.sampled_from("123"), unique=True),
    authorizedIpRanges=st.lists(st.sampled_from(["198.51.100.0/24", "203.0.113.7/32"]), max_size=2),
    ssh=SSH,
)
OURS = st.fixed_dictionaries(
    {"enabled": st.just(value=True)},
    optional={
        "name": _words(LOWER, 5, 50),
        "sku": st.sampled_from(["Basic", "Standard", "Premium"]),
    },
)
THEIRS = st.builds(
    lambda subscription, name: {
        "enabled": True,
        "existing": True,
        "resourceId": f"/subscriptions/{subscription}/resourceGroups/theirs"
        f"/providers/Microsoft.ContainerRegistry/registries/{name}",
    },
    IDS,
    _words(LOWER, 5, 50),
)
STORAGE = _some(
    name=_words(LOWER, 3, 24),
    containers=st.lists(CONTAINERS, min_size=1, max_size=4, unique=True),
    deletedDays=st.integers(1, 365),
)
POSTGRES = _some(
    sku=st.sampled_from(["B_Standard_B2s", "GP_Standard_D2ds_v5", "MO_Standard_E4ds_v5"]),
    version=st.sampled_from(["14", "16", "18"]),
    backupDays=st.integers(7, 35),
)
AZURE = st.fixed_dictionaries(
    {
        "subscriptionId": IDS,
        "tenantId": IDS,
        "location": st.sampled_from(["eastus2", "westeurope", "uksouth"]),
        "owner": SPACES,
        "costCenter": SPACES,
    },
    optional={
        "tags": st.dictionaries(_words("abcXYZ", 1, 20), SPACES, max_size=3),
        "resourceGroup": _some(name=GROUPS, existing=st.booleans()),
        "network": NETWORKS,
        "aks": AKS,
        "registry": OURS | THEIRS,
        "storage": STORAGE,
        "keyVault": st.just({"enabled": True}),
        "postgres": POSTGRES,
    },
)
POOL = st.fixed_dictionaries(
    {"vmSize": SIZES},
    optional={
        "min": st.integers(0, 3),
        "max": st.integers(3, 50),
        "spot": st.booleans(),
        "maxPods": st.integers(30, 250),
        "labels": st.dictionaries(st.sampled_from(["team", "epi.org/kind"]), st.just("x")),
        "taints": st.dictionaries(
            st.sampled_from(["team", "epi.org/only"]), st.just({"value": "x"}), max_size=1
        ),
    },
)
POOL_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,11}", fullmatch=True).filter("cpu".__ne__)
SYSTEM = {"mode": "system", "vmSize": "Standard_D4s_v5", "min": 3, "max": 5}


@st.composite
def legal_inputs(draw: st.DrawFn) -> Inputs:
    """What the compiler decides for an environment that is legal, with pods that log in."""
    name = draw(ENVIRONMENTS)
    further = draw(st.dictionaries(POOL_NAMES, POOL, max_size=3))
    system = draw(st.lists(POOL_NAMES, min_size=1, max_size=2, unique=True))
    spec = {
        "flux": {"url": "https://github.com/epi-models/platform"},
        "cluster": {
            "pools": {
                "cpu": {"vmSize": "Standard_D8s_v5"},
                **further,
                **dict.fromkeys(system, SYSTEM),
            },
            "features": {"networkPolicy": "cilium", "keda": draw(st.booleans())},
        },
        "azure": draw(AZURE),
    }
    decided = _decided(name, json.dumps(spec, indent=1))
    return replace(decided, identities=tuple(draw(_had_by(one)) for one in decided.identities))


def _decided(name: str, spec: str) -> Inputs:
    """The inputs of one environment, where nothing in its file is wrong."""
    valid = configure(sources({f"environments/{name}/environment.yaml": spec}))
    assume(valid.value is not None)
    assert valid.value is not None
    planned = plan(valid.value)
    assume(not planned.failed and planned.value is not None)
    assert planned.value is not None
    (made,) = (one for one in planned.value.environments if one.name == name)
    assert made.infra is not None
    return read(json.dumps(rendered(made.infra).tree))


def _had_by(identity: Identity) -> st.SearchStrategy[Identity]:
    """The identity with any accounts, under the names that the compiler gives them."""
    accounts = st.lists(st.tuples(NAMESPACES, NAMESPACES), max_size=4, unique=True)
    return accounts.map(
        lambda found: replace(
            identity,
            credentials=tuple(
                Credential(names.credential(namespace, account), namespace, account)
                for namespace, account in found
            ),
        )
    )
