"""One of several processes that write into one course at once: `clerk.py DATABASE_URL NAME ROUNDS`.

Prints `ready`, waits for a line, works, and prints as JSON what it has done.
"""

import json
import sys
from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.clock import system_clock
from lti_app.core.db import Database
from lti_app.course.courses.actions import open_visit
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from tests.resilience.words import AssessmentChanged, assess, get_assessment, release


class Clerk:
    """Posts as the assistant, and grades and releases every student, each round otherwise."""

    def __init__(self, database: Database, name: str) -> None:
        self.database, self.name = database, name
        self.done: Counter[str] = Counter()
        with database.writing() as session:
            self.course_id, self.discussion_id = _busiest(session)
            self.actor = _assistant(session, self.course_id)
            self.root_id = session.scalars(
                select(Post.id).where(Post.discussion_id == self.discussion_id, Post.parent_id.is_(None))
            ).first()
            in_course = (Enrollment.course_id == self.course_id, Enrollment.role == Role.STUDENT)
            self.students = list(session.scalars(select(Enrollment.person_id).where(*in_course).limit(5)))

    def work(self, rounds: int) -> dict[str, int]:
        """A post, and one release of one student, so many times."""
        for number in range(rounds):
            with self.database.writing() as session:
                text = f"Thought {number} of {self.name}"
                create_post(
                    session,
                    self.actor,
                    self._discussion(session),
                    PostContent(text),
                    parent_id=self.root_id,
                    now=system_clock(),
                )
                self.done["posts"] += 1
            self._grade(self.students[number % len(self.students)], number)
        return dict(self.done)

    def _grade(self, person_id: int, number: int) -> None:
        """Until it succeeds: the other process may have graded the same student since the page was opened."""
        comment = f"Round {number} of {self.name}"
        while True:
            with self.database.read() as session:
                discussion = self._discussion(session)
                version = get_assessment(session, self.actor, discussion, person_id).version
                criteria = get_rubric(session, discussion).criteria
            marks = {each.id: CriterionMark(each.levels[number % len(each.levels)].id) for each in criteria}
            about: dict[str, Any] = {"marks": marks, "comment": comment, "version": version, "now": system_clock()}
            try:
                with self.database.writing() as session:
                    assess(session, self.actor, discussion, person_id, **about)
                    release(session, self.actor, discussion, person_id, now=system_clock())
            except AssessmentChanged:
                self.done["conflicts"] += 1
                continue
            self.done["releases"] += 1
            return

    def _discussion(self, session: Session) -> DiscussionView:
        return get_discussion(session, self.actor, self.discussion_id, now=system_clock())


def _busiest(session: Session) -> tuple[int, int]:
    found = session.execute(
        select(Discussion.course_id, Discussion.id).order_by(Discussion.root_count.desc()).limit(1)
    ).one()
    return found[0], found[1]


def _assistant(session: Session, course_id: int) -> Actor:
    in_course = (Enrollment.course_id == course_id, Enrollment.role == Role.ASSISTANT)
    person_id = session.scalars(select(Enrollment.person_id).where(*in_course)).first()
    assert person_id is not None
    about: dict[str, Any] = {"role": Role.ASSISTANT, "frame_origins": (), "now": system_clock()}
    token = open_visit(session, course_id=course_id, person_id=person_id, **about)
    actor = get_actor(session, course_id=course_id, token=token, now=system_clock())
    assert actor is not None
    return actor


def main(database_url: str, name: str, rounds: int) -> None:
    """Get ready, wait, work, tell."""
    database = Database.at(database_url)
    clerk = Clerk(database, name)
    _tell("ready")
    sys.stdin.readline()
    _tell(json.dumps(clerk.work(rounds)))
    database.engine.dispose()


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
