"""The edge of the program: `python -m modelops_runtime COMMAND …`; an exit code leaves.

Each command is one module with a function `run`, imported when it is called, so that none pays for
what another needs. Only here are our own bugs caught.
"""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType

from modelops_runtime import json_logs
from modelops_runtime.exit_status import ExitStatus

COMMANDS = {
    "adaptive-worker": (
        "modelops_runtime.adaptive_worker.command",
        "Search for the parameters of a run, together with its other workers.",
    ),
    "bundle-tool": (
        "modelops_runtime.bundle_tool.command",
        "Pack, push and pull the code of models.",
    ),
    "secret-bootstrap": (
        "modelops_runtime.secret_bootstrap.command",
        "Make each declared Secret once, with random values.",
    ),
    "worker-drain": (
        "modelops_runtime.worker_drain.command",
        "Let this pod's Dask workers finish what they began.",
    ),
    "store-init": (
        "modelops_runtime.store_init.command",
        "Make what a run's workers need in its store.",
    ),
    "run-status": (
        "modelops_runtime.run_status.command",
        "Print how far a run is, as a line of JSON.",
    ),
    "export-results": (
        "modelops_runtime.export_results.command",
        "Write what a run's store holds as tables.",
    ),
    "run-report": (
        "modelops_runtime.run_report.command",
        "Draw how a run went, from its results.",
    ),
    "local-store": (
        "modelops_runtime.local_store.command",
        "Have a Postgres in a folder.",
    ),
}
"""Each command's module and summary."""

LOG = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name; its exit code."""
    called = _parser().parse_args(arguments)
    json_logs.configure()
    # A container's first process is not ended by SIGTERM unless it says so itself.
    signal.signal(signal.SIGTERM, _terminated)
    module, _ = COMMANDS[called.command]
    try:
        return int(import_module(module).run(called.arguments))
    except Exception:
        LOG.exception("this is a bug in modelops_runtime")
        return ExitStatus.BUG


def _parser() -> argparse.ArgumentParser:
    summaries = "\n".join(f"  {name:20}{summary}" for name, (_, summary) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime",
        description="What runs inside the pods that modelops writes.",
        epilog=f"commands:\n{summaries}\n\nCOMMAND --help tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help="one of the below")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    return parser


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(ExitStatus.TERMINATED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
