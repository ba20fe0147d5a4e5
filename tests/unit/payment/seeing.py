"""What a camera would see of our pictures. PNG, SVG and PDF are read here without the code that made them; zxing-cpp reads the code itself."""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import zxingcpp


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Grey pixels, row by row: 0 is black."""

    width: int
    height: int
    pixels: bytes

    def row(self, y: int) -> bytes:
        """One row."""
        return self.pixels[y * self.width : (y + 1) * self.width]

    def smudged(self, share: float) -> "Picture":
        """The same with a white square in the middle of what is dark, its side this share of that."""
        dark = [y for y in range(self.height) if 0 in self.row(y)]
        top, bottom = dark[0], dark[-1] + 1
        left = min(self.row(y).index(0) for y in dark)
        right = max(self.row(y).rindex(0) for y in dark) + 1
        half = int((right - left) * share / 2)
        column, line = (left + right) // 2, (top + bottom) // 2
        blotted = bytearray(self.pixels)
        for y in range(line - half, line + half):
            blotted[y * self.width + column - half : y * self.width + column + half] = b"\xff" * 2 * half
        return Picture(width=self.width, height=self.height, pixels=bytes(blotted))


def read(picture: Picture) -> list[str]:
    """The text of each QR code in it."""
    view = memoryview(picture.pixels).cast("B", (picture.height, picture.width))
    return [
        found.text
        for found in zxingcpp.read_barcodes(view, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


def of_png(png: bytes) -> Picture:
    """The pixels of a PNG of one bit for each (https://www.w3.org/TR/png-3/). Any other fails."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = [], 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert int.from_bytes(png[at + 8 + size : at + 12 + size]) == zlib.crc32(kind + data)
        chunks.append((kind, data))
        at += 12 + size
    head = dict(chunks)[b"IHDR"]
    width, height = int.from_bytes(head[:4]), int.from_bytes(head[4:8])
    assert head[8:] == b"\x01\0\0\0\0", "one bit for each pixel, grey, not interlaced"
    packed = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    stride = 1 + (width + 7) // 8
    rows, above = [], bytes(stride - 1)
    for start in range(0, len(packed), stride):
        assert packed[start] in {0, 2}, "each row is written as it is, or as its difference to the one above"
        row = packed[start + 1 : start + stride]
        above = bytes((one + other) % 256 for one, other in zip(row, above, strict=True)) if packed[start] else row
        rows.append(above)
    assert len(rows) == height
    bits = (f"{int.from_bytes(row):0{8 * (stride - 1)}b}"[:width] for row in rows)
    return Picture(width=width, height=height, pixels=b"".join(bytes(255 * int(bit) for bit in row) for row in bits))


def of_svg(svg: str) -> Picture:
    """The dark squares of one of our SVGs."""
    found = re.search(r'viewBox="0 0 (\d+) \d+"', svg)
    assert found
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg)
    return _painted(int(found[1]), ((int(x), int(y), int(count)) for x, y, count in runs))


def of_pdf(pdf: bytes) -> Picture:
    """The dark squares of one of our pages, where its matrix puts them: on white paper, four pixels for each point."""
    text = pdf.decode("ascii")
    found = re.search(r"q ([\d.]+) 0 0 -\1 ([\d.]+) (\d+) cm\n((?:\d+ \d+ \d+ 1 re\n)+)f Q", text)
    assert found
    size, left, top = float(found[1]), float(found[2]), float(found[3])
    pixels = [bytearray(b"\xff" * 2380) for _ in range(3368)]
    for x, y, count in re.findall(r"(\d+) (\d+) (\d+) 1 re\n", found[4]):
        start, end = (round(4 * (left + size * at)) for at in (int(x), int(x) + int(count)))
        upper, lower = (round(4 * (842 - top + size * at)) for at in (int(y), int(y) + 1))
        for line in range(upper, lower):
            pixels[line][start:end] = bytes(end - start)
    return Picture(width=2380, height=3368, pixels=b"".join(pixels))


def _painted(side: int, runs: Iterable[tuple[int, int, int]], scale: int = 4) -> Picture:
    rows = [bytearray(b"\xff" * side) for _ in range(side)]
    for x, y, count in runs:
        rows[y][x : x + count] = bytes(count)
    wide = (b"".join(bytes([pixel]) * scale for pixel in row) * scale for row in rows)
    return Picture(width=side * scale, height=side * scale, pixels=b"".join(wide))
