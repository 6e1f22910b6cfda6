"""Fields and forms that more than one area uses."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from gettext import NullTranslations, translation
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, DecimalField, Form, HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # old stubs
from wtforms.i18n import messages_path
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation, ValidationError

from lti_app.core.local_time import local_time
from lti_app.course.people.rules import ZONES, zone
from lti_app.discussion.discussions.actions.reserve import MAX_POINTS

DATE_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
"""As browsers write a local date, and want it back."""
YEARS = range(2000, 2101)
"""Nearer to the ends of the calendar a date may have no equal in another zone."""


class PostedForm(FlaskForm):
    """A form of ours as a browser posts it: Flask-WTF would also take JSON and files, which are no text."""

    class Meta(FlaskForm.Meta):
        """Where the fields come from."""

        def wrap_formdata(self, _form: FlaskForm, formdata: Any) -> Any:
            """The fields that were posted; None for a form that is only shown."""
            return request.form if formdata is not None and request.method == "POST" else None

        def get_translations(self, _form: FlaskForm) -> NullTranslations:
            """The library's own messages in the language of the page."""
            return _messages(str(get_locale() or "en"))


@cache
def _messages(language: str) -> NullTranslations:
    # Flask-WTF reads the file anew for each request.
    return translation("wtforms", messages_path(), [language], fallback=True)


class OptionalPointsField(DecimalField):
    """Points that may be left out."""

    def __init__(self, label: LazyString, validators: Any = (), **options: Any) -> None:
        wanted = validators or [Optional(), _finite, NumberRange(min=0, max=MAX_POINTS)]
        super().__init__(label, wanted, places=2, **options)

    def _value(self) -> str:
        """As typed, else without zeros that say nothing."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.2f}".rstrip("0").rstrip(".")


class PointsField(OptionalPointsField):
    """The points of a discussion in the gradebook: more than none, and at most MAX_POINTS."""

    def __init__(self, label: LazyString, **options: Any) -> None:
        asked = InputRequired(_l("Enter the number of points."))
        super().__init__(label, [asked, _finite, NumberRange(min=Decimal("0.01"), max=MAX_POINTS)], **options)


def _finite(_form: Form, field: DecimalField) -> None:
    """Refuse what Decimal takes for a number though it is none: comparing it with others would fail."""
    if field.data is not None and not field.data.is_finite():
        raise StopValidation(field.gettext("Not a valid decimal value."))


class LongTextField(TextAreaField):
    """A text area whose length is counted as its writer sees it: browsers send two characters for the end of a line."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the submitted text, with each line break as one character."""
        super().process_formdata(valuelist)
        if isinstance(self.data, str):
            self.data = self.data.replace("\r\n", "\n")


class ShortEnough(Length):
    """A length for a field whose further validators take longer the longer a text is: a longer one never meets them."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise StopValidation where `Length` raises ValidationError, after which the others would still be asked."""
        try:
            super().__call__(form, field)
        except ValidationError as error:
            raise StopValidation(str(error)) from error


def offered(labels: Mapping[Any, str], *, optgroup: str | None = None) -> list[Any]:
    """Values with their labels, for a field to choose from."""
    return [SelectChoice(str(value), label, optgroup=optgroup) for value, label in labels.items()]


class DateField(DateTimeLocalField):
    """A local date and time that may be left out."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, [Optional(), _in_our_time], format=DATE_FORMATS, **kwargs)


class ZoneField(SelectField):
    """The time zone that local dates are meant in, by its IANA name."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, choices=sorted(ZONES), **kwargs)  # type: ignore[arg-type] # old stubs


def moment_of(local: datetime | None, time_zone: str, *, end_of_minute: bool) -> datetime | None:
    """The moment of a local date and time. The whole last minute counts: due at 23:59 means until midnight.

    What becomes of times that a change of the clocks leaves out or repeats is decided by `local_time`.
    """
    if local is None:
        return None
    edge = (59, 999_999) if end_of_minute else (0, 0)
    exact = local.replace(second=edge[0], microsecond=edge[1])
    return local_time(exact, ZoneInfo(time_zone), is_end=end_of_minute).moment


def local_minute(moment: datetime, time_zone: str) -> datetime:
    """A moment as a date field has it: local, without seconds and zone."""
    return moment.astimezone(zone(time_zone)).replace(second=0, microsecond=0, tzinfo=None, fold=0)


def _in_our_time(_form: Form, field: DateTimeLocalField) -> None:
    if field.data and field.data.year not in YEARS:
        raise ValidationError(_("Choose a year between %(first)s and %(last)s.", first=YEARS[0], last=YEARS[-1]))


class ConfirmForm(PostedForm):
    """Nothing but the protection against forged requests."""

    confirmed = HiddenField(default="1")
