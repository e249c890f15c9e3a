"""`modelops images`: builds the images that this repository holds, as CI does, with any engine."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelops.cli import stages
from modelops.cli.project import completing, project_root, unknown
from modelops.cli.report import settled
from modelops.cli.terminal import put, tell
from modelops.disk import SOURCES, Unreadable
from modelops.documents import Preview

if TYPE_CHECKING:
    from modelops.image_build import Build, Recipes
    from modelops.model import ImagesSpec

ENGINES = ("docker", "podman", "buildah")
IMAGES = f"{SOURCES}/images.yaml"

EPILOG = """\
\b
Examples:
  modelops images build                       all of them
  modelops images build dask --tag trial
  modelops images build dask --push --base docker.io/library/python:3.12-slim-bookworm@sha256:…
  modelops images build --dry-run --engine podman

\b
Repositories and tags are those of environments/images.yaml; where a digest belongs is said after
--push. The base is that of images/build.toml.
"""


def _names_in(root: Path) -> list[str]:
    """Our images, by their folders."""
    return sorted(path.parent.name for path in root.glob("images/*/Dockerfile"))


@click.group("images")
def command() -> None:
    """Build the images that this repository holds."""


@command.command("build", epilog=EPILOG)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=completing(_names_in))
@click.option("--push", is_flag=True, help="Push each one, and tell its digest.")
@click.option("--engine", type=click.Choice(ENGINES), help="What builds.  [default: what is here]")
@click.option("--base", metavar="IMAGE", help="Begin with this image instead.")
@click.option("--tag", help="Instead of the tags in images.yaml.")
@click.option("--dry-run", is_flag=True, help="Only tell the commands.")
def build(
    *,
    names: tuple[str, ...],
    push: bool,
    engine: str | None,
    base: str | None,
    tag: str | None,
    dry_run: bool,
) -> None:
    """Build images with docker, podman or buildah: all, or those that are named.

    The references of what was built go to the standard output, with digests after --push.
    """
    # Here, because they import the stages: `--help` and completion do not wait for them.
    from modelops.cli import engines  # noqa: PLC0415 -- as above
    from modelops.image_build import Changes, builds, checked_base  # noqa: PLC0415 -- as above

    root = project_root()
    known = _recipes(root)
    changes = Changes(base, _tag(tag), engines.revision(root))
    chosen = builds(known, _chosen(names, known), _images(root), changes)
    if push:
        for one in chosen:
            checked_base(one)
    if dry_run:
        put("\n".join(engines.commands(engine, chosen, push=push)))
        return
    working = engines.found_engine(engine)
    for number, one in enumerate(chosen, start=1):
        tell(f"{number}/{len(chosen)} {one.name}: {one.reference}, with {working}")
        engines.built(working, one, root)
        put(_published(engines.pushed(working, one, root), one) if push else one.reference)


def _published(digest: str, one: "Build") -> str:
    """The reference by which it is pulled; where the digest belongs has been told."""
    tell(f"write it into {IMAGES}: {', '.join(one.entries)}: digest: {digest}")
    return f"{one.reference}@{digest}"


def _recipes(root: Path) -> "Recipes":
    from modelops.image_build import RECIPES, recipes  # noqa: PLC0415 -- as above

    try:
        return recipes((root / RECIPES).read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"cannot read {RECIPES}, which says what images there are.") from error


def _images(root: Path) -> "ImagesSpec":
    """What images.yaml says; nothing else of the project needs to be right."""
    try:
        sources = {IMAGES: (root / IMAGES).read_bytes()}
    except OSError as error:
        raise Unreadable(f"cannot read {IMAGES}: {error.strerror}.") from error
    return settled(stages.configured(sources, Preview()), sources).images.spec


def _chosen(names: tuple[str, ...], known: "Recipes") -> tuple[str, ...]:
    for name in names:
        if name not in known.entries:
            raise click.UsageError(unknown("image", name, known.entries))
    return tuple(dict.fromkeys(names)) or tuple(known.entries)


def _tag(tag: str | None) -> str | None:
    from modelops.model.images import TAG  # noqa: PLC0415 -- as above

    if tag is not None and not re.fullmatch(TAG, tag):
        raise click.UsageError(f"`{tag}` cannot be a tag.")
    return tag
