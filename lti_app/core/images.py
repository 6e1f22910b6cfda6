"""Pictures as files: how large they are, and taking out what their makers did not mean to tell, such as the place.

Reads and copies the parts of the file without decoding a single pixel, so that no picture can be a bomb here and none
loses quality. What is not built as its format says is refused with ValueError.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

PNG, GIF, WEBP, JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"WEBP", b"\xff\xd8\xff"
_PNG_KEPT = frozenset(
    [
        "IHDR",
        "PLTE",
        "IDAT",
        "IEND",
        "tRNS",
        "cHRM",
        "gAMA",
        "iCCP",
        "sBIT",
        "sRGB",
        "bKGD",
        "pHYs",
        "acTL",
        "fcTL",
        "fdAT",
        "cICP",
    ]
)
_WEBP_KEPT = frozenset(["VP8X", "VP8", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]) | {"VP8 "}
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_KEPT_APPS = frozenset({0xE0, 0xE2, 0xEE})
"""JFIF, colour profile and Adobe's transform: without these the colours would change."""
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Picture:
    """A picture without what it told about its making."""

    width: int
    height: int
    content: bytes


def clean_picture(data: bytes) -> Picture:
    """The picture without EXIF, XMP, IPTC, comments and whatever follows its end; how it is to be turned is kept."""
    try:
        if data.startswith(JPEG):
            return _jpeg(data)
        if data.startswith(PNG):
            return _png(data)
        if data.startswith(GIF):
            return _gif(data)
        if data.startswith(b"RIFF") and data[8:12] == WEBP:
            return _webp(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError("broken picture") from error
    raise ValueError("no picture")


def _png(data: bytes) -> Picture:
    parts, width, height, ended = [PNG], 0, 0, False
    at = len(PNG)
    while at < len(data) and not ended:
        size, name = struct.unpack_from(">I", data, at)[0], data[at + 4 : at + 8].decode("ascii")
        chunk = data[at : at + 12 + size]
        if len(chunk) != 12 + size:
            raise ValueError("broken picture")
        if name == "IHDR":
            width, height = struct.unpack_from(">II", chunk, 8)
        if name in _PNG_KEPT:
            parts.append(chunk)
        at, ended = at + len(chunk), name == "IEND"
    return _picture(width, height, b"".join(parts), ended=ended)


def _webp(data: bytes) -> Picture:
    parts, width, height, ended = [], 0, 0, False
    for name, body in _riff_chunks(data):
        if name == "VP8X":
            flags = body[0] & ~0b0000_1100  # neither EXIF nor XMP any more
            width, height = (int.from_bytes(body[n : n + 3], "little") + 1 for n in (4, 7))
            body = bytes([flags]) + body[1:]  # noqa: PLW2901 -- the same chunk, changed
        elif name == "VP8 " and not width:
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 6))
        elif name == "VP8L" and not width:
            bits = int.from_bytes(body[1:5], "little")
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        ended = ended or name in ("VP8 ", "VP8L", "ANMF")
        if name in _WEBP_KEPT:
            parts.append(name.encode() + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
    content = WEBP + b"".join(parts)
    return _picture(width, height, b"RIFF" + struct.pack("<I", len(content)) + content, ended=ended)


def _riff_chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    at, end = 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= end:
        size = struct.unpack_from("<I", data, at + 4)[0]
        body = data[at + 8 : at + 8 + size]
        if len(body) != size:
            raise ValueError("broken picture")
        yield data[at : at + 4].decode("ascii"), body
        at += 8 + size + size % 2


def _gif(data: bytes) -> Picture:
    """Comments and applications' notes go; the note that says how often it runs stays."""
    width, height, packed = struct.unpack_from("<HHB", data, 6)
    at = 13 + _colours(packed)
    parts = [data[:at]]
    while data[at] != 0x3B:
        start = at
        if data[at] == 0x2C:
            at = _blocks_end(data, at + 11 + _colours(data[at + 9]))
            keep = True
        elif data[at] == 0x21:
            keep = data[at + 1] == 0xF9 or data[at + 3 : at + 14] == b"NETSCAPE2.0"
            at = _blocks_end(data, at + 2)
        else:
            raise ValueError("broken picture")
        if keep:
            parts.append(data[start:at])
    return _picture(width, height, b"".join([*parts, b"\x3b"]), ended=True)


def _colours(packed: int) -> int:
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _blocks_end(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1


def _jpeg(data: bytes) -> Picture:
    parts, width, height, at = [b"\xff\xd8"], 0, 0, 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("broken picture")
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xD9:
            return _picture(width, height, b"".join([*parts, b"\xff\xd9"]), ended=True)
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
        if marker == 0xDA:
            end = _scan_end(data, end)
        parts.append(_jpeg_part(marker, data[at:end]))
        at = end


def _jpeg_part(marker: int, segment: bytes) -> bytes:
    """What is kept of a segment: all of it, nothing, or of EXIF data the way the picture is to be turned."""
    if marker == 0xE1:
        return _turn_only(_orientation(segment[4:]))
    keeps = marker not in range(0xE0, 0xF0) or marker in _JPEG_KEPT_APPS
    # Multi-picture notes point to further pictures behind the end, which are cut off.
    return segment if keeps and marker != 0xFE and segment[4:8] != b"MPF\0" else b""


def _scan_end(data: bytes, at: int) -> int:
    """Where the next marker stands that belongs to no scan."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise ValueError("broken picture")
        if data[at + 1] != 0 and data[at + 1] not in range(0xD0, 0xD8):
            return at
        at += 2


def _orientation(exif: bytes) -> int:
    """1 to 8; 0 where none is told."""
    if not exif.startswith(b"Exif\0\0"):
        return 0
    tiff, order = exif[6:], ">" if exif[6:8] == b"MM" else "<"
    try:
        first = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for entry in range(struct.unpack_from(f"{order}H", tiff, first)[0]):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * entry)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _turn_only(orientation: int) -> bytes:
    if orientation < 2:
        return b""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", 2 + 6 + len(tiff)) + b"Exif\0\0" + tiff


def _picture(width: int, height: int, content: bytes, *, ended: bool) -> Picture:
    if not (width and height and ended):
        raise ValueError("broken picture")
    return Picture(width, height, content)
