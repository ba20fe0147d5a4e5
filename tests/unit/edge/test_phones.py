"""Numbers of telephones, as people write them."""

import pytest

from haat.edge.api.phones import read_phone
from haat.kernel.errors import Rejected


@pytest.mark.parametrize(
    "text",
    [
        "98000 00001",
        "098000-00001",
        "919800000001",
        "+91 98000 00001",
        "0091 98000 00001",
        "(98000) 00001",
        "+৯১ ৯৮০০০ ০০০০১",
        "९८००० ००००१",
    ],
)
def test_number_is_read_as_its_country_writes_it(text: str) -> None:
    """With or without the country's code, in digits of any script."""
    assert read_phone(text, "IN") == "919800000001"


def test_number_of_another_country_needs_its_code() -> None:
    """A national number is one of the country that is given."""
    assert read_phone("+880 1712-345678", "IN") == "8801712345678"
    assert read_phone("01712-345678", "BD") == "8801712345678"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("", "IN"),
        ("Anita", "IN"),
        ("12345", "IN"),
        ("+91 98000 0000", "IN"),
        ("+91 98000 00001 ext. 7", "IN"),
        ("+999 12345678", "IN"),
        ("9" * 300, "IN"),
        ("98000 00001", "AQ"),
    ],
)
def test_what_is_no_number_is_refused_by_its_field(text: str, country: str) -> None:
    """The refusal does not repeat it."""
    with pytest.raises(Rejected) as refused:
        read_phone(text, country)
    assert set(refused.value.fields) == {"phone"}
    assert not text or text not in refused.value.fields["phone"] + str(refused.value)
