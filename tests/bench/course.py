"""The benchmark's course: 300 students, and discussions of 29, 500, 501 and 2 000 nested posts of about 150 words.

Every post cites a passage and is liked by three people, a fifth were edited, and two hundred students, the one
who opens the pages among them, have read every other post.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.course.courses.actions import create_course, enroll, open_visit
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Calendar, DiscussionSettings
from lti_app.discussion.posts.models import Citation, Post, Revision
from lti_app.discussion.posts.rules.addresses import child_address, child_path
from lti_app.discussion.posts.rules.compose import compose
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.reactions.models import Like
from lti_app.discussion.read_state.models import ReadState
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.library.readings.actions.passages import find_passages
from lti_app.library.readings.actions.records import add_reading
from lti_app.notices.feed.models import Notice
from lti_app.participation.requirements.registry import to_stored
from tests.factories.notices import gather_all, notify

STUDENTS = 300
SIZES = (29, 500, 2000)
WRITTEN = 501
"""The size of one more discussion, for posts over HTTP: what is read stays as long as it says."""
WORDS = 150
MAX_DEPTH = 8
EDITED_EVERY = 5
LIKES = 3
READERS = 200
MESSAGES = 60
WRITERS = 8
"""Students who have visits, to read and write at the same time: of those with a first post, every fifth."""
NOW = datetime.now(UTC)
_VOCABULARY = [
    "leader",
    "manager",
    "course",
    "decision",
    "team",
    "plan",
    "purpose",
    "change",
    "reading",
    "argue",
    "example",
    "people",
    "work",
    "hospital",
    "harbour",
    "school",
    "because",
    "therefore",
    "although",
    "vision",
    "budget",
    "staff",
    "align",
    "motivate",
    "control",
    "complex",
    "early",
    "late",
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "with",
]
_READINGS = (
    ("Zaleznik", "Abraham", 1977, "Managers and leaders: Are they different?"),
    ("Kotter", "John P.", 1990, "What leaders really do"),
)


@dataclass(frozen=True)
class BenchCourse:
    """What the benchmark needs to know of the course it made."""

    course_id: int
    students: tuple[str, ...]
    """Tokens of visits; that of the one who opens the pages first."""
    instructor: str
    student_ids: tuple[int, ...]
    discussion_ids: dict[int, int]
    """By number of posts."""
    last_post_ids: dict[int, int]
    reading_ids: tuple[int, ...]
    notices: int
    """That the first student has."""

    def path(self, size: int) -> str:
        """The address of the discussion with so many posts."""
        return f"/courses/{self.course_id}/discussions/{self.discussion_ids[size]}"


def build_course(database: Database) -> BenchCourse:
    """Fill a migrated, empty database."""
    chance = random.Random(1977)
    with database.writing() as session:
        course_id = create_course(session, title="Leadership 501", label="LEAD 501", time_zone="Europe/London", now=NOW)
        teacher = _member(session, course_id, "teacher", Role.INSTRUCTOR)
        students = tuple(_member(session, course_id, f"student-{n}", Role.STUDENT).person_id for n in range(STUDENTS))
        readings = tuple(add_reading(session, teacher, _csl(*reading), NOW) for reading in _READINGS)
        discussions: dict[int, int] = {}
        last_posts: dict[int, int] = {}
        for size in (*SIZES, WRITTEN):
            discussion = _discussion(session, teacher, readings)
            discussions[size] = discussion.id
            last_posts[size] = _posts(session, discussion, students, size, chance)
            _lived_in(session, discussion, students, chance)
        staff = {teacher.person_id: Role.INSTRUCTOR}
        tokens = [
            open_visit(
                session,
                course_id=course_id,
                person_id=person,
                role=staff.get(person, Role.STUDENT),
                frame_origins=(),
                now=NOW,
            )
            for person in (*students[: 5 * WRITERS : 5], teacher.person_id)
        ]
        _tell(session, students[0], course_id)
        own = select(func.count()).select_from(Notice).where(Notice.person_id == students[0])
        notices = session.scalar(own) or 0
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))  # as the server does by itself after a while
        connection.commit()
    return BenchCourse(course_id, tuple(tokens[:-1]), tokens[-1], students, discussions, last_posts, readings, notices)


def _tell(session: Session, student: int, course_id: int) -> None:
    """Notices of all that has happened, and one student's many messages from an instructor."""
    gather_all(session, now=NOW)
    actor = Actor(student, course_id, Role.STUDENT, "Student-0", "Leadership 501", "Europe/London", (), NOW)
    for _ in range(MESSAGES):
        notify(session, actor, now=NOW)


def _lived_in(session: Session, discussion: DiscussionView, students: tuple[int, ...], chance: random.Random) -> None:
    """Edits, likes, and what the first student and some others have read."""
    posts = session.execute(
        select(Post.id, Post.number, Post.author_id).where(Post.discussion_id == discussion.id)
    ).all()
    for post_id, _number, _author in posts[::EDITED_EVERY]:
        before = text_of(chance)
        version = Revision(post_id=post_id, version=1, title="", format=Format.TEXT, text=before)
        version.html = f"<p>{before}</p>"
        version.words, version.reading_ids, version.written_at = WORDS, [], NOW - timedelta(days=6)
        session.add(version)
    edited = update(Post).where(Post.id.in_([row.id for row in posts[::EDITED_EVERY]]))
    session.execute(edited.values(version=2, edited_at=NOW - timedelta(days=1)))
    for post_id, _number, author in posts:
        fans = [person for person in chance.sample(students, LIKES) if person != author]
        session.add_all(Like(post_id=post_id, person_id=person, at=NOW) for person in fans)
        session.execute(update(Post).where(Post.id == post_id).values(likes=len(fans)))
    half = sum(1 << (number - 1) for _id, number, _author in posts if number % 2)
    numbers = half.to_bytes(len(posts) // 8 + 1, "little")
    session.add_all(
        ReadState(person_id=person, discussion_id=discussion.id, numbers=numbers, all_to=1)
        for person in students[:READERS]
    )


def text_of(chance: random.Random, words: int = WORDS) -> str:
    """About so many words in paragraphs, with a citation."""
    drawn = [chance.choice(_VOCABULARY) for _ in range(words)]
    paragraphs = [" ".join(drawn[n : n + 50]) for n in range(0, words, 50)]
    return "\n\n".join(paragraphs) + f" [{chance.choice(('Kotter, p. 104', 'Zaleznik 1977, p. 70'))}]"


def _member(session: Session, course_id: int, sub: str, role: Role) -> Actor:
    names = Names(given=sub.capitalize(), family=f"Family{hash(sub) % 97}")
    person_id = record_person(session, Identity("https://bench.example", "bench", sub), names, NOW)
    enroll(session, course_id=course_id, person_id=person_id, role=role, now=NOW)
    return Actor(person_id, course_id, role, sub, "Leadership 501", "Europe/London", (), NOW)


def _csl(family: str, given: str, year: int, title: str) -> dict[str, object]:
    return {
        "type": "article-journal",
        "author": [{"family": family, "given": given}],
        "title": title,
        "issued": {"date-parts": [[year]]},
        "container-title": "Harvard Business Review",
    }


def _discussion(session: Session, teacher: Actor, readings: tuple[int, ...]) -> DiscussionView:
    discussion_id = reserve_discussion(session, course_id=teacher.course_id, title="Week 3", now=NOW)
    calendar = Calendar(NOW - timedelta(9), NOW + timedelta(1), NOW + timedelta(2), NOW + timedelta(3))
    plan = DiscussionSettings(
        title="Are leaders and managers different kinds of people?",
        prompt=text_of(random.Random(1), 60),
        points=Decimal(20),
        calendar=calendar,
        requirements=to_stored({"first_post_words": 150, "replies_wanted": 2, "reply_words": 75}),
        post_first=True,
        reading_ids=readings,
        required_ids=frozenset(readings),
    )
    discussion = save_settings(session, teacher, discussion_id, settings=plan, version=0, now=NOW)
    copy_rubric(session, discussion)
    return discussion


def _posts(
    session: Session, discussion: DiscussionView, students: tuple[int, ...], size: int, chance: random.Random
) -> int:
    """Posts by everybody in turn: a fifth first posts, the rest replies to a random earlier one; the last post's id."""
    made: list[Post] = []
    roots: dict[str, Post] = {}
    for n in range(size):
        parent = chance.choice(made) if made and n % 5 else None
        if parent is not None and parent.depth >= MAX_DEPTH:
            parent = None
        composed = compose(text_of(chance), discussion.readings)
        number = len(roots) + 1 if parent is None else parent.reply_count + 1
        if parent is not None:
            parent.reply_count += 1
        root = roots[parent.path[:4]] if parent is not None else None
        path = child_path(parent.path if parent else "", number)
        post = Post(
            course_id=discussion.course_id,
            discussion_id=discussion.id,
            author_id=students[n % len(students)],
            by_staff=False,
            parent_id=parent.id if parent else None,
            root_id=root.id if root else None,
            number=n + 1,
            path=path,
            address=child_address(parent.address if parent else "", number),
            depth=path.count("."),
            reply_count=0,
            descendants=0,
            latest_number=n + 1,
            latest_at=NOW - timedelta(days=5) + timedelta(minutes=n),
            title="",
            format=Format.TEXT,
            text=composed.text,
            html=composed.html,
            words=composed.words,
            reading_ids=composed.reading_ids,
            attachments=[],
            quotes=[],
            announcement=False,
            likes=0,
            hidden_reason="",
            held_reasons=[],
            placed_at=NOW - timedelta(days=5) + timedelta(minutes=n),
            version=1,
        )
        session.add(post)
        if root is not None:
            root.descendants, root.latest_number, root.latest_at = root.descendants + 1, n + 1, post.placed_at
        if parent is None:
            roots[path] = post
        session.flush()
        places = find_passages(session, ((cited.reading_id, cited.page) for cited in composed.citations))
        session.add_all(Citation(post_id=post.id, passage_id=passage) for passage in places.values())
        made.append(post)
    counted = update(Discussion).where(Discussion.id == discussion.id)
    session.execute(counted.values(post_count=len(made), root_count=len(roots)))
    return made[-1].id
