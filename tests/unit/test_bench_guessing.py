import pytest

from haat.conversation.rules.saying import sorted_out
from infra.bench import guessing, report


@pytest.mark.parametrize("count", guessing.COUNTS)
def test_shop_of_the_bench_has_so_many_examples(count: int) -> None:
    """What is measured is what is named: all examples are different, and none stands in two entries."""
    examples, clashes = sorted_out(guessing.shop(count))
    assert (len(examples), clashes) == (count, ())


def test_figures_are_shown_and_written() -> None:
    """One shop is measured in a process of its own, and its figures stand in the table and in the JSON."""
    found = guessing.measure(30)
    assert found.process_mb > 0
    assert f"30 in {found.entries} entries" in report.guessing([found])
    assert report.as_json([found])[0]["packed_bytes"] == found.packed_bytes
