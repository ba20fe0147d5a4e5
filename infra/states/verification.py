"""Every state of a request to be verified and of a badge, and every kind of fact: what the rules make of each pair."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from haat.kernel.errors import HaatError
from haat.kernel.ids import OperatorId, RequestId
from haat.kernel.time import DAY, Instant, later
from haat.verification.model.badge import Complaint
from haat.verification.model.dossier import Change, Dossier
from haat.verification.model.request import Approval, CheckKind, CheckState, RequestState
from haat.verification.rules import badges, deciding, filing, machine, timing
from infra.states.told import lines
from infra.states.verified import (
    BADGE,
    BANK,
    BASIS,
    FIELDS,
    NOW,
    OUT,
    PAPER,
    REQUEST,
    SHOP,
    T0,
    Play,
    Situation,
    at,
    badge_situations,
    decide,
    situations,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is heard, whatever the state is. `now`: where it happens at a time of its own."""

    name: str
    play: Play
    now: Instant = Instant(0)


def _found(kind: CheckKind, state: CheckState, round: int = 1) -> Play:
    def play(before: Dossier, now: Instant) -> Change:
        return machine.found(before, REQUEST, round, kind, (state, "word"), now)

    return play


def _last(state: CheckState) -> Play:
    """The last check that was still out comes to something, where one is out."""

    def play(before: Dossier, now: Instant) -> Change:
        dossier = before
        if before.request is not None and before.request.state == "checking":
            for kind in OUT[1:]:
                dossier = machine.found(dossier, REQUEST, 1, kind, ("passed", ""), now).after
        return machine.found(dossier, REQUEST, 1, "gstin", (state, "word"), now)

    return play


def facts() -> dict[str, list[Fact]]:
    """By who brings them."""
    other = RequestId("ANOTHER")
    renamed = replace(NOW, name="Another Name")
    return {
        "The shop": [
            Fact(name="it begins another request", play=lambda d, now: machine.begin(d, other, "site", "owner", now)),
            Fact(name="it gives other evidence", play=lambda d, now: machine.give(d, REQUEST, dict.fromkeys(FIELDS, "…"), "owner", now)),
            Fact(name="it announces a document", play=lambda d, now: filing.announce(d, REQUEST, PAPER, "owner", now)),
            Fact(name="it sends the request", play=lambda d, now: machine.send(d, REQUEST, BASIS, NOW, "owner", now)),
            Fact(name="it withdraws it", play=lambda d, now: machine.withdraw(d, REQUEST, "owner", now)),
            Fact(name="it appeals", play=lambda d, now: machine.appeal(d, REQUEST, "…", "owner", now)),
            Fact(name="it erases the evidence", play=lambda d, now: machine.erase(d, REQUEST, "shop", now, "owner")),
        ],
        "The checks": [
            Fact(name="one passes, others are still out", play=_found("website", "passed")),
            Fact(name="the last one passes", play=_last("passed")),
            Fact(name="the last one fails", play=_last("failed")),
            Fact(name="the last one can't be made now", play=_last("unreachable")),
            Fact(name="an answer of an earlier round", play=_found("pan", "failed", round=0)),
        ],
        "A reviewer": [
            Fact(name="approves", play=decide("approve")),
            Fact(name="approves, and said yes before", play=decide("approve", "BIMAL")),
            Fact(name="refuses", play=decide("refuse")),
            Fact(name="asks for more", play=decide("ask_more")),
            Fact(name="is of that shop, whatever they say", play=decide("approve", "CHITRA", (SHOP,))),
            Fact(
                name="approves, while another shop was verified under a name like it",
                play=lambda d, now: deciding.names_seen(d, REQUEST, [replace(BANK, protected=False)], now),
            ),
        ],
        "The world and the clock": [
            Fact(name="the shop has another name, owner, number or UPI address", play=lambda d, now: machine.shop_seen(d, renamed, now)),
            Fact(name="an hour later", play=machine.tick, now=at(70)),
            Fact(name="ninety-one days later", play=machine.tick, now=Instant(T0 + 91 * DAY)),
        ],
    }  # fmt: skip


def badge_facts() -> dict[str, list[Fact]]:
    """What a badge hears."""
    end = later(T0, timing.YEAR_MS)

    def shop(**changes: object) -> Play:
        return lambda d, now: badges.matched(d, replace(NOW, **changes), now)  # type: ignore[arg-type]  # fields of a shop

    return {
        "A badge": [
            Fact(name="it is signed", play=lambda d, now: badges.signed(d, BADGE, "jws", "key", "issuer", now)),
            Fact(name="it is signed with another key", play=lambda d, now: badges.signed(d, BADGE, "jws", "other", "issuer", now)),
            Fact(name="the shop has another name", play=shop(name="Another Name")),
            Fact(name="the shop has another owner", play=shop(legal_name="Another")),
            Fact(name="its number is not the shop's any more", play=shop(numbers={})),
            Fact(name="the shop has one more number", play=shop(numbers={**NOW.numbers, ("whatsapp", "2"): "+91 98300 00002"})),
            Fact(name="the shop is closed or blocked", play=shop(open=False)),
            Fact(
                name="somebody complains for the first time",
                play=lambda d, now: badges.complained(d, Complaint(id="C", of="C", at=now), OperatorId("O"), now),
            ),
            Fact(name="three people have complained within thirty days", play=_complained),
            Fact(name="a reviewer lets it stand", play=lambda d, now: badges.restore(d, BADGE, NOW, OperatorId("R"), "…", now)),
            Fact(name="a reviewer takes it away", play=lambda d, now: badges.revoke(d, BADGE, OperatorId("R"), "…", now)),
            Fact(name="thirty days before its end", play=badges.ticked, now=Instant(end - 30 * DAY)),
            Fact(name="at its end", play=badges.ticked, now=end),
        ],
    }  # fmt: skip


def _complained(before: Dossier, now: Instant) -> Change:
    dossier = before
    for n in "78":
        dossier = badges.complained(dossier, Complaint(id=n, of=n, at=now), OperatorId("O"), now).after
    return badges.complained(dossier, Complaint(id="9", of="9", at=now), OperatorId("O"), now)


def _says(before: Dossier, fact: Fact, now: Instant) -> str:
    try:
        change = fact.play(before, now)
    except HaatError as refusal:
        return f"refused: `{refusal.word or type(refusal).__name__.lower()}`"
    return "; ".join(_follows(before, change)) or "nothing"


def _follows(before: Dossier, change: Change) -> Iterator[str]:
    was, now = before.request, change.after.request
    if now is not None and was is not None and now.id != was.id:
        yield "**open**, and the old one is kept apart"
    elif now is not None and was is not None:
        yield from _moved(was.state, now.state)
        if now.approvals != was.approvals:
            yield _yes(now.approvals)
    badge, old = change.after.badge, before.badge
    if badge is not None and (old is None or badge.id != old.id):
        yield f"a badge: {badge.level}"
    elif badge is not None and old is not None and badge.state != old.state:
        yield f"**{badge.state}**" + (f" (`{badge.reason}`)" if badge.reason else "")
    yield from (f"told: the shop (`{news.kind}`)" for news in change.news)
    words = {
        "check": "what is late is looked at again", "sign": "it is signed next", "list": "its status list is signed anew",
        "document": "the document is looked at", "drop": "the file is deleted", "forget": "evidence and documents are deleted",
    }  # fmt: skip
    nexts = list(dict.fromkeys(one.what for one in change.next))
    first = bool(change.entries) and change.entries[0].what == "sent"
    yield from ("the checks begin" if one == "check" and first else words[one] for one in nexts)
    if change.entries and change.entries[0].what in (
        "given",
        "document_announced",
        "checked",
        "signed",
        "complained",
        "likeness_found",
    ):
        yield "written down"


def _moved(was: RequestState, now: RequestState) -> Iterator[str]:
    if was != now:
        yield f"**{now}**"


def _yes(approvals: tuple[Approval, ...]) -> str:
    return f"{len(approvals)} yes" if approvals else "a yes that was given counts no more"


def _cells(found: list[Situation], by: dict[str, list[Fact]]) -> Iterator[str]:
    for group, ones in by.items():
        cells = {fact.name: {one.name: _says(one.dossier, fact, fact.now or at(10)) for one in found} for fact in ones}
        yield from ("", f"### {group}", "", *lines(cells, len(found)))


def table() -> str:
    """Both tables in Markdown."""
    head = ["", "| state of a request | it means |", "| --- | --- |"]
    head += [f"| {one.name} | {one.means} |" for one in situations()]
    head += ["", "| state of a badge | it means |", "| --- | --- |"]
    head += [f"| {one.name} | {one.means} |" for one in badge_situations()]
    rows = [*_cells(situations(), facts()), *_cells(badge_situations(), badge_facts())]
    return "\n".join([*head, *rows, "", ""])
