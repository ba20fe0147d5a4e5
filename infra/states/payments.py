"""Every state of a request, and every kind of fact: what the rules make of each pair."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from haat.kernel.time import Instant
from haat.payment.model.payment import Change, Payment, Payout
from haat.payment.rules import machine, polling
from infra.states.situations import END, OTHER_AMOUNT, at, said, situations
from infra.states.told import follows, lines

Play = Callable[[Payment, Instant], Change]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happens to a request, whatever its state is. `now`: where it happens at a time of its own."""

    name: str
    play: Play
    now: Instant | None = None
    money: bool = False  # it is about money that the request knows: only in states that know some
    first: Callable[[Payment], Payment] | None = None  # what has happened to it before
    asked: bool = False  # it answers a question of ours: never in CREATED, when nobody can have paid


def _ends(before: Payment, now: Instant) -> Change:
    return machine.expire(before, now)


def facts() -> dict[str, list[Fact]]:
    """By who brings them."""
    late, over = at(16 * 60), at(21 * 60)
    hint = said("SUCCESS", trust="hint")
    known, spoiled = said("SUCCESS", rrn="KNOWN", when=at(200)), said("SUCCESS", rrn="KNOWN", amount=1, when=at(200))
    wrong = said("SUCCESS", rrn="KNOWN", amount=OTHER_AMOUNT, when=at(200))
    again = _as_it_was(known.amount, wrong.amount)
    return {
        "The shop, the customer, the clock": [
            Fact(name="the bank knows the request: the customer can pay", play=lambda p, _: machine.present(p)),
            Fact(name="the bank will not have the request", play=lambda p, _: machine.refused(p)),
            Fact(name="the shop takes it back", play=machine.cancel),
            Fact(name="the clock, before its end", play=_ends, now=at(14 * 60)),
            Fact(name="the clock, at its end", play=_ends, now=END),
        ],
        "Proof: a signed callback, or what the bank answers when we ask": [
            Fact(name="paid, the exact sum, in time", play=lambda p, now: machine.hear(p, said("SUCCESS"), now)),
            Fact(
                name="paid, the exact sum, after its end",
                play=lambda p, now: machine.hear(p, said("SUCCESS", when=late), now),
                now=over,
            ),
            Fact(
                name="paid, another sum",
                play=lambda p, now: machine.hear(p, said("SUCCESS", amount=OTHER_AMOUNT), now),
            ),
            Fact(
                name="paid, in another currency",
                play=lambda p, now: machine.hear(p, said("SUCCESS", currency="USD"), now),
            ),
            Fact(
                name="paid, to another payee",
                play=lambda p, now: machine.hear(p, said("SUCCESS", payee="other@bank"), now),
            ),
            Fact(name="the same money told again", play=again, money=True),
            Fact(
                name="the same money told again, with another sum",
                play=lambda p, now: machine.hear(p, spoiled, now),
                money=True,
            ),
            Fact(name="failed", play=lambda p, now: machine.hear(p, said("FAILED"), now)),
            Fact(name="failed, to another payee", play=lambda p, now: machine.hear(p, said("FAILED", payee="other@bank"), now)),
            Fact(name="pending or deemed", play=lambda p, now: machine.hear(p, said("PENDING"), now)),
            Fact(name="a word that nobody knows", play=lambda p, now: machine.hear(p, said("UNKNOWN"), now)),
            Fact(name="an event id that was heard before, with other content", play=machine.contradicted),
        ],
        "No proof: a hint": [
            Fact(name="a hint about money that is not known", play=lambda p, now: machine.hear(p, hint, now)),
            Fact(
                name="a hint about money that is known",
                play=lambda p, now: machine.hear(p, said("SUCCESS", rrn="KNOWN", trust="hint"), now),
                money=True,
            ),
        ],
        "We ask the bank, and it says nothing": [
            Fact(name="it knows of no payment, before the end", play=machine.nothing_known, asked=True),
            Fact(name="it knows of no payment, after the end", play=machine.nothing_known, now=over, asked=True),
            Fact(name="no answer, an error, an answer of no use", play=machine.no_answer, asked=True),
        ],
        "The bank's settlement file": [
            Fact(name="a row that names known money", play=_as_it_was(known.amount, wrong.amount, payout=Payout()), money=True),
            Fact(
                name="a row that names known money with another sum",
                play=lambda p, now: machine.hear(p, spoiled, now, payout=Payout()),
                money=True,
            ),
            Fact(
                name="a row with the exact sum that nobody has told of",
                play=lambda p, now: machine.hear(p, said("SUCCESS"), now, payout=Payout()),
            ),
            Fact(
                name="a row with another sum that nobody has told of",
                play=lambda p, now: machine.hear(p, said("SUCCESS", amount=OTHER_AMOUNT), now, payout=Payout()),
            ),
            Fact(name="files cover its time, and name no such money", play=_missing),
            Fact(
                name="a row that names known money, which was missing in an earlier file",
                play=_as_it_was(known.amount, wrong.amount, payout=Payout()),
                money=True,
                first=_before(_missing),
            ),
            Fact(name="a chargeback of known money", play=_charged_back(known.amount), money=True),
            Fact(
                name="the same chargeback once more",
                play=_charged_back(known.amount),
                money=True,
                first=_before(_charged_back(known.amount)),
            ),
            Fact(
                name="a chargeback of more of it than before",
                play=_charged_back(known.amount),
                money=True,
                first=_before(_charged_back(known.amount // 2)),
            ),
        ],
    }  # fmt: skip


def _missing(before: Payment, _: Instant) -> Change:
    return machine.missing(before, at(100_000))


def _charged_back(amount: int) -> Play:
    return lambda before, _: machine.charged_back(before, "KNOWN", "", amount)


def _before(play: Play) -> Callable[[Payment], Payment]:
    return lambda payment: play(payment, at(300)).after


def _as_it_was(exact: int, wrong: int, *, payout: Payout | None = None) -> Play:
    """The request's own money once more, of whichever sum it was."""

    def play(before: Payment, now: Instant) -> Change:
        amount = exact if any(receipt.amount == exact for receipt in before.receipts) else wrong
        return machine.hear(before, said("SUCCESS", rrn="KNOWN", amount=amount, when=at(200)), now, payout=payout)

    return play


def cells() -> dict[str, dict[str, dict[str, str]]]:
    """What follows, by group, fact and state: each pair once."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for group, ones in facts().items():
        found[group] = {}
        for fact in ones:
            by_state = found[group][fact.name] = {}
            for situation in situations():
                before, now = situation.payment, max(fact.now or situation.now, situation.now)
                if (fact.money and not before.receipts) or (fact.asked and before.request.state == "CREATED"):
                    continue
                if fact.first:
                    before = fact.first(before)
                if fact.asked:
                    before = replace(before, request=polling.made(before.request, now))
                by_state[situation.name] = follows(before, fact.play(before, now), now)
    return found


def table() -> str:
    """The table in Markdown."""
    head = ["", "| state | it means |", "| --- | --- |"]
    head += [f"| {one.name} | {one.means} |" for one in situations()]
    for group, by_fact in cells().items():
        head += ["", f"### {group}", "", *lines(by_fact, len(situations()))]
    return "\n".join([*head, "", ""])
