"""What runs of an environment, as its plan says that it should, and as its cluster answers.

The plan of an environment and the JSON that Kubernetes tells come in; what each unit is doing
leaves, as frozen values. What is looked for is named by the plan. Asks nobody itself.
"""

from modelops.status.answers import (
    Applied,
    Cluster,
    Ending,
    Job,
    Pod,
    Workload,
    cluster,
)
from modelops.status.reading import Look, Reading, State, read
from modelops.status.search import Search, search
from modelops.status.watched import (
    LABELS,
    Kept,
    WatchedEnvironment,
    WatchedRun,
    WatchedService,
    WatchedUnit,
    WatchedWorkspace,
    watched,
)

__all__ = [
    "LABELS",
    "Applied",
    "Cluster",
    "Ending",
    "Job",
    "Kept",
    "Look",
    "Pod",
    "Reading",
    "Search",
    "State",
    "WatchedEnvironment",
    "WatchedRun",
    "WatchedService",
    "WatchedUnit",
    "WatchedWorkspace",
    "Workload",
    "cluster",
    "read",
    "search",
    "watched",
]
