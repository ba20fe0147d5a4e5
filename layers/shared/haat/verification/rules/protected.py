"""Names that no shop may take by itself: money, the state, the big carriers, the market. And words by which a shop claims an office.

Two reviewers look at a shop whose name has one. The list is of well-known public names; a line is one name in all its forms, in small
letters, separated by commas. A form counts where its words stand together in a name.
"""

from typing import Final

BANKS: Final = """
State Bank of India: state bank of india, state bank, sbi, sbi yono, yono sbi, স্টেট ব্যাঙ্ক, স্টেট ব্যাংক, ভারতীয় স্টেট ব্যাংক, भारतीय स्टेट बैंक, स्टेट बैंक
Reserve Bank of India: reserve bank of india, reserve bank, rbi, রিজার্ভ ব্যাঙ্ক, রিজার্ভ ব্যাংক, रिज़र्व बैंक, भारतीय रिज़र्व बैंक
HDFC Bank: hdfc, hdfc bank, এইচডিএফসি, एचडीएफसी
ICICI Bank: icici, icici bank, আইসিআইসিআই, आईसीआईसीआई
Axis Bank: axis bank, অ্যাক্সিস ব্যাঙ্ক, অ্যাক্সিস ব্যাংক, एक्सिस बैंक
Kotak Mahindra Bank: kotak mahindra, kotak bank, কোটাক ব্যাঙ্ক, कोटक महिंद्रा
Punjab National Bank: punjab national bank, pnb, পাঞ্জাব ন্যাশনাল ব্যাঙ্ক, पंजाब नेशनल बैंक, पीएनबी
Bank of Baroda: bank of baroda, ব্যাঙ্ক অফ বরোদা, बैंक ऑफ बड़ौदा
Bank of India: bank of india, ব্যাঙ্ক অফ ইন্ডিয়া, बैंक ऑफ इंडिया
Canara Bank: canara bank, ক্যানারা ব্যাঙ্ক, केनरा बैंक
Union Bank of India: union bank, ইউনিয়ন ব্যাঙ্ক, यूनियन बैंक
Indian Bank: indian bank, ইন্ডিয়ান ব্যাঙ্ক, इंडियन बैंक
UCO Bank: uco bank, ইউকো ব্যাঙ্ক, यूको बैंक
Central Bank of India: central bank, সেন্ট্রাল ব্যাঙ্ক, सेंट्रल बैंक
Indian Overseas Bank: indian overseas bank, overseas bank
Bank of Maharashtra: bank of maharashtra
IDBI Bank: idbi, idbi bank
IDFC First Bank: idfc, idfc first
IndusInd Bank: indusind, indusind bank
Yes Bank: yes bank
Federal Bank: federal bank
Bandhan Bank: bandhan bank, বন্ধন ব্যাঙ্ক, বন্ধন ব্যাংক, बंधन बैंक
AU Small Finance Bank: au bank, au small finance
LIC: lic, lic of india, life insurance corporation, এলআইসি, জীবন বিমা, एलआईसी, जीवन बीमा निगम
Bajaj Finserv: bajaj finserv, bajaj finance
Muthoot Finance: muthoot, muthoot finance
"""
PAYMENT: Final = """
UPI: upi, bhim upi, bhim app, ইউপিআই, यूपीआई
NPCI: npci, national payments corporation, এনপিসিআই, एनपीसीआई
RuPay: rupay, রুপে কার্ড, रुपे
Paytm: paytm, পেটিএম, पेटीएम
PhonePe: phonepe, phone pe, ফোনপে, ফোন পে, फोनपे, फोन पे
Google Pay: google pay, googlepay, gpay, g pay, গুগল পে, জিপে, गूगल पे
Google: google, গুগল, गूगल
Amazon: amazon, amazon pay, অ্যামাজন, अमेज़न
Flipkart: flipkart, ফ্লিপকার্ট, फ्लिपकार्ट
Razorpay: razorpay, রেজরপে, रेज़रपे
BharatPe: bharatpe, bharat pe, ভারতপে, भारतपे
MobiKwik: mobikwik
CRED: cred app
Visa: visa card
Mastercard: mastercard, master card
FASTag: fastag, ফাসট্যাগ, फास्टैग
"""
STATE: Final = """
Government: government, govt, govt of india, sarkari, government of west bengal, bharat sarkar, পশ্চিমবঙ্গ সরকার, ভারত সরকার, সরকারি, সরকারী, भारत सरकार, सरकारी, राज्य सरकार
Police: police, pulish, পুলিশ, पुलिस
Income Tax Department: income tax, incometax, ইনকাম ট্যাক্স, আয়কর, आयकर, इनकम टैक्स
GST: gst department, gst office, gst refund, gst seva, gstn, জিএসটি, जीएसटी
Customs: customs department, custom office
CBI: cbi, সিবিআই, सीबीआई
Enforcement Directorate: enforcement directorate
Cyber cell: cyber crime, cyber cell, সাইবার ক্রাইম, साइबर क्राइम
Court: high court, supreme court, হাইকোর্ট, हाईकोर्ट
Aadhaar: aadhaar, aadhar, adhaar, adhar card, uidai, আধার, আধার কার্ড, आधार, यूआईडीएआई
PAN card: pan card, প্যান কার্ড, पैन कार्ड
Passport office: passport seva, passport office, পাসপোর্ট অফিস, पासपोर्ट सेवा
Election Commission: election commission, voter card, নির্বাচন কমিশন, निर्वाचन आयोग
Municipality: municipality, municipal corporation, পৌরসভা, পুরসভা, নগর নিগম, नगर निगम, नगरपालिका
Panchayat: panchayat, পঞ্চায়েত, पंचायत
Block office: bdo office, sdo office, dm office
Post office: india post, post office, ডাকঘর, পোস্ট অফিস, डाकघर, भारतीय डाक
Railways: indian railways, indian railway, railways, irctc, রেলওয়ে, ভারতীয় রেল, रेलवे, भारतीय रेल
Electricity board: wbsedcl, cesc, electricity board, electricity department, bijli vibhag, বিদ্যুৎ দপ্তর, বিদ্যুৎ বিভাগ, বিদ্যুৎ পর্ষদ, बिजली विभाग, विद्युत विभाग
Gas: indane, indane gas, bharat gas, bharatgas, hp gas, ইন্ডেন, इंडेन
EPFO: epfo, provident fund
Ration office: ration office, khadya sathi, খাদ্যসাথী
Duare Sarkar: duare sarkar, দুয়ারে সরকার
Lakshmir Bhandar scheme: lakshmir bhandar prokolpo, লক্ষ্মীর ভাণ্ডার প্রকল্প
Swasthya Sathi: swasthya sathi, স্বাস্থ্যসাথী, স্বাস্থ্য সাথী
Kanyashree: kanyashree, কন্যাশ্রী
PM Kisan: pm kisan, pmkisan, kisan samman, পিএম কিষান, पीएम किसान
Ayushman Bharat: ayushman bharat, ayushman card, আয়ুষ্মান ভারত, आयुष्मान भारत
Mudra loan: mudra loan, mudra yojana, pradhan mantri, প্রধানমন্ত্রী, प्रधानमंत्री, मुद्रा लोन
DigiLocker: digilocker
Jan Dhan: jan dhan, জনধন, जनधन
RTO: rto office, parivahan
"""
CARRIERS: Final = """
Airtel: airtel, এয়ারটেল, एयरटेल
Jio: jio, reliance jio, জিও, जियो
Vodafone Idea: vodafone, vodafone idea, vi care, ভোডাফোন, वोडाफोन
BSNL: bsnl, বিএসএনএল, बीएसएनएल
Blue Dart: blue dart, bluedart
Delhivery: delhivery
DTDC: dtdc
Swiggy: swiggy, সুইগি, स्विगी
Zomato: zomato, জোম্যাটো, ज़ोमैटो
Uber: uber
Ola: ola cabs
"""
MARKET: Final = """
WhatsApp: whatsapp, whats app, whatsap, হোয়াটসঅ্যাপ, হোয়াটস অ্যাপ, व्हाट्सएप, व्हाट्सऐप
Meta: meta, মেটা, मेटा
Facebook: facebook, messenger, ফেসবুক, फेसबुक
Instagram: instagram, ইনস্টাগ্রাম, इंस्टाग्राम
Haat: haat market, haat support, haat team, haat official, haat bazar app, হাট সাপোর্ট, হাট অফিসিয়াল
Telegram: telegram
"""
# A claim alone is looked at by two people as well: who is official, and whose?
OFFICE: Final = """
official: official, officially, offical, oficial, অফিসিয়াল, অফিশিয়াল, आधिकारिक, ऑफिशियल
verified: verified, যাচাইকৃত, ভেরিফায়েড, सत्यापित
support: support, support team, সাপোর্ট, सपोर्ट
customer care: customer care, customercare, customer service, consumer care, কাস্টমার কেয়ার, গ্রাহক সেবা, গ্রাহক পরিষেবা, कस्टमर केयर, ग्राहक सेवा
helpline: helpline, help line, helpdesk, help desk, হেল্পলাইন, हेल्पलाइन
KYC: kyc, কেওয়াইসি, केवाईसी
bank: bank, ব্যাঙ্ক, ব্যাংক, बैंक
refund: refund, রিফান্ড, रिफंड
"""
# Words that make another thing of one: Bank Road is a street, Police Line a quarter.
BESIDE: Final[dict[str, frozenset[str]]] = {
    "bank": frozenset(
        "blood road more para lane chowk colony plot food book power রোড মোড় পাড়া রক্ত ব্লাড रोड मोड़ चौक ब्लड".split()
    ),
    "Police": frozenset("line lines para quarter quarters লাইন लाइन".split()),
    "Court": frozenset("more road para মোড় रोड".split()),
}
