"""A stand-in for Haat in tests of the simulator: takes webhooks with 200 and answers each text through Graph."""

import http.client
import json
import queue
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


class HaatStub:
    """Listens on a loopback port of its own; answers where a test has set `graph`, the simulator's base URL.

    `path` is where the last webhook came.
    """

    def __init__(self) -> None:
        self.graph = ""
        self.path = ""
        self._seen: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL at which webhooks are taken."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_webhook(self) -> tuple[str, Any]:
        """Return ("message" or the status' name, the message or status) of the next webhook, as soon as it comes.

        Of a page: ("page", the event).
        """
        return self._seen.get(timeout=20)

    def take(self, document: Any) -> None:
        """Note what a webhook brought; answer texts by quoting them."""
        values = [change["value"] for entry in document["entry"] for change in entry.get("changes", [])]
        for event in (event for entry in document["entry"] for event in entry.get("messaging", [])):
            self._seen.put(("page", event))
        for value in values:
            self._take(value)

    def _take(self, value: Any) -> None:
        for message in value.get("messages", []):
            if self.graph and message["type"] == "text":
                self._reply(value["metadata"]["phone_number_id"], message)
            self._seen.put(("message", message))
        for status in value.get("statuses", []):
            self._seen.put((status["status"], status))

    def _reply(self, shop: str, message: dict[str, Any]) -> None:
        address = {"to": message["from"]} if "from" in message else {"recipient": message["from_user_id"]}
        self._graph(shop, {"status": "read", "message_id": message["id"]})
        body = {"type": "text", "text": {"body": f"You wrote: {message['text']['body']}"}}
        self._graph(shop, address | body | {"context": {"message_id": message["id"]}})

    def _graph(self, shop: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer haat-local-token-{shop}"}
        payload = json.dumps({"messaging_product": "whatsapp"} | body)
        # Closed whatever happens: a simulator that goes dark answers nothing.
        with closing(http.client.HTTPConnection(self.graph.removeprefix("http://"), timeout=20)) as connection:
            connection.request("POST", f"/v25.0/{shop}/messages", payload, headers)
            status = connection.getresponse().status
        assert status == 200


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, stub: HaatStub) -> None:
        self.stub = stub
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Return the challenge of a handshake with the right token, and nothing around it."""
        query = dict(parse_qsl(urlsplit(self.path).query))
        known = query.get("hub.verify_token") == "verify-token"
        body = query.get("hub.challenge", "").encode() if known else b""
        self.send_response(200 if known else 403)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take a webhook."""
        document = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert isinstance(self.server, _Server)
        self.server.stub.path = self.path
        self.server.stub.take(document)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
