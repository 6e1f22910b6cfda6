"""The form of a change of the rules: a field for each value of each kind, empty for what stays, and the dates of one
discussion, as they are.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.participation.matrix.rules.proposals import RuleProposal
from lti_app.participation.requirements.base import FormField
from lti_app.participation.requirements.registry import FIELDS, KINDS, to_own_terms
from lti_app.web.forms.dates import DATES, DatesForm, begun_dates
from lti_app.web.forms.fields import PostedForm, local_minute, offered
from lti_app.web.forms.requirements import own_date_field

UNCHANGED = "unchanged"
OWN_DATES = {kind.kind: name for kind in KINDS for name in own_date_field(kind)}
"""The names of the fields of own dates, by kind."""


class WhatIfForm(PostedForm, DatesForm):
    """Which discussions, and what they would ask for."""

    discussion = SelectField(_l("Discussion"))
    dates_of = HiddenField()
    """Whose dates its date fields began with: the id of a discussion, and the version of its settings."""

    @property
    def values(self) -> list[Field]:
        """The fields of the requirements."""
        return [self[each.input] for each in FIELDS]

    @property
    def dates(self) -> list[Field]:
        """The fields of the dates of the discussion."""
        return [self[name] for name in DATES]

    @property
    def own_dates(self) -> list[Field]:
        """The fields of the own dates of requirements."""
        return [self[name] for name in OWN_DATES.values()]

    @property
    def has_own_dates(self) -> bool:
        """Whether any requirement has a date of its own, or something is wrong with it."""
        return any(field.data or field.errors for field in self.own_dates)

    @property
    def has_discussions(self) -> bool:
        """Whether there is any discussion to choose."""
        return len(self.discussion.choices or ()) > 1

    def offer(self, views: Sequence[DiscussionView]) -> None:
        """Offer these discussions to choose from."""
        self.discussion.choices = [
            ("", _("All discussions")),
            *((f"{view.id}", view.title or _("Untitled")) for view in views),
        ]

    def begin_dates(self, view: DiscussionView | None) -> None:
        """Let the date fields say what is so, instead of what was typed for another discussion."""
        begun: dict[str, object] = _begun(view) if view else {"time_zone": "UTC"}
        for name in ("time_zone", *DATES, *OWN_DATES.values()):
            self[name].raw_data = None
            self[name].process(None, begun.get(name))
        self.dates_of.data = _mark(view) if view else ""

    def is_sound(self, view: DiscussionView | None) -> bool:
        """Whether it can be taken as it is; says beside its fields what cannot."""
        if not self.validate():
            return False
        calendar = self.to_proposal(view).calendar
        wrong = calendar.out_of_order() if calendar else None
        if wrong:
            self.mark_out_of_order(*wrong)
        return not wrong

    def to_proposal(self, view: DiscussionView | None) -> RuleProposal:
        """What would be another than now; of a form that is valid."""
        given = {each.input: self[each.input].data for each in FIELDS}
        values = {name: value for name, value in given.items() if value is not None and value != UNCHANGED}
        if view is None:
            return RuleProposal(values)
        calendar = self.to_calendar(view.class_calendar)
        return RuleProposal(values, None if calendar == view.class_calendar else calendar, self._moved(view))

    def notes_of(self, proposal: RuleProposal, view: DiscussionView | None) -> list[str]:
        """What is told of the dates that would be others, where a change of the clocks leaves them out or repeats
        them.
        """
        moved = [OWN_DATES[kind] for kind in proposal.own_dates]
        if proposal.calendar is not None and view is not None:
            known = view.class_calendar
            moved += [name for name in DATES if getattr(proposal.calendar, name) != getattr(known, name)]
        return self.clock_notes(moved)

    def _moved(self, view: DiscussionView) -> dict[str, datetime | None]:
        """The own dates that would be others, by kind."""
        known = {kind: own.due for kind, own in to_own_terms(view.requirements).items()}
        dates = {kind: self.to_moment(name, known[kind]) for kind, name in OWN_DATES.items()}
        return {kind: moment for kind, moment in dates.items() if moment != known[kind]}


def what_if_form(views: Sequence[DiscussionView], chosen: str) -> tuple[WhatIfForm, DiscussionView | None, bool]:
    """The form, the discussion that is chosen in it, None for all, and whether the dates in it are those of before
    somebody changed the settings.
    """
    view = next((each for each in views if f"{each.id}" == chosen), None)
    form = WhatIfForm(data=_begun(view) if view else {})
    form.offer(views)
    known_id, _dash, version = (form.dates_of.data or "").partition("-")
    is_stale = view is not None and known_id == f"{view.id}" and version != f"{view.version}"
    if view is None or known_id != f"{view.id}":
        form.begin_dates(view)
    else:
        form.dates_of.data = _mark(view)
    if request.method == "GET" and view is not None:
        form.discussion.data = chosen
    return form, view, is_stale


def _begun(view: DiscussionView) -> dict[str, object]:
    time_zone = f"{view.zone}"
    own = to_own_terms(view.requirements)
    dated = {OWN_DATES[kind]: each.due for kind, each in own.items() if each.due is not None and kind in OWN_DATES}
    return {
        **begun_dates(view.class_calendar, time_zone),
        **{name: local_minute(due, time_zone) for name, due in dated.items()},
    }


def _mark(view: DiscussionView) -> str:
    return f"{view.id}-{view.version}"


def _field(about: FormField) -> Any:
    label: Any = _l(about.label)
    if about.choices:
        choices = {UNCHANGED: _l("unchanged"), **{value: _l(words) for value, words in about.choices}}
        return SelectField(label, choices=offered(choices), default=UNCHANGED)
    return IntegerField(label, [Optional(), NumberRange(min=0, max=about.most)])


for _about in FIELDS:  # WTForms collects the fields of a form from the attributes of its class
    setattr(WhatIfForm, _about.input, _field(_about))
for _kind in KINDS:
    for _name, _date in own_date_field(_kind).items():
        setattr(WhatIfForm, _name, _date)
