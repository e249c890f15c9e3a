"""Part of `render`: what the other stages of a run stand on: accounts, specification, network."""

from modelops.planned import RunPlan
from modelops.render.accounts import account
from modelops.render.metadata import Object, of_unit
from modelops.render.network import neighbour_policy, network


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
    return [*network(run), *(neighbour_policy(run, one) for one in run.neighbours)]
