"""The command `bundle-tool`: arguments and environment come in, a digest and an exit code leave."""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.environment import environment_of
from modelops_runtime.bundles.fetch import fetch
from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.packing import digest_of, pack
from modelops_runtime.bundles.registry import Registry
from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import bundle_reference
from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.exit_status import ExitStatus

LOG = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> ExitStatus:
    """Do what the arguments say; the bundle's digest is all that is printed."""
    called = parsed(arguments)
    try:
        digest = str(called.action(called))
    except (InvalidBundle, ContractViolation) as error:
        LOG.error(str(error))  # noqa: TRY400 -- the message says it all
        return ExitStatus.MISCONFIGURED
    except BundleUnavailable as error:
        LOG.error(str(error))  # noqa: TRY400 -- as above
        return ExitStatus.TRY_AGAIN if error.passes else ExitStatus.REFUSED
    except OSError as error:
        LOG.error("a folder cannot be used: %s", error)  # noqa: TRY400 -- as above
        return ExitStatus.MISCONFIGURED
    print(digest)
    return ExitStatus.DONE


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime bundle-tool",
        description="Pack, push and pull the code of models; prints the bundle's digest.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    digest = actions.add_parser("digest", help="only tell the digest of a folder")
    digest.set_defaults(action=_digest)
    add = actions.add_parser("add", help="put a folder into a cache")
    add.set_defaults(action=_add)
    add.add_argument("--cache", type=Path, required=True, metavar="DIRECTORY", help="the cache")
    push = actions.add_parser("push", help="push a folder to a registry")
    push.set_defaults(action=_push)
    for action in (digest, add, push):
        action.add_argument("folder", type=Path, metavar="FOLDER", help="with the code")
    push.add_argument("repository", metavar="HOST/REPOSITORY[:TAG]", help="where to")
    pull = actions.add_parser("pull", help="pull a bundle into a new folder")
    pull.set_defaults(action=_pull)
    pull.add_argument("bundle", metavar="HOST/REPOSITORY@sha256:…", help="what, by its digest")
    pull.add_argument("folder", type=Path, metavar="FOLDER", help="must not be there yet")
    return parser.parse_args(arguments)


def _digest(called: argparse.Namespace) -> str:
    environment_of(called.folder)
    return digest_of(called.folder)


def _add(called: argparse.Namespace) -> str:
    environment_of(called.folder)
    return BundleCache(called.cache, sys.maxsize, Registry()).add(called.folder)


def _push(called: argparse.Namespace) -> str:
    environment_of(called.folder)
    packed = pack(called.folder)
    at = Registry(environment=os.environ).push(packed, called.repository)
    LOG.info(
        "pushed: name it in the run file's `bundle.image`",
        extra={"bundle": f"{at}@{packed.digest}"},
    )
    return packed.digest


def _pull(called: argparse.Namespace) -> str:
    """Pull beside the folder, which is there when it is whole."""
    bundle, folder = bundle_reference(called.bundle), called.folder.absolute()
    if folder.exists():
        raise InvalidBundle(f"{folder}: is there already; nothing is overwritten")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".pull-") as incoming:
        fetch(Registry(environment=os.environ), bundle, Path(incoming), _enough)
        (Path(incoming) / "code").rename(folder)
    return bundle.digest


def _enough(_size: int) -> None:
    """A disk that is full says so itself."""
