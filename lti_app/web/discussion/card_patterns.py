"""Cards of posts as texts with places, for all posts that look the same apart from what is written at the places.

Most posts of a page differ in their words, their author and their address alone. A template decides by everything else,
which is therefore told apart; what it only writes has a place in the pattern of the card.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Self

from markupsafe import Markup

from lti_app.discussion.posts.queries.views import PostView
from lti_app.web.rendering import escaped

_EDGE = "\x1e"
"""Around the name of a place; no text of a post has control characters."""
_WRITTEN = ("id", "number", "address", "author_id", "author", "html", "title")
"""What a template writes of a post without deciding by it, except whether it is there at all."""
_NEVER = ("path", "root_id", "created_at", "edited_at")
"""What no card says, or says in the words of the reader's time zone."""
_RARE = (
    "attachments",
    "quotes",
    "private_to_id",
    "is_deleted",
    "is_hidden",
    "hidden_reason",
    "is_held",
    "held_reasons",
)
"""Posts that have any of these are rendered by themselves."""
_FIELDS = tuple(field.name for field in fields(PostView))
_DECIDED_BY = tuple(name for name in _FIELDS if name not in (*_WRITTEN, *_NEVER, *_RARE, "parent_id"))
_rare, _decided_by = attrgetter(*_RARE), attrgetter(*_DECIDED_BY)
_PLACES = (*_WRITTEN, "parent_address", "written", "edited")
_PLACE = re.compile(f"{_EDGE}({'|'.join(_PLACES)}){_EDGE}")


class _Place(str):
    """What a template gets instead of a value: the name of its place, to be written. It is as true as the value of the
    post that the pattern is made from, and equal to it. What a template looks up by a value has to be told apart by
    whoever asks for the pattern."""

    __slots__ = ("_value",)
    _value: object

    @classmethod
    def of(cls, name: str, value: object) -> Self:
        """The place with this name."""
        place = cls(f"{_EDGE}{name}{_EDGE}")
        place._value = value
        return place

    def __eq__(self, other: object) -> bool:
        return self._value == other

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


class CardText:
    """A post as it is written on a card, and the pattern that it has in common with others."""

    def __init__(self, post: PostView, written: Markup, edited: Markup) -> None:
        """`written` and `edited` say when, as markup; empty where nobody knows, or nothing was edited."""
        self.post = post
        self.times = self._written, self._edited = written, edited

    @property
    def likeness(self) -> object | None:
        """Equal for posts whose cards have the same pattern; None for a post that has a card like no other."""
        post = self.post
        if any(_rare(post)):
            return None
        return (*_decided_by(post), bool(post.author), bool(post.html), bool(post.title), bool(self._edited))

    @property
    def pattern_post(self) -> Any:
        """The post for the template that makes the pattern: whatever is not told apart is a place, or missing."""
        post = self.post
        known = dict(zip(_DECIDED_BY, _decided_by(post), strict=True)) | dict(zip(_RARE, _rare(post), strict=True))
        return SimpleNamespace(
            **known,
            **{name: _Place.of(name, getattr(post, name)) for name in (*_WRITTEN, "parent_address")},
            is_marked=post.is_marked,
        )

    @property
    def pattern_times(self) -> tuple[Any, Any]:
        """When it was written and edited, in the same way."""
        return _Place.of("written", self._written), _Place.of("edited", self._edited)

    def filled(self, pattern: str) -> str:
        """The card of this post."""
        post = self.post
        values: Mapping[str, object] = {
            "id": post.id,
            "number": post.number,
            "address": post.address,
            "parent_address": post.parent_address,
            "author_id": post.author_id,
            "author": escaped(post.author),
            "html": post.html,
            "title": escaped(post.title),
            "written": self._written,
            "edited": self._edited,
        }
        return pattern % values


def pattern_of(card: str) -> str | None:
    """A card that was rendered from a `pattern_post`, for `CardText.filled`; None where a text in it looks like a
    place."""
    pattern = _PLACE.sub(r"%(\1)s", card.replace("%", "%%"))
    return None if _EDGE in pattern else pattern
