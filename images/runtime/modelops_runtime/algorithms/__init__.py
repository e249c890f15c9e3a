"""Adaptive algorithms: the ask/tell protocol, and how an algorithm is found by its name."""
