"""What a cluster answers that has applied generated manifests: their own objects, with a status.

Shapes are those of Kubernetes 1.35, Flux 2 and CloudNativePG 1.30.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Body = dict[str, Any]
NOW = "2026-11-20T09:00:00Z"
REVISION = "main@sha1:5f3c0a1e9d"


def generated(folder: Path) -> list[Body]:
    """Every object below a folder of generated files."""
    texts = (path.read_text() for path in sorted(folder.rglob("*.yaml")))
    return [body for text in texts for body in yaml.safe_load_all(text) if body]


def healthy(bodies: list[Body]) -> list[Body]:
    """The objects with pods, the pods, and Flux' Kustomizations, when all is well."""
    return [copy.deepcopy(each) for body in bodies for each in _answers(body)]


def _answers(body: Body) -> Iterator[Body]:
    match body["kind"]:
        case "Deployment" | "StatefulSet":
            count = body["spec"].get("replicas", 1)
            status = {"replicas": count, "readyReplicas": count, "observedGeneration": 1}
            yield _stored(body, {"replicas": count}, status)
            owner = body["metadata"]["name"]
            for index in range(count):
                yield pod(body, f"{owner}-{index}", f"{owner}-6c9d8b7f5d")
        case "Job":
            count = body["spec"]["completions"]
            owner = body["metadata"]["name"]
            leads = owner.startswith("run-worker-")
            done = {"type": "Complete", "status": "True", "reason": "CompletionsReached"}
            status = {"active": count, "ready": count} if leads else {"succeeded": count}
            yield _stored(body, {}, {**status, **({} if leads else {"conditions": [done]})})
            for index in range(count):
                made = pod(body, f"{owner}-{index}-x7k2p", owner)
                yield made if leads else ended(made, 0, "Completed")
        case "Cluster":
            count = body["spec"]["instances"]
            yield _stored(body, {}, {"instances": count, "readyInstances": count})
        case "Kustomization" if "toolkit.fluxcd.io" in body["apiVersion"]:
            yield _stored(
                body, {}, applied("True", "ReconciliationSucceeded", f"Applied {REVISION}")
            )


def applied(ready: str, reason: str, message: str) -> Body:
    """The status of a Kustomization."""
    condition = {"type": "Ready", "status": ready, "reason": reason, "message": message}
    return {"lastAppliedRevision": REVISION, "conditions": [condition]}


def _stored(body: Body, spec: Body, status: Body) -> Body:
    """An object as the API server keeps it."""
    metadata = {**body["metadata"], "creationTimestamp": NOW, "uid": "0b1c", "generation": 1}
    return {**body, "metadata": metadata, "spec": {**body["spec"], **spec}, "status": status}


def pod(owner: Body, name: str, owned_by: str) -> Body:
    """A pod that runs."""
    template = owner["spec"]["template"]
    container = template["spec"]["containers"][0]["name"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": owner["metadata"]["namespace"],
            "labels": template["metadata"]["labels"],
            "creationTimestamp": NOW,
            "ownerReferences": [{"kind": "ReplicaSet", "name": owned_by, "controller": True}],
        },
        "spec": {"containers": template["spec"]["containers"]},
        "status": {
            "phase": "Running",
            "conditions": [
                {"type": "PodScheduled", "status": "True"},
                {"type": "Ready", "status": "True"},
            ],
            "containerStatuses": [
                {
                    "name": container,
                    "ready": True,
                    "restartCount": 0,
                    "state": {"running": {"startedAt": NOW}},
                    "lastState": {},
                }
            ],
        },
    }


def ended(one: Body, code: int, reason: str, message: str = "") -> Body:
    """The pod, when its container has ended."""
    state = {"exitCode": code, "reason": reason, "startedAt": NOW, "finishedAt": NOW}
    if message:
        state["message"] = message
    one["status"]["phase"] = "Failed" if code else "Succeeded"
    one["status"]["conditions"] = [{"type": "PodScheduled", "status": "True"}]
    (container,) = one["status"]["containerStatuses"]
    container |= {
        "ready": False,
        "state": {"terminated": state},
    }
    return one


def waiting(one: Body, reason: str, message: str) -> Body:
    """The pod, when its container cannot start."""
    one["status"]["phase"] = "Pending"
    one["status"]["conditions"] = [{"type": "PodScheduled", "status": "True"}]
    (container,) = one["status"]["containerStatuses"]
    container |= {"ready": False, "state": {"waiting": {"reason": reason, "message": message}}}
    return one


def failed(job: Body, reason: str, message: str) -> Body:
    """The Job, when it has failed."""
    condition = {"type": "Failed", "status": "True", "reason": reason, "message": message}
    job["status"] = {"failed": 1, "conditions": [condition]}
    return job


def one(objects: list[Body], kind: str, name: str, namespace: str = "") -> Body:
    """The first whose name begins so."""
    return next(
        body
        for body in objects
        if body["kind"] == kind
        and body["metadata"]["name"].startswith(name)
        and body["metadata"]["namespace"].endswith(namespace)
    )


def run_status(**more: object) -> str:
    """The line that the runtime prints."""
    told = {
        "run": "own",
        "study": "dev/own",
        "state": "running",
        "mode": "coordinated",
        "trials": {
            "wanted": 200,
            "asked": 16,
            "running": 12,
            "completed": 80,
            "failed": 3,
            "timeout": 1,
            "pruned": 6,
        },
        "best": {"number": 41, "loss": 0.0123456, "parameters": {"beta": 0.31, "contacts": 7}},
        "rate": 0.0712,
        "leader": {"worker": "run-worker-4f-0-x7k2p", "since": NOW},
        "lastError": {"trial": 88, "kind": "timeout", "message": "no answer within 1800 s"},
        "results": None,
        "finishedAt": None,
    }
    return json.dumps({**told, **more})
