"""What the Optuna adapter refuses, how it samples, and what it learns from."""

import itertools
import json
from dataclasses import replace
from importlib.metadata import EntryPoint

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.search_grounds import MIXED, NUMBERS_ONLY, SPACES, InMemory, run

from modelops_runtime.algorithms import discovery
from modelops_runtime.algorithms.conformance import completed, ended, loss_of
from modelops_runtime.algorithms.protocol import Past, Proposal, Refused
from modelops_runtime.configuration.run import Direction, RunConfig
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Parameter,
    contains,
    space,
)
from modelops_runtime.contracts.trial import TrialStatus
from modelops_runtime.optuna_adapter import adapter, samplers
from modelops_runtime.optuna_adapter.distributions import decoded, distributions, encoded
from modelops_runtime.optuna_adapter.grid import grid, shuffled
from modelops_runtime.optuna_adapter.method import method
from modelops_runtime.optuna_adapter.search import OptunaSearch
from modelops_runtime.optuna_adapter.tpe import RememberingTPE


def search(config: RunConfig) -> OptunaSearch:
    return OptunaSearch(method(config), lambda: 0.0)


def points(config: RunConfig, count: int) -> list[ParameterSet]:
    """Points asked one by one, each told at once."""
    begun = search(config)
    found = []
    for _ in range(count):
        (one,) = begun.ask(1)
        begun.tell(one.number, completed(one, loss_of(config.space, one.parameters)))
        found.append(one.parameters)
    return found


# --- discovery ---------------------------------------------------------------------------------


def test_the_adapter_is_found_by_its_name() -> None:
    assert discovery.adapter("optuna") is adapter


def test_an_unknown_algorithm_names_those_there_are() -> None:
    with pytest.raises(discovery.UnknownAlgorithm, match=r"no algorithm `hyperopt`.*`optuna`"):
        discovery.adapter("hyperopt")


def test_what_is_no_adapter_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = EntryPoint("wrong", "json", discovery.GROUP)
    monkeypatch.setattr(discovery, "entry_points", lambda group: [wrong] if group else [])
    with pytest.raises(discovery.UnknownAlgorithm, match="`json`, offered as `wrong`"):
        discovery.adapter("wrong")


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (run("annealing"), "no sampler `annealing`; it has: `tpe`, `random`"),
        (run(pruner="hyperband"), "no pruner `hyperband`: choose `none` or `median`"),
        (run("cmaes", space=MIXED), "`alike`, `policy` is categorical: Optuna would choose it at"),
        (
            run("cmaes", space=space([IntParameter("one", 1, 1)])),
            "no parameter has more than one value; choose one of `tpe`, `random`",
        ),
        (run("grid", options={}), "`beta` has any number of them: set the option `points`"),
        (run("tpe", options={"gamma": 3}), "no option `gamma`; it has: `constant_liar`"),
        (run("tpe", options={"seed": 3}), "no option `seed`"),
        (run("random", options={"points": 3}), "no option `points`; it has: none"),
        (run("tpe", options={"n_ei_candidates": 0}), "`n_ei_candidates`.* is 0: .*at least 1"),
        (run("tpe", options={"n_ei_candidates": True}), "is True: it is to be a whole number"),
        (run("tpe", options={"multivariate": "yes"}), "is 'yes': it is to be true or false"),
        (run("cmaes", options={"popsize": 3}), "a whole number of at least 4"),
        (run("qmc", options={"qmc_type": "latin"}), "it is to be sobol or halton"),
        (run("grid", options={"points": 1}), "a whole number of at least 2"),
        (
            run("cmaes", options={"lr_adapt": True, "with_margin": True}),
            "sampler `cmaes`: It is prohibited",
        ),
        (
            run(
                "cmaes",
                options={"use_separable_cma": True},
                space=space([IntParameter("one", 1, 2)]),
            ),
            "means nothing for a single parameter",
        ),
        (run(space=space([IntParameter("far", 0, 2**53 + 1)])), "`far` has a bound beyond 2"),
        (run(space=space([FloatParameter("wide", -1e308, 1e308)])), "`wide` is too wide"),
    ],
)
def test_what_optuna_would_do_otherwise_is_refused(config: RunConfig, message: str) -> None:
    with pytest.raises(Refused, match=message):
        adapter.in_memory(config, clock=lambda: 0.0)


@pytest.mark.parametrize(
    ("sampler", "library"), [("cmaes", "cmaes"), ("qmc", "scipy"), ("gp", "torch")]
)
def test_a_sampler_without_its_library_is_refused(
    monkeypatch: pytest.MonkeyPatch, sampler: str, library: str
) -> None:
    monkeypatch.setattr(samplers, "find_spec", lambda name: None if name == library else object())
    assert sampler not in samplers.offered()
    with pytest.raises(Refused, match=f"`{sampler}` needs `{library}`.*it can do: `tpe`"):
        method(run(sampler))


def test_trials_of_another_space_are_refused() -> None:
    old = search(run("random")).ask(1)
    with pytest.raises(Refused, match=r"trial 0 was asked for with other parameters.*`restart`"):
        search(run("random", space=NUMBERS_ONLY)).restore([Past(old[0], None)])


# --- points ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sampler", "options"),
    [
        ("tpe", {"multivariate": False}),
        ("tpe", {"constant_liar": False, "n_ei_candidates": 3}),
        ("cmaes", {"with_margin": True}),
        ("cmaes", {"use_separable_cma": True, "popsize": 5}),
        ("cmaes", {"lr_adapt": True, "consider_pruned_trials": True}),
        ("qmc", {"qmc_type": "halton"}),
        ("qmc", {"scramble": False}),
        ("grid", {"points": 2}),
    ],
)
def test_options_change_the_points(sampler: str, options: dict[str, Scalar]) -> None:
    changed = points(run(sampler, options=options), 20)
    assert all(contains(SPACES[sampler], one) for one in changed)
    assert changed != points(run(sampler), 20)


@pytest.mark.parametrize("sampler", SPACES)
def test_another_seed_gives_other_points(sampler: str) -> None:
    assert points(run(sampler, seed=1), 12) != points(run(sampler, seed=2), 12)


def test_random_points_depend_on_nothing_but_seed_and_number() -> None:
    config = run("random", trials=200)
    together = [one.parameters for one in search(config).ask(200)]
    assert points(config, 200) == together
    assert len(set(together)) == 200


@pytest.mark.parametrize("sampler", ["tpe", "cmaes"])
def test_startup_trials_are_random_and_later_ones_are_not(sampler: str) -> None:
    config = run(sampler, startup_trials=5, trials=40)
    drawn = points(replace(config, algorithm=replace(config.algorithm, sampler="random")), 40)
    found = points(config, 40)
    assert found[:5] == drawn[:5]
    assert all(one != random for one, random in zip(found[5:], drawn[5:], strict=True))


@pytest.mark.parametrize("sampler", ["tpe", "cmaes"])
@pytest.mark.parametrize("direction", Direction)
def test_a_sampler_goes_where_losses_are_better(sampler: str, direction: Direction) -> None:
    config = run(sampler, startup_trials=10, trials=150, direction=direction, space=NUMBERS_ONLY)
    begun, losses = search(config), []
    for _ in range(150):
        (one,) = begun.ask(1)
        loss = loss_of(config.space, one.parameters)
        losses.append(loss if direction is Direction.MINIMIZE else -loss)
        begun.tell(one.number, completed(one, losses[-1]))
    sign = 1 if direction is Direction.MINIMIZE else -1
    first, last = losses[:10], losses[-50:]
    assert sign * sum(last) / 50 < sign * sum(first) / 10 / 2


def test_trials_in_flight_keep_others_away() -> None:
    """The constant liar: a batch has no two points that are nearly one."""
    narrow = space([FloatParameter("x", 0.0, 1.0)])

    def spread(*, liar: bool) -> float:
        begun = search(
            run("tpe", space=narrow, trials=80, options={"constant_liar": liar}, startup_trials=5)
        )
        for _ in range(60):
            (one,) = begun.ask(1)
            begun.tell(one.number, completed(one, loss_of(narrow, one.parameters)))
        xs = sorted(float(one.parameters.values["x"]) for one in begun.ask(20))
        return min(after - before for before, after in itertools.pairwise(xs))

    assert spread(liar=True) != spread(liar=False)


def test_what_a_sampler_remembers_is_plain_json() -> None:
    for sampler in SPACES:
        begun = search(run(sampler, startup_trials=1, trials=200))
        for _ in range(40):
            (one,) = begun.ask(1)
            begun.tell(one.number, completed(one, loss_of(SPACES[sampler], one.parameters)))
            assert json.loads(json.dumps(dict(one.state))) == dict(one.state)
            assert bool(one.state) <= (sampler == "cmaes")


# --- grids -------------------------------------------------------------------------------------


def test_a_grid_has_each_point_once_and_then_is_finished() -> None:
    small = space(
        [
            FloatParameter("x", 1.0, 100.0, log=True),
            IntParameter("n", 3, 5),
            CategoricalParameter("c", (1, True)),
        ]
    )
    begun = search(run("grid", space=small, trials=1000, options={"points": 3}))
    asked = begun.ask(1000)
    assert len({one.parameters for one in asked}) == len(asked) == 18
    low, middle, high = sorted({float(one.parameters.values["x"]) for one in asked})
    assert (low, high) == (1.0, 100.0)
    assert middle == pytest.approx(10.0)
    assert [one.parameters for one in asked] != sorted(
        (one.parameters for one in asked), key=lambda one: str(one.values)
    )
    for one in asked:
        begun.tell(one.number, completed(one, 1.0))
    assert begun.finished()


def test_a_grid_of_any_size_is_no_list() -> None:
    huge = space([IntParameter(name, 0, 2**50) for name in "abcd"])
    assert grid(huge, None, 1).size > 2**200
    assert len(set(points(run("grid", space=huge, options={}), 20))) == 20


@given(st.integers(1, 300), st.integers(0, 2**32))
def test_shuffling_leaves_no_number_out(size: int, seed: int) -> None:
    assert sorted(shuffled(number, size, seed) for number in range(size)) == list(range(size))


# --- parameters --------------------------------------------------------------------------------

LOOKALIKES: st.SearchStrategy[Scalar] = st.sampled_from(
    [0, 0.0, False, 1, 1.0, True, "1", "1.0", "true"]
)
CHOICES: st.SearchStrategy[Scalar] = LOOKALIKES | st.integers(-5, 5) | st.text(max_size=3)


@given(st.lists(CHOICES, min_size=1, max_size=8, unique_by=lambda one: (type(one), one)), st.data())
def test_choices_keep_their_type(choices: list[Scalar], data: st.DataObject) -> None:
    one = space([CategoricalParameter("c", tuple(choices))])
    chosen = ParameterSet({"c": data.draw(st.sampled_from(choices))})
    known = distributions(one)["c"]
    there = known.to_external_repr(known.to_internal_repr(encoded(one, chosen)["c"]))
    back = decoded(one, {"c": there})
    assert back == chosen
    assert type(back.values["c"]) is type(chosen.values["c"])


@pytest.mark.parametrize(
    "parameter",
    [IntParameter("n", -3, 3), IntParameter("n", 1, 2**40, log=True), IntParameter("n", 7, 7)],
)
@pytest.mark.parametrize("sampler", ["tpe", "random", "qmc", "cmaes"])
def test_whole_numbers_are_asked_as_such(sampler: str, parameter: Parameter) -> None:
    both = space([parameter, IntParameter("other", 0, 9)])
    for one in points(run(sampler, space=both), 20):
        assert type(one.values["n"]) is int
        assert contains(both, one)


def test_logarithmic_parameters_are_sampled_as_such() -> None:
    wide = space([FloatParameter("x", 1e-6, 1.0, log=True), IntParameter("n", 1, 10**6, log=True)])
    found = points(run("random", space=wide, trials=400), 400)
    assert 150 < sum(float(one.values["x"]) < 1e-3 for one in found) < 250
    assert 150 < sum(float(one.values["n"]) < 1e3 for one in found) < 250


# --- pruning and failures ----------------------------------------------------------------------


def test_a_bad_trial_is_pruned_after_the_startup_trials() -> None:
    begun = search(run(pruner="median", startup_trials=3))
    for one in begun.ask(3):
        assert not begun.report(one.number, 1, 1.0)
        begun.tell(one.number, completed(one, 1.0))
    good, bad = begun.ask(2)
    assert not begun.report(good.number, 1, 0.5)
    assert begun.report(bad.number, 1, 2.0)
    assert begun.report(bad.number, 2, 0.1), "it stays stopped"


def test_for_a_greater_loss_the_median_is_the_other_way_round() -> None:
    begun = search(run(pruner="median", startup_trials=1, direction=Direction.MAXIMIZE))
    first, good, bad = begun.ask(3)
    begun.report(first.number, 1, 1.0)
    begun.tell(first.number, completed(first, 1.0))
    assert not begun.report(good.number, 1, 2.0)
    assert begun.report(bad.number, 1, 0.5)


def test_nothing_is_pruned_where_no_pruner_is_chosen() -> None:
    begun = search(run(pruner="none", startup_trials=0))
    first, bad = begun.ask(2)
    begun.report(first.number, 1, 1.0)
    begun.tell(first.number, completed(first, 1.0))
    assert not begun.report(bad.number, 1, 1e9)


def test_nothing_is_learned_from_a_failed_trial() -> None:
    """It is no good trial and no bad one: Optuna's samplers look at losses."""
    config = run("tpe", startup_trials=2)
    proposed = []
    for fails in (False, True):
        begun = search(config)
        for one in begun.ask(3):
            failed = fails and one.number == 0
            begun.tell(
                one.number,
                ended(one, TrialStatus.FAILED) if failed else completed(one, float(one.number)),
            )
        proposed.append([one.parameters for one in begun.ask(3)])
    assert proposed[0] != proposed[1]


def test_a_history_keeps_what_was_pruned() -> None:
    ground = InMemory(run("tpe", pruner="median", startup_trials=1))
    (one,) = ground.begin().ask(1)
    restored = search(ground.config)
    restored.restore([Past(one, None, ((1, 3.0),), pruned=True)])
    assert restored.report(0, 2, 0.1), "it stays stopped"
    (again,) = restored.ask(1)
    assert again == replace(one, attempt=1)
    assert not restored.report(0, 1, 0.1), "begun anew"


def test_a_proposal_is_compared_without_its_state() -> None:
    point = ParameterSet({"x": 1})
    assert Proposal(0, point, 0, {"a": 1}) == Proposal(0, point)


def test_optuna_speaks_through_our_log(capfd: pytest.CaptureFixture[str]) -> None:
    adapter.in_memory(run(), clock=lambda: 0.0)
    optuna.logging.get_logger("optuna.test").info("a new study was created")
    said = capfd.readouterr()
    assert not said.out + said.err


# --- TPE ---------------------------------------------------------------------------------------


def mixed_points(config: RunConfig) -> list[ParameterSet]:
    """Points asked in batches, of which some fail and some are pruned."""
    begun, found = search(config), []
    while given := begun.ask(3):
        for one in given:
            found.append(one.parameters)
            loss = round(loss_of(config.space, one.parameters), 1)
            begun.report(one.number, 1, loss)
            failed = one.number % 7 == 0
            begun.tell(
                one.number, ended(one, TrialStatus.FAILED) if failed else completed(one, loss)
            )
    return found


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("options", [{}, {"multivariate": False}, {"constant_liar": False}])
def test_tpe_proposes_what_optuna_proposes(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Scalar], direction: Direction
) -> None:
    config = run("tpe", trials=90, options=options, direction=direction, pruner="median")
    ours = mixed_points(config)
    for name in ("_sample", "_get_internal_repr"):
        monkeypatch.delattr(RememberingTPE, name)
    assert mixed_points(config) == ours
