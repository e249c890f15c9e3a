"""The rule book: every code that the compiler can say, one module an area.

A diagnostic is made from one of these values and from nothing else, so the list is closed. `RULES`
is what `modelops rule` serves and what the tests hold against the golden cases.
"""

from modelops.diagnostics.rule import Rule
from modelops.diagnostics.rulebook import (
    adp,
    avl,
    azr,
    cfg,
    dsk,
    fit,
    git,
    img,
    job,
    nam,
    net,
    sec,
    shr,
    sto,
    ver,
)

RULES: dict[str, Rule] = {
    rule.code: rule
    for area in (cfg, ver, nam, dsk, adp, fit, avl, img, sec, sto, net, shr, job, git, azr)
    for rule in area.RULES
}
