"""AppConfig's data plane, which moto lacks: the two calls that a function makes to read its flags.

It serves what stands in the template. The form is the stage's own HTTP, so that it can be called in this process as
well as over a socket.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping

from infra.local.function import Json
from infra.local.http import Request, Response

POLL_SECONDS = 60

# What a session names: the configuration of a profile in an environment of an application.
IDENTIFIERS = ("ApplicationIdentifier", "EnvironmentIdentifier", "ConfigurationProfileIdentifier")


class AppConfig:
    """The configuration profiles of the stack."""

    def __init__(self, profiles: Mapping[str, bytes]) -> None:
        """Serve `profiles`, by name and by id."""
        self._template = dict(profiles)
        self._now = dict(profiles)

    def read(self, profile: str) -> Json:
        """Return what a profile holds now."""
        return json.loads(self._now[profile])

    def set(self, profile: str, content: Json) -> None:
        """Change what a profile holds, until `reset`; functions see it at their next poll."""
        before = self._now[profile]
        raw = json.dumps(content).encode()
        for name in [name for name, value in self._now.items() if value == before]:
            self._now[name] = raw

    def reset(self) -> None:
        """Go back to what the template says."""
        self._now = dict(self._template)

    def handle(self, request: Request) -> Response:
        """Answer StartConfigurationSession and GetLatestConfiguration."""
        if request.method == "POST" and request.path == "/configurationsessions":
            asked = json.loads(request.body)
            return self._start({name: asked[name] for name in IDENTIFIERS if name in asked})
        if request.method == "GET" and request.path == "/configuration":
            return self._latest(request.query.get("configuration_token", ""))
        return _error(404, "ResourceNotFoundException", f"{request.method} {request.path}")

    def _start(self, named: dict[str, str]) -> Response:
        profile = named["ConfigurationProfileIdentifier"]
        if profile not in self._now:
            return _error(404, "ResourceNotFoundException", f"no profile {profile}")
        body = json.dumps({"InitialConfigurationToken": _token(named, "")}).encode()
        return Response(status=201, headers={"content-type": "application/json"}, body=body)

    def _latest(self, token: str) -> Response:
        try:
            named, seen = json.loads(base64.urlsafe_b64decode(token))
            content = self._now[named["ConfigurationProfileIdentifier"]]
        except (ValueError, KeyError, binascii.Error):
            return _error(400, "BadRequestException", "the token is not one of ours")
        version = hashlib.sha256(content).hexdigest()
        headers = {
            "content-type": "application/json",
            "next-poll-configuration-token": _token(named, version),
            "next-poll-interval-in-seconds": str(POLL_SECONDS),
        }
        # Nothing new is an empty body, as AWS does it.
        return Response(status=200, headers=headers, body=b"" if seen == version else content)


def session(token: str) -> dict[str, str]:
    """Return what the session of a token names; raise ValueError where the token is not one of ours."""
    named: dict[str, str] = json.loads(base64.urlsafe_b64decode(token))[0]
    return named


def _token(named: dict[str, str], version: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([named, version]).encode()).decode()


def _error(status: int, kind: str, message: str) -> Response:
    headers = {"content-type": "application/json", "x-amzn-errortype": kind}
    return Response(status=status, headers=headers, body=json.dumps({"Message": message}).encode())
