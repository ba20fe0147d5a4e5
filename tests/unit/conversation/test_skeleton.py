import pytest

from haat.conversation.rules.meanings import _TABLE, meaning
from haat.conversation.rules.skeleton import skeleton
from haat.conversation.rules.text import READ, normalise, words


@pytest.mark.parametrize(
    ("sounds", "spelt"),
    [
        ("kt", "koto kato kotto কত কতো"),
        ("kth", "kothay kothai কোথায়"),
        ("ktn", "kitna kitne kitnaa कितना कितने"),
        ("brt", "barite baritey বাড়িতে"),
        ("thkn", "thikana ঠিকানা ठिकाना"),
        ("mlg", "milega milegi मिलेगा"),
        ("Ardr", "order ordar অর্ডার ऑर्डर आर्डर"),
        ("dkn", "dukan dokan dukaan দোকান दुकान"),
        ("bg", "bag byag ব্যাগ"),
        ("ks", "cash ক্যাশ"),
        ("jb", "jabe যাবে"),
        ("rn", "rong রং"),
        ("krsn", "krishna কৃষ্ণ"),
        ("cht", "chahto"),
        ("cl", "chal chhal छल"),
        ("100", "100"),
        ("", "ি"),
    ],
)
def test_word_sounds_the_same_however_it_is_spelt(sounds: str, spelt: str) -> None:
    """A word has one skeleton in both scripts and in Latin letters, whatever its vowels."""
    assert {word: skeleton(word) for word in normalise(spelt).split()} == dict.fromkeys(
        normalise(spelt).split(), sounds
    )


def test_everyday_words_have_a_meaning_in_every_language() -> None:
    """Words of one meaning have one name, also inflected and in either script; other words have none."""
    assert {meaning(word) for word in words(normalise("dam daam price দাম दाम कीमत দামের"))} == {"price"}
    assert {meaning(word) for word in words(normalise("kothay where কোথায় कहाँ kahan"))} == {"where"}
    assert meaning("sandesh") is None


def test_table_of_meanings_is_read_whole() -> None:
    """No line is longer than what is read of a text, and no word stands in two."""
    lines = _TABLE.strip().splitlines()
    assert max(map(len, lines)) < READ
    listed = [word for line in lines for word in normalise(line.partition(": ")[2]).split()]
    assert [word for word in set(listed) if listed.count(word) > 1 or words(word) != [word]] == []
