"""Part of stage `load`: what libyaml says of text that is no YAML, said to a person.

libyaml's words come in, a sentence and a remedy leave. Places are the reader's business.
"""

from typing import NamedTuple


class Wording(NamedTuple):
    """What is wrong, and what to do."""

    message: str
    help: str


INDENTATION = "put every key of a map, and every `-` of a list, below the one before it"
QUOTE = "put the text in quotes"
CLOSE_BRACKETS = "close the bracket, and put a comma between its entries"

WORDINGS = {
    "mapping values are not allowed in this context": Wording(
        "a `:` stands where no key can be",
        "put text that contains `: ` in quotes; else correct the indentation of this line",
    ),
    "block sequence entries are not allowed in this context": Wording(
        "a list begins on the line of its key", "begin the list on a line of its own"
    ),
    "block mapping keys are not allowed in this context": Wording(
        "a key stands where none can be", INDENTATION
    ),
    "did not find expected key": Wording("here the map should go on with a key", INDENTATION),
    "did not find expected '-' indicator": Wording(
        "here the list should go on with a `-`", INDENTATION
    ),
    "could not find expected ':'": Wording("the key before this has no `:`", "write `key: value`"),
    "found character that cannot start any token": Wording(
        "no value can begin with this character", QUOTE
    ),
    "found unexpected end of stream": Wording("the text ends inside quotes", "close the quotes"),
    "found unexpected document indicator": Wording(
        "a `---` stands inside quotes", "close the quotes"
    ),
    "did not find expected ',' or ']'": Wording("a `[` is not closed", CLOSE_BRACKETS),
    "did not find expected ',' or '}'": Wording("a `{` is not closed", CLOSE_BRACKETS),
    "did not find expected node content": Wording("a value is missing here", CLOSE_BRACKETS),
    "found unknown escape character": Wording(
        "no such escape exists in double quotes",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    "found undefined tag handle": Wording("tags are not used here", "remove the `!…`"),
    "found incompatible YAML document": Wording(
        "this version of YAML is not known", "remove the `%YAML` line"
    ),
    "found unknown directive name": Wording(
        "no value can begin with `%`", "remove the directive, or put the text in quotes"
    ),
}

TAB = Wording("a tab stands where only spaces can", "indent with spaces")


def worded(problem: str, character: str) -> Wording:
    """The wording for libyaml's `problem` at `character` (empty at the end of the text)."""
    if character == "\t" or "tab character" in problem:
        return TAB
    return WORDINGS.get(problem, Wording(f"not YAML: {problem}", "correct the YAML at this place"))
