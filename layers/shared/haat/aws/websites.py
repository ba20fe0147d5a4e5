"""One GET of a small public file at an address that a shop chose, which must never lead to where only we may go.

The rule for an address is the one of outside.py, and it holds for each redirect anew: every name is looked up once, each of its answers must be
a public one, and the connection goes to exactly that answer. Only the usual port of https is asked. No cookie and no name of ours goes along, what
comes is read as it is (nothing is unpacked), up to a bound, and all of it together has one end in time.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final
from urllib.parse import urljoin

from urllib3.exceptions import HTTPError

from haat.aws.outside import Outside, read
from haat.aws.pinned import CONNECT_S, Connect, End, Target, pool, word_of
from haat.kernel.errors import Rejected

WHOLE_S: Final = 10.0
MOST_BYTES: Final = 64 * 1024
MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HTTPS: Final = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came of a GET: an HTTP status and the first bytes of its body, or one word for why there was none."""

    status: int | None = None
    body: bytes = b""
    trouble: str = ""


class Websites:
    """The open internet, to be read from.

    `find` gives every address of a name, in so many seconds at the most; `allowed` are hosts that are trusted as they are: also over http, on any
    port, and where they are private. The rest is the world, for who has another.
    """

    def __init__(
        self,
        allowed: frozenset[str],
        find: Callable[[str, float], Sequence[str]],
        *,
        trust: ssl.SSLContext | None = None,
        whole_s: float = WHOLE_S,
        open_to: Connect = socket.create_connection,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self.allowed, self._find, self._trust = allowed, find, trust
        self._whole_s, self._open_to, self._tick = whole_s, open_to, tick

    def get(self, url: str) -> Page:
        """The page at an address, after at most MOST_REDIRECTS redirects, in at most WHOLE_S seconds. Never raises for what comes of it."""
        end = self._tick() + self._whole_s

        def left() -> float:
            return end - self._tick()

        outside = Outside(self.allowed, lambda host, _: self._find(host, left()))
        for _ in range(MOST_REDIRECTS + 1):
            try:
                target = read(url)
                if target.port != _HTTPS and target.host not in self.allowed:
                    return Page(trouble="address_refused")
                address = outside.place(target)
            except Rejected as error:
                return Page(trouble=error.word)
            page, location = self._one(target, address, left())
            if not location:
                return page
            try:
                url = urljoin(url, location)
            except ValueError:
                return Page(trouble="address_refused")
        return Page(trouble="too_many_redirects")

    def _one(self, target: Target, address: str, left_s: float) -> tuple[Page, str]:
        """One request; with the address that it leads on to, if it does."""
        if left_s <= 0:
            return Page(trouble="timed_out"), ""
        connect_s = min(CONNECT_S, left_s / 3)
        end = End(left_s - connect_s)
        one = pool(target, address, end, self._trust, connect_s, self._open_to)
        try:
            answer = one.request(
                "GET",
                target.path,
                headers={"user-agent": "Haat", "accept-encoding": "identity", "connection": "close"},
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            status, location = answer.status, answer.headers.get("location", "")
            leads = location if status in _REDIRECTS else ""
            body = b""
            # To the bound or to the end: only so is it seen that an answer was cut off.
            while not leads and (more := answer.read(MOST_BYTES - len(body), decode_content=False)):
                body += more
            answer.close()
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            word = word_of(error) if isinstance(error, HTTPError) else "broken_answer"
            return Page(trouble="timed_out" if end.came else word), ""
        finally:
            end.close()
            one.close()
        if end.came:  # what was read until then may be half of it
            return Page(trouble="timed_out"), ""
        if not 200 <= status <= 599:
            return Page(trouble="broken_answer"), ""
        return Page(status=status, body=body), leads
