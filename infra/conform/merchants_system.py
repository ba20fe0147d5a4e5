"""A merchant's own system on a real port: functions are processes, and call nobody inside the test's own."""

import threading

from infra.local.http import NetworkFault, Request, Response, TimedOut
from infra.local.servers import HttpServer
from infra.local.simulators.listener import Listener

# Longer than any function waits for an answer (seconds).
_HANG = 12.0


class MerchantsSystem(Listener):
    """A listener whose faults act on the socket: a time-out leaves the caller waiting, everything else closes the connection."""

    def __init__(self) -> None:
        """Listen on a free loopback port."""
        self._over = threading.Event()
        self._server = HttpServer(self._serve).start()
        super().__init__(self._server.url)

    def close(self) -> None:
        """Listen no more."""
        self._over.set()
        self._server.close()

    def _serve(self, request: Request) -> Response:
        try:
            return self.handle(request)
        except NetworkFault as fault:
            if isinstance(fault, TimedOut):
                self._over.wait(_HANG)
            raise ConnectionAbortedError from fault  # the server closes the connection, and says nothing
