"""Ways of what banks seal and what they write of a day: an account of such a bank, its file brought by an operator, a report that is fetched.

The rules are those of `ways_http.py`: in the end everything is sent again, and what is there must be there once.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import requests

from haat.payment.rules.reading import INDIA
from infra.local.market import SWEETS
from infra.local.payees import PAYEES, RAZORPAY, open_accounts
from tests.conform.caller import Caller, Hindered, begun_again
from tests.conform.ways import Way
from tests.conform.ways_payments import FIRST_LOOK_S, asks, link_of, pays

HDFC = next(payee for payee in PAYEES if payee.provider == "hdfc")
# When reports are asked for (template.yaml: Reports), by the clock of UTC; and how long before and after that it is waited.
REPORTS, AROUND_S = (4, 30), 45.0


@begun_again
def entrusted(it: Caller) -> bool:
    """A shop gives the key by which a bank's words are read, and closes that account again."""
    named = {"upi_address": f"mishti.{it.turn}@hdfcbank", "provider_merchant_id": f"HDFC{it.turn:012d}"}
    keys = {"merchant_key": f"{it.turn:032X}"}
    made = it.does("POST", "payee-accounts", {"provider": "hdfc", "name": "Mishti", "keys": keys} | named)
    it.does("DELETE", f"payee-accounts/{made['id']}")
    return cast("str", it.does("GET", f"payee-accounts/{made['id']}")["state"]) == "closed"


@begun_again
def sealed(it: Caller) -> bool:
    """A bank that seals all that it says is paid: it is asked, and its answer is opened and believed."""
    path = asks(it, HDFC.id)
    pays(it, link_of(it, path))
    it.deployed.run_for(FIRST_LOOK_S)
    money = it.does("GET", path)
    return (money["state"], len(money["receipts"])) == ("PAID", 1)


@begun_again
def filed(it: Caller) -> bool:
    """An operator brings the file of a bank's day, and it confirms what was paid; another file that nobody has posted is waited for."""
    path = asks(it, HDFC.id)
    pays(it, link_of(it, path))
    it.deployed.run_for(FIRST_LOOK_S)
    day, raw = it.chat.setdefault("file", _file_of_today(it))
    posted = _announced(it, day, "posted")
    form = posted["upload"]
    sent = requests.post(form["url"], form["fields"], files={"file": raw}, timeout=5)
    if sent.status_code == 403:  # who signed the form may not do it
        raise Hindered(form["url"])
    assert sent.status_code == 204, sent.text
    for file in (posted, _announced(it, day, "not posted")):
        it.operates("POST", f"settlement-files/{file['id']}/read")
    it.deployed.drain()
    read, waits = (
        it.operates("GET", f"settlement-files/{_announced(it, day, name)['id']}") for name in ("posted", "not posted")
    )
    lines = it.operates("GET", f"settlement-files/{read['id']}/lines")["items"]
    money, named = it.does("GET", path), path.rpartition("/")[2]
    mine = [line["meaning"] for line in lines if line["reference_id"] == named]
    return (
        (money["state"], [one["settled"] for one in money["receipts"]]) == ("PAID", [True])
        and (read["state"], read["questions"], len(mine)) == ("done", 0, 1)
        and (waits["state"], waits["reason"]) == ("waiting", "no_file")
    )


@begun_again
def reported(it: Caller) -> bool:
    """A gateway's report of the day before is asked for in the morning, by itself, and held against the books to its end."""
    open_accounts(it.deployed)
    now = datetime.fromtimestamp(it.deployed.clock.now(), UTC)
    morning = now.replace(hour=REPORTS[0], minute=REPORTS[1], second=0, microsecond=0)
    wait = (morning - now).total_seconds() - AROUND_S
    it.deployed.run_for(wait if wait > 0 else wait + timedelta(days=1).total_seconds())
    it.deployed.schedules_sleep = False
    it.deployed.run_for(2 * AROUND_S)
    it.deployed.schedules_sleep = True
    day = (_today(it) - timedelta(days=1)).isoformat()
    files = [
        (one["first_day"], one["state"])
        for one in it.operates("GET", "settlement-files?limit=100")["items"]
        if one["payee_account_id"] == RAZORPAY.id and one["source"] == "fetch"
    ]
    return files.count((day, "done")) == 1


@begun_again
def ticked(it: Caller) -> bool:
    """An operator takes an item of a bank's checklist back, and ticks it off once more: the bank is open again."""
    item = "banks/sbi/checklist/kit"
    it.operates("DELETE", item)
    it.operates("PUT", item, {"note": f"folder {it.turn}"})
    (bank,) = [one for one in it.operates("GET", "banks")["items"] if one["provider"] == "sbi"]
    return bool(bank["open"])


# The plainest first.
WAYS_FILED: tuple[Way, ...] = (entrusted, sealed, filed, reported, ticked)


def _announced(it: Caller, day: date, name: str) -> dict[str, Any]:
    """A file of the turn, as it was answered when it was announced; its form is signed anew each time."""
    body = {"payee_account_id": HDFC.id, "first_day": day.isoformat()}
    key = f"{it.turn}-{name}".replace(" ", "-")
    return cast("dict[str, Any]", it.operates("POST", "settlement-files", body, key=key))


def _file_of_today(it: Caller) -> tuple[date, bytes]:
    """What the bank writes of the day so far."""
    raw = it.deployed.bank.settlement_file(f"{HDFC.provider}:{HDFC.merchant_id}", _today(it))
    assert raw is not None, f"{HDFC.provider} of {SWEETS.merchant.name} has no file"
    return _today(it), raw


def _today(it: Caller) -> date:
    """The day in India."""
    return datetime.fromtimestamp(it.deployed.clock.now(), INDIA).date()
