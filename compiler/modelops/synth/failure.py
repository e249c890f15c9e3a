"""What can go wrong in the world while charts are made; part of the stage `synth`."""


class SynthesisFailed(Exception):  # noqa: N818 -- named for what happened, as `cli` will say it
    """Node or the cdk8s library could not do their work, and no edit of a YAML file will cure it.

    Attributes:
        message: what happened, with what the child said of it.
        remedy: what to do about it.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}"
