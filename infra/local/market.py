"""A market of three shops for the stage: invented, every one of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from haat.business.model.merchant import Merchant
from haat.conversation.model import Entry, Language, Taught, Texts
from haat.kernel.ids import MerchantId

EVERY_DAY = range(7)


def _daily(opens: int, closes: int, *, but: tuple[int, ...] = ()) -> Mapping[int, tuple[tuple[int, int], ...]]:
    return {day: ((opens * 60, closes * 60),) for day in EVERY_DAY if day not in but}


def _entry(
    id: str, examples: tuple[str, ...], *, titles: Mapping[Language, str] | None = None, **replies: str
) -> Entry:
    known: dict[Language, str] = {}
    for language in ("en", "bn", "hi"):
        if language in replies:
            known[language] = replies[language]
    return Entry(id=id, examples=examples, replies=known, titles=titles or {})


HOURS = _entry(
    "hours",
    (
        "hours",
        "opening hours",
        "when are you open",
        "are you open today",
        "what time do you open",
        "কখন খোলা",
        "দোকান কখন খোলা থাকে",
        "dokan kokhon khola",
        "दुकान कब खुलती है",
        "दुकान कब खुलेगी",
        "दुकान कब तक खुली है",
        "dukan kab khulti hai",
    ),
    titles={"en": "Opening hours", "bn": "দোকানের সময়", "hi": "दुकान का समय"},
    en="We are open:\n{hours}",
    bn="আমরা খোলা থাকি:\n{hours}",
    hi="हम खुले रहते हैं:\n{hours}",
)

GREETING: Mapping[Language, str] = {
    "en": "Welcome to {shop}!",
    "bn": "{shop}-এ স্বাগতম!",
    "hi": "{shop} में आपका स्वागत है!",
}
AWAY: Mapping[Language, str] = {
    "en": "We are closed now. We open {opens} and will answer you then.",
    "bn": "এখন দোকান বন্ধ। {opens} খুলব, তখন উত্তর দেব।",
    "hi": "अभी दुकान बंद है। हम {opens} खुलेंगे, तब जवाब देंगे।",
}
NOT_UNDERSTOOD: Mapping[Language, str] = {
    "en": "I did not understand that. Someone from the shop will answer you.",
    "bn": "ঠিক বুঝতে পারিনি। দোকানের কেউ আপনাকে উত্তর দেবেন।",
    "hi": "मैं समझ नहीं पाया। दुकान से कोई आपको जवाब देगा।",
}
UNSUPPORTED: Mapping[Language, str] = {
    "en": "Sorry, we can't see that kind of message here. Could you write it in words?",
    "bn": "দুঃখিত, এই ধরনের মেসেজ আমরা এখানে দেখতে পাই না। কথায় লিখবেন?",
    "hi": "माफ़ कीजिए, इस तरह का संदेश हम यहाँ नहीं देख पाते। क्या आप शब्दों में लिखेंगे?",
}
TEXTS = Texts(greeting=GREETING, away=AWAY, not_understood=NOT_UNDERSTOOD, unsupported=UNSUPPORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoShop:
    """A shop of the stage, and the number and the page that stand for it."""

    merchant: Merchant
    phone_number_id: str
    display_number: str  # in an obviously invented series
    taught: Taught
    page_id: str = ""  # of its Facebook page, where it has one

    @property
    def account(self) -> str:
        """Its WhatsApp Business Account."""
        return f"3{self.phone_number_id[1:]}"

    @property
    def token(self) -> str:
        """The access token that the simulator takes for this number."""
        return f"haat-local-token-{self.phone_number_id}"

    @property
    def page_token(self) -> str:
        """The access token that the simulator takes for its page."""
        return f"haat-local-page-token-{self.page_id}"


SWEETS = DemoShop(
    merchant=Merchant(
        id=MerchantId("01KDVDNA008252GHK0JAF24VNQ"),
        name="Mishti Bhandar",
        country="IN",
        currency="INR",
        language="bn",
        timezone="Asia/Kolkata",
        week=_daily(8, 21),
    ),
    phone_number_id="100000000000001",
    display_number="915550000001",
    page_id="200000000000001",
    taught=Taught(
        version=1,
        texts=TEXTS,
        entries=(
            HOURS,
            _entry(
                "price",
                (
                    "price",
                    "price list",
                    "how much is sandesh",
                    "দাম কত",
                    "সন্দেশের দাম কত",
                    "রসগোল্লার দাম কত",
                    "dam koto",
                    "koto kore kilo",
                    "दाम क्या है",
                    "कितना है",
                    "रसगुल्ला कितने का है",
                    "kitna hai",
                    "kitne ka hai",
                ),
                titles={"en": "Prices", "bn": "দাম", "hi": "दाम"},
                en="Sandesh ₹20 a piece, rosogolla ₹15 a piece, mishti doi ₹180 a kg.",
                bn="সন্দেশ ₹২০, রসগোল্লা ₹১৫ একটি; মিষ্টি দই ₹১৮০ কেজি।",
                hi="संदेश ₹20, रसगुल्ला ₹15 एक; मिष्टी दोई ₹180 किलो।",
            ),
            _entry(
                "delivery",
                (
                    "do you deliver",
                    "home delivery",
                    "ডেলিভারি করেন",
                    "বাড়িতে দিয়ে যান",
                    "delivery koren",
                    "barite pathaben",
                    "डिलीवरी करते हैं",
                    "घर पर पहुँचा देंगे",
                    "ghar par delivery karte hain",
                ),
                titles={"en": "Home delivery", "bn": "হোম ডেলিভারি", "hi": "होम डिलीवरी"},
                en="We deliver within 3 km for ₹30, free above ₹500.",
                bn="৩ কিমির মধ্যে ₹৩০-এ পৌঁছে দিই, ₹৫০০-র উপরে বিনামূল্যে।",
                hi="3 किमी तक ₹30 में, ₹500 से ऊपर मुफ़्त पहुँचाते हैं।",
            ),
        ),
    ),
)

SAREES = DemoShop(
    merchant=Merchant(
        id=MerchantId("01KDVDNA00WRH5PFRVFQYPCXVY"),
        name="Kashi Saree Ghar",
        country="IN",
        currency="INR",
        language="hi",
        timezone="Asia/Kolkata",
        week={day: ((opens * 60, 20 * 60),) for day, opens in enumerate((12, 10, 10, 10, 10, 10, 10))},
    ),
    phone_number_id="100000000000002",
    display_number="915550000002",
    taught=Taught(
        version=1,
        texts=TEXTS,
        entries=(
            HOURS,
            _entry(
                "price",
                ("price", "saree price", "साड़ी की कीमत", "साड़ी कितने की है", "कितने की है", "kitne ki hai", "শাড়ির দাম কত"),
                en="Cotton sarees from ₹850, Banarasi silk from ₹4,200.",
                bn="সুতির শাড়ি ₹৮৫০ থেকে, বেনারসি ₹৪,২০০ থেকে।",
                hi="सूती साड़ी ₹850 से, बनारसी रेशम ₹4,200 से।",
            ),
            _entry(
                "location",
                ("where is your shop", "address", "दुकान कहाँ है", "पता बताइए", "dukan kahan hai", "দোকান কোথায়"),
                en="Vishwanath Gali, Varanasi, two minutes from the temple gate.",
                bn="বিশ্বনাথ গলি, বারাণসী; মন্দিরের দরজা থেকে দুই মিনিট।",
                hi="विश्वनाथ गली, वाराणसी; मंदिर के द्वार से दो मिनट।",
            ),
        ),
    ),
)

HARDWARE = DemoShop(
    merchant=Merchant(
        id=MerchantId("01KDVDNA00NXNJ9BPYGT6C3929"),
        name="Pune Hardware Mart",
        country="IN",
        currency="INR",
        language="en",
        timezone="Asia/Kolkata",
        week=_daily(9, 19, but=(6,)),
    ),
    phone_number_id="100000000000003",
    display_number="915550000003",
    taught=Taught(
        version=1,
        texts=TEXTS,
        entries=(
            HOURS,
            _entry(
                "stock",
                (
                    "do you have cement",
                    "is cement available",
                    "cement available",
                    "सीमेंट है क्या",
                    "cement hai kya",
                    "সিমেন্ট আছে",
                ),
                en="Yes, cement is in stock: ₹390 a bag of 50 kg.",
                bn="হ্যাঁ, সিমেন্ট আছে: ৫০ কেজির বস্তা ₹৩৯০।",
                hi="हाँ, सीमेंट है: 50 किलो की बोरी ₹390।",
            ),
            _entry(
                "delivery",
                ("do you deliver", "delivery charges", "डिलीवरी होती है", "delivery karte ho", "ডেলিভারি হয়"),
                en="We deliver in Pune the same day when you order before 2 pm.",
                bn="দুপুর ২টার আগে অর্ডার দিলে পুণেতে সেদিনই পৌঁছে দিই।",
                hi="दोपहर 2 बजे से पहले ऑर्डर दें तो पुणे में उसी दिन पहुँचाते हैं।",
            ),
        ),
    ),
)

MARKET = (SWEETS, SAREES, HARDWARE)
