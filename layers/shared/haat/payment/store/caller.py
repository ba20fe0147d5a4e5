"""Calls banks over HTTP."""

from collections.abc import Callable, Mapping
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

from haat.payment.model.bank import Call
from haat.payment.ports import Reply
from haat.payment.rules.reading import ANSWER

# A call that moves money is made once, and asked after when its answer is lost: retries are nobody's business here.
TIMEOUT: Final = urllib3.Timeout(connect=3, read=10, total=13)
BODY_S: Final = 5.0  # for all of an answer's body; one more wait for its next part may follow


class HttpBank:
    """Fills the port Bank."""

    def __init__(
        self, pool: urllib3.PoolManager, timer: Callable[[], float], timeout: urllib3.Timeout = TIMEOUT
    ) -> None:
        self._pool, self._timer, self._timeout = pool, timer, timeout

    def call(self, call: Call) -> Reply:
        """One HTTP call, no redirect followed: its headers hold credentials. An answer that is too long or breaks off is none."""
        try:
            response = self._pool.request(
                call.method,
                call.url,
                body=call.body or None,
                headers=dict(call.headers),
                timeout=self._timeout,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            raw = self._read(response)
        except HTTPError:
            return Reply(status=0)
        return Reply(status=response.status, raw=raw) if len(raw) <= ANSWER else Reply(status=0)

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """What has come by the end of the time: a server that gives one byte every few seconds passes every other time-out."""
        end, raw = self._timer() + BODY_S, b""
        while len(raw) <= ANSWER:
            if self._timer() > end:
                response.close()
                raise ReadTimeoutError(None, "", "the answer did not end")  # type: ignore[arg-type]  # nobody reads these
            part = response.read1(ANSWER + 1 - len(raw), decode_content=True)
            if not part:
                response.release_conn()
                return raw
            raw += part
        response.close()
        return raw


def urls(listed: str) -> Mapping[str, str]:
    """Where the API of each bank is: `name=https://host`, comma separated; none for "none"."""
    pairs = (one.strip().partition("=") for one in listed.split(",") if "=" in one)
    return {name.strip(): url.strip().rstrip("/") for name, _, url in pairs}
