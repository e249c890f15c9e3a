"""`pulumi-resource-azure-native` over an Azure that is one file, and as strict where it can be.

It refuses names that Azure refuses, a resource whose parent is not there, two changes at a time
where Azure takes one, and a removal while something stands on it. It knows nothing of quotas,
regions or rights.
"""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2_grpc
from tests.infra.answers import answered
from tests.infra.azure_rules import ONE_AT_A_TIME, kind_of
from tests.infra.stand_ins.plugin import serve
from tests.infra.stand_ins.provider import Cloud, Known, Properties, Provider, Refused

PLACE = "AZURE_STAND_IN"
"""The variable that names the file."""

CHANGE = 0.02
"""Seconds that a change takes, so that two of them meet."""


class Azure(Cloud):
    """Resources by their ids, in lower case, and everything that was done."""

    def __init__(self, file: Path, subscription: str) -> None:
        """Go on with what the file holds.

        Args:
            file: there or not.
            subscription: that everything belongs to.
        """
        self._file = file
        self._subscription = subscription
        self._lock = threading.Lock()
        self._changing: set[str] = set()
        self._kept: dict[str, Any] = (
            json.loads(file.read_text()) if file.exists() else {"resources": {}, "done": []}
        )

    def foreseen(self, type_: str, inputs: Properties, /) -> Properties:
        """What it is to be made of; identities are told as a list, and answered as a map."""
        if type_.endswith(":ManagedCluster") and "identity" in inputs:
            return {**inputs, "identity": {"type": inputs["identity"]["type"]}}
        return inputs

    def create(self, type_: str, name: str, inputs: Properties, /) -> tuple[str, Properties]:
        """As Azure would: under the name that it is given, in a parent that is there."""
        kind = kind_of(type_)
        if not kind.allows(str(inputs[kind.named])):
            raise Refused(f"InvalidResourceName: {inputs[kind.named]}")
        keys = inputs.get("linuxProfile", {}).get("ssh", {}).get("publicKeys", [])
        if any(not key["keyData"].startswith("ssh-rsa ") for key in keys):
            raise Refused("InvalidParameter: linuxProfile.ssh.publicKeys.keyData")
        id_ = kind.id(self._subscription, inputs)
        with self._alone(type_, inputs):
            self._has_parent(id_)
            if id_.lower() in self._resources:
                raise Refused(f"cannot create already existing resource '{id_}'")
            known = answered(type_, name, inputs)
            self._keep("create", name, id_, {"id": id_, "inputs": dict(inputs), "known": known})
        return id_, known

    def read(self, _type: str, id_: str, _kept: Known, /) -> Known:
        """What is there, made by whomever."""
        found = self._found(id_)
        return found["inputs"], found["known"]

    def update(self, type_: str, id_: str, inputs: Properties, /) -> Properties:
        """What is known stays, and what is asked for changes."""
        with self._alone(type_, inputs):
            found = self._found(id_)
            known = _over(found["known"], self.foreseen(type_, inputs))
            name = id_.rpartition("/")[2]
            self._keep("update", name, id_, {**found, "inputs": dict(inputs), "known": known})
        return known

    def delete(self, type_: str, id_: str, /) -> None:
        """Only what nothing stands on."""
        found = self._found(id_)
        with self._alone(type_, found["inputs"]):
            within = [each for each in self._resources if each.startswith(f"{id_.lower()}/")]
            if within and kind_of(type_).form != "default":  # one that is always there is set back
                raise Refused(f"{id_} still holds {within}")
            self._keep("delete", id_.rpartition("/")[2], id_, None)

    def fixed(self, type_: str, /) -> tuple[str, ...]:
        """What its id comes from, and what else Azure cannot change."""
        kind = kind_of(type_)
        parts = kind.path.split("{")[1:]
        return (*(part.partition("}")[0] for part in parts), *kind.fixed)

    @property
    def _resources(self) -> dict[str, Any]:
        resources: dict[str, Any] = self._kept["resources"]
        return resources

    def _found(self, id_: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._resources[id_.lower()]
        except KeyError as error:
            raise Refused(f"ResourceNotFound: {id_}") from error
        return found

    def _has_parent(self, id_: str) -> None:
        """A resource is in another of its own provider, or in a group."""
        provider, _, below = id_.lower().rpartition("/providers/")
        parts = below.split("/") if provider else []
        parent = (
            f"{provider}/providers/{'/'.join(parts[:-2])}" if len(parts) > len("nkn") else provider
        )
        default = parent.removesuffix("/blobservices/default")
        if default and not default.endswith(self._subscription) and default not in self._resources:
            raise Refused(f"ParentResourceNotFound: {default}")

    @contextmanager
    def _alone(self, type_: str, inputs: Mapping[str, Any]) -> Iterator[None]:
        kind = type_.rpartition(":")[2]
        turn = f"{kind}/{inputs[ONE_AT_A_TIME[kind]]}" if kind in ONE_AT_A_TIME else ""
        with self._lock:
            if turn in self._changing:
                raise Refused(f"Conflict: another operation is in progress: {turn}")
            self._changing |= {turn} if turn else set()
        time.sleep(CHANGE)
        try:
            yield
        finally:
            with self._lock:
                self._changing.discard(turn)

    def _keep(self, what: str, name: str, id_: str, resource: Mapping[str, Any] | None) -> None:
        with self._lock:
            if resource is None:
                del self._resources[id_.lower()]
            else:
                self._resources[id_.lower()] = resource
            self._kept["done"].append([what, name])
            self._file.write_text(json.dumps(self._kept))


def _over(known: Properties, inputs: Properties) -> Properties:
    """What is known, with what is asked for in its place; what only Azure knows stays."""
    both = known.keys() & inputs.keys()
    merged = {
        key: _over(known[key], inputs[key])
        for key in both
        if isinstance(known[key], dict) and isinstance(inputs[key], dict)
    }
    return {**known, **inputs, **merged}


def main() -> None:
    """Serve the Azure that the environment names."""
    azure = Azure(Path(os.environ[PLACE]), os.environ["ARM_SUBSCRIPTION_ID"])
    provider = Provider(azure, "3.29.0")
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
