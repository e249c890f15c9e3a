"""Part of `adaptive-worker`: how the process has its memory.

Samplers compute with arrays of some megabytes that live for a millisecond. As it comes, glibc gives
each of them back to the system, and the system clears the pages of the next one: a quarter of the
time that a proposal takes after thousands of trials.
"""

import ctypes
import logging

TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
"""Numbers of glibc's `mallopt`."""

MIB = 2**20

KEPT = {TRIM_THRESHOLD: 512 * MIB, TOP_PAD: 64 * MIB, MMAP_THRESHOLD: 32 * MIB}
"""What is kept for the next array; 32 MiB is the most that the last one takes."""

LOG = logging.getLogger(__name__)


def keep_memory() -> bool:
    """From now on, keep what large arrays leave; whether this C library can."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is None:
        LOG.info("this C library has no way to keep memory: large searches are slower")
        return False
    return all(set_option(option, size) for option, size in KEPT.items())
