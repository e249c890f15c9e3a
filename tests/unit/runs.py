"""A run in the small tree, what `plan` decides of it, and the objects that it becomes.

Shared by the tests of runs; nothing here is a test.
"""

from typing import Any

from tests.unit.check_cases_of_runs import MLFLOW, OF_RUNS, SEARCH, SIR
from tests.unit.rendering import bodies
from tests.unit.small_tree import DEV, IMAGES, MALARIA, Specs, dev, environment, sources, told

from modelops.manifests import Manifests
from modelops.pipeline import judge
from modelops.planned import RunPlan

NAMESPACE = "modelops-run-dev-sir"


def specs(spec: str = "", dev_spec: str = environment(), **more: str) -> Specs:
    """The small tree with the run `sir`; `more`: `malaria`, `mlflow`, one image."""
    images = f"{OF_RUNS}  {more.get('image', '')}\n"
    services = {MLFLOW: more["mlflow"]} if "mlflow" in more else {}
    return {
        **services,
        IMAGES: images,
        DEV: dev_spec,
        MALARIA: more.get("malaria", "{}"),
        SIR: SEARCH + spec,
    }


def sir(spec: str = "", dev_spec: str = environment(), **more: str) -> RunPlan:
    """The plan of the run `sir`."""
    (run,) = dev(specs(spec, dev_spec, **more)).runs
    return run


def judged(spec: str = "", dev_spec: str = environment(), **more: str) -> Manifests:
    """The manifests of the tree; nothing may be wrong with them."""
    outcome = judge(sources(specs(spec, dev_spec, **more)))
    assert outcome.value is not None, told(outcome.diagnostics)
    return outcome.value


def objects(spec: str = "", dev_spec: str = environment(), **more: str) -> list[dict[str, Any]]:
    """Every object of the run's units, and of no other."""
    (held,) = judged(spec, dev_spec, **more).environments
    units = tuple(unit for unit in held.units if unit.name.startswith("dev/runs/"))
    return [dict(body) for unit in units for part in unit.components for body in part.objects]


def one(kind: str, name: str, found: list[dict[str, Any]]) -> Any:  # noqa: ANN401 -- JSON data
    """The object of this kind and name; a Job's name is given without the hash it ends in."""
    (body,) = [body for body in found if body["kind"] == kind and _plain(body) == name]
    return body


def _plain(body: dict[str, Any]) -> str:
    name: str = body["metadata"]["name"]
    return name.rpartition("-")[0] if body["kind"] == "Job" else name


def stages(manifests: Manifests) -> dict[str, Any]:
    """The specifications of the run's Flux Kustomizations, by what their names end in."""
    prefix = "dev-run-sir-"
    return {
        body["metadata"]["name"].removeprefix(prefix): body["spec"]
        for body in bodies(manifests)
        if body["metadata"]["name"].startswith(prefix) and body["kind"] == "Kustomization"
    }
