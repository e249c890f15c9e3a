"""What a bundle says about its interpreter, and what it is told where it cannot be meant."""

from pathlib import Path

import pytest

from modelops_runtime.bundles.environment import BundleEnvironment, environment_of
from modelops_runtime.bundles.invalid import InvalidBundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("numpy\n")
    (tmp_path / "wheels").mkdir()
    return tmp_path


def said(bundle: Path, *lines: str) -> BundleEnvironment:
    (bundle / "bundle.toml").write_text("\n".join(lines))
    return environment_of(bundle)


def test_nothing_has_to_be_said(bundle: Path) -> None:
    assert environment_of(bundle) == BundleEnvironment(None, None, None)
    assert said(bundle) == said(bundle, "[environment]") == BundleEnvironment()


def test_all_that_can_be_said(bundle: Path) -> None:
    found = said(
        bundle,
        "[environment]",
        'python = "3.12"',
        'requirements = "requirements.txt"',
        'wheels = "wheels"',
    )
    assert found == BundleEnvironment("3.12", bundle / "requirements.txt", bundle / "wheels")
    assert said(bundle, '[environment]\npython = "3.12.4"').python == "3.12.4"
    assert said(bundle, '[environment]\nwheels = "wheels"').wheels == bundle / "wheels"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (
            "pyhton = '3.12'",
            r"environment\.pyhton: unknown; there are python, requirements, wheels",
        ),
        ("python = 3.12", r"environment\.python: a text is needed, not `3\.12`"),
        ("python = '>=3.12'", r"environment\.python: `>=3\.12` is no version"),
        ("python = '2.7'", r"environment\.python: `2\.7` is no version"),
        ("requirements = ['numpy']", r"environment\.requirements: a text"),
        ("requirements = 'gone.txt'", r"environment\.requirements: no file `gone\.txt`"),
        ("requirements = 'wheels'", r"environment\.requirements: no file `wheels`"),
        ("requirements = '../requirements.txt'", r"environment\.requirements: .*out of the bundle"),
        ("requirements = '/etc/passwd'", r"environment\.requirements: .*absolute"),
        ("requirements = '.hidden'", r"environment\.requirements: .*hidden"),
        ("wheels = 'gone'", r"environment\.wheels: no folder `gone`"),
        ("wheels = 'requirements.txt'", r"environment\.wheels: no folder `requirements"),
        ("[tool]", "tool: unknown"),
        ("python = = 3", "line 2"),
    ],
)
def test_what_cannot_be_meant(line: str, why: str, bundle: Path) -> None:
    with pytest.raises(InvalidBundle, match=rf"\Abundle\.toml: .*{why}"):
        said(bundle, "[environment]", line)


def test_the_environment_is_a_table(bundle: Path) -> None:
    with pytest.raises(InvalidBundle, match=r"bundle\.toml: environment: a table"):
        said(bundle, "environment = '3.12'")


def test_the_file_is_text(bundle: Path) -> None:
    (bundle / "bundle.toml").write_bytes(b"\xff")
    with pytest.raises(InvalidBundle, match=r"\Abundle\.toml: "):
        environment_of(bundle)
