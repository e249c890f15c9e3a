"""Laws of `verify`: no security field can be lost, and the quick test spares nothing wrong."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modelops.manifests import Component, EnvironmentManifests, Given, Identity, Manifests, Unit
from modelops.verify import verify

CONTAINER = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
READY = {"readinessProbe": {"exec": {"command": ["ready"]}}}
POD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
TEMPLATES: dict[str, tuple[str, ...]] = {
    "v1/Pod": (),
    "apps/v1/DaemonSet": ("spec", "template"),
    "apps/v1/Deployment": ("spec", "template"),
    "apps/v1/StatefulSet": ("spec", "template"),
    "batch/v1/CronJob": ("spec", "jobTemplate", "spec", "template"),
    "batch/v1/Job": ("spec", "template"),
}
REQUIRED: tuple[tuple[str | int, ...], ...] = (
    ("serviceAccountName",),
    ("automountServiceAccountToken",),
    ("securityContext",),
    ("securityContext", "runAsNonRoot"),
    ("securityContext", "seccompProfile"),
    ("securityContext", "seccompProfile", "type"),
)
REQUIRED_OF_CONTAINERS: tuple[tuple[str | int, ...], ...] = (
    ("securityContext",),
    ("securityContext", "allowPrivilegeEscalation"),
    ("securityContext", "capabilities"),
    ("securityContext", "capabilities", "drop"),
    ("securityContext", "capabilities", "drop", 0),
    ("securityContext", "readOnlyRootFilesystem"),
    ("volumeMounts",),
)
OF_THE_ACCOUNT = ("serviceAccountName", "automountServiceAccountToken")
ACCOUNT = Identity("", "ServiceAccount", "default", "a")


def found(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and message of everything in an environment of this one object."""
    identity = {"name": "a"} | ({} if body["kind"] == "Namespace" else {"namespace": "default"})
    whole = body | {"metadata": body.get("metadata", {}) | identity}
    unit = Unit(
        "dev/platform", "environments/dev/environment.yaml", (Component("a.yaml", (whole,)),)
    )
    source = "environments/dev/environment.yaml"
    made = EnvironmentManifests("dev", source, "1.35", (unit,), Given(frozenset({ACCOUNT})))
    return [(one.rule.code, one.message) for one in verify(Manifests((made,))).diagnostics]


def workload(kind: str, init: int, regular: int) -> dict[str, Any]:
    """A good workload of any kind that makes pods."""
    containers = [
        {
            "name": f"c{number}",
            "image": "example.org/a:1",
            "securityContext": deepcopy(CONTAINER),
            "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 -- in the pod
        }
        for number in range(init + regular)
    ]
    spec: dict[str, Any] = {
        "serviceAccountName": "a",
        "automountServiceAccountToken": False,
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}],
        "securityContext": deepcopy(POD),
        "containers": [container | READY for container in containers[init:]],
    }
    if init:
        spec["initContainers"] = containers[:init]
    api_version, _, name = kind.rpartition("/")
    made: dict[str, Any] = {"metadata": {"labels": {"a": "b"}}, "spec": spec}
    for step in reversed(TEMPLATES[kind]):
        made = {step: made}
    if TEMPLATES[kind]:
        made["spec"] |= {"schedule": "@daily"} if name == "CronJob" else {}
        made["spec"] |= {} if "Job" in name else {"selector": {"matchLabels": {"a": "b"}}}
    return {"apiVersion": api_version, "kind": name} | made


def codes_of_security(body: dict[str, Any]) -> set[str]:
    return {code for code, _ in found(body) if code.startswith("SEC")}


def drop(body: dict[str, Any], path: tuple[str | int, ...]) -> None:
    node: Any = body
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]


kinds = st.sampled_from(sorted(TEMPLATES))
counts = st.integers(0, 2)


@given(kinds, counts, counts.map(lambda count: count + 1), st.data())
def test_no_security_field_of_a_good_pod_can_be_dropped(
    kind: str, init: int, regular: int, data: st.DataObject
) -> None:
    body = workload(kind, init, regular)
    assert codes_of_security(body) == set()
    places = [*REQUIRED] + [
        (sort, index, *path)
        for sort, count in (("initContainers", init), ("containers", regular))
        for index in range(count)
        for path in REQUIRED_OF_CONTAINERS
    ]
    place = data.draw(st.sampled_from(places))
    drop(body, (*TEMPLATES[kind], "spec", *place))
    expected = "SEC012" if place[0] in OF_THE_ACCOUNT else "SEC011"
    assert codes_of_security(body) == {expected}


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(),
    st.text("ab$}{\n\"'\\é☃", max_size=8),
    st.lists(st.sampled_from(["$", "${", "$$", "a"]), max_size=4).map("".join),
)
keys = st.one_of(
    st.text("ab${}", min_size=1, max_size=6),
    st.sampled_from(["__proto__", "constructor", "null", "${a}", "$${a}"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


def is_lossy(node: object) -> bool:
    """The rule of `unrepresentable_value`, said the slow way."""
    if isinstance(node, dict):
        lost = {"__proto__", "constructor"} & set(node) or None in node.values()
        return bool(lost) or any(is_lossy(value) for value in node.values())
    if isinstance(node, list):
        return any(is_lossy(value) for value in node)
    if isinstance(node, float):
        return not abs(node) < 1e16 or 0 < abs(node) < 1e-4
    return isinstance(node, int) and abs(node) > 2**53


def is_substituted(node: object) -> bool:
    """The rule of `flux_substitution`, said the slow way: pairs of dollars go first."""
    if isinstance(node, dict):
        return any(is_substituted(key) or is_substituted(value) for key, value in node.items())
    if isinstance(node, list):
        return any(is_substituted(value) for value in node)
    return isinstance(node, str) and "${" in node.replace("$$", "")


@given(values)
def test_any_value_is_judged_by_the_rules_and_never_spared(value: object) -> None:
    body = {"apiVersion": "example.org/v1", "kind": "Anything", "spec": {"value": value}}
    messages = found(body)
    losses = [text for code, text in messages if code == "VER001" and "no schema" not in text]
    assert bool(losses) == is_lossy({"value": value})
    assert ("GIT006" in {code for code, _ in messages}) == is_substituted(value)
