"""What a shop is told, in English (rules/words.py)."""

from typing import Final

from haat.verification.rules.words import Words

WORDS: Final = Words(
    tails={
        "sent": {
            "fix": "If it is a slip, withdraw this request, and ask anew with it put right. If it is right, wait: "
            "a reviewer will look.",
            "again": ", then withdraw this request and ask anew",
            "anew": "To do so, withdraw this request and ask anew.",
            "token": "To have it looked at again, withdraw this request and ask anew: the new request has another "
            "token, and that one must be there before you send it.",
            "retry": "We try again by ourselves, and if no answer comes a reviewer looks at it.",
            "wait": "You need do nothing: we try again by ourselves, and if no answer comes a reviewer looks at it.",
            "seen": "A reviewer will look at it.",
            "person": "You need do nothing: a reviewer will look at it.",
        },
        "open": {
            "fix": "If it is a slip, put it right and send again. If it is right, send it as it is: a reviewer "
            "will look.",
            "again": ", then send again",
            "anew": "Then send again.",
            "token": "Put the token of this request there as described, then send again.",
            "retry": "We try again when you send again.",
            "wait": "We try again when you send again.",
            "seen": "A reviewer will look at it when you have sent again.",
            "person": "A reviewer will look at it when you have sent again.",
        },
    },
    papers={
        "gstin": {"paper": "GSTIN", "shape": "it has 15 characters"},
        "pan": {"paper": "PAN", "shape": "it has 10 characters: five letters, four digits, one letter"},
        "udyam": {"paper": "Udyam number", "shape": "it looks like UDYAM-WB-10-0012345"},
        "licence": {"paper": "FSSAI number", "shape": "it has 14 digits, the first of them 1 or 2"},
    },
    paper={
        "passed": "The {paper} is built as it must be.",
        "wrong_length": "The {paper} is too short or too long: {shape}. {fix}",
        "wrong_form": "The {paper} is not built as such a number is: {shape}. {fix}",
        "unknown_part": "A part of the {paper}, such as state or year, is one that is never given out. {fix}",
        "wrong_checksum": "The last character of the {paper} does not fit the others: as a rule one of them is mistyped. "
        "{fix}",
    },
    checks={
        "passed": "This is in order.",
        "waiting": "This is being checked. You need do nothing.",
        "not_given": "You have not given this. It is not needed, but it can help the reviewer.",
        "failed": "This could not be confirmed. {fix}",
        "unreachable": "This could not be checked, because nobody has answered. {wait}",
        "licence.form_unknown": "Numbers of shop registrations differ from place to place, so we can't check yours by itself. "
        "{person} It helps if a photo of the certificate is among the documents.",
        "pan_in_gstin.passed": "The GSTIN holds the same PAN that you gave.",
        "pan_in_gstin.no_pan_inside": "The GSTIN is not complete, so we can't compare it with the PAN. {fix}",
        "pan_in_gstin.pan_differs": "The GSTIN belongs to another PAN than the one that you gave. {fix}",
        "names.passed": "The names on your papers agree with your shop's.",
        "names.legal_name_differs": "The legal name that you gave is not the one that we have for your shop. If ours is wrong, ask "
        "whoever runs the market to change it. {fix}",
        "names.trade_name_differs": "The trade name on your papers is not the name that your shop has here. Give the shop the name of "
        "its papers, or post a paper with the name that it has. {anew}",
        "names.trade_name_missing": "Your shop's name here is not the name on your papers. If a paper has its trade name, give that "
        "too. {anew}",
        "payee_name.passed": "The bank knows your UPI address under your shop's or your own name.",
        "payee_name.payee_differs": "The bank knows your UPI address under another name than your shop's. It helps if a cancelled cheque "
        "is among the documents. {fix}",
        "payee_name.unknown_address": "The bank knows no such UPI address. {fix}",
        "payee_name.not_told": "Your bank does not tell us whose a UPI address is. {person} It helps if a cancelled cheque is among "
        "the documents.",
        "payee_name.no_account": "This UPI address is none of your live payee accounts here, so no bank was asked. {person} To have "
        "it checked, connect the account{again}.",
        "payee_name.bank_silent": "The bank has not answered. {wait}",
        "payee_name.no_answer": "The bank has not answered yet. {wait}",
        "number.passed": "WhatsApp confirms that the number is yours, and it is connected here.",
        "number.not_connected": "The number is not connected to your shop here, or no longer. Connect it, or give the one that is. {anew}",
        "number.unverified": "WhatsApp says that you have not confirmed this number. Confirm it in WhatsApp Manager by the code "
        "that you get{again}.",
        "number.refused": "WhatsApp does not let us ask about this number. Connect it again{again}.",
        "number.channel_silent": "WhatsApp has not answered. {wait}",
        "number.no_answer": "WhatsApp has not answered yet. {wait}",
        "website.passed": "Your website shows the token, so it is yours.",
        "website.no_file": "Your website does not have the file with the token, and its name has no TXT record with it. "
        "{token}",
        "website.no_token": "The file on your website, or the TXT record, does not hold the token of this request. {token}",
        "website.address_refused": "Your website's address leads to a place that is not on the open internet, or not by https. {fix}",
        "website.too_many_redirects": "Your website sends us on and on from one address to the next. Give the address where it "
        "ends. {anew}",
        "website.timed_out": "Your website took too long to answer. {wait}",
        "website.not_connected": "Your website can't be reached. See that it is running. {retry}",
        "website.certificate_refused": "Your website's https certificate is not valid. Ask who runs the website to renew it. {retry}",
        "website.broken_answer": "Your website's answer could not be read. {wait}",
        "website.name_unknown": "Your website's name leads nowhere at the moment. See that you have written it right. {retry}",
        "website.site_error": "Your website answers with an error. {wait}",
        "website.names_silent": "The name servers of your website do not answer. {wait}",
        "imitation.passed": "No other shop has a name like yours.",
        "imitation.like_others": "Another shop has a name like yours. That is no fault: a reviewer looks at both, with care. You need do nothing.",
        "imitation.protected": "Your name is like that of a bank, an office or another well-known body. That is no fault: two reviewers "
        "look at it, with care. Papers that show the name help.",
    },
    badges={
        "none": "Your shop has no badge yet. Ask to be verified.",
        "unsigned": "Your badge is being signed. It is shown in a few minutes.",
        "review": "People have complained, so a reviewer looks at your shop. Until then the badge is not shown. You need do nothing.",
        "shop_closed": "Your shop is closed or blocked; while it is, the badge is not shown.",
        "name_changed": "Your shop has another name now. Ask to be verified with the new name.",
        "number_changed": "The number that was verified is not connected any more. Ask to be verified with the number that you have now.",
        "payee_changed": "The UPI address that was verified is not in use any more. Ask to be verified with the one that you have now.",
        "owner_changed": "Your shop has another legal name now. Ask to be verified anew with its papers.",
        "expired": "A badge is good for a year, and the year is over. Ask to be verified again.",
        "revoked": "A reviewer has taken the badge away. The reason stands in the history of your requests.",
        "replaced": "A newer badge has taken its place.",
        "shop_gone": "The shop is not in this market any more.",
        "other": "The badge is not shown.",
    },
    documents={
        "announced": "Post the file by its form, then say that it is posted.",
        "given": "We are looking at the file. It takes a minute.",
        "kept": "The file has come, and a reviewer can read it.",
        "refused": "The file could not be taken. Post another.",
        "refused.no_file": "No file has come. Post it by its form, then say again that it is posted.",
        "refused.too_large": "The file is larger than 10 MB. Post a smaller one.",
        "refused.other_type": "The file is not of the kind that you announced. Post a PDF, JPEG or PNG, and announce it as that.",
        "deleted": "The file was deleted.",
    },
    missing={
        "legal_name": "Give the legal name, as it stands on the papers.",
        "phone": "Give the number by which the shop is connected here.",
        "papers": "Give one at least: a document, or the number of a GSTIN, PAN, Udyam or licence.",
        "unread": "A document is not there yet: post it and say so, or take it away.",
    },
    wanted={
        "legal_name": "The legal name, as it stands on the papers.",
        "trade_name": "The trade name, as it stands on a paper.",
        "gstin": "The GSTIN.",
        "pan": "The PAN.",
        "udyam": "The Udyam number.",
        "licence": "The number of the shop registration or FSSAI licence.",
        "website": "The website, with the token on it.",
        "upi": "The UPI address to which customers pay.",
        "phone": "The number that is connected here.",
        "documents": "A document: a photo or PDF of a paper.",
        "profile": "What your shop shows of itself has changed since you sent the request, or does not agree with the "
        "papers. See that all is right, and send again.",
        "other": "Something more, as the reviewer has written.",
    },
)
