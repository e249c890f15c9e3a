"""The results of a run: what its log tells, as tables that anything reads.

    trials.parquet        a row for each trial, with a column for each parameter
    replicates.parquet    a row for each simulation of each attempt
    diagnostics.parquet   a row for each attempt that left something to say
    manifest.json         what the folder holds, of which run, made by which versions

`tables` and `manifest` make them of a history, `files` makes bytes of them, and `folder` puts these
in their place, all at once. The same log gives the same bytes.
"""
