"""What stands around a composer: the draft it begins with, what it says of the post to be, the moves of a reply."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_app.core.wording import Phrase
from lti_app.discussion.answers.queries import UnansweredPost
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.drafts.queries import DraftView
from lti_app.discussion.drafts.rules import DraftPlace
from lti_app.participation.forecast.queries import Guide

MOVES = {
    "": _l("No particular type"),
    Move.EXTEND: _l("Extend"),
    Move.QUESTION: _l("Question"),
    Move.COUNTER: _l("Counter"),
    Move.CONNECT: _l("Connect"),
    Move.EXAMPLE: _l("Example"),
}
"""What a reply may do with what it answers, by value."""


@dataclass(frozen=True)
class Aids:
    """What a composer shows besides its form."""

    place: DraftPlace
    person_id: int
    words: int = 0
    """How many words a post of this sort is asked for."""
    move_asked: Phrase | None = None
    """The move that everybody is asked to make in a reply."""
    guide: Guide | None = None
    draft: DraftView | None = None
    """What the composer was begun with."""
    is_reply: bool = False
    """Whether it is, or becomes, an answer to a post, which may name its move."""
    claim: UnansweredPost | None = None
    """Of a reply to a post that waits for an answer: who is at it."""
    unanswered: tuple[UnansweredPost, ...] = ()
    """Others that wait."""


def words_of_agreement() -> frozenset[str]:
    """The words with which one agrees in the reader's language, and those that every sentence has."""
    words = _(
        # Words of three letters or more that say only that one agrees; write those of your language, parted by spaces.
        "agree agreed agreeing agreement also absolutely amazing and are but completely exactly excellent fully good "
        "great have here interesting just like love loved made make makes many much nice not point points post posted "
        "really reading right said say saying sense so such thank thanks that the their there they think this totally "
        "true very was way well what were will with wonderful would write wrote you your yours"
    )
    return frozenset(str(words).split())
