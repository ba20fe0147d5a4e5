"""A provider's webhook over HTTP: prove who sent it, keep what it brought, answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from haat.conversation.channels.meta import Envelope, handshake, signed
from haat.edge.http import Request, answer, problem, read
from haat.edge.trouble import about
from haat.kernel.errors import Misconfigured, Rejected, Unavailable
from haat.kernel.ids import CorrelationId
from haat.kernel.secret import Secret
from haat.kernel.time import Instant

BODY_LIMIT = 3 * 1024 * 1024  # bytes; what Meta sends at most

Keep = Callable[[bytes, CorrelationId, Instant], Envelope]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One channel's address: the secrets that its webhooks are signed with, and how what it brings is read and kept."""

    secrets: Callable[[], Sequence[Secret[str]]]
    token: Callable[[], Secret[str]]
    keep: Keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """The provider's addresses, by their paths."""

    ways: Mapping[str, Way]
    now: Callable[[], Instant]
    logger: Logger
    metrics: Metrics

    def serve(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one event of a function URL."""
        request = read(event)
        way = self.ways.get(request.path.rstrip("/"))
        if way is None:
            return self._refuse(request, "not_found", 404)
        try:
            match request.method:
                case "GET":
                    return self._handshake(request, way)
                case "POST":
                    return self._take(request, way)
                case _:
                    refused = self._refuse(request, "method_refused", 405)
                    refused["headers"]["allow"] = "GET, POST"  # RFC 9110, 15.5.6
                    return refused
        except Misconfigured as error:
            return self._trouble(request, "misconfigured", error)
        except Unavailable as error:
            return self._trouble(request, "not_kept", error)
        except Exception as error:  # noqa: BLE001  # the edge: the runtime would log the error's words, and they may be a customer's
            return self._trouble(request, "broken", error)

    def _handshake(self, request: Request, way: Way) -> dict[str, Any]:
        challenge = handshake(request.query, way.token())
        if challenge is None:
            return self._refuse(request, "handshake_refused", 403)
        self._count("handshake")
        self.logger.info("handshake", extra={"request": request.id})
        return answer(200, challenge)

    def _take(self, request: Request, way: Way) -> dict[str, Any]:
        if len(request.body) > BODY_LIMIT:
            return self._refuse(request, "too_large", 413)
        if not signed(request.body, request.headers.get("x-hub-signature-256"), way.secrets()):
            return self._refuse(request, "signature_refused", 401)
        try:
            kept = way.keep(request.body, CorrelationId(request.id), self.now())
        except Rejected as error:
            return self._refuse(request, "malformed", 400, str(error))
        for word, times in kept.ignored.items():
            self._count("ignored", times)
            self.logger.info("ignored", extra={"request": request.id, "kind": word, "times": times})
        if kept.facts:  # a webhook of statuses is the common one, and costs no line
            facts = [{"fact": fact.name, "key": fact.key} for fact in kept.facts[:20]]
            self.logger.info("kept", extra={"request": request.id, "facts": facts, "count": len(kept.facts)})
        return answer(200)

    def _refuse(self, request: Request, word: str, status: int, detail: str = "") -> dict[str, Any]:
        """Count it and say so, with our id of the request alone: path, headers and body are the stranger's."""
        self._count(word)
        self.logger.warning(word, extra={"request": request.id})
        return problem(status, detail)

    def _trouble(self, request: Request, word: str, error: Exception) -> dict[str, Any]:
        self._count(word)
        self.logger.error(word, extra={"request": request.id, **about(error)})
        return problem(500)

    def _count(self, name: str, times: int = 1) -> None:
        if times:
            self.metrics.add_metric(name=name, unit=MetricUnit.Count, value=times)
