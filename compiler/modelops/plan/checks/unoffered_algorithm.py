"""ADP003: an algorithm or a sampler that the image of a run's workers does not carry."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note, did_you_mean
from modelops.diagnostics.rulebook import adp
from modelops.plan.scope import RunScope


def unoffered_algorithm(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse what images.yaml does not say the image has; nothing is known of other images."""
    name, algorithm = scope.spec.workers.image, scope.spec.algorithm
    entry = scope.images.spec.images.get(name)
    if entry is None:
        return
    if algorithm.name not in entry.adapters:
        yield _lacking(scope, "name", algorithm.name, "adapters", entry.adapters)
    elif algorithm.sampler not in entry.samplers:
        yield _lacking(scope, "sampler", algorithm.sampler, "samplers", entry.samplers)


def _lacking(
    scope: RunScope, field: str, wanted: str, fact: str, offered: tuple[str, ...]
) -> Diagnostic:
    image = scope.spec.workers.image
    what = "algorithm" if field == "name" else field
    return scope.breach(
        adp.ADP003,
        f"the image `{image}` does not carry the {what} `{wanted}`: the search would end before "
        "its first trial"
        if offered
        else f"nothing says whether the image `{image}` carries the {what} `{wanted}`",
        scope.at("algorithm", field),
        did_you_mean(wanted, offered) or f"add `{fact}: […]` to `{image}`: what it was built with",
        Note(
            scope.images.at("images", image, fact),
            f"the {fact} that it carries" if offered else f"no `{fact}` here",
        ),
    )
