"""Area NAM of the rule book: what people may call things, and what is called alike.

Read by `load`, the models and `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

NAM001 = Rule(
    code="NAM001",
    summary="a file or folder whose name can name no environment, workspace or profile",
    why=(
        "An environment with a dash in its name was taken apart at the dash, and what belonged to "
        "it was deployed to another one; one with a capital letter passed until Kubernetes "
        "refused its namespace. Names are never taken apart any more, and the shorter alphabet "
        "keeps `modelops-dask-<environment>-<workspace>` unambiguous."
    ),
    failing="""\
# environments/Dev-A/environment.yaml
spec: {description: For team A.}
""",
    passing="""\
# environments/deva/environment.yaml
spec: {description: For team A.}
""",
    remedy=(
        "Environments: a lower-case letter, then at most 11 lower-case\n"
        "letters and digits.\n"
        "Workspaces and profiles: at most 63 lower-case letters, digits and\n"
        "dashes, beginning with a letter and not ending with a dash."
    ),
)

NAM002 = Rule(
    code="NAM002",
    summary="two things that compile to the same name",
    why=(
        "The second workspace of an environment once took the place of the first: both compiled "
        "to the same names. Namespaces now carry the workspace's name. What can still meet are "
        "names that people choose: a workspace that makes its own Secret under the name of the "
        "pull secret would overwrite the credentials that its images are pulled with."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  registry:
    pullSecret: {name: ghcr-credentials, existing: true}
# environments/dev/workspaces/malaria.yaml
spec:
  secrets: {ghcr-credentials: {generate: [token]}}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  registry:
    pullSecret: {name: ghcr-credentials, existing: true}
# environments/dev/workspaces/malaria.yaml
spec:
  secrets: {dashboard-token: {generate: [token]}}
""",
    remedy="Give one of the two another name.",
)

NAM003 = Rule(
    code="NAM003",
    summary="a workspace in a namespace that belongs to the cluster or to Flux",
    why=(
        "A workspace owns its namespace: when its file is removed, Flux removes the namespace "
        "with all that is in it. Where Flux's own objects live there too, they go with it, and "
        "nothing is left that could bring them back."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  flux: {namespace: modelops-dask-dev}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  flux: {namespace: modelops-system}
""",
    remedy="Give Flux a namespace of its own, such as modelops-system.",
)

NAM004 = Rule(
    code="NAM004",
    summary="a name that Azure does not take for the kind of thing that it names",
    why=(
        "Each kind has rules of its own: a storage account takes no dash, a node pool twelve "
        "characters, a resource group no dot at its end. Checks of an earlier tool allowed what a "
        "namespace may be called, and the cluster was half made when Azure refused its pool."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  cluster:
    pools:
      system: {mode: system, vmSize: Standard_D4s_v5, min: 2, max: 3}
  azure:
    subscriptionId: 3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46
    tenantId: 8d7c2f90-51be-4a3d-8f26-e0b94c7a135d
    location: eastus2
    owner: team-platform
    costCenter: research
    state: {resourceGroup: modelops-state-rg, storageAccount: modelops-state}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster:
    pools:
      system: {mode: system, vmSize: Standard_D4s_v5, min: 2, max: 3}
  azure:
    subscriptionId: 3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46
    tenantId: 8d7c2f90-51be-4a3d-8f26-e0b94c7a135d
    location: eastus2
    owner: team-platform
    costCenter: research
    state: {resourceGroup: modelops-state-rg, storageAccount: modelopsstate7d1c}
""",
    remedy=(
        "Storage accounts: 3 to 24 lower-case letters and digits; registries: 5\n"
        "to 50 of them. Node pools: at most 12, beginning with a letter.\n"
        "Clusters: at most 63 letters, digits, dashes and underscores.\n"
        "Resource groups: at most 90 characters, no dot at the end."
    ),
)

NAM005 = Rule(
    code="NAM005",
    summary="a name in Azure that another run of the program would not find again",
    why=(
        "Clusters got a random number at the end of their name, and registries four random letters "
        "at each run: the next deployment did not know its own cluster and made a second one."
    ),
    failing="A cluster named `modelops-dev-aks-4f1c2a9`, where the end is made up at each run.",
    passing="A cluster named `modelops-dev-aks`.",
    remedy="Nothing to do: names follow from environment and subscription alone.",
    impossible="names are made of the environment's name and of the id of its subscription",
)

NAM006 = Rule(
    code="NAM006",
    summary="two environments whose names in Azure may be the same",
    why=(
        "Names were cut to three letters of a person and four digits of a hash, and two people "
        "whose names began alike had one storage account between them. Names that the whole world "
        "shares now end in eight digits of a hash of subscription and environment, and the "
        "environment's name stands in them uncut."
    ),
    failing="The storage account `modelopsprdjohsto7971`.",
    passing="The storage account `moprod1f9c03be`.",
    remedy="Nothing to do: every legal name of an environment fits.",
    impossible="an environment's name has at most 12 characters, and is never cut",
)

NAM007 = Rule(
    code="NAM007",
    summary="a label that Kubernetes refuses, or that is not for people",
    why=(
        "Kubernetes looks at labels only when objects are applied, after the merge, and one "
        "illegal label stops the whole unit. Other keys are spoken for: selectors, Flux and Pod "
        "Security go by them, and a changed one cuts a Service off from its pods."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  labels:
    team: Malaria modelling
    app.kubernetes.io/name: malaria
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  labels:
    team: malaria-modelling
    example.org/project: malaria
""",
    remedy=(
        "Values: at most 63 letters, digits, dashes, underscores and dots,\n"
        "with a letter or digit at both ends.\n"
        "Keys: the same, after a prefix of your own where you want one."
    ),
)

RULES = (
    NAM001,
    NAM002,
    NAM003,
    NAM004,
    NAM005,
    NAM006,
    NAM007,
)
"""The rules of this area, by number."""
