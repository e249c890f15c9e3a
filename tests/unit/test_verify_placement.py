"""Part of the stage `verify`: the indexes of a placement hold what a walk over all would find."""

from tests.unit.test_verify import manifests, tree

from modelops.verify.paths import value_at
from modelops.verify.placement import CONTAINERS, NAMESPACE, place

(DEV,) = place(manifests(tree())).environments


def test_every_object_is_found_by_its_kind_in_the_order_of_files() -> None:
    kinds = {placed.kind for placed in DEV.objects}
    assert len(kinds) > 10
    for kind in kinds:
        walked = [one for one in DEV.objects if (one.identity.group, one.identity.kind) == kind]
        assert list(DEV.of(kind)) == walked
    assert [*DEV.of(*sorted(kinds))] == sorted(DEV.objects, key=lambda one: one.kind)
    assert list(DEV.of(("", "Nothing"))) == []


def test_a_namespace_is_found_by_its_name_the_first_of_two() -> None:
    twice = {
        unit: {file: [*bodies, *bodies] for file, bodies in files.items()}
        for unit, files in tree().items()
    }
    (environment,) = place(manifests(twice)).environments
    assert environment.namespaces
    for name, home in environment.namespaces.items():
        first = next(one for one in environment.of(NAMESPACE) if one.identity.name == name)
        assert home is first is environment.by_identity[home.identity]


def test_a_pod_has_its_containers_of_all_sorts_with_their_paths() -> None:
    pods = [pod for many in DEV.pods.values() for pod in many]
    assert pods
    for pod in pods:
        found = [(path, value_at(pod.spec, str(path[0]))) for path, _ in pod.containers]
        assert {path[0] for path, _ in found} == {*CONTAINERS} & {*pod.spec}
        for (path, many), (_, container) in zip(found, pod.containers, strict=True):
            assert many[path[1]] is container
        assert len(found) == sum(len(value_at(pod.spec, sort) or ()) for sort in CONTAINERS)
