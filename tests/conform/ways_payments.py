"""Ways of a shop's money: connected, asked for, paid at the simulated bank, told, given back, matched, looked for; begun again where hindered.

The rules are those of `ways_http.py`: in the end everything is sent again, and what is there must be there once. People who pay do
that once: what they have paid must be found, whatever was missing when it came.
"""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from infra.local.market import SWEETS
from infra.local.payees import RAZORPAY, SIMBANK, open_accounts
from infra.local.simulators.bank_page import links_in
from tests.conform.caller import Caller, Hindered, begun_again
from tests.conform.ways import LONG_S, Way

if TYPE_CHECKING:
    from infra.local.simulators.bank_world import BankPayment, PaymentWord

PRICE, PAISE = {"minor": 2_000, "currency": "INR"}, 2_000
HALF = {"minor": 1_000, "currency": "INR"}
FIRST_LOOK_S = 95.0  # a bank is asked 90 seconds after the request at the soonest
MINUTES = 300  # longer than whatever hinders somebody
# More of payment_bank_call's 60 s than it may have spent where it begins another record.
LONG_CALL_S = 50.0


@begun_again
def paid(it: Caller) -> bool:
    """A gateway makes a code, its signed callback proves the money, and half of that is given back once."""
    path = asks(it, RAZORPAY.id)
    it.deployed.drain()
    paid = pays(it, link_of(it, path))
    it.deployed.drain()
    money = it.does("GET", path)
    if [one["rrn"] for one in money["receipts"]] != [paid.rrn]:
        raise Hindered("the gateway was not heard yet")
    it.does("POST", f"{path}/refunds", {"rrn": paid.rrn, "amount": HALF})
    it.deployed.drain()
    money = it.does("GET", path)
    given = [one.amount for one in it.deployed.bank.world.refunds_of(paid.id)]
    listed = [one["reference_id"] for one in it.does("GET", "payment-requests?limit=100")["items"]]
    once = listed.count(path.rpartition("/")[2])
    return (once, money["state"], [one["state"] for one in money["refunds"]], given) == (1, "PAID", ["DONE"], [1_000])


@begun_again
def connected(it: Caller) -> bool:
    """A shop connects an account more. Re 1 arrives: a hint says so, the bank proves it; the account waits for an owner, and is closed again."""
    keys = {"callback_token": f"door-{it.turn}", "api_token": f"call-{it.turn}"}
    named = {"upi_address": f"mishti.{it.turn}@simbank", "provider_merchant_id": f"SIM{it.turn}"}
    made = it.does("POST", "payee-accounts", {"provider": "simbank", "name": "Mishti", "keys": keys} | named)
    path, merchant, vpa = f"payee-accounts/{made['id']}", named["provider_merchant_id"], named["upi_address"]
    it.deployed.bank.open_account("simbank", merchant_id=merchant, vpa=vpa, webhook=made["webhook_path"], keys=keys)
    test = it.does("POST", f"{path}/test-payments")
    pays(it, test["link"])
    it.deployed.run_for(FIRST_LOOK_S)
    seen = it.does("GET", path)
    if seen["state"] == "testing" and not seen["tested"]:
        raise Hindered("Re 1 has not arrived yet")
    it.does("DELETE", path)
    money = it.does("GET", f"payments/{test['reference_id']}")
    return (money["state"], len(money["receipts"]), it.does("GET", path)["state"]) == ("PAID", 1, "closed")


@begun_again
def sold(it: Caller) -> bool:
    """An order is accepted, its customer is asked in the chat, pays, and is told once; the order is paid."""
    order = ordered(it)
    it.does("POST", f"{order}/transitions", {"action": "accept"})
    it.deployed.drain()
    links = links_in([line.text for line in it.heard(it.customer)])
    if not links:
        raise Hindered("the customer was not asked yet")
    pays(it, links[0])
    it.deployed.run_for(FIRST_LOOK_S)
    said = [line.text for line in it.heard(it.customer)]
    asked = [at for at, text in enumerate(said) if "upi://" in text]
    state = it.does("GET", order)["payment"]["state"]
    return (state, len(asked), len(said) - asked[0]) == ("paid", 1, 2)


@begun_again
def matched(it: Caller) -> bool:
    """Money comes by the code on the counter, of no request; the shop finds it, and it pays an order."""
    order = ordered(it)
    code = it.does("GET", f"qr-codes/{RAZORPAY.id}")
    rrn = pays(it, code["link"], PAISE).rrn
    it.deployed.drain()
    listed = [one["rrn"] for one in it.does("GET", "unassigned-receipts?limit=100")["items"]]
    if rrn not in listed and "assigned" not in it.chat:
        raise Hindered("the gateway was not heard yet")
    body = {"account_id": RAZORPAY.id, "order_id": order.rpartition("/")[2]}
    it.does("POST", f"unassigned-receipts/{rrn}/assign", body)
    it.chat["assigned"] = True
    it.deployed.drain()
    left = [one["rrn"] for one in it.does("GET", "unassigned-receipts?limit=100")["items"]]
    return rrn not in left and it.does("GET", order)["payment"]["state"] == "paid"


@begun_again
def mispaid(it: Caller) -> bool:
    """Another sum comes than was asked for: an operator sees the request among those that somebody must look at."""
    path = asks(it, SIMBANK.id)
    pays(it, link_of(it, path), PAISE - 100)
    it.deployed.run_for(FIRST_LOOK_S)
    it.operates("GET", "orphans")
    seen = it.operates("GET", "payments?state=REVIEW&limit=100")["items"]
    return [one["reference_id"] for one in seen].count(path.rpartition("/")[2]) == 1


@begun_again
def undecided(it: Caller) -> bool:
    """A payment hangs at the bank for a while, and then it succeeds: nobody has to look at it any more."""
    path = asks(it, SIMBANK.id)
    hangs = pays(it, link_of(it, path), word="PENDING")
    it.deployed.run_for(FIRST_LOOK_S)
    if it.once("finished"):
        it.deployed.bank.finish(hangs.id, "SUCCESS")
    it.deployed.run_for(FIRST_LOOK_S)
    named = path.rpartition("/")[2]
    watched = it.operates("GET", "payments?state=PROCESSING&limit=100")["items"]
    seen = [one["reference_id"] for one in watched]
    return (it.does("GET", path)["state"], seen.count(named)) == ("PAID", 0)


@begun_again
def expired(it: Caller) -> bool:
    """Nobody pays, and the time is over: what tells so waits longer than a queue can delay it, and the schedule looks by itself."""
    path = asks(it, SIMBANK.id, minutes=20)
    it.deployed.run_for(20 * 60.0)
    it.deployed.schedules_sleep = False
    it.deployed.run_for(150.0)
    it.deployed.schedules_sleep = True
    return cast("str", it.does("GET", path)["state"]) == "EXPIRED"


@begun_again
def looked_out_of_time(it: Caller) -> bool:
    """The time of payment_reconciler runs out between two requests that are due: the second is looked at by its next call."""
    paths = [asks(it, SIMBANK.id, name=name) for name in ("first", "second")]
    for path in paths:
        pays(it, link_of(it, path))
    with it.deployed.faults.hold("payment_reconciler"):
        it.deployed.run_for(FIRST_LOOK_S)
        if it.once("slow"):
            it.deployed.engine.slow("dynamodb:PutItem", LONG_S)
    it.deployed.drain()
    return [it.does("GET", path)["state"] for path in paths] == ["PAID", "PAID"]


@begun_again
def crowded(it: Caller) -> bool:
    """The time of payment_bank_call and of payment_settlement runs out between two requests: the second is done by the next call."""
    with ExitStack() as held:
        held.enter_context(it.deployed.faults.hold("payment_bank_call"))
        paths = [asks(it, RAZORPAY.id, name=name) for name in ("first", "second")]
        it.deployed.drain()
        if it.once("slow"):
            it.deployed.engine.slow("dynamodb:PutItem", LONG_CALL_S)
    it.deployed.drain()
    links = [link_of(it, path) for path in paths]
    with it.deployed.faults.hold("payment_settlement"):
        for link in links:
            pays(it, link)
        it.deployed.drain()
        if it.once("slow again"):
            it.deployed.engine.slow("dynamodb:PutItem", LONG_S)
    it.deployed.drain()
    return [it.does("GET", path)["state"] for path in paths] == ["PAID", "PAID"]


# The plainest first.
WAYS_PAID: tuple[Way, ...] = (
    paid,
    connected,
    sold,
    matched,
    mispaid,
    undecided,
    expired,
    crowded,
    looked_out_of_time,
)


def asks(it: Caller, account: str, *, minutes: int = MINUTES, name: str = "only") -> str:
    """The sweet shop asks for money on an account of the stage; where all is seen that is known of it."""
    open_accounts(it.deployed)
    body: dict[str, Any] = {"amount": PRICE, "account_id": account, "expires_in_minutes": minutes}
    made = it.does("POST", "payment-requests", body, key=f"{it.turn}-asks-{name}")
    return f"payments/{made['reference_id']}"


def link_of(it: Caller, path: str) -> str:
    """What the payer's app opens. Raises Hindered where the bank has not made it yet."""
    link = it.does("GET", path)["link"]
    if link is None:
        raise Hindered("the bank was not asked for a code yet")
    return cast("str", link)


def pays(it: Caller, link: str, paise: int | None = None, word: "PaymentWord" = "SUCCESS") -> "BankPayment":
    """Somebody pays a link, the first time that it is asked of them."""
    made = it.chat.setdefault("paid", {})
    if link not in made:
        made[link] = it.deployed.bank.pay(link, amount=paise, word=word)
    return cast("BankPayment", made[link])


def ordered(it: Caller) -> str:
    """The turn's customer orders one piece; where the order is. Raises Hindered where it is not there yet."""
    open_accounts(it.deployed)
    goods = {"name": f"Rasmalai {it.turn}", "unit": "piece", "price": PRICE}
    made = it.does("POST", "products", goods, key=f"{it.turn}-goods")
    it.writes("hours")
    it.sends_cart(made["id"])
    orders = [one for one in it.does("GET", "orders?limit=100")["items"] if one["lines"][0]["product_id"] == made["id"]]
    if len(orders) != 1:
        raise Hindered(f"the cart is {len(orders)} orders at {SWEETS.merchant.name}")
    return f"orders/{orders[0]['id']}"
