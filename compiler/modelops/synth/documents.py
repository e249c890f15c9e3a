"""Part of `synth`: files that are no objects of Kubernetes: JSON, without the Node child."""

from modelops.manifests import Artefact, Document, document_content


def document(given: Document) -> Artefact:
    """The file of a document."""
    return Artefact(given.path, given.unit, document_content(given.tree), given.source)
