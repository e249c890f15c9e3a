"""Part of `central_store`: a copy of the finished trials in Optuna's own tables.

There its dashboard and its analyses find them; nothing of ours reads them back. Optuna's own way to
add a trial is eleven transactions and one number after the other. Here many trials are one
transaction, written through Optuna's own models of its tables, with the numbers that they have in
the log: what was written before a crash is there, and is left out the next time.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import optuna
from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.storages import RDBStorage
from optuna.storages._rdb import models
from optuna.study import StudyDirection
from optuna.trial import TrialState
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from modelops_runtime.algorithms.adapter import DIALECT
from modelops_runtime.central_store.connection import Settings, connect, engine_arguments
from modelops_runtime.central_store.history import Phase, Trial
from modelops_runtime.central_store.schema import MAKING, NotMade
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.trial import TrialStatus

TOGETHER = 500
"""Trials of one transaction: a second's work."""

KEPT = ("kind", "message")
"""Of the diagnostics, what says in a line why a trial failed."""

Encoding = Callable[[ParameterSet], Mapping[str, Scalar]]


class OtherDirection(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """The study is there, and is searched the other way."""


def make_study(settings: Settings, study: str, direction: str) -> None:
    """Make Optuna's tables and the study in them; what is there already stays.

    Args:
        settings: where to.
        study: its name.
        direction: `minimize` or `maximize`.

    Raises:
        OtherDirection: it was made with the other one.
    """
    log_as_we_do()
    # Optuna's own tables cannot be made twice at once.
    with connect(settings) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", [MAKING])
        storage = RDBStorage(DIALECT, engine_arguments(settings))
        try:
            made = optuna.create_study(
                study_name=study,
                storage=storage,
                direction=StudyDirection[direction.upper()],
                load_if_exists=True,
            )
            found = made.direction.name.lower()
        finally:
            storage.engine.dispose()
    if found != direction:
        raise OtherDirection(
            f"the study `{study}` was made to {found}, and is now to {direction}: give the run"
            " another `restart`, which begins a new study"
        )


def log_as_we_do() -> None:
    """Let Optuna's log lines go where ours go."""
    optuna.logging.disable_default_handler()
    optuna.logging.enable_propagation()


class Mirror:
    """The trials of a study, as they are to stand in Optuna's tables.

    It has one connection. Several may write at once: each trial is written once.
    """

    def __init__(
        self,
        settings: Settings,
        study: str,
        distributions: Mapping[str, BaseDistribution],
        encoded: Encoding,
    ) -> None:
        """Begin to mirror.

        Args:
            settings: where to; the study is made there.
            study: its name.
            distributions: of each parameter.
            encoded: a point, with values that the distributions contain.
        """
        self._engine = create_engine(DIALECT, **engine_arguments(settings, more=0))
        self._study = study
        self._distributions = dict(distributions)
        self._encoded = encoded
        self._descriptions = {
            name: distribution_to_json(one) for name, one in self._distributions.items()
        }

    def write(self, trials: Iterable[Trial]) -> int:
        """Write those that have ended and are not there yet; how many those were.

        Raises:
            NotMade: the study is not there.
            sqlalchemy.exc.SQLAlchemyError: nobody knows what was written; writing again is right.
        """
        ended = sorted(
            (trial for trial in trials if trial.phase is Phase.ENDED),
            key=lambda trial: trial.number,
        )
        return sum(
            self._write(ended[first : first + TOGETHER]) for first in range(0, len(ended), TOGETHER)
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._engine.dispose()

    def _write(self, trials: Sequence[Trial]) -> int:
        with Session(self._engine) as session, session.begin():
            study = self._locked_study(session)
            there = _there(session, study, [trial.number for trial in trials])
            missing = [trial for trial in trials if trial.number not in there]
            session.add_all(self._model(study, trial) for trial in missing)
        return len(missing)

    def _locked_study(self, session: Session) -> int:
        """The study's id; nobody else adds a trial to it until the transaction ends.

        Raises:
            NotMade: there is none.
        """
        study_id: int | None = session.scalar(
            select(models.StudyModel.study_id)
            .where(models.StudyModel.study_name == self._study)
            .with_for_update()
        )
        if study_id is None:
            raise NotMade(f"Optuna has no study `{self._study}`: store-init makes it")
        return study_id

    def _model(self, study: int, trial: Trial) -> models.TrialModel:
        judgement = trial.judgement
        if judgement is None:
            raise ValueError(f"trial {trial.number} has ended with nothing")
        return models.TrialModel(
            study_id=study,
            number=trial.number,
            state=_state(judgement, pruned=trial.pruned),
            datetime_start=trial.asked_at,
            datetime_complete=trial.ended_at,
            params=self._params(trial.parameters),
            values=_values(judgement.result.loss),
            user_attributes=_attributes(trial, judgement),
            intermediate_values=[_intermediate(*report) for report in dict(trial.reports).items()],
        )

    def _params(self, parameters: ParameterSet) -> list[models.TrialParamModel]:
        return [
            models.TrialParamModel(
                param_name=name,
                param_value=self._distributions[name].to_internal_repr(value),
                distribution_json=self._descriptions[name],
            )
            for name, value in self._encoded(parameters).items()
        ]


def _there(session: Session, study: int, numbers: Collection[int]) -> set[int]:
    """Those of the numbers that the study has a trial of."""
    found = select(models.TrialModel.number).where(
        models.TrialModel.study_id == study, models.TrialModel.number.in_(numbers)
    )
    return set(session.scalars(found))


def _state(judgement: Judgement, *, pruned: bool) -> TrialState:
    if judgement.result.status is not TrialStatus.COMPLETED:
        return TrialState.FAIL
    return TrialState.PRUNED if pruned else TrialState.COMPLETE


def _values(loss: float | None) -> list[models.TrialValueModel]:
    if loss is None:
        return []
    value, kind = models.TrialValueModel.value_to_stored_repr(loss)
    return [models.TrialValueModel(objective=0, value=value, value_type=kind)]


def _intermediate(step: int, loss: float) -> models.TrialIntermediateValueModel:
    model = models.TrialIntermediateValueModel
    value, kind = model.intermediate_value_to_stored_repr(loss)
    return model(step=step, intermediate_value=value, intermediate_value_type=kind)


def _attributes(trial: Trial, judgement: Judgement) -> list[models.TrialUserAttributeModel]:
    return [
        models.TrialUserAttributeModel(key=key, value_json=json.dumps(value))
        for key, value in user_attributes(trial, judgement).items()
    ]


def user_attributes(trial: Trial, judgement: Judgement) -> dict[str, object]:
    """What a trial is labelled with; seeds are texts, for JSON's numbers end at 2^53."""
    known = judgement.result.diagnostics.entries
    return {
        "status": judgement.result.status.value,
        "attempt": trial.proposal.attempt,
        "seeds": [str(seed) for seed in judgement.result.seeds],
        **{name: known[name] for name in KEPT if name in known},
    }
