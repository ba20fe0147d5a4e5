"""Customers who write while versions change, and the proof that each was answered once, in order."""

import http.client
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from infra.conform.deployed import Deployed
from infra.local.simulators.customer import Customer

_PAUSE_S = 0.1
_POST_EVERY_S = 0.02


class Talk:
    """What some customers have written, each to shops that answer every message."""

    def __init__(self, stage: Deployed, people: int, first: int = 0) -> None:
        """Know `people` customers, numbered from `first`."""
        self.stage = stage
        self.customers = [stage.graph.customer(phone=f"9198{first + number:08d}") for number in range(people)]
        self.written: dict[tuple[str, str], list[str]] = defaultdict(list)

    def all_write(self, shop: str, times: int = 1) -> None:
        """Each customer writes, one after the other, so many times."""
        for _ in range(times):
            for customer in self.customers:
                self.write(customer, shop)
        self.stage.drain()

    def write(self, customer: Customer, shop: str) -> None:
        """One customer writes."""
        self.written[shop, customer.key].append(customer.writes(shop, "hours"))

    def wrong(self) -> list[str]:
        """Say what is not as it must be: an answer to each message, once, in the order in which they came; every tick kept."""
        said: dict[tuple[str, str], list[str]] = defaultdict(list)
        accepted = [sent for sent in self.stage.graph.sent() if sent.accepted]
        for sent in accepted:
            said[sent.phone_number_id, str(sent.customer)].append(str(sent.quoted))
        found = [
            f"{key}: {len(asked)} asked, {len(said[key])} answered, {len(set(asked) - set(said[key]))} never"
            for key, asked in self.written.items()
            if said[key] != asked
        ]
        ranks = {item["pk"]["S"]: item.get("rnk", {}).get("N") for item in self.stage.items("conversation")}
        late = [sent.opaque for sent in accepted if ranks.get(f"SEND#{sent.opaque}") != "3"]
        return found + ([f"{len(late)} of {len(accepted)} answers are not known as read"] if late else [])

    def count(self) -> int:
        """Return how many messages were written."""
        return sum(map(len, self.written.values()))


class Talking:
    """A talk that goes on by itself inside the block, and what Meta posts meanwhile; nobody else posts there."""

    def __init__(self, talk: Talk, shop: str) -> None:
        """Let the customers of `talk` write to `shop`, one after the other."""
        self.talk, self.shop = talk, shop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._talk, name="talking")
        self._broke: BaseException | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; what broke it is raised here."""
        self._over.set()
        self._thread.join()
        if self._broke is not None:
            raise self._broke

    def _talk(self) -> None:
        turn, wait = 0, 0.0
        try:
            while not self._over.wait(_POST_EVERY_S):
                wait -= _POST_EVERY_S
                if wait <= 0 and self._heard(customer := self.talk.customers[turn % len(self.talk.customers)]):
                    self.talk.write(customer, self.shop)
                    turn, wait = turn + 1, _PAUSE_S
                self._post()
        except BaseException as error:  # noqa: BLE001  # it is raised where the block ends
            self._broke = error

    def _heard(self, customer: Customer) -> bool:
        """Whether all that a customer wrote has come to us: what failed to comes again later, and then after its followers."""
        lines = self.talk.stage.graph.transcript(self.shop, customer)
        return not any(line.author == "customer" and line.tick == "posted" for line in lines)

    def _post(self) -> None:
        stage = self.talk.stage
        for webhook in stage.graph.due(stage.clock.now()):
            try:
                status = stage.http("POST", webhook.path, webhook.headers, webhook.body).status
            except (OSError, http.client.HTTPException):
                status = 0
            stage.graph.answered(webhook, status, stage.clock.now())


@contextmanager
def held(stage: Deployed, *sources: str) -> Iterator[None]:
    """Let nothing be taken from these queues and tables inside the block; a deployment in it changes nothing of that."""
    names = {
        name
        for source in sources
        for name in (*stage.deployment.queues, *stage.deployment.tables)
        if name.endswith(source)
    }
    client = stage.client("lambda")
    mappings = [
        mapping["UUID"]
        for page in client.get_paginator("list_event_source_mappings").paginate()
        for mapping in page["EventSourceMappings"]
        if names & set(mapping["EventSourceArn"].replace("/", ":").split(":"))
    ]
    assert len(mappings) == len(sources)
    for mapping in mappings:
        client.update_event_source_mapping(UUID=mapping, Enabled=False)
    yield
    for mapping in mappings:
        client.update_event_source_mapping(UUID=mapping, Enabled=True)
