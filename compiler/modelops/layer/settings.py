"""Part of stage `layer`: the settings of a preview as layers.

Settings come in; a layer for each leaves, by target, and CFG011 for targets that do not exist.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.documents import Documents, Setting
from modelops.layer.merge import Layer
from modelops.provenance import DataPath, Mark, Span

SETTING = "--set"
ENVIRONMENT_TARGET = "environment"


def workspace_target(name: str) -> str:
    """The target of settings on the workspace called `name`."""
    return f"workspaces/{name}"


def layers_by_target(settings: Sequence[Setting]) -> Mapping[str, list[Layer]]:
    """One layer a setting, in the order given."""
    layers: dict[str, list[Layer]] = {}
    for setting in settings:
        layers.setdefault(setting.target, []).append(_layer(setting))
    return layers


def _layer(setting: Setting) -> Layer:
    """A tree with one value; the maps around it, and what is in it, stand where it does."""
    tree: Any = setting.value
    for key in reversed(setting.path):
        tree = {key: tree}
    elsewhere = replace(setting.mark, text=None)
    exact: dict[DataPath, Mark] = {setting.path: setting.mark}
    marks = defaultdict(lambda: elsewhere, exact)
    return Layer(SETTING, tree, marks)


def without_target(settings: Sequence[Setting], documents: Documents) -> list[Diagnostic]:
    """CFG011 for every setting on a target that no environment has."""
    names = {
        name for environment in documents.environments.values() for name in environment.workspaces
    }
    targets = {ENVIRONMENT_TARGET, *map(workspace_target, names)}
    return [
        Diagnostic(
            cfg.CFG011,
            f"no environment has `{setting.target}`",
            Span(setting.mark.value.file, 1, 1, 1, len(setting.target) + 1),
            help=did_you_mean(setting.target.rpartition("/")[2], names),
        )
        for setting in settings
        if setting.target not in targets
    ]
