"""Compiling again only what changed: sources come in, the same artefacts leave as without it.

Two levels: a whole compile by its sources, and a unit by its objects. A hit of the first runs no
stage and imports none; of the second, spares the Node child that unit. Whatever is wrong with the
cache is a miss: never an error, and never another output. Says nothing to people.
"""

from modelops.cache.compiled import Asked, Compiled, Verified, compiled, verified
from modelops.cache.reasons import Rebuilt

__all__ = ["Asked", "Compiled", "Rebuilt", "Verified", "compiled", "verified"]
