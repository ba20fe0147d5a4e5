"""Bharat QR: the code of EMVCo (merchant-presented mode) with UPI in it.

A row of fields, each two digits of tag, two of length in characters, and the value; some hold fields of their own.
Tags are put together from public samples and EMVCo's public text, not certified. The checksum at the end finds
smudges. It keeps no thief away: whoever changes the payee does the sum again. Only a signed link protects a payee.
"""

from binascii import crc_hqx
from collections.abc import Mapping
from dataclasses import replace

from haat.payment.model.link import BharatQr, Unusable
from haat.payment.rules.links import ADDRESS, LIMIT, LONGEST_REFERENCE, UNSEEN, asked
from haat.payment.rules.reading import rupees

_LONGEST = 512  # characters, as EMVCo has it
_UPI = "A000000524"  # by which UPI's two fields are known
_ANSWERED = frozenset("00 01 26 27 52 53 54 58 59 60 61 62 63".split())
_MUST = "00 26 52 53 58 59 60".split()
_MORE = frozenset("01 05 07 08".split())


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE of a text's UTF-8 bytes, as four upper-case hexadecimal digits."""
    return f"{crc_hqx(text.encode('utf-8', 'surrogatepass'), 0xFFFF):04X}"


def read(code: str | bytes, *, limit: int | None = None) -> BharatQr | Unusable:
    """What a code says; the amount at most `limit` paise. The checksum must be right.

    The words of refusal: too_long, bad_encoding, bad_tlv (fields do not add up), repeated_tag, no_crc, bad_crc,
    missing_ with the tag that must be there (missing_53), not_upi, bad_version, bad_point, bad_mcc, bad_currency,
    bad_country, bad_pa, bad_tr, bad_am, bad_least, bad_pin, bad_text, over_limit. Never raises.
    """
    try:
        text = code.decode() if isinstance(code, bytes) else code
        text.encode()
    except UnicodeError:
        return Unusable("bad_encoding")
    if len(text) > _LONGEST:
        return Unusable("too_long")
    try:
        return _said(_checked(text), limit)
    except _Broken as broken:
        return Unusable(broken.word)


def build(code: BharatQr, *, limit: int = LIMIT) -> str | Unusable:
    """The code as text. It reads back to exactly what was asked for, or it is refused with the words of `read`.

    Stricter than reading: printable ASCII only, for nothing else is sure to be read (bad_text; a shop of another name
    gives the one that its bank knows); name 1 to 25, city 1 to 15; a code for one payment needs amount and reference.
    """
    if any(type(amount) not in {int, type(None)} for amount in (code.amount, code.least)):
        return Unusable("bad_am")  # True is no amount either, and no float ever is
    if wrong := _not_ours(code):
        return Unusable(wrong)
    least = "" if code.least is None else rupees(code.least)
    fields = {
        **code.others,
        "00": "01",
        "01": "12" if code.dynamic else "11",
        "26": _joined({"00": _UPI, "01": code.pa, "02": least}),
        "27": _joined({"00": _UPI, "01": code.tr, "02": code.url}) if code.tr or code.url else "",
        "52": code.mcc,
        "53": "356",
        "54": "" if code.amount is None else rupees(code.amount),
        "58": "IN",
        "59": code.name,
        "60": code.city,
        "61": code.pin,
        "62": _joined(code.more),
    }
    text = _joined(fields) + "6304"
    back = read(text + crc(text), limit=limit)
    if isinstance(back, Unusable):
        return back
    whole = replace(code, more=dict(code.more), others=dict(code.others))
    return text + crc(text) if back == whole else Unusable("bad_tlv")


class _Broken(Exception):
    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def _checked(text: str) -> dict[str, str]:
    """The fields of a whole code: nothing in them is believed before the checksum, which is the last of them."""
    fields = _fields(text)
    if list(fields)[-1:] != ["63"] or not text.endswith(f"6304{fields['63']}"):
        raise _Broken("no_crc")
    if crc(text[:-4]) != fields["63"]:
        raise _Broken("bad_crc")
    if missing := next((tag for tag in _MUST if tag not in fields), ""):
        raise _Broken(f"missing_{missing}")
    return fields


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        head, start = text[at : at + 4], at + 4
        if not _digits(head, 4) or start + int(head[2:]) > len(text):
            raise _Broken("bad_tlv")
        if head[:2] in fields:  # of two payees, which?
            raise _Broken("repeated_tag")
        at = start + int(head[2:])
        fields[head[:2]] = text[start:at]
    return {tag: value for tag, value in fields.items() if value}  # an empty field says what a missing one does


def _joined(fields: Mapping[str, str]) -> str:
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in sorted(fields.items()) if value)


def _said(fields: Mapping[str, str], limit: int | None) -> BharatQr | Unusable:
    payee, reference, more = (_fields(fields.get(tag, "")) for tag in ("26", "27", "62"))
    if wrong := _wrong(fields, payee, reference) or _wrong_amount(fields, payee, limit):
        return Unusable(wrong)
    return BharatQr(
        pa=payee["01"],
        name=fields["59"],
        city=fields["60"],
        pin=fields.get("61", ""),
        mcc=fields["52"],
        amount=asked(fields.get("54", "")),
        least=asked(payee.get("02", "")),
        tr=reference.get("01", ""),
        url=reference.get("02", ""),
        dynamic=fields.get("01") == "12",
        more=more,
        others={tag: value for tag, value in fields.items() if tag not in _ANSWERED},
    )


def _wrong(fields: Mapping[str, str], payee: Mapping[str, str], reference: Mapping[str, str]) -> str:
    checks = {
        "bad_version": fields["00"] == "01",
        "bad_point": fields.get("01", "11") in {"11", "12"},
        "bad_mcc": _digits(fields["52"], 4),
        "bad_currency": fields["53"] == "356",
        "bad_country": fields["58"] == "IN",
        "repeated_tag": not any(
            value.startswith(f"0010{_UPI}") for tag, value in fields.items() if tag not in {"26", "27"}
        ),
        "not_upi": payee.get("00") == _UPI and reference.get("00", _UPI) == _UPI,
        "bad_pa": ADDRESS.fullmatch(payee.get("01", "")) is not None,
        "bad_tr": len(reference.get("01", "")) <= LONGEST_REFERENCE,
        "bad_pin": "61" not in fields or _digits(fields["61"], 6),
        "bad_text": not any(UNSEEN.search(value) for value in fields.values()),
    }
    return next((word for word, right in checks.items() if not right), "")


def _wrong_amount(fields: Mapping[str, str], payee: Mapping[str, str], limit: int | None) -> str:
    amount = asked(fields["54"]) if "54" in fields else None
    if "54" in fields and not amount:  # no amount, or none of anything
        return "bad_am"
    if amount is not None and limit is not None and amount > limit:
        return "over_limit"
    least = asked(payee["02"]) if "02" in payee else 0
    return "bad_least" if least is None or (amount is not None and least > amount) else ""


def _digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdecimal()


def _not_ours(code: BharatQr) -> str:
    """What our own codes never are, though others' may be."""
    texts = (code.pa, code.name, code.city, code.tr, code.url, *code.more.values(), *code.others.values())
    if not all(text.isascii() and text.isprintable() and len(text) < 100 for text in texts):
        return "bad_text"
    if len(code.name) > 25 or len(code.city) > 15:
        return "bad_text"
    if code.dynamic and not (code.amount and code.tr):
        return "missing_27" if code.amount else "missing_54"
    return "" if set(code.more) <= _MORE else "bad_tlv"
