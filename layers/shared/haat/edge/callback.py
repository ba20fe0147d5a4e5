"""A bank's callback over HTTP: handed to the door as it came, answered in the bank's words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from haat.edge.http import Request, problem, read
from haat.edge.trouble import about
from haat.kernel.errors import Misconfigured, NotFound, Unavailable
from haat.kernel.time import Instant
from haat.payment.service.door import Answered

_PATH = re.compile(r"/webhooks/payments/([a-z0-9_-]{1,32})/([0-9A-Z]{1,64})/?")
_REFUSALS = {401, 404, 413}


Take = Callable[[str, str, Mapping[str, str], bytes, Instant], Answered]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """The address that banks and gateways call."""

    take: Take
    now: Callable[[], Instant]
    logger: Logger
    metrics: Metrics

    def serve(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one event of a function URL."""
        request = read(event)
        found = _PATH.fullmatch(request.path)
        if found is None:
            return self._refuse(request, "not_found", 404)
        if request.method != "POST":
            refused = self._refuse(request, "method_refused", 405)
            refused["headers"]["allow"] = "POST"  # RFC 9110, 15.5.6
            return refused
        try:
            done = self.take(found[1], found[2], request.headers, request.body, self.now())
        except NotFound:
            return self._refuse(request, "not_found", 404)
        except Misconfigured as error:
            return self._trouble(request, "misconfigured", error)
        except Unavailable as error:
            return self._trouble(request, "not_kept", error)
        except Exception as error:  # noqa: BLE001  # the edge: the runtime would log the error's words, and they may be a payer's
            return self._trouble(request, "broken", error)
        if done.status in _REFUSALS:
            return self._refuse(request, done.word, done.status)
        self.logger.info(done.word, extra={"request": request.id})
        kind = "application/json" if done.body.startswith(b"{") else "text/plain; charset=utf-8"
        return {"statusCode": done.status, "headers": {"content-type": kind}, "body": done.body.decode()}

    def _refuse(self, request: Request, word: str, status: int) -> dict[str, Any]:
        """Count it and say so, with our id of the request alone: path, headers and body are the stranger's."""
        self._count("signature_refused" if status == 401 else word)
        self.logger.warning(word, extra={"request": request.id})
        return problem(status)

    def _trouble(self, request: Request, word: str, error: Exception) -> dict[str, Any]:
        self._count(word)
        self.logger.error(word, extra={"request": request.id, **about(error)})
        return problem(500)

    def _count(self, name: str) -> None:
        self.metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
