"""CFG004: a profile of one environment that nothing in it chooses."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model import Configuration, ConfiguredEnvironment


def unused_profile(configuration: Configuration) -> Iterator[Diagnostic]:
    """Warn of `environments/ENV/profiles/NAME.yaml` that ENV and its units do not name.

    Profiles of all environments are a shelf to choose from; those of one are there for it alone.
    """
    for environment in configuration.environments:
        chosen = _chosen(environment)
        for key, profile in configuration.profiles.items():
            owner, _, name = key.rpartition("/")
            if owner == environment.name and name not in chosen:
                yield Diagnostic(
                    cfg.CFG004,
                    f"no unit of {environment.name} chooses its profile `{name}`: what stands "
                    "here changes nothing",
                    profile.at(),
                    "choose it by `profile` or `profiles`, or remove the file",
                    severity=cfg.CFG004.severity,
                )


def _chosen(environment: ConfiguredEnvironment) -> set[str]:
    """What files name and what is active: a preview may put one in the place of the other."""
    names = set(environment.environment.spec.profiles)
    for unit in environment.units:
        written = unit.spec.profile or ()
        names |= {written} if isinstance(written, str) else set(written)
        names |= set(unit.profiles)
    return names
