"""When an instructor last answered, commented on or graded each student's work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_app.participation.activity.rules.facts import ActivityPost, Participant


@dataclass(frozen=True)
class Contact:
    """Something that somebody on the staff did for one student."""

    person_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True)
class ContactLine:
    """A student, and when an instructor was last in touch."""

    student: Participant
    answered_at: datetime | None
    """When the viewer last replied to the student, privately included."""
    graded_at: datetime | None
    """When the viewer last saved marks or a comment on the student's work."""
    others_at: datetime | None
    """When anybody else on the staff last did either."""
    waits_since: datetime
    """When the viewer last did either, else when the student joined the course."""

    @property
    def by_viewer(self) -> datetime | None:
        """When the viewer last did either."""
        return max((at for at in (self.answered_at, self.graded_at) if at), default=None)

    def is_due(self, weeks: int, now: datetime) -> bool:
        """Whether the viewer has done nothing for the student for so many weeks."""
        return self.waits_since <= now - timedelta(weeks=weeks)


def answers_in(posts: Iterable[ActivityPost]) -> list[Contact]:
    """The replies of staff to others."""
    return [
        Contact(post.answered_id, post.author_id, post.at)
        for post in posts
        if post.by_staff and post.answers_other and post.answered_id is not None
    ]


def contact_lines(
    students: Sequence[Participant], viewer_id: int, *, answers: Iterable[Contact], grades: Iterable[Contact]
) -> list[ContactLine]:
    """One line for each student: those without contact for longest first."""
    answered, graded, others = dict[int, datetime](), dict[int, datetime](), dict[int, datetime]()
    for contacts, own in ((answers, answered), (grades, graded)):
        for each in contacts:
            _keep_latest(own if each.by_id == viewer_id else others, each)
    lines = [_line(student, answered, graded, others) for student in students]
    return sorted(lines, key=lambda line: (line.by_viewer is not None, line.waits_since))


def _keep_latest(found: dict[int, datetime], contact: Contact) -> None:
    found[contact.person_id] = max(contact.at, found.get(contact.person_id, contact.at))


def _line(
    student: Participant,
    answered: Mapping[int, datetime],
    graded: Mapping[int, datetime],
    others: Mapping[int, datetime],
) -> ContactLine:
    at, marked = answered.get(student.person_id), graded.get(student.person_id)
    since = max((moment for moment in (at, marked) if moment), default=student.since)
    return ContactLine(student, at, marked, others.get(student.person_id), since)
