"""One part through the pipeline: sources with some of the leaves come in, a piece of each leaves.

Part of `parts`. Whose a file, a finding or an object is, they say themselves: by the input file
that they are named after.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from modelops.diagnostics import Outcome
from modelops.listing import INDEX
from modelops.manifests import Artefact, Artefacts, Identity, Manifests, digest, identity
from modelops.model import Configuration, Unit
from modelops.parts.cut import Cut, is_leaf, profile_files
from modelops.parts.piece import NOTHING, Known, Login, Part, Piece
from modelops.pipeline import During, Earlier, configure, decide, finish
from modelops.plan.facts.providers import FEDERATED_CREDENTIALS
from modelops.plan.identities import (
    Purpose,
    environment_logins,
    identity_name,
    logins,
    own_logins,
    purposes,
)
from modelops.plan.scope import AnyScope, RunScope, Scope, ServiceScope, unit_scopes
from modelops.plan.workloads import workloads
from modelops.render.azure import credential

T = TypeVar("T")

COMMON = ""
"""Stands for the file of what belongs to no leaf alone."""


def made(sources: Cut, leaves: Iterable[str], earlier: Earlier, during: During) -> Outcome[Part]:
    """What becomes of these leaves and of what is shared, or everything that is wrong with it.

    Raises:
        SynthesisFailed: Node could not do its work.
    """
    wanted = frozenset(leaves)
    configured = configure(sources.only(sources.with_named(wanted)), during=during)
    judged = decide(configured, earlier, during)
    finished = finish(judged, during)
    if finished.value is None or judged.value is None or configured.value is None:
        return Outcome(None, finished.diagnostics)
    pieces = _pieces(configured.value, judged.value, finished)
    common = pieces.pop(COMMON, Piece(NOTHING, ()))
    made = {leaf: piece for leaf, piece in pieces.items() if leaf in wanted}
    return Outcome(Part(made, common), finished.diagnostics)


def _pieces(
    configuration: Configuration, manifests: Manifests, finished: Outcome[Artefacts]
) -> dict[str, Piece]:
    files = _by_owner((file.source, file) for file in _files(finished.value))
    found = _by_owner((finding.owner, finding) for finding in finished.diagnostics)
    claims = _by_owner((*_claims(manifests), *_hosts(configuration)))
    shares = _by_owner(_shares(configuration))
    reads = _reads(configuration)
    logged_in = _by_owner(_logins(configuration))
    return {
        owner: Piece(
            Known(
                {file.path: _digest(owner, file) for file in files[owner]},
                tuple(found[owner]),
                tuple(sorted(claims[owner])),
                dict(shares[owner]),
                tuple(reads.get(owner, ())),
                tuple(logged_in[owner]),
            ),
            tuple(files[owner]),
        )
        for owner in sorted({*files, *found, *claims})
    }


def _by_owner(owned: Iterable[tuple[str, T]]) -> defaultdict[str, list[T]]:
    """Everything by the leaf that it belongs to."""
    shelves: defaultdict[str, list[T]] = defaultdict(list)
    for owner, each in owned:
        shelves[owner if is_leaf(owner) else COMMON].append(each)
    return shelves


def _digest(owner: str, file: Artefact) -> str:
    """Nothing for the lists of what is shared: they are made when all leaves are known."""
    is_draft = owner == COMMON and file.path.endswith(f"/{INDEX}")
    return "" if is_draft else digest(file.content)


def _files(artefacts: Artefacts | None) -> Iterator[Artefact]:
    for environment in artefacts.environments if artefacts else ():
        yield from environment.files


def _claims(manifests: Manifests) -> Iterator[tuple[str, str]]:
    """The objects outside of the namespaces that their own file makes, each with that file."""
    objects = [
        (component.source or unit.source, identity(body))
        for environment in manifests.environments
        for unit in environment.units
        for component in unit.components
        for body in component.objects
    ]
    own = {(owner, each.name) for owner, each in objects if _is_namespace(each)}
    for owner, each in objects:
        if (owner, each.namespace) not in own:
            yield owner, str(each)


def _hosts(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """The hosts that workloads are reached by, each with its file."""
    for scope in unit_scopes(configuration):
        for workload in workloads(scope):
            if workload.spec.expose is not None:
                yield scope.unit.source, f"host {workload.spec.expose.host}"


def _shares(configuration: Configuration) -> Iterator[tuple[str, tuple[str, int]]]:
    """Participants that services take and workspaces send, and logins of identities."""
    yield from _rooms(configuration)
    for scope in unit_scopes(configuration):
        here = f"participants of {scope.environment.name}"
        match scope:
            case ServiceScope():
                room = scope.spec.capacity.participants
                if room is not None:
                    yield scope.unit.source, (f"{here}/{scope.unit.name}", room)
            case Scope():
                sent = scope.spec.limits.participants or 0
                for service in scope.services:
                    yield scope.unit.source, (f"{here}/{service}", sent)
        for login in logins(scope):
            yield scope.unit.source, (_room(scope.environment.name, login.purpose), 1)


def _rooms(configuration: Configuration) -> Iterator[tuple[str, tuple[str, int]]]:
    """How many logins each identity can have beside the environment's own."""
    for held in configuration.environments:
        azure, own = held.environment.spec.azure, Counter(each.purpose for each in own_logins(held))
        for purpose in purposes(azure) if azure else ():
            left = FEDERATED_CREDENTIALS - own[purpose]
            yield held.environment.source, (_room(held.name, purpose), left)


def _room(environment: str, purpose: Purpose) -> str:
    return f"logins of {identity_name(environment, purpose)}"


def _logins(configuration: Configuration) -> Iterator[tuple[str, Login]]:
    """The accounts that log in to Azure, each with the file that asks for it."""
    for held in configuration.environments:
        for source, login in environment_logins(configuration, held):
            identity = identity_name(held.name, login.purpose)
            yield source, Login(identity, credential(login.credential))


def _is_namespace(each: Identity) -> bool:
    return (each.group, each.kind) == ("", "Namespace")


def _reads(configuration: Configuration) -> Mapping[str, list[str]]:
    """What each leaf follows from: profiles, services, a run's workspace, and what these read."""
    return {
        scope.unit.source: sorted({file for unit in _named(scope) for file in _files_of(unit)})
        for scope in unit_scopes(configuration)
    }


def _named(scope: AnyScope) -> Iterator[Unit]:
    """The unit and all that it names."""
    yield scope.unit
    yield from scope.services.values()
    if isinstance(scope, RunScope) and scope.workspace is not None:
        yield scope.workspace


def _files_of(unit: Unit) -> Iterator[str]:
    """A unit's own file, and its profiles: those that it names and those that are active in it."""
    written = unit.spec.profile or ()
    chosen = (written,) if isinstance(written, str) else written
    yield unit.source
    yield from profile_files(unit.source, {*chosen, *unit.profiles})
