"""Area GIT of the rule book: what Flux makes of the generated files.

Read by `verify` and `cli`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

_REPORT = "No input should be able to do this: please report it, with the message."

GIT001 = Rule(
    code="GIT001",
    summary="`generated/` is not what a compile of `environments/` makes",
    why=(
        "The cluster follows `generated/` and people follow `environments/`. Where one was edited "
        "without the other, by hand or by a forgotten compile, the cluster runs what nobody "
        "wrote, and the next compile takes it back without anyone having decided so."
    ),
    failing="A commit that changes `environments/` and not `generated/`, or a file edited by hand.",
    passing="The same commit with what `modelops compile` writes.",
    remedy=(
        "Run `modelops compile` and commit what it writes.\n"
        "Move files that it did not write out of `generated/`.\n"
        "`modelops compile --check` fails where there is anything to do."
    ),
)

GIT002 = Rule(
    code="GIT002",
    summary="the same sources compiled twice with different results",
    why=(
        "Where a compile depends on time, on a random number or on the order of a hash, every run "
        "changes files that nobody touched, and a review no longer shows what a change does."
    ),
    failing="A generated file with the time of the compile in it.",
    passing="A generated file that only depends on `environments/`.",
    remedy=_REPORT,
    impossible="no stage can see a clock, a random number or the order of a hash",
)

GIT003 = Rule(
    code="GIT003",
    summary="an object without a namespace, or one whose namespace may come too late",
    why=(
        "Flux applies units in the order of their dependencies. What is applied before its "
        "namespace exists fails, and what names no namespace lands in whichever one the applier "
        "thinks of: Secrets ended up in `default`, where no pod looked for them."
    ),
    failing="A generated Deployment in a namespace that comes from a unit applied later.",
    passing="The same Deployment in its own unit's namespace, or after a unit that makes it.",
    remedy=(
        "Let the unit that the message names depend on the one that makes\n"
        "the namespace.\n"
        "No input should be able to do this: please report it, with the message."
    ),
)

GIT004 = Rule(
    code="GIT004",
    summary="two Flux Kustomizations over the same files",
    why=(
        "Two Kustomizations applied one folder. Each owned every object in it: whenever one was "
        "suspended or removed it pruned what the other kept making, and the workers of a running "
        "study went away every ten minutes. This looks at one environment at a time: nothing says "
        "which of them share a cluster. Names carry their environment's, but for what people name: "
        "on one cluster, give each its own `flux.source` where the branch or the URL differs."
    ),
    failing="Generated Kustomizations for ./generated/dev and ./generated/dev/platform.",
    passing="One Kustomization for each unit, and no unit inside another.",
    remedy=_REPORT,
)

GIT005 = Rule(
    code="GIT005",
    summary="a Flux Kustomization that forgets, does not wait, or removes data",
    why=(
        "Without `prune` what was deleted in git runs for ever. Without a timeout and a retry "
        "interval a failed apply is tried again an hour later. Without health checks Flux says "
        "`Ready` as soon as the API server took the objects, and what depends on them starts "
        "before they work. But what no commit brings back has to be kept from `prune`: claims of "
        "volumes, the namespaces around them, and secrets that are made once say so by an "
        "annotation, or the commit that removes a workspace's file would take its results along."
    ),
    failing=(
        "A generated Kustomization with `prune: false`, or without `healthChecks`;\n"
        "or one that prunes a volume claim."
    ),
    passing=(
        "One with prune, timeout, retryInterval, and `wait: true` or health checks;\n"
        "and the claim with `kustomize.toolkit.fluxcd.io/prune: disabled`."
    ),
    remedy=_REPORT,
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
    unacceptable="what the compiler made is no file's to accept",
)

GIT006 = Rule(
    code="GIT006",
    summary="`${…}` in generated text, which Flux may replace",
    why=(
        "Flux can substitute variables in all that it applies. Where somebody switches that on, "
        "`${HOME}` becomes whatever Flux knows under that name, which is mostly nothing, and a "
        "shell script in a ConfigMap loses its variables without a word."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {NUMBA_CACHE_DIR: "${HOME}/numba"}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {NUMBA_CACHE_DIR: /tmp/numba}
""",
    remedy=("Write the value itself.\nIn a shell script, write $NAME without braces."),
)

GIT007 = Rule(
    code="GIT007",
    summary="a change of a field that Kubernetes lets nobody change",
    why=(
        "The template of a Job, the claims of a StatefulSet, the role of a binding and the class "
        "of a volume are fixed when they are made. A change of one is valid YAML, passes review, "
        "and then stops Flux at that object and at all that waits for it. The new manifests are "
        "held against those in git where the branch began; without git this is skipped."
    ),
    failing="A volume claim of class `fast` that was committed with class `cheap`.",
    passing="A claim of another name with the new class, or the claim as it was.",
    remedy=(
        "Leave the field as it was, or give the object another name.\n"
        "Where it must change, delete the object in the cluster before merging:\n"
        "Flux makes it anew. Of a volume, copy what is in it first."
    ),
    severity=Severity.WARNING,
    unacceptable="the warning is gone once the change is merged",
)

GIT008 = Rule(
    code="GIT008",
    summary="an object too large for the cluster to keep",
    why=(
        "The API server keeps objects of at most about 1.5 MiB and ConfigMaps of 1 MiB. A "
        "configuration grew file by file until it was refused, hours after the review, together "
        "with everything in the same folder."
    ),
    failing="A generated ConfigMap of 1.2 MiB.",
    passing="The same data in the image, in a bundle or in several ConfigMaps.",
    remedy="Move what is long into the image or into a bundle; 1 MiB is the limit.",
)

GIT010 = Rule(
    code="GIT010",
    summary="a Job that is changed under the name it had",
    why=(
        "The Job that made a database kept its name when its script was changed. Nobody can "
        "change the pods of a Job, so Flux failed at it until somebody deleted it by hand. Each "
        "Job is named by a hash of what it is: a change makes another Job, and the old one goes."
    ),
    failing="A generated Job `store-init` with another script than the committed one.",
    passing="A Job `store-init-…` whose last letters follow from all that is in it.",
    remedy="Nothing can be written that breaks it.",
    impossible="the name of each Job ends in a hash of its specification",
)

RULES = (
    GIT001,
    GIT002,
    GIT003,
    GIT004,
    GIT005,
    GIT006,
    GIT007,
    GIT008,
    GIT010,
)
"""The rules of this area, by number."""
