"""A discussion as one file to be read elsewhere: HTML that stands by itself, and a tagged PDF."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app, stream_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from lti_app.core.resources import resource
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.exchange.exporting.queries import Selection, export_posts
from lti_app.exchange.exporting.rules.data import ExportedFile, ExportedPost, ReadingRecord, Scope, for_elsewhere
from lti_app.exchange.exporting.rules.pdf import (
    TypesettingFailed,
    nodes_of,
    runs_leftward,
    typeset,
    unreadable_pictures,
)
from lti_app.library.files.errors import StorageUnavailable
from lti_app.library.files.ports import Storage
from lti_app.library.files.queries import FileView
from lti_app.library.files.rules import ENDINGS, MediaType, ending_of
from lti_app.web.templating import moment_to_keep, zone_name

PRINT_FONTS = "print-fonts"
MOST_PICTURES = 30_000_000
"""Bytes of pictures in one document; those beyond are links."""
_FILE = re.compile(r"/files/(\d{1,18})/")


class Album:
    """The pictures of a document, for as long as there is room for them."""

    def __init__(self, files: Mapping[int, FileView], storage: Storage, room: int = MOST_PICTURES) -> None:
        self.taken: dict[str, tuple[str, bytes]] = {}
        """By source: a name that tells the kind, and the picture."""
        self._files, self._storage, self._room = dict(files), storage, room

    def as_data(self, source: str) -> str | None:
        """A picture within the HTML itself."""
        found = self._take(source)
        if found is None:
            return None
        media_type, content = found
        return f"data:{media_type};base64,{b64encode(content).decode()}"

    def as_file(self, source: str) -> str | None:
        """A picture that lies beside the document; keeps its source."""
        if source not in self.taken:
            found = self._take(source)
            if found is None:
                return None
            media_type, content = found
            self.taken[source] = (f"{len(self.taken)}{ENDINGS[media_type]}", content)
        return source

    def leave_out_broken(self) -> None:
        """Forget the pictures that no PDF can show: what they are was told by how they begin."""
        broken = unreadable_pictures(dict(self.taken.values()))
        for source in [source for source, (name, _content) in self.taken.items() if name in broken]:
            del self.taken[source]
            self._files.pop(_number(source))

    def _take(self, source: str) -> tuple[MediaType, bytes] | None:
        file = self._files.get(_number(source))
        if file is None or file.size > self._room:
            return None
        try:
            with self._storage.open(file.key) as stream:
                content = stream.read()
        except (OSError, StorageUnavailable):  # a picture that cannot be read is named by its words
            return None
        self._room -= file.size
        return file.media_type, content


@dataclass(frozen=True)
class Document:
    """What stands in the file."""

    selection: Selection
    readings: Sequence[ReadingRecord]
    address: str
    """Of the discussion itself."""
    album: Album
    """The pictures that come along."""

    @property
    def discussion(self) -> DiscussionView:
        """The discussion."""
        return self.selection.discussion

    @property
    def is_ones(self) -> bool:
        """Whether it holds one person's posts only."""
        return self.selection.scope is Scope.ONE

    @property
    def origin(self) -> str:
        """Where this tool is."""
        return "/".join(self.address.split("/")[:3])

    def outside(self, html: str, kept: Callable[[str], str | None] = lambda _source: None) -> str:
        """A text's HTML where our own addresses mean nothing; `kept` names the pictures that come along."""
        return for_elsewhere(html, self.origin, _("Picture"), kept)

    def link(self, file: ExportedFile) -> str:
        """The whole address of a file."""
        course_id = self.selection.actor.course_id
        return self.origin + url_for("files.serve", course_id=course_id, file_id=file.id, slug=file.slug)


def html_pieces(session: Session, document: Document) -> Iterator[str]:
    """The HTML file, piece by piece."""
    style = resource("templates", "exchange", "exporting", "document.css").read_text(encoding="utf-8")
    return stream_template(
        "exchange/exporting/document.html",
        document=document,
        discussion=document.discussion,
        posts=export_posts(session, document.selection),
        outside=lambda html: Markup(document.outside(html, document.album.as_data)),  # noqa: S704 -- sanitised when written
        state_words=state_words,
        style=Markup(f"<style>\n{style}</style>"),  # noqa: S704 -- a file of ours
    )


def pdf_of(session: Session, document: Document) -> bytes:
    """The PDF file. A picture or a post that no PDF can show does not keep the others from it."""
    posts = list(export_posts(session, document.selection))
    try:
        return _typeset(document, posts)
    except TypesettingFailed:
        document.album.leave_out_broken()
        return _typeset(document, posts, parts="posts")


def _typeset(document: Document, taken: Sequence[ExportedPost], *, parts: str = "") -> bytes:
    shared, own = (resource("templates", "exchange", "exporting", name) for name in ("text.typ", "document.typ"))
    template = shared.read_bytes() + own.read_bytes()
    fonts = Path(current_app.static_folder or "static", PRINT_FONTS)
    posts = [_post(document, post) for post in taken]
    pictures = document.album.taken
    content = {
        **_frame(document),
        "posts": posts,
        "pictures": {source: name for source, (name, _bytes) in pictures.items()},
    }
    beside = dict(pictures.values())
    return typeset(template, content, fonts=[fonts] if fonts.is_dir() else [], pictures=beside, parts=parts)


def state_words(post: ExportedPost) -> list[str]:
    """What sets a post apart, in words."""
    words = (
        (post.is_private, _("private")),
        (post.is_held, _("held for review")),
        (post.is_hidden, _("hidden by an instructor")),
        (post.is_imported, _("imported")),
    )
    return [word for holds, word in words if holds]


def _number(source: str) -> int:
    """The id of a file, by its address; 0 for none."""
    found = _FILE.search(source)
    return int(found[1]) if found else 0


def _frame(document: Document) -> dict[str, Any]:
    discussion, locale = document.discussion, get_locale()
    return {
        "lang": locale.language if locale else "en",
        "rtl": bool(locale and locale.text_direction == "rtl"),
        "title": discussion.title,
        "course": document.selection.actor.course_title,
        "address": document.address,
        "zone": _("Times are in %(zone)s.", zone=zone_name()),
        "prompt": nodes_of(document.outside(discussion.prompt_html, document.album.as_file)),
        "readings": [
            {"html": nodes_of(reading.reference_html), "label": reading.label, "url": reading.url or ""}
            for reading in document.readings
        ],
        "words": {
            "readings": _("Readings"),
            "posts": _("Posts"),
            "cites": _("Cites"),
            "none": _("No posts."),
            "file": _("Attached"),
            "left_out": _("A PDF cannot show this post. Read it in the discussion."),
        },
    }


def _post(document: Document, post: ExportedPost) -> dict[str, Any]:
    facts = [moment_to_keep(post.created_at)] if post.created_at else []
    if post.edited_at:
        facts.append(_("edited %(when)s", when=moment_to_keep(post.edited_at)))
    if post.parent_address:
        facts.append(_("in reply to %(address)s", address=post.parent_address))
    if post.by_staff:
        facts.append(_("Instructor"))
    return {
        "address": post.address,
        "depth": post.depth,
        "author": post.author or _("Name not available"),
        "title": post.title,
        "facts": [*facts, *state_words(post)],
        "body": nodes_of(document.outside(post.html, document.album.as_file)),
        "files": [{"name": _file_words(file), "url": document.link(file)} for file in post.attached],
        "rtl": runs_leftward(post.text),
        "gone": _gone(post),
        "cites": "; ".join(place.words for place in post.cited),
    }


def _file_words(file: ExportedFile) -> str:
    return _("Attachment %(number)s", number=file.number) + ending_of(file.name) if file.number else file.name


def _gone(post: ExportedPost) -> str:
    if post.html:
        return ""
    return _("This post was deleted.") if post.is_deleted else _("This post is hidden.")
