"""What an activity stream tells: who did what, when, without words and names."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid5

LOOK_BACK = timedelta(days=180)
"""An activity that is older than this is not told any more, for example a post that is approved after half a year."""
KEPT = timedelta(days=365)
"""How long it is remembered that an activity was told. Longer than LOOK_BACK, or it would be told again."""


class ActivityKind(StrEnum):
    """What can be told. All of it is stored with its time before anything is told."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    LIKED = "liked"
    CITED = "cited"
    """A post cites a passage of a reading."""
    OPENED = "opened"
    """A reading was opened for the first time."""
    GRADED = "graded"
    """A grade was released."""


class ActivityState(StrEnum):
    """What became of an activity."""

    PENDING = "pending"
    SENT = "sent"
    REFUSED = "refused"
    """The receiver does not accept it; it is not sent again unless the operator says so."""
    WITHDRAWN = "withdrawn"
    """It was no longer public to the class when its turn came; told if it becomes so again."""


class StreamFormat(StrEnum):
    """How activities are written."""

    CALIPER = "caliper"
    """1EdTech Caliper Analytics 1.2."""
    XAPI = "xapi"
    """Experience API 1.0.3."""
    XAPI_2 = "xapi-2"
    """Experience API 2.0 (IEEE 9274.1.1): the same statements under another version."""


@dataclass(frozen=True)
class Given:
    """A released grade: points and their maximum."""

    points: Decimal
    possible: Decimal


@dataclass(frozen=True)
class LmsUser:
    """How the LMS names a person: the registration's issuer, and the `sub` of its launches."""

    issuer: str
    sub: str


@dataclass(frozen=True)
class LearningActivity:
    """One thing that a person did. Repeating it gives the same ids, so that the receiver knows it again."""

    kind: ActivityKind
    object_id: int
    """Of the post, like, reading or assessment."""
    version: int
    """Tells apart what happens to one object several times: edits, passages cited, releases; else 0."""
    at: datetime
    course_id: int
    discussion_id: int | None
    person_id: int
    """Who did it; of a grade, the student."""
    is_staff: bool
    post_id: int | None = None
    parent_id: int | None = None
    """The post that it replies to; of a like or citation, that of the post."""
    root_id: int | None = None
    """The first post of the thread."""
    reading_id: int | None = None
    by_id: int | None = None
    """Who released the grade."""
    given: Given | None = None
    hides_names: bool = False
    """Whether the discussion hides names from somebody: then its people get ids of their own."""
    lms_user: LmsUser | None = None
    """How the LMS names the person, only where the operator has chosen that."""


@dataclass(frozen=True)
class Naming:
    """How one deployment names people and things: addresses, below that of the tool, that stay the same."""

    base_url: str
    key: str
    """A secret of the stream, from which nobody can find out which person an id means."""

    def event(self, activity: LearningActivity) -> UUID:
        """The id of an activity: the same each time it is sent, and another one for each deployment."""
        return uuid5(UUID(self._digest("events")), f"{activity.kind}:{activity.object_id}:{activity.version}")

    def person_key(self, activity: LearningActivity, person_id: int | None = None) -> str:
        """The pseudonym of a person in this deployment; where names are hidden, in this discussion alone."""
        scope = f"discussion:{activity.discussion_id}:" if activity.hides_names else ""
        return self._digest(f"{scope}person:{person_id or activity.person_id}")

    def person(self, activity: LearningActivity, person_id: int | None = None) -> str:
        """The same as an address."""
        return f"{self._root}/people/{self.person_key(activity, person_id)}"

    def course(self, activity: LearningActivity) -> str:
        """The course."""
        return f"{self._root}/courses/{activity.course_id}"

    def discussion(self, activity: LearningActivity) -> str:
        """The discussion."""
        return f"{self.course(activity)}/discussions/{activity.discussion_id}"

    def thread(self, activity: LearningActivity) -> str:
        """The thread that the post is in."""
        return f"{self.discussion(activity)}/threads/{activity.root_id or activity.post_id}"

    def post(self, activity: LearningActivity, post_id: int | None = None) -> str:
        """The post, or another one of the discussion."""
        return f"{self.discussion(activity)}/posts/{post_id or activity.post_id}"

    def reading(self, activity: LearningActivity) -> str:
        """The reading."""
        return f"{self.course(activity)}/readings/{activity.reading_id}"

    def passage(self, activity: LearningActivity) -> str:
        """The passage of the reading that is cited."""
        return f"{self.reading(activity)}/passages/{activity.version}"

    @property
    def application(self) -> str:
        """Colloquy itself."""
        return self.base_url

    @property
    def _root(self) -> str:
        return f"{self.base_url}/activity"

    def _digest(self, of: str) -> str:
        return hmac.new(self.key.encode(), of.encode(), hashlib.sha256).hexdigest()[:32]


def moment(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as both formats require."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
