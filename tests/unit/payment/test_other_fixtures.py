"""What reads the UPI fixtures reads any folder of that layout: other keys, names, sums and times."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from haat.payment.banks.registry import NAMES

ROOT = Path(__file__).parents[3]
TESTS = ROOT / "tests"
OURS = TESTS / "fixtures/upi"
READS = re.compile(
    r"^from tests\.(upi_fixtures|unit\.payment\.test_cases|unit\.payment\.banks\.test_fixtures) import", re.MULTILINE
)


def another(folder: Path) -> dict[str, str]:
    """Make a folder of the fixtures' maker with a profile of its own; its files as text, by name."""
    profile = json.loads((OURS / "profile.json").read_text())
    profile |= {
        "name": "another",
        "seed": "another-folder",
        "base_time": "2027-07-11T16:20:00+05:30",
        "day": "2027-07-11",
        "julian": "7192",
        "year_tag": "K27",
        "payer": {"vpa": "somebody.else@otherpsp", "name": "Other Payer", "mobile": "0000000001"},
        "amounts_paise": {"a": 31_700, "b": 200_050, "c": 700, "wrong": 31_600, "over": 64_400, "second": 31_700},
    }
    profile["merchants"]["m1"] = {
        "merchant": "mer_lamps",
        "name": "Other Lamp House",
        "city": "Kochi",
        "pin": "682001",
        "mcc": "5712",
    }
    for name, bank in profile["providers"].items():
        bank["vpa"], bank["other_vpa"] = f"lamps@other{name}", f"rugs@other{name}"
    profile["providers"]["razorpay"] |= {"merchant_id": "acc_OtherLamps0007", "other_merchant_id": "acc_OtherRugs00003"}
    folder.mkdir()
    (folder / "profile.json").write_text(json.dumps(profile))
    maker = [sys.executable, str(OURS / "make_fixtures.py"), "--out", str(folder)]
    subprocess.run([*maker, "--profile", str(folder / "profile.json")], check=True, capture_output=True)
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.json")}


def test_every_reader_is_marked() -> None:
    """A module that reads the folder, or what another module has read of it, is among what `make test-upi` runs."""
    readers = [path for path in TESTS.rglob("test_*.py") if READS.search(path.read_text())]
    assert len(readers) > 7
    assert not [path.name for path in readers if "pytest.mark.upi" not in path.read_text()]
    makefile = (ROOT / "Makefile").read_text()
    folders = re.findall(r"tests/\S+", makefile.partition("\ntest-upi:")[2].partition("\n\n")[0])
    assert not [path.name for path in readers if not any(path.is_relative_to(ROOT / folder) for folder in folders)]


def test_our_folder_is_named_nowhere_else() -> None:
    """Who wants the fixtures asks for the folder that is meant."""
    named = [path for path in TESTS.rglob("*.py") if re.search(r'fixtures(/|" / ")upi"', path.read_text())]
    found = {path.relative_to(TESTS).as_posix() for path in named if not path.is_relative_to(OURS)}
    assert found == {"upi_fixtures.py", "unit/payment/test_other_fixtures.py"}


@pytest.mark.slow
def test_another_folder_passes_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    """The same tests pass on a folder that shares no key, name, sum or time with ours; banks that are not built are left out, each by name."""
    folder = tmp_path / "upi"
    made = another(folder)
    assert made["test-keys/secrets.json"] != (OURS / "test-keys/secrets.json").read_text()
    assert "haat.kirana" not in made["cases.json"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-m",
        "upi and not slow and not conform",
        "-o",
        f"cache_dir={tmp_path}/cache",
    ]
    done = subprocess.run(
        [*command, "tests/unit/payment", "tests/contract/payment", "tests/stack/payment"],
        cwd=ROOT,
        env=os.environ | {"HAAT_UPI_FIXTURES": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:]
    rows = json.loads(made["callbacks.json"])["callbacks"]
    for name in {row["provider"] for row in rows} - set(NAMES):
        count = sum(row["provider"] == name for row in rows)
        assert f"no bank is built for {name}: {count} left out" in done.stdout
