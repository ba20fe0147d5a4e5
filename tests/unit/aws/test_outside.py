"""Addresses that somebody else chose: which are taken, and where a POST really goes."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.aws.outside import Outside, public
from haat.kernel.errors import Rejected

OPEN = "93.184.215.14"
NOTHING: frozenset[str] = frozenset()


def leads_to(*addresses: str) -> Callable[[str, int], list[str]]:
    """A resolver for which every name has these addresses."""
    return lambda host, port: list(addresses)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/haat",
        "https://shop.example:8443/haat?key=1&other=%E0",
        "https://SHOP.example",
        "https://xn--45b7a4a1e.example/",
        f"https://{OPEN}/",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    ],
)
def test_address_on_the_open_internet_is_taken(url: str) -> None:
    """A whole name, or an address in its usual form."""
    Outside(NOTHING, leads_to(OPEN)).check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "ftp://shop.example/",
        "//shop.example/",
        "shop.example",
        "",
        "https://",
        "https:///path",
        "https://shop/",
        "https://localhost/",
        "https://shop.example:0x50/",
        "https://shop.example:99999/",
        "https://user@shop.example/",
        "https://user:word@shop.example/",
        "https://shop.example/#part",
        "https://shop.example\\@127.0.0.1/",
        "https://shop.example/a b",
        "https://shop.example/\r\nx: y",
        "https://shop.example/\t",
        "https://shop.example/ঘর",
        "https://দোকান.example/",
        "https://shop.example/" + "a" * 500,
        "https://-shop.example/",
        "https://shop..example/",
        "https://.example/",
        "https://shop.example./",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        # Loopback, metadata and private networks in every notation that some reader takes for them.
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://127.0.0.0x1/",
        "https://0/",
        "https://0.0.0.0/",
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/",
        "https://[fd00:ec2::254]/",
        "https://[fec0::1]/",
        "https://[ff02::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://169.254.170.2/",
        "https://10.0.0.1/",
        "https://172.31.255.255/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://198.18.0.1/",
        "https://192.88.99.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
    ],
)
def test_any_other_address_is_refused_by_its_field(url: str) -> None:
    """Refused when it is saved, and nothing is sent there either."""
    here = Outside(NOTHING, leads_to(OPEN))
    with pytest.raises(Rejected) as refused:
        here.check(url)
    assert list(refused.value.fields) == ["url"]
    assert here.post(url, b"{}", {}).trouble == "address_refused"


@pytest.mark.parametrize("private", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"])
@pytest.mark.parametrize("order", [1, -1])
def test_name_with_one_private_address_is_refused(private: str, order: int) -> None:
    """Also where it has an open one beside it: the next look might take the other."""
    here = Outside(NOTHING, leads_to(*[OPEN, private][::order]))
    assert here.post("https://shop.example/", b"{}", {}).trouble == "address_refused"


def test_name_that_leads_nowhere_is_refused_with_its_own_word() -> None:
    """So that the log tells a mistake in a name from a private address."""
    here = Outside(NOTHING, leads_to())
    assert here.post("https://shop.example/", b"{}", {}).trouble == "name_unknown"
    with pytest.raises(Rejected, match="leads nowhere"):
        here.check("https://shop.example/")


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_address_inside_an_ipv6_one_is_never_taken(number: int) -> None:
    """Mapped, translated, tunnelled and compatible forms of any IPv4 address are refused."""
    high, low = number >> 16, number & 0xFFFF
    for form in ("::ffff:{:x}:{:x}", "64:ff9b::{:x}:{:x}", "2002:{:x}:{:x}::", "2001:0:{:x}:{:x}::", "::{:x}:{:x}"):
        assert not public(form.format(high, low))


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever is written, it is taken or refused."""
    with suppress(Rejected):
        Outside(NOTHING, leads_to(OPEN)).check("https://" + text)


class Server:
    """Listens on loopback, keeps what came first, and answers with fixed bytes."""

    def __init__(self, papers: tuple[Path, Path] | None, pieces: list[bytes]) -> None:
        self.came = b""
        self._pieces, self._done = pieces, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._trust: ssl.SSLContext | None = None
        if papers:
            self._trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._trust.load_cert_chain(*papers)
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            one, _ = self._listening.accept()
            connection = self._trust.wrap_socket(one, server_side=True) if self._trust else one
            while b"\r\n\r\n{}" not in self.came:
                self.came += connection.recv(4096)
            for piece in self._pieces:
                connection.sendall(piece)
                if len(self._pieces) > 1 and self._done.wait(0.05):
                    break
            connection.close()
        except OSError:
            return

    def close(self) -> None:
        """End."""
        self._done.set()
        self._listening.close()
        self._thread.join(5)


@contextmanager
def server(papers: tuple[Path, Path] | None, *pieces: bytes) -> Iterator[Server]:
    """A server for one connection."""
    one = Server(papers, list(pieces))
    try:
        yield one
    finally:
        one.close()


def loopback(address: str) -> bool:
    """Nothing else can be reached here, so it counts as the open internet for what is about the connection itself."""
    return address == "127.0.0.1"


NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


def test_connection_goes_to_the_checked_address_under_the_name(papers: tuple[Path, Path]) -> None:
    """TLS and the Host header carry the name; the name is looked up once."""
    asked: list[str] = []

    def find(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with server(papers, NO_CONTENT) as shop:
        here = Outside(NOTHING, find, is_open=loopback, trust=ssl.create_default_context(cafile=papers[0]))
        reached = here.post(f"https://shop.example:{shop.port}/haat?a=1", b"{}", {"webhook-id": "1"})
    assert (reached.status, reached.trouble) == (204, "")
    assert asked == ["shop.example"]
    head = shop.came.decode().lower()
    assert head.startswith("post /haat?a=1 http/1.1\r\n")
    assert f"host: shop.example:{shop.port}\r\n" in head


def test_certificate_of_another_name_is_refused(papers: tuple[Path, Path]) -> None:
    """Nothing is posted to who cannot prove the name."""
    with server(papers, NO_CONTENT) as shop:
        here = Outside(
            NOTHING, leads_to("127.0.0.1"), is_open=loopback, trust=ssl.create_default_context(cafile=papers[0])
        )
        reached = here.post(f"https://other.example:{shop.port}/", b"{}", {})
    assert reached.trouble == "certificate_refused"
    assert shop.came == b""


def test_redirect_is_not_followed() -> None:
    """Its status is all that is taken of it."""
    with server(None, b"HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n") as shop:
        reached = Outside(frozenset({"127.0.0.1"})).post(f"http://127.0.0.1:{shop.port}/", b"{}", {})
    assert reached.status == 307


@pytest.mark.parametrize(("said", "seconds"), [("120", 120), ("99999999", 86_400), ("soon", 0), ("-1", 0), ("", 0)])
def test_other_side_may_ask_to_wait_a_day_at_most(said: str, seconds: int) -> None:
    """Retry-After in seconds is heard; anything else is nothing."""
    with server(None, f"HTTP/1.1 503 Busy\r\nretry-after: {said}\r\ncontent-length: 0\r\n\r\n".encode()) as shop:
        reached = Outside(frozenset({"127.0.0.1"})).post(f"http://127.0.0.1:{shop.port}/", b"{}", {})
    assert (reached.status, reached.retry_after_s) == (503, seconds)


def test_body_of_the_answer_is_not_read() -> None:
    """However large it says to be."""
    with server(None, b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n" + b"x" * 1000) as shop:
        reached = Outside(frozenset({"127.0.0.1"})).post(f"http://127.0.0.1:{shop.port}/", b"{}", {})
    assert reached.status == 200


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n", b""])
def test_server_that_drips_is_left_at_the_end_of_the_time(head: bytes) -> None:
    """A header that never ends passes every time-out but the whole one."""
    with server(None, head, *[b"x"] * 200) as shop:
        reached = Outside(frozenset({"127.0.0.1"}), whole_s=0.4).post(f"http://127.0.0.1:{shop.port}/", b"{}", {})
    assert reached.trouble == "timed_out"


def test_answer_that_is_no_http_is_broken() -> None:
    """It counts as a try that failed."""
    with server(None, b"no http at all\r\n\r\n") as shop:
        reached = Outside(frozenset({"127.0.0.1"})).post(f"http://127.0.0.1:{shop.port}/", b"{}", {})
    assert reached.trouble == "broken_answer"


def test_nobody_listens() -> None:
    """The word says that no connection was made."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert Outside(frozenset({"127.0.0.1"})).post(f"http://127.0.0.1:{port}/", b"{}", {}).trouble == "not_connected"
