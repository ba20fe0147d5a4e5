"""Ways of writing one and the same message."""

import unicodedata
from collections.abc import Callable

SAME: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKD": lambda text: unicodedata.normalize("NFKD", text),
    "upper case": str.upper,
    "full width": lambda text: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text),
    "ZWJ": lambda text: text.replace("\u09cd", "\u09cd\u200d").replace("\u094d", "\u094d\u200d"),
    "ZWNJ": lambda text: text.replace("\u09cd", "\u09cd\u200c").replace("\u094d", "\u094d\u200c"),
    "Bengali digits": lambda text: text.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")),
    "Hindi digits": lambda text: text.translate(str.maketrans("0123456789", "०१२३४५६७८९")),
    "question mark": lambda text: text + " ??",
    "danda": lambda text: text + "।",
    "emoji": lambda text: f"🙏 {text} ❤\ufe0f☎\ufe0e",
    "direction marks": lambda text: f"\u200f{text}\u202c",
    "spaces": lambda text: f"  {text.replace(' ', '  ')}\n",
    "decomposed yya": lambda text: text.replace("\u09df", "\u09af\u09bc"),
    "composed nukta": lambda text: text.replace("\u09a1\u09bc", "\u09dc").replace("\u09a2\u09bc", "\u09dd"),
    "no nukta": lambda text: text.replace("\u093c", ""),
}  # fmt: skip
