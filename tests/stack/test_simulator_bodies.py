"""What the simulator takes and refuses of each kind of message: limits in characters, and no field that Meta doesn't know."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.sends import Message, Receipt, parse
from tests.stack.simulated import PHONE, SAREES, SWEETS, Clock, code, post
from tests.stack.simulated_bodies import BAD, GOOD, OPEN, buttons, message, news, order


def objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each object inside a body, the body itself first."""
    if isinstance(value, dict):
        yield path
        for name, inner in value.items():
            if name not in OPEN:
                yield from objects(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from objects(inner, (*path, index))


def refusal(body: dict[str, Any]) -> GraphRefusal:
    """What a body is refused with."""
    with pytest.raises(GraphRefusal) as refused:
        parse(body)
    return refused.value


@pytest.mark.parametrize("name", GOOD)
def test_every_body_at_its_limits_is_taken(name: str) -> None:
    """Each kind of message that can be sent is taken when it is as full as it may be."""
    assert isinstance(parse(GOOD[name]), Message | Receipt)


@pytest.mark.parametrize("name", GOOD)
def test_unknown_field_at_any_level_is_error_100(name: str) -> None:
    """A field that Meta doesn't know is refused in whatever object of the body it stands, by its name."""
    places = list(objects(GOOD[name]))
    for place in places:
        body = copy.deepcopy(GOOD[name])
        inner = body
        for step in place:
            inner = inner[step]
        inner["colour"] = "red"
        refused = refusal(body)
        assert (refused.code, "colour" in refused.details) == (100, True), place
    assert places[0] == ()


@pytest.mark.parametrize("name", BAD)
def test_body_outside_its_limits_is_refused(name: str) -> None:
    """One character, button or paisa too many is refused with the code that Meta has for it."""
    body, expected = BAD[name]
    assert refusal(body).code == expected


def test_null_counts_as_absent() -> None:
    """A client may write null for what it doesn't say; where the field is needed, null is not enough."""
    assert isinstance(parse(buttons("a") | {"context": None}), Message)
    assert refusal(message("text", {"body": None})).code == 131008


@pytest.fixture
def sim() -> GraphSimulator:
    """Return a simulator with two shops and a customer who has written to both."""
    sim = GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], Clock())
    for shop in (SWEETS, SAREES):
        sim.customer(phone=PHONE, name="Rina").writes(shop, "hours")
    return sim


def test_file_that_is_not_there_is_refused(sim: GraphSimulator) -> None:
    """A media id must be one of a file that is kept, wherever it stands in the body."""
    assert code(post(sim, GOOD["sticker"])) == 100
    medium = sim.media.put(SWEETS, "image/webp", b"RIFF")
    assert post(sim, message("sticker", {"id": medium.id})).status == 200
    header = {"type": "image", "image": {"id": "404"}}
    assert code(post(sim, buttons("a", header=header))) == 100


def test_reference_is_used_once(sim: GraphSimulator) -> None:
    """An order's reference is good for one order of the account; news must be about one that there is."""
    assert code(post(sim, news())) == 131009
    assert post(sim, order()).status == 200
    assert code(post(sim, order())) == 131009
    assert post(sim, news()).status == 200
    assert post(sim, order(), shop=SAREES).status == 200
    assert sim.transcript(SWEETS, "c1")[-2].text == "কোনটা?\n[₹525.00]"


def test_refusal_reads_as_metas(sim: GraphSimulator) -> None:
    """The answer names the field, the place and the product, and carries a trace."""
    answer = post(sim, message("text", {"body": "x", "colour": "red"}))
    assert json.loads(answer.body) == {
        "error": {
            "message": "(#100) Invalid parameter",
            "type": "OAuthException",
            "code": 100,
            "error_data": {"messaging_product": "whatsapp", "details": 'Unexpected key "colour" on param "text".'},
            "fbtrace_id": json.loads(answer.body)["error"]["fbtrace_id"],
        }
    }
