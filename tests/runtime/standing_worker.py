"""A process that stands for a study's leadership, and does what it reads, line by line.

    python standing_worker.py STUDY WORKER SILENCE      the store comes from the environment

It says `leads` once it does. `append N` writes the trial N and is answered `appended`, `lost`
or the name of another error; `again` stands anew and is answered `leads` or `stands by`.
"""

import os
import sys

from modelops_runtime.central_store.connection import settings
from modelops_runtime.central_store.events import Started
from modelops_runtime.central_store.leadership import Leadership, LeadershipLost


def answer(leadership: Leadership, command: str, worker: str) -> str:
    if command == "again":
        return "leads" if leadership.tried() else "stands by"
    try:
        leadership.log.append([Started(int(command.split()[1]), 0, worker)])
    except LeadershipLost:
        return "lost"
    return "appended"


def main(study: str, worker: str, silence: str) -> None:
    leadership = Leadership(settings(os.environ), study, worker, silence=float(silence))
    sys.stdout.write("leads\n" if leadership.waiting(60) else "stands by\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{answer(leadership, line.strip(), worker)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
