"""Part of `render`: names, labels, annotations and selectors of objects.

Empty maps are left out, for cdk8s drops them and the objects judged must be the objects written.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from modelops import names
from modelops.provenance import carried

Object = dict[str, Any]
"""One Kubernetes object, or a part of one, while it is built."""

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"

KEPT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
"""The annotation of objects that Flux leaves alone when they are no longer in the repository."""


RETAIN = "modelops.io/retain"
"""The annotation, with the value `false`, of what holds data that a person said may go."""


def kept(keep: bool) -> dict[str, str]:  # noqa: FBT001 -- its only argument
    """The annotation of what holds data: Flux leaves it alone, or somebody said that it may go."""
    return KEPT if keep else {RETAIN: carried("false", keep)}


class Housed(Protocol):
    """A unit's plan, as far as the metadata of its objects goes.

    Attributes:
        labels: of every object of the unit.
        product: what its pods are a part of, but those that say otherwise.
    """

    @property
    def namespace(self) -> str: ...  # noqa: D102 -- told above

    @property
    def labels(self) -> Mapping[str, str]: ...  # noqa: D102 -- told above

    @property
    def product(self) -> str: ...  # noqa: D102 -- told above


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


def of_unit(
    unit: Housed,
    name: str,
    component: str = "",
    annotations: Mapping[str, str] | None = None,
    *,
    product: str = "",
) -> Object:
    """The metadata of an object in a unit's namespace; `product` is "" for the unit's own."""
    labels = {**unit.labels, **of_product(component, product or unit.product)}
    return described(name, labels, namespace=unit.namespace, annotations=annotations)


def owned() -> dict[str, str]:
    """The labels of everything that the compiler makes."""
    return {"app.kubernetes.io/part-of": "modelops", "app.kubernetes.io/managed-by": "modelops"}


def of_product(component: str, product: str = names.DASK) -> dict[str, str]:
    """The labels of an object of a product; `component` is "" for one of no component."""
    return {NAME: product, **({COMPONENT: component} if component else {})}


def selected(component: str, product: str = names.DASK) -> Object:
    """The label selector of a component's pods; "" selects every pod of the namespace.

    Only labels that never change: a Deployment's selector is immutable.
    """
    return {"matchLabels": of_product(component, product)} if component else {}
