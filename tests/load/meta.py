"""Meta on a busy day: a Graph API that refuses each tenth message once, and a poster that waits for nobody."""

import http.client
import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Self

from infra.local.http import Request, Response, Webhook
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.graph_errors import GraphRefusal, answer
from infra.local.simulators.messenger_errors import refusal
from infra.local.simulators.outbox import MESSENGER_PATH, PATH
from infra.local.simulators.people import App
from infra.local.simulators.wire import signatures
from tests.load.traffic import Post

# What Meta says in turn: something went wrong (500), and the number's or page's rate (429).
REFUSALS: dict[App, tuple[tuple[GraphRefusal, int], ...]] = {
    "whatsapp": ((GraphRefusal(131000), 500), (GraphRefusal(130429), 429)),
    "messenger": ((refusal(2), 500), (refusal(613), 429)),
}
PATIENCE = 20.0
# After how many seconds a webhook that was not taken comes again.
GAPS = (1.0, 2.0, 4.0, 8.0, 16.0)


class BusyGraph:
    """The Graph API of an app; it refuses the first call for each tenth message."""

    def __init__(self, simulator: GraphSimulator, app: App = "whatsapp") -> None:
        self.refused = 0
        self._refusals = REFUSALS[app]
        self._simulator = simulator
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Answer one call."""
        if request.method == "POST" and request.path.endswith("/messages") and self._is_tenth(request):
            refused, status = self._refusals[self.refused % len(self._refusals)]
            self.refused += 1
            return answer(refused, "A00000000000000000000000", status)
        return self._simulator.handle(request)

    def _is_tenth(self, request: Request) -> bool:
        name = _name(json.loads(request.body))
        if name is None:
            return False
        with self._lock:
            first = name not in self._seen
            self._seen.add(name)
            return first and len(self._seen) % 10 == 0


def _name(body: dict[str, Any]) -> str | None:
    """Our own id of a message; what is none ("typing", "seen") has none."""
    name = body.get("biz_opaque_callback_data") or body.get("message", {}).get("metadata")
    return str(name) if name else None


@dataclass(slots=True)
class Posted:
    """What became of the webhooks; times are seconds of one clock."""

    took: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    again: int = 0
    lost: int = 0
    first_posted: dict[str, float] = field(default_factory=dict)
    first_taken: dict[str, float] = field(default_factory=dict)
    statuses: list[float] = field(default_factory=list)


class Poster:
    """Posts each webhook at its time, whatever became of those before; what is not answered with 200 comes again."""

    def __init__(self, port: int, simulator: GraphSimulator, app: App = "whatsapp") -> None:
        """Post to a stage on loopback, at the address of an app; `simulator` makes the statuses."""
        self.seen = Posted()
        messenger = app == "messenger"
        self._secret = simulator.messenger.secret() if messenger else simulator.app_secret
        self._path = MESSENGER_PATH if messenger else PATH
        self._port, self._simulator = port, simulator
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        # As many as a burst has: nobody waits for a thread.
        self._threads = ThreadPoolExecutor(160)
        self._reporter = threading.Thread(target=self._report, daemon=True)
        self._reporter.start()

    def play(self, posts: Iterable[Post]) -> float:
        """Post all, each at its time; return when the last was posted."""
        began = perf_counter()
        for post in posts:
            self._stopping.wait(max(0.0, began + post.at - perf_counter()))
            work = self._take if post.signature == "good" else self._forge
            self._threads.submit(work, post, began + post.at)
        return perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Post nothing more."""
        self._stopping.set()
        self._reporter.join()
        self._threads.shutdown()

    def _take(self, post: Post, due: float) -> None:
        gaps = iter(GAPS)
        begun = perf_counter()
        with self._lock:
            self.seen.late.append(begun - due)
            for wamid in post.wamids:
                self.seen.first_posted[wamid] = min(begun, self.seen.first_posted.get(wamid, begun))
        while self._timed(post.body, self.seen.took) != 200:
            if (pause := next(gaps, None)) is None or self._stopping.wait(pause):
                self.seen.lost += 1
                return
            self.seen.again += 1
        taken = perf_counter()
        with self._lock:
            for wamid in post.wamids:
                self.seen.first_taken[wamid] = min(taken, self.seen.first_taken.get(wamid, taken))

    def _forge(self, post: Post, _: float) -> None:
        secret = self._secret
        match post.signature:
            case "another secret's":
                signed = signatures(secret[::-1], post.body)
            case "another body's":
                signed = signatures(secret, post.body + b" ")
            case _:
                signed = {}
        self.seen.refused.append(_call(self._port, self._path, post.body, signed))

    def _report(self) -> None:
        """Post the statuses that are due, all at once."""
        while not self._stopping.wait(0.02):
            for webhook in self._simulator.due(self._simulator.now()):
                self._threads.submit(self._status, webhook)

    def _status(self, webhook: Webhook) -> None:
        self._simulator.answered(webhook, self._timed(webhook.body, self.seen.statuses), self._simulator.now())

    def _timed(self, body: bytes, took: list[float]) -> int:
        begun = perf_counter()
        status = _call(self._port, self._path, body, signatures(self._secret, body))
        took.append(perf_counter() - begun)
        return status


def _call(port: int, path: str, body: bytes, headers: dict[str, str]) -> int:
    """POST one webhook; return the HTTP status, or 0 where no answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("POST", path, body, {"content-type": "application/json", **headers})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def wait_until(look: Callable[[], object], seconds: float) -> bool:
    """Look again and again until there is something, or the time is over; say which."""
    pause, end = threading.Event(), perf_counter() + seconds
    while not look():
        if perf_counter() > end:
            return False
        pause.wait(0.1)
    return True
