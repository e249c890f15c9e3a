"""Simulations, run here or on Dask: one interface, and what stands behind it on a worker.

`service` says what every simulation service can do. `local` is one in this process, on the threads
of `lanes`; `dask` is one on a cluster, over its connection, its pending results and its trials,
whose tasks have the names of `keys`. Both read many tasks `in_order`, in units whose size `batch`
decides.

Where simulations run, `composition` makes a `worker` of what the compiler wrote, and `tasks` are
what Dask calls there. It keeps results in a `cache`, as far as there is `room`; `running` knows
what can be stopped, `replicate` what becomes of a trial, and `delivery` writes the files of a run.
"""
