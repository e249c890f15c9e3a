"""Targets: each module has a function that gives a loss."""
