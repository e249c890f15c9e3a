"""Part of stage `layer`: which profiles are active.

A preview's choice comes before the file's, and the file's before its environment's. Names of
profiles leave, in order, and CFG003 for names that nothing bears. Whether a profile may be used in
an environment's tier is decided later.
"""

from collections.abc import Iterator, Sequence

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.documents import Document, EnvironmentDocuments, LayeredSpec
from modelops.provenance import Span

Choice = list[tuple[str, Span]]
"""Names in order, each with the place that names it."""


def chosen_by_preview(profiles: Sequence[str]) -> Choice:
    """What `--profile` names; the "file" is the option."""
    return [(name, Span(f"--profile {name}", 1, 1, 1, len(name) + 1)) for name in profiles]


def chosen_by_file(document: Document) -> Choice:
    """What a file's `profile` names: one name or a list; what is neither is left to `validate`."""
    chosen = document.spec.get("profile")
    if isinstance(chosen, str):
        return [(chosen, document.marks["spec", "profile"].value)]
    return [
        (name, document.marks["spec", "profile", index].value) for index, name in _listed(chosen)
    ]


def chosen_by_environment(spec: LayeredSpec) -> Choice:
    """What an environment's merged `profiles` names; what is no list is left to `validate`."""
    chosen = spec.tree.get("profiles")
    return [(name, spec.origins.span(("profiles", index))) for index, name in _listed(chosen)]


def _listed(chosen: object) -> Iterator[tuple[int, str]]:
    """The texts in a list, with their indices."""
    for index, name in enumerate(chosen if isinstance(chosen, list) else ()):
        if isinstance(name, str):
            yield index, name


def known(choice: Choice, names: Sequence[str]) -> tuple[str, ...]:
    """The chosen profiles that exist."""
    return tuple(name for name, _ in choice if name in names)


def unknown(
    choice: Choice, names: Sequence[str], environment: EnvironmentDocuments
) -> list[Diagnostic]:
    """CFG003 for each chosen profile that does not exist in an environment."""
    return [
        Diagnostic(
            cfg.CFG003,
            f"the environment `{environment.name}` has no profile `{name}`",
            at,
            help=did_you_mean(name, names) or f"add `environments/profiles/{name}.yaml`",
            label="not defined",
        )
        for name, at in choice
        if name not in names
    ]
