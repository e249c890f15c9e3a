"""Area JOB of the rule book: what a run asks for, by the names and numbers of its bundle.

Read by the models; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

_WRONG_NAMES = """\
# environments/dev/runs/sir.yaml
spec:
  model: models.sir.baseline
  objective: {target: targets/prevalence.py}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
"""
_RIGHT_NAMES = """\
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
"""

JOB002 = Rule(
    code="JOB002",
    summary="a model or a target that is not written as one",
    why=(
        "A study named its target by the path of a file. It was submitted, waited for machines, "
        "and ended with a KeyError of another name, which hid that a module was missing. A model "
        "is `module.path/scenario`, a target is `module.path:function`. Only this form is "
        "checked: a compile reads `environments/` and nothing else, so whether a bundle has such "
        "a module shows where it is imported."
    ),
    failing=_WRONG_NAMES,
    passing=_RIGHT_NAMES,
    remedy=(
        "Write the module with dots and without `.py`, then /SCENARIO for a\n"
        "model or :FUNCTION for a target."
    ),
)

JOB005 = Rule(
    code="JOB005",
    summary="a seed that the sampler cannot begin with",
    why=(
        "A seed was made of the date and the time, and was too long for the random numbers it was "
        "meant for: the search ended at its first question. Samplers take 32 bits. The seeds of "
        "simulations cannot be wrong: each is a hash of its parameter set and its number, so none "
        "overflows, and no two sets count through the same ones."
    ),
    failing=f"""\
{_RIGHT_NAMES}\
  algorithm: {{seed: 20261120143000}}
""",
    passing=f"""\
{_RIGHT_NAMES}\
  algorithm: {{seed: 20261120}}
""",
    remedy="Write a whole number from 0 to 4294967295.",
)

JOB006 = Rule(
    code="JOB006",
    summary="a run that works on the workspace of another environment",
    why=(
        "Jobs of staging and production went to the workspace of development: its address was "
        "written into the program. A run names a workspace and no address; the address follows "
        "from that name and the run's own environment."
    ),
    failing="A run of prod whose workers connect to a scheduler of dev.",
    passing="The same run, connected to the scheduler of its own environment's workspace.",
    remedy="Write the workspace's name; another environment's is unknown (ADP006).",
    impossible="a run has no address to write, and its workspace is one of its environment",
)

RULES = (
    JOB002,
    JOB005,
    JOB006,
)
"""The rules of this area, by number."""
