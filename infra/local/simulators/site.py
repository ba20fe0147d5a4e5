"""A shop's website, on the port of the simulators: one file, at the well-known place where Haat looks for a token.

| call | what |
| --- | --- |
| GET /.well-known/haat-verification.txt | the file, as plain text; 404 where there is none |
| POST /site/api/text | `{"text"}`: puts the file there; without a text it is taken away |
| POST /site/api/trouble | `{"trouble", "location"?}`: what the website does wrong from now on; without it nothing any more |
"""

import json
from dataclasses import dataclass
from typing import Final, Literal, get_args

from infra.local.http import Dropped, Request, Response, TimedOut
from infra.local.simulators.bank_wire import body_of
from infra.local.simulators.pages import local

PATH: Final = "/.well-known/haat-verification.txt"
_API: Final = "/site/api/"
# broken: 500 and a page; moved: 302 to `location`; long: more than anybody reads; silent: no answer; dropped: cut off.
type SiteTrouble = Literal["broken", "moved", "long", "silent", "dropped"]
TROUBLES: Final[tuple[SiteTrouble, ...]] = get_args(SiteTrouble.__value__)
_LONG: Final = 2 * 1024 * 1024


@dataclass(slots=True)
class Site:
    """What the website shows, and what it does wrong."""

    text: str | None = None
    trouble: SiteTrouble | None = None
    location: str = ""

    def reset(self) -> None:
        """Show nothing, and behave well."""
        self.text, self.trouble, self.location = None, None, ""

    def answers(self, path: str) -> bool:
        """Say whether a path is one of the website's."""
        return path == PATH or path.startswith(_API)

    def handle(self, request: Request) -> Response:
        """Answer a visitor, or whoever looks after the website; raise a NetworkFault where no answer comes back."""
        if request.path.startswith(_API):
            return self._told(request) if local(request) else _said(403, {"error": "only for this machine"})
        match self.trouble:
            case "broken":
                return Response(
                    status=500, headers={"content-type": "text/html"}, body=b"<h1>Internal Server Error</h1>"
                )
            case "moved":
                return Response(status=302, headers={"location": self.location})
            case "silent":
                raise TimedOut("simulated: the website does not answer")
            case "dropped":
                raise Dropped("simulated: the website hangs up")
            case _:
                long = b"\n" * _LONG if self.trouble == "long" else b""
        if self.text is None or request.method != "GET":
            return Response(status=404, headers={"content-type": "text/plain"}, body=b"not here")
        return Response(
            status=200, headers={"content-type": "text/plain; charset=utf-8"}, body=long + self.text.encode()
        )

    def _told(self, request: Request) -> Response:
        body = body_of(request)
        if request.method != "POST" or body is None:
            return _said(400, {"error": "a POST with a JSON object"})
        if request.path == f"{_API}text":
            text = body.get("text")
            self.text = text if isinstance(text, str) else None
            return _said(200, {})
        trouble = next((one for one in TROUBLES if one == body.get("trouble")), None)
        if request.path != f"{_API}trouble" or (trouble is None and body.get("trouble") is not None):
            return _said(400, {"error": f"a trouble is one of {', '.join(TROUBLES)}"})
        self.trouble, self.location = trouble, str(body.get("location", ""))
        return _said(200, {})


def _said(status: int, document: dict[str, str]) -> Response:
    return Response(status=status, headers={"content-type": "application/json"}, body=json.dumps(document).encode())
