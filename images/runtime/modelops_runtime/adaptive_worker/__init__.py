"""`adaptive-worker`: searches for the parameters of a run, together with the run's other workers.

    python -m modelops_runtime adaptive-worker

It ends with 0 when the run has ended well, with 64 where nothing but another configuration helps,
with 143 when it was stopped before, and with 75 where it is to be started again. Started again, it
goes on where the run is.

`command` reads the environment and decides how to end, `parts` makes what the search needs.
"""
