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

from lti_app.core.recent import RecentlyUsed
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.threads.queries import PostLine, ThreadPage
from lti_app.discussion.threads.rules import Jumps
from lti_app.web.discussion.card_patterns import CardText, pattern_of
from lti_app.web.templating import known_markup, reader, time_of

SHELF = "colloquy.cards"
MOST_CARDS = 1024
"""Kept at least; twice as many at most. One takes about 6 kB."""
MOST_PATTERNS = 512
"""Of cards. One takes about 3 kB."""
MARK = "\x1f"
"""Around what only a new post has, and where the way to the next one goes; no text of a post has control characters."""
PARTS = 8
"""Of a card: every other one is for new posts alone, the sixth and seventh stand around the address of the next."""


Parts = tuple[str, ...]
"""Of a rendered card."""


def _joined(*parts: str) -> Markup:
    """Parts that are markup already, as one: what `Markup.join` asks of each is known of them."""
    return known_markup("".join(parts))


class CardShelf:
    """The cards that one process keeps. Threads share it without a lock: the worst of a race is a card made twice.

    When the younger half is full it becomes the older one, whose cards are forgotten unless they are asked for again.
    """

    def __init__(self, most: int = MOST_CARDS) -> None:
        self.patterns: RecentlyUsed[object, str] = RecentlyUsed(MOST_PATTERNS)
        """What cards have in common; by all that they depend on besides their post, and what is told apart of it."""
        self._most = most
        self._young: dict[Any, tuple[Any, Parts]] = {}
        self._old: dict[Any, tuple[Any, Parts]] = {}

    def find(self, key: Any, row: Any) -> Parts | None:
        """The parts of the card that was rendered from an equal row."""
        kept = self._young.get(key)
        if kept is None and (kept := self._old.get(key)) is not None:
            self.keep(key, *kept)
        return kept[1] if kept is not None and kept[0] == row else None

    def keep(self, key: Any, row: Any, parts: Parts) -> None:
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
            return self._rendered(self._text(line), heading)
        look = (
            heading,
            line.is_liked,
            line.is_author,
            line.is_asker,
            *self._of_thread(line),
        )
        key = (self._viewer, line.id, *look)
        parts = self._shelf.find(key, line.row)
        if parts is None:
            text = self._text(line)
            parts = tuple(self._cast(text, look).split(MARK))
            if len(parts) != PARTS:
                return self._rendered(text, heading)
            self._shelf.keep(key, line.row, parts)
        if line.number not in self._new:
            return _joined(parts[0], parts[2], parts[4], parts[7])
        return _joined(*parts[:6], escape(self._to_new.after(line.address)), *parts[6:])

    def _of_thread(self, line: PostLine) -> tuple[bool, str | None]:
        """What a first post shows of its thread: whether the reader follows it, and the name of its group."""
        if line.depth:
            return False, None
        return line.id in self._followed, self._groups.get(line.group_id)

    def _text(self, line: PostLine) -> CardText:
        post = self._page.view_of(line.row)
        return CardText(post, time_of(post.created_at), time_of(post.edited_at))

    def _rendered(self, text: CardText, heading: int, mark: str = "") -> Markup:
        card: Markup = self._module.article(text.post, *text.times, heading, mark)
        return card

    def _cast(self, text: CardText, look: tuple[Any, ...]) -> str:
        """The card with its marks: from the pattern of posts that look like this one, once it is there."""
        heading, likeness = look[0], text.likeness
        if likeness is None:
            return str(self._rendered(text, heading, MARK))
        key, patterns = (self._viewer, look, likeness), self._shelf.patterns
        pattern = patterns.get(key)
        if pattern is None:
            card = self._module.article(text.pattern_post, *text.pattern_times, heading, MARK)
            pattern = pattern_of(str(card))
            if pattern is None:
                return str(self._rendered(text, heading, MARK))
            patterns.put(key, pattern, 1)
        return text.filled(pattern)

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
