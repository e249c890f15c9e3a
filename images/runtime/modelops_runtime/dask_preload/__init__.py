"""What Dask's schedulers and workers do when they start: `--preload modelops_runtime.dask_preload`.

A worker learns to simulate, as the file at MODELOPS_CONFIG says; all write their log as JSON. Dask
would log a failure here and go on, with a worker that fails whatever it is given: so the process
ends instead, and its pod says why.
"""

from modelops_runtime.dask_preload.preload import dask_setup, dask_teardown

__all__ = ["dask_setup", "dask_teardown"]
