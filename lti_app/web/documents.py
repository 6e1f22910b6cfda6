"""A discussion as one file to be read elsewhere: HTML that stands by itself, and a tagged PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app, stream_template
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from lti_app.core.resources import resource
from lti_app.discussions.queries import DiscussionView
from lti_app.exporting.queries import Selection, take_posts
from lti_app.exporting.rules import ReadingRecord, Scope, TakenPost, for_elsewhere
from lti_app.typesetting.rules import nodes_of, runs_leftward, typeset
from lti_app.web.templating import moment, zone_name

PRINT_FONTS = "print-fonts"


@dataclass(frozen=True)
class Document:
    """What stands in the file."""

    selection: Selection
    readings: Sequence[ReadingRecord]
    address: str
    """Of the discussion itself."""

    @property
    def discussion(self) -> DiscussionView:
        """The discussion."""
        return self.selection.discussion

    @property
    def is_ones(self) -> bool:
        """Whether it holds one person's posts only."""
        return self.selection.scope is Scope.ONE

    def outside(self, html: str) -> str:
        """A text's HTML where our own addresses mean nothing."""
        origin = "/".join(self.address.split("/")[:3])
        return for_elsewhere(html, origin, _("Picture"))


def html_pieces(session: Session, document: Document) -> Iterator[str]:
    """The HTML file, piece by piece."""
    style = resource("templates", "exchange", "document.css").read_text(encoding="utf-8")
    return stream_template(
        "exchange/document.html",
        document=document,
        discussion=document.discussion,
        posts=take_posts(session, document.selection),
        outside=lambda html: Markup(document.outside(html)),  # noqa: S704 -- sanitised when written
        state_words=state_words,
        style=Markup(f"<style>\n{style}</style>"),  # noqa: S704 -- a file of ours
    )


def pdf_of(session: Session, document: Document) -> bytes:
    """The PDF file."""
    template = resource("templates", "exchange", "document.typ").read_bytes()
    fonts = Path(current_app.static_folder or "static", PRINT_FONTS)
    posts = [_post(document, post) for post in take_posts(session, document.selection)]
    return typeset(template, {**_frame(document), "posts": posts}, fonts=[fonts] if fonts.is_dir() else [])


def state_words(post: TakenPost) -> list[str]:
    """What sets a post apart, in words."""
    words = (
        (post.is_private, _("private")),
        (post.is_held, _("held for the instructor")),
        (post.is_hidden, _("hidden by the instructor")),
        (post.is_imported, _("brought in")),
    )
    return [word for holds, word in words if holds]


def _frame(document: Document) -> dict[str, Any]:
    discussion, locale = document.discussion, get_locale()
    return {
        "lang": locale.language if locale else "en",
        "rtl": bool(locale and locale.text_direction == "rtl"),
        "title": discussion.title,
        "course": document.selection.actor.course_title,
        "address": document.address,
        "zone": _("Times are those of %(zone)s.", zone=zone_name()),
        "prompt": nodes_of(document.outside(discussion.prompt_html)),
        "readings": [
            {"html": nodes_of(reading.reference_html), "label": reading.label, "url": reading.url or ""}
            for reading in document.readings
        ],
        "words": {"readings": _("Readings"), "posts": _("Posts"), "cites": _("Cites"), "none": _("No posts.")},
    }


def _post(document: Document, post: TakenPost) -> dict[str, Any]:
    facts = [moment(post.created_at)]
    if post.edited_at:
        facts.append(_("edited %(when)s", when=moment(post.edited_at)))
    if post.parent_address:
        facts.append(_("in reply to %(address)s", address=post.parent_address))
    if post.by_staff:
        facts.append(_("Teacher"))
    return {
        "address": post.address,
        "depth": post.depth,
        "author": post.author or _("Name not given"),
        "title": post.title,
        "facts": [*facts, *state_words(post)],
        "body": nodes_of(document.outside(post.html)),
        "rtl": runs_leftward(post.text),
        "gone": _gone(post),
        "cites": "; ".join(place.words for place in post.cited),
    }


def _gone(post: TakenPost) -> str:
    if post.html:
        return ""
    return _("This post was deleted.") if post.is_deleted else _("This post is hidden.")
