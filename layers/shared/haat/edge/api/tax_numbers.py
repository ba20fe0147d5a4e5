"""Numbers of the tax office as people write them. Only the API loads this."""

import re

from haat.kernel.errors import Rejected

# States and territories that stdnum 2.2 does not know yet, by their code of the GST: Ladakh (since 2019), "other territory" (offshore).
_NEWER = ("38", "97")
_GSTIN = r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read_gstin(text: str, country: str) -> str:
    """A GSTIN without blanks and hyphens, in capitals; its check digit and the PAN in it are checked. Raises Rejected (field gstin)."""
    if country != "IN":
        raise _refused("is for shops in India")
    # As in phones.py: most requests save none.
    from stdnum import luhn  # noqa: PLC0415
    from stdnum.exceptions import InvalidChecksum, ValidationError  # noqa: PLC0415
    from stdnum.in_ import gstin, pan  # noqa: PLC0415

    number: str = gstin.compact(text)
    try:
        if number[:2] in _NEWER and re.fullmatch(_GSTIN, number):
            pan.validate(number[2:12])
            luhn.validate(number, _DIGITS)
        else:
            gstin.validate(number)
    except InvalidChecksum:
        raise _refused("is no GSTIN: its last character does not fit the others; look for a slip") from None
    except ValidationError:
        raise _refused("is no GSTIN: it has 15 characters, such as 19AAAFB0001C1ZJ") from None
    return number


def _refused(said: str) -> Rejected:
    return Rejected("some fields are not as they should be", word="invalid", fields={"gstin": said})
