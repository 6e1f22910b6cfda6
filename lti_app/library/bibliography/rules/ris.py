"""RIS, as reference managers and databases export it, as CSL-JSON."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from rispy import RisParser

TYPES = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "JFULL": "article-journal",
    "ABST": "article-journal",
    "INPR": "article-journal",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    "BOOK": "book",
    "EDBOOK": "book",
    "EBOOK": "book",
    "CLSWK": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "ENCYC": "entry-encyclopedia",
    "DICT": "entry-dictionary",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "RPRT": "report",
    "GOVDOC": "report",
    "STAND": "report",
    "THES": "thesis",
    "ELEC": "webpage",
    "WEB": "webpage",
    "BLOG": "post-weblog",
    "UNPB": "manuscript",
    "MANSCPT": "manuscript",
    "PAMP": "pamphlet",
    "VIDEO": "motion_picture",
    "MPCT": "motion_picture",
    "SOUND": "song",
    "SLIDE": "speech",
}
WITHIN = frozenset({"chapter", "paper-conference", "entry-encyclopedia", "entry-dictionary"})
"""What stands in a book, whose own title and editors RIS keeps in second tags."""
PLAIN = {
    "volume": ("VL",),
    "publisher": ("PB",),
    "publisher-place": ("CY", "PP"),
    "edition": ("ET",),
    "language": ("LA",),
    "ISBN": ("SN",),
}
_TAG = re.compile(r"\s{0,4}([A-Z][A-Z0-9])\s{1,2}-(?:\s|$)(.*)")
_START = re.compile(r"(?m)^\s{0,4}TY\s{1,2}-")
_DATE = re.compile(r"(-?\d{4})(?:[/\-.](\d{1,2})?)?(?:[/\-.](\d{1,2})?)?")
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")


class _Parser(RisParser):
    """Takes every tag as it comes, with one blank or two, and each as often as it occurs."""

    DEFAULT_DELIMITER_MAPPING: ClassVar[dict[str, str]] = {}
    START_TAG = "TY"

    def parse_line(self, line: str) -> tuple[str, str] | tuple[None, str]:
        """The tag of a line and what it says; without a tag, the line goes on with what the last one said."""
        found = _TAG.match(line)
        return (found[1], found[2].strip()) if found else (None, line.strip())


class _EveryTag(dict[str, str]):
    """Names each tag by itself, the unknown too."""

    def __missing__(self, tag: str) -> str:
        return tag


def looks_like_ris(text: str) -> bool:
    """Whether a record begins in it."""
    return _START.search(text) is not None


def read_ris(text: str, limit: int) -> tuple[list[dict[str, Any]], list[str], int]:
    """The first records, and how many are left; one that is not ended ends where the next begins.

    Nothing in RIS is ever unreadable.
    """
    starts = [found.start() for found in _START.finditer(text)]
    text = text[: starts[limit]] if len(starts) > limit else text
    ended = _START.sub("ER  - \nTY  - ", text) + "\nER  - \n"
    ended = "\n".join(_lines(ended)) + "\n"
    tags = [
        first + second for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    ]
    parser = _Parser(mapping=_EveryTag(), list_tags=[tag for tag in tags if tag not in ("TY", "ER")])
    return [_record(fields) for fields in parser.parse(ended)], [], len(starts[limit:])


def _lines(text: str) -> Iterator[str]:
    """The lines as the parser wants them: what goes on with nothing, right after the type, is left out."""
    tag = ""
    for line in text.split("\n"):
        if found := _TAG.match(line):
            tag = found[1]
            yield line.lstrip()
        elif line.strip() and tag != "TY":
            yield line


def _record(fields: dict[str, Any]) -> dict[str, Any]:
    kind = TYPES.get(str(fields.get("TY", "")).strip().upper(), "document")
    record: dict[str, Any] = {"type": kind, "title": _first(fields, *_title_tags(kind))}
    record |= {field: _first(fields, *tags) for field, tags in PLAIN.items()}
    record["author"] = _names(fields, "AU", "A1")
    record["editor"] = _names(fields, "ED", *(("A2",) if kind in WITHIN or kind == "book" else ()))
    if fields.get("TY") == "EDBOOK":  # whose authors are its editors
        record["editor"], record["author"] = record["author"] + record["editor"], []
    record["translator"] = _names(fields, "A4")
    record["container-title"] = "" if kind == "book" else _first(fields, "T2", "JF", "JO", "BT", "JA", "J2")
    record["collection-title"] = _first(fields, "T3") or (_first(fields, "T2") if kind == "book" else "")
    record["number" if kind == "report" else "issue"] = _first(fields, "IS", "M1")
    record["page"] = _pages(_first(fields, "SP"), _first(fields, "EP"))
    record["genre"] = _first(fields, "M3") if kind in ("thesis", "report") else ""
    record["DOI"] = _first(fields, "DO") or _doi_in(_first(fields, "M3"), _first(fields, "N1"), _first(fields, "UR"))
    record["URL"] = next((url for url in fields.get("UR", []) if "doi.org/" not in url), "")
    record["issued"] = _date(fields)
    if kind.startswith("article"):
        record["ISSN"] = record.pop("ISBN")
    return record


def _title_tags(kind: str) -> tuple[str, ...]:
    return ("TI", "T1", "BT", "CT", "T2") if kind == "book" else ("TI", "T1", "CT")


def _first(fields: dict[str, Any], *tags: str) -> str:
    return next(
        (
            " ".join(values).strip() if tag in ("TI", "T1") else values[0]
            for tag in tags
            if (values := fields.get(tag)) and values[0].strip()
        ),
        "",
    )


def _names(fields: dict[str, Any], *tags: str) -> list[dict[str, str]]:
    people = [person for tag in dict.fromkeys(tags) for person in fields.get(tag, [])]
    return [_name(person) for person in dict.fromkeys(people) if person.strip(" ,;.")]


def _name(person: str) -> dict[str, str]:
    """Family, Given, Suffix; a name without a comma is one that is not parted, such as a body's."""
    parts = [part.strip() for part in person.split(",") if part.strip()]
    if len(parts) == 1:
        return {"literal": parts[0]}
    name = {"family": parts[0], "given": parts[1]}
    return {**name, "suffix": parts[2]} if len(parts) > 2 else name


def _pages(first: str, last: str) -> str:
    first, last = (re.sub(r"(?<!\s)\s*[-–—]+\s*", "-", page.strip(" .")) for page in (first, last))
    return first if not last or "-" in first or first == last else f"{first}-{last}"


def _date(fields: dict[str, Any]) -> dict[str, Any]:
    """1990, 1990/05/01, 1990/05//May/Jun90: the part before the words; the most exact of the tags."""
    found = [
        match for tag in ("PY", "Y1", "DA") for value in fields.get(tag, []) if (match := _DATE.match(value.strip()))
    ]
    if not found:
        return {}
    best = max(found, key=lambda match: sum(part is not None for part in match.groups()))
    return {"date-parts": [[part for part in best.groups() if part]]}


def _doi_in(*texts: str) -> str:
    return next((match[0].rstrip(".,;") for text in texts if (match := _DOI.search(text))), "")
