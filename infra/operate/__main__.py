"""What an operator does by hand: `make shop`, `make redrive`, `make outbox-repair`, `make restore` (docs/operate.md).

Each may be run again at any time: what is done already is not done twice. STAGE says which stack; without it the one of
`make run` on this machine. Names follow from the stack's name, as in infra/*.yaml; credentials and region are those of the AWS SDK.
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import boto3

from haat.kernel.errors import HaatError
from haat.kernel.ids import MerchantId, ulid
from haat.kernel.time import MINUTE, Instant
from haat.wiring.operate import Names, redrive, repair_outbox
from infra.local.function import REGION, STACK
from infra.local.settings import Settings
from infra.operate.restore import restore
from infra.operate.shop import TOKENS, bring, read


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one thing and say what was done; return the exit status."""
    parser = argparse.ArgumentParser(prog="make", description="What an operator does to a stack by hand.")
    parser.add_argument("task", choices=["shop", "redrive", "outbox-repair", "restore"])
    parser.add_argument("--stage", default="local", help="the stack's Stage parameter")
    parser.add_argument(
        "--queue", default="", help="redrive: a queue's name without the stack's, e.g. conversation-inbound"
    )
    parser.add_argument(
        "--older", type=int, default=5, help="outbox-repair: minutes that a row may still be on its way"
    )
    parser.add_argument("--file", type=Path, help="shop: the JSON file that describes it")
    parser.add_argument(
        "--table",
        choices=["conversation", "business", "payment", "verification"],
        help="restore: the table that lacks rows",
    )
    parser.add_argument("--source", help="restore: the table that has them")
    options = parser.parse_args(arguments)
    if lacking := _lacking(options):
        print(f"make {options.task}: {lacking}", file=sys.stderr)
        return 2
    if options.stage == "local":
        _use_this_machine()
    prefix = f"haat-{options.stage}-"
    try:
        match options.task:
            case "shop":
                return _shop(STACK if options.stage == "local" else f"haat-{options.stage}", options.file)
            case "redrive":
                return _redrive(prefix, options.queue)
            case "restore":
                return _restore(f"{prefix}{options.table}", options.source)
            case _:
                return _repair(prefix, options.older)
    except (HaatError, OSError) as error:
        print(f"make {options.task}: {error}", file=sys.stderr)
        return 1


def _lacking(options: argparse.Namespace) -> str:
    """What must be given and was not, in the words of the Makefile."""
    if options.task == "shop" and options.file is None:
        return "FILE=the JSON file that describes the shop"
    if options.task == "restore" and not (options.table and options.source):
        return "TABLE=conversation, business, payment or verification, FROM=the table that was restored beside it"
    return ""


def _shop(stack: str, file: Path) -> int:
    now = Instant(int(time.time() * 1000))
    new_id = MerchantId(ulid(now, secrets.token_bytes(10)))
    tokens = {kind: os.environ.get(name, "") for kind, name in TOKENS.items()}
    for done in bring(stack, read(file.read_text()), tokens, new_id, now):
        print(done)
    return 0


def _restore(table: str, source: str) -> int:
    done = restore(source, table)
    print(f"{done.back} rows came back from {source}; {done.kept} were still there and stay as they are")
    return 0


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
        payment_table=f"{prefix}payment",
        verification_table=f"{prefix}verification",
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
