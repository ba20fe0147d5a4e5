"""The list of faults that a person can switch on at the phone page, in words, and what each of them does.

Source of the codes and their groups: Cloud API, Error codes (meta-platform, section 4.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from infra.local.simulators.faults import MEDIA, Fault
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.graph_errors import title
from infra.local.simulators.messenger_errors import (
    ANOTHER_APP,
    NO_SUCH_PERSON,
    NOT_AVAILABLE,
    OUTSIDE_WINDOW,
    refusal,
)
from infra.local.simulators.webhooks import Habit
from infra.local.simulators.wire import Json

# What Meta's codes have in common, as Haat answers them. Of 200 to 299 (permissions) the first stands for all.
GROUPS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("Meta has a fault or is busy", (1, 2, 131000, 131016, 133004, 135000)),
    ("Too many calls or messages", (4, 80007, 130429, 131056)),
    ("Spam, or too many complaints", (131048, 131064)),
    ("Number is being upgraded", (131057,)),
    ("A file can't be fetched or kept", (131052, 131053)),
    ("Token or permission", (0, 190, 3, 10, 200)),
    ("Shop blocked by policy", (368, 131031, 130497)),
    ("Shop's bill not paid", (131042,)),
    ("Window of 24 hours is closed", (131047,)),
    ("Customer can't or won't be reached", (131026, 131049, 130472, 131050)),
    ("Our request is wrong", (131051, 131008, 131009, 100, 33)),
    ("Template", (132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018)),
    ("Configuration", (131030, 131005, 133010)),
)
# What only pages meet, as (code, subcode); the others of Messenger's have the numbers of WhatsApp's.
PAGES: tuple[str, tuple[tuple[int, int | None], ...]] = (
    "Messenger alone",
    (
        (10, OUTSIDE_WINDOW),
        (10, ANOTHER_APP),
        (100, NO_SUCH_PERSON),
        (551, NOT_AVAILABLE),
        (613, None),
        (32, None),
        (1200, None),
    ),
)
CODES = frozenset((code, None) for _, codes in GROUPS for code in codes) | frozenset(PAGES[1])
LONGEST = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the form holds: `times` and `shop` None for always and for all shops."""

    times: int | None
    shop: str | None
    code: int
    seconds: float
    subcode: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One line of the list; `asks` says what else the form needs, `about` whom it befalls."""

    key: str
    words: str
    about: Literal["The shop's messages", "Webhooks to the shop"]
    makes: Callable[[Choice], Fault | Habit]
    asks: Literal["", "code", "seconds"] = ""
    endless: bool = False


_SENDS: Literal["The shop's messages"] = "The shop's messages"
_POSTS: Literal["Webhooks to the shop"] = "Webhooks to the shop"

TROUBLES = (
    Trouble(
        key="error",
        words="Refuse with an error",
        about=_SENDS,
        asks="code",
        makes=lambda one: Fault(kind="error", code=one.code, subcode=one.subcode, times=one.times, number=one.shop),
    ),
    Trouble(
        key="late",
        words="Take it, then report that it failed",
        about=_SENDS,
        asks="code",
        makes=lambda one: Fault(kind="late", code=one.code, times=one.times, number=one.shop, accepted=True),
    ),
    Trouble(
        key="slow",
        words="Take it, but answer slowly",
        about=_SENDS,
        asks="seconds",
        makes=lambda one: Fault(kind="slow", seconds=one.seconds, times=one.times, number=one.shop, accepted=True),
    ),
    Trouble(
        key="accept-drop",
        words="Take it, then hang up without an answer",
        about=_SENDS,
        makes=lambda one: Fault(kind="dropped", times=one.times, number=one.shop, accepted=True),
    ),
    Trouble(
        key="accept-timeout",
        words="Take it, and never answer",
        about=_SENDS,
        makes=lambda one: Fault(kind="timeout", times=one.times, number=one.shop, accepted=True),
    ),
    Trouble(
        key="drop",
        words="Hang up without taking it",
        about=_SENDS,
        makes=lambda one: Fault(kind="dropped", times=one.times, number=one.shop),
    ),
    Trouble(
        key="timeout",
        words="Neither take it nor ever answer",
        about=_SENDS,
        makes=lambda one: Fault(kind="timeout", times=one.times, number=one.shop),
    ),
    Trouble(
        key="broken",
        words="Answer 500 without JSON, and don't take it",
        about=_SENDS,
        makes=lambda one: Fault(kind="broken", status=500, times=one.times, number=one.shop),
    ),
    Trouble(
        key="no-pictures",
        words="Take no picture or file",
        about=_SENDS,
        makes=lambda one: Fault(kind="error", code=131053, times=one.times, number=one.shop, edge=MEDIA),
    ),
    Trouble(
        key="dark",
        words="Dark: cut off every call of any kind",
        about=_SENDS,
        endless=True,
        makes=lambda one: Fault(kind="refused", times=None, number=one.shop, edge="any", receipts=True),
    ),
    Trouble(
        key="duplicate",
        words="Post it twice",
        about=_POSTS,
        makes=lambda one: Habit(kind="duplicate", times=one.times, number=one.shop),
    ),
    Trouble(
        key="rewrap",
        words="Post it again inside another body",
        about=_POSTS,
        makes=lambda one: Habit(kind="rewrap", times=one.times, number=one.shop),
    ),
    Trouble(
        key="reorder",
        words="Let the next one overtake it",
        about=_POSTS,
        makes=lambda one: Habit(kind="reorder", times=one.times, number=one.shop),
    ),
    Trouble(
        key="batch",
        words="Collect for a second, up to ten in one body",
        about=_POSTS,
        makes=lambda one: Habit(kind="batch", size=10, seconds=1.0, times=one.times, number=one.shop),
    ),
    Trouble(
        key="delay",
        words="Post it late",
        about=_POSTS,
        asks="seconds",
        makes=lambda one: Habit(kind="delay", seconds=one.seconds, times=one.times, number=one.shop),
    ),
    Trouble(
        key="raw",
        words="Write letters as they are, not as \\u escapes",
        about=_POSTS,
        makes=lambda one: Habit(kind="raw", times=one.times, number=one.shop),
    ),
)


def offered() -> Json:
    """Return the list and the codes, as the page draws them."""
    return {
        "troubles": [
            {"key": one.key, "words": one.words, "about": one.about, "asks": one.asks, "endless": one.endless}
            for one in TROUBLES
        ],
        "codes": [
            {"group": group, "codes": [{"code": code, "subcode": None, "title": title(code)} for code in codes]}
            for group, codes in GROUPS
        ]
        + [
            {
                "group": PAGES[0],
                "codes": [
                    {"code": code, "subcode": subcode, "title": _words(code, subcode)} for code, subcode in PAGES[1]
                ],
            }
        ],
    }


def active(sim: GraphSimulator) -> list[Json]:
    """Return what is switched on, in words; `left` None until it is switched off."""
    lines = [
        _line(f"f{fault_id}", _fault_words(fault), fault.times, fault.number, sim)
        for fault_id, fault in sim.faults.listed()
    ]
    return lines + [
        _line(f"w{habit_id}", _habit_words(habit), left, habit.number, sim)
        for habit_id, habit, left in sim.webhooks.listed()
    ]


def switch_on(sim: GraphSimulator, trouble: Trouble, choice: Choice) -> None:
    """Let it happen from now on."""
    made = trouble.makes(choice)
    if isinstance(made, Fault):
        sim.faults.add(made)
    else:
        sim.webhooks.add(made)


def switch_off(sim: GraphSimulator, trouble_id: str | None) -> None:
    """End one of `active`, or with None all."""
    if trouble_id is None:
        sim.faults.clear()
        sim.webhooks.clear()
    elif trouble_id[:1] in ("f", "w") and trouble_id[1:].isdigit():
        (sim.faults if trouble_id[0] == "f" else sim.webhooks).remove(int(trouble_id[1:]))


def _line(trouble_id: str, words: str, left: int | None, number: str | None, sim: GraphSimulator) -> Json:
    known = sim.numbers.get(number or "") or sim.messenger.pages.get(number or "")
    shop = known.name if known else None
    return {"id": trouble_id, "words": words, "left": left, "shop": shop}


def _fault_words(fault: Fault) -> str:
    """Say it as the list does; a fault that a test has set may be one that the list doesn't offer."""
    what = {
        "error": "Refuse with",
        "late": "Take it, then report",
        "slow": f"Take it, but answer after {fault.seconds:g} s",
        "dropped": "Take it, then hang up without an answer" if fault.accepted else "Hang up without taking it",
        "timeout": "Take it, and never answer" if fault.accepted else "Neither take it nor ever answer",
        "broken": f"Answer {fault.status or 500} without JSON" + ("" if fault.accepted else ", and don't take it"),
        "refused": "Dark: cut off every call of any kind" if fault.receipts else "Cut off the shop's messages",
    }[fault.kind]
    if fault.kind == "error" and fault.edge == MEDIA:
        what = "Take no picture or file:"
    if fault.kind not in ("error", "late"):
        return what
    words = title(fault.code) if (fault.code, fault.subcode) not in PAGES[1] else _words(fault.code, fault.subcode)
    return f"{what} {fault.code}, {words}"


def _words(code: int, subcode: int | None) -> str:
    """What Messenger says with a code."""
    return refusal(code, subcode).message.partition(") ")[2].removesuffix(".")


def _habit_words(habit: Habit) -> str:
    words = {one.key: one.words for one in TROUBLES if one.about == _POSTS}[habit.kind]
    late = f" by {habit.seconds:g} s" if habit.kind == "delay" else ""
    return f"Webhooks: {words[0].lower()}{words[1:]}{late}"
