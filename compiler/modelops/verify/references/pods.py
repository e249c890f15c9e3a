"""What a pod names: accounts, classes, claims, and Secrets and ConfigMaps with their keys.

What is marked `optional` is left out: the pod starts without it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from modelops.manifests import Identity
from modelops.provenance import DataPath
from modelops.verify.paths import map_at, maps_at, text_at, value_at
from modelops.verify.placement import PodTemplate
from modelops.verify.references.reference import Reference, core
from modelops.verify.security import containers

Node = Mapping[str, Any]

VOLUME_SOURCES = (
    ("secret", "secretName", "Secret"),
    ("configMap", "name", "ConfigMap"),
)
"""Where a volume names a source of files: the key, the key of the name, the kind."""

ENV_SOURCES = (
    ("secretKeyRef", "Secret"),
    ("configMapKeyRef", "ConfigMap"),
)
ENV_FROM_SOURCES = (
    ("secretRef", "Secret"),
    ("configMapRef", "ConfigMap"),
)


def pod_references(pod: PodTemplate) -> Iterator[Reference]:
    """Yield every reference of one pod template, with paths from its owner's root."""
    namespace = pod.owner.identity.namespace
    for reference in (
        *_plain(pod.spec, namespace),
        *_volumes(pod, namespace),
        *_environment(pod, namespace),
    ):
        yield Reference((*pod.spec_path, *reference.path), reference.target, reference.key)


def _plain(spec: Node, namespace: str) -> Iterator[Reference]:
    named = (
        ("serviceAccountName", "", "ServiceAccount", namespace),
        ("priorityClassName", "scheduling.k8s.io", "PriorityClass", ""),
        ("runtimeClassName", "node.k8s.io", "RuntimeClass", ""),
    )
    for key, group, kind, home in named:
        if name := text_at(spec, key):
            yield Reference((key,), Identity(group, kind, home, name))
    for path, secret in maps_at(spec, "imagePullSecrets"):
        yield Reference((*path, "name"), core("Secret", namespace, text_at(secret, "name")))


def _volumes(pod: PodTemplate, namespace: str) -> Iterator[Reference]:
    templates = maps_at(pod.owner.body, "spec", "volumeClaimTemplates")
    own = {text_at(template, "metadata", "name") for _, template in templates}
    for path, volume in maps_at(pod.spec, "volumes"):
        for shape in VOLUME_SOURCES:
            yield from _source(volume, path, shape, namespace)
        claim = text_at(volume, "persistentVolumeClaim", "claimName")
        if claim and claim not in own:
            target = core("PersistentVolumeClaim", namespace, claim)
            yield Reference((*path, "persistentVolumeClaim", "claimName"), target)
        for step, source in maps_at(volume, "projected", "sources"):
            for key, _, kind in VOLUME_SOURCES:
                yield from _source(source, (*path, *step), (key, "name", kind), namespace)


def _source(
    node: Node, path: DataPath, shape: tuple[str, str, str], namespace: str
) -> Iterator[Reference]:
    key, name_key, kind = shape
    source = map_at(node, key)
    if not source or value_at(source, "optional") is True:
        return
    target = core(kind, namespace, text_at(source, name_key))
    yield Reference((*path, key, name_key), target)
    for step, item in maps_at(source, "items"):
        if wanted := text_at(item, "key"):
            yield Reference((*path, key, *step, "key"), target, wanted)


def _environment(pod: PodTemplate, namespace: str) -> Iterator[Reference]:
    for base, container in containers(pod):
        for path, entry in maps_at(container, "env"):
            for key, kind in ENV_SOURCES if "valueFrom" in entry else ():
                source = map_at(entry, "valueFrom", key)
                here = (*base, *path, "valueFrom", key)
                yield from _key_of(source, here, kind, namespace)
        for path, entry in maps_at(container, "envFrom"):
            for key, kind in ENV_FROM_SOURCES:
                yield from _key_of(map_at(entry, key), (*base, *path, key), kind, namespace)


def _key_of(source: Node, path: DataPath, kind: str, namespace: str) -> Iterator[Reference]:
    if source and value_at(source, "optional") is not True:
        target = core(kind, namespace, text_at(source, "name"))
        wanted = text_at(source, "key")
        yield Reference((*path, "key" if wanted else "name"), target, wanted)
