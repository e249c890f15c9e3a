"""How far simulated epidemics are from the one that was observed."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

OBSERVED = Path(__file__).with_name("observed.csv")
"""People infected at the end of each day."""


def observed() -> np.ndarray:
    """The people that were infected, day by day."""
    with OBSERVED.open(encoding="utf-8", newline="") as stream:
        return np.array([int(row["infected"]) for row in csv.DictReader(stream)])


def loss(replicates: Sequence[Mapping[str, Mapping[str, np.ndarray]]]) -> float:
    """The typical distance of the replicates' mean from what was observed, on a log scale.

    0.1 is a factor of about 1.1 on each day; small epidemics count as much as large ones.
    """
    simulated = [np.log1p(replicate["prevalence"]["infected"]) for replicate in replicates]
    distance = np.mean(simulated, axis=0) - np.log1p(observed())
    return float(np.sqrt(np.mean(distance**2)))
