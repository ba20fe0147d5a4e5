"""One POST to an address that a merchant chose, which must never lead to where only we may go.

A function stands inside: it reaches its own runtime, the metadata service, perhaps a private network. So an address is read by one
strict rule, its name is resolved once, every answer must be a public one, and the connection goes to exactly that answer, whatever the name says
a moment later. No redirect is followed, nothing of the answer's body is read, and all of it has one end in time.
"""

import ipaddress
import logging
import re
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError

from haat.aws.pinned import End, Target, pool, word_of
from haat.kernel.errors import Rejected

WHOLE_S = 10.0
LONGEST = 500  # letters of an address
MOST_RETRY_AFTER_S = 86_400
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_PATH = re.compile(r"[!$&'()*+,\-./0-9:;=?@A-Z_a-z~%]*")

# It would log the address of an answer whose headers it can't read, and a merchant's address may hold a key.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What came of a POST: an HTTP status, or one word for why there was none; and how long the other side asks us to wait (seconds)."""

    status: int | None = None
    trouble: str = ""
    retry_after_s: int = 0


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, IPv4 first; none where it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(at[0]) for *_, at in sorted(found, key=lambda one: one[0] != socket.AF_INET)]


def public(text: str) -> bool:
    """Whether an address is one of the open internet. What stands for an IPv4 address inside an IPv6 one is refused with it."""
    try:
        at: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if at.is_multicast or not at.is_global:
        return False
    if isinstance(at, ipaddress.IPv4Address):
        return at not in ipaddress.ip_network("192.88.99.0/24")  # relays that are no more
    # Of IPv6 only what is routed (2000::/3), without tunnels into IPv4.
    return at in ipaddress.ip_network("2000::/3") and at.teredo is None and at.sixtofour is None


def read(url: str) -> Target:
    """The parts of an address that is written in the one way we take. Raises Rejected."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        raise _refused(f"is no address of at most {LONGEST} visible ASCII letters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("is no address that can be read") from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or parts.username is not None or parts.password is not None:
        raise _refused("is no address that begins with https:// and holds no name or password")
    if parts.fragment or "#" in url or not _PATH.fullmatch(parts.path + "?" + parts.query):
        raise _refused("is no address: it holds letters that none may hold")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port or {"https": 443, "http": 80}[parts.scheme], path=path)


def named(host: str) -> bool:
    """Whether a host is a whole name, whose last label can't be read as a number: 127.1, 0x7f.1 and 2130706433 are addresses to some."""
    labels = host.split(".")
    written = len(host) <= 253 and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    return written and not re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1])


def _refused(why: str, word: str = "address_refused") -> Rejected:
    return Rejected(why, word=word, fields={"url": why})


class Outside:
    """What lies outside. `allowed` are hosts (name or address) that are trusted as they are: also over http, also where they are private.

    The rest is the world, for who has another: its names, which addresses are open, who vouches for certificates, the end in seconds.
    """

    def __init__(
        self,
        allowed: frozenset[str],
        find: Resolve = resolve,
        *,
        is_open: Callable[[str], bool] = public,
        trust: ssl.SSLContext | None = None,
        whole_s: float = WHOLE_S,
    ) -> None:
        self._allowed, self._find, self._is_open, self._trust, self._whole_s = allowed, find, is_open, trust, whole_s

    def check(self, url: str) -> None:
        """Raises Rejected (field url) where we would not send anything."""
        self.place(read(url))

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reached:
        """One POST, in at most WHOLE_S seconds after its name was found. Never raises for what the other side or the network does."""
        try:
            target = read(url)
            address = self.place(target)
        except Rejected as error:
            return Reached(trouble=error.word)
        return self._send(target, address, body, headers)

    def place(self, target: Target) -> str:
        """The one address that is connected to. Raises Rejected."""
        if target.host in self._allowed:
            return target.host
        if target.scheme != "https":
            raise _refused("is no address that begins with https://")
        try:
            literal = str(ipaddress.ip_address(target.host)) if "%" not in target.host else ""
        except ValueError:
            literal = ""
        if not literal and not named(target.host):
            raise _refused("is no address with a whole host name, or an IP address in its usual form")
        found = [literal] if literal else list(self._find(target.host, target.port))
        if not found:
            raise _refused("has a host name that leads nowhere", "name_unknown")
        # One private answer among public ones is enough to refuse: another try would take that one.
        if not all(self._is_open(address) for address in found):
            raise _refused("is no address on the open internet")
        return found[0]

    def _send(self, target: Target, address: str, body: bytes, headers: Mapping[str, str]) -> Reached:
        end = End(self._whole_s)
        one = pool(target, address, end, self._trust)
        try:
            answer = one.request(
                "POST",
                target.path,
                body=body,
                headers={**headers, "user-agent": "Haat", "connection": "close"},
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            status, after = answer.status, answer.headers.get("retry-after", "")
            answer.close()
        except HTTPError as error:
            return Reached(trouble="timed_out" if end.came else word_of(error))
        finally:
            end.close()
            one.close()
        if end.came:  # what was read until then may be half of it
            return Reached(trouble="timed_out")
        if not 200 <= status <= 599:
            return Reached(trouble="broken_answer")
        return Reached(status=status, retry_after_s=min(int(after), MOST_RETRY_AFTER_S) if _seconds(after) else 0)


def _seconds(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
