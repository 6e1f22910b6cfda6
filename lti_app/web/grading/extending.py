"""Later dates for students of the class list."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.core.errors import Refused
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.extensions import extend_all
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.queries.extensions import list_extensions
from lti_app.discussion.discussions.rules import EXTENDABLE
from lti_app.grading.assessments.rules import StudentLine
from lti_app.web.discussion.forms.extensions import LaterDatesForm, mark_dates_refused
from lti_app.web.errors import status_of
from lti_app.web.grading.class_list import list_class, read_filter
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "extending", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading/extend"
)


@blueprint.get("")
def choose(discussion_id: int) -> ResponseReturnValue:
    """The form for the students in the address."""
    return _form(discussion_id, request.args.getlist("student"))


@blueprint.post("")
def extend(discussion_id: int) -> ResponseReturnValue:
    """The form for the ticked students; with its button, give them later dates."""
    keys = request.form.getlist("student")
    if request.form.get("do") != "extend":
        return _form(discussion_id, keys)
    actor, discussion, lines = _enter(discussion_id, keys)
    form = LaterDatesForm()
    if discussion.hides_names_from(actor) or not lines:
        return _form(discussion_id, keys)
    if not form.validate():
        return _page(actor, discussion, form, lines), 422
    people, dates, note = [line.person_id for line in lines], form.to_dates(), form.note.data or ""
    try:
        with writing() as session:
            count = extend_all(session, actor, discussion, people, dates=dates, note=note, now=now())
    except Refused as error:
        mark_dates_refused(form, error)
        return _page(actor, discussion, form, lines), status_of(error)
    flash(
        ngettext(
            "Extension saved for %(num)d student. The new dates apply now.",
            "Extension saved for %(num)d students. The new dates apply now.",
            count,
        )
    )
    return redirect(_back(discussion, lines), 303)


def _enter(discussion_id: int, keys: Sequence[str]) -> tuple[Actor, DiscussionView, list[StudentLine]]:
    actor, need = get_visitor(), DiscussionPermission.EDIT_SETTINGS
    discussion = get_discussion(read_session(), actor, discussion_id, need=need, now=now())
    return actor, discussion, [line for line in list_class(actor, discussion) if line.key in keys]


def _form(discussion_id: int, keys: Sequence[str]) -> ResponseReturnValue:
    actor, discussion, lines = _enter(discussion_id, keys)
    if discussion.hides_names_from(actor):
        flash(_("Names are hidden here, and an extension names its student. Add it on the Extensions page."), "warning")
    elif not lines:
        flash(_("Nothing was changed. Select at least one student first."), "warning")
    else:
        form = LaterDatesForm(formdata=None, data={"time_zone": str(discussion.zone)})
        return _page(actor, discussion, form, lines)
    return redirect(_back(discussion, lines), 303)


def _back(discussion: DiscussionView, lines: Sequence[StudentLine]) -> str:
    """The class list, or the student on the desk from whom the form was opened."""
    desk = url_for("grading.desk", discussion_id=discussion.id)
    is_one = request.args.get("to") == "student" and len(lines) == 1
    return f"{desk}/{lines[0].key}{read_filter().query}" if is_one else desk + read_filter().query


def _page(actor: Actor, discussion: DiscussionView, form: LaterDatesForm, lines: Sequence[StudentLine]) -> str:
    extended = {each.person_id for each in list_extensions(read_session(), actor, discussion)}
    return render_template(
        "grading/extend.html",
        discussion=discussion,
        form=form,
        lines=lines,
        extended=extended,
        extendable=[name for name in EXTENDABLE if getattr(discussion.class_calendar, name)],
        back=_back(discussion, lines),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )
