"""What ministack's own process is asked about permissions, and one call that is slow: a part of its window (`sitecustomize.py`)."""

import mmap
import os
import struct
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import haat_leading  # type: ignore[import-not-found]  # it lies beside this file, on the PYTHONPATH

# (principal, action, resource, granted), each once, in the order in which they were first asked.
_ASKED: dict[tuple[str, str, str, bool], None] = {}
_SLOW: dict[str, float] = {}
_WHO: ContextVar[str] = ContextVar("_WHO", default="")
_BODY: ContextVar[bytes] = ContextVar("_BODY", default=b"")


def listen() -> None:
    """Note each permission that a call of a role was checked for, and let time pass there where a test wants it slow.

    Which rows a call names is filled in first, and that it came by TLS, as every call does on AWS: a bucket's policy may ask.
    """
    from ministack import app  # noqa: PLC0415  # only ministack's own process has it
    from ministack.core import iam_evaluator  # noqa: PLC0415  # as above

    decide, allow, pin = iam_evaluator.evaluate, iam_evaluator.enforce, app.pin_request_origin

    def evaluate(asked: Any, *policies: Any) -> Any:
        _WHO.set(asked.principal_arn)  # the account's owner is never looked at here: to it everything is allowed
        return decide(asked, *policies)

    def enforce(key: str, action: str, service: str, region: str, resource_arn: str = "*", **more: Any) -> Any:
        _WHO.set("")
        if service == "dynamodb":
            if request := iam_evaluator._signed_request.get():
                _BODY.set(request.body)  # it is there for the first check of a request, not for that of each later row
            named = haat_leading.keys(action, resource_arn, _BODY.get())
            more["service_context"] = {**(more.get("service_context") or {}), haat_leading.NAME: named}
        denied = allow(key, action, service, region, resource_arn, **more)
        if who := _WHO.get():
            _ASKED[(who, action, resource_arn, denied is None)] = None
            _let_pass(_SLOW.pop(action, 0.0))
        return denied

    iam_evaluator.evaluate, iam_evaluator.enforce = evaluate, enforce
    app.pin_request_origin = lambda address, _: pin(address, secure_transport=True)


def asked(_: Any) -> dict[str, Any]:
    """Return what was asked since the last call of this."""
    seen = list(_ASKED)
    _ASKED.clear()
    return {"asked": seen}


def restart(_: Any, function: str) -> dict[str, Any]:
    """End a function's processes, with all that they have loaded."""
    from ministack.core import lambda_runtime  # noqa: PLC0415  # as above

    lambda_runtime.invalidate_worker(function)
    return {}


def slow(_: Any, action: str, seconds: str) -> dict[str, Any]:
    """Let the next call that needs a permission take so long."""
    _SLOW[action] = float(seconds)
    return {}


def _let_pass(seconds: float) -> None:
    if not seconds:
        return
    with Path(os.environ["HAAT_ENGINE_CLOCK"]).open("r+b") as file, mmap.mmap(file.fileno(), 16) as shown:
        offset, stands = struct.unpack("dd", shown[:16])
        shown[:16] = struct.pack("dd", offset if stands else offset + seconds, stands + seconds if stands else 0.0)
