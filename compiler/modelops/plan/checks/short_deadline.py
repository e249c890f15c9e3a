"""ADP009: a deadline of a run that its trials may not meet."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import adp
from modelops.model.fields import duration_text
from modelops.plan.places import first_written
from modelops.plan.scope import RunScope


def short_deadline(scope: RunScope) -> Iterator[Diagnostic]:
    """Warn where all trials, each as long as it may take, go on after the deadline.

    Nobody knows how long a trial does take; its timeout is what its author is ready to wait.
    """
    spec = scope.spec
    rounds = -(-spec.trials // spec.in_flight)
    needed = rounds * spec.timeout
    if needed > spec.deadline:
        here = first_written(scope, ("deadline",), ("timeout",), ("trials",), ("inFlight",))
        yield scope.breach(
            adp.ADP009,
            f"{spec.trials} trials, {spec.in_flight} at once, may take {rounds} times "
            f"{duration_text(spec.timeout)}, that is {duration_text(needed)}, and the run is ended "
            f"after {duration_text(spec.deadline)}",
            scope.at(*here),
            f"set `deadline` to {-(-needed // 3600)}h, `timeout` to "
            f"{_fitting(spec.deadline // rounds)}, or fewer `trials`\n"
            'or accept it in the run: `accept: {ADP009: "why it is fine"}`',
        )


def _fitting(seconds: int) -> str:
    """The most that one trial may take, in whole minutes where there is one."""
    minutes = seconds // 60
    return f"{minutes}m" if minutes else f"{max(seconds, 1)}s"
