"""Rules of availability and images that no input can break: what makes it so."""

import pytest
from tests.unit.check_case import workers
from tests.unit.small_tree import DEV, DIGEST, IMAGES, IMAGES_SPEC, MALARIA, environment, sources

from modelops.model.images import ExecutorType
from modelops.model.workspace import AutoscalingMode
from modelops.pipeline import configure, judge

AUTOSCALERS = {
    AutoscalingMode.QUEUE: "ScaledObject",
    AutoscalingMode.CPU: "HorizontalPodAutoscaler",
}


@pytest.mark.parametrize("mode", AutoscalingMode)
def test_every_mode_of_autoscaling_makes_an_autoscaler(mode: AutoscalingMode) -> None:
    """AVL005: what can be written exists, and any other mode is refused."""
    keda = {DEV: environment("features: {keda: true, networkPolicy: calico}")}
    manifests = judge(sources({**keda, **workers(f"autoscaling: {{mode: {mode}, max: 4}}")})).value
    assert manifests is not None
    kinds = [
        body["kind"]
        for unit in manifests.environments[0].units
        for component in unit.components
        for body in component.objects
    ]
    assert AUTOSCALERS[mode] in kinds
    refused = configure(sources(workers("autoscaling: {mode: dask-adaptive, max: 4}")))
    assert [one.rule.code for one in refused.diagnostics] == ["CFG011"]


@pytest.mark.parametrize("executor", ExecutorType)
def test_an_executor_that_is_not_offered_is_told_as_cfg008(executor: ExecutorType) -> None:
    """IMG005: the same mistake, told once, at the place where the executor is chosen."""
    others = ", ".join(other for other in ExecutorType if other is not executor)
    entry = f'  mine: {{repository: mine, digest: "{DIGEST}", executors: [{others}]}}\n'
    spec = f"workers: {{image: mine}}\nexecutor: {{type: {executor}}}"
    outcome = judge(sources({IMAGES: IMAGES_SPEC + entry, MALARIA: spec}))
    assert "CFG008" in {one.rule.code for one in outcome.diagnostics if one.is_error}
