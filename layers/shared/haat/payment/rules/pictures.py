"""QR codes to show on a page and to print. How a code is made, and its picture for a chat, is in haat/kernel/qr.py."""

import html
import textwrap
from collections.abc import Iterator

from haat.kernel.errors import Rejected
from haat.kernel.qr import QUIET, code
from haat.kernel.text import clean
from haat.payment.model.link import Placard
from haat.payment.rules.links import LONGEST_ADDRESS, LONGEST_NAME, UNSEEN

_PAGE = 595, 842  # points of 1/72 inch: A4
_MARGIN = 40
_CODE = 440  # points: 15 cm, to be scanned from more than a metre away
_BOLD, _PLAIN = "F1", "F2"

Run = tuple[int, int, int]  # dark modules that touch: from the left, from the top, how many


def svg(text: str, *, lines: tuple[str, ...] = ()) -> str:
    """The code as an SVG, with lines of text under it in any script: who shows it has the letters.

    Rejected (empty, too_long) where none can be made.
    """
    side, runs = _runs(text, "m")
    height, shown = side, ""
    for line in (UNSEEN.sub(" ", clean(line)) for line in lines if line):
        height += 5
        tenths = min(30, 100 * side // (8 * len(line)))  # of a module; few letters are wider than 0.8 of their size
        size = f"{tenths // 10}.{tenths % 10}"
        shown += f'<text x="{side // 2}" y="{height - 2}" font-size="{size}">{html.escape(line)}</text>'
    path = "".join(f"M{x} {y}h{count}v1h-{count}z" for x, y, count in runs)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {height}">'
        f'<rect width="{side}" height="{height}" fill="#fff"/><path d="{path}" shape-rendering="crispEdges"/>'
        f'<g font-family="sans-serif" text-anchor="middle">{shown}</g></svg>'
    )


def placard(text: str, *, name: str, address: str, other_name: str = "") -> Placard:
    """One A4 page to print: the shop's name, the code, "UPI", the payee's address. Rejected (empty, too_long) where none can be made.

    It has the letters that every PDF reader brings, which are those of Western Europe: a page in an Indian script would
    have to carry a font for it. Where the name needs others, `other_name` stands there (say, the one that the bank
    knows), and where that does too, a line to write on; never half a name. `printed` tells. The whole name is the
    document's title, and `svg` can write it.
    """
    if len(name) > LONGEST_NAME or len(other_name) > LONGEST_NAME or len(address) > LONGEST_ADDRESS:
        raise Rejected("the name or the address is too long for a page", word="too_long")
    printed = _western(name) or _western(other_name)
    drawn = [*_lettered(printed, _BOLD, (34, 28, 22, 18, 14), top=775, most=2)]
    if not printed:
        drawn.append("120 730 m 475 730 l S")
    drawn += _drawn(*_runs(text, "q"), top=705)
    drawn += _lettered("UPI", _BOLD, (44,), top=205, most=1)
    drawn += _lettered(_western(address), _PLAIN, (24, 20, 16, 13, 10), top=150, most=1)
    return Placard(pdf=_pdf("\n".join(drawn), clean(name)), printed=printed)


def _runs(text: str, level: str) -> tuple[int, list[Run]]:
    """How many modules a side has with its quiet zone, and the dark ones, row by row."""
    runs: list[Run] = []
    rows = list(code(text, level).matrix_iter(border=QUIET))
    for y, row in enumerate(rows):
        start = 0
        for x, dark in enumerate([*row, 0]):
            if dark:
                continue
            if x > start:
                runs.append((start, y, x - start))
            start = x + 1
    return len(rows), runs


def _western(text: str) -> str:
    """The text in one line where a PDF's own letters can write it, else nothing."""
    line = " ".join(clean(text).split())
    try:
        line.encode("cp1252")  # what PDF calls WinAnsiEncoding
    except UnicodeEncodeError:
        return ""
    return line if line.isprintable() else ""


def _drawn(side: int, runs: list[Run], *, top: int) -> Iterator[str]:
    """The code as one path, filled at once: were each row filled by itself, viewers would show a thin light line between two."""
    hundredths = _CODE * 100 // side  # of a point, for one module
    left = (_PAGE[0] * 100 - hundredths * side) // 2
    size = _shown(hundredths, 100)
    yield f"q {size} 0 0 -{size} {_shown(left, 100)} {top} cm"
    yield from (f"{x} {y} {count} 1 re" for x, y, count in runs)
    yield "f Q"


def _lettered(text: str, font: str, sizes: tuple[int, ...], *, top: int, most: int) -> Iterator[str]:
    """Centred lines, as large as they fit into so many; the first stands on `top`. Courier: each letter is 0.6 of its size wide."""
    size, lines = sizes[-1], [text]
    for size in sizes:
        fit = (_PAGE[0] - 2 * _MARGIN) * 10 // (6 * size)
        lines = textwrap.wrap(text, fit, break_on_hyphens=False)
        if len(lines) <= most:
            break
    for number, line in enumerate(lines):
        left = (_PAGE[0] * 10 - 6 * size * len(line)) // 2
        at = f"{_shown(left, 10)} {top - number * size * 5 // 4}"
        yield f"BT /{font} {size} Tf {at} Td <{line.encode('cp1252').hex()}> Tj ET"


def _shown(parts: int, of: int) -> str:
    return f"{parts // of}.{parts % of:0{len(str(of)) - 1}d}"


def _pdf(drawn: str, title: str) -> bytes:
    """A PDF 1.4 of one page (ISO 32000-1), without a date: the same request gives the same bytes."""
    font = "<</Type/Font/Subtype/Type1/BaseFont/{}/Encoding/WinAnsiEncoding>>"
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {_PAGE[0]} {_PAGE[1]}]/Contents 4 0 R/Resources<</Font<</{_BOLD} 5 0 R/{_PLAIN} 6 0 R>>>>>>"
    objects = [
        "<</Type/Catalog/Pages 2 0 R/ViewerPreferences<</DisplayDocTitle true>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        font.format("Courier-Bold"),
        font.format("Courier"),
        f"<</Title<FEFF{title.encode('utf-16-be').hex()}>>>",
    ]
    out, starts = "%PDF-1.4\n", []
    for number, held in enumerate(objects, 1):
        starts.append(len(out))
        out += f"{number} 0 obj\n{held}\nendobj\n"
    entries = "".join(f"{start:010d} 00000 n \n" for start in starts)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}"
    trailer = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R/Info 7 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return (out + table + trailer).encode("ascii")
