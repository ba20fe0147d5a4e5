"""Answers, raises, dies, hangs: whatever the event says."""

import os
import threading
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do it."""
    print("asked to", event["do"])  # noqa: T201  # what is printed is caught: that is tested
    match event["do"]:
        case "raise":
            raise ValueError("asked to")
        case "exit":
            os._exit(3)
        case "hang":
            threading.Event().wait()
        case _:
            pass
    return {"pid": os.getpid(), "memory": context.memory_limit_in_mb, "variable": os.environ.get("OWN")}
