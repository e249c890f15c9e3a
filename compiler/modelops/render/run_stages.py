"""Part of `render`: the units of a run, one for each stage, and the files of each."""

from collections.abc import Callable, Mapping

from modelops.planned import RunPlan, Stage
from modelops.render.metadata import Object
from modelops.render.namespace import namespace
from modelops.render.pull_secret import pull_check
from modelops.render.run_backup import backup
from modelops.render.run_base import run_accounts, run_config, run_network
from modelops.render.run_store import store
from modelops.render.run_store_init import store_init
from modelops.render.run_workers import workers
from modelops.render.secrets import secrets

RUN_FILES: Mapping[Stage, Mapping[str, Callable[[RunPlan], list[Object]]]] = {
    Stage.BASE: {
        "accounts.yaml": run_accounts,
        "config.yaml": run_config,
        "namespace.yaml": namespace,
        "network.yaml": run_network,
        "pull-secret.yaml": lambda run: pull_check(run, run.pull_check),
    },
    Stage.SECRETS: {"secrets.yaml": secrets},
    Stage.STORE: {"backup.yaml": backup, "store.yaml": store},
    Stage.STORE_INIT: {"store-init.yaml": store_init},
    Stage.WORKERS: {"workers.yaml": workers},
}
"""The files of each stage and what is in them."""
