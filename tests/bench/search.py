"""Trials per second of a coordinated search and of plain Optuna: `python -m tests.bench.search`.

Both sides of a row run one after the other on the same machine, against the same Postgres, with the
same space, objective and sampler (TPE, as Optuna has it by default), and with as many processes
that evaluate the objective as the row says.

Plain Optuna is what its documentation shows for several processes: each has a study on the shared
`RDBStorage`, asks, evaluates and tells its share of the trials. The tables are made before, and
each process has its modules, its connection and the earlier trials before the clock starts.

The coordinated side is the product: one `adaptive-worker` process, a Dask scheduler, and as many
Dask worker processes of one thread, started as the manifests start them, with the executor `direct`
and two trials in flight for each. The clock runs from the first trial that is asked for to the
last that is told, each of them durable in the log; the last column counts on until Optuna's tables
have all of them too and the results are written. The objective goes through all that a model goes
through: a table for each simulation, which is judged in the end.

Numbers of workers may be given as arguments.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import dedent

import optuna
import psycopg
from distributed import Client
from tests.bench.tables import table
from tests.runtime import postgres_store
from tests.runtime.dask_cluster import DaskCluster, dask_cluster, until
from tests.runtime.run_files import run_text
from tests.store.postgres import Server

from modelops_runtime.bundles.packing import digest_of
from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, connect
from modelops_runtime.central_store.events import Asked, Ended, Event, Started, Told
from modelops_runtime.central_store.history import history
from modelops_runtime.central_store.log import EventLog, Record
from modelops_runtime.central_store.optuna_schema import Mirror, make_study
from modelops_runtime.configuration.run import RunConfig, run_config
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.seeds import replicate_seeds
from modelops_runtime.contracts.trial import judged
from modelops_runtime.optuna_adapter.distributions import distributions, encoded

WORKERS = (1, 4, 16)
TRIALS = 320
EARLIER, AT_EARLIER = 5_000, 16
"""Trials that are there already, and with how many workers that is measured."""

NAMES = tuple(f"x{number}" for number in range(5))

OBJECTIVE = dedent("""
    def simulate(parameters, seed, scenario):
        return {"x": [parameters[name] for name in sorted(parameters)]}


    def loss(replicates):
        return sum(sum(float(x) ** 2 for x in one["output"]["x"]) for one in replicates)
""")

PLAIN = dedent("""
    import sys, optuna
    from optuna.distributions import FloatDistribution
    from sqlalchemy import URL
    import objective

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    host, port, user, database, password, study, names, count = sys.argv[1:]
    address = URL.create("postgresql+psycopg", user, password, host, int(port), database)
    storage = optuna.storages.RDBStorage(
        address.render_as_string(hide_password=False), {"pool_size": 1}, skip_table_creation=True
    )
    study = optuna.load_study(study_name=study, storage=storage)
    space = {name: FloatDistribution(-1.0, 1.0) for name in names.split(",")}
    study.get_trials(deepcopy=False)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(count)):
        trial = study.ask(space)
        tables = {"output": objective.simulate(trial.params, trial.number, "baseline")}
        study.tell(trial, objective.loss([tables]))
    print("done", flush=True)
""")


@dataclass(frozen=True, slots=True)
class Speed:
    """Trials per second, until all are told, and until all is written everywhere."""

    told: float
    written: float


@contextmanager
def usual_postgres() -> Iterator[Server]:
    """Within: a server with the settings that it comes with."""
    with postgres_store.postgres_server() as server:
        server.stop()
        settings = {
            "port": server.port,
            "listen_addresses": server.environment("", "")["PGHOST"],
            "unix_socket_directories": server.folder / "tmp",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        server._control("start", "-o", options)  # noqa: SLF001 -- its own way sets what tests need
        yield server


def bundle(folder: Path) -> str:
    """A bundle with the objective; its digest."""
    (folder / "bundles/objective").mkdir(parents=True)
    (folder / "bundles/objective/objective.py").write_text(OBJECTIVE)
    return digest_of(folder / "bundles/objective")


def the_run(folder: Path, digest: str, name: str, workers: int, trials: int) -> RunConfig:
    """A run file in the folder, and what it says."""
    text = run_text(
        run=name,
        model="objective/baseline",
        objective__target="objective:loss",
        bundle__image=digest,
        parameters={
            each: {"type": "float", "low": -1.0, "high": 1.0, "log": False} for each in NAMES
        },
        algorithm__sampler="tpe",
        trials=trials,
        replicates=1,
        inFlight=2 * workers,
    )
    (folder / f"{name}.json").write_text(text)
    return run_config(text)


def prepared(database: Settings, run: RunConfig, earlier: int) -> None:
    """Make the store of a run, with trials of the past in the log and in Optuna's tables."""
    with connect(database) as connection:
        schema.make(connection)
        schema.register(connection, run.study, "{}")
        make_study(database, run.study, "minimize")
        log = EventLog(connection, run.study)
        for first in range(0, earlier, 500):
            log.append([one for number in range(first, first + 500) for one in _past(number)])
        known = history(log.records())
    mirror = Mirror(database, run.study, distributions(run.space), partial(encoded, run.space))
    mirror.write(known.trials.values())
    mirror.close()


def _past(number: int) -> list[Event]:
    values = {
        name: ((number + 1) * prime % 1009) / 504.5 - 1.0
        for name, prime in zip(NAMES, (101, 103, 107, 109, 113), strict=True)
    }
    point = ParameterSet(values)
    seeds = replicate_seeds(point, 1)
    result = judged(point.id, sum(x * x for x in values.values()), seeds)
    record = ReplicateRecord(seeds[0], None, 0.001)
    told = Told(number, Judgement(result, (record,)))
    return [Asked(number, point), Started(number, 0, "past"), told]


def plain(folder: Path, database: Settings, run: RunConfig, workers: int, trials: int) -> float:
    """Trials per second of as many processes, each with its own study on the same storage."""
    (folder / "plain.py").write_text(PLAIN)
    where = [database.host, str(database.port), database.user, database.database, database.password]
    shares = [trials // workers + (number < trials % workers) for number in range(workers)]
    processes = [
        subprocess.Popen(
            [sys.executable, "plain.py", *map(str, where), run.study, ",".join(NAMES), str(share)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder / "bundles/objective")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in shares
    ]
    for process in processes:
        _expect(process, "ready")
    with connect(database) as connection:
        begun = _clock(connection)
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            _expect(process, "done")
        seconds = _clock(connection) - begun
    for process in processes:
        process.communicate()
    return trials / seconds


def _expect(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout
    assert process.stdout.readline().strip() == word


def _clock(connection: psycopg.Connection) -> float:
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float").fetchone()
    assert row
    return float(row[0])


def coordinated(
    folder: Path, database: Settings, dask: DaskCluster, run: RunConfig, trials: int
) -> Speed:
    """Trials per second of one adaptive worker on the cluster."""
    done = subprocess.run(
        [sys.executable, "-m", "modelops_runtime", "adaptive-worker", "--metrics-port", "0"],
        env={
            **os.environ,
            **postgres_store.environment(database),
            "MODELOPS_RUN_CONFIG": str(folder / f"{run.run}.json"),
            "DASK_SCHEDULER_ADDRESS": dask.address,
            "POD_NAME": "bench",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with connect(database) as connection:
        records = list(EventLog(connection, run.study).records())
    return _speed(records, trials)


def _speed(records: Sequence[Record], trials: int) -> Speed:
    asked = [one.at for one in records if isinstance(one.event, Asked)][-trials]
    told = [one.at for one in records if isinstance(one.event, Told)][-1]
    ended = [one.at for one in records if isinstance(one.event, Ended)][-1]
    return Speed(trials / (told - asked).total_seconds(), trials / (ended - asked).total_seconds())


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[DaskCluster]:
    """Within: a scheduler, and so many worker processes."""
    folder.mkdir()
    with dask_cluster(folder) as dask:
        dask.bundles = str(folder.parent / "bundles")
        dask.start("workers", processes=workers)
        with Client(dask.address, set_as_default=False) as client:
            until(lambda: len(client.nthreads()) == workers, 300)
        yield dask


def row(folder: Path, server: Server, workers: int, trials: int, earlier: int) -> list[str]:
    """Both sides, one after the other, each in a database of its own."""
    digest = digest_of(folder / "bundles/objective")
    name = f"at-{workers}-after-{earlier}"
    run = the_run(folder, digest, name, workers, earlier + trials)
    ours, theirs = (postgres_store.new_database(server) for _ in range(2))
    for database in (ours, theirs):
        prepared(database, run, earlier)
    optunas = plain(folder, theirs, run, workers, trials)
    with cluster(folder / name, workers) as dask:
        speed = coordinated(folder, ours, dask, run, trials)
    figures = [
        f"{optunas:.1f}",
        f"{speed.told:.1f}",
        f"{speed.told / optunas:.1f}x",
        f"{speed.written:.1f}",
    ]
    return [str(workers), f"{earlier:,}", *figures]


def measure(counts: Sequence[int]) -> str:
    """The table."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-search-")))
        bundle(folder)
        server = stack.enter_context(usual_postgres())
        rows = [row(folder, server, workers, TRIALS, 0) for workers in counts]
        if AT_EARLIER in counts:
            rows.append(row(folder, server, AT_EARLIER, TRIALS, EARLIER))
    head = ["workers", "earlier trials", "plain Optuna", "coordinated", "", "all written"]
    return table(head, rows)


if __name__ == "__main__":
    print(measure([int(each) for each in sys.argv[1:]] or WORKERS))
