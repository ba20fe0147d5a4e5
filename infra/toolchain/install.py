"""Install what the make targets need, inside the checkout, once for each content of the requirements.

Run by the Makefile with the machine's own Python 3.13, so only the standard library may enter. A target that has
nothing to install pays a few hash sums. A stamp is written last and a folder is thrown away when its stamp does
not fit: what an interrupted install leaves behind is never used.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
STAMP = ".installed"
# Raise it when what is done with the requirements changes, so that every checkout does it again.
RECIPE = "1"

VENVS = {
    "dev": (ROOT / ".venv", ROOT / "infra/toolchain/requirements-dev.txt"),
    "sam": (ROOT / ".venv-sam", ROOT / "infra/toolchain/requirements-sam.txt"),
    "ministack": (ROOT / ".venv-ministack", ROOT / "infra/toolchain/requirements-ministack.txt"),
    "lock": (ROOT / ".venv-lock", ROOT / "infra/toolchain/requirements-lock.txt"),
}
# Each file is complete and hashed, so pip resolves nothing, runs nobody's setup.py, and takes nothing else.
STRICT = ("--no-deps", "--require-hashes", "--only-binary=:all:")
# What Lambda's python3.13 on arm64 (Amazon Linux 2023, glibc 2.34) can load.
LAMBDA = (
    "--python-version=3.13",
    "--implementation=cp",
    "--platform=manylinux2014_aarch64",
    "--platform=manylinux_2_28_aarch64",
    "--platform=manylinux_2_34_aarch64",
)


def key(requirements: Path) -> str:
    """Everything that makes an installed folder another one: contents, and its place, which scripts name.

    Not the interpreter: two shells with another PATH would take turns in throwing the folder away.
    """
    parts = (RECIPE, str(ROOT), requirements.read_text("utf-8"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamped(folder: Path, want: str) -> bool:
    """Say whether `folder` was finished from exactly this."""
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == want


def stamp(folder: Path, want: str) -> None:
    """Mark `folder` finished, in one step."""
    half = folder / (STAMP + ".half")
    half.write_text(want, "utf-8")
    half.replace(folder / STAMP)


def run(*command: str | Path) -> None:
    """Run a step of the install; its own words say what went wrong."""
    if (code := subprocess.run(command, check=False).returncode) != 0:
        sys.exit(f"install: {' '.join(map(str, command[:4]))} ... ended with {code}")


def install_venv(name: str) -> None:
    """Make one virtual environment from its requirements file."""
    venv, requirements = VENVS[name]
    want = key(requirements)
    if stamped(venv, want) and (venv / "bin/python").exists():  # a link, and its Python may be gone
        return
    print(f"install: {venv.name} from {requirements.relative_to(ROOT)}", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    run(sys.executable, "-m", "venv", venv)
    run(venv / "bin/python", "-m", "pip", "install", "--quiet", *STRICT, "-r", requirements)
    stamp(venv, want)


def install_wheels() -> None:
    """Keep the wheels of every layer in the checkout, so that a build needs no network."""
    for requirements in sorted(ROOT.glob("layers/*/requirements.txt")):
        layer = requirements.parent.name
        wheels, want = CACHE / "wheels" / layer, key(requirements)
        if stamped(wheels, want):
            continue
        print(f"install: wheels of layers/{layer}", flush=True)
        shutil.rmtree(wheels, ignore_errors=True)
        python = VENVS["dev"][0] / "bin/python"
        run(python, "-m", "pip", "download", "--quiet", *STRICT, *LAMBDA, "-d", wheels, "-r", requirements)
        stamp(wheels, want)


def main(names: list[str]) -> None:
    """Install the named things, one process at a time in this checkout."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in names:
            if name == "wheels":
                install_venv("dev")
                install_wheels()
            else:
                install_venv(name)


if __name__ == "__main__":
    main(sys.argv[1:])
