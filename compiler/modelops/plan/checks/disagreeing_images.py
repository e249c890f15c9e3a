"""IMG003: scheduler and workers whose images hold different versions of what they share."""

from collections.abc import Iterator, Mapping

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import img
from modelops.model.images import Image
from modelops.plan.scope import Scope
from modelops.provenance import DataPath


def disagreeing_images(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse each fact that both images state, and state differently."""
    images = scope.images
    theirs, ours = scope.spec.scheduler.image, scope.spec.workers.image
    scheduler, worker = images.spec.images.get(theirs), images.spec.images.get(ours)
    if scheduler is None or worker is None:
        return
    known = _facts(scheduler)
    for path, version in _facts(worker).items():
        if known.get(path, version) != version:
            yield scope.breach(
                img.IMG003,
                f"workers of {scope.workspace.name} have {path[-1]} {version} (image `{ours}`), "
                f"and their scheduler has {known[path]} (image `{theirs}`)",
                images.at("images", ours, *path),
                "build both from one lock file, or use one image for both",
                Note(images.at("images", theirs, *path), "the scheduler's"),
                scope.note("the workers' image", "workers", "image"),
            )


def _facts(image: Image) -> Mapping[DataPath, str]:
    """The versions that an image states, by their path in its entry."""
    facts: dict[DataPath, str] = {("python",): image.python} if image.python else {}
    for name, version in image.packages.items():
        facts["packages", name] = version
    return facts
