"""What is the same in every bank's module, as one reads it: its place, its members and their order, its keys."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

from haat.kernel.errors import NotFound
from haat.payment import banks
from haat.payment.banks import BadRow, Bank, Caps, registry
from haat.payment.model.evidence import Refused
from tests.unit.payment.banks.kits import KITS, Kit

FOLDER = Path(banks.__file__).parent
SUITE = ("test_any_bytes", "test_callbacks", "test_calls", "test_shape")
SKIPS = ("skip", "skipif", "xfail", "importorskip")
MEMBERS = [name for name in vars(Bank) if not name.startswith("_") and name != "CAPS"]
each_bank = pytest.mark.parametrize("name", registry.NAMES)


def test_every_module_of_a_bank_is_found_and_has_its_kit() -> None:
    """A file with CAPS in the banks' folder is a bank, and nothing else there is one."""
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
def test_members_take_and_return_what_the_port_says(name: str) -> None:
    """A bank is found by its name when it runs, so no type checker compares its module with `Bank`: this does."""
    module = registry.bank(name)
    for member in MEMBERS:
        wanted = signature(getattr(Bank, member))
        mine = signature(getattr(module, member))
        assert list(mine.parameters.values()) == list(wanted.parameters.values())[1:], member
        assert mine.return_annotation == wanted.return_annotation, member


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
    assert len(named) == len(set(named)) or caps.shared_key
    assert set(caps.key_forms) <= set(named)
    assert set(caps.optional_settings) <= set(caps.settings)
    assert set(caps.optional_keys) <= set(named) == set(kit.keys)


def test_door_keys_are_none_or_a_newer_and_an_older(kit: Kit) -> None:
    """While a key is changed both are good; the door tries them in this order, and may have the newer alone."""
    caps = kit.bank.CAPS
    if caps.door_keys:
        newer, older = caps.door_keys
        assert older == f"{newer}_previous"
        assert set(caps.door_keys) & set(caps.optional_keys) == {older}
        assert caps.key_forms.get(newer) == caps.key_forms.get(older)


@each_bank
def test_words_for_what_can_not_be_used_are_those_that_are_listed(name: str) -> None:
    """Whoever counts, shows or searches them finds each of them in one place: the docstrings of Refused and BadRow."""
    listed = words_of(Refused) | words_of(BadRow)
    for path in (FOLDER / f"{name}.py", FOLDER / f"{name}_entities.py"):
        for node in ast.walk(ast.parse(path.read_text() if path.exists() else "")):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            said = {each.arg: each.value for each in node.keywords}.get(
                "word" if node.func.id == "Rejected" else "reason"
            )
            if not isinstance(said, ast.Constant):
                continue
            match node.func.id:
                case "Refused":
                    assert said.value in words_of(Refused)
                case "BadRow":
                    assert said.value in words_of(BadRow)
                case "Rejected" if said.value != "currency":  # of a call that is not made
                    assert said.value in listed
                case "Failed":
                    assert re.fullmatch(r"[a-z][a-z0-9_]*", str(said.value))
                case _:
                    pass


def test_books_of_another_bank_are_its_own(kit: Kit) -> None:
    """A second form of a bank names the first one, and no third: a merchant id is compared by the name that both come to."""
    books = kit.bank.CAPS.same_books_as
    assert books in ("", *registry.NAMES)
    assert books != kit.account.provider
    assert not books or not registry.bank(books).CAPS.same_books_as


def test_suite_leaves_nothing_out_but_by_caps() -> None:
    """What a bank need not promise is skipped with the member of its CAPS that says so; no test ends early without a word."""
    for name in SUITE:
        tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text())
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Attribute) and node.attr in SKIPS), (name, node.attr)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "leave_out":
                assert isinstance(node.args[1], ast.Constant)
                assert node.args[1].value in {field.name for field in fields(Caps)}
        for test in tree.body:
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                assert not any(isinstance(node, ast.Return) for node in _own(test)), test.name


def words_of(kind: type) -> set[str]:
    """The words that a docstring lists."""
    return set(re.findall(r"`([a-z_]+)`", str(kind.__doc__))) - {"reason"}


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function, and in no function inside of it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child
            yield from _own(child)
