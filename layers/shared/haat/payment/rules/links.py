"""Payment links: `upi://pay?pa=...`.

The base is NPCI's UPI Linking Specifications 1.6 (draft of November 2017); which parameters there are, and how apps
read them, is put together from public documents, not certified by anyone. Apps disagree about what a doubtful link
says, so a link that two of them could read in two ways is refused, never guessed.
"""

import re
from dataclasses import replace

from haat.kernel.errors import Rejected
from haat.payment.model.link import Link, Unusable
from haat.payment.rules.reading import paise, rupees

ADDRESS = re.compile(r"[A-Za-z0-9._-]{2,}@[A-Za-z][A-Za-z0-9]+")  # fits lower and upper case, which mean the same
LIMIT = 100_000_00  # paise for one payment, where nothing else is agreed with the bank
QR, INTENT, DYNAMIC_QR = "01", "04", "15"  # modes: a code that stays, a link that is opened, a code for one payment
SIGNED_QR, SIGNED_INTENT, SIGNED_DYNAMIC_QR = "02", "05", "16"

LONGEST = 2_000  # bytes of a link: a QR code that mends errors (level M) ends at 2,331, and nobody scans one so dense
LONGEST_REFERENCE = 35  # letters
LONGEST_NAME = 99  # letters of one of ours; apps show far fewer
LONGEST_ADDRESS = 255
_LONGEST_NOTE = 50  # letters of one of ours: what banks keep
_FOR_ONE_PAYMENT = frozenset({"15", "16", "22", "23"})

_OURS = re.compile(r"[A-Za-z0-9_-]{1,35}")  # of others' references the common part; ours are letters and digits alone
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,31}")
_START = re.compile(r"([^/?#]*)/?(?:\?(.*))?", re.DOTALL)
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CODED = re.compile(rb"%([0-9A-Fa-f]{2})")
_KEPT = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# What no name holds: controls, which end a line of a bank's file, and marks that turn the direction of what follows.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FIELDS = frozenset("pa pn am cu tr tn mc mode".split())


def read(link: str | bytes, *, limit: int | None = None) -> Link | Unusable:
    """What a link says, every value as it stands there once it is decoded; the amount at most `limit` paise.

    The words of refusal: too_long, bad_encoding, bad_scheme, unsupported_kind, bad_param, conflicting_param,
    sign_not_last, missing_pa, over_limit, and bad_ with the key of a value that cannot be (bad_am). Never raises.
    """
    text = _text(link)
    if isinstance(text, Unusable):
        return text
    if text[:6].lower() != "upi://":
        return Unusable("bad_scheme")
    start = _START.fullmatch(text[6:])
    if start is None or start[1].lower() != "pay":
        return Unusable("unsupported_kind")
    values = _values(start[2] or "")
    return values if isinstance(values, Unusable) else _link(values, limit)


def build(link: Link, *, limit: int = LIMIT) -> str | Unusable:
    """The link as text. It reads back to exactly what was asked for, or it is refused with the words of `read`.

    Stricter than reading: a name is needed (missing_pn), and where the mode is one of a code for a single payment, so
    are the amount (missing_am) and our reference (missing_tr). `sign` comes from rules/signed.py, and not from here.
    """
    if type(link.amount) not in {int, type(None)}:
        return Unusable("bad_am")  # True is no amount either, and no float ever is
    if wrong := _not_ours(link):
        return Unusable(wrong)
    pairs = [("pa", link.pa), ("pn", link.pn), ("mc", link.mc), ("tr", link.tr), ("tn", link.tn)]
    pairs += [("am", "" if link.amount is None else rupees(link.amount)), ("cu", "INR"), ("mode", link.mode)]
    shown = [f"{key}={_encoded(value, '@' if key == 'pa' else '')}" for key, value in pairs if value]
    shown += [f"{key}={_encoded(value)}" for key, value in link.extra.items()]
    text = "upi://pay?" + "&".join(shown)
    back = read(text, limit=limit)
    if isinstance(back, Unusable):
        return back
    return text if back == replace(link, extra=dict(link.extra)) else Unusable("bad_param")


def asked(text: str) -> int | None:
    """The paise that a link or code asks for, None where the text is no amount."""
    try:
        return paise(text)
    except Rejected:
        return None


def _text(link: str | bytes) -> str | Unusable:
    if len(link) > LONGEST:
        return Unusable("too_long")
    try:
        raw = link.encode() if isinstance(link, str) else link
        return Unusable("too_long") if len(raw) > LONGEST else raw.decode()
    except UnicodeError:
        return Unusable("bad_encoding")


def _values(query: str) -> dict[str, str] | Unusable:
    """The parameters by key. Two apps must not read two payees or sums: keys that differ by case alone are the same here."""
    if "#" in query:  # some apps end the link here, others take it for a letter
        return Unusable("bad_encoding")
    values: dict[str, str] = {}
    folded: dict[str, str] = {}
    pairs = [pair for pair in query.split("&") if pair]
    for place, pair in enumerate(pairs, 1):
        coded, _, rest = pair.partition("=")
        key, value = _decoded(coded), _decoded(rest)
        if key is None or value is None:
            return Unusable("bad_encoding")
        if not _KEY.fullmatch(key):
            return Unusable("bad_param")
        if folded.setdefault(key.lower(), value) != value:
            return Unusable("conflicting_param")
        if key.lower() == "sign" and place < len(pairs):
            return Unusable("sign_not_last")
        values[key] = value
    return values


def _link(values: dict[str, str], limit: int | None) -> Link | Unusable:
    amount, wrong = _amount(values, limit)
    wrong = _wrong_payee(values) or wrong or _wrong_word(values)
    if wrong:
        return Unusable(wrong)
    known = {key: values.get(key, "") for key in ("pa", "pn", "tr", "tn", "mc", "mode")}
    extra = {key: value for key, value in values.items() if key not in _FIELDS}
    return Link(amount=amount, extra=extra, **known)


def _wrong_payee(values: dict[str, str]) -> str:
    address = values.get("pa", "")
    if not address:
        return "missing_pa"
    return "" if len(address) <= LONGEST_ADDRESS and ADDRESS.fullmatch(address) else "bad_pa"


def _amount(values: dict[str, str], limit: int | None) -> tuple[int | None, str]:
    """The amount, and what is wrong with it or with the least amount beside it."""
    text, least_text = values.get("am", ""), values.get("mam", "")
    amount = asked(text)
    if text and not amount:  # no amount, or none of anything
        return None, "bad_am"
    if amount is not None and limit is not None and amount > limit:
        return None, "over_limit"
    least = 0 if least_text in {"", "null"} else asked(least_text)  # "null" is what some makers write for none
    if least is None or (amount is not None and least > amount):
        return None, "bad_mam"
    return amount, ""


def _wrong_word(values: dict[str, str]) -> str:
    if values.get("cu", "").upper() not in {"", "INR"}:
        return "bad_cu"
    if len(values.get("tr", "")) > LONGEST_REFERENCE:
        return "bad_tr"
    for key, digits in (("mc", 4), ("mode", 2)):
        value = values.get(key, "")
        if value and not (len(value) == digits and value.isascii() and value.isdecimal()):
            return f"bad_{key}"
    unseen = next((key for key, value in values.items() if UNSEEN.search(value)), "")
    return unseen and f"bad_{unseen if unseen in _FIELDS else 'param'}"


def _not_ours(link: Link) -> str:
    """What our own links never are, though others' may be."""
    needed = ("pn", link.pn), *((("am", link.amount), ("tr", link.tr)) if link.mode in _FOR_ONE_PAYMENT else ())
    if missing := next((key for key, value in needed if not value), ""):
        return f"missing_{missing}"
    if link.tr and not _OURS.fullmatch(link.tr):
        return "bad_tr"
    if len(link.pn) > LONGEST_NAME or len(link.tn) > _LONGEST_NOTE:
        return "bad_pn" if len(link.pn) > LONGEST_NAME else "bad_tn"
    if any(not link.extra.get(key, "https://").startswith("https://") for key in ("url", "refUrl")):
        return "bad_param"
    taken = any(key.lower() in _FIELDS | {"sign"} or not _KEY.fullmatch(key) for key in link.extra)
    return "bad_param" if taken else ""


def _encoded(value: str, kept: str = "") -> str:
    """Percent-encoded but for what RFC 3986 calls unreserved, and `kept`. A space is %20: apps show a plus as it is."""
    raw = value.encode("utf-8", "replace")  # a lone surrogate becomes a question mark, and so does not read back
    return "".join(chr(byte) if byte in _KEPT or chr(byte) in kept else f"%{byte:02X}" for byte in raw)


def _decoded(value: str) -> str | None:
    raw = value.encode()
    if _BROKEN.search(raw):
        return None
    try:
        return _CODED.sub(lambda found: bytes.fromhex(found[1].decode()), raw).decode()
    except UnicodeDecodeError:
        return None
