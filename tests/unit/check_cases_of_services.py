"""Cases of the checks of services, components, context, and what is exposed."""

from tests.unit.check_case import Case
from tests.unit.small_tree import (
    BASE,
    DEV,
    DIGEST,
    IMAGES,
    IMAGES_SPEC,
    MALARIA,
    Specs,
    environment,
)

MLFLOW = "environments/dev/services/mlflow.yaml"
DB = "environments/dev/services/db.yaml"
OTHER = "environments/dev/workspaces/other.yaml"
IMAGE = "image: dask-worker"
LISTENS = f"{IMAGE}\nports: {{http: {{port: 5000}}}}"
INGRESS: Specs = {
    DEV: environment("ingress: {domain: dev.example.org, namespace: ingress, class: nginx}")
}


def chat(*fields: str) -> str:
    """A workspace with one component, `chat`; each field begins in column 7 from line 6 on."""
    return "\n".join(["components:", "  chat:", f"    {IMAGE}", *(f"    {one}" for one in fields)])


def exposed(expose: str) -> Specs:
    """A service that is exposed so."""
    return {MLFLOW: f"{LISTENS}\nexpose: {{{expose}}}"}


USES = (
    Case(
        "circular_service",
        "two that use each other",
        {
            MLFLOW: f"{LISTENS}\nuses: {{db: {{}}}}",
            DB: f"{LISTENS}\nuses: {{«mlflow: {{}}}}",
        },
        ("error SHR001",),
        {MLFLOW: f"{LISTENS}\nuses: {{db: {{}}}}", DB: LISTENS},
        ("db -> mlflow -> db",),
    ),
    Case(
        "circular_service",
        "one that uses itself",
        {MLFLOW: f"{LISTENS}\nuses: {{«mlflow: {{}}}}"},
        ("error SHR001",),
        {MLFLOW: LISTENS},
        ("mlflow -> mlflow",),
    ),
    Case(
        "circular_service",
        "three, told once, beside one that only leads to them",
        {
            MLFLOW: f"{LISTENS}\nuses: {{a: {{}}}}",
            DB: f"{LISTENS}\nuses: {{a: {{}}}}",
            "environments/dev/services/a.yaml": f"{LISTENS}\nuses: {{«b: {{}}}}",
            "environments/dev/services/b.yaml": f"{LISTENS}\nuses: {{mlflow: {{}}}}",
        },
        ("error SHR001",),
        {
            MLFLOW: f"{LISTENS}\nuses: {{a: {{}}}}",
            DB: f"{LISTENS}\nuses: {{a: {{}}}}",
            "environments/dev/services/a.yaml": f"{LISTENS}\nuses: {{b: {{}}}}",
            "environments/dev/services/b.yaml": LISTENS,
        },
        ("a -> b -> mlflow -> a",),
    ),
    Case(
        "twice_told",
        "by a service and by `env` of the workers",
        {MALARIA: "uses: {mlflow: {as: T}}\nworkers: {env: {«T: x}}"},
        ("error SHR002",),
        {MALARIA: "uses: {mlflow: {}}\nworkers: {env: {T: x}}"},
        ("`T`", "uses.mlflow", "workers.env.T"),
        {MLFLOW: LISTENS},
    ),
    Case(
        "twice_told",
        "by the context and by a component's Secret",
        {
            MALARIA: "context: {a: {value: 1, as: T}}\nsecrets: {s: {existing: true}}\n"
            + chat("secretEnv: {«T: {secret: s, key: k}}")
        },
        ("error SHR002",),
        {
            MALARIA: "context: {a: {value: 1}}\nsecrets: {s: {existing: true}}\n"
            + chat("secretEnv: {T: {secret: s, key: k}}")
        },
    ),
    Case(
        "twice_told",
        "by two services of one component",
        {MALARIA: chat("uses: {db: {as: T}, «mlflow: {as: T}}")},
        ("error SHR002",),
        {MALARIA: chat("uses: {db: {}, mlflow: {as: T}}")},
        around={MLFLOW: LISTENS, DB: LISTENS},
    ),
    Case(
        "twice_told",
        "by the compiler",
        {MALARIA: "uses: {«mlflow: {as: MODELOPS_CONFIG}}"},
        ("error SHR002",),
        {MALARIA: "uses: {mlflow: {as: MLFLOW}}"},
        ("MODELOPS_CONFIG", "uses.mlflow"),
        {MLFLOW: LISTENS},
    ),
    Case(
        "twice_told",
        "by a service's own `env`",
        {DB: f"{LISTENS}\nuses: {{mlflow: {{}}}}\nenv: {{«MLFLOW_URL: x}}"},
        ("error SHR002",),
        {DB: f"{LISTENS}\nuses: {{mlflow: {{}}}}\nenv: {{MLFLOW: x}}"},
        around={MLFLOW: LISTENS},
    ),
)

CONTEXT = (
    Case(
        "retyped_context",
        "text where the default is a number",
        {
            BASE: "workspace: {context: {minutes: 90}}",
            MALARIA: "context: {minutes: «long}\n" + chat(),
        },
        ("error SHR003",),
        {BASE: "workspace: {context: {minutes: 90}}", MALARIA: "context: {minutes: 60}\n" + chat()},
        ("text here", "a number in base"),
    ),
    Case(
        "retyped_context",
        "text where the default is a list",
        {
            BASE: "workspace: {context: {filter: {value: [a], as: F}}}",
            MALARIA: "context: {filter: {value: «a}}\n" + chat(),
        },
        ("error SHR003",),
        {
            BASE: "workspace: {context: {filter: {value: [a], as: F}}}",
            MALARIA: "context: {filter: {value: [b, c]}}\n" + chat(),
        },
        ("a list in base",),
    ),
    Case(
        "unheard_context",
        "a context without components",
        {MALARIA: "context: {«focus: malaria}"},
        ("error SHR005",),
        {MALARIA: "context: {focus: malaria}\n" + chat()},
        ("focus", "malaria has no components"),
    ),
    Case(
        "unheard_context",
        "a limit that no service is held to",
        {MALARIA: "uses: {mlflow: {}}\nlimits: {participants: «50}", MLFLOW: LISTENS},
        ("error SHR005",),
        {
            MALARIA: "uses: {mlflow: {}}\nlimits: {participants: 50}",
            MLFLOW: f"{LISTENS}\ncapacity: {{participants: 50}}",
        },
        ("50",),
    ),
    Case(
        "crowded_service",
        "two workspaces that are too many together",
        {MLFLOW: f"{LISTENS}\ncapacity: {{participants: «60}}"},
        ("warning SHR004",),
        {MLFLOW: f"{LISTENS}\ncapacity: {{participants: 75}}"},
        ("50 (malaria) + 25 (other) = 75", "takes 60"),
        {
            MALARIA: "uses: {mlflow: {}}\nlimits: {participants: 50}",
            OTHER: "uses: {mlflow: {}}\nlimits: {participants: 25}",
        },
    ),
)

EXPOSED = (
    Case(
        "plain_exposure",
        "without TLS in development",
        exposed("host: m.dev.example.org, port: http, tls: «false"),
        ("warning NET003",),
        exposed("host: m.dev.example.org, port: http, tls: true"),
        ("m.dev.example.org",),
        INGRESS,
    ),
    Case(
        "plain_exposure",
        "without TLS in production",
        exposed("host: m.dev.example.org, port: http, tls: «false"),
        ("error NET003",),
        exposed("host: m.dev.example.org, port: http"),
        around={
            DEV: INGRESS[DEV]
            + "\ntier: production\ndefaults: {workspace: {results: {kind: volume}}}",
        },
    ),
    Case(
        "foreign_host",
        "below another domain",
        exposed("host: «m.example.org, port: http"),
        ("error NET004",),
        exposed("host: m.dev.example.org, port: http"),
        ("dev.example.org",),
        INGRESS,
    ),
    Case(
        "foreign_host",
        "the domain with something before it that is no dot",
        exposed("host: «mdev.example.org, port: http"),
        ("error NET004",),
        exposed("host: m.dev.example.org, port: http"),
        around=INGRESS,
    ),
    Case(
        "shared_host",
        "of a service and a component",
        {
            **exposed("host: m.dev.example.org, port: http"),
            MALARIA: chat(
                "ports: {http: {port: 80}}", "expose: {host: «m.dev.example.org, port: http}"
            ),
        },
        ("error NET004",),
        {
            **exposed("host: m.dev.example.org, port: http"),
            MALARIA: chat(
                "ports: {http: {port: 80}}", "expose: {host: c.dev.example.org, port: http}"
            ),
        },
        ("`chat` in environments/dev/workspaces", "`mlflow` in environments/dev/services"),
        INGRESS,
    ),
    Case(
        "unservable_host",
        "without anything about ingress",
        {MLFLOW: f"{LISTENS}\n«expose: {{host: m.dev.example.org, port: http}}"},
        ("error CFG011",),
        {MLFLOW: f"{LISTENS}\nexpose: {{host: m.dev.example.org, port: http}}", **INGRESS},
        ("cluster.ingress",),
    ),
    Case(
        "unservable_host",
        "without a class",
        {
            MLFLOW: f"{LISTENS}\n«expose: {{host: m.dev.example.org, port: http}}",
            DEV: environment("ingress: {domain: dev.example.org, namespace: ingress}"),
        },
        ("error CFG011",),
        {MLFLOW: f"{LISTENS}\nexpose: {{host: m.dev.example.org, port: http}}", **INGRESS},
        ("cluster.ingress.class",),
    ),
    Case(
        "unservable_host",
        "by a Gateway that nothing names",
        {
            MLFLOW: f"{LISTENS}\n«expose: {{host: m.dev.example.org, port: http, kind: httpRoute}}",
            DEV: environment("features: {gatewayApi: true}", "ingress: {domain: dev.example.org}"),
        },
        ("error CFG011",),
        {
            MLFLOW: f"{LISTENS}\nexpose: {{host: m.dev.example.org, port: http, kind: httpRoute}}",
            DEV: environment(
                "features: {gatewayApi: true}",
                "ingress: {domain: dev.example.org, gateway: {name: g, namespace: n}}",
            ),
        },
        ("cluster.ingress.gateway",),
    ),
    Case(
        "unservable_host",
        "by Routes on a cluster that is no OpenShift",
        {
            MLFLOW: f"{LISTENS}\n"
            "«expose: {host: m.dev.example.org, port: http, kind: openshiftRoute}",
            **INGRESS,
        },
        ("error CFG011",),
        {
            MLFLOW: f"{LISTENS}\n"
            "expose: {host: m.dev.example.org, port: http, kind: openshiftRoute}",
            DEV: environment(
                "features: {openshiftRoutes: true}",
                "ingress: {domain: dev.example.org, namespace: openshift-ingress}",
            ),
        },
        ("openshiftRoutes",),
    ),
)

SHAPES = (
    Case(
        "contested_volume",
        "two replicas",
        {MLFLOW: f"{IMAGE}\nreplicas: «2\nvolumes: {{data: {{size: 1Gi, mountPath: /d}}}}"},
        ("error STO001",),
        {MLFLOW: f"{IMAGE}\nreplicas: 1\nvolumes: {{data: {{size: 1Gi, mountPath: /d}}}}"},
        ("2 pods", "`data`"),
    ),
    Case(
        "contested_volume",
        "an autoscaler, in a component",
        {
            MALARIA: chat(
                "autoscaling: {min: 1, max: «3}", "volumes: {data: {size: 1Gi, mountPath: /d}}"
            )
        },
        ("error STO001",),
        {MALARIA: chat("autoscaling: {min: 1, max: 3}")},
        ("up to 3 pods",),
    ),
    Case(
        "unknown_port",
        "of a probe",
        {MLFLOW: f"{LISTENS}\nprobes: {{liveness: {{port: «htpp}}}}"},
        ("error CFG011",),
        {MLFLOW: f"{LISTENS}\nprobes: {{liveness: {{port: http}}}}"},
        ("probes.liveness.port", "htpp"),
    ),
    Case(
        "unknown_port",
        "of an exposure",
        exposed("host: m.dev.example.org, port: «web"),
        ("error CFG011",),
        exposed("host: m.dev.example.org, port: http"),
        around=INGRESS,
    ),
    Case(
        "unknown_port",
        "one number under two names",
        {MLFLOW: f"{IMAGE}\nports: {{a: {{port: 80}}, b: {{port: «80}}}}"},
        ("error CFG011",),
        {MLFLOW: f"{IMAGE}\nports: {{a: {{port: 80}}, b: {{port: 81}}}}"},
    ),
    Case(
        "taken_path",
        "two volumes at one path",
        {
            MLFLOW: f"{IMAGE}\nvolumes:\n"
            "  a: {size: 1Gi, mountPath: /d}\n  «b: {size: 1Gi, mountPath: /d}"
        },
        ("error NAM002",),
        {
            MLFLOW: f"{IMAGE}\nvolumes:\n"
            "  a: {size: 1Gi, mountPath: /d}\n  b: {size: 1Gi, mountPath: /e}"
        },
        ("/d",),
    ),
    Case(
        "taken_path",
        "a volume where the context is",
        {
            MALARIA: "context: {a: 1}\n"
            + chat("volumes: {«data: {size: 1Gi, mountPath: /etc/modelops}}")
        },
        ("error NAM002",),
        {MALARIA: chat("volumes: {data: {size: 1Gi, mountPath: /etc/modelops}}")},
        ("the context",),
    ),
    Case(
        "taken_name",
        "a component that is called as the workers are",
        {MALARIA: f"components: {{«dask-worker: {{{IMAGE}}}}}"},
        ("error NAM002",),
        {MALARIA: f"components: {{worker: {{{IMAGE}}}}}"},
        ("dask-worker",),
    ),
    Case(
        "shared_secret",
        "made by two services",
        {
            DB: f"{IMAGE}\nsecrets: {{web: {{generate: [k]}}}}",
            MLFLOW: f"{IMAGE}\nsecrets: {{«web: {{generate: [k]}}}}",
        },
        ("error NAM002",),
        {
            DB: f"{IMAGE}\nsecrets: {{web: {{generate: [k]}}}}",
            MLFLOW: f"{IMAGE}\nsecrets: {{web: {{existing: true}}}}",
        },
        ("db", "mlflow"),
    ),
    Case(
        "runtime_image_missing",
        "Secrets without an image of the runtime",
        {
            IMAGES: "images: {}",
            MALARIA: f"scheduler: {{image: 'quay.io/x/d@{DIGEST}'}}\n"
            f"workers: {{image: 'quay.io/x/d@{DIGEST}'}}\nbundles: {{source: file}}",
            MLFLOW: f"image: quay.io/x/m@{DIGEST}\nsecrets: {{«web: {{generate: [k]}}}}",
        },
        ("error IMG002",),
        {
            IMAGES: IMAGES_SPEC,
            MLFLOW: f"image: quay.io/x/m@{DIGEST}\nsecrets: {{web: {{generate: [k]}}}}",
        },
        ("web", "tools"),
    ),
    Case(
        "runtime_image_missing",
        "Secrets with the image that is there for them",
        {
            IMAGES: "images: {}",
            MALARIA: f"scheduler: {{image: 'quay.io/x/d@{DIGEST}'}}\n"
            f"workers: {{image: 'quay.io/x/d@{DIGEST}'}}\nbundles: {{source: file}}",
            MLFLOW: f"image: quay.io/x/m@{DIGEST}\nsecrets: {{«web: {{generate: [k]}}}}",
        },
        ("error IMG002",),
        {
            IMAGES: f"images: {{tools: {{repository: quay.io/x/t, digest: '{DIGEST}'}}}}",
            MALARIA: f"scheduler: {{image: 'quay.io/x/d@{DIGEST}'}}\n"
            f"workers: {{image: 'quay.io/x/d@{DIGEST}'}}\nbundles: {{source: file}}",
            MLFLOW: f"image: quay.io/x/m@{DIGEST}\nsecrets: {{web: {{generate: [k]}}}}",
        },
        ("web",),
    ),
    Case(
        "replicas_beside_autoscaling",
        "of a component",
        {MALARIA: chat("replicas: 2", "«autoscaling: {max: 3}")},
        ("error AVL001",),
        {MALARIA: chat("autoscaling: {max: 3}")},
        ("components.chat.replicas: 2",),
    ),
    Case(
        "inverted_bounds",
        "of a service",
        {MLFLOW: f"{IMAGE}\nautoscaling: {{min: «4, max: 3}}"},
        ("error AVL002",),
        {MLFLOW: f"{IMAGE}\nautoscaling: {{min: 3, max: 3}}"},
        ("at least 4 pods",),
    ),
    Case(
        "pod_too_large",
        "of a service",
        {MLFLOW: f"{IMAGE}\nresources: {{cpu: «'64'}}"},
        ("error FIT001",),
        {MLFLOW: f"{IMAGE}\nresources: {{cpu: '2'}}"},
        ("64 CPU",),
    ),
    Case(
        "flux_variable",
        "in a file of a service",
        {MLFLOW: f"{IMAGE}\nfiles: {{/etc/a: «'x ${{HOME}}'}}"},
        ("error GIT006",),
        {MLFLOW: f"{IMAGE}\nfiles: {{/etc/a: 'x $HOME'}}"},
        ("files./etc/a",),
    ),
    Case(
        "flux_variable",
        "in a word of a component's command",
        {MALARIA: chat("command: [sh, -c, «'x ${HOME}']")},
        ("error GIT006",),
        {MALARIA: chat("command: [sh, -c, 'x $HOME']")},
    ),
    Case(
        "reserved_label",
        "of a component",
        {MALARIA: chat("labels: {«modelops.io/env: x}")},
        ("error NAM007",),
        {MALARIA: chat("labels: {workshop-role: x}")},
        ("modelops.io/env",),
    ),
)

CASES = (*USES, *CONTEXT, *EXPOSED, *SHAPES)
