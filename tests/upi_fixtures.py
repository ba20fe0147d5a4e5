"""Where the UPI fixtures lie: ours, or another folder of the same layout (its README says what is in it)."""

import json
import os
from pathlib import Path
from typing import Any

UPI = Path(os.environ.get("HAAT_UPI_FIXTURES") or Path(__file__).parent / "fixtures" / "upi").resolve()
# Others' data is never ours to keep: it lies in the folder that is asked for, or in the one beside the project.
_BESIDE = Path(__file__).parents[2] / "shared" / "fixtures" / "upi"
UPSTREAM = next((at / "razorpay-upstream" for at in (UPI, _BESIDE) if (at / "razorpay-upstream").is_dir()), None)


def upi_json(name: str) -> Any:
    """One of its JSON files, e.g. `vectors/uri.json`."""
    return json.loads((UPI / name).read_bytes())
