"""The doors from commands to the stages, each opened when it is first walked through.

The stages import pydantic, the YAML reader and the schemas; a command's `--help`, completion and
`modelops rule` must not wait for them. That is all this module is for.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from modelops.diagnostics import Outcome, worst_first
from modelops.documents import Preview, Setting
from modelops.manifests import Manifests

if TYPE_CHECKING:
    from modelops.model import Configuration
    from modelops.model.workspace import Workers
    from modelops.plan.demand import EnvironmentDemand
    from modelops.planned import Plan, Scale

Sources = Mapping[str, bytes]
During = Callable[[str], AbstractContextManager[None]]


def judged(sources: Sources, preview: Preview, earlier: Sources) -> Outcome[Manifests]:
    """Every stage that can find something wrong; starts no process."""
    from modelops.pipeline import judge  # noqa: PLC0415 -- see the module

    return judge(sources, preview, earlier)


def remembered(sources: Sources, preview: Preview) -> Outcome[Manifests]:
    """The objects of `judged` with values that remember how they came to be."""
    from modelops.pipeline import remember  # noqa: PLC0415 -- see the module

    return remember(sources, preview)


def configured(sources: Sources, preview: Preview) -> "Outcome[Configuration]":
    """The effective configuration; starts no process."""
    from modelops.pipeline import configure  # noqa: PLC0415 -- see the module

    return configure(sources, preview)


def demanded(sources: Sources) -> "Outcome[tuple[EnvironmentDemand, ...]]":
    """What each environment asks of its cluster; every stage up to `plan` looks at the sources."""
    from modelops.pipeline import configure  # noqa: PLC0415 -- see the module
    from modelops.plan import plan  # noqa: PLC0415 -- see the module
    from modelops.plan.demand import environment_demand  # noqa: PLC0415 -- see the module

    configuration = configure(sources)
    if configuration.value is None or configuration.failed:
        return Outcome(None, configuration.diagnostics)
    planned = plan(configuration.value)
    found = worst_first((*configuration.diagnostics, *planned.diagnostics))
    if planned.value is None:
        return Outcome(None, found)
    pairs = zip(configuration.value.environments, planned.value.environments, strict=True)
    return Outcome(tuple(environment_demand(*pair) for pair in pairs), found)


def planned(sources: Sources) -> "Outcome[Plan]":
    """Everything decided of the sources; nothing is made of it."""
    from modelops.pipeline import configure  # noqa: PLC0415 -- see the module
    from modelops.plan import plan  # noqa: PLC0415 -- see the module

    configuration = configure(sources)
    if configuration.value is None or configuration.failed:
        return Outcome(None, configuration.diagnostics)
    return plan(configuration.value)


def settings(arguments: Sequence[str]) -> Outcome[tuple[Setting, ...]]:
    """The values of `--set`."""
    from modelops.load import load_settings  # noqa: PLC0415 -- see the module

    return load_settings(arguments)


def scale(workers: "Workers") -> "Scale":
    """How many workers a workspace has, where nobody says as well; without the scaler's address."""
    from modelops.plan import resources  # noqa: PLC0415 -- see the module

    return resources.scale(workers, "")


def exported_schemas() -> dict[str, bytes]:
    """The content of each file of `schemas/`."""
    from modelops.schema import schemas  # noqa: PLC0415 -- see the module

    return schemas()
