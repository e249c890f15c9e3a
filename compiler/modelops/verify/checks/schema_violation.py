"""VER001: an object that the Kubernetes schema of a targeted minor, or its CRD, refuses.

Targeted are the environment's minor and its neighbours, so that a cluster may be upgraded without
a change of manifests. Grammar inside strings (names, images, durations) is not in the schemas.
"""

from collections.abc import Iterator

from jsonschema_rs import ValidationError, ValidationErrorKind, Validator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import ver
from modelops.provenance import DataPath, start_of
from modelops.verify.paths import shown, text_at
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, finding
from modelops.verify.schemas import (
    MASK,
    Minor,
    common_validator,
    custom_validator,
    minors_around,
    validator,
)

HELP = "the cluster would refuse this object: change the input that the field is made from"


def schema_violation(placement: Placement) -> Iterator[Diagnostic]:
    """Yield what the schemas of each environment's minors say."""
    for environment in placement.environments:
        minors = minors_around(environment.kubernetes)
        if minors:
            for placed in environment.objects:
                yield from _object(placed, minors)
        else:
            yield _untargeted(environment)


def _untargeted(environment: PlacedEnvironment) -> Diagnostic:
    return Diagnostic(
        rule=ver.VER001,
        message=f"no schemas of Kubernetes {environment.kubernetes} are known",
        at=start_of(environment.source),
        help=f"target one of: {', '.join(Minor)}",
    )


def _object(placed: Placed, minors: tuple[Minor, ...]) -> Iterator[Diagnostic]:
    api_version, kind = text_at(placed.body, "apiVersion"), text_at(placed.body, "kind")
    custom = custom_validator(api_version, kind)
    if custom:
        for path, text in _violations(custom, placed):
            yield finding(ver.VER001, placed, path, text, HELP)
        return
    common = common_validator(minors, api_version, kind)
    if common and common.is_valid(placed.body):
        return
    concerned: dict[tuple[DataPath, str], list[Minor]] = {}
    unknown = f"no schema is known for {kind or 'an object without a kind'}"
    unknown += f" of {api_version}" if api_version else " without an apiVersion"
    for minor in minors:
        native = validator(minor, api_version, kind)
        for said in _violations(native, placed) if native else [((), unknown)]:
            concerned.setdefault(said, []).append(minor)
    for (path, text), found in concerned.items():
        yield finding(ver.VER001, placed, path, f"{text} (Kubernetes {', '.join(found)})", HELP)


def _violations(schema: Validator, placed: Placed) -> Iterator[tuple[DataPath, str]]:
    if not schema.is_valid(placed.body):
        for error in schema.iter_errors(placed.body):
            yield from _sayings(error)


def _sayings(error: ValidationError) -> Iterator[tuple[DataPath, str]]:
    path = tuple(error.instance_path)
    if isinstance(error.kind, ValidationErrorKind.AdditionalProperties):
        for name in error.kind.unexpected:
            yield (*path, name), "there is no such field"
    elif isinstance(error.kind, ValidationErrorKind.Required):
        yield path, f"`{error.kind.property}` is missing"
    elif isinstance(error.kind, ValidationErrorKind.Enum):
        options = ", ".join(map(shown, error.kind.options))
        yield path, f"{shown(error.instance)} is not one of {options}"
    elif error.instance is not None or isinstance(path[-1], int):
        # A null in a map is for unrepresentable_value to find; those in lists arrive.
        yield path, error.message.replace(MASK, shown(error.instance))
