"""What is installed is what was locked, and the house names no registry."""

import re
import runpy
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pip._internal.models.index import PyPI

ROOT = Path(__file__).resolve().parents[2]
# Groups of pyproject.toml and the files they are exported to.
EXPORTS: dict[str, Path] = runpy.run_path(str(ROOT / "infra/toolchain/lock.py"))["EXPORTS"]


def pinned(requirements: Path) -> dict[tuple[str, str], set[str]]:
    """Every (name, version) of a requirements file with its hashes."""
    found: dict[tuple[str, str], set[str]] = {}
    for block in re.split(r"\n(?=\w)", requirements.read_text("utf-8")):
        if pin := re.match(r"([\w.-]+)==(\S+)", block):
            found[pin[1], pin[2]] = set(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block))
    return found


def locked() -> dict[tuple[str, str], set[str]]:
    """Every (name, version) of uv.lock with its hashes."""
    packages: list[dict[str, Any]] = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    return {
        (package["name"], package["version"]): {
            file["hash"] for file in [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        }
        for package in packages
        if package["name"] != "haat"
    }


@pytest.mark.parametrize("group", EXPORTS)
def test_requirements_are_the_locked_ones(group: str) -> None:
    """Each requirements file pins versions that uv.lock holds, with exactly its hashes."""
    pins, lock = pinned(EXPORTS[group]), locked()
    assert pins
    assert {pin: hashes - lock.get(pin, set()) for pin, hashes in pins.items() if lock.get(pin) != hashes} == {}


@pytest.mark.parametrize("group", EXPORTS)
def test_requirements_hold_what_the_project_asks_for(group: str) -> None:
    """Each package that a group of pyproject.toml names stands in the group's requirements file."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    asked = {re.match(r"[\w.-]+", line)[0].lower() for line in groups[group] if isinstance(line, str)}  # type: ignore[index]  # a requirement begins with a name
    assert asked - {name for name, _ in pinned(EXPORTS[group])} == set()


def test_lock_and_requirements_were_written_together() -> None:
    """No file of the lock was changed without the others."""
    lock = runpy.run_path(str(ROOT / "infra/toolchain/lock.py"))
    assert lock["sums"]() == lock["SUMS"].read_text("utf-8")


def test_no_file_names_a_registry() -> None:
    """Where packages come from is the business of the machine: no file of ours names a host of a registry."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so nobody says which files are ours")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    # Built from parts, so that this file passes its own test.
    needles = [host.encode() for host in (PyPI.netloc, PyPI.file_storage_domain, "npm" + "js.", "yarnpkg" + ".")]
    ours = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    named = [path.relative_to(ROOT) for path in ours if path.is_file() and any(n in path.read_bytes() for n in needles)]
    assert named == []


def test_every_make_target_is_in_the_readme() -> None:
    """What `make help` offers is described in the README."""
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("README.md is not written yet")
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    text = readme.read_text("utf-8")
    assert targets
    assert [target for target in targets if f"make {target}" not in text] == []
