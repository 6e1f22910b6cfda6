"""The values of BibTeX's fields: strings joined by #, abbreviations, and what an entry inherits from another.

An entry is read when it is asked for, and every value has a length limit, since a few lines can name texts of any
length by abbreviations of abbreviations.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from bibtexparser.model import Entry

MAX_RAW = 20_000
"""Characters of a value that are looked at."""
MAX_JOINED = 8000
MAX_MADE = 4_000_000
"""Characters of all values of a file that are made by joining."""
MAX_PIECES = 200
MAX_DEPTH = 10
"""Abbreviations of abbreviations, and entries that inherit from one another."""
PARTS = frozenset(
    {"inbook", "incollection", "inproceedings", "conference", "inreference", "suppbook", "suppcollection"}
)
"""Entries whose work is a part of the one that they refer to: its title is their `booktitle`."""
ISSUES = frozenset({"article", "suppperiodical"})
"""Entries whose journal may have an entry of its own."""
OF_THE_PARENT_ALONE = frozenset(
    {"doi", "url", "howpublished", "pages", "crossref", "xref", "xdata", "ids", "label", "shorthand", "options"}
    | {"entryset", "execute", "presort", "sortkey", "subtitle", "titleaddon", "shorttitle", "key", "file", "abstract"}
)
"""Fields that say something of the parent as a whole, and nothing of its part."""


class BibtexValues:
    """The values of those fields of a file's entries that have one of these names."""

    def __init__(self, entries: Iterable[Entry], strings: Mapping[str, str], names: Collection[str]) -> None:
        self._strings, self._names = strings, {*names, "crossref", "xdata"}
        self._known: dict[str, str] = {}
        self._read: dict[int, dict[str, str]] = {}
        self._left = MAX_MADE
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self._entries.setdefault(entry.key.lower(), entry)

    def of(self, entry: Entry, depth: int = 0) -> dict[str, str]:
        """The values of an entry by lower-case name, those included that it inherits by `xdata` and `crossref`."""
        if (known := self._read.get(id(entry))) is not None:
            return known
        raw = {field.key.lower(): str(field.value) for field in entry.fields}
        own = {name: self._joined(value) for name, value in raw.items() if name in self._names}
        self._read[id(entry)] = values = _filled(own)  # for entries that inherit from one another
        if depth < MAX_DEPTH:
            for key in values.get("xdata", "").split(",")[:MAX_DEPTH]:
                if source := self._entries.get(key.strip().lower()):
                    values = {**self.of(source, depth + 1), **values}
            if parent := self._entries.get(values.get("crossref", "").strip().lower()):
                inherited = _inherited(entry.entry_type.lower(), parent.entry_type.lower(), self.of(parent, depth + 1))
                values = {**inherited, **values}
        self._read[id(entry)] = values
        return values

    def _joined(self, raw: str, depth: int = 0) -> str:
        """What a value says. A word that abbreviates nothing, such as a month, stays as it is."""
        pieces = [
            self._string(text, depth) if is_name else text
            for text, is_name in islice(_parts(raw[:MAX_RAW]), MAX_PIECES)
        ]
        if len(pieces) == 1:
            return pieces[0]
        made = "".join(pieces)[: min(MAX_JOINED, self._left)]
        self._left -= len(made)
        return made

    def _string(self, name: str, depth: int) -> str:
        key = name.lower()
        if key not in self._strings or depth >= MAX_DEPTH:
            return name
        if key not in self._known:
            self._known[key] = self._joined(self._strings[key], depth + 1)
        return self._known[key]


def _inherited(kind: str, parent_kind: str, values: Mapping[str, str]) -> dict[str, str]:
    """What an entry has from the one that it refers to, by the rules of BibLaTeX, which name more than BibTeX's."""
    found = {name: value for name, value in values.items() if name not in OF_THE_PARENT_ALONE}
    title = ": ".join(part for part in (values.get("title", ""), values.get("subtitle", "")) if part.strip())
    if kind in PARTS and kind != parent_kind:
        found.pop("title", None)
        found.setdefault("booktitle", title)
    elif kind in ISSUES:
        found.pop("title", None)
        if parent_kind == "periodical":
            found.setdefault("journaltitle", title)
    return found


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value.strip()}


def _parts(raw: str) -> Iterator[tuple[str, bool]]:
    """The parts between the signs #, without their braces or quotation marks; and whether each is a name."""
    start, depth, quoted = 0, 0, False
    for at, sign in enumerate(raw):
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= depth > 0
        elif sign == '"' and depth == 0:
            quoted = not quoted
        elif sign == "#" and depth == 0 and not quoted:
            yield _part(raw[start:at])
            start = at + 1
    yield _part(raw[start:])


def _part(raw: str) -> tuple[str, bool]:
    text = raw.strip()
    if len(text) > 1 and text[0] + text[-1] in ("{}", '""'):
        inner = text[1:-1]
        # Some programs write both: title = {"Managers and Leaders"}.
        both = len(inner) > 1 and text[0] == "{" and inner[0] == inner[-1] == '"' and inner.count('"') == 2
        return (inner[1:-1] if both else inner), False
    return text, not text.isdigit()
