"""What people also say to a shop and want no ready answer to: thanks, the weather, a joke, what this very thing is made of.

A message that is much nearer to one of these lines than to anything the shop taught is not answered. They are written by hand, in
the five written forms, and are no class of their own: learning them cost every tenth right answer, and shops differ.
"""

from functools import cache
from typing import Final

from haat.conversation.rules.features import Bags, bags_of
from haat.conversation.rules.likeness import Index
from haat.conversation.rules.saying import saying

LINES: Final = """
okay fine
alright then
ঠিক আছে তাহলে
আচ্ছা
হুম বুঝলাম
ठीक है जी
अच्छा समझ गया
thik ache
accha bujhlam
theek hai
achha samajh gaya
yes
haan ji
হ্যাঁ
जी हाँ
no need
না দরকার নেই
रहने दो
lagbe na
nahi chahiye
thank you so much
অনেক ধন্যবাদ
बहुत धन्यवाद
onek dhonnobad
bahut shukriya
bye good night
শুভ রাত্রি
शुभ रात्रि
shubho ratri
phir milenge
very nice
খুব সুন্দর
बहुत सुंदर
khub sundor
bahut badhiya
haha
হাহাহা
हा हा हा
lol
it is so hot today
আজ খুব গরম পড়েছে
आज बहुत गर्मी है
aaj bahut garmi hai
who won the match
কাল খেলায় কে জিতল
कल मैच कौन जीता
khela ke jitlo
match kaun jeeta
are you a robot
তুমি কি রোবট
क्या आप रोबोट हो
tumi ki robot
aap robot ho kya
what is your name
তোমার নাম কী
tomar nam ki
aapka naam kya hai
do you have any job for me
আপনাদের ওখানে কাজ পাওয়া যাবে
क्या आपके यहाँ नौकरी मिलेगी
kono chakri ache
koi naukri hai kya
sorry wrong number
ভুল নম্বরে চলে গেছে
गलती से मैसेज चला गया
bhul kore message kore felechi
galti se message ho gaya
is it pure silk or mixed
এটা কি খাঁটি সুতি
यह असली रेशम है क्या
eta ki khati suti
yeh asli resham hai kya
how do I wash it
কিভাবে কাচব
इसे कैसे धोना है
kivabe dhobo
kaise dhoye isko
how long can it be kept
কতদিন রাখা যাবে
कितने दिन तक खराब नहीं होगा
koto din rakha jabe
kitne din chalega
happy new year
শুভ নববর্ষ
दिवाली की शुभकामनाएं
shubho bijoya
happy diwali sabko
i will think and tell you later
পরে জানাব
सोच कर बताऊंगा
pore janabo
baad mein batata hoon
wait a minute
একটু দাঁড়ান
एक मिनट रुकिए
ektu daran
ek minute ruko
i am busy now
আমি এখন ব্যস্ত
मैं अभी बाहर हूँ
ami ekhon bairey
abhi busy hoon
tell me a joke
একটা গল্প বলো
कोई चुटकुला सुनाओ
ekta golpo bolo
who will win the election
আপনি কেমন আছেন বাড়ির সবাই ভালো
घर में सब ठीक है
barir sobai bhalo
ghar mein sab theek
when does the train leave
ট্রেন কটায় ছাড়বে
ट्रेन कितने बजे है
what is the news today
আজকের খবর কী
i need a loan
"""
_LIKE: Final = 0.5  # from which likeness a message is chatter
_NEARER: Final = 0.2  # if it is so much nearer than what the shop taught: what a shop teaches is no chatter there


def is_chatter(bags: Bags, nearest: float) -> bool:
    """Whether a message is chatter, whose likeness to the nearest example of the shop is `nearest`."""
    like = max(_index().likeness(bags))
    return like >= _LIKE and like > nearest + _NEARER


@cache
def _index() -> Index:
    return Index([bags_of(saying(line).words) for line in LINES.strip().splitlines()])
