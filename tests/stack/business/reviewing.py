"""The words in which tests of reviewers speak: who they are, and shops that ask to be verified."""

import hashlib
import itertools
import json
from collections.abc import Sequence
from typing import Any

from haat.aws.table import Table
from haat.business.model.token import Role
from haat.kernel.ids import BadgeId, DocumentId, MerchantId, OperatorId, RequestId, TokenId, ulid
from haat.kernel.time import MINUTE, Instant
from haat.verification.model.badge import Badge
from haat.verification.model.dossier import Change, Dossier
from haat.verification.model.evidence import Document, Evidence
from haat.verification.model.request import CheckState, Likeness
from haat.verification.ports import Writing
from haat.verification.rules import badges, deciding, filing, machine
from haat.verification.rules.bases import basis_of
from haat.verification.rules.evidence import hidden, to_text
from haat.verification.rules.imitation import MOST_KEYS, keys
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.seals import KmsSeals
from haat.wiring.shop_now import shops
from infra.local.http import Response
from tests.stack.business.conftest import Api

ANITA, BIMAL = "01KDVDNA000REV1EWER0000001", "01KDVDNA000REV1EWER0000002"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
BANK = Likeness(name="State Bank of Examples (invented)", why="word", protected=True)
WHY = "as the papers say"
_NUMBERS = itertools.count(1)
_SOUNDS = ("ba", "de", "fi", "go", "hu", "ja", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu", "za")


def unlike(number: int) -> str:
    """A name of nobody's, like no other of these; the register has as many rows of each."""
    for drawn in (hashlib.sha256(f"name {number} {again}".encode()).digest() for again in itertools.count()):
        first, second = ("".join(_SOUNDS[byte % 16] for byte in drawn[at : at + 4]) for at in (0, 4))
        name = f"{first.capitalize()} {second.capitalize()}"
        if len(keys(name)) == MOST_KEYS:
            return name
    raise AssertionError("chance never ends")


class Reviewer:
    """One reviewer, who calls by paths below /v1/reviewer/."""

    def __init__(self, api: Api, who: str = ANITA, text: str | None = None) -> None:
        self._api, self._who, self._text = api, who, text

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Response:
        """One request, by their own token or by one that was made for them."""
        if self._text is not None:
            headers = {"authorization": f"Bearer {self._text}"} | more.pop("headers", {})
            return self._api.call(method, f"/v1/reviewer/{path}", body, as_=None, headers=headers, **more)
        return self._api.call(method, f"/v1/reviewer/{path}", body, as_=self._who, role=Role.REVIEWER, **more)

    def json(self, method: str, path: str, body: Any = None, *, expect: int = 200, **more: Any) -> Any:
        """The document in the answer to a request that must succeed."""
        answer = self.call(method, path, body, **more)
        assert answer.status == expect, (answer.status, answer.body.decode())
        return json.loads(answer.body)

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """Status and reason of the problem that a request meets, or its type where it has none."""
        answer = self.call(method, path, body, **more)
        said = json.loads(answer.body)
        return answer.status, said.get("reason", said["type"].removeprefix("urn:haat:problem:"))

    def decides(self, path: str, verdict: str = "approve", **more: Any) -> Response:
        """What they say of a request as it is."""
        seen = self.call("GET", path).headers["etag"]
        return self.call("POST", f"{path}/decisions", {"verdict": verdict, "reason": WHY, **more}, match=seen)


class Petitions:
    """Shops that ask, as the rules have it and the product's own store keeps it: what the checks would find is said here."""

    def __init__(self, api: Api) -> None:
        self.stage, self._api = api.stage, api
        environment = self.stage.functions["operator_api"].environment
        client = self.stage.client("dynamodb")
        self.dossiers = DynamoDossiers(Table(client, environment["VERIFICATION_TABLE"]))
        payment = Table(client, environment["PAYMENT_TABLE"])
        self._shops = shops(api.business(), api.conversation(), payment)
        self._seals = KmsSeals(lambda: self.stage.client("kms"), environment["EVIDENCE_KEY"])
        self._bucket, self._key = environment["EVIDENCE_BUCKET"], environment["EVIDENCE_KEY"]

    @property
    def now(self) -> Instant:
        """The stage's time."""
        return self._api.now

    def waits(
        self, merchant: str, alike: Sequence[Likeness] = (), *, since: Instant | None = None, **found: CheckState
    ) -> RequestId:
        """A request with a document that waits for a reviewer; checks have passed but those that are named."""
        shop, now = MerchantId(merchant), since or self.now
        known = self._shops.now(shop)
        assert known is not None
        legal = (known.legal_name or known.name)[:70]
        evidence = Evidence(legal_name=legal, gstin="19AAACT0000A1Z5", phone="919800000001")
        id, paper = RequestId(self._id(now)), DocumentId(self._id(now))
        self._does(machine.begin(self.dossiers.load(shop), id, "site-token", "owner", now))
        given = machine.give(self.dossiers.load(shop), id, hidden(evidence), "owner", now)
        self._does(given, (id, self._seals.seal(shop, to_text(evidence))))
        document = Document(id=paper, kind="tax", media="image/png", announced_at=now)
        self._does(filing.announce(self.dossiers.load(shop), id, document, "owner", now))
        self._does(filing.posted(self.dossiers.load(shop), id, paper, "owner", now))
        self._does(filing.looked(self.dossiers.load(shop), id, paper, "", len(PNG), now))
        self._put(f"kept/{shop}/{id}/{paper}", shop)
        basis = basis_of(known, evidence)
        self._does(machine.send(self.dossiers.load(shop), id, basis, known, "owner", now))
        request = self.dossiers.load(shop).request
        assert request is not None
        for check in request.checks:
            if check.state == "waiting":
                state = found.get(check.kind, "failed" if alike and check.kind == "imitation" else "passed")
                likenesses = tuple(alike) if check.kind == "imitation" else ()
                before = self.dossiers.load(shop)
                self._does(
                    machine.found(before, id, request.round, check.kind, (state, "word"), now, likenesses=likenesses)
                )
        return id

    def badged(self, merchant: str) -> Badge:
        """A green badge, as two reviewers have given it and the machine has signed it."""
        id, shop = self.waits(merchant), MerchantId(merchant)
        known = self._shops.now(shop)
        assert known is not None
        new = badges.New(id=BadgeId(self._id(self.now)), list="2020-01", index=next(_NUMBERS))
        by = deciding.Reviewer(id=OperatorId(BIMAL), token=TokenId("token"))
        decision = deciding.Decision(verdict="approve", reason=WHY)
        known_now = deciding.Known(shop=known, likenesses=(), new=new)
        self._does(deciding.decide(self.dossiers.load(shop), id, decision, by, known_now, self.now))
        self._does(badges.signed(self.dossiers.load(shop), new.id, "j.w.s", "key", "https://market.example", self.now))
        badge = self.dossiers.load(shop).badge
        assert badge is not None
        return badge

    def dossier(self, merchant: str) -> Dossier:
        """A shop's, as it is kept."""
        return self.dossiers.load(MerchantId(merchant))

    def moved(self, merchant: str, rule: Any) -> None:
        """Something that the shop or the machine does."""
        self._does(rule(self.dossier(merchant)))

    def rows(self, merchant: str, prefix: str) -> list[str]:
        """Sort keys of what is kept of a shop."""
        listed = [item for item in self.stage.items("verification") if item["pk"]["S"] == f"MERCHANT#{merchant}"]
        return sorted(item["sk"]["S"] for item in listed if item["sk"]["S"].startswith(prefix))

    def _does(self, change: Change, evidence: tuple[RequestId, bytes] | None = None) -> None:
        before = self.dossiers.load(change.after.merchant)
        self.dossiers.save(before, change, Writing(at=self.now, evidence=evidence))

    def _put(self, name: str, merchant: MerchantId) -> None:
        self.stage.client("s3").put_object(Bucket=self._bucket, Key=name, Body=PNG, ContentType="image/png")

    def _id(self, now: Instant) -> str:
        return ulid(now, f"{next(_NUMBERS):010d}".encode())


def ago(api: Api, minutes: float) -> Instant:
    """So many minutes before now."""
    return Instant(int(api.now - minutes * MINUTE))
