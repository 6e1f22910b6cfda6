"""WordPress's export (WXR): bbPress topics and replies, and posts with their comments."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import MAX_ENTRIES, Entry, Fault, Markup, Note, Parsed, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.states import is_gone, withheld_for

_SHOWN = frozenset({"publish", "closed", "inherit"})
_FRAME = frozenset({"forum", "attachment", "nav_menu_item", "revision", "customize_changeset", "wp_global_styles"})
"""What holds or decorates posts and is none itself."""
_REMARKS = frozenset({"", "comment"})
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NO_DATE = "0000-00-00 00:00:00"


@dataclass
class _Reading:
    """What is known while the items of an export are read."""

    names: Mapping[str, str]
    dates: DateReader
    entries: list[Entry] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    closed_forums: dict[str, Fault] = field(default_factory=dict)
    """Those that not everybody could read, with the reason."""


def read_wordpress(text: str, dates: DateReader) -> Parsed:
    """Read the posts of a WordPress export; raises FileRefused for other XML, and for XML that declares entities."""
    root = _parse(text)
    channel = root.find("channel")
    if channel is None:
        raise FileRefused("not_wordpress")
    reading = _Reading(dict(_authors(channel)), dates)
    items = [*channel.iterfind("item")]
    _read_forums(items, reading)
    for item in items:
        _read_item(item, reading)
        if len(reading.entries) > MAX_ENTRIES:
            raise FileRefused("too_many", limit=MAX_ENTRIES)
    return Parsed(Shape.WORDPRESS, reading.entries, reading.notes)


def _parse(text: str) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    # The text is decoded already, so what the file says of its encoding is no longer true.
    clean = re.sub(r"^\s*<\?xml[^>]*\?>", "", _NOT_XML.sub("", text))
    try:
        root = etree.fromstring(clean.lstrip().encode(), parser)
    except etree.XMLSyntaxError as error:
        raise FileRefused("xml_broken", line=error.lineno or 0) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileRefused("xml_entities")
    return root


def _authors(channel: Any) -> Iterator[tuple[str, str]]:
    for author in channel:
        if _name(author) == "author":
            parts = {_name(part): part.text or "" for part in author}
            yield parts.get("author_login", ""), parts.get("author_display_name", "")


def _read_forums(items: list[Any], reading: _Reading) -> None:
    """Find out which forums are private, hidden or protected; those within them are too."""
    above = {}
    for item in items:
        parts = {_name(part): part.text or "" for part in item}
        if parts.get("post_type") == "forum":
            key = parts.get("post_id", "")
            above[key] = parts.get("post_parent", "")
            if fault := _withheld(parts):
                reading.closed_forums[key] = fault if fault.seals else Fault.PRIVATE
    for key in above:
        here, trail = key, [key]
        while here not in reading.closed_forums and above.get(here) and len(trail) <= len(above):
            here = above[here]
            trail.append(here)
        if fault := reading.closed_forums.get(here):
            reading.closed_forums |= dict.fromkeys(trail, fault)


def _withheld(parts: Mapping[str, str]) -> Fault | None:
    """Why not everybody could read an item; None if everybody could, or if it was deleted."""
    status = parts.get("status", "publish")
    if parts.get("post_password"):
        return Fault.PROTECTED
    return None if status in _SHOWN or is_gone(status) else withheld_for(status) or Fault.UNPUBLISHED


def _read_item(item: Any, reading: _Reading) -> None:
    parts = {_name(part): part.text or "" for part in item}
    kind, line = parts.get("post_type", "post"), item.sourceline or 0
    comments = [comment for comment in item if _name(comment) == "comment"]
    if kind in _FRAME:
        return
    if kind not in ("topic", "reply", "post") and not comments:
        reading.notes.append(Note(line, Fault.OTHER_KIND, kind[:60]))
        return
    meta = dict(_meta(item))
    key, login = parts.get("post_id", ""), parts.get("creator", "")
    dated, moment = _moment(parts, "post_date", reading.dates)
    forum = meta.get("_bbp_forum_id") or parts.get("post_parent", "")
    reading.entries.append(
        Entry(
            line=line,
            key=key or f"line {line}",
            parent=_parent(kind, parts, meta),
            author=meta.get("_bbp_anonymous_name") or reading.names.get(login) or login,
            dated=dated,
            written_at=moment,
            text=parts.get("encoded", ""),
            markup=Markup.WORDPRESS,
            title="" if kind == "reply" else parts.get("title", ""),
            has_id=bool(key),
            is_gone=is_gone(parts.get("status", "")),
            withheld=_withheld(parts) or (reading.closed_forums.get(forum) if kind in ("topic", "reply") else None),
        )
    )
    for comment in comments:
        _read_comment(comment, key, reading)


def _parent(kind: str, parts: Mapping[str, str], meta: Mapping[str, str]) -> str:
    """What a reply answers: another reply where bbPress threads them, else its topic."""
    if kind != "reply":
        return ""
    answered = [meta.get("_bbp_reply_to", ""), parts.get("post_parent", ""), meta.get("_bbp_topic_id", "")]
    return next((key for key in answered if key not in ("", "0")), "")


def _read_comment(comment: Any, post: str, reading: _Reading) -> None:
    parts = {_name(part): part.text or "" for part in comment}
    line, approved = comment.sourceline or 0, parts.get("comment_approved", "1")
    if parts.get("comment_type", "") not in _REMARKS:
        reading.notes.append(Note(line, Fault.OTHER_KIND, parts["comment_type"][:60]))
        return
    dated, moment = _moment(parts, "comment_date", reading.dates)
    above, key = parts.get("comment_parent", "0"), parts.get("comment_id", "")
    is_shown = approved == "1" or is_gone(approved)
    reading.entries.append(
        Entry(
            line=line,
            key=f"c{key}" if key else f"line {line}",
            parent=f"c{above}" if above not in ("", "0") else post,
            author=parts.get("comment_author", ""),
            dated=dated,
            written_at=moment,
            text=parts.get("comment_content", ""),
            markup=Markup.WORDPRESS,
            has_id=bool(key),
            is_gone=is_gone(approved),
            withheld=None if is_shown else Fault.SPAM if approved == "spam" else Fault.PENDING,
        )
    )


def _moment(parts: Mapping[str, str], name: str, dates: DateReader) -> tuple[str, Any]:
    """The date in UTC if the export has it, else the date of the site, which has no time zone."""
    universal = parts.get(f"{name}_gmt", "")
    if universal and universal != _NO_DATE:
        return universal, dates.read(f"{universal}Z")
    local = parts.get(name, "") or parts.get("pubDate", "")
    return local, None if local == _NO_DATE else dates.read(local)


def _meta(item: Any) -> Iterator[tuple[str, str]]:
    for meta in item:
        if _name(meta) == "postmeta":
            parts = {_name(part): part.text or "" for part in meta}
            yield parts.get("meta_key", ""), parts.get("meta_value", "")


def _name(element: Any) -> str:
    """The name without its namespace: that of WordPress's own changes with each version. A part of WXR's excerpt and
    its content are both called encoded; the content comes from another namespace."""
    if not isinstance(element.tag, str):
        return ""
    space, _, name = element.tag.rpartition("}")
    return f"excerpt_{name}" if "excerpt" in space else name
