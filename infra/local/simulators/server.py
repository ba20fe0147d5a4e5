"""The simulators as a program of their own: Graph and the bank, the phone page and the payer's, on one loopback port, and a thread that posts webhooks.

Faults act on the socket: a timeout leaves the caller without an answer, a dropped connection is closed, "refused" is reset
(the connection stands already, so a client can't tell it from a drop; `go_dark` is the real thing: nobody listens).
"""

import http.client
import os
import secrets
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from infra.local.http import NetworkFault, Refused, Request, Response, TimedOut, Webhook
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.bank_page import BankPage
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.others import Others
from infra.local.simulators.outbox import MESSENGER_PATH, PATH
from infra.local.simulators.phone import Phone

_HOST = "127.0.0.1"
# Films and sounds of 16 MB come in; papers, of which Meta takes 100 MB, only up to this.
_BODY_LIMIT = 20 * 1024 * 1024
# How long a call that meets a timeout, or a slow answer, is left hanging if its caller doesn't give up before (seconds).
_HANG = 60.0
_POLL = 0.05
_PATIENCE = 20.0


class SimulatorServer:
    """Serves one Graph and one bank; posts their webhooks to `front` where one is given.

    `front` is a base URL (scheme, host and port of the stage), or with a path the whole address of Meta's webhook, as
    `messenger_front` is that of pages' webhooks; without it they go where `front` says. Here time is real: slow answers take their time, callers hang up by themselves, and the rate of each number counts.
    """

    def __init__(
        self,
        simulator: GraphSimulator,
        port: int,
        front: str | None = None,
        bank: BankSimulator | None = None,
        *,
        messenger_front: str | None = None,
    ) -> None:
        self.simulator = simulator
        self.bank = bank or BankSimulator(simulator.now)
        self.others = Others(simulator, self.bank)
        self._payer = BankPage(self.bank, self.others.links)
        self.stopping = threading.Event()
        self.phone = Phone(simulator, self.verify if front else None)
        simulator.patience, simulator.wait, simulator.rate = None, self._linger, "both"
        self._front = front
        self._messenger_front = messenger_front or front
        self._port = port
        self._listener: _Listener | None = None
        self._poster = threading.Thread(target=self._post, name="simulator-poster", daemon=True)

    @property
    def url(self) -> str:
        """The base URL, without a path: what `HAAT_GRAPH_URL` wants, and where the phone page is."""
        return f"http://{_HOST}:{self._port}"

    def start(self) -> Self:
        """Listen, and begin to post; a port that is taken raises OSError."""
        self.come_back()
        if self._front is not None:
            self._poster.start()
        return self

    def stop(self) -> None:
        """Post nothing more and close the port."""
        self.stopping.set()
        self.go_dark()
        if self._poster.is_alive():
            self._poster.join()

    def go_dark(self) -> None:
        """Close the port: from now on connections are refused."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.shutdown()
            listener.server_close()

    def come_back(self) -> None:
        """Listen on the same port again."""
        if self._listener is None:
            self._listener = _Listener(self, self._port)
            self._port = self._listener.server_address[1]
            self.simulator.base_url = self.url
            serve = self._listener.serve_forever
            threading.Thread(target=serve, args=(_POLL,), name="simulator", daemon=True).start()

    def answer(self, request: Request) -> Response:
        """Answer one request of either side."""
        return self.phone.handle(request) or self._payer.handle(request) or self.others.handle(request)

    def _post(self) -> None:
        """Post what is due, one after the other, as long as the server lives."""
        while not self.stopping.wait(_POLL):
            for webhook in self.others.due(self.simulator.now()):
                if self.stopping.is_set():
                    return
                self.others.answered(webhook, self.deliver(webhook), self.simulator.now())

    def deliver(self, webhook: Webhook) -> int:
        """POST one webhook; return the HTTP status, or 0 where no answer came."""
        return self._call("POST", webhook.path, webhook.body, webhook.headers)[0]

    def verify(self) -> str | None:
        """Ask for the handshake, as Meta does before it posts anything; return what is wrong, or None.

        Where there are pages, the address of their webhooks is asked, too.
        """
        wrong = self._verify(self.simulator.handshake)
        if wrong is None and self.simulator.messenger.pages:
            wrong = self._verify(self.simulator.messenger.handshake)
            return f"for Messenger {wrong}" if wrong else None
        return wrong

    def _verify(self, handshake: Callable[[str], Request]) -> str | None:
        challenge = str(secrets.randbelow(10**10))
        asked = handshake(challenge)
        status, body = self._call("GET", f"{asked.path}?{urlencode(asked.query)}")
        if status == 0:
            return "nobody answers at the webhook's address"
        if status != 200:
            return f"the webhook answered {status}; it may know another verify token"
        return None if body == challenge.encode() else "the webhook answered 200, but not with the challenge alone"

    def _call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Make one call to the webhook; return (status, body), status 0 where no answer came."""
        usual, front = (
            (MESSENGER_PATH, self._messenger_front) if path.startswith(MESSENGER_PATH) else (PATH, self._front)
        )
        target = urlsplit(front or "")
        if target.path.strip("/") and path.startswith(usual):
            path = target.path + path.removeprefix(usual)
        connection = http.client.HTTPConnection(target.hostname or _HOST, target.port, timeout=_PATIENCE)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def _linger(self, seconds: float) -> None:
        self.stopping.wait(min(seconds, _HANG))


class _Listener(ThreadingHTTPServer):
    """The listening socket; each connection has its own thread."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, owner: SimulatorServer, port: int) -> None:
        self.owner = owner
        super().__init__((_HOST, port), _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing where a caller has gone away; a mistake of ours is loud."""
        if not isinstance(sys.exception(), ConnectionError):
            traceback.print_exc()


class _Connection(BaseHTTPRequestHandler):
    """One connection of a caller: turns bytes into a Request and a Response into bytes."""

    protocol_version = "HTTP/1.1"
    # One packet for head and body: else each answer waits for the other side's delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    @property
    def _owner(self) -> SimulatorServer:
        assert isinstance(self.server, _Listener)
        return self.server.owner

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: paths and numbers of customers don't belong on a terminal."""

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if length > _BODY_LIMIT or "transfer-encoding" in self.headers:
            self.close_connection = True
            self._answer(Response(status=413))
            return
        address = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=unquote(address.path),
            query=dict(parse_qsl(address.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        try:
            self._answer(self._owner.answer(request))
        except NetworkFault as fault:
            self._vanish(fault)

    def _answer(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _vanish(self, fault: NetworkFault) -> None:
        self.close_connection = True
        match fault:
            case TimedOut():
                self._owner.stopping.wait(_HANG)
            case Refused():
                # Linger 0: closing sends RST instead of FIN, the nearest to a refusal that a live connection allows.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                os.close(self.connection.detach())
            case _:
                pass
