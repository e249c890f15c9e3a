"""Bundles: the code of models, packed into artefacts of a registry, fetched, and kept on a disk.

`paths`, `layer`, `artefact` and `place` decide and touch nothing. `folder` reads and writes
folders, `registry` and `sources` reach where bundles are, `fetch` takes what they give and believes
none of it, and `cache` keeps it for all processes of a machine. `environment` reads what a bundle
says about the interpreter it needs.
"""
