"""Why a field is what it is where no input decides it: the constants, each with a reason.

A pattern is matched against `Kind path` and `Kind/name path`; list items are `*`. The first that
matches says why. What no pattern matches has no reason, and a test fails: a new constant needs a
line here.
"""

from fnmatch import fnmatchcase

_DNS = "where DNS answers: the cluster's, a node's cache, or AKS LocalDNS"
_RESTRICTED = "Pod Security restricted, and a read-only root file system"
_PROBE = "how often, how long and how many times Kubernetes asks before it acts"
_SCRATCH = "every process needs a place to write: the root file system is read-only"
_PORT = "one port for each listener, the same in every workspace, so that policies can be exact"
_SELECTOR = "labels that never change, because selectors cannot"
_ONE_NAME = "the same in every workspace: its namespace tells them apart"
_FLUX = "how Flux applies: it prunes what is gone and never deletes to force a change"
_BOOTSTRAP = "the Job that makes secrets once, in the cluster"
_AUTOSCALER = "grow fast and shrink slowly: whoever shrinks does not know which pods hold results"
_CHECK = "the Job that waits for the pull secret, and says how to make it"
_STORE_INIT = "the Job that makes the run's role and database, and proves them"
_WORKERS = "the pods that lead a run: each tried again by itself, but not where memory was short"
_BACKUP = "dumps of the run's store, one at a time; the way back is started by people alone"
_SERVER = "one Postgres for one run, slow to kill: a crash takes time to recover from"
_SMALL = "a small Job that connects, waits and ends"
_CLUSTER = "what CloudNativePG is to make: no superuser by password, volumes that may grow"
_PASSWORD = "forty letters and digits: symbols break connection strings"  # noqa: S105 -- a sentence

CONSTANTS: tuple[tuple[str, str], ...] = (
    ("* apiVersion", "the API version that the targeted Kubernetes and operators serve"),
    ("* kind", "what this object is"),
    ("* metadata.labels.app.kubernetes.io/*", "the labels by which Kubernetes tools group objects"),
    ("* metadata.labels.modelops.io/kind", "what the compiler made this for"),
    ("* metadata.annotations.checkov.io/*", "a finding of a scanner that does not apply, and why"),
    (
        "* metadata.annotations.kustomize.toolkit.fluxcd.io/prune",
        "Flux must not remove data when the file is removed",
    ),
    # --- what the program in infra/ reads
    ("InfraInputs version", "of the shape of this file: a program that knows another one stops"),
    ("InfraInputs flux.*", "AKS' own extension of Flux, and the one Kustomization that it begins"),
    ("InfraInputs tags.*", "tags by which people and bills tell what belongs to what"),
    ("InfraInputs network.*ubnet", "nodes have one subnet; pods an overlay of their own"),
    ("InfraInputs cluster.ssh.user", "who logs in on a node: Azure's own custom"),
    ("InfraInputs identities.*.purpose", "there is an identity for each thing that pods log in to"),
    ("InfraInputs identities.*.credentials", "no pod logs in as this yet"),
    (
        "InfraInputs identities.*.credentials.*.serviceAccount",
        "the account of the pods that log in, the same in every namespace",
    ),
    ("InfraInputs cluster.pools.*.taints.*", "what keeps our pods off nodes that are not for them"),
    *(
        (f"InfraInputs {path}", "not wanted, because the environment's file does not ask for it")
        for path in (
            "registry",
            "identities",
            "keyVault",
            "postgres",
            "state",
            "storage",
            "cluster.authorizedIpRanges",
            "cluster.networkPolicy",
            "cluster.pools.*.labels",
            "cluster.pools.*.taints",
            "cluster.pools.*.zones",
            "cluster.ssh.path",
            "cluster.ssh.variable",
            "cluster.zones",
            "registry.resourceId",
        )
    ),
    # --- runs, and what several kinds of units have
    ("*/store-scripts-* data.*", "the scripts that the store's containers run"),
    ("*/store-scripts-* metadata.name", "named by a hash of the scripts"),
    ("Job/pull-secret-check-* spec.template.spec.containers.*.resources.*", _SMALL),
    ("Job/pull-secret-check-* spec.template.spec.containers.*.env.*.value", _CHECK),
    ("Job/store-init-* spec.template.spec.*ontainers.*.resources.*", _SMALL),
    (
        "Job/store-init-* spec.template.spec.*ontainers.*.env.*.value",
        "how libpq reaches the store, and files with passwords",
    ),
    ("Job/run-worker-* spec.template.spec.containers.*.env.*.value", "where the pod finds things"),
    (
        "Job/run-worker-* spec.template.spec.terminationGracePeriodSeconds",
        "two minutes to tell what it knows and to let go of the lead",
    ),
    ("Job/* spec.template.spec.terminationGracePeriodSeconds", "it has nothing to finish"),
    ("Job/pull-secret-check-* spec.template.spec.restartPolicy", _CHECK),
    ("Job/store-init-* spec.template.spec.restartPolicy", _STORE_INIT),
    ("Job/run-worker-* spec.template.spec.restartPolicy", _WORKERS),
    ("CronJob spec.jobTemplate.spec.template.spec.*securityContext.*", _RESTRICTED),
    ("CronJob *", _BACKUP),
    (
        "StatefulSet metadata.annotations.kustomize.toolkit.fluxcd.io/force",
        "its data may go, so Flux may make it anew where it cannot be changed in place",
    ),
    ("StatefulSet spec.template.spec.containers.*.resources.*", _SERVER),
    ("StatefulSet spec.template.spec.terminationGracePeriodSeconds", "time for a fast shutdown"),
    ("StatefulSet spec.template.spec.containers.*.env.*", "how the image makes a new store"),
    (
        "StatefulSet spec.template.metadata.annotations.cluster-autoscaler.kubernetes.io/*",
        "a store that is moved is away for minutes",
    ),
    ("StatefulSet metadata.name", _ONE_NAME),
    ("StatefulSet spec.persistentVolumeClaimRetentionPolicy.*", "as `store.retain` says"),
    ("Cluster metadata.name", _ONE_NAME),
    ("Cluster spec.*", _CLUSTER),
    ("Service/store spec.*", "headless: clients reach the one pod itself"),
    ("ExternalSecret metadata.name", "the Secret that it makes"),
    ("Password metadata.name", "the Secret that it is for"),
    ("ClusterSecretStore spec.*", "External Secrets logs in to the vault as an account of its own"),
    ("PersistentVolumeClaim/store-backups spec.accessModes.*", "one Job at a time writes to it"),
    ("ResourceQuota spec.hard.services.*", "a unit is reached from inside the cluster only"),
    ("ResourceQuota spec.hard.persistentvolumeclaims", "no volume: results live elsewhere"),
    ("ResourceQuota spec.hard.*", "the most that the unit's own pods can need"),
    ("* metadata.annotations.modelops.io/retain", "somebody wrote that this data may go"),
    ("Namespace metadata.labels.pod-security.kubernetes.io/*", "Pod Security restricted"),
    ("Deployment metadata.name", _ONE_NAME),
    ("Service metadata.name", _ONE_NAME),
    ("ServiceAccount metadata.name", _ONE_NAME),
    ("NetworkPolicy metadata.name", _ONE_NAME),
    ("CiliumNetworkPolicy metadata.name", _ONE_NAME),
    ("PodDisruptionBudget metadata.name", _ONE_NAME),
    ("ScaledObject metadata.name", _ONE_NAME),
    ("HorizontalPodAutoscaler metadata.name", _ONE_NAME),
    ("LimitRange metadata.name", _ONE_NAME),
    ("ResourceQuota metadata.name", _ONE_NAME),
    ("Role metadata.name", _ONE_NAME),
    ("RoleBinding metadata.name", _ONE_NAME),
    ("PersistentVolumeClaim metadata.name", _ONE_NAME),
    ("ConfigMap immutable", "a changed configuration is a new ConfigMap, so pods never mix two"),
    # --- workloads
    ("Deployment spec.replicas", "one scheduler; two workers; one pod of any other, where unsaid"),
    (
        "Deployment spec.strategy.type",
        "Recreate for the scheduler and for what has a disk; RollingUpdate for others",
    ),
    ("Deployment spec.strategy.rollingUpdate.*", "a new worker is there before an old one goes"),
    ("Deployment spec.progressDeadlineSeconds", "a node pool may have to grow from no node"),
    ("Deployment spec.revisionHistoryLimit", "one goes back by a commit, not by a ReplicaSet"),
    ("* spec.selector.*", _SELECTOR),
    ("* spec.template.metadata.labels.*", _SELECTOR),
    (
        "Deployment spec.template.metadata.annotations.cluster-autoscaler.kubernetes.io/*",
        "a scheduler that is moved forgets all work",
    ),
    ("* spec.template.spec.automountServiceAccountToken", "only the bootstrap Job needs the API"),
    ("* spec.template.spec.enableServiceLinks", "Dask would read the injected names as settings"),
    ("* spec.template.spec.serviceAccountName", _ONE_NAME),
    ("* spec.template.spec.terminationGracePeriodSeconds", "30 s to close connections"),
    ("* spec.template.spec.restartPolicy", _BOOTSTRAP),
    ("* spec.template.spec.*securityContext.*", _RESTRICTED),
    ("* spec.template.spec.containers.*.args.*", "how the program is started"),
    ("* spec.template.spec.containers.*.lifecycle.*", "a stopping worker finishes its tasks first"),
    ("* spec.template.spec.containers.*.env.*.name", "a variable that the compiler sets"),
    ("* spec.template.spec.containers.*.env.*.value", "a default that `env` may say otherwise"),
    ("* spec.template.spec.containers.*.env.*.valueFrom.fieldRef.*", "the pod's own name or place"),
    ("* spec.template.spec.containers.*.imagePullPolicy", "a digest never changes"),
    ("* spec.template.spec.containers.*Probe.*", _PROBE),
    ("* spec.template.spec.containers.*.ports.*", _PORT),
    (
        "* spec.template.spec.containers.*.resources.*",
        "room for the scratch space and logs of a pod, or the small Job that makes secrets",
    ),
    ("* spec.template.spec.containers.*.volumeMounts.*", _SCRATCH),
    ("* spec.template.spec.containers.*.name", "the container is named for its part"),
    ("* spec.template.spec.volumes.*", _SCRATCH),
    ("* spec.template.spec.tolerations.*", "AKS taints spot nodes with this"),
    ("* spec.template.spec.affinity.*", "spot nodes are sought where the pool has them"),
    ("* spec.template.spec.topologySpreadConstraints.*", "one failing node must not take all pods"),
    ("Job/pull-secret-check-* spec.*", _CHECK),
    ("Job/store-init-* spec.*", _STORE_INIT),
    ("Job/run-worker-* spec.*", _WORKERS),
    ("Job spec.*", _BOOTSTRAP),
    ("StatefulSet spec.*", _SERVER),
    ("PodDisruptionBudget spec.*", "a node may be drained one worker at a time"),
    # --- network
    ("Service spec.type", "reached from inside the cluster only: Dask has no login"),
    ("Service spec.*", _PORT),
    ("NetworkPolicy spec.egress.*.to.*.podSelector.matchLabels.k8s-app", _DNS),
    ("NetworkPolicy spec.egress.*.to.*.namespaceSelector.*", _DNS),
    (
        "NetworkPolicy spec.egress.*.to.*.ipBlock.*",
        "addresses of DNS, or everything outside the cluster but private networks",
    ),
    ("NetworkPolicy spec.ingress.*.from.*.podSelector.matchLabels.app", "KEDA's own pods"),
    ("NetworkPolicy spec.*", "what is not allowed here is denied"),
    ("CiliumNetworkPolicy spec.*", "what only Cilium can name: the node itself, the API server"),
    ("Ingress spec.rules.*", "every path of the host goes to the workload"),
    ("HTTPRoute spec.*", "every path of the host goes to the workload's Service"),
    ("Route spec.tls.*", "TLS ends at OpenShift's router, and who comes without is sent there"),
    ("Route spec.*", "every path of the host goes to the workload's Service"),
    # --- bounds
    ("LimitRange spec.limits.*", "for containers that say nothing: none of ours is silent"),
    # --- autoscaling
    ("ScaledObject spec.minReplicaCount", "0 where nobody wrote a minimum"),
    ("HorizontalPodAutoscaler spec.minReplicas", "1 where nobody wrote a minimum"),
    ("ScaledObject spec.*", _AUTOSCALER),
    ("HorizontalPodAutoscaler spec.*", _AUTOSCALER),
    # --- secrets and storage
    ("Password spec.*", _PASSWORD),
    ("ExternalSecret spec.*", "the one safe shape: made once, never taken away, never rewritten"),
    ("Role rules.*", _BOOTSTRAP),
    ("RoleBinding *", _BOOTSTRAP),
    ("ServiceAccount automountServiceAccountToken", "a pod that needs the API says so itself"),
    ("PersistentVolumeClaim spec.accessModes.*", "all workers write to it"),
    ("StorageClass *", "premium Azure disks that outlive their claim"),
    ("PriorityClass *", "schedulers before workers: losing one loses all its work"),
    # --- Flux
    ("GitRepository spec.interval", "how long a merged commit waits"),
    ("Kustomization spec.retryInterval", "two minutes until a failed unit is tried again"),
    ("Kustomization spec.timeout", "15 minutes: a node pool may have to grow; 5 for the platform"),
    (
        "Kustomization/*-run-* spec.wait",
        "what the next stage stands on is done before it; workers outlive any timeout",
    ),
    ("Kustomization/*-run-* spec.healthChecks.*", "a store's stage is done when the store is up"),
    ("Kustomization spec.wait", "the platform is all there before workspaces; the root waits not"),
    (
        "Kustomization/*-platform spec.healthChecks.*",
        "a vault that lets nobody in yet holds up those who read it alone",
    ),
    ("Kustomization spec.healthChecks.*", "a workspace is ready when its scheduler is"),
    ("Kustomization spec.*", _FLUX),
    ("GitRepository spec.*", _FLUX),
)


def constant(kind: str, name: str, path: str) -> str:
    """Why this field is the same whatever people write; empty where no reason is known.

    Args:
        kind: of the object.
        name: of the object.
        path: of the field in it.
    """
    field, named = f"{kind} {path}", f"{kind}/{name} {path}"
    return next(
        (
            why
            for pattern, why in CONSTANTS
            if fnmatchcase(field, pattern) or fnmatchcase(named, pattern)
        ),
        "",
    )
