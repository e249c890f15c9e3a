"""Cases of the checks of where a run's trials are kept: in Azure, and fields that nobody reads."""

from tests.unit.check_case import Case
from tests.unit.check_cases_of_azure import STATE
from tests.unit.check_cases_of_runs import AROUND, run
from tests.unit.small_tree import CLOUD, DEV, Specs, environment
from tests.unit.stores_in_azure import ANSWERS, IN_AZURE, POSTGRES, with_server

FLEXIBLE = "store: {mode: azureFlexible}"
IN: Specs = {**AROUND, **IN_AZURE}
GENERIC = environment(
    "provider: generic", pools="pools: {cpu: {allocatable: {cpu: 8, memory: 32Gi}}}"
)
PRODUCTION = f"{STATE}tier: production\ndefaults: {{workspace: {{results: {{kind: volume}}}}}}\n"


def in_azure(*lines: str, **store: str) -> Specs:
    """A run whose trials are kept in Azure, with these further fields of the store."""
    fields = "".join(f", {name}: {value}" for name, value in store.items())
    return run(f"store: {{mode: azureFlexible{fields}}}", *lines)


def workers(replicas: str, sku: str) -> Specs:
    """So many workers, and a server of this size."""
    server = POSTGRES.replace("GP_Standard_D2ds_v5", sku)
    return {
        **run(FLEXIBLE, f"workers: {{replicas: {replicas}}}"),
        DEV: with_server(postgres=server),
        CLOUD: ANSWERS,
    }


CASES = (
    Case(
        "incomplete_store",
        "a server of Azure that the environment does not describe",
        {**run("store: {mode: «azureFlexible}"), DEV: with_server(postgres=""), CLOUD: ANSWERS},
        ("error ADP002",),
        run(FLEXIBLE),
        ("dev describes none",),
        IN,
    ),
    Case(
        "incomplete_store",
        "a server of Azure for a cluster that is not",
        {**run("store: {mode: «azureFlexible}"), DEV: GENERIC},
        ("error ADP002",),
        {**run("store: {retain: false}"), DEV: GENERIC},
        ("cluster of dev is not Azure's",),
        AROUND,
    ),
    Case(
        "undeclared_feature",
        "an identity for a store",
        {
            **run("store: {mode: «azureFlexible}"),
            DEV: with_server("features: {networkPolicy: cilium}"),
        },
        ("error CFG011",),
        run(FLEXIBLE),
        ("workloadIdentity: true",),
        IN,
    ),
    *(
        Case(
            "unread_store_field",
            f"{field} of a store in Azure",
            in_azure(**{f"«{field}": value}),
            ("error CFG011",),
            run(FLEXIBLE),
            (f"`store.{field}`", "azureFlexible"),
            IN,
        )
        for field, value in {
            "version": '"16"',
            "size": "20Gi",
            "storageClass": "managed-csi-premium",
            "user": "somebody",
            "retain": "true",
            "backup": "{keep: 3}",
            "host": "db.example.org",
            "port": "6432",
            "secret": "trials",
            "sslmode": "require",
        }.items()
    ),
    *(
        Case(
            "unread_store_field",
            f"{field} of a store of the run's own",
            run(f"store: {{«{field}: {value}}}"),
            ("error CFG011",),
            run("store: {size: 20Gi}"),
            (f"`store.{field}`", "inCluster"),
            AROUND,
        )
        for field, value in {
            "host": "db.example.org",
            "port": "6432",
            "secret": "trials",
            "sslmode": "require",
        }.items()
    ),
    Case(
        "unread_store_field",
        "a host for CloudNativePG",
        run("store: {mode: cloudNativePg, «host: db.example.org}"),
        ("error CFG011",),
        run("store: {mode: cloudNativePg}"),
        ("cloudNativePg",),
        {**AROUND, DEV: environment("features: {cloudNativePg: true, networkPolicy: calico}")},
    ),
    Case(
        "reserved_store_name",
        "a database that Azure's servers have",
        in_azure(database="«azure_sys"),
        ("error CFG011",),
        in_azure(database="calibrations"),
        ("`azure_sys`",),
        IN,
    ),
    Case(
        "crowded_store",
        "the smallest server of Azure",
        workers("«9", "B_Standard_B1ms"),
        ("warning ADP004",),
        workers("8", "B_Standard_B1ms"),
        ("9 workers may open 27 connections", "of its 50 there are 25"),
        AROUND,
    ),
    Case(
        "rewritten_contract",
        "who the pods are",
        in_azure("workers: {env: {«AZURE_CLIENT_ID: me, «MODELOPS_STORE_LOGIN: password}}"),
        ("error SEC005", "error SEC005"),
        {
            **run("workers: {env: {AZURE_CLIENT_ID: me}}"),
            DEV: with_server(),
        },
        ("`AZURE_CLIENT_ID`",),
        IN,
    ),
    Case(
        "unsaved_store",
        "a Postgres of the run's own, where Azure could keep the trials",
        {**run("store: «{size: 20Gi}")},
        ("warning AVL008",),
        run(FLEXIBLE),
        around={**IN, DEV: with_server(rest=PRODUCTION)},
    ),
    Case(
        "unretained_store",
        "a store to be kept on a cluster without classes",
        {**run("store: {retain: «true}"), DEV: GENERIC},
        ("error CFG011",),
        {**run(FLEXIBLE), **IN_AZURE},
        around=AROUND,
    ),
)
