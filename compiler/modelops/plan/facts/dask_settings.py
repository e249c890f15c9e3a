"""Which settings Dask has, and the environment variables that it reads them from.

As of 2026-11-20, from `dask.yaml` and `distributed.yaml` of dask 2026.8.0 and distributed 2026.8.0,
from the settings that their code reads beside these, and from their table of renamed settings. Of a
variable `DASK_A__B_C` Dask makes the setting `a.b-c`; of one without use it says nothing.
"""

from collections.abc import Mapping

_BY_SECTION: Mapping[str, str] = {
    "": "temporary-directory",
    "admin": "async-client-fallback",
    "admin.traceback": "shorten",
    "array": "backend chunk-size chunk-size-tolerance query-planning",
    "array.rechunk": "method threshold",
    "array.slicing": "split-large-chunks",
    "array.svg": "size",
    "dataframe": "backend convert-string query-planning",
    "dataframe.parquet": (
        "metadata-task-size-local metadata-task-size-remote minimum-partition-size"
    ),
    "dataframe.shuffle": "compression method",
    "distributed": "version",
    "distributed.adaptive": "interval maximum minimum target-duration wait-count",
    "distributed.admin": (
        "event-loop large-graph-warning-threshold log-format log-length "
        "low-level-log-length max-error-length pdb-on-err"
    ),
    "distributed.admin.system-monitor": "disk host-cpu interval log-length",
    "distributed.admin.system-monitor.gil": "enabled interval",
    "distributed.admin.tick": "cycle interval limit",
    "distributed.client": (
        "direct-to-workers heartbeat preload preload-argv scheduler-info-interval security-loader"
    ),
    "distributed.comm": (
        "compression default-scheme offload require-encryption shard socket-backlog"
    ),
    "distributed.comm.retry": "count",
    "distributed.comm.retry.delay": "max min",
    "distributed.comm.timeouts": "connect tcp",
    "distributed.comm.tls": "ca-file ciphers max-version min-version",
    "distributed.comm.tls.client": "cert key",
    "distributed.comm.tls.scheduler": "cert key",
    "distributed.comm.tls.worker": "cert key",
    "distributed.comm.websockets": "shard",
    "distributed.comm.zstd": "level threads",
    "distributed.dashboard": "export-tool graph-max-items link",
    "distributed.dashboard.prometheus": "namespace",
    "distributed.deploy": "cluster-repr-interval lost-worker-timeout",
    "distributed.diagnostics": "cudf nvml",
    "distributed.diagnostics.computations": "ignore-files ignore-modules max-history nframes",
    "distributed.diagnostics.erred-tasks": "max-history",
    "distributed.nanny": "preload preload-argv",
    "distributed.p2p": "threads",
    "distributed.p2p.comm": "buffer concurrency message-bytes-limit",
    "distributed.p2p.comm.retry": "count",
    "distributed.p2p.comm.retry.delay": "max min",
    "distributed.p2p.storage": "buffer disk",
    "distributed.rmm": "pool-size",
    "distributed.scheduler": (
        "allowed-failures allowed-imports bandwidth blocked-handlers contact-address "
        "default-data-size events-cleanup-delay idle-timeout no-workers-timeout "
        "preload preload-argv reuse-broadcast-comm rootish-taskgroup "
        "rootish-taskgroup-dependencies unknown-task-duration validate work-stealing "
        "work-stealing-interval worker-saturation worker-ttl"
    ),
    "distributed.scheduler.active-memory-manager": "interval measure policies start",
    "distributed.scheduler.dashboard.status": "task-stream-length",
    "distributed.scheduler.dashboard.tasks": "task-stream-length",
    "distributed.scheduler.dashboard.tls": "ca-file cert key",
    "distributed.scheduler.http": "routes",
    "distributed.scheduler.locks": "lease-timeout lease-validation-interval",
    "distributed.worker": (
        "blocked-handlers daemon multiprocessing-method preload preload-argv "
        "use-file-locking validate"
    ),
    "distributed.worker.connections": "incoming outgoing",
    "distributed.worker.http": "routes",
    "distributed.worker.lifetime": "duration restart stagger",
    "distributed.worker.memory": (
        "max-spill monitor-interval pause recent-to-old-time spill spill-compression "
        "target terminate transfer"
    ),
    "distributed.worker.memory.rebalance": (
        "measure recipient-max sender-min sender-recipient-gap"
    ),
    "distributed.worker.profile": "cycle enabled interval low-level",
    "distributed.worker.transfer": "message-bytes-limit",
    "optimization.annotations": "fuse",
    "optimization.fuse": (
        "active ave-width delayed max-depth-new-edges max-height max-width rename-keys"
    ),
    "optimization.tune": "active",
    "tokenize": "ensure-deterministic",
    "visualization": "engine",
}
"""The last parts of the settings' names by what stands before them."""

_OLD_NAMES: Mapping[str, str] = {
    "admin.traceback.shorten": "admin.traceback.shorten.what",
    "array.chunk-size-tolerance": "array.shuffle.chunksize-tolerance",
    "array.rechunk.threshold": "array.rechunk-threshold",
    "dataframe.shuffle.compression": "dataframe.shuffle-compression",
    "dataframe.shuffle.method": "dataframe.shuffle.algorithm shuffle",
    "distributed.admin.log-format": "log-format",
    "distributed.admin.log-length": "log-length",
    "distributed.admin.low-level-log-length": (
        "distributed.comm.recent-messages-log-length distributed.scheduler.events-log-length "
        "distributed.scheduler.transition-log-length recent-messages-log-length "
        "transition-log-length"
    ),
    "distributed.admin.pdb-on-err": "pdb-on-err",
    "distributed.admin.tick.interval": "tick-time",
    "distributed.admin.tick.limit": "tick-maximum-delay",
    "distributed.client.heartbeat": "heartbeat-interval",
    "distributed.comm.compression": "compression",
    "distributed.comm.default-scheme": "default-scheme",
    "distributed.comm.socket-backlog": "socket-backlog",
    "distributed.comm.timeouts.connect": "connect-timeout",
    "distributed.comm.timeouts.tcp": "tcp-timeout",
    "distributed.dashboard.export-tool": "bokeh-export-tool",
    "distributed.dashboard.link": "diagnostics-link",
    "distributed.p2p.storage.disk": "distributed.p2p.disk",
    "distributed.rmm.pool-size": "rmm.pool-size",
    "distributed.scheduler.allowed-failures": "allowed-failures",
    "distributed.scheduler.bandwidth": "bandwidth",
    "distributed.scheduler.default-data-size": "default-data-size",
    "distributed.scheduler.work-stealing": "work-stealing",
    "distributed.scheduler.worker-ttl": "worker-ttl",
    "distributed.worker.memory.pause": "worker-memory-pause",
    "distributed.worker.memory.spill": "worker-memory-spill",
    "distributed.worker.memory.target": "worker-memory-target",
    "distributed.worker.memory.terminate": "worker-memory-terminate",
    "distributed.worker.multiprocessing-method": "multiprocessing-method",
    "distributed.worker.profile.cycle": "profile-cycle-interval",
    "distributed.worker.profile.interval": "profile-interval",
    "distributed.worker.use-file-locking": "use-file-locking",
    "optimization.fuse.ave-width": "fuse-ave-width",
    "optimization.fuse.max-depth-new-edges": "fuse-max-depth-new-edges",
    "optimization.fuse.max-height": "fuse-max-height",
    "optimization.fuse.max-width": "fuse-max-width",
    "optimization.fuse.rename-keys": "fuse-rename-keys",
}
"""Old names that still work, by the setting that they are of. Where both are set, Dask takes the
value of the old name, whatever the order."""

RENAMED: Mapping[str, str] = {
    old: setting for setting, names in _OLD_NAMES.items() for old in names.split()
}
"""The setting of each old name."""

_READ_IN_CODE = (
    "annotations cache chunksize logging-file-config multiprocessing.context "
    "multiprocessing.initializer num-workers pool scheduler scheduler-address"
)
"""What the code reads, and no file of defaults names."""

OPEN_SECTIONS = (
    "distributed.logging",
    "distributed.nanny.environ",
    "distributed.nanny.pre-spawn-environ",
    "distributed.scheduler.dashboard.bokeh-application",
    "distributed.scheduler.default-task-durations",
    "distributed.worker.resources",
    "logging",
)
"""Maps whose keys anyone may choose."""

NO_SETTINGS = frozenset({"DASK_CONFIG", "DASK_INTERNAL_INHERIT_CONFIG", "DASK_ROOT_CONFIG"})
"""Variables that say where settings are, and are none themselves."""

PREFIX = "DASK_"
_DISTRIBUTED = "distributed"

SETTINGS = frozenset(
    f"{section}.{name}" if section else name
    for section, names in _BY_SECTION.items()
    for name in names.split()
) | frozenset(_READ_IN_CODE.split())
"""Every setting by its name in Dask's own files, with hyphens."""


def _with_sections(names: frozenset[str]) -> frozenset[str]:
    """The names and all that they stand in: a variable may hold a whole map."""
    parts = [name.split(".") for name in names]
    return frozenset(".".join(one[:end]) for one in parts for end in range(1, len(one) + 1))


_KNOWN = _with_sections(SETTINGS | frozenset(OPEN_SECTIONS)) | frozenset(RENAMED)
_TOP = frozenset(name.partition(".")[0] for name in _KNOWN if "." in name)
_SECTIONS = frozenset(name.split(".")[1] for name in _KNOWN if name.startswith(f"{_DISTRIBUTED}."))


def setting_of(variable: str) -> str:
    """The setting that Dask makes of a variable: `DASK_A__B_C` is `a.b-c`."""
    return variable.removeprefix(PREFIX).lower().replace("__", ".").replace("_", "-")


def variable_of(setting: str) -> str:
    """The variable that Dask reads a setting from."""
    return PREFIX + setting.upper().replace(".", "__").replace("-", "_")


def spelled(variable: str) -> str:
    """The variable in its own spelling: Dask reads old names, and small letters, all the same."""
    if not variable.startswith(PREFIX):
        return variable
    setting = setting_of(variable)
    return variable_of(RENAMED.get(setting, setting))


def is_section_of(variable: str, setting: str) -> bool:
    """Whether a variable sets a whole map of settings, and this one in it."""
    return variable.startswith(PREFIX) and setting.startswith(f"{setting_of(variable)}.")


def is_setting(setting: str) -> bool:
    """Whether Dask reads a setting of this name, or of this old name."""
    return setting in _KNOWN or any(setting.startswith(f"{name}.") for name in OPEN_SECTIONS)


def without_section(setting: str) -> str | None:
    """The setting that was meant by one that lacks `distributed.`; None where none was.

    What begins with a section of `distributed` was meant so even where no such setting exists.
    """
    meant, (section, _, inner) = f"{_DISTRIBUTED}.{setting}", setting.partition(".")
    if is_setting(setting) or not inner:
        return None
    if is_setting(meant) or (section in _SECTIONS and section not in _TOP):
        return meant
    return None
