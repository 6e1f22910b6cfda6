"""How often mail comes, and when not."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from lti_app.notices.preferences.rules import Frequency, MailPreferences
from lti_app.web.forms.fields import PostedForm, offered

FREQUENCIES = offered(
    {
        Frequency.AT_ONCE: _l("At once"),
        Frequency.DAILY: _l("Once a day, at 8 in the morning"),
        Frequency.WEEKLY: _l("Once a week, on Monday at 8 in the morning"),
        Frequency.OFF: _l("No e-mail from this course"),
    }
)
HOURS = offered({"": "–"} | {str(hour): f"{hour:02}:00" for hour in range(24)})


class PreferencesForm(PostedForm):
    """What a person chooses for one course."""

    frequency = RadioField(_l("E-mail from this course"), choices=FREQUENCIES)
    quiet_from = SelectField(_l("Quiet from"), choices=HOURS, default="")
    quiet_to = SelectField(_l("Quiet until"), choices=HOURS, default="")

    def to_preferences(self) -> MailPreferences:
        """What the form decides."""
        start, end = (int(field.data) if field.data else None for field in (self.quiet_from, self.quiet_to))
        return MailPreferences(Frequency(self.frequency.data), start, end)


def prefilled(chosen: MailPreferences) -> dict[str, str]:
    """The form's content for a choice."""
    hours = {"quiet_from": chosen.quiet_from, "quiet_to": chosen.quiet_to}
    return {"frequency": chosen.frequency.value} | {k: "" if h is None else str(h) for k, h in hours.items()}
