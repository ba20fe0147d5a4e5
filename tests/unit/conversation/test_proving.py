"""Whether a shop's number is its own, as the channel says: asked once for each question, told once, never guessed."""

import json
from dataclasses import replace

import pytest
import urllib3

from haat.conversation.channels.graph_proving import GraphProving, read_answer
from haat.conversation.memory import MemoryLines
from haat.conversation.memory.proving import MemoryProofs, MemoryProver
from haat.conversation.ports import Line
from haat.conversation.ports.proving import Proof
from haat.conversation.service.proving import LONGEST_MS, PATIENCE_MS, SHORTEST_MS, Proving
from haat.facts.profiles import NumberWanted
from haat.facts.verification import NumberSeen
from haat.kernel.ids import RequestId
from haat.kernel.secret import Secret
from haat.kernel.time import MINUTE, later
from haat.verification.rules.timing import ANSWER_MS
from tests.invented import ADDRESS, CHANNEL, MERCHANT, NOW, OTHER_CHANNEL, PAGE_CHANNEL

WANTED = NumberWanted(
    merchant=MERCHANT,
    request=RequestId("01KDVDNA00REQ000000000001A"),
    round=1,
    channel=CHANNEL.kind,
    address=CHANNEL.address,
    occurred_at=NOW,
)
BUSY = Proof(outcome="unknown", word="code_131000", later=True)


class Room:
    """The service on memory, with the shop's number and one of another."""

    def __init__(self) -> None:
        self.proofs, self.prover = MemoryProofs(), MemoryProver()
        lines = {
            (c.kind, c.address): Line(channel=c, token=Secret("t")) for c in (CHANNEL, OTHER_CHANNEL, PAGE_CHANNEL)
        }
        self.proving = Proving(proofs=self.proofs, lines=MemoryLines(lines), prover=self.prover)

    def told(self) -> list[tuple[str, str]]:
        """What `verification` hears: outcome and word."""
        return [(seen.outcome, seen.word) for seen in self.proofs.told]


@pytest.fixture
def room() -> Room:
    """Return a room."""
    return Room()


def test_answer_names_the_question(room: Room) -> None:
    """Its request, its round and the number, and when it was given."""
    at = later(NOW, MINUTE)
    assert room.proving.take(WANTED, at).word == "number_verified"
    assert room.proofs.told == [
        NumberSeen(
            merchant=MERCHANT, request=WANTED.request, round=1, channel="whatsapp", address=ADDRESS,
            outcome="verified", word="VERIFIED", occurred_at=at,
        )
    ]  # fmt: skip


def test_same_question_again_is_not_asked_and_the_next_one_is(room: Room) -> None:
    """A record that comes twice finds it answered; what is asked anew has another time or round."""
    room.proving.take(WANTED, NOW)
    assert room.proving.take(WANTED, NOW).word == "number_seen_before"
    assert (len(room.prover.asked), len(room.proofs.told)) == (1, 1)
    room.proving.take(replace(WANTED, occurred_at=later(NOW, 1)), NOW)
    room.proving.take(replace(WANTED, round=2), NOW)
    assert (len(room.prover.asked), len(room.proofs.told)) == (3, 3)


@pytest.mark.parametrize(
    ("channel", "word"),
    [(OTHER_CHANNEL, "not_connected"), (replace(CHANNEL, address="1"), "not_connected"), (PAGE_CHANNEL, "no_number")],
    ids=["another's", "nobody's", "a page"],
)
def test_nothing_is_asked_about_what_is_not_the_shops(room: Room, channel: object, word: str) -> None:
    """Another's token would speak for this shop; a page has no number."""
    assert isinstance(channel, type(CHANNEL))
    turn = room.proving.take(replace(WANTED, channel=channel.kind, address=channel.address), NOW)
    assert (turn.word, turn.wait_ms, room.told()) == ("number_refused", 0, [("refused", word)])
    assert room.prover.asked == []


def test_trouble_is_waited_out_and_then_said(room: Room) -> None:
    """Ever longer, and no longer than until it is asked anew; then nobody knows, which is not that it failed."""
    room.prover.answer = lambda _: BUSY
    at, waits = NOW, []
    while (turn := room.proving.take(WANTED, at)).wait_ms:
        assert room.told() == []
        waits.append(turn.wait_ms)
        at = later(at, turn.wait_ms)
    assert (waits[0], max(waits), waits) == (SHORTEST_MS, LONGEST_MS, sorted(waits))
    assert PATIENCE_MS <= at - NOW <= ANSWER_MS
    assert (turn.word, room.told()) == ("number_unknown", [("unknown", "code_131000")])


def test_trouble_that_passes_is_forgotten(room: Room) -> None:
    """The next try has the answer."""
    room.prover.answer = lambda _: BUSY
    assert room.proving.take(WANTED, NOW).wait_ms
    room.prover.answer = lambda _: Proof(outcome="unverified", word="NOT_VERIFIED")
    assert room.proving.take(WANTED, NOW).word == "number_unverified"
    assert room.told() == [("unverified", "NOT_VERIFIED")]


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (200, {"id": ADDRESS, "code_verification_status": "VERIFIED"}, ("verified", "VERIFIED", False)),
        (200, {"id": ADDRESS, "code_verification_status": "NOT_VERIFIED"}, ("unverified", "NOT_VERIFIED", False)),
        (200, {"id": ADDRESS, "code_verification_status": "EXPIRED"}, ("unverified", "EXPIRED", False)),
        (200, {"id": ADDRESS, "code_verification_status": "PENDING"}, ("unknown", "PENDING", False)),
        (200, {"id": ADDRESS, "code_verification_status": "verified"}, ("unknown", "verified", False)),
        (200, {"id": ADDRESS, "code_verification_status": "X" * 900}, ("unknown", None, False)),
        (200, {"id": ADDRESS, "code_verification_status": True}, ("unknown", "", False)),
        (200, {"id": ADDRESS}, ("unknown", "", False)),
        (200, {"id": "1", "code_verification_status": "VERIFIED"}, ("unknown", "no_answer", True)),
        (200, [], ("unknown", "no_answer", True)),
        (500, {"id": ADDRESS, "code_verification_status": "VERIFIED"}, ("unknown", "no_answer", True)),
        (503, b"<html>", ("unknown", "no_answer", True)),
        (200, b"[" * 100_000, ("unknown", "no_answer", True)),
        (401, {"error": {"code": 190}}, ("refused", "bad_token", False)),
        (403, {"error": {"code": 200}}, ("refused", "no_permission", False)),
        (400, {"error": {"code": 10}}, ("refused", "no_permission", False)),
        (400, {"error": {"code": 100}}, ("refused", "not_there", False)),
        (404, {"error": {"code": 33}}, ("refused", "not_there", False)),
        (429, {"error": {"code": 4}}, ("unknown", "code_4", True)),
        (429, {"error": {"code": 80007}}, ("unknown", "code_80007", True)),
        (500, {"error": {"code": 1}}, ("unknown", "code_1", True)),
        (500, {"error": {"code": 987654}}, ("unknown", "code_987654", True)),
        (400, {"error": {"code": 131031}}, ("refused", "code_131031", False)),
    ],
)
def test_what_meta_says_is_read_by_its_words_and_codes(
    status: int, said: object, expected: tuple[str, str | None, bool]
) -> None:
    """Only VERIFIED is yes; a refusal that may pass is asked again, and no word that nobody knows is taken for one that somebody does."""
    outcome, word, again = expected
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    proof = read_answer(ADDRESS, status, raw)
    assert (proof.outcome, proof.later) == (outcome, again)
    assert proof.word == word if word is not None else len(proof.word) <= 40


def test_nobody_who_answers_is_no_answer() -> None:
    """A port at which nobody listens; and a token that no header can hold is sent nowhere."""
    timeout = urllib3.Timeout(connect=1, read=1)
    asks = GraphProving(pool=urllib3.PoolManager(), base_url="http://127.0.0.1:9", version="v25.0", timeout=timeout)
    assert asks.ask(Line(channel=CHANNEL, token=Secret("t"))) == Proof(outcome="unknown", word="no_answer", later=True)
    assert asks.ask(Line(channel=CHANNEL, token=Secret("t\n"))).word == "bad_token"
