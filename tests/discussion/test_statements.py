"""What the parts of a page ask of the database: so many statements and no more, whatever the number of posts."""

import pytest

from lti_app.course.courses.queries import list_students
from lti_app.discussion.discussions.queries.course import list_discussions
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post, get_text
from lti_app.discussion.posts.rules.addresses import address_to_path
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.threads.queries import get_overview, read_thread
from lti_app.grading.assessments.actions.grading import assess, release, release_all
from lti_app.grading.assessments.queries.context import list_posts_in_context
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.grades import get_assessment, get_released_grade
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.library.readings.queries import list_readings
from lti_app.participation.progress.queries import collect_class_facts, get_participation
from tests.factories.discussions import set_up
from tests.factories.grades import levels, mark
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.statements import count_statements

TEXT = "As [Kotter, p. {}] and [Zaleznik, p. {}] say."


class Scene:
    """A discussion of readings that grows by round: each student posts, answers the others and edits."""

    def __init__(self, session, cast, clock):
        self.session, self.cast, self.clock = session, cast, clock
        readings = add_readings(session, cast.ines, clock())
        self.discussion = set_up(
            session, cast.ines, clock(), reading_ids=readings, required_ids=frozenset(readings), post_first=True
        )
        self.rounds = 0
        self.grow()

    def grow(self):
        now, discussion = self.clock.move(minutes=1), self.discussion
        self.rounds += 1
        page = f"{self.rounds}"
        posts = [
            write(self.session, actor, discussion, text=TEXT.format(page, page), now=now)
            for actor in self.cast.students
        ]
        for author, other in zip(self.cast.students, reversed(posts), strict=True):
            write(self.session, author, discussion, to=other, now=now)
        for author, post in zip(self.cast.students, posts, strict=True):
            edit_post(self.session, author, discussion, post.id, PostContent("Shorter."), version=1, now=now)
        self.post = get_post(self.session, self.cast.ana, discussion, posts[0].id, need=PostPermission.READ)
        self.session.flush()


def read_page(s, start=""):
    here = circumstances_of(s.session, s.cast.ana, s.discussion)
    read_thread(s.session, s.cast.ana, s.discussion, circumstances=here, start=start)


def reply(s):
    text = TEXT.format("1", f"new {s.rounds}")  # a page that nobody has cited
    create_post(s.session, s.cast.ben, s.discussion, PostContent(text), parent_id=s.post.id, now=s.clock())


def edit(s):
    written = PostContent(TEXT.format(f"7{s.rounds}", f"8{s.rounds}"))
    edit_post(s.session, s.cast.ana, s.discussion, s.post.id, written, version=2, now=s.clock())


def grade(s):
    version = get_assessment(s.session, s.cast.ines, s.discussion, s.cast.ana.person_id).version
    step = version % 3
    assess(
        s.session,
        s.cast.ines,
        s.discussion,
        s.cast.ana.person_id,
        marks=dict(levels(s.session, s.discussion, *[step] * 5)),
        comment=f"Marks {version}",
        version=version,
        now=s.clock(),
    )


READS = {
    "the gate": (2, lambda s: get_discussion(s.session, s.cast.ana, s.discussion.id, now=s.clock())),
    "discussions": (1, lambda s: list_discussions(s.session, s.cast.ana, s.clock())),
    "readings": (1, lambda s: list_readings(s.session, s.cast.ana)),
    "students": (1, lambda s: list_students(s.session, s.cast.ines)),
    "first page of a thread": (4, read_page),
    "later page of a thread": (4, lambda s: read_page(s, address_to_path("2.1"))),
    "activity": (2, lambda s: get_overview(s.session, s.cast.ines, s.discussion).activity),
    "a post": (2, lambda s: get_post(s.session, s.cast.ana, s.discussion, s.post.id, need=PostPermission.READ)),
    "a text to edit": (3, lambda s: get_text(s.session, s.cast.ana, s.discussion, s.post.id)),
    "own progress": (2, lambda s: get_participation(s.session, s.cast.ana, s.discussion, now=s.clock()).verdicts),
    "facts of the whole class": (2, lambda s: collect_class_facts(s.session, s.cast.ines, s.discussion)),
    "rubric": (1, lambda s: get_rubric(s.session, s.discussion)),
    "desk": (1, lambda s: list_desk(s.session, s.cast.ines, s.discussion)),
    "marks": (2, lambda s: get_assessment(s.session, s.cast.ines, s.discussion, s.cast.ana.person_id)),
    "released grade": (1, lambda s: get_released_grade(s.session, s.cast.ana, s.discussion)),
    "posts in context": (
        2,
        lambda s: list_posts_in_context(s.session, s.cast.ines, s.discussion, s.cast.ana.person_id),
    ),
}
WRITES = {
    "reply with two citations": (9, reply),
    "edit": (9, edit),
    "delete": (4, lambda s: delete_post(s.session, s.cast.ana, s.discussion, s.post.id, now=s.clock())),
    "mark": (14, grade),
    "release": (
        14,
        lambda s: release(s.session, s.cast.ines, s.discussion, s.cast.ben.person_id, now=s.clock()),
    ),
}


@pytest.fixture
def scene(session, cast, clock):
    return Scene(session, cast, clock)


def counted(database, scene, works):
    """How many statements each work sends, by its name; fails where one sends more than it may."""
    scene.session.expire_all()
    counts = {}
    for name, (most, work) in works.items():
        with count_statements(database.engine) as statements:
            work(scene)
            scene.session.flush()
        counts[name] = len(statements)
        assert len(statements) <= most, "\n".join([name, *statements])
    return counts


@pytest.mark.parametrize("works", [READS, WRITES], ids=["reads", "writes"])
def test_so_many_statements_whatever_the_number_of_posts(database, scene, works):
    counts = []
    for version in range(2):
        marks = {"version": version, "now": scene.clock()}
        mark(scene.session, scene.cast.ines, scene.discussion, scene.cast.ben, *[version] * 5, **marks)
        counts.append(counted(database, scene, works))
        scene.grow()
        scene.grow()
    assert counts[0] == counts[1]


def test_release_all_reads_as_often_for_one_as_for_many(database, session, cast, discussion, clock):
    def reads(*students):
        for student in students:
            version = get_assessment(session, cast.ines, discussion, student.person_id).version
            mark(session, cast.ines, discussion, student, *[version] * 5, version=version, now=clock())
        with count_statements(database.engine) as statements:
            assert release_all(session, cast.ines, discussion, now=clock()) == len(students)
        return [statement for statement in statements if statement.startswith("SELECT")]

    assert len(reads(cast.ana)) == len(reads(*cast.students)) <= 8
