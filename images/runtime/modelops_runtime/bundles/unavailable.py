"""Part of `bundles`: what is raised where a bundle cannot be had."""


class BundleUnavailable(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """The bundle cannot be had; the message says why, and what to do.

    Attributes:
        passes: whether the same request may succeed another time, with nothing changed.
    """

    def __init__(self, message: str, *, passes: bool = False) -> None:
        super().__init__(message)
        self.passes = passes
