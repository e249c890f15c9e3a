"""Kind Service: a workload that the workspaces and runs of an environment share."""

from pydantic import Field

from modelops.model.acceptance import Accept
from modelops.model.fields import Positive, Spec
from modelops.model.layers import ProfileChoice
from modelops.model.secrets import Secrets
from modelops.model.workload import Component


class Capacity(Spec):
    """How much a service can take."""

    participants: Positive | None = Field(
        None, description="People at once, over all workspaces that use it."
    )


class ServiceSpec(Component):
    """A workload that workspaces, runs and other services of the environment reach."""

    profile: ProfileChoice | None = Field(
        None, description="One profile or a list; absent: the environment's. Only in the file."
    )
    secrets: Secrets = Field(description="Every Secret that it needs, and how it comes to be.")
    capacity: Capacity = Field(default_factory=Capacity, description="How much it can take.")
    accept: Accept = Field(description="Warnings accepted in this file: code to reason.")
