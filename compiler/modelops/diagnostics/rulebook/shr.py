"""Area SHR of the rule book: services that several units share, and what is exposed.

Read by `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

SHR001 = Rule(
    code="SHR001",
    summary="a use of a service that is not there, listens nowhere, or uses itself in turn",
    why=(
        "Agents of a workshop were told the address of a shared service that nobody had deployed: "
        "`http://workshop-core-system.svc.cluster.local`, a namespace without a service. They "
        "came up and answered every question with an error. Addresses now follow from the "
        "services that there are. Services that use one another in a circle could never start, "
        "for each is applied after those that it uses."
    ),
    failing="""\
# environments/dev/workspaces/default.yaml
spec:
  uses: {mlflow: {}}
""",
    passing="""\
# environments/dev/services/mlflow.yaml
spec:
  image: dask-worker
  ports: {http: {port: 5000}}
# environments/dev/workspaces/default.yaml
spec:
  uses: {mlflow: {}}
""",
    remedy="Add a file with a port for the service, or remove the use.",
)

SHR002 = Rule(
    code="SHR002",
    summary="one environment variable that two settings say differently",
    why=(
        "A template of workshops set the endpoint of the language model in two places, and the two "
        "had different hosts. Which of them a pod got depended on the order of a patch. A variable "
        "has one source: a service that is used, the context, `env` or `secretEnv`."
    ),
    failing="""\
# environments/dev/services/llamastack.yaml
spec:
  image: dask-worker
  ports: {http: {port: 8321}}
# environments/dev/workspaces/default.yaml
spec:
  uses: {llamastack: {as: LLAMA_STACK_ENDPOINT}}
  workers:
    env: {LLAMA_STACK_ENDPOINT: http://llama-stack-server:8321}
""",
    passing="""\
# environments/dev/services/llamastack.yaml
spec:
  image: dask-worker
  ports: {http: {port: 8321}}
# environments/dev/workspaces/default.yaml
spec:
  uses: {llamastack: {as: LLAMA_STACK_ENDPOINT}}
""",
    remedy="Remove one of the two, or name one variable otherwise with `as`.",
)

SHR003 = Rule(
    code="SHR003",
    summary="a context value of another type than its default has",
    why=(
        "The components of a workshop read its context by name and by type: a list of filters, a "
        "number of minutes. A workshop that wrote text where the default was a list came up, and "
        "failed at the first question. The layer below says the type of what stands above it."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  defaults: {workspace: {context: {sessionMinutes: 90}}}
# environments/dev/workspaces/default.yaml
spec:
  components: {chat: {image: dask-worker}}
  context: {sessionMinutes: an hour}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  defaults: {workspace: {context: {sessionMinutes: 90}}}
# environments/dev/workspaces/default.yaml
spec:
  components: {chat: {image: dask-worker}}
  context: {sessionMinutes: 60}
""",
    remedy="Write a value of the type that the message names.",
)

SHR004 = Rule(
    code="SHR004",
    summary="workspaces that admit more participants than a shared service can take",
    why=(
        "Three workshops of fifty shared agents that had been sized for a hundred. Each was within "
        "its own limit, and all three failed in the same hour. What one file promises is held "
        "against what the others do."
    ),
    failing="""\
# environments/dev/services/chat.yaml
spec:
  image: dask-worker
  ports: {http: {port: 8080}}
  capacity: {participants: 40}
# environments/dev/workspaces/default.yaml
spec:
  uses: {chat: {}}
  limits: {participants: 50}
""",
    passing="""\
# environments/dev/services/chat.yaml
spec:
  image: dask-worker
  ports: {http: {port: 8080}}
  capacity: {participants: 60}
# environments/dev/workspaces/default.yaml
spec:
  uses: {chat: {}}
  limits: {participants: 50}
""",
    remedy=(
        "Give the service more pods and write its new capacity, or lower the\n"
        "limit of a workspace that uses it."
    ),
    severity=Severity.WARNING,
    unacceptable="it is about several files, and none of them can speak for the others",
)

SHR005 = Rule(
    code="SHR005",
    summary="a setting for components or services of which there is none to read it",
    why=(
        "Configurations of workshops held numbers of agents and switches for features that no "
        "deployment read: people changed them, and nothing happened. A context that is told to "
        "nobody, and a limit that is held against nothing, look as if they did something."
    ),
    failing="""\
# environments/dev/workspaces/default.yaml
spec:
  context: {contentFocus: healthcare}
""",
    passing="""\
# environments/dev/workspaces/default.yaml
spec:
  components: {chat: {image: dask-worker}}
  context: {contentFocus: healthcare}
""",
    remedy="Remove it, or add the component or the capacity that it is meant for.",
)

RULES = (
    SHR001,
    SHR002,
    SHR003,
    SHR004,
    SHR005,
)
"""The rules of this area, by number."""
