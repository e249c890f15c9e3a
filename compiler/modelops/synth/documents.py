"""Part of `synth`: files that are no objects of Kubernetes: JSON, without the Node child."""

import json

from modelops.manifests import Artefact, Document


def document(given: Document) -> Artefact:
    """The bytes of a document; keys are sorted, and values that remember are plain again."""
    text = json.dumps(_plain(given.tree), indent=2, sort_keys=True, ensure_ascii=False)
    return Artefact(given.path, given.unit, f"{text}\n".encode(), given.source)


def _plain(tree: object) -> object:
    match tree:
        case dict():
            return {key: _plain(value) for key, value in tree.items()}
        case list():
            return [_plain(value) for value in tree]
    return tree
