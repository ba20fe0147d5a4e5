"""A request's whole life on the stage, in steps, and what must be true after it whatever died on the way."""

from collections import Counter
from typing import Final

from haat.aws.table import Table
from haat.kernel.ids import MerchantId
from haat.kernel.time import DAY
from haat.verification.model.dossier import Dossier
from haat.verification.rules import timing
from haat.verification.store.dossiers import DynamoDossiers
from infra.local.buckets import buckets
from infra.local.market import SWEETS
from infra.local.payees import SIMBANK, open_accounts
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import Api
from tests.stack.business.reviewing import Reviewer
from tests.stack.business.verifying import Asker
from tests.stack.scratched import clock

SHOP: Final = MerchantId(SWEETS.merchant.id)
WORKER: Final = "verification_request"
ALL: Final = (WORKER, "outbox_relay")
AGAIN_S: Final = 2_100  # records come again after six minutes at the most, and some more than once
PAN: Final = "AAAFB0001C"


class Life:
    """The sweet shop asks to be verified; a website, a bank and WhatsApp say what they know of it."""

    def __init__(self, stage: Stage) -> None:
        stage.reset()
        seed(stage)
        open_accounts(stage, (SIMBANK,))
        self.stage, self.api = stage, Api(stage)
        self.owner, self.id = Asker(self.api), ""
        self.stage.others.bank.world.names[SIMBANK.vpa.casefold()] = SWEETS.merchant.name.upper()

    def asks(self) -> None:
        """It gives all that it has, and a document."""
        name, site = SWEETS.merchant.name, self.stage.settings.graph_url.partition("://")[2]
        said = {"legal_name": name, "trade_name": name, "gstin": f"19{PAN}1ZJ", "pan": PAN, "upi": SIMBANK.vpa}
        self.id = self.owner.begins({**said, "phone": self.owner.phone(), "website": site})
        self.stage.others.site.text = self.owner.reads(self.id)["website"]["token"]
        document = self.owner.posts(self.owner.announces(self.id))
        self.owner.json("POST", f"/{self.id}/documents/{document}/read", expect=202)
        self.stage.run_for(AGAIN_S)

    def sends(self) -> None:
        """All of it is checked."""
        self.owner.json("POST", f"/{self.id}/send")
        self.stage.run_for(AGAIN_S)

    def is_approved(self) -> None:
        """A reviewer says yes, and the badge is signed."""
        answer = Reviewer(self.api).decides(f"merchants/{SHOP}/verification-requests/{self.id}")
        assert answer.status == 200, answer.body
        self.stage.run_for(AGAIN_S)

    def is_forgotten(self) -> None:
        """Three months later the schedule looks, and what proved it goes."""
        clock(self.stage).advance((timing.FORGET_MS + DAY) / 1000)
        for _ in range(3):  # a look that dies is followed by another
            if not (self.files() or self.sealed()):
                return
            self.stage.schedules_sleep = False
            self.stage.run_for(61)
            self.stage.schedules_sleep = True
            self.stage.run_for(AGAIN_S)

    def plays(self) -> None:
        """All of it."""
        self.asks()
        self.sends()
        self.is_approved()
        self.is_forgotten()

    @property
    def dossier(self) -> Dossier:
        """What is kept of the shop."""
        table = Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["VerificationTable"])
        return DynamoDossiers(table).load(SHOP)

    def history(self) -> Counter[tuple[str, str]]:
        """What happened, and how often."""
        listed = self.api.json("GET", "verification-history?limit=100", as_=SHOP)["items"]
        return Counter((one["what"], one["details"].get("check", "")) for one in listed)

    def told(self) -> Counter[str]:
        """What the shop is told, each as often as it was raised."""
        return Counter(sk.partition("told#")[2] for sk in self._rows("NEXT#") if "#told#" in sk)

    def files(self) -> list[str]:
        """What lies in the bucket of evidence."""
        (bucket,) = [one for one in buckets(self.stage.region) if "-evidence-" in one.name]
        return sorted(bucket.keys)

    def sealed(self) -> list[str]:
        """Evidence that is kept."""
        return [item["sk"]["S"] for item in self.stage.items("verification") if "sealed" in item]

    def _rows(self, prefix: str) -> list[str]:
        listed = (item["sk"]["S"] for item in self.stage.items("verification"))
        return [sk for sk in listed if sk.startswith(prefix)]

    def nothing_set_aside(self) -> None:
        """No queue holds anything, and nobody has failed but who was killed."""
        for queue in self.stage.deployment.queues:
            assert self.stage.queue_depth(queue) == 0 or queue.endswith("-due"), queue
        assert not [failure for failure in self.stage.failures if not failure.died]
