"""Writes down what functions ask of AWS, for `make permissions`: who, which operation, of which resource; never what was said.

Only where HAAT_CALLS names a folder, and only on a stage in one process. Each stage writes a file of its own there, one
JSON line for each call that differs from all before it.
"""

import json
import os
import re
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from infra.local import appconfig
from infra.local.http import Request
from infra.local.settings import ROOT

VARIABLE = "HAAT_CALLS"

# Parameters of AWS's operations that name a resource, and nothing else of a request.
_NAMING = ("TableName", "IndexName", "QueueUrl", "Name", "Names", "KeyId", *appconfig.IDENTIFIERS)

# S3 names its bucket in the host, or else first in the path.
_IN_HOST = re.compile(r"(.+)\.s3[.-]")


class Calls:
    """The calls of one stage's functions."""

    def __init__(self, folder: Path, template: Path, parameters: Mapping[str, str]) -> None:
        """Write into `folder`; `parameters` are those that a test has set over the stage's own."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{uuid.uuid4()}.jsonl"
        self._about = {"template": os.path.relpath(template, ROOT), "parameters": dict(parameters)}
        self._seen: set[str] = set()

    @classmethod
    def wanted(cls, environ: Mapping[str, str], template: Path, parameters: Mapping[str, str]) -> Self | None:
        """Return a recorder, or None where nobody asks for one."""
        folder = environ.get(VARIABLE)
        return cls(Path(folder), template, parameters) if folder else None

    def note(self, function: str, service: str, operation: str, request: Request, *, signed: bool = False) -> None:
        """Write a call down, the first time; one that is only signed for others is one of its own."""
        names = _names(service, request) | ({"Signed": True} if signed else {})
        call = {"function": function, "service": service, "operation": operation, "names": names}
        line = json.dumps(self._about | call, sort_keys=True)
        if line not in self._seen:
            self._seen.add(line)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line + "\n")


def _names(service: str, request: Request) -> dict[str, Any]:
    """Return what a request names. Of a service that speaks neither JSON nor S3's way nothing is known yet."""
    if service == "s3":
        return _buckets(request)
    if token := request.query.get("configuration_token"):
        return appconfig.session(token)
    try:
        asked = json.loads(request.body)
    except ValueError:
        return {}
    names = {name: asked[name] for name in _NAMING if name in asked}
    if "RequestItems" in asked:
        names["RequestItems"] = sorted(asked["RequestItems"])
    if "TransactItems" in asked:
        names["TransactItems"] = _inside(asked["TransactItems"])
    return names


def _buckets(request: Request) -> dict[str, Any]:
    """Return the bucket of a call to S3, and that which it copies from; never a key, which may say whose it is."""
    in_host = _IN_HOST.match(request.headers.get("host", ""))
    names = {"Bucket": in_host.group(1) if in_host else _first(request.path)}
    if source := request.headers.get("x-amz-copy-source"):
        names["CopySource"] = _first(source)
    return names


def _first(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]


def _inside(actions: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Return (kind, table) of the actions of a transaction, each pair once."""
    return [
        list(pair) for pair in sorted({(kind, asked["TableName"]) for one in actions for kind, asked in one.items()})
    ]
