"""A payment without the person: what tax law and a dispute want is kept, whose it was is not.

Sums, times, references and receipts stay. Who was asked, under which address, in which words, and the payer's address go.
"""

from dataclasses import replace

from haat.kernel.time import Instant
from haat.payment.model.payment import Change, Payment


def forgotten(before: Payment, now: Instant) -> Change:
    """Take the person out of it. What comes to it later is kept without them; nothing is told to them. Twice is once."""
    request = before.request
    bare = replace(request, customer="", channel="", address="", language="", note="", link="", picture="")
    bare = replace(bare, forgotten_at=request.forgotten_at or now)
    receipts = tuple(replace(receipt, payer_vpa="") for receipt in before.receipts)
    if (bare, receipts) == (request, before.receipts):
        return Change(after=before)
    return Change(after=replace(before, request=replace(bare, version=request.version + 1), receipts=receipts))
