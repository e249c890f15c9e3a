"""CFG003: a profile in an environment whose tier it is not for."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import cfg
from modelops.plan.scope import Scope


def profile_out_of_tier(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse a profile whose `tiers` leave out the environment's."""
    for name in scope.workspace.profiles:
        for key in (name, f"{scope.environment.name}/{name}"):
            profile = scope.configuration.profiles.get(key)
            if profile is None or scope.tier in profile.spec.tiers:
                continue
            told = ", ".join(profile.spec.tiers)
            chosen_here = scope.spec.profile is not None
            yield scope.breach(
                cfg.CFG003,
                f"the profile `{name}` is for {told}, and {scope.environment.name} is {scope.tier}",
                scope.at("profile") if chosen_here else scope.environment.at("profiles"),
                "choose another profile, or add the tier to the profile's `tiers`",
                Note(profile.at("tiers"), "where it may be used"),
            )
