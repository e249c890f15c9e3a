"""Part of `optuna_adapter`: the trials of a study in Optuna's own tables.

Optuna writes a trial in a dozen transactions, so that whoever dies meanwhile leaves half of one. A
trial is written whole here, through Optuna's own models of its tables, in the transaction in which
its lease begins or ends. What was told stands in the trial's user attributes, where dashboards show
it: `status`, `seeds` (as text: JSON's numbers end at 2^53) and, where there are any, `diagnostics`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import optuna
from optuna.distributions import distribution_to_json, json_to_distribution
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage, get_storage
from optuna.storages._rdb import models
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.pool import NullPool

from modelops_runtime.algorithms.adapter import DIALECT, Opener
from modelops_runtime.algorithms.protocol import Unavailable
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.trial import TrialResult, TrialStatus
from modelops_runtime.optuna_adapter.distributions import decoded, distributions
from modelops_runtime.optuna_adapter.method import Method
from modelops_runtime.optuna_adapter.tellings import Told
from modelops_runtime.optuna_adapter.trials import Reports, outcome

STATUS, SEEDS, DIAGNOSTICS = "status", "seeds", "diagnostics"

CONNECTIONS: Mapping[str, Any] = {"pool_size": 2, "max_overflow": 0, "pool_pre_ping": True}
"""One to read with and one to write with; a server that was restarted is noticed before use."""

ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


@contextmanager
def answering() -> Iterator[None]:
    """Within: a database that does not answer is `Unavailable`."""
    try:
        yield
    except (DBAPIError, StorageInternalError, NoConnection) as error:
        raise Unavailable(f"the store does not answer: {error.__cause__ or error}") from error


def check_made(opener: Opener, study: str) -> None:
    """Check that a study is there; no connection stays open, as one would behind Optuna's errors.

    Raises:
        Unavailable: it is not, or the store does not answer.
    """
    wanted = select(models.StudyModel.study_id).where(models.StudyModel.study_name == study)
    engine = create_engine(DIALECT, creator=opener, poolclass=NullPool)
    with answering(), engine.connect() as connection:
        if connection.scalar(wanted) is None:
            raise Unavailable(f"the store has no study `{study}` yet")


class StoredTrials:
    """The trials that all processes of a search share."""

    def __init__(self, method: Method, opener: Opener) -> None:
        """Find the study.

        Raises:
            Unavailable: the store does not answer, or has no such study.
        """
        self._space = method.space
        self._pruner = method.pruner
        self._descriptions = {
            name: (one, distribution_to_json(one))
            for name, one in distributions(method.space).items()
        }
        check_made(opener, method.study)
        with answering():
            connecting = {**CONNECTIONS, "creator": opener}
            database = RDBStorage(DIALECT, connecting, skip_table_creation=True)
            self._engine = database.engine
            self._storage = get_storage(database)
            self._id = self._storage.get_study_id_from_name(method.study)
            self._study = optuna.load_study(study_name=method.study, storage=self._storage)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Within: a transaction, done or undone as a whole.

        Raises:
            Unavailable: the store does not answer.
        """
        with answering(), Session(self._engine) as session, session.begin():
            yield session

    def all(self) -> Sequence[FrozenTrial]:
        """The trials by their numbers, as they are now."""
        return self._storage.get_all_trials(self._id, deepcopy=False)

    def ended(self, session: Session, trials: int) -> int:
        """How many of the first trials have ended."""
        model = models.TrialModel
        counted = select(func.count()).where(
            model.study_id == self._id, model.state.in_(ENDED), model.number < trials
        )
        return session.scalar(counted) or 0

    def one(self, session: Session, number: int) -> Any:  # noqa: ANN401 -- Optuna's models have no types
        """The model of a trial, kept from all others until the end; None where there is none."""
        model = models.TrialModel
        wanted = select(model).where(model.study_id == self._id, model.number == number)
        parts = (model.params, model.values, model.user_attributes)
        loaded = wanted.options(*(selectinload(part) for part in parts))
        return session.scalars(loaded.with_for_update(of=model)).one_or_none()

    def add(self, session: Session, number: int, trial: FrozenTrial) -> None:
        """One more trial.

        Raises:
            Unavailable: somebody else has made the trial of this number meanwhile.
        """
        model = models.TrialModel
        count = session.scalar(select(func.count()).where(model.study_id == self._id))
        if count != number:
            raise Unavailable(f"trial {number} was made by somebody who took no turn")
        session.add(self._model(number, trial))
        session.flush()

    def end(
        self,
        session: Session,
        model: Any,  # noqa: ANN401 -- as above
        result: TrialResult,
        reports: Reports,
        *,
        pruned: bool,
    ) -> None:
        """Write down what was told of a trial in flight."""
        became = outcome(result, pruned=pruned)
        model.state = became.state
        model.datetime_complete = session.scalar(select(func.clock_timestamp()))
        model.values.extend(_values(became.loss))
        model.user_attributes.extend(_attributes(models.TrialUserAttributeModel, noted(result)))
        model.intermediate_values.extend(_intermediate(reports))
        session.flush()

    def prunes(self, number: int, reports: Reports) -> bool:
        """Whether the pruner would end a trial with these losses on its way."""
        trial = FrozenTrial(
            number=number,
            trial_id=-1,
            state=TrialState.RUNNING,
            value=None,
            datetime_start=None,
            datetime_complete=None,
            params={},
            distributions={},
            user_attrs={},
            system_attrs={},
            intermediate_values=dict(reports),
        )
        return self._pruner.prune(self._study, trial)

    def parameters(self, model: Any) -> ParameterSet:  # noqa: ANN401 -- as above
        """The point of a trial."""
        params = {
            one.param_name: json_to_distribution(one.distribution_json).to_external_repr(
                one.param_value
            )
            for one in model.params
        }
        return decoded(self._space, params)

    def close(self) -> None:
        """Close all connections."""
        self._storage.remove_session()
        self._engine.dispose()

    def _model(self, number: int, trial: FrozenTrial) -> Any:  # noqa: ANN401 -- as above
        return models.TrialModel(
            study_id=self._id,
            number=number,
            state=trial.state,
            datetime_start=trial.datetime_start,
            datetime_complete=trial.datetime_complete,
            params=[self._param(*param) for param in trial.params.items()],
            values=_values(trial.value),
            user_attributes=_attributes(models.TrialUserAttributeModel, trial.user_attrs),
            system_attributes=_attributes(models.TrialSystemAttributeModel, trial.system_attrs),
            intermediate_values=_intermediate(trial.intermediate_values),
        )

    def _param(self, name: str, value: Any) -> Any:  # noqa: ANN401 -- as above
        distribution, description = self._descriptions[name]
        return models.TrialParamModel(
            param_name=name,
            param_value=distribution.to_internal_repr(value),
            distribution_json=description,
        )


def noted(result: TrialResult) -> dict[str, Any]:
    """The user attributes of a trial that was told."""
    entries = result.diagnostics.entries
    return {
        STATUS: result.status.value,
        SEEDS: [str(seed) for seed in result.seeds],
        **({DIAGNOSTICS: entries} if entries else {}),
    }


def told_of(model: Any) -> Told:  # noqa: ANN401 -- as above
    """What was told of a trial that has ended; a dashboard ends trials without saying how."""
    said = {one.key: json.loads(one.value_json) for one in model.user_attributes}
    failed = model.state is TrialState.FAIL
    status = TrialStatus(said.get(STATUS, "failed" if failed else "completed"))
    loss = None if failed or not model.values else float(model.values[0].value)
    return Told(status, loss, tuple(map(int, said.get(SEEDS, ()))))


def _values(loss: float | None) -> list[Any]:
    if loss is None:
        return []
    value, kind = models.TrialValueModel.value_to_stored_repr(loss)
    return [models.TrialValueModel(objective=0, value=value, value_type=kind)]


def _attributes(model: Any, noted: Mapping[str, Any]) -> list[Any]:  # noqa: ANN401 -- as above
    return [model(key=key, value_json=json.dumps(value)) for key, value in noted.items()]


def _intermediate(reports: Reports) -> list[Any]:
    model, found = models.TrialIntermediateValueModel, []
    for step, loss in reports.items():
        value, kind = model.intermediate_value_to_stored_repr(loss)
        found.append(model(step=step, intermediate_value=value, intermediate_value_type=kind))
    return found
