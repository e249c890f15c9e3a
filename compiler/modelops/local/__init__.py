"""Stage `local`: a run's manifests become the processes that do the same on this machine.

Manifests and a few facts of the machine come in; what to start leaves, with its arguments, its
environment and its files. Nothing is started here, and nothing is decided anew: commands, settings
and configuration are those of the manifests, with addresses and folders of this machine in them.
"""

from modelops.local.launch import Launch, LocalRun, Machine, StoreAddress
from modelops.local.run import Unfit, local_run

__all__ = ["Launch", "LocalRun", "Machine", "StoreAddress", "Unfit", "local_run"]
