"""Part of stage `validate`: what is said of values that are of the wrong type or out of bounds."""

import re
from typing import Any, get_args

from pydantic import StringConstraints

from modelops.model.azure import (
    Location,
    ResourceId,
    ServerSize,
    ServerVersion,
    TagName,
    TimeOfDay,
    UtcOffset,
    Variable,
    Zone,
)
from modelops.model.cloud import Address, IdentityName
from modelops.model.cluster import KubernetesVersion
from modelops.model.context import ContextName
from modelops.model.environment import GitUrl
from modelops.model.fields import HostName
from modelops.model.images import Digest, Python, Repository, Tag
from modelops.model.run import BundleImage, SourcePath
from modelops.model.search import ParameterName
from modelops.model.store import Cron
from modelops.model.workload import ComponentName, ContainerPath, PortName, RequestPath
from modelops.model.workspace import Cidr, Host
from modelops.validate.fault import Fault, Said, meaning, none_of

NEEDED = {
    "bool_type": "true or false",
    "dict_type": "a map",
    "float_type": "a number",
    "int_type": "a whole number",
    "mapping_type": "a map",
    "model_attributes_type": "a map",
    "model_type": "a map",
    "string_type": "text",
    "tuple_type": "a list",
}
"""What pydantic's type errors ask for."""

LIMITS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
"""Pydantic's range errors: the limit's name in the context, and the comparison."""

_BOOLEANS = {"true": "true", "yes": "true", "on": "true"} | {
    "false": "false",
    "no": "false",
    "off": "false",
}
_WHOLE = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def not_allowed(fault: Fault) -> Said:
    """A value that is none of an enum's or a literal's."""
    return none_of(fault, fault.target.slot.allowed() if fault.target.slot else ())


def wrong_type(fault: Fault) -> Said:
    """A value of another type than the model wants."""
    needed = NEEDED.get(fault.type, "one value")
    message = f"{fault.name} is {fault.found}, and {needed} is needed"
    return message, _rewritten(fault) or meaning(fault.target.slot) or f"write {needed}"


def _rewritten(fault: Fault) -> str:
    """How to write what was probably meant; empty where nobody can know."""
    text = fault.typed
    remedy = ""
    match fault.type, fault.value:
        case _ if fault.value is None or text != fault.text:
            pass  # null, a map or a list, or too long to write twice
        case "string_type", _:
            remedy = f'quote it: "{text}"'
        case "tuple_type", _:
            remedy = f"write a list: [{text}]"
        case "bool_type", str() if text.lower() in _BOOLEANS:
            remedy = f"write {_BOOLEANS[text.lower()]}, without quotes"
        case "int_type", str() if _WHOLE.fullmatch(text):
            remedy = f"write it without quotes: {int(text)}"
        case "int_type", float(value) if value.is_integer():
            remedy = f"write {value:.0f}"
        case "float_type", str() if _NUMBER.fullmatch(text):
            remedy = f"write it without quotes: {text}"
    return remedy


def out_of_range(fault: Fault) -> Said:
    """A number beyond a limit."""
    key, comparison = LIMITS[fault.type]
    limit = fault.context[key]
    bound = f"{comparison} {int(limit) if limit == int(limit) else limit}"
    return f"{fault.name} is {fault.typed}, and must be {bound}", f"write {bound}"


def not_finite(fault: Fault) -> Said:
    """Infinity, or what is no number."""
    return f"{fault.name} is {fault.typed}, and must be a finite number", "write a number"


def too_short(fault: Fault) -> Said:
    """Text or a list without what must be in it."""
    what = "an empty list" if isinstance(fault.value, list) else "empty"
    return f"{fault.name} is {what}", meaning(fault.target.slot) or "write it, or leave it out"


def too_long(fault: Fault) -> Said:
    """Text beyond its limit."""
    message = f"{fault.name} has {len(str(fault.value))} characters"
    return message, f"shorten it to {fault.context['max_length']}"


def _pattern(annotation: Any) -> str:  # noqa: ANN401 -- a type form
    """The pattern of an annotated text type."""
    constraints = (each for each in get_args(annotation) if isinstance(each, StringConstraints))
    return str(next(each.pattern for each in constraints))


SPOKEN = {
    _pattern(KubernetesVersion): 'a minor such as "1.35", or an exact patch such as "1.35.2"',
    _pattern(Repository): "an image's name without tag and digest: lower-case parts joined by "
    "slashes, such as ghcr.io/team/worker; a host's port is 1 to 65535",
    _pattern(Tag): 'at most 128 letters, digits, dots, dashes and underscores, such as "1.4.0"',
    _pattern(Digest): "sha256: and 64 digits and letters a to f",
    _pattern(Python): 'a minor version such as "3.12"',
    _pattern(GitUrl): "https://HOST/PATH, or ssh://git@HOST/PATH",
    _pattern(Host): "a registry's host without https://, such as ghcr.io or ghcr.io/team; its port "
    "is 1 to 65535",
    _pattern(Cidr): "an address and the length of its prefix, such as 10.1.0.0/16",
    _pattern(HostName): "a DNS name of lower-case letters, digits and dashes, such as "
    "mlflow.dev.models.example.org",
    _pattern(ContextName): "letters and digits, beginning with a letter, such as contentFocus",
    _pattern(ParameterName): "letters, digits, dots, dashes and underscores, beginning with a "
    "letter",
    _pattern(BundleImage): "an image by its digest, such as ghcr.io/team/sir@sha256:…",
    _pattern(SourcePath): "a folder below the project's root, such as models/sir",
    _pattern(Cron): 'five fields of cron, such as "0 3 * * *", or @daily',
    _pattern(ComponentName): "lower-case letters, digits and dashes, beginning with a letter",
    _pattern(PortName): "at most 15 lower-case letters, digits and dashes, such as http",
    _pattern(ContainerPath): "an absolute path, such as /etc/agent/config.json",
    _pattern(RequestPath): "the path of a URL, such as /health",
    _pattern(Location): "a region as Azure names it, such as eastus2",
    _pattern(ResourceId): "the id that `az resource show --query id` tells",
    _pattern(TimeOfDay): "a time of the day, such as 02:00",
    _pattern(UtcOffset): "what is ahead of UTC, such as +01:00",
    _pattern(Variable): "an environment variable, such as MODELOPS_SSH_PUBLIC_KEY",
    _pattern(Zone): 'a zone: "1", "2" or "3"',
    _pattern(ServerSize): "a size with its tier in front, such as GP_Standard_D2ds_v5",
    _pattern(ServerVersion): 'a major version from "14" to "18"',
    _pattern(
        Address
    ): "an address that begins with https://, such as https://data.blob.core.windows.net/",
    _pattern(IdentityName): "a name of 3 to 128 letters, digits, dashes and underscores",
    _pattern(TagName): "a tag's name without <, >, %, &, \\, ? and /",
    r"^[-._a-zA-Z0-9]{1,253}$": "letters, digits, dashes, dots and underscores",
    r"^[A-Za-z0-9._/-]{1,200}$": "a branch's name: letters, digits, dots, dashes and slashes",
}
"""What each pattern of the models means, for people; a test finds the pattern that is not here."""


def wrong_form(fault: Fault) -> Said:
    """Text that does not have the form of what it is."""
    spoken = SPOKEN.get(fault.context["pattern"])
    remedy = f"write {spoken}" if spoken else meaning(fault.target.slot)
    return f"{fault.name} cannot be `{fault.typed}`", remedy


def unexplained(fault: Fault) -> Said:
    """What no function here has words for; a test finds the models' types that lead here."""
    return f"{fault.name} has a value that does not fit", meaning(fault.target.slot)
