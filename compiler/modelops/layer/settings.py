"""Part of stage `layer`: the settings of a preview as layers.

Settings come in; a layer for each leaves, by target, and CFG011 for targets that do not exist.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.documents import Documents, Setting, unit_target
from modelops.layer.merge import Layer
from modelops.provenance import DataPath, Mark, Span

SETTING = "--set"
ENVIRONMENT_TARGET = "environment"


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
    units = {
        unit_target(document.kind, document.name)
        for environment in documents.environments.values()
        for document in environment.all_units()
    }

    def beside(target: str) -> list[str]:
        folder, _, _ = target.partition("/")
        return [name for at, _, name in (unit.partition("/") for unit in units) if at == folder]

    return [
        Diagnostic(
            cfg.CFG011,
            f"no environment has `{setting.target}`",
            Span(setting.mark.value.file, 1, 1, 1, len(setting.target) + 1),
            help=did_you_mean(setting.target.rpartition("/")[2], beside(setting.target)),
        )
        for setting in settings
        if setting.target not in {ENVIRONMENT_TARGET, *units}
    ]
