"""The protection of students who post early: replies are due later, or excused, while too little can be replied to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from lti_app.core.wording import Phrase, nphrase, phrase
from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.requirements.facts import FirstPostDone

EARLY_KIND = "early_posters"
"""Names its entry in the stored form of requirements."""
MAX_OTHERS = 20


@dataclass(frozen=True)
class Proof:
    """What shows that a student posted early."""

    posted_at: datetime
    """When the student finished the first post."""
    existed: int
    """The first posts of others that existed at `until`."""
    needed: int
    """The first posts of others that open the time to reply."""
    until: datetime
    """When that many existed; while they do not, the moment of the evaluation."""
    is_open: bool
    """Whether that many exist."""

    @property
    def words(self) -> Phrase:
        """The proof in a sentence."""
        if self.is_open:
            return nphrase(
                "The first post was finished on %(posted)s. The time to reply began on %(until)s, when there was "
                "%(num)s first post of another student.",
                "The first post was finished on %(posted)s. The time to reply began on %(until)s, when there were "
                "%(num)s first posts of other students.",
                self.needed,
                posted=self.posted_at,
                until=self.until,
            )
        return nphrase(
            "The first post was finished on %(posted)s. Until %(until)s there was %(num)s first post of another "
            "student to reply to; %(needed)s open the time to reply.",
            "The first post was finished on %(posted)s. Until %(until)s there were %(num)s first posts of other "
            "students to reply to; %(needed)s open the time to reply.",
            self.existed,
            posted=self.posted_at,
            until=self.until,
            needed=self.needed,
        )


@dataclass(frozen=True)
class ReplyClock:
    """What posting early changes for one student."""

    proof: Proof | None = None
    """None for a student who did not post early."""
    window: timedelta = timedelta(0)
    """The time between the due dates of first posts and replies."""
    closes_at: datetime | None = None
    """When the discussion closes for the student."""

    def moved(self, due: datetime | None, calendar: Calendar) -> datetime | None:
        """When something that needs posts of others is due: by its date, or as long after the time to reply began as
        its date is after the due date of first posts, if that is later.
        """
        first = calendar.first_post_due
        if due is None or self.proof is None or not self.proof.is_open or first is None:
            return due
        return max(due, self.proof.until + max(due - first, timedelta(0)))

    def excuses(self, now: datetime, due: datetime | None) -> bool:
        """Whether something that is not done is excused: it is overdue and the time to reply has not begun, or the
        discussion closed before that time was over.
        """
        if self.proof is None or due is None:
            return False
        if not self.proof.is_open:
            return now > due
        return self.closes_at is not None and now >= self.closes_at and due > self.closes_at


NO_CLOCK = ReplyClock()


@dataclass(frozen=True)
class EarlyRule:
    """Students who finish their first post when fewer than so many others exist are protected."""

    others: int = 0
    """0 for no protection."""

    @property
    def is_on(self) -> bool:
        """Whether anybody is protected."""
        return self.others > 0

    def clock(
        self, posted_at: datetime | None, others: Iterable[FirstPostDone], calendar: Calendar, now: datetime
    ) -> ReplyClock:
        """What it changes for a student whose first post was finished then. `others` are those the student can reply
        to, the earliest first.

        Nothing changes without both due dates, nor for a student without a first post.
        """
        first, replies = calendar.first_post_due, calendar.replies_due
        if not self.is_on or posted_at is None or first is None or replies is None:
            return NO_CLOCK
        moments = [each.at for each in islice(others, self.others) if each.at <= now]
        is_open = len(moments) == self.others
        if is_open and moments[-1] <= posted_at:
            return NO_CLOCK
        until = moments[-1] if is_open else now
        proof = Proof(posted_at, len(moments), self.others, until, is_open)
        return ReplyClock(proof, replies - first, calendar.closes_at)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Who is protected, and how."""
        return (
            nphrase(
                "If you finish your first post before %(num)s other student has finished one, your time to reply "
                "begins when that happens. You then have as long as there is between the two due dates, and never "
                "less than everyone else.",
                "If you finish your first post before %(num)s other students have finished theirs, your time to reply "
                "begins when they have. You then have as long as there is between the two due dates, and never less "
                "than everyone else.",
                self.others,
            ),
            phrase(
                "While there are fewer, nothing that needs a reply to a classmate counts as missed after its due date: "
                "it is excused, and you can see how many first posts there were. The same is true if the discussion "
                "closes before your time to reply is over."
            ),
            phrase(
                "It makes no difference why others post late. If the post that you wait for comes late because of an "
                "extension, your time to reply begins with that post."
            ),
            phrase(
                "First posts count here if they have enough words and are not deleted, hidden, held for review or "
                "private. Posts of instructors and imported posts do not count. With separate groups, only those of "
                "your group do."
            ),
        )

    def to_stored(self) -> tuple[dict[str, object], ...]:
        """Its entry in the stored form of requirements, if it is on."""
        return ({"kind": EARLY_KIND, "others": self.others},) if self.is_on else ()
