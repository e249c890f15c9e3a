"""What comes of one unit's file: the vocabulary of `parts`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from modelops.diagnostics import Diagnostic
from modelops.manifests import Artefact


class Login(NamedTuple):
    """An account of a unit whose pods log in to Azure.

    Attributes:
        identity: what as, by its name.
        credential: what the file of the infrastructure has of it.
    """

    identity: str
    credential: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What must be known of one unit's file to join it with others.

    Attributes:
        files: the SHA-256 of every file that comes of it, by path below `generated/`; empty for
            a list of files that is made when all leaves are known.
        found: what was found in it: warnings.
        claims: what nobody else may make too.
        shares: what it takes of something that others take of, too, by a name for it; where it is
            what others take of, how much there is.
        reads: the files that it followed from, beside its own and those that all such files read;
            also such as are not there and would be read if they were.
        logins: what it adds to the identities in the file of its environment's infrastructure.
    """

    files: Mapping[str, str]
    found: tuple[Diagnostic, ...]
    claims: tuple[str, ...]
    shares: Mapping[str, int]
    reads: tuple[str, ...]
    logins: tuple[Login, ...] = ()


NOTHING = Known({}, (), (), {}, ())


@dataclass(frozen=True, slots=True)
class Piece:
    """What was made of one unit's file, with the files themselves."""

    known: Known
    files: tuple[Artefact, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What was made of some sources.

    Attributes:
        leaves: by the path of the unit's file.
        common: what belongs to no leaf alone; of indexes and inventories, a draft.
    """

    leaves: Mapping[str, Piece]
    common: Piece
