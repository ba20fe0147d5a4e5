"""A shop's profile on its channels: shown, refused, tried again."""

from dataclasses import replace

import pytest

from haat.conversation.channels.graph_profile import VERTICALS, body, read_answer
from haat.conversation.memory import MemoryLines
from haat.conversation.memory.profile import MemorySharedProfiles, MemoryShower
from haat.conversation.ports import Line
from haat.conversation.ports.profile import Shown
from haat.conversation.service.sharing import PATIENCE_MS, Sharing
from haat.facts.profiles import ProfileChanged, ProfileWanted
from haat.kernel.secret import Secret
from haat.kernel.time import HOUR, MINUTE, SECOND, later
from infra.api.compose import parts
from tests.invented import CHANNEL, MERCHANT, NOW, OTHER_CHANNEL, PAGE_CHANNEL, SECOND_CHANNEL

PROFILE = ProfileChanged(merchant=MERCHANT, revision=3, about="Sweets", category="sweets")


class Room:
    """The service on memory, for a merchant with two channels; another's address stands in its list by mistake."""

    def __init__(self) -> None:
        self.profiles, self.shower = MemorySharedProfiles(), MemoryShower()
        channels = (CHANNEL, SECOND_CHANNEL)
        self.profiles.channels[MERCHANT] = [(c.kind, c.address) for c in channels]
        lines = {(c.kind, c.address): Line(channel=c, token=Secret("t")) for c in (*channels, OTHER_CHANNEL)}
        self.sharing = Sharing(profiles=self.profiles, lines=MemoryLines(lines), shower=self.shower)

    def word(self) -> str:
        """How it went the last time."""
        told = self.profiles.read(MERCHANT)
        return told.state if told else ""


@pytest.fixture
def room() -> Room:
    """Return a room."""
    return Room()


def test_profile_is_shown_on_every_channel_once(room: Room) -> None:
    """The same record again finds nothing to do."""
    assert room.sharing.take(PROFILE, NOW).word == "shown"
    assert set(room.shower.shown) == {CHANNEL.address, SECOND_CHANNEL.address}
    room.shower.shown.clear()
    assert room.sharing.take(PROFILE, NOW).word == "done_before"
    assert room.shower.shown == {}


def test_earlier_change_that_comes_late_changes_nothing(room: Room) -> None:
    """What channels show is the last that the shop said."""
    room.sharing.take(PROFILE, NOW)
    assert room.sharing.take(replace(PROFILE, revision=2, about="old"), NOW).word == "overtaken"
    assert {profile.about for profile in room.shower.shown.values()} == {"Sweets"}


def test_new_channel_gets_what_was_said_before(room: Room) -> None:
    """And nothing where nothing was ever said."""
    wanted = ProfileWanted(merchant=MERCHANT, occurred_at=NOW)
    assert room.sharing.take(wanted, NOW).word == "nothing_to_show"
    room.sharing.take(PROFILE, NOW)
    room.shower.shown.clear()
    assert room.sharing.take(wanted, NOW).word == "shown"
    assert len(room.shower.shown) == 2


def test_shop_without_a_channel_is_shown_nowhere(room: Room) -> None:
    """Until it has one."""
    room.profiles.channels.clear()
    assert room.sharing.take(PROFILE, NOW).word == room.word() == "nowhere"


def test_page_is_not_told_what_its_owner_writes_there(room: Room) -> None:
    """A page has no profile of ours: a shop with a page alone is shown nowhere, and one with both on its numbers."""
    room.profiles.channels[MERCHANT].append((PAGE_CHANNEL.kind, PAGE_CHANNEL.address))
    assert room.sharing.take(PROFILE, NOW).word == "shown"
    assert set(room.shower.shown) == {CHANNEL.address, SECOND_CHANNEL.address}
    room.profiles.channels[MERCHANT] = [(PAGE_CHANNEL.kind, PAGE_CHANNEL.address)]
    assert room.sharing.take(replace(PROFILE, revision=4), NOW).word == room.word() == "nowhere"


def test_channel_of_another_is_never_spoken_on(room: Room) -> None:
    """Its words would be another shop's."""
    room.profiles.channels[MERCHANT] = [(OTHER_CHANNEL.kind, OTHER_CHANNEL.address)]
    assert room.sharing.take(PROFILE, NOW).word == "refused"
    assert room.shower.shown == {}


def test_refusal_is_kept_with_its_words_and_the_other_channel_shows_it(room: Room) -> None:
    """Nothing is tried again that Meta refused for good."""
    refusal = Shown(code=100, message="Param email is not valid.")
    room.shower.answer = lambda line: refusal if line.channel.address == CHANNEL.address else Shown()
    turn = room.sharing.take(PROFILE, NOW)
    assert (turn.word, turn.wait_ms, turn.code) == ("refused", 0, 100)
    told = room.profiles.read(MERCHANT)
    assert told is not None
    assert (told.state, told.code, told.message) == ("refused", 100, "Param email is not valid.")
    assert set(room.shower.shown) == {SECOND_CHANNEL.address}


def test_trouble_is_waited_out_for_a_day(room: Room) -> None:
    """Ever longer, at most a quarter of an hour; then the shop sees it."""
    room.shower.answer = lambda _: Shown(code=131000, message="busy", later=True)
    at, waits = NOW, []
    while (turn := room.sharing.take(PROFILE, at)).wait_ms:
        assert room.word() == "waiting"
        waits.append(turn.wait_ms)
        at = later(at, turn.wait_ms)
    assert (waits[0], max(waits), waits) == (5 * SECOND, 15 * MINUTE, sorted(waits))
    assert PATIENCE_MS <= at - NOW < PATIENCE_MS + HOUR
    assert room.word() == "refused"


def test_trouble_that_passes_is_forgotten(room: Room) -> None:
    """The next try shows it."""
    room.shower.answer = lambda _: Shown(code=131000, message="busy", later=True)
    room.sharing.take(PROFILE, NOW)
    room.shower.answer = lambda _: Shown()
    assert room.sharing.take(PROFILE, later(NOW, 5000)).word == room.word() == "shown"


def test_every_category_has_a_word_of_metas() -> None:
    """Whoever adds a category says what it is there."""
    assert set(VERTICALS) == {*parts()["schemas"]["Category"]["enum"], ""}


def test_about_line_that_is_empty_is_left_out() -> None:
    """Meta takes no empty one; everything else can be emptied."""
    assert "about" not in body(replace(PROFILE, about=""))
    assert body(PROFILE) == {
        "messaging_product": "whatsapp",
        "about": "Sweets",
        "address": "",
        "description": "",
        "email": "",
        "websites": [],
        "vertical": "RESTAURANT",
    }


@pytest.mark.parametrize(
    ("status", "said", "shown"),
    [
        (200, b'{"success": true}', Shown()),
        (400, b'{"error": {"code": 100, "message": "(#100) Param"}}', Shown(code=100, message="(#100) Param")),
        (401, b'{"error": {"code": 190, "message": "m"}}', Shown(code=190, message="m")),
        (503, b'{"error": {"code": 131000, "message": "m"}}', Shown(code=131000, message="m", later=True)),
        (400, b'{"error": {"code": 100}}', Shown(code=100)),
        (
            400,
            b'{"error": {"code": 1, "message": "m", "error_data": {"details": "d"}}}',
            Shown(code=1, message="d", later=True),
        ),
    ],
)
def test_answer_is_read_by_its_code(status: int, said: bytes, shown: Shown) -> None:
    """Never by its HTTP status where it has one."""
    assert read_answer(status, said) == shown


@pytest.mark.parametrize(("status", "said"), [(200, b"{}"), (502, b"<html>"), (200, b""), (500, b'{"error": 1}')])
def test_answer_that_says_nothing_is_tried_again(status: int, said: bytes) -> None:
    """A proxy's page is no word of Meta's."""
    assert read_answer(status, said).later
