"""What it costs to learn a shop's entries and to guess what a message is of: processor time and memory, by number of examples.

The examples are those of the templates that come with Haat, all trades together, some of them said with other endings.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from haat.conversation.model import Entry
from haat.conversation.rules.learning import learn
from haat.conversation.rules.matching import compile_book
from haat.conversation.store.starters import starters

COUNTS = (30, 132, 300, 600)
_ENDINGS = ("", " please", " bolun", " batao")
_ASKED = " x"  # makes an example a message that nobody taught
_CHILD = "import sys; sys.path[:0] = {}; from infra.bench.guessing import grown; grown({})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessing:
    """Figures of one shop. Times are of the processor; `process_mb` is the peak of a process that holds this book and nothing else."""

    examples: int
    entries: int
    learn_ms: float
    compile_ms: float
    median_ms: float
    p95_ms: float
    packed_bytes: int
    book_bytes: int
    process_mb: float


def measure(count: int) -> Guessing:
    """Learn so many examples, then guess each of them, said a little otherwise, three times."""
    entries = shop(count)
    learn_ms, learnt = _timed(lambda: learn(entries))
    compile_ms, book = _timed(lambda: compile_book(entries, learnt))
    texts = [text + _ASKED for entry in entries for text in entry.examples]
    book.match(texts[0])  # what all books share is made with the first message of a process
    costs = sorted(_timed(partial(book.match, text))[0] for text in texts * 3)
    return Guessing(
        examples=count,
        entries=len(entries),
        learn_ms=learn_ms,
        compile_ms=compile_ms,
        median_ms=costs[len(costs) // 2],
        p95_ms=costs[len(costs) * 95 // 100],
        packed_bytes=len(learnt),
        book_bytes=book.size_bytes,
        process_mb=float(subprocess.check_output([sys.executable, "-c", _CHILD.format(sys.path, count)], input=learnt)),
    )


def shop(count: int) -> tuple[Entry, ...]:
    """A shop with exactly so many examples, the same each time."""
    said = [
        (f"{starter.trade}-{entry.id}", text)
        for starter in starters()
        for entry in starter.entries
        for text in entry.examples
    ]
    every = [(id, text + ending) for ending, (id, text) in product(_ENDINGS, said)]
    step = max(1, len(said) // count)  # few examples are of all entries too
    taken: dict[str, list[str]] = {}
    for id, text in (every[::step] if step > 1 else every)[:count]:
        taken.setdefault(id, []).append(text)
    return tuple(Entry(id=id, examples=tuple(texts), replies={}) for id, texts in taken.items())


def grown(count: int) -> None:
    """Print the peak of this process's memory, in MB, once it has guessed (Linux). What was learnt comes in."""
    compile_book(shop(count), sys.stdin.buffer.read()).match("dam koto" + _ASKED)
    print(int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024)


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time_ns()
    done = do()
    return (time.process_time_ns() - begun) / 1e6, done
