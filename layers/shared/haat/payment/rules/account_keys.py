"""Which keys and settings a payee account must come with, and for whom each key is sealed."""

import json
from collections.abc import Mapping
from typing import Final, Literal

from haat.kernel.secret import Secret
from haat.payment.model.bank import Caps
from haat.payment.rules.key_forms import written

MOST_SEALED: Final = 4_096  # bytes that KMS encrypts directly (API reference, Encrypt)
LONGEST_SETTING: Final = 64

Purpose = Literal["door", "settlement", "call"]
PURPOSES: Final[tuple[Purpose, ...]] = ("door", "settlement", "call")


def asked(caps: Caps) -> dict[Purpose, tuple[str, ...]]:
    """The names of keys that a bank has, by who uses them; a name may stand twice where the bank gives one key for two uses."""
    return {"door": caps.door_keys, "settlement": caps.settlement_keys, "call": caps.call_keys}


def known(caps: Caps) -> tuple[str, ...]:
    """Those names, each once."""
    return tuple(dict.fromkeys(name for names in asked(caps).values() for name in names))


def parted(
    caps: Caps, given: Mapping[str, str], *, new: bool = False
) -> tuple[dict[Purpose, dict[str, str]], dict[str, str]]:
    """Keys by their purpose, and what is wrong by the field. Those of one purpose come together, as they are sealed together; of a new account all."""
    wrong: dict[str, str] = {}
    if not given or set(given) - set(known(caps)):
        # The names that came are not repeated: a key may stand where its name should.
        wrong["keys"] = f"needs a name for each, and takes {', '.join(known(caps))}"
    kept: dict[str, str] = {}
    for name in known(caps):
        if name in given:
            kept[name], fault = written(given[name], caps.key_forms.get(name))
            wrong |= {f"keys.{name}": fault} if fault else {}
    found: dict[Purpose, dict[str, str]] = {}
    for purpose, names in asked(caps).items():
        mine = {name: kept[name] for name in names if name in kept}
        if not new and not mine:
            continue
        for name in names:
            if name not in caps.optional_keys and name not in given:
                wrong[f"keys.{name}"] = "needs a value: these keys are kept together"
        if (long := len(sealed_text(mine).reveal())) > MOST_SEALED:
            said = f"are kept together and have {long} letters: at most {MOST_SEALED} can be"
            wrong["keys"] = f"{', '.join(mine)} {said}"
        if mine:
            found[purpose] = mine
    return found, wrong


def sealed_text(named: Mapping[str, str]) -> Secret[str]:
    """Keys of one purpose as they are sealed: ASCII, so that letters are bytes."""
    return Secret(json.dumps(dict(named), separators=(",", ":")))


def with_keys(before: tuple[str, ...], caps: Caps, given: Mapping[Purpose, Mapping[str, str]]) -> tuple[str, ...]:
    """The names of the keys that an account has when those of some purposes are in their places."""
    stay = {name for purpose, names in asked(caps).items() if purpose not in given for name in names} & set(before)
    return tuple(sorted(stay.union(*given.values())))


def settings_of(caps: Caps, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What else identifies the merchant at the bank, as it is kept, and what is wrong by the field. An optional one may come empty."""
    wrong: dict[str, str] = {}
    if set(given) - set(caps.settings):
        wrong["settings"] = f"is no setting of this bank: it takes {', '.join(caps.settings) or 'none'}"
    kept = {name: given[name].strip() for name in caps.settings if name in given}
    for name in caps.settings:
        value = kept.get(name, "")
        if not value and name not in caps.optional_settings:
            wrong[f"settings.{name}"] = "needs a value"
        elif len(value) > LONGEST_SETTING or not (value.isascii() and value.isprintable()):
            wrong[f"settings.{name}"] = f"needs a value of at most {LONGEST_SETTING} visible characters of ASCII"
    return {name: value for name, value in kept.items() if value}, wrong
