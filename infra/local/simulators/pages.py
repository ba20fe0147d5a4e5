"""What the simulators' pages share: files and answers as a browser gets them, and who may ask."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from infra.local.http import Request, Response
from infra.local.simulators.wire import Json

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
COMMON = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def local(request: Request) -> bool:
    """Accept loopback hosts only, and changes only from this very page or from a program that sends no Origin."""
    host = urlsplit("//" + request.headers.get("host", "")).hostname
    origin = request.headers.get("origin")
    if host not in _LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        return False
    return request.method == "GET" or request.headers.get("content-type", "").startswith("application/json")


def file(name: str, kind: str) -> Response:
    """Return one of the files that lie beside this one; `kind` is its media type."""
    headers = {"content-type": f"{kind}; charset=utf-8", "content-security-policy": _POLICY}
    return Response(status=200, headers=headers | COMMON, body=(_HERE / name).read_bytes())


def said(document: Json, status: int = 200) -> Response:
    """Return an answer in JSON."""
    headers = {"content-type": "application/json"} | COMMON
    return Response(status=status, headers=headers, body=json.dumps(document).encode())
