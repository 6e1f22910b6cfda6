"""What the tests of passbacks share: a clock to move, a gradebook that behaves like an LMS's, rows to start from."""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import delete

from lti_app.core.db import Database
from lti_app.course.courses.actions import create_course
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.grading.passbacks.actions.queueing import ReleasedPoints, queue_passback, queue_passbacks
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.ports import ColumnReading, PassbackDelayed, PassbackRefused, Score
from lti_app.grading.passbacks.rules.parts import POINTS_PART, GradePart
from lti_app.grading.passbacks.rules.states import ScoreKind, Shown

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class RecordingGradebook:
    """Keeps what an LMS would: a score counts only if its timestamp is later, in whole seconds, as Moodle has it."""

    def __init__(self) -> None:
        self.scores: dict[int, Score] = {}
        self.points: dict[int, Score] = {}
        "The scores of points, which have a column of their own."
        self.accepted: dict[int, list[Decimal]] = {}
        self.tries = 0
        self.under_way: Counter[tuple[int, ScoreKind, int]] = Counter()
        "How many scores of a discussion, kind and person are being sent now."
        self.most_under_way = 0
        self.sent_twice_at_once: set[tuple[int, ScoreKind, int]] = set()
        self.timestamps: dict[tuple[int, ScoreKind, int], list[datetime]] = {}
        self.changed: dict[int, Shown] = {}
        self.beside: ColumnReading | None = None
        "What a second column shows, if there is one."
        self.erased: set[int] = set()
        self.not_readable: PassbackRefused | PassbackDelayed | None = None
        self.readings: list[tuple[int, frozenset[int], bool]] = []
        self.before: Callable[[Score], None] = lambda _score: None
        self.after: Callable[[Score], None] = lambda _score: None
        self._lock = threading.Lock()

    def send(self, score: Score) -> bool:
        whose = (*score.fed, score.person_id)
        with self._lock:
            self.tries += 1
            self.under_way[whose] += 1
            self.most_under_way = max(self.most_under_way, self.under_way.total())
            self.timestamps.setdefault(whose, []).append(score.timestamp)
            if self.under_way[whose] > 1:
                self.sent_twice_at_once.add(whose)
        try:
            self.before(score)
            self.receive(score)
            self.after(score)
        finally:
            with self._lock:
                self.under_way[whose] -= 1
        return False

    def check_order(self) -> None:
        """No score was sent beside another one of the same person, and each had a later timestamp than the last."""
        assert not self.sent_twice_at_once
        for moments in self.timestamps.values():
            assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(moments))

    def read(
        self, discussion_id: int, person_ids: Collection[int], *, whole: bool, parts: Sequence[GradePart] = ()
    ) -> Sequence[ColumnReading]:
        """What it shows: what it received, unless somebody has changed, erased or forbidden it."""
        self.readings.append((discussion_id, frozenset(person_ids), whole))
        if self.not_readable is not None:
            raise self.not_readable
        scores = self.points if any(part.key == POINTS_PART for part in parts) else self.scores
        received = {person: Shown(score.given, score.possible) for person, score in scores.items()}
        shown = received | self.changed
        found = {person: shown[person] for person in person_ids if person in shown and person not in self.erased}
        return [ColumnReading("1", "Zaleznik", person_ids, found), *([self.beside] if self.beside else [])]

    def receive(self, score: Score) -> None:
        with self._lock:
            scores = self.scores if score.kind is ScoreKind.GRADE else self.points
            known = scores.get(score.person_id)
            if known is not None and int(score.timestamp.timestamp()) <= int(known.timestamp.timestamp()):
                raise PassbackRefused("stale")
            scores[score.person_id] = score
            self.accepted.setdefault(score.person_id, []).append(score.given)


class Class:
    """A course with one discussion and some students, and a shorthand for releasing a grade."""

    def __init__(self, database: Database, students: int, *, issuer: str = "https://lms.example") -> None:
        self.database = database
        with database.writing() as session:
            self.course_id = create_course(session, title="Leadership", label="L", time_zone="UTC", now=START)
            self.discussion_id = reserve_discussion(session, course_id=self.course_id, title="Zaleznik", now=START)
            self.students = [
                record_person(session, Identity(issuer, "client-1", f"s{number}"), Names(), START)
                for number in range(students)
            ]

    def release(self, person_id: int, given: Decimal | int, now: datetime, comment: str = "") -> None:
        self.release_all({person_id: given}, now, comment)

    def release_all(self, grades: Mapping[int, Decimal | int], now: datetime, comment: str = "") -> None:
        """In one transaction."""
        with self.database.writing() as session:
            for person_id, given in grades.items():
                queue_passback(
                    session,
                    course_id=self.course_id,
                    discussion_id=self.discussion_id,
                    person_id=person_id,
                    given=Decimal(given),
                    possible=Decimal(20),
                    comment=comment,
                    submitted_at=None,
                    now=now,
                )

    def release_points(self, points: Mapping[int, Decimal | int], now: datetime) -> None:
        """The points of these people, in one transaction."""
        scores = [
            ReleasedPoints(
                person_id,
                Decimal(given),
                Decimal(5),
                "",
                None,
                (GradePart(POINTS_PART, "participation", Decimal(given), Decimal(5)),),
                earned=Decimal(given),
                countable=Decimal(5),
                rule_version=1,
            )
            for person_id, given in points.items()
        ]
        about = {"course_id": self.course_id, "discussion_id": self.discussion_id, "kind": ScoreKind.POINTS}
        with self.database.writing() as session:
            queue_passbacks(session, scores, **about, now=now)

    def grader(self, person_id: int = 0, *, role: Role = Role.INSTRUCTOR, course_id: int | None = None) -> Actor:
        """Somebody who opens the discussion's gradebook page."""
        return Actor(
            person_id=person_id,
            course_id=course_id or self.course_id,
            role=role,
            name="",
            course_title="",
            time_zone="UTC",
            frame_origins=(),
            expires_at=START,
        )

    def forget_passbacks(self) -> None:
        with self.database.writing() as session:
            session.execute(delete(Passback))
