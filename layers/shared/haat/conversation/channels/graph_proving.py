"""Whether a shop has shown Meta that its number is its own: `GET /{phone-number-id}?fields=code_verification_status`.

Source: Graph API, WhatsApp Business Phone Number, field code_verification_status: VERIFIED, NOT_VERIFIED or EXPIRED, of the code that was sent to the
number by SMS or call. Meta says EXPIRED of numbers too that were verified long ago and send messages: whoever reads it sees the word.

One call, which subscribes to nothing and may be made again at any time. As in `graph.py` an answer is read by Meta's code, and the token stands
in one header only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError

from haat.conversation.channels.graph import BAD_TOKEN, action_for, fits_header
from haat.conversation.channels.graph_asking import LATER, UNKNOWN_THING, said_word
from haat.conversation.channels.wire import as_object, code
from haat.conversation.ports import Action, Line
from haat.conversation.ports.proving import Proof, ProofOutcome
from haat.conversation.rules.text import cut

WORDS: Final[Mapping[str, ProofOutcome]] = {
    "VERIFIED": "verified",
    "NOT_VERIFIED": "unverified",
    "EXPIRED": "unverified",
}
LONGEST_WORD: Final = 40
SILENT: Final = Proof(outcome="unknown", word="no_answer", later=True)
BAD: Final = Proof(outcome="refused", word="bad_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphProving:
    """Fills the port Prover for WhatsApp. `version` is one such as v25.0; `timeout` is for the call."""

    pool: urllib3.PoolManager
    base_url: str
    version: str
    timeout: urllib3.Timeout

    def ask(self, line: Line) -> Proof:
        """Never raises for what Meta or the network does."""
        if not fits_header(line.token):
            return BAD
        address = line.channel.address
        try:
            response = self.pool.request(
                "GET",
                f"{self.base_url.rstrip('/')}/{self.version}/{address}?fields=code_verification_status",
                headers={"Authorization": f"Bearer {line.token.reveal()}"},
                timeout=self.timeout,
                retries=False,
                redirect=False,
            )
        except HTTPError:
            return SILENT
        return read_answer(address, response.status, response.data or b"")


def read_answer(address: str, status: int, said: bytes) -> Proof:
    """What an answer of Meta's about the number with this id means."""
    try:
        answer = as_object(json.loads(said))
    except (ValueError, RecursionError):
        return SILENT
    refusal = code(as_object(answer.get("error")).get("code"))
    if refusal is not None:
        return _refused(refusal)
    if status != 200 or answer.get("id") != address:
        return SILENT
    word = said_word(answer, "code_verification_status")
    return Proof(outcome=WORDS.get(word, "unknown"), word=cut(word, LONGEST_WORD))


def _refused(refusal: int) -> Proof:
    action = action_for(refusal)
    if refusal == BAD_TOKEN:
        return BAD
    if action is Action.STOP_TOKEN:
        return Proof(outcome="refused", word="no_permission")
    if refusal in UNKNOWN_THING:
        return Proof(outcome="refused", word="not_there")
    if action in LATER:
        return Proof(outcome="unknown", word=f"code_{refusal}", later=True)
    return Proof(outcome="refused", word=f"code_{refusal}")
