"""Posts on a minimum number of different days, in the course's time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.participation.requirements.base import Case, Done, FormField
from lti_app.participation.requirements.counted import CountedRequirement
from lti_app.participation.requirements.facts import PostFacts

MAX_DAYS = 31


@dataclass(frozen=True)
class DaysRequirement(CountedRequirement):
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
    by_date = nphrase("Post on at least %(num)s day by %(due)s.", "Post on at least %(num)s different days by %(due)s.")
    undated = nphrase("Post on at least %(num)s day.", "Post on at least %(num)s different days.")
    so_far = nphrase("Posts on %(have)s of %(num)s day", "Posts on %(have)s of %(num)s days")
    would_count = phrase("Would count as day %(number)s of %(of)s.")
    still_required = nphrase(
        "Still required: a post on %(num)s more day.", "Still required: posts on %(num)s more days."
    )
    is_basic = True
    evidence = "replies"
    counts_first_posts = counts_replies = needs_others = True

    days: int = 0

    def done(self, case: Case) -> Iterator[tuple[date, Done]]:
        """The posts that count, each with its day."""
        for post in case.posts:
            if since := _since(case, post):
                yield since.astimezone(case.zone).date(), Done(since, post.address, order=post.id)

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


def _since(case: Case, post: PostFacts) -> datetime | None:
    return case.complete_since(post) if post.answers_classmate or not post.is_reply else None
