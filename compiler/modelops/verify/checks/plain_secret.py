"""SEC002: a Secret in generated files, which are committed for everyone to read.

Secrets are made in the cluster: by the bootstrap Job, by External Secrets, or by a person.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sec
from modelops.verify.placement import Placement, finding

HELP = "have it made in the cluster: secrets.provider, or an ExternalSecret"


def plain_secret(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every Secret, whatever it holds."""
    for placed in placement.of(("", "Secret")):
        yield finding(sec.SEC002, placed, (), "a Secret would be committed to git", HELP)
