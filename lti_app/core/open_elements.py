"""The elements that are open at a place of some HTML, as browsers see it, whatever is missing, crossed or left over.

The rules are those of https://html.spec.whatwg.org/multipage/parsing.html, as far as they open and close elements.
Where they depend on more than is known here, an element rather stays open.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _names(
    "area base basefont bgsound br col embed frame hr img image input keygen link meta param source track wbr"
)
ONCE = _names("html head body frameset")
"""Are there once, however often they are written."""
_HEADINGS = _names("h1 h2 h3 h4 h5 h6")
_FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
_CELLS = _names("td th")
_ROW_GROUPS = _names("tbody thead tfoot")
_OF_TABLES = _names("caption colgroup tr") | _CELLS | _ROW_GROUPS
_TABLE_CONTEXT = _names("table tr") | _ROW_GROUPS
_IN_TABLES = _names("script style template form input col table") | _OF_TABLES
_FOREIGN = _names("svg math")
_BACK_IN_HTML = {"svg": _names("foreignobject desc title"), "math": _names("mi mo mn ms mtext")}
_NEVER_BACK = _names("mglyph malignmark")
_FONT_OF_HTML = _names("color face size")
"""Attributes without which a font may belong to a drawing."""
_ENCODINGS_OF_HTML = _names("text/html application/xhtml+xml")
_LEAVES_FOREIGN = _HEADINGS | _names(
    "b big blockquote body br center code dd div dl dt em embed head hr i img li listing menu meta nobr ol p pre ruby "
    "s small span strong strike sub sup table tt u ul var font"
)
_WALLS = _names("table caption applet marquee object template select") | _CELLS
"""What a tag outside of tables does not look past for what it closes."""
_PARAGRAPH_WALLS = _WALLS | {"button"}
_LIST_WALLS = _WALLS | {"ul", "ol"}
_TABLE_WALLS = _names("table template")
_MARKERS = _names("caption applet marquee object template") | _CELLS
"""Formatting that begins in one of these ends with it."""
_KEPT_MARKERS = _names("applet marquee object")
"""Unless they are ended themselves, what began before them can no longer be ended."""
_ENDS_PARAGRAPH = _HEADINGS | _names(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form header "
    "hgroup hr li dd dt listing main menu nav ol p plaintext pre search section summary ul xmp"
)
_SPECIAL = (
    _ENDS_PARAGRAPH | _OF_TABLES | _WALLS | _names("button iframe noembed noframes noscript script style textarea")
)
_ENDS_NO_ITEM = _SPECIAL - _names("address div p")
_IMPLIED = _names("dd dt li optgroup option p rb rp rt rtc")
_RUBY = _names("rb rp rt rtc")
_BEGINS_NO_FORMATTING = (
    _ENDS_PARAGRAPH
    | _OF_TABLES
    | _RUBY
    | ONCE
    | _names("table base basefont bgsound frame link meta param source track template textarea iframe noembed noframes")
    | _names("noscript script style title")
) - {"xmp"}
"""Where these begin, formatting of a block before does not yet go on."""
_PASSED = 7
"""Blocks past which the end of formatting still ends it."""
_ALIKE = 3
"""Equal pieces of formatting that go on in the next block."""


@dataclass
class Open:
    """An element that is open."""

    name: str
    language: str = ""
    """Of a part of a drawing or a formula: svg, math."""
    is_foreign: bool = False
    """Whether what comes in it belongs to the same drawing or formula."""

    @property
    def is_special(self) -> bool:
        """Whether the end of what is no block, such as a span, does not end this too."""
        return not self.is_foreign or self.name == "annotation-xml" if self.language else self.name in _SPECIAL


@dataclass
class _Format:
    """Formatting that goes on until its end, whatever blocks begin and end before."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    level: int
    """How many elements were open around it."""
    is_open: bool = True
    """Otherwise what it began in has ended; it begins anew with the next text."""


class OpenElements:
    """Follows the tags of a document."""

    def __init__(self) -> None:
        self.open: list[Open] = []
        self.formats: list[_Format] = []
        self.form: Open | None = None
        """The form that an end tag ends, whether or not it is still open."""
        self.tables = 0

    @property
    def depth(self) -> int:
        """How many are open, with the body and the row that a table may have without their tags."""
        return len(self.open) + len(self.formats) + 2 * self.tables

    @property
    def is_foreign(self) -> bool:
        """Whether what comes next belongs to a drawing or a formula."""
        return bool(self.open) and self.open[-1].is_foreign

    @property
    def is_right_in_table(self) -> bool:
        """Whether what comes next has no place where it stands, and is moved in front of the table."""
        return self._top in _TABLE_CONTEXT

    def takes(self, name: str) -> bool:
        """Whether this has a place right in a table."""
        return name in _IN_TABLES

    def text(self) -> None:
        """Formatting of a block before goes on with the first text of the next one."""
        if all(each.is_open for each in self.formats):
            return
        marker = max((place for place, each in enumerate(self.open) if each.name in _MARKERS), default=-1)
        for each in self.formats:
            if not each.is_open and each.level > marker:
                each.level, each.is_open = len(self.open), True

    def begin(self, name: str, attributes: Mapping[str, str], *, closes_itself: bool) -> None:
        """Follow a start tag."""
        if self.is_foreign:
            if name not in _LEAVES_FOREIGN or (name == "font" and not attributes.keys() & _FONT_OF_HTML):
                if not closes_itself:
                    self._push(name, attributes)
                return
            self._leave_foreign()
        if name in _FORMATTING:
            if name in ("a", "nobr"):
                self._end_format(name)
            self.text()
            self.formats.append(_Format(name, tuple(attributes.items()), len(self.open)))
            return
        if name in ("input", "keygen", "textarea"):
            self._close(frozenset({"select"}), _WALLS)
        if name in ("option", "optgroup") or not self._is_within("select"):  # where browsers differ
            self._close_before(name)
        if name not in _BEGINS_NO_FORMATTING:
            self.text()
        if not self._is_passed_over(name):
            self._push(name, attributes)

    def end(self, name: str) -> None:
        """Follow an end tag."""
        if self._closes_foreign(name):
            return
        if name in ("p", "br"):
            self._leave_foreign()
        if name == "br":  # is taken for <br>
            self.text()
        elif name in _FORMATTING:
            self._end_format(name)
        elif name == "form":
            self._end_form()
        elif name in ("option", "optgroup"):
            self._close_innermost(frozenset({name}))
        else:
            names, walls = self._closed_by(name)
            self._close(names, walls)

    def _closed_by(self, name: str) -> tuple[frozenset[str], frozenset[str]]:
        """What an end tag ends, and what it does not look past."""
        if name in _HEADINGS:
            return _HEADINGS, _WALLS
        if name in _OF_TABLES or name == "table":
            return frozenset({name}), _TABLE_WALLS
        special = {"li": _LIST_WALLS, "p": _PARAGRAPH_WALLS, "template": frozenset[str]()}
        walls = special.get(name, _WALLS if name in _SPECIAL else _WALLS | _SPECIAL)
        return frozenset({name}), walls

    def _is_passed_over(self, name: str) -> bool:
        """Whether this opens nothing where it stands."""
        if name in VOID or name in ONCE:
            return True
        if name == "select":
            return self._close(frozenset({name}), _WALLS)
        if name == "form":
            return self.form is not None and not self._is_within("template")
        return name in _OF_TABLES and not self._is_within("table", "template")

    def _is_within(self, *names: str) -> bool:
        return any(each.name in names for each in self.open)

    def _close_before(self, name: str) -> None:
        """What ends because this begins."""
        if name in _ENDS_PARAGRAPH:
            self._close(frozenset({"p"}), _PARAGRAPH_WALLS)
        if name in ("li", "dd", "dt"):
            self._close(frozenset({"li"} if name == "li" else {"dd", "dt"}), _ENDS_NO_ITEM)
        elif name == "button":
            self._close(frozenset({name}), _WALLS)
        elif name == "table":
            self._close(frozenset({name}), _MARKERS)
        elif name in _OF_TABLES:
            self._back_to_table(name)
        elif name in _HEADINGS:
            self._close_innermost(_HEADINGS)
        elif name in ("option", "optgroup"):
            self._close_innermost(frozenset({"option"}))
        elif name in _RUBY and self._place_of(frozenset({"ruby"}), _WALLS) is not None:
            while self._close_innermost(_IMPLIED):
                pass

    def _back_to_table(self, name: str) -> None:
        """A cell ends all that is open in its row, a row all that is open in its table."""
        stops = {"table", *(_ROW_GROUPS if name == "tr" or name in _CELLS else ()), *(["tr"] if name in _CELLS else ())}
        place = self._place_of(frozenset(stops), frozenset({"template"}))
        if place is not None:
            self._pop_to(place + 1)

    def _leave_foreign(self) -> None:
        while self.is_foreign:
            self._pop_to(len(self.open) - 1)

    def _closes_foreign(self, name: str) -> bool:
        """Close a part of a drawing or a formula, unless something of HTML stands in it."""
        if self._is_innermost_formatting():
            return False
        for place in range(len(self.open) - 1, -1, -1):
            if not self.open[place].language:
                return False
            if self.open[place].name == name:
                self._pop_to(place)
                return True
        return False

    def _end_form(self) -> None:
        """A form ends alone: what is open in it stays open."""
        ended, self.form = self.form, None
        if self._is_within("template"):
            self._close(frozenset({"form"}), _WALLS)
            return
        place = self._place_of(frozenset({"form"}), _WALLS)
        if place is not None and self.open[place] is ended:
            while len(self.open) > place + 1 and self._close_innermost(_IMPLIED):
                pass
            del self.open[place]
            for each in self.formats:
                each.level -= each.level > place

    def _end_format(self, name: str) -> None:
        for place in range(len(self.formats) - 1, -1, -1):
            each = self.formats[place]
            if each.name == name:
                blocks = [one for one in self.open[each.level :] if one.is_special]
                if len(blocks) <= _PASSED and not any(one.name in _WALLS or one.language for one in blocks):
                    del self.formats[place]
                    self._pop_to(len(self.open) if blocks or not each.is_open else each.level)
                return

    def _is_innermost_formatting(self) -> bool:
        return any(each.is_open and each.level == len(self.open) for each in self.formats)

    @property
    def _top(self) -> str:
        return self.open[-1].name if self.open else ""

    def _place_of(self, names: frozenset[str], walls: frozenset[str]) -> int | None:
        """Where the innermost element of these names is, unless it stands behind a wall."""
        for place in range(len(self.open) - 1, -1, -1):
            each = self.open[place]
            if each.language and each.is_special:
                return None
            if not each.language:
                if each.name in names:
                    return place
                if each.name in walls:
                    return None
        return None

    def _close(self, names: frozenset[str], walls: frozenset[str]) -> bool:
        """Close the innermost of these names with all in it, unless it stands behind a wall."""
        place = self._place_of(names, walls)
        if place is not None:
            self._pop_to(place)
        return place is not None

    def _close_innermost(self, names: frozenset[str]) -> bool:
        """Close the innermost element if it has such a name."""
        closes = not self._is_innermost_formatting() and self._top in names
        if closes:
            self._pop_to(len(self.open) - 1)
        return closes

    def _push(self, name: str, attributes: Mapping[str, str]) -> None:
        around = self.open[-1] if self.open else Open("")
        language = name if name in _FOREIGN else around.language if around.is_foreign else ""
        if name in _NEVER_BACK and around.language == "math":
            language = "math"
        is_foreign = language != "" and name not in _BACK_IN_HTML[language]
        if name == "annotation-xml" and attributes.get("encoding") in _ENCODINGS_OF_HTML:
            is_foreign = False
        self.open.append(Open(name, language, is_foreign))
        self.tables += name == "table"
        if name == "form":
            self.form = self.open[-1]

    def _pop_to(self, place: int) -> None:
        """Close what is open from a place on. Formatting in it goes on, apart from that in cells and the like."""
        for level in range(len(self.open) - 1, place - 1, -1):
            closed = self.open.pop()
            self.tables -= closed.name == "table"
            if closed.name in _MARKERS:
                self.formats = [each for each in self.formats if each.level <= level]
            if closed.name in _KEPT_MARKERS and level > place:
                for each in self.formats:
                    each.name = ""  # nothing ends it any more
        alike: Counter[object] = Counter()
        for each in [each for each in self.formats if each.level > place]:
            each.level, each.is_open = place, False
            alike[each.name, each.attributes] += 1
            if alike[each.name, each.attributes] > _ALIKE:
                self.formats.remove(each)
