"""Sample events: which there are, when they happened, and what one of them does to the stage.

A sample is a real Lambda event, `events/<function>/<case>.json`; what must come back stands beside it in
`<case>.expected.json`, and what must be there before in `<case>.given.json`: rows by their table, and files by their bucket's
name without account and region. `make invoke` and the tests read them through this module. What no person could read stands
open in a given row, and is made so when it is put there:

- `{"SEALED": {"key": "PaymentDoorKey", "merchant": "01…", "text": "…"}}`: encrypted with a key of the stack;
- `{"FOLDED": {…}}`: a document as `haat.aws.outbox` folds it.

A given file is `{"key": "…", "text": "…"}`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from haat.aws.outbox import fold
from haat.aws.sealer import Sealer
from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret
from infra.local.clock import MovedByHand
from infra.local.faults import Call
from infra.local.function import ACCOUNT, InvocationFailed, Json
from infra.local.settings import ROOT
from infra.local.stage import Stage

EVENTS = ROOT / "events"

type Item = dict[str, Any]


class NoSample(Exception):
    """There is no such sample; the text lists those that there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample event and what belongs to it."""

    function: str
    case: str
    event: Json
    expected: Json
    has_expected: bool
    given: Mapping[str, list[Item]]

    @property
    def moment(self) -> datetime | None:
        """When the event says that it happened."""
        return _moment(self.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a sample did."""

    answer: Json
    failure: InvocationFailed | None
    calls: tuple[Call, ...]
    added: Mapping[str, list[Item]]
    changed: Mapping[str, list[tuple[Item, Item]]]
    removed: Mapping[str, list[Item]]
    queued: Mapping[str, list[Json]]
    said: tuple[str, ...]
    lines: tuple[str, ...]


def samples(events: Path = EVENTS) -> list[tuple[str, str]]:
    """Return all (function, case)."""
    return [
        (path.parent.name, path.stem)
        for path in sorted(events.glob("*/*.json"))
        if not path.stem.endswith((".expected", ".given")) and path.parent.name != "facts"
    ]


def load(function: str, case: str, events: Path = EVENTS) -> Sample:
    """Read one sample; raise NoSample if there is none."""
    path = events / function / f"{case}.json"
    if not path.is_file():
        known = [name for of, name in samples(events) if of == function]
        raise NoSample(f"no {path.name} in events/{function}; there are: {', '.join(known) or 'none'}")
    expected = path.with_suffix(".expected.json")
    given = path.with_suffix(".given.json")
    return Sample(
        function=function,
        case=case,
        event=json.loads(path.read_text(encoding="utf-8")),
        expected=json.loads(expected.read_text(encoding="utf-8")) if expected.is_file() else None,
        has_expected=expected.is_file(),
        given=json.loads(given.read_text(encoding="utf-8")) if given.is_file() else {},
    )


def give(stage: Stage, sample: Sample) -> Json:
    """Give the sample to its function, at the sample's own time, and return its answer; raise InvocationFailed if none comes."""
    _prepare(stage, sample)
    return stage.invoke(sample.function, sample.event)


def perform(stage: Stage, sample: Sample) -> Outcome:
    """Do as `give`, and see what comes of it; nothing else moves."""
    _prepare(stage, sample)
    before = {table: _by_key(stage, table) for table in stage.deployment.tables}
    depth = {queue: stage.queue_depth(queue) for queue in stage.deployment.queues}
    calls, said, lines = len(stage.faults.calls), len(stage.graph.sent()), len(stage.logs.lines())
    answer, failure = None, None
    try:
        answer = stage.invoke(sample.function, sample.event)
    except InvocationFailed as error:
        failure = error
    after = {table: _by_key(stage, table) for table in stage.deployment.tables}
    return Outcome(
        answer=answer,
        failure=failure,
        calls=tuple(stage.faults.calls[calls:]),
        added={t: [item for key, item in after[t].items() if key not in before[t]] for t in after},
        changed={
            t: [(before[t][key], item) for key, item in after[t].items() if before[t].get(key, item) != item]
            for t in after
        },
        removed={t: [item for key, item in before[t].items() if key not in after[t]] for t in after},
        queued={queue: [each["body"] for each in stage.messages(queue)[depth[queue] :]] for queue in depth},
        said=tuple(sent.text for sent in stage.graph.sent()[said:]),
        lines=tuple(stage.logs.lines()[lines:]),
    )


def _prepare(stage: Stage, sample: Sample) -> None:
    """Go to the sample's own time, and put there what it needs."""
    if isinstance(stage.clock, MovedByHand) and sample.moment is not None:
        stage.clock.set(sample.moment)
    for place, items in sample.given.items():
        for item in items:
            if place in stage.deployment.tables:
                stage.put(place, {name: _made(stage, value) for name, value in item.items()})
            else:
                _lay(stage, place, item)
    _open_windows(stage, sample.event)


def _lay(stage: Stage, bucket: str, file: Item) -> None:
    """Let a file lie in a bucket."""
    s3 = stage.client("s3")
    s3.put_object(Bucket=f"{bucket}-{ACCOUNT}-{s3.meta.region_name}", Key=file["key"], Body=file["text"].encode())


def _made(stage: Stage, value: dict[str, Any]) -> dict[str, Any]:
    """The value as the table holds it."""
    if (document := value.get("FOLDED")) is not None:
        return {"B": fold(json.dumps(document, ensure_ascii=False, separators=(",", ":")))}
    if (asked := value.get("SEALED")) is None:
        return value
    key = next(key for place, key in stage.deployment.keys.items() if place.rpartition("/")[2] == asked["key"])
    sealer = Sealer(stage.client("kms"), key)
    return {"B": sealer.seal(MerchantId(asked["merchant"]), Secret(asked["text"]))}


def _open_windows(stage: Stage, event: Json) -> None:
    """Let whoever a sample writes to have written before, as Meta demands; that message itself goes nowhere."""
    for record in event.get("Records", []):
        try:
            outgoing = json.loads(record["body"])
            address, contact = outgoing["address"], outgoing["contact"]
            if outgoing["channel"] == "messenger":
                _, _, psid = contact["user_id"].rpartition(":")
                stage.graph.messenger.customer(psid=psid).is_known_to(address)
            else:
                stage.graph.customer(phone=contact["phone"]).writes(address, "before the sample")
        except (KeyError, TypeError, ValueError):
            continue  # no outgoing message


def _by_key(stage: Stage, table: str) -> dict[str, Item]:
    keys = stage.key_names(table)
    return {" | ".join(str(item[name]) for name in keys): item for item in stage.items(table)}


def _moment(event: Json) -> datetime | None:
    """Find the time in an event of any kind that the stage carries."""
    match event:
        case {"requestContext": {"timeEpoch": int(millis)}} | {"requestContext": {"requestTimeEpoch": int(millis)}}:
            return datetime.fromtimestamp(millis / 1000, UTC)
        case {"Records": [{"attributes": {"SentTimestamp": str(millis)}}, *_]}:
            return datetime.fromtimestamp(int(millis) / 1000, UTC)
        case {"Records": [{"dynamodb": {"ApproximateCreationDateTime": int() | float() as seconds}}, *_]}:
            return datetime.fromtimestamp(seconds, UTC)
        case {"time": str(text)}:
            return datetime.fromisoformat(text)
        case _:
            return None
