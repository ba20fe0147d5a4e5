"""A market whose badges are checked from outside: over HTTP, at its public addresses, by other people's code."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from haat.aws.table import Table
from haat.kernel.ids import BadgeId, MerchantId, OperatorId, RequestId, ulid
from haat.kernel.time import Instant
from haat.verification.model.badge import Badge, Complaint, Level
from haat.verification.model.dossier import Change, Dossier, Entry
from haat.verification.model.request import Basis, Request
from haat.verification.ports import Writing
from haat.verification.rules import badges, news, status
from haat.verification.rules.changes import with_request
from haat.verification.store.dossiers import DynamoDossiers
from infra.local.market import SAREES, SWEETS
from infra.local.servers import HttpServer
from infra.local.stage import Stage
from tests.stack.business.conftest import Api

if TYPE_CHECKING:
    from infra.local.inprocess import InProcess

PAGE = (Path(__file__).parents[3] / "docs/badge.md").read_text("utf-8")
SIGNER = "verification_request"
REVIEWER = OperatorId("01KDVDNA00REV1EWER0000001T")
type Witness = Literal["joserfc", "webcrypto"]

# What each prints of a case: the claims, or that it was refused.
_PYTHON = """
import sys
for case in json.load(sys.stdin):
    try:
        print(json.dumps(check(*case)))
    except Exception as error:
        print(json.dumps({"refused": type(error).__name__ + ": " + str(error)}))
"""
_NODE = """
const input = []; for await (const part of process.stdin) input.push(part);
for (const [market, handle, presented, now] of JSON.parse(Buffer.concat(input)))
  console.log(JSON.stringify(await check(market, handle, presented, now).catch((error) => ({ refused: String(error) }))));
"""


def block(language: str) -> str:
    """What the page says to run."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def missing(witness: Witness) -> str:
    """Why a witness can't be heard here; empty where it can."""
    return "no node" if witness == "webcrypto" and shutil.which("node") is None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The stage at an address of its own, at which its badges say that they were issued."""

    stage: Stage
    api: Api
    url: str
    folder: Path
    drawn: list[int] = field(default_factory=list)

    @property
    def now(self) -> Instant:
        """The stage's time."""
        return self.api.now

    def dossiers(self) -> DynamoDossiers:
        """What verification keeps."""
        return DynamoDossiers(self.table())

    def table(self) -> Table:
        """Verification's table."""
        return Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["VerificationTable"])

    def gives(self, shop: str, level: Level = "verified", **basis: Any) -> str:
        """Let a shop have a badge, as a decision gives it; the badge as it is shown then."""
        profile = self.api.json("GET", "business-profile", as_=shop)
        stands = Basis(name=profile["name"], legal_name=profile["legal_name"], number="919800000001")
        self.drawn.append(len(self.drawn) + 1)
        number = self.drawn[-1]
        request = Request(
            id=RequestId(ulid(self.now, number.to_bytes(10))),
            state="approved",
            basis=replace(stands, **basis),
            decided_at=self.now,
        )
        new = badges.New(
            id=BadgeId(ulid(self.now, (number + 1000).to_bytes(10))), list=status.list_of(self.now), index=number * 7919
        )

        def decided(before: Dossier) -> Change:
            entry = Entry(what="approved", by="reviewer", at=self.now, who=REVIEWER)
            return badges.issue(with_request(before, request, entry), request, level, new, self.now)

        self.change(shop, decided)
        shown: str = self.shown(shop)["badge"]
        return shown

    def revokes(self, shop: str) -> None:
        """Let a reviewer take its badge away."""
        self.change(shop, lambda before: badges.revoke(before, _badge(before).id, REVIEWER, "It was let.", self.now))

    def complained_of(self, shop: str) -> None:
        """Let enough people complain."""
        for number in range(3):
            complaint = Complaint(id=f"complaint-{number}", of=f"somebody-{number}", at=self.now)
            self.change(shop, lambda before, one=complaint: badges.complained(before, one, REVIEWER, self.now))

    def change(self, shop: str, rule: Any) -> None:
        """One change of its dossier, and everything that follows."""
        dossiers, merchant = self.dossiers(), MerchantId(shop)
        before = dossiers.load(merchant)
        change: Change = rule(before)
        assert change.after != before, "nothing follows"
        dossiers.save(before, change, Writing(at=self.now, rows=news.rows(change, self.now)))
        self.stage.drain()

    def badge(self, shop: str) -> Badge:
        """A shop's badge as it is kept."""
        return _badge(self.dossiers().load(MerchantId(shop)))

    def shown(self, shop: str) -> dict[str, Any]:
        """A shop's badge as anyone sees it."""
        answer: dict[str, Any] = self.api.json("GET", f"/v1/directory/{handle(shop)}/badge", as_=None)
        return answer

    def checks(self, witness: Witness, *cases: "Case") -> list[dict[str, Any]]:
        """What a witness says of each case: claims, or `refused`."""
        asked = [[self.url, handle(one.shop), one.badge, (one.at or self.now) / 1000] for one in cases]
        if witness == "joserfc":
            (self.folder / "check.py").write_text(block("python") + _PYTHON, "utf-8")
            command = [sys.executable, "-I", "check.py"]
        else:
            (self.folder / "check.mjs").write_text(block("js") + _NODE, "utf-8")
            command = [str(shutil.which("node")), "check.mjs"]
        done = subprocess.run(
            command,
            cwd=self.folder,
            input=json.dumps(asked).encode(),
            capture_output=True,
            env={"no_proxy": "*"},
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    def accepted(self, witness: Witness, *cases: "Case") -> list[bool]:
        """Whether a witness takes each."""
        return ["refused" not in said for said in self.checks(witness, *cases)]

    @contextmanager
    def setting(self, function: str, **values: str) -> Iterator[None]:
        """Other values in a function's environment, as another deployment would give it."""
        functions = self.stage.deployment.functions
        before = functions[function]
        functions[function] = replace(before, environment={**before.environment, **values})
        self.stage.runner.forget()
        try:
            with cast("InProcess", self.stage.runner).wire.unwritten():
                yield
        finally:
            functions[function] = before
            self.stage.runner.forget()

    def keys(self) -> tuple[str, str]:
        """The addresses of the two keys."""
        first, _, second = self.stage.functions["public_api"].environment["BADGE_KEYS"].partition(",")
        return first, second


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A badge that is presented as a shop's, perhaps at another time."""

    shop: str
    badge: str | None = None
    at: int = 0


def handle(shop: str) -> str:
    """A shop's name in the directory's addresses."""
    return "mishti-bhandar" if shop == SWEETS.merchant.id else "saree-house"


def lists(api: Api, shops: Sequence[str]) -> None:
    """Let shops stand in the directory."""
    for shop in shops:
        answer = api.call("GET", "business-profile", as_=shop)
        name, language = (json.loads(answer.body)[word] for word in ("name", "language"))
        said = {"name": name, "language": language, "handle": handle(shop), "listed": True, "place": "Kolkata"}
        api.json("PUT", "business-profile", said, match=answer.headers["etag"], as_=shop)
    api.stage.drain()


@contextmanager
def open_market(stage: Stage, api: Api, folder: Path) -> Iterator[Market]:
    """Open it at a free port of this machine, with two shops in its directory."""
    server = HttpServer(lambda request: stage.doors.handle(request, now=stage.clock.now())).start()
    market = Market(stage=stage, api=api, url=server.url, folder=folder)
    try:
        lists(api, [SWEETS.merchant.id, SAREES.merchant.id])
        with market.setting(SIGNER, PUBLIC_URL=server.url):
            yield market
    finally:
        server.close()


def _badge(dossier: Dossier) -> Badge:
    assert dossier.badge is not None
    return dossier.badge
