"""The addresses of a stack on ministack: a function's own, and the REST API's, both below ministack's one port."""

import http.client
import re
from collections.abc import Mapping
from urllib.parse import quote

from infra.conform.stack import Standing
from infra.local.http import Response
from infra.local.settings import HOST

# Longer than any function behind an address may take (seconds).
_PATIENCE = 40.0
# What an address is written with; every client writes other letters as their bytes in UTF-8.
_WRITTEN = "".join(map(chr, range(33, 127)))


class NoDoor(Exception):
    """Nothing of the stack has such an address; the text says what there is."""


class Doors:
    """What of a stack answers HTTP, at `port` of ministack."""

    def __init__(self, port: int, standing: Standing) -> None:
        """Know all addresses."""
        self._port, self._functions = port, standing.functions
        made = standing.resources.values()
        apis = [physical for kind, physical in made if kind == "AWS::ApiGateway::RestApi"]
        stages = [physical for kind, physical in made if kind == "AWS::ApiGateway::Stage"]
        self._apis = [f"/restapis/{api}/{stage}/_user_request_" for api, stage in zip(apis, stages, strict=True)]

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Make a request to the function whose public paths hold this one, or else to the REST API, which also knows what is nobody's."""
        path = target.partition("?")[0]
        for function in self._functions.values():
            if any(_fits(public, path) for public in function.paths):
                return self.ask_function(function.name, method, target, headers, body)
        if not self._apis:
            raise NoDoor(f"{path}: there is no REST API, and no function has this path")
        return self._ask(method, self._apis[0] + target, headers, body)

    def ask_function(self, name: str, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Make a request to a function's own address, whatever its path."""
        url = self._functions[name].url
        if url is None:
            raise NoDoor(f"{name} has no address of its own")
        return self._ask(method, f"/_aws/lambda-url/{url}{target}", headers, body)

    def _ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        line = http.client.HTTPConnection(HOST, self._port, timeout=_PATIENCE)
        try:
            line.request(method, quote(target, safe=_WRITTEN), body, dict(headers))
            answer = line.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Response(status=answer.status, headers=named, body=answer.read())
        finally:
            line.close()


def _fits(public: str, path: str) -> bool:
    """Whether a path is this public one, in which {names} stand for one part each."""
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(public)), path) is not None
