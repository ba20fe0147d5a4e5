"""What a file of evidence may be: told by its first bytes, never by its name or by what was said of it."""

from typing import Final, Literal

from haat.verification.model.evidence import Media

MOST_BYTES: Final = 10 * 1024 * 1024
FORM_S: Final = 900  # how long the form for a document is good, in seconds
LINK_S: Final = 300  # and the address at which one can be read
Refusal = Literal["", "no_file", "too_large", "other_type"]
REFUSALS: Final[tuple[Refusal, ...]] = ("no_file", "too_large", "other_type")
# PDF: ISO 32000-1, 7.5.2; JPEG: ISO/IEC 10918-1, B.1.1.3 (SOI, and the marker that follows); PNG: ISO/IEC 15948, 5.2.
_STARTS: Final[tuple[tuple[bytes, Media], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


def media_of(start: bytes) -> Media | None:
    """The media type that a file begins as; None where it is none that is taken."""
    return next((media for begins, media in _STARTS if start.startswith(begins)), None)


def fault(announced: Media, size: int, start: bytes) -> Refusal:
    """Why a file is not kept; empty where it is. `size` in bytes."""
    if size < 1:
        return "no_file"
    if size > MOST_BYTES:
        return "too_large"
    return "" if media_of(start) == announced else "other_type"
