"""Models: each module has a function `simulate`."""
