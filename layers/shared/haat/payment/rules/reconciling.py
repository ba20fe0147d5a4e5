"""What is due at a request now. It is only marked: the calls are made by the one function that may."""

from dataclasses import replace

from haat.facts.payments import BankWanted, outbox_row
from haat.kernel.time import Instant
from haat.payment.model.outbox import Row
from haat.payment.model.payment import Change, Payment
from haat.payment.rules import asking, machine, polling, refunds


def look(before: Payment, now: Instant) -> tuple[Change, list[Row]]:
    """Let a request's time be over, and count the calls that its bank is to get now -> the change, and these calls."""
    change = machine.expire(before, now)
    request = polling.unheard(change.after.request, now)
    wanted: list[BankWanted] = []
    if request.pull_at and request.pull_at <= now:
        if request.state == "CREATED":
            request = asking.told_again(request, now)
            wanted.append(BankWanted(what="create", tr=request.tr, number=request.creates))
        else:
            request = polling.made(request, now)
            wanted.append(BankWanted(what="pull", tr=request.tr, number=len(request.pulls)))
    if request != before.request:
        request = replace(request, version=before.request.version + 1)
    after, asked = refunds.due(replace(change.after, request=request), now)
    wanted += [BankWanted(what="pull_refund", tr=request.tr, number=r.calls, refund=r.id) for r in asked]
    rows = [Row(name=f"{one.what}#{one.refund}#{one.number}", row=outbox_row(one)) for one in wanted]
    return replace(change, after=after), rows
