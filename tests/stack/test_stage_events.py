"""Queues, streams and HTTP, as the stage carries them to functions."""

import json

import pytest
from botocore.exceptions import ClientError

from infra.local.stage import Stage
from tests.stack.scratched import clock, saw, send


class TestQueues:
    """Messages, as SQS and Lambda carry them."""

    def test_groups_keep_their_order_and_share_a_batch(self, small: Stage) -> None:
        """Messages come in the order in which they were sent."""
        for number in range(12):
            send(small, f"m{number}", group=f"g{number % 3}")
        small.drain()
        assert saw(small) == [f"m{number}" for number in range(12)]
        assert small.queue_depth("work.fifo") == 0

    @pytest.mark.parametrize("seed", range(5))
    def test_order_holds_in_every_group_whatever_fails(self, small: Stage, seed: int) -> None:
        """Failures, own visibility and late arrivals in any mixture: each group is done in the order of sending."""
        for number in range(40):
            mood = ("ok", "fail once", "ok", "wait", "ok")[(number * (seed + 3) + number // 7) % 5]
            send(small, f"{number % 4}/{number:02d}", group=f"g{number % 4}", do=mood)
            if number % (seed + 5) == 0:
                small.run_for(3)
        small.run_for(3600)
        last = {name: place for place, name in enumerate(saw(small))}
        for group in range(4):
            done = sorted((name for name in last if name.startswith(f"{group}/")), key=last.__getitem__)
            assert done == sorted(done)
        assert len(last) == 40
        assert small.queue_depth("work.fifo") == small.queue_depth("work-dead.fifo") == 0

    def test_failed_message_shuts_its_group_until_its_visibility_is_over(self, small: Stage) -> None:
        """Others go on; the followers of a failed message wait behind it, and come in order."""
        send(small, "a1", group="a", do="fail once")
        send(small, "a2", group="a")
        send(small, "b1", group="b")
        small.drain()
        assert saw(small) == ["a1", "b1"]
        send(small, "a3", group="a")
        send(small, "b2", group="b")
        clock(small).advance(29)
        small.drain()
        assert saw(small)[2:] == ["b2"]
        clock(small).advance(1)
        small.drain()
        assert saw(small)[3:] == ["a1", "a2", "a3"]

    def test_visibility_set_by_the_handler_is_honoured(self, small: Stage) -> None:
        """A handler decides when its message comes again; a follower in flight keeps the group shut."""
        send(small, "a1", do="wait")
        send(small, "a2")
        small.drain()
        assert small.next_due() == pytest.approx(clock(small).now() + 30, abs=0.01)
        clock(small).advance(5)
        small.drain()
        assert saw(small) == ["a1"]
        clock(small).advance(25)
        small.drain()
        assert saw(small) == ["a1", "a1", "a2"]

    def test_message_that_keeps_failing_goes_to_the_dead_letter_queue_whole(self, small: Stage) -> None:
        """It is received as often as the queue allows; then it lies there with all it had, and followers go on."""
        send(small, "poison", do="fail")
        small.drain()
        send(small, "next")
        small.run_for(200)
        assert saw(small) == ["poison"] * 3 + ["next"]
        (dead,) = small.messages("work-dead.fifo")
        assert json.loads(dead["body"])["name"] == "poison"
        assert (dead["group"], dead["deduplication"], dead["received"]) == ("g", "poison", 3)

    def test_exception_fails_the_whole_batch(self, small: Stage) -> None:
        """What was done before the exception is done again."""
        send(small, "a1", group="a")
        send(small, "b1", group="b", do="raise")
        small.drain()
        assert saw(small) == ["a1", "b1"]
        assert small.queue_depth("work.fifo") == 2
        assert [failure.kind for failure in small.failures] == ["ValueError"]
        assert any('"errorType": "ValueError"' in line for line in small.logs.lines("worker"))

    @pytest.mark.parametrize(
        "answer", [{"batchItemFailures": [{"itemIdentifier": "nobody"}]}, {"batchItemFailures": [1]}, "x"]
    )
    def test_answer_that_names_no_message_of_the_batch_fails_all_of_it(self, small: Stage, answer: object) -> None:
        """As Lambda reads it: nothing is deleted on a misunderstanding."""
        send(small, "m", do="answer", answer=answer)
        small.drain()
        assert small.queue_depth("work.fifo") == 1

    def test_waiting_for_a_message_ends_although_the_clock_stands_still(self, small: Stage) -> None:
        """A long poll can't see time pass."""
        sqs = small.client("sqs")
        url = sqs.get_queue_url(QueueName="loose")["QueueUrl"]
        assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)

    def test_repeated_deduplication_id_is_dropped_for_five_minutes_also_after_the_first_is_done(
        self, small: Stage
    ) -> None:
        """As on AWS; plain moto forgets as soon as the first is deleted."""
        for _ in range(2):
            send(small, "same")
            small.drain()
        assert saw(small) == ["same"]
        clock(small).advance(300)
        send(small, "same")
        small.drain()
        assert saw(small) == ["same", "same"]

    def test_deduplication_can_be_switched_off(self, small: Stage) -> None:
        """So that a handler's own memory can be looked at."""
        with small.without_deduplication():
            send(small, "same")
            send(small, "same")
        small.drain()
        assert saw(small) == ["same", "same"]

    def test_delayed_message_waits_for_the_clock(self, small: Stage) -> None:
        """`next_due` names the moment."""
        send(small, "later", group=None, delay=60)
        small.drain()
        assert saw(small) == []
        assert small.next_due() == pytest.approx(clock(small).now() + 60, abs=0.01)
        clock(small).advance(60)
        small.drain()
        assert saw(small) == ["later"]

    def test_filter_drops_what_is_not_wanted(self, small: Stage) -> None:
        """A filtered message is deleted, as Lambda does."""
        send(small, "unwanted", group=None)
        send(small, "wanted", group=None)
        small.drain()
        assert saw(small) == ["wanted"]
        assert small.queue_depth("loose") == 0

    def test_text_that_aws_refuses_is_refused(self, small: Stage) -> None:
        """A control character inside a batch fails alone."""
        sqs = small.client("sqs")
        url = sqs.get_queue_url(QueueName="loose")["QueueUrl"]
        with pytest.raises(ClientError, match="InvalidMessageContents"):
            sqs.send_message(QueueUrl=url, MessageBody="a\0b")
        answer = sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "\x01"}, {"Id": "2", "MessageBody": "ok"}]
        )
        assert [entry["Id"] for entry in answer["Failed"]] == ["1"]
        assert [entry["Id"] for entry in answer["Successful"]] == ["2"]
        with pytest.raises(ClientError, match="MessageGroupId"):
            send(small, "x", group="g" * 129)

    def test_message_older_than_its_retention_is_gone(self, small: Stage) -> None:
        """Four days, as the queue says."""
        send(small, "old", do="fail")
        small.drain()
        clock(small).advance(4 * 86400 + 1)
        small.drain()
        assert small.queue_depth("work.fifo") == 0
        assert saw(small) == ["old"]


class TestStreams:
    """Rows, as DynamoDB Streams and Lambda carry them."""

    def put(self, stage: Stage, name: str, **more: str) -> None:
        """Write a row."""
        item = {"pk": {"S": "p"}, "sk": {"S": name}} | {key: {"S": value} for key, value in more.items()}
        stage.client("dynamodb").put_item(TableName="scratch-local", Item=item)

    def test_inserted_rows_that_pass_the_filter_come_once_and_in_order(self, small: Stage) -> None:
        """A change of a row is no insert."""
        self.put(small, "r1", queue="q")
        self.put(small, "r2")
        self.put(small, "r3", queue="q")
        small.drain()
        self.put(small, "r1", queue="q", more="x")
        small.drain()
        assert saw(small, "relay") == ["r1", "r3"]

    def test_batch_that_fails_comes_again_in_order_and_nothing_is_skipped(self, small: Stage) -> None:
        """Back-off is on the stage's clock; the batch is halved."""
        for name in ("r1", "poison", "r2"):
            self.put(small, name, queue="q")
        small.drain()
        assert small.next_due() == pytest.approx(clock(small).now() + 1, abs=0.01)
        small.run_for(60)
        assert [row for row in saw(small, "relay") if row != "r1"] == ["poison", "r2"]
        assert small.next_due() is None

    def test_stream_forgets_after_a_day(self, small: Stage) -> None:
        """What was not carried by then is never carried, as on AWS: that is why an outbox must be repairable."""
        self.put(small, "poison", queue="q")
        small.drain()
        clock(small).advance(86_401)
        self.put(small, "today", queue="q")
        small.drain()
        assert saw(small, "relay") == ["today"]

    def test_cancelled_transaction_leaves_no_row_and_no_record(self, small: Stage) -> None:
        """Plain moto breaks the stream here."""
        self.put(small, "there")
        item = {"pk": {"S": "p"}, "queue": {"S": "q"}}
        put = {"TableName": "scratch-local"}
        with pytest.raises(ClientError, match="TransactionCanceled"):
            small.client("dynamodb").transact_write_items(
                TransactItems=[
                    {"Put": put | {"Item": item | {"sk": {"S": "ghost"}}}},
                    {
                        "Put": put
                        | {"Item": item | {"sk": {"S": "there"}}, "ConditionExpression": "attribute_not_exists(pk)"}
                    },
                ]
            )
        self.put(small, "real", queue="q")
        small.drain()
        assert saw(small, "relay") == ["real"]
        assert {row["sk"]["S"] for row in small.items("scratch-local")} == {"there", "real"}


class TestDoors:
    """HTTP, as function URLs and API Gateway carry it."""

    def test_function_url_gets_a_payload_of_version_2(self, small: Stage) -> None:
        """Header names are in lower case; each path of the template leads to its function."""
        answer = small.http("POST", "/other-door?a=1&b=", {"X-Thing": "x", "Cookie": "c=1; d=2"}, b'{"n": 1}')
        event = json.loads(answer.body)
        assert answer.status == 200
        assert answer.headers["x-memory"] == "128"
        assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/other-door", "a=1&b=")
        assert (event["body"], event["isBase64Encoded"]) == ('{"n": 1}', False)
        assert event["headers"]["x-thing"] == "x"
        assert event["cookies"] == ["c=1", "d=2"]
        assert event["requestContext"]["http"]["method"] == "POST"

    def test_body_that_is_no_text_travels_as_base64(self, small: Stage) -> None:
        """Both ways."""
        event = json.loads(small.http("POST", "/door", {}, b"\xff\xfe").body)
        assert (event["body"], event["isBase64Encoded"]) == ("//4=", True)
        assert small.http("POST", "/door", {}, b"binary").body == b"\xff\x00"

    def test_any_path_of_a_functions_own_url_reaches_it(self, small: Stage) -> None:
        """On AWS a function has a host of its own."""
        assert json.loads(small.function_url("door", "GET", "/elsewhere").body)["rawPath"] == "/elsewhere"

    def test_rest_api_prefers_literal_paths_and_refuses_undeclared_ones(self, small: Stage) -> None:
        """Payload version 1; what is not declared is 403, as at API Gateway."""
        event = json.loads(small.http("GET", "/shops/1?q=x").body)
        assert (event["resource"], event["pathParameters"]) == ("/shops/{shop}", {"shop": "1"})
        assert event["multiValueQueryStringParameters"] == {"q": ["x"]}
        assert json.loads(small.http("GET", "/shops/open").body)["resource"] == "/shops/open"
        for method, path in (("POST", "/shops/1"), ("GET", "/nothing")):
            refused = small.http(method, path)
            assert (refused.status, refused.body) == (403, b'{"message":"Missing Authentication Token"}')

    def test_handler_that_breaks_is_a_502(self, small: Stage) -> None:
        """So is an answer that is none."""
        assert small.http("POST", "/door", {}, b"raise").status == 502
        assert small.http("POST", "/door", {}, b"nonsense").status == 502

    def test_body_that_lambda_does_not_take_is_a_413(self, small: Stage) -> None:
        """The handler never sees it."""
        assert small.http("POST", "/door", {}, b"x" * (6 * 1024 * 1024 + 1)).status == 413
        assert small.faults.calls == []
