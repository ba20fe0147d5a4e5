"""Webhook bodies of a page as Meta builds them: messages, taps, echoes, watermarks, and who has the conversation.

Source: Messenger Platform, Webhooks (meta-platform, section 7), held against recorded bodies by the tests. Pure functions;
times are seconds since 1970 and leave as milliseconds, in numbers.
"""

import base64
import hashlib
from collections.abc import Iterable

from infra.local.simulators.wire import Json

# The page's own inbox, as an app of Meta's: who answers there by hand, or has the conversation.
INBOX = "263902037430900"
_NAMES = {
    "❤": "love",
    "❤️": "love",
    "👍": "like",
    "👎": "dislike",
    "😆": "smile",
    "😮": "wow",
    "😢": "sad",
    "😠": "angry",
}


def ms(at: float) -> int:
    """Return a time as Messenger writes it."""
    return round(at * 1000)


def mid(serial: str) -> str:
    """Make a message id as a page's are made: `m_` and letters that say nothing."""
    return "m_" + base64.urlsafe_b64encode(hashlib.sha512(serial.encode()).digest()).decode("ascii").rstrip("=")


def page_event(page: str, at: float, events: Iterable[Json], *, standby: bool = False) -> Json:
    """Wrap events of one page, posted at a time; in `standby` where another app has the conversation."""
    entry: Json = {"time": ms(at), "id": page, "standby" if standby else "messaging": list(events)}
    return {"object": "page", "entry": [entry]}


def event(sender: str, recipient: str, at: float, content: Json) -> Json:
    """Return one event; `content` is the key that says what it is."""
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": ms(at)} | content


def message(mid: str, content: Json, reply_to: str | None = None) -> Json:
    """Return what a customer said; `content` holds text, attachments and their like."""
    return {"message": {"mid": mid} | content | ({"reply_to": {"mid": reply_to}} if reply_to else {})}


def echo(mid: str, content: Json, *, app_id: str | None, metadata: str | None = None) -> Json:
    """Return what the page said, by an app or by hand."""
    marks: Json = {"is_echo": True} | ({"app_id": int(app_id)} if app_id else {})
    return {"message": {"mid": mid} | content | marks | ({"metadata": metadata} if metadata is not None else {})}


def postback(mid: str, title: str, payload: str) -> Json:
    """Return a tap on a button that stays."""
    return {"postback": {"title": title, "payload": payload, "mid": mid}}


def reaction(mid: str, emoji: str) -> Json:
    """Return a reaction, or with "" that it was taken back."""
    if not emoji:
        return {"reaction": {"mid": mid, "action": "unreact"}}
    return {"reaction": {"mid": mid, "action": "react", "emoji": emoji, "reaction": _NAMES.get(emoji, "other")}}


def delivery(mids: Iterable[str], watermark: float) -> Json:
    """Return that these messages came to the phone, and all up to a time."""
    return {"delivery": {"mids": list(mids), "watermark": ms(watermark)}}


def read(watermark: float) -> Json:
    """Return that all up to a time was read; it names no message."""
    return {"read": {"watermark": ms(watermark)}}


def edit(mid: str, text: str, number: int) -> Json:
    """Return that a message has other words now, for the how-many-th time; Meta's samples write the number as text."""
    return {"message_edit": {"mid": mid, "text": text, "num_edit": str(number)}}


def deletion(mid: str) -> Json:
    """Return that a message was taken back."""
    return {"message": {"mid": mid, "is_deleted": True}}


def attachment(kind: str, payload: Json) -> Json:
    """Return what a message brings along."""
    return {"attachments": [{"type": kind, "payload": payload}]}


def passed(previous: str, new: str, metadata: str) -> Json:
    """Return that a conversation was given to an app."""
    return {"pass_thread_control": {"previous_owner_app_id": previous, "new_owner_app_id": new, "metadata": metadata}}


def taken(previous: str, metadata: str) -> Json:
    """Return that a conversation was taken from an app."""
    return {"take_thread_control": {"previous_owner_app_id": previous, "metadata": metadata}}


def requested(by: str, metadata: str) -> Json:
    """Return that an app asks for a conversation."""
    return {"request_thread_control": {"requested_owner_app_id": by, "metadata": metadata}}
