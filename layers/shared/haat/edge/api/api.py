"""The API as a Chalice application: each operation of the document that a function serves becomes one of its routes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Chalice, Response

from haat.business.model.token import Caller
from haat.edge.api import gate
from haat.edge.api.call import Call
from haat.edge.api.gate import Gate
from haat.edge.api.operations import Operation, operations
from haat.edge.api.problems import problem, word_of
from haat.edge.trouble import about
from haat.kernel.errors import Changed, Conflict, Misconfigured, NotFound
from haat.kernel.ids import CorrelationId
from haat.kernel.once import Answer
from haat.kernel.time import Instant

Route = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One function's part of the API."""

    function: str
    gate: Gate | None  # None where everything is for everyone
    routes: Mapping[str, Route]
    origins: frozenset[str]  # web pages of these may call
    now: Callable[[], Instant]
    draw: Callable[[], str]
    logger: Logger
    metrics: Metrics

    def chalice(self) -> Chalice:
        """The application. Raises Misconfigured where the document has an operation without a route."""
        app = Chalice(app_name=self.function)
        methods: dict[str, list[str]] = {}
        for operation in operations(self.function).values():
            methods.setdefault(operation.path, []).append(operation.method)
            if operation.id not in self.routes:
                raise Misconfigured(f"no route for {operation.id}")
            # Chalice's own check of content types answers in its own words; ours does it in the document's.
            app.route(operation.path, methods=[operation.method], name=operation.id, content_types=[])(
                self._view(app, operation)
            )
        for path, allowed in methods.items():
            app.route(path, methods=["OPTIONS"], name=f"may_cross {path}", content_types=[])(
                self._preflight(app, ", ".join(allowed))
            )
        return app

    def _preflight(self, app: Chalice, allowed: str) -> Callable[..., Response]:
        def view(**_: str) -> Response:
            request = app.current_request
            crossing = self._crossing(request.headers.get("origin", "") if request else "")
            if "access-control-allow-origin" in crossing:
                crossing |= {
                    "access-control-allow-methods": allowed,
                    "access-control-allow-headers": "authorization, content-type, if-match, idempotency-key",
                    "access-control-max-age": "600",
                }
            return Response(body="", status_code=204, headers={**crossing})

        return view

    def _view(self, app: Chalice, operation: Operation) -> Callable[..., Response]:
        def view(**_: str) -> Response:
            request = app.current_request
            assert request is not None, "Chalice calls a view with a request"
            id = CorrelationId(request.context.get("requestId", ""))
            headers = {name.lower(): value for name, value in request.headers.items()}
            left = getattr(app.lambda_context, "get_remaining_time_in_millis", lambda: 28_000)
            answer = self.answer(operation, headers, request, id, left)
            return _response(answer, self._crossing(headers.get("origin", "")))

        view.__name__ = operation.id
        return view

    def answer(
        self,
        operation: Operation,
        headers: Mapping[str, str],
        request: Any,
        id: CorrelationId,
        left_ms: Callable[[], int],
    ) -> Answer:
        """The answer to one request; whatever goes wrong is one too."""
        caller: Caller | None = None
        try:
            now = self.now()
            path = dict(request.uri_params or {})
            raw = request.raw_body
            raw = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else bytes(raw or b"")
            gate.known_ids(path)
            if operation.roles:
                assert self.gate is not None, "an operation with roles is served behind a gate"
                caller = self.gate.admit(operation, headers, path, now)
            query = {name: request.query_params.getlist(name) for name in request.query_params or ()}
            call = Call(
                operation=operation,
                now=now,
                id=id,
                caller=caller,
                path=path,
                query=gate.read_query(operation, query),
                body=gate.read_body(operation, headers, raw),
                raw=raw,
                seen=gate.seen_version(operation, headers),
                once=gate.once(operation, caller, headers, path, raw, now),
                draw=self.draw,
                left_ms=left_ms,
            )
            answer = self._routed(call)
        except Exception as error:  # noqa: BLE001  # the edge: Chalice would log the error's words, and they may be a customer's
            if isinstance(error, Changed) and not operation.match:
                # 412 answers an If-Match (RFC 9110, 15.5.13). Who sent none lost a race that the same request may win.
                error = Conflict("somebody else was at work there; send the same request again")
            self._tell_refusal(error, _about(operation, id, caller))
            return problem(error, id)
        self._count("served")
        self.logger.info("served", extra=_about(operation, id, caller))
        return answer

    def _routed(self, call: Call) -> Answer:
        """What the route answers, also where the same request has overtaken this one, and what it did stands in the way."""
        route = self.routes[call.operation.id]
        try:
            return route(call)
        except (Conflict, NotFound):
            if call.once is None:
                raise
            return route(call)  # which asks first whether it was answered

    def _tell_refusal(self, error: Exception, extra: dict[str, Any]) -> None:
        """Trouble of ours asks for a person; what a caller did wrong is counted by its kind."""
        match word_of(error):
            case "broken":
                self._trouble("broken", error, extra)
            case "try-again":
                self._trouble("unavailable", error, extra)
            case word:
                self._count(word.replace("-", "_"))
                self.logger.info(word, extra=extra)

    def _trouble(self, word: str, error: Exception, extra: dict[str, Any]) -> None:
        self._count(word)
        self.logger.error(word, extra={**extra, **about(error)})

    def _count(self, word: str) -> None:
        self.metrics.add_metric(name=word, unit=MetricUnit.Count, value=1)

    def _crossing(self, origin: str) -> dict[str, str]:
        """What lets a page of a known origin read the answer (Fetch standard, CORS protocol)."""
        if origin not in self.origins:
            return {"vary": "origin"}
        return {
            "vary": "origin",
            "access-control-allow-origin": origin,
            "access-control-expose-headers": "etag, retry-after, location, haat-next",
        }


def routes_of(*sources: object) -> dict[str, Route]:
    """The public methods of some objects, by their names: the ids of operations."""
    found: dict[str, Route] = {}
    for source in sources:
        for name in dir(source):
            if not name.startswith("_") and callable(method := getattr(source, name)):
                assert name not in found, f"two routes for {name}"
                found[name] = method
    return found


def _about(operation: Operation, id: str, caller: Caller | None) -> dict[str, Any]:
    """What may be logged of a request: ids of ours."""
    told: dict[str, Any] = {"request": id, "operation": operation.id}
    return told | {"token": caller.token, "merchant": caller.merchant or ""} if caller else told


def _response(answer: Answer, crossing: Mapping[str, str]) -> Response:
    headers: dict[str, str | list[str]] = {"cache-control": "no-store", **crossing, **answer.headers}
    if isinstance(answer.body, str):
        body = answer.body
    else:
        headers.setdefault("content-type", "application/json; charset=utf-8")
        body = "" if answer.body is None else json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return Response(body=body, status_code=answer.status, headers=headers)
