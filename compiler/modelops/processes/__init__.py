"""The shell's other hands: starts processes of this machine, watches them, and ends them.

What to start comes in; nothing here knows what it is for. A process that should go on and ends is
started again, as its pod would be; all of them end with the program, however that ends.
"""

from modelops.processes.children import Child, ProcessFailure, Role
from modelops.processes.crew import Crew
from modelops.processes.folder import Occupied, free_port, is_occupied, occupied, written
from modelops.processes.lines import Told, following
from modelops.processes.once import said

__all__ = [
    "Child",
    "Crew",
    "Occupied",
    "ProcessFailure",
    "Role",
    "Told",
    "following",
    "free_port",
    "is_occupied",
    "occupied",
    "said",
    "written",
]
