"""Small files of every kind, made by hand so that tests know each byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

EXIF_WITH_PLACE = (
    b"Exif\0\0" + struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0) + b"GPS 52.52N 13.40E"
)


def pdf(*pages: Sequence[str], script: str = "", encrypted: bool = False) -> bytes:
    """A PDF of these pages, each a list of lines; `script` is what it wants to run when it is opened."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    opening = f"/OpenAction << /S /JavaScript /JS ({script}) >>" if script else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {opening} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
        content = f"BT /F1 12 Tf 16 TL 72 720 Td {shown} ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
    return _assembled(objects, encrypted=encrypted)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _assembled(objects: list[str], *, encrypted: bool) -> bytes:
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    if encrypted:
        keys = f"/O <{'41' * 32}> /U <{'42' * 32}>"
        objects = [*objects, f"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 {keys} >>"]
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    locked = f"/Encrypt {len(objects)} 0 R /ID [<00> <00>]" if encrypted else ""
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {locked} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def png(width: int = 2, height: int = 2, *chunks: tuple[bytes, bytes]) -> bytes:
    """A white picture, with these further chunks."""
    rows = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(min(height, 64))))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def jpeg(*segments: tuple[int, bytes], width: int = 3, height: int = 2, after: bytes = b"") -> bytes:
    """The frame of a picture, with these segments before it and something behind its end. Nothing could show it."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    parts = [*segments, (0xC0, frame), (0xDA, b"\x01\x01\x00\x00\x3f\x00")]
    body = b"".join(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in parts)
    return b"\xff\xd8" + body + b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9" + after


def gif(*extensions: bytes) -> bytes:
    """One point, with these extension blocks before it."""
    screen = struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + screen + b"".join(extensions) + image + b"\x3b"


def webp(*chunks: tuple[bytes, bytes], flags: int = 0) -> bytes:
    """A picture of 10 × 20 with these further chunks."""
    extended = struct.pack("<I", flags) + (9).to_bytes(3, "little") + (19).to_bytes(3, "little")
    parts = [(b"VP8X", extended), (b"VP8L", b"\x2f\x09\xc0\x04\x00\x00\x00"), *chunks]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in parts
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def office(*names: str, content: bytes = b"<x/>", copies: int = 0) -> bytes:
    """An archive with these members, and as many others with the same content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*names, *(f"more/{number}" for number in range(copies))):
            archive.writestr(name, content)
    return out.getvalue()


DOCX = ("[Content_Types].xml", "word/document.xml")
ODT = ("mimetype", "content.xml", "META-INF/manifest.xml")
