"""Text as Haat keeps it."""

import unicodedata


def clean(text: str) -> str:
    """The text in Unicode NFC, without what no queue or store can hold: NUL goes, lone surrogates and U+FFFE/F become U+FFFD."""
    text = text.replace("\0", "")  # first: what stood on both sides of it may compose
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        text = text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    return text
