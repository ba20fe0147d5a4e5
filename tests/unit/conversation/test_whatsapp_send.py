"""How an answer is written down and sent, and what each end of a call means for the message."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, override

import pytest
import urllib3
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from haat.conversation.channels.graph import ACTIONS, Graph, action_for, read_answer
from haat.conversation.channels.whatsapp import request_for
from haat.conversation.model import Channel, Outgoing
from haat.conversation.ports import Accepted, Action, Line, NotConnected, Refused, SendOutcome, Speaker, Unknown
from haat.facts.conversation import Contact
from haat.kernel.errors import Rejected
from haat.kernel.ids import ConversationId, CustomerId, MerchantId, MessageId, ProviderId, ulid
from haat.kernel.secret import Secret
from haat.kernel.time import Instant

TOKEN = "EAAG-canary-token"
SHOP = "100000000000001"
SENT = b'{"messaging_product":"whatsapp","contacts":[{"input":"9","wa_id":"9"}],"messages":[{"id":"wamid.X"}]}'
BODY = {"type": "text"}
SECOND = urllib3.Timeout(connect=1, read=1)


def outgoing(contact: Contact, quotes: str | None = "wamid.Q") -> Outgoing:
    """A reply on its way."""
    return Outgoing(
        id=MessageId(ulid(1_795_000_000_000, b"0123456789")),
        merchant=MerchantId("m"),
        conversation=ConversationId("c"),
        customer=CustomerId("k"),
        channel="whatsapp",
        address=SHOP,
        contact=contact,
        text="সকাল ৯টা",
        quotes=ProviderId(quotes) if quotes else None,
        window_ends=Instant(0),
    )


# --- the body ---


def test_answer_goes_to_the_number_where_it_is_known() -> None:
    """The whole body is Meta's form of a text: to the digits, quoting, without preview, with our id in the opaque data."""
    assert request_for(outgoing(Contact(phone="919000000001", user_id="IN.1"))) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "919000000001",
        "context": {"message_id": "wamid.Q"},
        "type": "text",
        "text": {"preview_url": False, "body": "সকাল ৯টা"},
        "biz_opaque_callback_data": ulid(1_795_000_000_000, b"0123456789"),
    }


def test_answer_goes_to_the_user_id_where_the_number_is_withheld() -> None:
    """Without a number the business-scoped id is the recipient; both at once never stand there."""
    body = request_for(outgoing(Contact(user_id="IN.1"), quotes=None))
    assert body["recipient"] == "IN.1"
    assert not {"to", "context"} & set(body)


def test_answer_to_nobody_is_rejected() -> None:
    """A message without any recipient is not written down."""
    with pytest.raises(Rejected):
        request_for(outgoing(Contact(name="A")))


# --- the call, against a pool that says what we want ---


class Pool(urllib3.PoolManager):
    """Answers, or fails, as told, and remembers what it was asked."""

    def __init__(self, answer: HTTPError | tuple[int, bytes]) -> None:
        super().__init__()
        self.answer = answer
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    @override
    def request(self, method: str, url: str, **asked: Any) -> urllib3.BaseHTTPResponse:  # type: ignore[override]  # all by name
        self.asked.append((method, url, asked))
        if isinstance(self.answer, HTTPError):
            raise self.answer
        status, body = self.answer
        return urllib3.HTTPResponse(body=body, status=status)


def send(answer: HTTPError | tuple[int, bytes], token: str = TOKEN) -> SendOutcome:
    """The outcome of one call."""
    graph = Graph(pool=Pool(answer), base_url="http://graph", version="v25.0", timeout=SECOND)
    return graph.send(SHOP, Secret(token), BODY)


def error(code: Any, **more: Any) -> bytes:
    """An error body of Meta's."""
    return json.dumps({"error": {"message": "no", "type": "OAuthException", "code": code, **more}}).encode()


def test_message_is_said_in_one_call() -> None:
    """One POST to the number's messages, the token in its header and nowhere else, no retry and no redirect of the library's own."""
    pool = Pool((200, SENT))
    speaker: Speaker = Graph(pool=pool, base_url="http://graph/", version="v25.0", timeout=SECOND)
    line = Line(channel=Channel(kind="whatsapp", address=SHOP, merchant=MerchantId("m")), token=Secret(TOKEN))
    reply = outgoing(Contact(phone="919000000001"))
    assert speaker.say(line, reply) == Accepted(provider_id=ProviderId("wamid.X"))
    [(method, url, rest)] = pool.asked
    assert (method, url) == ("POST", f"http://graph/v25.0/{SHOP}/messages")
    assert json.loads(rest["body"]) == request_for(reply)
    assert "সকাল".encode() in rest["body"]
    assert rest["headers"] == {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    assert (rest["retries"], rest["redirect"], rest["timeout"]) == (False, False, SECOND)


def test_address_can_not_leave_its_place_in_the_url() -> None:
    """An address is data: it names no other path."""
    pool = Pool((200, SENT))
    Graph(pool=pool, base_url="http://graph", version="v25.0", timeout=SECOND).send("../me?x=1#", Secret(TOKEN), BODY)
    assert pool.asked[0][1] == "http://graph/v25.0/..%2Fme%3Fx%3D1%23/messages"


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, SENT, Accepted(provider_id=ProviderId("wamid.X"))),
        (200, b"", Unknown()),
        (200, b"<html>", Unknown()),
        (200, b'{"messages":[]}', Unknown()),
        (200, b'{"messages":[{}]}', Unknown()),
        (200, b'{"messages":"wamid.X"}', Unknown()),
        (200, error(131047), Refused(code=131047, action=Action.GIVE_UP)),
        (302, b"", Unknown()),
        (400, error(131056), Refused(code=131056, action=Action.WAIT_PAIR)),
        (401, error("190", error_subcode=463), Refused(code=190, action=Action.STOP_TOKEN)),
        (403, b"<html>forbidden by a proxy</html>", Unknown()),
        (429, b"{}", Unknown()),
        (500, error(2), Refused(code=2, action=Action.RETRY)),
        (500, b'{"error":{"message":"Internal Server Error"}}', Unknown()),
        (500, b'{"error":"x"}', Unknown()),
        (500, SENT, Unknown()),
        (502, b"bad gateway", Unknown()),
        (503, error(None), Unknown()),
        (503, error([190]), Unknown()),
        (200, b"[" * 100_000, Unknown()),
        (200, b"\xff", Unknown()),
    ],
    ids=lambda value: repr(value)[-50:],
)
def test_answer_is_read_by_metas_code(status: int, body: bytes, outcome: SendOutcome) -> None:
    """With a message id it was taken, with a code refused, whatever the status; anything else says nothing."""
    assert send((status, body)) == outcome


@settings(deadline=None)
@given(status=st.integers(100, 599), body=st.binary(max_size=60))
def test_answer_of_any_bytes_is_an_outcome(status: int, body: bytes) -> None:
    """No answer of a server raises, and none that names no message counts as taken."""
    assert isinstance(read_answer(status, body), Refused | Unknown)


POOL = urllib3.HTTPConnectionPool("graph")


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (NewConnectionError(POOL, "refused"), NotConnected()),  # type: ignore[arg-type]  # it only prints it
        (ConnectTimeoutError(POOL, "slow"), NotConnected()),
        (MaxRetryError(POOL, "/", NewConnectionError(POOL, "refused")), NotConnected()),  # type: ignore[arg-type]  # as above
        (MaxRetryError(POOL, "/", ReadTimeoutError(POOL, "/", "slow")), Unknown()),
        (SSLError(ssl.SSLCertVerificationError("expired")), NotConnected()),
        (SSLError(ssl.SSLError("broken off")), Unknown()),
        (ReadTimeoutError(POOL, "/", "slow"), Unknown()),
        (ProtocolError("dropped"), Unknown()),
        (HTTPError("anything"), Unknown()),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_failed_call_is_unknown_unless_nothing_left_us(failure: HTTPError, outcome: SendOutcome) -> None:
    """Only what failed before the first byte of the request is known not to have been sent."""
    assert send(failure) == outcome


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "টোকেন", "nul\0"])
def test_token_that_fits_no_header_stops_the_shop_like_a_bad_one(token: str) -> None:
    """Such a token never reaches the library, whose error would quote it; the outcome is that of a token refused by Meta."""
    assert send((200, SENT), token=token) == Refused(code=190, action=Action.STOP_TOKEN)


# --- the call, over real sockets ---


@contextmanager
def server(answer: bytes | None, *, connections: int = 1) -> Iterator[tuple[int, list[bytes]]]:
    """A server for so many connections: reads a request, sends `answer`, hangs up; with None it says nothing until it is closed."""
    seen: list[bytes] = []
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(connections):
                connection, _ = listening.accept()
                with connection:
                    seen.append(connection.recv(65_536))
                    if answer is None:
                        done.wait(5)
                    else:
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1], seen
        finally:
            done.set()
            thread.join(5)


def call(port: int, host: str = "127.0.0.1", scheme: str = "http") -> SendOutcome:
    """One call over the network."""
    timeout = urllib3.Timeout(connect=1, read=0.2)
    with urllib3.PoolManager() as pool:
        return Graph(pool=pool, base_url=f"{scheme}://{host}:{port}", version="v25.0", timeout=timeout).send(
            SHOP, Secret(TOKEN), BODY
        )


def test_refused_connection_sent_nothing() -> None:
    """Where nobody listens the message can't have been sent."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert call(port) == NotConnected()


def test_unknown_host_sent_nothing() -> None:
    """Where the name leads nowhere the message can't have been sent."""
    assert call(9, host="graph.invalid") == NotConnected()


def test_silent_server_leaves_the_outcome_unknown() -> None:
    """A request that got no answer in time may have been taken."""
    with server(None) as (port, seen):
        assert call(port) == Unknown()
    assert seen[0].startswith(f"POST /v25.0/{SHOP}/messages".encode())


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"nonsense\r\n\r\n"])
def test_dropped_connection_leaves_the_outcome_unknown(answer: bytes) -> None:
    """A server that hangs up before, or in the middle of, its answer may have taken the message."""
    with server(answer) as (port, _):
        assert call(port) == Unknown()


def test_redirect_is_not_followed() -> None:
    """The token goes to no other place than the one we asked."""
    with server(b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as (port, seen):
        assert call(port) == Unknown()
    assert len(seen) == 1


def test_answer_over_the_network_is_read() -> None:
    """The whole way, once."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(SENT)}\r\n\r\n".encode()
    with server(head + SENT) as (port, seen):
        assert call(port) == Accepted(provider_id=ProviderId("wamid.X"))
    assert f"authorization: bearer {TOKEN}".lower() in seen[0].decode().lower()


def test_token_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """With everything logged that the library can log, the token is not there."""
    caplog.set_level("DEBUG")
    with server(b"") as (port, _):
        call(port)
    call(9, host="graph.invalid")
    assert "graph.invalid" in caplog.text
    assert TOKEN not in caplog.text


# --- the codes ---

DOCUMENTED = {
    Action.RETRY: [1, 2, 131000, 131016, 133004, 135000],
    Action.SLOW_NUMBER: [4, 80007, 130429],
    Action.WAIT_PAIR: [131056],
    Action.RETRY_MINUTES: [131057],
    Action.RETRY_ONCE: [131052, 131053],
    Action.STOP_TOKEN: [0, 3, 10, 190, *range(200, 300)],
    Action.STOP_SPAM: [131048, 131064],
    Action.STOP_POLICY: [368, 131031, 130497],
    Action.STOP_BILLING: [131042],
    Action.UNDELIVERABLE: [131026],
    Action.PLAINER: [33, 100, 131005, 131008, 131009, 131051],
    Action.GIVE_UP: [
        *(130472, 131030, 131047, 131049, 131050, 133010),
        *(132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018),
    ],
}


def test_each_documented_code_has_its_action() -> None:
    """The table is whole: every action has its codes, and no code stands there that is not documented."""
    assert {code: action for action, codes in DOCUMENTED.items() for code in codes} == ACTIONS
    assert set(DOCUMENTED) == set(Action)


@pytest.mark.parametrize("code", [-1, 5, 199, 300, 400, 131001, 999999])
def test_unlisted_code_is_tried_again(code: int) -> None:
    """A refusal was not sent: trying again can't double it, and the window ends it."""
    assert action_for(code) is Action.RETRY
    assert Graph(pool=Pool((200, b"")), base_url="", version="", timeout=SECOND).action(code) is Action.RETRY
