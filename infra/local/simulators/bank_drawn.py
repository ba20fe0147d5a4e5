"""All that the payer's page draws, as JSON; keys are left out."""

from datetime import datetime, timedelta
from urllib.parse import quote

from infra.local.simulators import bank_entities as entities
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.bank_formats import FORMATS
from infra.local.simulators.bank_paying import read_link
from infra.local.simulators.bank_wire import rupees
from infra.local.simulators.bank_world import INDIA, BankAccount, BankPayment, BankWorld, Impossible
from infra.local.simulators.wire import Json

_SHOWN = 30  # payments and links of the page


def drawn(bank: BankSimulator, sent: list[str], tag: str) -> Json:
    """Return everything, or only the tag where that is the caller's. `sent` are links that customers got; the bank's lock is held."""
    world, today = bank.world, datetime.fromtimestamp(bank.now(), INDIA).date()
    links = list(dict.fromkeys([*_codes(bank), *sent]))
    now = f"{world.revision}.{bank.faults.changes}.{len(links)}.{bank.refunds}.{today}"
    if tag == now:
        return {"tag": now}
    paid = {one.reference for one in world.payments.values() if one.word == "SUCCESS"}
    days = (today, today - timedelta(days=1))
    return {
        "tag": now,
        "links": [line for link in reversed(links) if (line := _link(link, paid))][:_SHOWN],
        "payments": [_payment(one, world) for one in reversed(list(world.payments.values())[-_SHOWN:])],
        "faults": [
            {"id": id, "fault": one.kind, "left": one.times, "provider": one.provider, "edge": one.edge}
            for id, one in bank.faults.listed()
        ],
        "held": len(world.outbox.held),
        "later": len(world.later),
        "waiting": len(world.outbox.waiting),
        "refunds": bank.refunds,
        "providers": list(FORMATS),
        "accounts": [_account(one, [f"{day}" for day in days]) for one in world.accounts.values()],
    }


def _payment(one: BankPayment, world: BankWorld) -> Json:
    return {
        "id": one.id,
        "shop": world.accounts[one.account].name,
        "provider": one.account.partition(":")[0],
        "reference": one.reference,
        "amount": rupees(one.amount),
        "word": one.word,
        "rrn": one.rrn,
        "payer": one.payer,
        "refunds": [
            {"id": back.id, "amount": rupees(back.amount), "word": back.word} for back in world.refunds_of(one.id)
        ],
        "charged_back": rupees(world.charged_back(one.id)) if world.charged_back(one.id) else "",
    }


def _account(one: BankAccount, days: list[str]) -> Json:
    files = f"/bank/files/{one.provider}/{quote(one.merchant_id, safe='')}/"
    return {
        "id": one.id,
        "provider": one.provider,
        "name": one.name,
        "vpa": one.vpa,
        "webhook": one.webhook,
        "off": one.switched_off,
        "files": [{"day": day, "href": files + day} for day in days] if FORMATS[one.provider].file else [],
    }


def _codes(bank: BankSimulator) -> list[str]:
    """Links of the codes that are open; who asked for them need not have sent them to anybody."""
    world, now = bank.world, bank.now()
    return [
        entities.link(world.accounts[code.account], code)
        for code in world.codes.values()
        if code.status(now) == "active" and code.account in world.accounts
    ]


def _link(link: str, paid: set[str]) -> Json | None:
    try:
        says = read_link(link)
    except Impossible:
        return None
    tr = says.get("tr", "")
    return {"link": link, "name": says.get("pn", ""), "amount": says.get("am", ""), "reference": tr, "paid": tr in paid}
