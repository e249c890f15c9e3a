"""Cases of the checks of secrets, names, labels and profiles."""

from tests.unit.check_case import OPERATOR, Case
from tests.unit.small_tree import DEBUG, DEV, MALARIA, Specs, environment

from modelops import names

# --- secrets --------------------------------------------------------------------------------------


def used(reference: str, secrets: str) -> Specs:
    """A workspace whose workers read a variable from a Secret, and the Secrets that it has."""
    return {MALARIA: f"workers: {{secretEnv: {{T: {{{reference}}}}}}}\nsecrets: {{{secrets}}}"}


SECRETS = (
    Case(
        "undeclared_secret",
        "a Secret that nothing declares",
        used("secret: «wbe, key: cookie", "web: {existing: true}"),
        ("error VER002",),
        used("secret: web, key: cookie", "web: {existing: true}"),
        ("wbe",),
    ),
    Case(
        "undeclared_secret",
        "a key that is not generated",
        used("secret: web, key: «cooky", "web: {generate: [cookie]}"),
        ("error VER002",),
        used("secret: web, key: cookie", "web: {generate: [cookie]}"),
        ("web", "cooky"),
    ),
    Case(
        "undeclared_secret",
        "a key that is not fetched",
        used("secret: web, key: «cooky", "web: {external: {store: vault, key: cookie}}"),
        ("error VER002",),
        used("secret: web, key: cookie", "web: {external: {store: vault, key: cookie}}"),
        around=OPERATOR,
    ),
    Case(
        "undeclared_feature",
        "External Secrets for a fetched one",
        {MALARIA: "secrets: {«web: {external: {store: vault, key: cookie}}}"},
        ("error CFG011",),
        {MALARIA: "secrets: {web: {external: {store: vault, key: cookie}}}", **OPERATOR},
        ("web", "externalSecrets: true"),
    ),
    Case(
        "undeclared_feature",
        "External Secrets for generated ones",
        {
            DEV: environment(rest="secrets: {provider: externalSecrets}"),
            MALARIA: "secrets: {«web: {generate: [cookie]}, other: {existing: true}}",
        },
        ("error CFG011",),
        {
            DEV: environment(rest="secrets: {provider: generate}"),
            MALARIA: "secrets: {web: {generate: [cookie]}, other: {existing: true}}",
        },
    ),
    Case(
        "unnamed_store",
        "no store at all",
        {MALARIA: "secrets: {web: {«external: {key: cookie}}}", **OPERATOR},
        ("error CFG011",),
        {MALARIA: "secrets: {web: {external: {key: cookie, store: vault}}}", **OPERATOR},
        ("web",),
    ),
    Case(
        "colliding_name",
        "a Secret of ours that images are pulled with",
        {MALARIA: "secrets: {«ghcr: {generate: [cookie]}}"},
        ("error NAM002",),
        {MALARIA: "secrets: {ghcr: {existing: true}}"},
        ("ghcr",),
        {DEV: environment(rest="registry: {pullSecret: {name: ghcr, existing: true}}")},
    ),
)

# --- names and labels -----------------------------------------------------------------------------

LONG = "a" * 60
TWIN = names.workspace_namespace("dev", LONG).removeprefix("modelops-dask-dev-")
FLUX_THERE = environment().replace("models}", "models, namespace: «modelops-dask-dev-malaria}")
NAMES = (
    Case(
        "shared_namespace",
        "a name like the cut one of another",
        {
            f"environments/dev/workspaces/{LONG}.yaml": "«owner: one",
            f"environments/dev/workspaces/{TWIN}.yaml": "owner: two",
        },
        ("error NAM002",),
        {
            f"environments/dev/workspaces/{LONG}.yaml": "owner: one",
            f"environments/dev/workspaces/{TWIN[:-1]}.yaml": "owner: two",
        },
        (f"modelops-dask-dev-{TWIN}",),
    ),
    Case(
        "reserved_namespace",
        "Flux's own",
        {DEV: FLUX_THERE},
        ("error NAM003",),
        {DEV: FLUX_THERE.replace("«", "").replace("malaria", "polio")},
        ("modelops-dask-dev-malaria",),
    ),
    Case(
        "reserved_label",
        "each prefix that is not for people",
        {
            MALARIA: """\
labels:
  «app.kubernetes.io/name: x
  «kustomize.toolkit.fluxcd.io/prune: disabled
  «modelops.io/env: x
  «pod-security.kubernetes.io/enforce: baseline
"""
        },
        ("error NAM007",) * 4,
        {MALARIA: "labels: {example.org/name: x, modelops.io: x, app.kubernetes.iox/a: x}"},
        ("app.kubernetes.io/name",),
    ),
)

# --- profiles -------------------------------------------------------------------------------------

OVERRIDES = "overrides: {workspace: {workers: {threads: 1}}}"
FOR_DEVELOPMENT: Specs = {
    DEBUG: f"tiers: [development]\n{OVERRIDES}",
    "environments/profiles/fresh.yaml": OVERRIDES,
}
STAGING = {DEV: environment(rest="tier: staging")}
OTHERS = (
    Case(
        "profile_out_of_tier",
        "chosen by the file",
        {MALARIA: "profile: «debug", **STAGING},
        ("error CFG003",),
        {MALARIA: "profile: debug"},
        ("debug", "development", "staging"),
        FOR_DEVELOPMENT,
    ),
    Case(
        "profile_out_of_tier",
        "one of a list",
        {MALARIA: "profile: [fresh, «debug]", **STAGING},
        ("error CFG003",),
        {MALARIA: "profile: [fresh]", **STAGING},
        around=FOR_DEVELOPMENT,
    ),
    Case(
        "profile_out_of_tier",
        "chosen by the environment",
        {DEV: environment(rest="tier: staging\nprofiles: [fresh, «debug]")},
        ("error CFG003",),
        {
            DEV: environment(rest="tier: staging\nprofiles: [fresh, debug]"),
            MALARIA: "profile: fresh",
        },
        around=FOR_DEVELOPMENT,
    ),
    Case(
        "profile_out_of_tier",
        "narrowed by the environment's own profile",
        {
            MALARIA: "profile: «fresh",
            "environments/dev/profiles/fresh.yaml": f"tiers: [production]\n{OVERRIDES}",
        },
        ("error CFG003",),
        {
            MALARIA: "profile: fresh",
            "environments/dev/profiles/fresh.yaml": f"tiers: [development]\n{OVERRIDES}",
        },
        around=FOR_DEVELOPMENT,
    ),
)

CASES = (*SECRETS, *NAMES, *OTHERS)
