"""The code of a bundle with every table, every way to fail, and objectives."""

FRAMES = """
import datetime as dt
from decimal import Decimal
import enum
import math

class Colour(str, enum.Enum):
    RED = "red"

class Count(enum.IntEnum):
    TWO = 2

def plain():
    return {
        "truths": [True, False, None],
        "wholes": [-(2**63), 2**63 - 1, None],
        "reals": [0.1, math.nan, -math.inf],
        "mixed": [1, 2.5, None],
        "texts": ["", "a\\u00e4\\U0001f600", None],
        "bytes": [b"", b"\\x00\\xff", None],
        "dates": [dt.date(2020, 2, 29), None, dt.date(1, 1, 1)],
        "moments": [dt.datetime(2020, 1, 2, 3, 4, 5, 6), None, dt.datetime(1969, 1, 1)],
        "times": [dt.time(1, 2, 3, 4), None, dt.time(0)],
        "durations": [dt.timedelta(days=-1, microseconds=1), None, dt.timedelta(0)],
        "decimals": [Decimal("1.50"), None, Decimal("-3")],
        "nothing": [None, None, None],
    }

def reals():
    return {"x": [0.1, 0.2], "y": (1.0, -0.0)}

def enums():
    return {"colour": [Colour.RED], "count": [Count.TWO]}

def empty():
    return {"x": [], "y": ()}

def ranges():
    import array
    return {"x": range(3), "y": array.array("d", [1, 2, 3])}

def numpy():
    import numpy as np
    return {
        **{kind: np.array([0, 1, 100], dtype=kind) for kind in ("i1", "u1", "i2", "u2", "i4")},
        "u4": np.array([0, 1, 2**32 - 1], dtype="u4"),
        "i8": np.array([-(2**63), 0, 2**63 - 1]),
        "u8": np.array([0, 1, 2**64 - 1], dtype="u8"),
        **{kind: np.array([0.5, np.nan, np.inf], dtype=kind) for kind in ("f2", "f4", "f8")},
        "b": np.array([True, False, True]),
        "U": np.array(["", "ab", "\\u00e4"]),
        "S": np.array([b"", b"ab", b"c"]),
        "O": np.array(["a", None, "c"], dtype=object),
        "M": np.array(["2020-01-01", "NaT", "1969-12-31"], dtype="M8[us]"),
        "D": np.array(["2020-01-01", "NaT", "1969-12-31"], dtype="M8[D]"),
        "m": np.array([1, -1, 0], dtype="m8[ms]"),
        "stride": np.arange(6.0)[::2],
        "masked": np.ma.array([1, 2, 3], mask=[0, 1, 0]),
        "scalars": [np.float32(1.5), np.float32(2), np.float32(3)],
    }

def numpy_empty():
    import numpy as np
    return {"x": np.array([]), "y": np.array([], dtype="M8[us]")}

def pandas():
    import pandas as pd
    frame = pd.DataFrame({
        "n": [1, 2, None],
        "i": pd.array([1, None, 3], dtype="Int64"),
        "s": ["a", None, "c"],
        "t": pd.to_datetime(["2020-01-01", None, "2021-01-01"]),
        "z": pd.to_datetime(["2020-01-01", None, "2021-01-01"]).tz_localize("Europe/Paris"),
        "c": pd.Categorical(["x", "y", "x"]),
    })
    return frame.set_index(pd.Index([7, 8, 9], name="day"))

def series():
    import pandas as pd, polars as pl, pyarrow as pa
    return {"pandas": pd.Series([1.5, None]), "polars": pl.Series(["a", None]),
            "arrow": pa.array([1, None], pa.int8()), "chunks": pa.chunked_array([[1], [2]])}

def polars():
    import polars as pl
    return pl.DataFrame({"a": [1, None], "s": ["x", None], "d": [dt.date(2020, 1, 1), None],
                         "c": pl.Series(["u", "v"], dtype=pl.Categorical)})

def arrow():
    import pyarrow as pa
    return pa.table({"a": pa.array([1, None], pa.uint16()), "s": pa.array(["x", None]),
                     "t": pa.array([0, None], pa.timestamp("ns", "UTC"))})

def batch():
    import pyarrow as pa
    return pa.record_batch({"a": [1, 2]})

BARE = (plain, reals, enums, empty, ranges)

def pandas_alone():
    import sys
    sys.modules["pyarrow"] = None  # as if it were not installed
    import pandas as pd
    frame = pandas()
    frame["small"] = pd.array([1, None, 3], dtype="Int8")
    frame["truth"] = pd.array([True, None, False], dtype="boolean")
    frame["real"] = pd.array([0.5, None, 1.5], dtype="Float32")
    frame["whole"] = [1, 2, 3]
    return frame.reset_index()

def series_alone():
    frame = pandas_alone()
    return {name: frame[name] for name in frame.columns}

ALL = (*BARE, numpy, numpy_empty, pandas, series, polars, arrow, batch)
"""
"""A module of tables: a bundle's model gives them, and a test makes them itself."""

MODEL = """
import os
import signal
import sys
import time
import frames

class Cruel(Exception):
    def __str__(self):
        raise KeyboardInterrupt("not even this")

def echo(parameters, seed):
    values = parameters.values()
    return {"name": list(parameters), "type": [type(each).__name__ for each in values],
            "value": [repr(each) for each in values], "seed": [str(seed)] * len(parameters)}

def where(parameters, seed):
    import resource
    core = resource.getrlimit(resource.RLIMIT_CORE)
    return {"core": [max(core)], "pid": [os.getpid()],
            "python": [sys.executable], "prefix": [sys.prefix],
            "hash": [str(hash("text"))], "folder": [os.getcwd()], "resident": [seed]}

def surroundings(parameters, seed):
    return {"name": list(os.environ), "value": list(os.environ.values())}

def several(parameters, seed):
    return {"b": {"x": [2]}, "a": {"x": [1]}, "c": {"x": [3]}}

def noisy(parameters, seed):
    print("what the model prints")
    os.system("echo what its child prints")
    print("what it complains", file=sys.stderr)
    return {"x": [1]}

def flood(parameters, seed):
    for _ in range(1024):
        sys.stdout.write("o" * 10240)
        sys.stderr.write("e" * 10240)
    return {"x": [1]}

def unprintable(parameters, seed):
    raise Cruel

def fails(parameters, seed):
    print("before it failed")
    secret = parameters.get("secret", "")
    raise ValueError(f"no such value {secret}")

def kept(parameters, seed):
    raise type("Odd", (Exception,), {"__reduce__": None})(lambda: 1, sys.stderr)

def interrupt(parameters, seed):
    raise KeyboardInterrupt

def leaves(parameters, seed):
    sys.exit(0)

def recursion(parameters, seed):
    return recursion(parameters, seed)

def no_memory(parameters, seed):
    raise MemoryError("all gone")

def imports(parameters, seed):
    import nowhere_to_be_found

def hides(parameters, seed):
    try:
        import nowhere_to_be_found
    except ImportError as error:
        raise KeyError("incidence") from error

def reads(parameters, seed):
    return {"x": [input()]}

def huge(parameters, seed):
    import numpy as np
    return {"x": np.arange(50 * 2**20 // 8)}

def uint64(parameters, seed):
    return {"x": [0, 2**64 - 1]}

def much(parameters, seed):
    return {"x": list(bytearray(3 * 2**30)[:1])}

def leak(parameters, seed, kept=[]):
    kept.append(bytearray(2**28))
    kept[-1][::4096] = b"x" * len(kept[-1][::4096])
    return where(parameters, seed)

def hang(parameters, seed):
    print("and now it hangs")
    time.sleep(3600)

def spin(parameters, seed):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    sum(range(10**12))

def grandchild(parameters, seed):
    import subprocess
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    with open(parameters["note"], "w") as note:
        note.write(f"{child.pid} {os.getpid()}")
    os.fork() or time.sleep(3600)
    time.sleep(3600)

def orphan(parameters, seed):
    grandchild_pid = os.fork()
    if not grandchild_pid:
        time.sleep(3600)
    with open(parameters["note"], "w") as note:
        note.write(f"{grandchild_pid} {os.getpid()}")
    os._exit(7)

def forks(parameters, seed):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    return {"parent": [child > 0]}

def threads(parameters, seed):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        return {"x": list(pool.map(abs, range(-8, 0)))}

def processes(parameters, seed):
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2) as pool:
        return {"x": list(pool.map(abs, range(-8, 0)))}

def segfault(parameters, seed):
    import ctypes
    ctypes.string_at(0)

def overflow(parameters, seed):
    os.kill(os.getpid(), signal.SIGBUS)

def aborts(parameters, seed):
    os.abort()

def cpp(parameters, seed):
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\\n")
    os.abort()

def exit0(parameters, seed):
    os._exit(0)

def exit3(parameters, seed):
    print("the last words")
    os._exit(3)

def exit137(parameters, seed):
    os._exit(137)

def killed(parameters, seed):
    os.kill(os.getpid(), signal.SIGKILL)

def closes(parameters, seed):
    os.closerange(3, 256)
    return {"x": [1]}

def garbles(parameters, seed):
    for number in range(3, 256):
        try:
            os.write(number, b"x" * 64)
        except OSError:
            pass
    time.sleep(3600)

def frame(parameters, seed):
    return getattr(frames, parameters["frame"])()

NOTHING = {
    "none": None, "number": 1, "list": [1], "empty": {}, "no columns": {"a": {}},
    "text": {"x": "abc"}, "scalar": {"x": 1}, "mapping": {"x": {1: 2}, "y": [1]},
    "mixture": {"x": ["a", 1]}, "nested": {"x": [[1]]}, "objects": {"x": [object()]},
    "function": {"x": [len]}, "set": {"x": {1}}, "unequal": {"x": [1], "y": [1, 2]},
    "column name": {1: [1]}, "table name": {"a b": {"x": [1]}}, "no text": {1: {"x": [1]}},
    "complex": {"x": [1j]}, "too great": {"x": [2**64]}, "generator": {"x": iter([1])},
}

def nothing(parameters, seed):
    if parameters["which"].startswith("numpy"):
        import numpy as np
        arrays = {
            "numpy 2d": np.zeros((2, 2)), "numpy 0d": np.array(1), "numpy complex": np.array([1j]),
            "numpy structure": np.zeros(2, dtype="i4,f4"), "numpy objects": np.array([object()]),
        }
        return {"x": arrays[parameters["which"]]}
    if parameters["which"] == "pandas":
        import pandas as pd
        return pd.DataFrame([[1, 2]], columns=["a", "a"])
    if parameters["which"] == "pandas mixture":
        import pandas as pd
        return pd.DataFrame({"x": ["a", 1, object()]})
    return NOTHING[parameters["which"]]

def simulate(parameters, seed, scenario):
    return globals()[scenario](parameters, seed)
"""

TARGETS = """
import math

def loss(replicates):
    return sum(float(sum(each["output"]["x"])) for each in replicates) / len(replicates)

def kinds(replicates):
    import numpy as np
    (tables,) = replicates
    columns = tables["output"]
    assert all(type(column) is np.ndarray for column in columns.values())
    assert {name: column.dtype.str for name, column in columns.items()} == {
        "f": "<f8", "i": "<f8", "w": "<i4", "u": "<u8", "b": "|b1", "t": "|O", "s": "|O",
        "n": "<f8", "d": "<M8[D]", "m": "<M8[us]", "p": "<m8[us]", "c": "|O",
    }
    assert math.isnan(columns["f"][1]) and math.isnan(columns["i"][1])
    assert np.isnat(columns["m"][1]) and np.isnat(columns["d"][1]) and np.isnat(columns["p"][1])
    assert list(columns["s"]) == ["a", None] and list(columns["t"]) == [True, None]
    assert columns["u"][0] == 2**64 - 1 and np.isnan(columns["n"]).all()
    columns["f"][0] = 0.5
    return columns["f"][0]

def lists(replicates):
    import datetime as dt
    (tables,) = replicates
    columns = tables["output"]
    assert all(type(column) is list for column in columns.values())
    assert all(math.isnan(columns[name].pop()) for name in ("f", "i", "n"))
    del columns["n"]
    assert columns == {
        "f": [1.5], "i": [1.0], "w": [1, 2], "u": [2**64 - 1, 0], "b": [True, False],
        "t": [True, None], "s": ["a", None], "d": [dt.date(2020, 1, 2), None],
        "m": [dt.datetime(2020, 1, 2, 3, 4, 5, 6), None], "c": [dt.time(1), None],
        "p": [dt.timedelta(days=-1, microseconds=5), None],
    }, columns
    return 1

def numpy_number(replicates):
    import numpy as np
    return np.float32(0.5)

def numpy_array(replicates):
    import numpy as np
    return np.array(2)

def infinite(replicates):
    return -math.inf

def not_a_number(replicates):
    return math.nan

def too_great(replicates):
    return 10**400

def true(replicates):
    return True

def text(replicates):
    return "0.5"

def none(replicates):
    return None

def fails(replicates):
    raise LookupError("no data")

number = 5
"""
