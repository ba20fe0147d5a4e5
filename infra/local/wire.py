"""What leaves a function that runs in this process: each call passes here, is counted, and may be made to fail.

Calls to AWS go on to moto, reading of flags to the stage's AppConfig, plain HTTP to the simulator that stands at its
address. There is no way out: anything else finds nobody listening.
"""

import io
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3.connectionpool
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.signers import RequestSigner
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from urllib3.exceptions import NewConnectionError, ProtocolError, ReadTimeoutError
from urllib3.response import HTTPResponse

from infra.local.calls import Calls
from infra.local.events import split_target
from infra.local.faults import Call, Faults, Killed, Meanwhile, Refusal, Slow, When
from infra.local.http import Dropped, NetworkFault, Refused, Request, Response, TimedOut


class Handles(Protocol):
    """Anything that answers HTTP."""

    def handle(self, request: Request) -> Response:
        """Answer, or raise a NetworkFault."""
        ...


class Wire:
    """The calls of one stage's functions."""

    def __init__(
        self, faults: Faults, appconfig: Handles, others: Mapping[str, Handles], calls: Calls | None = None
    ) -> None:
        """Know who listens: `others` are simulators, by base URL; and who writes down what is asked of AWS, if anybody."""
        self.faults, self._calls = faults, calls
        self._appconfig = appconfig
        self._others = {_origin(url): simulator for url, simulator in others.items()}
        self._numbers = itertools.count(1)

    @contextmanager
    def of(self, function: str) -> Iterator["Invocation"]:
        """Take the calls inside the block as those of one invocation of `function`."""
        invocation = self.invocation(function, next(self._numbers))
        outer, _CURRENT[0] = _CURRENT[0], invocation
        try:
            yield invocation
        finally:
            invocation.over = True
            _CURRENT[0] = outer

    def invocation(self, function: str, number: int) -> "Invocation":
        """Return one run of a handler; a bench begins its own kind."""
        return Invocation(self, function, number)

    @contextmanager
    def standing_in(self, url: str, simulator: Handles) -> Iterator[None]:
        """Let somebody else answer below an address inside the block; what lies beside it on the same host stays as it is."""
        origin, below = _origin(url), urlsplit(url).path.rstrip("/")
        beside = self._others.get(origin)
        before, self._others = self._others, {**self._others, origin: _Below(below, simulator, beside)}
        try:
            yield
        finally:
            self._others = before

    def handler(self, origin: str) -> Handles | None:
        """Return who listens at an address."""
        return self._others.get(origin)

    def note(
        self, function: str, service: str, operation: str, request: AWSPreparedRequest, *, signed: bool = False
    ) -> None:
        """Write a call to AWS down, where somebody asked for that."""
        if self._calls is not None:
            # The host is the connection's to add; S3's bucket stands in it.
            headers = dict(request.headers) | {"host": urlsplit(request.url).netloc}
            asked = _request(request.method, request.url, headers, request.body)
            self._calls.note(function, service, operation, asked, signed=signed)

    @contextmanager
    def unwritten(self) -> Iterator[None]:
        """Write nothing down inside the block: functions have another deployment's settings there."""
        before, self._calls = self._calls, None
        try:
            yield
        finally:
            self._calls = before

    def flags(self, request: Request) -> Response:
        """Answer a reader of flags."""
        return self._appconfig.handle(request)


class _Below:
    """Two who answer at one host: one below a path, the other everywhere else."""

    def __init__(self, path: str, simulator: Handles, beside: Handles | None) -> None:
        self._path, self._simulator, self._beside = path, simulator, beside

    def handle(self, request: Request) -> Response:
        """Answer, or let the other."""
        if f"{request.path}/".startswith(f"{self._path}/"):
            return self._simulator.handle(request)
        if self._beside is None:
            raise Refused(request.path)
        return self._beside.handle(request)


class Invocation:
    """One run of a handler. Once it was killed it makes no call any more, whatever its `finally` blocks try."""

    # Runs of several threads end in any order, and one that is over may stay behind as the current one.
    over = False

    def __init__(self, wire: Wire, function: str, number: int) -> None:
        """Begin alive."""
        self.function, self.number, self.killed = function, number, False
        self._wire, self._faults = wire, wire.faults

    def aws(self, event_name: str, request: AWSPreparedRequest, plain: Callable[[], Any]) -> Any:
        """Make one call to AWS."""
        _, service, operation = event_name.split(".", 2)
        call = self._record(service, operation)
        self._wire.note(self.function, service, operation, request)
        if refusal := self._strike(call, "before"):
            return _refused(request, refusal)
        if service == "appconfigdata":
            answer = self._wire.flags(_request(request.method, request.url, dict(request.headers), request.body))
            response = AWSResponse(request.url, answer.status, answer.headers, MockRawResponse(answer.body))  # type: ignore[arg-type]  # as moto itself does
        else:
            response = plain()
        if refusal := self._strike(call, "after"):
            return _refused(request, refusal)
        return response

    def signed(self, service: str, operation: str, request: AWSPreparedRequest) -> None:
        """Know of a call that others may make in the function's name: it is none yet, but needs the function's permission."""
        self._wire.note(self.function, service, operation, request, signed=True)

    def http(self, pool: Any, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Make one HTTP call to anybody else."""
        origin = f"{pool.scheme}://{pool.host}:{pool.port}"
        call = self._record("http", f"{method} {_shape(target)}")
        self._strike(call, "before")
        listener = self._wire.handler(origin)
        if listener is None:
            raise Refused(origin)
        answer = listener.handle(_request(method, target, headers, body))
        self._strike(call, "after")
        return answer

    def _record(self, service: str, operation: str) -> Call:
        if self.killed:
            raise Killed
        return self._faults.record(self.function, self.number, service, operation)

    def _strike(self, call: Call, when: When) -> Refusal | None:
        try:
            struck = self._faults.strike(call, when)
        except Killed:
            self.killed = True
            raise
        if isinstance(struck, Slow):
            time.sleep(struck.seconds)  # which moves the stage's clock
            return None
        if isinstance(struck, Meanwhile):
            struck.happens()
            return None
        return struck


# What runs now; None while nothing does.
_CURRENT: list[Invocation | None] = [None]


def install() -> None:
    """Put the wire between clients and the world; a second call changes nothing."""
    if hasattr(BotocoreStubber, "stage_plain"):
        return
    plain_aws = BotocoreStubber.__call__
    plain_http: Any = urllib3.connectionpool.HTTPConnectionPool._make_request
    plain_sign: Any = RequestSigner.sign

    def sign(
        self: Any,
        operation: str,
        request: AWSRequest,
        region: Any = None,
        kind: str = "standard",
        *more: Any,
        **rest: Any,
    ) -> None:
        plain_sign(self, operation, request, region, kind, *more, **rest)
        running = _CURRENT[0]
        if kind.startswith("presign") and running is not None and not running.over:
            running.signed(self._service_id.hyphenize(), operation, request.prepare())

    def aws(self: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **rest: Any) -> Any:
        running = _CURRENT[0]
        if running is None or running.over or not self.enabled:
            return plain_aws(self, event_name, request, **rest)
        return running.aws(event_name, request, lambda: plain_aws(self, event_name, request, **rest))

    def http(self: Any, conn: Any, method: str, url: str, body: Any = None, headers: Any = None, **rest: Any) -> Any:
        running = _CURRENT[0]
        if running is None or running.over:
            return plain_http(self, conn, method, url, body=body, headers=headers, **rest)
        raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
        try:
            answer = running.http(self, method, url, headers or self.headers, raw)
        except NetworkFault as fault:
            raise _as_urllib3(fault, self, conn, url) from None
        return HTTPResponse(
            body=io.BytesIO(answer.body),
            headers=answer.headers,
            status=answer.status,
            preload_content=rest.get("preload_content", True),
            decode_content=rest.get("decode_content", True),
            request_method=method,
            request_url=url,
            retries=rest.get("retries"),
        )

    BotocoreStubber.stage_plain = plain_aws  # type: ignore[attr-defined]  # marks that this was done
    BotocoreStubber.__call__ = aws  # type: ignore[method-assign]  # every client holds the object already
    RequestSigner.sign = sign  # type: ignore[method-assign,assignment]  # there is no event for it that says what kind it is
    urllib3.connectionpool.HTTPConnectionPool._make_request = http  # type: ignore[method-assign,assignment]  # below urllib3's own retries and errors


def _as_urllib3(fault: NetworkFault, pool: Any, conn: Any, url: str) -> Exception:
    match fault:
        case Refused():
            return NewConnectionError(conn, f"Failed to establish a new connection: nobody listens at {fault}")
        case TimedOut():
            return ReadTimeoutError(pool, url, "Read timed out.")
        case Dropped():
            return ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
        case _:
            return ProtocolError(str(fault))


def _request(method: str, url: str, headers: Mapping[str, Any], body: Any) -> Request:
    parts = urlsplit(url)
    path, query = split_target(f"{parts.path}?{parts.query}")
    named = {
        str(name).lower(): value.decode() if isinstance(value, bytes) else str(value) for name, value in headers.items()
    }
    raw = body if isinstance(body, bytes) else str(body or "").encode()
    return Request(method=method, path=path, query=query, headers=named, body=raw)


def _refused(request: AWSPreparedRequest, refusal: Refusal) -> AWSResponse:
    body = json.dumps({"__type": refusal.code, "message": refusal.message}).encode()
    headers = {"x-amzn-errortype": refusal.code, "content-type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, refusal.status, headers, MockRawResponse(body))  # type: ignore[arg-type]  # as moto itself does


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _shape(target: str) -> str:
    """Return a path without its ids, so that calls of the same kind have the same name."""
    return "/".join("{id}" if part.isdigit() else part for part in target.partition("?")[0].split("/"))
