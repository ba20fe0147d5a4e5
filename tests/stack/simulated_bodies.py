"""Bodies of everything that can be sent, as full as they may be, and each a bit too full: data of the simulator's tests."""

from typing import Any

from tests.stack.simulated import PHONE

WAMID = "wamid.HBgMOTE5ODAwMDAwMDAxFQIAEhgU"


def message(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    """A body with its frame."""
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "to": PHONE, "type": kind} | {
        kind: content,
        "context": {"message_id": WAMID},
        "biz_opaque_callback_data": "ours",
        **more,
    }


def interactive(kind: str, action: Any, **parts: Any) -> dict[str, Any]:
    """An interactive body; `parts` are header, body and footer, and None takes one out."""
    whole = {"type": kind, "body": {"text": "কোনটা?"}, "action": action} | parts
    return message("interactive", {name: part for name, part in whole.items() if part is not None})


def buttons(*titles: str, **parts: Any) -> dict[str, Any]:
    """Reply buttons with these titles."""
    rows = [{"type": "reply", "reply": {"id": f"b{n}", "title": title}} for n, title in enumerate(titles)]
    return interactive("button", {"buttons": rows}, **parts)


def menu(*sections: tuple[str | None, int], button: str = "See", **row: Any) -> dict[str, Any]:
    """A list with sections of (title, number of rows); `row` overrides fields of each row."""
    made = []
    for at, (title, count) in enumerate(sections):
        rows = [{"id": f"r{at}-{n}", "title": "Rasgulla", "description": "sweet"} | row for n in range(count)]
        made.append({"rows": rows} | ({"title": title} if title else {}))
    return interactive("list", {"button": button, "sections": made}, header={"type": "text", "text": "Menu"})


def shelf(*sections: tuple[str | None, int], header: Any = None) -> dict[str, Any]:
    """A list of products."""
    made = [
        {"product_items": [{"product_retailer_id": f"p{at}-{n}"} for n in range(count)]}
        | ({"title": title} if title else {})
        for at, (title, count) in enumerate(sections)
    ]
    head = header or {"type": "text", "text": "Sweets"}
    return interactive("product_list", {"catalog_id": "c1", "sections": made}, header=head, footer={"text": "fresh"})


def link(**parameters: Any) -> dict[str, Any]:
    """A button that opens a page."""
    shown = {"display_text": "Open", "url": "https://shop.example/"} | parameters
    return interactive("cta_url", {"name": "cta_url", "parameters": shown}, footer={"text": "f"})


def flow(**parameters: Any) -> dict[str, Any]:
    """A form."""
    whole = {
        "flow_message_version": "3",
        "flow_id": "1",
        "flow_token": "t",
        "flow_cta": "Fill in",
        "flow_action": "navigate",
        "flow_action_payload": {"screen": "FIRST"},
    } | parameters
    return interactive("flow", {"name": "flow", "parameters": {k: v for k, v in whole.items() if v is not None}})


def money(value: int) -> dict[str, int]:
    """An amount in paise."""
    return {"value": value, "offset": 100}


def order(total: int = 52_500, *, order_changes: Any = None, **parameters: Any) -> dict[str, Any]:
    """An order of two sarees, with tax."""
    items = [{"retailer_id": "S-12", "name": "Cotton saree", "amount": money(25_000), "quantity": 2}]
    inner = {
        "status": "pending",
        "items": items,
        "subtotal": money(50_000),
        "tax": money(2_500) | {"description": "GST"},
        "shipping": money(1_000),
        "discount": money(1_000) | {"description": "Puja", "discount_program_name": "puja"},
        "expiration": {"timestamp": "1780000900", "description": "today"},
    } | (order_changes or {})
    pay = {"type": "upi_intent_link", "upi_intent_link": {"link": "upi://pay?pa=shop@bank&am=525.00"}}
    whole = {
        "reference_id": "HT-7F3K-0001",
        "type": "physical-goods",
        "payment_settings": [pay],
        "currency": "INR",
        "total_amount": money(total),
        "order": inner,
    } | parameters
    known = {name: value for name, value in whole.items() if value is not None}
    return interactive(
        "order_details",
        {"name": "review_and_pay", "parameters": known},
        header={"type": "image", "image": {"link": "https://shop.example/s.png"}},
    )


def news(status: str = "shipped", description: str = "on its way") -> dict[str, Any]:
    """The news about an order."""
    inner = {"status": status, "description": description}
    return interactive(
        "order_status",
        {"name": "review_order", "parameters": {"reference_id": "HT-7F3K-0001", "order": inner}},
    )


CONTACT = {
    "name": {"formatted_name": "Rina Das", "first_name": "Rina"},
    "phones": [{"phone": "+91 98000 00001", "wa_id": PHONE, "type": "CELL"}],
    "emails": [{"email": "rina@shop.example", "type": "HOME"}],
    "addresses": [{"street": "1 Gali", "city": "Kolkata", "zip": "700001", "country": "India", "type": "HOME"}],
    "urls": [{"url": "https://shop.example", "type": "WORK"}],
    "org": {"company": "Mishti", "title": "Owner"},
    "birthday": "1990-01-05",
}
TEMPLATE = {
    "name": "order_ready",
    "language": {"code": "bn", "policy": "deterministic"},
    "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://shop.example/a.png"}}]},
        {
            "type": "body",
            "parameters": [
                {"type": "text", "text": "Rina", "parameter_name": "who"},
                {"type": "currency", "currency": {"fallback_value": "₹5", "code": "INR", "amount_1000": 5000}},
                {"type": "date_time", "date_time": {"fallback_value": "today"}},
            ],
        },
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "y"}],
        },
    ],
}
ADDRESS = {
    "name": "address_message",
    "parameters": {
        "country": "IN",
        "values": {"name": "Rina", "in_pin_code": "700001"},
        "saved_addresses": [{"id": "1", "value": {"city": "Kolkata"}}],
        "validation_errors": {"in_pin_code": "We don't deliver there."},
    },
}

# Every body of the table of what can be sent, each as full as it may be.
GOOD: dict[str, dict[str, Any]] = {
    "text": message("text", {"body": "অ" * 4096, "preview_url": True}),
    "image": message("image", {"link": "https://shop.example/a.png", "caption": "অ" * 1024}),
    "video": message("video", {"id": "123", "caption": "ok"}),
    "audio": message("audio", {"id": "123", "voice": True}),
    "document": message("document", {"id": "123", "caption": "list", "filename": "list.pdf"}),
    "sticker": message("sticker", {"id": "123"}),
    "reaction": message("reaction", {"message_id": WAMID, "emoji": "👍"}),
    "no reaction": message("reaction", {"message_id": WAMID, "emoji": ""}),
    "location": message("location", {"latitude": 22.57, "longitude": "88.36", "name": "n", "address": "a"}),
    "contacts": message("contacts", [CONTACT, CONTACT]),
    "template": message("template", TEMPLATE),
    "buttons": buttons("হ্যাঁ", "না", "x" * 20, header={"type": "text", "text": "h" * 60}, footer={"text": "f" * 60}),
    "buttons under a file": buttons("Yes", header={"type": "document", "document": {"id": "1", "filename": "a.pdf"}}),
    "list": menu(("Sweets", 5), ("Savouries", 5), description="d" * 72, title="t" * 24),
    "link": link(display_text="x" * 20),
    "product": interactive(
        "product", {"catalog_id": "c1", "product_retailer_id": "p1"}, body=None, footer={"text": "f"}
    ),
    "products": shelf(("A", 15), ("B", 15)),
    "catalogue": interactive(
        "catalog_message", {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "p1"}}
    ),
    "location request": interactive("location_request_message", {"name": "send_location"}),
    "address": interactive("address_message", ADDRESS),
    "flow": flow(),
    "order": order(),
    "order through a gateway": order(
        payment_settings=[
            {
                "type": "payment_gateway",
                "payment_gateway": {"type": "razorpay", "configuration_name": "c", "razorpay": {"receipt": "r"}},
            }
        ]
    ),
    "order, older form": order(payment_settings=None, payment_type="upi", payment_configuration="c"),
    "news": news(),
    "read": {"messaging_product": "whatsapp", "status": "read", "message_id": WAMID},
    "typing": {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": WAMID,
        "typing_indicator": {"type": "text"},
    },
}
# Objects whose inside is another's business: a gateway's own notes.
OPEN = ("razorpay",)

BAD: dict[str, tuple[dict[str, Any], int]] = {
    "text too long": (message("text", {"body": "অ" * 4097}), 100),
    "caption too long": (message("image", {"id": "1", "caption": "x" * 1025}), 100),
    "id and link": (message("image", {"id": "1", "link": "https://shop.example/a.png"}), 100),
    "neither id nor link": (message("video", {"caption": "x"}), 100),
    "a link that is none": (message("image", {"link": "ftp://shop.example/a.png"}), 100),
    "a sticker with a caption": (message("sticker", {"id": "1", "caption": "x"}), 100),
    "reaction without its emoji": (message("reaction", {"message_id": WAMID}), 131008),
    "a place off the earth": (message("location", {"latitude": 91, "longitude": 0}), 131009),
    "a place without a number": (message("location", {"latitude": "north", "longitude": 0}), 100),
    "no contact": (message("contacts", []), 131008),
    "a contact without a name": (message("contacts", [{"phones": []}]), 131008),
    "a template without a language": (message("template", {"name": "x"}), 131008),
    "a button of a template without its kind": (
        message("template", TEMPLATE | {"components": [{"type": "button", "index": 0, "parameters": []}]}),
        131008,
    ),
    "no button": (buttons(), 131009),
    "four buttons": (buttons("a", "b", "c", "d"), 131009),
    "a button too long": (buttons("x" * 21), 131009),
    "two buttons alike": (buttons("a", "a"), 131009),
    "body too long": (buttons("a", body={"text": "x" * 1025}), 131009),
    "footer too long": (buttons("a", footer={"text": "x" * 61}), 131009),
    "header too long": (buttons("a", header={"type": "text", "text": "x" * 61}), 131009),
    "header of another type": (buttons("a", header={"type": "image", "text": "x"}), 131008),
    "header with a caption": (buttons("a", header={"type": "image", "image": {"id": "1", "caption": "x"}}), 100),
    "no body": (buttons("a", body=None), 131008),
    "eleven rows": (menu((None, 11)), 131009),
    "eleven rows in two sections": (menu(("A", 5), ("B", 6)), 131009),
    "eleven sections": (menu(*[(f"S{n}", 1) for n in range(11)]), 131009),
    "two sections, one untitled": (menu(("A", 1), (None, 1)), 131008),
    "a section's title too long": (menu(("x" * 25, 1)), 131009),
    "a row's title too long": (menu((None, 1), title="x" * 25), 131009),
    "a row's description too long": (menu((None, 1), description="x" * 73), 131009),
    "a row's id too long": (menu((None, 1), id="x" * 201), 131009),
    "two rows alike": (menu((None, 2), id="same"), 131009),
    "a list's button too long": (menu((None, 1), button="x" * 21), 131009),
    "a picture over a list": (menu((None, 1)) | interactive("list", {}, header={"type": "image"}), 131008),
    "a link's button too long": (link(display_text="x" * 21), 131009),
    "a link to nowhere": (link(url="shop.example"), 100),
    "a product under a header": (
        interactive("product", {"catalog_id": "c", "product_retailer_id": "p"}, header={"type": "text", "text": "h"}),
        100,
    ),
    "products without a header": (
        interactive(
            "product_list", {"catalog_id": "c", "sections": [{"product_items": [{"product_retailer_id": "p"}]}]}
        ),
        131008,
    ),
    "31 products": (shelf(("A", 15), ("B", 16)), 131009),
    "eleven sections of products": (shelf(*[(f"S{n}", 1) for n in range(11)]), 131009),
    "a flow of another version": (flow(flow_message_version="2"), 100),
    "a flow without a name": (flow(flow_id=None), 100),
    "a wrong total": (order(52_501), 131009),
    "a wrong subtotal": (order(order_changes={"subtotal": money(49_999)}), 131009),
    "a wrong offset": (order(total_amount={"value": 52_500, "offset": 1000}), 131009),
    "an amount in rupees": (order(total_amount={"value": 525.0, "offset": 100}), 100),
    "an order that is paid already": (order(order_changes={"status": "completed"}), 100),
    "another currency": (order(currency="USD"), 100),
    "a reference too long": (order(reference_id="x" * 36), 131009),
    "a reference with a blank": (order(reference_id="HT 1"), 131009),
    "no way to pay": (order(payment_settings=None), 131008),
    "another way to pay than named": (order(payment_settings=[{"type": "payment_link"}]), 131008),
    "news of an unknown kind": (news("lost"), 100),
    "news too long": (news(description="x" * 121), 131009),
}
