"""`export-results`: writes what a run's store holds into a folder, at any time, from anywhere.

python -m modelops_runtime export-results --to FOLDER
"""
