"""Part of `render`: names, labels, annotations and selectors of objects.

Empty maps are left out, for cdk8s drops them and the objects judged must be the objects written.
"""

from collections.abc import Mapping
from typing import Any

from modelops.planned import WorkspacePlan
from modelops.provenance import carried

Object = dict[str, Any]
"""One Kubernetes object, or a part of one, while it is built."""

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
PRODUCT = "dask"
"""What every workload of a workspace is a part of: the value of `app.kubernetes.io/name`."""

KEPT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
"""The annotation of objects that Flux leaves alone when they are no longer in the repository."""


def numeral(number: int) -> str:
    """A number as text."""
    return carried(str(number), number)


def described(
    name: str,
    labels: Mapping[str, str],
    *,
    namespace: str = "",
    annotations: Mapping[str, str] | None = None,
) -> Object:
    """The metadata of an object; `namespace` is "" for one that is in none."""
    place = {"namespace": namespace} if namespace else {}
    notes = {"annotations": dict(annotations)} if annotations else {}
    return {"name": name, **place, "labels": {**labels, **owned()}, **notes}


def of_workspace(
    workspace: WorkspacePlan,
    name: str,
    component: str = "",
    annotations: Mapping[str, str] | None = None,
) -> Object:
    """The metadata of an object in a workspace's namespace."""
    labels = {**workspace.labels, **of_product(component)}
    return described(name, labels, namespace=workspace.namespace, annotations=annotations)


def owned() -> dict[str, str]:
    """The labels of everything that the compiler makes."""
    return {"app.kubernetes.io/part-of": "modelops", "app.kubernetes.io/managed-by": "modelops"}


def of_product(component: str) -> dict[str, str]:
    """The labels of an object of a workspace; `component` is "" for one of no component."""
    return {NAME: PRODUCT, **({COMPONENT: component} if component else {})}


def selected(component: str) -> Object:
    """The label selector of a component's pods; "" selects every pod of the namespace.

    Only labels that never change: a Deployment's selector is immutable.
    """
    return {"matchLabels": of_product(component)} if component else {}
