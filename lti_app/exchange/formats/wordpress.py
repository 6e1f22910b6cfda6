"""WordPress's export (WXR): bbPress topics and replies, and posts with their comments."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import MAX_ENTRIES, Entry, Fault, Note, Parsed, Shape
from lti_app.exchange.formats.errors import FileRefused

_SHOWN = frozenset({"publish", "closed", "inherit", "hidden"})
_GONE = frozenset({"trash"})
_FRAME = frozenset({"forum", "attachment", "nav_menu_item", "revision", "customize_changeset", "wp_global_styles"})
"""What holds or decorates posts and is none itself."""
_REMARKS = frozenset({"", "comment"})
_BLOCKS = re.compile(r"<(?:p|div|ul|ol|blockquote|table|h[1-6]|pre|figure)\b", re.I)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NO_DATE = "0000-00-00 00:00:00"


def read_wordpress(text: str, dates: DateReader) -> Parsed:
    """Read the posts of a WordPress export; raises FileRefused for other XML, and for XML that declares entities."""
    root = _parse(text)
    channel = root.find("channel")
    if channel is None:
        raise FileRefused("not_wordpress")
    names = dict(_authors(channel))
    notes: list[Note] = []
    entries: list[Entry] = []
    for item in channel.iterfind("item"):
        _read_item(item, names, dates, entries, notes)
        if len(entries) > MAX_ENTRIES:
            raise FileRefused("too_many", limit=MAX_ENTRIES)
    return Parsed(Shape.WORDPRESS, entries, notes)


def paragraphs(text: str) -> str:
    """Turn blank lines into paragraphs: WordPress stores HTML without paragraph tags."""
    if _BLOCKS.search(text):
        return text
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part.strip())


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


def _read_item(item: Any, names: Mapping[str, str], dates: DateReader, entries: list[Entry], notes: list[Note]) -> None:
    parts = {_name(part): part.text or "" for part in item}
    kind, line = parts.get("post_type", "post"), item.sourceline or 0
    comments = [comment for comment in item if _name(comment) == "comment"]
    if kind in _FRAME:
        return
    if kind not in ("topic", "reply", "post") and not comments:
        notes.append(Note(line, Fault.OTHER_KIND, kind[:60]))
        return
    status = parts.get("status", "publish")
    if status not in _SHOWN | _GONE:
        notes.append(Note(line, Fault.UNPUBLISHED, status[:60]))
        return
    meta = dict(_meta(item))
    key = parts.get("post_id", "")
    login = parts.get("creator", "")
    dated, moment = _moment(parts, "post_date", dates)
    entries.append(
        Entry(
            line=line,
            key=key or f"line {line}",
            parent=_parent(kind, parts, meta),
            author=meta.get("_bbp_anonymous_name") or names.get(login) or login,
            dated=dated,
            written_at=moment,
            text=paragraphs(parts.get("encoded", "")),
            is_html=True,
            title="" if kind == "reply" else parts.get("title", ""),
            has_id=bool(key),
            is_gone=status in _GONE,
        )
    )
    for comment in comments:
        _read_comment(comment, key, dates, entries, notes)


def _parent(kind: str, parts: Mapping[str, str], meta: Mapping[str, str]) -> str:
    """What a reply answers: another reply where bbPress threads them, else its topic."""
    if kind != "reply":
        return ""
    answered = [meta.get("_bbp_reply_to", ""), parts.get("post_parent", ""), meta.get("_bbp_topic_id", "")]
    return next((key for key in answered if key not in ("", "0")), "")


def _read_comment(comment: Any, post: str, dates: DateReader, entries: list[Entry], notes: list[Note]) -> None:
    parts = {_name(part): part.text or "" for part in comment}
    line, approved = comment.sourceline or 0, parts.get("comment_approved", "1")
    if parts.get("comment_type", "") not in _REMARKS:
        notes.append(Note(line, Fault.OTHER_KIND, parts["comment_type"][:60]))
        return
    if approved not in ("1", "trash"):
        notes.append(Note(line, Fault.UNPUBLISHED, "spam" if approved == "spam" else "pending"))
        return
    dated, moment = _moment(parts, "comment_date", dates)
    above, key = parts.get("comment_parent", "0"), parts.get("comment_id", "")
    entries.append(
        Entry(
            line=line,
            key=f"c{key}" if key else f"line {line}",
            parent=f"c{above}" if above not in ("", "0") else post,
            author=parts.get("comment_author", ""),
            dated=dated,
            written_at=moment,
            text=paragraphs(parts.get("comment_content", "")),
            is_html=True,
            has_id=bool(key),
            is_gone=approved == "trash",
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
