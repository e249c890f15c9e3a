"""A stochastic SIR epidemic in a closed population, with a policy that holds on known days.

Each half hour, every susceptible person is infected with the probability that the prevalence
gives, and every infected one recovers with the one that the infectious period gives (a chain
binomial model). All randomness comes from the seed.
"""

import math
from typing import NamedTuple

import numpy as np

POPULATION = 100_000
FIRST_CASES = 500
DAYS = 100

STEPS = 48
"""Of a day."""

TRANSMISSION_UNDER = {"none": 1.0, "mask": 0.5, "lockdown": 0.1}
"""What each policy leaves of the transmission."""


class Scenario(NamedTuple):
    """In what the scenarios differ.

    Attributes:
        policy: the days on which it holds.
        immune: the part of the population that is immune at first.
    """

    policy: range
    immune: float


SCENARIOS = {
    "baseline": Scenario(policy=range(20, 50), immune=0.0),
    "vaccinated": Scenario(policy=range(20, 50), immune=0.3),
}


def simulate(
    parameters: dict[str, bool | int | float | str], seed: int, scenario: str
) -> dict[str, dict[str, list[int]]]:
    """One epidemic.

    Args:
        parameters: `beta`, infections by one infected person in a day, at first; `infectious_days`,
            the mean time for which somebody is; `policy`, what holds on the scenario's days: none,
            mask or lockdown.
        seed: any number below 2^64.
        scenario: one of `SCENARIOS`.

    Returns:
        The table `prevalence`: people in each state at the end of each day.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    policy_days, immune = SCENARIOS[scenario]
    beta, policy = float(parameters["beta"]), str(parameters["policy"])
    recovery = -math.expm1(-1 / (float(parameters["infectious_days"]) * STEPS))

    recovered = round(immune * POPULATION)
    susceptible, infected = POPULATION - FIRST_CASES - recovered, FIRST_CASES
    table: dict[str, list[int]] = {"day": [], "susceptible": [], "infected": [], "recovered": []}
    for day in range(DAYS):
        transmission = beta * (TRANSMISSION_UNDER[policy] if day in policy_days else 1.0)
        for _ in range(STEPS):
            infection = -math.expm1(-transmission * infected / (POPULATION * STEPS))
            cases = int(rng.binomial(susceptible, infection))
            ends = int(rng.binomial(infected, recovery))
            susceptible, infected, recovered = (
                susceptible - cases,
                infected + cases - ends,
                recovered + ends,
            )
        for column, value in zip(table, (day, susceptible, infected, recovered), strict=True):
            table[column].append(value)
    return {"prevalence": table}
