"""What everyday words of shops and their customers mean, in Bengali, Hindi, English and Latin letters: dam, दाम and cost are one.

Written by hand from what shops of any trade are asked. No word of one shop, and no words of messages that something is measured
with: only what most people would say. A word that has two meanings of these is left out.
"""

from functools import cache
from typing import Final

from haat.conversation.rules.text import normalise

# One meaning in a line, its name first. The name is never compared with a customer's words, only with other names.
_TABLE: Final = """
price: price prices pricing cost costs rate rates mrp daam dam damta mullo mulyo moolya kimat keemat kimmat bhav bhaav দাম দামে মূল্য দর রেট প্রাইস दाम कीमत भाव रेट मूल्य प्राइस দামের দামটা
howmuch: much many koto kato kotto kto kotota কত কতো কতটা katto kitna kitne kitni kitnaa ktna कितना कितने कितनी
charge: charge charges fee fees চার্জ खर्च खर्चा चार्ज kharcha khoroch khorcha খরচ খরচা
money: money taka tk rupee rupees rs rupaye rupay rupya rupiya inr টাকা রুপি रुपये रुपए रुपया रूपये paisa paise poysa পয়সা पैसा पैसे টাকায় টাকার
offer: offer offers sale deal deals অফার সেল ऑफर सेल
discount: discount discounts chhar chhaar chad chhad chhut chhoot choot chut ছাড় ডিসকাউন্ট छूट डिस्काउंट
coupon: coupon coupons promo কুপন कूपन
cheap: cheap cheaper sosta shosta sasta saste সস্তা सस्ता सस्ते
less: less lower reduce kom kam komano komaben kamao কম কমানো কমাবেন कम
open: open opens opening opened khola khole kholen khulbe khulben khule খোলা খোলে খোলেন খুলবে খুলবেন khula khuli khulta khulti khulte khulega khulegi खुला खुली खुले खुलता खुलती खुलते खुलेगा खुलेगी
close: close closed closes closing shut bondho bandho bondo bandh band bund বন্ধ बंद बन्द
holiday: holiday holidays chhuti chuti chhutti chutti ছুটি छुट्टी
time: time timing timings hours hour somoy shomoy somay samoy samay সময় টাইম টাইমিং টাইমিংস समय टाइम टाइमिंग
oclock: oclock baje bajey বাজে बजे kotay kotar kota koita koytay কটায় কটা কয়টায় কয়টা
when: when kobe kokhon kakhon kokhun kab kabtak কবে কখন কখনো कब
where: where kothay kothai kothaye kothae kothaay kahan kaha kahaan kidhar কোথায় কোথা কই कहाँ कहां कहा किधर
shop: shop store outlet dokan dokaan dokane dokaner dukan dukaan দোকান स्टोर দোকানে স্টোর শপ दुकान दूकान शॉप দোকানটা দোকানের
branch: branch branches showroom শাখা ব্রাঞ্চ শোরুম शाखा ब्रांच शोरूम
address: address thikana thikaana pata ঠিকানা অ্যাড্রেস এড্রেস पता ठिकाना एड्रेस
location: location located লোকেশন लोकेशन map ম্যাপ मैप
deliver: deliver delivers delivery delivered delivering deliveries delivary ডেলিভারি ডেলিভারী डिलीवरी डिलिवरी डिलेवरी ডেলিভারির
ship: ship ships shipping shipped courier কুরিয়ার কুরিয়ারে कूरियर
send: send sends sent sending pathan pathano pathaben pathate pathabo pathabe পাঠান পাঠাবেন পাঠাতে পাঠানো পাঠিয়ে bhej bhejo bhejenge bhejte bhejna bhejiye bhejoge भेज भेजो भेजेंगे भेजते भेजना भेजिए
home: home house ghar ghore bari barite baari বাড়ি বাড়িতে বাড়ী ঘরে घर होम হোম
order: order orders ordered ordering অর্ডার অর্ডারটা ऑर्डर आर्डर অর্ডারের
parcel: parcel package পার্সেল पार्सल
track: track tracking ট্র্যাক ট্র্যাকিং ट्रैक ट्रैकिंग
status: status স্ট্যাটাস स्टेटस
arrive: arrive arrived come comes came coming reach reached asbe ashbe aasbe asche ashche esheche eseche elo aseni আসবে আসছে এসেছে এলো এল আসেনি ayega aayega aaega aaegi aayegi aya aaya ayi aayi आएगा आएगी आया आयी आई आयेगा pouche pouchabe pouchacche pahunch pahuncha pahunchega পৌঁছাবে পৌঁছবে পৌঁছে पहुंच पहुँच पहुंचा पहुँचा पहुंचेगा पहुँचेगा
get: get milega milegi milenge milta milti milte mile pabo pawa paoa paowa paben peyechi পাওয়া পাব পাবো পাবেন পেলাম পাইনি মিলবে मिलेगा मिलेगी मिलेंगे मिलता मिलती मिलते मिला मिली
have: have has got ache achhe ase aache achey আছে
available: available availability uplabdh উপলব্ধ उपलब्ध अवेलेबल
stock: stock স্টক स्टॉक
pay: pay pays paying paid payment payments পেমেন্ট পে पेमेंट भुगतान bhugtan
upi: upi gpay phonepe paytm googlepay bhim ইউপিআই জিপে ফোনপে পেটিএম यूपीआई जीपे फोनपे पेटीएम
cash: cash cod nogod nagad nakad ক্যাশ নগদ कैश नकद
card: card cards কার্ড কার্ডে कार्ड
online: online অনলাইন অনলাইনে ऑनलाइन
advance: advance agrim অগ্রিম অ্যাডভান্স एडवांस
return: return returns returned returning ferot ferat pherot phirot ফেরত রিটার্ন wapas vapas wapis vapis waapas lautana lauta वापस वापसी रिटर्न लौटाना लौटा
exchange: exchange exchanges exchanged replace replaced replacement change bodol badol bodle bodlano bodlate bodlabo paltano paltate palte badal badalna badli badle badlna বদল বদলে বদলানো বদলাতে বদলাব পাল্টানো পাল্টাতে এক্সচেঞ্জ बदल बदलना बदली बदले बदलने एक्सचेंज
refund: refund refunds refunded রিফান্ড रिफंड
defect: defect damaged damage defective faulty broken torn wrong kharap kharab khorap bhanga vanga nosto chhera chera bhul vul tuta toota phata galat খারাপ ভাঙা ভাঙ্গা ছেঁড়া নষ্ট ভুল खराब टूटा फटा गलत
bulk: bulk wholesale paikari paikeri thok পাইকারি পাইকারী বাল্ক হোলসেল थोक होलसेल बल्क
lot: lot lots onek anek besi beshi অনেক বেশি zyada jyada bahut ज्यादा बहुत
piece: piece pieces pcs pc পিস পিচ पीस
kilo: kilo kg কেজি কিলো किलो
wedding: wedding marriage biye biyer shaadi shadi বিয়ে বিয়ের বিয়েবাড়ি शादी
event: event party function onushthan program অনুষ্ঠান পার্টি पार्टी प्रोग्राम
contact: contact jogajog yogayog sampark যোগাযোগ संपर्क सम्पर्क
call: call কল कॉल phone phon ফোন फोन
number: number numbers nombor nambar nomber নম্বর নাম্বার नंबर नम्बर নাম্বারটা নম্বরটা
mobile: mobile মোবাইল मोबाइल
talk: talk speak kotha baat কথা बात
owner: owner manager malik মালিক মালিকের ম্যানেজার मालिक मैनेजर
person: person human someone somebody staff agent keu কেউ कोई koi lok লোক
hello: hello hi hey helo hlo hallo namaskar nomoskar nomoshkar namoskar namaste salam নমস্কার হ্যালো হেলো হাই नमस्ते नमस्कार हेलो हैलो हाय
thanks: thanks thank thankyou dhonnobad dhonyobad dhanyabad dhanyavad shukriya ধন্যবাদ थैंक्यू धन्यवाद शुक्रिया
good: good bhalo valo ভালো ভাল accha achha acha अच्छा अच्छी shubho shubh শুভ शुभ
what: what ki kee kya kyaa কি কী क्या
which: which kon konta konti কোন কোনটা কোনটি kaun kaunsa kaunsi konsa konsi कौन कौनसा कौनसी
how: how kivabe kibhabe kemon kaise kaisa kaisi kese কিভাবে কীভাবে কেমন कैसे कैसा कैसी
today: today aaj aj ajke aajke আজ আজকে আজকের आज আজও
tomorrow: tomorrow kal kalke কাল কালকে আগামীকাল कल
sunday: sunday robibar rabibar rovibar ravivar itwar রবিবার রোববার रविवार इतवार संडे সানডে
night: night raat raate রাত রাতে रात
morning: morning sokal shokal sokale subah সকাল সকালে सुबह
evening: evening sondhya sandhya bikel shaam sham সন্ধ্যা সন্ধ্যায় বিকেল বিকেলে शाम
day: day days din dine দিনে दिन दिनों
week: week সপ্তাহ সপ্তাহে হপ্তা हफ्ते हफ्ता soptah hafte hafta
want: want wants need needs chai chaai chay lagbe dorkar চাই লাগবে দরকার chahiye chaiye chahie chaahiye चाहिए चाहिये
give: give dao den deben diben daben dite dicchen deoa dewa দেন দেবেন দিতে দাও দেওয়া dena dijiye dedo denge dete doge देना दीजिए देंगे देते दो
take: take takes accept nebo nite neben nen নেব নিতে নেন নেবেন lena lenge lete loge लेना लेंगे लेते
buy: buy buying purchase kinbo kinte kena কিনতে কিনব কিনবো কেনা kharidna khareedna kharid खरीदना खरीद
you: you your apni apnara apnar apnader tomar tumi aap aapka aapki aapke আপনি আপনার আপনারা আপনাদের তোমার आप आपका आपकी आपके
my: my me mine amar amake আমার আমাকে mera meri mere mujhe मेरा मेरी मेरे मुझे
i: i ami amra আমি আমরা hum ham मैं हम we
not: not no dont na nei noy nahi nahin nehi না নেই নয় नहीं नही ना
can: can possible parbo pari paren parben পারি পারব পারবো পারবেন পারেন sakta sakte sakti sakenge सकता सकते सकती যায়
is: is are hai hain haay है हैं
will: will would hobe jabe হবে যাবে hoga hogi होगा होगी jayega जाएगा
far: far distance dur dure door duur দূর দূরে दूर
near: near nearby nearest kache kachhe kaache pashe কাছে পাশে paas पास
new: new latest notun নতুন naya nayi naye नया नई नए
free: free ফ্রি ফ্রী फ्री muft মুফত मुफ्त
late: late deri দেরি দেরী der लेट देर देरी লেট
size: size sizes saij সাইজ साइज
colour: colour color colors colours rong rang রং রঙ रंग
minimum: minimum ন্যূনতম কমপক্ষে न्यूनतम
"""

# Meanings that talk about anything is full of: grammar, and words of time and of politeness.
SMALL: Final = frozenset(
    """
    is will you my i can what which how not give take want today tomorrow day person good have get
    """.split()
)


def meaning(word: str) -> str | None:
    """What a normalised word means, by name; None where it is not an everyday word."""
    return _meanings().get(word)


@cache
def _meanings() -> dict[str, str]:
    named = (line.partition(": ") for line in _TABLE.strip().splitlines())
    return {word: name for name, _, listed in named for word in normalise(listed).split()}
