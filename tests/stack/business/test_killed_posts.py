"""Every POST of the API, made from its document: killed, doubled and misused, and never more than one effect.

A new POST needs a request of its own in posts.py, or these tests fail.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from haat.business.model.token import Role
from infra.api.compose import OPERATIONS
from infra.local import buckets
from infra.local.http import Response
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.operating import OPERATOR
from tests.stack.business.posts import Posts
from tests.stack.business.posts_operator import Post
from tests.stack.business.reviewing import ANITA

pytestmark = pytest.mark.on_moto("faults inside functions")
POSTS = [operation for operation in json.loads(OPERATIONS.read_text("utf-8")) if operation["method"] == "POST"]
ONCE = [operation for operation in POSTS if operation["once"]]
# Every day the one in which its own effect stands most in a request's way.
OVERTAKING = [pytest.param(one, marks=() if one["id"] == "move_order" else pytest.mark.slow) for one in ONCE]

type Told = dict[str, Any]
type Kept = Mapping[tuple[str, str, str], Any]


class Asker:
    """Makes one operation's requests, and knows what follows from one in peace."""

    def __init__(self, api: Api, operation: Mapping[str, Any]) -> None:
        self.api, self.stage, self.function = api, api.stage, operation["function"]
        self.operation = operation["id"]
        self._path = re.compile(re.sub(r"{\w+}", "[0-9A-Z]{12,27}", operation["path"]))
        self._makes: Callable[[], Post] = getattr(Posts(api), operation["id"])
        self._keys = itertools.count(1)
        first = Role(operation["roles"][0])
        self._asker = ({Role.OPERATOR: OPERATOR, Role.REVIEWER: ANITA}.get(first, SWEET_SHOP), first)
        self.api.token(*self._asker)

    def makes(self) -> Post:
        """One more request that succeeds, to a function that starts cold."""
        post = self._makes()
        assert self._path.fullmatch(post.path), "it asks for something else"
        self.api.forget_use()
        self.stage.runner.forget()
        self.stage.faults.clear()
        return post

    def key(self) -> str:
        """A key that was not used."""
        return f"a-key-{next(self._keys)}"

    def asks(self, post: Post, key: str) -> Response:
        """Make the request."""
        who, role = self._asker
        return self.api.call("POST", post.path, post.body, as_=who, role=role, key=key, headers=dict(post.headers))

    def told(self, post: Post, key: str) -> Told:
        """Make the request; what the caller sees."""
        answer = self.asks(post, key)
        return {"status": answer.status, "etag": answer.headers.get("etag"), "body": json.loads(answer.body)}

    def kept(self) -> Kept:
        """All that is kept and all that was sent, but how often tokens were used."""
        tables = {table: self.stage.items(table) for table in ("business", "conversation", "payment", "verification")}
        rows = {(t, item["pk"]["S"], item["sk"]["S"]): item for t, items in tables.items() for item in items}
        files = {
            ("file", name, ""): file
            for held in buckets.dump(self.api.stage.region).values()
            for name, file in held.items()
        }
        sent = {("said", f"#{n}", ""): one for n, one in enumerate(self.stage.graph.sent())}
        heard = {("heard", f"#{n}", ""): one for n, one in enumerate(self.stage.listener.heard)}
        graph = {("graph", "", ""): sorted(self.stage.graph.world.unsubscribed)}
        return {
            key: held for key, held in (rows | files | sent | heard | graph).items() if not key[1].startswith("RATE#")
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class InPeace:
    """What follows from a request that nobody disturbs. Where two of them differ, only the type of a value is known."""

    calls: list[str]
    told: Told
    done: Counter[tuple[str, ...]]
    seen: Any

    @classmethod
    def of(cls, asker: Asker) -> "InPeace":
        """Make two requests, the first time that it is asked for an operation."""
        if asker.operation not in _KNOWN:
            _KNOWN[asker.operation] = cls._of(asker)
        return _KNOWN[asker.operation]

    @classmethod
    def _of(cls, asker: Asker) -> "InPeace":
        one, other = cls._alone(asker), cls._alone(asker)
        assert (one.calls, one.done) == (other.calls, other.done), "two such requests do the same"
        assert 200 <= one.told["status"] < 300, one.told
        return cls(
            calls=one.calls, told=_common(one.told, other.told), done=one.done, seen=_common(one.seen, other.seen)
        )

    @classmethod
    def _alone(cls, asker: Asker) -> "InPeace":
        post, before = asker.makes(), asker.kept()
        told = asker.told(post, asker.key())
        calls = [call.name for call in asker.stage.faults.calls if call.function == asker.function]
        asker.stage.run_for(post.over_s)
        return cls(calls=calls, told=told, done=_done(before, asker.kept()), seen=json.loads(json.dumps(post.seen())))

    def holds(self, asker: Asker, post: Post, before: Kept) -> None:
        """The effect is there, once."""
        asker.stage.run_for(post.over_s)
        assert _done(before, asker.kept()) == self.done
        assert _as(self.seen, json.loads(json.dumps(post.seen()))) == self.seen


_KNOWN: dict[str, InPeace] = {}


def _repeated(told: Told) -> Told:
    """An answer as the same request gets it again: what is kept nowhere is shown once."""
    body = told["body"]
    return told | {"body": body | {"secret": None}} if "secret" in body else told


def _common(one: Any, other: Any) -> Any:
    """What two documents have in common; where they differ, the type of both."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return {name: _common(one[name], other[name]) for name in one}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_common(*pair) for pair in zip(one, other, strict=True)]
    if one == other:
        return one
    assert type(one) is type(other), f"{one} and {other} can't be expected"
    return type(one)


def _as(expected: Any, found: Any) -> Any:
    """A document, with types where only types are expected."""
    if isinstance(expected, type):
        return type(found)
    if isinstance(expected, dict) and isinstance(found, dict):
        return {name: _as(expected.get(name), value) for name, value in found.items()}
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [_as(*pair) for pair in zip(expected, found, strict=True)]
    return found


def _done(before: Kept, after: Kept) -> Counter[tuple[str, ...]]:
    """How many things of each kind came, went and changed."""
    moved = [
        ("came" if key not in before else "changed", key) for key, held in after.items() if before.get(key) != held
    ]
    moved += [("went", key) for key in before if key not in after]
    # Status lists are signed anew by the clock, too.
    moved = [(how, key) for how, key in moved if not key[1].startswith("LIST#")]
    return Counter((how, key[0], *map(_kind, key[1:])) for how, key in moved)


def _kind(key: str) -> str:
    """What a key's first part says of the thing; nothing where it is an id."""
    word = key.partition("#")[0]
    return word if re.fullmatch("[A-Z]+", word) else ""


def ids(operations: list[dict[str, Any]]) -> list[str]:
    """How they read in a list of tests."""
    return [operation["id"] for operation in operations]


def test_every_post_has_a_request() -> None:
    """A route that is new is tried here, or this fails; one that is gone leaves nothing behind."""
    assert {name for name in dir(Posts) if not name.startswith("_")} == set(ids(POSTS))


@pytest.mark.parametrize("operation", POSTS, ids=ids(POSTS))
def test_request_that_dies_has_one_effect(api: Api, operation: dict[str, Any]) -> None:
    """Whichever call the function dies after, the same request again has the effect and the answer of one that nobody disturbed.

    To die before a call is to have died after the one before it: to all others it is the same. Where a death has left
    nothing behind, the same request goes on to die at the next call.
    """
    asker = Asker(api, operation)
    peace = InPeace.of(asker)
    post, before, key = asker.makes(), asker.kept(), asker.key()
    for number, name in enumerate(peace.calls, 1):
        with asker.stage.faults.kill(function=asker.function, call=number, when="after"):
            assert asker.asks(post, key).status == 503, f"killed after {name}"
        if asker.kept() == before and number < len(peace.calls):
            continue
        asker.stage.run_for(post.over_s)
        left = asker.kept()
        done = any(row[1].startswith("ONCE#") for row in left.keys() - before.keys())
        first, again = asker.told(post, key), asker.told(post, key)
        expected = _repeated(peace.told) if done else peace.told
        assert _as(expected, first) == expected, f"the answer, killed after {name}"
        assert again == _repeated(first), f"the answer to a third request, killed after {name}"
        assert not done or asker.kept() == left, f"done twice, killed after {name}"
        peace.holds(asker, post, before)
        if number < len(peace.calls):
            post, before, key = asker.makes(), asker.kept(), asker.key()


def at_once(asker: Asker, **where: Any) -> None:
    """Let a request wait at a call until the same one has come again and is done; see one effect, and the same answer for all."""
    peace, post, before, key = InPeace.of(asker), asker.makes(), asker.kept(), asker.key()
    answers: list[Told] = []
    with asker.stage.faults.meanwhile(lambda: answers.append(asker.told(post, key)), function=asker.function, **where):
        answers.append(asker.told(post, key))
    assert len(answers) == where.get("times", 1) + 1
    # An import that another request carries on says so, and asks to come again.
    answers = [
        asker.told(post, key) if answer["status"] == 202 != peace.told["status"] else answer for answer in answers
    ]
    assert sum(answer != _repeated(answer) for answer in answers) == (_repeated(peace.told) != peace.told), where
    assert all(_as(_repeated(peace.told), _repeated(answer)) == _repeated(peace.told) for answer in answers), where
    assert all(_repeated(answer) == _repeated(answers[0]) for answer in answers), where
    peace.holds(asker, post, before)


@pytest.mark.parametrize("operation", ONCE, ids=ids(ONCE))
def test_same_request_ten_times_at_once_has_one_effect(api: Api, operation: dict[str, Any]) -> None:
    """Ten that have all seen that nothing was done, and are about to write: one effect, and one answer for all."""
    at_once(Asker(api, operation), service="dynamodb", operation="TransactWriteItems", times=9)


@pytest.mark.parametrize("operation", OVERTAKING, ids=ids(ONCE))
def test_same_request_that_comes_between_any_two_calls_has_one_effect(api: Api, operation: dict[str, Any]) -> None:
    """Wherever the same request overtakes itself: one effect, and one answer for both."""
    asker = Asker(api, operation)
    for number in range(1, len(InPeace.of(asker).calls) + 1):
        at_once(asker, call=number)


@pytest.mark.parametrize("operation", ONCE, ids=ids(ONCE))
def test_key_of_another_request_is_refused(api: Api, operation: dict[str, Any]) -> None:
    """A key that comes again with another body, or about another thing, gets 422, and nothing is done."""
    asker = Asker(api, operation)
    key = asker.key()
    assert asker.asks(asker.makes(), key).status < 300
    other = asker.makes()
    before = asker.kept()
    refused = asker.told(other, key)
    assert (refused["status"], refused["body"]["type"]) == (422, "urn:haat:problem:idempotency-key-reused")
    assert asker.kept() == before
