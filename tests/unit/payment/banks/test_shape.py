"""What is the same in every bank's module, as one reads it: its place, its members and their order, its keys."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from haat.kernel.errors import NotFound
from haat.payment import banks
from haat.payment.banks import Bank, registry
from tests.unit.payment.banks.kits import KITS, Kit

FOLDER = Path(banks.__file__).parent
MEMBERS = [name for name in vars(Bank) if not name.startswith("_") and name != "CAPS"]
each_bank = pytest.mark.parametrize("name", registry.NAMES)


def test_every_module_of_a_bank_is_registered() -> None:
    """A file with CAPS in the banks' folder can be found by its name."""
    modules = [path.stem for path in sorted(FOLDER.glob("[a-z]*.py")) if "\nCAPS" in path.read_text()]
    assert modules == sorted(registry.NAMES) == sorted(KITS)


def test_unknown_name_finds_no_bank() -> None:
    """A name out of a webhook's path finds a bank or nothing, and imports nothing."""
    for name in ("", "Razorpay", "wire", "../razorpay", "razorpay\n"):
        with pytest.raises(NotFound):
            registry.bank(name)


@each_bank
def test_asking_for_a_bank_loads_no_other(name: str) -> None:
    """Nor does knowing their names: formats and ciphers cost a cold start."""
    look = f"import sys; from haat.payment.banks import registry; registry.NAMES; registry.bank({name!r})"
    told = "; print(*(name for name in registry.NAMES if f'haat.payment.banks.{name}' in sys.modules))"
    where = str(FOLDER.parents[2])
    done = subprocess.run(
        [sys.executable, "-c", look + told], env={"PYTHONPATH": where}, capture_output=True, check=True
    )
    assert done.stdout.split() == [name.encode()]


@each_bank
def test_members_stand_in_the_same_order(name: str) -> None:
    """Whoever has read one bank finds everything in another."""
    body = ast.parse((FOLDER / f"{name}.py").read_text()).body
    public = [node.name for node in body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    assert public == MEMBERS


@each_bank
def test_bank_does_no_io(name: str) -> None:
    """Bytes come in and values go out: no bank imports a clock, a socket or a log."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not {part.partition(".")[0] for part in imported} & {
        "os",
        "time",
        "socket",
        "logging",
        "urllib3",
        "boto3",
        "random",
    }
    assert import_module(f"haat.payment.banks.{name}") is registry.bank(name)


def test_keys_are_named_apart(kit: Kit) -> None:
    """What verifies, what decrypts and what calls are different keys, and what is optional is one of them."""
    caps = kit.bank.CAPS
    named = [*caps.door_keys, *caps.settlement_keys, *caps.call_keys]
    assert len(named) == len(set(named)) == len(kit.keys)
    assert set(caps.optional_keys) <= set(named) == set(kit.keys)
