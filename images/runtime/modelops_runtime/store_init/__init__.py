"""`store-init`: makes everything of a run's store that its workers need, before they start.

Our tables, the run's row, Optuna's tables and the study. What is there already stays as it is; so
it may run again, and twice at once.

    python -m modelops_runtime store-init --timeout 300
"""
