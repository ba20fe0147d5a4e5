"""Text as Haat keeps it."""

import unicodedata


def clean(text: str) -> str:
    """The text in Unicode NFC, without what no queue or store can hold: NUL goes, lone surrogates and U+FFFE/F become U+FFFD."""
    text = text.replace("\0", "")  # first: what stood on both sides of it may compose
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        text = text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    return text


def letters(text: str) -> int:
    """How long a text is as people see it: in grapheme clusters (Unicode Standard Annex 29)."""
    if text.isascii():
        return len(text)
    from pyuegc import EGC  # noqa: PLC0415  # its tables are needed where a text may be too long, and nowhere else

    return len(EGC(text))  # type: ignore[no-untyped-call]  # published without types
