"""Numbers of the tax office, as people write them. All of these are invented."""

import pytest

from haat.edge.api.tax_numbers import read_gstin
from haat.kernel.errors import Rejected


@pytest.mark.parametrize("text", ["19AAAFB0001C1ZJ", "19 aaafb 0001 c1zj", "19-AAAFB-0001C-1ZJ"])
def test_gstin_is_kept_compact(text: str) -> None:
    """However it was typed, it has fifteen capitals and digits."""
    assert read_gstin(text, "IN") == "19AAAFB0001C1ZJ"


def test_gstin_of_a_young_territory_is_taken() -> None:
    """Ladakh has a code, though the library's table is older."""
    assert read_gstin("38AAAFB0001C1ZJ", "IN") == "38AAAFB0001C1ZJ"


@pytest.mark.parametrize(
    ("text", "country", "word"),
    [
        ("19AAAFB0001C1ZK", "IN", "slip"),
        ("19AAAFB0002C1ZJ", "IN", "slip"),
        ("38AAAFB0001C1ZK", "IN", "slip"),
        ("99AAAFB0001C1ZJ", "IN", "15 characters"),
        ("19AAAFB0001C1Z", "IN", "15 characters"),
        ("nonsense", "IN", "15 characters"),
        ("19AAAFB0001C1ZJ", "BD", "India"),
    ],
)
def test_what_is_none_is_refused(text: str, country: str, word: str) -> None:
    """A slip of the pen is told from what is no such number, and a shop elsewhere has none."""
    with pytest.raises(Rejected) as refused:
        read_gstin(text, country)
    assert word in refused.value.fields["gstin"]
