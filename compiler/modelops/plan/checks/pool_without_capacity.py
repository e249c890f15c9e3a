"""CFG011: a node pool of which nobody can tell what its nodes have."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.model import Configuration, Configured, EnvironmentSpec
from modelops.model.cluster import Pool, Provider
from modelops.plan.facts.azure_vm_sizes import VM_SIZES


def pool_without_capacity(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse pools without a known VM size and without `allocatable`, and min above max."""
    for one in configuration.environments:
        for name, pool in one.environment.spec.cluster.pools.items():
            yield from _capacity(one.environment, name, pool)
            yield from _bounds(one.environment, name, pool)


def _capacity(
    environment: Configured[EnvironmentSpec], name: str, pool: Pool
) -> Iterator[Diagnostic]:
    if pool.allocatable is not None:
        return
    here = ("cluster", "pools", name)
    example = "add `allocatable: {cpu: …, memory: …}`: what one node gives to pods"
    if pool.vm_size is None:
        aks = environment.spec.cluster.provider is Provider.AKS
        yield Diagnostic(
            cfg.CFG011,
            f"the pool `{name}` does not say what its nodes have",
            environment.at_key(*here),
            "add its `vmSize`" if aks else example,
        )
    elif pool.vm_size not in VM_SIZES:
        yield Diagnostic(
            cfg.CFG011,
            f"the VM size `{pool.vm_size}` is not one that the compiler knows",
            environment.at(*here, "vmSize"),
            f"{did_you_mean(pool.vm_size, VM_SIZES)}\nor {example}",
        )


def _bounds(
    environment: Configured[EnvironmentSpec], name: str, pool: Pool
) -> Iterator[Diagnostic]:
    if pool.min > pool.max:
        yield Diagnostic(
            cfg.CFG011,
            f"the pool `{name}` has at least {pool.min} nodes, and at most {pool.max}",
            environment.at("cluster", "pools", name, "min"),
            f"set min to {pool.max} or less, or max to {pool.min} or more",
        )
