"""Compiling again only what changed: sources come in, the same artefacts leave as without it.

What came of each unit's file is known by hashes, under a key of all that it follows from; the
content is what stands in `generated/`. So a unit is made again where something that it reads has
changed, or where its files do not stand; and where nothing has changed at all, no file is opened.
Whatever is wrong with the cache is a miss: never an error, and never another output. Says nothing
to people.
"""

from modelops.cache.anew import anew
from modelops.cache.asked import Asked, Before, Compiled, Verified
from modelops.cache.compiled import compiled
from modelops.cache.reasons import Rebuilt
from modelops.cache.verified import verified

__all__ = ["Asked", "Before", "Compiled", "Rebuilt", "Verified", "anew", "compiled", "verified"]
