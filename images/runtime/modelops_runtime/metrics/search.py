"""Part of `metrics`: the families that adaptive workers fill.

Of several workers that coordinate only the leader counts, from the beginning of the search; of
independent ones, each counts what it did itself. So the sum over the pods of a run is right.
"""

from prometheus_client import Gauge

TRIALS = Gauge("modelops_trials", "Trials of the search, by how far they are.", ["state"])
TRIALS_IN_FLIGHT = Gauge("modelops_trials_in_flight", "Trials that run now.")
TRIALS_BEST_LOSS = Gauge("modelops_trials_best_loss", "The best loss so far; NaN before the first.")
LEADER = Gauge("modelops_leader", "1 where this worker leads the search, else 0.")
