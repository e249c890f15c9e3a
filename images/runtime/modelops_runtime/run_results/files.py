"""Part of `run_results`: all files of the folder, as bytes by their names."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from modelops_runtime.central_store.history import history
from modelops_runtime.central_store.log import Record
from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.run_results import tables
from modelops_runtime.run_results.manifest import Written, manifest

TRIALS = "trials.parquet"
REPLICATES = "replicates.parquet"
DIAGNOSTICS = "diagnostics.parquet"
MANIFEST = "manifest.json"


def result_files(records: Iterable[Record], run: RunConfig, text: str) -> dict[str, bytes]:
    """The files that a run's log gives.

    Args:
        records: of the log, in order.
        run: the run.
        text: of its run file.
    """
    known = history(records)
    written = {
        TRIALS: _parquet(tables.trials(known, run.space)),
        REPLICATES: _parquet(tables.replicates(known)),
        DIAGNOSTICS: _parquet(tables.diagnostics(known)),
    }
    contents = {name: one.content for name, one in written.items()}
    return {**contents, MANIFEST: manifest(known, run, text, written)}


def _parquet(table: pa.Table) -> Written:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return Written(sink.getvalue().to_pybytes(), table.num_rows)
