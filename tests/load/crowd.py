"""Who may be in the load, written down by those who made the courses and read by those who make the load.

All courses are copies of the first, with every key so much further on: what is where can be computed, for two thousand
courses as for one. It needs neither a database nor the application.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

STEP = 1_000_000
"""From the keys of one copy to those of the next (`tests.web.plans`, which those who make the load cannot import)."""
VARIABLE = "LOAD_CROWD"
"""Names the file of the crowd to those who make the load."""


@dataclass(frozen=True)
class Seat:
    """One person in one course."""

    course_id: int
    person_id: int
    sub: str
    is_staff: bool

    @property
    def token(self) -> str:
        """Of their visit. Only where nobody else can reach the server may it be guessed."""
        return f"load-{self.course_id}-{self.person_id}"


@dataclass(frozen=True)
class Crowd:
    """The first course, how many like it there are, and how an LMS and a cookie are to be signed."""

    url: str
    secret: str
    cookie: str
    course_id: int
    copies: int
    """Courses besides the first."""
    student_ids: Sequence[int]
    instructor_id: int
    discussion_ids: Sequence[int]
    deadline_id: int
    """The discussion without posts, for the rush before its deadline."""
    issuer: str = ""
    client_id: str = ""
    deployment_id: str = ""
    key_id: str = ""
    key_file: str = ""

    def student(self, number: int, copy: int = 0) -> Seat:
        """The nth student of a course."""
        return self._seat(self.student_ids[number], f"student-{number}", copy, is_staff=False)

    def instructor(self, copy: int = 0) -> Seat:
        """Of a course."""
        return self._seat(self.instructor_id, "instructor", copy, is_staff=True)

    def discussion(self, number: int, copy: int = 0) -> int:
        """The nth discussion of a course."""
        return self.discussion_ids[number] + copy * STEP

    def _seat(self, person_id: int, sub: str, copy: int, *, is_staff: bool) -> Seat:
        named = f"{sub}-{copy}" if copy else sub
        return Seat(self.course_id + copy * STEP, person_id + copy * STEP, named, is_staff)

    def write(self, path: Path) -> None:
        """For another process."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """From another process."""
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**found)


def context_of(course_id: int) -> str:
    """What the LMS calls a course."""
    return f"context-{course_id}"


def link_of(discussion_id: int) -> str:
    """What the LMS calls the place on the course page that opens a discussion."""
    return f"link-{discussion_id}"
