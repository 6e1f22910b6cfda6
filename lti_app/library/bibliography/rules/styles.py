"""References: a CSL-JSON record written out in a citation style. The styles are those of https://citationstyles.org."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from threading import Lock
from typing import Any

from citeproc import VARIABLES, Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.model import CitationStylesElement, Names, Parent
from citeproc.model import Label as _Label
from citeproc.source import Reference, VariableError
from citeproc.source.json import CiteProcJSON

from lti_app.core.cleaning import Cleaner
from lti_app.core.recent import RecentlyUsed
from lti_app.core.resources import resource
from lti_app.course.courses.rules import CitationStyle


@dataclass(frozen=True)
class _Manner:
    """What the processor is told of a style, and what it leaves to us."""

    file: str
    locale: str
    quotes: str
    """Outer and inner quotation marks, opening and closing."""
    points_inside: bool
    """Whether full stops and commas stand inside closing quotation marks."""
    initials: bool
    """Whether given names are shortened; the processor does not see where a style says otherwise for a list."""


_AMERICAN, _BRITISH = "“”‘’", "‘’“”"
_MANNERS = {
    CitationStyle.APA: _Manner("apa", "en-US", _AMERICAN, points_inside=True, initials=True),
    CitationStyle.MLA: _Manner("modern-language-association", "en-US", _AMERICAN, points_inside=True, initials=False),
    CitationStyle.CHICAGO: _Manner("chicago-author-date", "en-US", _AMERICAN, points_inside=True, initials=False),
    CitationStyle.HARVARD: _Manner("harvard-cite-them-right", "en-GB", _BRITISH, points_inside=False, initials=True),
}
_CLEANER = Cleaner(tags={"i", "b"}, attributes={})
_DOUBLE_QUOTED = re.compile(r'(?<!\w)"([^"]*)"(?!\w)')
_CURLED_QUOTED = re.compile("“([^”]*)”")
_TAGS = r"(?:</?[ib]>)*"
_STOP_AFTER_MARK = re.compile(rf"([?!][”’]*{_TAGS})\.")
_COMMA_AFTER_MARK = re.compile(rf"([?!][”’]*{_TAGS}),")
_TWO_STOPS = re.compile(rf"(?<!\.)\.({_TAGS})\.(?!\.)")
_POINT_OUTSIDE = re.compile(rf"(?<![”’])([”’]+)({_TAGS})([.,])")
_OPEN, _CLOSE = "\ue000 ", "\ue001"
"""Stand for quotation marks while the processor works, which capitalises no word that begins with one."""
_STAND_INS = frozenset({"title", "title_short", "editor", "translator", "collection_editor", "director"})
_SHOWN_ELSEWHERE = frozenset({"URL", "DOI"})
_KNOWN = frozenset(VARIABLES)
"""What the processor has heard of."""
_NUMBERLESS = " (Publication)"
"""What the processor leaves of the number of a thesis that has none."""
_ONE_AT_A_TIME = Lock()
"""The processor keeps what it is working on in the style, which threads share."""


class _Record(Reference):
    """A record of which nothing is written twice: what stands in for a missing author is spent."""

    def __init__(self, key: str, kind: str, **fields: Any) -> None:
        super().__init__(key, kind, **fields)
        self.asked: set[str] = set()
        self.spent: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        if name in dict.get(self, "spent", ()):
            raise VariableError
        value = super().__getitem__(name)
        asked: set[str] = dict.get(self, "asked", set())
        asked.add(name)
        return value


class _Source(CiteProcJSON):
    """Makes records of our kind."""

    def add(self, entry: Reference) -> None:
        fields = {name: value for name, value in entry.items() if name not in ("key", "type")}
        self[entry.key] = _Record(entry.key, entry.type, **fields)


class Substitute(CitationStylesElement, Parent):
    """What stands in for a missing author.

    The processor takes the class of this name for the element of this name. Its own forgets how names are to be
    written inside conditions, and repeats editors and titles that have already been written in the author's place.
    """

    def render(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        """The first of the children that has something to say."""
        names = self.getparent()
        for child in self:
            kwargs["names_context"] = child if isinstance(child, Names) and child.name is not None else names
            item.reference.asked.clear()
            try:
                text = child.render(item, context=context, **kwargs)
            except VariableError:
                continue
            if text:
                item.reference.spent.update(item.reference.asked & _STAND_INS)
                return text
        return None


def reference_html(csl: dict[str, Any], style: CitationStyle, *, whole: bool = False) -> str:
    """The reference of a record as safe HTML, with no more markup than italics and bold.

    Without its web address, which pages show as a link of their own, unless it is to be the whole reference.
    """
    record = json.dumps(csl, sort_keys=True)
    reference = _written.get((record, style, whole))
    if reference is None:
        reference = _write(csl, style, whole=whole)
        _written.put((record, style, whole), reference, len(record) + len(reference))
    return reference


_written: RecentlyUsed[tuple[str, CitationStyle, bool], str] = RecentlyUsed(1_000_000)
"""By what they were written of, in letters: the processor takes 7 ms for one, in which no other thread may use it."""


def _write(csl: dict[str, Any], style: CitationStyle, *, whole: bool) -> str:
    manner = _MANNERS[style]
    left_out = frozenset() if whole else _SHOWN_ELSEWHERE
    shown = {field: _prepared(csl[field]) for field in csl.keys() - left_out if field.replace("-", "_") in _KNOWN}
    source = _Source([{"type": csl.get("type", "document"), **shown, "id": "r"}])
    with _ONE_AT_A_TIME:
        bibliography = CitationStylesBibliography(_style(style), source, formatter.html)
        bibliography.register(Citation([CitationItem("r")]))
        written = "".join(map(str, bibliography.bibliography()))
    inner = manner.quotes[2:] if manner.quotes[0] in written else manner.quotes[:2]
    written = written.replace(_OPEN, inner[0]).replace(_CLOSE, inner[1])
    if csl.get("type") == "thesis" and not csl.get("number"):
        written = written.replace(_NUMBERLESS, "")
    return _CLEANER.clean(_pointed(written, manner))


def in_all_styles(csl: dict[str, Any]) -> dict[CitationStyle, str]:
    """The whole reference in every style, with its address."""
    return {style: reference_html(csl, style, whole=True) for style in CitationStyle}


class Label(_Label, CitationStylesElement):
    """The word beside a number (vol., edition), which the processor writes even where there is no number."""

    def process(self, item: Any, variable: str | None = None, *given: Any, **kwargs: Any) -> Any:
        """The word, where the record has what it is for."""
        beside = self.get("variable", "locator")
        if variable is None and beside != "locator" and beside.replace("-", "_") not in item.reference:
            raise VariableError
        return super().process(item, variable, *given, **kwargs)


@lru_cache
def _style(style: CitationStyle) -> CitationStylesStyle:
    """A style, told in a way that the processor understands."""
    manner = _MANNERS[style]
    path = resource("config", "citation_styles", f"{manner.file}.csl")
    loaded = CitationStylesStyle(str(path), locale=manner.locale, validate=False)
    if not manner.initials:
        loaded.root.attrib.pop("initialize-with", None)
    for label in loaded.root.iter("{*}label"):
        if label.get("text-case") == "title":  # which it does not know of labels: (eds.) for (Eds.)
            label.set("text-case", "capitalize-first")
    return loaded


def _prepared(value: Any) -> Any:
    """A value of the record for the processor: escaped, its quotation marks marked for what they become."""
    if isinstance(value, str):
        marked = _DOUBLE_QUOTED.sub(rf"{_OPEN}\1{_CLOSE}", value)
        marked = _CURLED_QUOTED.sub(rf"{_OPEN}\1{_CLOSE}", marked)
        return escape(marked.replace("'", "’"), quote=False)
    if isinstance(value, list):
        return [_prepared(item) for item in value]
    if isinstance(value, dict):
        return {key: _prepared(item) for key, item in value.items()}
    return value


def _pointed(written: str, manner: _Manner) -> str:
    """One point where two would meet, and each on its side of a quotation mark."""
    if manner.points_inside:
        written = _COMMA_AFTER_MARK.sub(r"\1", _POINT_OUTSIDE.sub(r"\3\1\2", written))
        written = re.sub(rf"([?!])[.,]([”’]+{_TAGS})", r"\1\2", written)
    return _TWO_STOPS.sub(r".\1", _STOP_AFTER_MARK.sub(r"\1", written))
