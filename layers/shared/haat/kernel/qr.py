"""QR codes of a text, and the picture of one that goes into a chat.

**Error correction.** M on screens: it mends about 15 % of a code, and one that mends more is denser, so harder to scan
on a small screen. Q on paper, about 25 %: paper is torn, greased and faded. Where the next level makes the code no
larger it is taken. H is for codes with a logo in the middle; ours have none.

**Quiet zone.** Four modules of white on each side, as ISO/IEC 18004 asks, in the picture itself: who shows it may put
it on anything, dark pages too.

**Scale.** Whole pixels for each module, so that no edge is blurred, and as many as fit into 1,024: chats shrink what is
much larger and compress what they get, and modules of a few pixels drown in that.
"""

import io
from typing import TYPE_CHECKING

from haat.kernel.errors import Rejected

if TYPE_CHECKING:
    import segno

QUIET = 4  # modules
LONGEST = 2_000  # letters: a code of level M ends at 2,331 bytes, and nobody scans one so dense
_PIXELS = 1_024  # of a side, at most


def code(text: str, level: str) -> "segno.QRCode":
    """The code itself; `level` is how much it mends: "l", "m", "q", "h". Rejected (empty, too_long) where none can be made."""
    if not text:
        raise Rejected("there is nothing to show", word="empty")
    if len(text) > LONGEST:
        raise Rejected("the text is too long for a code", word="too_long")
    import segno  # noqa: PLC0415  # loads much that only a picture needs; it lies in a layer that few functions have

    try:
        return segno.make(text, error=level, micro=False, encoding="utf-8")
    except ValueError:  # more than such a code can hold, or a lone surrogate
        raise Rejected("the text is too long for a code", word="too_long") from None


def png(text: str) -> bytes:
    """The code as a PNG: black on white, square, at most 1,024 pixels wide. Rejected (empty, too_long) where none can be made."""
    made = code(text, "m")
    out = io.BytesIO()
    made.save(out, kind="png", border=QUIET, scale=_PIXELS // made.symbol_size(border=QUIET)[0])
    return out.getvalue()
