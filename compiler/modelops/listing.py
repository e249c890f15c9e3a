"""The files that list files: each unit's `kustomization.yaml`, each environment's inventory.

Names and hashes come in, artefacts leave. What is in the listed files is of no interest here, so
this serves also where most of them are known already.
"""

import re
from collections.abc import Iterable, Mapping

from modelops.manifests import (
    INVENTORY,
    Artefact,
    digest,
    header,
    inventory_content,
    inventory_entry,
)

INDEX = "kustomization.yaml"

PLAIN = re.compile(r"[a-z][a-z0-9-]*\.yaml")
"""Names that are YAML strings as they are."""


def index(unit: str, source: str, names: Iterable[str]) -> Artefact:
    """What `kubectl apply -k` and Flux read first: a client's file, no object of the cluster.

    Args:
        unit: the unit's name, which is its folder.
        source: the input file that the unit is named after.
        names: its other files, without the folder.

    Raises:
        RuntimeError: a name would need quotes; a bug of ours.
    """
    resources = sorted(names)
    if odd := [name for name in resources if not PLAIN.fullmatch(name)]:
        raise RuntimeError(f"{unit}: no names for generated files: {', '.join(odd)}")
    listed = "".join(f"\n  - {name}" for name in resources) or " []"
    content = (
        f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:{listed}\n"
    )
    return Artefact(f"{unit}/{INDEX}", unit, (header(source) + content).encode(), source)


def inventory(environment: str, files: Mapping[str, tuple[str, str]]) -> Artefact:
    """The list of an environment's files.

    Args:
        environment: its name.
        files: unit and SHA-256 of every file but this one, by path below `generated/`.
    """
    entries = {
        path.removeprefix(f"{environment}/"): inventory_entry(unit, sha256)
        for path, (unit, sha256) in files.items()
    }
    return Artefact(f"{environment}/{INVENTORY}", environment, inventory_content(entries))


def listed(file: Artefact) -> tuple[str, str]:
    """What `inventory` wants to know of a file."""
    return file.unit, digest(file.content)
