"""However many courses there are, no page reads a large table from end to end: by the plans of the databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from lti_app.course.courses.actions import open_visit, record_member
from lti_app.course.courses.rules import Role
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.models import Discussion, Pseudonym
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Anonymity, StanceQuestion
from lti_app.discussion.drafts.actions import save_draft
from lti_app.discussion.drafts.models import Draft
from lti_app.discussion.drafts.rules import DraftContent, place_of
from lti_app.discussion.moderation.actions import change_post, report_post
from lti_app.discussion.moderation.rules import ModerationAction, ReportReason
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.publishing.actions.publish import publish
from lti_app.discussion.reactions.actions import set_like
from lti_app.discussion.read_state.actions import mark_posts_read
from lti_app.discussion.read_state.rules import PostNumbers
from lti_app.exchange.importing.rules.prepare import ImportFile
from lti_app.grading.assessments.actions.grading import release_all
from lti_app.grading.comments.actions import save_comment
from lti_app.grading.passbacks.actions.sending import claim_due
from lti_app.grading.rubrics.actions.library import create_rubric
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from lti_app.library.files.models import File
from lti_app.library.files.rules import part_of_address
from lti_app.notices.calendars.actions import renew_address
from lti_app.notices.calendars.queries import get_own_calendar
from lti_app.notices.feed.actions.gathering import sources
from lti_app.web.notices.calendars import sign_calendar
from lti_app.web.notices.mail_writer import UnsubscribeTokens
from tests.factories.discussions import PAID
from tests.factories.imports import preview
from tests.factories.notices import notify
from tests.factories.posts import write
from tests.factories.reviews import DUE, assign, plan_reviews, review, tasks_of
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
    "points_passback",
    "mark",
    "enrollment",
    "file",
    "finding",
    "moderation_act",
    "moved_post",
    "pseudonym",
    "reading_state",
    "report",
    "signature_band",
    "stance",
}
"""What grows with the number of people and weeks."""
ROUNDS = 2
LONG = "Kotter has leaders cope with change while managers cope with complexity, and argues that both are work"
NEWCOMER = Identity("https://lms.example.edu", "client-1", "newcomer")
OFTEN = {
    *("index_posts", "read_pages", "sweep_references", "assign_reviews", "tell_activities", "sweep_notices"),
    *("remind", "refresh_rosters"),
}
SELDOM = {"clear_away", "sweep_files"}
"""Once a night."""
OUTSIDE = {"sweep_passbacks", "sweep_gradebooks"}
"""They ask the LMS; what they ask of the database first is among the writes."""
ROWS = """
INSERT INTO person (issuer, sub, name, sort_name, created_at)
    WITH RECURSIVE other(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM other WHERE n < 120)
    SELECT 'https://elsewhere.example.edu', 'other-' || n, '', '', (SELECT min(created_at) FROM course) FROM other;
UPDATE post SET version = 2, edited_at = created_at;
UPDATE passback SET state = 'sent', sent_version = wanted_version, sent_at = queued_at;
UPDATE points_passback SET state = 'sent', sent_version = wanted_version, sent_at = queued_at;
INSERT INTO appreciation (post_id, person_id, at)
    SELECT post.id, person_id, created_at FROM post JOIN enrollment ON enrollment.course_id = post.course_id;
INSERT INTO mention (post_id, person_id)
    SELECT post.id, person_id FROM post JOIN enrollment ON enrollment.course_id = post.course_id;
INSERT INTO revision (post_id, version, text, html, words, reading_ids, written_at)
    SELECT id, 1, text, html, words, reading_ids, created_at FROM post;
INSERT INTO seen (person_id, discussion_id, numbers, all_to)
    SELECT person_id, discussion.id, :nothing, 3 FROM discussion JOIN enrollment USING (course_id);
INSERT INTO file (course_id, owner_id, purpose, name, media_type, size, sha256, rights_note, created_at, attached_at)
    SELECT course_id, author_id, 'attachment', 'a.txt', 'text/plain', 1, '', '', created_at, created_at FROM post;
INSERT INTO attachment (post_id, file_id)
    SELECT post.id, file.id FROM post JOIN file ON file.owner_id = post.author_id AND file.id % 9 = post.id % 9;
INSERT INTO draft (
    course_id, discussion_id, person_id, place, post_id, title, format, text, file_ids, version, writer, saved_at
) SELECT course_id, discussion_id, author_id, 'reply-' || id, id, '', 'text', 'So', '[]', '', '', created_at FROM post;
INSERT INTO report (course_id, discussion_id, post_id, reporter_id, reason, words, at)
    SELECT course_id, discussion_id, post.id, person.id, 'other', '', post.created_at FROM post
    JOIN person ON person.id <> post.author_id AND person.id IN (SELECT author_id FROM post) WHERE post.number % 4 = 1;
INSERT INTO moderation_act (discussion_id, post_id, by_id, by_staff, kind, reason, at)
    SELECT discussion_id, id, NULL, false, 'hold', 'similar', created_at FROM post;
INSERT INTO moved_post (discussion_id, old_address, post_id, at)
    SELECT discussion_id, '9.' || number, id, created_at FROM post;
INSERT INTO finding (post_id, reason, like_id, share, at)
    SELECT id, 'similar', (SELECT min(id) FROM post), 90, created_at FROM post;
INSERT INTO signature_band (course_id, post_id, band)
    SELECT course_id, id, id * 10 + n FROM post CROSS JOIN (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3) AS bands;
INSERT INTO stance (discussion_id, person_id, "before", before_at, "after", after_at, moved_by_id)
    SELECT discussion.id, person_id, 3, discussion.created_at, 5, discussion.created_at,
        (SELECT min(post.id) FROM post WHERE post.discussion_id = discussion.id)
    FROM discussion JOIN enrollment USING (course_id);
INSERT INTO reading_state (reading_id, person_id, opened_at, last_opened_at, page, paragraph)
    SELECT reading.id, person_id, reading.created_at, reading.created_at, '3', ''
    FROM reading JOIN enrollment USING (course_id);
INSERT INTO post_comment (assessment_id, post_id, post_version, exact, prefix, suffix, text, by_id, written_at)
    SELECT assessment.id, post.id, 1, '', '', '', 'Good.', assessed_by_id, assessed_at FROM assessment
    JOIN post ON post.author_id = assessment.person_id AND post.discussion_id = assessment.discussion_id;
INSERT INTO saved_comment (course_id, person_id, text, criterion, level, saved_at)
    SELECT course_id, person_id, 'Well argued.', '', '', person.created_at FROM enrollment
    JOIN person ON person.id = person_id;
INSERT INTO pseudonym (discussion_id, person_id, name)
    SELECT discussion.id, person_id, 'No. ' || person_id FROM discussion JOIN enrollment USING (course_id)
    WHERE true ON CONFLICT DO NOTHING
"""


@pytest.fixture
def known(site):
    """What addresses name, in one of many courses full of posts."""
    discussion, posts = fill(site)
    with site.database.writing() as session:
        given = ImportFile(b"author,text\nAda,Hello", "UTC")
        import_id = preview(session, site.cast.ines, discussion, given, now=site.clock())
        rubric_id = create_rubric(session, site.cast.ines, DEFAULT_RUBRIC)
        comment_id = save_comment(session, site.cast.ines, text="Well argued.", now=site.clock())
        reviewed = plan_reviews(session, site.cast.ines, discussion, due=DUE)
        assign(session, site.cast.ines, reviewed, now=site.clock())
        review(session, site.cast.ben, reviewed, site.cast.ana, now=site.clock())
        review_key = tasks_of(session, site.cast.ana, reviewed, now=site.clock())[0].key
        for rows in ROWS.split(";"):
            session.execute(text(rows), {"nothing": b""})
        notice_id = notify(session, site.cast.ana, now=site.clock())
        renew_address(session, site.cast.ana, now=site.clock())
        calendar = get_own_calendar(session, site.cast.ana)
        draft_id = session.scalars(select(Draft.id).filter_by(post_id=posts[site.cast.ana].id)).one()
        blind = session.scalars(select(Discussion.id).filter_by(anonymity=Anonymity.BLIND)).one()
        pseudonym = {"discussion_id": blind, "person_id": site.cast.ana.person_id}
        file = session.scalars(select(File).where(File.key.is_not(None))).one()
        pseudonym_id = session.scalars(select(Pseudonym.id).filter_by(**pseudonym)).one()
    with site.database.engine.connect() as connection:
        multiply(connection, COPIES)
        assert large_tables(connection, LARGE) >= GROW
    return {
        "course_id": site.cast.course_id,
        "notice_id": notice_id,
        "calendar_token": sign_calendar(site.app.config["SECRET_KEY"], calendar.key, "en"),
        "unsubscribe_token": UnsubscribeTokens(site.app.config["SECRET_KEY"]).make(
            site.cast.course_id, site.cast.ana.person_id
        ),
        "discussion_id": discussion.id,
        "post_id": posts[site.cast.ana].id,
        "another": posts[site.cast.ben].id,
        "person_id": site.cast.ana.person_id,
        "reading_id": discussion.readings[0].id,
        "draft_id": draft_id,
        "import_id": import_id,
        "rubric_id": rubric_id,
        "comment_id": comment_id,
        "criterion_id": site.rubric(discussion).criteria[0].id,
        "place": 1,
        "ready_key": "weekly",
        "file_kind": "canvas",
        "pseudonym_id": pseudonym_id,
        "blind_id": blind,
        "file_id": file.id,
        "slug": part_of_address(file.key, file.name),
        "kind": "unread",
        "table": "network",
        "key": "k" * 43,
        "review_key": review_key,
    }


def fill(site):
    """Weeks of posts, marked and released, and one discussion in which names are hidden.

    Answers a week, and the last post of each student in it.
    """
    cast, readings, posts = site.cast, site.readings(), {}
    asked = StanceQuestion("Are leaders born?", "Made", "Born")
    for _ in range(3):
        discussion = site.discussion(reading_ids=readings, required_ids=frozenset(readings), stance=asked, **PAID)
        for n in range(ROUNDS):
            firsts = [site.write(student, discussion, f"As [Kotter, p. {n}] says: align.") for student in cast.students]
            for student in cast.students:
                for first in firsts:
                    posts[student] = site.write(student, discussion, f"Against [Zaleznik, p. {n}].", to=first)
        for student in cast.students:
            site.mark(discussion, student)
        site.release(discussion, *cast.students)
    site.write(cast.ana, site.discussion(anonymity=Anonymity.BLIND))
    file = site.attached(cast.ben)
    with site.database.writing() as session:
        written = PostContent("My chart is below.", file_ids=(file.id,))
        create_post(session, cast.ben, discussion, written, parent_id=None, now=site.clock())
    return discussion, posts


QUESTIONS = {"q": "align", "at": "2", "since": "3", "below": "900000000", "from": "1", "after": "1", "sort": "replied"}
"""What pages may be asked; those that do not know a question pass over it."""
OF_THE_LMS = {"iss": "https://lms.example.edu", "client_id": "10000000000001", "login_hint": "1", "state": "s" * 43}
"""What an LMS asks, which has no course yet."""
LEFT_OUT = {"static": "files of the front end, without a database"}
NEVER_OPENED = {
    "deep_linking.choose": "needs a message of an LMS; without one, the page that says so has looked for it",
    "lti.launch": "needs a message of an LMS",
    "lti.login": "needs a registered platform; the page that says so has looked for it",
    "lti.check": "needs a login that has begun",
    "lti.begin_in_tab": "needs a login that has begun",
}


def pages(app, known):
    """The addresses of all pages."""
    adapter = app.url_map.bind("localhost", url_scheme="https")
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in LEFT_OUT:
            names = {name: known[name] for name in rule.arguments}
            if "pseudonym_id" in names:
                names["discussion_id"] = known["blind_id"]
            others = {"kind": "own", "post_id": known["another"]}
            for named in (names, {name: others.get(name, value) for name, value in names.items()}):
                for questions in ({}, QUESTIONS if names else OF_THE_LMS):
                    yield rule.endpoint, adapter.build(rule.endpoint, {**named, **questions})


def sent_by_pages(site, known):
    """The statements of every page, for a student and for staff, with the page that sent them."""
    statements, opened = {}, set()
    for actor in (site.cast.ana, site.cast.ines):
        browser = site.browser(actor)
        for endpoint, address in pages(site.app, known):
            with statements_of(site.database.engine) as sent:
                status = browser.client.get(address, base_url=BASE).status_code
            assert status < 500, address
            opened |= {endpoint} if status < 400 else set()
            statements |= {statement: (endpoint, values) for statement, values in sent.items()}
    assert {endpoint for endpoint, _address in pages(site.app, known)} - opened == NEVER_OPENED.keys()
    return statements


def sent_by_writes(site, known):
    """The statements of what a class does most, and of sending its grades."""
    ana, ben, ines, now = site.cast.ana, site.cast.ben, site.cast.ines, site.clock()
    with site.database.write() as session, statements_of(site.database.engine) as sent:
        discussion = get_discussion(session, ines, known["discussion_id"], now=now)
        first = write(session, ana, discussion, text="Again [Kotter, p. 3].", now=now)
        reply = write(session, ben, discussion, to=first, now=now)
        later = now + timedelta(minutes=10)
        save_draft(session, ben, discussion, place_of(first.id), DraftContent("As I was saying"), now=later)
        said = PostContent(f"{LONG} [Kotter, p. 3]")
        longer = publish(session, ben, discussion, said, parent_id=first.id, sellers=frozenset(), now=now)
        set_like(session, ben, discussion, first.id, wanted=True, now=now)
        mark_posts_read(session, ben, discussion, PostNumbers.of(range(1, 5)))
        report_post(session, ben, discussion, first.id, reason=ReportReason.OTHER, words="Look.", now=now)
        for action in (ModerationAction.MARK, ModerationAction.HOLD, ModerationAction.APPROVE):
            change_post(session, ines, discussion, longer.id, action, now=now)
        edit_post(session, ben, discussion, reply.id, PostContent("Shorter."), version=1, now=now)
        delete_post(session, ben, discussion, reply.id, now=now)
        record_member(session, course_id=ana.course_id, identity=NEWCOMER, names=Names(), role=Role.STUDENT, now=now)
        open_visit(session, course_id=ana.course_id, person_id=ana.person_id, role=ana.role, frame_origins=(), now=now)
        release_all(session, ines, discussion, now=now)
        claim_due(session, site.clock.move(days=1), limit=10, lease=timedelta(minutes=5))
        session.rollback()
    return {statement: ("writes", values) for statement, values in sent.items()}


def sent_by_worker(site, house):
    """The statements of what the worker does every few minutes, when there is as good as nothing to do."""
    with site.database.writing() as session:
        session.execute(text("DELETE FROM gathering_mark"))
        newest = {"release": "grade_event", "moderation": "moderation_act"}
        for source in sources():
            table = newest.get(source, source)
            session.execute(
                text(f"INSERT INTO gathering_mark (source, last_id) SELECT '{source}', max(id) FROM {table}")
            )
    names = {each.name for each in house.jobs.huey._registry.periodic_tasks}
    assert names >= OFTEN | SELDOM | OUTSIDE
    sent = {}
    for task in house.jobs.huey._registry.periodic_tasks:
        if task.name in OFTEN:
            with statements_of(site.database.engine) as of_task:
                task.execute()
            sent |= {statement: (task.name, values) for statement, values in of_task.items()}
    return sent


def test_nothing_that_is_done_often_reads_a_large_table_whole(site, known, house):
    statements = sent_by_pages(site, known) | sent_by_writes(site, known) | sent_by_worker(site, house)
    assert len(statements) > 80
    read_whole = set()
    with site.database.engine.connect() as connection:
        large = large_tables(connection, LARGE)
        assert whole_scans(connection, "SELECT count(*) FROM post WHERE words = 7", ()) == {"post"}
        for statement, (name, values) in statements.items():
            read_whole |= {(name, table) for table in whole_scans(connection, statement, values) & large}
    assert read_whole == set()
