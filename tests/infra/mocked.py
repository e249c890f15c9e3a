"""The program run against Pulumi's mocks: every resource that it registers, with its inputs.

Mocks know the names of arguments and nothing of Azure: what a value may be is tested by the rules
for it, not here.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks, stack
from pulumi.runtime.settings import reset_options

from modelops_infra.program import build
from modelops_infra.shapes import Inputs

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample nodes"
DIGEST = "0" * 64


@dataclass
class Recorded(mocks.Mocks):
    """What Azure would answer, in a few words."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """The inputs back, with what only Azure knows."""
        named = [str(args.inputs[key]) for key in NAMES if key in args.inputs]
        name = next(iter(named), args.name)
        answered = {
            "name": name,
            "identityProfile": {"kubeletidentity": {"objectId": "kubelet-object"}},
            "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://oidc.example.org/1"},
            "loginServer": f"{name}.azurecr.io",
            "principalId": f"{name}-principal",
            "clientId": f"{name}-client",
            "fullyQualifiedDomainName": f"{name}.postgres.database.azure.com",
            "primaryEndpoints": {"blob": f"https://{name}.blob.core.windows.net/"},
        }
        if args.typ.endswith(":ManagedCluster"):  # told as a list, answered as a map
            answered["identity"] = {"type": "UserAssigned"}
        if args.typ.endswith(":Vault"):
            answered["properties"] = {
                **args.inputs["properties"],
                "vaultUri": f"https://{name}.vault.azure.net/",
            }
        return args.resource_id or f"/ids/{args.name}", {**args.inputs, **answered}

    def call(self, _args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        """Nothing is asked for."""
        return {}, None


NAMES = (
    *("accountName", "registryName", "vaultName", "serverName", "resourceName", "subnetName"),
    *("virtualNetworkName", "privateZoneName", "containerName", "resourceGroupName"),
)
"""What a resource is called in Azure; the group that it is in comes last."""


@dataclass(slots=True)
class Registered:
    """One resource as it was registered.

    Attributes:
        read: whether it is only looked up.
        after: the names of the resources that must be there before.
    """

    type: str
    name: str
    inputs: Mapping[str, Any]
    read: bool
    protect: bool
    ignored: tuple[str, ...]
    after: tuple[str, ...]


@dataclass
class Monitor(mocks.MockMonitor):
    """Remembers requests: what mocks are told lacks how resources are to be treated."""

    registered: list[Registered] = field(default_factory=list)

    def __init__(self) -> None:
        super().__init__(Recorded())
        self.registered = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 -- Pulumi's own name
        """Remember it, and answer as before."""
        self._remember(request, read=False)
        with _no_loop_left():
            return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def ReadResource(self, request: Any) -> Any:  # noqa: ANN401, N802 -- Pulumi's own name
        """Remember it, and answer as before."""
        self._remember(request, read=True)
        with _no_loop_left():
            return super().ReadResource(request)  # type: ignore[no-untyped-call]

    def _remember(self, request: Any, *, read: bool) -> None:  # noqa: ANN401 -- a message
        if request.type == "pulumi:pulumi:Stack":
            return
        tree = request.properties if read else request.object
        self.registered.append(
            Registered(
                type=request.type,
                name=request.name,
                inputs=MessageToDict(tree),
                read=read,
                protect=bool(getattr(request, "protect", False)),
                ignored=tuple(getattr(request, "ignoreChanges", ())),
                after=tuple(sorted(each.rpartition("::")[2] for each in request.dependencies)),
            )
        )


@contextmanager
def _no_loop_left() -> Iterator[None]:
    """Close the event loop that the mocks make for each thread and leave behind."""
    try:
        yield
    finally:
        with suppress(RuntimeError):  # a resource that is only looked up makes none
            asyncio.get_event_loop().close()
        asyncio.set_event_loop(None)


@dataclass(frozen=True, slots=True)
class Built:
    """What the program registered, sorted by name, and what it tells others."""

    resources: tuple[Registered, ...]
    outputs: Mapping[str, Any]

    def __getitem__(self, name: str) -> Registered:
        """The resource of this name in the program."""
        return next(each for each in self.resources if each.name == name)

    def of(self, kind: str) -> list[Registered]:
        """Every resource of a type."""
        return [each for each in self.resources if each.type.endswith(f":{kind}")]


def built(inputs: Inputs) -> Built:
    """The program's resources for these inputs."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    monitor = Monitor()
    reset_options()
    mocks.set_mocks(Recorded(), project="modelops", stack=inputs.environment, monitor=monitor)
    told: dict[str, Any] = {}

    async def run() -> None:
        outputs = build(inputs, DIGEST, KEY)
        pulumi.Output.all(**outputs).apply(told.update)
        await stack.wait_for_rpcs()

    try:
        loop.run_until_complete(run())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    return Built(tuple(sorted(monitor.registered, key=lambda each: each.name)), told)
