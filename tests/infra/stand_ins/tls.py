"""`pulumi-resource-tls`: keys that are no keys, another one each time that one is made."""

import uuid

from pulumi.runtime.proto import provider_pb2_grpc
from tests.infra.stand_ins.plugin import serve
from tests.infra.stand_ins.provider import Cloud, Known, Properties, Provider

PREFIXES = {"RSA": "ssh-rsa", "ED25519": "ssh-ed25519"}


class Keys(Cloud):
    """Private keys; Pulumi's state is the only place that has them."""

    def foreseen(self, _type: str, inputs: Properties, /) -> Properties:
        """What it is to be made of."""
        return inputs

    def create(self, _type: str, _name: str, inputs: Properties, /) -> tuple[str, Properties]:
        """A new one."""
        key = uuid.uuid4().hex
        public = f"{PREFIXES[inputs['algorithm']]} {key}\n"
        return key, {**inputs, "publicKeyOpenssh": public, "privateKeyOpenssh": f"private {key}"}

    def read(self, _type: str, _id: str, kept: Known, /) -> Known:
        """Nobody else has it."""
        return kept

    def delete(self, _type: str, _id: str, /) -> None:
        """There is nothing to remove."""

    def fixed(self, _type: str, /) -> tuple[str, ...]:
        """Any other property makes another key."""
        return ("algorithm", "rsaBits", "ecdsaCurve")


def main() -> None:
    """Serve them."""
    provider = Provider(Keys(), "5.6.2")
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
