"""Whether the LMS lets a discussion have a further gradebook column, and why not."""

from typing import Protocol

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_app.web.transactions import read_session

OFFERS = "colloquy.gradebook_columns"


class ColumnOffers(Protocol):
    """What the LTI edge knows of gradebooks."""

    def __call__(self, session: Session, discussion_id: int, *, course_id: int) -> str:
        """Why no column can be added for a discussion of this course: `no_gradebook`, `no_scope` or `no_columns`, as in
        `passbacks.ports`; empty where one can, or where no activity has opened the discussion yet. One statement.
        """


def init_gradebook_columns(app: Flask, offers: ColumnOffers) -> None:
    """Let pages ask `why_no_column`."""
    app.extensions[OFFERS] = offers


def why_no_column(discussion_id: int, *, course_id: int) -> str:
    """Why the LMS lets a discussion have no further gradebook column, in a sentence; empty where it does (one
    statement).
    """
    offers: ColumnOffers = current_app.extensions[OFFERS]
    reasons = {
        "no_gradebook": _(
            "The LMS offers no gradebook for this activity. Turn on grading for the activity in the LMS, then open it"
            " once from the course page."
        ),
        "no_scope": _(
            "The LMS does not allow this tool to send grades. Ask an administrator to turn on grade services for it."
        ),
        "no_columns": _(
            "The LMS does not allow this tool to add gradebook columns. Ask an administrator to allow it to manage"
            " columns, then open the activity once from the course page."
        ),
    }
    return reasons.get(offers(read_session(), discussion_id, course_id=course_id), "")
