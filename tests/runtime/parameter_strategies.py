"""Parameter sets and tasks of all kinds, and what it means that two of them are the same."""

from hypothesis import strategies as st

from modelops_runtime.contracts.bundle import BundleReference
from modelops_runtime.contracts.entrypoint import Entrypoint
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.task import SimulationTask

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,5}", fullmatch=True)
LOOKALIKES: st.SearchStrategy[Scalar] = st.sampled_from(
    [0, 0.0, -0.0, False, "0", 1, 1.0, True, "1", "", "true", 10**16, 1e16]
)
SCALARS: st.SearchStrategy[Scalar] = (
    LOOKALIKES
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.dictionaries(NAMES, SCALARS, max_size=4)
FEW_VALUES = st.dictionaries(st.sampled_from(["a", "b"]), LOOKALIKES)
"""So few that two of them are often the same."""

SEEDS = st.integers(0, 2**64 - 1)
DIGESTS = st.sampled_from(["sha256:" + digit * 64 for digit in "0af"])
BUNDLES = st.none() | st.builds(BundleReference, DIGESTS, st.sampled_from(["", "a/b", "a/c:1"]))
ENTRYPOINTS = st.builds(
    Entrypoint, st.sampled_from(["models.sir", "models"]), st.sampled_from(["baseline", "lockdown"])
)
TASKS = st.builds(
    SimulationTask,
    BUNDLES,
    ENTRYPOINTS,
    FEW_VALUES.map(ParameterSet),
    st.sampled_from([0, 1, 2**64 - 1]),
    st.lists(st.sampled_from(["cases", "deaths"])).map(tuple),
)


def meaning(values: dict[str, Scalar]) -> dict[str, tuple[type, Scalar]]:
    """The values, each with its type; Python has `1 == 1.0 == True`, and `0.0 == -0.0`."""
    return {name: (type(value), value) for name, value in values.items()}


def parts(task: SimulationTask) -> tuple[object, ...]:
    """Everything that a task is."""
    return (
        task.bundle and task.bundle.digest,
        task.entrypoint,
        meaning(dict(task.parameters.values)),
        task.seed,
        set(task.outputs),
    )
