"""Passages that an earlier revision stored are found again, whatever has been added since."""

from datetime import UTC, datetime

from sqlalchemy import text

from lti_app import migrations
from lti_app.core.db import Database
from lti_app.library.readings.actions.passages import find_or_add_passage, find_passages
from lti_app.library.readings.rules import PassagePlace

THEN = datetime(2026, 1, 5, tzinfo=UTC)
BEFORE = "0003"
ROWS = (
    "INSERT INTO course (id, title, label, time_zone, created_at) VALUES (1, 'Leading', 'L', 'UTC', :then)",
    """INSERT INTO reading (id, course_id, csl, label, reference_html, first_page, created_at)
    VALUES (1, 1, '{}', 'Kotter 1990', 'Kotter', 1, :then)""",
    f"""INSERT INTO passage (id, reading_id, page, paragraph, exact, prefix, suffix, fingerprint)
    VALUES (7, 1, '104', '', '', '', '', '{PassagePlace("104").fingerprint}'),
           (8, 1, '', '', '', '', '', '{PassagePlace("").fingerprint}')""",
)


def test_older_passages_are_found_again_by_their_page(empty_database_url):
    migrations.upgrade(empty_database_url, BEFORE)
    database = Database.at(empty_database_url)
    with database.writing() as session:
        for row in ROWS:
            session.execute(text(row), {"then": THEN.replace(tzinfo=None)})
    for _ in range(2):
        migrations.upgrade(empty_database_url)
        with database.writing() as session:
            assert find_passages(session, [(1, "104"), (1, "")]) == {(1, "104"): 7, (1, ""): 8}
            quoted = {"page": "104", "exact": "coping with change"}
            assert find_or_add_passage(session, 1, **quoted) not in (7, 8)
        migrations.downgrade(empty_database_url, BEFORE)
    with database.read() as session:
        stored = set(session.execute(text("SELECT page, exact FROM passage")).all())
        assert stored == {("104", ""), ("", ""), ("104", "coping with change")}
        assert set(session.scalars(text("SELECT id FROM passage WHERE exact = ''"))) == {7, 8}
    database.engine.dispose()
