"""The short descriptions that the SDK is given (layers/shared/haat/aws/models) against the SDK's own."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader

from haat.aws import clients

MODELS = Path(__file__).parents[2] / "layers" / "shared" / "haat" / "aws" / "models"
FLAGS = ("exception", "sensitive", "streaming", "union")
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
    ours, full = short["shapes"][mine], whole["shapes"][theirs]
    found = [f"{at}: {flag}" for flag in FLAGS if ours.get(flag, False) != full.get(flag, False)]
    lacking = set(full.get("required", ())) ^ set(ours.get("required", ()))
    found += [f"{at}.{name}: needed or not" for name in sorted(lacking)]
    for part in ("members", "member", "key", "value"):
        held = ours.get(part)
        if held is None:
            continue
        pairs = held.items() if part == "members" else [(part, held)]
        for name, shape in pairs:
            there = full.get("members", {}).get(name) if part == "members" else full.get(part)
            if there is None:
                found.append(f"{at}.{name}: unknown to the SDK")
            elif shape.get("idempotencyToken") != there.get("idempotencyToken"):
                found.append(f"{at}.{name}: made by the SDK or not")
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
        for error in call.get("errors", []):
            assert error["shape"] in known
            assert not differences(short, whole, error["shape"], error["shape"], name)


REGIONS = sorted(
    region for partition in Loader().load_data("endpoints")["partitions"] for region in partition["regions"]
)
SERVICES = ("appconfigdata", "dynamodb", "kms", "s3", "sqs", "ssm")


@pytest.mark.parametrize("service", SERVICES)
def test_services_are_where_the_sdk_says(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every region that the SDK knows, a service is called at the same address and signed for the same region."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    clients._session.cache_clear()
    ours, theirs = clients._session(), boto3.session.Session()
    try:
        assert len(REGIONS) > 30
        for region in REGIONS:
            assert _called(ours, service, region) == _called(theirs, service, region), region
    finally:
        clients._session.cache_clear()


def _called(session: boto3.session.Session, service: str, region: str) -> tuple[str, ...]:
    """Where a call would go, and what it would be signed for. A bucket has its name in front of the service's."""
    client: Any = session.client(service, region_name=region)  # type: ignore[call-overload]  # the name is one of those above
    signer = client._request_signer
    where = [client.meta.endpoint_url, client.meta.region_name, signer.region_name, signer.signing_name]
    if service == "s3":
        link = client.generate_presigned_url("get_object", Params={"Bucket": "pictures", "Key": "a"})
        where.append(link.partition("?")[0])
    return tuple(where)


def test_there_are_short_descriptions() -> None:
    """The folder is where this test looks for it."""
    assert {path.parts[-3] for path in SHORT} == {"dynamodb", "kms", "ssm"}
