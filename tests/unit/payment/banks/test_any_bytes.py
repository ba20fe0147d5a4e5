"""What nobody would think of, in whatever a bank may send: no module of a bank raises, and no bit of what is signed can be changed."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haat.payment.banks import BadRow, Call, Created, Failed, Named, NotFound, registry
from haat.payment.model.evidence import Evidence, Notice, RefundEvidence, Refused
from tests.unit.payment.banks.kits import ASKED, KITS, Kit, leave_out, written
from tests.unit.payment.banks.test_shape import words_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=12,
)
each_bank = pytest.mark.parametrize("name", registry.NAMES)


@each_bank
@settings(max_examples=150)
@given(data=st.data())
def test_spoiled_byte_of_a_signed_body_is_refused(name: str, data: st.DataObject) -> None:
    """Where the callback is proof, not one bit of it can be changed."""
    kit = KITS[name]()
    if kit.bank.CAPS.trust != "proof":
        leave_out(kit, "trust", "nothing in its callbacks is signed")
    raw = bytearray(kit.body(kit.event()))
    headers = kit.headers(bytes(raw))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert kit.bank.read_callback(kit.account, kit.keys, headers, bytes(raw)) == Refused(reason="bad_signature")


@each_bank
@settings(max_examples=150)
@given(raw=st.binary(max_size=400), headers=st.dictionaries(st.text(), st.text(), max_size=3), signed=st.booleans())
def test_no_bytes_and_headers_make_it_raise(name: str, raw: bytes, headers: dict[str, str], signed: bool) -> None:  # noqa: FBT001
    """Whatever comes in, the door has an answer, and only the right key gets further than 4xx."""
    kit = KITS[name]()
    said = kit.bank.read_callback(kit.account, kit.keys, headers | (kit.headers(raw) if signed else {}), raw)
    assert isinstance(said, Refused)
    shut = (401,) if kit.bank.CAPS.door_keys else (200,)
    assert kit.bank.ack(said)[0] in ((200, 401) if signed else shut)


@each_bank
@settings(max_examples=150)
@given(data=st.data())
def test_no_document_makes_it_raise(name: str, data: st.DataObject) -> None:
    """Any part of a callback or an answer may be anything else, also where it is signed."""
    kit = KITS[name]()
    event, refund = kit.event(), kit.refund()
    for document in (event, refund):
        places = list(_places(document))
        for _ in range(data.draw(st.integers(1, 2))):
            inside, key = data.draw(st.sampled_from(places))
            inside[key] = data.draw(JSON)
    odd = written(data.draw(JSON))
    raws = [odd, kit.body(odd), kit.made(odd)]
    with suppress(TypeError, KeyError, IndexError, AttributeError):
        raws += [kit.body(event), kit.made(refund)]
    with suppress(TypeError, KeyError, IndexError, AttributeError):  # no payment may be left in it
        raws.append(kit.payments([event]))
    for raw in raws:
        _read_all(kit, raw, data.draw(st.sampled_from([200, 201, 400, 404, 422, 500])))


@each_bank
@settings(max_examples=200)
@given(raw=st.binary(max_size=200), status=st.integers(-1, 700))
def test_no_answer_makes_it_raise(name: str, raw: bytes, status: int) -> None:
    """A proxy's page, a half answer, an odd status: nobody knows, and it is asked again."""
    _read_all(KITS[name](), raw, status)


def _read_all(kit: Kit, raw: bytes, status: int) -> None:
    bank, account, keys = kit.bank, kit.account, kit.settlement_keys()
    said = bank.read_callback(account, kit.keys, kit.headers(raw), raw)
    assert isinstance(said, Evidence | RefundEvidence | Notice | Refused)
    assert not isinstance(said, Refused) or said.reason in words_of(Refused)
    assert kit.bank.ack(said)[0] in (200, 401, 413)
    assert isinstance(bank.read_create(account, keys, ASKED, status, raw), Created | Failed)
    assert isinstance(bank.read_pull(account, keys, ASKED, status, raw), tuple | NotFound | Failed)
    assert isinstance(bank.read_refund(account, keys, ASKED, status, raw), RefundEvidence | Failed)
    asked = bank.read_pull_refund(account, keys, ASKED, status, raw)
    assert isinstance(asked, RefundEvidence | NotFound) or not asked.refused
    named = bank.read_name(account, status, raw)
    assert isinstance(named, Named | NotFound | Failed)
    assert not isinstance(named, Named) or named.name
    rows, bad = bank.read_settlement(account, raw)
    assert isinstance(rows, tuple)
    assert isinstance(bad, tuple)
    assert all(each.reason in words_of(BadRow) or re.fullmatch(r"no_[a-z_]+_column", each.reason) for each in bad)


def _places(document: Any) -> Any:
    for key, value in list(document.items()):
        yield document, key
        if isinstance(value, dict):
            yield from _places(value)


@each_bank
@settings(max_examples=100)
@given(odd=st.text(min_size=1, max_size=40))
def test_ids_can_not_leave_their_place_in_a_call(name: str, odd: str) -> None:
    """An id with slashes, questions or line breaks in it changes neither the path nor a header."""
    kit = KITS[name]()
    odd = odd.encode("utf-8", "replace").decode()
    asked = replace(ASKED, tr=odd, provider_txn_id=odd, refund_id=odd, provider_ref="qr_" + odd)
    plain = replace(ASKED, tr="x", provider_txn_id="x", refund_id="x", provider_ref="qr_x")
    for call in ("pull", "refund", "pull_refund"):
        made: Call = getattr(kit.bank, call)(kit.account, kit.call_keys(), asked)
        like: Call = getattr(kit.bank, call)(kit.account, kit.call_keys(), plain)
        assert made.url.isascii()
        assert made.url.isprintable()
        assert all(value.isascii() and value.isprintable() for value in made.headers.values())
        assert [made.url.count(mark) for mark in "/?&#"] == [like.url.count(mark) for mark in "/?&#"]
