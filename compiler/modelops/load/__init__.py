"""Stage `load`: from the bytes of the files below `environments/` to Documents.

What comes in was read by the shell: bytes by path. What leaves are trees with the place of every
node, each in a document whose envelope says what its place says. Nothing is merged and no model is
known here: whether a key below `spec` may exist is decided by `validate`.
"""

from collections.abc import Iterable, Mapping

from modelops.diagnostics import Diagnostic, Outcome, worst_first
from modelops.documents import UNIT_FOLDERS, Document, Documents, EnvironmentDocuments, Kind
from modelops.load.envelope import opened
from modelops.load.places import (
    Place,
    is_ignored,
    misnamed,
    placed,
    without_environment_file,
)
from modelops.load.secrets import exposed
from modelops.load.settings import load_settings
from modelops.load.yaml import Parsed, read

__all__ = ["load", "load_settings"]


def load(sources: Mapping[str, bytes]) -> Outcome[Documents]:
    """Every document below `environments/`, or all that is wrong with them.

    Args:
        sources: content by path below the project root, with forward slashes.
    """
    findings = [placed(file) for file in sorted(sources) if not is_ignored(file)]
    places = [finding for finding in findings if isinstance(finding, Place)]
    readings = {place.file: read(place.file, sources[place.file]) for place in places}
    # Nothing else is told beside a secret: it might quote one.
    if secrets := _secrets(sources, readings):
        return Outcome(None, worst_first(secrets))
    outcomes = [_document(place, readings[place.file]) for place in places]
    found = [
        *(finding for finding in findings if isinstance(finding, Diagnostic)),
        *misnamed(places),
        *without_environment_file(places),
        *(diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics),
    ]
    if found:
        return Outcome(None, worst_first(found))
    documents = [outcome.value for outcome in outcomes if outcome.value]
    return Outcome(_sorted_by_place(zip(places, documents, strict=True)))


def _secrets(
    sources: Mapping[str, bytes], readings: Mapping[str, Outcome[Parsed]]
) -> list[Diagnostic]:
    """Every secret in plain text, also in files that are no YAML or stand where none may."""
    found: list[Diagnostic] = []
    for file in sorted(sources):
        reading = readings.get(file)
        parsed = reading.value if reading else None
        found += exposed(file, sources[file], parsed.marks if parsed else None)
    return found


def _document(place: Place, parsed: Outcome[Parsed]) -> Outcome[Document]:
    """The document at a place."""
    if parsed.value is None:
        return Outcome(None, parsed.diagnostics)
    return opened(place, parsed.value)


def _sorted_by_place(placed_documents: Iterable[tuple[Place, Document]]) -> Documents:
    """The documents, by environment, kind and name."""
    shelves: dict[tuple[str | None, Kind], dict[str, Document]] = {}
    for place, document in placed_documents:
        shelves.setdefault((place.environment, place.kind), {})[place.name] = document

    def shelf(environment: str | None, kind: Kind) -> dict[str, Document]:
        documents = shelves.get((environment, kind), {})
        return {name: documents[name] for name in sorted(documents)}

    names = sorted(name for name, kind in shelves if name and kind is Kind.ENVIRONMENT)
    return Documents(
        base=shelf(None, Kind.DEFAULTS).get("base"),
        images=shelf(None, Kind.IMAGES).get("images"),
        profiles=shelf(None, Kind.PROFILE),
        environments={
            name: EnvironmentDocuments(
                environment=shelf(name, Kind.ENVIRONMENT)[name],
                profiles=shelf(name, Kind.PROFILE),
                units={folder: shelf(name, kind) for folder, kind in UNIT_FOLDERS.items()},
                cloud=shelf(name, Kind.CLOUD).get(name),
            )
            for name in names
        },
    )
