"""What tables call their columns, and what became of scores."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_app.participation.matrix.rules.matrix import MatrixColumn
from lti_app.web.templating import say


def column_words(column: MatrixColumn) -> str:
    """A short name of a requirement; the heading of its explanation for a kind that has none here."""
    if column.of_nothing.reading:
        return column.of_nothing.reading.label
    known = _SHORT.get(column.kind)
    return str(say(column.of_nothing.requirement.heading) if known is None else known)


_SHORT = {
    "first_post": _l("First post"),
    "replies": _l("Replies"),
    "threads": _l("Threads"),
    "move": _l("Kind of reply"),
    "types": _l("Kinds of reply"),
    "questions": _l("Questions"),
    "days": _l("Days"),
    "passages": _l("Passages"),
    "reading": _l("Reading"),
    "likes": _l("Likes"),
    "position": _l("Class poll"),
    "reviews": _l("Peer reviews"),
}


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
