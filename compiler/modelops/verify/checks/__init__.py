"""The checks of the stage `verify`: one file each, named for what it forbids, in one tuple.

A check takes the whole placement and yields a diagnostic for every breach. To add one, write its
file, put it into `CHECKS` and give it a failing case.
"""

from modelops.verify.checks.blocked_flow import blocked_flow
from modelops.verify.checks.blocking_budget import blocking_budget
from modelops.verify.checks.careless_kustomization import careless_kustomization
from modelops.verify.checks.dangling_flux_path import dangling_flux_path
from modelops.verify.checks.dangling_port import dangling_port
from modelops.verify.checks.dangling_reference import dangling_reference
from modelops.verify.checks.dangling_selector import dangling_selector
from modelops.verify.checks.duplicate_identity import duplicate_identity
from modelops.verify.checks.flux_substitution import flux_substitution
from modelops.verify.checks.homeless_object import homeless_object
from modelops.verify.checks.insecure_container import insecure_container
from modelops.verify.checks.insecure_pod import insecure_pod
from modelops.verify.checks.missing_probe import missing_probe
from modelops.verify.checks.needless_api_access import needless_api_access
from modelops.verify.checks.open_namespace import open_namespace
from modelops.verify.checks.overlapping_paths import overlapping_paths
from modelops.verify.checks.oversized_object import oversized_object
from modelops.verify.checks.plain_secret import plain_secret
from modelops.verify.checks.schema_violation import schema_violation
from modelops.verify.checks.shared_pods import shared_pods
from modelops.verify.checks.undenied_namespace import undenied_namespace
from modelops.verify.checks.unexposed_probe import unexposed_probe
from modelops.verify.checks.unlabelled_namespace import unlabelled_namespace
from modelops.verify.checks.unprotected_data import unprotected_data
from modelops.verify.checks.unrepresentable_value import unrepresentable_value
from modelops.verify.checks.unsized_scratch import unsized_scratch
from modelops.verify.placement import Check

CHECKS: tuple[Check, ...] = (
    schema_violation,
    unrepresentable_value,
    plain_secret,
    insecure_pod,
    insecure_container,
    needless_api_access,
    open_namespace,
    dangling_reference,
    dangling_selector,
    dangling_port,
    dangling_flux_path,
    overlapping_paths,
    careless_kustomization,
    unprotected_data,
    duplicate_identity,
    homeless_object,
    flux_substitution,
    oversized_object,
    blocking_budget,
    missing_probe,
    unexposed_probe,
    shared_pods,
    unsized_scratch,
    undenied_namespace,
    unlabelled_namespace,
    blocked_flow,
)
