"""Did-you-mean: the nearest of the names that would have been right."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """The nearest allowed name as `did you mean …?`, else the allowed names as `one of: …`.

    An empty list of allowed names gives an empty string.
    """
    names = sorted(allowed)
    folded = {name.lower().replace("_", ""): name for name in names}
    near = get_close_matches(given.lower().replace("_", ""), folded, n=1, cutoff=0.6)
    begun = [name for name in names if len(given) > 1 and name.startswith(given.lower())]
    if len(begun) == 1:
        return f"did you mean `{begun[0]}`?"
    if near:
        return f"did you mean `{folded[near[0]]}`?"
    return f"one of: {', '.join(names)}" if names else ""
