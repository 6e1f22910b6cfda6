"""Roles in a course and what each may do."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """A person's part in a course. Members are ordered by power, least first."""

    OBSERVER = "observer"
    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"

    @property
    def power(self) -> int:
        """Greater means more may be done."""
        return list(Role).index(self)

    @property
    def is_staff(self) -> bool:
        """Whether this role teaches: sees everything and grades."""
        return self in (Role.ASSISTANT, Role.INSTRUCTOR)


@dataclass(frozen=True)
class Actor:
    """Who acts, in which course, as what: the answer to "who is asking?" that every gate takes."""

    person_id: int
    course_id: int
    role: Role
    name: str
    course_title: str
    time_zone: str
    """The reader's IANA time zone: their browser's, else the course's."""
    frame_origins: tuple[str, ...]
    """The LMS origins that may frame this visit's pages."""
    expires_at: datetime

    @property
    def is_staff(self) -> bool:
        """Whether the actor teaches in this course."""
        return self.role.is_staff


def hash_token(token: str) -> str:
    """What we keep of a visit's token: enough to recognise it, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()
