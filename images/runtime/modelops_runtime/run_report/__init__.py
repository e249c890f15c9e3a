"""`run-report`: draws how a run went, from its folder of results, as pictures and on the terminal.

    python -m modelops_runtime run-report FOLDER --width 100

`reading` makes values of the folder, `importance` asks Optuna how much each parameter matters,
`pictures` draws both as PNG, and `text` as lines of a terminal.
"""
