r"""Values that must not be seen, and a search that finds them however they are written.

A value counts as found in plain, in another case or Unicode form, `\uXXXX`-escaped or URL-encoded any number of times, and inside
of Base64 (at each of the three alignments) or hex.
"""

import base64
import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

# All of these are invented.
PHONE, NEW_PHONE = "919800077341", "919800088452"
USER_ID = "IN.90817263554177120934"
PSID = "7734190881726355417"  # as the sweet shop's page knows somebody
NAME = "Kingfisher Canarini"
LATIN, BENGALI = "kohlrabi palimpsest", "মৌরলা পাটিসাপটা"
QUESTION, REPLY = "quincunx zugzwang", "saffroncake শিউলিফুল"
TOKEN = "nutmeg-access-token-4481920"
PAGE_TOKEN = "cinnamon-page-token-3390517"
APP_SECRET = "tamarind-app-secret-90817"
VERIFY_TOKEN = "jackfruit-verify-token-5541"
PEPPER = "cardamom-pepper-77120934"

SECRETS: Mapping[str, str] = {
    "access token": TOKEN,
    "page token": PAGE_TOKEN,
    "app secret": APP_SECRET,
    "verify token": VERIFY_TOKEN,
    "pepper": PEPPER,
}
PERSONAL: Mapping[str, str] = {
    "phone number": PHONE[2:],  # without the country: found with it as well
    "new phone number": NEW_PHONE[2:],
    "user id": USER_ID[3:],
    "page-scoped id": PSID,
    "name": NAME,
    "text": LATIN,
    "Bengali text": BENGALI,
    "question": QUESTION,
    "reply": REPLY,
}
CANARIES: Mapping[str, str] = {**PERSONAL, **SECRETS}

_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")


class Search:
    """Looks for values in texts."""

    def __init__(self, values: Mapping[str, str] = CANARIES) -> None:
        """Know what each value looks like; of a value with several words each alone is enough."""
        words = [(name, word) for name, value in values.items() for word in value.split()]
        self._folded = [(name, _folded(word)) for name, word in words]
        self._exact = [(name, form) for name, word in words for form in base64_forms(word)]
        self._hex = [(name, word.encode().hex()) for name, word in words]

    def __call__(self, text: str) -> set[str]:
        """The names of the values that stand in a text, in whichever form."""
        names: set[str] = set()
        for plain in _opened(text):
            folded, lower = _folded(plain), plain.lower()
            names |= {name for name, word in self._folded if word in folded}
            names |= {name for name, form in self._exact if form in plain}
            names |= {name for name, raw in self._hex if raw in lower}
        return names


def found(text: str, values: Mapping[str, str] = CANARIES) -> set[str]:
    """The names of the values that stand in a text."""
    return Search(values)(text)


def base64_forms(word: str) -> set[str]:
    """How a word looks inside of Base64: at each alignment, without the letters that its neighbours share."""
    raw = word.encode()
    forms = set()
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * before + raw).decode().rstrip("=")
            first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
            forms.add(whole[first:last])
    return forms


def _opened(text: str) -> Iterator[str]:
    """The text, and what it is when it is decoded, again and again."""
    seen: set[str] = set()
    waiting = [text]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting += [_unescaped(each), unquote(each)]
            yield each


def _unescaped(text: str) -> str:
    plain = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
