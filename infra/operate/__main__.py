"""`make redrive QUEUE=...` and `make outbox-repair`: an operator brings back what was set aside or lost.

Both may be run again at any time: what is done already is not done twice. STAGE says which stack; without it the one of
`make run` on this machine. Names follow from the stack's name, as in infra/*.yaml; credentials and region are those of the AWS SDK.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence

import boto3

from haat.kernel.errors import HaatError
from haat.kernel.time import MINUTE, Instant
from haat.wiring.operate import Names, redrive, repair_outbox
from infra.local.function import REGION
from infra.local.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one repair and say what was done; return the exit status."""
    parser = argparse.ArgumentParser(prog="make", description="Repairs of a stack.")
    parser.add_argument("repair", choices=["redrive", "outbox-repair"])
    parser.add_argument("--stage", default="local", help="the stack's Stage parameter")
    parser.add_argument(
        "--queue", default="", help="redrive: a queue's name without the stack's, e.g. conversation-inbound"
    )
    parser.add_argument(
        "--older", type=int, default=5, help="outbox-repair: minutes that a row may still be on its way"
    )
    options = parser.parse_args(arguments)
    if options.stage == "local":
        _use_this_machine()
    prefix = f"haat-{options.stage}-"
    try:
        if options.repair == "redrive":
            return _redrive(prefix, options.queue)
        return _repair(prefix, options.older)
    except HaatError as error:
        print(f"make {options.repair}: {error}", file=sys.stderr)
        return 1


def _redrive(prefix: str, queue: str) -> int:
    by_name = _queues(prefix)
    queues = {name.removesuffix(".fifo"): name for name in by_name if _dlq(name) in by_name}
    if queue not in queues:
        print(
            f"make redrive: QUEUE must be one of {', '.join(sorted(queues)) or 'none: there is no such stack'}",
            file=sys.stderr,
        )
        return 2
    moved = redrive(by_name[_dlq(queues[queue])], by_name[queues[queue]])
    print(f"{moved} brought back to {queue}")
    return 0


def _queues(prefix: str) -> dict[str, str]:
    """The stack's queues: address by name, without the stack's."""
    urls = boto3.client("sqs").list_queues(QueueNamePrefix=prefix).get("QueueUrls", [])
    return {url.rpartition("/")[2].removeprefix(prefix): url for url in urls}


def _dlq(name: str) -> str:
    """The name of a queue's dead-letter queue."""
    return f"{name.removesuffix('.fifo')}-dlq{'.fifo' if name.endswith('.fifo') else ''}"


def _repair(prefix: str, older: int) -> int:
    by_name = _queues(prefix)
    if "outbox-dlq" not in by_name:
        print("make outbox-repair: there is no such stack", file=sys.stderr)
        return 2
    dlq = by_name["outbox-dlq"]
    names = Names(
        conversation_table=f"{prefix}conversation",
        business_table=f"{prefix}business",
        queue_url_prefix=f"{dlq.rpartition('/')[0]}/{prefix}",
        outbox_dlq_url=dlq,
        outbox_queues=",".join(name for name in by_name if "-dlq" not in name),
    )
    done = repair_outbox(names, Instant(int(time.time() * 1000) - older * MINUTE))
    print(f"{done.published} published, {done.parked} can't be published and stand in outbox-dlq")
    return 0


def _use_this_machine() -> None:
    """Speak to the stack of `make run`."""
    os.environ.setdefault("AWS_ENDPOINT_URL", Settings.from_environ(os.environ).moto_url)
    # moto takes any
    os.environ.update({"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": REGION})


if __name__ == "__main__":
    sys.exit(main())
