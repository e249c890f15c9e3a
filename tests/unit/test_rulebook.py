"""The rule book's texts: all there, of a size that fits a terminal, and with examples that hold.

Every example is compiled in an environment of its own: the failing one must break its rule, the
passing one no rule at all. Rules that no input can break are told in words.
"""

import re
from pathlib import Path

import pytest

from modelops.diagnostics import Rule, Severity, Tier
from modelops.diagnostics.rulebook import (
    RULES,
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
from modelops.load.places import ENVIRONMENTS_OWN, FOLDERS
from modelops.load.yaml import read
from modelops.pipeline import judge

ROOT = Path(__file__).parents[2]
AREAS = (cfg, ver, nam, dsk, adp, fit, avl, img, sec, sto, net, shr, job, git, azr)
IMPOSSIBLE = {code for code, rule in RULES.items() if rule.impossible}
"""What the shape of the input already prevents."""

DASK_PROOFS = "tests/unit/test_impossible_dask_rules.py::"
OTHER_PROOFS = "tests/unit/test_impossible_rules.py::"
AZURE_PROOFS = "tests/unit/test_impossible_azure_rules.py::"
RUN_PROOFS = "tests/unit/test_impossible_run_rules.py::"
DETERMINISM = "tests/laws/test_determinism.py::"
PROOFS: dict[str, str] = {
    "AVL005": f"{OTHER_PROOFS}test_every_mode_of_autoscaling_makes_an_autoscaler",
    "GIT002": f"{DETERMINISM}test_neither_hash_seed_nor_order_of_sources_reaches_a_byte",
    "IMG005": f"{OTHER_PROOFS}test_an_executor_that_is_not_offered_is_told_as_cfg008",
    "CFG005": f"{DASK_PROOFS}test_what_layers_merge_is_a_map_by_name",
    "DSK009": f"{DASK_PROOFS}test_there_is_one_scheduler",
    "DSK010": f"{DASK_PROOFS}test_a_scheduler_stops_before_the_next_one_starts",
    "DSK016": f"{DASK_PROOFS}test_no_pod_gets_variables_of_services",
    "GIT010": f"{RUN_PROOFS}test_a_job_that_changes_has_another_name",
    "JOB006": f"{RUN_PROOFS}test_a_run_works_on_a_workspace_of_its_own_environment",
    "SEC003": f"{RUN_PROOFS}test_what_no_secret_provides_is_told_as_ver002",
    "SEC007": f"{RUN_PROOFS}test_no_secret_is_optional",
    "SEC008": f"{RUN_PROOFS}test_no_secret_is_of_another_namespace",
    "SEC009": f"{RUN_PROOFS}test_values_are_made_once",
    "STO004": f"{RUN_PROOFS}test_a_store_begins_below_the_root_of_a_disk_of_its_own",
    "STO007": f"{RUN_PROOFS}test_what_is_kept_is_kept_from_flux",
    "AZR008": f"{AZURE_PROOFS}test_an_account_has_one_rule_of_its_life",
    "NAM005": f"{AZURE_PROOFS}test_names_follow_from_environment_and_subscription",
    "NAM006": f"{AZURE_PROOFS}test_names_that_the_world_shares_keep_the_environment_uncut",
    "SEC010": f"{AZURE_PROOFS}test_no_field_asks_for_a_key_that_opens_everything",
    "DSK017": f"{DASK_PROOFS}test_workers_connect_to_the_scheduler_of_their_own_namespace",
}
"""For each impossible rule the test that proves it: `tests/unit/test_x.py::test_name`."""

OF_OUTPUT_ALONE = {"AVL004", "AVL006", "AVL007", "NET002", "NET005"}
"""What only the compiler's own output could break."""

OF_PODS_AND_FLUX = {"GIT004", "GIT005", "GIT008", "SEC002", "SEC011", "SEC012"}
"""As above."""

OF_HISTORY = {"AVL009", "GIT001", "GIT007", "STO003"}
"""What only files that were generated before can show."""

OF_MANY_FILES = {"AZR009"}
"""What would fill pages."""

TOLD_IN_WORDS = (
    {"VER001", "VER003", "GIT003"}
    | OF_OUTPUT_ALONE
    | OF_PODS_AND_FLUX
    | OF_HISTORY
    | OF_MANY_FILES
    | IMPOSSIBLE
)
SHOWN_IN_YAML = sorted(RULES.keys() - TOLD_IN_WORDS)
FILE_LINE = re.compile(r"^# (environments/\S+)\n", re.MULTILINE)
BACKGROUND = {
    "environments/base.yaml": f"""
spec:
  environment:
    cluster:
      pools: {{cpu: {{vmSize: Standard_D8s_v5}}}}
      features: {{networkPolicy: cilium}}
    flux: {{url: https://github.com/epi-models/platform}}
  workspace:
    scheduler: {{image: quay.io/epi-models/modelops-dask@sha256:{"7c" * 32}}}
    results: {{kind: volume}}
""",
    "environments/images.yaml": f"""
spec:
  registry: quay.io/epi-models
  images:
    dask-worker:
      repository: modelops-dask
      digest: sha256:{"7c" * 32}
      executors: [isolated_warm, direct, cold]
    adaptive-worker:
      repository: modelops-adaptive
      digest: sha256:{"8d" * 32}
      adapters: [optuna]
      samplers: [tpe, random, cmaes, qmc, grid]
    postgres-17: {{repository: docker.io/library/postgres, digest: sha256:{"9e" * 32}, user: 999}}
""",
    "environments/dev/environment.yaml": "spec: {}",
    "environments/dev/workspaces/default.yaml": "spec: {}",
}


def kind_of(file: str) -> str:
    """The kind that belongs to a place."""
    *_, folder, name = file.split("/")
    by_name = {"base.yaml": "Defaults", "images.yaml": "Images"}
    by_name |= {own: kind.value for own, kind in ENVIRONMENTS_OWN.items()}
    return by_name.get(name) or FOLDERS[folder].value


def files_in(example: str) -> dict[str, str]:
    """The files that an example shows, each after a line with its path."""
    before, *parts = FILE_LINE.split(example)
    assert before == ""
    return dict(zip(parts[::2], parts[1::2], strict=True))


def sources_of(example: str) -> dict[str, bytes]:
    """An example's files in an environment that is right, with first lines where it shows none."""
    return {
        file: (
            text
            if re.search(r"^kind:", text, re.MULTILINE)
            else f"apiVersion: modelops.io/v1\nkind: {kind_of(file)}\n{text.lstrip()}"
        ).encode()
        for file, text in (BACKGROUND | files_in(example)).items()
    }


def codes_of(example: str) -> set[str]:
    """The rules that an example breaks."""
    return {finding.rule.code for finding in judge(sources_of(example)).diagnostics}


def test_the_book_has_every_rule_of_every_area_once_and_in_order() -> None:
    codes = [rule.code for area in AREAS for rule in area.RULES]
    assert list(RULES) == codes
    for area in AREAS:
        name = area.__name__.rpartition(".")[2].upper()
        ours = [rule.code for rule in area.RULES]
        assert ours == sorted(ours)
        assert all(code.startswith(name) for code in ours)
        assert all(getattr(area, rule.code) is rule for rule in area.RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_text_is_there_and_fits_a_terminal(rule: Rule) -> None:
    texts = (rule.summary, rule.why, rule.failing, rule.passing, rule.remedy)
    assert all(text.strip() for text in texts)
    assert len(f"{rule.code}  {rule.summary}") <= 88
    assert not rule.summary.endswith(".")
    assert "\n" not in rule.why
    assert rule.why.endswith(".")
    assert all(len(line) <= 72 for line in rule.remedy.splitlines())
    examples = (*rule.failing.splitlines(), *rule.passing.splitlines())
    assert all(len(line) <= 88 for line in examples)


def test_what_is_impossible_is_proved() -> None:
    assert set(PROOFS) == IMPOSSIBLE
    for code, proof in PROOFS.items():
        file, _, name = proof.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(), code


@pytest.mark.parametrize("code", SHOWN_IN_YAML)
def test_a_failing_example_breaks_its_rule(code: str) -> None:
    assert code in codes_of(RULES[code].failing)


@pytest.mark.parametrize("code", SHOWN_IN_YAML)
def test_a_passing_example_breaks_no_rule(code: str) -> None:
    assert codes_of(RULES[code].passing) == set()


@pytest.mark.parametrize("code", SHOWN_IN_YAML)
def test_examples_are_read_strictly(code: str) -> None:
    for example in (RULES[code].failing, RULES[code].passing):
        for file, text in files_in(example).items():
            is_meant_to_fail = code == "CFG010" and example == RULES[code].failing
            assert (read(file, text.encode()).value is None) == is_meant_to_fail


def test_only_what_no_input_can_show_is_told_in_words() -> None:
    told = {code for code, rule in RULES.items() if not FILE_LINE.match(rule.failing)}
    assert told == TOLD_IN_WORDS


def test_severity_follows_the_tier() -> None:
    assert img.IMG001.severity_in(Tier.PRODUCTION) is Severity.ERROR
    assert img.IMG001.severity_in(Tier.STAGING) is Severity.WARNING
    assert img.IMG001.severity_in(Tier.DEVELOPMENT) is Severity.WARNING
    assert dsk.DSK008.severity_in(Tier.DEVELOPMENT) is Severity.ERROR
    assert dsk.DSK008.severity_in(Tier.PRODUCTION) is Severity.ERROR


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_that_warns_says_how_to_accept_it_and_no_other_does(rule: Rule) -> None:
    told = rule.severity is Severity.WARNING and not rule.unacceptable
    assert (f"accept: {{{rule.code}:" in rule.remedy) == told
