"""Every figure of the README in one command: `python -m tests.bench`.

From the root, on an idle machine, with the project's own Python. The files that are compiled lie in
a temporary folder, which TMPDIR chooses: on a disk for what people wait for, on a tmpfs to leave
the disk out. A part alone: `python -m tests.bench.compile`, `.provenance` or `.compare`, each with
numbers of workspaces as arguments, `.search` with numbers of workers, `.service`, `.executors` or
`.results`.
"""

from tests.bench import (
    compare,
    compile,  # noqa: A004 -- the command is called so
    executors,
    provenance,
    results,
    search,
    service,
)


def main() -> None:
    """All parts, one after the other."""
    print(f"## modelops compile\n\n{compile.measure(compile.COUNTS)}\n", flush=True)
    print(f"## Values that remember\n\n{provenance.measure(provenance.COUNT)}\n", flush=True)
    print(f"## Equal manifests\n\n{compare.measure(compare.COUNTS)}\n", flush=True)
    print(f"## Calls of a model\n\n{executors.measure()}\n", flush=True)
    print(f"## Simulations on Dask\n\n{service.measure()}\n", flush=True)
    print(f"## Results\n\n{results.measure()}\n", flush=True)
    print(f"## Trials per second\n\n{search.measure(search.WORKERS)}")


if __name__ == "__main__":
    main()
