"""The lists in which the posts of a page stand, each within what it answers; they come flat and in reading order."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from markupsafe import Markup

from lti_app.discussion.threads.queries import PostLine
from lti_app.web.templating import known_markup

LEVELS = 5
"""Of lists within one another; beyond them, answers stand under one another and name what they answer."""


class NestedPost(NamedTuple):
    """Where a post stands on its page."""

    line: PostLine
    before: Markup
    """What ends and begins before the post: lists, and what folds."""
    heading: int
    """The level of its heading."""
    is_first: bool
    """Whether it begins a list of its own, as first posts do."""
    folds: bool
    """Whether what follows is folded with it."""


class Nesting(NamedTuple):
    """The posts of a page in their lists."""

    posts: list[NestedPost]
    end: Markup
    """What ends after the last one."""


def nest(lines: Sequence[PostLine], above: int = 0) -> Nesting:
    """Put posts into lists, within as many lists as there are posts `above` them, which the page names already."""
    level, has_begun, folds = min(above, LEVELS) - 1, False, False
    posts = []
    for line, following in zip_longest(lines, lines[1:]):
        before, depth = level, min(line.depth, level + 1, LEVELS)
        opens = "<ol>" if depth > before else _closing(before, depth, folds=folds)
        level, has_begun = depth, has_begun or depth == 0
        if depth == 0:
            folds = line.depth == 0 and following is not None and following.depth > 0
        heading = 4 if depth and has_begun else 3
        posts.append(NestedPost(line, known_markup(opens), heading, depth == 0, folds))
    end = f"{_closing(level, 0, folds=folds)}</ol>" if level >= 0 else ""
    return Nesting(posts, known_markup(end))


def _closing(level: int, to: int, *, folds: bool) -> str:
    """The end of a post on one level and of the lists around it, down to the one where the next post stands."""
    if level == to:
        return "</li>"
    return f"</li>{'</ol></li>' * (level - to - 1)}</ol>{'</details>' if folds and not to else ''}</li>"
