"""Posts on a minimum number of different days, in the course's time zone."""

from dataclasses import dataclass
from datetime import date, datetime

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.requirements.base import (
    Case,
    ForecastNote,
    FormField,
    Judgment,
    Outlook,
    Requirement,
    Verdict,
    is_late,
)
from lti_app.participation.requirements.facts import PostFacts

MAX_DAYS = 31


@dataclass(frozen=True)
class DaysRequirement(Requirement):
    """A day counts if a first post or a reply reached its minimum of words on it; replies to oneself or to staff do not
    count.

    Days begin at midnight in the course's time zone for everyone, so two students who post at the same moment post on
    the same day. A change to or from daylight saving time makes a day shorter or longer, never two days.
    """

    kind = "days"
    heading = phrase("Your days")
    fields = (FormField("days", "days_wanted", marked("Different days with a post"), 0, MAX_DAYS, is_optional=True),)
    title = marked("Days")
    setting = marked("Post on at least %(days)s different days by %(due)s.")
    is_basic = True
    evidence = "replies"
    counts_first_posts = counts_replies = needs_others = True

    days: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether a number of days is set."""
        return bool(self.days)

    def judge(self, case: Case) -> Judgment:
        """The earliest days, each with its earliest post."""
        due = case.due_of(self)
        complete = sorted((since, post.id, post.address) for post in case.posts if (since := _since(case, post)))
        first_of: dict[date, tuple[datetime, str]] = {}
        for since, _, address in complete:
            first_of.setdefault(since.astimezone(case.zone).date(), (since, address))
        counted = list(first_of.values())[: self.days]
        met = len(counted) == self.days
        late = any(is_late(since, due) for since, _ in counted)
        verdict = Verdict(
            requirement=self,
            standing=case.standing(met=met, late=late, begun=bool(counted), due=due),
            have=len(counted),
            want=self.days,
            due=due,
            met_at=counted[-1][0] if met and counted else None,
            late=late,
            addresses=tuple(address for _, address in counted),
            counted_at=counted[-1][0] if counted else None,
        )
        return Judgment((verdict,))

    @property
    def sentence(self) -> Phrase:
        """The number of days, and the due date if there is one."""
        if due := self.due:
            return nphrase(
                "Post on at least %(num)s day by %(due)s.",
                "Post on at least %(num)s different days by %(due)s.",
                self.days,
                due=due,
            )
        return nphrase("Post on at least %(num)s day.", "Post on at least %(num)s different days.", self.days)

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """Which posts make a day count, and when a day begins."""
        return (
            phrase(
                "A day counts when a first post or a reply of yours reaches enough words on it. Replies to yourself or "
                "to an instructor do not count."
            ),
            phrase(
                "Several posts on one day count as one day. Days begin at midnight in the course’s time "
                "zone (%(zone)s)."
            ),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """The number of days so far."""
        return nphrase(
            "Posts on %(have)s of %(num)s day", "Posts on %(have)s of %(num)s days", verdict.want, have=verdict.have
        )

    def forecast(self, outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """Which day the post would be, or how many days are missing."""
        have, had = outlook.after[0].have, outlook.before[0].have
        if have > had:
            words = phrase("Would count as day %(number)s of %(of)s.", number=have, of=self.days)
            return (ForecastNote(str(have), words, is_gain=True),)
        if outlook.is_met:
            return ()
        words = nphrase(
            "Still required: a post on %(num)s more day.",
            "Still required: posts on %(num)s more days.",
            self.days - have,
        )
        return (ForecastNote(str(have), words, is_gain=False),)


def _since(case: Case, post: PostFacts) -> datetime | None:
    return case.complete_since(post) if post.answers_classmate or not post.is_reply else None
