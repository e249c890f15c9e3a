"""The stage `verify`, of stores: flows that libpq's variables tell, and operators' pods."""

from dataclasses import replace
from typing import Any

from tests.unit.runs import judged
from tests.unit.small_tree import environment

from modelops.manifests import Manifests
from modelops.verify import verify

OPERATED = environment("features: {cloudNativePg: true, networkPolicy: cilium}")


def changed(manifests: Manifests, kind: str, name: str, **fields: Any) -> Manifests:  # noqa: ANN401 -- JSON data
    """The manifests with some fields of one object's `spec` said otherwise; None removes one."""

    def of(body: dict[str, Any]) -> dict[str, Any]:
        if (body["kind"], body["metadata"]["name"]) != (kind, name):
            return body
        spec = {**body["spec"], **fields}
        return {**body, "spec": {key: value for key, value in spec.items() if value is not None}}

    (held,) = manifests.environments
    units = tuple(
        replace(
            unit,
            components=tuple(
                replace(part, objects=tuple(of(dict(body)) for body in part.objects))
                for part in unit.components
            ),
        )
        for unit in held.units
    )
    return Manifests((replace(held, units=units),))


def found(manifests: Manifests) -> list[str]:
    return [f"{one.rule.code} {one.message}" for one in verify(manifests).diagnostics]


def test_a_store_that_lets_nobody_in_is_told_for_each_client() -> None:
    told = found(changed(judged(), "NetworkPolicy", "store", ingress=None))
    assert len(told) == 2
    assert all(one.startswith("NET002") and "at port 5432" in one for one in told)
    assert any("store-init" in one for one in told)


def test_a_client_that_is_not_let_out_is_told() -> None:
    (told,) = found(changed(judged(), "NetworkPolicy", "store-init", egress=None))
    assert told.startswith("NET002")
    assert "no policy lets it out" in told


def test_pods_of_an_operator_can_be_selected() -> None:
    manifests = judged("store: {mode: cloudNativePg}", OPERATED)
    assert found(manifests) == []
    selector = {"matchLabels": {"app.kubernetes.io/name": "postgresqul"}}
    (told,) = found(changed(manifests, "NetworkPolicy", "store", podSelector=selector))
    assert told.startswith("VER002")


def test_a_cluster_s_own_references_are_followed() -> None:
    manifests = judged("store: {mode: cloudNativePg}", OPERATED)
    told = found(
        changed(
            manifests,
            "Cluster",
            "store",
            storage={"size": "1Gi", "storageClass": "nowhere"},
            priorityClassName="nobody",
            imagePullSecrets=[{"name": "nothing"}],
        )
    )
    assert len(told) == 3
    assert all(one.startswith("VER002") for one in told)


def test_a_cluster_is_held_against_its_schema() -> None:
    manifests = judged("store: {mode: cloudNativePg}", OPERATED)
    (told,) = found(changed(manifests, "Cluster", "store", instances="three"))
    assert told.startswith("VER001")
