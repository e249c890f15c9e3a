"""The stage `plan`: from what people wrote to everything decided.

In comes a valid Configuration, out goes a Plan: names, addresses, memory for each process,
thresholds, selectors, quotas, network flows, the Flux graph. First every check looks at what was
written, across fields, layers and files; only where none finds an error is anything decided.
Kubernetes objects are not made here: that is `render`.
"""

from modelops.diagnostics import Outcome, worst_first
from modelops.model import Configuration
from modelops.plan.checks import findings
from modelops.plan.environment import environment
from modelops.plan.twin import twin
from modelops.planned import Plan


def remembered(configuration: Configuration) -> Plan:
    """What `plan` decides of a configuration without errors, its values remembering why."""
    remembering = twin(configuration)
    return Plan(tuple(environment(remembering, one) for one in remembering.environments))


def plan(configuration: Configuration) -> Outcome[Plan]:
    """Decide everything, or say everything that stands against it."""
    found = worst_first(findings(configuration))
    if any(finding.is_error for finding in found):
        return Outcome(None, found)
    decided = tuple(environment(configuration, one) for one in configuration.environments)
    return Outcome(Plan(decided), found)


__all__ = ["plan", "remembered"]
