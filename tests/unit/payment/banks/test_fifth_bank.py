"""Adding a bank touches three files, as CONTRIBUTING.md says: a made-up one is added to a copy of the project, and nothing else is."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from haat.payment.banks.registry import NAMES
from tests.unit.payment.banks.test_shape import SUITE

NAME = "maidan"
ROOT = Path(__file__).parents[4]
FIFTH = Path(__file__).parent / "fifth"
TESTS = "tests/unit/payment/banks"
BESIDE = ("tests/unit/payment/test_docs_payments.py", "tests/stack/payment/test_banks_connected.py")
COPIED = ("pyproject.toml", "template.yaml", "docs", "functions", "infra", "layers/shared/haat", "tests")
PLACES = {
    f"layers/shared/haat/payment/banks/{NAME}.py": f"{NAME}.py",
    f"{TESTS}/kits/{NAME}.py": f"kit_{NAME}.py",
    f"{TESTS}/test_{NAME}.py": f"check_{NAME}.py",
}
RAN = re.compile(
    r"^\S+/(test_\w+)\.py::(test_\w+)(?:\[(.*)\])? (PASSED|SKIPPED|FAILED|ERROR|XFAIL|XPASS)\b", re.MULTILINE
)


def contents(root: Path) -> dict[str, bytes]:
    """What lies in those places of a checkout, but for what Python makes of it."""
    trees = [root / name for name in COPIED]
    paths = [path for tree in trees for path in ([tree] if tree.is_file() else tree.rglob("*")) if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.parent.name != "__pycache__"}


def promised() -> set[tuple[str, str]]:
    """The module and name of each test of the suite that is about one bank, and of each of the new bank's own."""
    modules = {name: Path(__file__).parent / f"{name}.py" for name in SUITE}
    found = set()
    for module, path in {**modules, f"test_{NAME}": FIFTH / f"check_{NAME}.py"}.items():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                asks = {arg.arg for arg in node.args.args}
                if module not in SUITE or asks & {"kit", "name"}:
                    found.add((module, node.name))
    return found


def test_new_bank_is_three_files_and_keeps_every_promise(tmp_path: Path) -> None:
    """Found by its name, it is held to the whole suite and passes, and no other file is written for it; the product has no such bank."""
    assert NAME not in NAMES
    before, copy = contents(ROOT), tmp_path / "copy"
    for name, content in before.items():
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for place, name in PLACES.items():
        assert place not in before
        shutil.copyfile(FIFTH / name, copy / place)
    chosen = f"{NAME} or test_shape or test_docs_payments or left-out"
    command = [sys.executable, "-m", "pytest", TESTS, *BESIDE, "-v", "-k", chosen]
    done = subprocess.run(
        command,
        cwd=copy,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{copy}:{copy}/layers/shared",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "hypothesis"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    ran = [
        (module, test, outcome)
        for module, test, which, outcome in RAN.findall(done.stdout)
        if module == f"test_{NAME}" or NAME in which.split("-")
    ]
    assert {outcome for _, _, outcome in ran} == {"PASSED"}
    assert {(module, test) for module, test, _ in ran} == promised()
    assert {module for module, _ in promised()} == {*SUITE, f"test_{NAME}"}
    aside = [(module, outcome) for module, _, which, outcome in RAN.findall(done.stdout) if which == "1-left-out"]
    assert sorted(aside) == [("test_banks_connected", "SKIPPED")] * 2 + [("test_docs_payments", "SKIPPED")]
    assert done.stdout.count(f"1 left out: {NAME}") >= 2  # once for each reason
    after = contents(copy)
    assert {place: after.pop(place) for place in PLACES} == {
        place: (FIFTH / name).read_bytes() for place, name in PLACES.items()
    }
    assert after == before
