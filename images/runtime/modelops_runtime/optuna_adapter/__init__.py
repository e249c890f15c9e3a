"""Optuna behind the ask/tell protocol: owned by one process, or shared through its own storage.

Optuna chooses points and keeps trials. What it does not do is here: leases, idempotent telling,
points that depend on nothing but the seed, the trial's number and what was told, and refusing what
a sampler would otherwise quietly replace by random points.
"""
