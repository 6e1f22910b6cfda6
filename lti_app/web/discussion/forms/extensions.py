"""Forms for later dates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired, Length

from lti_app.core.errors import ColloquyError
from lti_app.course.courses.queries import Member
from lti_app.course.groups.queries import GroupLine
from lti_app.discussion.discussions.rules import EXTENDABLE, MAX_NOTE, Calendar
from lti_app.web.forms.fields import DateField, LongTextField, PostedForm, ZoneField, moment_of, offered
from lti_app.web.group_names import group_name

PERSON, GROUP = "p", "g"


class LaterDatesForm(PostedForm):
    """Until when, and why. Dates are local to `time_zone`."""

    time_zone = ZoneField(_l("Time zone"))
    first_post_due = DateField(_l("First post due"))
    replies_due = DateField(_l("Replies due"))
    closes_at = DateField(_l("Closes"))
    note = LongTextField(_l("Note for instructors"), [Length(max=MAX_NOTE)])

    def to_dates(self) -> Calendar:
        """The dates as moments; each lasts to the end of its minute."""
        return Calendar(**{name: self._moment(name) for name in EXTENDABLE})

    def _moment(self, name: str) -> datetime | None:
        return moment_of(self[name].data, self.time_zone.data, end_of_minute=True)


class ExtensionForm(LaterDatesForm):
    """For whom as well."""

    whom = SelectField(_l("Student or group"), [DataRequired(_l("Choose a student or a group."))], choices=[])

    def to_whom(self) -> dict[str, int]:
        """The person or the group, as extensions.actions takes them."""
        chosen = str(self.whom.data)
        return {"person_id" if chosen.startswith(PERSON) else "group_id": int(chosen[1:])}


def people_choices(students: Sequence[Member], groups: Sequence[GroupLine]) -> list[Any]:
    """Groups and students to choose from, in two parts where there are groups."""
    everybody = {f"{PERSON}{each.person_id}": each.name or _("Name not available") for each in students}
    some = {f"{GROUP}{group.id}": group_name(group) for group in groups}
    return [
        *offered({"": _("Choose …")}),
        *offered(some, optgroup=_("Groups")),
        *offered(everybody, optgroup=_("Students") if some else None),
    ]


def mark_refused(form: ExtensionForm, error: ColloquyError) -> None:
    """Say beside the field what was the matter."""
    if not mark_dates_refused(form, error):
        form.whom.errors = [_("Choose a student or a group of this course.")]


def mark_dates_refused(form: LaterDatesForm, error: ColloquyError) -> bool:
    """The same of the dates alone; whether it was the dates."""
    if error.code == "not_later":
        form[str(error.data["name"])].errors = [_("Choose a date later than the class’s date.")]
    elif error.code == "nothing_extended":
        form.first_post_due.errors = [_("Enter at least one later date.")]
    return error.code in ("not_later", "nothing_extended")
