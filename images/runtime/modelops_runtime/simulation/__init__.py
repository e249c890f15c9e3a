"""Simulations, run here or on Dask: one interface, and what stands behind it on a worker."""
