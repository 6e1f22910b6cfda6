"""The posts of a page as they are shown, each rendered once for all who see it alike.

The database is the truth: a card is used only while the row of its post, as it was read for this page, is equal to the
one that it was rendered from, its text included. What else it depends on is in its key. What is the reader's own is
put into it at MARKs, and what is nobody else's is not kept at all.
"""

from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup, escape

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.threads.queries import PostLine, ThreadPage
from lti_app.discussion.threads.rules import Jumps
from lti_app.web.templating import known_markup, reader

SHELF = "colloquy.cards"
MOST_CARDS = 1024
"""Kept at least; twice as many at most. One takes about 6 kB."""
MARK = "\x1f"
"""Around what only a new post has, and where the way to the next one goes; no text of a post has control characters."""
PARTS = 8
"""Of a card: every other one is for new posts alone, the sixth and seventh stand around the address of the next."""


def _joined(*parts: Markup) -> Markup:
    """Parts that are markup already, as one: what `Markup.join` asks of each is known of them."""
    return known_markup("".join(parts))


class CardShelf:
    """The cards that one process keeps. Threads share it without a lock: the worst of a race is a card made twice.

    When the younger half is full it becomes the older one, whose cards are forgotten unless they are asked for again.
    """

    def __init__(self, most: int = MOST_CARDS) -> None:
        self._most = most
        self._young: dict[Any, tuple[Any, tuple[Markup, ...]]] = {}
        self._old: dict[Any, tuple[Any, tuple[Markup, ...]]] = {}

    def find(self, key: Any, row: Any) -> tuple[Markup, ...] | None:
        """The parts of the card that was rendered from an equal row."""
        kept = self._young.get(key)
        if kept is None and (kept := self._old.get(key)) is not None:
            self.keep(key, *kept)
        return kept[1] if kept is not None and kept[0] == row else None

    def keep(self, key: Any, row: Any, parts: tuple[Markup, ...]) -> None:
        """Keep a card, in the place of an earlier one."""
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
        self._young[key] = (row, parts)

    def __iter__(self) -> Iterator[Any]:
        return iter({**self._old, **self._young})


class PageCards:
    """The cards of one page; `told` is what its template is told."""

    def __init__(self, actor: Actor, discussion: DiscussionView, page: ThreadPage, told: Mapping[str, Any]) -> None:
        self._actor, self._discussion, self._page, self._told = actor, discussion, page, told
        self._shelf: CardShelf = current_app.extensions[SHELF]
        self._verdicts, self._groups, self._followed = told["post_verdicts"], told["group_names"], told["followed"]
        self._new: Container[int] = told["new"]
        self._to_new: Jumps = told["to_new"]

    def show(self, line: PostLine, heading: int) -> Markup:
        """A post with its heading on this level."""
        if line.is_personal or line.id in self._verdicts:
            return self._rendered(line, heading, "")
        key = (
            self._viewer,
            line.id,
            heading,
            line.is_liked,
            line.is_author,
            line.is_asker,
            *self._of_thread(line),
        )
        parts = self._shelf.find(key, line.row)
        if parts is None:
            parts = tuple(self._rendered(line, heading, MARK).split(MARK))
            if len(parts) != PARTS:
                return self._rendered(line, heading, "")
            self._shelf.keep(key, line.row, parts)
        if line.number not in self._new:
            return _joined(parts[0], parts[2], parts[4], parts[7])
        return _joined(*parts[:6], escape(self._to_new.after(line.address)), *parts[6:])

    def _of_thread(self, line: PostLine) -> tuple[bool, str | None]:
        """What a first post shows of its thread: whether the reader follows it, and the name of its group."""
        if line.depth:
            return False, None
        return line.id in self._followed, self._groups.get(line.group_id)

    def _rendered(self, line: PostLine, heading: int, mark: str) -> Markup:
        card: Markup = self._module.article(self._page.view_of(line.row), heading, mark)
        return card

    @cached_property
    def _module(self) -> Any:
        context = dict(self._told)
        current_app.update_template_context(context)
        return current_app.jinja_env.get_template("discussion/threads/_post.html").make_module(context)

    @cached_property
    def _viewer(self) -> bytes:
        """All that a card depends on besides its post: who looks in which way, at what, when and in which language."""
        actor, discussion, stance = self._actor, self._discussion, self._told["stance"]
        readings = [(reading.id, reading.reference_html) for reading in discussion.readings]
        facts = (
            (self._told["base_url"], url_for("courses.home")),
            (actor.role, actor.is_staff, actor.teaches, self._page.circumstances),
            (discussion.structure, discussion.anonymity, discussion.names_revealed, discussion.hides_names_from(actor)),
            bool(stance and stance.may_answer and stance.own_before),
            reader().way,
            readings,
        )
        return blake2b(repr(facts).encode(), digest_size=16).digest()
