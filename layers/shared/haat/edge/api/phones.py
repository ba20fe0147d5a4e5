"""Numbers of telephones as people write them. Only the API loads this: auto_reply and the queues' functions get digits."""

from haat.kernel.errors import Rejected


def read_phone(text: str, country: str) -> str:
    """The digits of a number, with its country's code and without "+". Without a code it is one of `country` (ISO 3166).

    Raises Rejected (field phone).
    """
    # The library's tables of numbers are for who saves one: most requests do not, and it is in the API's layer alone.
    import phonenumbers  # noqa: PLC0415

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise _refused() from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise _refused()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def _refused() -> Rejected:
    fields = {"phone": "is no number of a telephone; write it with + and the country's code"}
    return Rejected("some fields are not as they should be", word="invalid", fields=fields)
