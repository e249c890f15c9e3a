"""Files of the infrastructure, completed: a part knows only the logins of its own leaves.

Part of `parts`. Pure. Parts come in, with all other leaves that there are; the same parts leave,
with what one compile of everything would have written.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

from modelops import names
from modelops.diagnostics import Outcome
from modelops.manifests import Artefact, digest, document_content
from modelops.parts.piece import Known, Login, Part, Piece
from modelops.render.azure import FILE


def completed(
    parts: Iterable[Outcome[Part]], known: Mapping[str, Known]
) -> tuple[Outcome[Part], ...]:
    """The parts, each knowing the logins of all leaves: those of every part, and the `known`."""
    outcomes = tuple(parts)
    made = [part.value for part in outcomes if part.value]
    pieces = (piece.known for part in made for piece in part.leaves.values())
    every = tuple(chain.from_iterable(each.logins for each in (*known.values(), *pieces)))
    return tuple(
        replace(outcome, value=_completed(outcome.value, every)) if outcome.value else outcome
        for outcome in outcomes
    )


def _completed(part: Part, logins: tuple[Login, ...]) -> Part:
    known, files = part.common.known, part.common.files
    every = (*known.logins, *logins)
    final = tuple(_with(file, every) if _is_infra(file) else file for file in files)
    digests = {file.path: digest(file.content) for file in final if _is_infra(file)}
    common = Piece(replace(known, files={**known.files, **digests}), final)
    return replace(part, common=common)


def _is_infra(file: Artefact) -> bool:
    environment = file.path.partition("/")[0]
    return file.path == f"{names.infra_unit(environment)}/{FILE}"


def _with(file: Artefact, logins: tuple[Login, ...]) -> Artefact:
    """The file with these logins in the place of those that the part knew of."""
    tree = json.loads(file.content)
    for identity in tree["identities"]:
        found = [each.credential for each in logins if each.identity == identity["name"]]
        identity["credentials"] = sorted(found, key=lambda credential: credential["name"])
    return replace(file, content=document_content(tree))
