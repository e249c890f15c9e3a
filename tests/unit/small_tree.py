"""A small valid tree of sources, ways to write parts of it anew, and what `plan` makes of it.

Shared by the tests of `plan`; nothing here is a test. The spec of each file begins in line 4,
column 3, so that a place in it can be told by counting.
"""

from collections.abc import Iterable, Iterator, Mapping

from modelops import pipeline
from modelops.diagnostics import Diagnostic, Outcome
from modelops.load.places import ENVIRONMENTS_OWN, FOLDERS
from modelops.plan import plan
from modelops.planned import EnvironmentPlan, PlainValue, Plan, Variables, WorkspacePlan

BASE = "environments/base.yaml"
IMAGES = "environments/images.yaml"
DEBUG = "environments/profiles/debug.yaml"
DEV = "environments/dev/environment.yaml"
CLOUD = "environments/dev/cloud.yaml"
DEFAULT = "environments/dev/workspaces/default.yaml"
MALARIA = "environments/dev/workspaces/malaria.yaml"

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
DIGEST = "sha256:" + "0123456789abcdef" * 4

IMAGES_SPEC = f"""\
registry: quay.io/epi-models
images:
  dask-scheduler: {{repository: dask, tag: "1.4", digest: "{DIGEST}"}}
  dask-worker:
    repository: dask-worker
    tag: "1.4"
    digest: {DIGEST}
    executors: [isolated_warm, direct, cold]
"""
POOLS = "pools: {cpu: {vmSize: Standard_D8s_v5}}"
ENFORCED = "features: {networkPolicy: calico}"

Specs = Mapping[str, str]
"""The text below `spec:` by file."""


def environment(*cluster: str, pools: str = POOLS, rest: str = "") -> str:
    """An Environment's spec: pools in line 6, each line of `cluster` from line 7, then `rest`.

    Network policies are enforced by Calico where `cluster` has no `features`.
    """
    features = () if any("features" in line for line in cluster) else (ENFORCED,)
    lines = ["flux: {url: https://example.org/models}", "cluster:", f"  {pools}"]
    inside = (f"  {line}" for line in (*cluster, *features))
    return "\n".join([*lines, *inside, *rest.splitlines()])


TREE: Specs = {IMAGES: IMAGES_SPEC, DEV: environment(), MALARIA: "{}"}


def sources(specs: Specs) -> dict[str, bytes]:
    """The small tree with the specs of some files written anew; other files are added."""
    return {file: _written(file, spec) for file, spec in {**TREE, **specs}.items()}


def _written(file: str, spec: str) -> bytes:
    body = "".join(f"  {line}\n" for line in spec.splitlines())
    return f"apiVersion: modelops.io/v1\nkind: {_kind(file)}\nspec:\n{body}".encode()


def _kind(file: str) -> str:
    *_, folder, name = file.split("/")
    by_name = {"base.yaml": "Defaults", "images.yaml": "Images"}
    by_name |= {own: kind.value for own, kind in ENVIRONMENTS_OWN.items()}
    return by_name.get(name) or FOLDERS[folder].value


def planned(specs: Specs) -> Outcome[Plan]:
    """What `plan` makes of a tree whose files are each valid by themselves."""
    configuration = pipeline.configure(sources(specs))
    assert configuration.diagnostics == ()
    assert configuration.value is not None
    return plan(configuration.value)


def dev(specs: Specs) -> EnvironmentPlan:
    """The plan of the environment `dev`; nothing may be wrong, though much may be doubtful."""
    outcome = planned(specs)
    assert not outcome.failed, told(outcome.diagnostics)
    assert outcome.value is not None
    return next(one for one in outcome.value.environments if one.name == "dev")


def malaria(spec: str = "{}", dev_spec: str = TREE[DEV], **others: str) -> WorkspacePlan:
    """The plan of the workspace `malaria`; `others` are specs of `base` and `images`."""
    files = {"base": BASE, "images": IMAGES}
    specs = {files[name]: text for name, text in others.items()}
    workspaces = dev({**specs, MALARIA: spec, DEV: dev_spec}).workspaces
    return next(one for one in workspaces if one.name == "malaria")


MARK = "«"
"""Stands in a spec before the character that something is said of."""


def unmarked(specs: Specs) -> tuple[Specs, list[str]]:
    """The specs without their marks, and the marks' places: `file:line:column`, in order."""
    places = [
        f"{file}:{number}:{len(line[:column].replace(MARK, '')) + 1}"
        for file, text in sorted(specs.items())
        for number, line in enumerate(_written(file, text).decode().splitlines(), start=1)
        for column, character in enumerate(line)
        if character == MARK
    ]
    return {file: text.replace(MARK, "") for file, text in specs.items()}, places


def told(findings: Iterable[Diagnostic]) -> list[str]:
    """Each finding as `severity CODE file:line:column`."""
    return [f"{one.severity} {one.rule.code} {one.at}" for one in findings]


def plain(variables: Variables) -> dict[str, str]:
    """The variables that have plain text, in their order."""
    return dict(_plain(variables))


def _plain(variables: Variables) -> Iterator[tuple[str, str]]:
    for name, value in variables.items():
        if isinstance(value, PlainValue):
            yield name, value.text
