"""The tables of permissions, walked whole: what each role gets in every circumstance is written out here."""

from dataclasses import replace
from itertools import product

import pytest

from lti_app.core.errors import ColloquyError
from lti_app.courses.rules import Actor, Role
from lti_app.discussions import access as discussions
from lti_app.discussions.rules import State
from lti_app.posts import access as posts
from lti_app.readings.access import require_edit
from tests.cast import FRAME, MONDAY

SOMEBODY = Actor(
    person_id=1,
    course_id=1,
    role=Role.OBSERVER,
    name="Somebody",
    course_title="",
    time_zone="UTC",
    frame_origins=FRAME,
    expires_at=MONDAY,
)
ROLES = (Role.OBSERVER, Role.STUDENT, Role.ASSISTANT, Role.INSTRUCTOR)


def outcome(ask):
    """`yes`, or the code of the error."""
    try:
        ask()
    except ColloquyError as error:
        return error.code
    return "yes"


def rows(table):
    """The lines of a table as lists of words."""
    return [line.split() for line in table.strip().splitlines()]


# What somebody asks of a discussion as a whole.
DISCUSSIONS = """
            observer   student    assistant  instructor
see         yes        yes        yes        yes
set_up      forbidden  forbidden  forbidden  yes
grade       forbidden  forbidden  yes        yes
"""


def test_the_table_of_discussions():
    head, *lines = rows(DISCUSSIONS)
    assert head == list(ROLES)
    expected = {(what, role): answer for what, *answers in lines for role, answer in zip(head, answers, strict=True)}
    found = {
        (need, role): outcome(lambda need=need, role=role: discussions.require(replace(SOMEBODY, role=role), need))
        for need in discussions.Permission
        for role in ROLES
    }
    assert found == expected
    assert all(
        discussions.may(replace(SOMEBODY, role=role), need) == (found[need, role] == "yes") for need, role in found
    )


def test_only_instructors_change_readings():
    found = [outcome(lambda role=role: require_edit(replace(SOMEBODY, role=role))) for role in ROLES]
    assert found == ["forbidden", "forbidden", "forbidden", "yes"]


# What somebody asks of posts. `gate`: shut while a first post of one's own is asked for and missing. `whose` is the
# post in question, `stands` whether it is not deleted, `room` whether it can be answered without going too deep.
# A dash stands for whatever it may be; every circumstance matches exactly one line.
POSTS = {
    posts.Permission.READ: """
        state      gate whose stands room  observer  student         assistant       instructor
        unprepared -    -     -      -     forbidden discussion_shut yes             yes
        scheduled  -    -     -      -     forbidden discussion_shut yes             yes
        open       open -     -      -     forbidden yes             yes             yes
        open       shut -     -      -     forbidden post_first      yes             yes
        closed     -    -     -      -     forbidden yes             yes             yes
    """,
    posts.Permission.START: """
        state      gate whose stands room  observer  student         assistant       instructor
        unprepared -    -     -      -     forbidden discussion_shut discussion_shut discussion_shut
        scheduled  -    -     -      -     forbidden discussion_shut yes             yes
        open       -    -     -      -     forbidden yes             yes             yes
        closed     -    -     -      -     forbidden discussion_shut yes             yes
    """,
    posts.Permission.REPLY: """
        state      gate whose stands room  observer  student         assistant       instructor
        unprepared -    -     -      -     forbidden discussion_shut discussion_shut discussion_shut
        scheduled  -    -     yes    yes   forbidden discussion_shut yes             yes
        scheduled  -    -     yes    no    forbidden discussion_shut too_deep        too_deep
        scheduled  -    -     no     -     forbidden discussion_shut parent_gone     parent_gone
        open       open -     yes    yes   forbidden yes             yes             yes
        open       open -     yes    no    forbidden too_deep        too_deep        too_deep
        open       open -     no     -     forbidden parent_gone     parent_gone     parent_gone
        open       shut -     yes    yes   forbidden post_first      yes             yes
        open       shut -     yes    no    forbidden post_first      too_deep        too_deep
        open       shut -     no     -     forbidden post_first      parent_gone     parent_gone
        closed     -    -     yes    yes   forbidden discussion_shut yes             yes
        closed     -    -     yes    no    forbidden discussion_shut too_deep        too_deep
        closed     -    -     no     -     forbidden discussion_shut parent_gone     parent_gone
    """,
    posts.Permission.EDIT: """
        state      gate whose stands room  observer  student         assistant       instructor
        -          -    other -      -     forbidden forbidden       forbidden       forbidden
        unprepared -    own   -      -     forbidden discussion_shut discussion_shut discussion_shut
        scheduled  -    own   yes    -     forbidden discussion_shut yes             yes
        scheduled  -    own   no     -     forbidden discussion_shut forbidden       forbidden
        open       -    own   yes    -     forbidden yes             yes             yes
        open       -    own   no     -     forbidden forbidden       forbidden       forbidden
        closed     -    own   yes    -     forbidden discussion_shut yes             yes
        closed     -    own   no     -     forbidden discussion_shut forbidden       forbidden
    """,
    posts.Permission.DELETE: """
        state      gate whose stands room  observer  student         assistant       instructor
        unprepared -    own   -      -     forbidden discussion_shut discussion_shut discussion_shut
        unprepared -    other -      -     forbidden forbidden       discussion_shut discussion_shut
        scheduled  -    own   yes    -     forbidden discussion_shut yes             yes
        scheduled  -    own   no     -     forbidden discussion_shut forbidden       forbidden
        scheduled  -    other yes    -     forbidden forbidden       yes             yes
        scheduled  -    other no     -     forbidden forbidden       forbidden       forbidden
        open       -    own   yes    -     forbidden yes             yes             yes
        open       -    own   no     -     forbidden forbidden       forbidden       forbidden
        open       -    other yes    -     forbidden forbidden       yes             yes
        open       -    other no     -     forbidden forbidden       forbidden       forbidden
        closed     -    own   yes    -     forbidden discussion_shut yes             yes
        closed     -    own   no     -     forbidden discussion_shut forbidden       forbidden
        closed     -    other yes    -     forbidden forbidden       yes             yes
        closed     -    other no     -     forbidden forbidden       forbidden       forbidden
    """,
}
CIRCUMSTANCES = [
    posts.Circumstances(
        state=state,
        post_first=post_first,
        has_posted=has_posted,
        is_author=is_author,
        is_deleted=is_deleted,
        is_deepest=is_deepest,
    )
    for state, post_first, has_posted, is_author, is_deleted, is_deepest in product(State, *[[False, True]] * 5)
]


def described(c):
    """The circumstances in the words of the table."""
    return [
        c.state.value,
        "shut" if c.post_first and not c.has_posted else "open",
        "own" if c.is_author else "other",
        "no" if c.is_deleted else "yes",
        "no" if c.is_deepest else "yes",
    ]


def expected(lines, c):
    """What the one line that matches says, by role."""
    (answers,) = [
        line[5:]
        for line in lines
        if all(word in ("-", is_so) for word, is_so in zip(line[:5], described(c), strict=True))
    ]
    return answers


def test_every_permission_on_posts_has_a_table():
    assert POSTS.keys() == posts.TABLE.keys() == set(posts.Permission)


@pytest.mark.parametrize("need", posts.Permission)
def test_the_table_of_posts(need):
    head, *lines = rows(POSTS[need])
    assert head[5:] == list(ROLES)
    for c in CIRCUMSTANCES:
        actors = [replace(SOMEBODY, role=role) for role in ROLES]
        found = [outcome(lambda actor=actor, c=c: posts.require(actor, need, c)) for actor in actors]
        assert found == expected(lines, c), described(c)
        assert [posts.may(actor, need, c) for actor in actors] == [answer == "yes" for answer in found]


def test_a_shut_discussion_says_in_which_state_it_is():
    with pytest.raises(ColloquyError) as caught:
        posts.require(
            replace(SOMEBODY, role=Role.STUDENT),
            posts.Permission.START,
            posts.Circumstances(State.CLOSED, post_first=False, has_posted=False),
        )
    assert caught.value.data == {"state": "closed"}
