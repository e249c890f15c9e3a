"""Part of `render`: Jobs that are named by their content.

Nobody can change a Job's pods in place, so a change makes a new Job, and Flux removes the old one.
No `ttlSecondsAfterFinished`: Flux would make a removed Job anew at each interval.
"""

import json
from collections.abc import Mapping

from modelops.names import content_named
from modelops.planned import PodPlan
from modelops.provenance import derived, scalars
from modelops.render.metadata import Housed, Object, of_unit


def job(
    unit: Housed,
    name: str,
    pod: PodPlan,
    spec: Object,
    annotations: Mapping[str, str] | None = None,
) -> Object:
    """A Job whose name is `name` and a hash of its specification."""
    digested = content_named(name, json.dumps(spec, sort_keys=True).encode())
    named = derived(f"{name}-<hash of the Job's specification>", digested, *scalars(spec))
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": of_unit(unit, named, pod.component, annotations, product=pod.product),
        "spec": spec,
    }
