"""Joins the edge's batches to real queues."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from haat.aws import clients
from haat.aws.queue import SqsSource
from haat.edge.batch import Batch
from haat.wiring.clock import now


def batches(logger: Logger, metrics: Metrics) -> Callable[..., Batch]:
    """A maker of batches that share one client: call it with a queue's address and its dead-letter queue's."""
    sqs = cache(clients.sqs)

    def batch(queue_url: str, dlq_url: str, **more: Any) -> Batch:
        return Batch(source=SqsSource(sqs, queue_url, dlq_url), logger=logger, metrics=metrics, now=now, **more)

    return batch
