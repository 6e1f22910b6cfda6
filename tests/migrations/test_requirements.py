"""What discussions ask for becomes a list of requirements: each keeps its rule, and the code before loses nothing."""

import json
from collections import defaultdict

import pytest
from sqlalchemy import text

from lti_app import migrations
from lti_app.core.db import make_engine
from lti_app.participation.requirements.registry import FIELDS, to_values
from tests.migrations.earlier_code import EarlierCode

RULES = [(0, 0, 0, None), (200, 2, 75, "counter"), (0, 0, 40, None)]
SET = "UPDATE discussion SET first_post_words = :first, replies_wanted = :people, reply_words = :words"


def values(first, people, words, move):
    return {
        **{field.input: field.nothing for field in FIELDS},
        "first_post_words": first,
        "replies_wanted": people,
        "reply_words": words,
        "wanted_move": move or "",
    }


def set_up(connection, discussion_id, rule):
    first, people, words, move = rule
    about = {"first": first, "people": people, "words": words, "move": move, "id": discussion_id}
    connection.execute(text(f"{SET}, wanted_move = :move WHERE id = :id"), about)


def asked(connection):
    rows = connection.execute(text("SELECT requirements FROM discussion ORDER BY id")).scalars()
    return [to_values(tuple(json.loads(row) if isinstance(row, str) else row)) for row in rows]


@pytest.fixture
def connection(empty_database_url):
    """Three discussions of the release before, each with a rule of its own."""
    migrations.upgrade(empty_database_url, "0016")
    engine = make_engine(empty_database_url)
    with engine.connect() as connection:
        EarlierCode(connection, defaultdict(list)).write_first(connection)
        for discussion_id, rule in enumerate(RULES, 1):
            set_up(connection, discussion_id, rule)
        connection.commit()
    migrations.upgrade(empty_database_url, "0017")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_every_discussion_keeps_its_rule(connection):
    assert asked(connection) == [values(*rule) for rule in RULES]


def test_what_the_code_before_saves_meanwhile_is_taken_over(connection):
    set_up(connection, 1, (150, 1, 0, "example"))
    assert asked(connection) == [values(150, 1, 0, "example"), *(values(*rule) for rule in RULES[1:])]


def test_other_changes_leave_the_requirements_alone(connection):
    days = [{"kind": "days", "days": 2}]
    connection.execute(text("UPDATE discussion SET requirements = :asked WHERE id = 2"), {"asked": json.dumps(days)})
    connection.execute(text("UPDATE discussion SET title = 'Another', version = version + 1"))
    assert asked(connection)[1] == {**values(0, 0, 0, None), "days_wanted": 2}


def test_a_discussion_without_requirements_asks_for_nothing(connection):
    assert asked(connection)[0] == values(0, 0, 0, None)


def test_it_can_be_taken_back(empty_database_url, connection):
    connection.rollback()
    migrations.downgrade(empty_database_url, "0016")
    rows = connection.execute(
        text("SELECT first_post_words, replies_wanted, reply_words, wanted_move FROM discussion ORDER BY id")
    )
    assert [tuple(row) for row in rows] == RULES
    connection.rollback()
    migrations.upgrade(empty_database_url, "0017")
    assert asked(connection) == [values(*rule) for rule in RULES]
