"""Part of `metrics`: the families that Dask workers fill."""

from prometheus_client import Counter, Histogram

SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000)
"""Upper bounds: models take from milliseconds to an hour."""

SIMULATION_SECONDS = Histogram(
    "modelops_simulation_seconds",
    "How long simulations took that ran to their end, successful or not.",
    buckets=SECONDS,
)
SIMULATIONS_FAILED = Counter(
    "modelops_simulations_failed", "Simulations that failed, by the kind of failure.", ["kind"]
)
CACHE_HITS = Counter(
    "modelops_simulation_cache_hits", "Simulations that did not run: their results were kept."
)
COLD_STARTS = Counter(
    "modelops_cold_starts", "Processes that were started to run the code of a bundle."
)
BUNDLE_FETCH_SECONDS = Histogram(
    "modelops_bundle_fetch_seconds",
    "How long it took to fetch a bundle that the cache did not have.",
    buckets=SECONDS,
)
