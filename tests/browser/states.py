"""A class in every state that a page can show: grades drafted, released, sent, refused; a discussion to come."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_app.course.courses.actions import open_visit
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.course import list_discussions
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import Calendar, DiscussionSettings
from lti_app.grading.assessments.actions.grading import assess, release
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.participation.requirements.registry import to_stored
from tests.browser.site import Site

COMMENT = "You let the case speak before you judge it. Next time quote the sentence of Kotter's that you argue with."


class Desk:
    """The instructor at work, without a browser."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def mark(self, key: str, *, criteria: int = 99, level: int = 0, version: int = 0) -> None:
        """Save marks for a student: the level at this place for the first so many criteria."""

        def act(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> None:
            chosen = get_rubric(session, discussion).criteria[:criteria]
            marks = {criterion.id: CriterionMark(criterion.levels[level].id) for criterion in chosen}
            now = self.site.clock()
            assess(session, actor, discussion, person_id, marks=marks, comment=COMMENT, version=version, now=now)

        self._do(key, act)

    def release(self, key: str) -> None:
        """Release a student's grade."""
        self._do(
            key,
            lambda session, actor, discussion, person_id: release(
                session, actor, discussion, person_id, now=self.site.clock()
            ),
        )

    def _do(self, key: str, act: Callable[[Session, Actor, DiscussionView, int], object]) -> None:
        with self.site.parts.database.writing() as session:
            actor = instructor(session, self.site)
            discussion = find(session, self.site, actor, "Are leaders")
            act(session, actor, discussion, person_of(session, self.site, key))


def grade_in_every_way(site: Site) -> None:
    """Dana's is in the gradebook, Ben's refused, Grace's delayed, Hana's on its way, Elif's changed; two drafts.

    Somebody must have opened the activity before: by that the tool learns of the gradebook.
    """
    desk = Desk(site)
    for key in ("amara", "dana", "elif", "ben", "grace", "hana", "farid"):
        desk.mark(key, level=0 if key == "dana" else 1)
    desk.mark("jakub", criteria=2)
    for key in ("amara", "dana", "elif"):
        desk.release(key)
    site.send_due()
    desk.mark("elif", level=2, version=1)
    site.lms.faults.set("scores", "refuse", status=422)
    desk.release("ben")
    site.send_due()
    site.lms.faults.set("scores", "error")
    desk.release("grace")
    site.send_due()
    site.lms.faults.reset()
    desk.release("hana")


def schedule_week_4(site: Site, **ahead: float) -> None:
    """Set week 4 up to open only later."""
    opens = site.clock() + timedelta(**ahead)
    with site.parts.database.writing() as session:
        actor = instructor(session, site)
        discussion = find(session, site, actor, "Week 4")
        settings = DiscussionSettings(
            title="Does change need a crisis?",
            prompt="Kotter wants a sense of urgency. How much of it is honest?",
            points=Decimal(10),
            calendar=Calendar(opens_at=opens),
            requirements=to_stored({"first_post_words": 100, "replies_wanted": 1, "reply_words": 0}),
            post_first=False,
            reading_ids=(),
            required_ids=frozenset(),
        )
        version, now = discussion.version, site.clock()
        copy_rubric(session, save_settings(session, actor, discussion.id, settings=settings, version=version, now=now))


def instructor(session: Session, site: Site) -> Actor:
    """Miriam, as a launch would let her in."""
    return acting(session, site, "miriam", Role.INSTRUCTOR)


def acting(session: Session, site: Site, key: str, role: Role) -> Actor:
    """Somebody in the course file, as a launch would let them in."""
    course_id, now = 1, site.clock()
    visit = open_visit(
        session,
        course_id=course_id,
        person_id=person_of(session, site, key),
        role=role,
        frame_origins=(site.lms_url,),
        now=now,
    )
    actor = get_actor(session, course_id=course_id, token=visit, now=now)
    assert actor is not None
    return actor


def person_of(session: Session, site: Site, key: str) -> int:
    """Our id of somebody in the course file."""
    person = site.lms.person(key)
    names = Names(given=person.given_name, family=person.family_name, email=person.email)
    return record_person(session, Identity(site.lms_url, site.lms.config.client_id, person.id), names, site.clock())


def find(session: Session, site: Site, actor: Actor, beginning: str) -> DiscussionView:
    """The discussion whose title begins so."""
    lines = list_discussions(session, actor, site.clock())
    found = next(line for line in lines if line.title.startswith(beginning))
    return get_discussion(session, actor, found.id, now=site.clock())
