"""What went wrong although the input may be right: the world's failures, and our own bugs.

An exception comes in; a message has gone to the standard error, and an exit code leaves. Loaded
only when there is an exception.
"""

import traceback

from modelops.cli.exit_status import ExitStatus
from modelops.cli.terminal import tell, tell_error
from modelops.disk import WorldFailure
from modelops.image_build import NotBuildable
from modelops.local import Unfit
from modelops.processes import ProcessFailure
from modelops.synth import SynthesisFailed

APOLOGY = (
    "this is a bug in modelops, and nothing you wrote should lead to it. Please report it with"
    " the lines above and, if you can, the files that you compiled."
)


def told(error: Exception) -> ExitStatus:
    """Say what happened and what to do about it; the exit code."""
    if isinstance(error, WorldFailure | SynthesisFailed | ProcessFailure | Unfit | NotBuildable):
        tell_error(str(error))
        return ExitStatus.WRONG
    tell("".join(traceback.format_exception(error)).rstrip())
    tell_error(APOLOGY)
    return ExitStatus.BUG
