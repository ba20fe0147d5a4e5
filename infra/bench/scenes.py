"""What happens on the stage while the meter runs: each scene sets itself up, and measures one thing."""

import json
from collections.abc import Callable
from typing import Any

from haat.conversation.store import lines
from infra.bench.measure import Measure, Wrong, take
from infra.bench.meter import Meter
from infra.bench.units import item_size
from infra.bench.words import SHOP, Words
from infra.local.clock import TestClock
from infra.local.market import DemoShop
from infra.local.seed import seed
from infra.local.simulators import envelope, messenger_bodies
from infra.local.simulators.customer import Customer
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.outbox import MESSENGER_PATH, PATH
from infra.local.simulators.wire import signatures
from infra.local.stage import Stage

CACHES_S = 60  # the product keeps channels, shops, lines and customers for so long
_KNOWN = 9  # messages after which a conversation remembers as many as it ever will


class Scenes:
    """The scenes, on one stage. Those that make bodies of many items, and those of many shops, are WhatsApp's alone."""

    def __init__(self, stage: Stage, meter: Meter, *, on_messenger: bool = False) -> None:
        """Play on a stage with a meter on its wire, by the shop's number or by its page."""
        self.stage, self.meter, self.on_messenger = stage, meter, on_messenger
        self.address = SHOP.page_id if on_messenger else SHOP.phone_number_id

    # What is measured

    def answer(self, words: Words) -> Measure:
        """A known customer writes and is answered; everything that a process may keep is kept."""
        rina = self._known(words)
        return self._measure("message in to reply out, warm", lambda: self._writes(rina, words), said=1)

    def answer_uncached(self, words: Words) -> Measure:
        """The same in a process that has answered for this shop, but not yet this customer."""
        rina = self._known(words)
        self._other_process(words)
        return self._measure("the same, customer not cached", lambda: self._writes(rina, words), said=1)

    def answer_after_a_while(self, words: Words) -> Measure:
        """The same in a process whose caches are all too old."""
        rina = self._known(words)
        self._pass()
        return self._measure("the same, all caches out of date", lambda: self._writes(rina, words), said=1)

    def _pass(self) -> None:
        """All caches become too old. What runs by the clock runs now: no message is charged for it."""
        self._clock().advance(CACHES_S + 1)
        self.stage.drain()

    def answer_cold(self, words: Words) -> Measure:
        """The same where each function has just started."""
        rina = self._known(words)
        self.stage.runner.forget()
        return self._measure("the same, all processes cold", lambda: self._writes(rina, words), said=1)

    def newcomer(self, words: Words) -> Measure:
        """Somebody writes for the first time."""
        self._known(words)
        asif = self._customer(2, words)
        return self._measure("a new customer's first message", lambda: self._writes(asif, words), said=1)

    def question(self, words: Words) -> Measure:
        """A known customer asks what nobody has taught: it goes on the shop's list, and the shop's people are told."""
        rina = self._known(words)
        return self._measure(
            "a question that the bot can't answer", lambda: rina.writes(self.address, "elephants"), said=1
        )

    def duplicate(self, words: Words, *, cached: bool = True) -> Measure:
        """One of the last eight messages comes again, and the queue's own five minutes are over."""
        rina = self._known(words)
        body = self._body(rina, words)
        self._post(body)
        self.stage.drain()
        if not cached:
            self._other_process(words)
        name = "a recent duplicate" if cached else "the same, customer not cached"
        with self.stage.without_deduplication():
            return self._measure(name, lambda: self._post(body), said=0)

    def old_duplicate(self, words: Words) -> Measure:
        """A message comes again that the conversation does not remember any more."""
        rina = self._known(words)
        body = self._body(rina, words)
        self._post(body)
        for _ in range(_KNOWN):
            self._writes(rina, words)
            self.stage.drain()
        with self.stage.without_deduplication():
            return self._measure("an older duplicate", lambda: self._post(body), said=0)

    def status(self, words: Words) -> Measure:
        """One status of a message comes alone, and is written at the door."""
        rina = self._known(words)
        self._writes(rina, words)
        self.stage.drain()
        return self._measure("a status at the door", lambda: self.stage.graph.release(1), said=0)

    def crowds(self, words: Words, size: int = 10) -> Measure:
        """Three statuses of each of ten messages, ten to a webhook: through the queue."""
        self._known(words)
        several = [self._customer(2 + number, words) for number in range(size)]
        for customer in several:
            self._writes(customer, words)
        self.stage.drain()
        held = [_only_status(status.body) for status in self.stage.graph.world.held]
        shop = self.stage.graph.shop(SHOP.phone_number_id)
        # The first crowd finds the function cold.
        self._post(_dump(envelope.envelope(shop, "messages", {"statuses": held[:10]})))
        self.stage.drain()
        last = {status["id"] for status in held[-3 * size :]}
        recent = [status for status in held if status["id"] in last]
        stages = [[s for s in recent if s["status"] == word] for word in ("sent", "delivered", "read")]

        def act() -> None:
            for statuses in stages:
                self._post(_dump(envelope.envelope(shop, "messages", {"statuses": statuses})))
                self.stage.drain()

        return self._measure(f"three statuses of each of {size} messages, {size} to a webhook", act, said=0, per=size)

    def webhook_of(self, words: Words, size: int = 10) -> Measure:
        """Ten customers' messages come in one webhook."""
        several = self._several(words, size)
        whole = [json.loads(self._body(customer, words)) for customer in several]
        values = [body["entry"][0]["changes"][0]["value"] for body in whole]
        first = whole[0]
        for name in ("contacts", "messages"):
            values[0][name] = [value[name][0] for value in values]
        return self._measure(f"a webhook of {size} messages", lambda: self._post(_dump(first)), said=size, per=size)

    def batch_of(self, words: Words, size: int = 3) -> Measure:
        """Customers' messages come one to a webhook, and so close together that queues and stream carry them together."""
        several = self._several(words, size)

        def act() -> None:
            for customer in several:
                self._writes(customer, words)

        return self._measure(f"{size} messages to a batch", act, said=size, per=size)

    def statuses(self, words: Words, size: int = 1) -> Measure:
        """The three statuses of a message, each in a webhook of its own; on Messenger its echo and two watermarks."""
        several = self._several(words, size)
        if self.on_messenger:  # the last of the first customer's, which find the function cold
            self.stage.graph.world.held[:-3] = []
            self.stage.graph.release()
            self.stage.drain()
        for customer in several:
            self._writes(customer, words)
        self.stage.graph.world.held.clear()
        self.stage.drain()
        return self._measure("its three statuses", self.stage.graph.release, said=0, per=size)

    def market(self, shops: tuple[DemoShop, ...], words: Words) -> list[Measure]:
        """Many shops, one message each in turn: the first round, one within the caches' time, and one after it."""
        a_round = self._round(shops, words)
        size = len(shops)
        first = self._measure(f"{size} shops, each for the first time", a_round, said=size, per=size)
        within = self._measure(f"{size} shops, again within the caches' time", a_round, said=size, per=size)
        self._pass()
        after = self._measure(f"{size} shops, again when the caches are out of date", a_round, said=size, per=size)
        return [first, within, after]

    def overflow(self, shops: tuple[DemoShop, ...], words: Words, room: int) -> Measure:
        """The same in processes that have room for few lines: each shop's has been pushed out when it is needed again."""
        before, lines.MOST = lines.MOST, room
        try:
            a_round = self._round(shops, words)
            a_round()
            size = len(shops)
            return self._measure(f"{size} shops, room for {room} lines", a_round, said=size, per=size)
        finally:
            lines.MOST = before

    def weigh(self) -> tuple[int, int]:
        """Bytes and entries that the last message has left in the tables: itself, its send state, and its place in the index."""
        items = self.stage.items("conversation")
        message = max(
            (item for item in items if item["sk"]["S"] == "MESSAGE"), key=lambda item: str(item["view_sk"]["S"])
        )
        state = next(item for item in items if item["sk"]["S"] == "SEND")
        entry = {name: message[name] for name in ("pk", "sk", "view_pk", "view_sk")}
        return item_size(message) + item_size(state) + item_size(entry), 3

    # How it is done

    def _measure(self, name: str, act: Callable[[], object], *, said: int, per: int = 1) -> Measure:
        return take(self.stage, self.meter, name, act, said=said, per=per)

    def _reset(self, shops: tuple[DemoShop, ...] = (SHOP,)) -> None:
        self.stage.reset()
        seed(self.stage, shops)
        self.stage.graph.statuses = "held"

    def _customer(self, number: int, words: Words) -> Customer:
        if self.on_messenger:
            return self.stage.graph.messenger.customer(psid=f"71000000000000{number:02d}", name=words.asker)
        return self.stage.graph.customer(phone=f"9198000000{number:02d}", name=words.asker)

    def _known(self, words: Words) -> Customer:
        """A customer whose conversation is as large as it gets, on a fresh stage."""
        self._reset()
        rina = self._customer(1, words)
        for number in range(_KNOWN):
            rina.writes(self.address, words.asked if number else "?")
            self.stage.drain()
        return rina

    def _several(self, words: Words, size: int) -> list[Customer]:
        """Customers whom the processes know, on a fresh stage."""
        self._reset()
        several = [self._customer(1 + number, words) for number in range(size)]
        for customer in several:
            for _ in range(_KNOWN):
                self._writes(customer, words)
                self.stage.drain()
        return several

    def _other_process(self, words: Words) -> None:
        """Let each function start anew, and answer somebody else of the same shop."""
        self.stage.runner.forget()
        self._writes(self._customer(9, words), words)
        self.stage.drain()

    def _writes(self, customer: Customer, words: Words) -> None:
        customer.writes(self.address, words.asked)

    def _round(self, shops: tuple[DemoShop, ...], words: Words) -> Callable[[], None]:
        """Open these shops on a fresh stage; the answer lets a customer write to each of them."""
        self._reset(shops)
        asif = self._customer(1, words)

        def a_round() -> None:
            for shop in shops:
                asif.writes(shop.phone_number_id, words.asked)
                self.stage.drain()

        return a_round

    def _body(self, customer: Customer, words: Words) -> bytes:
        """A webhook with one message of a customer, to be posted as often as a scene likes."""
        graph, person = self.stage.graph, customer.person
        if isinstance(customer, MessengerCustomer):
            said = messenger_bodies.message(
                messenger_bodies.mid(graph.world.serial("message")), {"text": words.asked}, None
            )
            event = messenger_bodies.event(customer.user_id(self.address), self.address, graph.now(), said)
            return _dump(messenger_bodies.page_event(self.address, graph.now(), [event]))
        wamid = graph.world.new_wamid(person, "in")
        shop = graph.shop(SHOP.phone_number_id)
        return _dump(envelope.message(shop, person, wamid, graph.now(), "text", {"text": {"body": words.asked}}))

    def _post(self, body: bytes) -> None:
        settings = self.stage.settings
        secret, path = settings.app_secret, PATH
        if self.on_messenger:
            secret, path = settings.messenger_app_secret, MESSENGER_PATH
        answer = self.stage.http("POST", path, {"content-type": "application/json"} | signatures(secret, body), body)
        if answer.status != 200:
            raise Wrong(f"a webhook was answered with {answer.status}")

    def _clock(self) -> TestClock:
        assert isinstance(self.stage.clock, TestClock)
        return self.stage.clock


def _only_status(body: bytes) -> dict[str, Any]:
    status: dict[str, Any] = json.loads(body)["entry"][0]["changes"][0]["value"]["statuses"][0]
    return status


def _dump(body: Any) -> bytes:
    return json.dumps(body).encode()
