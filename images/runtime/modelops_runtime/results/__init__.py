"""The result store: tables that are too large to travel with their results, by checksum.

`store` says what a store can do, `directory` is one in a folder, which may be a shared volume,
`whole_files` writes there, and `placement` decides what goes there.
"""
