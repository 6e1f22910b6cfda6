"""What tables call their columns, and what became of scores."""

from collections.abc import Mapping

from flask_babel import gettext as _

from lti_app.participation.matrix.rules.matrix import MatrixColumn
from lti_app.web.templating import say


def column_words(column: MatrixColumn) -> str:
    """A short name of a requirement; the heading of its explanation for a kind that has none here."""
    if column.of_nothing.reading:
        return column.of_nothing.reading.label
    known = {
        "first_post": _("First post"),
        "replies": _("Replies"),
        "threads": _("Threads"),
        "move": _("Kind of reply"),
        "types": _("Kinds of reply"),
        "questions": _("Questions"),
        "days": _("Days"),
        "passages": _("Passages"),
        "reading": _("Reading"),
        "likes": _("Likes"),
        "position": _("Class poll"),
        "reviews": _("Peer reviews"),
    }
    return known.get(column.kind) or str(say(column.of_nothing.requirement.heading))


def standing_words() -> Mapping[str, str]:
    """What became of a score in the gradebook, as files say it."""
    return {
        "pending": _("being sent"),
        "refused": _("rejected"),
        "held": _("not sent: changed in the LMS"),
        "sent": _("sent"),
        "confirmed": _("confirmed"),
        "changed": _("changed in the LMS"),
        "different": _("the LMS shows other points"),
        "kept": _("LMS grade kept"),
        "missing": _("not shown in the LMS"),
        "no_points": _("the LMS keeps no points"),
        "unreadable": _("sent; can’t be read back"),
    }
