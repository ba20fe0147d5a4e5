"""What functions have logged on ministack, as its CloudWatch Logs tell it."""

import re
from collections.abc import Mapping
from typing import Any

# What Lambda itself writes round each invocation.
_OF_LAMBDA = re.compile(r"(START|END|REPORT) RequestId: ")


class EngineLogs:
    """The same words as the stage's logs: lines in the order in which they came."""

    def __init__(self, logs: Any, groups: Mapping[str, str]) -> None:
        """Read through the client `logs`; `groups` says where each function logs."""
        self._logs, self._groups = logs, groups

    def lines(self, function: str | None = None) -> list[str]:
        """Return the lines of one function, or of all."""
        names = [function] if function is not None else list(self._groups)
        found = [event for name in names for event in self._events(self._groups[name])]
        found.sort(key=lambda event: event[0])
        return [line for _, line in found]

    def clear(self) -> None:
        """Forget all lines."""
        for group in self._groups.values():
            for stream in self._streams(group):
                self._logs.delete_log_stream(logGroupName=group, logStreamName=stream)

    def _streams(self, group: str) -> list[str]:
        pages = self._logs.get_paginator("describe_log_streams").paginate(logGroupName=group)
        try:
            return [stream["logStreamName"] for page in pages for stream in page["logStreams"]]
        except self._logs.exceptions.ResourceNotFoundException:
            return []

    def _events(self, group: str) -> list[tuple[int, str]]:
        pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        try:
            events = [(event["timestamp"], event["message"]) for page in pages for event in page["events"]]
        except self._logs.exceptions.ResourceNotFoundException:
            return []  # no function has logged there yet
        return [(at, line) for at, line in events if not _OF_LAMBDA.match(line)]
