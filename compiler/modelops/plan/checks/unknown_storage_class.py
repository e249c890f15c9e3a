"""STO002: a storage class that AKS does not have."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sto
from modelops.model import Configuration
from modelops.model.cluster import Provider
from modelops.plan.facts.storage_class_names import MISTAKEN_STORAGE_CLASSES


def unknown_storage_class(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse names that are known to be none; any other may be a class of one's own."""
    for one in configuration.environments:
        cluster = one.environment.spec.cluster
        classes = cluster.storage_classes
        for field in ("standard", "retained", "shared"):
            name: str | None = getattr(classes, field)
            meant = MISTAKEN_STORAGE_CLASSES.get(name or "")
            if meant is not None and cluster.provider is Provider.AKS:
                yield Diagnostic(
                    sto.STO002,
                    f"AKS has no storage class `{name}`: a claim of it would stay Pending",
                    one.environment.at("cluster", "storageClasses", field),
                    f"did you mean `{meant}`?",
                )
