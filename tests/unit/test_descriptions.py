"""The short descriptions that the SDK is given (layers/shared/haat/aws/models) against the SDK's own."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader

MODELS = Path(__file__).parents[2] / "layers" / "shared" / "haat" / "aws" / "models"
SHORT = sorted(MODELS.glob("*/*/service-2.json"))


def own(path: Path) -> dict[str, Any]:
    """The SDK's own description of the same service, of the same version."""
    found: dict[str, Any] = Loader().load_service_model(path.parts[-3], "service-2", api_version=path.parts[-2])
    return found


def differences(short: dict[str, Any], whole: dict[str, Any], mine: Any, theirs: Any, at: str) -> list[str]:
    """Where a shape of the short description says another thing than the SDK's; what it leaves out is no difference."""
    kind = short["shapes"][mine]["type"]
    if kind != whole["shapes"][theirs]["type"]:
        return [f"{at}: {kind}"]
    found = []
    ours, full = short["shapes"][mine], whole["shapes"][theirs]
    for part in ("members", "member", "key", "value"):
        held = ours.get(part)
        if held is None:
            continue
        pairs = held.items() if part == "members" else [(part, held)]
        for name, shape in pairs:
            there = full.get("members", {}).get(name) if part == "members" else full.get(part)
            if there is None:
                found.append(f"{at}.{name}: unknown to the SDK")
            elif f".{name}." not in f"{at}.":  # a value may hold values: once is enough
                found += differences(short, whole, shape["shape"], there["shape"], f"{at}.{name}")
    return found


@pytest.mark.parametrize("path", SHORT, ids=lambda path: path.parts[-3])
def test_short_description_says_what_the_sdk_says(path: Path) -> None:
    """Each call, its request, its answer and its errors are as the SDK describes them, and are sent to the same address."""
    short, whole = json.loads(path.read_text()), own(path)
    for name in (
        "apiVersion",
        "endpointPrefix",
        "jsonVersion",
        "protocol",
        "signatureVersion",
        "targetPrefix",
        "serviceId",
    ):
        assert short["metadata"].get(name) == whole["metadata"].get(name), name
    for name, call in short["operations"].items():
        theirs = whole["operations"][name]
        assert call["http"] == theirs["http"]
        for side in ("input", "output"):
            assert not differences(short, whole, call[side]["shape"], theirs[side]["shape"], name)
        known = {error["shape"] for error in theirs["errors"]}
        assert {error["shape"] for error in call.get("errors", [])} <= known


def test_there_are_short_descriptions() -> None:
    """The folder is where this test looks for it."""
    assert {path.parts[-3] for path in SHORT} >= {"ssm"}
