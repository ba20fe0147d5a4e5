"""One connection to one address, whatever the name says a moment later, with one end in time. What goes through it stands in the modules that use it."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TookTooLong

CONNECT_S = 3.0

Connect = Callable[[tuple[str, int], float], socket.socket]  # to an address and port, in so many seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a request goes. `host` as in the certificate; `path` with the query."""

    scheme: str
    host: str
    port: int
    path: str


def word_of(error: HTTPError) -> str:
    """Why there was no answer, in one word."""
    match error:
        case NewConnectionError():
            return "not_connected"
        case TookTooLong():
            return "timed_out"
        case SSLError():
            return "certificate_refused"
        case _:
            return "broken_answer"


class End:
    """The end in time of one connection: a server that gives one byte every few seconds passes every other time-out."""

    def __init__(self, whole_s: float) -> None:
        self.came, self.whole_s = False, whole_s
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None

    def watch(self, connected: socket.socket) -> None:
        """Begin to count. A copy of the socket stays ours when TLS takes the first over; shutting it down ends both."""
        self._socket = connected.dup()
        self._timer = threading.Timer(self.whole_s, self._come)
        self._timer.daemon = True
        self._timer.start()

    def _come(self) -> None:
        self.came = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Count no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._socket is not None:
            self._socket.close()


def pool(
    target: Target,
    address: str,
    end: End,
    trust: ssl.SSLContext | None,
    connect_s: float = CONNECT_S,
    open_to: Connect = socket.create_connection,
) -> urllib3.HTTPConnectionPool:
    """A pool for one request, whose connection goes to an address while TLS and the Host header keep the name."""

    def connect(connection: HTTPConnection) -> socket.socket:
        try:
            made = open_to((address, target.port), connect_s)
        except OSError as error:  # a time-out is one, too
            raise NewConnectionError(connection, type(error).__name__) from None
        made.settimeout(end.whole_s)
        end.watch(made)
        return made

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class Sealed(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    timeout = urllib3.Timeout(connect=connect_s, read=end.whole_s)
    more: dict[str, Any] = {"timeout": timeout, "maxsize": 1, "retries": False}
    if target.scheme == "http":
        plain = urllib3.HTTPConnectionPool(target.host, target.port, **more)
        plain.ConnectionCls = Plain
        return plain
    sealed = urllib3.HTTPSConnectionPool(target.host, target.port, ssl_context=trust, **more)
    sealed.ConnectionCls = Sealed
    return sealed
