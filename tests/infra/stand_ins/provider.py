"""A provider of Pulumi that keeps what it made in a file, and answers of it."""

from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

Properties = Mapping[str, Any]
Known = tuple[Properties, Properties]
"""What a resource was made of, and what is known of it."""


class Refused(Exception):  # noqa: N818 -- named for what is so
    """The cloud does not do it; the message says why."""


class Cloud:
    """What a provider speaks to."""

    def foreseen(self, type_: str, inputs: Properties, /) -> Properties:
        """What a preview knows of a resource."""
        raise NotImplementedError

    def create(self, type_: str, name: str, inputs: Properties, /) -> tuple[str, Properties]:
        """Make a resource: its id, and what is to be known of it."""
        raise NotImplementedError

    def read(self, type_: str, id_: str, kept: Known, /) -> Known:
        """What it was made of and what is known of it, where Pulumi has kept this."""
        raise NotImplementedError

    def update(self, type_: str, id_: str, inputs: Properties, /) -> Properties:
        """Change it in place."""
        raise NotImplementedError

    def delete(self, type_: str, id_: str, /) -> None:
        """Remove it."""
        raise NotImplementedError

    def fixed(self, type_: str, /) -> tuple[str, ...]:
        """The properties that cannot be changed in place."""
        raise NotImplementedError


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Pulumi's side of it."""

    def __init__(self, cloud: Cloud, version: str) -> None:
        """Stand between Pulumi and a cloud.

        Args:
            cloud: what does the work.
            version: of the plugin that this is in place of.
        """
        self._cloud = cloud
        self._version = version

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return plugin_pb2.PluginInfo(version=self._version)

    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, _request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return empty_pb2.Empty()

    def Diff(self, request: Any, _context: Any) -> Any:  # noqa: ANN401, N802 -- Pulumi's own name
        """By property: what differs, and what of it cannot be changed in place."""
        old, new = MessageToDict(request.old_inputs), MessageToDict(request.news)
        changed = sorted(key for key in old | new if old.get(key) != new.get(key))
        answer = provider_pb2.DiffResponse
        return answer(
            changes=answer.DIFF_SOME if changed else answer.DIFF_NONE,
            diffs=changed,
            replaces=[key for key in changed if key in self._cloud.fixed(_type(request))],
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 -- Pulumi's own name
        """Make it."""
        inputs = MessageToDict(request.properties)
        if request.preview:
            foreseen = self._cloud.foreseen(_type(request), inputs)
            return provider_pb2.CreateResponse(properties=_struct(foreseen))
        try:
            id_, known = self._cloud.create(_type(request), _name(request), inputs)
        except Refused as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return provider_pb2.CreateResponse(id=id_, properties=_struct(known))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 -- Pulumi's own name
        """Look it up."""
        kept = MessageToDict(request.inputs), MessageToDict(request.properties)
        try:
            inputs, known = self._cloud.read(_type(request), request.id, kept)
        except Refused as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return provider_pb2.ReadResponse(
            id=request.id, inputs=_struct(inputs), properties=_struct(known)
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 -- Pulumi's own name
        """Change it in place."""
        inputs = MessageToDict(request.news)
        if request.preview:
            foreseen = self._cloud.foreseen(_type(request), inputs)
            return provider_pb2.UpdateResponse(properties=_struct(foreseen))
        try:
            known = self._cloud.update(_type(request), request.id, inputs)
        except Refused as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return provider_pb2.UpdateResponse(properties=_struct(known))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 -- Pulumi's own name
        """Remove it."""
        try:
            self._cloud.delete(_type(request), request.id)
        except Refused as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return empty_pb2.Empty()


def _type(request: Any) -> str:  # noqa: ANN401 -- a message
    return str(request.urn.split("::")[2].rpartition("$")[2])


def _name(request: Any) -> str:  # noqa: ANN401 -- a message
    return str(request.urn.split("::")[3])


def _struct(properties: Properties) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(dict(properties))
    return struct
