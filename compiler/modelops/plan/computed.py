"""What stands for fields of a workspace that nobody wrote: for `explain`, as people would type it.

The numbers are those that the plan decides with.
"""

from collections.abc import Mapping

from modelops.model import WorkspaceSpec
from modelops.model.fields import bytes_text, duration_text
from modelops.plan.resources import drain, process_memory, warm_processes
from modelops.provenance import DataPath


def computed(spec: WorkspaceSpec) -> Mapping[DataPath, str]:
    """The values that are computed where they are absent, by the path of their field."""
    return {
        ("executor", "maxWarmProcesses"): str(warm_processes(spec)),
        ("workers", "drain"): duration_text(drain(spec)),
        ("workers", "memory", "perProcess"): bytes_text(process_memory(spec.workers)),
    }
