"""Services, components and what is exposed: from a tree of sources to the objects."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

import pytest
from tests.unit.small_tree import DEV, DIGEST, MALARIA, environment, sources

from modelops.explain import How, fields
from modelops.manifests import Manifests
from modelops.pipeline import judge, remember
from modelops.verify import verify
from modelops.verify.flows import End, Port, policies, way_in, way_out
from modelops.verify.placement import PodTemplate, place

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/a-workshop-on-shared-services"
SHARED = "modelops-shared-dev"
AGENT = f"image: quay.io/x/agent@{DIGEST}\nports: {{http: {{port: 8080}}}}"
MLFLOW = "environments/dev/services/mlflow.yaml"
SEARCH = "environments/dev/services/search.yaml"
MEASLES = "environments/dev/workspaces/measles.yaml"
CHAT = f"""\
components:
  chat:
    image: quay.io/x/a@{DIGEST}
    ports: {{http: {{port: 8080}}}}
    uses: {{search: {{}}}}
"""
INGRESS = "ingress: {domain: dev.example.org, namespace: ingress, class: nginx}"

Body = dict[str, Any]


def manifests(specs: dict[str, str]) -> Manifests:
    judged = judge(sources(specs))
    assert judged.diagnostics == ()
    assert judged.value
    return judged.value


def bodies(found: Manifests, unit: str = "") -> Iterator[Body]:
    for each in found.environments[0].units:
        if unit in ("", each.name):
            for component in each.components:
                yield from map(dict, component.objects)


def the(found: Manifests, kind: str, name: str, namespace: str = SHARED) -> Body:
    (only,) = (
        body
        for body in bodies(found)
        if body["kind"] == kind
        and body["metadata"]["name"] == name
        and body["metadata"].get("namespace", "") == namespace
    )
    return only


def container(found: Manifests, name: str, namespace: str = SHARED) -> Body:
    pod = the(found, "Deployment", name, namespace)["spec"]["template"]["spec"]
    only: Body
    (only,) = pod["containers"]
    return only


def variables(of: Body) -> dict[str, str]:
    return {one["name"]: one["value"] for one in of["env"] if "value" in one}


# --- the pod --------------------------------------------------------------------------------------


def test_a_service_listens_where_its_ports_say_and_is_asked_there() -> None:
    found = manifests(
        {MLFLOW: f"image: quay.io/x/m@{DIGEST}\nports: {{b: {{port: 2}}, a: {{port: 1}}}}"}
    )
    assert [one["port"] for one in the(found, "Service", "mlflow")["spec"]["ports"]] == [1, 2]
    assert container(found, "mlflow")["readinessProbe"]["tcpSocket"] == {"port": 1}
    assert the(found, "Deployment", "mlflow")["spec"]["replicas"] == 1


def test_who_listens_nowhere_has_no_service_and_no_probe() -> None:
    found = manifests({MLFLOW: f"image: quay.io/x/m@{DIGEST}"})
    assert "readinessProbe" not in container(found, "mlflow")
    assert [body for body in bodies(found) if body["metadata"]["name"] == "mlflow"] == [
        the(found, "ServiceAccount", "mlflow"),
        the(found, "Deployment", "mlflow"),
    ]


def test_written_probes_are_asked() -> None:
    probes = """\
probes:
  startup: {port: http}
  readiness: {path: /r, port: http}
  liveness: {path: /l, port: http}
"""
    asked = container(manifests({MLFLOW: f"{AGENT}\n{probes}"}), "mlflow")
    assert asked["startupProbe"]["tcpSocket"] == {"port": 8080}
    assert asked["readinessProbe"]["httpGet"] == {"path": "/r", "port": 8080}
    assert asked["livenessProbe"]["httpGet"] == {"path": "/l", "port": 8080}


def test_command_and_args_are_the_containers() -> None:
    asked = container(manifests({MLFLOW: f"{AGENT}\ncommand: [a, b]\nargs: [c]"}), "mlflow")
    assert (asked["command"], asked["args"]) == (["a", "b"], ["c"])


def test_files_are_mounted_one_by_one_from_a_map_named_by_its_content() -> None:
    found = manifests({MLFLOW: f"{AGENT}\nfiles: {{/etc/b: two, /etc/a/c: one}}"})
    (mapped,) = (
        body for body in bodies(found, "dev/services/mlflow") if body["kind"] == "ConfigMap"
    )
    assert mapped["immutable"] is True
    mounts = {
        one["mountPath"]: mapped["data"][one["subPath"]]
        for one in container(found, "mlflow")["volumeMounts"]
        if one["name"] == "files"
    }
    assert mounts == {"/etc/b": "two", "/etc/a/c": "one"}
    other = manifests({MLFLOW: f"{AGENT}\nfiles: {{/etc/b: three, /etc/a/c: one}}"})
    assert mapped["metadata"]["name"] not in {body["metadata"]["name"] for body in bodies(other)}


def test_a_volume_makes_one_pod_at_a_time_and_its_data_stays_as_said() -> None:
    volumes = """\
volumes:
  kept: {size: 1Gi, mountPath: /k}
  gone: {size: 2Gi, mountPath: /g, retain: false}
"""
    found = manifests({MLFLOW: f"{AGENT}\n{volumes}"})
    kept = the(found, "PersistentVolumeClaim", "mlflow-kept")
    gone = the(found, "PersistentVolumeClaim", "mlflow-gone")
    assert kept["metadata"]["annotations"] == {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert gone["metadata"]["annotations"] == {"modelops.io/retain": "false"}
    assert kept["spec"]["storageClassName"] == "modelops-dev-retained"
    assert gone["spec"]["storageClassName"] == "managed-csi-premium"
    assert kept["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert the(found, "Deployment", "mlflow")["spec"]["strategy"] == {"type": "Recreate"}
    home = the(found, "Namespace", SHARED, "")
    assert home["metadata"]["annotations"] == {"kustomize.toolkit.fluxcd.io/prune": "disabled"}


def test_an_autoscaler_owns_the_number_of_pods() -> None:
    found = manifests({MLFLOW: f"{AGENT}\nautoscaling: {{min: 2, max: 5, target: 60}}"})
    assert "replicas" not in the(found, "Deployment", "mlflow")["spec"]
    spec = the(found, "HorizontalPodAutoscaler", "mlflow")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 5)
    assert spec["metrics"][0]["resource"]["target"]["averageUtilization"] == 60
    assert the(found, "PodDisruptionBudget", "mlflow")["spec"]["maxUnavailable"] == 1


def test_generated_secrets_of_two_services_have_a_job_each() -> None:
    made = "secrets: {%s: {generate: [k]}}\nsecretEnv: {K: {secret: %s, key: k}}"
    found = manifests(
        {MLFLOW: f"{AGENT}\n{made % ('a', 'a')}", SEARCH: f"{AGENT}\n{made % ('b', 'b')}"}
    )
    accounts = {body["metadata"]["name"] for body in bodies(found) if body["kind"] == "Role"}
    assert accounts == {"mlflow-secret-bootstrap", "search-secret-bootstrap"}


# --- uses and context ----------------------------------------------------------------------------


def test_users_are_told_where_services_are_and_come_after_them() -> None:
    found = manifests(
        {
            MLFLOW: AGENT,
            SEARCH: f"{AGENT}\nuses: {{mlflow: {{as: TRACKING}}}}",
            MALARIA: f"uses: {{mlflow: {{}}}}\n{CHAT}",
        }
    )
    url = f"http://mlflow.{SHARED}.svc.cluster.local:8080"
    home = "modelops-dask-dev-malaria"
    assert variables(container(found, "search"))["TRACKING"] == url
    assert variables(container(found, "dask-worker", home))["MLFLOW_URL"] == url
    chat = variables(container(found, "chat", home))
    assert chat["MLFLOW_URL"] == url
    assert chat["SEARCH_URL"] == url.replace("mlflow", "search")
    after = the(found, "Kustomization", "dev-ws-malaria", "modelops-system")["spec"]["dependsOn"]
    assert [one["name"] for one in after] == ["dev-platform", "dev-svc-mlflow", "dev-svc-search"]


def test_the_port_called_http_is_the_urls() -> None:
    ports = "ports: {admin: {port: 1}, http: {port: 2}}"
    found = manifests(
        {MLFLOW: f"image: quay.io/x/a@{DIGEST}\n{ports}", MALARIA: "uses: {mlflow: {}}"}
    )
    told = variables(container(found, "dask-worker", "modelops-dask-dev-malaria"))
    assert told["MLFLOW_URL"].endswith(":2")


def test_a_context_reaches_each_component_as_variables_and_as_a_file() -> None:
    spec = (
        f"components: {{chat: {{image: quay.io/x/a@{DIGEST}}}}}\n"
        """\
context:
  contentFocus: health
  filter: {value: [a, 2, true], as: RAG_CONTEXT_FILTER}
  strict: true
  share: 0.5
"""
    )
    found = manifests({MALARIA: spec})
    home = "modelops-dask-dev-malaria"
    told = variables(container(found, "chat", home))
    assert told["MODELOPS_CONTEXT_CONTENT_FOCUS"] == "health"
    assert told["RAG_CONTEXT_FILTER"] == "a,2,true"
    assert told["MODELOPS_CONTEXT_STRICT"] == "true"
    assert told["MODELOPS_CONTEXT_SHARE"] == "0.5"
    assert told["MODELOPS_CONTEXT_FILE"] == "/etc/modelops/context.json"
    (mapped,) = (body for body in bodies(found) if body["metadata"]["name"].startswith("context-"))
    assert mapped["data"]["context.json"] == (
        '{\n  "contentFocus": "health",\n  "filter": [\n    "a",\n    2,\n    true\n  ],\n'
        '  "share": 0.5,\n  "strict": true\n}\n'
    )
    assert "MODELOPS_CONTEXT_STRICT" not in variables(container(found, "dask-worker", home))


# --- flows ---------------------------------------------------------------------------------------


def ends(found: Manifests) -> list[PodTemplate]:
    (placed,) = place(found).environments
    return [pod for pods in placed.pods.values() for pod in pods]


def connections(found: Manifests, port: int) -> set[tuple[str, str]]:
    """Who gets through to whom at a port, by namespace and component, between namespaces."""
    (placed,) = place(found).environments
    known = policies(placed)
    named = [
        (
            f"{pod.owner.identity.namespace}/{pod.owner.identity.name}",
            End(pod.owner.identity.namespace, pod.labels),
        )
        for pod in ends(found)
    ]
    return {
        (one, other)
        for one, source in named
        for other, target in named
        if source is not target
        and way_out(known, source, target).lets(Port(port))
        and way_in(known, source, target).lets(Port(port))
    }


def test_exactly_the_declared_flows_are_open() -> None:
    found = manifests(
        {
            MLFLOW: AGENT,
            SEARCH: f"{AGENT}\nuses: {{mlflow: {{}}}}",
            MALARIA: CHAT,
            MEASLES: CHAT,
        }
    )
    malaria, measles = "modelops-dask-dev-malaria", "modelops-dask-dev-measles"
    assert connections(found, 8080) == {
        (f"{SHARED}/search", f"{SHARED}/mlflow"),
        (f"{malaria}/chat", f"{SHARED}/search"),
        (f"{measles}/chat", f"{SHARED}/search"),
    }
    assert connections(found, 8081) == set()


def test_a_unit_changes_no_file_of_another() -> None:
    uses = {MLFLOW: AGENT, MALARIA: "uses: {mlflow: {}}"}
    before = manifests(uses).environments[0].units
    after = manifests(uses | {MEASLES: "uses: {mlflow: {}}"}).environments[0].units
    mine = "dev/workspaces/measles"
    assert [one for one in after if one.name not in {mine, "dev/flux"}] == [
        one for one in before if one.name != "dev/flux"
    ]


# --- from outside --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts", "made", "peer"),
    [
        ("ingress", ("", INGRESS), "Ingress", "ingress"),
        (
            "httpRoute",
            (
                "features: {gatewayApi: true, networkPolicy: calico}",
                "ingress: {domain: dev.example.org, gateway: {name: public, namespace: gateways}}",
            ),
            "HTTPRoute",
            "gateways",
        ),
        (
            "openshiftRoute",
            (
                "features: {openshiftRoutes: true, networkPolicy: calico}",
                "ingress: {domain: dev.example.org, namespace: openshift-ingress}",
            ),
            "Route",
            "openshift-ingress",
        ),
    ],
)
def test_an_exposed_service_has_a_way_in_and_only_from_there(
    kind: str, facts: tuple[str, str], made: str, peer: str
) -> None:
    expose = f"expose: {{host: m.dev.example.org, port: http, kind: {kind}}}"
    cluster = environment(*(one for one in facts if one))
    found = manifests({MLFLOW: f"{AGENT}\n{expose}", DEV: cluster})
    assert the(found, made, "mlflow")
    (rule,) = the(found, "NetworkPolicy", "mlflow-exposed")["spec"]["ingress"]
    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": peer}}}
    ]
    assert [one["port"] for one in rule["ports"]] == [8080]


def test_tls_comes_from_the_issuer_or_from_the_controller() -> None:
    expose = f"{AGENT}\nexpose: {{host: m.dev.example.org, port: http}}"
    issued = INGRESS.replace("nginx}", "nginx, clusterIssuer: le}")
    with_issuer = the(manifests({MLFLOW: expose, DEV: environment(issued)}), "Ingress", "mlflow")
    assert with_issuer["metadata"]["annotations"] == {"cert-manager.io/cluster-issuer": "le"}
    assert with_issuer["spec"]["tls"] == [
        {"hosts": ["m.dev.example.org"], "secretName": "mlflow-tls"}
    ]
    without = the(manifests({MLFLOW: expose, DEV: environment(INGRESS)}), "Ingress", "mlflow")
    assert without["spec"]["tls"] == [{"hosts": ["m.dev.example.org"]}]


@pytest.mark.parametrize("kind", ["httpRoute", "openshiftRoute"])
def test_without_tls_other_ways_are_plain_too(kind: str) -> None:
    expose = f"expose: {{host: m.dev.example.org, port: http, kind: {kind}, tls: false}}"
    cluster = environment(
        "features: {gatewayApi: true, openshiftRoutes: true, networkPolicy: calico}",
        "ingress: {domain: dev.example.org, namespace: n, gateway: {name: g, namespace: n}}",
    )
    accepted = 'accept: {NET003: "a test"}'
    found = manifests({MLFLOW: f"{AGENT}\n{expose}\n{accepted}", DEV: cluster})
    if kind == "httpRoute":
        assert the(found, "HTTPRoute", "mlflow")["spec"]["parentRefs"][0]["port"] == 80
    else:
        assert "tls" not in the(found, "Route", "mlflow")["spec"]


def test_a_dask_plane_cannot_be_exposed() -> None:
    expose = "expose: {host: d.dev.example.org, port: http}"
    for part in ("scheduler", "workers"):
        outcome = judge(sources({MALARIA: f"{part}: {{{expose}}}"}))
        assert [one.rule.code for one in outcome.diagnostics] == ["CFG001"]


# --- explain and the example ---------------------------------------------------------------------


def test_every_field_of_a_workshop_has_an_explanation() -> None:
    tree = {
        path.relative_to(GOLDEN).as_posix(): path.read_bytes()
        for path in sorted((GOLDEN / "environments").rglob("*.yaml"))
    }
    plain, remembered = judge(tree).value, remember(tree).value
    assert plain
    assert remembered
    assert plain.environments[0].units == remembered.environments[0].units
    assert [one for one in fields(remembered) if one.how is How.UNKNOWN] == []


FOURTH = """\
apiVersion: modelops.io/v1
kind: Workspace
spec:
  description: Data pipelines.
  owner: team-data
  labels: {workshop-type: data-pipelines}
  components:
    chat:
      expose: {host: data-pipelines.workshops.models.example.org, port: http}
  context:
    workshop: {value: data-pipelines}
    ragContextFilter: {value: [airflow, spark]}
    contentFocus: data_pipelines
  limits: {participants: 20}
"""


def test_a_fourth_workshop_is_one_short_file() -> None:
    tree = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted((ROOT / "environments").rglob("*.yaml"))
        if "/workshops/" in path.as_posix() or path.parent.name in {"environments", "profiles"}
    }
    three = judge(tree)
    four = judge(tree | {"environments/workshops/workspaces/data-pipelines.yaml": FOURTH.encode()})
    assert three.diagnostics == four.diagnostics == ()
    assert len(FOURTH.splitlines()) < 25
    assert three.value
    assert four.value
    unit = "workshops/workspaces/data-pipelines"
    chat = next(
        body
        for body in bodies(four.value, unit)
        if (body["kind"], body["metadata"]["name"]) == ("Deployment", "chat")
    )
    told = variables(chat["spec"]["template"]["spec"]["containers"][0])
    assert told["WORKSHOP_CONTEXT"] == "data-pipelines"
    assert told["RAG_CONTEXT_FILTER"] == "airflow,spark"
    assert told["LLAMA_STACK_ENDPOINT"].startswith("http://llama-stack.modelops-shared-workshops.")
    before = [one for one in three.value.environments[0].units if one.name != "workshops/flux"]
    after = four.value.environments[0].units
    assert [one for one in after if one.name not in {unit, "workshops/flux"}] == before


# --- what `verify` knows of ways in --------------------------------------------------------------


def changed(found: Manifests, kind: str, change: Callable[[Body], None]) -> list[str]:
    """What `verify` says once one object of this kind is changed."""
    copied = deepcopy(found)
    for body in (one for one in bodies_in_place(copied) if one["kind"] == kind):
        change(body)
    return [one.message for one in verify(copied).diagnostics if one.rule.code == "VER002"]


def bodies_in_place(found: Manifests) -> Iterator[Body]:
    for each in found.environments[0].units:
        for component in each.components:
            yield from cast("tuple[Body, ...]", component.objects)


WAYS: tuple[tuple[str, str, Callable[[Body], None]], ...] = (
    (
        "Ingress",
        "there is no Service gone in",
        lambda body: body["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"].update(
            name="gone"
        ),
    ),
    (
        "Ingress",
        "there is no IngressClass gone",
        lambda body: body["spec"].update(ingressClassName="gone"),
    ),
    (
        "Ingress",
        "there is no Secret gone in",
        lambda body: body["spec"]["tls"][0].update(secretName="gone"),
    ),
    (
        "HTTPRoute",
        "there is no Gateway gone in",
        lambda body: body["spec"]["parentRefs"][0].update(name="gone"),
    ),
    (
        "HTTPRoute",
        "there is no Service gone in",
        lambda body: body["spec"]["rules"][0]["backendRefs"][0].update(name="gone"),
    ),
    (
        "Route",
        "there is no Service gone in",
        lambda body: body["spec"]["to"].update(name="gone"),
    ),
)


@pytest.mark.parametrize(("kind", "says", "change"), WAYS)
def test_a_way_in_that_leads_nowhere_is_found(
    kind: str, says: str, change: Callable[[Body], None]
) -> None:
    kinds = {"Ingress": "ingress", "HTTPRoute": "httpRoute", "Route": "openshiftRoute"}
    expose = f"expose: {{host: m.dev.example.org, port: http, kind: {kinds[kind]}}}"
    cluster = environment(
        "features: {gatewayApi: true, openshiftRoutes: true, networkPolicy: calico}",
        "ingress: {domain: dev.example.org, namespace: n, class: nginx, clusterIssuer: le,"
        " gateway: {name: g, namespace: n}}",
    )
    found = manifests({MLFLOW: f"{AGENT}\n{expose}", DEV: cluster})
    (message,) = changed(found, kind, change)
    assert says in message


# --- what all services share ---------------------------------------------------------------------


def test_the_pull_secret_of_a_store_is_fetched_once_for_all_services() -> None:
    cluster = environment(
        "features: {externalSecrets: true, networkPolicy: calico}",
        rest="registry: {pullSecret: {name: pull, external: {store: vault, key: ghcr}}}",
    )
    found = manifests({MLFLOW: AGENT, SEARCH: AGENT, DEV: cluster})
    assert the(found, "ExternalSecret", "pull") in list(bodies(found, "dev/platform"))


def test_the_shared_namespace_has_room_for_all_services_and_denies_the_rest() -> None:
    found = manifests({MLFLOW: f"{AGENT}\nreplicas: 2", SEARCH: AGENT})
    hard = the(found, "ResourceQuota", "quota")["spec"]["hard"]
    # Two and one, and one more of each in a rolling update; 250m and 512Mi are the defaults.
    assert (hard["pods"], hard["requests.cpu"]) == ("5", "1250m")
    assert hard["requests.memory"] == "2560Mi"
    denied = the(found, "NetworkPolicy", "default-deny")["spec"]
    assert denied == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_an_environment_without_services_has_no_namespace_for_them() -> None:
    assert SHARED not in {body["metadata"]["name"] for body in bodies(manifests({}))}
