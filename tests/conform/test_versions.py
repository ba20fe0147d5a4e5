"""One version deployed over another and back, with messages in every queue: none lost, none doubled, all in order."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.conform.deployed import Deployed
from infra.conform.judgement import Made, judge, made, stays
from infra.conform.stack import left, tear_down
from infra.conform.versions import NoHistory, last_release, next_version, open_shops
from infra.local.market import HARDWARE, SAREES, SWEETS, DemoShop
from infra.local.settings import ROOT
from tests.conform.money import CALLS, EVIDENCE, Money
from tests.conform.people import PARKING, People
from tests.conform.talk import Talk, Talking, held
from tests.conform.ways import HOUR_S, be_patient

pytestmark = pytest.mark.conform
PAGE = (ROOT / "docs/conform.md").read_text()
PEOPLE = 20
SWEET_SHOP, SAREE_SHOP, PATIENT_SHOP = (shop.phone_number_id for shop in (SWEETS, SAREES, HARDWARE))
INBOUND, OUTBOUND = "conversation-inbound.fifo", "conversation-outbound.fifo"
ASIDE, BY_HAND = "conversation-inbound-dlq.fifo", "Come in, we have kept it for you"
NOTICES, NOTICES_ASIDE = "business-notice", "business-notice-dlq"
DUE, STATUS, ROWS = "conversation-due", "conversation-status", "local-conversation"
ROWS_ASIDE = "outbox-dlq"
HELD: Mapping[str, int] = {STATUS: 60, DUE: 20, OUTBOUND: 60, INBOUND: 60}
# Longer than what a dying function had received stays hidden (seconds).
LONG_S = 400.0
# Each process unpacks its layers, and two cores can do no more at once.
FEW = {"DoorConcurrency": "2"}


class Pair:
    """Two checkouts, one newer than the other, on one stack; the older one stands when a test begins."""

    def __init__(self, stage: Deployed, older: Path, newer: Path) -> None:
        self.stage, self.older, self.newer = stage, older, newer
        self._stands: Path | None = older
        self._made = {older: made(stage)}

    def stand(self, checkout: Path) -> None:
        """Deploy one of them over what stands, if it is the other."""
        if checkout != self._stands:
            was = self._made.get(self._stands) if self._stands else None
            self.stage.deploy(checkout, parameters=FEW)
            self._stands = checkout
            self._made[checkout] = made(self.stage)
            self._take_away([was[path] for path in stays(was, self._made[checkout])] if was else [])

    def _take_away(self, left_behind: Iterable[Made]) -> None:
        """Do what an operator has to do before the newer version can come again."""
        for one in left_behind:
            if one.kind == "AWS::S3::Bucket":
                self.stage.client("s3").delete_bucket(Bucket=one.physical)
            elif one.kind == "AWS::DynamoDB::Table":  # with what it holds: here nobody imports it
                dynamodb = self.stage.client("dynamodb")
                dynamodb.update_table(TableName=one.physical, DeletionProtectionEnabled=False)
                dynamodb.delete_table(TableName=one.physical)

    def made_of(self, checkout: Path) -> Mapping[str, Made]:
        """Return what a version is made of."""
        if checkout not in self._made:
            self.stand(checkout)
        return self._made[checkout]

    def tear_down(self) -> None:
        """Delete what stands."""
        tear_down(self.stage.engine)
        self._stands = None

    def empty(self, *shops: DemoShop) -> Deployed:
        """Return the stack with the older version and shops that were opened by that version's code."""
        self.stand(self.older)
        self.stage.reset()
        self.stage.clock.real()  # a deployment is dated
        open_shops(self.older, self.stage, shops)
        return self.stage


@pytest.fixture(scope="module", params=["released", "next"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Return the last release and this checkout, or this checkout and a next version with more fields and higher versions."""
    folder = tmp_path_factory.mktemp("version")
    try:
        older, newer = (last_release(folder), ROOT) if request.param == "released" else (ROOT, next_version(folder))
    except NoHistory as error:
        pytest.skip(str(error))
    with Deployed.fresh(older, parameters=FEW) as stage:
        yield Pair(stage, older, newer)


def hold_everywhere(talk: Talk, until: ExitStack) -> None:
    """Let 200 messages of 20 customers lie wherever one can wait, and 60 statuses; 60 of the messages as rows of the stream."""
    stage = talk.stage
    stage.graph.statuses = "held"
    talk.all_write(SWEET_SHOP)
    until.enter_context(held(stage, STATUS))
    stage.graph.webhooks.crowd(20, wait=0.1)
    stage.graph.release()
    stage.drain()
    stage.graph.webhooks.clear()
    stage.graph.statuses = "auto"
    for source, shop, times in (
        (DUE, PATIENT_SHOP, 1),
        (OUTBOUND, SWEET_SHOP, 3),
        (ROWS, SAREE_SHOP, 3),
        (INBOUND, SWEET_SHOP, 3),
    ):
        until.enter_context(held(stage, source))
        talk.all_write(shop, times)
    assert {queue: stage.queue_depth(queue) for queue in HELD} == HELD


def versions_in(stage: Deployed, *queues: str) -> set[int]:
    """Return the versions of the facts that wait there."""
    return {json.loads(message["body"])["v"] for queue in queues for message in stage.messages(queue)}


def set_aside_by_the_older(pair: Pair) -> None:
    """Rows for a queue that the last release's relay does not know lie aside, and nothing else does: `make outbox-repair` brings them back."""
    if pair.older == ROOT:
        return
    rows = [json.loads(one["body"]) for one in pair.stage.messages(ROWS_ASIDE)]
    assert {row["queue"] for row in rows} <= {"verification-request"}
    pair.stage.client("sqs").purge_queue(QueueUrl=pair.stage.queue_url(ROWS_ASIDE))


def nothing_is_wrong(pair: Pair, talk: Talk) -> None:
    """Let all that waits be done, and look at what came of it."""
    stage = talk.stage
    stage.graph.webhooks.crowd(20, wait=1.0)
    stage.run_for(LONG_S)
    stage.graph.webhooks.clear()
    assert talk.wrong() == []
    set_aside_by_the_older(pair)
    assert [queue for queue in stage.deployment.queues if stage.queue_depth(queue)] == []


def test_what_one_version_queued_is_done_by_the_other_both_ways(pair: Pair) -> None:
    """200 messages wait under the older version and are answered by the newer, 200 under the newer by the older one."""
    stage, versions = pair.empty(SWEETS, SAREES, HARDWARE), list[set[int]]()
    be_patient(stage)
    for turn, checkout in enumerate((pair.newer, pair.older)):
        talk = Talk(stage, PEOPLE, first=turn * PEOPLE)
        with ExitStack() as until:
            hold_everywhere(talk, until)
            versions.append(versions_in(stage, *HELD))
            with Talking(talk, SWEET_SHOP):
                pair.stand(checkout)
        nothing_is_wrong(pair, talk)
        assert talk.count() > 220, "nobody wrote during the deployment"
    if pair.older == ROOT:
        assert versions == [{1}, {2}]


def test_money_that_waits_under_one_version_is_found_by_the_other_both_ways(pair: Pair) -> None:
    """Callbacks, calls and rows of either version are done by the other: each payment has one receipt, a refund is made once."""
    if pair.older != ROOT:
        pytest.skip("the last release knows nothing of payments")
    stage = pair.empty(SWEETS)
    money = Money(stage)
    for turn, checkout in enumerate((pair.newer, pair.older), 1):
        with ExitStack() as until:
            money.waits(until)
            assert versions_in(stage, EVIDENCE, CALLS) == {turn}
            pair.stand(checkout)
        money.comes()
        assert money.wrong() == []


def test_what_is_said_of_money_is_lost_by_no_version_that_knows_none(pair: Pair) -> None:
    """A customer is asked by the older version, in words and with the link; what tells an order that it was paid is set aside."""
    if pair.older == ROOT:
        pytest.skip("both versions know of payments")
    stage = pair.empty(SWEETS)
    pair.stand(pair.newer)
    stage.drain()
    money = Money(stage)
    paid, asked = money.order(), money.order()
    money.accepts(paid)
    with held(stage, NOTICES, INBOUND):
        money.pays_order()
        money.accepts(asked)
        assert len(money.links()) == 1
        pair.stand(pair.older)
    stage.run_for(LONG_S)
    assert len(money.links()) == 2
    facts = [json.loads(one["body"]) for one in stage.messages(NOTICES_ASIDE)]
    assert {fact["fact"] for fact in facts} == {"order_money"}
    assert "PAID" in {fact["state"] for fact in facts}
    stage.client("sqs").purge_queue(QueueUrl=stage.queue_url(NOTICES_ASIDE))
    set_aside_by_the_older(pair)
    assert [queue for queue in stage.deployment.queues if stage.queue_depth(queue)] == []


def test_version_changes_both_ways_while_customers_write(pair: Pair) -> None:
    """The newer version comes and goes again while messages are under way; what a shop's people did meanwhile hinders nobody.

    What one of them says by hand while it goes is not lost: the older version says it, or sets it aside where it knows no such thing.
    """
    stage = pair.empty(SWEETS, SAREES)
    talk, people = Talk(stage, PEOPLE), People(stage)
    written = [talk.count()]
    with Talking(talk, SWEET_SHOP):
        pair.stand(pair.newer)
    written.append(talk.count())
    stage.drain()
    people.work()
    with held(stage, INBOUND):
        people.answer(BY_HAND)
        stage.drain()
        with Talking(talk, SWEET_SHOP):
            pair.stand(pair.older)
    written.append(talk.count())
    stage.run_for(LONG_S)
    aside = [json.loads(one["body"])["text"] for one in stage.messages(ASIDE)]
    assert aside + [text for text in people.said(people.meera) if text == BY_HAND] == [BY_HAND]
    stage.client("sqs").purge_queue(QueueUrl=stage.queue_url(ASIDE))
    assert len(people.asks(people.leela, "hours")) == 1
    assert len(people.sends_cart(people.leela)) == 1
    assert len(people.asks(people.amit, "hours")) == 0  # whom the shop has blocked
    assert people.asks(people.leela, "is there parking?")[-1].endswith(PARKING["replies"]["en"])
    stage.run_for(HOUR_S)  # the bot is silent for a while where a person has answered
    assert len(people.asks(people.meera, "hours")) == 1
    nothing_is_wrong(pair, talk)
    # How many write depends on how fast the machine deploys; that somebody does, each time, must not.
    before, coming, going = written
    assert before < coming < going, "nobody wrote during one of the deployments"


def test_aws_would_take_the_newer_version_and_its_rollback(pair: Pair) -> None:
    """No name changes hands, nothing that holds state is made anew, and the webhook keeps its address, both ways.

    What stays behind where the newer version goes is in docs/conform.md, "Versions".
    """
    older, newer = pair.made_of(pair.older), pair.made_of(pair.newer)
    assert judge(older, newer) == []
    assert judge(newer, older) == []
    assert all(f"`{path.rpartition('/')[2]}`" in PAGE for path in stays(newer, older))


def test_torn_down_leaves_no_more_than_is_to_be_kept(pair: Pair) -> None:
    """Deleted without protection, the stack leaves nothing but what the templates retain."""
    was, engine = pair.made_of(pair.older), pair.stage.engine
    pair.stand(pair.older)
    kept = {one.physical for one in was.values() if one.retained}
    gone = {one.physical for one in was.values()} - kept
    assert set(pair.stage.deployment.tables) <= kept
    assert {function.physical_name for function in pair.stage.functions.values()} <= left(engine) & gone
    pair.tear_down()
    assert left(engine) & gone == set()


FIFO = {"FifoQueue": True, "QueueName": "q.fifo"}
PLANTED: Mapping[str, tuple[dict[str, Made], dict[str, Made], str]] = {
    "a name that changes hands": (
        {"One": Made("AWS::CloudWatch::Alarm", {"AlarmName": "rings"}, "rings")},
        {"Nested/Other": Made("AWS::CloudWatch::Alarm", {"AlarmName": "rings"}, "rings")},
        "Nested/Other: rings still belongs to One: it already exists",
    ),
    "a queue that is made anew under its name": (
        {"Q": Made("AWS::SQS::Queue", FIFO, "q.fifo")},
        {"Q": Made("AWS::SQS::Queue", {"QueueName": "q.fifo"}, "q.fifo")},
        "Q: made anew for FifoQueue under the same name: it already exists",
    ),
    "a table under another name": (
        {"S/T": Made("AWS::DynamoDB::Table", {"TableName": "t"}, "t")},
        {"S/T": Made("AWS::DynamoDB::Table", {"TableName": "u"}, "u")},
        "S/T: made anew for TableName: what it holds is left behind",
    ),
    "an address whose function is made anew": (
        {
            "F": Made("AWS::Lambda::Function", {}, "f"),
            "U": Made("AWS::Lambda::Url", {"TargetFunctionArn": {"Ref": "F"}}, "u"),
        },
        {
            "F": Made("AWS::Lambda::Function", {"FunctionName": "g"}, "g"),
            "U": Made("AWS::Lambda::Url", {"TargetFunctionArn": {"Ref": "F"}}, "u"),
        },
        "U: made anew for TargetFunctionArn: Meta must be given its new address",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_aws_would_refuse_is_named(planted: str) -> None:
    """The judge of updates names what is planted, and finds nothing in an update that changes nothing."""
    before, after, said = PLANTED[planted]
    assert said in judge(before, after)
    assert judge(after, after) == []
