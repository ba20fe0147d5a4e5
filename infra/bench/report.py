"""The bench's figures as text for a terminal, and as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from infra.bench.cold import Starts
from infra.bench.guessing import Guessing
from infra.bench.measure import Measure
from infra.bench.model import Bill
from infra.bench.prices import PRICES

CPU_LIMIT, MEMORY_LIMIT_MB = 1.25, 60
LIMITS = {1: 15.0, 3: 12.5}  # dollars for a million messages, at so many to a batch


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table: the first column to the left, the others to the right."""
    cells = [list(map(str, head)), *(list(map(str, row)) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def number(value: float) -> str:
    """A figure without needless digits."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def measures(found: Iterable[Measure], per: str = "for one message") -> str:
    """Calls, units and log bytes of each scene, for one message where it had several."""
    rows = [
        (
            measure.name,
            *(number(value / measure.per) for value in (measure.calls, measure.writes, measure.index, measure.reads)),
            number(measure.log_bytes / measure.per),
        )
        for measure in found
    ]
    return table((per, "calls", "write units", "of an index", "read units", "log bytes"), rows)


def pages(found: Mapping[str, tuple[Measure, Measure]]) -> str:
    """Calls and read units of each page, where there are few things and where there are many."""
    rows = [
        (path, *(number(figure) for one in both for figure in (one.calls, one.reads))) for path, both in found.items()
    ]
    return table(("a page of 25", "calls: few", "read units", "calls: many", "read units"), rows)


def calls(measure: Measure) -> str:
    """The calls of each function in one scene."""
    return "\n".join(
        f"  {function}: "
        + ", ".join(f"{times} {operation}" if times > 1 else operation for operation, times in made.items())
        for function, made in measure.by_function().items()
    )


def starts(found: Sequence[Starts]) -> str:
    """Cold starts against the first of them, which has one client."""
    one = found[0]
    rows = [
        (
            each.name,
            f"{each.least_ms:.0f} ({each.median_ms:.0f})",
            f"{each.least_ms / one.least_ms:.2f} ({each.median_ms / one.median_ms:.2f})",
            f"{each.peak_mb:.0f} MB",
        )
        for each in found
    ]
    return table(("least (median)", "CPU ms", "ratio", "memory"), rows)


def answers(found: Sequence[Starts]) -> str:
    """The same until a first request was answered, for those that were asked something."""
    one = found[0]
    rows = [
        (
            each.name,
            f"{each.answered_ms:.0f} ({each.answered_median_ms:.0f})",
            f"{each.answered_ms / one.answered_ms:.2f} ({each.answered_median_ms / one.answered_median_ms:.2f})",
        )
        for each in found
        if each.answered_ms
    ]
    return table(("GET /health answered", "CPU ms", "ratio"), rows)


def guessing(found: Iterable[Guessing]) -> str:
    """What learning and guessing cost, by number of examples."""
    rows = [
        (
            f"{each.examples} in {each.entries} entries",
            f"{each.learn_ms:.0f}",
            f"{each.compile_ms:.0f}",
            f"{each.median_ms:.2f} ({each.p95_ms:.2f})",
            f"{each.packed_bytes / 1024:.0f} kB",
            f"{each.book_bytes / 1024:.0f} kB",
            f"{each.process_mb:.0f} MB",
        )
        for each in found
    ]
    head = ("examples", "to learn, ms", "to compile, ms", "a message, ms: median (p95)", "packed", "book", "process")
    return table(head, rows)


def bill(found: Bill) -> str:
    """A bill, line by line."""
    rows = [(line.name, _amount(line.units), f"{line.dollars:.2f}") for line in found.lines]
    return table((found.name, "units", "$"), [*rows, ("together", "", f"{found.total:.2f}")])


def prices() -> str:
    """The prices, and where they come from."""
    return table(
        ("price", "$", "for", "source"),
        [
            (name, f"{price.dollars:.10f}".rstrip("0").rstrip("."), price.unit, price.source)
            for name, price in PRICES.items()
        ],
    )


def as_json(found: Any) -> Any:
    """The same for machines."""
    match found:
        case Measure():
            return {
                "name": found.name,
                "messages": found.per,
                "calls": found.calls,
                "write_units": found.writes,
                "index_units": found.index,
                "read_units": found.reads,
                "log_bytes": found.log_bytes,
                "log_lines": len(found.lines),
                "by_function": {function: dict(made) for function, made in found.by_function().items()},
            }
        case Starts():
            return {
                "name": found.name,
                "least_ms": found.least_ms,
                "median_ms": found.median_ms,
                "peak_mb": found.peak_mb,
                "answered_ms": found.answered_ms,
            }
        case Guessing():
            return asdict(found)
        case Bill():
            return asdict(found) | {"total": found.total}
        case dict():
            return {str(name): as_json(value) for name, value in found.items()}
        case list() | tuple():
            return [as_json(value) for value in found]
        case _:
            return found


def _amount(units: float) -> str:
    for size, name in ((1e6, " M"), (1e3, " k")):
        if units >= size:
            return f"{units / size:,.2f}{name}"
    return f"{units:,.2f}"
