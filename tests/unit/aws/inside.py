"""A world with one public website in it, and a trap on everything that is inside: it counts who comes, and would show the token."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from haat.aws.websites import Websites

PUBLIC = "93.184.215.14"
TOKEN = "4f9d1c5e7a20b8836d41f0e2c9a57b13"
FILE = "/.well-known/haat-verification.txt"

# Every way that is known to us of writing an address to which nobody outside may lead us, for a reader somewhere.
FORBIDDEN = {
    "loopback": "127.0.0.1",
    "loopback, another": "127.8.8.8",
    "loopback, short": "127.1",
    "loopback, shorter": "127.0.1",
    "loopback, decimal": "2130706433",
    "loopback, hex": "0x7f000001",
    "loopback, hex parts": "0x7f.0.0.0x1",
    "loopback, octal": "0177.0.0.1",
    "loopback, octal whole": "017700000001",
    "loopback, zeros before": "127.000.000.001",
    "loopback, too large": "383.0.0.1",
    "loopback, dot after": "127.0.0.1.",
    "loopback, percent signs": "%31%32%37.0.0.1",
    "loopback, rings": "①②⑦.⓪.⓪.①",
    "loopback, wide digits": "１２７.0.0.1",
    "loopback, wide dots": "127。0。0。1",
    "this host": "0.0.0.0",  # noqa: S104  # nobody binds to it
    "this host, short": "0",
    "broadcast": "255.255.255.255",
    "name of this host": "localhost",
    "name of this host, dot after": "localhost.",
    "name of this host, below": "shop.localhost",
    "name without a dot": "metadata",
    "name of the metadata service": "metadata.google.internal",
    "loopback, v6": "[::1]",
    "nowhere, v6": "[::]",
    "loopback, mapped": "[::ffff:127.0.0.1]",
    "metadata, mapped": "[::ffff:a9fe:a9fe]",
    "loopback, compatible": "[::127.0.0.1]",
    "loopback, 6to4": "[2002:7f00:1::]",
    "loopback, NAT64": "[64:ff9b::7f00:1]",
    "loopback, NAT64 of the place": "[64:ff9b:1::7f00:1]",
    "loopback, Teredo": "[2001:0:7f00:1::]",
    "link-local with a zone": "[fe80::1%25eth0]",
    "link-local, v6": "[fe80::1]",
    "site-local, v6": "[fec0::1]",
    "private, v6": "[fd12:3456:789a::1]",
    "multicast, v6": "[ff02::1]",
    "metadata, v6": "[fd00:ec2::254]",
    "metadata": "169.254.169.254",
    "metadata, decimal": "2852039166",
    "metadata, hex": "0xa9fea9fe",
    "credentials of a container": "169.254.170.2",
    "names of a private network": "169.254.169.253",
    "private, 10": "10.0.0.1",
    "private, 172.16": "172.31.255.254",
    "private, 192.168": "192.168.1.1",
    "shared with a carrier": "100.64.0.1",
    "benchmarks": "198.18.0.1",
    "relays of 6to4": "192.88.99.1",
    "multicast": "224.0.0.1",
    "kept back": "240.0.0.1",
    "somebody before the host": "sweets.example@127.0.0.1",
    "a host before the host": "93.184.215.14\\@127.0.0.1",
    "another port": f"{PUBLIC}:22",
}
# What a name may turn out to be: each of these alone, and beside a public one.
PRIVATE = [
    "127.0.0.1", "0.0.0.0", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1",  # noqa: S104  # nobody binds to it
    "::1", "::ffff:127.0.0.1", "fd00:ec2::254", "fe80::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
]  # fmt: skip

type Answer = Callable[[str], Sequence[bytes]]


def ok(body: bytes, head: bytes = b"") -> list[bytes]:
    """A page."""
    return [b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n%s\r\n%s" % (len(body), head, body)]


def leads(to: str, status: int = 302) -> list[bytes]:
    """A redirect."""
    return [f"HTTP/1.1 {status} Go\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode()]


class Listener:
    """Listens on loopback, counts connections, and answers each by its request's first line; slowly, where the answer is in pieces."""

    def __init__(self, answer: Answer, papers: tuple[Path, Path] | None) -> None:
        self.came: list[str] = []
        self.heads: list[str] = []
        self._answer, self._done, self._trust = answer, threading.Event(), None
        if papers:
            self._trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._trust.load_cert_chain(*papers)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self._listening.accept()
                self.came.append("")
                threading.Thread(target=self._serve, args=(one, len(self.came) - 1), daemon=True).start()

    def _serve(self, one: socket.socket, at: int) -> None:
        with (
            suppress(OSError),
            one,
            self._trust.wrap_socket(one, server_side=True) if self._trust else one as connection,
        ):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := connection.recv(4096)):
                    return
                head += more
            self.heads.append(head.decode())
            self.came[at] = head.split(b" ")[1].decode()
            pieces = self._answer(self.came[at])
            for piece in pieces:
                connection.sendall(piece)
                if len(pieces) > 1 and self._done.wait(0.05):
                    return

    def close(self) -> None:
        """End."""
        self._done.set()
        self._listening.close()


class World:
    """What a name leads to, who is at the public address, and who was reached. Every other address leads into the trap."""

    def __init__(self, papers: tuple[Path, Path], answer: Answer) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self.reached: list[tuple[str, int]] = []
        self.site, self.trap = Listener(answer, papers), Listener(lambda _: ok(TOKEN.encode()), None)
        self._trust = ssl.create_default_context(cafile=papers[0])

    def websites(self, allowed: frozenset[str] = frozenset(), **more: Any) -> Websites:
        """What is tested, in this world."""
        return Websites(allowed, self._find, trust=self._trust, open_to=self._open, **more)

    def _find(self, host: str, seconds: float) -> list[str]:  # as Websites asks
        self.asked.append(host)
        answers = self.names.get(host, [[PUBLIC] if host == "shop.example" else ["127.0.0.1"]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _open(self, place: tuple[str, int], seconds: float) -> socket.socket:
        if place == (PUBLIC, 443):
            return socket.create_connection(("127.0.0.1", self.site.port), seconds)
        self.reached.append(place)
        return socket.create_connection(("127.0.0.1", self.trap.port), seconds)

    def close(self) -> None:
        """End."""
        self.site.close()
        self.trap.close()


@contextmanager
def world(papers: tuple[Path, Path], answer: Answer) -> Iterator[World]:
    """One of these, ended afterwards."""
    here = World(papers, answer)
    try:
        yield here
    finally:
        here.close()
