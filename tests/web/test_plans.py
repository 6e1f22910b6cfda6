"""However many courses there are, no page reads a large table from end to end: by the plans of the databases."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from lti_app.discussion.discussions.queries import get_discussion
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import Written
from lti_app.grading.assessments.actions import release_all
from lti_app.grading.passbacks.actions import claim_due
from tests.factories.posts import write
from tests.web.browser import BASE
from tests.web.plans import large_tables, multiply, statements_of, whole_scans

COPIES = 150
LARGE = 1_000
"""From this number of rows on, reading a whole table is never what a page may do."""
GROW = {
    "post",
    "revision",
    "citation",
    "mention",
    "attachment",
    "appreciation",
    "seen",
    "draft",
    "passback",
    "mark",
    "enrollment",
}
"""What grows with the number of people and weeks."""
ROUNDS = 2
ROWS = """
INSERT INTO person (issuer, sub, name, sort_name, created_at)
    WITH RECURSIVE other(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM other WHERE n < 120)
    SELECT 'https://elsewhere.example.edu', 'other-' || n, '', '', (SELECT min(created_at) FROM course) FROM other;
UPDATE post SET version = 2, edited_at = created_at;
UPDATE passback SET state = 'sent', sent_version = wanted_version, sent_at = queued_at;
INSERT INTO appreciation (post_id, person_id, at)
    SELECT post.id, person_id, created_at FROM post JOIN enrollment ON enrollment.course_id = post.course_id;
INSERT INTO mention (post_id, person_id)
    SELECT post.id, person_id FROM post JOIN enrollment ON enrollment.course_id = post.course_id;
INSERT INTO revision (post_id, version, text, html, words, reading_ids, written_at)
    SELECT id, 1, text, html, words, reading_ids, created_at FROM post;
INSERT INTO seen (person_id, discussion_id, numbers, all_to)
    SELECT person_id, discussion.id, '', 3 FROM discussion JOIN enrollment USING (course_id);
INSERT INTO file (course_id, owner_id, purpose, name, media_type, size, sha256, rights_note, created_at, attached_at)
    SELECT course_id, author_id, 'attachment', 'a.txt', 'text/plain', 1, '', '', created_at, created_at FROM post;
INSERT INTO attachment (post_id, file_id)
    SELECT post.id, file.id FROM post JOIN file ON file.owner_id = post.author_id AND file.id % 9 = post.id % 9;
INSERT INTO draft (
    course_id, discussion_id, person_id, place, post_id, title, format, text, file_ids, version, writer, saved_at
) SELECT course_id, discussion_id, author_id, 'reply-' || id, id, '', 'text', 'So', '[]', '', '', created_at FROM post
"""


@pytest.fixture
def known(site):
    """The ids that addresses have, in one of many courses full of posts."""
    cast, readings = site.cast, site.readings()
    for _ in range(3):
        discussion = site.discussion(reading_ids=readings, required_ids=frozenset(readings))
        for n in range(ROUNDS):
            firsts = [site.write(student, discussion, f"As [Kotter, p. {n}] says: align.") for student in cast.students]
            for student in cast.students:
                for first in firsts:
                    post = site.write(student, discussion, f"Against [Zaleznik, p. {n}].", to=first)
        for student in cast.students:
            site.mark(discussion, student)
        site.release(discussion, *cast.students)
    with site.database.writing() as session:
        for rows in ROWS.split(";"):
            session.execute(text(rows))
    with site.database.engine.connect() as connection:
        multiply(connection, COPIES)
        assert large_tables(connection, LARGE) >= GROW
    return {
        "course_id": cast.course_id,
        "discussion_id": discussion.id,
        "post_id": post.id,
        "person_id": cast.ana.person_id,
        "student_id": cast.ana.person_id,
        "reading_id": readings[0],
        "filename": "style.css",
    }


QUESTIONS = {"q": "align", "at": "2", "since": "3", "below": "900000000", "from": "1", "after": "1", "sort": "replied"}
"""What pages may be asked; those that do not know a question pass over it."""


def pages(app, known):
    """The addresses of all pages that can be opened with what is known."""
    adapter = app.url_map.bind("localhost", url_scheme="https")
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and "course_id" in rule.arguments and rule.arguments <= set(known):
            names = {name: known[name] for name in rule.arguments}
            yield rule.endpoint, adapter.build(rule.endpoint, names)
            yield rule.endpoint, adapter.build(rule.endpoint, {**names, **QUESTIONS})


def sent_by_pages(site, known):
    """The statements of every page, for a student and for staff, with the page that sent them."""
    statements = {}
    for actor in (site.cast.ana, site.cast.ines):
        browser = site.browser(actor)
        for endpoint, address in pages(site.app, known):
            with statements_of(site.database.engine) as sent:
                assert browser.client.get(address, base_url=BASE).status_code < 500, address
            statements |= {statement: (endpoint, values) for statement, values in sent.items()}
    return statements


def sent_by_writes(site, discussion_id):
    """The statements of what a class and the worker do most."""
    with site.database.write() as session, statements_of(site.database.engine) as sent:
        discussion = get_discussion(session, site.cast.ines, discussion_id, now=site.clock())
        first = write(session, site.cast.ana, discussion, text="Again [Kotter, p. 3].", now=site.clock())
        reply = write(session, site.cast.ben, discussion, to=first, now=site.clock())
        edit_post(session, site.cast.ben, discussion, reply.id, Written("Shorter."), version=1, now=site.clock())
        delete_post(session, site.cast.ben, discussion, reply.id, now=site.clock())
        release_all(session, site.cast.ines, discussion, now=site.clock())
        claim_due(session, site.clock.move(days=1), limit=10, lease=timedelta(minutes=5))
        session.rollback()
    return {statement: ("writes", values) for statement, values in sent.items()}


def test_nothing_that_is_done_often_reads_a_large_table_whole(site, known):
    statements = sent_by_pages(site, known) | sent_by_writes(site, known["discussion_id"])
    assert len(statements) > 80
    read_whole = set()
    with site.database.engine.connect() as connection:
        large = large_tables(connection, LARGE)
        assert whole_scans(connection, "SELECT count(*) FROM post WHERE words = 7", ()) == {"post"}
        for statement, (name, values) in statements.items():
            read_whole |= {(name, table) for table in whole_scans(connection, statement, values) & large}
    assert read_whole == set()
