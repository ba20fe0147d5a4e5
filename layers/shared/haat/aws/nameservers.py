"""What the names of the internet lead to, asked of name servers: those of the system, or those that the deployment names.

Every answer comes from the network and has a bound in time. It is asked anew each time: who has just written a record wants it seen.
"""

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dns.resolver import Answer, Resolver

TXT_S: Final = 5.0  # seconds for one look at a TXT record
EACH_S: Final = 2.0  # and for one kind of address
_DNS_PORT: Final = 53


class NameServers:
    """Fills `find` of Websites, and reads TXT records. `servers` are IP addresses, an IPv4 one perhaps with ":port"; none: the system's."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._servers = tuple(servers)
        self._made: Resolver | None = None

    def addresses(self, host: str, seconds: float) -> list[str]:
        """Every address of a name, IPv4 first; none where it has none, or where nobody answers."""
        found: list[str] = []
        for kind in ("A", "AAAA"):
            answer = self._ask(host, kind, min(EACH_S, seconds / 2))
            found += [record.address for record in answer] if answer else []
        return found

    def texts(self, name: str) -> list[str] | None:
        """The TXT records of a name, the strings of each put together; None where nobody answers."""
        answer = self._ask(name, "TXT", TXT_S)
        if answer is None:
            return None
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]

    def _ask(self, name: str, kind: str, seconds: float) -> "Answer | list[Answer] | None":
        """Empty where there is no such name or record; None where nobody answers."""
        # Only a website's check needs it.
        from dns import exception, resolver  # noqa: PLC0415

        if seconds <= 0:
            return None
        try:
            return self._resolver().resolve(name, kind, lifetime=seconds, search=False, raise_on_no_answer=True)
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return []
        except (exception.DNSException, OSError, ValueError):
            return None

    def _resolver(self) -> "Resolver":
        if self._made is None:
            from dns import nameserver, resolver  # noqa: PLC0415

            made = resolver.Resolver(configure=not self._servers)
            if self._servers:
                made.nameservers = [nameserver.Do53Nameserver(*_place(one)) for one in self._servers]
            self._made = made
        return self._made


def read_servers(text: str) -> tuple[str, ...]:
    """The setting: "none", or addresses between commas. Raises ValueError where one is no address."""
    found = tuple(one.strip() for one in text.split(",") if one.strip() not in ("", "none"))
    for one in found:
        ipaddress.ip_address(_place(one)[0])
    return found


def _place(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    return (host, int(port)) if colon and host.count(":") == 0 else (text, _DNS_PORT)
