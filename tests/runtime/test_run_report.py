"""`run-report`: pictures and a text of how a run went, from its folder of results."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.runtime.program import Ended
from tests.runtime.program import run as program
from tests.runtime.run_files import run_text
from tests.runtime.trial_events import asked, completed, parameters, some_of_all, whole

from modelops_runtime.central_store.events import Asked, Event, Told
from modelops_runtime.central_store.log import MemoryLog
from modelops_runtime.configuration.run import run_config
from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.trial import TrialResult, TrialStatus
from modelops_runtime.run_report.importance import Importance, importance
from modelops_runtime.run_report.pictures import draw_convergence, draw_importance
from modelops_runtime.run_report.reading import Results, Unreadable, results
from modelops_runtime.run_report.scale import height, is_logarithmic
from modelops_runtime.run_report.text import ASCII, NARROWEST, UNICODE, report
from modelops_runtime.run_results.folder import write

COMMAND = [sys.executable, "-m", "modelops_runtime", "run-report"]
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
LONG = "a_parameter_with_a_name_that_goes_on_and_on_and_on_and_says_nothing_at_all_besides"


def written(folder: Path, events: Sequence[Event], **changed: object) -> Path:
    log = MemoryLog(lambda: BEGAN)
    log.append(events)
    text = run_text(**changed)
    write(log.records(), run_config(text), text, folder / "results")
    return folder / "results"


def found(folder: Path, events: Sequence[Event], **changed: object) -> Results:
    return results(written(folder, events, **changed))


def completed_at(number: int, values: Mapping[str, Scalar], loss: float) -> list[Event]:
    return [
        Asked(number, ParameterSet(values)),
        Told(number, completed(number, loss)),
    ]


def search(trials: int) -> list[Event]:
    """A loss that depends on one parameter a lot, on another a little, on the third not at all."""
    events = []
    for number in range(trials):
        beta, contacts = 0.01 + (number * 37 % 101) / 101, 1 + number * 7 % 20
        values = {"beta": beta, "contacts": contacts, "policy": ("none", "mask")[number % 2]}
        loss = 1 + 100 * (beta - 0.4) ** 2 + 0.01 * abs(contacts - 5)
        events += completed_at(number, values, loss)
    return events


# --- what is read ---------------------------------------------------------------------------------


def test_trials_are_read_with_their_parameters(tmp_path: Path) -> None:
    read = found(tmp_path, some_of_all())
    assert (read.name, read.asked, read.last) == ("dev/sir", 9, 7)
    assert [point.number for point in read.completed] == [0, 1, 2, 3, 4]
    assert [point.parameters for point in read.completed] == [parameters(one) for one in range(5)]
    assert [(point.number, point.loss) for point in read.pruned] == [(6, 40.0)]
    assert read.failed == (5, 7)
    assert read.best is not None
    assert (read.best.number, read.best.loss) == (3, 0.5)
    assert read.best_so_far == (9.5, 4.5, 1.5, 0.5, 0.5)


def test_the_best_follows_the_direction(tmp_path: Path) -> None:
    read = found(tmp_path, some_of_all(), objective__direction="maximize")
    assert read.best is not None
    assert read.best.loss == 9.5
    assert read.best_so_far == (9.5,) * 5


def test_choices_of_several_types_come_back_as_they_were(tmp_path: Path) -> None:
    choices: list[Scalar] = [1, 1.0, True, "1", "true"]
    space = {"choice": {"choices": choices, "type": "categorical"}}
    events = [
        event
        for number, one in enumerate(choices)
        for event in completed_at(number, {"choice": one}, float(number))
    ]
    read = found(tmp_path, events, parameters=space)
    values = [point.parameters.values["choice"] for point in read.completed]
    assert list(map(repr, values)) == list(map(repr, choices))


def test_a_folder_without_results_is_no_results(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        results(tmp_path)
    folder = written(tmp_path, some_of_all())
    (folder / "trials.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(Unreadable):
        results(folder)


# --- importance -----------------------------------------------------------------------------------


def test_what_the_loss_depends_on_most_stands_first(tmp_path: Path) -> None:
    shares = importance(found(tmp_path, search(60))).shares
    assert next(iter(shares)) == "beta"
    assert sum(shares.values()) == pytest.approx(1)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert set(shares) == {"beta", "contacts", "policy"}


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        (search(9), "needs 10 completed trials or more; there are 9"),
        ([], "there are 0"),
        ([one for number in range(12) for one in whole(number, 1.0)], "the same loss"),
    ],
)
def test_where_nobody_can_tell_it_is_said(tmp_path: Path, events: list[Event], reason: str) -> None:
    judged = importance(found(tmp_path, events))
    assert judged.shares == {}
    assert reason in judged.reason


def test_a_single_parameter_is_all_of_it(tmp_path: Path) -> None:
    space = {"beta": {"high": 1.0, "log": False, "low": 0.0, "type": "float"}}
    events = [
        event
        for number in range(10)
        for event in completed_at(number, {"beta": number / 10}, float(number))
    ]
    assert importance(found(tmp_path, events, parameters=space)).shares == {"beta": 1.0}


# --- text -----------------------------------------------------------------------------------------


def test_the_text_in_full(tmp_path: Path) -> None:
    told = report(found(tmp_path, some_of_all()), Importance({"beta": 0.75, "x": 0.25}), 50, ASCII)
    assert told == (
        "dev/sir: 9 trials, 5 completed, 1 pruned, 2 failed\n"
        "best loss 0.5 at trial 3\n"
        "\n"
        "why trials failed\n"
        "  1 x model_error: trial 5 went wrong (trial 5)\n"
        "  1 x timed_out: trial 7 went wrong (trial 7)\n"
        "\n"
        "best parameters\n"
        "  beta      0.08\n"
        "  contacts  4\n"
        "  policy    none\n"
        "\n"
        "loss (logarithmic): . each trial, = best so far\n"
        "        40 |                               .\n"
        "           |\n"
        "           |\n"
        "           |=====\n"
        "           |     =====\n"
        "           |\n"
        "           |\n"
        "           |          =====      .\n"
        "           |\n"
        "       0.5 |               =======================\n"
        "           +--------------------------------------\n"
        "            0                                    7\n"
        "\n"
        "importance of the parameters (PED-ANOVA)\n"
        "  beta  #################################### 75%\n"
        "  x     ############ 25%\n"
    )


def test_trials_that_failed_alike_are_told_together(tmp_path: Path) -> None:
    def broken(number: int, message: str) -> list[Event]:
        point = parameters(number)
        known = diagnostics({"kind": "model_error", "message": message})
        result = TrialResult(point.id, TrialStatus.FAILED, None, (), known)
        return [asked(number), Told(number, Judgement(result, ()))]

    messages = ["once", *["no water\nin the lake"] * 3, *(f"other {i}" for i in range(5))]
    events = [event for number, each in enumerate(messages) for event in broken(number, each)]
    told = report(found(tmp_path, events), Importance({}, ""), 80, UNICODE).splitlines()
    assert told[3:10] == [
        "why trials failed",
        "  3 x model_error: no water (trial 1)",
        "  1 x model_error: once (trial 0)",
        "  1 x model_error: other 0 (trial 4)",
        "  1 x model_error: other 1 (trial 5)",
        "  1 x model_error: other 2 (trial 6)",
        "  and 2 other ways",
    ]


def test_a_run_without_trials_has_a_text(tmp_path: Path) -> None:
    told = report(found(tmp_path, [asked(0)]), Importance({}, "nobody knows"), 80, UNICODE)
    assert told.splitlines()[:2] == ["dev/sir: 1 trials", "no trial has completed"]
    assert "nobody knows" in told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    width=st.integers(-5, 200),
    losses=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6),
)
def test_no_line_is_longer_than_the_terminal(
    tmp_path: Path, width: int, losses: list[float]
) -> None:
    space = {
        LONG: {"high": 1e300, "log": False, "low": -1e300, "type": "float"},
        "text": {"choices": ["x" * 300, "\n\a"], "type": "categorical"},
    }
    events = [
        event
        for number, loss in enumerate(losses)
        for event in completed_at(number, {LONG: 0.1 + number, "text": "x" * 300}, loss)
    ]
    read = found(tmp_path, events, parameters=space)
    told = report(read, Importance({LONG: 0.9, "b": 0.1}), width, UNICODE)
    assert max(map(len, told.splitlines())) <= max(width, NARROWEST)
    assert told.count("\n\n\n") == 0


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_loss_has_a_height(losses: list[float]) -> None:
    heights = [height(loss, losses) for loss in losses]
    assert all(0 <= one <= 1 for one in heights)
    if len(set(losses)) > 1:
        assert (height(min(losses), losses), height(max(losses), losses)) == (0, 1)


def test_losses_of_several_magnitudes_stand_on_a_logarithmic_scale() -> None:
    assert is_logarithmic([0.1, 30.0])
    assert not is_logarithmic([1.0, 2.0])
    assert not is_logarithmic([0.0, 100.0])
    assert not is_logarithmic([])
    assert height(1.0, [0.01, 100.0]) == pytest.approx(0.5)


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where matplotlib keeps what it knows of fonts: to find them takes seconds."""
    return {"MPLCONFIGDIR": str(tmp_path_factory.mktemp("fonts"))}


def reported(folder: Path, variables: dict[str, str], *more: str) -> Ended:
    return program([*COMMAND, str(folder), *more], variables)


def test_both_pictures_are_drawn_and_the_text_is_printed(
    tmp_path: Path, fonts: dict[str, str]
) -> None:
    folder = written(tmp_path, search(40))
    done = reported(folder, {**fonts, "PYTHONUTF8": "1", "FORCE_COLOR": "1"}, "--width", "100")
    assert (done.status, done.stderr) == (0, "")
    read = results(folder)
    assert done.stdout == report(read, importance(read), 100, UNICODE)
    assert "\x1b" not in done.stdout
    for name in ("convergence.png", "importance.png"):
        with Image.open(folder / name) as picture:
            assert picture.width == 1200
            assert len(picture.convert("RGB").getcolors(2**24) or []) > 10


@pytest.mark.parametrize("events", [[], [asked(0)], some_of_all(), search(3), search(400)])
def test_any_results_have_pictures_and_always_the_same(tmp_path: Path, events: list[Event]) -> None:
    read = found(tmp_path, events)
    matters = importance(read)
    drawn = []
    for place in ("first", "second"):
        convergence, bars = tmp_path / f"{place}-c.png", tmp_path / f"{place}-i.png"
        draw_convergence(read, convergence)
        draw_importance(matters, read.name, bars)
        drawn.append((convergence.read_bytes(), bars.read_bytes()))
    assert drawn[0] == drawn[1]


def test_a_terminal_without_unicode_gets_plain_signs(tmp_path: Path, fonts: dict[str, str]) -> None:
    folder = written(tmp_path, some_of_all())
    done = reported(folder, {**fonts, "PYTHONIOENCODING": "ascii"})
    assert done.status == 0
    assert done.stdout.isascii()
    assert "=====" in done.stdout


def test_a_folder_without_results_is_said(tmp_path: Path, fonts: dict[str, str]) -> None:
    folder = written(tmp_path, some_of_all())
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["runConfig"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    done = reported(folder, fonts)
    assert (done.status, done.stdout) == (64, "")
    assert "no results" in done.told
