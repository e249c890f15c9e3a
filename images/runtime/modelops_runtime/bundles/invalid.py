"""Part of `bundles`: what is raised where a folder, or what was fetched, is no bundle."""


class InvalidBundle(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """It is no bundle; the message begins with the place, and says why."""
