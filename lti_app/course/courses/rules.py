"""Roles in a course and what each may do."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote, urlsplit

VISIT_LENGTH = timedelta(hours=10)
"""How long a visit lasts after a launch at most: a working day."""
IDLE_LIMIT = timedelta(hours=3)
"""How long a visit lasts without a sign of life: a class, so that a long reply is not cut off, and no longer, since
computers are shared."""
RENEW_AFTER = timedelta(minutes=5)
"""How old the last recorded sign of life is before another one is recorded: not every request writes."""


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


STAND_INS = {
    Role.OBSERVER: "Observer",
    Role.STUDENT: "Student",
    Role.ASSISTANT: "Assistant",
    Role.INSTRUCTOR: "Instructor",
}
"""What people are called whose names the LMS withholds, with their number in the course: Student 7. Like a pseudonym,
such a name is the same for every reader, since posts mention people by it."""


class CitationStyle(StrEnum):
    """How a course writes its references."""

    APA = "apa"
    MLA = "mla"
    CHICAGO = "chicago"
    HARVARD = "harvard"


class Library(StrEnum):
    """How a library gives its members access to subscriptions."""

    NONE = "none"
    EZPROXY = "ezproxy"
    """The address of the reading follows the login address unchanged: …/login?url=https://…"""
    OPENATHENS = "openathens"
    """The address of the reading follows a redirector, encoded: …/redirector/example.edu?url=https%3A%2F%2F…"""


@dataclass(frozen=True)
class CourseSettings:
    """What an instructor decides for the course as a whole."""

    citation_style: CitationStyle
    library: Library
    library_prefix: str
    """As returned by `library_prefix`; empty without a library."""
    time_zone: str
    """An IANA name: the zone in which days are counted and dates are entered."""


@dataclass(frozen=True)
class Actor:
    """The person who asks for something, with their course and role. Every gate takes one."""

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
    locale: str = ""
    """The reader's language as the LMS names it (BCP 47), where it does."""
    is_renewable: bool = False
    """Whether this request is a sign of life that makes the visit last longer."""
    teaches: bool = False
    """Whether the person is on the staff of the course, whatever the role of this visit."""
    joined_at: datetime | None = None
    """When the person came into the course, as far as class lists tell."""

    @property
    def is_staff(self) -> bool:
        """Whether the actor has the permissions of staff in this visit."""
        return self.role.is_staff

    @property
    def is_previewing(self) -> bool:
        """Whether somebody who teaches here looks as a student, as Moodle's "Switch role to" lets them."""
        return self.teaches and not self.is_staff

    @property
    def writes_as_staff(self) -> bool:
        """Whether what the actor writes is an instructor's: it counts for nobody, and stands under no pseudonym."""
        return self.teaches or self.is_staff


def visit_end(opened_at: datetime, now: datetime) -> datetime:
    """When a visit ends that shows a sign of life now."""
    return min(now + IDLE_LIMIT, opened_at + VISIT_LENGTH)


def hash_token(token: str) -> str:
    """The stored form of a visit's token: enough to recognize the token, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def library_prefix(library: Library, address: str) -> str | None:
    """The prefix that a library's proxy wants before the address of a reading; None if the instructor's entry cannot be
    one.

    A bare host or redirector is completed, since that is what people remember.
    """
    address = address.strip()
    if library is Library.NONE:
        return ""
    if not _is_sound(address):
        return None
    ends_well = re.search(r"[?&]q?url=$", address, re.IGNORECASE)
    if library is Library.EZPROXY:
        bare = urlsplit(address).path.rstrip("/") in ("", "/login") and "?" not in address
        return address if ends_well else f"{address.rstrip('/').removesuffix('/login')}/login?url=" if bare else None
    return address if ends_well else f"{address.rstrip('/')}?url=" if "?" not in address else None


def reached_through(library: Library, prefix: str, address: str) -> str:
    """The address of a reading through the library's proxy; an address that already uses the proxy is unchanged."""
    if library is Library.NONE or not prefix or urlsplit(address).netloc == urlsplit(prefix).netloc:
        return address
    encoded = library is Library.OPENATHENS or prefix.lower().endswith("qurl=")
    return prefix + (quote(address, safe="") if encoded else address)


def _is_sound(address: str) -> bool:
    """Whether this is a complete https address that cannot lead to another site."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = re.fullmatch(r"[!-~]{1,300}", address) and not re.search(r"[<>\"\\^`{|}@#]", address)
    return bool(plain) and parts.scheme == "https" and re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9-]+", host) is not None
