"""Part of the stage `verify`: objects as they were committed before, from generated YAML.

Files of an older `generated/` come in; objects by identity leave, of the kinds that have something
nobody may change. Only those are read, and without the pods that some of them make, because a
repository may hold thousands. A file that is no YAML any more holds nothing.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from modelops.manifests import Body, Identity, identity
from modelops.verify.immutable import FIELDS, SEALABLE

Earlier = Mapping[tuple[str, Identity], Body]
"""The objects of one environment, by their unit and identity."""

KINDS = frozenset({kind for _, kind in (*FIELDS, SEALABLE)})
KIND = re.compile(r"^kind: (\w+)$", re.MULTILINE)
POD_MAKERS = frozenset({"DaemonSet", "Deployment", "StatefulSet"})
TEMPLATE = re.compile(r"^  template:\n(?:(?:   .*)?\n)*", re.MULTILINE)
"""The pods of a workload, in the block style that generated files are written in."""


def earlier_objects(environment: str, files: Mapping[str, bytes]) -> Earlier:
    """The objects of one environment that have fields which cannot change.

    Args:
        environment: its name.
        files: content by path below `generated/`, of this environment and of others.
    """
    return {
        (path.rpartition("/")[0], identity(body)): body
        for path, content in files.items()
        if path.startswith(f"{environment}/")
        for body in _bodies(content.decode("utf-8", "replace"))
    }


def _bodies(text: str) -> Iterator[dict[str, Any]]:
    for document in re.split(r"^---$", text, flags=re.MULTILINE):
        kind = KIND.search(document)
        if kind is None or kind[1] not in KINDS:
            continue
        shortened = TEMPLATE.sub("", f"{document}\n") if kind[1] in POD_MAKERS else document
        try:
            body = yaml.load(shortened, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError):
            continue
        if _is_object(body):
            yield body


def _is_object(body: object) -> bool:
    if not isinstance(body, dict) or not isinstance(body.get("metadata"), dict):
        return False
    names = (body.get("apiVersion"), body.get("kind"), body["metadata"].get("name"))
    return all(isinstance(name, str) for name in names)
