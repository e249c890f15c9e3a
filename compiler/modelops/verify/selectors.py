"""Part of the stage `verify`: label selectors, as Kubernetes reads them.

Source: the reference of LabelSelector in meta/v1. An unknown operator selects nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from modelops.verify.paths import map_at, maps_at, text_at, texts_at
from modelops.verify.placement import PlacedEnvironment, PodTemplate

Labels = Mapping[str, object]


def is_empty(selector: Mapping[str, Any]) -> bool:
    """Whether a selector selects everything."""
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    """Whether a LabelSelector selects what carries `labels`."""
    if not carries(labels, map_at(selector, "matchLabels")):
        return False
    return "matchExpressions" not in selector or all(
        _meets(wanted, labels) for _, wanted in maps_at(selector, "matchExpressions")
    )


def carries(labels: Labels, wanted: Labels) -> bool:
    """Whether `labels` hold all the wanted ones."""
    for key, value in wanted.items():  # noqa: SIM110 -- asked too often for a generator
        if labels.get(key) != value:
            return False
    return True


def selected(
    environment: PlacedEnvironment, namespace: str, selector: Mapping[str, Any]
) -> Iterator[PodTemplate]:
    """The pod templates of a namespace that a LabelSelector selects."""
    for pod in environment.pods.get(namespace, ()):
        if selects(selector, pod.labels):
            yield pod


def _meets(wanted: Mapping[str, Any], labels: Labels) -> bool:
    key, values = text_at(wanted, "key"), texts_at(wanted, "values")
    match text_at(wanted, "operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False
