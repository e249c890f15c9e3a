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
from tests.infra.answers import answered

from modelops_infra.program import build
from modelops_infra.shapes import Inputs

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample nodes"
DIGEST = "0" * 64


@dataclass
class Recorded(mocks.Mocks):
    """What Azure would answer, in a few words.

    Attributes:
        unanswered: what it does not tell.
    """

    unanswered: frozenset[str] = frozenset()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """The inputs back, with what only Azure knows."""
        known = answered(args.typ, args.name, args.inputs)
        told = {key: value for key, value in known.items() if key not in self.unanswered}
        return args.resource_id or f"/ids/{args.name}", told

    def call(self, _args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        """Nothing is asked for."""
        return {}, None


@dataclass(slots=True)
class Registered:
    """One resource as it was registered.

    Attributes:
        read: whether it is only looked up.
        removed_first: whether it is removed before another one is made in its place.
        after: the names of the resources that must be there before.
    """

    type: str
    name: str
    inputs: Mapping[str, Any]
    read: bool
    protect: bool
    removed_first: bool
    ignored: tuple[str, ...]
    after: tuple[str, ...]


@dataclass
class Monitor(mocks.MockMonitor):
    """Remembers requests: what mocks are told lacks how resources are to be treated."""

    registered: list[Registered] = field(default_factory=list)

    def __init__(self, azure: Recorded) -> None:
        super().__init__(azure)
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
                removed_first=bool(getattr(request, "deleteBeforeReplace", False)),
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


def built(inputs: Inputs, *unanswered: str) -> Built:
    """The program's resources for these inputs, of an Azure that does not answer all."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    azure = Recorded(frozenset(unanswered))
    monitor = Monitor(azure)
    reset_options()
    mocks.set_mocks(azure, project="modelops", stack=inputs.environment, monitor=monitor)
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
