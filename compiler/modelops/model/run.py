"""Kind Run: a search for parameters, on a workspace, with a store of its own."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from modelops.model.acceptance import Accept
from modelops.model.fields import (
    Count,
    Duration,
    Labels,
    Name,
    PoolName,
    Positive,
    SourceText,
    Spec,
)
from modelops.model.images import DIGEST, REPOSITORY, TAG
from modelops.model.layers import ProfileChoice
from modelops.model.resources import BytesAmount, CpuAmount
from modelops.model.search import Algorithm, ModelReference, Objective, Parameters
from modelops.model.secrets import EnvText, SecretEnv, Secrets
from modelops.model.store import Store
from modelops.model.uses import UnitName, Uses

BundleImage = Annotated[
    str, StringConstraints(pattern=rf"^{REPOSITORY}(?::{TAG})?@{DIGEST}$", max_length=400)
]
SourcePath = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$", max_length=255
    ),
]


class Bundle(Spec):
    """The code of the model; both absent: the worker image carries it."""

    image: BundleImage | None = Field(None, description="What the cluster uses, by digest.")
    path: SourcePath | None = Field(
        None, description="What a local run uses: a folder below the project's root."
    )


class RunWorkerMode(StrEnum):
    """Which workers own the search."""

    COORDINATED = "coordinated"
    INDEPENDENT = "independent"


class RunWorkerResources(Spec):
    """What each worker's container gets."""

    cpu: CpuAmount = Field(
        {"request": "1", "limit": "2"}, validate_default=True, description="CPUs."
    )
    memory: BytesAmount = Field(
        {"request": "2Gi", "limit": "4Gi"}, validate_default=True, description="Memory."
    )
    ephemeral_storage: BytesAmount | None = Field(
        None, description="Disk of the node; absent: computed from its volumes."
    )


class RunWorkers(Spec):
    """The pods that ask for parameter sets and tell results; simulations run on Dask."""

    image: Name = Field(
        "adaptive-worker", description="A name in images.yaml, or a full image reference."
    )
    mode: RunWorkerMode = Field(
        RunWorkerMode.COORDINATED,
        description="coordinated: one elected leader, the others stand by | independent: each "
        "asks and tells.",
    )
    replicas: Positive = Field(2, description="How many pods.")
    pool: PoolName = Field("cpu", description="A node pool of the environment.")
    resources: RunWorkerResources = Field(
        default_factory=RunWorkerResources, description="What each pod's container gets."
    )
    env: EnvText = Field(description="Environment variables.")


class RunSpec(Spec):
    """One search for parameters."""

    workspace: UnitName = Field("default", description="The workspace whose Dask it runs on.")
    profile: ProfileChoice | None = Field(
        None, description="One profile or a list; absent: the environment's. Only in the file."
    )
    labels: Labels = Field(
        description="Added to the namespace and every object of the unit; not to pods."
    )
    bundle: Bundle = Field(default_factory=Bundle, description="The code of the model.")
    model: ModelReference = Field(description="What is simulated: module.path/scenario.")
    objective: Objective = Field(description="What is made better.")
    parameters: Parameters = Field(description="What is varied, by name.")
    algorithm: Algorithm = Field(default_factory=Algorithm, description="How the search goes.")
    trials: Positive = Field(200, description="How many parameter sets are tried.")
    replicates: Positive = Field(10, description="Simulations of each, with seeds of their own.")
    in_flight: Positive = Field(16, description="Trials that run on Dask at once.")
    batch: Positive = Field(
        4, description="Parameter sets that an independent worker asks for at once."
    )
    timeout: Duration = Field("30m", validate_default=True, description="Most time for one trial.")
    retries: Count = Field(2, description="How often a failed trial is tried again.")
    deadline: Duration = Field(
        "12h", validate_default=True, description="Most time for the whole run."
    )
    workers: RunWorkers = Field(
        default_factory=RunWorkers, description="The pods that lead the search."
    )
    store: Store = Field(default_factory=Store, description="Where trials are kept.")
    secrets: Secrets = Field(
        description="Every Secret that the unit needs, and how it comes to be."
    )
    secret_env: SecretEnv = Field(
        description="Environment variables of the workers that are read from Secrets."
    )
    uses: Uses = Field(description="Services of the environment that its workers reach, by name.")
    restart: SourceText = Field("", description="Change it to run a finished or failed run again.")
    accept: Accept = Field(description="Warnings accepted in this file: code to reason.")
