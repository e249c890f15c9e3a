"""Part of `central_store`: the run that a process belongs to, and its store, as it finds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelops_runtime.central_store.connection import NotConfigured, Settings, settings
from modelops_runtime.configuration.run import RunConfig, run_config
from modelops_runtime.configuration.sections import Misconfigured

RUN_CONFIG = "MODELOPS_RUN_CONFIG"
"""The variable that names the run file."""


@dataclass(frozen=True, slots=True)
class MountedRun:
    """A run file.

    Attributes:
        config: what it says.
        text: itself.
    """

    config: RunConfig
    text: str


def mounted_run(environment: Mapping[str, str]) -> MountedRun:
    """The run that the environment names.

    Raises:
        NotConfigured: it names none, or none that can be read.
    """
    if not (name := environment.get(RUN_CONFIG)):
        raise NotConfigured(f"not set: {RUN_CONFIG}")
    try:
        text = Path(name).read_text(encoding="utf-8")
        return MountedRun(run_config(text), text)
    except (OSError, UnicodeDecodeError) as error:
        raise NotConfigured(f"{RUN_CONFIG}: `{name}` cannot be read: {error}") from error
    except Misconfigured as error:
        raise NotConfigured(f"{name}: {error}") from error


def store_of(run: RunConfig, environment: Mapping[str, str]) -> Settings:
    """The store of a run: where it is, the environment says.

    Raises:
        NotConfigured: the run has none, or the environment does not name it.
    """
    if run.store is None:
        raise NotConfigured(f"the run `{run.run}` has no store: `store` is `none` in its run file")
    return settings(environment)
