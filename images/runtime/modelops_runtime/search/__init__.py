"""Conducts a search: asks for trials, has them simulated, and tells what became of them.

`decisions` says what to do next, as functions of what is known; `loop` does it, for either way of
working together: `coordinated`, where one elected worker leads and the others stand by, and
`independent`, where each worker searches for itself and all share the algorithm. `mirror` copies
what is finished to where Optuna looks for it, and `results` delivers what was found.
"""
