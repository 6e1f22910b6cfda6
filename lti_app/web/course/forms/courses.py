"""The form for what holds in the whole course."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import Length, Optional

from lti_app.course.courses.rules import CitationStyle, CourseSettings, Library, library_prefix
from lti_app.web.forms.fields import PostedForm, ZoneField, offered

STYLES = offered(
    {
        CitationStyle.APA: _l("APA, 7th edition"),
        CitationStyle.MLA: _l("MLA, 9th edition"),
        CitationStyle.CHICAGO: _l("Chicago, 18th edition, author-date"),
        CitationStyle.HARVARD: _l("Harvard (Cite Them Right)"),
    }
)
LIBRARIES = offered(
    {
        Library.NONE: _l("None: links go straight to the readings"),
        Library.EZPROXY: _l("EZproxy"),
        Library.OPENATHENS: _l("OpenAthens"),
    }
)


class CourseSettingsForm(PostedForm):
    """The time zone of dates, how references are written, and how students get to what their library subscribes to."""

    citation_style = RadioField(_l("Citation style"), choices=STYLES)
    library = RadioField(_l("Library proxy"), choices=LIBRARIES)
    library_prefix = StringField(_l("Proxy address"), [Length(max=300), Optional()])
    time_zone = ZoneField(_l("Time zone"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the address can be one of such a library, too."""
        if not super().validate(extra_validators):
            return False
        if self._way_in() is None:
            self.library_prefix.errors = [_("Enter the full address from your library, starting with https://.")]
            return False
        return True

    def to_settings(self) -> CourseSettings:
        """What the form decides."""
        return CourseSettings(
            CitationStyle(self.citation_style.data),
            Library(self.library.data),
            self._way_in() or "",
            self.time_zone.data,
        )

    def _way_in(self) -> str | None:
        return library_prefix(Library(self.library.data), self.library_prefix.data or "")


def prefilled(settings: CourseSettings) -> dict[str, str]:
    """The form's content for the settings as they are."""
    return {
        "citation_style": settings.citation_style.value,
        "library": settings.library.value,
        "library_prefix": settings.library_prefix,
        "time_zone": settings.time_zone,
    }
