"""Posts that come flat stand in lists that are well formed, each within what it answers."""

import re
from types import SimpleNamespace

from hypothesis import example, given
from hypothesis import strategies as st

from lti_app.web.discussion.nesting import LEVELS, nest

TAGS = re.compile(r"<(/?)(\w+)>")


def written(depths, above):
    """The tags of a page of posts of these depths, below the lists that the posts above have opened."""
    nesting = nest([SimpleNamespace(depth=depth) for depth in depths], above)
    posts = [f"{post.before}<li>{'<details>' if post.is_first and post.folds else ''}<post>" for post in nesting.posts]
    return "<ol><li>" * min(above, LEVELS) + "".join(posts) + str(nesting.end)


def open_lists(tags):
    """How many lists stand around each post; fails where a tag ends that was not the last to begin."""
    around, found = [], []
    for ends, name in TAGS.findall(tags):
        if name == "post":
            found.append(around.count("ol") - 1)
        elif ends:
            assert around.pop() == name
        else:
            around.append(name)
    assert not around
    return found


@given(st.lists(st.integers(0, 9), min_size=1), st.integers(0, 9))
@example([0, 1, 2, 0], 0)
def test_any_posts(depths, above):
    levels = open_lists(written(depths, above))
    last = min(above, LEVELS) - 1
    for depth, level in zip(depths, levels, strict=True):
        assert level == min(depth, last + 1, LEVELS)
        last = level


def test_what_answers_a_first_post_folds_with_it():
    posts = nest([SimpleNamespace(depth=depth) for depth in (0, 1, 2, 0, 0, 1)]).posts
    assert [post.folds for post in posts if post.is_first] == [True, False, True]
    assert [post.heading for post in posts] == [3, 4, 4, 3, 3, 4]


def test_answers_without_their_first_post_are_no_less_than_it():
    assert [post.heading for post in nest([SimpleNamespace(depth=depth) for depth in (2, 3, 0, 1)], 2).posts] == [
        *(3, 3, 3, 4),
    ]


def test_no_posts():
    assert nest([]) == ([], "")
