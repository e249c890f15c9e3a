"""The checks of the stage `verify`: one file each, named for what it forbids, in one tuple.

A check takes the whole placement and yields a diagnostic for every breach. To add one, write its
file, put it into `CHECKS` and give it a failing case.
"""

from modelops.verify.checks.dangling_flux_path import dangling_flux_path
from modelops.verify.checks.dangling_port import dangling_port
from modelops.verify.checks.dangling_reference import dangling_reference
from modelops.verify.checks.dangling_selector import dangling_selector
from modelops.verify.checks.duplicate_identity import duplicate_identity
from modelops.verify.checks.flux_substitution import flux_substitution
from modelops.verify.checks.homeless_object import homeless_object
from modelops.verify.checks.insecure_container import insecure_container
from modelops.verify.checks.insecure_pod import insecure_pod
from modelops.verify.checks.open_namespace import open_namespace
from modelops.verify.checks.plain_secret import plain_secret
from modelops.verify.checks.schema_violation import schema_violation
from modelops.verify.checks.unrepresentable_value import unrepresentable_value
from modelops.verify.placement import Check

CHECKS: tuple[Check, ...] = (
    schema_violation,
    unrepresentable_value,
    plain_secret,
    insecure_pod,
    insecure_container,
    open_namespace,
    dangling_reference,
    dangling_selector,
    dangling_port,
    dangling_flux_path,
    duplicate_identity,
    homeless_object,
    flux_substitution,
)
