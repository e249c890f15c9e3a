"""`pulumi-language-python` in a few lines: it starts the program as Pulumi's own does.

The engine, the program and what runs it are real: `pulumi-language-python-exec` is Pulumi's.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2
from tests.infra.stand_ins.plugin import serve

SHOWN = 32
"""The exit code of a program whose error has been shown already."""


class Language(language_pb2_grpc.LanguageRuntimeServicer):
    """Python, without a word on what to install."""

    def __init__(self, engine: str) -> None:
        """Serve an engine.

        Args:
            engine: its address.
        """
        self._engine = engine

    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return plugin_pb2.PluginInfo(version="3.0.0")

    def GetRequiredPackages(self, _request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return language_pb2.GetRequiredPackagesResponse()

    def InstallDependencies(self, _request: Any, _context: Any) -> Iterator[Any]:  # noqa: ANN401, D102, N802
        yield from ()

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: ANN401, D102, N802
        return empty_pb2.Empty()

    def Run(self, request: Any, _context: Any) -> Any:  # noqa: ANN401, N802 -- Pulumi's own name
        """Run the program once, and say how it ended."""
        runner = shutil.which("pulumi-language-python-exec")
        assert runner is not None
        options = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
            "pwd": request.pwd,
            "dry_run": "true" if request.dryRun else "false",
            "parallel": str(request.parallel),
        }
        asked = [part for key, value in options.items() for part in (f"--{key}", value)]
        ended = subprocess.run(
            [sys.executable, "-u", runner, *asked, request.info.program_directory],
            env={**os.environ, "PULUMI_CONFIG": json.dumps(dict(request.config))},
            stdout=sys.stderr,
            check=False,
        )
        if ended.returncode == 0:
            return language_pb2.RunResponse()
        if ended.returncode == SHOWN:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program ended with {ended.returncode}")


def main() -> None:
    """Serve the engine whose address is the last argument."""
    serve(
        lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(
            Language(sys.argv[-1]), server
        )
    )
