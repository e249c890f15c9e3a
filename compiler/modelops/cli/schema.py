"""`modelops schema`: the JSON Schemas of every kind of file, for editors and other programs."""

import click

from modelops.cli import stages
from modelops.cli.differences import refuse_differences
from modelops.cli.project import project_root
from modelops.cli.terminal import put
from modelops.disk import compare_flat, write_flat

SCHEMAS = "schemas"
"""The folder below the project's root."""

EPILOG = """\
\b
Examples:
  modelops schema
  modelops schema --check      (for CI)

\b
An editor with a YAML language server reads them by the first line of a file:
  # yaml-language-server: $schema=../../../schemas/workspace.json
"""


@click.command("schema", epilog=EPILOG)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is stale.")
def command(*, check: bool) -> None:
    """Write schemas/ from the models."""
    folder = project_root() / SCHEMAS
    files = stages.exported_schemas()
    if check:
        refuse_differences(compare_flat(folder, files), "modelops schema")
        put(f"{SCHEMAS}/ is up to date: {len(files)} files")
        return
    done = write_flat(folder, files)
    for path in done.written:
        put(f"wrote {SCHEMAS}/{path}")
    for path in done.removed:
        put(f"removed {SCHEMAS}/{path}")
    if not done.written + done.removed:
        put(f"{SCHEMAS}/ is up to date: {len(files)} files")
