"""Bibliographic records from outside: which format a text is in, what is in it, and CSL-JSON of a shape to rely on."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import TYPE_CHECKING, Any, TypeVar

from lti_app.core.cleaning import Cleaner
from lti_app.core.json_text import read_json
from lti_app.core.later import LaterModule
from lti_app.core.prose import clean_line, normalized

if TYPE_CHECKING:
    from lti_app.library.bibliography.rules import bibtex, ris
else:
    bibtex = LaterModule("lti_app.library.bibliography.rules.bibtex")
    ris = LaterModule("lti_app.library.bibliography.rules.ris")

Known = TypeVar("Known")
MAX_RECORDS = 500
MAX_CHARACTERS = 1_000_000
MAX_NAMES = 200
MAX_FIELD = 1000
MAX_NUMBER = 60
MAX_SKIPPED = 50
MOST_READ = MAX_RECORDS + MAX_SKIPPED
"""Records that are looked at before the others are only counted."""
"""How many of the parts that were left out are told one by one."""
MAX_EXCERPT = 90
MAX_DOI_TEXT = 600
"""Characters of a text in which a DOI is looked for: a pasted reference, not an essay."""
TYPES = frozenset(
    {
        "article",
        "article-journal",
        "article-magazine",
        "article-newspaper",
        "book",
        "broadcast",
        "chapter",
        "document",
        "entry-dictionary",
        "entry-encyclopedia",
        "interview",
        "legal_case",
        "legislation",
        "manuscript",
        "map",
        "motion_picture",
        "pamphlet",
        "paper-conference",
        "personal_communication",
        "post",
        "post-weblog",
        "report",
        "review",
        "review-book",
        "song",
        "speech",
        "thesis",
        "webpage",
    }
)
OTHER_NAMES = {
    "journal-article": "article-journal",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "book-part": "chapter",
    "reference-entry": "entry-encyclopedia",
    "proceedings-article": "paper-conference",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "proceedings": "book",
    "posted-content": "article",
    "peer-review": "review",
    "dissertation": "thesis",
}
"""What Crossref calls the types of CSL."""
TEXTS = ("title", "container-title", "collection-title", "publisher", "publisher-place", "genre", "event-title")
NUMBERS = ("volume", "issue", "page", "edition", "number", "DOI", "ISBN", "ISSN", "language")
NAMES = ("author", "editor", "translator", "collection-editor", "container-author", "director")
DATES = ("issued", "original-date")
PARTS_OF_NAMES = ("family", "given", "literal", "suffix", "non-dropping-particle", "dropping-particle")
DOI = re.compile(r"\b10\.\d{4,9}/(?:\(SICI\)\S+|[^\s\"<>{}|\\^`\[\]]+)")
"""The older ones of journals may have angle brackets in them; anywhere else those are markup around it."""
_DOI_ADDRESS = re.compile(r"^(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)-?\d{1,4}(?!\d)")
_ISO_DATE = re.compile(r"(-?\d{1,4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?!\d)")
_NO_TAGS = Cleaner(tags=set(), attributes={})
_MARKUP = re.compile(r"<[a-zA-Z/!]|&\w+;|&#\w+;")
_MARKUP_SPACE = re.compile(r"(?<=\s)\s+")
_UNREADABLE = re.compile("\ufffd|[ÃÂ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿]")


class RecordFormat(StrEnum):
    """What a text can be."""

    DOI = "doi"
    CSL = "csl"
    BIBTEX = "bibtex"
    RIS = "ris"
    UNKNOWN = "unknown"


class SkipReason(StrEnum):
    """Why a part of a text is no reading."""

    UNREADABLE = "unreadable"
    """It breaks the rules of its format, such as by a brace that is never closed."""
    NO_TITLE = "no_title"
    TOO_MANY = "too_many"
    TWICE = "twice"
    """It stands in the same text before."""


@dataclass(frozen=True)
class Skipped:
    """A part of a text that became no record."""

    excerpt: str
    fault: SkipReason


@dataclass(frozen=True)
class Found:
    """What is in a text."""

    format: RecordFormat
    records: tuple[dict[str, Any], ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """The first of them."""
    skipped_count: int = 0
    doi: str = ""


def read(text: str) -> Found:
    """What is in a text of any of the formats; never raises, whatever the text is."""
    text = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff \n\t\0")
    if text[:1] in ("[", "{"):
        return _read_csl(text)
    if ris.looks_like_ris(text):
        return _gathered(RecordFormat.RIS, *ris.read_ris(text, MOST_READ))
    if bibtex.looks_like_bibtex(text):
        return _gathered(RecordFormat.BIBTEX, *bibtex.read_bibtex(text, MOST_READ))
    if len(text) <= MAX_DOI_TEXT and (doi := doi_of(text)):
        return Found(RecordFormat.DOI, doi=doi)
    return Found(RecordFormat.UNKNOWN)


def doi_of(text: str) -> str:
    """The first DOI at the beginning of a text, without what stands around it; empty where there is none."""
    found = DOI.search(text[:MAX_DOI_TEXT])
    doi = found[0].rstrip(".,;:'’”*_") if found else ""
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;")
    return doi if doi.partition("/")[2] else ""


def bare_doi(text: str) -> str:
    """A DOI without the address or the `doi:` that may stand before it."""
    return _DOI_ADDRESS.sub("", text)


def from_csl(csl: Any) -> dict[str, Any]:
    """The record of CSL-JSON from outside, whose texts may have markup and whose values may be lists."""
    return clean_record(_unmarked(csl)) if isinstance(csl, dict) else {}


def clean_record(csl: dict[str, Any]) -> dict[str, Any]:
    """A record of nothing but known fields, each of the shape that CSL gives it; what is not is left out."""
    kind = _line(csl.get("type"), MAX_NUMBER)
    kind = OTHER_NAMES.get(kind, kind)
    record: dict[str, Any] = {"type": kind if kind in TYPES else "document"}
    record |= {field: _line(csl.get(field), MAX_FIELD) for field in TEXTS}
    record |= {field: _line(csl.get(field), MAX_NUMBER * (4 if field == "DOI" else 1)) for field in NUMBERS}
    record |= {field: _names(csl.get(field)) for field in NAMES}
    record |= {field: _date(csl.get(field)) for field in DATES}
    record["DOI"] = bare_doi(record["DOI"])
    record["URL"] = url if (url := _line(csl.get("URL"), MAX_FIELD)).lower().startswith(("http://", "https://")) else ""
    return {field: value for field, value in record.items() if value}


def is_doubtful(csl: dict[str, Any]) -> bool:
    """Whether letters of it were lost on the way, as when a file is read in another encoding than it was written."""
    return _UNREADABLE.search(json.dumps(csl, ensure_ascii=False)) is not None


def keys_of(csl: dict[str, Any]) -> tuple[str, ...]:
    """The keys under which a work is known: its DOI; and its title, people and year."""
    doi, told = str(csl.get("DOI", "")).casefold(), _told(csl)
    return (doi, f"{told} with DOI") if doi else (told,)


def find_work(csl: dict[str, Any], known: Mapping[str, Known]) -> Known | None:
    """What is known, under `keys_of`, of the work that a record describes.

    Records of the same title, people and year describe one work, unless their DOIs differ.
    """
    doi, told = str(csl.get("DOI", "")).casefold(), _told(csl)
    keys = (doi, told) if doi else (told, f"{told} with DOI")
    return next((known[key] for key in keys if key in known), None)


def _told(csl: dict[str, Any]) -> str:
    """Title, people and year, as far as sources agree: the last names of the authors, else of the editors."""
    people = csl.get("author") or csl.get("editor") or []
    names = (str(name.get("family") or name.get("literal") or "").split() for name in people)
    last = sorted({_letters(words[-1]) for words in names if words})
    return f"{_letters(str(csl.get('title', '')))} {'+'.join(last)} {year_of(csl)}"


def _letters(text: str) -> str:
    return "".join(ch for ch in normalized("NFKD", text.casefold()) if ch.isalnum())


def year_of(csl: dict[str, Any]) -> str:
    """The year that it came out; empty where it has none."""
    parts = csl.get("issued", {}).get("date-parts") or [[]]
    return str(next(iter(parts[0]), None) or "")


def _read_csl(text: str) -> Found:
    try:
        value = read_json(text)
    except ValueError:
        return Found(RecordFormat.CSL, skipped=(Skipped(_excerpt(text), SkipReason.UNREADABLE),), skipped_count=1)
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        value = value["items"]
    items = value if isinstance(value, list) else [value]
    failed = [item for item in items if not isinstance(item, dict)]
    told = [json.dumps(item, ensure_ascii=False) for item in failed[:MAX_SKIPPED]]
    known = [item for item in items if isinstance(item, dict)]
    return _gathered(RecordFormat.CSL, known[:MOST_READ], told, len(known[MOST_READ:]) + len(failed[MAX_SKIPPED:]))


def _gathered(form: RecordFormat, raw: Iterable[dict[str, Any]], failed: Iterable[str], rest: int) -> Found:
    """The good records, each work once, and what was left out and why; `rest` of them were not even looked at."""
    good: list[dict[str, Any]] = []
    known: dict[str, bool] = {}
    skipped = [Skipped(_excerpt(text), SkipReason.UNREADABLE) for text in failed]
    for item in raw:
        record = from_csl(item)
        if fault := _fault(record, known, len(good)):
            skipped.append(Skipped(_excerpt(_words(record)), fault))
        else:
            good.append(record)
            known |= dict.fromkeys(keys_of(record), True)
    return Found(form, tuple(good), tuple(skipped[:MAX_SKIPPED]), len(skipped) + rest)


def _fault(record: dict[str, Any], known: Mapping[str, bool], before: int) -> SkipReason | None:
    if not record.get("title"):
        return SkipReason.NO_TITLE
    if find_work(record, known):
        return SkipReason.TWICE
    return SkipReason.TOO_MANY if before >= MAX_RECORDS else None


def _words(record: dict[str, Any]) -> str:
    names = [name.get("family") or name.get("literal") or "" for name in record.get("author", [])[:3]]
    return " ".join(part for part in (", ".join(names), year_of(record), record.get("title", "")) if part)


def _excerpt(text: str) -> str:
    line = clean_line(text[: MAX_EXCERPT * 4])
    return line if len(line) <= MAX_EXCERPT else f"{line[:MAX_EXCERPT].rstrip()}…"


def _unmarked(value: Any) -> Any:
    """Texts without tags and entities, all the way down; of lists of texts, the first."""
    if isinstance(value, str):
        value = value[: MAX_FIELD * 10]
        return _MARKUP_SPACE.sub("", unescape(_NO_TAGS.clean(value))) if _MARKUP.search(value) else value
    if isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        return _unmarked(texts[0]) if texts else [_unmarked(item) for item in value[: MAX_NAMES + 1]]
    if isinstance(value, dict):
        return {key: item if key == "date-parts" else _unmarked(item) for key, item in value.items()}
    return value


def _line(value: Any, limit: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean_line(str(value)[: limit * 10], limit)


def _names(value: Any) -> list[dict[str, str]]:
    people = [person for person in value if isinstance(person, dict)] if isinstance(value, list) else []
    names = [_name(person) for person in people[:MAX_NAMES]]
    return [name for name in names if name.get("family") or name.get("literal")]


def _name(person: dict[str, Any]) -> dict[str, str]:
    person = {**person, "literal": person.get("literal") or person.get("name")}  # as Crossref has bodies
    parts = {part: _line(person.get(part), MAX_NUMBER * 4) for part in PARTS_OF_NAMES}
    if not parts["family"]:
        literal = parts["literal"] or parts["given"]
        return {"literal": literal} if literal else {}
    return {part: text for part, text in parts.items() if text and part != "literal"}


def _date(value: Any) -> dict[str, Any]:
    """Year, and month and day where both are sound; of a span, its beginning."""
    if not isinstance(value, dict):
        return {}
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [int(match[0]) for part in first[:3] if (match := _YEAR.fullmatch(_line(part, 20)))]
    text = _line(value.get("raw") or value.get("literal"), MAX_NUMBER) if not numbers else ""
    if iso := _ISO_DATE.match(text):
        numbers = [int(part) for part in iso.groups() if part]
    elif year := re.search(r"(?<!\d)\d{4}(?!\d)", text):
        numbers = [int(year[0])]
    return {"date-parts": [_sound(numbers)]} if numbers and numbers[0] else {}


def _sound(numbers: list[int]) -> list[int]:
    if len(numbers) < 2 or not 1 <= numbers[1] <= 12:
        return numbers[:1]
    return numbers[:3] if len(numbers) > 2 and 1 <= numbers[2] <= 31 else numbers[:2]
