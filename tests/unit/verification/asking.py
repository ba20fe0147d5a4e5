"""A shop that asks to be verified, on ports in memory."""

import itertools
from dataclasses import replace
from typing import Any

from haat.edge.api.phones import read_phone
from haat.facts.verification import payee_mark
from haat.kernel.ids import DocumentId, MerchantId, RequestId, ulid
from haat.kernel.once import Answer, Once
from haat.kernel.time import SECOND, Instant, later
from haat.verification.memory.dossiers import MemoryDossiers
from haat.verification.memory.shelf import MemorySeals, MemoryShelf, MemoryShops
from haat.verification.model.dossier import Change, ShopNow
from haat.verification.model.evidence import Document
from haat.verification.model.request import Request
from haat.verification.ports import Writing
from haat.verification.service.asking import Asking

NOW = Instant(1_790_000_000_000)
SHOP, OTHER = MerchantId("01KDVDNA000000000000000SHP"), MerchantId("01KDVDNA000000000000000TWP")
WHO = "01KDVDNA00000000000000T0KN"
# Invented, as everything here is.
SAID: dict[str, Any] = {
    "legal_name": "Rina Sweets Works",
    "trade_name": "Rina Mishtanna",
    "gstin": "19AAAFB0001C1ZJ",
    "pan": "aaafb 0001c",
    "udyam": "udyam wb 10 0012345",
    "licence": {"kind": "fssai", "registration": "12826-001000123"},
    "website": "https://Sweets.Example/shop?x=1",
    "upi": "Rina.Sweets@OkBank",
    "phone": "098310 00001",
}
PERSONAL = ("Rina", "AAAFB0001C", "19AAAFB", "0012345", "12826001000123", "rina.sweets", "9831000001")


class Desk:
    """One shop's owner, and what they do."""

    def __init__(self, **shop: Any) -> None:
        known = ShopNow(
            merchant=SHOP,
            name="Rina Mishtanna",
            legal_name="Rina Sweets Works",
            open=True,
            country="IN",
            numbers={("messenger", "100200"): "Rina", ("whatsapp", "1001"): "919831000001"},
            payees=frozenset({payee_mark(SHOP, "rina.sweets@okbank")}),
        )
        self.dossiers, self.shelf = MemoryDossiers(), MemoryShelf()
        self.shops = MemoryShops(replace(known, **shop), replace(known, merchant=OTHER))
        self.asking = Asking(
            dossiers=self.dossiers,
            seals=MemorySeals(),
            shelf=self.shelf,
            shops=self.shops,
            read_phone=read_phone,
            chance=lambda size: b"\x5a" * size,
        )
        self._numbers = itertools.count(1)
        self.now = NOW

    def once(self, key: str = "", asked: str = "it") -> Once:
        """A request's own name; a new one, unless one is given."""
        self.now = later(self.now, SECOND)
        return Once(key=key or f"key-{next(self._numbers)}", asked=asked, at=self.now)

    def id(self) -> str:
        """A new one."""
        return ulid(self.now, next(self._numbers).to_bytes(10))

    def begins(self, said: dict[str, Any] | None = None, once: Once | None = None) -> str:
        """A new request; its id."""
        answer = self.asking.begin(SHOP, RequestId(self.id()), said or {}, WHO, once or self.once())
        assert answer.status == 201
        id: str = answer.body["id"]
        return id

    def gives(self, id: str, said: dict[str, Any]) -> Answer:
        """Evidence, for what is there now."""
        return self.asking.give(SHOP, id, self.version, said, WHO, self.now)

    def announces(self, id: str, once: Once | None = None) -> Answer:
        """A document."""
        document = Document(id=DocumentId(self.id()), kind="tax", media="application/pdf")
        return self.asking.announce(SHOP, id, document, WHO, once or self.once())

    def reads(self, id: str) -> dict[str, Any]:
        """The request as the shop sees it."""
        body: dict[str, Any] = self.asking.read(SHOP, id, self.now).body
        return body

    def turns(self, **to: Any) -> None:
        """Something else happens to the request: checks, or a reviewer."""
        before = self.dossiers.load(SHOP)
        assert before.request is not None
        after = replace(before, request=replace(before.request, **to), version=before.version + 1)
        self.dossiers.save(before, Change(after=after), Writing(at=self.now))

    @property
    def version(self) -> int:
        """Of the dossier."""
        return self.dossiers.load(SHOP).version

    @property
    def request(self) -> Request:
        """As it is kept."""
        request = self.dossiers.load(SHOP).request
        assert request is not None
        return request

    @property
    def happened(self) -> list[str]:
        """The words of the history."""
        return [entry.what for entry in self.dossiers.lines.get(SHOP, [])]

    @property
    def facts(self) -> list[str]:
        """The names of the rows in the outbox."""
        return [row.name.partition("#")[0] for row in self.dossiers.rows]
