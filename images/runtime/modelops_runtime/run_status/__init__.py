"""`run-status`: prints how far a run's search is, as one line of JSON, from its store.

It makes and changes nothing, so it may be asked at any time, by anybody who may read the store.

    python -m modelops_runtime run-status
    python -m modelops_runtime run-status --follow 1
"""
