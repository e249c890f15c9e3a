"""A compile in parts is a compile of everything: for any cut, any process, and any edit."""

from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelops.diagnostics import Outcome
from modelops.manifests import Artefacts
from modelops.parts import Known, Part, cut
from modelops.parts.crew import WORTH, compile_parts
from modelops.parts.join import join
from modelops.pipeline import compile_sources, unobserved

ROOT = Path(__file__).parents[2]
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in sorted((ROOT / "environments").rglob("*.yaml"))
}
WHOLE = compile_sources(SOURCES)
LEAVES = tuple(cut(SOURCES).leaves)
MALARIA = "environments/dev/workspaces/malaria.yaml"

EDITS: Mapping[str, tuple[str, str]] = {
    "another number": ("max: 10", "max: 8"),
    "a warning": ('cpu: "3"', 'cpu: "1"'),
    "an error of plan": ("max: 10", "max: 10000"),
    "an error of validate": ("max: 10", "max: ten"),
    "an error of load": ("kind: Workspace", "kind: ["),
    "a secret": ("spec:", "spec:\n  description: ghp_0123456789abcdefghijABCDEFGHIJ012345"),
    "a profile that is not there": ("spec:", "spec:\n  profile: nobody"),
}


def parts(
    sources: Mapping[str, bytes],
    leaves: tuple[str, ...],
    known: Mapping[str, Known] | None = None,
) -> tuple[Outcome[Part], ...]:
    return compile_parts(cut(sources), leaves, known or {}, 1, {}, unobserved)


def known(sources: Mapping[str, bytes], leaves: tuple[str, ...]) -> dict[str, Known]:
    made = (part.value for part in parts(sources, leaves))
    return {leaf: each.known for part in made if part for leaf, each in part.leaves.items()}


KNOWN = known(SOURCES, LEAVES)


def same(joined: Outcome[Artefacts] | None, whole: Outcome[Artefacts]) -> None:
    """Whether the two say the same, and whatever was not made again stands as it would be made."""
    assert joined is not None
    assert joined.diagnostics == whole.diagnostics
    assert (joined.value is None) == (whole.value is None)
    for part, all_of_it in zip(
        joined.value.environments if joined.value else (),
        whole.value.environments if whole.value else (),
        strict=True,
    ):
        files = {file.path: file for file in all_of_it.files}
        assert part.inventory == all_of_it.inventory
        assert part.count == all_of_it.count
        assert all(files[file.path] == file for file in part.files)
        assert part.standing == files.keys() - {file.path for file in part.files}


@settings(max_examples=10, deadline=None)
@given(st.sets(st.sampled_from(LEAVES)))
def test_it_is_all_one_which_leaves_are_known(leaves: set[str]) -> None:
    made = tuple(leaf for leaf in LEAVES if leaf in leaves)
    rest = {leaf: each for leaf, each in KNOWN.items() if leaf not in leaves}
    same(join(parts(SOURCES, made, rest), rest), WHOLE)


@settings(max_examples=14, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(EDITS)), st.booleans())
def test_an_edit_says_what_a_whole_compile_says(edit: str, alone: bool) -> None:  # noqa: FBT001 -- drawn
    old, new = EDITS[edit]
    text = SOURCES[MALARIA].decode()
    assert old in text
    edited = {**SOURCES, MALARIA: text.replace(old, new, 1).encode()}
    if alone:
        edited = {path: edited[path] for path in edited if path not in LEAVES or path == MALARIA}
    rest = {leaf: each for leaf, each in KNOWN.items() if leaf in edited and leaf != MALARIA}
    joined = join(parts(edited, (MALARIA,), rest), rest, made=1)
    same(joined, compile_sources(edited))


def test_two_that_claim_one_name_need_a_whole_compile() -> None:
    (part,) = parts(SOURCES, (MALARIA,))
    assert part.value is not None
    claims = part.value.leaves[MALARIA].known.claims
    assert any("Namespace" in claim for claim in claims)
    other = LEAVES[0]
    assert other != MALARIA
    stolen = Known(KNOWN[other].files, (), claims, {}, ())
    assert join((part,), {other: stolen}) is None


def test_two_with_one_host_need_a_whole_compile() -> None:
    hosts = {
        claim: leaf
        for leaf, each in KNOWN.items()
        for claim in each.claims
        if claim.startswith("host ")
    }
    assert hosts, "the examples have none, and nothing was tried"
    host, leaf = hosts.popitem()
    stolen = Known({}, (), (host,), {}, ())
    rest = {each: known for each, known in KNOWN.items() if each != leaf}
    assert (
        join(parts(SOURCES, (leaf,)), {**rest, "environments/dev/workspaces/x.yaml": stolen})
        is None
    )


def test_more_participants_than_a_service_takes_need_a_whole_compile() -> None:
    leaf = next(leaf for leaf, each in KNOWN.items() if each.shares)
    service, sent = next(iter(KNOWN[leaf].shares.items()))
    for more, fits in ((0, True), (10**6, False)):
        many = Known({}, (), (), {service: more}, ())
        rest = {each: known for each, known in KNOWN.items() if each != leaf}
        joined = join(parts(SOURCES, (leaf,)), {**rest, "environments/dev/workspaces/x.yaml": many})
        assert sent
        assert (joined is not None) == fits


def test_an_error_beside_warnings_of_others_needs_a_whole_compile() -> None:
    old, new = EDITS["a warning"]
    warned = {**SOURCES, MALARIA: SOURCES[MALARIA].replace(old.encode(), new.encode())}
    other = next(leaf for leaf in LEAVES if "/workspaces/" in leaf and leaf != MALARIA)
    broken = {**warned, other: SOURCES[other].replace(b"kind: Workspace", b"kind: [")}
    rest = known(warned, LEAVES)
    assert rest[MALARIA].found
    assert join(parts(broken, (other,)), rest) is None


def test_the_files_are_the_same_from_any_number_of_processes() -> None:
    many = {
        MALARIA.replace("malaria", f"copy-{number:03}"): SOURCES[MALARIA]
        for number in range(2 * WORTH)
    }
    sources = cut(SOURCES | many)
    leaves = tuple(sources.leaves)
    alone = compile_parts(sources, leaves, {}, 1, {}, unobserved)
    crew = compile_parts(sources, leaves, {}, 3, {}, unobserved)
    assert len(alone) < len(crew)
    joined = join(crew, {})
    assert joined is not None
    assert joined == join(alone, {})
    assert joined.value is not None
    assert len(joined.value.environments[0].files) > len(many) * 5


def test_a_crew_finds_what_one_process_finds() -> None:
    many = {
        MALARIA.replace("malaria", f"copy-{number:03}"): SOURCES[MALARIA]
        for number in range(2 * WORTH)
    }
    many[max(many)] = many[max(many)].replace(b"max: 10", b"max: ten")
    sources = cut(SOURCES | many)
    outcomes = compile_parts(sources, tuple(sources.leaves), {}, 2, {}, unobserved)
    assert any(outcome.value is None for outcome in outcomes)
    assert join(outcomes, {}) is None, "one part cannot know how far the others would have come"
