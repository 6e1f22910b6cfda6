"""Forms for groups."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from lti_app.core.errors import Refused
from lti_app.course.groups.rules import MAX_NAME, MAX_SPLIT
from lti_app.web.forms.fields import PostedForm, offered
from lti_app.web.requests import is_number

MOVED, WAS, NAMED = "to-", "was-", "name-"


class GroupForm(PostedForm):
    """A group by its name."""

    name = StringField(_l("Group name"), [DataRequired(_l("Enter a name.")), Length(max=MAX_NAME)])


class SplitForm(PostedForm):
    """Into how many groups, and whom."""

    count = IntegerField(
        _l("Number of groups"), [InputRequired(_l("Enter a number.")), NumberRange(min=1, max=MAX_SPLIT)]
    )
    whom = RadioField(
        _l("Students to assign"),
        choices=offered(
            {
                "unplaced": _l("Only students who are not in a group yet"),
                "everybody": _l("All students: they leave the Colloquy groups they are in"),
            }
        ),
        default="unplaced",
    )


def moves_of(form: Mapping[str, str]) -> dict[int, int | None]:
    """The newly chosen group of each student whose group was changed on the page; None for no group."""
    moves: dict[int, int | None] = {}
    for name, value in form.items():
        person = name.removeprefix(MOVED)
        if person == name or not is_number(person) or value == form.get(f"{WAS}{person}", ""):
            continue
        if value == "" or is_number(value):
            moves[int(person)] = int(value) if value else None
    return moves


def names_of(form: Mapping[str, str]) -> dict[int, str]:
    """The names entered for groups without one."""
    ids = {name: name.removeprefix(NAMED) for name in form if name.startswith(NAMED)}
    return {int(group): form[name] for name, group in ids.items() if is_number(group)}


def group_refusal(error: Refused) -> str:
    """Why not, in words for the instructor."""
    words = {
        "group_nameless": _("Enter a name."),
        "group_name_taken": _("Another Colloquy group has this name. Choose a different name."),
        "group_in_use": _(
            "This group has posts or extensions, so it can’t be deleted. Rename it, or move its students."
        ),
        "nobody_to_split": _(
            "There are no students to assign. All students are already in a group, or none have joined the course yet."
        ),
    }
    return words.get(error.code, _("Something went wrong, and nothing was changed. Check your entries and try again."))
