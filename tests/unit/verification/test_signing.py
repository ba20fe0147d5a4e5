"""Signing badges and lists, in memory: who is late loses, and nobody sees a badge whose list is not there."""

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, override

import pytest

from haat.kernel.errors import Unavailable
from haat.kernel.ids import BadgeId, OperatorId
from haat.kernel.time import DAY, Instant
from haat.verification.memory.dossiers import MemoryDossiers
from haat.verification.memory.keys import MemorySigner
from haat.verification.memory.shown import MemoryBadges, MemoryLists
from haat.verification.model.badge import Badge, Level
from haat.verification.model.dossier import Change, Dossier
from haat.verification.ports import SignedList, Writing
from haat.verification.rules import badges, news, status
from haat.verification.rules.changes import nothing
from haat.verification.service.showing import Levels
from haat.verification.service.signing import Signing
from tests.unit.verification.cases import NOW, SHOP, T0, at, new, sent

REVIEWER = OperatorId("reviewer")
LIST = new().list


@dataclass(frozen=True, slots=True)
class Market:
    """What is kept, and who signs."""

    dossiers: MemoryDossiers
    signing: Signing

    def badge(self) -> Badge:
        """The shop's badge."""
        badge = self.dossiers.load(SHOP).badge
        assert badge is not None
        return badge

    def change(self, rule: Callable[[Dossier], Change], now: Instant = T0) -> None:
        """One change."""
        before = self.dossiers.load(SHOP)
        change = rule(before)
        self.dossiers.save(before, change, Writing(at=now, rows=news.rows(change, now)))

    def level(self, now: Instant = T0) -> Level:
        """What is drawn beside the shop's name."""
        shops = [(SHOP, NOW.name, NOW.legal_name)]
        return Levels(badges=MemoryBadges(self.dossiers)).of(shops, now, fresh=True)[SHOP]

    def says(self) -> int:
        """What the signed list says of the shop's badge; raises where there is no signed list."""
        signed = self.signing.lists.get(LIST)
        assert signed is not None
        body: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(signed.token.split(".")[1] + "=="))
        bits = zlib.decompress(base64.urlsafe_b64decode(body["status_list"]["lst"] + "=="))
        index = self.badge().index
        return bits[index // 4] >> index % 4 * 2 & 3


def market(issuer: str = "https://market.example", key: str = "key-1") -> Market:
    """A market with one badge that is to be signed."""
    dossiers = MemoryDossiers()
    signing = Signing(dossiers=dossiers, lists=MemoryLists(dossiers), signer=MemorySigner(key), issuer=issuer)
    made = Market(dossiers, signing)
    asked = sent().request
    assert asked is not None
    begun = replace(asked, state="approved", decided_at=at(2))
    made.change(lambda before: badges.issue(nothing(replace(before, request=begun)), begun, "verified", new(), T0))
    return made


def test_badge_is_drawn_when_it_is_signed() -> None:
    """Not before; its list is there by then; the same record again signs nothing."""
    made = market()
    assert made.level() == "unconfirmed"
    assert made.signing.sign_badge(SHOP, made.badge().id, at(1)) == "signed"
    assert (made.level(), made.says(), made.badge().key) == ("verified", status.VALID, "key-1")
    kept = made.dossiers.load(SHOP)
    assert made.signing.sign_badge(SHOP, made.badge().id, at(2)) == "nothing"
    assert made.dossiers.load(SHOP) == kept


def test_record_of_another_badge_signs_nothing() -> None:
    """One that fell in between needs no signature, nor does one in whose place another stands."""
    made = market()
    assert made.signing.sign_badge(SHOP, BadgeId("01B00000000000000000000THER"), at(1)) == "nothing"
    made.change(lambda before: badges.revoke(before, new().id, REVIEWER, "no", at(1)))
    assert made.signing.sign_badge(SHOP, new().id, at(2)) == "nothing"
    assert made.level() == "unconfirmed"


def test_nothing_is_signed_until_the_address_is_known() -> None:
    """The record waits; with the address it is signed."""
    made = market(issuer="none")
    with pytest.raises(Unavailable):
        made.signing.sign_badge(SHOP, new().id, at(1))
    with pytest.raises(Unavailable):
        made.signing.sign_list(LIST, at(1))
    known = replace(made.signing, issuer="https://market.example")
    assert known.sign_badge(SHOP, new().id, at(2)) == "signed"


class _FailsOnce(MemorySigner):
    """A key service that does not answer the n-th call."""

    def __init__(self, silent: int) -> None:
        super().__init__()
        self.calls, self.silent = 0, silent

    @override
    def sign(self, signed: bytes) -> bytes:
        self.calls += 1
        if self.calls == self.silent:
            raise Unavailable("keys: silent")
        return super().sign(signed)


@pytest.mark.parametrize("silent", [1, 2])
def test_crash_leaves_no_badge_without_its_list(silent: int) -> None:
    """Whichever signature does not come: nothing is drawn, and the record that comes again does the rest."""
    made = market()
    signing = replace(made.signing, signer=_FailsOnce(silent))
    with pytest.raises(Unavailable):
        signing.sign_badge(SHOP, new().id, at(1))
    assert made.level() == "unconfirmed"
    assert signing.sign_badge(SHOP, new().id, at(2)) == "signed"
    assert (made.level(), made.says()) == ("verified", status.VALID)


class _Overtaken(MemoryLists):
    """Lists on which somebody is at work while they are signed."""

    def __init__(self, dossiers: MemoryDossiers, meanwhile: Callable[[], None]) -> None:
        super().__init__(dossiers)
        self.meanwhile: list[Callable[[], None]] = [meanwhile]

    @override
    def statuses(self, name: str) -> Mapping[int, int]:
        found = dict(super().statuses(name))
        while self.meanwhile:
            self.meanwhile.pop()()
        return found


def test_late_writer_of_a_list_loses() -> None:
    """Who has read the statuses before a badge fell can't write their list over the newer one, and signs what is so when the record comes again."""
    made = market()
    made.signing.sign_badge(SHOP, new().id, at(1))

    def falls() -> None:
        made.change(lambda before: badges.revoke(before, new().id, REVIEWER, "no", at(3)))
        made.signing.sign_list(LIST, at(3))

    late = replace(made.signing, lists=_Overtaken(made.dossiers, falls))
    with pytest.raises(Unavailable):
        late.sign_list(LIST, at(2))
    assert made.says() == status.INVALID
    assert late.sign_list(LIST, at(4)) == "signed"
    assert made.says() == status.INVALID


def test_another_key_or_issuer_signs_anew_and_the_list_first() -> None:
    """The badge stays the same one, on the same place, to the same day; on the day after it is not due for that any more."""
    made = market()
    made.signing.sign_badge(SHOP, new().id, at(1))
    before = made.badge()
    for signing in (
        replace(made.signing, signer=MemorySigner("key-2")),
        replace(made.signing, signer=MemorySigner("key-2"), issuer="https://haat.example"),
    ):
        assert signing.stale(made.badge())
        assert signing.sign_badge(SHOP, new().id, at(5)) == "signed"
        signed: SignedList | None = signing.lists.get(LIST)
        assert signed is not None
        assert (signed.key, signed.issuer) == ("key-2", signing.issuer)
        assert not signing.stale(made.badge())
    after = made.badge()
    assert (after.id, after.index, after.expires_at) == (before.id, before.index, before.expires_at)
    assert (after.key, after.issuer) == ("key-2", "https://haat.example")


def test_list_is_over_when_no_badge_on_it_can_live() -> None:
    """Nobody signs it any more, nor one that never was."""
    made = market()
    assert made.signing.sign_list(LIST, Instant(status.ends(LIST) - 1)) == "signed"
    assert made.signing.lists.late(Instant(status.ends(LIST) + 9 * DAY), 10) == []
    assert made.signing.sign_list(LIST, status.ends(LIST)) == "over"
    assert made.signing.sign_list("2031-01", at(1)) == "over"


def test_badge_is_looked_at_once_a_day() -> None:
    """Without a line of history; before its day nothing is written."""
    made = market()
    lines = list(made.dossiers.lines[SHOP])
    assert badges.looked(made.dossiers.load(SHOP), at(1)) == nothing(made.dossiers.load(SHOP))
    made.change(lambda before: badges.looked(before, Instant(T0 + DAY)), Instant(T0 + DAY))
    assert made.badge().looked_at == T0 + DAY
    assert made.dossiers.lines[SHOP] == lines
    assert made.dossiers.due(Instant(T0 + 2 * DAY - 1), 10) == []
    assert made.dossiers.due(Instant(T0 + 2 * DAY), 10) == [(SHOP, None)]
