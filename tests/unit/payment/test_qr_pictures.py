"""QR pictures, looked at with another maker's reader."""

import re
from xml.etree import ElementTree as ET

import pytest

from haat.kernel.errors import Rejected
from haat.kernel.qr import png
from haat.payment.model.link import Link
from haat.payment.rules import links
from haat.payment.rules.pictures import placard, svg
from tests.unit.payment.seeing import of_pdf, of_png, of_svg, read
from tests.upi_fixtures import upi_json

pytestmark = pytest.mark.upi

ADDRESS = "haat.kirana@testpsp"
TEXTS = {
    "static": links.build(Link(pa=ADDRESS, pn="Test Kirana Store", mode="01")),
    "dynamic": links.build(
        Link(
            pa=ADDRESS,
            pn="রিনার মুদিখানা",
            amount=25_000,
            tr="H01JCXYZABCDEFGHJKMNPQRSTV",
            mc="5411",
            mode="15",
            tn="Order 12",
        )
    ),
    "signed": next(one["uri"] for one in upi_json("vectors/signed-uri.json")["vectors"] if one["id"] == "good"),
    "bharat": next(one["qr"] for one in upi_json("vectors/bharatqr.json")["vectors"] if one["id"] == "static"),
    "one letter": "A",
    "in another script": "दुकान",
}
STATIC, DYNAMIC = str(TEXTS["static"]), str(TEXTS["dynamic"])
SVG = "{http://www.w3.org/2000/svg}"


def lines_of(pdf: bytes) -> list[str]:
    """What stands on a page in letters, from the top down."""
    found = re.findall(rb"BT /F\d \d+ Tf [\d.]+ \d+ Td <([0-9a-f]*)> Tj ET", pdf)
    return [bytes.fromhex(line.decode()).decode("cp1252") for line in found]


def title_of(pdf: bytes) -> str:
    """The document's title."""
    found = re.search(rb"/Title<FEFF([0-9a-f]*)>", pdf)
    assert found
    return bytes.fromhex(found[1].decode()).decode("utf-16-be")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_picture_is_read_back(text: str) -> None:
    """PNG, SVG and page of a text each hold exactly one code, and it says the text."""
    assert read(of_png(png(text))) == [text]
    assert read(of_svg(svg(text))) == [text]
    assert read(of_pdf(placard(text, name="Test Kirana Store", address=ADDRESS).pdf)) == [text]


def test_longest_link_is_read_back() -> None:
    """A link of the most bytes that we read or build still makes a picture with five pixels for a module."""
    text = f"{STATIC}&tn={'x' * (links.LONGEST - len(STATIC) - 4)}"
    assert read(of_png(png(text))) == [text]


@pytest.mark.parametrize("text", [STATIC, DYNAMIC], ids=["static", "dynamic"])
def test_modules_are_whole_pixels_in_a_white_frame(text: str) -> None:
    """The picture is square, nearly 1,024 pixels wide, sharp, and has four modules of white on each side."""
    picture = of_png(png(text))
    assert picture.width == picture.height
    assert 900 < picture.width <= 1_024
    dark = [y for y in range(picture.height) if 0 in picture.row(y)]
    first = picture.row(dark[0])
    edge = first.index(0)
    module = (first.index(255, edge) - edge) // 7  # the mark in the corner is seven modules wide
    assert edge == dark[0] == picture.height - 1 - dark[-1] == 4 * module
    assert picture.width % module == 0
    assert all(picture.row(y) == picture.row(y - y % module) for y in range(picture.height))


def test_smudged_code_is_still_read() -> None:
    """A screen's code survives a blot of three tenths of its width, a printed one of four tenths: levels L and M would not."""
    for picture in (of_png(png(DYNAMIC)), of_svg(svg(DYNAMIC))):
        assert read(picture.smudged(0.3)) == [DYNAMIC]
    assert read(of_pdf(placard(DYNAMIC, name="Shop", address=ADDRESS).pdf).smudged(0.4)) == [DYNAMIC]


def test_same_text_gives_the_same_bytes() -> None:
    """No date and no chance is in a picture: it can be made again instead of being kept."""
    assert png(STATIC) == png(STATIC)
    assert svg(STATIC) == svg(STATIC)
    assert placard(STATIC, name="Shop", address=ADDRESS) == placard(STATIC, name="Shop", address=ADDRESS)


def test_lines_stand_under_the_code_in_any_script() -> None:
    """A name of any script and with any sign is text in the SVG, and cannot become markup."""
    lines = ("রিনার <মুদিখানা> & Sons \"'\x07", ADDRESS, "UPI")
    tree = ET.fromstring(svg(STATIC, lines=lines))  # noqa: S314  # our own, of a line above
    assert [found.text for found in tree.iter(f"{SVG}text")] == [lines[0].replace("\x07", " "), ADDRESS, "UPI"]
    assert {found.tag for found in tree.iter()} == {f"{SVG}{tag}" for tag in ("svg", "rect", "path", "g", "text")}
    assert read(of_svg(svg(STATIC, lines=lines))) == [STATIC]


@pytest.mark.parametrize(
    ("name", "other_name", "printed"),
    [
        ("Test Kirana Store", "", "Test Kirana Store"),
        ("Test Kirana Store", "OTHER", "Test Kirana Store"),
        ("Caf\u0065\u0301 (d'Été) \\ 5€", "", "Café (d'Été) \\ 5€"),
        ("  Two \t spaces\u00a0 ", "", "Two spaces"),
        ("রিনার মুদিখানা", "RINAR MUDIKHANA", "RINAR MUDIKHANA"),
        ("রিনার মুদিখানা", "", ""),
        ("রিনার মুদিখানা", "रीना", ""),
        ("Half রিনার", "", ""),
        ("Sweets \U0001f36c", "SWEETS", "SWEETS"),
        ("Bell\x07", "", ""),
        ("", "", ""),
    ],
)
def test_name_is_printed_whole_or_told_to_be_missing(name: str, other_name: str, printed: str) -> None:
    """A name that the page has no letters for is replaced or leaves a line to write on, and the caller is told which."""
    made = placard(STATIC, name=name, address=ADDRESS, other_name=other_name)
    assert made.printed == printed
    assert lines_of(made.pdf) == [*([printed] if printed else []), "UPI", ADDRESS]
    assert (b" l S\n" in made.pdf) is (printed == "")
    assert title_of(made.pdf) == name.replace("\u0065\u0301", "é")


def test_long_name_and_address_stay_on_the_page() -> None:
    """What does not fit in one line is set smaller, then broken; no line is wider than the paper, none on another."""
    made = placard(STATIC, name="Wide Shop " * 9, address=f"{'a' * 200}@testpsp")
    placed = re.findall(rb"BT /F\d (\d+) Tf ([\d.]+) (\d+) Td <([0-9a-f]*)> Tj ET", made.pdf)
    edges = [(float(left), float(left) + 0.6 * int(size) * len(line) / 2) for size, left, _, line in placed]
    assert all(left >= 39 and right <= 556 for left, right in edges)
    heights = [int(at) for _, _, at, _ in placed]
    assert heights == sorted(set(heights), reverse=True)
    assert heights[-1] > 30
    assert "".join(lines_of(made.pdf)[-3:]).endswith("@testpsp")
    assert " ".join(lines_of(made.pdf)[:2]) == ("Wide Shop " * 9).strip()


def test_page_is_a_sound_pdf() -> None:
    """Each object lies where the table says, and the table where the end says: strict readers look nowhere else."""
    pdf = placard(STATIC, name="Shop", address=ADDRESS).pdf
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", pdf)[0])
    head, *entries = re.findall(rb"^(\d{10}) \d{5} [fn] \n", pdf[start:], re.MULTILINE)
    assert head == b"0" * 10
    assert pdf[start:].startswith(b"xref\n0 %d\n" % (len(entries) + 1))
    for number, at in enumerate(entries, 1):
        assert pdf[int(at) :].startswith(b"%d 0 obj\n" % number)
    stream = re.search(rb"/Length (\d+)>>stream\n", pdf)
    assert stream
    assert pdf[stream.end() + int(stream[1]) :].startswith(b"\nendstream")


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "empty"), ("a" * (links.LONGEST + 1), "too_long"), ("দ" * 1_999, "too_long"), ("\ud800", "too_long")],
)
def test_what_no_code_can_hold_is_rejected(text: str, word: str) -> None:
    """Nothing, or more than a code holds, is refused before anything is drawn, never cut."""
    for make in (png, svg):
        with pytest.raises(Rejected) as refused:
            make(text)
        assert refused.value.word == word


def test_name_too_long_for_the_page_is_rejected() -> None:
    """A name or an address that is longer than a link may hold is refused, never cut."""
    for name, address in (("x" * 100, ADDRESS), ("Shop", "x" * 256)):
        with pytest.raises(Rejected) as refused:
            placard(STATIC, name=name, address=address)
        assert refused.value.word == "too_long"
