"""`local-store`: a Postgres for one person, in a folder, as long as somebody needs it.

It tells where it is as one line of JSON, stays until SIGTERM, Ctrl-C or the end of its standard
input, where that is a pipe, and then stops the server. What is in the folder is there the next
time, however it ended.

    python -m modelops_runtime local-store --directory .modelops/store

Where a server is named, by `--dsn` or `MODELOPS_STORE_DSN`, that one is told instead, and none is
started. `embedded` is the server in the folder, `named` the one of a DSN, and `address` what is
told of either.
"""
