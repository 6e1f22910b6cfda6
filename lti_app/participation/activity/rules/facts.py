"""What happened in discussions, as far as pictures and signals need to know: who wrote when, and whom it answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lti_app.library.readings.rules import PassagePlace


class ActivityPost(NamedTuple):
    """A post that says something to the class, or to the one person whom it is meant for."""

    id: int
    discussion_id: int
    address: str
    author_id: int
    by_staff: bool
    is_reply: bool
    """Also a first post that was split off, which was written as a reply."""
    answered_id: int | None
    """The author of the post that it replies to; None for a first post, and for a reply to an imported post."""
    answers_staff: bool
    at: datetime
    is_private: bool
    """Only the person who was answered and the instructors see it."""

    @property
    def answers_other(self) -> bool:
        """Whether it is a reply to somebody else."""
        return self.answered_id is not None and self.answered_id != self.author_id


@dataclass(frozen=True)
class Participant:
    """A student, under the name that the viewer sees."""

    person_id: int
    name: str
    """A pseudonym where names are hidden; empty if the student has none yet."""
    key: str
    """What pages call the student: never the person's id where names are hidden."""
    since: datetime
    """When the student joined the course."""


@dataclass(frozen=True)
class PassageUse:
    """A passage, and how many posts of one discussion cite it."""

    discussion_id: int
    reading_id: int
    passage_id: int
    place: PassagePlace
    posts: int


@dataclass(frozen=True)
class ReadingPages:
    """A reading that is assigned in a discussion, with its pages as the record has them."""

    discussion_id: int
    reading_id: int
    label: str
    required: bool
    pages: str
    """Empty where the record has none."""


def in_front_of_class(posts: tuple[ActivityPost, ...]) -> tuple[ActivityPost, ...]:
    """Without private answers, which are between two people."""
    return tuple(post for post in posts if not post.is_private)
