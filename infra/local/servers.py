"""The stage's own HTTP servers, on loopback and nowhere else."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from infra.local.events import split_target
from infra.local.http import Request, Response
from infra.local.settings import HOST

type Answer = Callable[[Request], Response]

# What API Gateway takes (quotas of REST APIs). What is longer is not read: the answer to it is made without the body.
LARGEST_BODY = 10 * 1024 * 1024


class HttpServer:
    """Answers on one port, each connection in a thread of its own."""

    def __init__(self, answer: Answer, port: int = 0) -> None:
        """Take the port; requests are answered from `start` on."""
        self._listener = _Listener((HOST, port), answer)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self._listener.server_address[1]}"

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Take no more requests."""
        if self._thread.is_alive():
            self._listener.shutdown()
        self._listener.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Answer) -> None:
        self.answer = answer
        super().__init__(address, _Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a caller has gone away."""


class _TooLarge(Exception):
    """The body is longer than anything here takes."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet
    server: _Listener  # type: ignore[mutable-override]  # nobody sets another one

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: functions log what matters."""

    def serve(self) -> None:
        """Answer one request."""
        cut, body = False, b""
        try:
            body = self._body()
        except _TooLarge:
            cut = self.close_connection = True
        except ValueError:
            self.close_connection = True
            self._reply(Response(status=400))
            return
        path, query = split_target(self.path)
        request = Request(
            method=self.command,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            raw_query=self.path.partition("?")[2],
            cut=cut,
        )
        self._reply(self.server.answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = serve  # noqa: N815  # the base class calls them so

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = int(self.headers.get("content-length") or 0)
        if length > LARGEST_BODY:
            raise _TooLarge
        return self.rfile.read(length)

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(64).partition(b";")[0], 16):
            if len(body) + size > LARGEST_BODY:
                raise _TooLarge
            body += self.rfile.read(size)
            self.rfile.readline(8)
        while self.rfile.readline(8192).strip():
            pass
        return body

    def _reply(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            for line in value.split("\n"):
                self.send_header(name, line)
        self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
