"""What must hold between the fields, layers and files that people wrote.

One file a check, named for what it forbids, each a function from what it looks at to its findings.
A check is silent where what it needs is itself wrong: another one says so.
"""

from collections.abc import Callable, Iterator

from modelops.diagnostics import Diagnostic, Severity
from modelops.model import Configuration
from modelops.plan.checks.colliding_name import colliding_name
from modelops.plan.checks.derived_variable import derived_variable
from modelops.plan.checks.flux_variable import flux_variable
from modelops.plan.checks.impossible_port import impossible_port
from modelops.plan.checks.inverted_bounds import inverted_bounds
from modelops.plan.checks.memory_overcommit import memory_overcommit
from modelops.plan.checks.mutable_image import mutable_image
from modelops.plan.checks.pod_too_large import pod_too_large
from modelops.plan.checks.pool_without_capacity import pool_without_capacity
from modelops.plan.checks.profile_out_of_tier import profile_out_of_tier
from modelops.plan.checks.replicas_beside_autoscaling import replicas_beside_autoscaling
from modelops.plan.checks.request_above_limit import request_above_limit
from modelops.plan.checks.reserved_label import reserved_label
from modelops.plan.checks.reserved_namespace import reserved_namespace
from modelops.plan.checks.shared_namespace import shared_namespace
from modelops.plan.checks.threshold_order import threshold_order
from modelops.plan.checks.undeclared_feature import undeclared_feature
from modelops.plan.checks.undeclared_secret import undeclared_secret
from modelops.plan.checks.unknown_image import unknown_image
from modelops.plan.checks.unknown_pool import unknown_pool
from modelops.plan.checks.unnamed_store import unnamed_store
from modelops.plan.checks.unoffered_executor import unoffered_executor
from modelops.plan.checks.unsupported_kubernetes import unsupported_kubernetes
from modelops.plan.scope import Scope, scopes

WORKSPACE_CHECKS: tuple[Callable[[Scope], Iterator[Diagnostic]], ...] = (
    colliding_name,
    derived_variable,
    flux_variable,
    impossible_port,
    inverted_bounds,
    memory_overcommit,
    mutable_image,
    pod_too_large,
    profile_out_of_tier,
    replicas_beside_autoscaling,
    request_above_limit,
    reserved_label,
    reserved_namespace,
    threshold_order,
    undeclared_feature,
    undeclared_secret,
    unknown_image,
    unknown_pool,
    unnamed_store,
    unoffered_executor,
)

CONFIGURATION_CHECKS: tuple[Callable[[Configuration], Iterator[Diagnostic]], ...] = (
    pool_without_capacity,
    shared_namespace,
    unsupported_kubernetes,
)


def findings(configuration: Configuration) -> Iterator[Diagnostic]:
    """What every check finds, less the warnings that a file accepts with a reason."""
    for configuration_check in CONFIGURATION_CHECKS:
        yield from configuration_check(configuration)
    for scope in scopes(configuration):
        for check in WORKSPACE_CHECKS:
            yield from (one for one in check(scope) if not _accepted(scope, one))


def _accepted(scope: Scope, finding: Diagnostic) -> bool:
    return finding.severity is Severity.WARNING and finding.rule.code in scope.spec.accept
