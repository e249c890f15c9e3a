"""The command `run-report`: a folder of results comes in, two pictures and a text leave."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.run_report.importance import importance
from modelops_runtime.run_report.pictures import draw_convergence, draw_importance
from modelops_runtime.run_report.reading import Unreadable, results
from modelops_runtime.run_report.text import ASCII, UNICODE, Signs, report

CONVERGENCE = "convergence.png"
IMPORTANCE = "importance.png"

WIDTH = 80

LOG = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> ExitStatus:
    """Draw the pictures into the folder, and print the report."""
    called = parsed(arguments)
    try:
        found = results(called.folder)
    except Unreadable as error:
        LOG.error(str(error))  # noqa: TRY400 -- the message says it all
        return ExitStatus.MISCONFIGURED
    matters = importance(found)
    try:
        draw_convergence(found, called.folder / CONVERGENCE)
        draw_importance(matters, found.name, called.folder / IMPORTANCE)
    except OSError as error:
        LOG.error("the pictures cannot be written: %s", error)  # noqa: TRY400 -- as above
        return ExitStatus.REFUSED
    _print(report(found, matters, called.width, _signs(sys.stdout.encoding)))
    return ExitStatus.DONE


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime run-report",
        description=f"Draw {CONVERGENCE} and {IMPORTANCE} into a folder of results.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="with the results of a run")
    parser.add_argument(
        "--width", type=int, default=WIDTH, metavar="N", help=f"columns of the text ({WIDTH})"
    )
    return parser.parse_args(arguments)


def _signs(encoding: str) -> Signs:
    """Signs that the terminal can show."""
    try:
        "".join(getattr(UNICODE, name) for name in Signs.__slots__).encode(encoding)
    except UnicodeEncodeError:
        return ASCII
    return UNICODE


def _print(text: str) -> None:
    # A value may hold what the terminal cannot show, whatever the signs are.
    encoding = sys.stdout.encoding
    print(text.encode(encoding, "replace").decode(encoding), end="")
