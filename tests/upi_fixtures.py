"""Where the UPI fixtures lie: ours, or another folder of the same layout (its README says what is in it)."""

import json
import os
from pathlib import Path
from typing import Any

UPI = Path(os.environ.get("HAAT_UPI_FIXTURES") or Path(__file__).parent / "fixtures" / "upi").resolve()


def upi_json(name: str) -> Any:
    """One of its JSON files, e.g. `vectors/uri.json`."""
    return json.loads((UPI / name).read_bytes())
