"""People's names as platforms send them, and the zones that their browsers tell."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.course.courses.rules import Role, hash_token
from lti_app.course.people.rules import MAX_NAME, Names, display_name, known_zone, sort_name, zone

SHOWN = {
    "full name": (Names("Ana Brandt", "Ana", "Brandt"), "Ana Brandt", "brandt, ana brandt"),
    "parts": (Names("", "Ana", "Brandt"), "Ana Brandt", "brandt, ana brandt"),
    "given alone": (Names("", "Ana", ""), "Ana", "ana, ana"),
    "family alone": (Names("", "", "Brandt"), "Brandt", "brandt, brandt"),
    "full name alone": (Names("Ana Maria Brandt"), "Ana Maria Brandt", "brandt, ana maria brandt"),
    "one word": (Names("Sukarno"), "Sukarno", "sukarno, sukarno"),
    "two family names": (
        Names("Gabriel García Márquez", "Gabriel", "García Márquez"),
        "Gabriel García Márquez",
        "garcía márquez, gabriel garcía márquez",
    ),
    "family name first": (Names("王小明", "小明", "王"), "王小明", "王, 王小明"),
    "nothing": (Names(), "", ""),
    "blank": (Names(" \t ", " ", "\n"), "", ""),
    "controls and lines": (Names("Ana\n\0 \x1b[31m\tBrandt\u2028"), "Ana [31m Brandt", "brandt, ana [31m brandt"),
    "turning marks": (Names("Ana \u202eBrandt"), "Ana Brandt", "brandt, ana brandt"),
    "lone surrogate": (Names("Ana \ud800Brandt"), "Ana Brandt", "brandt, ana brandt"),
    "joiners stay": (Names("علی\u200cرضا"), "علی\u200cرضا", "علی\u200cرضا, علی\u200cرضا"),
    "joiners alone": (Names("\u200d\u200c"), "", ""),
    "accents apart": (Names("Rene\u0301"), "Ren\u00e9", "ren\u00e9, ren\u00e9"),
    "markup is text": (Names("<b>Ana</b>"), "<b>Ana</b>", "<b>ana</b>, <b>ana</b>"),
}


@pytest.mark.parametrize(("names", "shown", "sorted_by"), SHOWN.values(), ids=SHOWN)
def test_names(names, shown, sorted_by):
    assert (display_name(names), sort_name(names)) == (shown, sorted_by)


@given(st.builds(Names, name=st.text(max_size=400), given=st.text(max_size=99), family=st.text(max_size=99)))
def test_any_name_is_one_line_that_fits_and_can_be_stored(names):
    shown = display_name(names)
    assert len(shown) <= MAX_NAME
    assert shown == " ".join(shown.split())
    shown.encode()
    assert bool(sort_name(names)) == bool(shown)


def test_zones():
    assert known_zone("Europe/Berlin") == "Europe/Berlin"
    assert [known_zone(name) for name in (None, "", "Mars/Phobos", "../etc/passwd", "\0")] == [None] * 5
    assert zone("America/Bogota") == ZoneInfo("America/Bogota")
    assert zone("Mars/Phobos") == ZoneInfo("UTC")


def test_roles_are_ordered_by_power():
    assert sorted(Role, key=lambda role: role.power) == [
        Role.OBSERVER,
        Role.STUDENT,
        Role.ASSISTANT,
        Role.INSTRUCTOR,
    ]
    assert [role for role in Role if role.is_staff] == [Role.ASSISTANT, Role.INSTRUCTOR]


def test_a_token_cannot_be_read_from_what_is_kept():
    assert hash_token("a") == hash_token("a") != hash_token("b")
    assert "secret" not in hash_token("secret")
