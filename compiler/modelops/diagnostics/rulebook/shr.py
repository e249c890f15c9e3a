"""Area SHR of the rule book: services that several units share, and what is exposed.

Read by `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

SHR001 = Rule(
    code="SHR001",
    summary="a use of a service that the environment does not have, or that listens nowhere",
    why=(
        "Agents of a workshop were told the address of a shared service that nobody had deployed: "
        "`http://workshop-core-system.svc.cluster.local`, a namespace without a service. They "
        "came up and answered every question with an error. Addresses now follow from the "
        "services that there are."
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

RULES = (SHR001,)
