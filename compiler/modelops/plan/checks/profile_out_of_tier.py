"""CFG003: a profile in an environment whose tier it is not for."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import cfg
from modelops.plan.scope import AnyScope
from modelops.provenance import Span


def profile_out_of_tier(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse a profile whose `tiers` leave out the environment's."""
    for name in scope.unit.profiles:
        for key in (name, f"{scope.environment.name}/{name}"):
            profile = scope.profiles.get(key)
            if profile is None or scope.tier in profile.spec.tiers:
                continue
            told = " and ".join(profile.spec.tiers)
            yield scope.breach(
                cfg.CFG003,
                f"the profile `{name}` is for {told}, but {scope.environment.name} is {scope.tier}",
                _place(scope, name),
                "choose another profile, or add the tier to the profile's `tiers`",
                Note(profile.at("tiers"), "where it may be used"),
            )


def _place(scope: AnyScope, name: str) -> Span:
    """Where the profile is named: in the unit's file, else in its environment's."""
    chosen = scope.spec.profile
    if isinstance(chosen, str):
        return scope.at("profile")
    named = scope.environment.spec.profiles if chosen is None else chosen
    index = (named.index(name),) if name in named else ()
    if chosen is None:
        return scope.environment.at("profiles", *index)
    return scope.at("profile", *index)
