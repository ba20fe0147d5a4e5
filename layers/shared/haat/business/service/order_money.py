"""Orders hear how their money stands."""

from dataclasses import dataclass

from haat.business.model.order import Money
from haat.business.ports.orders import Orders
from haat.business.rules import order_news
from haat.business.rules import orders as rules
from haat.business.service.notices import Told
from haat.facts.payments import OrderMoney
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.time import Instant

ATTEMPTS = 5
CAN_BE_TAKEN_BACK = frozenset({"CREATED", "PRESENTED"})  # states of a request that nobody has begun to pay


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoneys:
    """Marks orders with what payments tell of their money."""

    orders: Orders

    def hear(self, told: OrderMoney, now: Instant) -> Told:
        """Mark the order, and raise what follows in the same transaction. Raises Unavailable; it must then come again.

        Facts may come twice and in any order: what is known or older changes nothing. An order that is no more, whose customer is
        asked all the same because the two facts overtook each other, asks for nothing any longer. Where two requests of one order are
        paid, the second is raised as money too much, once.
        """
        money = Money(tr=told.tr, state=told.state, number=told.number)
        for _ in range(ATTEMPTS):
            before = self.orders.get(told.merchant, told.order)
            if before is None:
                return Told(word="order_gone")
            after = rules.hears(before, money)
            if after is None:
                return Told(word="money_known")
            news = [order_news.of_payment(after, told.occurred_at)] if after.paid and not before.paid else []
            if rules.paid_again(before, money):
                news.append(order_news.of_surplus(after, money.tr, told.occurred_at))
            if after.state in rules.LOST and told.state in CAN_BE_TAKEN_BACK:
                news.append(order_news.asks_for_none(after, now))
            try:
                self.orders.paid(before, after, news, now)
            except Changed:
                continue
            return Told(word="order_paid" if after.paid else "order_money")
        raise Unavailable("the order kept changing")
