"""What every bank's module can do."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from haat.payment.model.bank import Account, Asked, Call, Caps, Created, Failed, Keys, Named, NotFound, Rows
from haat.payment.model.evidence import Evidence, RefundEvidence, Said


class Bank(Protocol):
    """What every module of a bank can do, in the order in which it is written there."""

    @property
    def CAPS(self) -> Caps:  # noqa: N802  # a constant of the module
        """What the provider can do."""

    def create(self, account: Account, keys: Keys, asked: Asked) -> Call | None:
        """Write the call that makes a request known to the provider; None where a link is enough."""

    def read_create(self, account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> Created | Failed:
        """Read its answer. `keys` of whatever reads are those that decrypt, and no other."""

    def read_callback(
        self, account: Account, keys: Keys, headers: Mapping[str, str], raw: bytes, *, checked: bool = False
    ) -> Said:
        """Verify, then parse. A callback about another merchant's money is read too, and names that merchant.

        `checked`: the door, which alone holds what verifies, has done that before it kept these bytes.
        """

    def ack(self, said: Said) -> tuple[int, bytes]:
        """Answer a callback as the provider wants it: HTTP status and body."""

    def pull(self, account: Account, keys: Keys, asked: Asked) -> Call:
        """Ask how a request stands."""

    def read_pull(
        self, account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
    ) -> tuple[Evidence, ...] | NotFound | Failed:
        """Read its answer. It came over TLS for our credentials, so it is proof whatever CAPS say of callbacks."""

    def refund(self, account: Account, keys: Keys, asked: Asked) -> Call:
        """Give money of one receipt back: one refund id, and the same bytes, for ever."""

    def read_refund(
        self, account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
    ) -> RefundEvidence | Failed:
        """Read its answer. `refused` is sure for a first call only: after one without an answer, ask with `pull_refund`."""

    def pull_refund(self, account: Account, keys: Keys, asked: Asked) -> Call:
        """Ask how a refund stands."""

    def read_pull_refund(
        self, account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
    ) -> RefundEvidence | NotFound | Failed:
        """Read its answer. It is never `refused`: that a question can't be answered frees no sum."""

    def settlement(self, account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
        """Ask for what was settled on a day of the Indian calendar, past the first `skip` lines; None where a person brings a file."""

    def read_settlement(self, account: Account, raw: bytes) -> Rows:
        """Read a file, a report, or one page of it: by column name, never by position. A page without any line is the last.

        A line of another merchant is a bad one (other_merchant); a file that has not the columns is one bad row, of line 0.
        """

    def name_call(self, account: Account, keys: Keys, vpa: str) -> Call | None:
        """Ask whose a UPI address is; None where the provider tells no names (CAPS.tells_names)."""

    def read_name(self, account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
        """Read its answer. NotFound: it is nobody's. `refused`: the provider will not tell, whoever asks again."""
