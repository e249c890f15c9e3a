"""Part of `render`: what the other stages of a run stand on: accounts, specification, network."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelops.planned import NeighbourPolicy, RunPlan
from modelops.render.accounts import account
from modelops.render.metadata import Object, of_unit
from modelops.render.network import network, network_policy


def run_accounts(run: RunPlan) -> list[Object]:
    """One account for each part of the run; none has rights or a token."""
    return [account(run, pod) for pod in run.accounts]


def run_config(run: RunPlan) -> list[Object]:
    """The resolved specification; workers are made anew by a hash of it in their template."""
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": of_unit(run, run.config.name),
            "data": dict(run.config.values),
        }
    ]


def run_network(run: RunPlan) -> list[Object]:
    """The policies of the run's own namespace, then its half of others'."""
    return [*network(run), *(_neighbour(run, one) for one in run.neighbours)]


@dataclass(frozen=True, slots=True)
class _Abroad:
    """The run's labels in the namespace of another unit."""

    namespace: str
    labels: Mapping[str, str]
    product: str


def _neighbour(run: RunPlan, one: NeighbourPolicy) -> Object:
    return network_policy(_Abroad(one.namespace, run.labels, run.product), one.policy)
