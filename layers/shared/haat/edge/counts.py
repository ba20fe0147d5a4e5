"""Metrics that are printed where there are any.

What AWS counts for nothing is not counted again: statuses are the door's invocations, what was kept and what was published are the
messages that came into the queues. A metric costs a line for each invocation, and its price each month.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Metrics

type Handler = Callable[[dict[str, Any], Any], Any]


def printed(metrics: Metrics) -> Callable[[Handler], Handler]:
    """As Powertools' `log_metrics`, which complains where nothing was counted."""

    def around(handler: Handler) -> Handler:
        @wraps(handler)
        def counted(event: dict[str, Any], context: Any) -> Any:
            try:
                return handler(event, context)
            finally:
                if metrics.metric_set:
                    metrics.flush_metrics()

        return counted

    return around
