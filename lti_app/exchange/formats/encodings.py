"""The encoding of a file that does not tell it."""

_UTF_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and how it was read: UTF-8 or UTF-16 where it is that, else Windows-1252, which takes all.

    charset-normalizer was tried in the place of Windows-1252: it reads “It’s a naïve café – really” as Windows-1250
    and a row of capital umlauts as Japanese, and what is lost so is noticed by nobody.
    """
    for mark, encoding in _UTF_16:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), "UTF-16"
    head = content[:1000]
    if head.count(0) > len(head) // 4:
        little = head[1::2].count(0) >= head[::2].count(0)
        return content.decode("utf-16-le" if little else "utf-16-be", "replace"), "UTF-16"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "Windows-1252"
