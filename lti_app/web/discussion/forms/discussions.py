"""Forms for setting up a discussion."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    RadioField,
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
)
from wtforms.widgets import HiddenInput

from lti_app.core.errors import NotFound
from lti_app.course.groups.rules import GroupKind
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import (
    MAX_POLE,
    MAX_PROMPT,
    MAX_STANCE,
    MAX_TITLE,
    Anonymity,
    AssignedReading,
    DiscussionSettings,
    StanceQuestion,
    StoredRequirements,
    Structure,
)
from lti_app.grading.passbacks.rules.parts import GradeColumns
from lti_app.library.readings.rules import ReadingEntry
from lti_app.participation.what_if.queries import RuleChange
from lti_app.web.forms.dates import DATES, begun_dates
from lti_app.web.forms.fields import PointsField, ShortEnough, offered
from lti_app.web.forms.requirements import RULE_FIELDS, RequirementsForm, begun_requirements
from lti_app.web.forms.rich_text import ComposedField, RichTextForm
from lti_app.web.forms.rubrics import begun_from
from lti_app.web.session import get_visitor

RULE = (*RULE_FIELDS, *DATES, "time_zone", "structure")
"""The fields that decide how participation is counted."""
MAX_EDIT_MINUTES = 10_080
"""A week."""


class SettingsForm(RichTextForm, RequirementsForm):
    """All that an instructor decides. Dates are local to `time_zone`."""

    title = StringField(_l("Title"), [DataRequired(_l("Enter a title.")), Length(max=MAX_TITLE)])
    rich_field = "prompt"
    prompt = ComposedField(_l("Prompt"), [DataRequired(_l("Enter a prompt for the class."))])
    points = PointsField(_l("Points in the gradebook"))
    rubric = SelectField(_l("Rubric"), validate_choice=False)
    columns = SelectField(
        _l("Gradebook columns"),
        choices=offered(
            {
                GradeColumns.ONE: _l("One column for the discussion"),
                GradeColumns.STAGES: _l("Separate columns for the first post and the replies"),
                GradeColumns.CRITERIA: _l("One column for each criterion"),
            }
        ),
        default=GradeColumns.ONE.value,
    )
    post_first = BooleanField(_l("Students must post before seeing other posts"))
    structure = RadioField(
        _l("Format"),
        choices=offered(
            {
                Structure.WHOLE_CLASS: _l("Whole class"),
                Structure.GROUPS: _l("Separate groups"),
                Structure.TOPICS: _l("Student topics"),
                Structure.QUESTIONS: _l("Q&A"),
            }
        ),
    )
    group_kind = SelectField(
        _l("Groups to use"),
        choices=offered(
            {
                "": _l("All groups"),
                GroupKind.LMS_SECTION: _l("LMS sections"),
                GroupKind.LMS_GROUP: _l("LMS groups"),
                GroupKind.OWN: _l("Colloquy groups"),
            }
        ),
    )
    anonymity = RadioField(
        _l("Anonymity"),
        choices=offered(
            {
                Anonymity.NAMED: _l("Everyone sees names"),
                Anonymity.PEERS: _l("Classmates see pseudonyms; instructors see names"),
                Anonymity.BLIND: _l("Instructors see pseudonyms too, until grades are released"),
            }
        ),
    )
    stance_question = StringField(_l("Question"), [Optional(), Length(max=MAX_STANCE)])
    stance_low = StringField(_l("Left end of the scale"), [Optional(), Length(max=MAX_POLE)])
    stance_high = StringField(_l("Right end of the scale"), [Optional(), Length(max=MAX_POLE)])
    edit_minutes = IntegerField(
        _l("Minutes authors can edit their posts"), [Optional(), NumberRange(min=1, max=MAX_EDIT_MINUTES)]
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])

    def validate_prompt(self, field: ComposedField) -> None:
        """It says something, and not too much."""
        if not field.plain.strip():
            raise StopValidation(_("Enter a prompt for the class."))
        if field.is_longer_than(MAX_PROMPT):
            raise StopValidation(_("A prompt can have up to %(max)d characters. Shorten it.", max=MAX_PROMPT))
        if field.is_too_complex:
            raise StopValidation(
                _("The formatting is nested too deeply. Your words are below; format them again where needed.")
            )

    def validate_rubric(self, field: SelectField) -> None:
        """It is still there, and may be copied."""
        try:
            begun_from(get_visitor(), field.data or "")
        except NotFound:
            raise StopValidation(_("This rubric is no longer available. Choose another one.")) from None

    def validate_stance_question(self, field: StringField) -> None:
        """All three parts of the stance question, or none."""
        parts = (field, self.stance_low, self.stance_high)
        given = [bool((part.data or "").strip()) for part in parts]
        if any(given) and not all(given):
            raise StopValidation(_("Enter the question and both ends of its scale, or leave all three empty."))

    def to_settings(self, reading_ids: tuple[int, ...], required_ids: frozenset[int]) -> DiscussionSettings:
        """What the form decides, its local times made moments."""
        return DiscussionSettings(
            title=self.title.data or "",
            prompt=self.prompt.plain,
            points=(self.points.data or Decimal(0)).quantize(Decimal("0.01")),
            calendar=self.to_calendar(),
            requirements=self.to_stored_requirements(),
            post_first=self.post_first.data,
            reading_ids=reading_ids,
            required_ids=required_ids,
            structure=Structure(self.structure.data),
            anonymity=Anonymity(self.anonymity.data),
            edit_minutes=self.edit_minutes.data or None,
            group_kind=GroupKind(self.group_kind.data) if self.group_kind.data else None,
            stance=self._stance(),
        )

    def to_rule_change(self, readings: tuple[AssignedReading, ...]) -> RuleChange:
        """What decides how participation is counted, with the readings that are assigned."""
        return RuleChange(
            requirements=self.to_stored_requirements(),
            calendar=self.to_calendar(),
            readings=readings,
            stance=self._stance(),
            structure=Structure(self.structure.data),
        )

    def validate_rule(self) -> bool:
        """Whether everything is sound that decides how participation is counted; says beside its fields what is not."""
        sound = [self[name].validate(self) for name in RULE]
        return all(sound)

    def forget_errors(self) -> None:
        """Say nothing beside any field."""
        for field in self:
            field.errors = ()

    def _stance(self) -> StanceQuestion | None:
        parts = ((field.data or "").strip() for field in (self.stance_question, self.stance_low, self.stance_high))
        question = StanceQuestion(*parts)
        return question if question.text else None


class ReadingForm(Form):
    """A reading in its short form, part of the settings page."""

    authors = StringField(_l("Authors"), [Optional(), Length(max=500)])
    year = IntegerField(_l("Year"), [Optional(), NumberRange(min=-3000, max=2200)])
    title = StringField(_l("Title"), [DataRequired(_l("Enter the title of the reading.")), Length(max=500)])
    container = StringField(_l("Journal or book"), [Optional(), Length(max=300)])
    volume = StringField(_l("Volume"), [Optional(), Length(max=20)])
    issue = StringField(_l("Issue"), [Optional(), Length(max=20)])
    pages = StringField(_l("Pages"), [Optional(), Length(max=40)])
    doi = StringField(
        _l("DOI"),
        [
            Optional(),
            ShortEnough(max=200),
            Regexp(r"^10\.[^\s/]+/\S+$", message=_l("Enter a DOI like 10.1000/182.")),
        ],
    )
    url = StringField(
        _l("Link"),
        [Optional(), ShortEnough(max=1000), URL(message=_l("Enter a full address that starts with https://."))],
    )

    def to_entry(self) -> ReadingEntry:
        """The reading as its rules want it."""
        words = {name: (field.data or "").strip() for name, field in self._fields.items() if name != "year"}
        return ReadingEntry(year=self.year.data, **words)


def prefilled(discussion: DiscussionView, course_requirements: StoredRequirements | None = None) -> dict[str, object]:
    """The initial values of the form: the current settings, or sensible beginnings for a new one, whose requirements
    are those of the course if it has any.

    Dates are in the time zone of the course, wherever the instructor is.
    """
    return {
        "title": discussion.title,
        "prompt": discussion.prompt,
        "points": discussion.points,
        **begun_requirements(
            course_requirements if is_untouched(discussion) else discussion.requirements, str(discussion.zone)
        ),
        "post_first": discussion.post_first,
        "version": discussion.version,
        **begun_dates(discussion.class_calendar, str(discussion.zone)),
        **_structure(discussion),
    }


def is_untouched(discussion: DiscussionView) -> bool:
    """Whether nobody has set the discussion up yet, nor the one that it is a copy of."""
    return discussion.version == 0 and discussion.copied_from_id is None


def _structure(discussion: DiscussionView) -> dict[str, object]:
    stance = discussion.stance or StanceQuestion("", "", "")
    return {
        "structure": discussion.structure.value,
        "group_kind": discussion.group_kind.value if discussion.group_kind else "",
        "anonymity": discussion.anonymity.value,
        "stance_question": stance.text,
        "stance_low": stance.low,
        "stance_high": stance.high,
        "edit_minutes": discussion.edit_minutes,
    }
