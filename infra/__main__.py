"""What Pulumi runs: the stack's name is the environment's."""

from modelops_infra.entry import run

run()
