"""Words that thousands of shops have in their names, in small letters, Latin, Bengali and Devanagari. What they weigh: rules/lexicon.py."""

from typing import Final

# Claims: they add authority or genuineness, and no name.
CLAIMS: Final = """
official officially offical verified genuine original orginal real asli asol aasal true authentic authorised authorized govt government approved
certified registered regd trusted helpline helpdesk help support customer customercare
অফিসিয়াল অফিশিয়াল আসল আদি খাঁটি প্রকৃত সরকারি সরকারী অনুমোদিত যাচাইকৃত ভেরিফায়েড হেল্পলাইন কাস্টমার গ্রাহক
आधिकारिक असली सरकारी ऑफिशियल ऑफिसियल सत्यापित प्रमाणित मान्यता प्राप्त हेल्पलाइन ग्राहक कस्टमर
"""
LIGHT: Final = """
care online onlineshop internet web website site app whatsapp business page head main branch shakha sakha office outlet unit franchise dealer
refund scheme gst bill report reports pure fresh offer offers discount sale coupon cashback emi free advance price rate exhibition draw enquiry inquiry contact call team desk dept department টিম ডেস্ক टीम डेस्क विभाग
reservation catalogue scan qr
রিফান্ড অফার ছাড় সেল বিল বুকিং যোগাযোগ रिफंड ऑफर छूट सेल धमाका बिल बुकिंग संपर्क
delivery order orders booking payment payments pay since estd established iso no1 numberone best only
পরিষেবা কেয়ার শাখা অনলাইন ব্রাঞ্চ অর্ডার ডেলিভারি পেমেন্ট शाखा ऑनलाइन केयर ब्रांच ऑर्डर डिलीवरी पेमेंट
sri sree shree shri sriman maa ma mata baba new naba nava the and of in at from by to o ebong evam aur ke ka ki jai joy jay om shubh subho ms mr mrs smt
prop proprietor propr pvt private ltd limited llp co company inc opc corp corporation west north south east purba paschim uttar dakshin
near opposite opp beside st station chowk place block sector ward plot no floor phase
শ্রী শ্রীশ্রী মা মাতা বাবা নিউ নব নতুন দি ও এবং জয় ওম শুভ অ্যান্ড এন্ড অ্যাণ্ড এণ্ড মেসার্স প্রোঃ প্রাইভেট লিমিটেড কোং কোম্পানি বাজার মোড় স্টেশন নগর
श्री माँ मां माता बाबा न्यू नया नव दी और एवं जय ओम शुभ एंड ऐंड एण्ड मेसर्स प्रो प्राइवेट लिमिटेड कंपनी बाजार बाज़ार चौक नगर स्टेशन
"""
# Light, too; what stands before one of them is the name of a street.
STREETS: Final = """
road rd street lane avenue sarani marg রোড স্ট্রিট লেন সরণি অ্যাভিনিউ रोड स्ट्रीट लेन मार्ग सरणी
"""
PLACES: Final = """
dum behar tarapith mayapur mandarmani bakkhali gangasagar para bazar bazaar market more mor nagar kolkata calcutta howrah garia behala jadavpur dumdum barasat barrackpore salt lake saltlake newtown ballygunge gariahat shyambazar shyamnagar tollygunge kasba
dhakuria sealdah serampore srirampur chandannagar chinsurah hooghly bally uttarpara konnagar rishra naihati kalyani krishnanagar nabadwip santipur ranaghat bongaon
basirhat habra baruipur sonarpur harbour canning kakdwip bardhaman burdwan durgapur asansol raniganj bolpur santiniketan suri rampurhat bankura bishnupur
purulia midnapore medinipur kharagpur haldia contai tamluk digha jhargram malda raiganj balurghat siliguri jalpaiguri darjeeling alipurduar coochbehar cooch behar
murshidabad berhampore baharampur jangipur domkal katwa kalna memari arambagh tarakeswar singur dankuri dankuni domjur uluberia panskura ghatal
patna gaya ranchi dhanbad jamshedpur bokaro delhi noida gurgaon gurugram mumbai pune nagpur lucknow kanpur varanasi banaras allahabad prayagraj agra mathura
jaipur jodhpur udaipur kota bhopal indore gwalior raipur bilaspur bhubaneswar cuttack puri guwahati silchar agartala shillong imphal chennai bengaluru bangalore
mysuru hyderabad kochi ahmedabad surat vadodara rajkot chandigarh ludhiana amritsar dehradun haridwar shimla jammu
কলকাতা কোলকাতা হাওড়া গড়িয়া বেহালা যাদবপুর দমদম বারাসাত বারাসত ব্যারাকপুর সল্টলেক গড়িয়াহাট শ্যামবাজার টালিগঞ্জ কসবা ঢাকুরিয়া শ্রীরামপুর চন্দননগর চুঁচুড়া হুগলি নৈহাটি কল্যাণী
কৃষ্ণনগর নবদ্বীপ শান্তিপুর রানাঘাট বনগাঁ বসিরহাট বারুইপুর সোনারপুর বর্ধমান দুর্গাপুর আসানসোল বোলপুর শান্তিনিকেতন বাঁকুড়া বিষ্ণুপুর পুরুলিয়া মেদিনীপুর খড়গপুর হলদিয়া তমলুক দিঘা
মালদা রায়গঞ্জ বালুরঘাট শিলিগুড়ি জলপাইগুড়ি কোচবিহার বহরমপুর কাটোয়া কালনা আরামবাগ তারকেশ্বর উলুবেড়িয়া
कोलकाता हावड़ा पटना गया रांची राँची धनबाद जमशेदपुर दिल्ली मुंबई पुणे नागपुर लखनऊ कानपुर वाराणसी बनारस इलाहाबाद प्रयागराज आगरा मथुरा जयपुर जोधपुर कोटा भोपाल इंदौर रायपुर सिलीगुड़ी आसनसोल
"""
# One line: one meaning.
GENERAL: Final = """
store stores stor shop shoppe শপ স্টোর স্টোর্স স্টোরস दुकान स्टोर स्टोर्स dokan dukan dokaan দোকান
bhandar bhander bhandaar ভাণ্ডার ভান্ডার भंडार भण्डार
mart supermart supermarket মার্ট मार्ट
house home ghar ঘর हाउस घर হাউস bhavan bhawan bhaban ভবন भवन
centre center kendra সেন্টার কেন্দ্র केंद्र सेंटर
hall হল
corner কর্নার কর্ণার कॉर्नर
point zone world plaza পয়েন্ট
emporium
works ওয়ার্কস वर्क्स
traders trader trading ট্রেডার্স ট্রেডিং ट्रेडर्स ट्रेडिंग
enterprise enterprises এন্টারপ্রাইজ एंटरप्राइजेज एंटरप्राइज
agency agencies এজেন্সি एजेंसी
brothers bros bro ব্রাদার্স ब्रदर्स
sons son সন্স संस
family and-family
industries industry
suppliers supplier supply সাপ্লায়ার্স
group
niketan নিকেতন
bitan বিতান bipani বিপণি बिपनी
alay আলয় alaya
stall স্টল स्टॉल
kutir কুটির कुटीर
gallery gallary গ্যালারি गैलरी
system systems
service services সার্ভিস सर्विस
solution solutions
express
depot ডিপো डिपो
udyog उद्योग
"""
TRADES: Final = """
sweets sweet mistanna mishtanna mistan mishti misti mithai মিষ্টান্ন মিষ্টি মিষ্টির সুইটস সুইট मिष्ठान्न मिष्टान्न मिठाई स्वीट्स mishthan misthan
medical medicine medicines pharmacy pharma drug drugs chemist chemists druggist medico মেডিক্যাল মেডিকেল ফার্মেসি ঔষধালয় ঔষধ ওষুধ मेडिकल फार्मेसी औषधालय दवा दवाखाना davakhana
tailor tailors tailoring টেলার টেলার্স টেলারিং दर्जी टेलर टेलर्स darji stitching
grocery grocers mudi mudikhana kirana মুদি মুদিখানা किराना kiryana
hotel হোটেল होटल
restaurant restora রেস্টুরেন্ট রেস্তোরাঁ रेस्टोरेंट रेस्तरां bhojanalay bhojnalaya dhaba ভোজনালয় ধাবা भोजनालय ढाबा
cafe kafe coffee ক্যাফে कैफे
tea cha chai চা चाय টি टी चहा
bakery confectionery confectioners বেকারি বেকারী কনফেকশনার্স কনফেকশনারি কেক केक कन्फेक्शनरी बेकरी cakes cake বেকার্স बेकर्स bakers
biryani biriyani বিরিয়ানি बिरयानी
jewellers jeweller jewellery jewelers jewels alankar জুয়েলার্স জুয়েলার্স অলঙ্কার ज्वेलर्स swarna shilpalaya শিল্পালয় আভূষণ आभूषण ज्वेलरी জুয়েলারি
saree sarees sari শাড়ি साड़ी साडी साड्या साड़ीज শাড়িজ শাড়ী
bastralaya bastra vastralaya vastra বস্ত্রালয় বস্ত্র वस्त्रालय वस्त्र textile textiles টেক্সটাইল টেক্সটাইলস cloth fabrics
garments garment dresses fashion fashions boutique পোশাক বুটিক फैशन রেডিমেড readymade গার্মেন্টস गारमेंट गारमेंट्स रेडीमेड कपड़ा बुटीक बुटिक
shoe shoes footwear জুতো जूता জুতা শু শুজ ফুটওয়্যার शू शूज फुटवियर फुटवेयर जूते चप्पल
books book pustak pustakalaya granthalaya বই পুস্তক पुस्तक বুক বুকস বুকস্টল बुक बुक्स
hardware হার্ডওয়্যার हार्डवेयर paints paint sanitary
electric electrical electricals electronics ইলেকট্রিক ইলেকট্রনিক্স इलेक्ट्रिक इलेक्ट्रॉनिक्स ইলেকট্রিক্যাল इलेक्ट्रिकल इलेक्ट्रिकल्स
mobile mobiles telecom মোবাইল मोबाइल communication মোবাইলস मोबाइल्स टेलिकॉम টেলিকম
computer computers infotech কম্পিউটার कंप्यूटर xerox cyber কম্পিউটার্স कंप्यूटर्स
studio photo স্টুডিও स्टूडियो digital
salon saloon parlour parlor beauty সেলুন পার্লার सैलून पार्लर বিউটি ब्यूटी
furniture ফার্নিচার फर्नीचर timber
motors motor auto automobiles garage গ্যারেজ गैरेज गैराज ऑटोमोबाइल মোটরস ऑटो मोटर्स
cycle সাইকেল साइकिल सायकल সাইকেলস साइकल
travels travel tours tour ট্রাভেলস ট্র্যাভেলস ट्रेवल्स ट्रैवल्स ট্যুরস ট্যুর টুরস টুর টুরিজম tourism टूर टूर्स टूरिज्म ट्रैवल ট্রাভেল ট্র্যাভেল
caterer caterers catering ক্যাটারার ক্যাটারার্স कैटरर्स
decorators decorator decoration ডেকরেটর ডেকরেটার্স डेकोरेटर्स
optical opticals opticians অপটিক্যাল চশমা चश्मा ऑप्टिकल
dairy milk dudh dugdha ডেয়ারি দুগ্ধ डेयरी दूध
fish machh ফিশ মাছ मछली फिश
chicken meat mutton মিট मीट মাংস चिकन
vegetable sabji সবজি सब्जी
fruit fruits ফল फल
flower flowers phul পুষ্প ফুল फ्लावर फूल ফ্লাওয়ার
nursery নার্সারি नर्सरी
press printing printers প্রেস প্রিন্টার্স प्रेस प्रिंटर्स প্রিন্টিং प्रिंटिंग
gift gifts গিফট गिफ्ट গিফটস गिफ्ट्स
clinic diagnostic ক্লিনিক क्लिनिक polyclinic
homoeo homeo homoeopathy homeopathy homoeopathic homeopathic হোমিও होम्यो
coaching tutorial academy school কোচিং একাডেমি कोचिंग
rice রাইস राइस atta flour oil mill মিল তেল চাল तेल चावल
dashakarma দশকর্মা puja পূজা पूजा
foods food snacks fastfood ফুড फूड
cosmetics cosmetic
sports sport খেলাধুলা स्पोर्ट्स স্পোর্টস স্পোর্ট
handicraft handicrafts craft crafts hastashilpa হস্তশিল্প हस्तशिल्प হ্যান্ডিক্রাফটস
lodge guesthouse guest homestay resort inn লজ হোমস্টে लॉज
planner planners event events wedding
publisher publishers publication publications prakashan prakashani প্রকাশনী প্রকাশন পাবলিশার্স प्रकाशन
stationery stationary stationers স্টেশনারি स्टेशनरी স্টেশনার্স स्टेशनर्स
music dance নৃত্য সঙ্গীত संगीत মিউজিক म्यूजिक म्युझिक
gym fitness yoga যোগ योग
laundry cleaners drycleaners লন্ড্রি धोबी
paan pan pansupari পান पान
ice icecream kulfi আইসক্রিম आइसक्रीम
momo chow roll rolls মোমো रोल
dahi doi curd দই दही
honey madhu মধু शहद
toy toys খেলনা खिलौना টয় টয়স टॉय टॉयज
art arts painting আর্ট
hair barber নাপিত नाई
bags bag luggage ব্যাগ बैग ব্যাগস बैग्स
watch watches ঘড়ি घड़ी ওয়াচ वॉच
steel iron utensils basan বাসন बर्तन
bricks brick cement builders builder construction constructions ইট সিমেন্ট बिल्डर
glass ply plywood tiles marble গ্লাস প্লাইউড प्लाईवुड
pet pets
dental dentist
pathology lab laboratory
transport transports cargo courier পরিবহন परिवहन
tent pandal প্যান্ডেল टेंट
seeds fertilizer fertiliser krishi বীজ সার कृषि बीज
poultry egg eggs ডিম अंडा
battery solar ব্যাটারি बैटरी
radio tv video
interior interiors decor ইন্টেরিয়র
plumbing plumber plumbers
repair repairing repairs রিপেয়ারিং রিপেয়ার रिपेयर रिपेयरिंग
library pathagar লাইব্রেরি লাইব্রেরী পাঠাগার গ্রন্থাগার पुस्तकालय लाइब्रेरी
parts spares পার্টস पार्ट्स
kitchen রান্নাঘর किचन rasoi
chaat chat fuchka চাট चाट
namkeen bhujia chanachur নমকিন চানাচুর नमकीन
pickle pickles achar আচার अचार
masala spice spices মশলা मसाला
ghee ঘি घी
handloom tant khadi তাঁত খাদি खादी
silk silks সিল্ক सिल्क
shawl shawls শাল
carpet carpets mattress কার্পেট कारपेट
lights light lighting লাইটস লাইট लाइट लाइट्स
band sound dj
florist florists
ac refrigeration fridge
tyre tyres tire টায়ার टायर टायर्स
property properties realty developers developer
hospital nursing হাসপাতাল अस्पताल
ayurvedic ayurved আয়ুর্বেদ आयुर्वेद
kids baby children
ladies gents
wear wears hosiery
finance insurance loan
consultant consultants consultancy
rental rentals
pump petrol
idli dosa
coaching classes tuition
ticket tickets
wholesale wholesalers retail
product products প্রোডাক্টস
surgical surgicals
gas oven stove
"""
COMMON: Final = """
das dass|dey de দে|dutta datta dutt|ghosh ghose|bose basu bosu|sen|roy ray rai|pal paul পাল पाल|saha|shah|sarkar sircar|mandal mondal|biswas|mitra mitter|guha|kundu|nandi nandy
nath debnath|chowdhury chaudhuri choudhury chaudhary|majumdar mazumder|mukherjee mukherji mukhopadhyay mukhopadhyaya|banerjee banerji bandyopadhyay bandopadhyay
chatterjee chatterji chattopadhyay|ganguly ganguli gangopadhyay|bhattacharya bhattacharjee bhattacharyya|chakraborty chakrabarti chakravarty|halder haldar|naskar
bera|maity maiti|jana জানা|samanta|pramanik|barman burman|kar কর|dhar|bhowmick bhaumik bhowmik|karmakar|sutradhar|bag|patra|mahato|hazra|adhikari|sardar|mallick mullick mallik
shaw shau sau|gupta|agarwal agrawal aggarwal|sharma sarma|verma varma|singh singha sinha|kumar|yadav jadav|prasad|jha|mishra misra|tiwari tewari|pandey pande|dubey dube
jain|modi|patel|mehta|joshi|khan খান खान|sheikh shaikh|ali|molla mollah|ansari|hussain hossain|rahman|begum|reddy|rao|nair|pillai|iyer|thakur tagore|poddar|bagchi|lahiri|sanyal
kali|tara|durga|lakshmi laxmi lokkhi|saraswati swaraswati|ganesh ganapati|krishna|gopal|gobinda govinda|radha|ram rama|sita|hanuman|bajrang|shiv shiva sib|mahadev|shankar sankar
bholanath|loknath lokenath|jagannath|narayan|vishnu bishnu|annapurna|santoshi|manasa|chandi|bhabani bhavani|jagadamba|ambika|balaji|sai সাই साई|guru|nanak|vishwakarma bishwakarma biswakarma
kartik|saradamani sarada|ramkrishna ramakrishna|vivekananda|netaji|rabindra rabi|tarama|gayatri|parbati parvati|gouri gauri|uma|sankari|mahamaya|madhab madhav|raghunath|giridhari|shyam syam
lalita|balaram|mahaprabhu|nitai|gour gaur গৌর|chaitanya|bhagwati bhagabati|tulsi|kamala|kamal|bimal bimala|nirmal nirmala|amal|shyamal|subir|sanjay|sanjib|sujit|surajit|ajay|bijay vijay
rahul|raju|ravi|rakesh|ramesh|suresh|dinesh|mahesh|mukesh|naresh|rajesh|manoj|anil|sunil|ashok|ashoka|arun|tarun|barun|swapan|tapan|ratan|madan|mohan|sohan|gautam|dipak deepak|dilip
prakash|pradip pradeep|pranab|bikash vikas|biplab|subrata|debabrata|sumitra|sandhya|arati aarti|bharati|malati|anita|sunita|rina|mina|priya|rani|raja|rita|gita|nita|mamata
national|modern|royal|star স্টার स्टार|city|popular|famous|super|deluxe|classic|diamond|golden|gold|silver|lucky|happy|friends|friend|unique|universal|standard|quality|ideal|perfect|prime|metro মেট্রো मेट्रो|central
sunrise|moon মুন|sun|sunshine|rose|lotus|green|blue|red|white|black|sky|krishti|ananda anand|amrita amrit|janata janta|adarsha adarsh|pragati|unnati|bandhu|mitali|sathi|apna|amar|aponjon
gangadhar|gadadhar|jaladhar|bansidhar banshidhar|muralidhar|shridhar sridhar|haripada|haradhan|haraprasad|kaliprasad|ramprasad|durgaprasad|shibprasad
sudhir|subodh|sukumar|sunirmal|sushil|sudip sudeep|sukanta|susanta|sumit|suman|saikat|sanat|santosh|sandip sandeep|samir|samar|sagar|sachin|somnath|soumen|shyamapada
khagen|nagen|jogen jogendra|dhiren|biren birendra|hiren|naren narendra|satyen|rathin|jatin|nitin|bipin|tuhin|kalyan|kanai|balai|nimai|nitish|manik|prabir|pulak|palash|partha|pintu|mintu|bapi|babu
debasish|debashis|debjani|debashree|indrani|indrajit|jayanta|jayanti|joydeb|jaya|maya|chhaya|karuna|aruna|taruna|kanchan|kajal|kavita kabita|lata|latika|madhuri|malaya|manju|mira meera|namita|nilima|pallabi|panchanan
purnima|ranjit|rekha|rupa|sabita|savita|sarita|samata|sadhana|shila sheela|shikha|shobha|supriya|swapna|tanima|tapasi|usha|vandana bandana|ankit|amit|abhijit|aniket|anirban|arnab|anjali|anjana|ananya|anamika|aparajita|anupama
karim|rahim|salim|jamal|kamrul|nasir|rafiq|rashid|yusuf|iqbal|imran|fatima fatema|ayesha|nasreen|shabnam|ghulam|abdul
swadesh|swadeshi|bharat bharatiya ভারত भारत|bengal|india indian ইন্ডিয়া इंडिया|seva sewa সেবা সেৱা सेवा|hindustan|bangla|desi|grameen gramin|nabin|prabhat|mangal|mangalam|shanti santi|sukh|suraj|chanda|chand|tripti|milan|sangam|kohinoor|taj|rajdhani|nataraj|mahalakshmi mahalaxmi
"""
