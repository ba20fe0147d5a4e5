"""What ends a talk and waits for no answer: thanks, an okay, an emoji. A bot that says "I did not understand" to thanks is foolish."""

from typing import Final

from haat.conversation.rules.saying import saying
from haat.conversation.rules.text import normalise

# One of these must be there ...
_SAYS: Final = frozenset(
    map(
        normalise,
        """
        ok okay okey okk oki thanks thank thanku thankyou thnx thx ty bye tata goodnight noted dhonnobad dhonnobaad dhonyobad
        dhanyabad dhanyavad dhanyawad shukriya thik thikache theek accha achha acha achchha alvida
        ওকে ধন্যবাদ থ্যাংকস থ্যাংক থ্যাঙ্কস থ্যাঙ্ক ঠিক ঠিকাছে আচ্ছা টাটা বাই ওক
        ओके धन्यवाद शुक्रिया थैंक्स थैंक्यू थैंक ठीक अच्छा बाय टाटा
        """.split(),
    )
)
# ... and nothing but these beside it.
_BESIDE: Final = frozenset(
    map(
        normalise,
        """
        you u so much very a lot many then ji sir madam dada didi bhai bhaiya boss good night ache achhe achey hai hain he aapka apnake
        onek bahut bohot khub
        ইউ আছে অনেক অসংখ্য আপনাকে দাদা দিদি ভাই তাহলে
        है हैं जी बहुत आपका भाई भैया यू तो
        """.split(),
    )
)


def is_closing(text: str) -> bool:
    """Whether nobody waits for an answer to this. Where a question mark stands somebody does."""
    if "?" in normalise(text):
        return False
    said = saying(text).words
    return all(word in _SAYS or word in _BESIDE for word in said) and (not said or any(word in _SAYS for word in said))
