"""Resolve the dependency groups into uv.lock and the requirements files that everybody installs from.

No name of a package registry stands in this repository: where packages come from is the business of the machine
(pip's own default, or a mirror in its configuration). uv writes the host into every line of its lock, so the lock
is kept without: `hide` takes the hosts out, `restore` puts them back, and both ask pip for them. `uv export` and
`uv lock --check` read the hidden form as it is; `uv sync` needs the restored one.

    make lock             keep what is locked, resolve what pyproject.toml changed
    make lock UPGRADE=1   take the newest of everything that is at least a week old
    lock.py check         offline: do the requirements files and uv.lock belong together?
    lock.py restore|hide  for a session with uv itself; hide before you commit
"""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "uv.lock"
SUMS = ROOT / "infra/toolchain/lock.sha256"
EXPORTS = {
    "hot": ROOT / "layers/hot/requirements.txt",
    "api": ROOT / "layers/api/requirements.txt",
    "crypto": ROOT / "layers/crypto/requirements.txt",
    "chat": ROOT / "layers/chat/requirements.txt",
    "verification": ROOT / "layers/verification/requirements.txt",
    "dev": ROOT / "infra/toolchain/requirements-dev.txt",
    "sam": ROOT / "infra/toolchain/requirements-sam.txt",
    "ministack": ROOT / "infra/toolchain/requirements-ministack.txt",
    "lock": ROOT / "infra/toolchain/requirements-lock.txt",
}


def hosts() -> dict[str, str]:
    """What stands in uv's lock, and what stands there for it in ours."""
    from pip._internal.models.index import PyPI  # noqa: PLC0415  # only the virtual environments promise pip

    return {
        f'registry = "{PyPI.simple_url.rstrip("/")}"': 'registry = "simple"',
        f'url = "https://{PyPI.file_storage_domain}/packages/': 'url = "packages/',
    }


def hide() -> None:
    """Take the hosts out of uv.lock; refuse to leave one that is not the default."""
    text = LOCK.read_text("utf-8")
    for shown, hidden in hosts().items():
        text = text.replace(shown, hidden)
    LOCK.write_text(text, "utf-8")
    if left := re.findall(r"\w+://[^/\"]+", text):
        sys.exit(f"lock: uv.lock still names {left[0]}; lock with uv's default index, not a mirror")


def restore() -> None:
    """Put the hosts back, so that uv can fetch from the lock."""
    text = LOCK.read_text("utf-8")
    for shown, hidden in hosts().items():
        text = text.replace(hidden, shown)
    LOCK.write_text(text, "utf-8")


def uv(*arguments: str) -> str:
    """Run uv of .venv-lock on this Python, and return what it printed."""
    program = str(Path(sys.executable).parent / "uv")
    command = [program, *arguments, "--python", sys.executable, "--project", str(ROOT)]
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, env=env, text=True)
    if done.returncode != 0:
        sys.exit(f"lock: uv {arguments[0]} ended with {done.returncode}")
    return done.stdout


def lock(*, upgrade: bool) -> None:
    """Resolve, hide, export, and write down that these files belong together."""
    if LOCK.exists():
        restore()
    try:
        uv("lock", *(["--upgrade"] if upgrade else []))
    finally:
        if LOCK.exists():
            hide()
    for group, path in EXPORTS.items():
        text = uv("export", "--quiet", "--frozen", "--only-group", group, "--no-emit-index-url", "--no-header")
        header = f"# Group `{group}` of pyproject.toml, from uv.lock. Written by `make lock`; change nothing by hand.\n"
        path.write_text(header + text, "utf-8")
    SUMS.write_text(sums(), "utf-8")


def sums() -> str:
    """Lines as `sha256sum -c` reads them."""
    files = (LOCK, *EXPORTS.values())
    return "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(ROOT).as_posix()}\n" for f in files)


def check() -> None:
    """End with an error when one of the files was changed without the others."""
    if changed := sorted(set(sums().splitlines()) - set(SUMS.read_text("utf-8").splitlines())):
        names = ", ".join(line.split("  ")[1] for line in changed)
        sys.exit(f"lock: {names} changed without `make lock`")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["lock"]:
            lock(upgrade=bool(os.environ.get("UPGRADE")))
        case ["hide"]:
            hide()
        case ["restore"]:
            restore()
        case ["check"]:
            check()
        case _:
            sys.exit(__doc__)
