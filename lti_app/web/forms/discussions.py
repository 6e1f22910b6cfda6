"""Forms for setting up a discussion."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    Form,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import (
    URL,
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import HiddenInput

from lti_app.discussions.queries import DiscussionView
from lti_app.discussions.rules import MAX_PROMPT, MAX_TITLE, Calendar, SetUp
from lti_app.people.rules import ZONES, zone
from lti_app.readings.rules import ReadingEntry
from lti_app.web.forms.fields import LongTextField, PostedForm

DATES = ("opens_at", "first_post_due", "replies_due", "closes_at")
DATE_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
"""As browsers write a local date, and want it back."""
YEARS = range(2000, 2101)
"""Nearer to the ends of the calendar a date may have no equal in another zone."""
MAX_POINTS = 1000
MAX_WORDS = 5000
MAX_REPLIES = 20


def finite(_form: Form, field: DecimalField) -> None:
    """Refuse what Decimal takes for a number though it is none: comparing it with others would fail."""
    if field.data is not None and not field.data.is_finite():
        raise StopValidation(field.gettext("Not a valid decimal value."))


def _in_our_time(_form: Form, field: DateTimeLocalField) -> None:
    if field.data and field.data.year not in YEARS:
        raise ValidationError(_("Choose a year between %(first)s and %(last)s.", first=YEARS[0], last=YEARS[-1]))


class SetUpForm(PostedForm):
    """All that an instructor decides. Dates are local to `time_zone`."""

    title = StringField(_l("Title"), [DataRequired(_l("Give it a title.")), Length(max=MAX_TITLE)])
    prompt = LongTextField(
        _l("Prompt"), [DataRequired(_l("Write what the class is to discuss.")), Length(max=MAX_PROMPT)]
    )
    points = DecimalField(
        _l("Points in the gradebook"),
        [
            InputRequired(_l("Say how many points it is worth.")),
            finite,
            NumberRange(min=Decimal("0.01"), max=MAX_POINTS),
        ],
        places=2,
    )
    time_zone = SelectField(_l("Time zone of the dates"), choices=sorted(ZONES))  # type: ignore[arg-type] # old stubs
    opens_at = DateTimeLocalField(_l("Opens"), [Optional(), _in_our_time], format=DATE_FORMATS)
    first_post_due = DateTimeLocalField(_l("First post due"), [Optional(), _in_our_time], format=DATE_FORMATS)
    first_post_words = IntegerField(
        _l("Words of the first post, at least"), [InputRequired(), NumberRange(min=0, max=MAX_WORDS)]
    )
    replies_wanted = IntegerField(
        _l("Replies to different classmates"), [InputRequired(), NumberRange(min=0, max=MAX_REPLIES)]
    )
    reply_words = IntegerField(
        _l("Words of each reply, at least"), [InputRequired(), NumberRange(min=0, max=MAX_WORDS)]
    )
    replies_due = DateTimeLocalField(_l("Replies due"), [Optional(), _in_our_time], format=DATE_FORMATS)
    closes_at = DateTimeLocalField(_l("Closes"), [Optional(), _in_our_time], format=DATE_FORMATS)
    post_first = BooleanField(_l("Students see others' posts only after their own first post"))
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])

    def to_set_up(self, reading_ids: tuple[int, ...], required_ids: frozenset[int]) -> SetUp:
        """What the form decides, its local times made moments."""
        return SetUp(
            title=self.title.data or "",
            prompt=self.prompt.data or "",
            points=(self.points.data or Decimal(0)).quantize(Decimal("0.01")),
            calendar=Calendar(**{name: self._moment(name) for name in DATES}),
            first_post_words=self.first_post_words.data or 0,
            replies_wanted=self.replies_wanted.data or 0,
            reply_words=self.reply_words.data or 0,
            post_first=self.post_first.data,
            reading_ids=reading_ids,
            required_ids=required_ids,
        )

    def _moment(self, name: str) -> datetime | None:
        """The start of the minute for opening, its end for what is due: 23:59 is in time until midnight."""
        local: datetime | None = self[name].data
        if local is None:
            return None
        edge = (0, 0) if name == "opens_at" else (59, 999_999)
        return local.replace(second=edge[0], microsecond=edge[1], tzinfo=ZoneInfo(self.time_zone.data))


class ReadingForm(Form):
    """A reading in its short form, part of the set-up page."""

    authors = StringField(_l("Authors"), [Optional(), Length(max=500)])
    year = IntegerField(_l("Year"), [Optional(), NumberRange(min=-3000, max=2200)])
    title = StringField(_l("Title"), [DataRequired(_l("Give the reading's title.")), Length(max=500)])
    container = StringField(_l("Journal or book"), [Optional(), Length(max=300)])
    volume = StringField(_l("Volume"), [Optional(), Length(max=20)])
    issue = StringField(_l("Issue"), [Optional(), Length(max=20)])
    pages = StringField(_l("Pages"), [Optional(), Length(max=40)])
    doi = StringField(
        _l("DOI"), [Optional(), Length(max=200), Regexp(r"^10\.\S+/\S+$", message=_l("A DOI looks like 10.1000/182."))]
    )
    url = StringField(_l("Link"), [Optional(), Length(max=1000), URL(message=_l("Give a whole address: https://…"))])

    def to_entry(self) -> ReadingEntry:
        """The reading as its rules want it."""
        words = {name: (field.data or "").strip() for name, field in self._fields.items() if name != "year"}
        return ReadingEntry(year=self.year.data, **words)


def prefilled(discussion: DiscussionView, time_zone: str) -> dict[str, object]:
    """The form's first content: the set-up as it stands, or sensible beginnings for a new one."""
    local = zone(time_zone)
    begun = discussion.version > 0
    dates = {
        name: moment.astimezone(local).replace(second=0, microsecond=0, tzinfo=None)
        for name in DATES
        if (moment := getattr(discussion.calendar, name)) is not None
    }
    return {
        "title": discussion.title,
        "prompt": discussion.prompt,
        "points": discussion.points,
        "time_zone": time_zone,
        "first_post_words": discussion.first_post_words if begun else 200,
        "replies_wanted": discussion.replies_wanted if begun else 2,
        "reply_words": discussion.reply_words if begun else 75,
        "post_first": discussion.post_first,
        "version": discussion.version,
        **dates,
    }
