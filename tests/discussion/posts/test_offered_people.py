"""People offered to whoever types a name: however its letters are typed."""

import pytest
from sqlalchemy import update

from lti_app.course.people.models import Person
from lti_app.discussion.posts.queries.referred import MAX_NAME, offer_people
from tests.factories.discussions import set_up


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("Łukasz Müller", "luk"),
        ("Łukasz Müller", "MULL"),
        ("Łukasz Müller", "Mu\u0308l"),
        ("Œdipe Straße", "oed"),
        ("Œdipe Straße", "STRASS"),
        ("Ёлкин Пётр", "елк"),
        ("Ёлкин Пётр", "ПЕТР"),
        ("Γιώργος Νίκος", "ΓΙΩΡΓΟΣ"),
        ("İbrahim Işık", "isik"),
        ("أحمد عليّ", "احمد"),
        ("أحمد عليّ", "على"),
        ("ﾀﾅｶ ひろし", "たなか"),
        ("한지민", "한지"),
        ("李小龙", "李小"),
        ("Ana-María O’Neill", "maria"),
        ("Ana-María O’Neill", "ana maria"),
        ("Ana-María O’Neill", "O'Nei"),
        ("Nguyễn Thị Hương", "nguyen thi"),
        ("नीरज ज़ैदी", "जैदी"),
    ],
)
def test_a_name_is_offered_however_its_beginning_is_typed(session, cast, clock, name, begins):
    discussion = set_up(session, cast.ines, clock())
    session.execute(update(Person).where(Person.id == cast.ben.person_id).values(name=name))
    assert offer_people(session, cast.ana, discussion, begins) == [(cast.ben.person_id, name)]
    assert offer_people(session, cast.ana, discussion, "zzz" + begins) == []


@pytest.mark.parametrize("begins", ["", "  ", "-", "\x00", "x" * (MAX_NAME + 100), "%", "_"])
def test_whatever_is_typed_is_answered(session, cast, clock, begins):
    discussion = set_up(session, cast.ines, clock())
    offered = offer_people(session, cast.ana, discussion, begins)
    assert bool(offered) == (not begins.strip(" -"))
