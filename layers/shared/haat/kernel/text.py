"""Text as Haat keeps it."""

import unicodedata

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs that show nothing


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


def too_long(text: str, most: int) -> bool:
    """Whether a text has more letters than may be, as people count them; nor may a letter carry marks without end."""
    return len(text) > 8 * most or (len(text) > most and letters(text) > most)


def name_fault(name: str, most: int) -> str:
    """What is wrong with a name of at most so many letters, in words for who wrote it; empty where it is good.

    A name is one line in which something can be seen, and it does not change how the words around it are shown: no control characters,
    no line ends, none of the marks that turn the direction of writing (Unicode Technical Report 36, 2.5). Joiners, which Bengali
    and Hindi are written with, and the marks of Arabic and Hebrew stay.
    """
    if not any(unicodedata.category(char)[0] in "LNPS" and char not in _BLANK for char in name):
        return "must not be empty"
    if any(char in _TURNS or unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in name):
        return "must be one line without control characters"
    return f"must have at most {most} letters" if too_long(name, most) else ""
