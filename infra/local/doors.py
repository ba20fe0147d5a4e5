"""From an HTTP request to the function that answers it: function URLs by their paths, the REST API by its routes."""

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote

from infra.local import events
from infra.local.deployment import Route
from infra.local.function import Function, InvocationFailed, Json
from infra.local.gateway import Gateway
from infra.local.http import Request, Response

LARGEST_BODY = 6 * 1024 * 1024  # what Lambda takes for one synchronous call
_JSON = {"content-type": "application/json"}

type Invoke = Callable[[str, Json], Json]


class Doors:
    """Everything of the stack that answers HTTP."""

    def __init__(
        self, functions: Mapping[str, Function], routes: Iterable[Route], invoke: Invoke, gateway: Gateway
    ) -> None:
        """Know all addresses; literal paths come before those with parameters, as API Gateway orders them."""
        self._functions, self._invoke = functions, invoke
        # A function URL takes any path. Here, where they share one port, each names its own (HaatPaths in the template).
        self._urls = [(_pattern(path), function) for function in functions.values() for path in function.paths]
        self._routes = sorted(
            ((route, _pattern(route.path)) for route in routes), key=lambda pair: pair[0].path.count("{")
        )
        self.gateway = gateway
        self._numbers = itertools.count(1)

    def handle(self, request: Request, *, now: float) -> Response:
        """Answer a request to the one port that stands for all of the stack's addresses."""
        for pattern, function in self._urls:
            if pattern.match(request.path):
                return self.call_url(function.name, request, now=now)
        return self._call_rest(request, now=now)

    def call_url(self, name: str, request: Request, *, now: float) -> Response:
        """Answer a request to one function's URL, whatever its path."""
        function = self._functions[name]
        if _too_large(request):
            return Response(status=413, headers=_JSON, body=b'{"Message":"Request Entity Too Large"}')
        try:
            event = events.url_event(function, request, number=next(self._numbers), now=now)
            return events.url_response(self._invoke(name, event))
        except (InvocationFailed, events.BadAnswer):
            return Response(status=502, headers=_JSON, body=b"Internal Server Error")

    def _call_rest(self, request: Request, *, now: float) -> Response:
        number = next(self._numbers)

        def refused(kind: str) -> Response:
            return self.gateway.answer(kind, request, events.request_id(number))

        for route, pattern in self._routes:
            found = pattern.match(request.path)
            if not found or route.method not in (request.method, "ANY"):
                continue
            if self.gateway.throttled:
                return refused("THROTTLED")
            if _too_large(request):
                return refused("REQUEST_TOO_LARGE")
            parameters = {name: unquote(value) for name, value in found.groupdict().items()}
            event = events.rest_event(request, resource=route.path, parameters=parameters, number=number, now=now)
            try:
                return events.rest_response(self._invoke(route.function, event))
            except InvocationFailed:
                return refused("INTEGRATION_FAILURE")
            except events.BadAnswer:
                return refused("API_CONFIGURATION_ERROR")
        return refused("MISSING_AUTHENTICATION_TOKEN")


def _too_large(request: Request) -> bool:
    return request.cut or len(request.body) > LARGEST_BODY


def _pattern(path: str) -> re.Pattern[str]:
    escaped = re.escape(path)
    escaped = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", escaped)
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", escaped) + "$")
