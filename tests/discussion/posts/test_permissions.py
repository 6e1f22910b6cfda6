"""The tables of permissions, walked whole: what each role gets in every circumstance is written out here."""

from dataclasses import fields, replace
from itertools import product

import pytest

from lti_app.core.errors import ColloquyError
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions import access as discussions
from lti_app.discussion.discussions.rules import State
from lti_app.discussion.posts import access as posts
from lti_app.library.readings.access import require_edit
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
see             yes        yes        yes        yes
edit_settings   forbidden  forbidden  forbidden  yes
grade           forbidden  forbidden  yes        yes
"""


def test_the_table_of_discussions():
    head, *lines = rows(DISCUSSIONS)
    assert head == list(ROLES)
    expected = {(what, role): answer for what, *answers in lines for role, answer in zip(head, answers, strict=True)}
    found = {
        (need, role): outcome(lambda need=need, role=role: discussions.require(replace(SOMEBODY, role=role), need))
        for need in discussions.DiscussionPermission
        for role in ROLES
    }
    assert found == expected
    assert all(
        discussions.may(replace(SOMEBODY, role=role), need) == (found[need, role] == "yes") for need, role in found
    )


def test_only_instructors_change_readings():
    found = [outcome(lambda role=role: require_edit(replace(SOMEBODY, role=role))) for role in ROLES]
    assert found == ["forbidden", "forbidden", "forbidden", "yes"]


# What somebody asks of posts: `gate` is shut while a first post of one's own is asked for and missing; any other column
# is a circumstance of the post in question. A dash stands for whatever it may be; every circumstance matches exactly
# one line. What has no column in a table makes no difference to that permission.
POSTS = {
    posts.PostPermission.READ: """
        state      gate observer  student         assistant       instructor
        unprepared -    forbidden discussion_shut yes             yes
        scheduled  -    forbidden discussion_shut yes             yes
        open       open forbidden yes             yes             yes
        open       shut forbidden post_first      yes             yes
        closed     -    forbidden yes             yes             yes
    """,
    posts.PostPermission.START: """
        state      observer  student         assistant       instructor
        unprepared forbidden discussion_shut discussion_shut discussion_shut
        scheduled  forbidden discussion_shut yes             yes
        open       forbidden yes             yes             yes
        closed     forbidden discussion_shut yes             yes
    """,
    posts.PostPermission.REPLY: """
        state      gate group stands shown held unlocked room observer  student         assistant       instructor
        unprepared -    -     -      -     -    -        -    forbidden discussion_shut discussion_shut discussion_shut
        scheduled  -    -     yes    -     no   -        yes  forbidden discussion_shut yes             yes
        scheduled  -    -     yes    -     no   -        no   forbidden discussion_shut too_deep        too_deep
        scheduled  -    -     yes    -     yes  -        -    forbidden discussion_shut post_held       post_held
        scheduled  -    -     no     -     -    -        -    forbidden discussion_shut parent_gone     parent_gone
        open       open own   yes    yes   no   yes      yes  forbidden yes             yes             yes
        open       open own   yes    yes   no   yes      no   forbidden too_deep        too_deep        too_deep
        open       open own   yes    yes   no   no       yes  forbidden thread_locked   yes             yes
        open       open own   yes    yes   no   no       no   forbidden thread_locked   too_deep        too_deep
        open       open own   yes    yes   yes  -        -    forbidden post_held       post_held       post_held
        open       open own   yes    no    no   -        yes  forbidden parent_gone     yes             yes
        open       open own   yes    no    no   -        no   forbidden parent_gone     too_deep        too_deep
        open       open own   yes    no    yes  -        -    forbidden parent_gone     post_held       post_held
        open       open own   no     -     -    -        -    forbidden parent_gone     parent_gone     parent_gone
        open       open left  yes    yes   no   yes      yes  forbidden group_left      yes             yes
        open       open left  yes    yes   no   yes      no   forbidden group_left      too_deep        too_deep
        open       open left  yes    yes   no   no       yes  forbidden group_left      yes             yes
        open       open left  yes    yes   no   no       no   forbidden group_left      too_deep        too_deep
        open       open left  yes    yes   yes  -        -    forbidden group_left      post_held       post_held
        open       open left  yes    no    no   -        yes  forbidden group_left      yes             yes
        open       open left  yes    no    no   -        no   forbidden group_left      too_deep        too_deep
        open       open left  yes    no    yes  -        -    forbidden group_left      post_held       post_held
        open       open left  no     -     -    -        -    forbidden group_left      parent_gone     parent_gone
        open       shut -     yes    -     no   -        yes  forbidden post_first      yes             yes
        open       shut -     yes    -     no   -        no   forbidden post_first      too_deep        too_deep
        open       shut -     yes    -     yes  -        -    forbidden post_first      post_held       post_held
        open       shut -     no     -     -    -        -    forbidden post_first      parent_gone     parent_gone
        closed     -    -     yes    -     no   -        yes  forbidden discussion_shut yes             yes
        closed     -    -     yes    -     no   -        no   forbidden discussion_shut too_deep        too_deep
        closed     -    -     yes    -     yes  -        -    forbidden discussion_shut post_held       post_held
        closed     -    -     no     -     -    -        -    forbidden discussion_shut parent_gone     parent_gone
    """,
    posts.PostPermission.EDIT: """
        state      whose stands native shown unlocked time observer  student         assistant       instructor
        -          other -      -      -     -        -    forbidden forbidden       forbidden       forbidden
        unprepared own   -      -      -     -        -    forbidden discussion_shut discussion_shut discussion_shut
        scheduled  own   yes    yes    -     -        -    forbidden discussion_shut yes             yes
        scheduled  own   yes    no     -     -        -    forbidden discussion_shut forbidden       forbidden
        scheduled  own   no     -      -     -        -    forbidden discussion_shut forbidden       forbidden
        open       own   yes    yes    yes   yes      yes  forbidden yes             yes             yes
        open       own   yes    yes    yes   yes      no   forbidden editing_over    yes             yes
        open       own   yes    yes    yes   no       -    forbidden thread_locked   yes             yes
        open       own   yes    yes    no    -        -    forbidden post_hidden     yes             yes
        open       own   yes    no     -     -        -    forbidden forbidden       forbidden       forbidden
        open       own   no     -      -     -        -    forbidden forbidden       forbidden       forbidden
        closed     own   yes    yes    -     -        -    forbidden discussion_shut yes             yes
        closed     own   yes    no     -     -        -    forbidden discussion_shut forbidden       forbidden
        closed     own   no     -      -     -        -    forbidden discussion_shut forbidden       forbidden
    """,
    posts.PostPermission.DELETE: """
        state      whose stands unlocked observer  student         assistant       instructor
        unprepared own   -      -        forbidden discussion_shut discussion_shut discussion_shut
        unprepared other -      -        forbidden forbidden       discussion_shut discussion_shut
        scheduled  own   yes    -        forbidden discussion_shut yes             yes
        scheduled  own   no     -        forbidden discussion_shut forbidden       forbidden
        scheduled  other yes    -        forbidden forbidden       yes             yes
        scheduled  other no     -        forbidden forbidden       forbidden       forbidden
        open       own   yes    yes      forbidden yes             yes             yes
        open       own   yes    no       forbidden thread_locked   yes             yes
        open       own   no     -        forbidden forbidden       forbidden       forbidden
        open       other yes    -        forbidden forbidden       yes             yes
        open       other no     -        forbidden forbidden       forbidden       forbidden
        closed     own   yes    -        forbidden discussion_shut yes             yes
        closed     own   no     -        forbidden discussion_shut forbidden       forbidden
        closed     other yes    -        forbidden forbidden       yes             yes
        closed     other no     -        forbidden forbidden       forbidden       forbidden
    """,
    posts.PostPermission.LIKE: """
        state      gate whose stands shown observer  student         assistant       instructor
        unprepared -    -     -      -     forbidden discussion_shut discussion_shut discussion_shut
        scheduled  -    own   -      -     forbidden discussion_shut forbidden       forbidden
        scheduled  -    other yes    -     forbidden discussion_shut yes             yes
        scheduled  -    other no     -     forbidden discussion_shut parent_gone     parent_gone
        open       open own   -      -     forbidden forbidden       forbidden       forbidden
        open       open other yes    yes   forbidden yes             yes             yes
        open       open other yes    no    forbidden parent_gone     yes             yes
        open       open other no     -     forbidden parent_gone     parent_gone     parent_gone
        open       shut own   -      -     forbidden post_first      forbidden       forbidden
        open       shut other yes    -     forbidden post_first      yes             yes
        open       shut other no     -     forbidden post_first      parent_gone     parent_gone
        closed     -    own   -      -     forbidden discussion_shut forbidden       forbidden
        closed     -    other yes    -     forbidden discussion_shut yes             yes
        closed     -    other no     -     forbidden discussion_shut parent_gone     parent_gone
    """,
    posts.PostPermission.REPORT: """
        state      gate whose stands shown observer  student         assistant       instructor
        unprepared -    own   -      -     forbidden discussion_shut forbidden       forbidden
        unprepared -    other yes    -     forbidden discussion_shut yes             yes
        unprepared -    other no     -     forbidden discussion_shut parent_gone     parent_gone
        scheduled  -    own   -      -     forbidden discussion_shut forbidden       forbidden
        scheduled  -    other yes    -     forbidden discussion_shut yes             yes
        scheduled  -    other no     -     forbidden discussion_shut parent_gone     parent_gone
        open       open own   -      -     forbidden forbidden       forbidden       forbidden
        open       open other yes    yes   forbidden yes             yes             yes
        open       open other yes    no    forbidden parent_gone     yes             yes
        open       open other no     -     forbidden parent_gone     parent_gone     parent_gone
        open       shut own   -      -     forbidden post_first      forbidden       forbidden
        open       shut other yes    -     forbidden post_first      yes             yes
        open       shut other no     -     forbidden post_first      parent_gone     parent_gone
        closed     -    own   -      -     forbidden forbidden       forbidden       forbidden
        closed     -    other yes    yes   forbidden yes             yes             yes
        closed     -    other yes    no    forbidden parent_gone     yes             yes
        closed     -    other no     -     forbidden parent_gone     parent_gone     parent_gone
    """,
    posts.PostPermission.ACCEPT: """
        state      asker answer private stands shown unlocked observer  student         assistant       instructor
        unprepared no    -      -       -      -     -        forbidden forbidden       discussion_shut discussion_shut
        unprepared yes   -      -       -      -     -        forbidden discussion_shut discussion_shut discussion_shut
        scheduled  no    yes    no      yes    -     -        forbidden forbidden       yes             yes
        scheduled  yes   yes    no      yes    -     -        forbidden discussion_shut yes             yes
        scheduled  no    yes    no      no     -     -        forbidden forbidden       parent_gone     parent_gone
        scheduled  yes   yes    no      no     -     -        forbidden discussion_shut parent_gone     parent_gone
        scheduled  no    yes    yes     -      -     -        forbidden forbidden       forbidden       forbidden
        scheduled  yes   yes    yes     -      -     -        forbidden discussion_shut forbidden       forbidden
        scheduled  no    no     -       -      -     -        forbidden forbidden       forbidden       forbidden
        scheduled  yes   no     -       -      -     -        forbidden discussion_shut forbidden       forbidden
        open       no    yes    no      yes    -     -        forbidden forbidden       yes             yes
        open       yes   yes    no      yes    yes   yes      forbidden yes             yes             yes
        open       yes   yes    no      yes    yes   no       forbidden thread_locked   yes             yes
        open       yes   yes    no      yes    no    -        forbidden parent_gone     yes             yes
        open       no    yes    no      no     -     -        forbidden forbidden       parent_gone     parent_gone
        open       yes   yes    no      no     -     -        forbidden parent_gone     parent_gone     parent_gone
        open       no    yes    yes     -      -     -        forbidden forbidden       forbidden       forbidden
        open       yes   yes    yes     -      -     -        forbidden forbidden       forbidden       forbidden
        open       no    no     -       -      -     -        forbidden forbidden       forbidden       forbidden
        open       yes   no     -       -      -     -        forbidden forbidden       forbidden       forbidden
        closed     no    yes    no      yes    -     -        forbidden forbidden       yes             yes
        closed     yes   yes    no      yes    -     -        forbidden discussion_shut yes             yes
        closed     no    yes    no      no     -     -        forbidden forbidden       parent_gone     parent_gone
        closed     yes   yes    no      no     -     -        forbidden discussion_shut parent_gone     parent_gone
        closed     no    yes    yes     -      -     -        forbidden forbidden       forbidden       forbidden
        closed     yes   yes    yes     -      -     -        forbidden discussion_shut forbidden       forbidden
        closed     no    no     -       -      -     -        forbidden forbidden       forbidden       forbidden
        closed     yes   no     -       -      -     -        forbidden discussion_shut forbidden       forbidden
    """,
    posts.PostPermission.PIN: """
        prepared root stands observer  student   assistant       instructor
        no       -    -      forbidden forbidden discussion_shut discussion_shut
        yes      yes  yes    forbidden forbidden yes             yes
        yes      yes  no     forbidden forbidden parent_gone     parent_gone
        yes      no   -      forbidden forbidden forbidden       forbidden
    """,
    posts.PostPermission.MARK: """
        prepared stands observer  student   assistant       instructor
        no       -      forbidden forbidden discussion_shut discussion_shut
        yes      yes    forbidden forbidden yes             yes
        yes      no     forbidden forbidden parent_gone     parent_gone
    """,
    posts.PostPermission.CLOSE: """
        prepared root observer  student   assistant       instructor
        no       -    forbidden forbidden discussion_shut discussion_shut
        yes      yes  forbidden forbidden yes             yes
        yes      no   forbidden forbidden forbidden       forbidden
    """,
    posts.PostPermission.HIDE: """
        prepared stands observer  student   assistant       instructor
        no       -      forbidden forbidden discussion_shut discussion_shut
        yes      yes    forbidden forbidden yes             yes
        yes      no     forbidden forbidden parent_gone     parent_gone
    """,
    posts.PostPermission.HOLD: """
        prepared answered stands observer  student   assistant       instructor
        no       -        -      forbidden forbidden discussion_shut discussion_shut
        yes      no       yes    forbidden forbidden yes             yes
        yes      no       no     forbidden forbidden parent_gone     parent_gone
        yes      yes      -      forbidden forbidden forbidden       forbidden
    """,
    posts.PostPermission.APPROVE: """
        prepared stands observer  student   assistant       instructor
        no       -      forbidden forbidden discussion_shut discussion_shut
        yes      yes    forbidden forbidden yes             yes
        yes      no     forbidden forbidden parent_gone     parent_gone
    """,
    posts.PostPermission.SPLIT: """
        prepared root private stands observer  student   assistant       instructor
        no       -    -       -      forbidden forbidden discussion_shut discussion_shut
        yes      no   no      yes    forbidden forbidden yes             yes
        yes      no   no      no     forbidden forbidden parent_gone     parent_gone
        yes      no   yes     -      forbidden forbidden forbidden       forbidden
        yes      yes  -       -      forbidden forbidden forbidden       forbidden
    """,
    posts.PostPermission.ANNOUNCE: """
        prepared observer  student   assistant       instructor
        no       forbidden forbidden discussion_shut discussion_shut
        yes      forbidden forbidden yes             yes
    """,
    posts.PostPermission.REPLY_PRIVATELY: """
        prepared teacher native stands room observer  student   assistant       instructor
        no       -       -      -      -    forbidden forbidden discussion_shut discussion_shut
        yes      no      yes    yes    yes  forbidden forbidden yes             yes
        yes      no      yes    yes    no   forbidden forbidden too_deep        too_deep
        yes      no      yes    no     -    forbidden forbidden parent_gone     parent_gone
        yes      no      no     -      -    forbidden forbidden forbidden       forbidden
        yes      yes     -      -      -    forbidden forbidden forbidden       forbidden
    """,
    posts.PostPermission.MODERATE: """
        state observer  student   assistant instructor
        -     forbidden forbidden yes       yes
    """,
}
COLUMNS = {
    "state": ("state",),
    "prepared": ("state",),
    "gate": ("post_first", "has_posted"),
    "whose": ("is_author",),
    "stands": ("is_deleted",),
    "room": ("is_deepest",),
    "shown": ("is_hidden",),
    "held": ("is_held",),
    "answered": ("is_answered",),
    "unlocked": ("is_locked",),
    "native": ("is_imported",),
    "time": ("is_past_editing",),
    "root": ("is_root",),
    "private": ("is_private",),
    "teacher": ("is_by_staff",),
    "answer": ("is_answer",),
    "asker": ("is_asker",),
    "group": ("is_elsewhere",),
}
"""What each column tells of."""
NEGATIVE = {"stands", "room", "shown", "unlocked", "native", "time"}
FIELDS = [field.name for field in fields(posts.Circumstances)]
PLAIN = posts.Circumstances(State.OPEN, post_first=False, has_posted=False)


def described(c, column):
    """A circumstance in the words of the tables."""
    if column == "state":
        return c.state.value
    if column == "prepared":
        return "no" if c.state is State.UNPREPARED else "yes"
    if column == "gate":
        return "shut" if c.post_first and not c.has_posted else "open"
    is_so = getattr(c, COLUMNS[column][0])
    if column == "whose":
        return "own" if is_so else "other"
    if column == "group":
        return "left" if is_so else "own"
    return "yes" if is_so != (column in NEGATIVE) else "no"


def variants(columns):
    """Every circumstance that these columns tell apart, and each of them with one further thing changed."""
    told = dict.fromkeys(name for column in columns for name in COLUMNS[column])
    for values in product(*(State if name == "state" else (False, True) for name in told)):
        here = replace(PLAIN, **dict(zip(told, values, strict=True)))
        yield here
        for name in FIELDS:
            if name not in told:
                others = State if name == "state" else [not getattr(here, name)]
                yield from (replace(here, **{name: other}) for other in others)


def expected(columns, lines, c):
    """What the one line that matches says, by role."""
    here = [described(c, column) for column in columns]
    (answers,) = [
        line[len(columns) :]
        for line in lines
        if all(word in ("-", is_so) for word, is_so in zip(line, here, strict=False))
    ]
    return answers


def test_every_permission_on_posts_has_a_table():
    assert POSTS.keys() == posts.TABLE.keys() == set(posts.PostPermission)
    assert {name for names in COLUMNS.values() for name in names} == set(FIELDS)


@pytest.mark.parametrize("need", posts.PostPermission)
def test_the_table_of_posts(need):
    head, *lines = rows(POSTS[need])
    columns, roles = head[: -len(ROLES)], head[-len(ROLES) :]
    assert roles == list(ROLES)
    actors = [replace(SOMEBODY, role=role) for role in ROLES]
    for c in variants(columns):
        found = [outcome(lambda actor=actor, c=c: posts.require(actor, need, c)) for actor in actors]
        assert found == expected(columns, lines, c), c
        assert [posts.may(actor, need, c) for actor in actors] == [answer == "yes" for answer in found]
        assert [need in posts.permitted(actor, c) for actor in actors] == [answer == "yes" for answer in found]


def test_a_shut_discussion_says_in_which_state_it_is():
    with pytest.raises(ColloquyError) as caught:
        posts.require(
            replace(SOMEBODY, role=Role.STUDENT),
            posts.PostPermission.START,
            posts.Circumstances(State.CLOSED, post_first=False, has_posted=False),
        )
    assert caught.value.data == {"state": "closed"}
