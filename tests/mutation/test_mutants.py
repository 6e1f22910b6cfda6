"""What is changed, and that a fault in place is a fault in force."""

import textwrap
from pathlib import Path

from lti_app.discussion.discussions import rules
from tests.cast import MONDAY
from tests.mutation.inserting import insert
from tests.mutation.mutants import mutants_of

SOURCE = textwrap.dedent('''
    LIMIT = 3
    def find(session, actor, number):
        """Twice 2."""
        if number > LIMIT and not actor.is_staff:
            raise NotFound
        return session.scalar(select(Row).where(Row.id == number, Row.course_id == actor.course_id))
    class View:
        @property
        def is_open(self):
            return self.state is not None
''')


def test_each_place_is_changed_once():
    found = {(mutant.scope or mutant.name, mutant.before, mutant.after) for mutant in mutants_of("rules.py", SOURCE)}
    query = "session.scalar(select(Row).where(Row.id == number, Row.course_id == actor.course_id))"
    inner = query.removeprefix("session.scalar(").removesuffix(")")
    assert found == {
        ("LIMIT", "3", "4"),
        ("find", "number > LIMIT and not actor.is_staff", "(number > LIMIT or not actor.is_staff)"),
        ("find", "number > LIMIT", "number >= LIMIT"),
        ("find", "not actor.is_staff", "(actor.is_staff)"),
        ("find", "raise NotFound", "pass"),
        ("find", inner, "select(Row).where(Row.course_id == actor.course_id)"),
        ("find", inner, "select(Row).where(Row.id == number)"),
        ("find", "Row.id == number", "Row.id != number"),
        ("find", "Row.course_id == actor.course_id", "Row.course_id != actor.course_id"),
        ("View.is_open", "self.state is not None", "self.state is None"),
    }


def test_a_mutant_is_the_file_with_one_change():
    (mutant,) = [one for one in mutants_of("rules.py", SOURCE) if one.after == "4"]
    assert mutant.source == SOURCE.replace("LIMIT = 3", "LIMIT = 4")
    assert mutant.key == "rules.py:LIMIT: 3 -> 4"


def test_a_mutant_is_in_force_where_the_function_is_already_known():
    state_at, calendar = rules.state_at, rules.Calendar()
    path, source = "discussion/discussions/rules.py", Path(rules.__file__).read_text(encoding="utf-8")
    kept = state_at.__code__
    (mutant,) = [one for one in mutants_of(path, source) if (one.scope, one.before) == ("state_at", "not prepared")]
    try:
        insert(mutant)
        assert state_at(calendar, prepared=True, now=MONDAY) is rules.State.UNPREPARED
    finally:
        state_at.__code__ = kept
    assert state_at(calendar, prepared=True, now=MONDAY) is rules.State.OPEN
