"""BibTeX and BibLaTeX as CSL-JSON. What is LaTeX in them becomes plain text."""

import re
from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import NameParts, parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerParseError

from lti_app.library.bibliography.rules.bibtex_values import BibtexValues

TYPES = {
    "article": "article-journal",
    "suppperiodical": "article-journal",
    "book": "book",
    "mvbook": "book",
    "collection": "book",
    "proceedings": "book",
    "booklet": "pamphlet",
    "inbook": "chapter",
    "incollection": "chapter",
    "inreference": "entry-encyclopedia",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "techreport": "report",
    "report": "report",
    "manual": "report",
    "online": "webpage",
    "electronic": "webpage",
    "www": "webpage",
    "unpublished": "manuscript",
    "video": "motion_picture",
    "movie": "motion_picture",
}
FIELDS = {
    "container-title": ("journaltitle", "journal", "booktitle", "maintitle"),
    "collection-title": ("series",),
    "publisher": ("publisher", "school", "institution", "organization"),
    "publisher-place": ("address", "location"),
    "volume": ("volume",),
    "page": ("pages",),
    "edition": ("edition",),
    "language": ("langid", "language"),
}
VERBATIM = {"DOI": ("doi",), "URL": ("url", "howpublished"), "ISBN": ("isbn",), "ISSN": ("issn",)}
GENRES = {"phdthesis": "PhD thesis", "mastersthesis": "Master’s thesis"}
NO_RECORDS = frozenset({"xdata", "set"})
"""Entries that hold data of others, and are no works."""
PEOPLE = ("author", "editor", "translator")
OTHER_FIELDS = ("title", "subtitle", "type", "number", "issue", "date", "year", "month")
MAX_VALUE = 2000
"""Characters of one field that are looked at; undoing LaTeX takes ever longer the longer a text is."""
MAX_NAMES = 8000
MAX_ENTRIES = 5_000
"""Entries that are told apart. To find out what is wrong with a broken one takes as long as to read ten good ones."""
_NAMES = frozenset().union(*FIELDS.values(), *VERBATIM.values(), PEOPLE, OTHER_FIELDS)
_TWICE = (DuplicateFieldKeyBlock, DuplicateBlockKeyBlock)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ESCAPED = re.compile(r"\\([_%&#$~{}])")
_URL_MACRO = re.compile(r"\\url\s*\{([^{}]*)\}")
_ORDINAL = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7"}
_ENTRIES = re.compile(r"@\s*\w+\s*[{(]")
_KEY = re.compile(r"(@\s*\w+\s*[{(])\s*+([^,\s{}()=\"]*)\s*,")
_LATEX = LatexNodes2Text(math_mode="text", keep_comments=False, strict_latex_spaces=False)


def looks_like_bibtex(text: str) -> bool:
    """Whether there is an entry in it."""
    return _ENTRIES.search(text) is not None


def read_bibtex(text: str, limit: int) -> tuple[list[dict[str, Any]], list[str], int]:
    """The records of the first entries that could be read, the beginnings of those that could not, and how many are
    left: undoing LaTeX takes its time, so that nothing is done for more than the caller wants."""
    text, unread = _first_entries(text)
    library = parse_string(_with_own_keys(text), parse_stack=[])
    entries: list[Entry] = []
    strings: dict[str, str] = {}
    failed: list[str] = []
    for block in library.blocks:
        known = block.ignore_error_block if isinstance(block, _TWICE) else block
        if isinstance(known, Entry):
            entries.append(known)
        elif isinstance(known, String):
            strings[known.key.lower()] = known.value
        elif isinstance(block, ParsingFailedBlock):
            failed.append((block.raw or "").strip())
    values = BibtexValues(entries, strings, _NAMES)
    records = [entry for entry in entries if entry.entry_type.lower() not in NO_RECORDS]
    return [_record(entry, values.of(entry)) for entry in records[:limit]], failed, len(records[limit:]) + unread


def _first_entries(text: str) -> tuple[str, int]:
    """The text up to MAX_ENTRIES, and how many more entries it has."""
    begins = [found.start() for found in _ENTRIES.finditer(text)]
    rest = begins[MAX_ENTRIES:]
    return (text[: rest[0]] if rest else text), len(rest)


def plain(value: Any, limit: int = MAX_VALUE) -> str:
    """A field's value without LaTeX: M{\\"u}ller is Müller; what cannot be understood only loses its braces."""
    text = str(value)[:limit]
    if not re.search(r"[\\{}$~%]|--", text):
        return text
    try:
        text = _LATEX.latex_to_text(re.sub(r"(?<!\\)([%&])", r"\\\1", text))
    except (LatexWalkerParseError, RecursionError, ValueError, IndexError, AttributeError):
        text = re.sub(r"[{}\\]", "", text)
    return str(text)


def _with_own_keys(text: str) -> str:
    """The text with a key for each entry, where two have the same or one has none: to us keys mean nothing."""
    taken: set[str] = set()

    def own(found: re.Match[str]) -> str:
        key = found[2] if found[2] and found[2] not in taken else f"{found[2]}-{len(taken)}"
        taken.add(key)
        return f"{found[1]}{key},"

    return _KEY.sub(own, text)


def _record(entry: Entry, values: dict[str, str]) -> dict[str, Any]:
    kind = entry.entry_type.lower()
    record: dict[str, Any] = {"type": TYPES.get(kind, "webpage" if "url" in values else "document")}
    record["title"] = ": ".join(
        part for part in (plain(values.get("title", "")).strip(), plain(values.get("subtitle", "")).strip()) if part
    )
    for field, sources in FIELDS.items():
        record[field] = plain(_first(values, sources))
    for field, sources in VERBATIM.items():
        record[field] = _verbatim(_first(values, sources))
    for field in PEOPLE:
        record[field] = _names(values.get(field, ""))
    record["page"] = re.sub(r"(?<!\s)\s*[-–—]+\s*", "-", record["page"])
    record["edition"] = _ORDINAL.get(record["edition"].strip().lower(), record["edition"])
    record["number" if record["type"] == "report" else "issue"] = plain(values.get("number", values.get("issue", "")))
    record["genre"] = plain(values.get("type", "")) or GENRES.get(kind, "")
    record["issued"] = _date(values)
    return record


def _first(values: dict[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if values.get(name, "").strip()), "")


def _verbatim(value: str) -> str:
    """An address or a number: only what LaTeX makes its writers escape is undone."""
    macro = _URL_MACRO.search(value)
    return _ESCAPED.sub(r"\1", macro[1] if macro else value)[:MAX_VALUE].strip("{} \n")


def _date(values: dict[str, str]) -> dict[str, Any]:
    """`date` as BibLaTeX writes it, else year and month."""
    date = plain(values.get("date", "")).split("/")[0]
    if re.match(r"-?\d{4}", date):
        return {"raw": date}
    month = plain(values.get("month", "")).strip().lower()[:3]
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month) if re.fullmatch(r"\d\d?", month) else 0
    return {"date-parts": [[plain(values.get("year", "")), *([number] if number else [])]]}


def _names(text: str) -> list[dict[str, str]]:
    people = split_multiple_persons_names(text[:MAX_NAMES]) if text.strip() else []
    return [_name(person) for person in people if person.strip().lower() not in ("others", "")]


def _name(person: str) -> dict[str, str]:
    """{World Bank} in braces is one name; else BibTeX's own rules part it."""
    person = person.strip()
    if re.fullmatch(r"\{[^{}]*\}", person):
        return {"literal": plain(person)}
    parts: NameParts = parse_single_name_into_parts(person, strict=False)
    name = {
        "family": plain(" ".join(parts.last)),
        "given": plain(" ".join(parts.first)),
        "non-dropping-particle": plain(" ".join(parts.von)),
        "suffix": plain(" ".join(parts.jr)),
    }
    return {key: value for key, value in name.items() if value.strip()}
