"""When something is learnt from what a shop teaches: at once where nobody waits long for it, else later."""

from haat.conversation.model import Taught

MOST_EXAMPLES = 600  # of a shop: the work of learning grows with their cube


def lesson(taught: Taught, *, at_once: bool) -> bytes | None:
    """What is kept beside these entries when they are saved: packed, and empty where there is no example.

    None where it must be learnt later: there are more than learning.AT_ONCE examples, or it may not be `at_once`. What was learnt before
    and is of the same entries stays. All who keep entries ask this, so that nobody can forget to learn.
    From more than MOST_EXAMPLES, which only a version before ours may have kept, nothing is learnt.
    """
    # Who sends messages, and who only reads what was taught, needs none of these.
    from haat.conversation.rules.learnt import is_of  # noqa: PLC0415

    count = examples_in(taught)
    if not 0 < count <= MOST_EXAMPLES:
        return b""
    if is_of(taught.learnt, taught.entries):
        return taught.learnt
    from haat.conversation.rules import learning  # noqa: PLC0415

    return learning.learn(taught.entries) if at_once and count <= learning.AT_ONCE else None


def is_learnt(taught: Taught) -> bool:
    """Whether what was learnt is of these entries."""
    from haat.conversation.rules.learnt import is_of  # noqa: PLC0415  # as above

    return is_of(taught.learnt, taught.entries)


def wants_learning(taught: Taught) -> bool:
    """Whether something can be learnt from these entries that was not."""
    return 0 < examples_in(taught) <= MOST_EXAMPLES and not is_learnt(taught)


def examples_in(taught: Taught) -> int:
    """How many examples a shop has given."""
    return sum(len(entry.examples) for entry in taught.entries)
