"""What the shop's own people are answered when they tell the bot what to do. No sentence names a customer."""

from collections.abc import Mapping
from typing import Final, Literal

from haat.conversation.model import Language

Word = Literal[
    "off", "off_already", "on", "on_already", "customer_off", "customer_on", "customer_on_bot_off", "unknown"
]

_SAY: Final[Mapping[Language, Mapping[Word, str]]] = {
    "en": {
        "off": "The bot is off: within a minute it answers nobody any more, until you write “bot on”. Carts and taps still get their order.",
        "off_already": "The bot is off already. Write “bot on” and it answers again.",
        "on": "The bot is on: within a minute it answers customers again.",
        "on_already": "The bot is on already.",
        "customer_off": "The bot leaves this customer to you. Write “bot on” with the same number and it answers them again.",
        "customer_on": "The bot answers this customer again.",
        "customer_on_bot_off": "The bot may answer this customer again, but it is off for everybody. Write “bot on” and it answers.",
        "unknown": "Nobody who has written to the shop is known by that number.",
    },
    "bn": {
        "off": "বট বন্ধ হলো: এক মিনিটের মধ্যে সে আর কাউকে উত্তর দেবে না, যতক্ষণ না আপনি “বট চালু” লেখেন। কার্ট আর বোতামের অর্ডার তবু নেওয়া হবে।",
        "off_already": "বট আগে থেকেই বন্ধ। “বট চালু” লিখলে আবার উত্তর দেবে।",
        "on": "বট চালু হলো: এক মিনিটের মধ্যে আবার খদ্দেরদের উত্তর দেবে।",
        "on_already": "বট আগে থেকেই চালু।",
        "customer_off": "এই খদ্দেরকে বট আর উত্তর দেবে না, আপনি দেবেন। একই নম্বর দিয়ে “বট চালু” লিখলে আবার বট উত্তর দেবে।",
        "customer_on": "এই খদ্দেরকে বট আবার উত্তর দেবে।",
        "customer_on_bot_off": "এই খদ্দেরকে বট আবার উত্তর দিতে পারে, কিন্তু বট এখন সবার জন্যই বন্ধ। “বট চালু” লিখলে উত্তর দেবে।",
        "unknown": "দোকানে লিখেছেন এমন কাউকে এই নম্বরে পাওয়া গেল না।",
    },
    "hi": {
        "off": "बॉट बंद हुआ: एक मिनट में वह किसी को जवाब नहीं देगा, जब तक आप “बॉट चालू” न लिखें। कार्ट और बटन के ऑर्डर फिर भी लिए जाएँगे।",
        "off_already": "बॉट पहले से बंद है। “बॉट चालू” लिखने पर फिर जवाब देगा।",
        "on": "बॉट चालू हुआ: एक मिनट में फिर ग्राहकों को जवाब देगा।",
        "on_already": "बॉट पहले से चालू है।",
        "customer_off": "इस ग्राहक को बॉट जवाब नहीं देगा, आप देंगे। उसी नंबर के साथ “बॉट चालू” लिखने पर बॉट फिर जवाब देगा।",
        "customer_on": "बॉट इस ग्राहक को फिर जवाब देगा।",
        "customer_on_bot_off": "बॉट इस ग्राहक को फिर जवाब दे सकता है, पर अभी सबके लिए बंद है। “बॉट चालू” लिखने पर जवाब देगा।",
        "unknown": "दुकान को लिखने वालों में इस नंबर से कोई नहीं मिला।",
    },
}


def say(word: Word, language: Language) -> str:
    """One sentence."""
    return _SAY[language][word]
