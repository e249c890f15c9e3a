"""Part of the stage `verify`: every reference that an object makes to another by name.

One module for what pods need, one for what other kinds name, one for peers in network policies.
Nothing here looks whether a reference resolves: that is `checks/dangling_reference.py`.
"""

from modelops.verify.references.all import references_of
from modelops.verify.references.reference import Reference

__all__ = ["Reference", "references_of"]
