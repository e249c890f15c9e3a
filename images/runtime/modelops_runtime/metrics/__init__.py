"""What the runtime counts, for Prometheus: each family is made once per process, when imported.

They are in the default registry of `prometheus_client`: on schedulers and workers, Dask serves it.
"""
