"""What may be the picture of a product. The file decides by how it begins, not by what was said of it."""

TYPES = ("image/jpeg", "image/png", "image/webp")
MOST_BYTES = 5 * 1024 * 1024  # as WhatsApp takes for an image
MOST_PICTURES = 10
START = 16  # bytes that `kind` needs


def kind(start: bytes) -> str | None:
    """The media type of a file by its first bytes; None where it is none of ours.

    JPEG: start of image and the next marker (ITU T.81). PNG: its signature and the first chunk (PNG 5.2). WebP: a RIFF of that form.
    """
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n") and start[12:16] == b"IHDR":
        return "image/png"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    return None
