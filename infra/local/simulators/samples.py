"""Contents of the files that a customer sends, where a test gives none.

The picture is a real one (a square of one colour, PNG). Sounds, films, stickers and papers only begin as their kind does:
no player opens them.
"""

import struct
import zlib

VOICE = b"OggS\x00\x02" + bytes(20) + b"OpusHead\x01\x01"
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(12)
STICKER = b"RIFF\x1a\x00\x00\x00WEBPVP8L" + bytes(14)
PAPER = b"%PDF-1.4\n%%EOF\n"


def picture(red: int = 156, green: int = 63, blue: int = 18, size: int = 16) -> bytes:
    """Return a PNG of one colour (W3C PNG: signature, IHDR, IDAT, IEND)."""
    rows = (b"\x00" + bytes((red, green, blue)) * size) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
