"""Part of `algorithms`: how an adapter is found by its name.

A distribution offers one as an entry point, so that an image has those that are installed in it,
and no list of them stands anywhere else.
"""

from importlib.metadata import entry_points

from modelops_runtime.algorithms.adapter import Adapter

GROUP = "modelops_runtime.algorithms"
"""Of the entry points: a module or an object with the functions of `Adapter`."""


class UnknownAlgorithm(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """No distribution of this image offers an adapter of this name; the message lists them."""


def adapter(name: str) -> Adapter:
    """The adapter of a name.

    Raises:
        UnknownAlgorithm: there is none, or what is offered under it is none.
    """
    offered = {one.name: one for one in entry_points(group=GROUP)}
    if name not in offered:
        known = ", ".join(f"`{one}`" for one in sorted(offered)) or "none at all"
        raise UnknownAlgorithm(f"this image has no algorithm `{name}`; it has: {known}")
    found = offered[name].load()
    if not isinstance(found, Adapter):
        raise UnknownAlgorithm(f"`{offered[name].value}`, offered as `{name}`, is no adapter")
    return found
