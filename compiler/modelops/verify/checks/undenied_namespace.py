"""NET001: a namespace with pods in which not everything is denied that nobody allowed."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import net
from modelops.verify.flows import KIND
from modelops.verify.paths import map_at, texts_at
from modelops.verify.placement import Placed, Placement, finding
from modelops.verify.selectors import is_empty

HELP = "add a NetworkPolicy for all pods, of both types, that allows nothing"


def undenied_namespace(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every namespace of ours that has pods and no such policy."""
    for environment in placement.environments:
        policies = environment.of(KIND)
        denied = {policy.identity.namespace for policy in policies if _denies_all(policy)}
        for namespace in environment.pods:
            home = environment.namespaces.get(namespace)
            if home is not None and namespace not in denied:
                text = "no policy denies what nobody allowed"
                yield finding(net.NET001, home, (), text, HELP)


def _denies_all(placed: Placed) -> bool:
    spec = map_at(placed.body, "spec")
    return (
        is_empty(map_at(spec, "podSelector"))
        and set(texts_at(spec, "policyTypes")) == {"Ingress", "Egress"}
        and not spec.get("ingress")
        and not spec.get("egress")
    )
