"""The form of how students review one another."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, StopValidation
from wtforms.widgets import HiddenInput

from lti_app.core.errors import ColloquyError
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.reviewing.rules.plans import (
    HUNDRED,
    MAX_REVIEWS,
    Pairing,
    ReviewNames,
    ReviewPlan,
    ReviewWeights,
)
from lti_app.web.forms.fields import DateField, PostedForm, ZoneField, moment_of, offered


class PercentField(DecimalField):
    """A share of a grade, from 0 to 100 percent."""

    def __init__(self, label: Any, **options: Any) -> None:
        between = NumberRange(min=0, max=HUNDRED)
        super().__init__(label, [InputRequired(_l("Enter a percentage, or 0.")), between], places=2, **options)

    def pre_validate(self, _form: Any) -> None:
        """Refuse what Decimal takes for a number though it is none."""
        if self.data is not None and not self.data.is_finite():
            raise StopValidation(self.gettext("Not a valid decimal value."))

    def post_validate(self, _form: Any, validation_stopped: bool) -> None:
        """Two decimal places are stored."""
        if self.data is not None and not validation_stopped:
            self.data = self.data.quantize(Decimal("0.01"))

    def _value(self) -> str:
        """As typed, else without zeros that say nothing."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.2f}".rstrip("0").rstrip(".")


class ReviewPlanForm(PostedForm):
    """How many reviews, by whom, until when, and what they count for. The date is local to `time_zone`."""

    peers = IntegerField(
        _l("Classmates each student reviews"), [InputRequired(_l("Enter 0 for none.")), NumberRange(0, MAX_REVIEWS)]
    )
    self_review = BooleanField(_l("Students also review their own posts"))
    time_zone = ZoneField(_l("Time zone"))
    due = DateField(_l("Reviews due"))
    pairing = RadioField(
        _l("Who reviews whom"),
        choices=offered(
            {
                Pairing.ANYONE: _l("Anyone in the class"),
                Pairing.SAME_GROUP: _l("Students of the same group"),
                Pairing.OTHER_GROUPS: _l("Students of other groups"),
            }
        ),
    )
    names = RadioField(
        _l("Names"),
        choices=offered(
            {
                ReviewNames.BOTH_HIDDEN: _l("Hide both"),
                ReviewNames.REVIEWER_HIDDEN: _l("Hide reviewers from authors"),
                ReviewNames.AUTHOR_HIDDEN: _l("Hide authors from reviewers"),
                ReviewNames.SHOWN: _l("Show both"),
            }
        ),
    )
    posted_first = BooleanField(_l("Only students with a first post review others"))
    automatic = BooleanField(_l("Assign reviews automatically when first posts are due"))
    instructor = PercentField(_l("Instructor, percent"))
    peer_weight = PercentField(_l("Classmates, percent"))
    own_weight = PercentField(_l("Self-review, percent"))
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])

    @property
    def _weights(self) -> tuple[DecimalField, DecimalField, DecimalField]:
        return self.instructor, self.peer_weight, self.own_weight

    def to_plan(self) -> ReviewPlan:
        """What was chosen; of a form that is valid."""
        return ReviewPlan(
            peers=self.peers.data or 0,
            self_review=self.self_review.data,
            due=moment_of(self.due.data, self.time_zone.data, end_of_minute=True),
            pairing=Pairing(self.pairing.data),
            names=ReviewNames(self.names.data),
            posted_first=self.posted_first.data,
            automatic=self.automatic.data,
            weights=ReviewWeights(*(each.data or Decimal(0) for each in self._weights)),
            version=self.version.data or 0,
        )

    def mark_refused(self, error: ColloquyError) -> None:
        """Say beside the field what was the matter."""
        wrong = str(error.data.get("name", ""))
        if wrong == "weights":
            self.instructor.errors = [_("The three percentages must add up to 100.")]
        elif wrong == "due_too_early":
            self.due.errors = [_("Choose a date after first posts are due.")]
        elif wrong == "due":
            self.due.errors = [_("Enter the date by which reviews are due.")]


def begun_plan(discussion: DiscussionView, plan: ReviewPlan) -> dict[str, object]:
    """What the fields begin with."""
    due = plan.due.astimezone(discussion.zone).replace(tzinfo=None) if plan.due else None
    return {
        "peers": plan.peers,
        "self_review": plan.self_review,
        "time_zone": str(discussion.zone),
        "due": due,
        "pairing": plan.pairing.value,
        "names": plan.names.value,
        "posted_first": plan.posted_first,
        "automatic": plan.automatic,
        "instructor": plan.weights.instructor,
        "peer_weight": plan.weights.peers,
        "own_weight": plan.weights.own,
        "version": plan.version,
    }
