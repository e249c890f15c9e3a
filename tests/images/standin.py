"""A base for images where no registry is within reach: Debian by debootstrap, with its own Python.

What debootstrap makes is kept for later runs, under a name made of how it was made; it is put there
whole or not at all. What this machine adds (where pip finds its index, which certificates hold) is
added anew each time, so that what is kept holds nothing of any machine.
"""

import configparser
import hashlib
import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SUITE = "bookworm"
PACKAGES = ("ca-certificates", "python3", "python3-pip", "python3-venv")
MADE_BY = ("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE)
LINKS = {"usr/local/bin/python": "/usr/bin/python3", "usr/local/bin/pip": "/usr/bin/pip3"}
LEFT_OUT = (
    *("./dev/*", "./proc/*", "./sys/*"),
    *("./usr/share/doc/*", "./usr/share/locale/*", "./usr/share/man/*"),
    *("./var/cache/apt/*", "./var/lib/apt/lists/*"),
)
KEPT = Path("/var/tmp")  # noqa: S108 -- looked at before it is trusted: see `base`

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
DOCKERFILE = """\
FROM scratch
ADD base.tar /
COPY pip.conf /etc/pip.conf
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
"""
PIP_SETTINGS = {
    "index-url": ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "extra-index-url": ("PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL"),
    "trusted-host": ("PIP_TRUSTED_HOST",),
    "cert": ("PIP_CERT", "SSL_CERT_FILE"),
}


def context(folder: Path) -> None:
    """Write what the base is built from into a folder.

    Raises:
        subprocess.CalledProcessError: debootstrap could not.
    """
    (folder / "Dockerfile").write_text(DOCKERFILE)
    shutil.copyfile(base(), folder / "base.tar")
    (folder / "pip.conf").write_text(_pip_configuration())
    certificates = Path(os.environ.get("SSL_CERT_FILE") or CERTIFICATES)
    shutil.copyfile(
        certificates if certificates.is_file() else CERTIFICATES, folder / "ca-certificates.crt"
    )


def base() -> Path:
    """The archive of a Debian with Python; made where no earlier run has."""
    recipe = "\n".join([*MADE_BY, *LEFT_OUT, *LINKS, *LINKS.values()])
    key = hashlib.sha256(recipe.encode()).hexdigest()[:16]
    kept = KEPT / f"modelops-stand-in-{key}.tar"
    if not _is_ours(kept):
        _make(kept)
    return kept


def _is_ours(file: Path) -> bool:
    """Whether it is there, and nobody else could have put it there."""
    return file.is_file() and not file.is_symlink() and file.stat().st_uid == os.getuid()


def _make(kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix="modelops-stand-in-") as folder:
        root, archive = Path(folder) / "root", Path(folder) / "base.tar"
        _run(*MADE_BY, str(root))
        for link, target in LINKS.items():
            (root / link).symlink_to(target)
        left_out = [f"--exclude={pattern}" for pattern in LEFT_OUT]
        _run("tar", "-C", str(root), "--one-file-system", *left_out, "-cf", str(archive), ".")
        archive.replace(kept)


def _run(*command: str) -> None:
    subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)


def _pip_configuration() -> str:
    """Where pip of this machine finds packages, for the pip in the base."""
    settings = configparser.RawConfigParser()
    homes = (
        Path("/etc/pip.conf"),
        Path.home() / ".config/pip/pip.conf",
        Path.home() / ".pip/pip.conf",
    )
    settings.read(homes)
    if not settings.has_section("global"):
        settings.add_section("global")
    for name, variables in PIP_SETTINGS.items():
        value = next((os.environ[one] for one in variables if os.environ.get(one)), None)
        if name == "cert":
            value = str(CERTIFICATES)
        if value:
            settings.set("global", name, value)
    written = io.StringIO()
    settings.write(written)
    return written.getvalue()
