"""The result store: what is kept of simulations and runs, in a folder or in a container of blobs.

`object_store` says what every store can do. `folder` is one on a disk or a volume, whose files
`whole_files` writes; `blobs` is one in Azure, `connection` how it is reached, and `failures` what
went wrong there. On top of either, `content_store` keeps tables that are too large to travel with
their results, by checksum, and `placement` decides which do.
"""
