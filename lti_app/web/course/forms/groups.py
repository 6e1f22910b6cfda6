"""Forms for groups."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from lti_app.core.errors import Refused
from lti_app.course.groups.rules import MAX_NAME, MAX_SPLIT
from lti_app.web.forms.fields import PostedForm, offered

MOVED, WAS = "to-", "was-"
MAX_DIGITS = 18


class GroupForm(PostedForm):
    """A group by its name."""

    name = StringField(_l("Name of the group"), [DataRequired(_l("Give it a name.")), Length(max=MAX_NAME)])


class SplitForm(PostedForm):
    """Into how many groups, and whom."""

    count = IntegerField(
        _l("Number of groups"), [InputRequired(_l("Say how many.")), NumberRange(min=1, max=MAX_SPLIT)]
    )
    whom = RadioField(
        _l("Who is spread"),
        choices=offered(
            ("unplaced", _l("Only those who are in no group yet")),
            ("everybody", _l("Everybody: they leave the groups made here that they are in")),
        ),
        default="unplaced",
    )


def moves_of(form: Mapping[str, str]) -> dict[int, int | None]:
    """The newly chosen group of each student whose group was changed on the page; None for no group."""
    moves: dict[int, int | None] = {}
    for name, value in form.items():
        person = name.removeprefix(MOVED)
        if person == name or not _is_id(person) or value == form.get(f"{WAS}{person}", ""):
            continue
        if value == "" or _is_id(value):
            moves[int(person)] = int(value) if value else None
    return moves


def group_refusal(error: Refused) -> str:
    """Why not, in words for the instructor."""
    words = {
        "group_nameless": _("Give it a name."),
        "group_name_taken": _("Another group made here has this name."),
        "group_in_use": _("Posts or later dates belong to this group, so it stays. Rename it, or move its students."),
        "nobody_to_split": _("There is nobody to put into groups: all students are in one, or none has come yet."),
    }
    return words.get(error.code, _("That could not be done."))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
