"""Part of `render`: what the program that makes an environment's infrastructure reads."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from modelops.manifests import Document
from modelops.names import camel
from modelops.planned import InfraPlan
from modelops.planned.azure import CredentialInputs

FILE = "inputs.json"


def inputs(plan: InfraPlan) -> Document:
    """The file: everything that was decided, as it stands."""
    tree = {camel(one.name): _json(getattr(plan.inputs, one.name)) for one in fields(plan.inputs)}
    return Document(f"{plan.unit}/{FILE}", plan.unit, plan.source, tree)


def credential(planned: CredentialInputs) -> dict[str, str]:
    """One of an identity's, as the file has it."""
    return {camel(one.name): getattr(planned, one.name) for one in fields(planned)}


def _json(value: object) -> object:
    if isinstance(value, CredentialInputs):
        return credential(value)
    if is_dataclass(value):
        return {camel(one.name): _json(getattr(value, one.name)) for one in fields(value)}
    match value:
        case Mapping():
            return dict(value)
        case tuple():
            return [_json(each) for each in value]
    return value
