"""HTML as a browser's parser sees it: a strict little tree, and what must be true of each of our pages."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
INLINE = frozenset(["a", "b", "i", "cite", "code", "em", "span", "time", "q", "output", "mark", "kbd"])
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CONTROLS = ("input", "select", "textarea", "meter", "output")
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "poster")
NO_ICON = "data:,"
"""Keeps browsers from asking for an icon."""
REFERENCES = ("for", "aria-labelledby", "aria-describedby")


class Element:
    """A tag with its attributes and what stands in it."""

    def __init__(self, tag: str, attrs: dict[str, str], parent: "Element | None" = None) -> None:
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.children: list[Element | str] = []

    def walk(self) -> Iterator["Element"]:
        """All elements below this one, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, *tags: str, **attrs: str) -> list["Element"]:
        """The elements below with one of these tags and all these attributes (`class_` holds one class)."""
        wanted_class = attrs.pop("class_", "")
        return [
            element
            for element in self.walk()
            if (not tags or element.tag in tags)
            and all(element.attrs.get(name) == value for name, value in attrs.items())
            and (not wanted_class or wanted_class in element.classes)
        ]

    def one(self, *tags: str, **attrs: str) -> "Element":
        """The only such element."""
        found = self.all(*tags, **attrs)
        assert len(found) == 1, f"{len(found)} of {tags} {attrs}"
        return found[0]

    def ancestors(self) -> Iterator["Element"]:
        """The elements around this one, the nearest first."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    @property
    def classes(self) -> list[str]:
        return self.attrs.get("class", "").split()

    @property
    def raw(self) -> str:
        """The text as it stands."""
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    @property
    def written(self) -> str:
        """What one has written in a textarea, whose first line break belongs to the markup."""
        return self.raw.replace("\r\n", "\n").removeprefix("\n")

    @property
    def text(self) -> str:
        """The text in one line."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                apart = "" if child.tag in INLINE else " "
                yield from (apart, *child._pieces(), apart)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("document", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        twice = [name for name, count in Counter(name for name, _ in attrs).items() if count > 1]
        assert not twice, f"<{tag}> has {twice} twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.here.tag, f"</{tag}> ends <{self.here.tag}> at {self.getpos()}"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parse(html: str) -> Element:
    """The tree of a page; fails for tags that are not closed in their order."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.here is builder.root, f"<{builder.here.tag}> is not closed"
    return builder.root


def faults(page: Element) -> list[str]:
    """What is wrong with a page of ours, each in words; empty when nothing is."""
    return [
        *_running_code(page),
        *_unprotected_forms(page),
        *_nameless_controls(page),
        *_bad_headings(page),
        *_bad_ids(page),
        *_frame_faults(page),
    ]


def _running_code(page: Element) -> Iterator[str]:
    for element in page.walk():
        if element.tag == "style" or (element.tag == "script" and (not element.attrs.get("src") or element.raw)):
            yield f"inline <{element.tag}>"
        for name, value in element.attrs.items():
            if name.startswith("on") or name == "style":
                yield f"{name} on <{element.tag}>"
            runs = name in ADDRESSES and re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE)
            if runs and value != NO_ICON:
                yield f"{name}={value} on <{element.tag}>"


def _unprotected_forms(page: Element) -> Iterator[str]:
    for form in page.all("form"):
        if form.attrs.get("method") == "dialog":
            continue
        if form.attrs.get("method") == "get" and form.attrs.get("role") == "search":  # changes nothing
            if form.all("input", name="csrf_token"):
                yield f"a CSRF token that would stand in addresses: {form.attrs}"
            continue
        if form.attrs.get("method") != "post":
            yield f"form without method post: {form.attrs}"
        if not [field for field in form.all("input", name="csrf_token") if field.attrs.get("value")]:
            yield f"form without CSRF token: {form.attrs}"


def _nameless_controls(page: Element) -> Iterator[str]:
    labelled = {label.attrs["for"] for label in page.all("label") if "for" in label.attrs and label.text}
    for control in page.all(*CONTROLS):
        inside_label = any(above.tag in ("label", "p") and above.text for above in control.ancestors())
        named = control.attrs.get("id") in labelled or control.attrs.get("aria-label") or inside_label
        if control.attrs.get("type") != "hidden" and not named:
            yield f"no label: <{control.tag} {control.attrs}>"
    for element in page.all("a", "button", "summary", "legend", "th"):
        if not element.text and not element.attrs.get("aria-label"):
            yield f"no words: <{element.tag} {element.attrs}>"


def _bad_headings(page: Element) -> Iterator[str]:
    headings = [heading for heading in page.all(*HEADINGS) if not any(a.tag == "dialog" for a in heading.ancestors())]
    levels = [int(heading.tag[1]) for heading in headings]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"headings: {levels}"
    for above, (heading, level) in zip([0, *levels], zip(headings, levels, strict=True), strict=False):
        if level > above + 1:
            yield f"h{level} after h{above}: {heading.text}"
        if not heading.text:
            yield f"empty h{level}"


def _bad_ids(page: Element) -> Iterator[str]:
    ids = Counter(element.attrs["id"] for element in page.walk() if "id" in element.attrs)
    yield from (f"id {name} {count} times" for name, count in ids.items() if count > 1)
    for element in page.walk():
        for name in REFERENCES:
            yield from (f"{name} to no id: {one}" for one in element.attrs.get(name, "").split() if one not in ids)
        target = element.attrs.get("href", "")
        written_by_people = any("prose" in above.classes for above in element.ancestors())
        if target.startswith("#") and target[1:] not in ids and not written_by_people:
            yield f"link to no id: {target}"


def _frame_faults(page: Element) -> Iterator[str]:
    html = page.all("html")
    if len(html) != 1 or not html[0].attrs.get("lang") or not html[0].attrs.get("dir"):
        yield "no language or direction"
    if [title.text for title in page.all("title") if title.text] == []:
        yield "no title"
    if len(page.all("main")) != 1:
        yield "no main"


def values_of(form: Element) -> dict[str, str]:
    """What a browser would send of a form as it stands, its buttons left out."""
    return dict(_values(form.all("input", "select", "textarea")))


def _values(controls: Iterable[Element]) -> Iterator[tuple[str, str]]:
    for control in controls:
        name, kind = control.attrs.get("name"), control.attrs.get("type")
        if not name:
            continue
        if control.tag == "textarea":
            yield name, control.written
        elif control.tag == "select":
            options = control.all("option")
            chosen = [option for option in options if "selected" in option.attrs] or options[:1]
            yield name, chosen[0].attrs.get("value", "")
        elif kind not in ("checkbox", "radio"):
            yield name, control.attrs.get("value", "")
        elif "checked" in control.attrs:
            yield name, control.attrs.get("value", "on")
