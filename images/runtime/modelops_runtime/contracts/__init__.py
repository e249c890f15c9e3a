"""What all parts of the runtime agree on: parameter sets, tasks, seeds, results. Frozen values.

Each checks itself when it is made, so that whoever holds one need not. What stands for a value
elsewhere (in a cache, in a store, in a log) is its id: a hash of all that it is, the same in every
process, and never of where it came from.

Nothing here computes, waits or reaches out, and nothing but the standard library is needed.
"""
