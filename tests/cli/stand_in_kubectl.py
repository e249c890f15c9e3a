"""A program that stands in for `kubectl`: answers from a file, and takes what `status` says.

The file that `STAND_IN_KUBECTL` names says: `objects`, `forbidden` (namespaces, or `*` for all of
them at once), `unknown` (kinds that there are not), `said` (of programs in pods), `logs`, `down`
(what is told where nobody answers). Every call is added to the file beside it, `calls`.
"""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

KINDS = {
    "deployments.apps": "Deployment",
    "statefulsets.apps": "StatefulSet",
    "jobs.batch": "Job",
    "pods": "Pod",
    "kustomizations.kustomize.toolkit.fluxcd.io": "Kustomization",
    "clusters.postgresql.cnpg.io": "Cluster",
}
REFUSAL = (
    'Error from server (Forbidden): {kind} is forbidden: User "ada" cannot list resource "{kind}"'
    " in API group at the {scope} scope"
)


def main() -> None:
    """One call."""
    place = Path(os.environ["STAND_IN_KUBECTL"])
    with (place.parent / "calls").open("a") as calls:
        calls.write(json.dumps(sys.argv[1:]) + "\n")
    told = json.loads(place.read_text())
    program, _, inner = " ".join(sys.argv[1:]).partition(" -- ")
    asked = parsed(program.split(), told)
    if told.get("down"):
        fail(told["down"])
    if told.get("context", asked.context) != asked.context:
        fail(f"Error in configuration: context was not found for context: {asked.context}")
    if asked.verb == "get":
        get(asked, told)
    elif asked.verb == "exec":
        said = told["said"].get(asked.what)
        if inner != "python -m modelops_runtime run-status" or said is None:
            fail("error: argument COMMAND: invalid choice\ncommand terminated with exit code 2")
        print(said)  # noqa: T201 -- what it is for
    else:
        lines = told.get("logs", {}).get(asked.what)
        if lines is None:
            fail(f'Error from server (NotFound): pods "{asked.what}" not found')
        print("\n".join(lines[-asked.tail :]))  # noqa: T201 -- what it is for


def parsed(words: list[str], told: dict[str, Any]) -> Namespace:
    """The arguments; whatever kubectl would not take ends the program."""
    parser = ArgumentParser(prog="kubectl", allow_abbrev=False, exit_on_error=True)
    parser.add_argument("--context", default=told.get("context", ""))
    parser.add_argument("--request-timeout")
    verbs = parser.add_subparsers(dest="verb", required=True)
    get = verbs.add_parser("get", allow_abbrev=False)
    where = get.add_mutually_exclusive_group(required=True)
    where.add_argument("--namespace", default="")
    where.add_argument("--all-namespaces", action="store_true")
    get.add_argument("--selector", default="")
    get.add_argument("--output", choices=["json"], required=True)
    for name in ("exec", "logs"):
        verb = verbs.add_parser(name, allow_abbrev=False)
        verb.add_argument("--namespace", required=True)
        if name == "exec":
            verb.add_argument("--container", required=True)
        else:
            verb.add_argument("--all-containers", action="store_true")
            verb.add_argument("--prefix", action="store_true")
            verb.add_argument("--tail", type=int, required=True)
    for verb in verbs.choices.values():
        verb.add_argument("what")
    return parser.parse_args(words)


def get(asked: Namespace, told: dict[str, Any]) -> None:
    """The objects that were asked for, as a List of the API."""
    kinds = asked.what.split(",")
    missing = [kind for kind in kinds if kind in told.get("unknown", [])]
    if missing:
        fail(f'error: the server doesn\'t have a resource type "{missing[0]}"')
    place = asked.namespace or "*"
    if place in told.get("forbidden", []):
        scope = f'namespace "{place}"' if asked.namespace else "cluster"
        fail(REFUSAL.format(kind=kinds[0], scope=scope))
    label, _, value = asked.selector.partition("=")
    items = [
        body
        for body in told["objects"]
        if body["kind"] in {KINDS[kind] for kind in kinds}
        and (place == "*" or body["metadata"]["namespace"] == place)
        and (not label or body["metadata"].get("labels", {}).get(label) == value)
    ]
    answer = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}}
    print(json.dumps({**answer, "items": items}))  # noqa: T201 -- what it is for


def fail(message: str) -> None:
    """As kubectl does it."""
    print(message, file=sys.stderr)  # noqa: T201 -- what it is for
    sys.exit(1)


if __name__ == "__main__":
    main()
