"""What the columns of tables are called."""

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
        "days": _("Days"),
        "move": _("Kind of reply"),
        "reviews": _("Peer reviews"),
    }
    return known.get(column.kind) or str(say(column.of_nothing.requirement.heading))
