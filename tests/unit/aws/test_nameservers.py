"""Names of the internet, asked of a name server that a test runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from dns import flags, message, rcode, rrset

from haat.aws.nameservers import NameServers, read_servers

RECORDS = {
    ("sweets.example.", "A"): ["93.184.215.14", "93.184.215.15"],
    ("sweets.example.", "AAAA"): ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    ("_haat-verification.sweets.example.", "TXT"): ['"haat-verification=abc"', '"two " "parts"', '"\\255"'],
    ("four.example.", "A"): ["93.184.215.14"],
}
KNOWN = {name for name, _ in RECORDS}


@contextmanager
def name_server(*, silent: bool = False, code: rcode.Rcode = rcode.NOERROR) -> Iterator[str]:
    """One on loopback, by UDP; its address and port."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                raw, sender = listening.recvfrom(4096)
                if not raw:  # shut down
                    return
                if silent:
                    continue
                asked = message.from_wire(raw)
                (question,) = asked.question
                answer = message.make_response(asked)
                answer.flags |= flags.RA
                name, kind = question.name.to_text().lower(), question.to_text().split()[-1]
                answer.set_rcode(code if name in KNOWN or code else rcode.NXDOMAIN)
                if found := RECORDS.get((name, kind)):
                    answer.answer.append(rrset.from_text(question.name, 60, "IN", kind, *found))
                listening.sendto(answer.to_wire(), sender)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield "{}:{}".format(*listening.getsockname())
    finally:
        # A datagram of our own lets the thread see that it is over.
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def test_addresses_are_told_all_of_them_ipv4_first() -> None:
    """Each one counts: one private among them refuses the name."""
    with name_server() as where:
        names = NameServers([where])
        *four, six = names.addresses("sweets.example", 4)
        assert sorted(four) == ["93.184.215.14", "93.184.215.15"]
        assert six == "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
        assert names.addresses("four.example", 4) == ["93.184.215.14"]
        assert names.addresses("nobody.example", 4) == []
        assert names.addresses("sweets.example", 0) == []


def test_texts_are_put_together_of_their_parts() -> None:
    """As RFC 7208, 3.3 reads them; bytes that are no UTF-8 harm nobody."""
    with name_server() as where:
        names = NameServers([where])
        found = names.texts("_haat-verification.sweets.example")
        assert sorted(found or []) == ["haat-verification=abc", "two parts", "\ufffd"]
        assert names.texts("_haat-verification.nobody.example") == []
        assert names.texts("four.example") == []


@pytest.mark.parametrize("code", [rcode.SERVFAIL, rcode.REFUSED])
def test_who_can_not_tell_has_not_said_no(code: rcode.Rcode) -> None:
    """A name server in trouble."""
    with name_server(code=code) as where:
        names = NameServers([where])
        assert names.texts("_haat-verification.sweets.example") is None
        assert names.addresses("sweets.example", 1) == []


def test_name_that_is_none_leads_nowhere() -> None:
    """Too long, or with an empty part: nobody is asked."""
    names = NameServers(["127.0.0.1:9"])
    assert names.texts(".".join(["a" * 60] * 5)) is None
    assert names.addresses("a..example", 1) == []


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("none", ()),
        ("", ()),
        ("9.9.9.9, 2620:fe::fe", ("9.9.9.9", "2620:fe::fe")),
        ("127.0.0.1:5353", ("127.0.0.1:5353",)),
    ],
)
def test_setting_is_read(text: str, servers: tuple[str, ...]) -> None:
    """Addresses between commas; none: the system's."""
    assert read_servers(text) == servers


@pytest.mark.parametrize("text", ["dns.example", "9.9.9", "9.9.9.9:x"])
def test_setting_that_names_no_address_is_refused(text: str) -> None:
    """At the start of a function, not at its first website."""
    with pytest.raises(ValueError):  # noqa: PT011  # its words are ipaddress's
        read_servers(text)
