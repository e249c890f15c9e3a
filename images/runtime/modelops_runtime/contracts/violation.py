"""Contracts: what is raised where a value is not what its contract says."""


class ContractViolation(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """The value is not what a contract says; the message says why, for people."""
