"""`modelops status`: what a cluster answers, in words; every way it can fail to answer."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.cli import kubernetes_answers as answers
from tests.cli.kubernetes_answers import Body

from modelops.cli import program
from modelops.cli import status as command
from modelops.processes import occupied

GOLDEN = Path(__file__).parents[1] / "golden"
STORES = GOLDEN / "four-kinds-of-store"
WORKSHOP = GOLDEN / "a-workshop-on-shared-services"
STAND_IN = Path(__file__).with_name("stand_in_kubectl.py")
FLUX = "modelops-system"
WIDTH = "80"

Ask = Callable[..., tuple[int, str, str]]


@dataclass
class Told:
    """What the stand-in answers, and where it notes what it was asked."""

    place: Path
    objects: list[Body] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def one(self, kind: str, name: str, namespace: str = "") -> Body:
        """The first object whose name begins so."""
        return answers.one(self.objects, kind, name, namespace)

    def without(self, namespace: str) -> None:
        """Nothing of a namespace is there."""
        self.objects = [body for body in self.objects if body["metadata"]["namespace"] != namespace]

    def write(self) -> None:
        """Hand it to the stand-in."""
        text = json.dumps({"objects": self.objects, "said": {}, **self.more})
        (self.place / "answers.json").write_text(text)

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of each call."""
        return [json.loads(line) for line in (self.place / "calls").read_text().splitlines()]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """A healthy cluster of the environment `dev` of the golden case with all kinds of stores."""
    found = Told(tmp_path, answers.healthy(answers.generated(STORES / "expected" / "dev")))
    leader = found.one("Pod", "run-worker", "dev-own")["metadata"]["name"]
    found.more["said"] = {leader: answers.run_status()}
    return found


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in, as the only `kubectl` there is."""
    place = tmp_path / "bin" / "kubectl"
    place.parent.mkdir()
    place.write_text(f'#!/bin/sh\nexec {sys.executable} {STAND_IN} "$@"\n')
    place.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("STAND_IN_KUBECTL", str(tmp_path / "answers.json"))
    return place


@pytest.fixture
def ask(told: Told, kubectl: Path) -> Ask:
    """`modelops status ARGUMENTS…` against the stand-in."""
    assert kubectl.exists()

    def ask(*arguments: str, root: Path = STORES) -> tuple[int, str, str]:
        told.write()
        result = CliRunner().invoke(
            program,
            ["--root", str(root), "status", *arguments],
            prog_name="modelops",
            env={"COLUMNS": WIDTH, "NO_COLOR": "1"},
            catch_exceptions=False,
        )
        return result.exit_code, result.stdout, result.stderr

    return ask


def row(out: str, name: str) -> list[str]:
    """The cells of a row."""
    (line,) = [line for line in out.splitlines() if line.split()[:1] == [name]]
    return line.split()


def fact(out: str, name: str) -> str:
    """What stands behind a name on a page, in one line."""
    lines = out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip().startswith(f"{name}  "))
    rest = [line for line in lines[start + 1 :] if line]
    below = [line.strip() for line in rest[: next_name(rest)]]
    return " ".join([lines[start].strip().removeprefix(name).strip(), *below])


def next_name(lines: list[str]) -> int:
    return next((i for i, line in enumerate(lines) if line[2:3] != " "), len(lines))


def copied(root: Path) -> Path:
    """The sources of the case, in a project of their own."""
    shutil.copytree(STORES / "environments", root / "environments")
    return root


# --- an environment ------------------------------------------------------------------------------


def test_an_environment_that_is_well(ask: Ask, told: Told) -> None:
    code, out, err = ask("dev")
    assert (code, err) == (0, "")
    assert row(out, "default")[1:4] == ["ready", "2/2", "1/1"]
    assert row(out, "own")[1:7] == ["running", "40-workers", "3/3", "90/200", "0.01235", "4.27/min"]
    assert row(out, "elsewhere")[1:7] == ["running", "40-workers", "2/2", "-", "-", "-"]
    assert all(len(line) <= int(WIDTH) for line in out.splitlines())
    gets = [call for call in told.calls if "get" in call]
    assert sum("--all-namespaces" in call for call in gets) == 1
    assert all("--request-timeout=15s" in call for call in told.calls)


def test_a_workshop(ask: Ask, told: Told) -> None:
    told.objects = answers.healthy(answers.generated(WORKSHOP / "expected"))
    down = told.one("Deployment", "search")
    down["status"] = {"replicas": 1}
    code, out, _ = ask("lab", root=WORKSHOP)
    assert code == 0
    assert row(out, "search")[1:3] == ["starting", "0/1"]
    assert row(out, "malaria")[1] == "ready"


def test_what_is_wrong_is_told_first(ask: Ask, told: Told) -> None:
    answers.waiting(told.one("Pod", "dask-worker-1"), "ImagePullBackOff", "not found: dask:9")
    told.one("Deployment", "dask-worker")["status"] = {"replicas": 2, "readyReplicas": 1}
    job = answers.failed(
        told.one("Job", "run-worker", "dev-own"), "BackoffLimitExceeded", "too many failures"
    )
    for body in told.objects:
        if body["kind"] == "Pod" and body["metadata"]["name"].startswith(job["metadata"]["name"]):
            answers.ended(body, 137, "OOMKilled")
    code, out, _ = ask("dev")
    assert code == 0
    assert row(out, "default")[1:4] == ["starting", "1/2", "1/1"]
    assert "dask-worker-1: worker: ImagePul" in out
    assert row(out, "own")[1:4] == ["failed", "40-workers", "0/3"]
    _, page, _ = ask("dev", "own")
    assert "BackoffLimitExceeded: too many failures" in fact(page, "trouble")
    assert "OOMKilled (exit code 137)" in page
    assert "`restart`" in fact(page, "again")


def test_a_run_that_is_not_applied_yet(ask: Ask, told: Told) -> None:
    told.without("modelops-run-dev-own")
    for stage in ("20-store", "30-store-init", "40-workers"):
        flux = told.one("Kustomization", f"dev-run-own-{stage}")
        flux["status"] = answers.applied("False", "DependencyNotReady", "waits for another")
    store = told.one("Kustomization", "dev-run-own-20-store")
    store["status"] = answers.applied("False", "HealthCheckFailed", "timeout: StatefulSet/store")
    _, out, _ = ask("dev")
    assert row(out, "own")[1:4] == ["starting", "20-store", "0/3"]
    assert "timeout: StatefulSet/" in out
    told.objects = [
        body
        for body in told.objects
        if not body["metadata"]["name"].startswith(("dev-run-own", "dev-ws"))
    ]
    told.without("modelops-dask-dev")
    _, out, _ = ask("dev")
    assert row(out, "own")[1:4] == ["absent", "00-base", "0/3"]
    assert row(out, "default")[1:4] == ["absent", "0/2", "0/1"]


def test_failures_that_were_overcome_are_none(ask: Ask, told: Told) -> None:
    made = answers.ended(told.one("Pod", "store-init", "dev-own"), 75, "Error")
    told.objects.append(made | {"metadata": made["metadata"] | {"name": "store-init-old-0-a"}})
    code, out, _ = ask("dev", "own")
    assert code == 0
    assert "trouble" not in out


# --- a unit --------------------------------------------------------------------------------------


def test_a_run_in_full(ask: Ask, told: Told) -> None:
    code, out, err = ask("dev", "own")
    assert (code, err) == (0, "")
    assert out.startswith("dev/runs/own: running\n")
    assert fact(out, "trials").startswith(
        "90 of 200 (16 asked, 12 running, 80 completed, 3 failed, 1 timeout, 6 pruned)"
    )
    assert fact(out, "best") == "0.0123456 in trial 41: beta=0.31, contacts=7"
    assert fact(out, "leader") == "run-worker-4f-0-x7k2p"
    assert fact(out, "last error") == "trial 88: timeout: no answer within 1800 s"
    assert fact(out, "results") == (
        "to be in /var/lib/modelops/results/runs/dev/own, in the workers of default"
        " (goes when the pod goes)"
    )
    assert "kubectl -n modelops-dask-dev port-forward svc/dask-scheduler 8787\n" in out
    assert "kubectl -n modelops-run-dev-own port-forward svc/store 5432\n" in out
    assert "--all-namespaces" not in [word for call in told.calls for word in call]
    (exec_,) = [call for call in told.calls if "exec" in call]
    assert exec_[exec_.index("--") + 1 :] == [
        "python",
        "-m",
        "modelops_runtime",
        "run-status",
    ]


def test_a_run_that_is_over_is_told_by_what_its_pods_left(ask: Ask, told: Told) -> None:
    job = told.one("Job", "run-worker", "dev-own")
    done = {"type": "Complete", "status": "True", "reason": "CompletionsReached", "message": ""}
    job["status"] = {"succeeded": 4, "conditions": [done]}
    left = answers.run_status(state="finished", results="/results/runs/dev/own", finishedAt="9:00")
    for body in told.objects:
        if body["kind"] == "Pod" and body["metadata"]["name"].startswith(job["metadata"]["name"]):
            answers.ended(body, 0, "Completed", left)
    _, out, _ = ask("dev/own")
    assert out.startswith("dev/runs/own: finished\n")
    assert fact(out, "results") == "/results/runs/dev/own"
    assert not [call for call in told.calls if "exec" in call]


@pytest.mark.parametrize(
    "arguments",
    [
        ("dev", "own"),
        ("dev/own",),
        ("dev/runs/own",),
        ("dev", "runs/own"),
        ("environments/dev/runs/own.yaml",),
    ],
)
def test_every_way_to_name_a_unit(ask: Ask, arguments: tuple[str, ...]) -> None:
    code, out, _ = ask(*arguments)
    assert (code, out.splitlines()[0]) == (0, "dev/runs/own: running")


def test_a_name_that_is_a_run_and_a_workspace(ask: Ask, tmp_path: Path) -> None:
    root = copied(tmp_path / "project")
    (root / "environments/dev/runs/memory.yaml").rename(root / "environments/dev/runs/default.yaml")
    code, _, err = ask("dev/default", root=root)
    assert code == 2
    assert "write one of dev/workspaces/default and dev/runs/default" in err.replace("\n", " ")
    assert ask("dev/runs/default", root=root)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("dev", "onw"), "did you mean `dev/own`?"),
        (("dve",), "did you mean `dev`?"),
        (("dev/a/b/c",), "names nothing"),
        (("dev/pods/own",), "names nothing"),
        (("dev/workspaces/own",), "there is no unit `dev/own`"),
    ],
)
def test_a_name_of_nothing(ask: Ask, arguments: tuple[str, ...], says: str) -> None:
    code, _, err = ask(*arguments)
    assert code == 2
    assert says in err


def test_a_workspace_in_full(ask: Ask) -> None:
    code, out, _ = ask("dev", "default", "--context", "")
    assert code == 0
    assert out.startswith("dev/workspaces/default: ready\n")
    assert fact(out, "workers") == "2/2 ready"


def test_a_context_is_passed_on_and_told(ask: Ask, told: Told) -> None:
    told.more["context"] = "lab"
    code, out, _ = ask("dev", "own", "--context", "lab")
    assert code == 0
    assert all(call[:2] == ["--context", "lab"] for call in told.calls)
    assert "kubectl --context lab -n modelops-dask-dev port-forward" in out
    code, _, err = ask("dev", "--context", "elsewhere")
    assert code == 1
    assert "context was not found" in err


def test_the_store_of_an_operator(ask: Ask, told: Told) -> None:
    told.one("Cluster", "store")["status"] = {"instances": 1}
    _, out, _ = ask("dev", "operated")
    assert fact(out, "store") == "0/1 ready"
    told.more["unknown"] = ["clusters.postgresql.cnpg.io"]
    assert ask("dev", "operated")[0] == 0


def test_an_older_image_cannot_say_how_its_search_goes(ask: Ask, told: Told) -> None:
    told.more["said"] = {}
    _, out, _ = ask("dev", "own")
    assert fact(out, "trials") == (
        "its pod did not say (command terminated with exit code 2); an older image cannot"
    )
    leader = told.one("Pod", "run-worker", "dev-own")["metadata"]["name"]
    told.more["said"] = {leader: "hello"}
    assert "(it said something else)" in ask("dev", "own")[1]


# --- forms ---------------------------------------------------------------------------------------


def test_for_programs(ask: Ask, told: Told) -> None:
    code, out, _ = ask("dev", "--json")
    assert code == 0
    document = json.loads(out)
    units = {f"{one['kind']}/{one['name']}": one for one in document["units"]}
    own = units["run/own"]
    assert own["search"]["best"]["parameters"] == {"beta": 0.31, "contacts": 7}
    assert own["search"]["trialsPerSecond"] == 0.0712
    assert (own["state"], own["stage"]) == ("running", "40-workers")
    assert own["resultsFolder"] == "/var/lib/modelops/results/runs/dev/own"
    assert units["workspace/default"]["workers"] == {"wanted": 2, "ready": 2}
    assert told.calls


def test_the_last_lines_of_pods(ask: Ask, told: Told) -> None:
    leader = told.one("Pod", "run-worker", "dev-own")["metadata"]["name"]
    told.more["logs"] = {leader: [f"line {number}" for number in range(30)]}
    _, out, _ = ask("dev", "own", "--logs")
    assert f"modelops-run-dev-own/{leader}:\nline 10\n" in out
    assert "line 9\n" not in out
    assert 'pods "run-worker' in out  # the others have said nothing yet


def test_a_terminal_is_not_steered_by_what_a_cluster_says(ask: Ask, told: Told) -> None:
    job = told.one("Job", "run-worker", "dev-own")
    answers.failed(job, "PodFailurePolicy", "\x1b[2Jgone")
    for arguments in (("dev",), ("dev", "own")):
        _, out, _ = ask(*arguments)
        assert "\x1b" not in out
    told.more["logs"] = {
        body["metadata"]["name"]: ["\x1b[2Jgone"] for body in told.objects if body["kind"] == "Pod"
    }
    assert "\x1b" not in ask("dev", "own", "--logs")[1]


def test_it_looks_again_until_it_is_interrupted(
    ask: Ask, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        told.more["down"] = "Unable to connect to the server: EOF"
        told.write()
        if len(looks) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(command, "sleep", sleep)
    code, out, err = ask("dev", "--watch", "--json")
    assert code == 130
    assert json.loads(out.splitlines()[0])["environment"] == "dev"
    assert "the cluster does not answer: Unable to connect to the server: EOF" in err
    assert looks == [5.0, 5.0]


# --- a cluster that does not answer --------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        "The connection to the server 10.0.0.1:443 was refused - did you specify the right host?",
        "Unable to connect to the server: dial tcp: lookup aks.example: no such host",
        "error: You must be logged in to the server (Unauthorized)",
    ],
)
def test_nobody_answers(ask: Ask, told: Told, message: str) -> None:
    told.more["down"] = f"E1121 memcache.go:265 unhandled\n{message}"
    code, out, err = ask("dev")
    assert (code, out) == (1, "")
    assert err == f"error: the cluster does not answer: {message}\n"


def test_there_is_no_kubectl(ask: Ask, kubectl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl.unlink()
    monkeypatch.setenv("PATH", str(kubectl.parent))
    code, _, err = ask("dev")
    assert code == 1
    assert "`kubectl` is not installed, or not on the PATH" in err


def test_it_answers_with_something_else(ask: Ask, kubectl: Path) -> None:
    kubectl.write_text("#!/bin/sh\necho hello\n")
    code, _, err = ask("dev")
    assert code == 1
    assert "something that is no JSON list" in err


def test_who_may_see_some_namespaces_sees_those(ask: Ask, told: Told) -> None:
    told.more["forbidden"] = ["*", "modelops-run-dev-own", FLUX]
    code, out, _ = ask("dev")
    assert code == 0
    assert row(out, "own")[1] == "unknown"
    assert "is forbidden" in out
    assert row(out, "default")[1:4] == ["ready", "2/2", "1/1"]
    assert row(out, "elsewhere")[1:3] == ["running", "-"]


def test_a_cluster_without_flux(ask: Ask, told: Told) -> None:
    told.more["unknown"] = ["kustomizations.kustomize.toolkit.fluxcd.io"]
    code, out, _ = ask("dev", "own")
    assert code == 0
    assert fact(out, "stage") == "not known: Flux could not be asked"


# --- this machine --------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A project with a run of this machine, whose runtime answers from a file."""
    root = tmp_path / "here"
    folder = root / ".modelops" / "runs" / "dev" / "own"
    (folder / "logs").mkdir(parents=True)
    copied(root)
    runtime = tmp_path / "runtime"
    runtime.write_text(
        "#!/bin/sh\n"
        '[ "$*" = "-m modelops_runtime run-status" ] || exit 2\n'
        '[ "$PGHOST" = /tmp/store ] || exit 3\n'
        '[ -z "$PGPASSWORD" ] || exit 4\n'
        f"cat {folder}/answer || {{ echo 'no store there' >&2; exit 75; }}\n"
    )
    runtime.chmod(0o755)
    state = {"environment": {"PGHOST": "/tmp/store"}, "python": str(runtime)}  # noqa: S108 -- a text
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "answer").write_text(answers.run_status())
    (folder / "logs" / "store.log").write_text("ready\n")
    return root


def test_a_run_on_this_machine(ask: Ask, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "of somebody else")
    (here / ".modelops/runs/dev/own/results/runs/dev/own").mkdir(parents=True)
    code, out, _ = ask("dev/own", "--local", "--logs", root=here)
    assert code == 0
    assert out.startswith("dev/own on this machine: running\n")
    assert fact(out, "trials").startswith("90 of 200")
    assert fact(out, "results") == ".modelops/runs/dev/own/results/runs/dev/own"
    assert fact(out, "go on") == "modelops run dev/own --local"
    assert out.endswith("store.log:\nready\n")
    code, out, _ = ask("dev", "--local", root=here)
    assert row(out, "own")[1:5] == ["running", "90/200", "0.01235", "4.27/min"]
    document = json.loads(ask("dev", "own", "--local", "--json", root=here)[1])
    assert document["runs"][0]["search"]["done"] == 90


def test_a_run_on_this_machine_that_is_stopped(ask: Ask, here: Path) -> None:
    (here / ".modelops/runs/dev/own/answer").unlink()
    code, out, _ = ask("dev", "own", "--local", root=here)
    assert code == 0
    assert out.startswith("dev/own on this machine: stopped\n")
    assert fact(out, "why") == "it does not run now, nor does its store"
    with occupied(here / ".modelops/runs/dev/own"):
        _, out, _ = ask("dev", "own", "--local", root=here)
    assert fact(out, "why").endswith("no store there")
    (here / ".modelops/runs/dev/own/state.json").write_text("{")
    assert "cannot be read" in ask("dev", "own", "--local", root=here)[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("dev", "elsewhere"), "`modelops run dev/elsewhere --local` starts one"),
        (("dev", "onw"), "did you mean `dev/own`?"),
        (("dev/workspaces/default",), "--local looks at runs"),
        (("dev", "--context", "lab"), "has no --context"),
    ],
)
def test_what_does_not_run_on_this_machine(
    ask: Ask, here: Path, arguments: tuple[str, ...], says: str
) -> None:
    code, _, err = ask(*arguments, "--local", root=here)
    assert code == 2
    assert says in " ".join(err.split())
