"""Everything that a dossier can hold comes back from its item, whatever is in it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from haat.aws.table import Item, pack, unpack
from haat.kernel.ids import MerchantId
from haat.kernel.time import Instant
from haat.verification.model.badge import Badge, Complaint
from haat.verification.model.dossier import Dossier, Entry
from haat.verification.model.evidence import Document
from haat.verification.model.request import Approval, Basis, Check, Likeness, Request
from haat.verification.store import items

SHOP = MerchantId("01M0000000000000000000SHXP")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
PLAIN = st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, lambda inner: st.lists(inner, max_size=2))
KNOWN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(0, 2**41),
    Mapping[str, str]: st.dictionaries(TEXTS, TEXTS, max_size=2),
    Mapping[str, Any]: st.dictionaries(TEXTS, PLAIN, max_size=2),
}


def whole(cls: type) -> st.SearchStrategy[Any]:
    """Values of a dataclass in which any field holds anything of its type."""
    hints = get_type_hints(cls)
    return st.builds(cls, **{field.name: _of(hints[field.name]) for field in fields(cls)})


def _of(hint: Any) -> st.SearchStrategy[Any]:
    hint = getattr(hint, "__supertype__", hint)
    if hint in KNOWN:
        return KNOWN[hint]
    inner: tuple[Any, ...] = getattr(hint, "__args__", ())
    if getattr(hint, "__origin__", None) is tuple:
        return st.lists(_of(inner[0]), max_size=2).map(tuple)
    if inner and type(None) in inner:
        return st.none() | _of(next(one for one in inner if one is not type(None)))
    if hint in PARTS:
        return whole(hint)
    return st.from_type(hint)  # one of a few words


PARTS = (Basis, Document, Check, Likeness, Approval, Complaint)
REQUESTS, BADGES = whole(Request), whole(Badge)


def through(item: Item) -> dict[str, Any]:
    """As DynamoDB gives it back."""
    return unpack(pack(item))


@given(st.none() | REQUESTS, st.none() | BADGES)
@settings(max_examples=60)
def test_dossier_comes_back_from_its_item(request: Request | None, badge: Badge | None) -> None:
    """With its request and badge, where it has them."""
    if badge is not None and badge.state == "review":
        badge = replace(badge, complaints=(*badge.complaints, Complaint(id="c", of="a", at=Instant(1))))
    dossier = Dossier(merchant=SHOP, request=request, badge=badge, version=7)
    assert items.read_dossier(SHOP, through(items.dossier_item(dossier))) == dossier


@given(REQUESTS, BADGES, whole(Entry))
@settings(max_examples=60)
def test_what_lies_beside_a_dossier_comes_back(request: Request, badge: Badge, entry: Entry) -> None:
    """An archived request, a former badge, a line of history; of what anyone may see, all but what is nobody's business."""
    assert items.read_request(through(items.request_item(SHOP, request))) == request
    assert items.read_badge(through(items.former_item(SHOP, badge))) == badge
    assert items.read_badge(through(items.badge_item(SHOP, badge))) == items.open_to_all(badge)
    (line,) = items.history_items(SHOP, 3, [entry])
    assert items.read_entry(through(line)) == entry


def test_places_in_the_queue_sort_as_their_times_do() -> None:
    """As text, also those before 1970, where a badge's complaints are young and the clock of a test is."""
    times = [-5, 0, 9, 10, 1_790_000_000_000]
    places = [items.place_in_queue(time, SHOP) for time in times]
    assert places == sorted(places)
    assert len(items.place_in_queue(times[-1], SHOP)) == len(places[0])
