"""Compiling in parts: sources are cut, each part goes through the pipeline, the results are joined.

What a unit becomes follows from its own file, from what its environment shares and from what all
share; no unit looks at another. So a few may be compiled without the rest: those that changed, or
those that this process has taken on while another works on the others. Joined, the artefacts and
findings are those of one compile of everything; where that is in doubt, `None` says so.

Knows nothing of caches. Only `crew` touches the world: it starts processes. It and `join` are
imported where they are used, for `crew` brings all stages along.
"""

from modelops.parts.cut import Cut, cut, environment_of, leaf_unit
from modelops.parts.piece import NOTHING, Known, Login, Part, Piece

__all__ = [
    "NOTHING",
    "Cut",
    "Known",
    "Login",
    "Part",
    "Piece",
    "cut",
    "environment_of",
    "leaf_unit",
]
