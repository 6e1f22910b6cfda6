"""The page on which a discussion is set up."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import list_groups
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.lineage import get_lineage
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.discussion.stances.queries import get_stances
from lti_app.grading.assessments.actions.setting_up import WantedColumns, set_up_graded
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.passbacks.queries import get_columns_to_choose
from lti_app.grading.passbacks.rules.parts import GradeColumns
from lti_app.grading.points.queries import count_sent_points
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from lti_app.library.readings.actions.records import add_reading
from lti_app.library.readings.queries import ReadingLine, list_readings
from lti_app.library.readings.rules import to_csl
from lti_app.participation.progress.queries import requirements_of
from lti_app.participation.requirements.evaluation import Requirements, Verdicts, evaluate
from lti_app.participation.requirements.registry import use_from_stored
from lti_app.participation.versions.queries import get_course_requirements
from lti_app.participation.what_if.queries import RuleChange, list_standing_changes
from lti_app.participation.what_if.rules import digest_of
from lti_app.web.discussion.forms.discussions import RULE, ReadingForm, SettingsForm, is_untouched, prefilled
from lti_app.web.forms.gradebook_columns import why_no_column
from lti_app.web.forms.requirements import offered_presets
from lti_app.web.forms.rubrics import begun_from, rubric_choices
from lti_app.web.requests import SCRIPTED
from lti_app.web.transactions import now, read_session, writing

NOT_CARRIED = ("csrf_token", "action", "confirmed")
"""The fields that a page which asks to confirm has of its own."""
SAVE, ADD_READING, USE_PRESET, PREVIEW = "save", "add_reading", "preset", "preview"


@dataclass(frozen=True)
class ReadingChoice:
    """A reading of the course on the settings page."""

    reading: ReadingLine
    assigned: bool
    required: bool


@dataclass(frozen=True)
class SentencePreview:
    """The requirements as students would see them."""

    requirements: Requirements
    progress: Verdicts
    """The checklist of a student who has done nothing yet."""
    clock_notes: tuple[str, ...]


class SettingsPage:
    """The settings of one discussion, as they are or as an instructor has typed them."""

    def __init__(self, actor: Actor, discussion: DiscussionView) -> None:
        self.actor, self.discussion = actor, discussion
        self.action = request.form.get("action", SAVE)
        course = get_course_requirements(read_session(), actor) if is_untouched(discussion) else None
        self.form = SettingsForm(data=prefilled(discussion, course))
        self.reading_form = ReadingForm(request.form if self.action == ADD_READING else None, prefix="new-")
        self.columns = get_columns_to_choose(read_session(), discussion)
        self.added = 0
        self.rubric = get_rubric(read_session(), discussion)
        self.no_column = why_no_column(discussion.id, course_id=discussion.course_id)
        self.use = use_from_stored(discussion.requirements)
        criteria = {each.key: each.title for each in self.rubric.criteria if each.counts}
        self.form.offer_uses(criteria, before=self.use, no_column=self.no_column)

    @property
    def saves(self) -> bool:
        """Whether the button that was pressed saves."""
        return self.action not in (ADD_READING, USE_PRESET, PREVIEW)

    def answer(self) -> ResponseReturnValue:
        """The page after a button that does not save, or as it begins."""
        if request.method == "GET":
            self.form.begun_html = self.discussion.prompt_html
            self.form.columns.data = self.columns
        elif self.action == ADD_READING:
            return self._add_reading()
        elif self.action == USE_PRESET:
            self.form.use_preset(request.form.get("preset", ""))
        elif self.action == PREVIEW and request.headers.get("X-Requested-With") == SCRIPTED:
            template = "discussion/discussions/_rule_preview.html"
            return render_template(template, preview=self.preview(), discussion=self.discussion)
        return self.render()

    def render(self) -> str:
        """The page with what stands in its fields."""
        choices = self._reading_choices()
        stances = get_stances(read_session(), self.actor, self.discussion)
        return render_template(
            "discussion/discussions/settings.html",
            discussion=self.discussion,
            lineage=get_lineage(read_session(), self.actor, self.discussion),
            answered=stances.shift.people if stances and stances.shift else 0,
            form=self.form,
            reading_form=self.reading_form,
            reading_choices=choices,
            presets=offered_presets(),
            preview=self.preview(choices),
            may_choose_columns=self.columns is not None,
            no_column=self.no_column,
            points_column=self.use.column,
            points_sent=count_sent_points(read_session(), self.discussion) if self.use.column else 0,
            **self._rubric(),
            groups=list_groups(read_session(), self.actor),
            base_url=url_for("discussions.show", discussion_id=self.discussion.id),
        )

    def preview(self, choices: list[ReadingChoice] | None = None) -> SentencePreview | None:
        """The requirements as students would see them; None while something is wrong with what they depend on."""
        if request.method == "POST" and not self._is_rule_sound():
            return None
        required = requirements_of(self._change(choices).applied_to(self.discussion))
        progress = evaluate(required, (), now(), self.discussion.zone)
        return SentencePreview(required, progress, tuple(self.form.clock_notes()))

    def effect(self) -> str | None:
        """The page that asks whether to go on, where students have posted and the change would change the standing of
        any; None where it would not, or where the instructor has confirmed just that.
        """
        change = self._change()
        if not (self.discussion.version and self.discussion.post_count and change.changes(self.discussion)):
            return None
        if change.calendar.out_of_order():
            return None
        session = read_session()
        lines = list_desk(session, self.actor, self.discussion)
        ids = [line.person_id for line in lines]
        changes = list_standing_changes(session, self.actor, self.discussion, change, ids, now=now())
        digest = digest_of(changes)
        if not changes or request.form.get("confirmed") == digest:
            return None
        names = {line.person_id: line.name for line in lines}
        return render_template(
            "discussion/discussions/settings_effect.html",
            discussion=self.discussion,
            losses=[each for each in changes if each.is_loss],
            gains=[each for each in changes if not each.is_loss],
            names=names,
            has_points=any(sum(each.points) for each in changes),
            students=len(lines),
            fields=[item for item in request.form.items(multi=True) if item[0] not in NOT_CARRIED],
            digest=digest,
            before=requirements_of(self.discussion, self.discussion.class_calendar),
            after=requirements_of(change.applied_to(self.discussion)),
            base_url=url_for("discussions.show", discussion_id=self.discussion.id),
        )

    def _change(self, choices: list[ReadingChoice] | None = None) -> RuleChange:
        """What is typed of the settings that decide how participation is counted; of fields that are sound."""
        readings = [choice for choice in choices or self._reading_choices() if choice.assigned]
        return self.form.to_rule_change(tuple(_assigned(choice) for choice in readings))

    def save(self) -> None:
        """Save what was typed, and say what became of times that a change of the clocks leaves out or repeats."""
        form = self.form
        with writing() as session:
            known = [line.id for line in self._in_order(list_readings(session, self.actor))]
            assigned = tuple(reading_id for reading_id in known if f"reading-{reading_id}" in request.form)
            required = frozenset(reading_id for reading_id in assigned if f"required-{reading_id}" in request.form)
            has_columns = set_up_graded(
                session,
                self.actor,
                self.discussion.id,
                columns=self._wanted_columns(),
                settings=form.to_settings(assigned, required),
                prompt_html=(form.prompt.data or "") if form.is_rich else None,
                rubric=begun_from(self.actor, form.rubric.data or "") or DEFAULT_RUBRIC.translated(_),
                version=form.version.data or 0,
                as_course_default=form.as_default.data,
                now=now(),
            )
        if not has_columns:
            flash(_("The gradebook columns were not changed. Choose them under Gradebook columns."), "warning")
        flash(_("Discussion saved. This is what your students see."))
        for note in form.clock_notes():
            flash(note, "warning")

    def _is_rule_sound(self) -> bool:
        """Before somebody asks for a preview or saves, nothing is said of what is not filled in yet."""
        if self.saves:
            return not any(self.form[name].errors for name in RULE)
        if self.action == PREVIEW:
            return self.form.validate_rule()
        is_sound = self.form.validate_rule()
        self.form.forget_errors()
        return is_sound

    def _add_reading(self) -> ResponseReturnValue:
        if not self.reading_form.validate():
            return self.render(), 422
        with writing() as session:
            self.added = add_reading(session, self.actor, to_csl(self.reading_form.to_entry()), now())
        flash(_("Reading added and selected. Save the settings to assign it."))
        self.reading_form = ReadingForm(prefix="new-")
        return self.render()

    def _reading_choices(self) -> list[ReadingChoice]:
        chosen: Mapping[str, object] = request.form if request.method == "POST" else _assigned_now(self.discussion)
        return [
            ReadingChoice(
                line,
                assigned=line.id == self.added or f"reading-{line.id}" in chosen,
                required=line.id == self.added or f"required-{line.id}" in chosen,
            )
            for line in self._in_order(list_readings(read_session(), self.actor))
        ]

    def _in_order(self, lines: list[ReadingLine]) -> list[ReadingLine]:
        """The readings of the course: those of the discussion first, in the order that they have there."""
        places = {reading.id: place for place, reading in enumerate(self.discussion.readings)}
        return sorted(lines, key=lambda line: places.get(line.id, len(places)))

    def _wanted_columns(self) -> WantedColumns | None:
        """The gradebook columns that were chosen; None where the page offered none."""
        if "columns" not in request.form:
            return None
        return WantedColumns(GradeColumns(self.form.columns.data), (_("First post"), _("Replies")))

    def _rubric(self) -> dict[str, object]:
        """The rubric of the discussion; before it has one, those to choose from, and what the chosen one looks like."""
        rubric = self.rubric
        if rubric.version:
            return {"rubric": rubric, "rubric_plan": rubric}
        self.form.rubric.choices = rubric_choices(self.actor)
        plan = DEFAULT_RUBRIC if self.form.rubric.errors else begun_from(self.actor, self.form.rubric.data or "")
        plan = plan or DEFAULT_RUBRIC.translated(_)
        return {"rubric": rubric, "rubric_plan": plan.numbered()}


def _assigned_now(discussion: DiscussionView) -> dict[str, bool]:
    assigned = {f"reading-{reading.id}": True for reading in discussion.readings}
    return assigned | {f"required-{reading.id}": True for reading in discussion.readings if reading.required}


def _assigned(choice: ReadingChoice) -> AssignedReading:
    line = choice.reading
    return AssignedReading(line.id, line.label, line.reference_html, line.url, required=choice.required)
