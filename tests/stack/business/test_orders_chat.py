"""Orders as customers see them: WhatsApp in, WhatsApp out."""

from collections.abc import Callable

import pytest

from infra.local.faults import Point
from infra.local.market import HARDWARE, SWEETS
from infra.local.seed import seed
from tests.stack.business.conftest import EVERY, Api
from tests.stack.business.ordering import NUMBER, Stall

HOUR = 3600.0


@pytest.fixture
def stall(api: Api) -> Stall:
    """Return a shop that sells."""
    return Stall(api)


def test_cart_becomes_an_order_at_our_own_prices(stall: Stall) -> None:
    """The confirmation has number, items, tax and total at the shop's prices; a price that differed is told."""
    rina, sandesh = stall.customer(), stall.product("Sandesh", 2_000, tax_basis_points=500, stock=10)
    doi = stall.product("Mishti doi", 18_050, unit="kg", names={"bn": "মিষ্টি দই"})
    stall.says(rina, "hours")
    (said,) = stall.cart(rina, (sandesh, 3), (doi, 2), price=20.0, note="less sugar please")
    (order,) = stall.orders()
    assert said.split("\n") == [
        f"Thank you! Order {order['number']}",
        "Sandesh: 3 piece × ₹20 = ₹60",
        "Mishti doi: 2 kg × ₹180.50 = ₹361",
        "Tax ₹3",
        "Total ₹424, cash on delivery.",
        "Mishti doi now costs ₹180.50; the cart showed another price.",
        f"[Cancel {order['number']}]",
    ]
    assert (order["total"]["minor"], order["note"], order["payment"]) == (
        42_400,
        "less sugar please",
        {"state": "none", "reference_id": None},
    )
    assert [(step["by"], step["customer_told"]) for step in order["steps"]] == [("customer", True)]
    assert stall.stock(sandesh) == 7
    assert stall.stage.graph.sent()[-1].quoted is not None


@pytest.mark.parametrize(
    ("opening", "words"),
    [
        ("hours", "Thank you! Order"),
        ("কখন খোলা", "ধন্যবাদ! অর্ডার"),
        ("दुकान कब खुलती है", "धन्यवाद! ऑर्डर"),
    ],
)
def test_confirmation_is_in_the_language_of_the_customer(stall: Stall, opening: str, words: str) -> None:
    """A cart has no words: the language is that of the customer's last ones."""
    rina = stall.customer()
    stall.says(rina, opening)
    assert stall.cart(rina, (stall.product(), 1))[0].startswith(words)


def test_cart_names_products_by_the_shops_own_numbers_too(stall: Stall) -> None:
    """A catalogue at Meta may carry the shop's numbers instead of our ids."""
    stall.product(sku="SND-1")
    stall.customer().sends_cart(NUMBER, [("SND-1", 2)])
    stall.stage.drain()
    assert stall.orders()[0]["lines"][0]["quantity"] == 2


def test_too_little_stock_is_told_and_nothing_is_set_aside(stall: Stall) -> None:
    """Which product is short and how many there are; the others of the cart stay where they are."""
    rina, plenty, few, none = (
        stall.customer(),
        stall.product(stock=9),
        stall.product("Doi", stock=2),
        stall.product("Bonde", stock=0),
    )
    stall.says(rina, "hours")
    (said,) = stall.cart(rina, (plenty, 1), (few, 3), (none, 1))
    assert "– Doi: 2 left" in said
    assert "– Bonde: none left" in said
    assert "Sandesh" not in said
    assert (stall.orders(), stall.stock(plenty), stall.stock(few)) == ([], 9, 2)


def test_product_that_is_not_sold_is_told(stall: Stall) -> None:
    """Unknown, withdrawn from sale, or a quantity that is none: no order."""
    rina, off, good = stall.customer(), stall.product("Doi", active=False), stall.product()
    stall.says(rina, "hours")
    rina.sends_cart(NUMBER, [("nobody-knows", 1), (off["id"], 1), (good["id"], 0)])
    rina.sends_cart(NUMBER, [])
    stall.stage.drain()
    first, second = stall.heard(rina)[1:]
    assert first.split("\n")[1:4] == [
        "– a product that is no longer there",
        "– Doi: not for sale now",
        "– Sandesh: this quantity can't be ordered",
    ]
    assert "the cart is empty" in second
    assert stall.orders() == []


def test_of_two_carts_for_the_last_piece_one_is_served(stall: Stall) -> None:
    """One order and one refusal, and the stock is zero, not less."""
    last, one, two = stall.product(stock=1), stall.customer(1), stall.customer(2)
    for customer in (one, two):
        customer.sends_cart(NUMBER, [(last["id"], 1)])
    stall.stage.drain()
    assert len(stall.orders()) == 1
    assert stall.stock(last) == 0
    assert sorted("ধন্যবাদ" in text for text in stall.heard(one) + stall.heard(two)) == [False, True]


def test_same_cart_again_has_one_effect(stall: Stall) -> None:
    """What a queue brings twice, at once or later, is one order and one confirmation."""
    rina, sandesh = stall.customer(), stall.product(stock=5)
    with stall.stage.without_deduplication(), stall.stage.faults.twice("auto_reply"):
        stall.cart(rina, (sandesh, 2))
    assert (len(stall.orders()), len(stall.heard(rina)), stall.stock(sandesh)) == (1, 1, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("my order?", "received, the shop will confirm it"),
        ("Where is my order", "received, the shop will confirm it"),
        ("আমার অর্ডার", "পেয়েছি, দোকান জানাবে"),
        ("amar order kothay", "পেয়েছি, দোকান জানাবে"),
        ("मेरा ऑर्डर", "मिल गया, दुकान बताएगी"),
        ("mera order kahan hai", "मिल गया, दुकान बताएगी"),
    ],
)
def test_question_for_the_order_is_answered_with_its_state(stall: Stall, text: str, words: str) -> None:
    """In the language and script of the question."""
    rina = stall.customer()
    stall.cart(rina, (stall.product(), 1))
    (said,) = stall.says(rina, text)
    assert stall.orders()[0]["number"] in said
    assert words in said


def test_open_orders_are_told_before_old_ones(stall: Stall) -> None:
    """Up to three open orders; where none is open, the last one; another customer hears nothing of them."""
    rina, amit, sandesh = stall.customer(1), stall.customer(2), stall.product()
    for _ in range(4):
        stall.cart(rina, (sandesh, 1))
        stall.stage.run_for(1)
    fourth, third, second, first = [order["number"] for order in stall.orders()]
    (said,) = stall.says(rina, "my orders")
    assert [number in said for number in (fourth, third, second, first)] == [True, True, True, False]
    for order in stall.orders():
        stall.move(order, "reject")
    (said,) = stall.says(rina, "my orders")
    assert said.count("not accepted") == 1
    assert fourth in said
    assert all(fourth not in text for text in stall.says(amit, "my order"))


def test_customer_takes_an_order_back_until_it_is_ready(stall: Stall) -> None:
    """A tap on "cancel" gives the stock back once; when the order is ready it is too late, and said so."""
    rina, sandesh = stall.customer(), stall.product(stock=5)
    stall.says(rina, "hours")
    stall.cart(rina, (sandesh, 2))
    (order,) = stall.orders()
    (said,) = stall.chooses(rina, f"Cancel {order['number']}")
    assert "cancelled" in said
    assert (stall.orders()[0]["steps"][-1]["by"], stall.stock(sandesh)) == ("customer", 5)
    assert "can't be cancelled any more" in stall.chooses(rina, f"Cancel {order['number']}")[0]
    assert stall.stock(sandesh) == 5
    stall.cart(rina, (sandesh, 1))
    made = stall.orders("placed")[0]
    stall.move(made, "accept")
    stall.move(made, "ready")
    assert "can't be cancelled any more: ready" in stall.chooses(rina, f"Cancel {made['number']}")[0]


def test_order_of_another_customer_can_not_be_taken_back(stall: Stall) -> None:
    """An id that somebody else was given is nobody's to use."""
    rina, amit, sandesh = stall.customer(1), stall.customer(2), stall.product()
    stall.cart(rina, (sandesh, 1))
    stall.cart(amit, (sandesh, 1))
    mine = next(offer for offer in stall.lines(rina)[-1].offers)
    amit.taps(NUMBER, mine.id, mine.title, reply_to=stall.lines(amit)[-1].wamid)
    stall.stage.drain()
    assert [order["state"] for order in stall.orders()] == ["placed", "placed"]


@pytest.mark.parametrize(
    ("text", "head", "price"),
    [
        ("Menu", "What we have:", "Sandesh: ₹20 / piece"),
        ("কী কী আছে?", "আমাদের কাছে আছে:", "সন্দেশ: ₹20 / টি"),
        ("ki ki ache", "আমাদের কাছে আছে:", "সন্দেশ: ₹20 / টি"),
        ("क्या क्या है", "हमारे पास है:", "Sandesh: ₹20 / नग"),
        ("kya kya milta hai", "हमारे पास है:", "Sandesh: ₹20 / नग"),
    ],
)
def test_goods_are_shown_as_a_list(stall: Stall, text: str, head: str, price: str) -> None:
    """Names and prices by language, in words and as rows to pick."""
    stall.product(names={"bn": "সন্দেশ"})
    rina = stall.customer()
    (said,) = stall.says(rina, text)
    assert head in said
    assert price in said
    assert stall.stage.graph.sent()[-1].kind == "interactive"
    assert len(stall.offered(rina)) == 1


def test_list_leads_to_a_product_and_to_an_order(stall: Stall) -> None:
    """Pick a row, tap a quantity, get the confirmation; no more is offered than there is."""
    rina, sandesh = stall.customer(), stall.product("Sandesh", stock=2, description="fresh every morning")
    stall.says(rina, "menu")
    (said,) = stall.chooses(rina, "Sandesh")
    assert "fresh every morning" in said
    assert "2 in stock" in said
    assert stall.offered(rina) == ["Order 1", "Order 2"]
    assert stall.chooses(rina, "Order 2")[0].startswith("Thank you!")
    assert stall.stock(sandesh) == 0
    assert "none left" in stall.chooses(rina, "Order 1")[0]


def test_long_list_goes_on(stall: Stall) -> None:
    """At most ten rows; the last leads to the next ones, and every product comes once."""
    rina = stall.customer()
    names = [f"Sweet {number:02d}" for number in range(23)]
    for name in names:
        stall.product(name)
    stall.product("Off", active=False)
    stall.product("Sold", stock=0)
    stall.says(rina, "menu")
    seen = []
    while "More" in (offered := stall.offered(rina)):
        assert len(offered) == 10
        seen += offered[:-1]
        stall.chooses(rina, "More")
    assert sorted(seen + offered) == names


def test_shop_that_taught_the_word_itself_is_heard(stall: Stall) -> None:
    """What a shop taught comes before the counter's list."""
    reply = {"examples": ["menu"], "replies": {"en": "Our menu hangs on the door."}}
    stall.api.json("POST", "auto-replies", reply, expect=201)
    stall.product()
    assert stall.says(stall.customer(), "menu")[0].endswith("Our menu hangs on the door.")


def test_shop_without_goods_answers_as_before(stall: Stall) -> None:
    """Where nothing is sold the question goes on the shop's list."""
    rina = stall.customer()
    stall.says(rina, "hours")
    assert "understand" in stall.says(rina, "menu")[0]
    assert stall.says(rina, "my order") == []


def test_cart_is_served_while_a_person_answers(stall: Stall) -> None:
    """The bot's silence is for words: an order is taken and confirmed, and the menu is not read out."""
    rina, sandesh = stall.customer(), stall.product()
    stall.says(rina, "hours")
    stall.stage.graph.echo(NUMBER, rina, "I am here")
    stall.stage.drain()
    assert stall.says(rina, "menu") == []
    assert len(stall.cart(rina, (sandesh, 1))) == 1


def test_cart_in_a_closed_country_is_only_shown(stall: Stall) -> None:
    """Where automatic answers are closed no order is made, also not when the same cart comes again later."""
    rina, sandesh = stall.customer(), stall.product(stock=5)
    stall.stage.flags.set("flags", {"automatic_answers": {"default": False}})
    with stall.stage.without_deduplication():
        assert stall.cart(rina, (sandesh, 1)) == []
        stall.stage.flags.reset()
        stall.stage.run_for(120)
        assert (stall.orders(), stall.stock(sandesh)) == ([], 5)


def test_button_of_another_shop_orders_nothing_here(stall: Stall) -> None:
    """An id of one shop's product means nothing at another."""
    sandesh, rina = stall.product(stock=5), stall.customer()
    rina.taps(HARDWARE.phone_number_id, f"counter:buy:{sandesh['id']}:1", "Order 1", reply_to="wamid.x")
    rina.taps(NUMBER, "counter:buy:nonsense", "Order 1", reply_to="wamid.x")
    rina.taps(NUMBER, f"counter:buy:{sandesh['id']}:999", "Order 999", reply_to="wamid.x")
    stall.stage.drain()
    assert (stall.orders(), stall.stock(sandesh)) == ([], 5)


def a_cart_and_a_second_thought(stall: Stall, sandesh: str) -> None:
    """A newcomer's cart, then the tap that takes the order back."""
    rina = stall.customer()
    rina.sends_cart(SWEETS.phone_number_id, [(sandesh, 2)])
    stall.stage.run_for(HOUR)
    line = stall.lines(rina)[0]
    rina.takes(SWEETS.phone_number_id, line.wamid, line.offers[0].id)
    stall.stage.run_for(HOUR)


def one_order_was_taken_back(stall: Stall) -> None:
    """One order, both messages answered once and in order, all of the stock there again."""
    assert ["ধন্যবাদ" in text for text in stall.heard(stall.customer())] == [True, False]
    assert [order["state"] for order in stall.orders()] == ["cancelled"]
    assert [stall.stock(product) for product in stall.api.json("GET", "products")["items"]] == [10]


def a_step_of_the_shop(stall: Stall, sandesh: str) -> None:
    """An order that the shop accepts."""
    rina = stall.customer()
    rina.sends_cart(SWEETS.phone_number_id, [(sandesh, 2)])
    stall.stage.run_for(HOUR)
    stall.api.json("POST", f"orders/{stall.orders()[0]['id']}/transitions", {"action": "accept"})
    stall.stage.run_for(HOUR)


def the_step_was_told_once(stall: Stall) -> None:
    """The confirmation and the step, each once."""
    assert ["নেওয়া হয়েছে" in text for text in stall.heard(stall.customer())] == [False, True]
    assert [order["state"] for order in stall.orders()] == ["accepted"]


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize(
    ("play", "check", "function"),
    [
        (a_cart_and_a_second_thought, one_order_was_taken_back, "auto_reply"),
        (a_step_of_the_shop, the_step_was_told_once, "auto_reply"),
        (a_step_of_the_shop, the_step_was_told_once, "outbox_relay"),
    ],
)
def test_death_at_every_point_of_an_order_loses_and_doubles_nothing(
    api: Api, play: Callable[[Stall, str], None], check: Callable[[Stall], None], function: str, every: int
) -> None:
    """Before or after whichever call a function dies: one order, one answer for each message, the stock right."""
    stage = api.stage

    def played(point: Point | None) -> Stall:
        stage.reset()
        seed(stage)
        stall = Stall(Api(stage))
        sandesh = stall.product(stock=10)["id"]
        stage.faults.clear()
        if point is None:
            play(stall, sandesh)
            return stall
        with stage.faults.kill(function=point.function, call=point.call, when=point.when):
            play(stall, sandesh)
        return stall

    check(played(None))
    points = stage.faults.points(function)[::every]
    assert points
    wrong = {}
    for point in points:
        try:
            check(played(point))
        except (AssertionError, ValueError, IndexError) as error:
            wrong[point.name] = str(error).split("\n")[0]
    assert not wrong, f"{len(wrong)} of {len(points)}: {wrong}"
