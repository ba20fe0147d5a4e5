"""What the second judge is told and tells, as far as that needs none."""

import re
import runpy
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.conform.clock import MovedClock
from infra.conform.powers import ON_MOTO_ONLY, OnMotoOnly, refuse, refuse_uncarried
from infra.local.clock import START
from infra.local.settings import ROOT

LAYERS = runpy.run_path(str(ROOT / "infra/conform/engine/haat_layers.py"))
PAGE = (ROOT / "docs/conform.md").read_text()
MARKED = {
    reason
    for file in (ROOT / "tests/stack", ROOT / "tests/security")
    for path in file.rglob("test_*.py")
    for reason in re.findall(r"mark\.on_moto\(\"(.*?)\"\)", path.read_text())
}


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[MovedClock]:
    """Return a clock of a file of its own."""
    clock = MovedClock(tmp_path / "clock")
    yield clock
    clock.close()


@pytest.mark.parametrize("reason", sorted({*ON_MOTO_ONLY.values(), *MARKED}))
def test_each_reason_to_leave_a_test_out_is_explained(reason: str) -> None:
    """A test that the second judge can't play is left out for a reason that has its row in docs/conform.md."""
    assert f"| {reason} |" in PAGE


def test_each_row_of_reasons_is_used() -> None:
    """The page explains no reason that no longer leaves anything out."""
    rows = PAGE.partition("| a test that needs")[2].partition("\n\n")[0].splitlines()[2:]
    assert {row.split(" | ")[0].removeprefix("| ") for row in rows} == {*ON_MOTO_ONLY.values(), *MARKED}


def test_power_that_nobody_has_is_a_mistake() -> None:
    """A word of the stage is a reason to leave a test out; a word that nobody knows is an error of the test."""
    with pytest.raises(OnMotoOnly, match="faults inside functions"):
        refuse("faults")
    with pytest.raises(AttributeError, match="falts"):
        refuse("falts")


@pytest.mark.parametrize("value", ["sha256=ab\n", " sha256=ab", "sha256=ক"])
def test_header_that_http_changes_is_not_sent(value: str) -> None:
    """What a client or a server of HTTP would strip or refuse says nothing about the function behind it."""
    with pytest.raises(OnMotoOnly, match="headers"):
        refuse_uncarried({"x-hub-signature-256": value}, b"{}")


def test_body_that_ministack_changes_is_not_sent() -> None:
    """Bytes that are no UTF-8 would come to the function as others; everything else is sent."""
    with pytest.raises(OnMotoOnly, match="UTF-8"):
        refuse_uncarried({}, b"\xff")
    refuse_uncarried({"user-agent": "h\xe9\x95"}, "দাম\x00".encode())


def test_clock_stands_until_it_is_moved(clock: MovedClock) -> None:
    """A clock that was told to stand shows one moment, and moves by hand alone."""
    clock.set(START)
    clock.stand_still()
    clock.set(START)
    assert (clock.now(), clock.now()) == (START.timestamp(),) * 2
    clock.advance(61)
    assert clock.moment() == START + timedelta(seconds=61)


def test_clock_ticks_from_where_it_is_put(clock: MovedClock) -> None:
    """Without being told to stand it goes on from the moment to which it was moved, and back to the machine's own."""
    clock.stand_still()
    clock.reset()
    assert 0 <= clock.now() - START.timestamp() < 60
    assert not clock.stands
    clock.real()
    assert clock.moment() > START + timedelta(days=30)


def test_clock_goes_forward(clock: MovedClock) -> None:
    """Nobody moves it back by seconds."""
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def layer(folder: Path, **packages: bytes) -> str:
    """A layer as ministack has unpacked it: packages of one module each, in machine code that is for the processor of these bytes."""
    for name, machine in packages.items():
        package = folder / "python" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "binding.abi3.so").write_bytes(b"\x7fELF".ljust(18, b"\0") + machine + b"the rest")
    return str(folder)


def machine_of_this() -> bytes:
    """What an ELF file of this machine says of its processor."""
    with Path(sys.executable).open("rb") as file:
        return file.read(20)[18:]


def test_package_of_another_machine_gives_way(tmp_path: Path) -> None:
    """Ciphers that were built for Lambda's processors can't be loaded here: ministack's own stand for them, and all else stays."""
    other = bytes(byte ^ 0xFF for byte in machine_of_this())
    first = layer(tmp_path / "one", ours=machine_of_this())
    second = layer(tmp_path / "two", ciphers=other)
    single = Path(second, "python", "_cffi_backend.cpython-313-aarch64-linux-gnu.so")
    single.write_bytes(b"\x7fELF".ljust(18, b"\0") + other)
    Path(second, "python", "plain.py").write_text("")
    environment = {"_LAMBDA_LAYERS_DIRS": f"{first}:{second}"}
    LAYERS["lay"](environment)
    assert environment["_LAMBDA_LAYERS_DIRS"] == first
    assert sorted(path.name for path in Path(first, "python").iterdir()) == ["ours", "plain.py"]
    assert single.exists(), "what others are given of the same layer is left alone"


def test_function_without_layers_has_nothing_laid() -> None:
    """Nothing is looked for where nothing was unpacked."""
    environment: dict[str, str] = {}
    LAYERS["lay"](environment)
    assert environment == {}
