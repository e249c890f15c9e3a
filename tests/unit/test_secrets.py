"""SEC001: what is taken for a secret, and what is not although it looks a little like one."""

import pytest

from modelops.diagnostics.text import full_text
from modelops.load import load, load_settings
from modelops.load.shapes import is_secret_name

FILE = "environments/base.yaml"
DIGEST = "9b8d86e9e8f7177c2888ca4f2878385ae64ef3a5f492fbc5cde0b85d72a110fc"
COMMIT = "c2888ca4f2878385ae64ef3a5f492fbc5cde0b85"


def found(
    below_spec: str, head: str = "apiVersion: modelops.io/v1\nkind: Defaults\nspec:\n"
) -> list[str]:
    """The places of all secrets, as `line:column`."""
    outcome = load({FILE: (head + below_spec).encode()})
    return [
        f"{one.at.line}:{one.at.column}" for one in outcome.diagnostics if one.rule.code == "SEC001"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "DB_PASSWORD",
        "dbPassword",
        "db-password",
        "PASSWORD2",
        "PASSWORD_PROD",
        "apiKey",
        "API_KEY",
        "AZURE_STORAGE_KEY",
        "connectionString",
        "AZURE_STORAGE_CONNECTION_STRING",
        "token",
        "GITHUB_TOKEN",
        "clientSecret",
        "SECRET",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)
    assert found(f"  workers: {{env: {{{name}: hunter2}}}}\n") == [f"4:{len(name) + 21}"]


@pytest.mark.parametrize(
    "line",
    [
        "TOKEN_FILE: /run/secrets/token",
        "PASSWORD_LENGTH: 12",
        "TOKEN_URL: https://login.example.org/token",
        "MAX_TOKENS: 4096",
        "PARTITION_KEY: country",
        "KEYBOARD: qwerty",
        "PASSENGERS: 12",
        "COMPASS: north",
        "DB_PASSWORD: $(OTHER)",
        "DB_PASSWORD: ${OTHER}",
        "DB_PASSWORD: <from the vault>",
        "DB_PASSWORD: ''",
        "DB_PASSWORD: null",
        "DB_PASSWORD: '***'",
        "USE_TOKEN: true",
        "DB_PASSWORD: {secret: database, key: password}",
        "GITHUB_TOKEN: {secret: github-token, key: token}",
        "DATABASE: postgres://dask@db.example.org:5432/queue",
        "DATABASE: postgres://dask:$(PASSWORD)@db.example.org/queue",
        f"IMAGE: ghcr.io:443/models/dask@sha256:{DIGEST}",
        f"IMAGE: oci://ghcr.io:443/models/dask@sha256:{DIGEST}",
        f"digest: sha256:{DIGEST}",
        f"commit: {COMMIT}",
        f"URL: git+https://github.com/epi-models/malaria@{COMMIT}",
        "ID: 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "CACHE: /opt/Models/Run2024/Transmission/OutputFiles/Season1",
        "vmSize: Standard_NC96ads_A100_v4",
        "ZEROS: '00000000000000000000000000000000'",
        "LONG: a-name-with-many-words-in-it-and-the-number-2-at-its-End",
        "A: b    # the token: made by hand, in the portal",
        "A: b    # password: see the wiki",
        "description: How to get a token: ask the platform team",
    ],
)
def test_what_is_none(line: str) -> None:
    assert found(f"  {line}\n") == []


UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OF_SHA1 = "Hwf3nnhTB9c5OVRGYDOG05Rz9MI="
OF_SHA256 = "ZPRqdSahhtI0ZVJFOuR4ylEkRnT1shuhUL1IOzn3yBI="
OF_SHA384 = "F7eTSg5VdVwAGef2IQzbr03Kh4r4Sx0idwV+yDgsitbrbBrFAb/VOK0/CGjnXkVg"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"
IN_SUBSCRIPTION = f"/subscriptions/{UUID}/resourceGroups/rg-Models-Dev/providers"


@pytest.mark.parametrize(
    "line",
    [
        f"GIT_SHA: {COMMIT}",
        f"MODEL_COMMIT: '{COMMIT}'",
        f"codeRevision: {COMMIT}",
        f"# built from commit {COMMIT}",
        f"BUNDLE_DIGEST: {DIGEST}",
        f"MODEL_SHA256: {DIGEST}",
        f"DATA_MD5: {MD5}",
        f"ETAG: {MD5}",
        f"DATA: md5:{MD5}",
        f"DATA: blake2b:{DIGEST}",
        f"DATA: sha256={DIGEST}",
        f"PIN: sha256//{OF_SHA256}",
        f"INTEGRITY: sha384-{OF_SHA384}",
        f"A: sha256-{OF_SHA256}",
        f"A: SHA256:{OF_SHA256.rstrip('=')}",
        f"X5T: {OF_SHA1}",
        "THUMBPRINT: 9F8B2C3D4E5F60718293A4B5C6D7E8F901234567",
        f"SUBSCRIPTION: {UUID}",
        f"TENANT_ID: {UUID.upper()}",
        f"RUN_ID: {UUID.replace('-', '')}",
        "KID: NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg",
        f"A: {IN_SUBSCRIPTION}/Microsoft.ManagedIdentity/userAssignedIdentities/WorkerIdentity01",
        f"A: {IN_SUBSCRIPTION}/Microsoft.Storage/storageAccounts/ModelsStore2024Production",
        "A: arn:aws:iam::123456789012:role/ModelopsWorkerRole2024Production",
        "A: MalariaTransmissionModelWithSeasonality2024AndVectorControl",
        "A: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG4rT3vTt99Ox5kndS4HmgTrKBT8SKzhK4rhGkEVGlCI me",
        "A: data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4",
        f"URL: https://raw.githubusercontent.com/epi/malaria/{COMMIT}/data.csv",
        "URL: https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
        f"URL: https://zenodo.org/api/files/{UUID}/malaria.zip",
    ],
)
def test_what_is_public_is_no_secret(line: str) -> None:
    assert found(f"  {line}\n") == []


RANDOM = "Zk3vR8pQ1xWm7Ld5Tn9Yb2Hs6Gc4Jf0E"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (f"A: {MD5}", 6),
        (f"MODEL_SHA256: {RANDOM}", 17),  # of another length than a digest
        (f"RUN_ID: {RANDOM}", 11),
        (f"RUN_ID: {DIGEST}", 11),
        (f"A: sha256-{RANDOM}", 6),
        (f"A: data:text/plain;base64,{RANDOM}", 6),
        (f"PASSWORD_SHA256: {DIGEST}", 20),
        (f"{{DIGEST: x, A: {MD5}}}", 18),
        (f"GIT_SHA: ghp_{RANDOM}", 12),
        ("DIGEST: cGFzc3dvcmQ9aHVudGVyMmh1bnRlcjI=", 11),
    ],
)
def test_a_harmless_name_hides_nothing_else(line: str, column: int) -> None:
    assert found(f"  {line}\n") == [f"4:{column}"]


def test_a_short_random_text_under_a_harmless_name_passes() -> None:
    """A limit that the rule book tells."""
    assert found(f"  A: {RANDOM[:-1]}\n") == []
    assert found(f"  A: {RANDOM}\n") == ["4:6"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (f"  A: {COMMIT}\n", ["4:6"]),
        ("  A: Zk3vR8pQ1xWm7Ld5Tn9Yb2Hs6Gc4Jf0E\n", ["4:6"]),
        ("  # Zk3vR8pQ1xWm7Ld5Tn9Yb2Hs6Gc4Jf0E\n", ["4:5"]),
        ("  A: b # password: hunter2\n", ["4:20"]),
        ("  {a: {password: one1}, b: {password: two2}}\n", ["4:18", "4:39"]),
        ("  password: |\n    one\n    two\n  # token: x1\n", ["4:13", "7:12"]),
        ("  A: http://robot:s3cret@example.org\n", ["4:6"]),
        ("  A: http://robot:p@ss@example.org\n", ["4:6"]),
        ("  A: cGFzc3dvcmQ9aHVudGVyMmh1bnRlcjI=\n", ["4:6"]),
        ("  # -----BEGIN PRIVATE KEY-----\n  # abc\n  # -----END PRIVATE KEY-----\n", ["4:5"]),
    ],
)
def test_places(text: str, places: list[str]) -> None:
    assert found(text) == places


def test_a_secret_is_all_that_is_told() -> None:
    broken = "  password: hunter2\n  password: hunter2\n  a: 'unfinished\n"
    assert found(broken) == ["4:13", "5:13"]


def test_files_that_nobody_reads_are_looked_at() -> None:
    sources = {"environments/old.yaml.bak": b"password: hunter2", FILE: b"\xff password: hunter2\n"}
    outcome = load(sources)
    assert [one.rule.code for one in outcome.diagnostics] == ["SEC001", "SEC001"]
    assert "hunter" not in full_text(outcome.diagnostics, sources)


def test_settings_are_looked_at() -> None:
    outcome = load_settings(["workspaces/malaria:workers.env.DB_PASSWORD=hunter2"])
    assert [one.rule.code for one in outcome.diagnostics] == ["SEC001"]
    assert "hunter" not in full_text(outcome.diagnostics, {})


def test_long_lines_take_no_time() -> None:
    """Each of these takes minutes with a pattern that goes back."""
    for part in ("a:", "eyJ", "://a:", 'a:"', "password:", "sig=", "ghp_", "A" * 7 + "/"):
        sources = {FILE: (part * (100_000 // len(part))).encode()}
        full_text(load(sources).diagnostics, sources)
