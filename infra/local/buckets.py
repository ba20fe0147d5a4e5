"""Buckets, as moto has them: it keeps those of all regions together, and a file open for each object."""

import base64
from collections.abc import Iterator
from typing import Any

from moto.s3.models import FakeBucket, s3_backends

from infra.local.function import ACCOUNT


def buckets(region: str) -> Iterator[FakeBucket]:
    """The buckets of one region."""
    known = s3_backends[ACCOUNT]["aws"].buckets
    yield from [bucket for bucket in list(known.values()) if bucket.region_name == region]


def let_in(region: str, name: str, crossing: Any) -> None:
    """Say which pages may use a bucket from another origin, as CloudFormation's CorsConfiguration has it; none without one."""
    (bucket,) = [bucket for bucket in buckets(region) if bucket.name == name]
    named = {"AllowedMethods": "AllowedMethod", "AllowedOrigins": "AllowedOrigin", "AllowedHeaders": "AllowedHeader"}
    rules = crossing["CorsRules"] if isinstance(crossing, dict) else []
    bucket.set_cors([{theirs: rule.get(ours, []) for ours, theirs in named.items()} for rule in rules])


def empty(region: str) -> None:
    """Forget what lies in a region's buckets."""
    for bucket in buckets(region):
        for key in list(bucket.keys.values()):
            key.dispose()
        bucket.keys.clear()


def forget(region: str) -> None:
    """Forget a region's buckets."""
    empty(region)
    for bucket in buckets(region):
        s3_backends[ACCOUNT]["aws"].delete_bucket(bucket.name)  # from the list of all accounts' names, too


def dump(region: str) -> dict[str, dict[str, Any]]:
    """What lies in them, by bucket and key."""
    return {
        bucket.name: {
            name: {"type": key.metadata.get("Content-Type", ""), "content": base64.b64encode(key.value).decode()}
            for name, key in list(bucket.keys.items())
        }
        for bucket in buckets(region)
    }


def load(region: str, dumped: dict[str, dict[str, Any]]) -> list[str]:
    """Put it back; return what has no place any more."""
    there = {bucket.name for bucket in buckets(region)}
    for name in there & dumped.keys():
        for key, saved in dumped[name].items():
            content = base64.b64decode(saved["content"])
            made = s3_backends[ACCOUNT]["aws"].put_object(name, key, content)
            made.set_metadata({"Content-Type": saved["type"]}, replace=True)
    return [f"bucket {name} ({len(dumped[name])} files)" for name in dumped.keys() - there if dumped[name]]
