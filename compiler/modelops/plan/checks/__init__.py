"""What must hold between the fields, layers and files that people wrote.

One file a check, named for what it forbids, each a function from what it looks at to its findings.
A check is silent where what it needs is itself wrong: another one says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from modelops.diagnostics import Diagnostic
from modelops.model import Configuration
from modelops.plan.acceptance import less_accepted
from modelops.plan.checks.azure_elsewhere import azure_elsewhere
from modelops.plan.checks.circular_service import circular_service
from modelops.plan.checks.colliding_name import colliding_name
from modelops.plan.checks.contending_threads import contending_threads
from modelops.plan.checks.contested_volume import contested_volume
from modelops.plan.checks.crowded_disk import crowded_disk
from modelops.plan.checks.crowded_identity import crowded_identity
from modelops.plan.checks.crowded_pool import crowded_pool
from modelops.plan.checks.crowded_service import crowded_service
from modelops.plan.checks.crowded_store import crowded_store
from modelops.plan.checks.denied_versions import denied_versions
from modelops.plan.checks.derived_variable import derived_variable
from modelops.plan.checks.disagreeing_images import disagreeing_images
from modelops.plan.checks.expiring_kubernetes import expiring_kubernetes
from modelops.plan.checks.flux_variable import flux_variable
from modelops.plan.checks.foreign_host import foreign_host
from modelops.plan.checks.foreign_registry import foreign_registry
from modelops.plan.checks.foreign_user import foreign_user
from modelops.plan.checks.gpu_without_gpus import gpu_without_gpus
from modelops.plan.checks.ignored_variable import ignored_variable
from modelops.plan.checks.impossible_range import impossible_range
from modelops.plan.checks.incomplete_store import incomplete_store
from modelops.plan.checks.inverted_bounds import inverted_bounds
from modelops.plan.checks.large_batch import large_batch
from modelops.plan.checks.lost_results import lost_results
from modelops.plan.checks.memory_overcommit import memory_overcommit
from modelops.plan.checks.mismatched_cpu import mismatched_cpu
from modelops.plan.checks.misplaced_state import misplaced_state
from modelops.plan.checks.missing_system_pool import missing_system_pool
from modelops.plan.checks.mutable_image import mutable_image
from modelops.plan.checks.overlapping_ranges import overlapping_ranges
from modelops.plan.checks.plain_exposure import plain_exposure
from modelops.plan.checks.pod_too_large import pod_too_large
from modelops.plan.checks.pool_without_capacity import pool_without_capacity
from modelops.plan.checks.poor_packing import poor_packing
from modelops.plan.checks.profile_out_of_tier import profile_out_of_tier
from modelops.plan.checks.quota_too_small import quota_too_small
from modelops.plan.checks.repeated_value import repeated_value
from modelops.plan.checks.replicas_beside_autoscaling import replicas_beside_autoscaling
from modelops.plan.checks.request_above_limit import request_above_limit
from modelops.plan.checks.reserved_label import reserved_label
from modelops.plan.checks.reserved_namespace import reserved_namespace
from modelops.plan.checks.reserved_store_name import reserved_store_name
from modelops.plan.checks.retyped_context import retyped_context
from modelops.plan.checks.rewritten_contract import rewritten_contract
from modelops.plan.checks.runtime_image_missing import runtime_image_missing
from modelops.plan.checks.shadowed_secret import shadowed_secret
from modelops.plan.checks.shared_host import shared_host
from modelops.plan.checks.shared_namespace import shared_namespace
from modelops.plan.checks.shared_secret import shared_secret
from modelops.plan.checks.short_deadline import short_deadline
from modelops.plan.checks.short_drain import short_drain
from modelops.plan.checks.slow_executor import slow_executor
from modelops.plan.checks.small_disk import small_disk
from modelops.plan.checks.small_process import small_process
from modelops.plan.checks.small_scheduler import small_scheduler
from modelops.plan.checks.stale_facts import stale_facts
from modelops.plan.checks.taken_name import taken_name
from modelops.plan.checks.taken_path import taken_path
from modelops.plan.checks.taken_secret import taken_secret
from modelops.plan.checks.threshold_order import threshold_order
from modelops.plan.checks.twice_told import twice_told
from modelops.plan.checks.undeclared_feature import undeclared_feature
from modelops.plan.checks.undeclared_password import undeclared_password
from modelops.plan.checks.undeclared_secret import undeclared_secret
from modelops.plan.checks.unenforced_policies import unenforced_policies
from modelops.plan.checks.unequal_memory import unequal_memory
from modelops.plan.checks.unfit_pool import unfit_pool
from modelops.plan.checks.unfit_system_pool import unfit_system_pool
from modelops.plan.checks.unheard_context import unheard_context
from modelops.plan.checks.unknown_container import unknown_container
from modelops.plan.checks.unknown_image import unknown_image
from modelops.plan.checks.unknown_pool import unknown_pool
from modelops.plan.checks.unknown_port import unknown_port
from modelops.plan.checks.unknown_service import unknown_service
from modelops.plan.checks.unknown_storage_class import unknown_storage_class
from modelops.plan.checks.unknown_variable import unknown_variable
from modelops.plan.checks.unknown_workspace import unknown_workspace
from modelops.plan.checks.unled_search import unled_search
from modelops.plan.checks.unnamed_store import unnamed_store
from modelops.plan.checks.unoffered_algorithm import unoffered_algorithm
from modelops.plan.checks.unoffered_executor import unoffered_executor
from modelops.plan.checks.unpullable_image import unpullable_image
from modelops.plan.checks.unread_store_field import unread_store_field
from modelops.plan.checks.unretained_store import unretained_store
from modelops.plan.checks.unsaved_store import unsaved_store
from modelops.plan.checks.unservable_host import unservable_host
from modelops.plan.checks.unsupported_kubernetes import unsupported_kubernetes
from modelops.plan.checks.unusable_secret_store import unusable_secret_store
from modelops.plan.checks.unused_profile import unused_profile
from modelops.plan.checks.warm_overcommit import warm_overcommit
from modelops.plan.checks.workers_without_store import workers_without_store
from modelops.plan.scope import AnyScope, RunScope, Scope, ServiceScope, unit_scopes

UNIT_CHECKS: tuple[Callable[[AnyScope], Iterator[Diagnostic]], ...] = (
    colliding_name,
    contested_volume,
    flux_variable,
    foreign_host,
    inverted_bounds,
    mutable_image,
    plain_exposure,
    pod_too_large,
    profile_out_of_tier,
    repeated_value,
    replicas_beside_autoscaling,
    request_above_limit,
    reserved_label,
    reserved_namespace,
    stale_facts,
    taken_name,
    taken_path,
    twice_told,
    undeclared_feature,
    undeclared_secret,
    unknown_image,
    unknown_pool,
    unknown_port,
    unknown_service,
    unnamed_store,
    unpullable_image,
    unservable_host,
)
"""What holds for every kind of unit."""

WORKSPACE_CHECKS: tuple[Callable[[Scope], Iterator[Diagnostic]], ...] = (
    contending_threads,
    crowded_disk,
    crowded_pool,
    derived_variable,
    disagreeing_images,
    gpu_without_gpus,
    ignored_variable,
    lost_results,
    memory_overcommit,
    mismatched_cpu,
    poor_packing,
    quota_too_small,
    retyped_context,
    short_drain,
    slow_executor,
    small_disk,
    small_process,
    small_scheduler,
    threshold_order,
    unequal_memory,
    unheard_context,
    unknown_container,
    unknown_variable,
    unoffered_executor,
    warm_overcommit,
)

RUN_CHECKS: tuple[Callable[[RunScope], Iterator[Diagnostic]], ...] = (
    crowded_store,
    impossible_range,
    incomplete_store,
    large_batch,
    reserved_store_name,
    rewritten_contract,
    shadowed_secret,
    short_deadline,
    taken_secret,
    undeclared_password,
    unknown_workspace,
    unled_search,
    unoffered_algorithm,
    unread_store_field,
    unretained_store,
    unsaved_store,
    workers_without_store,
)

SERVICE_CHECKS: tuple[Callable[[ServiceScope], Iterator[Diagnostic]], ...] = (
    circular_service,
    runtime_image_missing,
)

CONFIGURATION_CHECKS: tuple[Callable[[Configuration], Iterator[Diagnostic]], ...] = (
    azure_elsewhere,
    crowded_identity,
    crowded_service,
    denied_versions,
    expiring_kubernetes,
    foreign_registry,
    foreign_user,
    misplaced_state,
    missing_system_pool,
    overlapping_ranges,
    pool_without_capacity,
    shared_host,
    shared_namespace,
    shared_secret,
    unenforced_policies,
    unfit_pool,
    unfit_system_pool,
    unknown_storage_class,
    unsupported_kubernetes,
    unusable_secret_store,
    unused_profile,
)


def findings(configuration: Configuration) -> Iterator[Diagnostic]:
    """What every check finds, less the warnings that a file accepts with a reason."""
    for configuration_check in CONFIGURATION_CHECKS:
        yield from configuration_check(configuration)
    for scope in unit_scopes(configuration):
        for finding in less_accepted(scope, tuple(of_unit(scope))):
            yield replace(finding, owner=scope.unit.source)


def of_unit(scope: AnyScope) -> Iterator[Diagnostic]:
    """What the checks of one unit find."""
    for unit_check in UNIT_CHECKS:
        yield from unit_check(scope)
    match scope:
        case Scope():
            for workspace_check in WORKSPACE_CHECKS:
                yield from workspace_check(scope)
        case RunScope():
            for run_check in RUN_CHECKS:
                yield from run_check(scope)
        case ServiceScope():
            for service_check in SERVICE_CHECKS:
                yield from service_check(scope)
