"""Ways through the API: a shop's people and an operator do something, and begin again where they were hindered.

Each way is one request after the other, every one under its own Idempotency-Key or such that it may be sent again. Where the API
can't do one, they stop there; when the hindrance is gone they send all of it again, and what is there then must be there once.
"""

import requests

from infra.local.market import SWEETS
from tests.conform.caller import OPERATOR, Caller, Hindered, begun_again
from tests.conform.ways import Way
from tests.conform.ways_files import WAYS_FILED
from tests.conform.ways_payments import WAYS_PAID
from tests.conform.ways_verification import WAYS_VERIFIED
from tests.stack.business.operating import NEW_SHOP, asked

UNKNOWN = "elephants?"
NOBODYS = "01KDVDNA00ZZZZZZZZZZZZZZZZ"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
PRICE = {"minor": 2_000, "currency": "INR"}
PROFILE = {"name": "Mishti Bhandar", "language": "bn", "listed": True, "category": "sweets", "place": "Kolkata"}


@begun_again
def found(it: Caller) -> bool:
    """A shop tells of itself, is found by anyone, and stands in WhatsApp's own profile, which Meta takes at the second try."""
    it.deployed.graph.faults.clear()  # where none came to it
    if it.once("busy"):
        it.deployed.graph.faults.error(4, number=SWEETS.phone_number_id, edge="whatsapp_business_profile")
    about = f"sweets, every day ({it.turn})"
    it.changes("business-profile", PROFILE | {"handle": f"mishti-{it.turn}", "about": about})
    listed = it.does("GET", "/v1/directory?place=Kolkata&word=mishti", as_=None)["items"]
    shown = it.does("GET", f"/v1/directory/mishti-{it.turn}", as_=None)
    it.deployed.drain()
    there = it.deployed.graph.profiles.get(SWEETS.phone_number_id, {})
    return len(listed) == 1 and shown["name"] == PROFILE["name"] and there.get("about") == about


@begun_again
def goods(it: Caller) -> bool:
    """A shelf with a product that is changed, and one that is taken away again."""
    name, shelf = f"Sandesh {it.turn}", it.does("POST", "collections", {"name": f"shelf {it.turn}"})
    said = {"name": name, "unit": "piece", "price": PRICE, "collections": [shelf["id"]]}
    made = it.does("POST", "products", said | {"sku": f"A{it.turn}"})
    it.changes(f"products/{made['id']}", said | {"sku": f"B{it.turn}"})
    other = it.does("POST", "products", said | {"name": "Bonde"}, key=f"{it.turn}-other")
    it.changes(f"products/{other['id']}", None, "DELETE")
    there = it.does("GET", f"products?collection={shelf['id']}")["items"]
    return [(one["name"], one["sku"]) for one in there] == [(name, f"B{it.turn}")]


@begun_again
def pictured(it: Caller) -> bool:
    """A picture is uploaded, looked at, shown, and taken away again."""
    made = it.does("POST", "products", {"name": f"Doi {it.turn}", "unit": "kg", "price": PRICE})
    path = f"products/{made['id']}/pictures"
    offer = it.does("POST", path, {"type": "image/png"})
    form = offer["upload"]
    sent = requests.post(form["url"], form["fields"], files={"file": PNG}, timeout=5)
    if sent.status_code == 403:  # who signed the form may not do it
        raise Hindered(form["url"])
    assert sent.status_code == 204, sent.text
    picture = f"{path}/{offer['picture_id']}"
    nothing = it.call("PUT", f"{path}/{NOBODYS}")  # S3 says so to those alone who may list
    if nothing.status >= 500:
        raise Hindered(path)
    it.does("PUT", picture)
    (listed,) = it.does("GET", path)["items"]
    seen = requests.get(listed["url"], timeout=5)
    if seen.status_code == 403:
        raise Hindered(listed["url"])
    it.does("DELETE", picture, gone=True)
    return seen.content == PNG and it.does("GET", path)["items"] == []


@begun_again
def inbox(it: Caller) -> bool:
    """A person reads, answers, takes a conversation over and back, blocks and unblocks, and teaches the bot."""
    it.writes(UNKNOWN)
    there = it.known("conversations")
    chat = f"conversations/{there['id']}"
    it.does("POST", f"{chat}/messages", {"text": f"We do ({it.turn})"})
    it.does("POST", f"{chat}/takeover", {"minutes": 5})
    it.does("POST", f"{chat}/release")
    it.does("POST", "blocked-customers", {"customer_id": there["customer_id"]})
    it.does("DELETE", f"blocked-customers/{there['customer_id']}", gone=True)
    it.deployed.drain()
    lines = it.does("GET", f"{chat}/messages")["items"]
    return [line["author"] for line in lines].count("staff") == 1


@begun_again
def ordered(it: Caller) -> bool:
    """A customer looks at what there is, orders by a cart, asks for the order, and the shop takes it on; stock is taken once."""
    goods = {"name": f"Sandesh {it.turn}", "unit": "piece", "price": PRICE, "stock": 3}
    made = it.does("POST", "products", goods, key=f"{it.turn}-sold")
    it.writes("menu")
    it.sends_cart(made["id"])
    it.writes("my order?")
    orders = [one for one in it.does("GET", "orders?limit=100")["items"] if one["lines"][0]["product_id"] == made["id"]]
    if not orders:
        raise Hindered("the cart is not an order yet")
    it.does("POST", f"orders/{orders[0]['id']}/transitions", {"action": "accept"})
    it.deployed.drain()
    return len(orders) == 1 and it.does("GET", f"products/{made['id']}")["stock"] == 2


@begun_again
def taken_back(it: Caller) -> bool:
    """A customer orders, and takes the order back by a tap; the stock is whole again."""
    goods = {"name": f"Bonde {it.turn}", "unit": "piece", "price": PRICE, "stock": 3}
    made = it.does("POST", "products", goods, key=f"{it.turn}-sold")
    it.writes("hours")
    it.sends_cart(made["id"])
    orders = [one for one in it.does("GET", "orders?limit=100")["items"] if one["lines"][0]["product_id"] == made["id"]]
    if not orders:
        raise Hindered("the cart is not an order yet")
    it.taps(f"Cancel {orders[0]['number']}")
    state = it.does("GET", f"orders/{orders[0]['id']}")["state"]
    return (state, it.does("GET", f"products/{made['id']}")["stock"]) == ("cancelled", 3)


@begun_again
def forgotten(it: Caller) -> bool:
    """A customer who has ordered is erased, everywhere, and so is what was being written down meanwhile."""
    made = it.does("POST", "products", {"name": f"Doi {it.turn}", "unit": "kg", "price": PRICE}, key=f"{it.turn}-sold")
    it.sends_cart(made["id"])
    if not it.chat:
        it.chat = it.known("conversations")
    thread, path = {"S": f"THREAD#{it.chat['id']}"}, f"customers/{it.chat['customer_id']}"
    late = [row for row in it.deployed.items("conversation") if row.get("view_pk") == thread][:1]
    it.does("GET", path, gone=True)
    it.does("DELETE", path)
    for row in late:
        it.deployed.put("conversation", row | {"pk": {"S": f"MESSAGE#{it.turn:032x}"}, "view_sk": {"S": "late"}})
    it.deployed.run_for(120)
    said = it.does("GET", "erasures?limit=100")["items"]
    (state,) = (one["state"] for one in said if one["customer_id"] == it.chat["customer_id"])
    orders = [one for one in it.does("GET", "orders?limit=100")["items"] if one["lines"][0]["product_id"] == made["id"]]
    left = [row for row in it.deployed.items("conversation") if row.get("view_pk") == thread]
    return (state, [one["customer_id"] for one in orders], left) == ("erased", [None], [])


@begun_again
def told(it: Caller) -> bool:
    """The shop's own system hears of a question, at its second try, under one id, and is then told no more."""
    path = f"/turn-{it.turn}"
    if it.once("broken"):
        statuses = [500]
        it.deployed.listener.answer = lambda _: statuses.pop() if statuses else 204
    made = it.does("POST", "notice-endpoints", {"url": it.deployed.listener.url + path})
    it.writes(UNKNOWN)
    it.deployed.run_for(30)
    endpoint = f"notice-endpoints/{made['endpoint']['id']}"
    log = it.does("GET", f"{endpoint}/deliveries", gone=True)
    heard = {one.id for one in it.deployed.listener.heard if one.path == path}
    if "items" in log and [one["state"] for one in log["items"]] != ["delivered"]:
        raise Hindered("not told yet")
    it.does("DELETE", endpoint, gone=True)
    return len(heard) == 1


@begun_again
def told_in_the_chat(it: Caller) -> bool:
    """One of the shop's people hears of a question in their own chat with the shop, once, and is then told no more."""
    phone = f"9196{it.turn:08d}"
    staff = it.deployed.graph.customer(phone=phone, name=f"staff {it.turn}")
    if it.once("hello"):
        staff.writes(SWEETS.phone_number_id, "hours")
        it.deployed.drain()
    person = {"phone": f"+{phone}", "name": "Anita", "language": "en", "told": ["question.unanswered"]}
    made = it.does("POST", "staff-numbers", person)
    it.deployed.run_for(61)  # a process keeps what it knows of a shop for a minute
    it.writes(UNKNOWN)
    heard = it.heard(staff)
    if len(heard) == 1:
        raise Hindered("not told yet")
    it.does("DELETE", f"staff-numbers/{made['id']}", gone=True)
    return len(heard) == 2


@begun_again
def looked_after(it: Caller) -> bool:
    """An operator sees how many wait in each queue."""
    queues = it.operates("GET", "health")["queues"]
    return len(queues) == len(it.deployed.deployment.queues) and all(one["waiting"] is not None for one in queues)


@begun_again
def operated(it: Caller) -> bool:
    """An operator opens a shop, changes it, gives it a number and takes that away, and makes tokens that are revoked."""
    made = it.operates("POST", "merchants", NEW_SHOP | {"handle": f"boighar-{it.turn}"})
    shop, number = f"merchants/{made['id']}", it.deployed.graph.add(f"1{it.turn:014d}")
    change = {name: value for name, value in NEW_SHOP.items() if name not in ("country", "currency")}
    it.changes(f"/v1/operator/{shop}", change | {"handle": f"library-{it.turn}"}, **OPERATOR)
    it.operates("POST", f"{shop}/tokens", {"name": "Anita"})
    token = it.operates("POST", "tokens", {"name": f"operator {it.turn}"})["token"]
    it.operates("DELETE", f"tokens/{token['id']}", gone=True)
    it.operates("POST", f"{shop}/channels", asked(number))
    it.operates("GET", f"{shop}/channels")
    it.operates("DELETE", f"{shop}/channels/{number.phone_number_id}", gone=True)
    it.operates("POST", f"{shop}/close")
    listed = it.operates("GET", "merchants?limit=100")["items"]
    handles = [one["handle"] for one in listed if one["id"] == made["id"]]
    return handles == [f"library-{it.turn}"] and it.operates("GET", f"{shop}/channels")["items"] == []


# A shop's money before its orders: those ask the payment functions for something too, and would show less of it.
WAYS_HTTP: tuple[Way, ...] = (
    *(found, goods, pictured, inbox),
    *WAYS_PAID,
    *WAYS_FILED,
    *WAYS_VERIFIED,
    *(ordered, taken_back, forgotten, told, told_in_the_chat, looked_after, operated),
)
