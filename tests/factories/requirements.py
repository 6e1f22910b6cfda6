"""What a discussion asks for, and a student's progress, for tests of rules and of what is built on them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from lti_app.discussion.discussions.rules import AssignedReading, Calendar, Move
from lti_app.participation.requirements import evaluation, facts, first_post, replies
from lti_app.participation.requirements.base import Terms
from lti_app.participation.requirements.citation import CitationRequirement
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.evaluation import Requirements, Verdicts
from lti_app.participation.requirements.facts import NO_ACTIVITY, ActivityFacts, PostFacts
from lti_app.participation.requirements.registry import early_from_stored, from_stored, to_stored
from lti_app.participation.requirements.terms import OwnTerms

UTC = ZoneInfo("UTC")
NO_DATES = Calendar()


class Reasons:
    """Why posts count or do not, all in one place."""

    FIRST_POST = first_post.FIRST_POST
    FIRST_POSTS = first_post.FIRST_POSTS
    REPLY = replies.REPLY
    SAME_PERSON = replies.SAME_PERSON
    TO_SELF = replies.TO_SELF
    TO_STAFF = replies.TO_STAFF
    TO_NAMELESS = replies.TO_NAMELESS
    TOO_SHORT = facts.TOO_SHORT
    BEYOND = facts.BEYOND
    DELETED = facts.DELETED
    HIDDEN = facts.HIDDEN
    HELD = facts.HELD
    PRIVATE = facts.PRIVATE


class Kinds:
    """The kinds by the names under which they are stored."""

    FIRST_POST = "first_post"
    REPLIES = "replies"
    READING = "citation"
    MOVE = "move"
    DAYS = "days"


READING = CitationRequirement()


def ask(
    own: Mapping[str, OwnTerms] | None = None,
    *,
    calendar: Calendar = NO_DATES,
    early: int = 0,
    readings: Iterable[AssignedReading] = (),
    class_calendar: Calendar | None = None,
    has_poll: bool = False,
    is_q_and_a: bool = False,
    **values: object,
) -> Requirements:
    """Requirements by the inputs of their fields, each with its own terms by kind, by these dates."""
    rule = EarlyRule(early)
    stored = to_stored(values, own, rule)
    terms = Terms(
        calendar,
        tuple(each for each in readings if each.required),
        class_calendar=class_calendar,
        assigned=tuple(readings),
        has_poll=has_poll,
        is_q_and_a=is_q_and_a,
    )
    return Requirements(from_stored(stored, terms), early_from_stored(stored))


def ask_for(
    *,
    first_post_words: int = 0,
    first_post_due: datetime | None = None,
    replies: int = 0,
    reply_words: int = 0,
    replies_due: datetime | None = None,
    readings: Iterable[AssignedReading] = (),
    move: Move | None = None,
    days: int = 0,
) -> Requirements:
    """Requirements as a discussion with this set-up has them."""
    values: dict[str, object] = {
        "first_post_words": first_post_words,
        "replies_wanted": replies,
        "reply_words": reply_words,
        "wanted_move": move.value if move else "",
    }
    if days:
        values["days_wanted"] = days
    calendar = Calendar(first_post_due=first_post_due, replies_due=replies_due)
    return Requirements(from_stored(to_stored(values), Terms(calendar, tuple(readings))))


def evaluate(
    requirements: Requirements,
    posts: Sequence[PostFacts],
    now: datetime,
    zone: ZoneInfo = UTC,
    *,
    activity: ActivityFacts = NO_ACTIVITY,
) -> Verdicts:
    """The evaluator, for a course whose days are those of UTC unless the test says otherwise."""
    return evaluation.evaluate(requirements, posts, now, zone, activity=activity)
